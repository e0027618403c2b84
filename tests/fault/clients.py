"""Clients that publish through several servers and do not give up.

Each publish has an Idempotency-Key.  What is not answered, or answered 503, is sent again with the same key, to the next
server, until it is acknowledged: so at the end everything that was sent is there, and once.  Every answer that is neither
an acknowledgement nor 503 is a failure of the test.

Half of the publishes are new products, the others new versions of a few that all clients share: a publish that was done
a second time, after another client's version, would be one version too many.
"""

import http.client
import random
import threading
import time

from ledger import document, weft

SHARED = 3         # products that all clients write
TIMEOUT = 4        # seconds that a client waits for an answer before it asks again
PAUSE = 0.02       # seconds between two publishes of one client: the load that is checked later has to be bounded
BREATHER = 0.05    # seconds before asking again


class Clients:
    """A context: the clients run within it.  pause() lets them finish what they have begun, go() lets them go on."""

    def __init__(self, servers, ledger, count=6, prefix="load"):
        self.servers, self.ledger, self.prefix = servers, ledger, prefix
        self.acknowledged = []  # (when, which server): appended by all, which a list bears
        self.replayed = 0       # answers that the server remembered from an earlier attempt
        self.repeated = 0       # publishes that took more than one attempt
        self.failures = []
        self.ended, self.running = threading.Event(), threading.Event()
        self.resting = threading.Semaphore(0)
        self.threads = [threading.Thread(target=self._run, args=(number,), daemon=True) for number in range(count)]

    def __enter__(self):
        self.running.set()
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.running.set()
        for thread in self.threads:
            thread.join()

    def pause(self):
        """Returns when everything that was sent has been acknowledged."""
        self.running.clear()
        for _ in self.threads:
            while not self.resting.acquire(timeout=0.5):
                self.check()

    def go(self):
        self.check()
        self.running.set()

    def check(self):
        if self.failures:
            raise self.failures[0]

    # What they saw.

    def count(self, since, server=None):
        return sum(1 for when, which in self.acknowledged if when >= since and server in (None, which))

    def wait_for(self, count, since, servers=(None,)):
        """Until that many publishes were acknowledged, by each of the servers given."""
        def enough():
            self.check()
            return all(self.count(since, server) >= count for server in servers)
        weft.wait_for(enough, f"{count} acknowledgements")

    def silence(self, since):
        """The longest time, from then on, in which nobody was acknowledged anything."""
        times = sorted(when for when, _ in list(self.acknowledged) if when >= since)
        return max((b - a for a, b in zip([since, *times], times)), default=float("inf"))

    # One of them.

    def _run(self, number):
        try:
            client = Client(self, number)
            while not self.ended.is_set():
                if not self.running.is_set():
                    self.resting.release()
                    self.running.wait()
                    continue
                client.publish()
                time.sleep(PAUSE)
        except BaseException as failure:  # pylint: disable=broad-except
            self.failures.append(failure)


class Client:
    def __init__(self, clients, number):
        self.clients, self.number, self.turn = clients, number, 0
        self.chance = random.Random(f"{clients.prefix}/{number}")
        self.connections = {}
        self.server = 0

    def publish(self):
        """One publish, until it is acknowledged; each turn begins with the next server."""
        self.turn += 1
        self.server = (self.number + self.turn) % len(self.clients.servers)
        prefix, chance = self.clients.prefix, self.chance
        if chance.random() < 0.5:
            name = f"{prefix}.c{self.number}_{self.turn}"
        else:
            name = f"{prefix}.shared{chance.randrange(SHARED)}"
        description = f"client {self.number}, turn {self.turn}"
        key = f"{prefix}-{self.number}-{self.turn}"
        self.clients.ledger.sent(name, description)
        first, attempts = time.monotonic(), 0
        while True:
            attempts += 1
            answer = self._attempt(document(name, description), key)
            if answer:
                break
            if time.monotonic() - first > weft.PATIENCE * 2:
                raise AssertionError(f"{name}: nobody acknowledged it in {attempts} attempts")
            self.server = (self.server + 1) % len(self.clients.servers)
            time.sleep(BREATHER)
        self._acknowledged(name, description, answer, attempts)

    def _attempt(self, body, key):
        """The acknowledgement, or None where nobody knows."""
        server = self.clients.servers[self.server]
        try:
            connection = self.connections.get(self.server) or server.connect(TIMEOUT)
            self.connections[self.server] = connection
            answer = server.publish(body, connection=connection, headers={"Idempotency-Key": key}, check=False)
        except (OSError, http.client.HTTPException):
            self._hang_up()
            return None
        if answer.status == 503:
            self._hang_up()
            return None
        if answer.status not in (200, 201):
            raise AssertionError(f"publishing with {key}: {answer}")
        return answer

    def _hang_up(self):
        connection = self.connections.pop(self.server, None)
        if connection:
            connection.close()

    def _acknowledged(self, name, description, answer, attempts):
        assert answer.json["outcome"] != "unchanged", f"{name}: published twice, or under a key that was forgotten: {answer}"
        self.clients.ledger.answered(name, description, answer.json)
        self.clients.acknowledged.append((time.monotonic(), self.server))
        if attempts > 1:
            self.clients.repeated += 1
        if "idempotent-replayed" in answer.headers:
            self.clients.replayed += 1
