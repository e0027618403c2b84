#!/usr/bin/python3
"""A policy author's tools: facts of a product, explain, test with coverage, check, fmt."""

import weft


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


if __name__ == "__main__":
    weft.main()
