#!/usr/bin/python3
"""Domains and policies: what the council writes, and what follows from it."""

import weft

WARN = """\
kind: Policy
name: owners-have-teams
description: An owner is a team, not a person.
scope: global
enforcement: warn
match: {domains: ["*"]}
validations:
  - expression: product.owner.endsWith("-team")
    message: The owner should be a team
    pointer: /owner
tests:
  - name: a team may own
    product: {name: a.b, owner: x-team, domain: d, schema: [{name: x, type: STRING}]}
    expect: pass
  - name: a person may not
    product: {name: a.b, owner: carol, domain: d, schema: [{name: x, type: STRING}]}
    expect: warn
"""


def within(domain, text):
    """The policy for one domain only, and its tests there too."""
    return text.replace('domains: ["*"]', f"domains: [{domain}]").replace("domain: d,", f"domain: {domain},")


class Policies(weft.Case):
    def define(self, text, name=None):
        return self.server.put(f"/api/v1/policies/{name or weft.yaml.safe_load(text)['name']}", text)

    def test_the_three_of_the_case_study_are_in_force_from_the_first_start(self):
        items = [item for item in self.server.pages("/api/v1/policies") if item["defined_by"] == "weft"]
        self.assertEqual(len(items), 3, items)
        for item in items:
            self.assertEqual((item["enforcement"], item["scope"]), ("deny", "global"))
            answer = self.server.get(f"/api/v1/policies/{item['name']}", headers={"Accept": "application/yaml"})
            self.assertEqual(answer.yaml["name"], item["name"])
            self.assertTrue(answer.yaml["tests"])

    def test_a_warning_warns_and_does_not_refuse(self):
        text = within("testing", WARN.replace("owners-have-teams", "warn-first"))
        self.assertIn(self.define(text).status, (200, 201))
        answer = self.assertStatus(self.server.publish(weft.product("warned.one", owner="carol")), 201)
        self.assertEqual([(v["enforcement"], v["message"], v["pointer"]) for v in answer.json["violations"]],
                         [("warn", "The owner should be a team", "/owner")])
        self.assertEqual(self.server.get("/api/v1/products/warned.one").json["standing"], "warned")
        self.assertIn("warn-first", self.server.get("/api/v1/products/warned.one/compliance").text)
        answer = self.assertStatus(self.server.publish(weft.product("warned.not", owner="x-team")), 201)
        self.assertEqual(answer.json.get("violations", []), [])
        self.assertIn("warned.one", [item["name"] for item in self.server.pages("/api/v1/products?domain=testing")
                                     if item["standing"] == "warned"])

    def test_from_the_next_publish_on_a_denial_refuses(self):
        text = within("strict", WARN.replace("owners-have-teams", "deny-next"))
        self.assertStatus(self.server.publish(weft.product("strict.one", owner="carol", domain="strict")), 201)
        self.define(text.replace("enforcement: warn", "enforcement: deny").replace("expect: warn", "expect: deny"))
        answer = self.server.publish(weft.product("strict.two", owner="carol", domain="strict"))
        self.assertProblem(answer, 422)
        self.assertEqual(answer.messages, ["The owner should be a team"])
        self.assertStatus(self.server.publish(weft.product("lax.one", owner="carol", domain="lax")), 201)
        # What was published before stands, and its compliance says how it is now.
        self.assertStatus(self.server.get("/api/v1/products/strict.one"), 200)
        self.assertIn("violated", self.server.get("/api/v1/products/strict.one/compliance").text)

    def test_an_audit_only_records(self):
        text = within("audited", WARN.replace("owners-have-teams", "audit-only").replace("warn", "audit"))
        self.assertIn(self.define(text).status, (200, 201))
        answer = self.assertStatus(self.server.publish(weft.product("audited.one", owner="carol", domain="audited")), 201)
        self.assertEqual(self.server.get("/api/v1/products/audited.one").json["standing"], "compliant"
                         if not answer.json.get("violations") else
                         self.server.get("/api/v1/products/audited.one").json["standing"])
        event = self.server.events(after=answer.json["event"] - 1)[0]
        self.assertIn("audit-only", str(event["body"]))

    def test_the_same_again_is_unchanged_and_versions_count(self):
        text = within("counted", WARN.replace("owners-have-teams", "counted"))
        self.assertStatus(self.define(text), 201)
        size = self.server.checkpoint().size

        def defined():  # products of other tests may be judged again meanwhile
            return [event["subject"] for event in self.server.events(after=size) if event["kind"] == "policy.defined"]

        self.assertStatus(self.define(text), 200)
        self.assertEqual(defined(), [])
        self.assertStatus(self.define(text.replace("should be a team", "must be a team")), 200)
        self.assertEqual(defined(), ["counted"])
        self.assertEqual(self.server.get("/api/v1/policies/counted").json["version"], 2)

    def test_a_policy_whose_own_tests_fail_is_refused(self):
        text = WARN.replace("owners-have-teams", "untrue").replace("expect: pass", "expect: warn")
        answer = self.define(text)
        self.assertIn(answer.status, (400, 422), answer)
        self.assertIn("a team may own", answer.text)
        self.assertStatus(self.server.get("/api/v1/policies/untrue"), 404)

    def test_an_expression_that_fails_at_run_time_refuses(self):
        text = within("closed", WARN.replace("owners-have-teams", "fails-closed"))
        text = text.replace("enforcement: warn", "enforcement: deny")
        text = text[: text.index("tests:")].replace('product.owner.endsWith("-team")', "product.schema[7].name == 'x'")
        self.assertIn(self.define(text).status, (200, 201))
        answer = self.server.publish(weft.product("closed.one", domain="closed"))
        self.assertProblem(answer, 422)
        self.assertIn("fails-closed", answer.text)

    def test_a_policy_of_one_domain_concerns_only_that(self):
        text = WARN.replace("owners-have-teams", "of-one-domain").replace("scope: global", "scope: domain:lonely")
        text = text.replace('match: {domains: ["*"]}\n', "").replace("enforcement: warn", "enforcement: deny")
        text = text[: text.index("tests:")]
        self.assertIn(self.define(text).status, (200, 201))
        self.assertProblem(self.server.publish(weft.product("lonely.one", owner="carol", domain="lonely")), 422)
        self.assertStatus(self.server.publish(weft.product("social.one", owner="carol", domain="social")), 201)

    def test_the_client_lists_and_tests_policies(self):
        done = self.assertDone(self.server.client("policy", "list"))
        self.assertIn("pii-requires-access-controls", done.stdout)
        path = self.folder() / "policy.yaml"
        path.write_text(WARN)
        done = self.assertDone(self.server.client("policy", "test", path))
        self.assertIn("a person may not", done.stdout)
        path.write_text(WARN.replace("expect: pass", "expect: warn"))
        done = self.assertDone(self.server.client("policy", "test", path), 1)
        self.assertIn("a team may own", done.stdout + done.stderr)


class Domains(weft.Case):
    DOCUMENT = {"name": "retail-banking", "title": "Retail Banking", "description": "Accounts", "team": "retail-data-team",
                "council_seat": "Ingrid Solheim", "tags": ["pilot"]}

    def test_a_domain_is_defined_changed_and_read(self):
        path = "/api/v1/domains/retail-banking"
        self.assertStatus(self.server.put(path, self.DOCUMENT), 201)
        size = self.server.checkpoint().size
        self.assertStatus(self.server.put(path, self.DOCUMENT), 200)
        self.assertEqual(self.server.checkpoint().size, size)
        self.assertStatus(self.server.put(path, {**self.DOCUMENT, "team": "another"}), 200)
        answer = self.assertStatus(self.server.get(path), 200)
        self.assertIn("another", answer.text)
        self.assertTrue(answer.etag)
        self.assertIn("retail-banking", [item["name"] for item in self.server.pages("/api/v1/domains")])

    def test_a_domain_that_only_products_name_is_there_too(self):
        self.server.publish(weft.product("named.only", domain="only-named"))
        answer = self.assertStatus(self.server.get("/api/v1/domains/only-named"), 200)
        self.assertEqual(answer.json["products"], 1)

    def test_documents_of_wrong_form_are_refused(self):
        for path, document in (("x", {"name": "y"}), ("x", {"title": 5, "name": "x"}), ("x", {"name": "x", "tags": {}}),
                               ("x", {"name": "x", "titel": "X"}), ("X", {"name": "X"})):
            with self.subTest(document):
                self.assertProblem(self.server.put(f"/api/v1/domains/{path}", document), 400)


if __name__ == "__main__":
    weft.main()
