#!/usr/bin/python3
"""The graph of what is made from what, over products and columns, as an answer and as a tree on the terminal."""

import urllib.parse

import weft

CORE = "postgres://core-banking:5432|public.accounts"


class Lineage(weft.Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server.publish_bank()

    def walk(self, node, **parameters):
        query = urllib.parse.urlencode({"node": node, **parameters})
        return self.assertStatus(self.server.get(f"/api/v1/lineage?{query}"), 200).json

    def ids(self, node, **parameters):
        return {found["id"] for found in self.walk(node, **parameters)["nodes"]}

    def test_upstream_of_a_product(self):
        found = self.ids("product:risk.exposure", direction="up")
        for node in ("product:risk.exposure", "product:retail.customer_accounts", "product:cards.transactions",
                     "product:risk.credit_scores", "product:retail.transactions", f"dataset:{CORE}",
                     "dataset:kafka://card-switch:9092|authorisations.v3"):
            self.assertIn(node, found)
        self.assertNotIn("product:finance.regulatory_ledger", found)
        self.assertNotIn("product:cards.rewards", found)

    def test_downstream_of_an_external_dataset(self):
        found = self.ids(f"dataset:{CORE}", direction="down")
        for name in ("retail.customer_accounts", "retail.transactions", "cards.transactions", "cards.rewards",
                     "risk.credit_scores", "risk.exposure", "finance.regulatory_ledger"):
            self.assertIn(f"product:{name}", found)

    def test_upstream_of_a_column_crosses_domains_to_the_source(self):
        found = self.ids("column:risk.exposure#exposure_at_default", direction="up", level="column")
        self.assertEqual(found, {
            "column:risk.exposure#exposure_at_default", "column:retail.customer_accounts#balance",
            "column:cards.transactions#amount", f"column:{CORE}#balance_minor",
            "column:sftp://scheme-gateway:22|settlement/daily#billing_amount",
            "column:kafka://card-switch:9092|authorisations.v3#amount"})

    def test_downstream_of_a_column(self):
        found = self.ids(f"column:{CORE}#iban", direction="down", level="column")
        for node in ("column:retail.customer_accounts#account_id", "column:cards.transactions#account_id",
                     "column:risk.exposure#card_outstanding", "column:risk.exposure#drawn"):
            self.assertIn(node, found)

    def test_distances_edges_and_what_they_say(self):
        answer = self.walk("column:cards.transactions#card_token", direction="up", level="column")
        self.assertEqual(answer["root"], "column:cards.transactions#card_token")
        self.assertEqual([edge["masking"] for edge in answer["edges"]], [True])
        self.assertIn("HMAC", answer["edges"][0]["transform"])
        self.assertEqual(answer["edges"][0]["to"], "column:cards.transactions#card_token")
        by_id = {node["id"]: node for node in self.walk("product:risk.exposure", direction="up")["nodes"]}
        self.assertEqual(by_id["product:risk.exposure"]["distance"], 0)
        self.assertEqual(by_id["product:risk.credit_scores"]["distance"], 1)
        self.assertEqual(by_id["product:retail.transactions"]["distance"], 2)
        self.assertEqual(by_id["product:risk.credit_scores"]["domain"], "risk")
        self.assertFalse(by_id["product:risk.credit_scores"]["external"])
        self.assertTrue(by_id[f"dataset:{CORE}"]["external"])

    def test_depth_bounds_the_walk(self):
        nodes = self.walk("product:finance.regulatory_ledger", direction="up", depth=1)["nodes"]
        self.assertEqual({node["distance"] for node in nodes}, {0, 1})

    def test_every_edge_has_both_ends_among_the_nodes(self):
        for level in ("product", "column"):
            answer = self.walk("product:retail.customer_accounts", direction="both", level=level)
            ids = {node["id"] for node in answer["nodes"]}
            self.assertEqual(len(ids), len(answer["nodes"]))
            for edge in answer["edges"]:
                self.assertIn(edge["from"], ids)
                self.assertIn(edge["to"], ids)

    def test_columns_of_a_product(self):
        found = self.ids("product:risk.exposure", direction="up", level="column")
        self.assertIn("column:risk.exposure#drawn", found)
        self.assertIn(f"column:{CORE}#iban", found)

    def test_cycles_end_and_unknown_upstreams_are_external(self):
        for one, other in (("a", "b"), ("b", "c"), ("c", "a")):
            schema = [{"name": "x", "type": "STRING", "from": [f"cycle.{other}#x"]}]
            document = weft.product(f"cycle.{one}", schema=schema, inputs=[f"cycle.{other}"],
                                    quality_checks=[{"not_null": ["x"]}])
            self.assertStatus(self.server.publish(document), 201)
            if one == "a":
                nodes = {node["id"]: node for node in self.walk("product:cycle.a", direction="up")["nodes"]}
                self.assertTrue(nodes["product:cycle.b"]["external"])
        for direction in ("up", "down", "both"):
            for level in ("product", "column"):
                answer = self.walk("product:cycle.a" if level == "product" else "column:cycle.a#x",
                                   direction=direction, level=level)
                self.assertEqual(len(answer["nodes"]), 3, answer)
                self.assertEqual(len(answer["edges"]), 3, answer)
                self.assertFalse(any(node["external"] for node in answer["nodes"]))

    def test_a_new_version_takes_its_old_edges_away(self):
        for upstream in ("before", "after"):
            schema = [{"name": "x", "type": "STRING", "from": [f"moved.{upstream}#x"]}]
            self.server.publish(weft.product("moved.one", schema=schema, inputs=[f"moved.{upstream}"],
                                             quality_checks=[{"not_null": ["x"]}]))
        self.assertEqual(self.ids("product:moved.one", direction="up"), {"product:moved.one", "product:moved.after"})
        self.assertEqual(self.ids("column:moved.one#x", direction="up", level="column"),
                         {"column:moved.one#x", "column:moved.after#x"})

    def test_a_retired_product_has_no_edges(self):
        self.server.publish(weft.product("retiring.one", inputs=["retiring.source"]))
        self.assertIn("product:retiring.one", self.ids("product:retiring.source", direction="down"))
        self.server.delete("/api/v1/products/retiring.one")
        answer = self.server.get("/api/v1/lineage?node=product:retiring.source&direction=down")
        self.assertTrue(answer.status == 404 or len(answer.json["nodes"]) == 1, answer)

    def test_the_client_draws_the_path_across_domains_to_its_sources(self):
        done = self.assertDone(self.server.client(
            "lineage", "column:risk.exposure#exposure_at_default", "--up", "--columns"))
        for word in ("risk.exposure#exposure_at_default", "retail.customer_accounts#balance",
                     "cards.transactions#amount", f"{CORE}#balance_minor", "authorisations.v3#amount"):
            self.assertIn(word, done.stdout)
        lines = done.stdout.splitlines()

        def indent(word):
            row = next(line for line in lines if word in line)
            return row.index(word)
        self.assertLess(indent("risk.exposure#"), indent("retail.customer_accounts#balance"))
        self.assertLess(indent("retail.customer_accounts#balance"), indent(f"{CORE}#balance_minor"))
        self.assertTrue(any(word in done.stdout for word in ("external", "source")))

    def test_the_client_draws_downwards_bounded_and_as_json(self):
        done = self.assertDone(self.server.client("lineage", "product:retail.customer_accounts", "--down", "--depth", "1"))
        self.assertIn("risk.credit_scores", done.stdout)
        self.assertNotIn("finance.regulatory_ledger", done.stdout)
        import json
        done = self.assertDone(self.server.client("lineage", "product:risk.exposure", "--up", "--json"))
        self.assertIn("product:retail.customer_accounts", [node["id"] for node in json.loads(done.stdout)["nodes"]])
        self.assertDone(self.server.client("lineage", "product:no.such"), 2)


if __name__ == "__main__":
    weft.main()
