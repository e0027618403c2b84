#!/usr/bin/python3
"""Many who publish at once: they share commits, and nobody suffers from a neighbour."""

import concurrent.futures
import json

import weft

MANY = 48


def at_once(count, work):
    """work(number) for each, all in flight together; the answers in order."""
    with concurrent.futures.ThreadPoolExecutor(count) as pool:
        return list(pool.map(work, range(count)))


class Together(weft.Case):
    def test_all_are_there_under_events_of_their_own(self):
        before = len(self.server.events())
        answers = at_once(MANY, lambda n: self.server.publish(weft.product(f"together.p{n}")))
        self.assertEqual([answer.status for answer in answers], [201] * MANY)
        events = {answer.json["event"] for answer in answers}
        self.assertEqual(len(events), MANY)
        log = self.server.events(before)
        self.assertEqual([event["seq"] for event in log], list(range(before + 1, before + MANY + 1)))
        for answer in answers:
            found = self.server.get(f"/api/v1/products/{answer.json['name']}").json
            self.assertEqual(found["event"], answer.json["event"])

    def test_those_who_are_refused_harm_nobody(self):
        self.server.publish(weft.product("together.taken"))

        def publish(n):
            if n % 4 == 1:  # against the policies
                return self.server.publish(weft.product(f"refused.p{n}", quality_checks=None))
            if n % 4 == 2:  # stale
                return self.server.publish(weft.product("together.taken", description=f"{n}"), headers={"If-Match": '"1"'})
            if n % 4 == 3:  # no product
                return self.server.delete(f"/api/v1/products/absent.p{n}")
            return self.server.publish(weft.product(f"neighbour.p{n}"))

        statuses = [answer.status for answer in at_once(MANY, publish)]
        self.assertEqual(statuses, [201, 422, 412, 404] * (MANY // 4))

    def test_of_all_who_expect_the_same_version_one_wins(self):
        etag = self.server.publish(weft.product("race.one")).etag
        answers = at_once(MANY, lambda n: self.server.publish(
            weft.product("race.one", description=f"by {n}"), headers={"If-Match": etag}))
        statuses = sorted(answer.status for answer in answers)
        self.assertEqual(statuses, [200] + [412] * (MANY - 1))
        self.assertEqual(len(self.server.pages("/api/v1/products/race.one/versions")), 2)

    def test_those_who_need_another_to_be_there_are_judged_again(self):
        """Each raises the patch version of what is in force when its turn comes."""
        self.server.publish(weft.product("race.turns"))
        answers = at_once(MANY, lambda n: self.server.publish(weft.product("race.turns", description=f"turn {n}")))
        versions = sorted((answer.json["version"] for answer in answers), key=lambda text: int(text.split(".")[2]))
        self.assertEqual(versions, [f"1.0.{n}" for n in range(1, MANY + 1)])

    def test_a_command_that_is_sent_many_times_at_once_happens_once(self):
        document = json.dumps(weft.product("race.key"))
        answers = at_once(16, lambda n: self.server.publish(document, headers={"Idempotency-Key": "the-same"}))
        self.assertEqual({answer.status for answer in answers}, {201})
        self.assertEqual(len({answer.body for answer in answers}), 1)
        self.assertEqual(len(self.server.pages("/api/v1/products/race.key/versions")), 1)


class Full(weft.Case):
    arguments = ["--commit-queue", "1"]

    def test_who_finds_no_place_is_told_to_come_again_and_nothing_is_lost(self):
        before = len(self.server.events())

        def publish(client):
            found = []
            for turn in range(20):
                answer = self.server.publish(weft.product(f"full.c{client}_t{turn}"))
                found.append(answer.status)
                if answer.status == 503:
                    self.assertEqual(answer.headers["retry-after"], "1")
            return found

        statuses = [status for found in at_once(MANY, publish) for status in found]
        self.assertEqual(set(statuses) - {201, 503}, set())
        self.assertGreater(statuses.count(201), 0)
        self.assertEqual(len(self.server.events()) - before, statuses.count(201))


if __name__ == "__main__":
    weft.main()
