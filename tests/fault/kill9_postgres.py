#!/usr/bin/python3
"""kill -9 of PostgreSQL and of nodes that share it, again and again, under load.

    tests/fault/kill9_postgres.py [--rounds 100] [--clients 6] [--seed N]

Two nodes and one PostgreSQL (tests/services/postgres.sh); clients publish through both nodes and do not give up.  Each
round kills the database, one node, or both nodes, at a moment that nobody chose, and starts what it killed: nodes whose
database died must find it again by themselves.  After each round:

  - every version that was acknowledged is there, with the event number that the answer gave, and nothing twice;
  - everything that was sent has been acknowledged in the end, through its Idempotency-Key;
  - the log has no gaps and verifies, also against a checkpoint that was kept from earlier.

At the end everything is looked at once more, on both nodes, and what was asked for is provisioned.
The server is build/$WEFT_PRESET/bin/weft, as in tests/api/weft.py.
"""

import argparse
import pathlib
import random
import shutil
import subprocess
import tempfile
import time

from clients import Clients
from ledger import Ledger, check_events, check_log, check_product, show, weft
from nodes import Nodes

SCRIPT = weft.ROOT / "tests" / "services" / "postgres.sh"
VICTIMS = ("database", "database", "node 1", "node 2", "both nodes")


def postgres(word, folder):
    done = subprocess.run([SCRIPT, word, folder], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
                          timeout=120)
    assert done.returncode == 0, f"postgres.sh {word}:\n{done.stdout}{done.stderr}"
    return done.stdout.strip()


def kill(victim, nodes, database):
    """And start it again."""
    if victim == "database":
        postgres("kill", database)
        postgres("start", database)
        return
    numbers = [0, 1] if victim == "both nodes" else [int(victim[-1]) - 1]
    for number in numbers:
        nodes.kill(number)
    for number in numbers:
        nodes.start(number)


def check(nodes, ledger, names, kept, after):
    """On the node that comes first, which is another one each time."""
    assert not any(ledger.unanswered.values()), "clients gave up"
    server = nodes[0]
    for name in names:
        check_product(server, ledger, name)
    check_log(server, kept, offline=False)
    return check_events(server, after)


def check_at_the_end(nodes, ledger, kept):
    for server in nodes.servers:
        ledger.checked.clear()
        check([server], ledger, ledger.names, kept, 0)
    for name in ledger.names:
        for resource in nodes.servers[0].wait_resources(name):
            assert nodes.location_exists(resource), f"{name}: {resource} is not there"


def run(options, folder):
    ledger, kept, database = Ledger(), folder / "kept.checkpoint", folder / "postgres"
    chance, last, started = random.Random(options.seed), 0, time.monotonic()
    before = {}
    try:
        with Nodes(folder, postgres("start", database)) as nodes, Clients(nodes.servers, ledger, options.clients) as clients:
            for number in range(options.rounds):
                time.sleep(chance.uniform(0.01, options.longest))  # the moment is the point, not a wait for something
                kill(chance.choice(VICTIMS), nodes, database)
                clients.wait_for(1, time.monotonic(), [0, 1])
                clients.pause()
                names = [name for name in ledger.names if len(ledger.acknowledged[name]) != before.get(name)]
                order = nodes.servers if number % 2 else nodes.servers[::-1]
                last = check(order, ledger, names, kept, last)
                before = {name: len(versions) for name, versions in ledger.acknowledged.items()}
                clients.go()
                show(f"{number + 1} of {options.rounds} kills, {ledger.publishes} acknowledged publishes")
            clients.pause()
            check_at_the_end(nodes, ledger, kept)
    finally:
        postgres("stop", database)
    show("")
    print(f"{options.rounds} kills, {ledger.publishes} acknowledged publishes, {clients.repeated} of them sent again, "
          f"{clients.replayed} of those done already: nothing lost, nothing twice, log verified "
          f"({time.monotonic() - started:.0f} s)")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=100, help="how often to kill (100)")
    parser.add_argument("--clients", type=int, default=6, help="how many publish (6)")
    parser.add_argument("--longest", type=float, default=0.3, help="seconds before the kill, at most (0.3)")
    parser.add_argument("--seed", type=int, default=None, help="of the moments of the kills, and of who is killed")
    options = parser.parse_args()
    if options.seed is None:
        options.seed = random.SystemRandom().randrange(10**6)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="weft-kill9-postgres-"))
    folder.chmod(0o755)  # the user postgres must be able to enter
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
