#!/usr/bin/python3
"""A policy author's tools: facts of a product, explain, test with coverage, check, fmt."""

import weft

POLICY = """\
# What finance keeps.
kind: Policy
name: tools-kept
description: Financial data is kept.
enforcement: deny
match: {domains: ["fin*"]}
parameters:
  minimum: {type: period, default: 7 years, stricter: longer}
variables:
  - {name: kept, expression: retention(product)}
validations:
  - name: long-enough
    expression: |
      'exempt' in product.tags
        || variables.kept >= period(params.minimum) && product.status != 'draft'
    message: Kept too short
    messageExpression: '"kept " + product.?retention.orValue("for no time") + ", less than " + params.minimum'
    pointer: /retention
tests:
  - name: six years are too short
    product: {name: finance.a, domain: finance, owner: o, status: active, tags: [x], retention: 6 years}
    expect: deny
"""

CASES = """\
kind: PolicyCases
policy: tools-kept
cases:
  - name: seven years pass
    product: {name: finance.a, domain: finance, owner: o, status: active, tags: [x], retention: 7 years}
    expect: pass
"""

LEDGER = """\
name: finance.ledger
owner: finance-team
domain: finance
status: active
tags: [books]
retention: 6 years
"""


class Facts(weft.Case):
    def test_they_are_what_a_new_version_would_be_judged_by(self):
        self.server.put("/api/v1/domains/facts-domain", "name: facts-domain\nteam: keepers\ntags: [finance]\n")
        self.server.publish(weft.product("facts.source", domain="facts-domain", retention="7 years"))
        made = weft.product("facts.made", domain="facts-domain", retention="8 years", inputs=["facts.source"])
        self.assertStatus(self.server.publish(made), 201)
        answer = self.server.get("/api/v1/products/facts.made/facts")
        self.assertStatus(answer, 200)
        facts = answer.json
        self.assertEqual(facts["previous"]["retention"], "8 years")
        self.assertEqual(facts["facts"]["domain"]["tags"], ["finance"])
        self.assertEqual([u["name"] for u in facts["upstream"]], ["facts.source"])
        self.assertRegex(facts["now"], r"^\d{4}-\d\d-\d\dT")

    def test_an_unknown_product_has_none(self):
        self.assertProblem(self.server.get("/api/v1/products/no.such/facts"), 404)
        self.assertProblem(self.server.get("/api/v1/products/no.such/facts?x=1"), 400)


class Tools(weft.Case):
    def setUp(self):
        self.place = self.folder()
        self.nowhere = {"WEFT_SERVER": "http://127.0.0.1:9"}

    def write(self, name, text):
        path = self.place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return str(path)

    def offline(self, *words, status=0):
        done = weft.run_client(*words, environment=self.nowhere)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done


class Explain(Tools):
    def test_the_tree_shows_every_value_and_marks_why(self):
        done = self.offline("policy", "explain", self.write("p.yaml", POLICY), self.write("l.yaml", LEDGER))
        self.assertIn("tools-kept refuses finance.ledger", done.stdout)
        self.assertIn("minimum = 7 years", done.stdout)
        marked = [line for line in done.stdout.splitlines() if line.endswith("◀")]
        self.assertEqual([" ".join(line.split()) for line in marked], [
            "├─ 'exempt' in product.tags false ◀",
            "├─ variables.kept >= period(params.minimum) false ◀"])
        self.assertRegex(done.stdout, r"product\.status != 'draft' +not evaluated")
        self.assertRegex(done.stdout, r"(?m)^variables.kept .*p\.yaml:10$")
        self.assertIn('"kept 6 years, less than 7 years"', done.stdout)
        self.assertIn("l.yaml:6:12: denied: kept 6 years, less than 7 years", done.stdout)

    def test_a_fact_that_is_misspelt_is_warned_of(self):
        words = ("policy", "explain", self.write("p.yaml", POLICY), self.write("l.yaml", LEDGER), "--facts")
        done = self.offline(*words, self.write("facts.yaml", "facts: {domian: {tags: [finance]}}\nupstream: []\n"))
        self.assertIn("facts.yaml:1:9: warning: unknown key 'domian' in the facts", done.stderr)
        self.assertIn("= try: domain", done.stderr)
        done = self.offline(*words, self.write("alone.yaml", "qualty: {score: 1.0}\n"))
        self.assertIn("alone.yaml:1:1: warning: unknown key 'qualty' in the facts", done.stderr)
        self.assertEqual(self.offline(*words, self.write("right.yaml", "quality: {score: 1.0}\n")).stderr, "")

    def test_json_has_the_same_tree(self):
        done = self.offline("policy", "explain", self.write("p.yaml", POLICY), self.write("l.yaml", LEDGER), "--json")
        answer = weft.json.loads(done.stdout)
        self.assertEqual((answer["outcome"], answer["enforcement"]), ("violated", "deny"))
        self.assertEqual([e["role"] for e in answer["expressions"]], ["variable", "validation", "message"])
        tree = answer["expressions"][1]["tree"]
        self.assertEqual(tree["value"], "false")
        self.assertTrue(tree["parts"][0]["blamed"])
        self.assertEqual(answer["violations"][0]["pointer"], "/retention")

    def test_a_product_that_is_left_out_is_told_why(self):
        path = self.write("l.yaml", LEDGER.replace("domain: finance", "domain: retail"))
        done = self.offline("policy", "explain", self.write("p.yaml", POLICY), path)
        self.assertIn("tools-kept does not concern finance.ledger", done.stdout)
        self.assertIn("""the product's domain is "retail", which 'match' leaves out""", done.stdout)

    def test_facts_come_from_a_file(self):
        policy = self.write("p.yaml", POLICY.replace("'exempt' in product.tags", "facts.?quality.?score.orValue(0.0) > 0.5"))
        facts = self.write("f.yaml", "facts: {quality: {score: 0.75}}\nnow: 2026-01-31T00:00:00Z\n")
        done = self.offline("policy", "explain", policy, self.write("l.yaml", LEDGER), "--facts", facts)
        self.assertIn("is satisfied with", done.stdout)
        self.assertIn("2026-01-31", done.stdout)
        bare = self.write("b.yaml", "quality: {score: 0.25}\n")
        done = self.offline("policy", "explain", policy, self.write("l.yaml", LEDGER), "--facts", bare)
        self.assertIn("refuses", done.stdout)

    def test_policy_and_product_by_name_are_the_server_s(self):
        self.server.put("/api/v1/domains/finance", "name: finance\nteam: books\ntags: [ledgers]\n")
        made = weft.product("finance.known", domain="finance", retention="8 years", status="active", tags=["books"])
        self.assertIn(self.server.publish(made).status, (200, 201))
        stored = POLICY.replace("'exempt' in product.tags", "'nothing' in facts.domain.tags")
        self.assertIn(self.server.put("/api/v1/policies/tools-kept", stored.split("tests:")[0]).status, (200, 201))
        done = self.server.client("policy", "explain", "tools-kept", "finance.known")
        self.assertDone(done)
        self.assertIn("tools-kept is satisfied with finance.known 1.0.0", done.stdout)
        self.assertIn('["ledgers"]', done.stdout)
        done = self.server.client("policy", "explain", "financial-data-retention", self.write("l.yaml", LEDGER))
        self.assertDone(done)
        self.assertIn("the server does not know the product", done.stdout)
        self.server.delete("/api/v1/policies/tools-kept?reason=done")

    def test_a_stored_policy_has_the_grace_that_is_left(self):
        self.server.publish(weft.product("grace.older", domain="finance", status="active", tags=["x"], retention="7 years"))
        stored = POLICY.split("tests:")[0].replace("default: 7 years", "default: 9 years").replace("match:", "grace: 30 days\nmatch:")
        self.assertIn(self.server.put("/api/v1/policies/tools-kept", stored).status, (200, 201))
        done = self.server.client("policy", "explain", "tools-kept", "grace.older")
        self.assertDone(done)
        self.assertIn("tools-kept warns of grace.older", done.stdout)
        later = self.server.client("policy", "explain", "tools-kept", "grace.older", "--now", "2199-01-01")
        self.assertIn("tools-kept refuses grace.older", later.stdout)
        self.server.delete("/api/v1/policies/tools-kept?reason=done")

    def test_what_is_not_there_is_said(self):
        self.assertEqual(self.server.client("policy", "explain", "no-such", self.write("l.yaml", LEDGER)).returncode, 2)
        self.assertEqual(self.server.client("policy", "explain", "financial-data-retention", "no.such").returncode, 2)
        done = self.offline("policy", "explain", "no-such", "x.yaml", status=2)
        self.assertIn("there is no such file, no ready-made policy, and the server cannot be reached", done.stderr)


class Tests(Tools):
    def test_a_folder_holds_policies_and_cases(self):
        self.write("all/p.yaml", POLICY)
        self.write("all/deeper/c.yaml", CASES)
        self.write("all/ledger.yaml", LEDGER)
        done = self.offline("policy", "test", str(self.place / "all"))
        self.assertEqual(done.stdout.count("passed"), 2)
        self.assertIn("1 policy, 2 tests, 0 failed", done.stderr)

    def test_a_case_that_fails_points_at_its_line(self):
        self.write("all/p.yaml", POLICY)
        self.write("all/c.yaml", CASES.replace("expect: pass", "expect: deny"))
        done = self.offline("policy", "test", str(self.place / "all"), status=1)
        self.assertIn("c.yaml:4:5: error: 'seven years pass' expects deny and finds pass", done.stderr)

    def test_cases_of_nothing_and_malformed_ones_are_errors(self):
        path = self.write("c.yaml", CASES.replace("tools-kept", "no-such"))
        done = self.offline("policy", "test", path, status=2)
        self.assertIn("cases of 'no-such', which is none of the policies here", done.stderr)
        done = self.offline("policy", "test", self.write("d.yaml", CASES.replace("expect", "expct")), status=2)
        self.assertIn("expct", done.stderr)

    def test_cases_may_be_of_a_ready_made_policy(self):
        path = self.write("c.yaml", """\
kind: PolicyCases
policy: financial-data-retention
cases:
  - {name: ours, product: {name: a.b, domain: finance, retention: 9 years}, expect: pass}
""")
        done = self.offline("policy", "test", path)
        self.assertRegex(done.stdout, r"financial-data-retention +ours +pass +pass +passed")

    def test_coverage_shows_what_was_never_seen_in_the_file_s_own_lines(self):
        self.write("all/p.yaml", POLICY)
        self.write("all/c.yaml", CASES)
        done = self.offline("policy", "coverage", str(self.place / "all"))
        self.assertIn("p.yaml:14:7: warning: never true: 'exempt' in product.tags [coverage]", done.stdout)
        self.assertIn("p.yaml:15:56: warning: never false: product.status != 'draft' [coverage]", done.stdout)
        self.assertRegex(done.stdout, r"tools-kept  83% of its branches: 10 of 12 sides, by 2 tests")
        self.assertRegex(done.stdout, r"(?m)^retention +1 of 2 +1 of 2 +yes")
        self.assertRegex(done.stdout, r"(?m)^owner +0 of 2 +0 of 2 +no")
        self.assertIn("looked at, but no test notices when it changes: tags", done.stdout)

    def test_too_little_coverage_fails_where_it_is_asked_for(self):
        path = self.write("p.yaml", POLICY)
        self.offline("policy", "test", path, "--least", "40")
        done = self.offline("policy", "coverage", path, "--least", "90", status=1)
        self.assertIn("1 policy covered too little", done.stderr)

    def test_json_tells_the_same(self):
        self.write("all/p.yaml", POLICY)
        self.write("all/c.yaml", CASES)
        answer = weft.json.loads(self.offline("policy", "test", str(self.place / "all"), "--coverage", "--json").stdout)
        self.assertEqual([t["passed"] for t in answer["tests"]], [True, True])
        study = answer["coverage"][0]
        self.assertEqual((study["sides"], study["seen"], study["percent"]), (12, 10, 83))
        self.assertEqual([(g["line"], g["what"]) for g in study["unseen"]], [(14, "never true"), (15, "never false")])
        self.assertEqual(study["unnoticed"], ["tags"])
        parts = {part["part"]: part for part in study["parts"]}
        self.assertEqual(parts["retention"]["removed"], {"tried": 2, "refused": 1, "passed": 0})
        self.assertIsInstance(weft.json.loads(self.offline("policy", "test", str(self.place / "all"), "--json").stdout), list)


class Check(Tools):
    def test_what_is_right_is_ok(self):
        self.write("all/p.yaml", POLICY)
        self.write("all/c.yaml", CASES)
        done = self.offline("policy", "check", str(self.place / "all"))
        self.assertRegex(done.stdout, r"p\.yaml +tools-kept +ok")
        self.assertRegex(done.stdout, r"c\.yaml +cases of tools-kept +ok")
        self.assertIn("2 files, 0 errors, 0 warnings", done.stderr)

    def test_every_mistake_is_told_at_its_place(self):
        path = self.write("p.yaml", """\
kind: Policy
name: p
enforcement: denny
validations:
  - expression: >-
      product.domain == "x" &&
      product.retenton > 3
    message: m
  - expression: 'has(product.owner) && personal_colums(product).size() == 0'
    mesage: n
""")
        done = self.offline("policy", "check", path, status=2)
        for said in ("p.yaml:3:14: error: expected one of audit, warn, deny, found 'denny'",
                     "p.yaml:7:15: error: there is no field 'retenton'",
                     "= try: retention",
                     "p.yaml:9:40: error: there is no function 'personal_colums'",
                     "= try: personal_columns",
                     "p.yaml:10:5: error: unknown key 'mesage'"):
            self.assertIn(said, done.stderr)
        self.assertIn("    7 │       product.retenton > 3\n      │               ^\n", done.stderr)

    def test_a_file_that_is_not_there_is_named_once(self):
        path = str(self.place / "no-such.yaml")
        for verb in ("check", "test", "coverage", "fmt"):
            done = self.offline("policy", verb, path, status=2)
            self.assertIn(f"error: {path}: No such file or directory", done.stderr)
            self.assertEqual(done.stderr.count("no-such.yaml"), 1, verb)

    def test_a_folder_without_policies_is_an_error(self):
        self.write("all/ledger.yaml", LEDGER)
        for verb in ("check", "test", "coverage"):
            done = self.offline("policy", verb, str(self.place / "all"), status=2)
            self.assertIn(f"there is no policy and no case in '{self.place / 'all'}'", done.stderr)

    def test_a_misspelt_key_is_told_whatever_form_a_product_may_choose(self):
        path = self.write("p.yaml", """\
kind: Policy
name: p
enforcement: deny
validations:
  - expression: |
      product.access.exists(a, a.expirs < now)
        || as_list(product.?contacts).all(c, is_given(c.?emial))
        || product.schema.exists(c, as_list(c.?from).exists(f, f.columm == ""))
        || product.quality_checks.exists(q, q.freshness.withn == "1 hour")
        || upstream.exists(u, u.access.exists(a, a.untl == ""))
        || as_list(facts.?downstream).exists(d, d.ownr == "")
    message: m
""")
        done = self.offline("policy", "check", path, status=2)
        for place, wrong in (("6:34", "expirs"), ("7:58", "emial"), ("8:66", "columm"), ("9:57", "withn"),
                             ("10:52", "untl"), ("11:51", "ownr")):
            self.assertIn(f"p.yaml:{place}: error: there is no field '{wrong}'", done.stderr)
        self.assertIn("    7 │         || as_list(product.?contacts).all(c, is_given(c.?emial))\n"
                      "      │                                                          ^\n      = try: email\n",
                      done.stderr)

    def test_what_is_right_of_one_form_is_right(self):
        path = self.write("p.yaml", """\
kind: Policy
name: p
enforcement: deny
validations:
  - expression: |
      as_list(product.?contacts).all(c, type(c) == string ? c.contains("@") : is_given(c.?email))
        && (type(product.?access.orValue([])) == map ? product.access.role == "a"
             : product.?access.orValue([]).all(a, has(a.until) && a.until != null))
        && [product.?access, product.?contacts].all(l, as_list(l).all(x, x.?name.orValue("") == ""))
    message: m
tests:
  - name: a map and a text
    product: {access: {role: a, level: read}, contacts: a@b.example}
    expect: deny
  - name: lists
    product: {access: [{role: a, level: read, until: "2026-12-31"}]}
    expect: pass
""")
        self.assertIn("1 file, 0 errors", self.offline("policy", "check", path).stderr)

    def test_what_is_missing_at_the_end_is_looked_for_there(self):
        path = self.write("p.yaml", """\
kind: Policy
name: p
enforcement: deny
validations:
  - expression: |
      product.domain == "x" &&

    message: m
  - expression: >-
      product.owner == "x"
      ||
    message: n
""")
        done = self.offline("policy", "check", path, status=2)
        self.assertIn("p.yaml:6:31: error: expected a value, found the end", done.stderr)
        self.assertIn("p.yaml:11:9: error: expected a value, found the end", done.stderr)

    def test_what_no_product_and_no_fact_has_is_warned_of_in_cases(self):
        self.write("all/p.yaml", POLICY)
        self.write("all/c.yaml", CASES.replace("tags: [x]", "tgas: [x]"))
        done = self.offline("policy", "check", "--strict", str(self.place / "all"), status=1)
        self.assertIn("c.yaml:5:75: warning: unknown key 'tgas' in a test's product", done.stderr)
        self.assertIn("= try: tags", done.stderr)

    def test_what_is_hardly_meant_is_warned_of(self):
        path = self.write("p.yaml", POLICY.replace("'exempt' in product.tags", "1 < 2").split("tests:")[0])
        done = self.offline("policy", "check", path)
        self.assertIn("p.yaml:13:17: warning: this is always true", done.stderr)
        self.assertIn("it has no tests: nobody knows that it works", done.stderr)
        self.offline("policy", "check", "--strict", path, status=1)

    def test_a_test_that_fails_is_an_error(self):
        path = self.write("p.yaml", POLICY.replace("expect: deny", "expect: pass"))
        done = self.offline("policy", "check", path, status=1)
        self.assertIn("p.yaml:20:5: error: 'six years are too short' expects pass and finds deny", done.stderr)
        self.assertIn("kept 6 years, less than 7 years", done.stderr)

    TIGHTER = """\
kind: Policy
name: tools-kept-longer
scope: domain:finance
enforcement: deny
tightens: tools-kept
parameters: {minimum: 9 years}
"""

    def test_what_another_policy_tightens_is_found_among_the_files(self):
        self.write("all/a.yaml", self.TIGHTER)
        self.write("all/z.yaml", POLICY)
        done = self.offline("policy", "check", str(self.place / "all"))
        self.assertRegex(done.stdout, r"a\.yaml +tools-kept-longer")
        loose = self.write("all/a.yaml", self.TIGHTER.replace("9 years", "5 years"))
        done = self.offline("policy", "check", str(self.place / "all"), status=2)
        self.assertIn("a.yaml:6:23: error: the global policy 'tools-kept' sets 'minimum' to 7 years", done.stderr)
        done = self.offline("policy", "check", loose, status=2)
        self.assertIn("no policy is named 'tools-kept'", done.stderr)

    def test_and_on_the_server(self):
        self.assertIn(self.server.put("/api/v1/policies/tools-kept", POLICY).status, (200, 201))
        done = self.server.client("policy", "check", self.write("a.yaml", self.TIGHTER))
        self.assertDone(done)
        self.server.delete("/api/v1/policies/tools-kept?reason=done")

    def test_json_has_every_complaint(self):
        path = self.write("p.yaml", POLICY.replace("deny\nmatch", "denny\nmatch"))
        answer = weft.json.loads(self.offline("policy", "check", "--json", path, status=2).stdout)
        self.assertEqual([f["result"] for f in answer], ["wrong"])
        self.assertEqual(answer[0]["violations"][0]["line"], 5)
        self.assertEqual(answer[0]["violations"][0]["suggestion"], "deny")


class Format(Tools):
    UGLY = POLICY.replace("variables.kept >= period(params.minimum) && product", "(variables.kept>=period(params.minimum))&&product")

    def test_it_writes_only_the_expressions(self):
        path = self.write("p.yaml", self.UGLY)
        done = self.offline("policy", "fmt", path)
        self.assertIn("        || variables.kept >= period(params.minimum) && product.status != 'draft'\n", done.stdout)
        self.assertIn("# What finance keeps.\n", done.stdout)
        self.offline("policy", "fmt", "--write", path)
        written = weft.pathlib.Path(path).read_text()
        self.assertEqual(written, done.stdout)
        self.offline("policy", "fmt", "--check", path)
        self.assertEqual(self.offline("policy", "fmt", path).stdout, written)

    def test_check_shows_what_would_change_and_fails(self):
        path = self.write("p.yaml", self.UGLY)
        done = self.offline("policy", "fmt", "--check", path, status=1)
        self.assertIn("p.yaml:13:17", done.stdout)
        self.assertIn("  -         || (variables.kept>=period(params.minimum))&&product.status != 'draft'", done.stdout)
        self.assertIn("  +         || variables.kept >= period(params.minimum) && product.status != 'draft'", done.stdout)
        self.assertEqual(weft.pathlib.Path(path).read_text(), self.UGLY)

    def test_what_it_leaves_alone_is_said(self):
        done = self.offline("policy", "fmt", self.write("p.yaml", POLICY.replace("retention(product)}", "retention(product) +}")))
        self.assertIn("p.yaml:10:50: warning: left as it is: expected a value, found the end", done.stderr)
        done = self.offline("policy", "fmt", self.write("p.json", "{}"))
        self.assertIn("JSON is left as it is", done.stderr)
        self.offline("policy", "fmt", self.write("q.yaml", "a: ["), status=2)
        self.offline("policy", "fmt", "--check", "--write", "x", status=2)

    def test_in_a_folder_other_documents_stay(self):
        self.write("all/p.yaml", self.UGLY)
        ledger = self.write("all/l.yaml", "variables: [{expression: a+b}]\n")
        done = self.offline("policy", "fmt", "--write", str(self.place / "all"))
        self.assertEqual(done.stderr.count("laid out"), 1)
        self.assertEqual(weft.pathlib.Path(ledger).read_text(), "variables: [{expression: a+b}]\n")


if __name__ == "__main__":
    weft.main()
