#!/usr/bin/python3
"""PostgreSQL breaks under a node: killed, restarted, frozen, its connections cut.

    tests/fault/postgres.py [-v]

Meanwhile writes are answered 503 with Retry-After (504 where nobody knows whether it happened), reads fail fast or are
answered, and nobody waits for long; the process lives.  When the database is back, so is the service, by itself: with
every version that was acknowledged, none of them twice, and a log that verifies.  Half of the clients repeat what got no
good answer, with the same Idempotency-Key; the others send no key, and what was refused may not be there.
"""

import errno
import os
import pathlib
import tempfile
import threading
import time
import unittest

import faults  # noqa: F401  (before all others: it says which build)
import database
import weft
from ledger import Ledger, check_events, check_product, document, wait_ready

FAST = 15      # seconds within which an answer comes, also while nothing can be done
RECOVERY = 30  # seconds within which the service is back


class Client(threading.Thread):
    """Publishes, and repeats until it is told; what it was told meanwhile is kept."""

    def __init__(self, server, ledger, number):
        super().__init__()
        self.server, self.ledger, self.number = server, ledger, number
        self.stop, self.failure = threading.Event(), None
        self.unavailable, self.slowest = [], 0.0

    def run(self):
        try:
            turn = 0
            while not self.stop.is_set():
                turn += 1
                name = f"pg.c{self.number}_{turn}" if turn % 2 else f"pg.again_c{self.number}"
                self.publish(name, f"client {self.number}, turn {turn}")
        except BaseException as failure:  # pylint: disable=broad-except
            self.failure = failure

    def publish(self, name, description):
        self.ledger.sent(name, description)
        is_careful = self.number % 2 == 0
        headers = {"Idempotency-Key": description.replace(" ", "_").replace(",", "")} if is_careful else {}
        while True:
            begun = time.monotonic()
            answer = self.server.publish(document(name, description), headers=headers, timeout=60)
            self.slowest = max(self.slowest, time.monotonic() - begun)
            if answer.status in (200, 201):
                self.ledger.answered(name, description, answer.json)
                return
            assert answer.status in (503, 504), answer
            assert answer.type == "application/problem+json" and answer.json["detail"], answer
            if answer.status == 503:
                assert "retry-after" in answer.headers, f"{answer} {answer.headers}"
                self.ledger.refused(name, description)
            self.unavailable.append(time.monotonic())
            time.sleep(0.05)
            if self.stop.is_set() or not is_careful:
                return
            self.ledger.sent(name, description)


@unittest.skipIf(database.missing(), f"{database.missing()}")
class Postgres(weft.Case):
    @classmethod
    def setUpClass(cls):
        cls.rooms = tempfile.TemporaryDirectory(prefix="weft-postgres-")
        os.chmod(cls.rooms.name, 0o755)  # it runs as another user
        cls.db = database.Database(pathlib.Path(cls.rooms.name) / "postgres")
        cls.db.start()

    @classmethod
    def tearDownClass(cls):
        with cls.db:
            pass
        cls.rooms.cleanup()

    def setUp(self):
        self.db.thaw()
        self.db.start()
        self.url = self.db.new("weft_" + str(abs(hash(self.id())))[:10])
        self.server = weft.Server(arguments=["--store", self.url, "--log-level", "warn"])
        self.addCleanup(self.server.close)
        self.server.start()
        self.ledger, self.clients = Ledger(), []

    def begin(self, count=4):
        self.clients = [Client(self.server, self.ledger, number) for number in range(count)]
        for client in self.clients:
            client.start()
        self.wait_publishes(10)

    def wait_publishes(self, more):
        least = self.ledger.publishes + more
        weft.wait_for(lambda: self.ledger.publishes >= least or self.broken(), f"{more} publishes", RECOVERY)
        self.assertIsNone(self.broken())

    def broken(self):
        return next((client.failure for client in self.clients if client.failure), None)

    def wait_unavailable(self):
        """Every client has been told, and lately."""
        now = time.monotonic()
        weft.wait_for(lambda: all(c.unavailable and c.unavailable[-1] > now for c in self.clients) or self.broken(),
                      "503 for everybody", RECOVERY)
        self.assertIsNone(self.broken())

    def check_fast(self):
        """Whatever is asked meanwhile is answered soon, well or with 503."""
        for path in ("/api/v1/products/pg.c0_1", "/api/v1/products?limit=3", "/api/v1/search?q=client", "/api/v1/events?limit=2",
                     "/readyz", "/healthz", "/metrics", "/api/v1/audit/checkpoint", "/api/v1/lineage?node=product:pg.c0_1"):
            begun = time.monotonic()
            answer = self.server.get(path, timeout=60)
            self.assertIn(answer.status, (200, 503), answer)
            if answer.status == 503:
                self.assertProblem(answer, 503)
            self.assertLess(time.monotonic() - begun, FAST, path)

    def end(self):
        """The service is back; what the clients were told holds."""
        self.wait_publishes(20)
        for client in self.clients:
            client.stop.set()
        for client in self.clients:
            client.join()
        self.assertIsNone(self.broken())
        self.assertLess(max(client.slowest for client in self.clients), FAST)
        for name in self.ledger.names:
            check_product(self.server, self.ledger, name)
        check_events(self.server, 0)
        wait_ready(self.server, sorted(self.ledger.resources))
        self.assertDone(self.server.client("audit", "verify"))
        self.assertTrue(self.server.alive)
        self.server.stop()
        self.assertDone(weft.run_client("rebuild", "--data", self.server.data, "--store", self.url))

    def test_killed_and_started_again(self):
        self.begin()
        for _ in range(3):
            self.db.kill()
            self.wait_unavailable()
            self.check_fast()
            self.db.start()
            self.wait_publishes(10)
        self.end()

    def test_stopped_and_started_again(self):
        self.begin()
        self.db.stop()
        self.wait_unavailable()
        self.check_fast()
        self.db.start()
        self.end()

    def test_frozen_and_thawed(self):
        self.begin()
        self.db.freeze()
        self.wait_unavailable()
        self.check_fast()
        self.db.thaw()
        self.end()

    def test_its_connections_are_cut(self):
        self.begin()
        for _ in range(20):
            self.db.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname <> 'postgres'")
            self.wait_publishes(3)
        self.end()

    def repeat(self, server, text, headers):
        """libpq believes that a send has failed only when nothing comes back: until then the database is away."""
        def is_done():
            answer = server.publish(document("pg.nth", text), headers=headers, timeout=60)
            self.assertIn(answer.status, (200, 201, 503, 504), answer)
            return answer if answer.status < 500 else None
        return weft.wait_for(is_done, "the repeated command", RECOVERY)

    def test_the_nth_call_on_its_connections_fails(self):
        """One send or recv after the other, until a publish is over before its turn comes."""
        self.server.stop()
        server = faults.Server(data=self.server.data, arguments=["--store", self.url, "--log-level", "error"])
        self.addCleanup(server.close)
        server.start()
        nth, past_the_end, versions = 0, 0, 0
        while past_the_end < 3:
            nth += 1
            text, headers = f"call {nth}", {"Idempotency-Key": f"call_{nth}"}
            server.arm("net", nth, errno.ECONNRESET, port=self.db.port)
            first = server.publish(document("pg.nth", text), headers=headers, timeout=60)
            _, failures = server.disarm()
            past_the_end = 0 if failures else past_the_end + 1
            self.assertIn(first.status, (200, 201, 503, 504), first)
            again = self.repeat(server, text, headers)
            versions += 1
            found = server.pages("/api/v1/products/pg.nth/versions")
            self.assertEqual(len(found), versions, f"call {nth}: {first}, then {again}")
            if first.status in (200, 201):
                self.assertEqual(first.json, again.json)
        self.assertGreater(nth, 5)
        server.wait_resources("pg.nth")
        self.assertDone(server.client("audit", "verify"))

    def test_a_start_waits_for_nothing_and_says_why(self):
        self.server.stop()
        self.db.kill()
        with self.assertRaises(AssertionError):
            self.server.start()
        self.assertEqual(self.server.process.returncode, 3)
        self.assertIn("weft: ", self.server.log_text())
        self.server.process = None
        self.db.start()
        self.server.start()
        self.assertEqual(self.server.publish(weft.product("pg.after")).status, 201)


if __name__ == "__main__":
    weft.main()
