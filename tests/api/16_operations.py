#!/usr/bin/python3
"""What an operator does: back up while it serves, look through, put back."""

import glob
import json
import os
import re
import shutil
import sqlite3
import subprocess
import tempfile
import threading
import time
import unittest

import weft


@weft.sqlite_only
class Backup(weft.Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server.publish_bank()
        cls.server.wait_resources("retail.customer_accounts")

    def back_up(self, *words):
        file = self.folder() / "backup.db"
        return file, self.assertDone(weft.run_client("backup", file, "--data", self.server.data, *words))

    def test_a_backup_is_taken_while_others_publish(self):
        acknowledged, stop = [], threading.Event()

        def publish():
            while not stop.is_set():
                name = f"backup.p{len(acknowledged)}"
                if self.server.publish(weft.product(name)).status == 201:
                    acknowledged.append(name)

        writer = threading.Thread(target=publish)
        writer.start()
        weft.wait_for(lambda: len(acknowledged) > 3, "the first publishes")
        before = list(acknowledged)
        file, done = self.back_up()
        stop.set()
        writer.join()
        self.assertIn("log.key is not in it", done.stdout)
        self.assertEqual([path.name for path in file.parent.iterdir()], ["backup.db"])
        found = self.assertDone(weft.run_client("check", "--backup", file))
        self.assertNotIn("WRONG", found.stdout)
        db = sqlite3.connect(f"file:{file}?immutable=1", uri=True)
        names = {name for name, in db.execute("SELECT name FROM products")}
        db.close()
        self.assertTrue(names.issuperset(before), set(before) - names)

    def test_what_was_restored_is_the_same_mesh(self):
        key = self.folder() / "log.key"
        note = self.folder() / "kept.txt"
        paths = ["/api/v1/products?limit=1000", "/api/v1/products/risk.exposure", "/api/v1/policies",
                 "/api/v1/lineage?node=product:risk.exposure&direction=both", "/api/v1/search?q=customer"]
        note.write_text(self.server.checkpoint().note)
        before = {path: self.server.get(path).body for path in paths}
        file, _ = self.back_up("--key", key)
        data = self.folder() / "restored"
        done = self.assertDone(weft.run_client("restore", file, "--data", data, "--key", key, "--since", note))
        self.assertIn("restored into", done.stdout)
        self.assertRegex(done.stdout, r"(?m)^products +\d+ +rows +sound$")
        with weft.Server(data=data) as other:
            self.assertEqual({path: other.get(path).body for path in paths}, before)
            self.assertEqual(other.publish(weft.product("after.restore")).status, 201)
            later = other.checkpoint()
        kept = weft.Checkpoint(note.read_text())
        self.assertEqual(later.signatures[0].split()[1], kept.signatures[0].split()[1])
        self.assertGreater(later.size, kept.size)
        self.assertDone(weft.run_client("audit", "verify", "--data", data, "--since", note))

    def test_without_the_key_no_server_starts_on_it(self):
        file, _ = self.back_up()
        data = self.folder() / "restored"
        done = self.assertDone(weft.run_client("restore", file, "--data", data))
        self.assertIn("not served", done.stdout)
        self.assertDone(weft.run_client("audit", "verify", "--data", data))
        refused = weft.refused_start(data)
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn("log.key", refused.stderr)

    def test_another_logs_checkpoint_is_noticed_before_anything_is_in_place(self):
        file, _ = self.back_up()
        note = self.folder() / "other.txt"
        with weft.Server() as other:
            note.write_text(other.checkpoint().note)
        data = self.folder() / "restored"
        done = self.assertDone(weft.run_client("restore", file, "--data", data, "--since", note), 1)
        self.assertIn("the log was replaced or rewritten", done.stdout)
        self.assertIn("nothing was put in place", done.stdout)
        self.assertEqual([path.name for path in data.iterdir()], ["weft.lock"])

    def test_a_folder_that_is_served_is_not_restored_into(self):
        file, _ = self.back_up()
        done = self.assertDone(weft.run_client("restore", file, "--data", self.server.data), 3)
        self.assertIn("already served", done.stderr)

    def test_no_file_is_overwritten(self):
        file, _ = self.back_up()
        before = file.read_bytes()
        done = self.assertDone(weft.run_client("backup", file, "--data", self.server.data), 1)
        self.assertIn("already there", done.stderr)
        self.assertEqual(file.read_bytes(), before)

    def test_words_that_make_no_sense_are_answered(self):
        for words, said in ((["backup", "--data", "x"], "it takes FILE --data DIR"),
                            (["backup", "a", "b", "--data", "x"], "it takes FILE"),
                            (["backup", "a"], "--data DIR is missing"),
                            (["backup", "a", "--data", self.folder()], "no catalog in"),
                            (["backup", "a", "--date", "x"], "did you mean '--data'"),
                            (["check", "--data", "x", "--backup", "y"], "one of them"),
                            (["check", "--data", self.folder()], "no catalog in"),
                            (["restore", "/nowhere", "--data", self.folder()], "no file '/nowhere'")):
            done = self.assertDone(weft.run_client(*words), 2)
            self.assertIn(said, done.stderr)
        for name in ("backup", "restore"):
            self.assertIn("weft " + name, self.assertDone(weft.run_client(name, "--help")).stdout)
        self.assertIn("pg_basebackup", weft.run_client("backup", "--help").stdout)
        self.assertIn("weft check --data", weft.run_client("check", "--data", "x", "--help").stdout)


@weft.sqlite_only
class Check(weft.Case):
    def check(self, *words, status=0):
        scratch = self.folder()
        done = self.assertDone(
            weft.run_client("check", "--data", self.server.data, "--scratch", scratch, *words), status)
        self.assertEqual(os.listdir(scratch), [])
        return done

    def test_1_a_sound_catalog_is_called_sound_beside_its_server(self):
        self.server.publish_bank()
        for item in self.server.pages("/api/v1/products"):
            if self.server.resources(item["name"]):
                self.server.wait_resources(item["name"])
        self.server.checkpoint()

        def quiet():  # nothing in the background writes any more
            before = {path.name: path.stat().st_mtime_ns for path in self.server.data.iterdir()}
            time.sleep(0.5)
            return before == {path.name: path.stat().st_mtime_ns for path in self.server.data.iterdir()} and before

        modified = weft.wait_for(quiet, "the server to be quiet")
        done = self.check()
        rows = re.findall(r"(?m)^(\w+) +(\d+) +(\w+) +(.*)$", done.stdout)
        self.assertTrue({"database", "log", "checkpoints", "keys", "products", "lineage_edges"}
                        <= {row[0] for row in rows}, done.stdout)
        self.assertEqual({row[3] for row in rows if row[0] != "WHAT"}, {"sound"})
        events = len(self.server.events())
        self.assertIn(("log", str(events), "events", "sound"), rows)
        # SQLite keeps an index of the journal in weft.db-shm, which readers touch.
        for path in self.server.data.iterdir():
            if path.name in ("weft.db", "weft.db-wal", "log.key"):
                self.assertEqual(path.stat().st_mtime_ns, modified[path.name], path)

    def test_2_as_json(self):
        found = json.loads(self.check("--json").stdout)
        self.assertIs(found["sound"], True)
        self.assertEqual(found["findings"], [])
        self.assertTrue(all(line["findings"] == 0 for line in found["checks"]))

    def test_3_what_was_changed_behind_its_back_is_found_and_named(self):
        with sqlite3.connect(self.server.data / "weft.db") as db:
            db.execute("UPDATE products SET owner = 'mallory' WHERE name = 'risk.exposure'")
            db.execute("UPDATE events SET actor = 'mallory' WHERE seq = 5")
        db.close()
        done = self.check(status=1)
        self.assertRegex(done.stdout, r"(?m)^products: .*'weft rebuild' makes it again$")
        self.assertRegex(done.stdout, r"(?m)^log: event 5: a field was changed")
        self.assertRegex(done.stdout, r"(?m)^log +\d+ +events +1 WRONG$")
        found = json.loads(self.check("--json", status=1).stdout)
        self.assertIs(found["sound"], False)
        self.assertEqual({finding["what"] for finding in found["findings"]}, {"log", "products"})


POSTGRES = weft.ROOT / "tests" / "services" / "postgres.sh"
has_postgres = shutil.which("initdb") or glob.glob("/usr/lib/postgresql/*/bin/initdb")


@unittest.skipUnless(has_postgres, "PostgreSQL is not installed (package postgresql)")
class CheckOnPostgres(weft.Case):
    """The catalog in a PostgreSQL of the test's own; the folder has the keys alone."""

    @classmethod
    def setUpClass(cls):
        cls.database = tempfile.mkdtemp(prefix="weft-test-")
        done = subprocess.run([POSTGRES, "start", cls.database, "fsync=off"], capture_output=True, text=True, check=True)
        cls.store = done.stdout.split()[-1]
        cls.arguments = ("--store", cls.store)
        try:
            super().setUpClass()
        except BaseException:
            cls.end_database()
            raise

    @classmethod
    def tearDownClass(cls):
        try:
            super().tearDownClass()
        finally:
            cls.end_database()

    @classmethod
    def end_database(cls):
        subprocess.run([POSTGRES, "remove", cls.database], capture_output=True, check=False)
        shutil.rmtree(cls.database, True)

    def check(self, *words, status=0):
        scratch = self.folder()
        done = self.assertDone(weft.run_client("check", "--data", self.server.data, "--store", self.store,
                                               "--scratch", scratch, *words), status)
        self.assertEqual(os.listdir(scratch), [])
        return done

    def sql(self, text):
        psql = sorted(glob.glob("/usr/lib/postgresql/*/bin/psql")) or [shutil.which("psql")]
        subprocess.run([psql[-1], "-X", "-q", "-v", "ON_ERROR_STOP=1", "-c", text, self.store], check=True,
                       capture_output=True)

    def test_1_a_sound_catalog_is_called_sound_beside_its_server(self):
        self.server.publish_bank()
        for item in self.server.pages("/api/v1/products"):
            if self.server.resources(item["name"]):
                self.server.wait_resources(item["name"])
        self.server.delete("/api/v1/products/cards.rewards")
        self.server.checkpoint()
        done = self.check()
        rows = re.findall(r"(?m)^(\w+) +(\d+) +(\w+) +(.*)$", done.stdout)
        self.assertTrue({"log", "checkpoints", "keys", "products", "lineage_edges"} <= {row[0] for row in rows}, done.stdout)
        self.assertEqual({row[3] for row in rows if row[0] != "WHAT"}, {"sound"}, done.stdout)
        self.assertGreater(int(next(row[1] for row in rows if row[0] == "lineage_columns")), 10)

    def test_2_what_was_changed_behind_its_back_is_found_and_named(self):
        self.sql("UPDATE products SET owner = 'mallory' WHERE name = 'risk.exposure'")
        self.sql("UPDATE events SET actor = 'mallory' WHERE seq = 5")
        done = self.check(status=1)
        self.assertRegex(done.stdout, r"(?m)^products: .*'weft rebuild' makes it again$")
        self.assertRegex(done.stdout, r"(?m)^log: event 5: a field was changed")

    def test_3_a_database_that_cannot_be_reached_is_no_finding(self):
        done = self.assertDone(weft.run_client("check", "--data", self.server.data, "--store",
                                               "postgresql://postgres:x@127.0.0.1:1/none"), 3)
        self.assertNotIn("WRONG", done.stdout)

    def test_4_backup_says_what_to_use_instead(self):
        done = self.assertDone(weft.run_client("backup", self.folder() / "b", "--data", self.server.data), 2)
        self.assertIn("pg_dump", done.stderr)

    def test_5_metrics_are_answered_while_the_database_is_lost(self):
        self.assertIn("weft_database_available 1", self.server.get("/metrics").text)
        subprocess.run([POSTGRES, "stop", self.database], capture_output=True, check=True)
        weft.wait_for(lambda: "weft_database_available 0" in self.server.get("/metrics").text, "the loss to be told")
        self.assertStatus(self.server.get("/readyz"), 503)
        subprocess.run([POSTGRES, "start", self.database, "fsync=off"], capture_output=True, check=True)
        weft.wait_for(lambda: self.server.get("/readyz").status == 200, "the database to be there again")


if __name__ == "__main__":
    weft.main()
