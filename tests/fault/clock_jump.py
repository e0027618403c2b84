#!/usr/bin/python3
"""A clock that jumps, a day at a time and forwards and backwards, under a running server (libfaketime).

    tests/fault/clock_jump.py [-v]

Times in the log never go back; what was asked for is provided, what failed is tried again, and a token ends when the
clock says so.  Only the clock on the wall jumps: the one that measures (CLOCK_MONOTONIC) does not, as on a real machine.
"""

import os
import pathlib
import shutil
import tempfile
import time

import faults  # noqa: F401  (says which build)
import weft

LIBRARY = pathlib.Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1")
DAY = 86400
SOON = 20  # seconds in which a retry or a job must come, whatever the clock says


class ClockJump(weft.Case):
    """Each test has a server of its own, and the file that says how far its clock is off."""

    @classmethod
    def setUpClass(cls):
        pass

    @classmethod
    def tearDownClass(cls):
        pass

    def setUp(self):
        if not LIBRARY.exists():
            self.skipTest(f"{LIBRARY} is not there: apt-get install faketime")
        self.offset = self.folder() / "offset"
        self.jump(0)
        self.server = weft.Server(dev=False, environment={
            "LD_PRELOAD": str(LIBRARY), "FAKETIME_TIMESTAMP_FILE": str(self.offset), "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1"})
        self.addCleanup(self.server.close)
        self.server.start()
        self.server.token = (self.server.data / "admin.token").read_text().strip()

    def jump(self, seconds):
        """Whole or not at all: the server may look at any moment."""
        fresh = self.offset.with_suffix(".new")
        fresh.write_text(f"{seconds:+d}\n")
        os.replace(fresh, self.offset)

    def publish(self, name, **changes):
        answer = self.server.publish(weft.product(name, **changes), timeout=SOON)
        self.assertIn(answer.status, (200, 201), answer)
        return self.server.get(f"/api/v1/events?after={answer.json['event'] - 1}&limit=1").json["items"][0]

    def wait_ready(self, name):
        weft.wait_for(lambda: all(r["state"] == "ready" for r in self.server.resources(name)), f"{name} to be ready", SOON)

    def test_the_clock_does_jump(self):
        """The control: else all else would pass without it."""
        self.jump(10 * DAY)
        self.assertGreater(self.publish("control.one")["time"], weft.moment(9 * DAY))

    def test_times_in_the_log_never_go_back(self):
        for number, offset in enumerate((0, DAY, -DAY, 0, 3600, -3600, 2 * DAY, -2 * DAY, 0)):
            self.jump(offset)
            self.publish(f"jump.p{number}")
            self.publish("jump.again", description=f"turn {number}")
        events = self.server.events()
        self.assertEqual([event["time"] for event in events], sorted(event["time"] for event in events))
        self.assertDone(self.server.client("audit", "verify"))
        self.server.restart()
        self.publish("jump.after", description="of the start")

    def test_what_is_asked_for_comes_whatever_the_clock_says(self):
        for number, offset in enumerate((DAY, 0, -DAY, 2 * DAY, -2 * DAY)):
            self.jump(offset)
            self.publish(f"wanted.p{number}", storage=[{"plugin": "filesystem"}])
            self.wait_ready(f"wanted.p{number}")

    def test_a_start_on_an_earlier_day_goes_on(self):
        self.jump(DAY)
        self.publish("day.tomorrow")
        self.server.kill()
        self.jump(0)
        self.server.start()
        self.publish("day.today", storage=[{"plugin": "filesystem"}])
        self.wait_ready("day.today")

    def fail_for_a_while(self, name):
        """Storage in the way of which a file stands; gives what clears the way."""
        blocked = self.server.data / "storage"
        away = self.server.data / "away"
        if blocked.exists():
            blocked.rename(away)
        blocked.write_text("in the way")
        self.publish(name, storage=[{"plugin": "filesystem"}])
        weft.wait_for(lambda: any(r["error"] for r in self.server.resources(name)), "the first attempt to fail", SOON)

        def clear():
            blocked.unlink()
            if away.exists():
                away.rename(blocked)
        return clear

    def test_what_failed_is_tried_again_after_a_jump_back(self):
        self.jump(DAY)
        clear = self.fail_for_a_while("failing.forwards")
        self.jump(0)
        clear()
        self.wait_ready("failing.forwards")

    def test_what_failed_before_a_start_on_an_earlier_day_is_tried_again(self):
        self.jump(DAY)
        clear = self.fail_for_a_while("failing.before")
        self.server.kill()
        self.jump(0)
        clear()
        self.server.start()
        self.wait_ready("failing.before")

    def test_retries_are_no_storm_after_a_jump_back(self):
        """A clock that stands still behind the log would make every retry due at once."""
        self.jump(DAY)
        self.publish("storm.before")
        self.jump(0)
        clear = self.fail_for_a_while("storm.failing")
        before = len(self.server.events())
        time.sleep(2)  # long enough for a storm
        self.assertLess(len(self.server.events()) - before, 20)
        clear()
        self.wait_ready("storm.failing")

    def test_tokens_end_when_the_clock_says_so(self):
        answer = self.server.post("/api/v1/tokens", {"name": "short", "role": "reader", "expires": weft.moment(3600)})
        token = self.assertStatus(answer, 201).json["token"]
        whoami = lambda: self.server.get("/api/v1/whoami", token=token).status  # noqa: E731
        self.assertEqual(whoami(), 200)
        self.jump(2 * 3600)
        self.assertEqual(whoami(), 401)
        self.publish("token.later")
        self.jump(0)
        self.assertEqual(whoami(), 200)
        answer = self.server.post("/api/v1/tokens", {"name": "again", "role": "reader", "expires": weft.moment(600)})
        self.assertStatus(answer, 201)

    def test_a_key_that_was_used_is_known_after_a_jump_back(self):
        self.jump(DAY)
        first = self.server.publish(weft.product("key.one"), headers={"Idempotency-Key": "one"})
        self.jump(0)
        again = self.server.publish(weft.product("key.one"), headers={"Idempotency-Key": "one"})
        self.assertEqual((again.status, again.body), (first.status, first.body))


if __name__ == "__main__":
    weft.main()
