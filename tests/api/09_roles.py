#!/usr/bin/python3
"""Who may do what: every role against every class of route, tokens that end, and nothing without a token."""

import stat

import weft

DOMAIN = {"name": "testing", "title": "Testing", "team": "test-team"}
POLICY = """\
kind: Policy
name: allows-everything
scope: global
enforcement: audit
validations:
  - {expression: "true", message: Never}
"""

# The classes of routes: what is sent, and who may.  Whoever may gets anything but 401 and 403.
READ, PUBLISH, AUDIT, STEWARD, AUTHOR, ADMIN = "reader", "publisher", "auditor", "steward", "author", "admin"
ROUTES = [
    (READ, "GET", "/api/v1/products", None),
    (READ, "GET", "/api/v1/products/no.such", None),
    (READ, "GET", "/api/v1/products/no.such/versions", None),
    (READ, "GET", "/api/v1/products/no.such/compliance", None),
    (READ, "GET", "/api/v1/products/no.such/facts", None),
    (READ, "GET", "/api/v1/products/no.such/resources", None),
    (READ, "GET", "/api/v1/domains", None),
    (READ, "GET", "/api/v1/search?q=x", None),
    (READ, "GET", "/api/v1/violations", None),
    (READ, "GET", "/api/v1/policies", None),
    (READ, "GET", "/api/v1/policies/no-such/versions", None),
    (READ, "GET", "/api/v1/policies/no-such/versions/1", None),
    (READ, "GET", "/api/v1/lineage?node=product:no.such", None),
    (READ, "GET", "/api/v1/plugins", None),
    (READ, "GET", "/api/v1/whoami", None),
    (READ, "POST", "/api/v1/evaluate", weft.CASE_STUDY),
    (READ, "POST", "/api/v1/policies/impact", POLICY),
    (PUBLISH, "POST", "/api/v1/products", weft.product("roles.one")),
    (PUBLISH, "DELETE", "/api/v1/products/no.such", None),
    (PUBLISH, "POST", "/api/v1/products/no.such/reconcile", None),
    (AUDIT, "GET", "/api/v1/events", None),
    (READ, "GET", "/api/v1/audit/checkpoint", None),
    (AUDIT, "GET", "/api/v1/audit/inclusion?seq=1&size=1", None),
    (AUDIT, "GET", "/api/v1/audit/consistency?from=1&to=1", None),
    (STEWARD, "PUT", "/api/v1/domains/testing", DOMAIN),
    (STEWARD, "PUT", "/api/v1/policies/allows-everything", POLICY),
    (AUTHOR, "PUT", "/api/v1/policies/allows-testing",
     POLICY.replace("everything", "testing").replace("global", "domain:testing")),
    (AUTHOR, "DELETE", "/api/v1/policies/no-such", None),
    (ADMIN, "GET", "/api/v1/tokens", None),
    (ADMIN, "POST", "/api/v1/tokens", {"name": "another", "role": "reader"}),
    (ADMIN, "DELETE", "/api/v1/tokens/no-such", None),
]
MAY = {
    "reader": {READ}, "publisher": {READ, PUBLISH, AUTHOR}, "auditor": {READ, AUDIT},
    "steward": {READ, STEWARD, AUTHOR}, "admin": {READ, PUBLISH, AUDIT, STEWARD, AUTHOR, ADMIN},
}


class Roles(weft.Case):
    dev = False

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tokens = {role: cls.server.new_token(f"a-{role}", role, ["testing"] if role == "publisher" else None)
                      for role in MAY}

    def secret(self, role):
        return self.tokens[role]["token"]

    def test_every_role_against_every_class_of_route(self):
        for role, classes in MAY.items():
            for needed, method, path, body in ROUTES:
                with self.subTest(role=role, method=method, path=path):
                    answer = self.server.request(method, path, body, token=self.secret(role))
                    if needed in classes:
                        self.assertNotIn(answer.status, (401, 403), answer)
                    else:
                        self.assertProblem(answer, 403)

    def test_a_refusal_names_roles_that_a_token_may_have(self):
        answer = self.server.put("/api/v1/policies/x", "kind: Policy\n", token=self.secret("reader"))
        self.assertProblem(answer, 403)
        self.assertIn("has the role reader, and this needs the role publisher or steward", answer.json["detail"])

    def test_without_a_token_only_operations_answer(self):
        for path in ("/healthz", "/readyz", "/openapi.yaml"):
            self.assertStatus(self.server.get(path, token=None), 200)
        for _, method, path, body in ROUTES:
            with self.subTest(method=method, path=path):
                answer = self.server.request(method, path, body, token=None)
                self.assertProblem(answer, 401)
                self.assertTrue(answer.headers["www-authenticate"].startswith("Bearer"))

    def test_a_token_of_nonsense_is_refused_without_saying_why(self):
        good = self.secret("reader")
        details = set()
        for authorization in ("Bearer nonsense", f"Bearer {good}x", f"Bearer {good[:-1]}", f"Basic {good}", "Bearer ",
                              f"Bearer {good} {good}", "Bearer weft_" + "A" * 43, "Bearer " + "x" * 5000):
            with self.subTest(authorization[:30]):
                answer = self.server.get("/api/v1/products", token=None, headers={"Authorization": authorization})
                details.add(self.assertProblem(answer, 401)["detail"])
        self.assertLessEqual(len(details), 2, details)
        self.assertStatus(self.server.get("/api/v1/products", token=None,
                                          headers={"Authorization": f"bearer {good}"}), 200)

    def test_a_publisher_is_bound_to_its_domains(self):
        token = self.secret("publisher")
        self.assertIn(self.server.publish(weft.product("bound.inside"), token=token).status, (200, 201))
        size = self.server.checkpoint().size
        answer = self.server.publish(weft.product("bound.outside", domain="elsewhere"), token=token)
        problem = self.assertProblem(answer, 403)
        self.assertIn("testing", problem["detail"])
        # Neither may it take a product of another domain, nor retire it.
        self.server.publish(weft.product("bound.theirs", domain="elsewhere"))
        size += 1
        self.assertProblem(self.server.publish(weft.product("bound.theirs", description="ours"), token=token), 403)
        self.assertProblem(self.server.delete("/api/v1/products/bound.theirs", token=token), 403)
        self.assertProblem(self.server.post("/api/v1/products/bound.theirs/reconcile", token=token), 403)
        self.assertEqual(self.server.checkpoint().size, size)
        self.assertIn(self.server.delete("/api/v1/products/bound.inside", token=token).status, (200, 204))

    def test_whoami_says_name_role_and_domains(self):
        answer = self.server.get("/api/v1/whoami", token=self.secret("publisher")).json
        self.assertEqual((answer["name"], answer["role"], answer["domains"]), ("a-publisher", "publisher", ["testing"]))

    def test_a_revoked_token_stops_at_once(self):
        made = self.server.new_token("short-lived", "reader")
        connection = self.server.connect()
        self.addCleanup(connection.close)
        self.assertStatus(self.server.get("/api/v1/products", token=made["token"], connection=connection), 200)
        self.assertIn(self.server.delete(f"/api/v1/tokens/{made['id']}").status, (200, 204))
        self.assertProblem(self.server.get("/api/v1/products", token=made["token"], connection=connection), 401)

    def test_an_expired_token_is_refused(self):
        wish = {"name": "brief", "role": "reader", "expires": "2000-01-01T00:00:00Z"}
        self.assertProblem(self.server.post("/api/v1/tokens", wish), 400)

    def test_tokens_that_make_no_sense_are_refused(self):
        for wish in ({"name": "x", "role": "king"}, {"name": "x"}, {"role": "reader"}, {"name": "", "role": "reader"},
                     {"name": "x", "role": "publisher"}, {"name": "x", "role": "publisher", "domains": []},
                     {"name": "x\ny", "role": "reader"}, {"name": "x", "role": "reader", "rolle": "x"}, [], "x"):
            with self.subTest(wish):
                self.assertProblem(self.server.post("/api/v1/tokens", wish), 400)

    def test_events_say_who(self):
        document = weft.product("who.published")
        answer = self.server.publish(document, token=self.secret("publisher"))
        event = self.server.events(after=answer.json["event"] - 1)[0]
        self.assertEqual((event["actor"], event["subject"]), ("a-publisher", "who.published"))

    def test_the_administrators_token_is_private_and_survives_a_restart(self):
        path = self.server.data / "admin.token"
        self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600)
        before = path.read_text()
        self.server.restart()
        self.assertEqual(path.read_text(), before)
        self.assertStatus(self.server.get("/api/v1/tokens"), 200)
        self.assertStatus(self.server.get("/api/v1/products", token=self.secret("reader")), 200)

    def test_no_secret_is_stored_listed_or_logged(self):
        made = self.server.new_token("is-secret", "reader")
        self.server.get("/api/v1/products", token=made["token"])
        self.assertNotIn(made["token"], self.server.get("/api/v1/tokens").text)
        self.assertNotIn(made["token"], str(self.server.events()))
        self.assertNotIn(made["token"], self.server.log_text(10**8))
        for path in self.server.data.iterdir():
            if path.is_file():
                self.assertNotIn(made["token"].encode(), path.read_bytes(), path.name)
        self.assertIn("is-secret", self.server.get("/api/v1/tokens").text)

    def test_the_client_makes_tokens_and_ends_with_4_when_it_may_not(self):
        done = self.assertDone(self.server.client("token", "create", "--name", "by-client", "--role", "publisher",
                                                  "--domain", "testing", "--json"))
        import json
        token = json.loads(done.stdout)["token"]
        self.assertDone(self.server.client("list", token=token))
        self.assertDone(self.server.client("token", "create", "--name", "x", "--role", "admin", token=token), 4)
        self.assertDone(self.server.client("list", token=None), 4)
        self.assertDone(self.server.client("list", token="nonsense"), 4)
        path = self.folder() / "elsewhere.json"
        path.write_text(json.dumps(weft.product("bound.client", domain="elsewhere")))
        self.assertDone(self.server.client("publish", path, token=token), 4)


class Beyond(weft.Case):
    """Without --dev it may listen anywhere, and is as closed there."""

    dev = False

    def test_no_token_is_written_under_dev(self):
        with weft.Server() as server:
            self.assertFalse((server.data / "admin.token").exists())


if __name__ == "__main__":
    weft.main()
