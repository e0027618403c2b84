#!/usr/bin/python3
"""Policy documents: variables, parameters and their values by scope, conditions, messages, grace; and what a domain may do."""

import weft

YEARS = """\
kind: Policy
name: kept-long-enough
scope: global
source: SEC rule 17a-4
enforcement: deny
match: {domains: ["keeping*"]}
parameters:
  minimum: {type: period, default: 7 years, stricter: longer, most: 100 years, description: How long data is kept}
  words: {type: list, default: [books, records], stricter: more}
  exact: 3
values:
  - {scope: "domain:keeping.longer", set: {minimum: 8 years}}
variables:
  - {name: kept, expression: retention(product)}
  - {name: enough, expression: variables.kept >= period(params.minimum)}
validations:
  - name: long-enough
    expression: variables.enough
    message: Kept too short
    messageExpression: '"kept " + product.?retention.orValue("for no time") + ", less than " + params.minimum'
    pointer: /retention
tests:
  - {name: six years are too short, product: {name: a.b, owner: o, domain: keeping, retention: 6 years}, expect: deny}
  - {name: seven are enough, product: {name: a.b, owner: o, domain: keeping, retention: 7 years}, expect: pass}
  - {name: but not below, product: {name: a.b, owner: o, domain: keeping.longer, retention: 7 years}, expect: deny}
  - name: nor where ten are asked for
    product: {name: a.b, owner: o, domain: keeping, retention: 7 years}
    parameters: {minimum: 10 years}
    expect: deny
"""

TIGHTER = """\
kind: Policy
name: keeping-keeps-longer
scope: domain:keeping
enforcement: deny
tightens: kept-long-enough
parameters: {minimum: 10 years}
"""


def kept(name, years, domain="keeping"):
    return weft.product(name, domain=domain, retention=f"{years} years")


class PolicyDocuments(weft.Case):
    def define(self, text, **options):
        return self.server.put(f"/api/v1/policies/{weft.yaml.safe_load(text)['name']}", text, **options)

    def setUp(self):
        self.server.delete("/api/v1/policies/keeping-keeps-longer")
        self.assertIn(self.define(YEARS).status, (200, 201))

    def test_a_message_is_worked_out_and_points_at_the_line(self):
        text = weft.yaml.safe_dump(kept("keeping.short", 6))
        answer = self.server.publish(text)
        self.assertProblem(answer, 422)
        self.assertEqual(answer.messages, ["kept 6 years, less than 7 years"])
        violation = answer.violations[0]
        self.assertEqual((violation["policy"], violation["rule"], violation["pointer"]),
                         ("kept-long-enough", "long-enough", "/retention"))
        self.assertEqual(violation["line"], weft.line_of(text, "retention: 6 years"))

    def test_values_of_the_most_specific_scope_hold(self):
        self.assertStatus(self.server.publish(kept("keeping.seven", 7)), 201)
        answer = self.server.publish(kept("keeping.part", 7, domain="keeping.longer"))
        self.assertEqual(answer.messages, ["kept 7 years, less than 8 years"])
        answer = self.server.publish(kept("keeping.deeper", 7, domain="keeping.longer.still"))
        self.assertEqual(answer.messages, ["kept 7 years, less than 8 years"])
        self.assertStatus(self.server.publish(kept("keeping.eight", 8, domain="keeping.longer")), 201)

    def test_a_domain_tightens_and_never_loosens(self):
        self.assertIn(self.define(TIGHTER).status, (200, 201))
        answer = self.server.publish(kept("keeping.nine", 9))
        self.assertProblem(answer, 422)
        self.assertEqual(answer.messages, ["kept 9 years, less than 10 years"])
        self.assertEqual(answer.violations[0]["policy"], "keeping-keeps-longer")
        self.assertStatus(self.server.publish(kept("keeping.ten", 10)), 201)

        looser = TIGHTER.replace("10 years", "5 years")
        answer = self.define(looser)
        self.assertProblem(answer, 422)
        self.assertEqual(answer.messages, ["the global policy 'kept-long-enough' sets 'minimum' to 7 years; a domain may only "
                                           "make it longer, and 5 years is looser"])
        self.assertEqual(answer.violations[0]["line"], weft.line_of(looser, "5 years"))
        answer = self.define(TIGHTER.replace("minimum: 10 years", "exact: 4"))
        self.assertProblem(answer, 422)
        self.assertEqual(answer.messages, ["the global policy 'kept-long-enough' sets 'exact' to 3, and does not let a "
                                           "domain change it"])
        answer = self.define(TIGHTER.replace("minimum: 10 years", "words: [books]"))
        self.assertIn("only make it more", answer.messages[0])
        # 2922 days may be a day less than 8 years: what cannot be told to be as strict is looser.
        answer = self.define(TIGHTER.replace("domain:keeping", "domain:keeping.longer").replace("10 years", "2921 days"))
        self.assertIn("sets 'minimum' to 8 years", answer.messages[0])

        # What others tighten stays, and stays so that they fit.
        answer = self.server.delete("/api/v1/policies/kept-long-enough")
        self.assertProblem(answer, 409)
        self.assertIn("keeping-keeps-longer", answer.json["detail"])
        answer = self.define(YEARS.replace("minimum", "least"))
        self.assertProblem(answer, 422)
        self.assertIn("'keeping-keeps-longer' (domain:keeping) tightens this policy", answer.messages[0])
        # The council may overtake it.
        self.assertStatus(self.define(YEARS.replace("default: 7 years", "default: 12 years").replace("7 years}", "12 years}")
                                      .replace("8 years", "13 years").replace("minimum: 10 years", "minimum: 20 years")), 200)
        self.assertEqual(self.server.publish(kept("keeping.eleven", 11)).messages, ["kept 11 years, less than 12 years"])
        self.server.restart()
        self.assertEqual(self.server.publish(kept("keeping.eleven", 11)).messages, ["kept 11 years, less than 12 years"])
        self.assertStatus(self.server.delete("/api/v1/policies/keeping-keeps-longer"), 200)

    def test_mistakes_of_parameters_are_placed(self):
        for change, line, message in (
                (("type: period", "type: peroid"), "peroid", "peroid"),
                (("default: 7 years", "default: sometime"), "sometime", "wants a length of time"),
                (("stricter: longer", "stricter: higher"), "higher", "a period cannot be 'higher'"),
                (("most: 100 years", "most: many"), "many", "is no period"),
                (("default: 7 years", "default: 700 years"), "700 years", "outside of any to '100 years'"),
                (("set: {minimum: 8 years}", "set: {minimun: 8 years}"), "minimun", "no parameter 'minimun'")):
            text = YEARS.replace(*change)
            with self.subTest(change[1]):
                answer = self.define(text)
                self.assertProblem(answer, 400)
                self.assertIn(message, answer.messages[0])
                self.assertEqual(answer.violations[0]["line"], weft.line_of(text, line))

    def test_a_variable_cannot_be_made_from_itself_or_a_later_one(self):
        for expression, suggestion in (
                ("variables.kept > period('1 day')", "a variable cannot be made from itself"),
                ("variables.enough", "a variable sees those before it: 'enough' stands after 'kept'")):
            answer = self.define(YEARS.replace("expression: retention(product)", f"expression: {expression}"))
            self.assertProblem(answer, 422)
            self.assertEqual(answer.violations[0]["suggestion"], suggestion)
            self.assertEqual(answer.violations[0]["pointer"], "/variables/0/expression")

    def test_a_condition_says_whom_it_concerns_and_fails_closed(self):
        text = YEARS.replace("kept-long-enough", "conditional").replace("keeping*", "conditional").replace(
            'domains: ["conditional"]', '''domains: ["conditional"], condition: 'product.tags.exists(t, t == "kept")\'''')
        text = text.split("values:")[0] + "variables:" + text.split("variables:")[1].split("tests:")[0]
        self.assertStatus(self.define(text), 201)
        self.assertStatus(self.server.publish(weft.product("conditional.other", domain="conditional", retention="1 year",
                                                           tags=["other"])), 201)
        answer = self.server.publish(weft.product("conditional.kept", domain="conditional", retention="1 year", tags=["kept"]))
        self.assertEqual(answer.messages, ["kept 1 year, less than 7 years"])
        answer = self.server.publish(weft.product("conditional.none", domain="conditional", retention="1 year"))
        self.assertProblem(answer, 422)
        self.assertIn("whether the policy 'conditional' concerns it cannot be told", answer.messages[0])

    def test_older_products_are_warned_within_the_grace(self):
        old = weft.product("grace.old", domain="grace", retention="1 year")
        self.assertStatus(self.server.publish(old), 201)
        text = YEARS.replace("kept-long-enough", "graceful").replace("keeping*", "grace").replace(
            "enforcement: deny", "enforcement: deny\ngrace: 30 days").split("values:")[0] + "variables:" + \
            YEARS.split("variables:")[1].split("tests:")[0]
        self.assertStatus(self.define(text), 201)
        answer = self.assertStatus(self.server.publish(weft.product("grace.old", domain="grace", retention="2 years")), 200)
        self.assertEqual([v["enforcement"] for v in answer.json["violations"]], ["warn"])
        self.assertRegex(answer.json["violations"][0]["message"], r"less than 7 years \(refused from \d{4}-\d\d-\d\d on\)$")
        self.assertIn("grace_end", answer.json["violations"][0])
        self.assertEqual(self.server.get("/api/v1/products/grace.old").json["standing"], "warned")
        answer = self.server.publish(weft.product("grace.new", domain="grace", retention="2 years"))
        self.assertProblem(answer, 422)

    def test_parts_that_do_not_go_together_are_refused(self):
        for text, message in (
                (TIGHTER + "validations: [{expression: 'true', message: m}]\n", "'validations' does not go with 'tightens'"),
                (TIGHTER.replace("scope: domain:keeping", "scope: global"), "is of one domain"),
                (TIGHTER.replace("parameters: {minimum: 10 years}\n", ""), "'parameters' is missing"),
                (YEARS.split("validations:")[0], "'validations' is missing"),
                (YEARS.replace("enforcement: deny", "enforcement: deny\nengine: opa"), "does not go with the engine 'opa'")):
            with self.subTest(message):
                answer = self.define(text)
                self.assertProblem(answer, 400)
                self.assertTrue(any(message in m for m in answer.messages), answer.messages)
        answer = self.define(TIGHTER.replace("tightens: kept-long-enough", "tightens: nothing"))
        self.assertProblem(answer, 422)
        self.assertEqual(answer.messages, ["no policy is named 'nothing'"])


class Older(weft.Case):
    def test_a_mistake_that_an_older_version_stored_does_not_keep_the_server_from_starting(self):
        self.assertStatus(self.server.put("/api/v1/policies/until-when", """\
kind: Policy
name: until-when
enforcement: deny
match: {domains: [older]}
validations:
  - expression: as_list(product.?access).all(a, a.until > "2026")
    message: Access ends
"""), 201)
        self.server.stop()
        weft.spoil(self.server.data, "UPDATE policies SET source = replace(source, 'until >', 'untill >')")
        self.server.start()
        self.assertStatus(self.server.publish(weft.product("older.none", domain="older")), 201)
        refused = self.server.publish(weft.product("older.some", domain="older", access={"role": "a", "level": "read"}))
        self.assertProblem(refused, 422)
        self.assertIn("Access ends (cannot be told: there is no 'untill')", refused.messages[0])


class Authors(weft.Case):
    dev = False

    def test_a_publisher_writes_policies_of_its_domain_only(self):
        token = self.server.new_token("keeper", "publisher", ["keeping"])["token"]
        council = self.server.new_token("council", "steward")["token"]
        self.assertStatus(self.server.put("/api/v1/policies/kept-long-enough", YEARS, token=council), 201)
        self.assertStatus(self.server.put("/api/v1/policies/keeping-keeps-longer", TIGHTER, token=token), 201)
        other = TIGHTER.replace("domain:keeping", "domain:other")
        self.assertProblem(self.server.put("/api/v1/policies/keeping-keeps-longer", other, token=token), 403)
        # It cannot take a global policy over, under whatever scope.
        for scope in ("global", "domain:keeping"):
            text = YEARS.replace("default: 7 years", "default: 1 year").replace("scope: global", f"scope: {scope}")
            answer = self.server.put("/api/v1/policies/kept-long-enough", text, token=token)
            self.assertIn("'kept-long-enough' is global", self.assertProblem(answer, 403)["detail"])
        self.assertProblem(self.server.delete("/api/v1/policies/kept-long-enough", token=token), 403)
        self.assertStatus(self.server.delete("/api/v1/policies/keeping-keeps-longer", token=token), 200)


if __name__ == "__main__":
    weft.main()
