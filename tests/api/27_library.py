#!/usr/bin/python3
"""The ready-made policies: each refuses a product that falls short of it and takes the one that does not; and adopting them."""

import datetime

import weft

DAY = datetime.timedelta(days=1)
FIRST = ["financial-data-retention", "pii-requires-access-controls", "quality-checks-required"]


def day(distance):
    """A date so many days from now."""
    return (datetime.datetime.now(datetime.timezone.utc).date() + distance * DAY).isoformat()


def column(name, **more):
    return {"name": name, "type": "STRING", **more}


class Refusals(weft.Case):
    """Each policy is adopted for a domain of its own, so that one server holds them all."""

    def adopt(self, name, domain, *settings):
        words = [word for setting in settings for word in ("--set", setting)]
        self.assertDone(self.server.client("policy", "adopt", name, "--scope", f"domain:{domain}", "--enforcement", "deny", *words))
        return f"{domain}-{name}"

    def refused(self, policy, document, *fragments, pointer=None):
        answer = self.server.publish(document)
        self.assertProblem(answer, 422)
        self.assertEqual({v["policy"] for v in answer.violations}, {policy}, answer)
        for fragment in fragments:
            self.assertIn(fragment, " / ".join(answer.messages))
        if pointer:
            self.assertIn(pointer, [v["pointer"] for v in answer.violations])
        return answer

    def taken(self, document):
        return self.assertStatus(self.server.publish(document), 201)

    def test_no_personal_data_in_public(self):
        policy = self.adopt("no-personal-data-in-public", "open")
        email = column("email", tags=["personal"])
        access = [{"role": "r", "level": "read"}]
        self.refused(policy, weft.product("open.a", domain="open", classification="public", access=access,
                                          schema=[column("id"), email]), "has email", pointer="/classification")
        self.taken(weft.product("open.b", domain="open", classification="internal", access=access, schema=[column("id"), email]))

    def test_classification_covers_columns(self):
        policy = self.adopt("classification-covers-columns", "classed")
        schema = [column("id"), column("salary", classification="restricted")]
        self.refused(policy, weft.product("classed.a", domain="classed", schema=schema), "says its classification")
        text = weft.yaml.safe_dump(weft.product("classed.b", domain="classed", classification="internal", schema=schema))
        answer = self.refused(policy, text, "restricted columns: salary")
        self.assertEqual(answer.violations[0]["line"], weft.line_of(text, "classification: internal"))
        self.taken(weft.product("classed.c", domain="classed", classification="restricted", schema=schema))

    def test_retention_by_classification(self):
        policy = self.adopt("retention-by-classification", "keeping", "minimum={confidential: 5 years}")
        document = weft.product("keeping.a", domain="keeping", classification="confidential", retention="4 years")
        self.refused(policy, document, "at least 5 years", pointer="/retention")
        self.taken({**document, "retention": "5 years"})
        # What was not set is as it was.
        self.refused(policy, weft.product("keeping.b", domain="keeping", classification="restricted", retention="6 years"), "7 years")

    def test_personal_data_maximum_retention(self):
        policy = self.adopt("personal-data-maximum-retention", "forgetting", "maximum=2 years")
        document = weft.product("forgetting.a", domain="forgetting", access=[{"role": "r", "level": "read"}],
                                schema=[column("email", pii=True), column("id")])
        self.refused(policy, document, "says how long")
        self.refused(policy, {**document, "retention": "3 years"}, "for 2 years at most, not for 3 years")
        self.taken({**document, "retention": "24 months"})
        self.taken(weft.product("forgetting.b", domain="forgetting"))

    def test_derived_data_stays_personal(self):
        policy = self.adopt("derived-data-stays-personal", "derived")
        self.taken(weft.product("source.customers", access=[{"role": "r", "level": "read"}],
                                schema=[column("id", pii=True), column("country")]))

        def made(name, source, **more):
            return weft.product(name, domain="derived", inputs=["source.customers"],
                                schema=[column("n"), column("who", **{"from": source}, **more)], quality_checks=[{"unique": "n"}])
        self.refused(policy, made("derived.a", "source.customers#id"), "who (from source.customers#id)", pointer="/schema/1")
        self.taken(made("derived.b", {"column": "source.customers#id", "masking": True}))
        self.taken(made("derived.c", ["source.customers#country"]))
        self.taken({**made("derived.d", "source.customers#id", pii=True), "access": [{"role": "r", "level": "read"}]})

    def test_quality_checks_cover_keys(self):
        policy = self.adopt("quality-checks-cover-keys", "keyed")
        document = weft.product("keyed.a", domain="keyed", quality_checks=[{"row_count": {"min": 1}}])
        self.refused(policy, document, "the key is unique: id", "may be missing: id", pointer="/quality_checks")
        self.taken({**document, "quality_checks": [{"unique": "id"}, {"not_null": ["id"]}]})

    def test_freshness_and_availability_declared(self):
        policy = self.adopt("freshness-and-availability-declared", "promising", "oldest=1 day")
        document = weft.product("promising.a", domain="promising")
        self.refused(policy, document, "how fresh", "how much of the time")
        answer = self.refused(policy, {**document, "sla": {}}, "how fresh", "how much of the time")
        self.assertEqual(self.refused(policy, {**document, "sla": None}).messages, answer.messages)
        self.refused(policy, {**document, "sla": {"freshness": "2 days", "availability": "90%"}},
                     "at most 1 day old, not 2 days", "at least 99% of the time, not 90%")
        self.taken({**document, "sla": {"freshness": "24 hours", "availability": "99.5%"}})
        self.taken(weft.product("promising.b", domain="promising", status="draft"))

    def test_owner_and_contact(self):
        policy = self.adopt("owner-and-contact", "owned", "roles=[product owner]")
        document = weft.product("owned.a", domain="owned", owner="TBD")
        self.refused(policy, document, "answers for the product", "can be written to", "missing: product owner")
        self.taken({**document, "owner": "a-team", "contacts": [{"role": "product owner", "email": "a@b.example"}]})

    def test_deprecation_names_successor(self):
        policy = self.adopt("deprecation-names-successor", "ending")
        document = weft.product("ending.a", domain="ending", status="deprecated")
        self.refused(policy, document, "says when", "what to use instead")
        ending = {"successor": "ending.b", "date": day(-1)}
        self.refused(policy, {**document, "deprecation": ending}, f"was to end on {day(-1)}", pointer="/deprecation/date")
        self.taken({**document, "deprecation": {**ending, "date": day(100)}})

    def test_breaking_change_needs_notice(self):
        policy = self.adopt("breaking-change-needs-notice", "breaking")
        document = weft.product("breaking.a", domain="breaking")
        broken = {**document, "schema": document["schema"][:1]}
        self.taken(document)
        # As long as nobody reads it, it may change as it likes.
        self.assertStatus(self.server.publish(broken), 200)
        self.assertStatus(self.server.publish(document), 200)
        self.taken(weft.product("reading.a", owner="reading-team", inputs=["breaking.a"]))
        self.taken(weft.product("reading.c", owner="reading-team", inputs=["breaking.a"]))
        self.refused(policy, broken, "Version 3.0.0 breaks", "to reading-team first", pointer="/notice")
        notice = {"version": "3.0.0", "date": day(-1), "to": ["others"]}
        self.refused(policy, {**broken, "notice": notice}, "Not told of version 3.0.0: reading-team", "can follow after 30 days")
        notice = {**notice, "date": day(-31), "to": ["reading-team"]}
        self.assertStatus(self.server.publish({**document, "notice": notice}), 200)
        answer = self.assertStatus(self.server.publish({**broken, "notice": notice}), 200)
        self.assertEqual(answer.json["version"], "3.0.0")

    def test_evaluating_sees_the_readers_of_now(self):
        """What is only tried is judged by the same facts."""
        policy = self.adopt("breaking-change-needs-notice", "meanwhile")
        document = weft.product("meanwhile.a", domain="meanwhile")
        broken = {**document, "schema": document["schema"][:1]}
        self.taken(document)
        answer = self.assertStatus(self.server.post("/api/v1/evaluate", broken), 200)
        self.assertEqual(answer.json["outcome"], "accepted")
        self.taken(weft.product("reading.b", owner="reading-team", inputs=["meanwhile.a"]))
        answer = self.assertStatus(self.server.post("/api/v1/evaluate", broken), 200)
        self.assertEqual(answer.json["outcome"], "refused")
        self.assertIn(policy, answer.text)

    def test_cross_domain_inputs_granted(self):
        policy = self.adopt("cross-domain-inputs-granted", "crossing", "roles={crossing-team: [crossing-analysts]}")
        source = weft.product("granting.a", domain="granting", access=[{"role": "others", "level": "read"}])
        document = weft.product("crossing.a", domain="crossing", owner="crossing-team", inputs=["granting.a"])
        self.taken(source)
        self.refused(policy, document, "Not granted to crossing-team or crossing", "granting.a of granting", pointer="/inputs")
        entry = {"role": "crossing-analysts", "level": "read", "until": day(-1)}
        self.assertStatus(self.server.publish({**source, "access": [entry]}), 200)
        self.refused(policy, document, "granting.a of granting")
        self.assertStatus(self.server.publish({**source, "access": {**entry, "until": day(1)}}), 200)
        self.taken(document)

    def test_access_expires_and_is_reviewed(self):
        policy = self.adopt("access-expires-and-is-reviewed", "reviewing")
        entry = {"role": "analysts", "level": "read"}
        document = weft.product("reviewing.a", domain="reviewing", classification="restricted", access=[entry])
        self.refused(policy, document, "has a last day (`until`): analysts", pointer="/access")
        self.refused(policy, {**document, "access": [{**entry, "until": day(-1)}]}, "has ended is to be renewed")
        self.refused(policy, {**document, "access": [{**entry, "until": day(9), "reviewed": day(-200)}]}, "reviewed every 6 months: analysts")
        self.refused(policy, {**document, "access": [{**entry, "until": day(9), "reviewed": day(400)}]}, "still to come is none yet: analysts")
        self.taken({**document, "access": [{**entry, "until": day(9), "reviewed": day(-100)}]})
        self.taken(weft.product("reviewing.b", domain="reviewing", classification="confidential", access=[entry]))

    def test_naming_convention(self):
        policy = self.adopt("naming-convention", "named")
        schema = [column("id"), column("AccountType")]
        self.refused(policy, weft.product("named.a", domain="named", schema=schema), "AccountType", pointer="/schema/1/name")
        self.refused(policy, weft.product("named.a_", domain="named"), "The name of the product", pointer="/name")
        self.taken(weft.product("named.accounts", domain="named"))

    def test_no_unowned_upstream(self):
        policy = self.adopt("no-unowned-upstream", "downstream", "datasets=true")
        dataset = {"dataset": "sftp://bureau:22|daily"}
        document = weft.product("downstream.a", domain="downstream", inputs=["upstream.none", dataset])
        self.refused(policy, document, "not published, or retired: upstream.none", "answer for sftp://bureau:22|daily", pointer="/inputs")
        self.taken(weft.product("upstream.none"))
        self.taken({**document, "inputs": ["upstream.none", {**dataset, "owner": "bureau-desk"}]})
        self.assertStatus(self.server.delete("/api/v1/products/upstream.none?reason=gone"), 200)
        self.refused(policy, {**document, "name": "downstream.b", "inputs": ["upstream.none"]}, "retired: upstream.none")

    def test_quality_score_threshold(self):
        policy = self.adopt("quality-score-threshold", "scored", "thresholds={gold: 1.0, silver: 0.5}")
        document = weft.product("scored.a", domain="scored", quality_tier="gold", storage=["sqlite"],
                                quality_checks=[{"unique": "id"}, {"row_count": {"min": 1}}])
        self.refused(policy, {**document, "quality_tier": "platinum"}, "There is no tier platinum", pointer="/quality_tier")
        self.taken(document)
        self.server.wait_resources("scored.a")
        checked = self.assertStatus(self.server.post("/api/v1/products/scored.a/quality"), 200).json
        self.assertEqual([check["passed"] for check in checked["checks"]].count(False), 1, checked)
        passed = len(checked["checks"]) - 1
        share = round(100 * passed / len(checked["checks"]))
        self.refused(policy, {**document, "description": "the same data"}, f"passed by {share}%, gold promises 100%")
        self.assertStatus(self.server.publish({**document, "quality_tier": "silver"}), 200)
        compliance = self.server.get("/api/v1/products/scored.a/compliance").json
        self.assertEqual(compliance["standing"], "compliant", compliance)

    def test_the_three_of_the_case_study(self):
        schema = [column("email", pii=True)]
        for name, document in (
                ("pii-requires-access-controls", weft.product("three.a", schema=schema, quality_checks=[{"unique": "email"}])),
                ("financial-data-retention", weft.product("three.b", domain="finance.reporting", retention="2555 days")),
                ("quality-checks-required", weft.product("three.c", quality_checks=None))):
            self.refused(name, document)


class Adopting(weft.Case):
    def here(self):
        return {item["name"]: item["enforcement"] for item in self.server.pages("/api/v1/policies")}

    def test_the_library_lists_what_is_in_force(self):
        done = self.assertDone(self.server.client("policy", "library", "--json"))
        items = {item["name"]: item for item in weft.json.loads(done.stdout)}
        self.assertGreaterEqual(len(items), 16)
        for name, item in items.items():
            self.assertTrue(item["description"] and item["purpose"] and item["source"], item)
            if name in FIRST:
                self.assertEqual(item["here"], "deny", item)
        self.assertEqual(items["naming-convention"]["here"], "not in force")
        table = self.assertDone(self.server.client("policy", "library")).stdout
        self.assertIn("GDPR, article 25(2)", table)

    def test_the_tests_of_the_library_go_every_way(self):
        done = self.assertDone(self.server.client("policy", "coverage", "--least", "100"))
        self.assertEqual(done.stdout.count("100% of its branches"), len(list((weft.ROOT / "policy" / "library").glob("*.yaml"))))

    def test_one_that_waits_is_shown_as_it_would_be_adopted(self):
        done = self.assertDone(self.server.client("policy", "show", "deprecation-names-successor"))
        self.assertIn("not in force here", done.stderr)
        self.assertEqual(weft.yaml.safe_load(done.stdout)["name"], "deprecation-names-successor")
        self.assertDone(self.server.client("policy", "show", "no-such-policy"), 2)

    def test_it_is_adopted_as_a_warning_with_its_comments(self):
        done = self.assertDone(self.server.client("policy", "adopt", "personal-data-maximum-retention", "--set", "maximum=5 years"))
        self.assertIn('+       maximum: "5 years"', done.stdout)
        self.assertIn("- enforcement: deny", done.stdout)
        answer = self.server.get("/api/v1/policies/personal-data-maximum-retention", headers={"Accept": "application/yaml"})
        self.assertIn("# Which of the two is longer", answer.text)
        document = answer.yaml
        self.assertEqual(document["enforcement"], "warn")
        self.assertEqual(document["values"], [{"scope": "global", "set": {"maximum": "5 years"}}])
        self.assertEqual({test["expect"] for test in document["tests"]}, {"warn", "pass"})
        # And again, as it is to stay.
        self.assertDone(self.server.client("policy", "adopt", "personal-data-maximum-retention", "--enforcement", "deny"))
        self.assertEqual(self.here()["personal-data-maximum-retention"], "deny")

    def test_what_is_in_force_keeps_its_enforcement_and_its_values_where_nothing_else_is_said(self):
        name = "quality-checks-cover-keys"
        self.assertDone(self.server.client("policy", "adopt", name, "--set", "key_required=true"))
        done = self.assertDone(self.server.client("policy", "adopt", name, "--enforcement", "deny"))
        self.assertIn("as it is in force: key_required=true", done.stderr)
        done = self.assertDone(self.server.client("policy", "adopt", name, "--set", "key_required=false"))
        self.assertIn("as it is in force: enforcement deny", done.stderr)
        self.assertNotIn("key_required=true", done.stderr)
        document = self.server.get(f"/api/v1/policies/{name}", headers={"Accept": "application/yaml"}).yaml
        self.assertEqual((document["enforcement"], document["values"]),
                         ("deny", [{"scope": "global", "set": {"key_required": False}}]))

    def test_what_a_domain_tightened_stays_tightened(self):
        words = ("policy", "adopt", "financial-data-retention", "--scope", "domain:brokerage")
        self.assertDone(self.server.client(*words, "--set", "minimum=12 years"))
        self.assertDone(self.server.client(*words, "--enforcement", "warn"))
        document = self.server.get("/api/v1/policies/brokerage-financial-data-retention",
                                   headers={"Accept": "application/yaml"}).yaml
        self.assertEqual((document["enforcement"], document["parameters"]), ("warn", {"minimum": "12 years"}))

    def test_each_parameter_may_have_any_value_whatever_the_own_tests_are_about(self):
        for name, *settings in (
                ("financial-data-retention", "minimum=1 day", "minimum=100 years", "domain=retail", "tag=regulated"),
                ("classification-covers-columns", "required=false"),
                ("retention-by-classification", "minimum={public: 1 year, internal: 0 days, restricted: 99 years}"),
                ("personal-data-maximum-retention", "maximum=1 day", "maximum=9000 years"),
                ("quality-checks-cover-keys", "key_required=true"),
                ("quality-score-threshold", "thresholds={gold: 0, silver: 1, bronze: 1, platinum: 1}", "usual=silver"),
                ("freshness-and-availability-declared", "oldest=1 minute", "availability=100", "availability=0"),
                ("owner-and-contact", "placeholders=[]", "placeholders=[Retail-Data-Team]", "roles=[steward]"),
                ("deprecation-names-successor", "successor_required=false"),
                ("breaking-change-needs-notice", "notice=0 days", "notice=10 years"),
                ("cross-domain-inputs-granted", "roles={some-team: [retail-analysts]}"),
                ("access-expires-and-is-reviewed", "expires_from=public", "cadence={public: 1 day, confidential: 9 years}"),
                ("naming-convention", "product=[A-Z]+", "column=x"),
                ("no-unowned-upstream", "datasets=true")):
            for setting in settings:
                done = self.server.client("policy", "adopt", name, "--dry-run", "--set", setting)
                self.assertEqual(done.returncode, 0, (name, setting, done.stderr))

    def test_its_impact_is_shown_and_a_dry_run_stores_nothing(self):
        self.assertStatus(self.server.publish(weft.product("looking.a", domain="looking", contacts=None)), 201)
        size = self.server.checkpoint().size
        done = self.assertDone(self.server.client("policy", "adopt", "owner-and-contact", "--dry-run"))
        self.assertIn("nothing was stored", done.stdout)
        self.assertRegex(done.stdout, r"warned  looking\.a: Somebody can be written to")
        self.assertEqual(self.server.checkpoint().size, size)
        self.assertNotIn("owner-and-contact", self.here())

    def test_a_domain_tightens_what_is_in_force_and_cannot_loosen_it(self):
        words = ("policy", "adopt", "financial-data-retention", "--scope", "domain:trading")
        self.assertDone(self.server.client(*words), 2)
        done = self.assertDone(self.server.client(*words, "--set", "minimum=5 years"), 2)
        self.assertIn("'financial-data-retention' sets 'minimum' to 7 years", done.stderr)
        self.assertDone(self.server.client(*words, "--set", "minimum=10 years"))
        document = self.server.get("/api/v1/policies/trading-financial-data-retention",
                                   headers={"Accept": "application/yaml"}).yaml
        self.assertEqual((document["tightens"], document["enforcement"]), ("financial-data-retention", "deny"))

    def test_what_is_written_wrong_says_what_would_be_right(self):
        for words, fragment in (
                (("naming-conventoin",), "did you mean 'naming-convention'"),
                (("naming-convention", "--set", "colum=x"), "did you mean 'column'"),
                (("naming-convention", "--set", "column"), "PARAMETER=VALUE"),
                (("naming-convention", "--set", "column=("), "regular expression"),
                (("retention-by-classification", "--set", "minimum=[1 year]"), "wants a map"),
                (("naming-convention", "--scope", "retail"), "no scope"),
                (("retention-by-classification", "--set", "minimum={public: 1 yeer}"), "a row of the parameter 'minimum' wants a length"),
                (("access-expires-and-is-reviewed", "--set", "expires_from=secret"), "but one of public, internal"),
                (("naming-convention", "--enforcement", "refuse"), "'refuse' is no enforcement: warn, deny or audit")):
            done = self.server.client("policy", "adopt", *words)
            self.assertNotEqual(done.returncode, 0, words)
            self.assertIn(fragment, done.stderr, words)
        self.assertNotIn("naming-convention", self.here())

    def test_what_a_policy_may_hold_is_on_a_page(self):
        page = self.assertStatus(self.server.get("/api/v1/reference/policy.md"), 200).text
        for key in ("parameters", "messageExpression", "grace", "tightens", "upstream"):
            self.assertIn(f"| `{key}` |", page)

    def test_the_facts_are_on_a_page_and_a_misspelt_one_is_refused(self):
        page = self.assertStatus(self.server.get("/api/v1/reference/policy-facts.md"), 200).text
        for name in ("downstream", "published_at", "classification", "checked_at"):
            self.assertIn(f"`{name}`", page)
        for expression, nearest in (("facts.domian.name != ''", "domain"), ("facts.downstream.all(d, d.ownr != '')", "owner"),
                                    ("upstream.all(u, u.knwon)", "known")):
            text = f"""kind: Policy
name: misspelt
enforcement: warn
validations: [{{expression: "{expression}", message: m}}]
"""
            answer = self.server.put("/api/v1/policies/misspelt", text)
            self.assertIn(answer.status, (400, 422), answer)
            self.assertEqual(answer.violations[0]["suggestion"], nearest, answer)


class Bank(weft.Case):
    """The demo, with all that there is adopted as warnings."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.published = cls.server.publish_bank()
        names = [item["name"] for item in weft.json.loads(cls.server.client("policy", "library", "--json").stdout)]
        cls.adopted = [cls.server.client("policy", "adopt", name) for name in names if name not in FIRST]

    def test_all_are_adopted_and_find_what_the_bank_has_to_do(self):
        for done in self.adopted:
            self.assertDone(done)
        found = {}
        for item in self.server.pages("/api/v1/products"):
            compliance = self.server.get(f"/api/v1/products/{item['name']}/compliance").json
            self.assertNotIn("cannot be told", str(compliance))
            for policy in compliance["policies"]:
                if policy["violations"]:
                    self.assertEqual(policy["outcome"], "violated", policy)
                    found.setdefault(item["name"], set()).add(policy["policy"])
        self.assertNotIn("retail.customer_accounts", found)
        self.assertIn("classification-covers-columns", found["retail.transactions"])
        self.assertIn("cross-domain-inputs-granted", found["cards.rewards"])
        self.assertIn("derived-data-stays-personal", found["risk.exposure"])
        self.assertNotIn("cross-domain-inputs-granted", found["finance.regulatory_ledger"])
        self.assertLess(sum(len(policies) for policies in found.values()), 20, found)


if __name__ == "__main__":
    weft.main()
