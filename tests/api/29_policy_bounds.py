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

    def test_values_that_grow(self):
        doubled = "".join(f"cel.bind(x{i + 1}, x{i} + x{i}, " for i in range(40))
        messages = self.judge(rule(f"cel.bind(x0, product.name, {doubled} size(x40) > 0{')' * 41}"))
        self.assertRegex(messages[0], r"takes more than (1000000 steps|16 MB of memory): ")
        maps = nested("map", 6, "[{x0: 1}, {x1: 2}, {x2: 3}, {x3: 4}, {x4: 5}, {x5: 6}]") + " != []"
        self.assertIn("takes more than 16 MB of memory: ", self.judge(rule(maps))[0])
        formatted = "".join(f"cel.bind(x{i + 1}, '%s%s%s'.format([x{i}, x{i}, x{i}]), " for i in range(30))
        messages = self.judge(rule(f"cel.bind(x0, product.name, {formatted} x30 != ''{')' * 31}"))
        self.assertRegex(messages[0], r"takes more than (1000000 steps|16 MB of memory): ")


if __name__ == "__main__":
    weft.main()
