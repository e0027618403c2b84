#!/usr/bin/python3
"""kill -9 in the middle of concurrent publishes, again and again.

    tests/fault/kill9.py [--rounds 200] [--publishers 6] [--seed N]

Each round starts the server on the same folder, lets a few clients publish new products and new versions of old ones,
and kills it at a moment that nobody chose.  After each start:

  - every version whose answer a client has seen is there, with the event number that the answer gave;
  - what was sent and not answered is there whole, or not at all;
  - every few rounds, and at the end, the log verifies: also against a checkpoint that was kept from earlier;
  - every few rounds the resources that were asked for get ready; at the end all of them, and their folders exist.

The server is build/$WEFT_PRESET/bin/weft, as in tests/api/weft.py.
"""

import argparse
import http.client
import pathlib
import random
import shutil
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "api"))

import weft  # noqa: E402

SAMPLE = 10  # rounds between the checks that take longer


class Ledger:
    """What the clients know: which versions were acknowledged, which were sent and never answered."""

    def __init__(self):
        self.lock = threading.Lock()
        self.acknowledged = {}  # name -> {version: (event, description)}
        self.unanswered = {}    # name -> descriptions that may or may not have become a version
        self.resources = set()  # names that asked for storage and were acknowledged
        self.checked = set()    # (name, version) whose content was looked at
        self.publishes = 0

    def sent(self, name, description):
        with self.lock:
            self.unanswered.setdefault(name, set()).add(description)

    def answered(self, name, description, answer):
        with self.lock:
            self.unanswered[name].discard(description)
            self.acknowledged.setdefault(name, {})[answer["version"]] = (answer["event"], description)
            self.resources.add(name)
            self.publishes += 1


def publisher(server, ledger, round_number, number, stop):
    """Publish until the server dies: new products, and new versions of one of its own."""
    chance = random.Random(f"{round_number}/{number}")
    connection = server.connect()
    turn = 0
    while not stop.is_set():
        turn += 1
        name = f"kill.r{round_number}_c{number}_{turn}" if chance.random() < 0.5 else f"kill.again_c{number}"
        description = f"round {round_number}, client {number}, turn {turn}"
        document = weft.product(name, description=description, storage=[{"plugin": "filesystem"}])
        ledger.sent(name, description)
        try:
            answer = server.publish(document, connection=connection, check=False)
        except (OSError, http.client.HTTPException):
            return  # killed: nobody knows
        if answer.status not in (200, 201):
            raise AssertionError(f"publishing {name}: {answer}")
        ledger.answered(name, description, answer.json)


def storm(server, ledger, round_number, publishers, seconds):
    """Publishers for a while, then the kill; failures of theirs are ours."""
    stop, failures = threading.Event(), []

    def run(number):
        try:
            publisher(server, ledger, round_number, number, stop)
        except BaseException as failure:  # pylint: disable=broad-except
            failures.append(failure)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(publishers)]
    for thread in threads:
        thread.start()
    time.sleep(seconds)  # the moment of the kill is the point of the test, not a wait for something
    server.kill()
    stop.set()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def check_product(server, ledger, name):
    """All acknowledged versions and nothing but them and whole unanswered ones."""
    acknowledged = ledger.acknowledged.get(name, {})
    possible = ledger.unanswered.get(name, set())
    answer = server.get(f"/api/v1/products/{name}/versions?limit=1000", check=False)
    if answer.status == 404:
        assert not acknowledged, f"{name}: acknowledged {sorted(acknowledged)}, and gone"
        return 0
    found = {}
    for version in server.pages(f"/api/v1/products/{name}/versions", limit=1000, check=False):
        found[version["version"]] = version
    for version, (event, description) in acknowledged.items():
        assert version in found, f"{name} {version}: acknowledged, and gone"
        assert found[version]["event"] == event, f"{name} {version}: event {found[version]} instead of {event}"
        if (name, version) not in ledger.checked:
            check_content(server, name, version, {description})
            ledger.checked.add((name, version))
    for version in found.keys() - acknowledged.keys():
        description = check_content(server, name, version, possible)
        possible.discard(description)
        acknowledged[version] = (found[version]["event"], description)
    possible.clear()  # what is not there now never will be
    if acknowledged:
        ledger.acknowledged[name] = acknowledged
        ledger.resources.add(name)
    return len(found)


def check_content(server, name, version, descriptions):
    answer = server.get(f"/api/v1/products/{name}/versions/{version}", check=False)
    assert answer.status == 200, f"{name} {version}: {answer}"
    found = answer.json["product"]
    assert found["description"] in descriptions, f"{name} {version}: {found} is none of {descriptions}"
    assert found == weft.product(name, description=found["description"], storage=[{"plugin": "filesystem"}]), found
    return found["description"]


def check_log(server, kept):
    """By the client over HTTP, and offline beside the running server, also against what was kept."""
    words = ["--since", str(kept)] if kept.exists() else []
    for done in (server.client("audit", "verify", *words),
                 weft.run_client("audit", "verify", "--data", server.data, *words)):
        assert done.returncode == 0, f"the log does not verify:\n{done.stdout}{done.stderr}"
    kept.write_text(server.checkpoint(check=False).note)


def check_events(server, after):
    """No gaps, and each version is in the log once."""
    last = after
    for event in server.events(after=after, check=False):
        assert event["seq"] == last + 1, f"event {event['seq']} after {last}"
        last = event["seq"]
    return last


def wait_ready(server, names):
    for name in names:
        for resource in server.wait_resources(name):
            assert server.location(resource).is_dir(), f"{name}: {resource} is not there"


def show(text):
    if sys.stdout.isatty():
        print(f"\r{text}\x1b[K", end="", flush=True)


def run(options, folder):
    ledger, kept = Ledger(), folder / "kept.checkpoint"
    chance = random.Random(options.seed)
    server = weft.Server(data=folder / "data", arguments=["--log-level", "warn"])
    last, started, waited = 0, time.monotonic(), set()
    try:
        for number in range(1, options.rounds + 1):
            server.start()
            touched = sorted(name for name, possible in ledger.unanswered.items() if possible)
            recent = sorted(name for name in ledger.acknowledged if name.startswith(f"kill.r{number - 1}_"))
            for name in set(touched) | set(recent) | {f"kill.again_c{c}" for c in range(options.publishers)}:
                check_product(server, ledger, name)
            if number % SAMPLE == 0:
                last = check_events(server, last)
                check_log(server, kept)
                sample = chance.sample(sorted(ledger.resources - waited), 3)
                wait_ready(server, sample)
                waited.update(sample)
            storm(server, ledger, number, options.publishers, chance.uniform(0.002, options.longest))
            show(f"{number} of {options.rounds} kills, {ledger.publishes} acknowledged publishes")
        server.start()
        ledger.checked.clear()
        versions = sum(check_product(server, ledger, name)
                       for name in sorted(set(ledger.acknowledged) | set(ledger.unanswered)))
        assert ledger.publishes > options.rounds, f"only {ledger.publishes} publishes were acknowledged: no storm"
        check_log(server, kept)
        wait_ready(server, sorted(ledger.resources))
        check_events(server, 0)
        server.stop()
        done = weft.run_client("rebuild", "--data", server.data)
        assert done.returncode == 0, f"the projections are not what the log says:\n{done.stdout}{done.stderr}"
    finally:
        server.close()
    show("")
    print(f"{options.rounds} kills, {ledger.publishes} acknowledged publishes, {versions} versions, "
          f"{len(ledger.resources)} products with storage: nothing lost, nothing half, log verified "
          f"({time.monotonic() - started:.0f} s)")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=200, help="how often to kill (200)")
    parser.add_argument("--publishers", type=int, default=6, help="clients at a time (6)")
    parser.add_argument("--longest", type=float, default=0.12, help="seconds before the kill, at most (0.12)")
    parser.add_argument("--seed", type=int, default=None, help="of the moments of the kills")
    options = parser.parse_args()
    if options.seed is None:
        options.seed = random.SystemRandom().randrange(10**6)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="weft-kill9-"))
    try:
        run(options, folder)
    except BaseException:
        print(f"\nFAILED with --seed {options.seed}; the folder is kept: {folder}", flush=True)
        print("0 passed, 1 failed, 0 skipped")
        raise
    shutil.rmtree(folder)
    print("1 passed, 0 failed, 0 skipped")


if __name__ == "__main__":
    main()
