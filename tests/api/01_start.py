#!/usr/bin/python3
"""The server starts, says how it is, refuses to start where it must, and stops when told."""

import os
import pathlib
import shutil
import signal
import sqlite3
import stat
import subprocess

import weft


class Operations(weft.Case):
    def test_it_is_healthy_and_ready(self):
        self.assertStatus(self.server.get("/healthz"), 200)
        self.assertStatus(self.server.get("/readyz"), 200)

    def test_metrics_are_prometheus_text(self):
        self.server.get("/api/v1/products")
        answer = self.assertStatus(self.server.get("/metrics"), 200)
        self.assertEqual(answer.type, "text/plain")
        named = {line.split(" ")[2] for line in answer.text.splitlines() if line.startswith("# TYPE ")}
        self.assertTrue(named)
        for line in answer.text.splitlines():
            if line and not line.startswith("#"):
                name, value = line.split("{")[0].split(" ")[0], line.rsplit(" ", 1)[1]
                base = name.removesuffix("_bucket").removesuffix("_sum").removesuffix("_count")
                self.assertTrue(name in named or base in named, line)
                float(value)

    def test_the_contract_is_served(self):
        answer = self.assertStatus(self.server.get("/openapi.yaml"), 200)
        self.assertTrue(str(answer.yaml["openapi"]).startswith("3.1"))

    def test_the_schema_of_data_products_is_served_and_accepts_the_case_study(self):
        import jsonschema
        import yaml
        answer = self.assertStatus(self.server.get("/api/v1/schemas/data-product.json"), 200)
        jsonschema.Draft202012Validator.check_schema(answer.json)
        validator = jsonschema.Draft202012Validator(answer.json)
        validator.validate(yaml.safe_load(weft.CASE_STUDY))
        self.assertFalse(validator.is_valid({**weft.product("a.b"), "retension": "7 years"}))
        for path in sorted((weft.BANK / "products").glob("*.yaml")):
            # YAML 1.1 makes dates of what is text in the core schema of 1.2.
            validator.validate(yaml.load(path.read_text(), yaml.BaseLoader) | core_numbers(path))

    def test_every_answer_has_a_request_id_and_keeps_a_plain_one(self):
        self.assertTrue(self.server.get("/healthz").headers["x-request-id"])
        answer = self.server.get("/healthz", headers={"X-Request-Id": "pipeline-42"})
        self.assertEqual(answer.headers["x-request-id"], "pipeline-42")
        answer = self.server.get("/healthz", headers={"X-Request-Id": "x" * 5000 + "\u00e9"})
        self.assertNotIn("\u00e9", answer.headers.get("x-request-id", ""))

    def test_whoami_under_dev_is_an_administrator(self):
        answer = self.assertStatus(self.server.get("/api/v1/whoami"), 200)
        self.assertEqual(answer.json["role"], "admin")

    def test_keep_alive_holds(self):
        connection = self.server.connect()
        self.addCleanup(connection.close)
        self.server.get("/healthz", connection=connection)
        socket = connection.sock
        self.assertIsNotNone(socket)
        self.server.publish(weft.product("keep.alive"), connection=connection)
        self.server.get("/api/v1/products/keep.alive", connection=connection)
        self.server.get("/api/v1/products/keep.missing", connection=connection)
        self.assertIs(connection.sock, socket)


def core_numbers(path):
    """Members whose items hold booleans or numbers, which the BaseLoader reads as texts."""
    import yaml
    document = yaml.safe_load(path.read_text())
    checks = [check for check in document["quality_checks"] if "range" in check]
    others = [check for check in document["quality_checks"] if "range" not in check]
    return {"schema": document["schema"], "quality_checks": others + checks}


class Starting(weft.Case):
    """Each test has a folder and its own servers."""

    @classmethod
    def setUpClass(cls):
        pass

    @classmethod
    def tearDownClass(cls):
        pass

    def served(self, folder):
        """A folder that held a server once, with one product."""
        server = weft.Server(data=folder / "data")
        with server:
            self.assertStatus(server.publish(weft.CASE_STUDY), 201)
        return folder / "data"

    def assertRefused(self, done, *words):
        self.assertNotEqual(done.returncode, 0, done.stdout + done.stderr)
        for word in words:
            self.assertIn(word, done.stderr.lower())

    @weft.sqlite_only
    def test_the_folder_is_made_and_private(self):
        folder = self.folder()
        data = self.served(folder)
        for name in ("weft.db", "weft.lock", "log.key", "log.verifier"):
            self.assertTrue((data / name).exists(), name)
        self.assertEqual(stat.S_IMODE((data / "log.key").stat().st_mode), 0o600)
        self.assertEqual(stat.S_IMODE(data.stat().st_mode) & 0o007, 0)

    def test_what_was_published_is_there_after_a_restart(self):
        folder = self.folder()
        with weft.Server(data=folder / "data") as server:
            server.publish(weft.CASE_STUDY)
            before = server.get("/api/v1/products/retail.customer_accounts").json
            size = server.checkpoint().size
            server.restart()
            self.assertEqual(server.get("/api/v1/products/retail.customer_accounts").json, before)
            self.assertGreaterEqual(server.checkpoint().size, size)

    def test_sigterm_and_sigint_end_it_with_status_0(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            folder = self.folder()
            server = weft.Server(data=folder / "data").start()
            server.publish(weft.CASE_STUDY)
            server.process.send_signal(number)
            self.assertEqual(server.process.wait(weft.PATIENCE), 0, server.log_text())
            server.check_log()

    def test_a_second_server_on_the_same_folder_is_refused(self):
        folder = self.folder()
        with weft.Server(data=folder / "data") as server:
            done = weft.refused_start(folder / "data")
            self.assertRefused(done, "served by another process")
            self.assertStatus(server.get("/healthz"), 200)

    @weft.sqlite_only
    def test_a_folder_of_a_newer_version_is_refused(self):
        data = self.served(self.folder())
        with sqlite3.connect(data / "weft.db") as db:
            make_newer(db)
        db.close()
        before = (data / "weft.db").read_bytes()
        self.assertRefused(weft.refused_start(data), "newer")
        self.assertEqual((data / "weft.db").read_bytes(), before)

    @weft.sqlite_only
    def test_what_is_no_database_is_refused_and_left_alone(self):
        folder = self.folder()
        (folder / "data").mkdir()
        rubbish = b"this is my thesis, not a database\n" * 1000
        (folder / "data" / "weft.db").write_bytes(rubbish)
        self.assertRefused(weft.refused_start(folder / "data"))
        self.assertEqual((folder / "data" / "weft.db").read_bytes(), rubbish)

    @weft.sqlite_only
    def test_a_damaged_database_is_refused(self):
        data = self.served(self.folder())
        database = data / "weft.db"
        content = bytearray(database.read_bytes())
        for page in range(4096, len(content) - 4096, 4096):
            content[page : page + 64] = os.urandom(64)
        database.write_bytes(content)
        self.assertRefused(weft.refused_start(data))

    @weft.sqlite_only
    def test_a_database_cut_short_is_refused(self):
        data = self.served(self.folder())
        content = (data / "weft.db").read_bytes()
        (data / "weft.db").write_bytes(content[: len(content) // 2 // 4096 * 4096])
        self.assertRefused(weft.refused_start(data))

    @weft.sqlite_only
    def test_an_older_copy_of_the_database_is_refused(self):
        """A log that is shorter than a checkpoint that was signed has lost events."""
        folder = self.folder()
        data = self.served(folder)
        shutil.copy(data / "weft.db", folder / "older.db")
        with weft.Server(data=data) as server:
            server.publish(weft.product("later.one"))
            size = server.checkpoint().size
        with sqlite3.connect(folder / "older.db") as db:
            older = db.execute("SELECT count(*) FROM events").fetchone()[0]
        db.close()
        self.assertLess(older, size)
        with sqlite3.connect(data / "weft.db") as db:
            cut_log(db, older)
        db.close()
        self.assertRefused(weft.refused_start(data))

    def test_a_folder_that_cannot_be_made_is_refused(self):
        folder = self.folder()
        (folder / "file").write_text("in the way")
        self.assertRefused(weft.refused_start(folder / "file" / "data"))

    def test_dev_refuses_to_listen_beyond_loopback(self):
        folder = self.folder()
        for address in ("0.0.0.0:0", "[::]:0", "192.0.2.1:0"):
            done = weft.refused_start(folder / "data", "--listen", address)
            self.assertRefused(done, "dev")
            self.assertEqual(done.returncode, 2, done.stderr)
        self.assertFalse((folder / "data").exists())

    def test_wrong_flags_are_refused_with_the_nearest_one(self):
        done = weft.refused_start(self.folder() / "data", "--lisen", "127.0.0.1:0")
        self.assertEqual(done.returncode, 2)
        self.assertIn("listen", done.stderr)
        done = weft.refused_start(self.folder() / "data", "--threads", "1000")
        self.assertEqual(done.returncode, 2)
        self.assertIn("64", done.stderr)

    def test_more_connections_than_files_may_be_opened_are_refused(self):
        done = subprocess.run(["prlimit", "--nofile=200:200", str(weft.PROGRAM), "serve", "--dev", "--listen",
                               "127.0.0.1:0", "--data", str(self.folder() / "data")],
                              capture_output=True, text=True, timeout=weft.PATIENCE)
        self.assertRefused(done, "max_connections", "200")
        self.assertEqual(done.returncode, 2, done.stderr)

    def test_an_address_that_is_taken_is_refused(self):
        with weft.Server() as server:
            done = weft.refused_start(self.folder() / "data", "--listen", f"127.0.0.1:{server.port}")
            self.assertRefused(done, str(server.port))

    def test_settings_come_from_file_environment_and_flags_in_that_order(self):
        folder = self.folder()
        (folder / "weft.yaml").write_text("max_body: 2048\nlog_level: debug\n")
        big = weft.product("size.large", description="x" * 3000)
        with weft.Server(data=folder / "a", arguments=["--config", str(folder / "weft.yaml")]) as server:
            self.assertProblem(server.publish(big), 413)
        with weft.Server(data=folder / "b", arguments=["--config", str(folder / "weft.yaml")],
                         environment={"WEFT_MAX_BODY": "8192"}) as server:
            self.assertStatus(server.publish(big), 201)
        with weft.Server(data=folder / "c", arguments=["--max-body", "2048"],
                         environment={"WEFT_MAX_BODY": "8192"}) as server:
            self.assertProblem(server.publish(big), 413)

    def test_the_program_explains_itself(self):
        for words in (["--help"], ["serve", "--help"], ["publish", "--help"], ["lineage", "--help"]):
            done = weft.run_client(*words)
            self.assertDone(done)
            self.assertIn("weft", done.stdout)
        version = self.assertDone(weft.run_client("--version"))
        self.assertRegex(version.stdout, r"\d+\.\d+\.\d+")
        nothing = weft.run_client("publsh")
        self.assertDone(nothing, 2)
        self.assertIn("publish", nothing.stderr)


def make_newer(db):
    """Say that a migration of the future was applied, wherever the catalog keeps that."""
    version = db.execute("PRAGMA user_version").fetchone()[0]
    if version:
        db.execute(f"PRAGMA user_version = {version + 1000}")
        return
    columns = {row[1]: row[2] for row in db.execute("PRAGMA table_info(migrations)")}
    row = db.execute("SELECT * FROM migrations ORDER BY 1 DESC LIMIT 1").fetchone()
    values = [row[0] + 1000, *row[1:]]
    db.execute(f"INSERT INTO migrations VALUES ({','.join('?' * len(columns))})", values)


def cut_log(db, size):
    """Forget every event behind `size`, as who restores an old backup does, and leave the checkpoints."""
    db.execute("DELETE FROM events WHERE seq > ?", (size,))


if __name__ == "__main__":
    weft.main()
