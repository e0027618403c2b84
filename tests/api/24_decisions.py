#!/usr/bin/python3
"""Decisions: what the log keeps of them, and that they can be made again."""

import weft

REFUSED = weft.without(weft.CASE_STUDY, "access")


class Refusals(weft.Case):
    def newest(self):
        return self.server.events()[-1]

    def test_a_refusal_is_in_the_log_with_all_that_it_was_made_of(self):
        answer = self.server.publish(REFUSED)
        problem = self.assertProblem(answer, 422)
        event = self.newest()
        self.assertEqual((event["kind"], event["subject"]), ("product.refused", "retail.customer_accounts"))
        body = event["body"]
        self.assertEqual(body["source"], REFUSED)
        self.assertEqual(body["violations"], problem["violations"])
        self.assertEqual(body["problem"], {key: problem[key] for key in ("title", "status", "detail")})
        self.assertEqual(len(body["verdicts"]), 3)
        self.assertEqual(body["decision"]["facts"]["domain"]["name"], "retail-banking")
        self.assertEqual(body["decision"]["upstream"], [])
        self.assertIsNone(body["decision"]["previous"])

    def test_nothing_of_the_product_is_stored(self):
        document = weft.product("refused.first", quality_checks=None)
        self.assertProblem(self.server.publish(document), 422)
        self.assertStatus(self.server.get("/api/v1/products/refused.first"), 404)
        self.assertEqual(self.server.get("/api/v1/search?q=refused").json["items"], [])

    def test_the_version_in_force_stays_in_force(self):
        self.assertStatus(self.server.publish(weft.product("refused.later")), 201)
        before = self.server.get("/api/v1/products/refused.later")
        self.assertProblem(self.server.publish(weft.product("refused.later", quality_checks=None)), 422)
        after = self.server.get("/api/v1/products/refused.later")
        self.assertEqual((after.json, after.etag), (before.json, before.etag))
        self.assertEqual(self.newest()["body"]["decision"]["previous"], before.json["event"])

    def test_with_a_key_it_happens_once(self):
        headers = {"Idempotency-Key": "refused-once"}
        document = weft.product("refused.once", quality_checks=None)
        first = self.assertProblem(self.server.publish(document, headers=headers), 422)
        size = self.server.checkpoint().size
        again = self.assertProblem(self.server.publish(document, headers=headers), 422)
        self.assertEqual(again, first)
        self.assertEqual(self.server.checkpoint().size, size)
        self.assertProblem(self.server.publish(weft.product("refused.once"), headers=headers), 409)

    def test_what_is_no_decision_leaves_no_trace(self):
        size = self.server.checkpoint().size
        self.assertProblem(self.server.publish(REFUSED, "?dry_run=true"), 422)
        self.assertProblem(self.server.publish("name: [", ""), 400)
        self.assertProblem(self.server.publish(REFUSED, headers={"If-Match": '"1"'}), 412)
        self.assertEqual(self.server.checkpoint().size, size)

    def test_the_client_shows_it_among_the_events(self):
        self.server.publish(weft.product("refused.shown", quality_checks=None))
        done = self.assertDone(self.server.client("events", "--kind", "product.refused", "--subject", "refused.shown"))
        self.assertIn("Quality checks required", done.stdout)


if __name__ == "__main__":
    weft.main()
