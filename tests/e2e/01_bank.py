#!/usr/bin/python3
"""The demo from beginning to end, as its users would: set up, look around, insert rows, break one, retire, restart.

One story: the tests run in the order of their names and build on each other.
"""

import json
import pathlib
import sqlite3
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "api"))

import weft  # noqa: E402

ACCOUNTS = "retail.customer_accounts"
PRODUCTS = ["retail.customer_accounts", "retail.transactions", "cards.transactions", "cards.rewards",
            "risk.credit_scores", "risk.exposure", "finance.regulatory_ledger"]


class Bank(weft.Case):
    def client(self, *words, status=0):
        return self.assertDone(self.server.client(*words), status)

    def database(self):
        resource = next(r for r in self.server.resources(ACCOUNTS)
                        if r["plugin"] == "sqlite" and r["role"] == "storage")
        return self.server.location(resource)

    def sql(self, statement, *rows):
        with sqlite3.connect(self.database()) as db:
            for row in rows or ((),):
                db.execute(statement, row)
        db.close()

    def check(self):
        return self.assertStatus(self.server.post(f"/api/v1/products/{ACCOUNTS}/quality"), 200).json

    def test_01_the_domains_are_defined(self):
        for path in sorted((weft.BANK / "domains").glob("*.yaml")):
            self.assertStatus(self.server.put(f"/api/v1/domains/{path.stem}", path.read_text()), 201)
        self.assertEqual([domain["name"] for domain in self.server.pages("/api/v1/domains")],
                         ["cards", "finance", "retail-banking", "risk"])

    def test_02_the_products_are_published_in_one_go(self):
        done = self.client("publish", *sorted((weft.BANK / "products").glob("*.yaml")))
        for name in PRODUCTS:
            self.assertIn(name, done.stdout)
        self.assertEqual(done.stdout.count("created"), 7)
        done = self.client("publish", *sorted((weft.BANK / "products").glob("*.yaml")))
        self.assertEqual(done.stdout.count("unchanged"), 7)

    def test_03_everything_that_was_asked_for_gets_ready(self):
        for name in PRODUCTS:
            for resource in self.server.wait_resources(name):
                if resource["plugin"] == "filesystem":
                    self.assertTrue(self.server.location(resource).is_dir())
                if resource["plugin"] == "sqlite":
                    self.assertTrue(self.server.location(resource).is_file())

    def test_04_the_ledger_is_kept_for_seven_years(self):
        text = (weft.BANK / "products" / "7-finance.regulatory_ledger.yaml").read_text()
        short = text.replace("retention: 7 years", "retention: 2555 days")
        answer = self.server.publish(short)
        self.assertProblem(answer, 422)
        self.assertIn("Financial data requires 7-year retention", answer.messages)
        self.assertEqual(self.server.get("/api/v1/products/finance.regulatory_ledger").json["version"], "1.0.0")

    def test_05_lineage_reaches_the_core_banking_system(self):
        for column, sources in (
            ("drawn", ["retail.customer_accounts#balance", "public.accounts#balance_minor"]),
            ("exposure_at_default", ["cards.transactions#amount", "public.accounts#balance_minor", "authorisations.v3#amount"]),
            ("expected_loss", ["risk.credit_scores#probability_of_default", "credit_files#bureau_score"]),
        ):
            done = self.client("lineage", f"column:risk.exposure#{column}", "--up", "--columns")
            for source in sources:
                self.assertIn(source, done.stdout)
        done = self.client("lineage", "dataset:postgres://core-banking:5432|public.accounts", "--down")
        for name in PRODUCTS:
            self.assertIn(name, done.stdout)

    def test_06_search_finds_what_a_newcomer_would_ask_for(self):
        self.assertIn("risk.exposure", self.client("search", "expected loss").stdout)
        self.assertIn("cards.rewards", self.client("search", "loyalty points").stdout)

    def test_10_good_rows_are_green(self):
        self.sql("INSERT INTO customer_accounts (account_id, customer_id, account_type, balance, opened_date)"
                 " VALUES (?, ?, ?, ?, ?)",
                 ("NO9386011117947", "C-1001", "current", 1250.75, "2019-03-04"),
                 ("NO8330001234567", "C-1001", "savings", 88000, "2020-11-30"),
                 ("NO1712345678911", "C-1002", "joint", -310.2, "2024-06-01"))
        result = self.check()
        by_kind = {check["check"]: check for check in result["checks"]}
        self.assertTrue(by_kind["unique"]["passed"], result)
        self.assertTrue(by_kind["not_null"]["passed"], result)
        self.assertTrue(result["passed"], result)

    def test_11_one_breaking_row_is_red_with_the_reason(self):
        self.sql("INSERT INTO customer_accounts (account_id, customer_id, account_type, balance, opened_date)"
                 " VALUES (?, ?, ?, ?, ?)", ("NO9386011117947", None, "current", 1, "2025-01-01"))
        result = self.check()
        self.assertFalse(result["passed"], result)
        red = {check["check"]: check for check in result["checks"] if not check["passed"]}
        self.assertEqual(set(red), {"unique", "not_null"}, result)
        self.assertIn("account_id", json.dumps(red["unique"]))
        self.assertIn("customer_id", json.dumps(red["not_null"]))
        for check in red.values():
            self.assertTrue(check["message"])
        event = self.server.events()[-1]
        self.assertEqual((event["kind"], event["subject"], event["body"]["passed"]), ("quality.checked", ACCOUNTS, False))

    def test_12_mended_it_is_green_again(self):
        self.sql("DELETE FROM customer_accounts WHERE customer_id IS NULL")
        self.assertTrue(self.check()["passed"])

    def test_20_the_log_verifies_for_whoever_kept_a_checkpoint(self):
        note = self.folder() / "checkpoint"
        note.write_text(self.server.checkpoint().note)
        self.server.publish(weft.product("bank.later"))
        done = self.client("audit", "verify", "--since", note)
        self.assertIn("continues the older checkpoint", done.stdout)

    def test_21_a_restart_keeps_everything(self):
        before = {name: self.server.get(f"/api/v1/products/{name}").json for name in PRODUCTS}
        self.server.restart()
        self.assertEqual({name: self.server.get(f"/api/v1/products/{name}").json for name in PRODUCTS}, before)
        self.assertTrue(self.check()["passed"])

    def test_22_every_decision_comes_out_the_same_once_more(self):
        done = self.client("policy", "replay")
        self.assertRegex(done.stdout, r"(?m)^(\d+) decisions, \1 agree, 0 disagree, 0 cannot be judged again$")

    def test_24_retiring_a_product_keeps_its_data_until_its_retention_ends(self):
        place = self.database()
        self.assertIn(self.server.delete(f"/api/v1/products/{ACCOUNTS}").status, (200, 204))
        self.server.wait_resources(ACCOUNTS, "retained")
        self.assertTrue(place.is_file())
        with sqlite3.connect(place) as db:
            count, = db.execute("SELECT count(*) FROM customer_accounts").fetchone()
        db.close()
        self.assertEqual(count, 3)


if __name__ == "__main__":
    weft.main()
