#!/usr/bin/python3
"""The judgement that never ends: products are judged again when a policy, a fact or the clock changes."""

import shutil
import unittest

import weft

CLOCK = ("--standing-interval", "1")


def policy(name, domain, expression, enforcement="warn", message="It falls short", more=""):
    return (f"kind: Policy\nname: {name}\nscope: global\nenforcement: {enforcement}\nmatch: {{domains: [{domain}]}}\n{more}"
            f"validations:\n  - name: only\n    expression: >-\n      {expression}\n    message: {message}\n    pointer: /owner\n")


class Standing(weft.Case):
    arguments = CLOCK

    def define(self, name, *words, **options):
        answer = self.server.put(f"/api/v1/policies/{name}", policy(name, *words, **options))
        self.assertIn(answer.status, (200, 201), answer)
        return answer.json["event"]

    def publish(self, name, domain, **changes):
        answer = self.server.publish(weft.product(name, domain=domain, **changes))
        self.assertIn(answer.status, (200, 201), answer)
        return answer.json["event"]

    def standing(self, name):
        return self.server.get(f"/api/v1/products/{name}").json["standing"]

    def wait_standing(self, name, standing):
        weft.wait_for(lambda: self.standing(name) == standing, f"{name} to be {standing}, it is {self.standing(name)}")

    def violations(self, name):
        return self.server.pages(f"/api/v1/violations?product={name}")

    def judged(self, name):
        return [event for event in self.server.pages(f"/api/v1/events?subject={name}&kind=product.judged")]

    def test_a_new_policy_judges_what_is_there(self):
        published = self.publish("policy.there", "policied", owner="carol")
        defined = self.define("owners-policied", "policied", 'product.owner.endsWith("-team")')
        self.wait_standing("policy.there", "warned")
        event = self.judged("policy.there")[-1]
        body = event["body"]
        self.assertEqual((body["event"], body["version"], body["standing"]), (published, "1.0.0", "warned"))
        self.assertEqual(body["cause"], {"kind": "policy.defined", "subject": "owners-policied", "event": defined})
        self.assertEqual(body["decision"]["previous"], published)
        self.assertEqual(event["actor"], "weft")
        item = self.violations("policy.there")[0]
        self.assertEqual((item["policy"], item["since"], item["since_event"]), ("owners-policied", event["time"], event["seq"]))
        self.assertGreaterEqual(item["line"], 1)

    def test_a_stricter_version_changes_the_standing_and_keeps_since(self):
        self.publish("policy.strict", "stricter", owner="carol")
        self.define("owners-stricter", "stricter", 'product.owner.endsWith("-team")')
        self.wait_standing("policy.strict", "warned")
        since = self.violations("policy.strict")[0]["since"]
        self.define("owners-stricter", "stricter", 'product.owner.endsWith("-team")', enforcement="deny")
        self.wait_standing("policy.strict", "violating")
        item = self.violations("policy.strict")[0]
        self.assertEqual((item["enforcement"], item["since"]), ("deny", since))

    def test_what_a_retired_policy_found_is_gone(self):
        self.publish("policy.freed", "freed", owner="carol")
        self.define("owners-freed", "freed", 'product.owner.endsWith("-team")')
        self.wait_standing("policy.freed", "warned")
        self.assertStatus(self.server.delete("/api/v1/policies/owners-freed?reason=tried"), 200)
        self.wait_standing("policy.freed", "compliant")
        self.assertEqual(self.violations("policy.freed"), [])
        self.assertEqual(self.judged("policy.freed")[-1]["body"]["cause"]["kind"], "policy.retired")

    def test_a_policy_that_goes_elsewhere_leaves_nothing_behind(self):
        self.publish("policy.left", "left", owner="carol")
        self.publish("policy.right", "right", owner="carol")
        self.define("owners-moving", "left", 'product.owner.endsWith("-team")')
        self.wait_standing("policy.left", "warned")
        self.define("owners-moving", "right", 'product.owner.endsWith("-team")')
        self.wait_standing("policy.right", "warned")
        self.wait_standing("policy.left", "compliant")

    def test_a_policy_that_goes_leaves_its_steps_to_the_others_of_its_domain(self):
        self.publish("policy.hungry", "hungry")
        ten = ", ".join(str(number) for number in range(10))
        loops = "".join(f"[{ten}].all({letter}, " for letter in "abcd") + "[0, 1, 2].all(e, a + b + c + d + e >= 0)))))"
        validations = "".join(f"  - {{expression: '{loops}', message: Takes long}}\n" for _ in range(24))
        for name in ("hungry-1", "hungry-2", "hungry-3"):
            text = f"kind: Policy\nname: {name}\nscope: domain:hungry\nenforcement: warn\nvalidations:\n{validations}"
            self.assertStatus(self.server.put(f"/api/v1/policies/{name}", text), 201)
        self.wait_standing("policy.hungry", "warned")
        self.assertEqual({item["policy"] for item in self.violations("policy.hungry")}, {"hungry-3"})
        self.assertStatus(self.server.delete("/api/v1/policies/hungry-1?reason=hungry"), 200)
        self.wait_standing("policy.hungry", "compliant")

    def test_a_policy_that_is_satisfied_leaves_no_event(self):
        self.publish("policy.good", "good")
        self.define("owners-good", "good", 'product.owner.endsWith("-team")')
        self.publish("policy.bad", "good", owner="carol")
        self.define("owners-good", "good", 'product.owner.endsWith("-tea")')
        self.wait_standing("policy.good", "warned")
        self.assertEqual(len(self.judged("policy.good")), 1)

    def test_a_domains_document_is_a_fact(self):
        self.publish("fact.domain", "tagged")
        self.define("tags-tagged", "tagged", '!facts.domain.tags.exists(t, t == "frozen")')
        self.assertEqual(self.standing("fact.domain"), "compliant")
        document = {"name": "tagged", "title": "Tagged", "team": "t", "tags": ["frozen"]}
        self.server.put("/api/v1/domains/tagged", document)
        self.wait_standing("fact.domain", "warned")
        self.server.put("/api/v1/domains/tagged", {**document, "tags": []})
        self.wait_standing("fact.domain", "compliant")

    def test_what_is_upstream_is_a_fact(self):
        self.publish("fact.source", "sources", classification="internal")
        self.define("upstream-reading", "reading", 'upstream.all(u, u.classification != "restricted")')
        self.publish("fact.reader", "reading", inputs=["fact.source"])
        self.assertEqual(self.standing("fact.reader"), "compliant")
        event = self.publish("fact.source", "sources", classification="restricted")
        self.wait_standing("fact.reader", "warned")
        self.assertEqual(self.judged("fact.reader")[-1]["body"]["cause"],
                         {"kind": "product.published", "subject": "fact.source", "event": event})
        self.publish("fact.source", "sources", classification="internal")
        self.wait_standing("fact.reader", "compliant")

    def test_the_clock_is_a_fact(self):
        self.publish("clock.ticks", "clocked")
        self.define("until-then", "clocked", f'now < timestamp("{weft.moment(5)}")')
        self.wait_standing("clock.ticks", "warned")
        self.assertEqual(self.judged("clock.ticks")[-1]["body"]["cause"], {"kind": "clock"})

    def test_a_grace_that_ends_denies(self):
        self.publish("clock.grace", "graced", owner="carol")
        self.define("with-grace", "graced", 'product.owner.endsWith("-team")', enforcement="deny", more="grace: 5 seconds\n")
        self.wait_standing("clock.grace", "warned")
        item = self.violations("clock.grace")[0]
        self.assertEqual(item["enforcement"], "warn")
        self.assertTrue(item["grace_end"])
        self.wait_standing("clock.grace", "violating")
        after = self.violations("clock.grace")[0]
        self.assertEqual((after["enforcement"], after["grace_end"], after["since"]), ("deny", None, item["since"]))
        self.assertEqual(self.judged("clock.grace")[-1]["body"]["cause"], {"kind": "clock"})

    def test_results_of_checks_are_a_fact(self):
        name = "fact.quality"
        self.publish(name, "checked", storage=[{"plugin": "sqlite"}], schema=[{"name": "id", "type": "STRING"}])
        self.define("quality-checked", "checked", "facts.?quality.?passed.orValue(true)")
        self.server.wait_resources(name)
        place = next(self.server.location(resource) for resource in self.server.resources(name))
        with weft.sqlite3.connect(place) as db:
            db.executescript("INSERT INTO quality VALUES ('1'), ('1')")
        db.close()
        self.assertFalse(self.server.post(f"/api/v1/products/{name}/quality").json["passed"])
        self.wait_standing(name, "warned")
        self.assertEqual(self.judged(name)[-1]["body"]["cause"]["kind"], "quality.checked")
        self.assertFalse(self.judged(name)[-1]["body"]["decision"]["facts"]["quality"]["passed"])

    def test_who_reads_it_is_a_fact(self):
        self.publish("fact.read", "read")
        self.define("readers-read", "read", "size(facts.downstream) == 0")
        self.publish("fact.stranger", "elsewhere", inputs=["fact.read"])
        self.wait_standing("fact.read", "warned")
        self.publish("fact.stranger", "elsewhere")
        self.wait_standing("fact.read", "compliant")

    def test_an_etag_is_another_once_it_stands_otherwise(self):
        self.publish("policy.tagged", "etagged", owner="carol")
        before = self.server.get("/api/v1/products/policy.tagged").etag
        self.define("owners-etagged", "etagged", 'product.owner.endsWith("-team")')
        self.wait_standing("policy.tagged", "warned")
        answer = self.server.get("/api/v1/products/policy.tagged", headers={"If-None-Match": before})
        self.assertStatus(answer, 200)
        self.assertNotEqual(answer.etag, before)
        for etag in (before, answer.etag):  # who has seen the version may replace it
            document = weft.product("policy.tagged", domain="etagged", owner="carol", description=etag.strip('"'))
            replaced = self.server.publish(document, "?dry_run=true", headers={"If-Match": etag})
            self.assertStatus(replaced, 200)

    def test_compliance_as_of_a_judgement(self):
        self.publish("policy.asof", "asof", owner="carol")
        self.define("owners-asof", "asof", 'product.owner.endsWith("-team")')
        self.wait_standing("policy.asof", "warned")
        event = self.judged("policy.asof")[0]
        then = self.server.get(f"/api/v1/products/policy.asof/compliance?as_of={event['time']}").json
        self.assertEqual((then["standing"], then["version"]), ("warned", "1.0.0"))
        self.assertEqual([policy["since"] for policy in then["policies"] if policy["policy"] == "owners-asof"], [event["time"]])

    @weft.sqlite_only
    def test_compliance_as_of_a_decision_that_was_redacted(self):
        """Its place is not taken by the decision before it."""
        path = "/api/v1/products/policy.redacted/compliance?as_of="
        first = self.publish("policy.redacted", "redacted")
        second = self.publish("policy.redacted", "redacted", description="of somebody")
        last = self.publish("policy.redacted", "redacted", description="of nobody")
        times = {event["seq"]: event["time"] for event in self.server.events(after=first - 1)}
        self.server.stop()
        weft.spoil(self.server.data, f"UPDATE events SET body = NULL WHERE seq = {second}")
        self.server.start()
        self.assertEqual(self.server.get(path + times[first]).json["version"], "1.0.0")
        problem = self.assertProblem(self.server.get(path + times[second]), 404)
        self.assertEqual(problem["detail"], f"the decision of event {second} was redacted")
        self.assertEqual(self.server.get(path + times[last]).json["version"], "1.0.2")

    def test_a_product_as_of_a_time_stands_as_it_did_then(self):
        """What it says there is what its compliance says there."""
        path = "/api/v1/products/policy.then"
        published = self.publish("policy.then", "then", owner="carol")
        self.define("owners-then", "then", 'product.owner.endsWith("-team")')
        self.wait_standing("policy.then", "warned")
        first = self.server.get(f"{path}/versions/1.0.0").json
        self.publish("policy.then", "then", owner="then-team", description="better")
        times = {event["seq"]: event["time"] for event in self.server.events(after=published - 1) if event["subject"] == "policy.then"}
        standings = []
        for time in times.values():
            then = self.server.get(f"{path}?as_of={time}").json
            standings.append(then["standing"])
            self.assertEqual(self.server.get(f"{path}/compliance?as_of={time}").json["standing"], then["standing"])
        self.assertEqual(standings, ["compliant", "warned", "compliant"])
        self.assertEqual((first["event"], first["standing"]), (published, "compliant"))

    def test_metrics_count(self):
        self.publish("metric.one", "metered", owner="carol")
        self.define("owners-metered", "metered", 'product.owner.endsWith("-team")')
        self.wait_standing("metric.one", "warned")
        text = self.server.get("/metrics").text
        for name in ("weft_standing_judged_total", "weft_standing_changed_total"):
            value = [line.split()[1] for line in text.splitlines() if line.startswith(name + " ")]
            self.assertGreaterEqual(float(value[0]), 1, name)


class Interrupted(weft.Case):
    """A sweep that a crash cuts short is done again, and its end is what it would have been."""

    MANY = 400

    def rows(self):
        return {(item["product"], item["policy"], item["enforcement"])
                for item in self.server.pages("/api/v1/violations?policy=swept", limit=1000)}

    def test_kill_in_the_middle_of_a_sweep_loses_nothing(self):
        for number in range(self.MANY):
            self.server.publish(weft.product(f"swept.p{number:03}", domain="swept", owner="carol"))
        self.server.put("/api/v1/policies/swept", policy("swept", "swept", 'product.owner.endsWith("-team")'))
        weft.wait_for(self.rows, "the sweep to begin")
        self.server.kill()
        self.server.start()
        weft.wait_for(lambda: len(self.rows()) == self.MANY, "the sweep to be brought to its end")
        judged = [event["subject"] for event in self.server.events() if event["kind"] == "product.judged"]
        self.assertEqual(len(judged), self.MANY)  # nobody twice
        self.assertEqual(len(set(judged)), self.MANY)

    def test_one_that_is_stopped_goes_on_where_it_was(self):
        for number in range(self.MANY):
            self.server.publish(weft.product(f"stopped.p{number:03}", domain="stopped", owner="carol"))
        self.server.put("/api/v1/policies/stopped", policy("stopped", "stopped", 'product.owner.endsWith("-team")'))
        stopped = lambda: self.server.pages("/api/v1/violations?policy=stopped", limit=1000)
        weft.wait_for(stopped, "the sweep to begin")
        self.server.restart()  # which asserts that it ends by itself, with status 0
        weft.wait_for(lambda: len(stopped()) == self.MANY, "the sweep to be brought to its end")

    @weft.sqlite_only
    def test_what_was_judged_again_is_what_the_log_says(self):
        """`weft check` makes the projections once more, on a copy, and compares."""
        self.server.publish(weft.product("swept.checked", domain="checked", owner="carol"))
        self.server.put("/api/v1/policies/checked", policy("checked", "checked", 'product.owner.endsWith("-team")'))
        weft.wait_for(lambda: self.server.pages("/api/v1/violations?policy=checked"), "the judgement")
        self.server.stop()
        done = self.assertDone(weft.run_client("check", "--data", self.server.data))
        self.assertRegex(done.stdout, r"(?m)^violations +[1-9]\d* +rows +sound$")
        self.server.start()


@unittest.skipUnless(weft.STORE, "WEFT_TEST_STORE names no PostgreSQL")
class Nodes(weft.Case):
    """Of two nodes on one database one judges again; when it dies the other goes on."""

    MANY = 200

    def test_one_does_it_and_the_other_goes_on_when_it_dies(self):
        data = self.server.data.parent / "second"
        data.mkdir()
        for key in ("log.key", "log.verifier"):
            shutil.copy(self.server.data / key, data / key)
        with weft.Server(data=data, environment={"WEFT_STORE": weft.store_of(self.server.data)}) as second:
            self.sweep(second, "both", lambda: None)
            self.sweep(second, "alone", self.server.kill)
        self.server.start()

    def sweep(self, second, domain, when_it_began):
        for number in range(self.MANY):
            second.publish(weft.product(f"{domain}.p{number:03}", domain=domain, owner="carol"))
        second.put(f"/api/v1/policies/{domain}", policy(domain, domain, 'product.owner.endsWith("-team")'))

        def rows():
            return len(second.pages(f"/api/v1/violations?policy={domain}", limit=1000))

        weft.wait_for(rows, "the sweep to begin")
        when_it_began()
        weft.wait_for(lambda: rows() == self.MANY, "the sweep to be brought to its end")
        judged = [event["subject"] for event in second.events() if event["kind"] == "product.judged"
                  and event["subject"].startswith(f"{domain}.")]
        self.assertEqual((len(judged), len(set(judged))), (self.MANY, self.MANY))


if __name__ == "__main__":
    weft.main()
