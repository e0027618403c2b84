#!/usr/bin/python3
"""What products ask for becomes real: folders and databases, their state, and the quality checks on real rows."""

import json
import pathlib
import sqlite3

import weft

NAME = "retail.customer_accounts"


class Resources(weft.Case):
    def test_plugins_are_there_and_ready(self):
        items = {item["name"]: item for item in self.server.get("/api/v1/plugins").json["items"]}
        self.assertEqual(items["filesystem"]["roles"], ["storage"])
        self.assertEqual(sorted(items["sqlite"]["roles"]), ["compute", "storage"])
        for item in items.values():
            self.assertEqual(item["state"], "ready", item)
            json.dumps(item["settings_schema"])

    def test_a_folder_and_a_database_are_made(self):
        text = (weft.BANK / "products" / "1-retail.customer_accounts.yaml").read_text()
        answer = self.assertStatus(self.server.publish(text), 201)
        self.assertEqual({resource["plugin"] for resource in answer.json["resources"]}, {"filesystem", "sqlite"})
        resources = self.server.wait_resources(NAME)
        bucket = self.server.location(next(r for r in resources if r["plugin"] == "filesystem"))
        self.assertTrue(bucket.is_dir())
        manifest = json.loads((bucket.parent / "manifest.json").read_text())
        self.assertEqual((manifest["product"], manifest["retention"], manifest["quota"]), (NAME, "10 years", "20 GB"))
        database = self.server.location(next(r for r in resources if r["plugin"] == "sqlite"))
        with sqlite3.connect(database) as db:
            table, = db.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
                                " AND name LIKE '%customer_accounts%'").fetchone()
            columns = [row[1] for row in db.execute(f"PRAGMA table_info(\"{table}\")")]
        db.close()
        for column in ("account_id", "customer_id", "account_type", "balance", "opened_date"):
            self.assertIn(column, columns)

    def test_a_new_column_reaches_the_database(self):
        document = weft.product("grows.one", storage=[{"plugin": "sqlite"}])
        self.server.publish(document)
        self.server.wait_resources("grows.one")
        document["schema"].append({"name": "added", "type": "DATE"})
        version = self.server.publish(document).json["version"]
        self.assertEqual(version, "1.1.0")

        def has_column():
            resources = self.server.wait_resources("grows.one")
            with sqlite3.connect(self.server.location(resources[0])) as db:
                sql = " ".join(row[0] or "" for row in db.execute("SELECT sql FROM sqlite_master"))
            db.close()
            return "added" in sql
        weft.wait_for(has_column, "the new column")

    def test_a_wish_that_no_plugin_can_grant_is_shown_with_the_reason(self):
        answer = self.server.publish(weft.product("wishes.much", storage=[{"plugin": "floppy"}]))
        if answer.status == 201:
            failed = self.server.wait_resources("wishes.much", "failed")
            self.assertIn("floppy", failed[0]["error"])
        else:
            self.assertIn(answer.status, (400, 422))
            self.assertIn("floppy", answer.text)

    def test_a_wrong_setting_names_itself(self):
        wish = [{"plugin": "filesystem", "quota": "10 bananas"}]
        answer = self.server.publish(weft.product("wishes.wrong", storage=wish))
        if answer.status == 201:
            failed = self.server.wait_resources("wishes.wrong", "failed")
            self.assertIn("bananas", failed[0]["error"])
        else:
            self.assertProblem(answer, 400)
            self.assertIn("bananas", answer.text)

    def test_a_wish_taken_back_is_retained(self):
        self.server.publish(weft.product("taken.back", storage=[{"plugin": "filesystem"}]))
        place = self.server.location(self.server.wait_resources("taken.back")[0])
        self.server.publish(weft.product("taken.back"))
        self.server.wait_resources("taken.back", "retained")
        self.assertTrue(place.is_dir())

    def test_a_retired_product_keeps_its_data(self):
        self.server.publish(weft.product("retired.kept", storage=[{"plugin": "filesystem"}]))
        place = self.server.location(self.server.wait_resources("retired.kept")[0])
        self.server.delete("/api/v1/products/retired.kept")
        self.server.wait_resources("retired.kept", "retained")
        self.assertTrue(place.is_dir())

    def test_the_plan_is_empty_once_all_is_made(self):
        self.server.publish(weft.product("planned.one", storage=[{"plugin": "filesystem"}]))
        self.server.wait_resources("planned.one")
        answer = self.assertStatus(self.server.post("/api/v1/products/planned.one/plan"), 200)
        for item in answer.json["items"]:
            self.assertEqual(item["changes"], [])

    def test_what_went_missing_is_made_again_by_reconciling(self):
        self.server.publish(weft.product("drifts.one", storage=[{"plugin": "filesystem"}]))
        place = self.server.location(self.server.wait_resources("drifts.one")[0])
        import shutil
        shutil.rmtree(place)
        answer = self.server.post("/api/v1/products/drifts.one/plan")
        self.assertTrue(any(item["changes"] for item in answer.json["items"]), answer)
        self.assertIn(self.server.post("/api/v1/products/drifts.one/reconcile").status, (200, 202))
        weft.wait_for(place.is_dir, "the folder to come back")

    def test_a_plugin_that_dies_is_started_again(self):
        import os
        import signal
        self.server.publish(weft.product("dies.first", storage=[{"plugin": "filesystem"}]))
        self.server.wait_resources("dies.first")
        for pid in children(self.server.process.pid, "filesystem"):
            os.kill(pid, signal.SIGKILL)
        self.server.publish(weft.product("dies.second", storage=[{"plugin": "filesystem"}]))
        self.server.wait_resources("dies.second")
        self.assertTrue(self.server.alive)

    def test_the_client_shows_resources(self):
        self.server.publish(weft.product("shown.one", storage=[{"plugin": "filesystem"}, {"plugin": "sqlite"}]))
        self.server.wait_resources("shown.one")
        done = self.assertDone(self.server.client("resources", "shown.one"))
        for word in ("filesystem", "sqlite", "ready"):
            self.assertIn(word, done.stdout)


class Quality(weft.Case):
    """Rows go in through SQLite's own door, and the checks say what they find."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server.publish(weft.product(
            "checked.rows", storage=[{"plugin": "sqlite"}],
            schema=[{"name": "id", "type": "STRING"}, {"name": "amount", "type": "DECIMAL(18,2)"},
                    {"name": "state", "type": "STRING"}],
            quality_checks=[{"range": {"column": "amount", "min": 0, "max": 100}},
                            {"accepted_values": {"column": "state", "values": ["open", "closed"]}},
                            {"row_count": {"min": 1}}]))
        cls.database = cls.server.location(cls.server.wait_resources("checked.rows")[0])

    def run_sql(self, sql, *values):
        with sqlite3.connect(self.database) as db:
            table, = db.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%amount%'").fetchone()
            db.execute(sql.format(table=f'"{table}"'), values)
        db.close()

    def check(self):
        answer = self.server.post("/api/v1/products/checked.rows/quality")
        return self.assertStatus(answer, 200).json

    def test_rows_that_break_a_check_turn_it_red_with_the_reason(self):
        self.assertFalse(self.check()["passed"])  # no rows yet
        self.run_sql("INSERT INTO {table} (id, amount, state) VALUES (?, ?, ?)", "1", 50, "open")
        result = self.check()
        self.assertTrue(result["passed"], result)
        for row, word in ((("2", 500, "open"), "500"), (("3", 5, "ajar"), "ajar")):
            self.run_sql("INSERT INTO {table} (id, amount, state) VALUES (?, ?, ?)", *row)
            result = self.check()
            self.assertFalse(result["passed"], result)
            red = [check for check in result["checks"] if not check["passed"]]
            self.assertEqual(len(red), 1, result)
            self.assertEqual(red[0]["failing"], 1)
            self.assertTrue(red[0]["message"])
            self.run_sql("DELETE FROM {table} WHERE id = ?", row[0])
            self.assertTrue(self.check()["passed"])
        self.assertIn("quality.checked", [event["kind"] for event in self.server.events()])


def children(pid, word):
    """The processes that `pid` started whose command line holds the word."""
    found = []
    for folder in pathlib.Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            parent = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
            if parent == pid and word in (folder / "cmdline").read_text():
                found.append(int(folder.name))
        except (OSError, ValueError, IndexError):
            continue
    return found


if __name__ == "__main__":
    weft.main()
