#!/usr/bin/python3
"""What a server does when it is told something: to stop, to take up its settings anew; and what it says meanwhile."""

import http.client
import json
import os
import pathlib
import signal
import socket
import ssl
import subprocess
import time

import certificates
import weft

POLICY = """\
kind: Policy
name: {name}
enforcement: warn
validations:
  - {{name: is-so, expression: "{expression}", message: it is not so}}
"""


def half_a_publish(server, name):
    """A publish whose body is not whole yet: accepted, and under way.  Gives the socket and the rest."""
    body = json.dumps(weft.product(name)).encode()
    connection = socket.create_connection(("127.0.0.1", server.port), timeout=weft.PATIENCE)
    connection.sendall(b"POST /api/v1/products HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                       b"Content-Length: %d\r\n\r\n" % len(body) + body[:20])
    return connection, body[20:]


def answer_on(connection):
    answer = http.client.HTTPResponse(connection)
    answer.begin()
    return answer, answer.read()


def is_refused(port):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
        return False
    except ConnectionRefusedError:
        return True


class Stopping(weft.Case):
    """Each test stops a server of its own."""

    @classmethod
    def setUpClass(cls):
        pass

    @classmethod
    def tearDownClass(cls):
        pass

    def serve(self, *arguments, **options):
        server = weft.Server(arguments=arguments, **options).start()
        self.addCleanup(server.close)
        return server

    def under_way(self, server):
        """Wait until the server has begun to read what half_a_publish() sent."""
        weft.wait_for(lambda: "weft_http_requests_in_flight 2" in server.get("/metrics").text, "the request to be seen")

    def test_what_was_accepted_is_finished_and_what_is_new_is_refused(self):
        server = self.serve()
        connection, rest = half_a_publish(server, "drained.whole")
        idle = server.connect()
        self.assertStatus(server.get("/healthz", connection=idle), 200)
        self.under_way(server)
        server.process.send_signal(signal.SIGTERM)
        weft.wait_for(lambda: is_refused(server.port), "new connections to be refused")
        late = server.get("/api/v1/products", connection=idle)
        self.assertProblem(late, 503)
        self.assertIn("stopping", late.json["detail"])
        self.assertEqual(late.headers["connection"].lower(), "close")
        self.assertGreaterEqual(int(late.headers["retry-after"]), 1)
        self.assertTrue(server.alive)
        connection.sendall(rest)
        answer, body = answer_on(connection)
        self.assertEqual(answer.status, 201, body)
        self.assertEqual(answer.headers["Connection"].lower(), "close")
        self.assertEqual(server.process.wait(weft.PATIENCE), 0, server.log_text())
        server.process = None
        server.check_log()
        self.assertStatus(server.start().get("/api/v1/products/drained.whole"), 200)

    def test_it_is_not_ready_and_goes_on_serving_while_balancers_look(self):
        server = self.serve("--drain-delay", "4")
        server.process.send_signal(signal.SIGTERM)
        weft.wait_for(lambda: server.get("/readyz").status == 503, "readiness to end")
        self.assertEqual(server.publish(weft.product("drained.late")).status, 201)
        self.assertStatus(server.get("/healthz"), 200)
        self.assertEqual(server.process.wait(weft.PATIENCE), 0, server.log_text())

    def test_the_limit_ends_it_whoever_is_waited_for(self):
        server = self.serve("--drain-limit", "1")
        connection, _ = half_a_publish(server, "drained.never")
        self.under_way(server)
        begun = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        server.process.wait(weft.PATIENCE)
        self.assertLess(time.monotonic() - begun, 15)
        connection.close()
        server.check_log()
        server.process = None
        self.assertStatus(server.start().get("/api/v1/products/drained.never"), 404)

    def test_a_second_signal_ends_it_at_once(self):
        server = self.serve("--drain-delay", "600")
        server.publish(weft.product("drained.kept"))
        server.process.send_signal(signal.SIGTERM)
        weft.wait_for(lambda: server.get("/readyz").status == 503, "readiness to end")
        server.process.send_signal(signal.SIGTERM)
        self.assertEqual(server.process.wait(weft.PATIENCE), 3)
        self.assertIn("ended at once", server.log_text())
        server.process = None
        self.assertStatus(server.start().get("/api/v1/products/drained.kept"), 200)
        server.kill()


class Reloading(weft.Case):
    @classmethod
    def setUpClass(cls):
        cls.root = pathlib.Path(weft.tempfile.mkdtemp(prefix="weft-test-"))
        cls.settings, cls.rules = cls.root / "weft.yaml", cls.root / "rules"
        cls.rules.mkdir()
        cls.settings.write_text("log_level: info\n")
        (cls.rules / "first.yaml").write_text(POLICY.format(name="first-rule", expression="has(product.sla)"))
        cls.arguments = ("--config", str(cls.settings), "--policies", str(cls.rules))
        super().setUpClass()

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        weft.shutil.rmtree(cls.root, True)

    def reload(self, said="info  reloaded"):
        """SIGHUP, and what the log has behind it."""
        offset = len(self.server.log_text(10**9))
        self.server.process.send_signal(signal.SIGHUP)
        weft.wait_for(lambda: said in self.server.log_text(10**9)[offset:], said)
        return self.server.log_text(10**9)[offset:]

    def policy_events(self):
        return [event for event in self.server.events() if event["kind"] == "policy.defined"]

    def test_1_the_folders_policies_are_in_force_from_the_start(self):
        self.assertStatus(self.server.get("/api/v1/policies/first-rule"), 200)
        self.assertEqual([event["actor"] for event in self.policy_events() if event["subject"] == "first-rule"], ["weft"])

    def test_2_what_has_not_changed_makes_no_event(self):
        before = len(self.policy_events())
        self.assertIn("defined=0 unchanged=1", self.reload())
        self.assertEqual(len(self.policy_events()), before)

    def test_3_a_new_and_a_changed_policy_are_taken_up_on_an_open_connection(self):
        connection = self.server.connect()
        self.assertStatus(self.server.get("/healthz", connection=connection), 200)
        stream = self.server.connect()
        stream.request("GET", "/api/v1/events?after=100000", headers={"Accept": "text/event-stream"})
        (self.rules / "second.yaml").write_text(POLICY.format(name="second-rule", expression="has(product.owner)"))
        (self.rules / "first.yaml").write_text(POLICY.format(name="first-rule", expression="has(product.domain)"))
        self.assertIn("defined=2 unchanged=0", self.reload())
        socket_before = connection.sock
        self.assertStatus(self.server.get("/api/v1/policies/second-rule", connection=connection), 200)
        self.assertIs(connection.sock, socket_before)
        self.assertIn("has(product.domain)", self.server.get("/api/v1/policies/first-rule").text)
        stream.close()
        connection.close()

    def test_4_a_bad_one_is_named_with_its_place_and_the_others_are_taken_up(self):
        (self.rules / "aaa.yaml").write_text(POLICY.format(name="bad-rule", expression="product.owner +"))
        (self.rules / "broken.yaml").write_text("name: x\n  - y: [\n")
        (self.rules / "zzz.yaml").write_text(POLICY.format(name="third-rule", expression="has(product.name)"))
        log = self.reload("not reloaded")
        weft.wait_for(lambda: self.server.get("/api/v1/policies/third-rule").status == 200, "the good one")
        self.assertRegex(log, r"policy refused at=\S*/aaa\.yaml:5:\d+ error=")
        self.assertRegex(log, r"policy refused at=\S*/broken\.yaml:\d+:\d+ error=")
        self.assertStatus(self.server.get("/api/v1/policies/bad-rule"), 404)
        self.assertIn("weft_config_last_reload_successful 0", self.server.get("/metrics").text)
        done = weft.refused_start(self.folder() / "data", "--policies", str(self.rules))
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("aaa.yaml:5:", done.stderr)
        (self.rules / "aaa.yaml").unlink()
        (self.rules / "broken.yaml").unlink()
        self.reload()
        self.assertIn("weft_config_last_reload_successful 1", self.server.get("/metrics").text)

    def test_5_the_log_level_is_that_of_the_file(self):
        self.assertStatus(self.server.get("/healthz", headers={"X-Request-Id": "before-debug"}), 200)
        self.assertNotIn("before-debug", self.server.log_text(10**9))
        self.settings.write_text("log_level: debug\n")
        self.reload()
        self.assertStatus(self.server.get("/healthz", headers={"X-Request-Id": "with-debug"}), 200)
        weft.wait_for(lambda: "with-debug" in self.server.log_text(10**9), "the line of the request")

    def test_6_settings_that_cannot_be_read_change_nothing(self):
        self.settings.write_text("log_levle: error\n")
        self.assertIn("log_levle", self.reload("not reloaded"))
        self.settings.write_text("log_level: loud\n")
        self.assertIn("loud", self.reload("not reloaded"))
        self.assertStatus(self.server.get("/healthz", headers={"X-Request-Id": "still-debug"}), 200)
        weft.wait_for(lambda: "still-debug" in self.server.log_text(10**9), "the line of the request")
        self.settings.write_text("log_level: info\n")
        self.reload()


class Tls(weft.Case):
    @classmethod
    def setUpClass(cls):
        cls.root = pathlib.Path(weft.tempfile.mkdtemp(prefix="weft-test-"))
        cls.authority = certificates.Authority(cls.root)
        cls.chain, cls.key = cls.root / "server.pem", cls.root / "server.key"
        cls.show("first")
        cls.server = weft.Server(arguments=["--tls-cert", str(cls.chain), "--tls-key", str(cls.key)])
        cls.context = ssl.create_default_context(cafile=cls.authority.ca)
        cls.server.connect = cls.connect
        cls.server.start()

    @classmethod
    def tearDownClass(cls):
        cls.server.close()
        weft.shutil.rmtree(cls.root, True)

    @classmethod
    def show(cls, name, **how):
        chain, key = cls.authority.issue(name, **how)
        cls.chain.write_bytes(chain.read_bytes())
        cls.key.write_bytes(key.read_bytes())

    @classmethod
    def connect(cls, timeout=None):
        return http.client.HTTPSConnection("127.0.0.1", cls.server.port, timeout=timeout or weft.PATIENCE, context=cls.context)

    def shown(self, context=None):
        """The name in the certificate that a new connection is shown."""
        with socket.create_connection(("127.0.0.1", self.server.port), timeout=weft.PATIENCE) as plain:
            with (context or self.context).wrap_socket(plain, server_hostname="127.0.0.1") as connection:
                subject = dict(part[0] for part in connection.getpeercert()["subject"])
                return subject["commonName"], connection.version()

    def reload(self, said):
        offset = len(self.server.log_text(10**9))
        self.server.process.send_signal(signal.SIGHUP)
        weft.wait_for(lambda: said in self.server.log_text(10**9)[offset:], said)
        return self.server.log_text(10**9)[offset:]

    def client(self, *words, ca=True):
        return weft.run_client(*words, "--server", f"https://127.0.0.1:{self.server.port}",
                               *(["--ca", self.authority.ca] if ca else []))

    def test_1_the_client_speaks_to_it_and_trusts_nobody_else(self):
        file = self.folder() / "product.yaml"
        file.write_text(weft.CASE_STUDY)
        self.assertIn("created", self.assertDone(self.client("publish", file)).stdout)
        self.assertIn("retail.customer_accounts", self.assertDone(self.client("list")).stdout)
        done = self.assertDone(self.client("list", ca=False), 3)
        self.assertIn("certificate", done.stderr.lower())
        variables = {**weft.clean_environment(), "WEFT_CA": str(self.authority.ca),
                     "WEFT_SERVER": f"https://127.0.0.1:{self.server.port}"}
        self.assertDone(weft.run_client("list", environment=variables))

    def test_2_keep_alive_streams_and_large_bodies_go_through(self):
        connection = self.connect()
        for _ in range(20):
            self.assertStatus(self.server.get("/api/v1/products?limit=1000", connection=connection), 200)
        self.assertIsNotNone(connection.sock)
        columns = [{"name": f"c{n}", "type": "STRING"} for n in range(5000)]
        large = weft.product("tls.large", schema=columns, quality_checks=[{"unique": "c1"}])
        self.assertStatus(self.server.publish(large, connection=connection), 201)
        self.assertGreater(len(self.server.get("/api/v1/products/tls.large", connection=connection).body), 100000)
        connection.close()

    def test_2b_a_stream_sleeps_and_wakes(self):
        connection = self.connect()
        after = self.server.events()[-1]["seq"]
        connection.request("GET", f"/api/v1/events?after={after}", headers={"Accept": "text/event-stream"})
        stream = connection.getresponse()
        for number in range(3):
            time.sleep(0.15)  # longer than between two looks at it
            self.server.publish(weft.product(f"tls.streamed{number}"))
            seen = b""
            while f"tls.streamed{number}".encode() not in seen:
                seen = stream.readline()
                self.assertTrue(seen, "the stream ended")
        connection.close()

    def test_3_a_body_that_is_too_large_is_answered_through_tls_too(self):
        connection = self.connect()
        connection.putrequest("POST", "/api/v1/products")
        connection.putheader("Content-Type", "application/yaml")
        connection.putheader("Content-Length", str(100 << 20))
        connection.endheaders()
        try:
            for _ in range(2000):
                connection.send(b"x" * 16384)
        except OSError:
            pass
        answer = connection.getresponse()
        self.assertEqual(answer.status, 413)
        self.assertIn(b"larger than", answer.read())

    def test_4_old_versions_are_turned_away(self):
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            context = ssl.create_default_context(cafile=self.authority.ca)
            context.minimum_version = context.maximum_version = version
            self.assertEqual(self.shown(context)[1], version.name.replace("_", ".") if version.name != "TLSv1_3" else "TLSv1.3")
        done = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{self.server.port}", "-tls1_1",
                               "-cipher", "ALL:@SECLEVEL=0"], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              check=False)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("no peer certificate available", done.stdout)

    def test_5_a_new_certificate_is_shown_and_no_connection_is_dropped(self):
        self.assertEqual(self.shown()[0], "first")
        connection = self.connect()
        self.assertStatus(self.server.get("/healthz", connection=connection), 200)
        before = connection.sock
        self.show("second")
        self.assertIn("good_until", self.reload("certificate replaced"))
        self.assertEqual(self.shown()[0], "second")
        self.assertStatus(self.server.get("/healthz", connection=connection), 200)
        self.assertIs(connection.sock, before)
        connection.close()
        self.assertRegex(self.server.get("/metrics").text, r"(?m)^weft_tls_certificate_expiry_timestamp_seconds \d{10}$")

    def test_6_a_bad_one_is_refused_and_the_old_one_stays(self):
        self.show("third")
        self.reload("certificate replaced")
        good_key = self.key.read_bytes()
        other_chain, other_key = self.authority.issue("other")
        for chain, key, why in ((b"no certificate\n", good_key, "server.pem"),
                                (other_chain.read_bytes(), good_key, "is not the key of"),
                                (self.chain.read_bytes(), b"no key\n", "server.key")):
            self.chain.write_bytes(chain)
            self.key.write_bytes(key)
            self.assertIn(why, self.reload("not reloaded what=certificate"))
            self.assertEqual(self.shown()[0], "third")
        self.show("expired", days=-1)
        self.assertIn("has expired", self.reload("not reloaded what=certificate"))
        self.chain.unlink()
        self.assertIn("server.pem", self.reload("not reloaded what=certificate"))
        self.assertEqual(self.shown()[0], "third")
        done = weft.refused_start(self.folder() / "data", "--tls-cert", str(other_chain), "--tls-key", str(self.key))
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("is not the key of", done.stderr)
        done = weft.refused_start(self.folder() / "data", "--tls-cert", str(other_chain))
        self.assertIn("tls_key", done.stderr)
        self.chain.write_bytes(other_chain.read_bytes())
        self.key.write_bytes(other_key.read_bytes())
        self.reload("certificate replaced")
        self.assertEqual(self.shown()[0], "other")

    def test_7_who_speaks_no_tls_holds_nothing_up(self):
        with socket.create_connection(("127.0.0.1", self.server.port), timeout=weft.PATIENCE) as plain:
            plain.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            try:
                self.assertNotIn(b"200", plain.recv(1000))
            except ConnectionError:
                pass
        self.assertStatus(self.server.get("/healthz"), 200)


class ServiceManager(weft.Case):
    """The test is the service manager: it has the socket that NOTIFY_SOCKET names."""

    @classmethod
    def setUpClass(cls):
        pass

    @classmethod
    def tearDownClass(cls):
        pass

    def listen(self, name):
        manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(manager.close)
        manager.bind(name.replace("@", "\0", 1) if name.startswith("@") else name)
        manager.settimeout(weft.PATIENCE)
        return manager

    def hear(self, manager, wanted):
        """Everything up to the datagram that has the wanted line."""
        heard = []
        while not any(wanted in lines for lines in heard):
            heard.append(manager.recv(4096).decode().split("\n"))
        return heard

    def start(self, name, **variables):
        server = weft.Server(environment={"NOTIFY_SOCKET": name, **variables}).start()
        self.addCleanup(server.close)
        return server

    def test_it_says_that_it_is_ready_reloading_and_stopping(self):
        name = str(self.folder() / "notify")
        manager = self.listen(name)
        server = self.start(name)
        heard = self.hear(manager, "READY=1")
        self.assertIn([f"STATUS=serving on port {server.port}"], heard)
        before = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
        server.process.send_signal(signal.SIGHUP)
        reloading = self.hear(manager, "RELOADING=1")[-1]
        moment = int(reloading[1].removeprefix("MONOTONIC_USEC="))
        self.assertTrue(before <= moment <= time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000)
        self.hear(manager, "READY=1")
        server.process.send_signal(signal.SIGTERM)
        self.hear(manager, "STOPPING=1")
        self.assertEqual(server.process.wait(weft.PATIENCE), 0)

    def test_it_says_that_it_is_alive_often_enough(self):
        name = f"@weft-test-{os.getpid()}"
        manager = self.listen(name)
        self.start(name, WATCHDOG_USEC="400000")
        self.hear(manager, "READY=1")
        begun = time.monotonic()
        for _ in range(5):
            self.hear(manager, "WATCHDOG=1")
        self.assertLess(time.monotonic() - begun, weft.PATIENCE / 6)

    def test_a_socket_that_is_not_there_is_nobodys_trouble(self):
        server = self.start("/nowhere/notify")
        self.assertStatus(server.get("/healthz"), 200)
        server.stop()


if __name__ == "__main__":
    weft.main()
