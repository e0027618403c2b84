#!/usr/bin/python3
"""Policies that an Open Policy Agent decides: what it is told, what its answers do, and who waits for it."""

import concurrent.futures
import json
import threading
import time

import certificates
import opa_agent
import weft


def policy(name, agent, domain, **changes):
    """A policy about the products of one domain, so that those of others concern nobody."""
    document = {
        "kind": "Policy",
        "name": name,
        "enforcement": "deny",
        "match": {"domains": [domain]},
        "engine": "opa",
        "opa": {"url": agent.url, "path": f"weft/{name.replace('-', '_')}"},
    }
    document.update(changes)
    return document


class OpaCase(weft.Case):
    """Each class has an agent of its own."""

    @classmethod
    def setUpClass(cls):
        cls.agent = opa_agent.Agent().start()
        super().setUpClass()

    @classmethod
    def tearDownClass(cls):
        cls.agent.close()
        super().tearDownClass()

    def define(self, name, decide, domain=None, **changes):
        """The policy, decided by that function; its domain and the path have its name."""
        domain = domain or name
        document = policy(name, self.agent, domain, **changes)
        self.agent.decides[document["opa"]["path"]] = decide
        self.assertIn(self.server.put(f"/api/v1/policies/{name}", document).status, (200, 201))
        return document

    def newest(self, kind="product.published"):
        return [event for event in self.server.events() if event["kind"] == kind][-1]

    def verdict(self, event, name):
        return next(v for v in event["body"]["verdicts"] if v["policy"] == name)

    def violation(self, answer, name):
        return next(v for v in answer.violations if v.get("policy") == name)


class Answers(OpaCase):
    def test_true_and_false(self):
        self.define("owned", lambda document: document["product"]["owner"] != "nobody",
                    description="Products have owners")
        self.assertStatus(self.server.publish(weft.product("owned.good", domain="owned")), 201)
        answer = self.server.publish(weft.product("owned.bad", domain="owned", owner="nobody"))
        problem = self.assertProblem(answer, 422)
        self.assertIn(f"Products have owners (not so, says the Open Policy Agent at '{self.agent.url}/v1/data/weft/owned')",
                      problem["detail"])
        self.assertStatus(self.server.get("/api/v1/products/owned.bad"), 404)

    def test_a_violation_points_at_the_line(self):
        self.define("pointed", lambda _: [{"message": "Whose is it?", "rule": "owner", "pointer": "/owner"}, "And more"])
        text = "name: pointed.one\ndomain: pointed\nowner: somebody\n" \
               "schema: [{name: id, type: STRING}]\nquality_checks: [{unique: id}]\n"
        answer = self.server.publish(text)
        self.assertProblem(answer, 422)
        self.assertEqual([(v["message"], v["rule"], v["pointer"], v["line"]) for v in answer.violations],
                         [("And more", "pointed", "", 1), ("Whose is it?", "owner", "/owner", 3)])

    def test_a_map_of_allow_and_violations(self):
        says = {}
        self.define("mapped", lambda _: says)
        for answer, status in (({"allow": True}, 201), ({"allow": False}, 422), ({"deny": []}, 201), ({"deny": ["no"]}, 422),
                               ({"allow": True, "violations": [{"msg": "no"}]}, 422), ({}, 422)):
            says.clear()
            says.update(answer)
            with self.subTest(answer=answer):
                name = f"mapped.p{abs(hash(json.dumps(answer)))}"
                self.assertStatus(self.server.publish(weft.product(name, domain="mapped")), status)

    def test_the_event_says_who_decided(self):
        self.define("logged", lambda _: True)
        self.assertStatus(self.server.publish(weft.product("logged.one", domain="logged")), 201)
        verdict = self.verdict(self.newest(), "logged")
        self.assertEqual((verdict["engine"], verdict["outcome"], verdict["enforcement"]), ("opa", "satisfied", "deny"))
        self.assertRegex(verdict["decision_id"], r"^[0-9a-f]{8}-")
        self.assertNotIn("engine", self.verdict(self.newest(), "quality-checks-required"))

    def test_warn_warns(self):
        self.define("warned", lambda _: ["Better not"], enforcement="warn")
        answer = self.assertStatus(self.server.publish(weft.product("warned.one", domain="warned")), 201)
        self.assertEqual(self.violation(answer, "warned")["message"], "Better not")
        self.assertEqual(self.server.get("/api/v1/products/warned.one").json["standing"], "warned")

    def test_all_complaints_come_at_once(self):
        self.define("together", lambda _: ["From the agent"])
        answer = self.server.publish(weft.product("together.one", domain="together", quality_checks=None))
        self.assertProblem(answer, 422)
        self.assertEqual({v["policy"] for v in answer.violations}, {"together", "quality-checks-required"})

    def test_several_are_asked_beside_each_other(self):
        gate = threading.Barrier(3, timeout=weft.PATIENCE)
        for n in range(3):
            self.define(f"beside-{n}", lambda _: gate.wait() >= 0, "beside")
        self.assertStatus(self.server.publish(weft.product("beside.one", domain="beside")), 201)

    def test_nothing_is_written_while_it_is_only_tried_out(self):
        self.define("tried", lambda _: ["No"])
        size = self.server.checkpoint().size
        document = weft.product("tried.one", domain="tried")
        self.assertProblem(self.server.publish(document, "?dry_run=true"), 422)
        judged = self.assertStatus(self.server.post("/api/v1/evaluate", document), 200).json
        self.assertEqual((judged["outcome"], judged["violations"][0]["message"]), ("refused", "No"))
        self.assertEqual(self.server.checkpoint().size, size)
        self.agent.decides["weft/tried"] = lambda _: True
        judged = self.assertStatus(self.server.post("/api/v1/evaluate", document), 200).json
        self.assertEqual(judged["outcome"], "accepted")
        self.assertEqual(self.server.publish(document, "?dry_run=true").json["outcome"], "checked")

    def test_with_a_key_it_is_asked_once(self):
        self.define("keyed", lambda _: True)
        headers = {"Idempotency-Key": "asked-once"}
        document = weft.product("keyed.one", domain="keyed")
        first = self.assertStatus(self.server.publish(document, headers=headers), 201)
        again = self.assertStatus(self.server.publish(document, headers=headers), 201)
        self.assertEqual(again.json, first.json)
        self.assertEqual(len(self.agent.brought("keyed.one")), 1)

    def test_an_unchanged_product_is_not_asked_about(self):
        self.define("unchanged", lambda _: True)
        document = weft.product("unchanged.one", domain="unchanged")
        self.assertStatus(self.server.publish(document), 201)
        self.assertEqual(self.server.publish(document).json["outcome"], "unchanged")
        self.assertEqual(len(self.agent.brought("unchanged.one")), 1)


class Questions(OpaCase):
    def test_it_is_told_all_that_our_own_policies_see(self):
        self.define("told", lambda _: True, parameters={"least": 3, "words": {"type": "list", "default": ["a"]}},
                    values=[{"scope": "domain:told", "set": {"least": 4}}])
        self.server.put("/api/v1/domains/told", {"name": "told", "team": "tellers", "tags": ["x"]})
        self.assertStatus(self.server.publish(weft.product("told.source", domain="told")), 201)
        document = weft.product("told.made", domain="told", inputs=[{"product": "told.source"}])
        self.assertStatus(self.server.publish(document), 201)
        self.assertStatus(self.server.publish({**document, "description": "again"}), 200)
        first, second = self.agent.brought("told.made")
        self.assertEqual(set(first), {"product", "previous", "upstream", "facts", "params", "now"})
        self.assertEqual(first["product"], document)
        self.assertIsNone(first["previous"])
        self.assertEqual(second["previous"], document)
        self.assertEqual(second["product"]["description"], "again")
        self.assertEqual(first["upstream"][0]["name"], "told.source")
        self.assertEqual(first["facts"]["domain"], {"name": "told", "team": "tellers", "tags": ["x"]})
        self.assertEqual(first["params"], {"least": 4, "words": ["a"]})
        decision = self.newest()["body"]["decision"]
        self.assertEqual((decision["now"], decision["facts"]), (second["now"], second["facts"]))
        self.assertEqual(self.agent.headers[-1]["Content-Type"], "application/json")

    def test_nobody_is_asked_about_what_it_does_not_concern(self):
        self.define("concerned", lambda _: False, match={"domains": ["concerned"], "condition": "product.owner == 'them'"})
        self.define("scoped", lambda _: False, scope="domain:concerned.part", match={})
        self.assertStatus(self.server.publish(weft.product("concerned.not", domain="concerned")), 201)
        self.assertStatus(self.server.publish(weft.product("concerned.other", domain="elsewhere", owner="them")), 201)
        self.assertEqual(self.agent.brought("concerned.not") + self.agent.brought("concerned.other"), [])
        self.assertProblem(self.server.publish(weft.product("concerned.yes", domain="concerned", owner="them")), 422)

    def test_what_changes_while_it_is_asked_is_asked_again(self):
        asked, gate = threading.Event(), threading.Event()

        def decide(_):
            asked.set()
            gate.wait(weft.PATIENCE)
            return True
        self.define("changing", decide, opa={"url": self.agent.url, "path": "weft/changing", "deadline": "10 seconds"})
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            published = pool.submit(self.server.publish, weft.product("changing.one", domain="changing"))
            self.assertTrue(asked.wait(weft.PATIENCE))
            self.server.put("/api/v1/domains/changing", {"name": "changing", "team": "newcomers"})
            gate.set()
            self.assertStatus(published.result(), 201)
        first, second = self.agent.brought("changing.one")
        self.assertIsNone(first["facts"]["domain"]["team"])
        self.assertEqual(second["facts"]["domain"]["team"], "newcomers")
        decision = self.newest()["body"]["decision"]
        self.assertEqual(decision["facts"]["domain"]["team"], "newcomers")
        self.assertEqual(decision["now"], second["now"])

    def test_what_does_not_concern_it_changes_nothing(self):
        asked, gate = threading.Event(), threading.Event()

        def decide(_):
            asked.set()
            gate.wait(weft.PATIENCE)
            return True
        self.define("steady", decide, opa={"url": self.agent.url, "path": "weft/steady", "deadline": "10 seconds"})
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            published = pool.submit(self.server.publish, weft.product("steady.one", domain="steady"))
            self.assertTrue(asked.wait(weft.PATIENCE))
            self.assertStatus(self.server.publish(weft.product("another.one", domain="another")), 201)
            gate.set()
            self.assertStatus(published.result(), 201)
        self.assertEqual(len(self.agent.brought("steady.one")), 1)


    def test_what_changes_each_time_is_given_up(self):
        count = iter(range(100))

        def decide(_):
            self.server.put("/api/v1/domains/restless", {"name": "restless", "team": f"team-{next(count)}"})
            return True
        self.define("restless", decide)
        answer = self.server.publish(weft.product("restless.one", domain="restless"))
        self.assertIn("has changed 5 times while it was asked", self.assertProblem(answer, 503)["detail"])
        self.assertEqual(len(self.agent.brought("restless.one")), 5)
        self.assertStatus(self.server.get("/api/v1/products/restless.one"), 404)


class Beforehand(OpaCase):
    """What such a policy would do to the mesh, and what is left of its decisions."""

    def try_out(self, document, query="?domain=trial", **options):
        return self.server.post("/api/v1/policies/impact" + query, document, **options)

    def setUp(self):
        for n in range(70):
            self.server.publish(weft.product(f"trial.p{n:02}", domain="trial", owner=f"team-{n % 7}"))

    def test_the_impact_is_what_the_agent_says(self):
        self.agent.decides["weft/trial"] = lambda document: document["product"]["owner"] != "team-3"
        document = policy("trial", self.agent, "trial")
        asked = len(self.agent.questions)
        found = self.assertStatus(self.try_out(document, "?domain=trial&limit=100"), 200).json
        self.assertEqual([(row["domain"], row["products"], row["refused"]) for row in found["by_domain"]], [("trial", 70, 10)])
        self.assertEqual(len(self.agent.questions) - asked, 70)
        lines = self.try_out(document, headers={"Accept": "application/x-ndjson"}).text.splitlines()
        self.assertEqual(len([line for line in lines if json.loads(line)["kind"] == "product"]), 10)

    def test_without_an_answer_there_is_none(self):
        self.agent.decides["weft/trial"] = self.agent.never
        document = policy("trial", self.agent, "trial")
        document["opa"]["deadline"] = "200 milliseconds"
        self.assertIn("took too long", self.assertProblem(self.try_out(document), 504)["detail"])
        lines = self.try_out(document, headers={"Accept": "application/x-ndjson"}).text.splitlines()
        self.assertIn("took too long", lines[-1])

    def test_nobody_is_asked_about_a_large_mesh(self):
        for n in range(431):
            self.assertStatus(self.server.publish(weft.product(f"large.p{n}", domain="large")), 201)
        asked = len(self.agent.questions)
        refused = self.assertProblem(self.try_out(policy("trial", self.agent, "*"), ""), 422)
        self.assertRegex(refused["detail"], "is asked about 500 products at most, not about 50[12]: try it on one domain")
        self.assertEqual(len(self.agent.questions), asked)

    def test_a_decision_is_not_made_again(self):
        self.define("decided", lambda document: True)
        self.assertStatus(self.server.publish(weft.product("decided.one", domain="decided")), 201)
        done = self.server.client("policy", "replay")
        self.assertDone(done)
        self.assertIn("a policy asks an Open Policy Agent", done.stdout + done.stderr)


class Silence(OpaCase):
    """Whatever goes wrong refuses, says why and where, and is in the log."""

    def fails(self, name, decide, *said, **changes):
        document = self.define(name, decide, **changes)
        answer = self.server.publish(weft.product(f"{name}.one", domain=name))
        self.assertProblem(answer, 422)
        message = self.violation(answer, name)["message"]
        self.assertIn(f"whether the policy '{name}' is kept cannot be told: ", message)
        self.assertIn(f"{document['opa']['url']}/v1/data/weft/{name}", message)
        for words in said:
            self.assertIn(words, message)
        verdict = self.verdict(self.newest("product.refused"), name)
        self.assertEqual((verdict["outcome"], verdict["engine"]), ("failed", "opa"))
        return answer

    @staticmethod
    def saying(*words, **names):
        def decide(_):
            raise opa_agent.Answer(*words, **names)
        return decide

    def test_undefined(self):
        self.fails("undefined", lambda _: opa_agent.UNDEFINED, "no result")

    def test_an_answer_of_another_kind(self):
        self.fails("number", lambda _: 7, "a whole number", "expected true or false")
        self.fails("odd", lambda _: [7], "a violation that is neither")
        self.fails("both", lambda _: {"allow": "yes"}, "'allow'")

    def test_an_error(self):
        def decide(_):
            raise opa_agent.failure(500, "internal_error", "eval_conflict_error: complete rules must not produce several")
        self.fails("broken", decide, "status 500", "eval_conflict_error")
        self.fails("status", self.saying(503, b"<html>busy"), "status 503")

    def test_garbage(self):
        self.fails("garbage", self.saying(body=b'{"result": tru'), "no map in JSON")
        self.fails("bytes", self.saying(body=b'{"result": "\xff\xfe"}'), "no map in JSON")
        self.fails("list", self.saying(body=b"[true]"), "no map in JSON")
        self.fails("deep", self.saying(body=b'{"result": ' + b"[" * 2000 + b"]" * 2000 + b"}"), "no map in JSON")

    def test_an_answer_without_end(self):
        self.fails("huge", lambda _: ["x" * 100] * 20000, "more than 1048576 bytes")

    def test_many_violations(self):
        self.define("many", lambda _: [f"v{n}" for n in range(1000)])
        answer = self.server.publish(weft.product("many.one", domain="many"))
        self.assertEqual(sorted(answer.messages)[0], "... and 901 more")
        self.assertEqual(len(answer.violations), 100)

    def test_a_connection_that_breaks(self):
        self.fails("closed", self.saying(body=None), "cannot be reached")

    def test_nobody_there(self):
        gone = opa_agent.Agent()
        gone.server.server_close()
        self.fails("gone", lambda _: True, "cannot be reached", opa={"url": gone.url, "path": "weft/gone"})

    def test_too_slow(self):
        begun = time.monotonic()
        self.fails("slow", self.agent.never, "took too long",
                   opa={"url": self.agent.url, "path": "weft/slow", "deadline": "200 milliseconds"})
        self.assertLess(time.monotonic() - begun, weft.PATIENCE / 2)

    def test_a_redirect_is_not_followed(self):
        other = opa_agent.Agent().start()
        self.addCleanup(other.close)
        for status in (302, 307, 308):
            answer = self.saying(status, b"", [("Location", f"{other.url}/v1/data/weft/elsewhere")])
            self.fails(f"led{status}", answer, f"status {status}")
        self.assertEqual(other.questions, [])

    def test_in_its_enforcement(self):
        self.define("advice", self.agent.never, enforcement="warn",
                    opa={"url": self.agent.url, "path": "weft/advice", "deadline": "100 milliseconds"})
        answer = self.assertStatus(self.server.publish(weft.product("advice.one", domain="advice")), 201)
        self.assertIn("took too long", self.violation(answer, "advice")["message"])
        self.assertEqual(self.verdict(self.newest(), "advice")["outcome"], "failed")


class Waiting(OpaCase):
    arguments = ("--opa-at-once", "8")

    def test_who_waits_for_it_holds_nobody_else_up(self):
        self.define("hanging", self.agent.never,
                    opa={"url": self.agent.url, "path": "weft/hanging", "deadline": "10 seconds"})
        self.assertStatus(self.server.publish(weft.product("free.first", domain="free")), 201)
        weft.wait_for(lambda: self.agent.busy == 0, "the questions of other tests to end")
        self.agent.busiest = 0
        with concurrent.futures.ThreadPoolExecutor(64) as pool:
            waiting = [pool.submit(self.server.publish, weft.product(f"hanging.p{n}", domain="hanging")) for n in range(64)]
            weft.wait_for(lambda: self.agent.busy == 8, "eight questions under way")
            begun = time.monotonic()
            for n in range(8):
                self.assertStatus(self.server.publish(weft.product(f"free.p{n}", domain="free")), 201)
                self.assertStatus(self.server.get("/api/v1/products/free.first"), 200)
                self.assertStatus(self.server.get("/api/v1/products/free.first/compliance"), 200)
                self.assertStatus(self.server.post("/api/v1/evaluate", weft.product("free.eval", domain="free")), 200)
            self.assertFalse([w for w in waiting if w.done()], f"{time.monotonic() - begun} s passed")
            self.assertEqual(self.agent.busiest, 8)
            for answer in concurrent.futures.as_completed(waiting):
                self.assertIn("took too long", self.violation(answer.result(), "hanging")["message"])

    def test_another_agent_is_asked_meanwhile(self):
        other = opa_agent.Agent().start()
        self.addCleanup(other.close)
        other.decides["weft/prompt"] = lambda _: True
        self.define("stuck", self.agent.never, opa={"url": self.agent.url, "path": "weft/stuck", "deadline": "10 seconds"})
        self.define("prompt", None, opa={"url": other.url, "path": "weft/prompt"})
        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            stuck = [pool.submit(self.server.publish, weft.product(f"stuck.p{n}", domain="stuck")) for n in range(16)]
            weft.wait_for(lambda: self.agent.busy == 8, "eight questions under way")
            self.assertStatus(self.server.publish(weft.product("prompt.one", domain="prompt")), 201)
            self.assertFalse([s for s in stuck if s.done()])

    def test_many_are_answered(self):
        self.define("crowd", self.agent.slowly(0.01, True))
        with concurrent.futures.ThreadPoolExecutor(32) as pool:
            answers = list(pool.map(lambda n: self.server.publish(weft.product(f"crowd.p{n}", domain="crowd")), range(128)))
        self.assertEqual({answer.status for answer in answers}, {201})
        names = [event["subject"] for event in self.server.events() if event["subject"].startswith("crowd.")]
        self.assertEqual(len(set(names)), 128)

    def test_metrics(self):
        self.define("counted", lambda _: True)
        before = self.counts()
        self.assertStatus(self.server.publish(weft.product("counted.one", domain="counted")), 201)
        self.agent.decides["weft/counted"] = lambda _: (_ for _ in ()).throw(opa_agent.failure(500, "a", "b"))
        self.assertProblem(self.server.publish(weft.product("counted.two", domain="counted")), 422)
        after = self.counts()
        asked, failed, timed = (after[f"weft_opa_{name}"] - before[f"weft_opa_{name}"]
                                for name in ("questions_total", "failures_total", "seconds_count"))
        self.assertGreaterEqual(asked, 2)  # who judges again asks, too
        self.assertGreaterEqual(failed, 1)
        self.assertLess(failed, asked)
        self.assertEqual(timed, asked)

    def counts(self):
        found = {}
        for line in self.server.get("/metrics").text.splitlines():
            name, _, value = line.partition(" ")
            if name in ("weft_opa_questions_total", "weft_opa_failures_total", "weft_opa_seconds_count"):
                found[name] = int(value)
        return found


class Standing(OpaCase):
    """Products in force before such a policy: asked again when something changes, and never by a reader."""

    arguments = ("--standing-interval", "2")

    def stands(self, name):
        return self.server.get(f"/api/v1/products/{name}").json["standing"]

    def policy_of(self, product, name):
        answer = self.assertStatus(self.server.get(f"/api/v1/products/{product}/compliance"), 200).json
        return next(p for p in answer["policies"] if p["policy"] == name)

    def test_a_new_policy_is_asked_about_all_that_it_concerns(self):
        for n in range(40):
            self.assertStatus(self.server.publish(weft.product(f"all.p{n:02}", domain="all", owner=f"team-{n % 2}")), 201)
        self.define("all", lambda document: [] if document["product"]["owner"] == "team-0" else [
            {"message": "Not theirs", "rule": "owner", "pointer": "/owner"}])
        weft.wait_for(lambda: [self.stands(f"all.p{n:02}") for n in range(40)] == ["compliant", "violating"] * 20,
                      "all of them to stand as they should")
        event = next(e for e in self.server.events() if (e["kind"], e["subject"]) == ("product.judged", "all.p01"))
        self.assertEqual(event["body"]["cause"]["kind"], "policy.defined")
        self.assertRegex(self.verdict(event, "all")["decision_id"], "-")
        asked = len(self.agent.about("all.p01"))
        found = self.policy_of("all.p01", "all")
        self.assertEqual((found["outcome"], found["violations"][0]["message"], found["violations"][0]["rule"]),
                         ("violated", "Not theirs", "owner"))
        self.assertEqual(self.policy_of("all.p00", "all")["outcome"], "satisfied")
        self.assertLess(len(self.agent.about("all.p01")) - asked, 3, "who reads does not ask")

    def test_what_the_agent_has_learnt_counts_by_and_by(self):
        knows = {"ok": True}
        self.define("learning", lambda _: knows["ok"])
        self.assertStatus(self.server.publish(weft.product("learning.one", domain="learning")), 201)
        knows["ok"] = False
        weft.wait_for(lambda: self.stands("learning.one") == "violating", "the change to be found out")
        knows["ok"] = True
        weft.wait_for(lambda: self.stands("learning.one") == "compliant", "the change back")

    def test_an_agent_that_is_away_changes_nothing(self):
        self.define("away", lambda document: document["product"]["owner"] == "good")
        self.assertStatus(self.server.publish(weft.product("away.good", domain="away", owner="good")), 201)
        self.define("away", lambda document: document["product"]["owner"] != "good", enforcement="warn")
        weft.wait_for(lambda: self.stands("away.good") == "warned", "it to be found out")
        self.agent.decides["weft/away"] = lambda _: (_ for _ in ()).throw(opa_agent.Answer(body=None))
        asked = len(self.agent.about("away.good"))
        weft.wait_for(lambda: len(self.agent.about("away.good")) >= asked + 2, "it to be asked in vain")
        self.assertEqual(self.stands("away.good"), "warned")
        found = self.policy_of("away.good", "away")
        self.assertEqual((found["outcome"], len(found["violations"])), ("violated", 1))
        judged = [e for e in self.server.events() if (e["kind"], e["subject"]) == ("product.judged", "away.good")]
        self.assertEqual(len(judged), 1)

    def test_a_new_policy_without_an_answer_is_not_kept(self):
        self.assertStatus(self.server.publish(weft.product("mute.one", domain="mute")), 201)
        self.define("mute", lambda _: (_ for _ in ()).throw(opa_agent.Answer(503)))
        weft.wait_for(lambda: self.stands("mute.one") == "violating", "it to be found out")
        found = self.policy_of("mute.one", "mute")
        self.assertEqual(found["outcome"], "failed")
        self.assertIn("cannot be told: the Open Policy Agent at", found["violations"][0]["message"])
        self.assertEqual(found["violations"][0]["message"].count("cannot be told"), 1)
        self.agent.decides["weft/mute"] = lambda _: True
        weft.wait_for(lambda: self.stands("mute.one") == "compliant", "it to be cured")


class Stopping(OpaCase):
    def test_a_server_that_stops_brings_it_to_its_end(self):
        asked = threading.Event()

        def decide(_):
            asked.set()
            time.sleep(0.5)
            return True
        self.define("stopping", decide, opa={"url": self.agent.url, "path": "weft/stopping", "deadline": "10 seconds"})
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            published = pool.submit(self.server.publish, weft.product("stopping.one", domain="stopping"))
            self.assertTrue(asked.wait(weft.PATIENCE))
            self.server.stop()
            self.assertStatus(published.result(), 201)
        self.server.start()
        self.assertStatus(self.server.get("/api/v1/products/stopping.one"), 200)


class Whom(OpaCase):
    """Whom the server asks by itself: agents on its own machine."""

    def test_others_are_refused_when_the_policy_is_stored(self):
        document = policy("elsewhere", self.agent, "elsewhere", opa={"url": "http://opa.example:8181", "path": "a"})
        answer = self.server.put("/api/v1/policies/elsewhere", document)
        self.assertProblem(answer, 422)
        self.assertEqual((answer.violations[0]["rule"], answer.violations[0]["pointer"]), ("agent", "/opa/url"))
        self.assertIn("does not ask 'http://opa.example:8181': its setting 'opa' names nobody", answer.messages[0])

    def test_what_makes_no_sense_is_refused(self):
        for opa, status in (({"url": self.agent.url, "path": "../v1/query"}, 400), ({"url": self.agent.url, "path": "/a"}, 400),
                            ({"url": "http://a@127.0.0.1", "path": "a"}, 400), ({"url": "file:///etc/passwd", "path": "a"}, 400),
                            ({"url": self.agent.url, "path": "a", "deadline": "11 seconds"}, 400)):
            with self.subTest(opa=opa):
                self.assertProblem(self.server.put("/api/v1/policies/sense", policy("sense", self.agent, "sense", opa=opa)),
                                   status)
        tested = policy("sense", self.agent, "sense", tests=[{"name": "t", "product": {}, "expect": "pass"}])
        self.assertIn("'tests' does not go with", self.server.put("/api/v1/policies/sense", tested).messages[0])

    def test_settings_that_make_no_sense_do_not_start(self):
        folder = self.folder()
        for arguments, said in ((("--opa", "localhost:8181"), "is no address"), (("--opa-token", "/nowhere"), "must name"),
                                (("--opa", self.agent.url, "--opa-token", "/nowhere"), "opa_token"),
                                (("--opa", "http://user@127.0.0.1:1"), "is no address")):
            done = weft.refused_start(folder, *arguments)
            self.assertNotEqual(done.returncode, 0)
            self.assertIn(said, done.stderr)

    def test_only_a_server_asks(self):
        path = self.folder() / "policy.json"
        path.write_text(json.dumps(policy("offline", self.agent, "offline")))
        product = self.folder() / "product.json"
        product.write_text(json.dumps(weft.product("offline.one", domain="offline")))
        done = weft.run_client("validate", "--policy", path, product)
        self.assertDone(done)
        self.assertRegex(done.stderr, "warning: not judged without the mesh: .* and only a server asks it")
        self.assertEqual(self.agent.brought("offline.one"), [])


class Tokens(weft.Case):
    """Those that the settings name get the token, from a file that may be replaced."""

    def setUp(self):
        self.agent = opa_agent.Agent(token="first-secret").start()
        self.addCleanup(self.agent.close)
        self.agent.decides["weft/trusted"] = lambda _: True
        self.token = self.folder() / "token"
        self.token.write_text("first-secret\n")

    def serve(self, *arguments):
        server = weft.Server(arguments=arguments)
        self.addCleanup(server.close)
        return server.start()

    def test_it_is_sent_and_never_shown(self):
        server = self.serve("--opa", f"http://127.0.0.1:1, {self.agent.url}/", "--opa-token", self.token)
        self.assertStatus(server.put("/api/v1/policies/trusted", policy("trusted", self.agent, "trusted")), 201)
        self.assertStatus(server.publish(weft.product("trusted.one", domain="trusted")), 201)
        self.agent.token = "second-secret"
        refused = server.publish(weft.product("trusted.two", domain="trusted"))
        self.assertProblem(refused, 422)
        self.assertIn("status 401: request rejected by administrative policy", refused.messages[0])
        self.token.write_text("second-secret")
        self.assertStatus(server.publish(weft.product("trusted.two", domain="trusted")), 201)
        self.token.unlink()
        refused = server.publish(weft.product("trusted.three", domain="trusted"))
        self.assertIn("the token for Open Policy Agents", refused.messages[0])
        shown = json.dumps(server.events()) + server.get("/metrics").text + server.log_text(10**9)
        self.assertNotIn("-secret", shown)

    def test_who_is_not_named_is_not_asked(self):
        other = opa_agent.Agent().start()
        self.addCleanup(other.close)
        server = self.serve("--opa", self.agent.url, "--opa-token", self.token)
        answer = server.put("/api/v1/policies/other", policy("other", other, "other"))
        self.assertProblem(answer, 422)
        self.assertIn("its setting 'opa' names others", answer.messages[0])

    def test_what_was_allowed_before_fails_closed(self):
        server = self.serve()
        self.agent.token = None
        self.assertStatus(server.put("/api/v1/policies/trusted", policy("trusted", self.agent, "trusted")), 201)
        self.assertStatus(server.publish(weft.product("trusted.one", domain="trusted")), 201)
        server.stop()
        server.arguments = ["--opa", "http://opa.example:8181"]
        server.start()
        refused = server.publish(weft.product("trusted.two", domain="trusted"))
        self.assertProblem(refused, 422)
        self.assertIn("names others", refused.messages[0])
        self.assertEqual(self.agent.brought("trusted.two"), [])

    def test_certificates_are_checked(self):
        folder = self.folder()
        authority = certificates.Authority(folder)
        agent = opa_agent.Agent(certificate=authority.issue("agent")).start()
        self.addCleanup(agent.close)
        agent.decides["weft/sealed"] = lambda _: True
        server = self.serve()
        self.assertStatus(server.put("/api/v1/policies/sealed", policy("sealed", agent, "sealed")), 201)
        refused = server.publish(weft.product("sealed.one", domain="sealed"))
        self.assertProblem(refused, 422)
        self.assertRegex(refused.messages[0], "(?i)certificate")
        self.assertEqual(agent.questions, [])
        server.stop()
        server.arguments = ["--opa-ca", str(authority.ca)]
        server.start()
        self.assertStatus(server.publish(weft.product("sealed.one", domain="sealed")), 201)


if __name__ == "__main__":
    weft.main()
