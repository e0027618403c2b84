#!/usr/bin/python3
"""Reading the catalog: one product, lists with filters and cursors, versions and their differences, search, retiring."""

import json

import weft

NAME = "retail.customer_accounts"


class OneProduct(weft.Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server.publish(weft.CASE_STUDY)

    def test_as_json(self):
        answer = self.assertStatus(self.server.get(f"/api/v1/products/{NAME}"), 200)
        body = answer.json
        for key in ("product", "version", "status", "standing", "published_at", "published_by", "event", "hash"):
            self.assertIn(key, body)
        self.assertEqual(body["product"]["name"], NAME)
        self.assertEqual(body["product"]["schema"][3]["type"], "DECIMAL(18,2)")
        self.assertEqual((body["version"], body["status"], body["standing"]), ("1.0.0", "active", "compliant"))
        self.assertRegex(body["published_at"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$")

    def test_as_yaml_byte_for_byte_as_it_was_sent(self):
        answer = self.assertStatus(
            self.server.get(f"/api/v1/products/{NAME}", headers={"Accept": "application/yaml"}), 200)
        self.assertEqual(answer.type, "application/yaml")
        self.assertEqual(answer.text, weft.CASE_STUDY)

    def test_what_was_sent_as_json_is_given_as_yaml_too(self):
        sent = json.dumps(weft.product("sent.as_json"), indent=3)
        self.server.publish(sent, headers={"Content-Type": "application/json"})
        answer = self.server.get("/api/v1/products/sent.as_json", headers={"Accept": "application/yaml"})
        self.assertEqual(answer.yaml, weft.product("sent.as_json"))

    def test_yaml_by_preference(self):
        for accept, expected in (("application/json, application/yaml;q=0.5", "application/json"),
                                 ("application/json;q=0.3, application/yaml", "application/yaml"),
                                 ("*/*", "application/json"), ("text/html, */*;q=0.1", "application/json")):
            answer = self.server.get(f"/api/v1/products/{NAME}", headers={"Accept": accept})
            self.assertEqual(answer.type, expected, accept)

    def test_compliance_says_every_policy_and_why(self):
        answer = self.assertStatus(self.server.get(f"/api/v1/products/{NAME}/compliance"), 200)
        text = answer.text
        for policy in ("pii-requires-access-controls", "quality"):
            self.assertIn(policy, text)
        self.assertEqual(answer.json["standing"], "compliant")

    def test_texts_of_any_language_survive(self):
        description = "Kontoauszüge – выписки 明細 🏦 \u00a0 end"
        self.server.publish(weft.product("text.any", description=description))
        self.assertEqual(self.server.get("/api/v1/products/text.any").json["product"]["description"], description)


class Versions(weft.Case):
    def publish(self, outcome, **changes):
        answer = self.server.publish(weft.product(self.name, **changes))
        self.assertIn(answer.status, (200, 201), answer)
        self.assertEqual(answer.json["outcome"], outcome, answer)
        return answer.json["version"]

    def refused(self, **changes):
        answer = self.server.publish(weft.product(self.name, **changes))
        self.assertProblem(answer, 422)
        return answer

    COLUMNS = [{"name": "id", "type": "STRING", "key": True}, {"name": "value", "type": "INTEGER"}]

    def test_a_version_is_assigned_by_what_changed(self):
        self.name = "versions.assigned"
        self.assertEqual(self.publish("created"), "1.0.0")
        self.assertEqual(self.publish("unchanged"), "1.0.0")
        self.assertEqual(self.publish("updated", description="More words"), "1.0.1")
        more = self.COLUMNS + [{"name": "note", "type": "STRING"}]
        self.assertEqual(self.publish("updated", schema=more), "1.1.0")
        self.assertEqual(self.publish("updated", schema=self.COLUMNS), "2.0.0")
        wide = [self.COLUMNS[0], {"name": "value", "type": "BIGINT"}]
        self.assertEqual(self.publish("updated", schema=wide), "2.1.0")
        self.assertEqual(self.publish("updated", schema=self.COLUMNS), "3.0.0")

    def test_a_breaking_change_under_a_minor_version_is_refused_with_the_reasons(self):
        self.name = "versions.breaking"
        columns = [{"name": "id", "type": "STRING", "key": True}, {"name": "amount", "type": "DECIMAL(18,2)"},
                   {"name": "note", "type": "STRING"}, {"name": "code", "type": "STRING", "term": "posting code"}]
        terms = [{"name": "posting code", "definition": "x"}, {"name": "branch code", "definition": "y"}]
        self.publish("created", schema=columns, terms=terms, version="1.4.0")
        changed = [{"name": "id", "type": "STRING"}, {"name": "amount", "type": "DECIMAL(9,2)"},
                   {"name": "code", "type": "STRING", "term": "branch code", "nullable": False}]
        answer = self.refused(schema=changed, terms=terms, version="1.5.0")
        said = json.dumps(answer.json)
        for reason in ("note", "amount", "DECIMAL(9,2)", "code", "id"):
            self.assertIn(reason, said)
        self.assertGreaterEqual(len(answer.violations), 4, answer)
        for violation in answer.violations:
            self.assertEqual(violation["rule"], "version")
        self.assertEqual(self.publish("updated", schema=changed, terms=terms, version="2.0.0"), "2.0.0")

    def test_a_version_must_go_up(self):
        self.name = "versions.up"
        self.publish("created", version="2.1.0")
        for version in ("2.1.0", "2.0.9", "1.9.9", "2.1.0-rc.1"):
            with self.subTest(version):
                self.refused(version=version, description=f"changed for {version}")
        self.assertEqual(self.publish("updated", version="2.2.0", description="better"), "2.2.0")

    def test_all_versions_are_kept_and_can_be_compared(self):
        self.name = "versions.kept"
        self.publish("created")
        self.publish("updated", description="Second")
        self.publish("updated", schema=[{"name": "id", "type": "STRING", "key": True}])
        base = f"/api/v1/products/{self.name}"
        versions = self.server.pages(f"{base}/versions", limit=2)
        self.assertEqual([version["version"] for version in versions], ["2.0.0", "1.0.1", "1.0.0"])
        first = self.assertStatus(self.server.get(f"{base}/versions/1.0.0"), 200)
        self.assertEqual(first.json["product"], weft.product(self.name))
        self.assertProblem(self.server.get(f"{base}/versions/9.9.9"), 404)
        answer = self.assertStatus(self.server.get(f"{base}/diff?from=1.0.0&to=2.0.0"), 200)
        said = answer.text
        self.assertIn("value", said)
        self.assertIn("major", said)
        back = self.assertStatus(self.server.get(f"{base}/diff?from=2.0.0&to=1.0.0"), 200)
        self.assertIn("minor", back.text)

    def test_retiring_keeps_everything_readable(self):
        self.name = "versions.retired"
        self.publish("created")
        size = self.server.checkpoint().size
        self.assertIn(self.server.delete(f"/api/v1/products/{self.name}").status, (200, 204))
        self.assertEqual(self.server.checkpoint().size, size + 1)
        self.assertEqual(self.server.get(f"/api/v1/products/{self.name}").json["status"], "retired")
        self.assertStatus(self.server.get(f"/api/v1/products/{self.name}/versions/1.0.0"), 200)
        self.assertNotIn(self.name, [item["name"] for item in self.server.pages("/api/v1/products?status=active")])
        self.assertIn(self.name, [item["name"] for item in self.server.pages("/api/v1/products?status=retired")])
        self.assertProblem(self.server.delete("/api/v1/products/no.such"), 404)


class Lists(weft.Case):
    COUNT = 330

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        connection = cls.server.connect()
        for number in range(cls.COUNT):
            document = weft.product(
                f"lists.p{number:04}", domain=f"d{number % 3}", owner=f"team-{number % 5}", tags=[f"t{number % 7}"],
                description=f"Number {number}" + (" quicksilver" if number == 77 else ""),
                classification=("public", "restricted")[number % 2])
            if number % 10 == 0:
                document["schema"][0]["pii"] = True
                document["access"] = [{"role": "r", "level": "read"}]
            answer = cls.server.publish(document, connection=connection)
            if answer.status != 201:
                raise AssertionError(answer)
        connection.close()

    def names(self, query="", limit=50):
        return [item["name"] for item in self.server.pages("/api/v1/products" + query, limit=limit)]

    def expected(self, condition):
        return [f"lists.p{number:04}" for number in range(self.COUNT) if condition(number)]

    def test_pages_of_any_size_give_each_product_once(self):
        everything = self.expected(lambda number: True)
        for limit in (7, 50, 100, 329, 330, 331, 1000):
            with self.subTest(limit=limit):
                self.assertEqual(self.names(limit=limit), everything)

    def test_the_usual_page_is_50_and_the_last_has_no_next(self):
        page = self.server.get("/api/v1/products").json
        self.assertEqual(len(page["items"]), 50)
        self.assertTrue(page["next"])
        last = self.server.get("/api/v1/products?limit=1000").json
        self.assertIsNone(last["next"])

    def test_z_a_cursor_stands_firm_while_products_come(self):
        page = self.server.get("/api/v1/products?limit=100").json
        self.server.publish(weft.product("aaa.before"))
        rest = self.server.get(f"/api/v1/products?limit=1000&cursor={page['next']}").json["items"]
        self.assertEqual(rest[0]["name"], "lists.p0100")
        self.assertEqual(len(rest), self.COUNT - 100)
        self.server.delete("/api/v1/products/aaa.before")
        self.assertEqual(self.names("?status=retired"), ["aaa.before"])

    def test_filters_alone_and_together(self):
        for query, condition in (
            ("?domain=d1", lambda n: n % 3 == 1),
            ("?owner=team-2", lambda n: n % 5 == 2),
            ("?tag=t3", lambda n: n % 7 == 3),
            ("?pii=true", lambda n: n % 10 == 0),
            ("?pii=false", lambda n: n % 10 != 0),
            ("?classification=restricted", lambda n: n % 2 == 1),
            ("?domain=d0&tag=t0&owner=team-0", lambda n: n % 105 == 0),
            ("?q=quicksilver", lambda n: n == 77),
            ("?q=quicksilver&domain=d0", lambda n: False),
            ("?status=active&domain=d2", lambda n: n % 3 == 2),
            ("?domain=no-such", lambda n: False),
        ):
            with self.subTest(query):
                self.assertEqual(self.names(query, limit=20), self.expected(condition))

    def test_items_say_enough_for_a_list(self):
        item = self.server.get("/api/v1/products?limit=1").json["items"][0]
        for key in ("name", "version", "domain", "owner", "status", "standing", "description"):
            self.assertIn(key, item)


class Search(weft.Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server.publish_bank()

    def find(self, words, extra=""):
        import urllib.parse
        return self.assertStatus(self.server.get(f"/api/v1/search?q={urllib.parse.quote(words)}{extra}"), 200).json

    def names(self, words, extra=""):
        return [item["name"] for item in self.find(words, extra)["items"]]

    def test_by_name_column_tag_owner_and_description(self):
        for words, name in (("exposure", "risk.exposure"), ("probability_of_default", "risk.credit_scores"),
                            ("loyalty", "cards.rewards"), ("regulatory-reporting", "finance.regulatory_ledger"),
                            ("pseudonym", "finance.regulatory_ledger"), ("overdrafts", "risk.exposure")):
            with self.subTest(words):
                self.assertIn(name, self.names(words))

    def test_words_by_their_beginning_in_any_case_and_all_of_them(self):
        self.assertIn("risk.exposure", self.names("EXPOS"))
        self.assertEqual(self.names("rewards points loyalty"), ["cards.rewards"])
        self.assertEqual(self.names("rewards nothingofthekind"), [])

    def test_a_name_counts_more_than_a_mention(self):
        self.assertEqual(self.names("rewards")[0], "cards.rewards")

    def test_what_is_typed_is_never_query_syntax(self):
        for words in ('"', "'", "a OR b", "NEAR(", "*", "col:x", "-x", "(((", "a\" OR \"b", "%", "exposure*", "^a", "\\"):
            with self.subTest(words):
                import urllib.parse
                answer = self.server.get(f"/api/v1/search?q={urllib.parse.quote(words)}")
                self.assertIn(answer.status, (200, 400), answer)

    def test_facets_count_what_was_found(self):
        found = self.find("customer")
        domains = [facet for facet in found["facets"] if facet["key"] == "domain"]
        self.assertEqual(sum(facet["count"] for facet in domains), len(self.names("customer", "&limit=100")))

    def test_narrowed_to_a_domain(self):
        self.assertEqual(set(self.names("customer", "&domain=cards")) - {"cards.rewards", "cards.transactions"}, set())

    def test_a_retired_product_is_found_as_retired_or_not_at_all(self):
        self.server.publish(weft.product("gone.soon", description="ephemeroptera"))
        self.assertEqual(self.names("ephemeroptera"), ["gone.soon"])
        self.server.publish(weft.product("gone.soon", description="something else"))
        self.assertEqual(self.names("ephemeroptera"), [])


if __name__ == "__main__":
    weft.main()
