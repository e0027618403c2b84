#!/usr/bin/python3
"""256 clients publish while four readers page the list: what a reader has seen is in the log, and stays there."""

import json
import re
import selectors
import socket
import threading

import weft

WRITERS, READERS, PAGE = 256, 4, 50
ACKNOWLEDGED, PASSES = 1500, 5  # of all writers together; of each reader
NEW = 4                         # every so many publishes of a writer make a new product


class Seen:
    """What anybody has learned so far: of each product the newest event, and every version that was met."""

    def __init__(self):
        self.lock = threading.Lock()
        self.newest = {}     # name -> event
        self.versions = {}   # event -> (name, version)
        self.failures = []

    def floor(self):
        """What an answer to a request that begins now must not fall behind."""
        with self.lock:
            return dict(self.newest)

    def add(self, name, version, event):
        with self.lock:
            if self.versions.setdefault(event, (name, version)) != (name, version):
                self.failures.append(f"event {event} is {name} {version} and {self.versions[event]}")
            self.newest[name] = max(event, self.newest.get(name, 0))

    def fail(self, text):
        with self.lock:
            self.failures.append(text)


class Writer:
    """One connection with one publish in flight: versions of a product of its own, now and then of a new one."""

    def __init__(self, number, port):
        self.number, self.turn, self.name, self.received = number, 0, None, b""
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=weft.PATIENCE)

    def publish(self):
        if self.turn % NEW == 0:
            self.name = f"race.w{self.number}_{self.turn}"
        self.turn += 1
        body = json.dumps(weft.product(self.name, description=f"turn {self.turn}")).encode()
        self.received = b""
        self.socket.sendall(b"POST /api/v1/products HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                            b"Content-Length: %d\r\n\r\n%s" % (len(body), body))

    def receive(self):
        """(status, body) once the answer is whole; None before; ConnectionError when the server is gone."""
        piece = self.socket.recv(65536)
        if not piece:
            raise ConnectionResetError
        self.received += piece
        head, found, body = self.received.partition(b"\r\n\r\n")
        if not found:
            return None
        length = int(re.search(rb"(?i)content-length: (\d+)", head).group(1))
        return (int(head.split()[1]), body) if len(body) >= length else None


class Writers(threading.Thread):
    """All of them in one thread, until the server is gone."""

    def __init__(self, server, seen):
        super().__init__()
        self.seen, self.acknowledged = seen, 0
        self.selector = selectors.DefaultSelector()
        for number in range(WRITERS):
            writer = Writer(number, server.port)
            self.selector.register(writer.socket, selectors.EVENT_READ, writer)

    def run(self):
        try:
            for key in list(self.selector.get_map().values()):
                key.data.publish()
            while True:
                for key, _ in self.selector.select():
                    self.go_on(key.data)
        except ConnectionError:
            pass  # killed
        except BaseException as failure:  # pylint: disable=broad-except
            self.seen.fail(f"a writer: {failure!r}")
        finally:
            for key in list(self.selector.get_map().values()):
                key.data.socket.close()
            self.selector.close()

    def go_on(self, writer):
        answer = writer.receive()
        if not answer:
            return
        status, body = answer
        if status not in (200, 201):
            self.seen.fail(f"{writer.name}: {status} {body.decode()}")
            raise ConnectionAbortedError
        told = json.loads(body)
        self.seen.add(told["name"], told["version"], told["event"])
        self.acknowledged += 1
        writer.publish()


class Reader(threading.Thread):
    """Pages the whole list again and again, and looks at one product of each page by itself."""

    def __init__(self, server, seen):
        super().__init__()
        self.server, self.seen, self.passes = server, seen, 0
        self.connection = server.connect()

    def run(self):
        try:
            while True:
                self.read_list()
                self.passes += 1
        except (OSError, weft.http.client.HTTPException):
            pass  # killed
        except BaseException as failure:  # pylint: disable=broad-except
            self.seen.fail(f"a reader: {failure!r}")
        finally:
            self.connection.close()

    def get(self, path):
        answer = self.server.get(path, connection=self.connection, check=False)
        assert answer.status == 200, answer
        return answer.json

    def read_list(self):
        """In one pass names only grow: none twice.  A product that was there when it began is in it."""
        before, cursor, names = self.seen.floor(), "", []
        while cursor is not None:
            floor = self.seen.floor()
            page = self.get(f"/api/v1/products?limit={PAGE}{cursor}")
            for item in page["items"]:
                self.note("the list", item["name"], item["version"], item["event"], floor)
            names += [item["name"] for item in page["items"]]
            if page["items"]:
                self.read_one(page["items"][-1]["name"])
            cursor = f"&cursor={page['next']}" if page["next"] else None
        assert names == sorted(set(names)), "the list is not in order"
        assert before.keys() <= set(names), f"not in the list: {sorted(before.keys() - set(names))[:5]}"

    def read_one(self, name):
        floor = self.seen.floor()
        found = self.get(f"/api/v1/products/{name}")
        self.note("it by name", name, found["version"], found["event"], floor)

    def note(self, where, name, version, event, floor):
        assert event >= floor.get(name, 0), \
            f"{name} {version}: {where} shows event {event} after somebody saw {floor[name]}"
        self.seen.add(name, version, event)


class ReadingWhileWriting(weft.Case):
    def test_what_a_reader_saw_is_in_the_log_and_survives(self):
        seen = Seen()
        writers = Writers(self.server, seen)
        readers = [Reader(self.server, seen) for _ in range(READERS)]
        threads = [writers, *readers]
        for thread in threads:
            thread.start()
        try:
            weft.wait_for(lambda: seen.failures or (writers.acknowledged >= ACKNOWLEDGED and
                                                    all(reader.passes >= PASSES for reader in readers)),
                          "publishes and passes through the list", weft.PATIENCE * 3)
        finally:
            self.server.kill()
            for thread in threads:
                thread.join()
        self.assertEqual(seen.failures, [])
        self.server.start()
        self.check_log(seen)

    def check_log(self, seen):
        events = self.server.events()
        self.assertEqual([event["seq"] for event in events], list(range(1, len(events) + 1)))
        published = {event["seq"]: (event["subject"], event["body"]["version"])
                     for event in events if event["kind"] == "product.published"}
        lost = {event: found for event, found in seen.versions.items() if published.get(event) != found}
        self.assertEqual(lost, {}, "seen or acknowledged, and not in the log")
        self.assertGreaterEqual(len(seen.versions), ACKNOWLEDGED)
        self.assertDone(self.server.client("audit", "verify"))


if __name__ == "__main__":
    weft.main()
