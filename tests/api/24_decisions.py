#!/usr/bin/python3
"""Decisions: what the log keeps of them, and that they can be made again."""

import json

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


WARN = """\
kind: Policy
name: owners-are-teams
scope: global
enforcement: warn
match: {domains: [falling]}
validations:
  - name: team
    expression: product.owner.endsWith("-team")
    message: The owner should be a team
    pointer: /owner
  - name: described
    expression: has(product.description)
    message: A description is needed
"""


class FallingShort(weft.Case):
    """What a publish falls short of, and since when."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server.put("/api/v1/policies/owners-are-teams", WARN)

    def publish(self, name, **changes):
        answer = self.server.publish(weft.product(name, **{"domain": "falling", **changes}))
        self.assertIn(answer.status, (200, 201), answer)
        return self.server.events(after=answer.json["event"] - 1)[0]

    def violations(self, query):
        return self.server.pages(f"/api/v1/violations?{query}")

    def test_violations_are_listed_with_place_and_time(self):
        event = self.publish("falling.listed", owner="carol")
        items = self.violations("product=falling.listed")
        self.assertEqual([(item["rule"], item["enforcement"], item["since"], item["since_event"]) for item in items],
                         [(rule, "warn", event["time"], event["seq"]) for rule in ("described", "team")])
        self.assertEqual((items[1]["domain"], items[1]["owner"], items[1]["pointer"]), ("falling", "carol", "/owner"))

    def test_since_survives_a_version_that_still_falls_short(self):
        first = self.publish("falling.still", owner="carol")
        self.publish("falling.still", owner="dave", description="better")
        items = self.violations("product=falling.still")
        self.assertEqual([(item["rule"], item["since"], item["owner"]) for item in items],
                         [("team", first["time"], "dave")])
        compliance = self.server.get("/api/v1/products/falling.still/compliance").json
        mine = [policy for policy in compliance["policies"] if policy["policy"] == "owners-are-teams"][0]
        self.assertEqual((mine["outcome"], mine["since"]), ("violated", first["time"]))
        self.assertEqual(mine["violations"][0]["since"], first["time"])
        satisfied = [policy for policy in compliance["policies"] if policy["outcome"] == "satisfied"]
        self.assertEqual({policy["since"] for policy in satisfied}, {None})

    def test_what_is_cured_or_retired_is_gone_and_begins_anew(self):
        self.publish("falling.cured", owner="carol")
        self.publish("falling.cured", owner="x-team", description="d")
        self.assertEqual(self.violations("product=falling.cured"), [])
        again = self.publish("falling.cured", owner="carol", description="d")
        self.assertEqual([item["since_event"] for item in self.violations("product=falling.cured")], [again["seq"]])
        self.assertStatus(self.server.delete("/api/v1/products/falling.cured"), 200)
        self.assertEqual(self.violations("product=falling.cured"), [])

    def test_as_of_a_time_it_says_what_was_decided_then(self):
        first = self.publish("falling.past", owner="carol")
        self.publish("falling.past", owner="x-team", description="d")
        path = "/api/v1/products/falling.past/compliance"
        then = self.assertStatus(self.server.get(f"{path}?as_of={first['time']}"), 200).json
        self.assertEqual((then["version"], then["standing"], then["judged_at"]), ("1.0.0", "warned", first["time"]))
        mine = [policy for policy in then["policies"] if policy["policy"] == "owners-are-teams"][0]
        self.assertEqual((mine["outcome"], mine["since"], len(mine["violations"])), ("violated", first["time"], 2))
        self.assertEqual(self.server.get(path).json["standing"], "compliant")
        self.assertProblem(self.server.get(f"{path}?as_of=1999-01-01"), 404)
        self.assertProblem(self.server.get(f"{path}?as_of=yesterday"), 400)
        before = self.server.events()[1]["time"]
        self.assertProblem(self.server.get(f"{path}?as_of={before}"), 404)

    def test_filters_facets_and_pages(self):
        for number in range(3):
            self.publish(f"falling.many{number}", owner="mallory")
        query = "owner=mallory&policy=owners-are-teams&domain=falling&enforcement=warn"
        self.assertEqual(len(self.server.pages(f"/api/v1/violations?{query}", limit=2)), 6)
        facets = self.server.get(f"/api/v1/violations?{query}&limit=1").json["facets"]
        self.assertEqual({(facet["key"], facet["value"]): facet["count"] for facet in facets},
                         {("policy", "owners-are-teams"): 6, ("domain", "falling"): 6, ("enforcement", "warn"): 6})
        self.assertEqual(self.violations("owner=nobody"), [])
        self.assertProblem(self.server.get("/api/v1/violations?enforcement=perhaps"), 400)
        self.assertProblem(self.server.get("/api/v1/violations?dommain=x"), 400)
        self.assertProblem(self.server.get("/api/v1/violations?cursor=Zm9v"), 400)

    def test_from_a_terminal(self):
        event = self.publish("falling.shown", owner="carol")
        since = event["time"][:10]
        done = self.assertDone(self.server.client("violations", "--product", "falling.shown"))
        self.assertIn("The owner should be a team", done.stdout)
        self.assertIn(since, done.stdout)
        done = self.assertDone(self.server.client("violations", "--domain", "falling", "--json"))
        self.assertIn("falling.shown", done.stdout)
        done = self.assertDone(self.server.client("violations", "--count"))
        self.assertIn("owners-are-teams", done.stdout)
        done = self.assertDone(self.server.client("compliance", "falling.shown"))
        self.assertIn("SINCE", done.stdout)
        self.assertIn(since, done.stdout)


class Replay(weft.Case):
    """Every decision comes out the same once more; and one that was changed does not."""

    SUMMARY = r"(?m)^(\d+) decisions?, (\d+) agree, (\d+) disagree, (\d+) cannot be judged again( \(.*\))?$"

    def replay(self, *words, status=0):
        done = self.assertDone(self.server.client("policy", "replay", *words), status)
        found = weft.re.search(self.SUMMARY, done.stdout)
        self.assertTrue(found, done.stdout)
        return done, tuple(map(int, found.groups()[:4])), found.group(5)

    def decisions(self):
        kinds = ("product.published", "product.refused", "product.judged")
        return [event for event in self.server.events() if event["kind"] in kinds]

    def test_1_every_decision_agrees(self):
        self.server.publish_bank()
        self.server.publish(REFUSED.replace("retail.customer", "replay.refused", 1))
        self.server.publish(weft.product("replay.versions", owner="carol"))
        policy = WARN.replace("match: {domains: [falling]}\n", "")
        for turn in range(3):  # policies change between the versions, and go
            changed = policy.replace("should", f"{turn} should")
            self.assertIn(self.server.put("/api/v1/policies/owners-are-teams", changed).status, (200, 201))
            self.server.publish(weft.product("replay.versions", owner="carol", description=f"{turn}"))
            self.server.publish(weft.product("replay.versions", owner="carol", quality_checks=None))
        tightened = ("kind: Policy\nname: trading-keeps-ten-years\nscope: domain:trading\ntightens: financial-data-retention\n"
                     "enforcement: deny\nparameters: {minimum: 10 years}\n")
        self.server.put("/api/v1/policies/trading-keeps-ten-years", tightened)
        for years in (7, 12):
            self.server.publish(weft.product("replay.trading", domain="trading", tags=["finance"], retention=f"{years} years"))
        weft.wait_for(lambda: [event for event in self.decisions() if event["kind"] == "product.judged"], "a judgement")
        self.assertStatus(self.server.delete("/api/v1/policies/owners-are-teams?reason=over"), 200)
        self.server.delete("/api/v1/products/replay.trading")
        weft.wait_for(lambda: not self.server.pages("/api/v1/violations?policy=owners-are-teams"), "the end of it")
        count = len(self.decisions())
        _, counts, _ = self.replay()
        self.assertEqual(counts, (count, count, 0, 0))
        self.assertEqual({event["kind"] for event in self.decisions()},
                         {"product.published", "product.refused", "product.judged"})

    def test_2_since_a_time_or_an_event_and_of_one_product(self):
        events = self.decisions()
        middle = events[len(events) // 2]
        _, counts, _ = self.replay("--since", middle["seq"])
        self.assertEqual(counts[0], len([event for event in events if event["seq"] >= middle["seq"]]))
        _, counts, _ = self.replay("--since", middle["time"])
        self.assertEqual(counts[0], len([event for event in events if event["time"] >= middle["time"]]))
        _, counts, _ = self.replay("--product", "replay.versions")
        self.assertEqual(counts[0], len([event for event in events if event["subject"] == "replay.versions"]))
        _, counts, _ = self.replay("--since", "2200-01-01")
        self.assertEqual(counts, (0, 0, 0, 0))
        self.assertDone(self.server.client("policy", "replay", "--since", "yesterday"), 2)

    def test_3_as_json(self):
        done = self.assertDone(self.server.client("policy", "replay", "--json"))
        answer = json.loads(done.stdout)
        self.assertEqual(answer["decisions"], len(self.decisions()))
        self.assertEqual((answer["disagree"], answer["differences"], answer["reasons"]), (0, [], []))

    def spoil(self, seq, body):
        """Another body behind the server's back."""
        text = json.dumps(body, separators=(",", ":"), ensure_ascii=False).replace("'", "''")
        weft.spoil(self.server.data, f"UPDATE events SET body = '{text}' WHERE seq = {seq}")

    def test_4_what_does_not_agree_is_named(self):
        events = self.decisions()
        published = [event for event in events if event["kind"] == "product.published"]
        changes = (
            (published[0]["seq"], "outcome", lambda body: body["verdicts"][0].update(outcome="violated")),
            (published[1]["seq"], "cost", lambda body: body["verdicts"][1].update(cost=1)),
            (published[2]["seq"], "violations", lambda body: body["violations"].append(
                {"policy": "x", "rule": "x", "enforcement": "deny", "message": "Invented", "pointer": ""})),
            (published[3]["seq"], "policy", lambda body: body["verdicts"].pop() and body["verdicts"].append(
                {"policy": "never-was", "hash": "00", "enforcement": "deny", "outcome": "satisfied", "cost": 1})),
        )
        bodies = {event["seq"]: event["body"] for event in published}
        self.server.stop()
        for seq, _, change in changes:
            change(bodies[seq])
            self.spoil(seq, bodies[seq])
        self.server.start()
        done, counts, _ = self.replay(status=1)
        self.assertEqual(counts, (len(events), len(events) - 4, 4, 0))
        answer = json.loads(self.assertDone(self.server.client("policy", "replay", "--json"), 1).stdout)
        found = {(item["event"], item["what"]) for item in answer["differences"]}
        for seq, what, _ in changes:
            self.assertIn((seq, what), found)
            self.assertIn(str(seq), done.stdout)

    def test_5_what_cannot_be_judged_again_says_why(self):
        events = [event for event in self.decisions() if event["kind"] == "product.refused"]
        body = events[0]["body"]
        del body["decision"]  # as before decisions kept their facts
        self.server.stop()
        self.spoil(events[0]["seq"], body)
        weft.spoil(self.server.data, f"UPDATE events SET body = NULL WHERE seq = {events[1]['seq']}")
        self.server.start()
        _, counts, reasons = self.replay("--since", events[0]["seq"], "--product", events[0]["subject"])
        self.assertEqual(counts, (1, 0, 0, 1))
        self.assertEqual(reasons, " (recorded without its facts)")
        _, counts, reasons = self.replay(status=1)
        self.assertEqual(counts[3], 2)
        self.assertIn("redacted: 1", reasons)


class ReplayByRole(weft.Case):
    dev = False

    def test_it_needs_the_role_auditor(self):
        for role, status in (("reader", 4), ("auditor", 0)):
            token = self.server.new_token(f"a-{role}", role)["token"]
            self.assertDone(self.server.client("policy", "replay", token=token), status)


if __name__ == "__main__":
    weft.main()
