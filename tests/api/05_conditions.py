#!/usr/bin/python3
"""Conditional requests, commands that happen once, and commands that only pretend."""

import threading

import weft


class Etags(weft.Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server.publish(weft.product("etag.one"))
        cls.path = "/api/v1/products/etag.one"

    def test_an_etag_is_strong_quoted_and_stable(self):
        first, second = self.server.get(self.path), self.server.get(self.path)
        self.assertRegex(first.etag, r'^"[^"]+"$')
        self.assertEqual(first.etag, second.etag)

    def test_if_none_match_saves_the_body(self):
        answer = self.server.get(self.path)
        for condition in (answer.etag, f'"other", {answer.etag}', f"W/{answer.etag}", "*"):
            again = self.server.get(self.path, headers={"If-None-Match": condition})
            self.assertEqual((again.status, again.body), (304, b""), condition)
            self.assertEqual(again.etag, answer.etag)
        self.assertStatus(self.server.get(self.path, headers={"If-None-Match": '"other"'}), 200)

    def test_a_change_changes_the_etag(self):
        self.server.publish(weft.product("etag.changing"))
        before = self.server.get("/api/v1/products/etag.changing").etag
        self.server.publish(weft.product("etag.changing", description="new"))
        answer = self.server.get("/api/v1/products/etag.changing", headers={"If-None-Match": before})
        self.assertStatus(answer, 200)
        self.assertNotEqual(answer.etag, before)

    def test_the_etag_is_of_the_representation(self):
        """A cache that keeps the JSON must not answer with it when YAML is asked for."""
        as_json = self.server.get(self.path)
        as_yaml = self.server.get(self.path, headers={"Accept": "application/yaml"})
        self.assertTrue(as_json.etag != as_yaml.etag or "accept" in as_yaml.headers.get("vary", "").lower())
        self.assertIn("accept", as_json.headers.get("vary", "").lower())

    def test_if_match_lets_only_who_knows_the_present_write(self):
        self.server.publish(weft.product("etag.guarded"))
        known = self.server.get("/api/v1/products/etag.guarded").etag
        second = weft.product("etag.guarded", description="second")
        third = weft.product("etag.guarded", description="third")
        self.assertStatus(self.server.publish(second, headers={"If-Match": known}), 200)
        size = self.server.checkpoint().size
        self.assertProblem(self.server.publish(third, headers={"If-Match": known}), 412)
        self.assertEqual(self.server.checkpoint().size, size)
        self.assertStatus(self.server.publish(third, headers={"If-Match": "*"}), 200)
        self.assertProblem(self.server.publish(weft.product("etag.new"), headers={"If-Match": "*"}), 412)
        self.assertProblem(self.server.publish(weft.product("etag.new"), headers={"If-Match": known}), 412)

    def test_if_none_match_writes_only_what_is_not_there(self):
        new = {"If-None-Match": "*"}
        self.assertStatus(self.server.publish(weft.product("etag.only"), headers=new), 201)
        known = self.server.get("/api/v1/products/etag.only").etag
        size = self.server.checkpoint().size
        second = weft.product("etag.only", description="second")
        for condition in ("*", known, f'"other", {known}', f"W/{known}"):
            problem = self.assertProblem(self.server.publish(second, headers={"If-None-Match": condition}), 412)
            self.assertIn(f"{known} is in force", problem["detail"])
        policy = ("kind: Policy\nname: only-new\nenforcement: audit\n"
                  "validations: [{expression: 'has(product.owner)', message: An owner}]\n")
        path, other = "/api/v1/policies/only-new", policy.replace("audit", "warn")
        self.assertStatus(self.server.put(path, policy, headers=new), 201)
        self.assertProblem(self.server.put(path, other, headers=new), 412)
        self.assertProblem(self.server.delete(path, headers=new), 412)
        self.assertProblem(self.server.delete("/api/v1/products/etag.only", headers=new), 412)
        self.assertStatus(self.server.put("/api/v1/domains/only-new", {"name": "only-new", "title": "New"}, headers=new), 201)
        self.assertProblem(self.server.put("/api/v1/domains/only-new", {"name": "only-new", "title": "Old"}, headers=new), 412)
        self.assertEqual(self.server.checkpoint().size, size + 2)
        self.assertStatus(self.server.publish(second, headers={"If-None-Match": '"other"'}), 200)
        self.assertStatus(self.server.delete(path), 200)
        self.assertStatus(self.server.put(path, other, headers=new), 201)  # what is retired is not in force

    def test_of_two_who_know_the_same_one_wins(self):
        self.server.publish(weft.product("etag.race"))
        known = self.server.get("/api/v1/products/etag.race").etag
        answers = in_parallel(8, lambda number: self.server.publish(
            weft.product("etag.race", description=f"by {number}"), headers={"If-Match": known}).status)
        self.assertEqual(sorted(answers), [200] + [412] * 7)


class Idempotency(weft.Case):
    def test_a_command_with_a_key_happens_once(self):
        document = weft.product("once.only")
        headers = {"Idempotency-Key": "8e03978e-40d5-43dd-bc93-6894a57f9324"}
        first = self.assertStatus(self.server.publish(document, headers=headers), 201)
        size = self.server.checkpoint().size
        again = self.assertStatus(self.server.publish(document, headers=headers), 201)
        self.assertEqual(again.json, first.json)
        self.assertEqual(self.server.checkpoint().size, size)

    def test_a_key_is_not_reused_for_something_else(self):
        headers = {"Idempotency-Key": "reused"}
        self.assertStatus(self.server.publish(weft.product("once.first"), headers=headers), 201)
        answer = self.server.publish(weft.product("once.second"), headers=headers)
        self.assertIn(answer.status, (409, 422))
        self.assertProblem(answer, answer.status)
        self.assertStatus(self.server.get("/api/v1/products/once.second"), 404)

    def test_a_refusal_does_not_use_up_the_key(self):
        headers = {"Idempotency-Key": "refused-first"}
        self.assertProblem(self.server.publish(weft.product("once.fixed", quality_checks=None), headers=headers), 422)
        answer = self.server.publish(weft.product("once.fixed"), headers=headers)
        self.assertIn(answer.status, (201, 409, 422), answer)

    def test_a_refusal_that_is_said_again_says_so(self):
        headers = {"Idempotency-Key": "refused-again"}
        document = weft.product("once.refused", quality_checks=None)
        first, again = (self.server.publish(document, headers=headers) for _ in range(2))
        self.assertEqual(self.assertProblem(again, 422), self.assertProblem(first, 422))
        self.assertNotIn("idempotent-replayed", first.headers)
        self.assertEqual(again.headers.get("idempotent-replayed"), "true")

    def test_of_refusals_at_the_same_time_all_but_one_are_said_again(self):
        headers = {"Idempotency-Key": "refused-parallel"}
        document = weft.product("once.refused_parallel", quality_checks=None)
        size = self.server.checkpoint().size
        answers = in_parallel(8, lambda _: self.server.publish(document, headers=headers))
        self.assertEqual({answer.status for answer in answers}, {422})
        self.assertEqual(sum("idempotent-replayed" not in answer.headers for answer in answers), 1)
        self.assertEqual(self.server.checkpoint().size, size + 1)

    def test_a_key_survives_a_restart(self):
        headers = {"Idempotency-Key": "before-the-crash"}
        server = weft.Server()
        with server:
            first = server.publish(weft.product("once.crash"), headers=headers)
            server.kill()
            server.start()
            size = server.checkpoint().size
            again = server.publish(weft.product("once.crash"), headers=headers)
            self.assertEqual((again.status, again.json), (first.status, first.json))
            self.assertEqual(server.checkpoint().size, size)

    def test_the_same_key_at_the_same_time_happens_once(self):
        for attempt in range(5):
            document = weft.product(f"once.parallel{attempt}")
            headers = {"Idempotency-Key": f"parallel-{attempt}"}
            size = self.server.checkpoint().size
            answers = in_parallel(8, lambda _, d=document, h=headers: self.server.publish(d, headers=h))
            for answer in answers:
                self.assertIn(answer.status, (201, 409), answer)
            self.assertIn(201, [answer.status for answer in answers])
            self.assertEqual(len({answer.body for answer in answers if answer.status == 201}), 1)
            self.assertEqual(self.server.checkpoint().size, size + 1)

    def test_keys_of_nonsense_are_refused(self):
        self.assertProblem(self.server.publish(weft.product("once.bad"), headers={"Idempotency-Key": "x" * 1000}), 400)
        self.assertProblem(self.server.publish(weft.product("once.bad"), headers={"Idempotency-Key": ""}), 400)
        self.assertStatus(self.server.get("/api/v1/products/once.bad"), 404)


class DryRun(weft.Case):
    def setUp(self):
        self.size = self.server.checkpoint().size

    def tearDown(self):
        self.assertEqual(self.server.checkpoint().size, self.size)

    def test_publish_does_all_but_commit(self):
        answer = self.assertStatus(self.server.publish(weft.CASE_STUDY, "?dry_run=true"), 200)
        self.assertEqual((answer.json["outcome"], answer.json["version"]), ("checked", "1.0.0"))
        self.assertStatus(self.server.get("/api/v1/products/retail.customer_accounts"), 404)

    def test_it_refuses_what_the_real_one_would(self):
        answer = self.server.publish(weft.without(weft.CASE_STUDY, "access"), "?dry_run=true")
        self.assertProblem(answer, 422)
        self.assertProblem(self.server.publish("name: [", "?dry_run=true"), 400)

    def test_domains_policies_and_retiring_too(self):
        document = {"name": "dry", "title": "Dry", "team": "t"}
        self.assertIn(self.server.put("/api/v1/domains/dry?dry_run=true", document).status, (200, 201))
        self.assertStatus(self.server.get("/api/v1/domains/dry"), 404)
        policy = self.server.get("/api/v1/policies/quality-checks-required",
                                 headers={"Accept": "application/yaml"}).text
        changed = policy.replace("enforcement: deny", "enforcement: warn").replace("expect: deny", "expect: warn")
        self.assertNotEqual(changed, policy)
        self.assertIn(self.server.put("/api/v1/policies/quality-checks-required?dry_run=true", changed).status, (200, 201))
        self.assertProblem(self.server.publish(weft.product("dry.none", quality_checks=None)), 422)
        self.size += 1  # a refusal in earnest
        self.assertProblem(self.server.delete("/api/v1/products/no.such?dry_run=true"), 404)

    def test_a_switch_of_nonsense_is_refused(self):
        self.assertProblem(self.server.publish(weft.CASE_STUDY, "?dry_run=perhaps"), 400)
        self.assertProblem(self.server.publish(weft.CASE_STUDY, "?dryrun=true"), 400)


class Concurrency(weft.Case):
    def test_many_publishers_of_many_products(self):
        size = self.server.checkpoint().size
        answers = in_parallel(16, lambda number: [
            self.server.publish(weft.product(f"many.p{number}_{turn}")).json["outcome"] for turn in range(10)])
        self.assertEqual({outcome for answer in answers for outcome in answer}, {"created"})
        self.assertEqual(self.server.checkpoint().size, size + 160)

    def test_many_publishers_of_one_product_make_one_line_of_versions(self):
        in_parallel(8, lambda number: [
            self.server.publish(weft.product("many.same", description=f"{number}.{turn}")) for turn in range(5)])
        versions = self.server.pages("/api/v1/products/many.same/versions")
        self.assertEqual([version["version"] for version in versions],
                         [f"1.0.{patch}" for patch in reversed(range(len(versions)))])
        self.assertEqual(len(versions), 40)


def in_parallel(count, work):
    """work(0) ... work(count - 1) at the same time; their results in order, or the first failure."""
    results, failures = [None] * count, []
    barrier = threading.Barrier(count)

    def run(number):
        try:
            barrier.wait()
            results[number] = work(number)
        except BaseException as failure:  # pylint: disable=broad-except
            failures.append(failure)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return results


if __name__ == "__main__":
    weft.main()
