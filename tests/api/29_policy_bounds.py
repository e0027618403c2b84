#!/usr/bin/python3
"""Policies that would take for ever, or all memory, or are no policies at all: each is refused or ended, with a reason."""

import json

import weft

TEN = "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]"


def policy(name="bounded", **changes):
    document = {"kind": "Policy", "name": name, "scope": "global", "enforcement": "deny",
                "match": {"domains": ["bounded"]}, "validations": [{"expression": "true", "message": "It holds"}]}
    return {**document, **changes}


def rule(expression):
    return policy(validations=[{"name": "rule", "expression": expression, "message": "It holds"}])


def nested(macro, depth, inside):
    return "".join(f"{TEN}.{macro}(x{i}, " for i in range(depth)) + inside + ")" * depth


class PolicyBounds(weft.Case):
    def tearDown(self):
        self.server.delete("/api/v1/policies/bounded")
        self.assertTrue(self.server.alive, self.server.log_text())
        self.assertStatus(self.server.get("/healthz"), 200)

    def define(self, document):
        return self.server.put("/api/v1/policies/bounded", json.dumps(document),
                               headers={"Content-Type": "application/json"})

    def refuses(self, document, *wanted):
        answer = self.define(document)
        self.assertProblem(answer, 422)
        for words in wanted:
            self.assertIn(words, " ".join(answer.messages))
        return answer

    def judge(self, document, **changes):
        """The messages of a product that is published under the policy."""
        self.assertIn(self.define(document).status, (200, 201))
        answer = self.server.publish(weft.product("bounded.product", domain="bounded", **changes))
        return [] if answer.status in (200, 201) else answer.messages

    def test_sources_without_end(self):
        self.refuses(rule("1 == 1 || " * 100000 + "true"), "longer than 100000 characters")
        self.refuses(rule("n" * 99999), "there is no 'nnn")
        self.refuses(rule("'" + "x" * 90000), "not closed")

    def test_nesting_without_end(self):
        for source in ("(" * 10000 + "true" + ")" * 10000, "[" * 10000 + "]" * 10000, "!" * 10000 + "true",
                       "true ? true : " * 7000 + "true", "product" + ".a" * 10000, "size(" * 10000 + "'a'" + ")" * 10000):
            with self.subTest(source[:10]):
                self.refuses(rule(source), "nested")

    def test_numbers_beyond_their_range(self):
        self.refuses(rule("9223372036854775808 > 0"), "an integer is from")
        self.refuses(rule("1e999 > 0.0"), "too large for a double")
        self.refuses(rule("size('a') > 99999999999999999999u"), "beyond 64 bits")

    def test_what_is_no_text(self):
        self.assertProblem(self.server.put("/api/v1/policies/bounded", b"kind: Policy\nname: \xff\xfe\n"), 400)
        answer = self.server.put("/api/v1/policies/bounded", json.dumps(rule("'\u0000' == ''")),
                                 headers={"Content-Type": "application/json"})
        self.assertProblem(answer, 400)
        self.refuses(rule("'\ud83d\ude00' == é"), "this character has no meaning here")

    def test_variables_in_a_circle(self):
        def variables(*texts):
            return policy(variables=[{"name": name, "expression": text} for name, text in zip("abc", texts)])
        self.refuses(variables("variables.b", "variables.a"), "there is no 'variables' here\nvariables.b\n^")
        self.refuses(variables("variables.a || true"), "there is no 'variables' here\nvariables.a || true\n^")
        self.refuses(variables("true", "variables.c", "variables.b"), "there is no 'variables.c' here\nvariables.c\n^")
        self.refuses(variables("true", "!variables.b"), "there is no 'variables.b' here\n!variables.b\n ^")

    def test_tests_that_contradict_the_policy(self):
        wrong = [{"name": "all is well", "product": {"name": "a.b", "domain": "bounded"}, "expect": "deny"}]
        self.refuses(policy(tests=wrong), "all is well")

    def test_patterns_without_end(self):
        self.refuses(rule("'a'.matches('((a{100}){100}){100}')"), "not a regular expression: invalid repetition size")
        text = "a" * 30000 + "!"
        self.assertEqual(self.judge(rule("!product.description.matches('^(a+)+$')"), description=text), [])
        self.assertEqual(self.judge(rule("!product.description.matches('(x+x+)+y')"), description="x" * 30000), [])

    def test_loops_within_loops(self):
        inner = f"{TEN}.all(x8, x8 > 0)"
        messages = self.judge(rule(nested("all", 8, inner)))
        self.assertEqual(len(messages), 1)
        self.assertIn("It holds (cannot be told: takes more than 1000000 steps: ", messages[0])
        self.assertIn(inner, messages[0])
        nothing = "".join(f"{TEN}.filter(x{i}, " for i in range(9)) + "false" + ") != []" * 9
        self.assertIn("takes more than 1000000 steps", self.judge(rule(nothing))[0])

    def test_what_thousands_of_rules_say(self):
        """Else a publisher had the server say all of a description as often as he likes, until there is no memory left."""
        every = {"expression": "product.owner == ''", "message": "m", "messageExpression": "product.description"}
        self.assertStatus(self.define(policy(enforcement="warn", validations=[every] * 2400)), 201)
        answer = self.server.publish(weft.product("bounded.speech", domain="bounded", description="x" * 900000))
        self.assertStatus(answer, 201)
        *said, more = [item["message"] for item in answer.json["violations"]]
        self.assertEqual({len(message) for message in said}, {1004})
        self.assertIn(str(2400 - len(said)), more)
        self.assertEqual(self.define(policy(validations=[every] * 2400)).status, 200)
        answer = self.server.publish(weft.product("bounded.speech", domain="bounded", description="y" * 900000))
        self.assertIn("refused for 2400 reasons: yyy", self.assertProblem(answer, 422)["detail"])
        answer = self.server.publish(weft.product("bounded.speech", domain="bounded", description="y" * 90))
        self.assertRegex(self.assertProblem(answer, 422)["detail"], r"refused for 2400 reasons: (y{90}; ){6}and 2394 more$")

    def test_values_that_grow(self):
        doubled = "".join(f"cel.bind(x{i + 1}, x{i} + x{i}, " for i in range(40))
        messages = self.judge(rule(f"cel.bind(x0, product.name, {doubled} size(x40) > 0{')' * 41}"))
        self.assertRegex(messages[0], r"takes more than (1000000 steps|16 MB of memory): ")
        maps = nested("map", 6, "[{x0: 1}, {x1: 2}, {x2: 3}, {x3: 4}, {x4: 5}, {x5: 6}]") + " != []"
        self.assertIn("takes more than 16 MB of memory: ", self.judge(rule(maps))[0])
        formatted = "".join(f"cel.bind(x{i + 1}, '%s%s%s'.format([x{i}, x{i}, x{i}]), " for i in range(30))
        messages = self.judge(rule(f"cel.bind(x0, product.name, {formatted} x30 != ''{')' * 31}"))
        self.assertRegex(messages[0], r"takes more than (1000000 steps|16 MB of memory): ")


class NumberOfPolicies(weft.Case):
    """A domain's publishers define its policies: not so many that all nodes are full of them."""

    def put(self, name, scope):
        text = f"kind: Policy\nname: {name}\nscope: {scope}\nenforcement: warn\nvalidations: [{{expression: 'true', message: m}}]\n"
        return self.server.put(f"/api/v1/policies/{name}", text)

    def test_a_domain_has_500_of_its_own(self):
        for number in range(500):
            self.assertStatus(self.put(f"many-{number}", "domain:many"), 201)
        problem = self.assertProblem(self.put("one-more", "domain:many"), 422)
        self.assertIn("'domain:many' has 500 policies already", problem["detail"])
        self.assertStatus(self.put("many-7", "domain:many"), 200)
        self.assertStatus(self.put("one-more", "domain:few"), 201)
        self.assertStatus(self.put("one-more-global", "global"), 201)
        self.assertStatus(self.server.delete("/api/v1/policies/many-8?reason=room"), 200)
        self.assertStatus(self.put("one-more-now", "domain:many"), 201)


TOGETHER = 20000000
COLUMNS = [{"name": f"c{i}", "type": "STRING"} for i in range(46)]
EACH = "product.schema.all(a, product.schema.all(b, product.schema.all(c, a.name + b.name != c.name)))"


def greedy(name, scope, rules=10):
    """Nearly as many steps as one policy may take, over a product with these columns."""
    validations = [{"name": f"rule-{i}", "expression": EACH, "message": f"Rule {i}"} for i in range(rules)]
    return policy(name, scope=scope, match=None, validations=validations)


class StepsOfDomains(weft.Case):
    """The policies of domains share their steps: nobody waits for ever for what a domain has decreed for itself."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.publish_columns("greedy.standing", "greedy")  # before there is any policy: it is judged again
        for number in range(1, 5):
            cls.put_policy(greedy(f"greedy-{number}", "domain:greedy"))
        cls.put_policy(greedy("modest-1", "domain:modest"))
        cls.put_policy(greedy("the-council", "global", rules=1))
        cls.put_policy(policy("the-councils-other", enforcement="warn", match={"domains": ["greedy*"]}, validations=[
            {"name": "described", "expression": "has(product.description)", "message": "A description is needed"}]))

    @classmethod
    def put_policy(cls, document):
        document = {key: value for key, value in document.items() if value is not None}
        answer = cls.server.put(f"/api/v1/policies/{document['name']}", json.dumps(document),
                                headers={"Content-Type": "application/json"})
        assert answer.status == 201, answer

    @staticmethod
    def columns(name, domain):
        return weft.product(name, domain=domain, schema=COLUMNS, quality_checks=[{"unique": "c0"}])

    @classmethod
    def publish_columns(cls, name, domain):
        return cls.server.publish(cls.columns(name, domain))

    def assertShared(self, verdicts):
        """Two have had enough, the third too little, the fourth nothing; the council's own are judged."""
        found = {verdict["policy"]: verdict for verdict in verdicts}
        mine = [found[f"greedy-{number}"] for number in range(1, 5)]
        self.assertEqual([verdict["outcome"] for verdict in mine], ["satisfied", "satisfied", "failed", "failed"])
        self.assertEqual([verdict.get("steps") for verdict in mine],
                         [None, None, TOGETHER - mine[0]["cost"] - mine[1]["cost"], 0])
        self.assertEqual(mine[3]["cost"], 0)
        self.assertGreater(mine[0]["cost"], 8000000)
        self.assertEqual([found[name]["outcome"] for name in ("the-council", "the-councils-other")], ["satisfied", "violated"])
        self.assertNotIn("steps", found["the-council"])

    def test_1_the_third_fails_and_says_why_and_global_ones_are_judged(self):
        answer = self.publish_columns("greedy.product", "greedy")
        violations = self.assertProblem(answer, 422)["violations"]
        said = {(item["policy"], item["rule"]): item["message"] for item in violations}
        shared = f"left of the {TOGETHER} that the policies of domains may take together on one product"
        self.assertEqual({policy for policy, _ in said}, {"greedy-3", "greedy-4", "the-councils-other"})
        self.assertNotIn(("greedy-3", "rule-1"), said)  # what was left was enough for that
        self.assertRegex(said["greedy-3", "rule-2"],
                         rf"^Rule 2 \(cannot be told: takes more than \d+ steps: .*, and no more steps are {shared}\)$")
        self.assertEqual(said["greedy-4", "greedy-4"],
                         f"what the policy 'greedy-4' says of it cannot be told: no steps are {shared}")
        self.assertShared(self.server.events()[-1]["body"]["verdicts"])

    def test_2_so_it_is_wherever_a_product_is_judged(self):
        answer = self.server.post("/api/v1/evaluate", json.dumps(self.columns("greedy.tried", "greedy")),
                                  headers={"Content-Type": "application/json"})
        self.assertShared(self.assertStatus(answer, 200).json["verdicts"])
        compliance = self.assertStatus(self.server.get("/api/v1/products/greedy.standing/compliance"), 200).json
        outcomes = {item["policy"]: item["outcome"] for item in compliance["policies"]}
        self.assertEqual([outcomes[f"greedy-{number}"] for number in range(1, 5)],
                         ["satisfied", "satisfied", "failed", "failed"])
        self.assertEqual(outcomes["the-council"], "satisfied")

        def judged():  # by all of them
            bodies = [event["body"] for event in self.server.events() if event["subject"] == "greedy.standing"]
            return bodies[-1] if "the-councils-other" in json.dumps(bodies[-1]["verdicts"]) else None
        weft.wait_for(judged, "a judgement")
        self.assertEqual(judged()["standing"], "violating")
        self.assertShared(judged()["verdicts"])

    def test_3_another_domain_is_untouched(self):
        answer = self.assertStatus(self.publish_columns("modest.product", "modest"), 201)
        found = {verdict["policy"]: verdict for verdict in answer.json["verdicts"]}
        self.assertEqual((found["modest-1"]["outcome"], found["the-council"]["outcome"]), ("satisfied", "satisfied"))
        self.assertFalse([verdict for verdict in answer.json["verdicts"] if "steps" in verdict])

    def replay(self, *words, status=0):
        return json.loads(self.assertDone(self.server.client("policy", "replay", "--json", *words), status).stdout)

    def test_4_the_decisions_can_be_made_again(self):
        found = self.replay()
        self.assertGreaterEqual(found["decisions"], 4)
        self.assertEqual((found["disagree"], found["not_judged"], found["differences"]), (0, 0, []))

    def test_5_who_was_given_something_else_is_found_out(self):
        event = [event for event in self.server.events() if event["kind"] == "product.refused"][-1]
        verdicts = {verdict["policy"]: verdict for verdict in event["body"]["verdicts"]}
        verdicts["greedy-2"]["steps"] = verdicts["greedy-2"]["cost"]
        text = json.dumps(event["body"], separators=(",", ":"), ensure_ascii=False).replace("'", "''")
        self.server.stop()
        weft.spoil(self.server.data, f"UPDATE events SET body = '{text}' WHERE seq = {event['seq']}")
        self.server.start()
        found = self.replay("--product", "greedy.product", status=1)["differences"]
        self.assertEqual([(item["event"], item["policy"], item["what"]) for item in found],
                         [(event["seq"], "greedy-2", "steps")])


if __name__ == "__main__":
    weft.main()
