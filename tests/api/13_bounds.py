#!/usr/bin/python3
"""Slow, endless, oversized and broken requests: each is bounded, and others are served meanwhile."""

import re
import socket
import time

import weft


class Bounds(weft.Case):
    arguments = ["--request-timeout", "2", "--max-connections", "64"]

    def tearDown(self):
        self.assertTrue(self.server.alive, self.server.log_text())
        self.assertStatus(self.server.get("/healthz"), 200)

    def open(self, sent):
        connection = socket.create_connection(("127.0.0.1", self.server.port), timeout=weft.PATIENCE)
        self.addCleanup(connection.close)
        connection.sendall(sent)
        return connection

    def ends(self, connection, within):
        """Read until the server closes; fails when it does not in time."""
        connection.settimeout(within)
        received = b""
        try:
            while piece := connection.recv(65536):
                received += piece
        except ConnectionError:
            pass
        except TimeoutError:
            self.fail(f"the connection was still open after {within} s")
        return received

    def test_a_request_that_never_ends_is_ended(self):
        for sent in (b"", b"GET", b"GET /healthz HTTP/1.1\r\nHost: x\r\n",
                     b"POST /api/v1/products HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nname: a"):
            with self.subTest(sent[:20]):
                self.ends(self.open(sent), 30)

    def test_a_request_that_trickles_is_ended(self):
        """A byte now and then must not keep a connection for ever."""
        connection = self.open(b"GET /healthz HTTP/1.1\r\nHost: x\r\n")
        connection.settimeout(0.3)
        deadline = time.monotonic() + 60
        try:
            while time.monotonic() < deadline:
                connection.sendall(b"X")
                try:
                    if not connection.recv(65536):
                        return
                except TimeoutError:
                    pass
        except ConnectionError:
            return
        self.fail("it trickled for a minute")

    def test_a_body_that_trickles_is_ended(self):
        connection = self.open(b"POST /api/v1/products HTTP/1.1\r\nHost: x\r\nContent-Length: 4000000\r\n\r\n")
        connection.settimeout(0.3)
        deadline = time.monotonic() + 60
        try:
            while time.monotonic() < deadline:
                connection.sendall(b"#")
                try:
                    if not connection.recv(65536):
                        return
                except TimeoutError:
                    pass
        except ConnectionError:
            return
        self.fail("it trickled for a minute")

    def test_slow_connections_do_not_keep_others_out(self):
        slow = [self.open(b"GET /healthz HTTP/1.1\r\nHost: x\r\n") for _ in range(40)]
        started = time.monotonic()
        for _ in range(10):
            self.assertStatus(self.server.get("/api/v1/products"), 200)
        self.assertLess(time.monotonic() - started, 20)
        for connection in slow:
            connection.close()

    def test_more_connections_than_allowed_wait_and_are_served_later(self):
        idle = []
        for _ in range(80):
            try:
                idle.append(self.open(b""))
            except OSError:
                break
        self.assertStatus(self.server.get("/healthz"), 200)
        for connection in idle:
            connection.close()

    def test_a_flood_of_headers_is_refused(self):
        flood = b"GET /healthz HTTP/1.1\r\nHost: x\r\n" + b"".join(b"X-%d: y\r\n" % n for n in range(100000)) + b"\r\n"
        answer = self.server.raw(flood)
        if answer:
            self.assertRegex(answer.split(b"\r\n")[0], rb"HTTP/1\.1 4\d\d")

    def test_an_endless_header_is_refused(self):
        answer = self.server.raw(b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Long: " + b"y" * 5_000_000 + b"\r\n\r\n")
        if answer:
            self.assertRegex(answer.split(b"\r\n")[0], rb"HTTP/1\.1 4\d\d")

    def test_an_endless_target_is_refused(self):
        answer = self.server.raw(b"GET /" + b"a" * 5_000_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n")
        if answer:
            self.assertRegex(answer.split(b"\r\n")[0], rb"HTTP/1\.1 4\d\d")

    def test_a_long_target_that_fits_is_not_found(self):
        self.assertIn(self.server.get("/api/v1/products/" + "a." * 2000 + "b").status, (404, 414))

    def test_unknown_methods_are_refused(self):
        for method in (b"BREW", b"TRACE", b"CONNECT", b"PATCH", b"OPTIONS", b"PROPFIND", b"x" * 1000):
            with self.subTest(method[:20]):
                answer = self.server.raw(
                    method + b" /api/v1/products HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                self.assertRegex(answer.split(b"\r\n")[0], rb"HTTP/1\.1 (4\d\d|501)")

    def test_head_answers_as_get_without_a_body(self):
        answer = self.server.raw(b"HEAD /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        self.assertRegex(answer.split(b"\r\n")[0], rb"HTTP/1\.1 (200|405)")
        self.assertEqual(answer.split(b"\r\n\r\n", 1)[1], b"")

    def test_what_is_no_http_is_refused(self):
        for sent in (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 500, b"\r\n" * 1000, b"\0" * 1000,
                     b"GET / HTTP/9.9\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
                     b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
                     b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzzzz\r\n\r\n",
                     b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n",
                     b"GET /%00%00 HTTP/1.1\r\nHost: x\r\n\r\n", bytes(range(256)) * 40):
            with self.subTest(sent[:30]):
                answer = self.server.raw(sent, finish=True)
                if answer:
                    self.assertNotIn(b" 200 ", answer.split(b"\r\n")[0])
                    self.assertNotIn(b" 500 ", answer.split(b"\r\n")[0])

    def test_requests_in_one_packet_are_answered_in_order(self):
        answer = self.server.raw(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
                                 b"GET /api/v1/no HTTP/1.1\r\nHost: x\r\n\r\n"
                                 b"GET /readyz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        statuses = re.findall(rb"HTTP/1\.1 (\d\d\d) ", answer)
        self.assertEqual(statuses, [b"200", b"404", b"200"])

    def test_a_publisher_who_hangs_up_leaves_nothing_half_done(self):
        size = self.server.checkpoint().size
        body = weft.CASE_STUDY.encode()
        head = b"POST /api/v1/products HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(body)
        for cut in range(0, len(body), 97):
            self.open(head + body[:cut]).close()
        self.assertStatus(self.server.get("/healthz"), 200)
        self.assertEqual(self.server.checkpoint().size, size)
        # A whole request whose sender does not wait for the answer is a publish all the same, or none: never a half.
        self.open(head + body).close()
        self.assertStatus(self.server.publish(weft.product("hangs.up")), 201)
        self.assertIn(self.server.checkpoint().size, (size + 1, size + 2))

    def test_compressed_bodies_are_refused(self):
        import gzip
        answer = self.server.publish(gzip.compress(weft.CASE_STUDY.encode()), headers={"Content-Encoding": "gzip"})
        self.assertIn(answer.status, (400, 415))
        self.assertProblem(answer, answer.status)


if __name__ == "__main__":
    weft.main()
