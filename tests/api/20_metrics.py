#!/usr/bin/python3
"""What a server says of itself to Prometheus; and that alerts, board and the page about them speak of what is there."""

import http.client
import json
import os
import re
import shutil
import ssl
import subprocess
import time
import unittest
import urllib.parse
import urllib.request

import certificates
import weft

MONITORING = weft.ROOT / "deploy" / "monitoring"
PROMETHEUS = weft.ROOT / "tests" / "services" / "prometheus.sh"
NAME = re.compile(r"\b(?:weft|process)_[a-z_]+\b")
has_promtool = unittest.skipUnless(shutil.which("promtool"), "promtool is not installed (package prometheus)")


def promtool(*words, text=None, folder=None):
    return subprocess.run(["promtool", *map(str, words)], input=text, capture_output=True, text=True, check=False,
                          cwd=folder or MONITORING)


class Exposition:
    """The text form of metrics, taken apart."""

    def __init__(self, text):
        self.text = text
        self.types = dict(re.findall(r"(?m)^# TYPE (\S+) (\S+)$", text))
        self.samples = {name + labels: float(value)
                        for name, labels, value in re.findall(r"(?m)^([a-z_]+)(\{.*\})? (\S+)$", text)}

    def __getitem__(self, name):
        return self.samples[name]

    def get(self, name):
        return self.samples.get(name, 0)


def family(name, types):
    """The family of a series' name: that of a histogram's parts is the histogram."""
    base = re.sub(r"_(bucket|sum|count)$", "", name)
    return base if types.get(base) == "histogram" else name


class Metrics(weft.Case):
    """One server with everything that has a metric: TLS, plugins, policies."""

    @classmethod
    def setUpClass(cls):
        cls.root = weft.pathlib.Path(weft.tempfile.mkdtemp(prefix="weft-test-"))
        authority = certificates.Authority(cls.root)
        chain, key = authority.issue("metrics")
        cls.server = weft.Server(arguments=["--tls-cert", str(chain), "--tls-key", str(key)])
        context = ssl.create_default_context(cafile=authority.ca)
        cls.server.connect = lambda timeout=None: http.client.HTTPSConnection(
            "127.0.0.1", cls.server.port, timeout=timeout or weft.PATIENCE, context=context)
        cls.begun = time.time()
        cls.server.start()
        cls.server.publish_bank()
        for item in cls.server.pages("/api/v1/products"):
            if cls.server.resources(item["name"]):
                cls.server.wait_resources(item["name"])
        cls.server.publish("name: [")
        cls.server.get("/nowhere", check=False)

    @classmethod
    def tearDownClass(cls):
        cls.server.close()
        shutil.rmtree(cls.root, True)

    def metrics(self):
        return Exposition(self.server.get("/metrics").text)

    @has_promtool
    def test_promtool_finds_nothing_to_mend(self):
        done = promtool("check", "metrics", text=self.server.get("/metrics").text)
        self.assertEqual((done.returncode, done.stdout + done.stderr), (0, ""))

    def test_commits_are_counted_with_their_size_and_time(self):
        before = self.metrics()
        for number in range(5):
            self.assertStatus(self.server.publish(weft.product(f"metrics.p{number}")), 201)
        after = self.metrics()

        def grown(name):
            return after[name] - before[name]
        self.assertGreaterEqual(grown("weft_commit_batch_size_sum"), 5)
        self.assertGreaterEqual(grown("weft_commit_batch_size_count"), 1)
        self.assertGreaterEqual(grown("weft_commit_wait_seconds_count"), 5)

        def agree():
            found = self.metrics()
            return (found["weft_commit_batch_size_count"] == found["weft_commit_seconds_count"] and
                    found["weft_commit_batch_size_sum"] == found["weft_commit_wait_seconds_count"])
        weft.wait_for(agree, "every change to have been a part of one commit")
        self.assertGreater(grown("weft_commit_seconds_sum"), 0)
        self.assertGreaterEqual(after["weft_commit_wait_seconds_sum"], 0)
        self.assertEqual(grown("weft_products"), 5)
        self.assertEqual(after["weft_database_available"], 1)
        if not weft.STORE:
            self.assertGreater(after["weft_journal_pages"], 0)
        self.assertEqual(after["weft_commit_queue_refused_total"], 0)

    def test_the_queue_is_empty_when_nothing_waits(self):
        weft.wait_for(lambda: self.metrics()["weft_commit_queue_depth"] == 0, "the queue to be empty")

    def test_judgements_are_counted_by_how_they_end(self):
        before = self.metrics()
        self.assertStatus(self.server.publish(weft.product("metrics.judged")), 201)
        self.assertStatus(self.server.publish(weft.product("metrics.bad", quality_checks=None)), 422)
        after = self.metrics()
        for standing in ("compliant", "violating"):
            name = f'weft_judgements_total{{standing="{standing}"}}'
            self.assertEqual(after[name] - before[name], 1)
        self.assertEqual(after["weft_judgement_seconds_count"] - before["weft_judgement_seconds_count"], 2)

    def test_kept_answers_are_counted(self):
        self.server.publish(weft.product("metrics.cached"))
        before = self.metrics()
        for _ in range(3):
            self.server.get("/api/v1/products/metrics.cached")
        after = self.metrics()
        self.assertEqual(after["weft_answer_cache_misses_total"] - before["weft_answer_cache_misses_total"], 1)
        self.assertEqual(after["weft_answer_cache_hits_total"] - before["weft_answer_cache_hits_total"], 2)
        self.assertGreater(after["weft_answer_cache_bytes"], before.get("weft_answer_cache_bytes"))

    def test_the_lag_of_checkpoints_ends_with_the_next_one(self):
        self.server.publish(weft.product("metrics.unsigned"))
        self.server.checkpoint()
        self.server.publish(weft.product("metrics.unsigned", description="anew"))
        name = 'weft_log_lag_events{follower="checkpoints"}'
        self.assertLessEqual(self.metrics()[name], self.metrics()["weft_log_events"])
        weft.wait_for(lambda: self.server.checkpoint() and self.metrics()[name] == 0, "a checkpoint of the whole log")

    def test_every_route_has_its_latency(self):
        found = self.metrics()
        series = 'weft_http_request_seconds_count{method="POST",route="/api/v1/products"}'
        before = found[series]
        self.server.publish(weft.product("metrics.timed"))
        self.assertEqual(self.metrics()[series], before + 1)
        self.assertGreater(found['weft_http_requests_total{method="POST",route="/api/v1/products",code="201"}'], 0)

    def test_the_process_is_this_one(self):
        found = self.metrics()
        pid = self.server.process.pid
        resident = int(open(f"/proc/{pid}/statm", encoding="ascii").read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        self.assertLess(abs(found["process_resident_memory_bytes"] - resident), 64 << 20)
        self.assertLess(abs(found["process_start_time_seconds"] - self.begun), 30)
        self.assertLess(abs(found["process_open_fds"] - len(os.listdir(f"/proc/{pid}/fd"))), 8)
        self.assertEqual(found["process_threads"], len(os.listdir(f"/proc/{pid}/task")))
        self.assertGreater(found["process_cpu_seconds_total"], 0)
        self.assertGreater(found["process_max_fds"], found["process_open_fds"])
        version = weft.run_client("--version").stdout.split()[1]
        self.assertRegex(found.text, rf'(?m)^weft_build_info\{{version="{re.escape(version)}",.*\}} 1$')

    def test_the_page_names_every_metric_and_no_other(self):
        found = self.metrics()
        rows = dict(re.findall(r"(?m)^\| `([a-z_]+)` \| (\w+) \|", (MONITORING / "README.md").read_text()))
        self.assertEqual(rows, found.types)

    def expressions_of_the_board(self):
        board = json.loads((MONITORING / "weft-dashboard.json").read_text())
        for annotation in board["annotations"]["list"]:
            yield annotation["name"], annotation["expr"]
        for panel in board["panels"]:
            for target in panel.get("targets", []):
                yield panel["title"], target["expr"]

    def assertKnown(self, where, expression, types):
        for name in NAME.findall(expression):
            self.assertIn(family(name, types), types, f"{where}: {expression}")

    def test_the_board_shows_what_is_there(self):
        types = self.metrics().types
        expressions = list(self.expressions_of_the_board())
        self.assertGreater(len(expressions), 30)
        for where, expression in expressions:
            self.assertKnown(where, expression, types)
        shown = {family(name, types) for _, expression in expressions for name in NAME.findall(expression)}
        unseen = {name for name in types if name.startswith("weft_")} - shown
        self.assertLessEqual(unseen, {"weft_config_last_reload_success_timestamp_seconds"})

    @has_promtool
    def test_the_boards_expressions_can_be_read(self):
        rules = [{"record": f"board:{number}", "expr": expression.replace("$__rate_interval", "5m").replace("$instance", ".*")}
                 for number, (_, expression) in enumerate(self.expressions_of_the_board())]
        rules = [{**rule, "record": f"board_{chr(97 + i // 26)}{chr(97 + i % 26)}"} for i, rule in enumerate(rules)]
        path = self.folder() / "board.yml"
        path.write_text(json.dumps({"groups": [{"name": "board", "rules": rules}]}))
        done = promtool("check", "rules", path)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_the_alerts_ask_for_what_is_there(self):
        types = self.metrics().types
        rules = weft.yaml.safe_load((MONITORING / "weft.rules.yml").read_text())["groups"][0]["rules"]
        for rule in rules:
            self.assertKnown(rule.get("alert", rule.get("record")), rule["expr"], types)
            if "alert" in rule:
                self.assertEqual(set(rule["annotations"]), {"summary", "action"}, rule["alert"])
        tested = (MONITORING / "weft.rules.test.yml").read_text()
        for rule in rules:
            if "alert" in rule:
                self.assertIn(rule["alert"], tested)


@unittest.skipUnless(shutil.which("prometheus"), "prometheus is not installed")
class Scraped(weft.Case):
    """A real Prometheus looks at a server that asks for tokens, with the alerts of deploy/monitoring."""

    dev = False

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.root = weft.pathlib.Path(weft.tempfile.mkdtemp(prefix="weft-test-"))
        token = cls.root / "weft.token"
        token.write_text(cls.server.new_token("prometheus", "reader")["token"] + "\n")
        done = subprocess.run([PROMETHEUS, "start", cls.root / "prometheus", f"127.0.0.1:{cls.server.port}", token,
                               MONITORING / "weft.rules.yml"], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            cls.tearDownClass()
            raise AssertionError(done.stderr)
        cls.url = done.stdout.split()[-1]

    @classmethod
    def tearDownClass(cls):
        try:
            subprocess.run([PROMETHEUS, "stop", cls.root / "prometheus"], capture_output=True, check=False)
            shutil.rmtree(cls.root, True)
        finally:
            super().tearDownClass()

    def ask(self, path, **words):
        with urllib.request.urlopen(f"{self.url}/api/v1/{path}?{urllib.parse.urlencode(words)}", timeout=20) as answer:
            return json.load(answer)["data"]

    def values(self, expression):
        return [float(sample["value"][1]) for sample in self.ask("query", query=expression)["result"]]

    def test_it_is_scraped_and_no_alert_is_raised(self):
        self.server.publish(weft.product("scraped.one"))
        weft.wait_for(lambda: self.values('up{job="weft"}') == [1.0], "the first scrape")
        weft.wait_for(lambda: self.values("weft_products") == [1.0], "the product to be counted")
        weft.wait_for(lambda: self.values("weft:log_signed_events"), "the first evaluation of the rules")
        groups = self.ask("rules")["groups"]
        self.assertEqual({rule["health"] for group in groups for rule in group["rules"]}, {"ok"})
        self.assertEqual([alert for alert in self.ask("alerts")["alerts"] if alert["state"] == "firing"], [])


class Rules(unittest.TestCase):
    @has_promtool
    def test_the_rules_are_good_and_fire_when_they_should(self):
        for words in (("check", "rules", "weft.rules.yml"), ("test", "rules", "weft.rules.test.yml")):
            done = promtool(*words)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    @has_promtool
    def test_the_example_of_a_configuration_is_good(self):
        with weft.tempfile.TemporaryDirectory(prefix="weft-test-") as folder:
            for name in ("prometheus.yml", "weft.rules.yml"):
                shutil.copy(MONITORING / name, folder)
            (weft.pathlib.Path(folder) / "weft.token").write_text("weft_x\n")
            done = promtool("check", "config", "prometheus.yml", folder=folder)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == "__main__":
    weft.main()
