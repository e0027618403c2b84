#!/usr/bin/python3
"""Several nodes on one PostgreSQL: what one commits the others see, in one order; and a database that goes away and comes back."""

import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import unittest

import weft

SERVICE = weft.ROOT / "tests" / "services" / "postgres.sh"
EVERY_NODE = 2


@unittest.skipUnless(weft.STORE, "WEFT_TEST_STORE names no PostgreSQL")
class Nodes(weft.Case):
    """The first node begins the log; the others have copies of its key."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.nodes = [cls.server]
        for number in range(1, EVERY_NODE):
            cls.nodes.append(cls.node(f"node{number}"))

    @classmethod
    def node(cls, name, arguments=()):
        data = cls.server.data.parent / name
        data.mkdir()
        for key in ("log.key", "log.verifier"):
            shutil.copy(cls.server.data / key, data / key)
        server = weft.Server(data=data, environment={"WEFT_STORE": weft.store_of(cls.server.data)}, arguments=arguments)
        return server.start()

    @classmethod
    def tearDownClass(cls):
        try:
            for node in cls.nodes[1:]:
                node.close()
        finally:
            super().tearDownClass()

    def seen_by_all(self, name, version):
        for node in self.nodes:
            weft.wait_for(lambda node=node: node.get(f"/api/v1/products/{name}").json.get("version") == version,
                          f"{name} {version} on every node")

    def test_what_one_publishes_the_others_read(self):
        first, second = self.nodes[:2]
        self.assertStatus(first.publish(weft.product("a.b")), 201)
        self.seen_by_all("a.b", "1.0.0")
        self.assertStatus(second.publish(weft.product("a.b", description="changed")), 200)
        self.assertEqual(second.get("/api/v1/products/a.b").json["version"], "1.0.1")  # its own at once
        self.seen_by_all("a.b", "1.0.1")
        for node in self.nodes:
            found = node.get("/api/v1/search?q=changed").json["items"]
            self.assertEqual([item["name"] for item in found], ["a.b"])

    def test_lineage_goes_across_nodes(self):
        first, second = self.nodes[:2]
        self.assertStatus(first.publish(weft.product("line.source")), 201)
        self.seen_by_all("line.source", "1.0.0")
        self.assertStatus(second.publish(weft.product("line.target", inputs=["line.source"])), 201)
        self.seen_by_all("line.target", "1.0.0")
        graph = self.assertStatus(first.get("/api/v1/lineage?node=product:line.target&direction=up"), 200)
        self.assertIn("product:line.source", graph.text)

    def test_a_decision_knows_what_the_other_node_has_changed(self):
        """Two nodes at once: the same version is not given twice, and If-Match holds across them."""
        first, second = self.nodes[:2]
        self.assertStatus(first.publish(weft.product("race.one")), 201)
        before = first.get("/api/v1/products/race.one").etag
        self.seen_by_all("race.one", "1.0.0")
        self.assertStatus(second.publish(weft.product("race.one", description="second")), 200)
        late = first.publish(weft.product("race.one", description="first"), headers={"If-Match": before})
        self.assertEqual(late.status, 412, late)

    def test_a_policy_of_one_is_judged_by_on_a_node_that_only_reads(self):
        first, second = self.nodes[:2]
        document = weft.product("judged.elsewhere")
        self.assertEqual(second.post("/api/v1/evaluate", document).json["outcome"], "accepted")
        for enforcement, outcome in (("warn", "warned"), ("audit", "accepted"), ("warn", "warned")):
            policy = {"kind": "Policy", "name": "has-description", "scope": "global", "enforcement": enforcement,
                      "validations": [{"expression": "has(product.description)", "message": "say what it is"}]}
            self.assertIn(first.put("/api/v1/policies/has-description", policy).status, (200, 201))
            weft.wait_for(lambda outcome=outcome: second.post("/api/v1/evaluate", document).json["outcome"] == outcome,
                          f"the other node to judge by it: {outcome}", patience=15)

    def test_many_publish_on_every_node(self):
        """The log is one: no gaps, no number twice, each version once; and it verifies."""
        size = self.server.checkpoint().size
        names = [f"many.p{number}" for number in range(8)]
        failures = []

        def work(node, number):
            for turn in range(25):
                name = names[(number + turn) % len(names)]
                answer = node.publish(weft.product(name, description=f"{number} {turn}"))
                if answer.status not in (200, 201):
                    failures.append(answer)

        threads = [threading.Thread(target=work, args=(self.nodes[number % len(self.nodes)], number)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(failures, [])
        events = self.server.events()
        self.assertEqual([event["seq"] for event in events], list(range(1, len(events) + 1)))
        self.assertGreaterEqual(len(events), size + 8 * 25)
        for name in names:
            versions = [item["version"] for item in self.server.pages(f"/api/v1/products/{name}/versions")]
            self.assertEqual(len(versions), len(set(versions)), versions)
        self.assertDone(weft.run_client("audit", "verify", "--data", self.server.data))

    def test_a_node_that_stands_still_holds_nobody_up(self):
        """SIGSTOP in the middle of its publishes: the lock on the log goes to the others, and nothing is lost when it goes on."""
        frozen, other = self.nodes[:2]
        for turn in range(4):
            acknowledged, halt = [], threading.Event()

            def publish(node=frozen, prefix=f"frozen{turn}"):
                number = 0
                while not halt.is_set():
                    number += 1
                    answer = node.publish(weft.product(f"{prefix}.p{number}"), timeout=60)
                    if answer.status == 201:
                        acknowledged.append(f"{prefix}.p{number}")

            threads = [threading.Thread(target=publish, args=(frozen, f"frozen{turn}{number}")) for number in range(4)]
            for thread in threads:
                thread.start()
            weft.wait_for(lambda: len(acknowledged) > 5 + turn, "publishes")
            frozen.process.send_signal(signal.SIGSTOP)
            try:
                began = time.monotonic()
                weft.wait_for(lambda: other.publish(weft.product(f"thawed.p{turn}")).status in (200, 201), "the other node")
                self.assertLess(time.monotonic() - began, 15)
            finally:
                frozen.process.send_signal(signal.SIGCONT)
            halt.set()
            for thread in threads:
                thread.join(weft.PATIENCE)
                self.assertFalse(thread.is_alive())
            published = [event["subject"] for event in other.events() if event["kind"] == "product.published"]
            self.assertLessEqual(set(acknowledged), set(published))
            self.assertEqual(len([name for name in published if name.startswith("frozen")]),
                             len({name for name in published if name.startswith("frozen")}))
        self.assertDone(weft.run_client("audit", "verify", "--data", self.server.data))

    def test_events_are_followed_on_the_other_node(self):
        first, second = self.nodes[:2]
        connection = second.connect()
        self.addCleanup(connection.close)
        connection.request("GET", f"/api/v1/events?after={first.checkpoint().size}&kind=product.",
                           headers={"Accept": "text/event-stream"})
        stream = connection.getresponse()
        began = time.monotonic()
        answer = self.assertStatus(first.publish(weft.product("followed.one")), 201)
        line = stream.readline()
        while not line.startswith(b"id:"):
            self.assertTrue(line, "the stream ended")
            line = stream.readline()
        self.assertEqual(int(line.split()[1]), answer.json["event"])
        self.assertLess(time.monotonic() - began, weft.PATIENCE)

    def test_a_checkpoint_is_the_same_on_every_node(self):
        self.assertStatus(self.nodes[1].publish(weft.product("signed.one")), 201)
        notes = {node.checkpoint().note for node in self.nodes}
        sizes = {node.checkpoint().size for node in self.nodes}
        if len(sizes) == 1:
            self.assertEqual(len(notes), 1)

    def test_each_job_is_done_once(self):
        self.assertStatus(self.nodes[1].publish(weft.product("jobs.one", storage=[{"plugin": "filesystem"}])), 201)
        self.nodes[0].wait_resources("jobs.one")
        changed = [event for event in self.server.events()
                   if event["subject"] == "jobs.one" and event["kind"] == "resource.changed"]
        self.assertEqual(len(changed), 1, changed)

    def test_a_token_made_on_one_is_good_and_revoked_on_all(self):
        token = self.nodes[0].new_token("somebody", "reader")
        for node in self.nodes:
            weft.wait_for(lambda node=node: node.get("/api/v1/whoami", token=token["token"], check=False).status != 401,
                          "the token to be known")

    def test_a_node_without_the_logs_key_does_not_start(self):
        data = self.folder() / "data"
        done = weft.refused_start(data, "--store", weft.store_of(self.server.data))
        self.assertEqual(done.returncode, 3, done)
        self.assertIn("log.key", done.stderr)
        data.mkdir(exist_ok=True)
        other = weft.Server()
        with other:
            for key in ("log.key", "log.verifier"):
                shutil.copy(other.data / key, data / key)
        done = weft.refused_start(data, "--store", weft.store_of(self.server.data))
        self.assertEqual(done.returncode, 3, done)
        self.assertIn("copy log.key", done.stderr)
        self.assertNotIn("password", done.stderr)


@unittest.skipUnless(weft.STORE, "WEFT_TEST_STORE names no PostgreSQL")
class Migration(weft.Case):
    """The demo mesh from a folder into PostgreSQL and back: the same log, byte for byte."""

    environment = {"WEFT_STORE": ""}
    PAGES = ["/api/v1/products?limit=1000", "/api/v1/products/risk.exposure", "/api/v1/products/risk.exposure/versions",
             "/api/v1/policies", "/api/v1/domains", "/api/v1/lineage?node=product:risk.exposure&direction=both",
             "/api/v1/search?q=customer", "/api/v1/events?limit=1000", "/api/v1/tokens"]

    def answers(self, server):
        return {path: server.get(path).text for path in self.PAGES if "search" not in path}, sorted(
            item["name"] for item in server.get("/api/v1/search?q=customer").json["items"]), server.checkpoint().note

    def move(self, status=0, **words):
        return self.assertDone(weft.run_client("migrate", *[word for pair in words.items()
                                                            for word in (f"--{pair[0].rstrip('_')}", pair[1])]), status)

    def test_to_postgres_and_back(self):
        first = self.server
        first.publish_bank()
        first.wait_resources("retail.customer_accounts")
        first.publish(weft.product("moved.one", description="again"), headers={"Idempotency-Key": "moved-1"})
        first.delete("/api/v1/products/moved.one")
        first.new_token("somebody", "reader")
        weft.wait_for(lambda: all(item["state"] == "ready" for name in ("retail.transactions", "risk.exposure")
                                  for item in first.resources(name)), "all resources")
        before = self.answers(first)
        (self.folder() / "kept.txt").write_text(before[2])
        folder = first.data.parent
        url = weft.store_of(folder / "moved")
        self.addCleanup(weft.ask_postgres, f"DROP SCHEMA {weft.schema_of(folder / 'moved')} CASCADE")

        self.assertIn("already served", self.move(3, from_=first.data, to=url).stderr)
        first.stop()
        done = self.move(from_=first.data, to=url)
        self.assertIn("all of it arrived and verifies", done.stdout)
        self.assertIn("there is a catalog", self.move(1, from_=first.data, to=url).stderr)
        second = weft.Server(data=first.data, environment={"WEFT_STORE": url})
        with second:
            self.assertEqual(self.answers(second), before)
            busy = self.move(3, from_=url, to=folder / "back", data=first.data)
            self.assertIn("stop all its nodes first", busy.stderr)
        self.move(from_=url, to=folder / "back", data=first.data)
        self.assertEqual((folder / "back" / "log.key").read_text(), (first.data / "log.key").read_text())
        self.assertEqual((folder / "back" / "log.key").stat().st_mode & 0o777, 0o600)
        third = weft.Server(data=folder / "back", environment={"WEFT_STORE": ""})
        with third:
            self.assertEqual(self.answers(third), before)
        first.start()
        self.assertEqual(self.answers(first), before)

    def test_words_are_checked(self):
        self.assertIn("are needed", self.move(2, from_="/nowhere").stderr)
        self.assertIn("no catalog in", self.move(2, from_="/nowhere", to=weft.STORE).stderr)
        self.assertIn("where is log.key", self.move(2, from_=weft.STORE, to="/nowhere").stderr)

    def test_a_key_is_made_before_the_log(self):
        data = self.folder() / "data"
        self.assertDone(weft.run_client("key", "--data", data, "--origin", "mesh.example.com"))
        self.assertIn("already", self.assertDone(weft.run_client("key", "--data", data), 1).stderr)
        with weft.Server(data=data, environment={"WEFT_STORE": ""}) as server:
            self.assertEqual(server.checkpoint().origin, "mesh.example.com")


class Publisher(threading.Thread):
    """Publishes one new product after another; what was acknowledged, and how each attempt was answered."""

    def __init__(self, server, prefix):
        super().__init__(daemon=True)
        self.server, self.prefix = server, prefix
        self.acknowledged, self.refused, self.unknown, self.reasons, self.others = [], 0, 0, [], []
        self.last_good = 0.0
        self.halt = threading.Event()
        self.start()

    def run(self):
        number = 0
        while not self.halt.is_set():
            number += 1
            name = f"{self.prefix}.p{number}"
            try:
                answer = self.server.publish(weft.product(name))
            except OSError as failed:
                self.others.append(repr(failed))
                continue
            if answer.status == 201:
                self.acknowledged.append(name)
                self.last_good = time.monotonic()
            elif answer.status == 503:
                self.refused += 1
                self.reasons.append(answer.json["detail"])
                time.sleep(0.05)
            elif answer.status == 504:  # in the middle of a commit: whether it happened is not known
                self.unknown += 1
            else:
                self.others.append(repr(answer))

    def end(self):
        self.halt.set()
        self.join(weft.PATIENCE)


@unittest.skipUnless(weft.STORE, "WEFT_TEST_STORE names no PostgreSQL")
class Faults(weft.Case):
    """A PostgreSQL of its own, to which bad things happen while clients publish."""

    @classmethod
    def setUpClass(cls):
        cls.folder_of_postgres = pathlib.Path(tempfile.mkdtemp(prefix="weft-test-pg-"))
        cls.folder_of_postgres.chmod(0o755)
        cls.url = cls.service("start")
        cls.server = weft.Server(environment={"WEFT_STORE": cls.url})
        try:
            cls.server.start()
        except BaseException:
            cls.tearDownClass()
            raise

    @classmethod
    def tearDownClass(cls):
        try:
            cls.server.close()
        finally:
            cls.service("remove")

    @classmethod
    def service(cls, verb):
        done = subprocess.run([str(SERVICE), verb, str(cls.folder_of_postgres / "pg")], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise AssertionError(done.stderr)
        return done.stdout.strip()

    def under_load(self, prefix, harm, times=1):
        """
        Clients publish before, while and after `harm`, which happens so many times; all that was acknowledged is there, once,
        and the log verifies.
        """
        publishers = [Publisher(self.server, f"{prefix}{number}") for number in range(4)]
        try:
            weft.wait_for(lambda: all(len(p.acknowledged) > 3 for p in publishers), "publishes before")
            harm()
            healed = time.monotonic()
            weft.wait_for(lambda: all(p.last_good > healed for p in publishers), "publishes after")
        finally:
            for publisher in publishers:
                publisher.end()
        for publisher in publishers:
            self.assertEqual(publisher.others, [])
            self.assertLessEqual(publisher.unknown, times)
        names = {item["name"] for item in self.server.pages("/api/v1/products", limit=500)}
        wanted = {name for publisher in publishers for name in publisher.acknowledged}
        self.assertLessEqual(wanted, names)
        published = [event["subject"] for event in self.server.events() if event["kind"] == "product.published"]
        self.assertEqual(len(published), len(set(published)), "a version was published twice")
        self.assertDone(weft.run_client("audit", "verify", "--data", self.server.data, "--store", self.url))
        return publishers

    def test_every_session_is_ended(self):
        times = 10

        def harm():
            for _ in range(times):
                weft.ask_postgres("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                                  " WHERE application_name LIKE 'weft%'", self.url)
                time.sleep(0.05)
        publishers = self.under_load("ended", harm, times)
        # It was there all the time: only who was in the middle of a question heard of it.
        self.assertLessEqual(sum(p.refused for p in publishers), times * len(publishers), publishers[0].reasons)

    def test_it_is_killed_and_started_again(self):
        def harm():
            self.service("kill")
            self.service("start")
        self.under_load("killed", harm)

    def test_it_is_away_for_a_while(self):
        """Writers and readers are told at once, not when a connection times out."""
        def harm():
            self.service("kill")
            weft.wait_for(lambda: self.server.publish(weft.product("away.no")).status == 503, "a refusal")
            time.sleep(6)
            began = time.monotonic()
            self.assertEqual(self.server.publish(weft.product("away.no")).status, 503)
            answer = self.server.get("/api/v1/products")
            self.assertEqual(answer.status, 503)
            self.assertIn("retry-after", answer.headers)
            self.assertLess(time.monotonic() - began, 5)
            self.service("start")
        self.under_load("away", harm)

    def test_it_stands_still_and_goes_on(self):
        """SIGSTOP of every process of it: the connections are there, and nobody answers."""
        def harm():
            mine = (self.folder_of_postgres / "pg" / "data" / "postmaster.pid").read_text().split()[0]
            children = subprocess.run(["pgrep", "-P", mine], capture_output=True, text=True, check=True).stdout.split()
            stopped = [int(mine), *map(int, children)]
            for pid in stopped:
                os.kill(pid, signal.SIGSTOP)
            try:
                weft.wait_for(lambda: self.server.get("/api/v1/products").status == 503, "a refusal")
            finally:
                for pid in stopped:
                    os.kill(pid, signal.SIGCONT)
        self.under_load("still", harm)


if __name__ == "__main__":
    weft.main()
