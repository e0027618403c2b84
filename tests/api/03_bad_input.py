#!/usr/bin/python3
"""Whatever is sent: the right status, a problem with position and reason, the server unmoved and nothing stored."""

import json
import time

import weft

GOOD = weft.CASE_STUDY
YAML, JSON = "application/yaml", "application/json"


def laughs():
    """Nine levels of nine aliases: a kilobyte that would be 400 million nodes."""
    lines = ["x-a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]"]
    for level in range(1, 10):
        lines.append(f"x-a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 9)}]")
    return GOOD + "\n".join(lines) + "\n"


def line(fragment, text=GOOD):
    return weft.line_of(text, fragment)


# name, media type, what is sent, line of the complaint (None: anywhere), words of the reason
# fmt: off
MALFORMED = [
    ("nothing at all",             YAML, "", None, []),
    ("nothing but comments",       YAML, "# nothing\n", None, []),
    ("nothing at all as JSON",     JSON, "", None, []),
    ("no YAML",                    YAML, "name: [a, b\nowner: x\n", None, []),
    ("a tab for indentation",      YAML, "name: a.b\nschema:\n\t- x\n", 3, []),
    ("an unknown alias",           YAML, "name: *nobody\n", 1, ["nobody"]),
    ("an alias within itself",     YAML, GOOD + "x-loop: &loop [*loop]\n", line("quality") + 4, []),
    ("aliases without end",        YAML, laughs(), None, ["200000"]),
    ("200 levels of YAML",         YAML, GOOD + "x-deep: " + "[" * 200 + "]" * 200 + "\n", line("quality") + 4, ["64"]),
    ("200 levels of YAML blocks",  YAML, GOOD + "x-deep:\n" + "".join(" " * n + "- \n" for n in range(1, 201)), None, ["64"]),
    ("200 levels of JSON",         JSON, '{"x-deep": ' + "[" * 200 + "]" * 200 + "}", 1, ["64"]),
    ("100000 open brackets",       JSON, "[" * 100000, None, []),
    ("100000 open YAML brackets",  YAML, "[" * 100000, None, []),
    ("duplicate keys",             YAML, GOOD + "owner: somebody-else\n", line("quality") + 4, ["owner"]),
    ("duplicate keys further in",  YAML, GOOD.replace("    pii: true\n", "    pii: true\n    pii: false\n", 1), line("pii") + 1, ["pii"]),
    ("duplicate keys in JSON",     JSON, '{"name": "a.b",\n "name": "a.c"}', 2, ["name"]),
    ("a list",                     YAML, "- name: a.b\n", 1, ["list"]),
    ("a list as JSON",             JSON, "[]", 1, ["list"]),
    ("a text",                     YAML, "hello\n", 1, ["text"]),
    ("a number as JSON",           JSON, "42", 1, []),
    ("null as JSON",               JSON, "null", None, []),
    ("two documents",              YAML, GOOD + "---\nname: a.b\n", None, ["document"]),
    ("two JSON values",            JSON, '{"name": "a.b"} {"name": "a.c"}', 1, []),
    ("a NUL byte",                 YAML, GOOD.encode() + b"description: a\0b\n", line("quality") + 4, []),
    ("an escaped NUL in YAML",     YAML, GOOD + 'description: "a\\0b"\n', line("quality") + 4, []),
    ("an escaped NUL in JSON",     JSON, '{"name": "a\\u0000b"}', 1, []),
    ("invalid UTF-8",              YAML, GOOD.encode() + b"description: \xff\xfe\n", line("quality") + 4, ["UTF-8"]),
    ("an overlong encoding",       YAML, GOOD.encode() + b"description: \xc0\xaf\n", line("quality") + 4, ["UTF-8"]),
    ("a surrogate in UTF-8",       YAML, GOOD.encode() + b"description: \xed\xa0\x80\n", line("quality") + 4, ["UTF-8"]),
    ("invalid UTF-8 in JSON",      JSON, b'{"name": "\xff"}', 1, ["UTF-8"]),
    ("half a surrogate in JSON",   JSON, '{"name": "\\ud800"}', 1, []),
    ("UTF-16",                     YAML, GOOD.encode("utf-16"), None, []),
    ("a number out of range",      YAML, GOOD + "x-number: 1e999\n", line("quality") + 4, ["1e999"]),
    ("an integer out of range",    YAML, GOOD + "x-number: 123456789012345678901234567890\n", line("quality") + 4, []),
    ("JSON number out of range",   JSON, '{"x-n": 1e999}', 1, []),
    ("JSON integer out of range",  JSON, '{"x-n": 123456789012345678901234567890}', 1, []),
    ("NaN as JSON",                JSON, '{"x-n": NaN}', 1, []),
    ("half of JSON",               JSON, '{"name": "a.b", "owner": ', None, []),
    ("a comma too many",           JSON, '{"name": "a.b",}', 1, []),
    ("a key that is a list",       YAML, GOOD + "[a, b]: c\n", line("quality") + 4, []),
    ("an unknown tag",             YAML, GOOD + "description: !!python/object:os.system x\n", line("quality") + 4, []),
    ("an unknown key",             YAML, GOOD + "retension: 7 years\n", line("quality") + 4, ["retension", "retention"]),
    ("an unknown key of a column", YAML, GOOD.replace("pii: true", "pi: true", 1), line("pii"), ["pi"]),
    ("an unknown key of sla",      YAML, GOOD.replace("freshness: 1 hour\n  avail", "freshnes: 1 hour\n  avail"), line("freshness"), ["freshness"]),
    ("a merge key",                YAML, GOOD + "<<: {retention: 7 years}\n", line("quality") + 4, ["<<"]),
    ("a list for an owner",        YAML, GOOD.replace("owner: retail-data-team", "owner: [a, b]"), 2, ["text", "list"]),
    ("a text for a switch",        YAML, GOOD.replace("pii: true", "pii: yes", 1), line("pii"), ["yes"]),
    ("a map for a list",           YAML, GOOD.replace("access:\n  - role: retail-analysts\n    level: read\n  - role: risk-team\n    level: read\n  - role: compliance\n    level: read\n", "access:\n  everyone: {level: read}\n"), None, []),
    ("a number for a name",        YAML, GOOD.replace("name: retail.customer_accounts", "name: 42"), 1, ["number"]),
    ("null for a name",            YAML, GOOD.replace("name: retail.customer_accounts", "name: null"), 1, ["name"]),
    ("a name in capitals",         YAML, GOOD.replace("retail.customer_accounts", "Retail.Accounts"), 1, ["Retail.Accounts"]),
    ("a name of one part",         YAML, GOOD.replace("retail.customer_accounts", "retail"), 1, ["retail"]),
    ("a name with a path in it",   YAML, GOOD.replace("retail.customer_accounts", "retail.../../etc/passwd"), 1, []),
    ("a name too long",            YAML, GOOD.replace("retail.customer_accounts", "retail." + "x" * 300), 1, ["200"]),
    ("no name",                    YAML, weft.without(GOOD, "name"), None, ["name"]),
    ("no owner",                   YAML, weft.without(GOOD, "owner"), None, ["owner"]),
    ("no domain",                  YAML, weft.without(GOOD, "domain"), None, ["domain"]),
    ("no schema",                  YAML, weft.without(GOOD, "schema"), None, ["schema"]),
    ("two columns of one name",    YAML, GOOD.replace("name: customer_id", "name: account_id", 1), line("name: customer_id"), ["account_id"]),
    ("an unknown classification",  YAML, GOOD.replace("confidential", "confidental"), line("confidential"), ["confidential"]),
    ("an unknown level of access", YAML, GOOD.replace("level: read", "level: reed", 1), line("level"), ["read"]),
    ("an unknown quality check",   YAML, GOOD.replace("- unique:", "- uniqe:"), line("- unique"), ["unique"]),
    ("a check of no column",       YAML, GOOD.replace("unique: account_id", "unique: acount_id"), line("- unique"), ["acount_id"]),
    ("a freshness of nonsense",    YAML, GOOD.replace("freshness: 1 hour\n  avail", "freshness: soon\n  avail"), line("freshness"), ["soon"]),
    ("a version of nonsense",      YAML, GOOD + "version: one\n", line("quality") + 4, ["one"]),
    ("an unknown status",          YAML, GOOD + "status: actve\n", line("quality") + 4, ["active"]),
    ("a source that is no input",  YAML, GOOD.replace("  - name: balance", "  - name: total\n    type: STRING\n    from: [cards.missing#x]\n  - name: balance"), line("- name: balance") + 2, ["cards.missing"]),
]
# fmt: on


class BadInput(weft.Case):
    def setUp(self):
        self.size = self.server.checkpoint().size

    def tearDown(self):
        self.assertTrue(self.server.alive, self.server.log_text())
        self.assertEqual(self.server.get("/healthz").status, 200)
        self.assertEqual(self.server.checkpoint().size, self.size, "something was stored")

    def complain(self, answer, status, row=None, words=()):
        problem = self.assertProblem(answer, status)
        self.assertTrue(problem["violations"], problem)
        for violation in problem["violations"]:
            self.assertTrue(violation["message"])
            self.assertGreaterEqual(violation["line"], 1, violation)
            self.assertGreaterEqual(violation["column"], 1, violation)
            self.assertIn("rule", violation)
            self.assertIn("pointer", violation)
        if row:
            self.assertIn(row, [violation["line"] for violation in problem["violations"]], problem)
        said = json.dumps(problem, ensure_ascii=False)
        for word in words:
            self.assertIn(word, said)

    def test_what_is_malformed_is_refused_with_place_and_reason(self):
        for name, media, sent, row, words in MALFORMED:
            with self.subTest(name):
                answer = self.server.post("/api/v1/products", sent, headers={"Content-Type": media})
                self.complain(answer, 400, row, words)
                self.assertEqual(self.server.checkpoint().size, self.size)

    def test_evaluate_refuses_the_same(self):
        for name, media, sent, row, words in MALFORMED:
            with self.subTest(name):
                answer = self.server.post("/api/v1/evaluate", sent, headers={"Content-Type": media})
                self.complain(answer, 400, row, words)

    def test_all_complaints_come_at_once_in_the_order_of_the_lines(self):
        text = GOOD.replace("owner: retail-data-team", "owner: 5").replace("pii: true", "pii: 1", 1)
        text = text.replace("unique: account_id", "unique: nothing") + "retension: 7 years\n"
        problem = self.assertProblem(self.server.publish(text), 400)
        rows = [violation["line"] for violation in problem["violations"]]
        self.assertEqual(rows, sorted(rows))
        for fragment in ("owner:", "pii:", "- unique:", "retension:"):
            self.assertIn(weft.line_of(text, fragment), rows)

    def test_a_misspelt_key_is_answered_with_the_right_one(self):
        problem = self.assertProblem(self.server.publish(GOOD + "retension: 7 years\n"), 400)
        violation = problem["violations"][0]
        self.assertEqual(violation["pointer"], "/retension")
        self.assertEqual(violation["rule"], "unknown-key")
        self.assertIn("retention", violation["suggestion"])
        self.assertEqual(violation["column"], 1)

    def test_columns_count_characters_not_bytes(self):
        text = GOOD + "description: {äöü: 1, €: 2}\n"
        problem = self.assertProblem(self.server.publish(text), 400)
        self.assertIn((weft.line_of(text, "description:"), 14),
                      [(violation["line"], violation["column"]) for violation in problem["violations"]])

    def test_a_body_of_100_megabytes_is_refused_early(self):
        size = 100 * 1024 * 1024
        head = (f"POST /api/v1/products HTTP/1.1\r\nHost: x\r\nContent-Type: application/yaml\r\n"
                f"Content-Length: {size}\r\n\r\n").encode()
        started = time.monotonic()
        answer = self.server.raw(head + b"x" * 65536)
        self.assertIn(b" 413 ", answer.split(b"\r\n")[0])
        self.assertIn(b"application/problem+json", answer)
        self.assertLess(time.monotonic() - started, weft.PATIENCE / 2)

    def test_a_body_of_100_megabytes_without_a_stated_length_is_refused(self):
        head = b"POST /api/v1/products HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        chunk = b"10000\r\n" + b"x" * 65536 + b"\r\n"
        answer = self.server.raw(head + chunk * 1600 + b"0\r\n\r\n")
        # The server may close before it has read all, and the reset then outruns the answer.
        if answer:
            self.assertIn(b" 413 ", answer.split(b"\r\n")[0])

    def test_just_above_the_limit_is_413_with_the_limit_named(self):
        problem = self.assertProblem(self.server.publish("# " + "x" * (4 * 1024 * 1024)), 413)
        self.assertIn("4194304", json.dumps(problem).replace(",", "").replace("4 MiB", "4194304"))

    def test_more_nodes_than_allowed_is_refused(self):
        answer = self.server.publish(GOOD + "x-many: [" + "1," * 200001 + "]\n")
        self.assertIn(answer.status, (400, 413))
        self.assertProblem(answer, answer.status)

    def test_a_media_type_that_is_no_document_is_refused(self):
        for media in ("text/html", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
            answer = self.server.post("/api/v1/products", GOOD, headers={"Content-Type": media})
            self.assertProblem(answer, 415)

    def test_bad_paths_and_parameters_are_problems(self):
        for path, status in (
            ("/api/v1/nothing", 404), ("/", 404), ("/api/v1/products/no.such", 404),
            ("/api/v1/products/no.such/versions", 404), ("/api/v1/products/%00", 404),
            ("/api/v1/products/%2e%2e%2f%2e%2e", 404), ("/api/v1/products/%ff", 404), ("/api/v1/products/%zz", 404),
            ("/api/v1/products?limit=0", 400), ("/api/v1/products?limit=1001", 400), ("/api/v1/products?limit=x", 400),
            ("/api/v1/products?limit=-1", 400), ("/api/v1/products?limit=99999999999999999999", 400),
            ("/api/v1/products?cursor=%21%21", 400), ("/api/v1/products?domian=x", 400),
            ("/api/v1/products?pii=perhaps", 400), ("/api/v1/events?after=x", 400),
            ("/api/v1/lineage", 400), ("/api/v1/lineage?node=nonsense", 400),
            ("/api/v1/lineage?node=product:no.such", 404), ("/api/v1/lineage?node=product:a.b&direction=left", 400),
            ("/api/v1/search", 400), ("/api/v1/search?q=", 400), ("/api/v1/audit/inclusion?seq=0", 400),
            ("/api/v1/audit/inclusion?seq=999999", 400), ("/api/v1/audit/consistency?from=9&to=3", 400),
            ("/api/v1/domains/no-such", 404), ("/api/v1/policies/no-such", 404),
        ):
            with self.subTest(path):
                answer = self.server.get(path)
                if status == 404 and "%" in path:
                    self.assertIn(answer.status, (400, 404), answer)
                    status = answer.status
                self.assertProblem(answer, status)

    def test_the_wrong_method_names_the_right_ones(self):
        answer = self.server.delete("/api/v1/products")
        self.assertProblem(answer, 405)
        self.assertIn("POST", answer.headers["allow"])
        self.assertIn("GET", answer.headers["allow"])

    def test_the_client_says_file_line_and_column_and_ends_with_2(self):
        path = self.folder() / "broken.yaml"
        for text, row in ((GOOD + "retension: 7 years\n", line("quality") + 4), ("name: [a\n", None), ("- a\n", 1)):
            path.write_text(text)
            for verb in ("publish", "validate"):
                with self.subTest(text=text[-20:], verb=verb):
                    done = self.assertDone(self.server.client(verb, path), 2)
                    self.assertRegex(done.stdout + done.stderr, rf"broken\.yaml:{row or '[0-9]+'}:\d+")

    def test_the_client_survives_bytes_that_are_no_text(self):
        path = self.folder() / "broken.yaml"
        path.write_bytes(bytes(range(256)) * 10)
        self.assertDone(self.server.client("publish", path), 2)
        self.assertDone(self.server.client("publish", self.folder()), 2)
        self.assertDone(self.server.client("publish", path.parent / "missing.yaml"), 2)


class BadPolicies(weft.Case):
    def policy(self, expression, **changes):
        import yaml
        document = {"kind": "Policy", "name": "under-test", "scope": "global", "enforcement": "warn",
                    "validations": [{"expression": expression, "message": "No"}], **changes}
        return yaml.safe_dump({key: value for key, value in document.items() if value is not None}, sort_keys=False)

    def assertRefused(self, answer):
        """400 where the document's form is wrong, 422 where what it says does not compile."""
        self.assertIn(answer.status, (400, 422), answer)
        return self.assertProblem(answer, answer.status)

    def test_a_policy_that_does_not_compile_is_refused_with_its_position(self):
        size = self.server.checkpoint().size
        text = """\
kind: Policy
name: under-test
scope: global
enforcement: deny
validations:
  - expression: |
      product.owner == "x" &&
      product.ownr == "y"
    message: No
"""
        problem = self.assertRefused(self.server.put("/api/v1/policies/under-test", text))
        violation = problem["violations"][0]
        self.assertEqual(violation["rule"], "expression")
        self.assertIn("ownr", violation["message"])
        self.assertEqual(violation["line"], weft.line_of(text, "product.ownr"))
        self.assertEqual(violation["column"], 15)
        self.assertEqual(self.server.checkpoint().size, size)
        self.assertStatus(self.server.get("/api/v1/policies/under-test"), 404)

    def test_expressions_of_every_wrong_kind_are_refused(self):
        for expression in ("", "product.", "1 +", "nothing == 1", "product.owner + 1 == 2", "product.owner", "1",
                           "size(1) == 1", "product.schema.all(c)", "matches(product.owner, '[')", "'unclosed",
                           "(" * 500 + "true" + ")" * 500, "true && " * 20000 + "true"):
            with self.subTest(expression[:40]):
                answer = self.server.put("/api/v1/policies/under-test", self.policy(expression))
                problem = self.assertRefused(answer)
                self.assertGreaterEqual(problem["violations"][0]["line"], 1)

    def test_policy_documents_of_wrong_form_are_refused(self):
        for changes in ({"kind": "Polciy"}, {"enforcement": "forbid"}, {"scope": "galaxy"}, {"validations": []},
                        {"validations": None}, {"name": "another"}, {"retension": "x"}, {"parameters": []}):
            with self.subTest(changes):
                self.assertRefused(self.server.put("/api/v1/policies/under-test", self.policy("true", **changes)))
        self.assertStatus(self.server.get("/api/v1/policies/under-test"), 404)


if __name__ == "__main__":
    weft.main()
