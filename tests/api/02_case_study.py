#!/usr/bin/python3
"""The case study's product and its three rules: what is accepted, what is refused, and what the refusal says."""

import weft

ACCESS = "PII data requires access controls"
RETENTION = "Financial data requires 7-year retention"
QUALITY = "Quality checks required"


def finance(retention):
    """The case study's product in domain finance."""
    text = weft.CASE_STUDY.replace("domain: retail-banking", "domain: finance").replace("retail.", "finance.", 1)
    return text + (f"retention: {retention}\n" if retention else "")


class CaseStudy(weft.Case):
    def setUp(self):
        self.size = self.server.checkpoint().size

    def stored(self):
        """What has happened since, but for products that were judged again meanwhile."""
        return [event for event in self.server.events(after=self.size) if event["kind"] != "product.judged"]

    def assertRefused(self, text, *messages):
        """Refused with exactly these messages, and nothing stored but the refusal."""
        answer = self.server.publish(text)
        problem = self.assertProblem(answer, 422)
        found = sorted(violation["message"] for violation in problem["violations"])
        self.assertEqual(found, sorted(messages), answer)
        for violation in problem["violations"]:
            self.assertEqual(violation["enforcement"], "deny")
            self.assertTrue(violation["policy"])
            self.assertGreaterEqual(violation["line"], 1)
            self.assertGreaterEqual(violation["column"], 1)
            self.assertTrue(violation["pointer"] == "" or violation["pointer"].startswith("/"))
        events = self.stored()
        self.assertEqual([event["kind"] for event in events], ["product.refused"])
        self.size = events[-1]["seq"]
        return problem

    def test_1_as_written_it_is_created(self):
        answer = self.assertStatus(self.server.publish(weft.CASE_STUDY), 201)
        self.assertEqual(answer.json["name"], "retail.customer_accounts")
        self.assertEqual(answer.json["outcome"], "created")
        self.assertEqual(answer.json["version"], "1.0.0")
        self.assertGreater(answer.json["event"], self.size)
        self.assertEqual(len(answer.json["verdicts"]), 3)

    def test_2_the_same_again_is_unchanged(self):
        answer = self.assertStatus(self.server.publish(weft.CASE_STUDY), 200)
        self.assertEqual(answer.json["outcome"], "unchanged")
        self.assertEqual(answer.json["version"], "1.0.0")
        self.assertEqual(self.stored(), [])

    def test_2_the_same_in_another_form_is_unchanged(self):
        import yaml
        document = yaml.safe_load(weft.CASE_STUDY)
        answer = self.assertStatus(self.server.publish(dict(reversed(document.items()))), 200)
        self.assertEqual(answer.json["outcome"], "unchanged")
        self.assertEqual(self.stored(), [])

    def test_3_design_section_3_is_accepted(self):
        text = """\
name: retail.short_form           # unique in the mesh
owner: retail-data-team
domain: retail-banking
schema:
  - {name: account_id, type: STRING, pii: true}
  - {name: balance, type: "DECIMAL(18,2)", classification: confidential}
sla: {freshness: 1 hour, availability: 99.9%}
access:
  - {role: retail-analysts, level: read}
quality_checks:
  - unique: account_id
  - not_null: [account_id]
  - freshness: 1 hour
"""
        answer = self.assertStatus(self.server.publish(text), 201)
        self.assertEqual(answer.json["outcome"], "created")

    def test_personal_data_without_access_is_refused(self):
        problem = self.assertRefused(weft.without(weft.CASE_STUDY, "access"), ACCESS)
        self.assertIn(ACCESS, problem["detail"] + str(problem["violations"]))

    def test_personal_data_with_empty_access_is_refused_at_its_line(self):
        text = weft.without(weft.CASE_STUDY, "access") + "access: []\n"
        problem = self.assertRefused(text, ACCESS)
        self.assertEqual(problem["violations"][0]["pointer"], "/access")
        self.assertEqual(problem["violations"][0]["line"], weft.line_of(text, "access: []"))

    def test_without_personal_data_no_access_is_needed(self):
        text = weft.without(weft.CASE_STUDY, "access").replace("    pii: true\n", "").replace("retail.", "retail.plain_", 1)
        self.assertStatus(self.server.publish(text), 201)

    def test_finance_is_kept_for_seven_years(self):
        for retention in (None, "2555 days", "6 years", "83 months", "P6Y11M", "P2555D", "364 weeks"):
            with self.subTest(retention=retention):
                self.assertRefused(finance(retention), RETENTION)

    def test_finance_kept_long_enough_is_accepted(self):
        for number, retention in enumerate(("7 years", "84 months", "P7Y", "P84M", "10 years", "2557 days")):
            with self.subTest(retention=retention):
                text = finance(retention).replace("finance.customer", f"finance.customer{number}", 1)
                answer = self.assertStatus(self.server.publish(text), 201)
                self.assertEqual(answer.json["outcome"], "created")

    def test_retention_that_is_no_length_of_time_is_malformed(self):
        for retention in ("seven years", "7 lightyears", "-7 years", "7", "[7 years]"):
            with self.subTest(retention=retention):
                text = finance(retention)
                problem = self.assertProblem(self.server.publish(text), 400)
                violation = problem["violations"][0]
                self.assertEqual(violation["pointer"], "/retention")
                self.assertEqual(violation["line"], weft.line_of(text, "retention:"))
        self.assertEqual(self.stored(), [])

    def test_without_quality_checks_it_is_refused(self):
        self.assertRefused(weft.without(weft.CASE_STUDY, "quality_checks"), QUALITY)
        self.assertRefused(weft.without(weft.CASE_STUDY, "quality_checks") + "quality_checks: []\n", QUALITY)

    def test_one_document_that_breaks_all_three_names_all_three(self):
        text = weft.without(weft.without(finance(None), "access"), "quality_checks")
        self.assertRefused(text, ACCESS, QUALITY, RETENTION)

    def test_json_is_judged_as_yaml_is(self):
        import yaml
        document = yaml.safe_load(weft.without(weft.without(finance("6 years"), "access"), "quality_checks"))
        answer = self.server.publish(document)
        self.assertProblem(answer, 422)
        self.assertEqual(sorted(answer.messages), sorted([ACCESS, QUALITY, RETENTION]))

    def test_evaluate_says_the_same_and_stores_nothing(self):
        text = weft.without(weft.without(finance(None), "access"), "quality_checks")
        answer = self.server.post("/api/v1/evaluate", text)
        self.assertStatus(answer, 200)
        self.assertEqual(sorted(answer.messages), sorted([ACCESS, QUALITY, RETENTION]))
        answer = self.assertStatus(self.server.post("/api/v1/evaluate", finance("7 years")), 200)
        self.assertEqual(answer.messages, [])
        self.assertEqual(self.stored(), [])

    def test_a_domain_tagged_finance_counts_as_finance(self):
        text = finance("6 years").replace("domain: finance", "domain: treasury").replace("finance.", "treasury.", 1)
        self.assertStatus(self.server.publish(text), 201)
        document = {"name": "treasury", "title": "Treasury", "team": "treasury-desk", "tags": ["finance"]}
        self.assertIn(self.server.put("/api/v1/domains/treasury", document).status, (200, 201))
        self.size = self.server.checkpoint().size
        self.assertRefused(text.replace("treasury.", "treasury.second_", 1), RETENTION)
        self.assertRefused(text.replace("owner: retail-data-team", "owner: treasury-desk"), RETENTION)
        kept = text.replace("retention: 6 years", "retention: 7 years").replace("treasury.", "treasury.third_", 1)
        self.assertStatus(self.server.publish(kept), 201)


class CaseStudyByClient(weft.Case):
    """The same from a terminal."""

    def test_1_publish_then_unchanged(self):
        path = self.folder() / "accounts.yaml"
        path.write_text(weft.CASE_STUDY)
        done = self.assertDone(self.server.client("publish", path))
        self.assertIn("retail.customer_accounts", done.stdout)
        self.assertIn("created", done.stdout)
        done = self.assertDone(self.server.client("publish", path))
        self.assertIn("unchanged", done.stdout)

    def test_2_refused_with_file_line_and_column(self):
        path = self.folder() / "accounts.yaml"
        text = weft.without(weft.CASE_STUDY, "access") + "access: []\n"
        path.write_text(text)
        done = self.assertDone(self.server.client("publish", path), 1)
        shown = done.stdout + done.stderr
        self.assertIn(ACCESS, shown)
        self.assertRegex(shown, rf"accounts\.yaml:{weft.line_of(text, 'access: []')}:\d+")

    def test_3_validate_needs_no_server(self):
        path = self.folder() / "accounts.yaml"
        path.write_text(weft.CASE_STUDY)
        nowhere = {**weft.clean_environment(), "WEFT_SERVER": "http://127.0.0.1:9"}
        self.assertDone(weft.run_client("validate", path, environment=nowhere))
        path.write_text(weft.without(weft.without(finance(None), "access"), "quality_checks"))
        done = self.assertDone(weft.run_client("validate", path, environment=nowhere), 1)
        for message in (ACCESS, RETENTION, QUALITY):
            self.assertIn(message, done.stdout + done.stderr)


if __name__ == "__main__":
    weft.main()
