#!/usr/bin/python3
"""Whatever happens in whatever order, all that is said of how products stand agrees, and the log bears it out.

Operations are drawn by a seed: products are published, retired and come back, policies and domains change, checks run,
the server is stopped and killed.  Then what was judged again (`GET /violations`, the standing of each product) must come
to what judging everything from scratch gives, every decision must be made again from the log, and projections must be
what the log says.  A failure names its seed and what happened; `WEFT_SEED=N tests/api/31_agreement.py` does it again.
"""

import json
import os
import random
import threading

import weft

PRODUCTS = [f"some.p{number}" for number in range(6)]
POLICIES = [f"rule-{number}" for number in range(5)]
DOMAINS = ["east", "east.north", "west"]
SEEDS = [int(os.environ["WEFT_SEED"])] if "WEFT_SEED" in os.environ else [1, 2, 5, 6]
ROUNDS, STEPS = 16, 2

# What a policy may look at, with a message that says what it saw.
CONDITIONS = [
    ('product.owner.endsWith("-team")', '"owned by " + product.owner'),
    ('upstream.all(u, u.known && u.status != "retired")', '"made of " + upstream.map(u, u.name).join(", ")'),
    ('upstream.all(u, u.?version.orValue("1.0.0") == "1.0.0")', '"versions " + upstream.map(u, u.?version.orValue("none")).join(" ")'),
    ('upstream.all(u, u.?classification.orValue("public") != "restricted")', '"restricted"'),
    ("size(facts.downstream) < 2", '"read by " + facts.downstream.map(d, d.name + " of " + d.owner).join(", ")'),
    ('!("frozen" in facts.domain.tags)', '"tags " + facts.domain.tags.join(", ")'),
    ("size(facts.domain.tags) == 1", 'string(size(facts.domain.tags)) + " tags of " + facts.domain.name'),
    ("!has(facts.quality)", '"checked, score " + string(facts.quality.score)'),
    ("product.schema.all(c, has(c.description))", '"columns " + product.schema.map(c, c.name).join(", ")'),
    ("int(product.owner) == 1", '"never said, since the condition fails"'),
]
# Whom it concerns is looked at again each second, and so is whom a grace concerns, which hides that somebody was
# forgotten: so the clock does not count with each seed.
CLOCK = ('now - timestamp(facts.published_at) < duration("2s")', '"old"')


class Chance:
    """What a seed draws: documents, and what is done with them."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.clock_counts = self.sometimes(0.25)
        self.conditions = CONDITIONS + [CLOCK] * self.clock_counts
        self.pick = self.random.choice

    def sometimes(self, share=0.3):
        return self.random.random() < share

    def product(self):
        name = self.pick(PRODUCTS)
        columns = [{"name": "id", "type": "STRING", "key": True}]
        for number in range(self.pick([0, 1, 2])):
            column = {"name": f"c{number}", "type": self.pick(["STRING", "INTEGER"])}
            columns.append({**column, "description": "one"} if self.sometimes(0.5) else column)
        others = [other for other in PRODUCTS if other != name]
        return weft.product(
            name,
            domain=self.pick(DOMAINS),
            owner=self.pick(["a-team", "b-team", "carol"]),
            schema=columns,
            inputs=self.random.sample(others, self.pick([0, 1, 1, 2])) or None,
            classification=self.pick(["restricted", "internal"]) if self.sometimes() else None,
            status="deprecated" if self.sometimes() else None,
            storage=[{"plugin": "sqlite"}] if self.sometimes(0.7) else None,
        )

    def validation(self, number):
        expression, message = self.pick(self.conditions)
        validation = {"expression": expression, "message": "It falls short", "messageExpression": message, "pointer": "/owner"}
        return {**validation, "name": f"condition {number}"} if self.sometimes(0.7) else validation

    def policy(self):
        """One that refuses asks for little, or nobody would be in force."""
        enforcement = self.pick(["deny", "warn", "warn", "audit", "audit"])
        policy = {
            "kind": "Policy",
            "name": self.pick(POLICIES),
            "scope": self.pick(["global", "global", "global", "domain:east", "domain:west"]),
            "enforcement": enforcement,
            "validations": [self.validation(number) for number in range(1 if enforcement == "deny" else self.pick([2, 4, 6]))],
        }
        if self.sometimes():
            policy["grace"] = self.pick(["1 second", "2 seconds"]) if self.clock_counts else "1 hour"
        if self.sometimes():
            policy["match"] = self.pick([{"domains": ["east*"]}, {"domains": ["west"]}, {"statuses": ["active"]}])
        return policy

    def domain(self):
        name = self.pick(DOMAINS)
        return {"name": name, "title": name, "team": "a-team", "tags": self.pick([[], ["frozen"], ["x"], ["x", "frozen"]])}


class Steps:
    """The operations, each with how often it comes."""

    def __init__(self, server, chance, story):
        self.server, self.chance, self.story = server, chance, story

    def say(self, answer, *words):
        self.story.append(" ".join([*map(str, words), str(answer.status)]))

    def publish(self):
        document = self.chance.product()
        self.say(self.server.publish(document), "publish", json.dumps(document))

    def retire(self):
        name = self.chance.pick(PRODUCTS)
        self.say(self.server.delete(f"/api/v1/products/{name}?reason=over"), "retire", name)

    def define(self):
        document = self.chance.policy()
        self.say(self.server.put(f"/api/v1/policies/{document['name']}", document), "define", json.dumps(document))

    def withdraw(self):
        name = self.chance.pick(POLICIES)
        self.say(self.server.delete(f"/api/v1/policies/{name}?reason=over"), "withdraw", name)

    def change_domain(self):
        document = self.chance.domain()
        self.say(self.server.put(f"/api/v1/domains/{document['name']}", document), "domain", json.dumps(document))

    def check(self):
        name = self.chance.pick(PRODUCTS)
        self.say(self.server.post(f"/api/v1/products/{name}/quality"), "check", name)

    def together(self):
        """Several at once, each with a chance of its own; who comes first no seed says."""
        others = [Steps(self.server, Chance(self.chance.random.random()), self.story) for _ in range(4)]
        for other in others:
            other.chance.clock_counts, other.chance.conditions = self.chance.clock_counts, self.chance.conditions
        threads = [threading.Thread(target=other.several) for other in others]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def several(self):
        for _ in range(4):
            self.chance.pick([self.publish, self.publish, self.publish, self.retire, self.define, self.change_domain])()

    def stop(self):
        self.story.append("stop")
        self.server.restart()

    def kill(self):
        self.story.append("kill")
        self.server.kill()
        self.server.start()

    def step(self):
        operations = {self.publish: 8, self.retire: 2, self.define: 1, self.withdraw: 0.5, self.change_domain: 3, self.check: 3,
                      self.together: 1, self.stop: 0.4, self.kill: 0.4}
        self.chance.random.choices(list(operations), list(operations.values()))[0]()


def complaint(v):
    return tuple(str(v.get(key)) for key in ("policy", "rule", "enforcement", "message", "pointer", "grace_end"))


def complaints(items):
    return sorted(complaint(item) for item in items)


def verdicts(items):
    return {item["policy"]: (item["outcome"], item["enforcement"], item.get("grace_end"), item["hash"]) for item in items}


def standing_by(found):
    against = {enforcement for outcome, enforcement, _, _ in found.values() if outcome != "satisfied"}
    return "violating" if "deny" in against else "warned" if "warn" in against else "compliant"


class Agreement(weft.Case):
    @classmethod
    def setUpClass(cls):
        pass  # each seed has a server of its own

    @classmethod
    def tearDownClass(cls):
        pass

    def disagreements(self):
        """Between what was judged again, what is judged now, and what is judged from scratch."""
        found = []
        rows = self.server.pages("/api/v1/violations", limit=100)
        products = {item["name"]: item for item in self.server.pages("/api/v1/products") if item["status"] != "retired"}
        found += [("not in force", row) for row in rows if row["product"] not in products]
        facets = {(facet["key"], facet["value"]): facet["count"] for facet in self.server.get("/api/v1/violations").json["facets"]}
        counted = {}
        for key in ("policy", "domain", "enforcement"):
            for row in rows:
                counted[key, row[key]] = counted.get((key, row[key]), 0) + 1
        if facets != counted:
            found.append(("facets", facets, counted))
        for name, item in products.items():
            found += self.disagreements_about(item, [row for row in rows if row["product"] == name])
        return found

    def disagreements_about(self, item, rows):
        path = f"/api/v1/products/{item['name']}"
        scratch = self.server.post("/api/v1/evaluate", self.server.get(path, headers={"Accept": "application/yaml"}).text).json
        now = self.server.get(f"{path}/compliance").json
        said = [complaint for policy in now["policies"] for complaint in policy["violations"]]
        judged = verdicts(scratch["verdicts"])
        pairs = {
            "complaints": (complaints(rows), complaints(said), complaints(scratch["violations"])),
            "verdicts": (verdicts(now["policies"]), judged),
            "standing": (item["standing"], self.server.get(path).json["standing"], now["standing"], standing_by(judged)),
            "places": (sorted(str((row.get("line"), row.get("column"))) for row in rows),
                       sorted(str((v.get("line"), v.get("column"))) for v in said)),
            "since": (sorted(row["since"] for row in rows), sorted(str(v.get("since")) for v in said)),
        }
        return [(item["name"], what, values) for what, values in pairs.items() if any(value != values[0] for value in values)]

    def settle(self):
        """It is judged again in its own time; what is left after the patience is wrong."""
        try:
            weft.wait_for(lambda: not self.disagreements(), "agreement")
        except AssertionError:
            self.assertEqual(self.disagreements(), [])

    def check_past(self):
        """As of each decision the product stands as that said."""
        events = [event for event in self.server.events() if event["kind"] in ("product.published", "product.judged")]
        last = {(event["subject"], event["time"]): event for event in events}  # of those at one time
        for (name, time), event in last.items():
            body, path = event["body"], f"/api/v1/products/{name}"
            then = self.server.get(f"{path}/compliance?as_of={time}").json
            version = self.server.get(f"{path}?as_of={time}").json
            self.assertEqual((then["version"], then["standing"]), (body["version"], body["standing"]), event)
            self.assertEqual((version["version"], version["standing"]), (body["version"], body["standing"]), event)
            self.assertEqual(verdicts(then["policies"]), verdicts(body["verdicts"]), event)
            self.assertEqual(complaints(v for policy in then["policies"] for v in policy["violations"]),
                             complaints(body["violations"]), event)

    def check_log(self):
        self.assertDone(self.server.client("policy", "replay"))
        self.assertDone(self.server.client("audit", "verify"))
        self.server.stop()
        for command in ("check", "rebuild", "check"):
            self.assertDone(weft.run_client(command, "--data", self.server.data))
        self.server.start()
        self.settle()

    def test_all_agrees(self):
        for seed in SEEDS:
            with self.subTest(seed=seed):
                story = []
                try:
                    self.play(seed, story)
                except AssertionError as failed:
                    raise AssertionError(f"WEFT_SEED={seed}: {failed}\n" + "\n".join(story)) from None

    def play(self, seed, story):
        chance = Chance(seed)
        self.server = weft.Server(arguments=("--standing-interval", "1" if chance.clock_counts else "3600")).start()
        self.addCleanup(self.server.close)
        steps = Steps(self.server, chance, story)
        for begin in (steps.publish, steps.define):
            for _ in range(8):
                begin()
        for _ in range(ROUNDS):
            for _ in range(STEPS):
                steps.step()
            self.settle()
        self.check_past()
        self.check_log()


if __name__ == "__main__":
    weft.main()
