#!/usr/bin/python3
"""A policy author's hour: written with a mistake, read, mended, tested, tried on the mesh, stored as warn, then deny.

One story: the tests run in the order of their names and build on each other.
"""

import pathlib
import shutil
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "api"))

import weft  # noqa: E402

NAME = "restricted-access-names-columns"

# As it was first typed: a field that is misspelt, and nothing that says that it works.
FIRST = """\
kind: Policy
name: restricted-access-names-columns
description: Who may read what is restricted is told which columns.
purpose: A role that reads a whole table reads more than it needs, and nobody notices.
enforcement: warn
parameters:
  classifications: {type: list, default: [restricted], stricter: more}
variables:
  # Entries that open the whole table.
  - {name: whole, expression: "product.acess.filter(a, !has(a.columns))"}
validations:
  - name: columns-are-named
    expression: >-
      !(product.classification in params.classifications) ||
      size(variables.whole)==0
    message: Access to restricted data names its columns
    messageExpression: '"Which columns may " + variables.whole.map(a, a.role).join(" and ") + " read?"'
    pointer: /access
"""

TESTS = """\
tests:
  - name: a role that reads everything restricted is warned of
    product: {classification: restricted, access: [{role: risk-team, level: read}]}
    expect: warn
  - name: a role whose columns are named passes
    product: {classification: restricted, access: [{role: risk-team, level: read, columns: [id]}]}
    expect: pass
  - name: whoever says nothing of its classification passes
    product: {access: [{role: risk-team, level: read}]}
    expect: pass
"""

CASES = """\
kind: PolicyCases
policy: restricted-access-names-columns
cases:
  - name: nobody has access at all
    product: {classification: restricted}
    expect: pass
"""

LOOSER = """\
kind: Policy
name: risk-names-no-columns
scope: domain:risk
enforcement: deny
tightens: restricted-access-names-columns
parameters: {classifications: []}
"""

EXPOSURE = (weft.BANK / "products" / "6-risk.exposure.yaml").read_text()


class Author(weft.Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.place = pathlib.Path(tempfile.mkdtemp(prefix="weft-author-"))
        cls.policy = cls.place / "columns.yaml"

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.place, ignore_errors=True)
        super().tearDownClass()

    def weft(self, *words, status=0):
        return self.assertDone(self.server.client(*words), status)

    def mend(self, *changes):
        text = self.policy.read_text()
        for before, after in changes:
            self.assertIn(before, text)
            text = text.replace(before, after)
        self.policy.write_text(text)

    def test_01_the_mesh_is_there(self):
        for path in sorted((weft.BANK / "domains").glob("*.yaml")):
            self.assertStatus(self.server.put(f"/api/v1/domains/{path.stem}", path.read_text()), 201)
        self.weft("publish", *sorted((weft.BANK / "products").glob("*.yaml")))

    def test_02_the_mistake_is_shown_where_it_is(self):
        self.policy.write_text(FIRST)
        done = self.weft("policy", "check", self.policy, status=2)
        self.assertIn("columns.yaml:10:40: error: there is no field 'acess'", done.stderr)
        self.assertIn('   10 │   - {name: whole, expression: "product.acess.filter(a, !has(a.columns))"}\n', done.stderr)
        self.assertIn("= try: access", done.stderr)
        # The server would have said the same.
        done = self.weft("policy", "put", self.policy, status=1)
        self.assertIn("columns.yaml:10:40: error: there is no field 'acess'", done.stderr)

    def test_03_what_is_missing_is_said(self):
        self.mend(("acess", "access"))
        done = self.weft("policy", "check", self.policy)
        self.assertIn("it has no tests: nobody knows that it works", done.stderr)

    def test_04_a_test_fails_and_the_tree_says_why(self):
        self.policy.write_text(self.policy.read_text() + TESTS)
        done = self.weft("policy", "test", self.policy, status=1)
        self.assertIn("'whoever says nothing of its classification passes' expects pass and finds warn", done.stderr)
        self.assertIn("there is no 'classification'", done.stderr)
        product = self.place / "silent.yaml"
        product.write_text("name: risk.silent\ndomain: risk\naccess: [{role: risk-team, level: read}]\n")
        done = self.weft("policy", "explain", self.policy, product)
        blamed = [" ".join(line.split()) for line in done.stdout.splitlines() if line.endswith("◀")]
        self.assertEqual(blamed, ["│ ├─ product.classification error: there is no 'classification' ◀"])

    def test_05_mended_it_passes(self):
        self.mend(("product.classification in", "product.?classification.orValue('') in"))
        done = self.weft("policy", "test", self.policy)
        self.assertIn("1 policy, 3 tests, 0 failed", done.stderr)

    def test_06_coverage_shows_what_no_test_looks_at(self):
        (self.place / "cases.yaml").write_text(CASES)
        done = self.weft("policy", "coverage", self.place, status=1)
        self.assertIn("'nobody has access at all' expects pass and finds warn", done.stderr)
        self.mend(("product.access.filter", "product.?access.orValue([]).filter"))
        done = self.weft("policy", "coverage", self.place, "--least", "100")
        self.assertIn("100% of its branches", done.stdout)
        self.assertRegex(done.stdout, r"(?m)^access\[\]\.columns +.*yes")
        self.assertRegex(done.stdout, r"(?m)^access\[\]\.level +.*no")

    def test_07_fmt_lays_it_out(self):
        done = self.weft("policy", "fmt", "--check", self.policy, status=1)
        self.assertIn("+       !(product.?classification.orValue('') in params.classifications)", done.stdout)
        self.weft("policy", "fmt", "--write", self.policy)
        self.weft("policy", "fmt", "--check", self.policy)
        self.assertIn("  # Entries that open the whole table.\n", self.policy.read_text())
        self.weft("policy", "check", "--strict", self.place / "columns.yaml", self.place / "cases.yaml")

    def test_08_its_impact_on_the_mesh_is_known_before_anyone_votes(self):
        size = len(self.server.events())
        answer = weft.json.loads(self.weft("policy", "impact", self.policy, "--json").stdout.splitlines()[-1])
        self.assertEqual(len(self.server.events()), size)
        self.assertIn("warned", weft.json.dumps(answer))
        done = self.weft("policy", "impact", self.policy)
        self.assertIn("risk.exposure", done.stdout)
        done = self.weft("policy", "explain", self.policy, "risk.exposure")
        self.assertIn("warns of risk.exposure 1.0.0", done.stdout)
        self.assertIn('"Which columns may risk-team and regulatory-reporting read?"', done.stdout)

    def test_09_stored_as_warn_it_is_said_and_nothing_is_refused(self):
        self.weft("policy", "put", self.policy)
        path = self.place / "exposure.yaml"
        path.write_text(EXPOSURE.replace("freshness: 1 day", "freshness: 12 hours"))
        done = self.weft("publish", path)
        line = weft.line_of(EXPOSURE, "access:")
        self.assertIn(f"exposure.yaml:{line + 1}:3: warning: Which columns may risk-team", done.stderr)
        self.assertEqual(self.server.get("/api/v1/products/risk.exposure").json["standing"], "warned")

    def test_10_stored_as_deny_it_refuses_at_the_line_of_the_yaml(self):
        self.mend(("enforcement: warn", "enforcement: deny"), ("expect: warn", "expect: deny"))
        self.weft("policy", "put", self.policy)
        path = self.place / "exposure.yaml"
        path.write_text(EXPOSURE.replace("freshness: 1 day", "freshness: 6 hours"))
        done = self.weft("publish", path, status=1)
        line = weft.line_of(EXPOSURE, "access:")
        self.assertIn(f"exposure.yaml:{line + 1}:3: denied: Which columns may risk-team and regulatory-reporting read? "
                      f"[{NAME}]", done.stderr)
        self.assertIn(f"   {line + 1} │   - {{role: risk-team, level: read}}\n", done.stderr)

    def test_11_a_product_that_names_its_columns_is_let_in(self):
        path = self.place / "exposure.yaml"
        path.write_text(EXPOSURE.replace("{role: risk-team, level: read}", "{role: risk-team, level: read, columns: [drawn]}")
                        .replace("{role: regulatory-reporting, level: read}",
                                 "{role: regulatory-reporting, level: read, columns: [expected_loss]}"))
        self.weft("publish", path)
        done = self.weft("policy", "explain", NAME, "risk.exposure")
        self.assertIn("is satisfied with risk.exposure", done.stdout)

    def test_12_a_domain_cannot_loosen_it(self):
        path = self.place / "looser.yaml"
        path.write_text(LOOSER)
        for verb, status in (("check", 2), ("put", 1)):
            done = self.weft("policy", verb, path, status=status)
            self.assertIn(f"the global policy '{NAME}' sets 'classifications' to [\"restricted\"]", done.stderr)

    def test_13_every_decision_can_be_made_again(self):
        self.weft("policy", "replay")


if __name__ == "__main__":
    weft.main()
