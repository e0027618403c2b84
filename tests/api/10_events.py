#!/usr/bin/python3
"""The log as a feed: in order, without gaps, page by page, and as it happens."""

import http.client
import json
import socket
import subprocess
import threading

import weft


class Events(weft.Case):
    def test_they_come_in_order_without_gaps_and_say_what_happened(self):
        self.server.publish(weft.product("feed.one"))
        self.server.publish(weft.product("feed.one", description="changed"))
        self.server.delete("/api/v1/products/feed.one")
        events = self.server.events()
        self.assertEqual([event["seq"] for event in events], list(range(1, len(events) + 1)))
        times = [event["time"] for event in events]
        self.assertEqual(times, sorted(times))
        self.assertEqual(events[0]["kind"], "log.created")
        mine = [event for event in events if event["subject"] == "feed.one"]
        self.assertEqual([event["kind"] for event in mine],
                         ["product.published", "product.published", "product.retired"])
        self.assertEqual([event["body"]["version"] for event in mine], ["1.0.0", "1.0.1", "1.0.1"])
        self.assertEqual(json.loads(mine[0]["body"]["source"]), weft.product("feed.one"))
        self.assertEqual(len(mine[0]["body"]["verdicts"]), 3)

    def test_pages(self):
        everything = self.server.events()
        self.assertEqual(self.server.get("/api/v1/events?after=0&limit=2").json["items"], everything[:2])
        self.assertEqual(self.server.get("/api/v1/events?after=2&limit=1").json["items"], everything[2:3])
        self.assertEqual(self.server.get("/api/v1/events?after=1000000").json["items"], [])

    def test_what_changes_nothing_leaves_no_event(self):
        self.server.publish(weft.product("feed.same"))
        size = self.server.checkpoint().size
        self.server.publish(weft.product("feed.same"))
        self.server.publish("name: [")
        self.assertEqual(self.server.checkpoint().size, size)


class Stream:
    """Server-sent events, read on a thread."""

    def __init__(self, server, after, headers=None):
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=weft.PATIENCE)
        self.connection.request("GET", f"/api/v1/events?after={after}" if after is not None else "/api/v1/events",
                                headers={"Accept": "text/event-stream", **(headers or {})})
        self.socket = self.connection.sock  # getresponse() lets go of it
        self.response = self.connection.getresponse()
        self.found, self.ended = [], False
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()

    def _read(self):
        fields = {}
        try:
            for line in self.response:
                line = line.decode().rstrip("\r\n")
                if not line and "data" in fields:
                    self.found.append(fields)
                    fields = {}
                elif line and not line.startswith(":"):
                    key, _, value = line.partition(":")
                    fields[key] = value.removeprefix(" ")
        except (OSError, http.client.HTTPException, ValueError, AttributeError):
            pass
        self.ended = True

    def close(self):
        """Hang up, so that the thread ends, which holds the response until then."""
        try:
            self.socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.thread.join()
        self.connection.close()


class Follow(weft.Case):
    def test_what_was_and_what_comes_arrives_once_and_in_order(self):
        self.server.publish(weft.product("stream.first"))
        stream = Stream(self.server, 0)
        self.addCleanup(stream.close)
        self.assertEqual(stream.response.status, 200)
        self.assertTrue(stream.response.getheader("Content-Type").startswith("text/event-stream"))
        for number in range(20):
            self.server.publish(weft.product(f"stream.p{number}"))
        size = self.server.checkpoint().size
        weft.wait_for(lambda: len(stream.found) >= size, "all events to arrive")
        self.assertEqual([int(event["id"]) for event in stream.found], list(range(1, size + 1)))
        events = [json.loads(event["data"]) for event in stream.found]
        self.assertEqual(events, self.server.events())

    def test_it_goes_on_where_it_was_cut(self):
        size = self.server.checkpoint().size
        stream = Stream(self.server, None, {"Last-Event-ID": str(size)})
        self.addCleanup(stream.close)
        self.server.publish(weft.product("stream.resumed"))
        weft.wait_for(lambda: stream.found, "the next event")
        self.assertEqual(int(stream.found[0]["id"]), size + 1)

    def test_many_followers_and_a_publisher_do_not_wait_for_each_other(self):
        size = self.server.checkpoint().size
        streams = [Stream(self.server, size) for _ in range(20)]
        for stream in streams:
            self.addCleanup(stream.close)
        for number in range(10):
            self.assertStatus(self.server.publish(weft.product(f"stream.many{number}")), 201)
        for stream in streams:
            weft.wait_for(lambda s=stream: len(s.found) >= 10, "ten events on each stream")
            self.assertEqual([int(event["id"]) for event in stream.found[:10]], list(range(size + 1, size + 11)))

    def test_a_follower_who_never_reads_holds_nobody_up(self):
        with socket.create_connection(("127.0.0.1", self.server.port)) as lazy:
            lazy.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            lazy.sendall(b"GET /api/v1/events?after=0 HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n")
            for number in range(30):
                document = weft.product(f"stream.lazy{number}", description="x" * 20000)
                self.assertStatus(self.server.publish(document), 201)
            self.assertStatus(self.server.get("/healthz"), 200)

    def test_a_stream_ends_when_the_server_stops(self):
        with weft.Server() as server:
            stream = Stream(server, 0)
            weft.wait_for(lambda: stream.found, "the first event")
            server.stop()
            weft.wait_for(lambda: stream.ended, "the stream to end")
            stream.close()

    def test_the_client_follows(self):
        size = self.server.checkpoint().size
        environment = {**self.server.environment, "WEFT_SERVER": f"http://127.0.0.1:{self.server.port}"}
        with subprocess.Popen([str(weft.PROGRAM), "events", "--follow", "--after", str(size), "--json"],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment) as client:
            try:
                self.server.publish(weft.product("stream.client"))
                line = client.stdout.readline()
                self.assertEqual(json.loads(line)["subject"], "stream.client")
            finally:
                client.terminate()
                client.wait(weft.PATIENCE)


class Closed(weft.Case):
    """A stream ends with the token that began it."""

    dev = False

    def test_a_stream_says_nothing_more_once_its_token_is_revoked(self):
        made = self.server.new_token("follower", "auditor")
        stream = Stream(self.server, 0, {"Authorization": f"Bearer {made['token']}"})
        self.addCleanup(stream.close)
        size = self.server.checkpoint().size
        weft.wait_for(lambda: len(stream.found) >= size, "all events to arrive")
        self.assertStatus(self.server.delete(f"/api/v1/tokens/{made['id']}"), 200)
        self.assertStatus(self.server.publish(weft.product("stream.secret")), 201)
        weft.wait_for(lambda: stream.ended, "the stream to end")
        self.assertEqual([int(event["id"]) for event in stream.found], list(range(1, size + 1)))


if __name__ == "__main__":
    weft.main()
