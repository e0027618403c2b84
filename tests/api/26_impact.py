#!/usr/bin/python3
"""A life for policies: every version and who brought it, the end of one, and what a change of one would do."""

import json
import os
import pathlib
import pty
import shutil
import socket
import subprocess
import tempfile
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
    text = weft.moment()
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
        self.assertDone(self.server.client("policy", "retire", "by-client", "--reason", " "), 2)
        self.assertIn("checked", self.assertDone(self.server.client("policy", "retire", "by-client", "--dry-run")).stdout)
        done = self.assertDone(self.server.client("policy", "retire", "by-client", "--reason", "enough"))
        self.assertRegex(done.stdout, r"by-client 2  retired by event \d+")
        done = self.assertDone(self.server.client("policy", "show", "by-client"), 2)
        done = self.assertDone(self.server.client("policy", "versions", "by-client"))
        self.assertRegex(done.stdout, r"2 +retired +deny")


LINES = {"Accept": "application/x-ndjson"}


class Impact(weft.Case):
    """A server of its own for each test: an impact looks at every product that there is."""

    @classmethod
    def setUpClass(cls):
        pass

    @classmethod
    def tearDownClass(cls):
        pass

    def setUp(self):
        self.server = weft.Server()
        self.addCleanup(self.server.close)
        self.server.start()

    def publish(self, name, owner, domain="testing", **changes):
        return self.assertStatus(self.server.publish(weft.product(name, owner=owner, domain=domain, **changes)), 201)

    def impact(self, text, query="", **options):
        return self.assertStatus(self.server.post("/api/v1/policies/impact" + query, text, **options), 200).json

    def lines(self, text, query=""):
        answer = self.assertStatus(self.server.post("/api/v1/policies/impact" + query, text, headers=LINES), 200)
        self.assertEqual(answer.type, "application/x-ndjson")
        return [json.loads(line) for line in answer.text.splitlines()]

    def test_what_would_be_refused_by_a_new_policy(self):
        text = "# mine\nname: a.carols\nowner: carol\ndomain: sales\nschema:\n  - {name: id, type: STRING}\n" \
               "quality_checks:\n  - unique: id\n"
        self.assertStatus(self.server.publish(text), 201)
        self.publish("b.teams", "b-team", "sales")
        self.publish("c.daves", "dave", "cards")
        size = self.server.checkpoint().size
        found = self.impact(rule("teams-own", "deny", '"*"'))
        self.assertEqual((found["policy"], found["enforcement"], found["compared_with"]), ("teams-own", "deny", None))
        self.assertEqual(found["totals"], {"products": 3, "concerned": 3, "refused": 2, "warned": 0, "audited": 0, "cured": 0,
                                           "unchanged": 1, "still_refused": 0, "still_warned": 0})
        self.assertEqual([(row["domain"], row["products"], row["refused"]) for row in found["by_domain"]],
                         [("cards", 1, 1), ("sales", 2, 1)])
        self.assertEqual([(row["owner"], row["refused"]) for row in found["by_owner"]],
                         [("carol", 1), ("dave", 1), ("b-team", 0)])
        self.assertEqual([product["name"] for product in found["products"]], ["a.carols", "c.daves"])
        first = found["products"][0]
        self.assertEqual((first["outcome"], first["before"], first["after"]), ("refused", "clear", "refused"))
        (complaint,) = first["violations"]
        self.assertEqual((complaint["message"], complaint["pointer"], complaint["line"], complaint["column"]),
                         ("The owner should be a team", "/owner", 3, 8))
        # Nothing has happened.
        self.assertEqual(self.server.checkpoint().size, size)
        self.assertProblem(self.server.get("/api/v1/policies/teams-own"), 404)
        self.assertEqual(self.server.get("/api/v1/products/c.daves").json["standing"], "compliant")

    def test_a_changed_policy_is_compared_with_the_version_in_force(self):
        self.publish("a.team", "a-team")
        self.publish("b.squad", "b-squad")
        self.publish("c.carols", "carol")
        either = 'product.owner.endsWith("-team") || product.owner.endsWith("-squad")'
        self.server.put("/api/v1/policies/owned", rule("owned", "warn"))
        found = self.impact(rule("owned", "deny", expression=either))
        self.assertEqual(found["compared_with"]["version"], 1)
        self.assertEqual(found["compared_with"]["enforcement"], "warn")
        self.assertEqual([(p["name"], p["outcome"], p["before"], p["after"]) for p in found["products"]],
                         [("c.carols", "refused", "warned", "refused"), ("b.squad", "cured", "warned", "clear")])
        self.assertEqual([p["violations"][0]["enforcement"] for p in found["products"]], ["deny", "warn"])
        found = self.impact(rule("owned", "audit"))
        self.assertEqual([(p["name"], p["outcome"]) for p in found["products"]], [("b.squad", "audited"), ("c.carols", "audited")])
        found = self.impact(rule("owned", "warn"))
        self.assertEqual((found["totals"]["unchanged"], found["totals"]["still_warned"], found["products"]), (3, 2, []))

    def test_lines_come_in_the_order_of_names_and_say_what_the_one_answer_says(self):
        for number in range(40):
            self.publish(f"many.p{number % 7}{number:02}", "carol" if number % 3 else "x-team", f"domain-{number % 4}")
        text = rule("teams-own", "deny", '"*"')
        lines = self.lines(text)
        self.assertEqual(lines[0], {"kind": "progress", "done": 0, "total": 40})
        products = [line for line in lines if line["kind"] == "product"]
        self.assertEqual([p["name"] for p in products], sorted(p["name"] for p in products))
        self.assertEqual(len(products), 26)
        self.assertEqual([line["kind"] for line in lines].count("summary"), 1)
        summary = lines[-1]
        whole = self.impact(text, "?limit=1000")
        listed = [{key: value for key, value in p.items() if key != "kind"} for p in products]
        self.assertEqual(whole.pop("products"), listed)
        self.assertEqual({key: value for key, value in summary.items() if key != "kind"}, whole)
        self.assertEqual(len(self.impact(text, "?limit=3")["products"]), 3)

    def test_only_one_domain(self):
        self.publish("a.one", "carol", "sales")
        self.publish("b.one", "carol", "cards")
        text = rule("teams-own", "deny", '"*"')
        found = self.impact(text, "?domain=cards")
        self.assertEqual((found["domain"], found["totals"]["products"]), ("cards", 1))
        self.assertEqual([p["name"] for p in found["products"]], ["b.one"])
        self.assertEqual(self.impact(text, "?domain=nobodys")["totals"]["products"], 0)
        found = self.impact(rule("teams-own", "deny", "sales"))
        self.assertEqual((found["totals"]["products"], found["totals"]["concerned"]), (2, 1))

    def test_as_of_a_time(self):
        self.publish("a.changed", "carol", "sales")
        self.publish("b.retired", "carol", "sales")
        then = moment()
        self.assertStatus(self.server.publish(weft.product("a.changed", owner="a-team", domain="cards")), 200)
        self.server.delete("/api/v1/products/b.retired?reason=over")
        self.publish("c.later", "carol", "sales")
        text = rule("teams-own", "deny", '"*"')
        self.assertEqual([p["name"] for p in self.impact(text)["products"]], ["c.later"])
        found = self.impact(text, f"?as_of={then}")
        self.assertEqual(found["as_of"], then)
        self.assertEqual([(p["name"], p["domain"]) for p in found["products"]], [("a.changed", "sales"), ("b.retired", "sales")])
        self.assertEqual(found["products"][0]["violations"][0]["line"], 1)
        self.assertEqual(self.impact(text, f"?as_of={then}&domain=cards")["totals"]["products"], 0)
        self.assertEqual(self.impact(text, f"?as_of={then}&domain=sales")["totals"]["refused"], 2)
        elsewhere = self.impact(rule("teams-own", "deny", "nobodys"), f"?as_of={moment()}&domain=sales")
        self.assertEqual([entry["domain"] for entry in elsewhere["by_domain"]], ["sales"])  # the policy concerns none of them
        self.assertEqual(elsewhere["totals"]["products"], 1)
        self.assertProblem(self.server.post("/api/v1/policies/impact?as_of=1999-01-01", text), 404)
        self.assertProblem(self.server.post("/api/v1/policies/impact?as_of=once", text), 400)

    def test_the_facts_of_each_domain(self):
        domain = {"name": "sales", "title": "Sales", "team": "sales-team", "tags": ["regulated"]}
        self.assertStatus(self.server.put("/api/v1/domains/sales", domain), 201)
        self.publish("a.one", "carol", "sales")
        self.publish("b.one", "carol", "cards")
        self.publish("c.one", "carol", "sales")
        found = self.impact(rule("no-regulated", "deny", '"*"', 'facts.domain.tags.all(tag, tag != "regulated")'))
        self.assertEqual([p["name"] for p in found["products"]], ["a.one", "c.one"])

    def test_facts_are_those_of_then(self):
        domain = {"name": "sales", "title": "Sales", "team": "sales-team", "tags": ["regulated"]}
        self.publish("a.source", "carol", "sales", tags=["raw"])
        self.publish("b.made", "carol", "cards", inputs=["a.source"])
        self.publish("c.alone", "carol", "sales")
        before = moment()
        self.assertStatus(self.server.put("/api/v1/domains/sales", domain), 201)
        then = moment()
        self.assertStatus(self.server.put("/api/v1/domains/sales", domain | {"tags": []}), 200)
        self.assertStatus(self.server.publish(weft.product("a.source", owner="carol", domain="cards")), 200)
        regulated = rule("no-regulated", "deny", '"*"', 'facts.domain.tags.all(tag, tag != "regulated")')
        abroad = rule("at-home", "deny", '"*"', "upstream.all(u, u.domain == product.domain)")
        read = rule("nobody-reads", "deny", '"*"', "size(facts.downstream) == 0")

        def refused(text, query=""):
            return [p["name"] for p in self.impact(text, query)["products"]]

        self.assertEqual(refused(regulated), [])
        self.assertEqual(refused(regulated, f"?as_of={then}"), ["a.source", "c.alone"])
        self.assertEqual(refused(regulated, f"?as_of={before}"), [])
        self.assertEqual(refused(abroad), [])
        self.assertEqual(refused(abroad, f"?as_of={then}"), ["b.made"])
        self.assertEqual(refused(read), ["a.source"])
        self.server.delete("/api/v1/products/b.made?reason=over")
        self.assertEqual(refused(read), [])
        self.assertEqual(refused(read, f"?as_of={then}"), ["a.source"])

    def test_what_is_made_from_others(self):
        self.publish("a.source", "carol", "sales")
        self.publish("b.made", "carol", "cards", inputs=["a.source"])
        found = self.impact(rule("at-home", "deny", '"*"', "upstream.all(u, u.domain == product.domain)"))
        self.assertEqual([p["name"] for p in found["products"]], ["b.made"])

    def test_what_does_not_compile_is_refused_as_when_it_is_defined(self):
        for text in (rule("p", "deny", expression="has(product.ownr)"), rule("p", "deny", expression="product.owner =="),
                     rule("p", "forbid"), rule("p") + "tests:\n  - {name: t, product: {owner: x, domain: testing}, expect: pass}\n",
                     "kind: Policy\nname: [", "kind: Policy\nname: p\n"):
            with self.subTest(text=text):
                defined = self.server.put("/api/v1/policies/p", text)
                self.assertIn(defined.status, (400, 422))
                for headers in ({}, LINES):
                    tried = self.server.post("/api/v1/policies/impact", text, headers=headers)
                    self.assertProblem(tried, defined.status)
                    self.assertEqual(tried.violations, defined.violations)
        self.assertProblem(self.server.post("/api/v1/policies/impact", "x", headers={"Content-Type": "text/csv"}), 415)
        self.assertProblem(self.server.post("/api/v1/policies/impact?enforcment=deny", rule("p")), 400)

    # The command line.

    def file(self, text):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="weft-test-"))
        self.addCleanup(shutil.rmtree, folder)
        path = folder / "policy.yaml"
        path.write_text(text)
        return path

    def test_the_client_shows_what_would_become_of_whom(self):
        self.publish("a.one", "carol", "sales")
        self.publish("b.one", "b-team", "cards")
        self.publish("c.one", "dave", "cards")
        path = self.file(rule("teams-own", "deny", '"*"'))
        done = self.assertDone(self.server.client("policy", "impact", path))
        self.assertRegex(done.stdout, r"teams-own  as deny, a new policy")
        self.assertRegex(done.stdout, r"PRODUCTS +CONCERNED +REFUSED .*\n3 +3 +2 +0 +0 +0 +1\n")
        self.assertRegex(done.stdout, r"(?s)DOMAIN .*cards +2 +1 .*sales +1 +1 .*OWNER .*carol +1 +1 ")
        self.assertRegex(done.stdout, r"(?s)refused +a.one +1.0.0 +sales +carol +1:\d+ +The owner should be a team.*refused +c.one")
        self.assertNotIn("b-team", done.stdout)
        self.assertDone(self.server.client("policy", "impact", path, "--fail-on", "refused"), 1)
        self.assertDone(self.server.client("policy", "impact", path, "--fail-on", "sorrow"), 2)
        done = self.assertDone(self.server.client("policy", "impact", path, "--enforcement", "warn", "--fail-on", "refused"))
        self.assertRegex(done.stdout, r"warned +a.one")
        self.assertDone(self.server.client("policy", "impact", path, "--enforcement", "warn", "--fail-on", "warned"), 1)
        done = self.assertDone(self.server.client("policy", "impact", path, "--limit", "1", "--domain", "cards"))
        self.assertIn("c.one", done.stdout)
        self.assertNotIn("a.one", done.stdout)
        done = self.assertDone(self.server.client("policy", "impact", path, "--json", "--fail-on", "refused"), 1)
        self.assertEqual(json.loads(done.stdout)["totals"]["refused"], 2)
        done = self.assertDone(self.server.client("policy", "impact", self.file(rule("p", expression="has(product.ownr)"))), 1)
        self.assertRegex(done.stderr, r"policy.yaml:8:\d+: error: there is no field 'ownr'")

    def test_the_client_tries_a_stored_policy_otherwise(self):
        text = rule("long-names", "warn", '"*"', "size(product.name) >= params.least")
        text += "parameters:\n  least: {type: integer, default: 5}\ntests:\n  - {name: short, product: {name: a.b}, expect: warn}\n"
        self.assertStatus(self.server.put("/api/v1/policies/long-names", text), 201)
        short = rule("short-names", "warn", '"*"', "size(product.name) < params.most") + "parameters: {most: 10}\n"
        self.assertStatus(self.server.put("/api/v1/policies/short-names", short), 201)
        self.publish("a.one", "carol")
        self.publish("b.longer", "carol")
        done = self.assertDone(self.server.client("policy", "impact", "long-names"))
        self.assertRegex(done.stdout, r"as warn, compared with version 1 in force \(warn\)")
        self.assertRegex(done.stdout, r"\n2 +2 +0 +0 +0 +0 +2\n")
        done = self.assertDone(self.server.client("policy", "impact", "long-names", "--enforcement", "deny", "--set", "least=7"))
        self.assertRegex(done.stdout, r"refused +a.one")
        self.assertNotIn("b.longer", done.stdout)
        done = self.assertDone(self.server.client("policy", "impact", "short-names", "--set", "most=8"))
        self.assertRegex(done.stdout, r"warned +b.longer")
        done = self.assertDone(self.server.client("policy", "impact", "short-names", "--set", "least=8"), 2)
        self.assertIn("it has most", done.stderr)
        self.assertDone(self.server.client("policy", "impact", "short-names", "--set", "most"), 2)
        self.assertDone(self.server.client("policy", "impact", "nobodys"), 2)
        # A value that is none of the parameter's is the server's to refuse.
        done = self.assertDone(self.server.client("policy", "impact", "long-names", "--set", "least=many"), 2)
        self.assertIn("least", done.stderr)

    def test_on_a_terminal_a_bar_says_how_far_it_is(self):
        self.publish_many(300)
        path = self.file(rule("teams-own", "deny", '"*"'))
        main, terminal = pty.openpty()
        client = subprocess.Popen([weft.PROGRAM, "policy", "impact", path], stderr=terminal, stdout=subprocess.DEVNULL,
                                  env={**self.server.environment, "WEFT_SERVER": f"http://127.0.0.1:{self.server.port}",
                                       "TERM": "xterm"})
        os.close(terminal)
        shown = b""
        try:
            while piece := os.read(main, 4096):
                shown += piece
        except OSError:
            pass
        os.close(main)
        self.assertEqual(client.wait(), 0)
        self.assertRegex(shown.decode(), r"\r\[\.+\] +0%  0 of 300 products")
        self.assertTrue(shown.endswith(b"\r\x1b[K"), shown)

    # Those who do not listen.

    def publish_many(self, count, columns=1):
        schema = [{"name": f"c{number}", "type": "STRING"} for number in range(columns)]
        connection = self.server.connect()
        for number in range(count):
            answer = self.server.publish(weft.product(f"many.p{number:05}", owner="carol", schema=schema,
                                                      quality_checks=[{"unique": "c0"}]), connection=connection, check=False)
            self.assertStatus(answer, 201)
        connection.close()

    def ask_and_not_listen(self, text, headers=""):
        """A connection that has asked for an impact and takes nothing of it."""
        asking = socket.socket()
        asking.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        asking.connect(("127.0.0.1", self.server.port))
        asking.sendall(f"POST /api/v1/policies/impact HTTP/1.1\r\nHost: x\r\nContent-Type: application/yaml\r\n{headers}"
                       f"Content-Length: {len(text)}\r\n\r\n{text}".encode())
        return asking

    def ask_two(self, text):
        """Two of them, both under way."""
        asking = [self.ask_and_not_listen(text) for _ in range(2)]
        weft.wait_for(lambda: "weft_http_requests_in_flight 3" in self.server.get("/metrics").text, "both to be seen")
        time.sleep(0.3)  # from being seen to its place: who asks whether the places are taken would take one
        self.assertTrue(self.busy())
        return asking

    def busy(self):
        answer = self.server.post("/api/v1/policies/impact", rule("p"))
        if answer.status == 200:
            return False
        self.assertProblem(answer, 503)
        self.assertTrue(int(answer.headers["retry-after"]) > 0)
        return True

    def test_two_at_a_time_and_who_leaves_makes_room(self):
        self.publish_many(900)
        text = rule("teams-own", "deny").replace("The owner should be a team", "so " * 12000)
        asking = [self.ask_and_not_listen(text, "Accept: application/x-ndjson\r\n") for _ in range(2)]
        self.assertEqual([one.recv(12) for one in asking], [b"HTTP/1.1 200"] * 2)
        self.assertTrue(self.busy())
        time.sleep(0.5)
        self.assertTrue(self.busy())
        self.assertStatus(self.server.publish(weft.product("others.go_on")), 201)
        asking.pop().close()
        weft.wait_for(lambda: not self.busy(), "a place to be free")
        # Whoever does not listen holds up no end.
        begun = time.monotonic()
        self.server.stop()
        self.assertLess(time.monotonic() - begun, weft.PATIENCE / 3)
        asking.pop().close()

    def test_one_answer_that_nobody_waits_for_is_given_up(self):
        self.publish_many(500, columns=60)
        slow = rule("slow", "deny", expression="product.schema.all(a, product.schema.all(b, product.schema.exists(c, "
                                               "c.name == a.name || c.name == b.name)))")
        for one in self.ask_two(slow):
            one.close()
        begun = time.monotonic()
        weft.wait_for(lambda: not self.busy(), "a place to be free")
        self.assertLess(time.monotonic() - begun, weft.PATIENCE / 3)
        # SIGTERM ends one that is waited for.
        asking = self.ask_two(slow)
        self.server.stop()
        for one in asking:
            self.assertIn(b"503", one.recv(1000))
            one.close()


if __name__ == "__main__":
    weft.main()
