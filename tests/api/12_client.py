#!/usr/bin/python3
"""The command line: its exit statuses, its tables for people and its JSON for programs, help that teaches."""

import json

import weft

NAME = "retail.customer_accounts"


class Client(weft.Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server.publish_bank()

    def json_of(self, *words):
        return json.loads(self.assertDone(self.server.client(*words, "--json")).stdout)

    def write(self, text, name="product.yaml"):
        path = self.folder() / name
        path.write_text(text)
        return path

    def test_exit_0_done(self):
        self.assertDone(self.server.client("list"))

    def test_exit_1_refused_by_policy_or_version(self):
        path = self.write(weft.without(weft.CASE_STUDY, "quality_checks"))
        self.assertDone(self.server.client("publish", path), 1)
        self.assertDone(self.server.client("validate", path), 1)
        bank = (weft.BANK / "products" / "1-retail.customer_accounts.yaml").read_text()
        breaking = bank.replace("type: DATE", "type: INTEGER") + "version: 1.5.0\n"
        done = self.assertDone(self.server.client("publish", self.write(breaking)), 1)
        self.assertIn("opened_date", done.stdout + done.stderr)

    def test_exit_2_malformed_or_misused(self):
        for words in (["publish"], ["publish", self.write("name: [")], ["get"], ["get", "no.such"], ["lineage"],
                      ["lineage", "nonsense"], ["list", "--limt", "5"], ["token"], ["token", "creat"], ["diff", NAME],
                      ["list", "--server", "nonsense"], ["events", "--after", "x"]):
            with self.subTest(words):
                done = self.server.client(*words)
                self.assertDone(done, 2)
                self.assertTrue(done.stderr.strip())

    def test_exit_3_not_reachable(self):
        for server in ("http://127.0.0.1:9", "http://no-such-host.invalid:80"):
            done = weft.run_client("list", "--server", server)
            self.assertDone(done, 3)
            self.assertIn(server.split("//")[1].split(":")[0], done.stderr)

    def test_what_is_no_weft_server_is_said_so(self):
        import http.server
        import threading

        class Other(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b"<html>hello</html>")

            def log_message(self, *_):
                pass
        with http.server.HTTPServer(("127.0.0.1", 0), Other) as other:
            thread = threading.Thread(target=other.serve_forever)
            thread.start()
            try:
                done = weft.run_client("list", "--server", f"http://127.0.0.1:{other.server_port}")
            finally:
                other.shutdown()
                thread.join()
        self.assertDone(done, 3)

    def test_get_gives_the_document_as_it_was_sent(self):
        done = self.assertDone(self.server.client("get", NAME, "--yaml"))
        self.assertEqual(done.stdout, (weft.BANK / "products" / "1-retail.customer_accounts.yaml").read_text())
        self.assertEqual(self.json_of("get", NAME)["product"]["name"], NAME)
        done = self.assertDone(self.server.client("get", NAME))
        for word in (NAME, "retail-data-team", "account_id", "1.0.0"):
            self.assertIn(word, done.stdout)

    def test_list_filters(self):
        done = self.assertDone(self.server.client("list", "--domain", "cards"))
        self.assertIn("cards.rewards", done.stdout)
        self.assertNotIn("risk.exposure", done.stdout)
        names = [item["name"] for item in self.json_of("list", "--domain", "risk")["items"]]
        self.assertEqual(names, ["risk.credit_scores", "risk.exposure"])

    def test_search(self):
        done = self.assertDone(self.server.client("search", "loyalty"))
        self.assertIn("cards.rewards", done.stdout)
        self.assertEqual(self.json_of("search", "pseudonym")["items"][0]["name"], "finance.regulatory_ledger")

    def test_publish_many_from_files_and_standard_input(self):
        one, two = self.write("\n".join(lines("many.one"))), self.write("\n".join(lines("many.two")))
        done = self.assertDone(self.server.client("publish", one, two))
        self.assertIn("many.one", done.stdout)
        self.assertIn("many.two", done.stdout)
        done = self.assertDone(self.server.client("publish", "-", text="\n".join(lines("many.three"))))
        self.assertIn("many.three", done.stdout)

    def test_one_bad_file_among_good_ones_shows_in_the_status(self):
        good, bad = self.write("\n".join(lines("mixed.good"))), self.write("name: [", "bad.yaml")
        done = self.assertDone(self.server.client("publish", good, bad), 2)
        self.assertIn("bad.yaml", done.stdout + done.stderr)
        self.assertStatus(self.server.get("/api/v1/products/mixed.good"), 200)

    def test_dry_run(self):
        done = self.assertDone(self.server.client("publish", "--dry-run", self.write("\n".join(lines("dry.one")))))
        self.assertIn("checked", done.stdout)
        self.assertStatus(self.server.get("/api/v1/products/dry.one"), 404)

    def test_diff(self):
        self.server.publish(weft.product("diff.one"))
        self.server.publish(weft.product("diff.one", schema=[{"name": "id", "type": "STRING", "key": True}]))
        done = self.assertDone(self.server.client("diff", "diff.one", "--from", "1.0.0", "--to", "2.0.0"))
        self.assertIn("value", done.stdout)

    def test_events_as_table_and_json(self):
        done = self.assertDone(self.server.client("events"))
        self.assertIn("product.published", done.stdout)
        done = self.assertDone(self.server.client("events", "--json"))
        self.assertTrue(json.loads(done.stdout.splitlines()[0]))

    def test_validate_against_the_library_is_what_the_server_says(self):
        for path in sorted((weft.BANK / "products").glob("*.yaml")):
            done = weft.run_client("validate", path)
            self.assertDone(done)
        done = weft.run_client("validate", *sorted((weft.BANK / "products").glob("*.yaml")))
        self.assertDone(done)

    def test_every_command_explains_itself_with_an_example(self):
        overview = self.assertDone(weft.run_client("--help")).stdout
        for command in ("publish", "validate", "get", "list", "search", "diff", "lineage", "resources", "events", "audit",
                        "policy", "token", "serve", "rebuild"):
            with self.subTest(command):
                self.assertIn(command, overview)
                shown = self.assertDone(weft.run_client(command, "--help")).stdout
                self.assertIn("sage", shown)
                self.assertIn(f"weft {command}", shown)

    def test_no_colour_where_nobody_looks(self):
        for words in (["list"], ["get", NAME], ["lineage", f"product:{NAME}"]):
            done = self.server.client(*words, environment={"NO_COLOR": ""})
            self.assertNotIn("\x1b", done.stdout)

    def test_what_the_server_says_cannot_command_the_terminal(self):
        self.server.publish(weft.product("escape.one", description="\u001b[31mred\u001b]0;title\u0007", owner="a\u009bb"))
        for words in (["list"], ["get", "escape.one"], ["search", "escape"]):
            done = self.server.client(*words)
            for character in ("\x1b", "\x07", "\x9b"):
                self.assertNotIn(character, done.stdout)


def lines(name):
    return [f"name: {name}", "owner: test-team", "domain: testing", "schema:", "  - {name: id, type: STRING}",
            "quality_checks:", "  - unique: id", ""]


if __name__ == "__main__":
    weft.main()
