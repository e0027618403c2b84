#!/usr/bin/python3
"""A life for policies: every version and who brought it, the end of one, and what a change of one would do."""

import time

import weft

RULE = """\
# what the council decided
kind: Policy
name: {name}
scope: global
enforcement: {enforcement}
match: {{domains: [{domain}]}}
validations:
  - expression: {expression}
    message: The owner should be a team
    pointer: /owner
"""


def rule(name, enforcement="warn", domain="testing", expression='product.owner.endsWith("-team")'):
    return RULE.format(name=name, enforcement=enforcement, domain=domain, expression=expression)


def moment():
    """A time between what happened before and what happens after."""
    time.sleep(0.01)
    text = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime()) + f".{int(time.time() % 1 * 1e6):06d}Z"
    time.sleep(0.01)
    return text


class Versions(weft.Case):
    def define(self, text, **options):
        return self.server.put(f"/api/v1/policies/{weft.yaml.safe_load(text)['name']}", text, **options)

    def versions(self, name):
        return self.server.pages(f"/api/v1/policies/{name}/versions", limit=2)

    def test_every_version_stays_and_says_what_became_of_it(self):
        texts = [rule("kept", how) for how in ("audit", "warn", "deny")]
        events = [self.define(text).json["event"] for text in texts]
        items = self.versions("kept")
        self.assertEqual([item["version"] for item in items], [3, 2, 1])
        self.assertEqual([item["enforcement"] for item in items], ["deny", "warn", "audit"])
        self.assertEqual([item["event"] for item in items], events[::-1])
        self.assertEqual([item["state"] for item in items], ["in force", "replaced", "replaced"])
        self.assertEqual([item["until"] for item in items], [None, events[2], events[1]])
        self.assertEqual(len({item["hash"] for item in items}), 3)
        for number, text in enumerate(texts, start=1):
            answer = self.server.get(f"/api/v1/policies/kept/versions/{number}", headers={"Accept": "application/yaml"})
            self.assertEqual(answer.text, text)
            answer = self.server.get(f"/api/v1/policies/kept/versions/{number}")
            self.assertEqual(answer.json["policy"], weft.yaml.safe_load(text))
            self.assertEqual(answer.json["version"], number)
        for unknown in ("4", "0", "x", "1.0"):
            self.assertProblem(self.server.get(f"/api/v1/policies/kept/versions/{unknown}"), 404)
        self.assertProblem(self.server.get("/api/v1/policies/nobody/versions"), 404)

    def test_a_policy_is_read_as_of_a_time(self):
        before = moment()
        self.define(rule("timed", "warn"))
        first = moment()
        self.define(rule("timed", "deny"))
        second = moment()
        self.server.delete("/api/v1/policies/timed?reason=over")
        after = moment()
        path = "/api/v1/policies/timed?as_of="
        self.assertProblem(self.server.get(path + before), 404)
        self.assertEqual(self.server.get(path + first).json["enforcement"], "warn")
        self.assertEqual(self.server.get(path + first).json["state"], "replaced")
        self.assertEqual(self.server.get(path + second, headers={"Accept": "application/yaml"}).text, rule("timed", "deny"))
        self.assertProblem(self.server.get(path + after), 404)
        self.assertProblem(self.server.get(path + "yesterday"), 400)

    def test_a_retired_policy_judges_nobody_and_comes_back_with_the_next_version(self):
        product = weft.product("retiring.one", owner="carol")
        self.define(rule("ends", "deny"))
        self.assertProblem(self.server.publish(product), 422)
        size = self.server.checkpoint().size
        self.assertEqual(self.server.delete("/api/v1/policies/ends?dry_run=true").json["outcome"], "checked")
        self.assertEqual(self.server.checkpoint().size, size)
        answer = self.assertStatus(self.server.delete("/api/v1/policies/ends?reason=voted+down"), 200)
        self.assertEqual(answer.json, {"name": "ends", "version": 1, "outcome": "retired", "event": size + 1})
        self.assertStatus(self.server.publish(product), 201)
        self.assertProblem(self.server.get("/api/v1/policies/ends"), 404)
        self.assertNotIn("ends", [item["name"] for item in self.server.pages("/api/v1/policies")])
        (item,) = self.versions("ends")
        self.assertEqual((item["state"], item["until"]), ("retired", size + 1))
        self.assertTrue(item["retired_by"] and item["retired_at"])
        event = self.server.events(after=size)[0]
        self.assertEqual((event["kind"], event["subject"]), ("policy.retired", "ends"))
        self.assertEqual(event["body"], {"version": 1, "hash": item["hash"], "reason": "voted down"})
        # Once more changes nothing; the same text again is the next version.
        self.assertEqual(self.server.delete("/api/v1/policies/ends").json["outcome"], "unchanged")
        self.assertStatus(self.define(rule("ends", "deny")), 201)
        self.assertEqual([item["version"] for item in self.versions("ends")], [2, 1])
        self.assertProblem(self.server.publish(weft.product("retiring.two", owner="carol")), 422)
        self.assertProblem(self.server.delete("/api/v1/policies/nobody"), 404)

    def test_a_retirement_heeds_preconditions_and_happens_once(self):
        etag = self.define(rule("guarded")).etag
        self.define(rule("guarded", "deny"))
        self.assertProblem(self.server.delete("/api/v1/policies/guarded", headers={"If-Match": etag}), 412)
        current = self.server.get("/api/v1/policies/guarded").etag
        headers = {"If-Match": current, "Idempotency-Key": "end-guarded"}
        first = self.assertStatus(self.server.delete("/api/v1/policies/guarded", headers=headers), 200)
        again = self.assertStatus(self.server.delete("/api/v1/policies/guarded", headers=headers), 200)
        self.assertEqual(again.json, first.json)
        self.assertEqual(again.headers["idempotent-replayed"], "true")
        self.assertProblem(self.server.delete("/api/v1/policies/guarded", headers={"If-Match": current}), 412)

    def test_a_ready_made_policy_that_was_retired_does_not_come_back(self):
        with weft.Server() as server:
            self.assertStatus(server.delete("/api/v1/policies/quality-checks-required?reason=no"), 200)
            server.restart()
            self.assertEqual(server.get("/api/v1/policies/quality-checks-required").status, 404)
            self.assertEqual(len(server.pages("/api/v1/policies")), 2)
            self.assertStatus(server.publish(weft.product("unchecked.one", quality_checks=None)), 201)

    def test_only_a_steward_retires(self):
        with weft.Server(dev=False) as server:
            server.token = (server.data / "admin.token").read_text().strip()
            tokens = {"reader": server.new_token("rita", "reader"), "steward": server.new_token("steve", "steward"),
                      "publisher": server.new_token("paula", "publisher", ["testing"])}
            path = "/api/v1/policies/quality-checks-required"
            self.assertProblem(server.delete(path, token=tokens["publisher"]["token"]), 403)
            self.assertStatus(server.get(path + "/versions", token=tokens["reader"]["token"]), 200)
            self.assertStatus(server.delete(path, token=tokens["steward"]["token"]), 200)
            (item,) = server.get(path + "/versions").json["items"]
            self.assertEqual(item["retired_by"], "steve")

    def test_the_client_shows_versions_and_retires(self):
        self.define(rule("by-client", "warn"))
        self.define(rule("by-client", "deny"))
        done = self.assertDone(self.server.client("policy", "versions", "by-client"))
        self.assertRegex(done.stdout, r"(?s)2 +in force +deny.*1 +replaced +warn")
        done = self.assertDone(self.server.client("policy", "show", "by-client", "--version", "1"))
        self.assertEqual(done.stdout, rule("by-client", "warn"))
        self.assertDone(self.server.client("policy", "retire", "by-client"), 2)
        done = self.assertDone(self.server.client("policy", "retire", "by-client", "--reason", "enough"))
        self.assertRegex(done.stdout, r"by-client 2  retired by event \d+")
        done = self.assertDone(self.server.client("policy", "show", "by-client"), 2)
        done = self.assertDone(self.server.client("policy", "versions", "by-client"))
        self.assertRegex(done.stdout, r"2 +retired +deny")


if __name__ == "__main__":
    weft.main()
