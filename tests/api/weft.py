"""The harness of the whole-server tests: a real server on a free port of the loopback, in a folder of its own.

    import weft

    class Publishing(weft.Case):
        def test_a_product_is_created(self):
            answer = self.server.publish(weft.CASE_STUDY)
            self.assertEqual(answer.status, 201)

    if __name__ == "__main__":
        weft.main()

A file of tests is a program: `tests/api/02_case_study.py`, with unittest's own arguments (a class, a class.test, -k, -v).
The program under test is build/$WEFT_PRESET/bin/weft (dev unless told).  Every answer that passes through here is held
against the OpenAPI document.  A server that leaves a sanitizer's report, or does not stop with status 0, fails the test.
"""

import base64
import datetime
import hashlib
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.parse

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
PRESET = os.environ.get("WEFT_PRESET", "dev")
BUILD = pathlib.Path(os.environ.get("WEFT_BUILD", ROOT / "build" / PRESET))
PROGRAM = BUILD / "bin" / "weft"
BANK = ROOT / "templates" / "library" / "bank"
# A sanitized server on a busy machine is slow; a test that waits this long has failed.
PATIENCE = float(os.environ.get("WEFT_PATIENCE", "60"))

# A PostgreSQL for the servers instead of files: each gets a schema of its own in it.
STORE = os.environ.get("WEFT_TEST_STORE", "")
sqlite_only = unittest.skipIf(STORE, "this is about the files of SQLite")

try:
    import openapi
except ModuleNotFoundError as missing:
    if missing.name != "openapi":
        raise
    openapi = None

# The case study's product, as its owner wrote it.
CASE_STUDY = """\
name: retail.customer_accounts
owner: retail-data-team
domain: retail-banking

schema:
  - name: account_id
    type: STRING
    pii: true
  - name: customer_id
    type: STRING
    pii: true
  - name: account_type
    type: STRING
  - name: balance
    type: DECIMAL(18,2)
    classification: confidential
  - name: opened_date
    type: DATE

sla:
  freshness: 1 hour
  availability: 99.9%

access:
  - role: retail-analysts
    level: read
  - role: risk-team
    level: read
  - role: compliance
    level: read

quality_checks:
  - unique: account_id
  - not_null: [account_id, customer_id, account_type]
  - freshness: 1 hour
"""

SANITIZER = re.compile(r"(ERROR: \w+Sanitizer|WARNING: ThreadSanitizer|runtime error:|SUMMARY: \w+Sanitizer)")
LISTENING = re.compile(r"ready on port ([1-9][0-9]*)")


def wait_for(condition, what, patience=None):
    """The first true value of condition(), asked again and again; fails after the patience."""
    deadline = time.monotonic() + (patience or PATIENCE)
    pause = 0.002
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"waited in vain for {what}")
        time.sleep(pause)
        pause = min(pause * 1.5, 0.1)


def moment(seconds=0):
    """So long from now, as the API writes a time."""
    return as_time(time.time_ns() // 1000 + round(seconds * 1e6))


def as_time(microseconds):
    """A time of the log's, in microseconds since 1970, as the API writes it."""
    epoch = datetime.datetime(1970, 1, 1)
    return (epoch + datetime.timedelta(microseconds=microseconds)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def product(name, **changes):
    """A small product that every ready-made policy accepts, as a dict; a change to None leaves a key out."""
    document = {
        "name": name,
        "owner": "test-team",
        "domain": "testing",
        "schema": [{"name": "id", "type": "STRING", "key": True}, {"name": "value", "type": "INTEGER"}],
        "quality_checks": [{"unique": "id"}],
    }
    document.update(changes)
    return {key: value for key, value in document.items() if value is not None}


def without(text, key):
    """A YAML text without one of its top-level keys."""
    return re.sub(rf"(?m)^{key}:.*\n(?:[ \-].*\n|\n(?=[ \-]))*", "", text)


def line_of(text, fragment):
    """The line (from 1) on which a fragment stands."""
    return text[: text.index(fragment)].count("\n") + 1


def schema_of(data):
    """The schema of a data folder's server, the same each time that it starts."""
    return "w_" + hashlib.sha256(os.path.abspath(data).encode()).hexdigest()[:24]


def store_of(data):
    """What --store is for a data folder's server: nothing, or a URL."""
    return f"{STORE}{'&' if '?' in STORE else '?'}options=-csearch_path%3D{schema_of(data)}" if STORE else ""


def ask_postgres(sql, store=None):
    """What psql answers, as a list of lines of columns."""
    done = subprocess.run(["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-c", sql, store or STORE], capture_output=True, text=True,
                          check=False, env={**os.environ, "PGOPTIONS": ""})
    if done.returncode != 0:
        raise AssertionError(f"{sql}: {done.stderr}")
    return [line.split("|") for line in done.stdout.splitlines()]


def spoil(data, sql):
    """Statements behind the server's back."""
    if STORE:
        ask_postgres(sql, store_of(data))
        return
    with sqlite3.connect(pathlib.Path(data) / "weft.db") as db:
        db.executescript(sql)
    db.close()


class Answer:
    """What came back: status, headers (lower case), body as bytes."""

    def __init__(self, status, headers, body):
        self.status = status
        self.headers = {name.lower(): value for name, value in headers}
        self.body = body

    @property
    def type(self):
        return self.headers.get("content-type", "").split(";")[0].strip()

    @property
    def text(self):
        return self.body.decode()

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def yaml(self):
        return yaml.safe_load(self.text)

    @property
    def etag(self):
        return self.headers.get("etag")

    @property
    def violations(self):
        return self.json.get("violations", [])

    @property
    def messages(self):
        return [violation["message"] for violation in self.violations]

    def __repr__(self):
        return f"{self.status} {self.type} {self.body[:2000].decode(errors='replace')}"


class Checkpoint:
    """A checkpoint note (C2SP tlog-checkpoint), taken apart."""

    def __init__(self, note):
        self.note = note
        head, _, signatures = note.partition("\n\n")
        origin, size, root = head.split("\n")[:3]
        self.origin, self.size, self.root = origin, int(size), base64.b64decode(root)
        self.head = head + "\n"
        self.signatures = [line for line in signatures.split("\n") if line]


class Server:
    """One `weft serve`.  `data` is a folder to use; without one it gets its own, which goes with it."""

    def __init__(self, data=None, dev=True, arguments=(), environment=None, program=PROGRAM):
        self.own = None if data else tempfile.mkdtemp(prefix="weft-test-")
        self.data = pathlib.Path(data or os.path.join(self.own, "data"))
        self.dev, self.arguments, self.program = dev, list(arguments), pathlib.Path(program)
        self.environment = {**clean_environment(), "WEFT_STORE": store_of(self.data), **(environment or {})}
        self.process, self.port, self.token = None, None, None
        self.log = pathlib.Path(self.own or str(self.data.parent)) / f"server-{id(self):x}.log"
        self.valgrind_logs = f"{self.log}.valgrind"

    # Starting and stopping.

    def start(self, ready=True, port=0):
        """Start it and wait until it is ready; fails with its log when it does not get there."""
        command = [*self.valgrind(), str(self.program), "serve", "--listen", f"127.0.0.1:{port}", "--data", str(self.data)]
        command += (["--dev"] if self.dev else []) + self.arguments
        offset = self.log.stat().st_size if self.log.exists() else 0
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            env=self.environment, start_new_session=True)
        self.port = wait_for(lambda: self._port(offset), "the server to listen")
        if ready:
            self.wait_ready()
        return self

    def valgrind(self):
        """With WEFT_VALGRIND=1: the server and its plugins run under valgrind, which writes only what it finds."""
        if os.environ.get("WEFT_VALGRIND") != "1":
            return []
        return ["valgrind", "-q", "--error-exitcode=97", "--leak-check=full", "--show-leak-kinds=definite,indirect",
                "--errors-for-leak-kinds=definite,indirect", "--trace-children=yes",
                f"--log-file={self.valgrind_logs}.%p"]

    def _port(self, offset):
        if self.process.poll() is not None:
            raise AssertionError(f"the server ended with status {self.process.returncode}:\n{self.log_text()}")
        with open(self.log, "rb") as log:
            log.seek(offset)
            found = LISTENING.search(log.read().decode(errors="replace"))
        return int(found.group(1)) if found else None

    def wait_ready(self):
        def is_ready():
            if self.process.poll() is not None:
                raise AssertionError(f"the server ended with status {self.process.returncode}:\n{self.log_text()}")
            try:
                return self.get("/readyz", token=None).status == 200
            except OSError:
                return False
        wait_for(is_ready, "the server to be ready")

    def stop(self):
        """SIGTERM; it must end by itself, with status 0 and without a sanitizer's report."""
        if not self.process:
            return
        process, self.process = self.process, None
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise AssertionError(f"the server did not stop on SIGTERM:\n{self.log_text()}") from None
        self.check_log()
        if process.returncode != 0:
            raise AssertionError(f"the server stopped with status {process.returncode}:\n{self.log_text()}")

    def kill(self):
        """kill -9, as a crash of the machine would."""
        self.process.kill()
        self.process.wait()
        self.process = None

    def restart(self):
        self.stop()
        return self.start()

    def close(self):
        try:
            self.stop()
        finally:
            if self.process and self.process.poll() is None:
                self.kill()
            if self.own:
                if STORE:
                    ask_postgres(f"SET client_min_messages = error; DROP SCHEMA IF EXISTS {schema_of(self.data)} CASCADE")
                shutil.rmtree(self.own, ignore_errors=True)

    def __enter__(self):
        return self.start() if not self.process else self

    def __exit__(self, *_):
        self.close()

    @property
    def alive(self):
        return self.process is not None and self.process.poll() is None

    def log_text(self, most=6000):
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return text[-most:]

    def check_log(self):
        text = self.log_text(10**9)
        found = SANITIZER.search(text)
        if found:
            raise AssertionError(f"the server's log holds a report:\n{text[max(0, found.start() - 500):][:6000]}")
        for path in self.log.parent.glob(pathlib.Path(self.valgrind_logs).name + ".*"):
            if path.stat().st_size:
                raise AssertionError(f"valgrind found:\n{path.read_text(errors='replace')[:6000]}")

    # Talking to it.

    def request(self, method, path, body=None, headers=None, token="own", check=True, connection=None, timeout=None):
        """One request; `token` is "own" for the server's (none under --dev), or another one, or None."""
        sent = dict(headers or {})
        if token == "own":
            token = self.token
        if token:
            sent.setdefault("Authorization", f"Bearer {token}")
        if isinstance(body, (dict, list)):
            body = json.dumps(body).encode()
            sent.setdefault("Content-Type", "application/json")
        elif isinstance(body, str):
            body = body.encode()
        if body is not None:
            sent.setdefault("Content-Type", "application/yaml")
        own = connection is None
        connection = connection or self.connect(timeout)
        try:
            connection.request(method, path, body, sent)
            response = connection.getresponse()
            answer = Answer(response.status, response.getheaders(), response.read())
        finally:
            if own:
                connection.close()
        if check and openapi:
            openapi.validate(method, path, answer.status, answer.headers.get("content-type", ""), answer.body)
        return answer

    def connect(self, timeout=None):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout or PATIENCE)

    def raw(self, sent, patience=None, finish=False):
        """Bytes as they are, and what came back until the server closed (or the patience ended)."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=patience or PATIENCE) as connection:
            received = b""
            try:
                connection.sendall(sent)
                if finish:
                    connection.shutdown(socket.SHUT_WR)
                while True:
                    piece = connection.recv(65536)
                    if not piece:
                        break
                    received += piece
            except (TimeoutError, ConnectionError):
                pass
            return received

    def get(self, path, **options):
        return self.request("GET", path, **options)

    def put(self, path, body, **options):
        return self.request("PUT", path, body, **options)

    def post(self, path, body=None, **options):
        return self.request("POST", path, body, **options)

    def delete(self, path, **options):
        return self.request("DELETE", path, **options)

    def publish(self, document, query="", **options):
        return self.post("/api/v1/products" + query, document, **options)

    def pages(self, path, limit=50, **options):
        """All items of a list, page by page."""
        items, cursor = [], None
        glue = "&" if "?" in path else "?"
        while True:
            more = f"&cursor={urllib.parse.quote(cursor)}" if cursor else ""
            page = self.get(f"{path}{glue}limit={limit}{more}", **options)
            if page.status != 200:
                raise AssertionError(f"{path}: {page}")
            items += page.json["items"]
            cursor = page.json["next"]
            if not cursor:
                return items

    def events(self, after=0, **options):
        """The log from behind `after` on."""
        found = []
        while True:
            page = self.get(f"/api/v1/events?after={after}&limit=1000", **options).json["items"]
            if not page:
                return found
            found += page
            after = page[-1]["seq"]

    def checkpoint(self, **options):
        answer = self.get("/api/v1/audit/checkpoint", **options)
        if answer.status != 200:
            raise AssertionError(f"no checkpoint: {answer}")
        return Checkpoint(answer.text)

    def resources(self, name):
        return self.get(f"/api/v1/products/{name}/resources").json["items"]

    def wait_resources(self, name, state="ready"):
        """Until every resource of the product is in the state."""
        def settled():
            found = self.resources(name)
            return found if found and all(resource["state"] == state for resource in found) else None
        try:
            return wait_for(settled, f"the resources of {name} to be {state}")
        except AssertionError as failed:
            raise AssertionError(f"{failed}: {self.resources(name)}\n{self.log_text()}") from None

    def location(self, resource):
        """Where the plugin says that it put things."""
        path = pathlib.Path(resource["detail"]["location"].removeprefix("file://"))
        return path if path.is_absolute() else self.data / path

    def new_token(self, name, role, domains=None):
        """The text of a new token."""
        wish = {"name": name, "role": role}
        if domains:
            wish["domains"] = domains
        answer = self.post("/api/v1/tokens", wish)
        if answer.status != 201:
            raise AssertionError(f"no token: {answer}")
        return answer.json

    def client(self, *words, token="own", text=None, environment=None):
        """The command line, spoken to this server."""
        variables = {**self.environment, "WEFT_SERVER": f"http://127.0.0.1:{self.port}", **(environment or {})}
        if token == "own":
            token = self.token
        if token:
            variables["WEFT_TOKEN"] = token
        return run_client(*words, environment=variables, text=text)

    def publish_bank(self):
        """The demo mesh: its domains, then its products."""
        for path in sorted((BANK / "domains").glob("*.yaml")):
            answer = self.put(f"/api/v1/domains/{path.stem}", path.read_text())
            if answer.status not in (200, 201):
                raise AssertionError(f"{path.name}: {answer}")
        for path in sorted((BANK / "products").glob("*.yaml")):
            answer = self.publish(path.read_text())
            if answer.status not in (200, 201):
                raise AssertionError(f"{path.name}: {answer}")


def clean_environment():
    """What a server or client needs of ours, without settings of Weft's."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("WEFT_")}
    kept["NO_COLOR"] = "1"
    kept.setdefault("ASAN_OPTIONS", "detect_leaks=1:abort_on_error=0:exitcode=99")
    kept.setdefault("UBSAN_OPTIONS", "print_stacktrace=1")
    return kept


def run_client(*words, environment=None, text=None):
    """`weft WORDS...`: the finished process, with stdout and stderr as text."""
    environment = dict(environment or clean_environment())
    if "--data" in words:
        environment.setdefault("WEFT_STORE", store_of(words[words.index("--data") + 1]))
    done = subprocess.run([str(PROGRAM), *map(str, words)], input=text, capture_output=True, text=True, check=False,
                          env=environment, timeout=PATIENCE)
    found = SANITIZER.search(done.stderr)
    if found:
        raise AssertionError(f"weft {' '.join(map(str, words))}:\n{done.stderr[:6000]}")
    return done


def refused_start(data, *arguments, dev=True):
    """A `weft serve` that must not come up: the finished process."""
    command = [str(PROGRAM), "serve", "--listen", "127.0.0.1:0", "--data", str(data), *arguments]
    if STORE and "--store" not in arguments:
        command += ["--store", store_of(data)]
    if dev:
        command.append("--dev")
    return run_bounded(command)


def run_bounded(command):
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
                              env=clean_environment(), timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        raise AssertionError(f"{' '.join(command)} did not end") from None
    if SANITIZER.search(done.stderr):
        raise AssertionError(done.stderr[:6000])
    return done


class Case(unittest.TestCase):
    """Tests that share one server.  Subclasses say how it is started."""

    dev = True
    arguments = ()
    environment = None
    maxDiff = 1500

    @classmethod
    def setUpClass(cls):
        cls.server = Server(dev=cls.dev, arguments=cls.arguments, environment=cls.environment)
        try:
            cls.server.start()
            if not cls.dev:
                cls.server.token = (cls.server.data / "admin.token").read_text().strip()
        except BaseException:
            cls.server.close()
            raise

    @classmethod
    def tearDownClass(cls):
        cls.server.close()

    def folder(self):
        """A folder that goes with the test."""
        path = tempfile.mkdtemp(prefix="weft-test-")
        self.addCleanup(shutil.rmtree, path, True)
        return pathlib.Path(path)

    def assertStatus(self, answer, status):
        self.assertEqual(answer.status, status, answer)
        return answer

    def assertProblem(self, answer, status):
        """A problem document of RFC 9457, with all that design section 4 promises."""
        self.assertEqual(answer.status, status, answer)
        self.assertEqual(answer.type, "application/problem+json", answer)
        problem = answer.json
        for key in ("type", "title", "status", "detail", "instance"):
            self.assertIn(key, problem)
        self.assertEqual(problem["status"], status)
        self.assertTrue(problem["detail"].strip())
        return problem

    def assertDone(self, finished, status=0):
        self.assertEqual(finished.returncode, status, f"stdout:\n{finished.stdout}\nstderr:\n{finished.stderr}")
        return finished


class Totals(unittest.TextTestResult):
    """Also counts the single tests that went well."""

    passed = 0

    def addSuccess(self, test):
        super().addSuccess(test)
        self.passed += 1


def main():
    """Run the file's tests.  The last line says how many passed, failed and were skipped."""
    if not PROGRAM.exists():
        sys.exit(f"{PROGRAM} is not there: cmake --preset {PRESET} && cmake --build --preset {PRESET}")
    runner = unittest.TextTestRunner(stream=sys.stdout, resultclass=Totals, verbosity=2)
    result = unittest.main(module="__main__", testRunner=runner, exit=False).result
    failed = len(result.failures) + len(result.errors) + len(result.unexpectedSuccesses)
    print(f"{result.passed} passed, {failed} failed, {len(result.skipped)} skipped", flush=True)
    sys.exit(1 if failed else 0)
