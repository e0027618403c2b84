#!/usr/bin/python3
"""kill -9 in the middle of concurrent publishes, again and again.

    tests/fault/kill9.py [--rounds 200] [--publishers 6] [--seed N]

Each round starts the server on the same folder, lets a few clients publish new products and new versions of old ones,
and kills it at a moment that nobody chose.  After each start:

  - every version whose answer a client has seen is there, with the event number that the answer gave;
  - what was sent and not answered is there whole, or not at all; who got no answer repeats the command, with the
    Idempotency-Key that it had, however often it takes: one version results;
  - every few rounds, and at the end, the log verifies: also against a checkpoint that was kept from earlier;
  - every few rounds the resources that were asked for get ready; at the end all of them, and their folders exist.

The server is build/$WEFT_PRESET/bin/weft, as in tests/api/weft.py.
"""

import argparse
import http.client
import pathlib
import random
import shutil
import tempfile
import threading
import time

from ledger import Ledger, check_events, check_log, check_product, document, show, wait_ready, weft

SAMPLE = 10  # rounds between the checks that take longer


class Clients:
    """Each repeats what it got no answer to, before it does anything else."""

    def __init__(self, ledger):
        self.ledger, self.pending, self.repeats = ledger, {}, 0

    def new_command(self, chance, round_number, number, turn):
        name = f"kill.r{round_number}_c{number}_{turn}" if chance.random() < 0.5 else f"kill.again_c{number}"
        return name, f"round {round_number}, client {number}, turn {turn}"

    def send(self, server, number, command, connection):
        """False when nobody answered."""
        name, description = command
        self.ledger.sent(name, description)
        self.pending[number] = command
        try:
            answer = server.publish(document(name, description), connection=connection, check=False,
                                    headers={"Idempotency-Key": description.replace(" ", "_")})
        except (OSError, http.client.HTTPException):
            return False  # killed: nobody knows
        assert answer.status in (200, 201), f"publishing {name}: {answer}"
        del self.pending[number]
        self.ledger.answered(name, description, answer.json)
        return True

    def repeat(self, server, number, connection=None):
        if number not in self.pending:
            return True
        self.repeats += 1
        return self.send(server, number, self.pending[number], connection)

    def publish(self, server, round_number, number, stop):
        """Until the server dies: new products, and new versions of one of its own."""
        chance, turn = random.Random(f"{round_number}/{number}"), 0
        connection = server.connect()
        alive = self.repeat(server, number, connection)
        while alive and not stop.is_set():
            turn += 1
            alive = self.send(server, number, self.new_command(chance, round_number, number, turn), connection)


def storm(server, clients, round_number, publishers, seconds):
    """Publishers for a while, then the kill; failures of theirs are ours."""
    stop, failures = threading.Event(), []

    def run(number):
        try:
            clients.publish(server, round_number, number, stop)
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


def run(options, folder):
    ledger, kept = Ledger(), folder / "kept.checkpoint"
    clients = Clients(ledger)
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
            storm(server, clients, number, options.publishers, chance.uniform(0.002, options.longest))
            show(f"{number} of {options.rounds} kills, {ledger.publishes} acknowledged publishes")
        server.start()
        for number in range(options.publishers):
            clients.repeat(server, number)
        ledger.checked.clear()
        versions = sum(check_product(server, ledger, name) for name in ledger.names)
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
    print(f"{options.rounds} kills, {ledger.publishes} acknowledged publishes, {clients.repeats} repeated, {versions} versions, "
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
