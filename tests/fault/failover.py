#!/usr/bin/python3
"""Machines die under load, and writes come back by themselves.

    tests/fault/failover.py [--only NAME]... [--rounds 1] [--clients 6]

Two nodes of Weft on the PostgreSQL pair of deploy/ha (Patroni in synchronous mode, etcd, haproxy), and clients that
publish through both.  One fault after the other; after each, and when everything runs again:

  - writes came back: while the fault lasted, where another machine can take over;
  - every version that was acknowledged is there, on both nodes, and nothing twice;
  - the log has no gaps and verifies, also against a checkpoint that was kept from before;
  - what was asked for is provisioned, each once.

Prints how long nobody could write.  Where the pair cannot run, everything is counted as skipped.
The server is build/$WEFT_PRESET/bin/weft, as in tests/api/weft.py.
"""

import argparse
import collections
import pathlib
import shutil
import sys
import tempfile
import time

import cluster as pair
from clients import Clients
from ledger import Ledger, check_events, check_log, check_product, show, weft
from nodes import Nodes

ENOUGH = 20       # acknowledgements that count as writes being back
ETCD_AWAY = 8     # seconds: longer than the primary may live without it
NODE_FROZEN = 25  # seconds: longer than a lease


class Scene:
    """What a fault works on."""

    def __init__(self, cluster, nodes, clients):
        self.cluster, self.nodes, self.clients = cluster, nodes, clients

    def writes_return(self, servers=(None,)):
        self.clients.wait_for(ENOUGH, time.monotonic(), servers)


# ---- the faults: each breaks something, sees writes come back, and mends it

def primary_killed(scene):
    """kill -9 of the primary and its Patroni"""
    old = scene.cluster.primary()
    scene.cluster.kill(old)
    scene.cluster.wait_primary(other_than=old)
    scene.writes_return()
    scene.cluster.start()


def patroni_killed(scene):
    """kill -9 of Patroni alone: two PostgreSQL think that they are the primary"""
    old = scene.cluster.primary()
    scene.cluster.kill_patroni(old)
    scene.cluster.wait_primary(other_than=old)
    scene.writes_return()
    scene.cluster.start()


def postgres_killed(scene):
    """kill -9 of the primary, and Patroni starts it again"""
    scene.cluster.kill_postgres(scene.cluster.primary())
    scene.cluster.wait_primary()
    scene.writes_return()


def standby_killed(scene):
    """kill -9 of the standby and its Patroni"""
    scene.cluster.kill(scene.cluster.standby())
    scene.writes_return()
    scene.cluster.start()


def etcd_away(scene):
    """etcd away for a while: nobody may be primary"""
    scene.cluster.kill_etcd()
    time.sleep(ETCD_AWAY)  # the length of the fault
    scene.cluster.start()
    scene.writes_return()


def machine_frozen(scene):
    """SIGSTOP of the primary and its Patroni, until another one is"""
    old = scene.cluster.primary()
    scene.cluster.freeze(old)
    scene.cluster.wait_primary(other_than=old)
    scene.writes_return()
    scene.cluster.thaw()


def postgres_frozen(scene):
    """SIGSTOP of the primary alone, until another one is"""
    old = scene.cluster.primary()
    scene.cluster.freeze(old, with_patroni=False)
    scene.cluster.wait_primary(other_than=old)
    scene.writes_return()
    scene.cluster.thaw()


def node_killed(scene):
    """kill -9 of a node"""
    scene.nodes.kill(0)
    scene.writes_return(servers=[1])
    scene.nodes.start(0)
    scene.writes_return(servers=[0, 1])


def node_frozen(scene):
    """SIGSTOP of a node past its leases"""
    scene.nodes.freeze(0)
    time.sleep(NODE_FROZEN)  # the length of the fault
    scene.writes_return(servers=[1])
    scene.nodes.thaw(0)
    scene.writes_return(servers=[0, 1])


FAULTS = [primary_killed, node_killed, patroni_killed, node_frozen, postgres_killed, machine_frozen, standby_killed,
          postgres_frozen, etcd_away]


# ---- after each

class Checker:
    """Looks at everything that happened since it looked last."""

    def __init__(self, nodes, ledger, folder):
        self.nodes, self.ledger = nodes, ledger
        self.kept = [folder / f"kept{number}.checkpoint" for number, _ in enumerate(nodes.servers)]
        self.last, self.provisioned = 0, collections.Counter()

    def check(self, names):
        """No client runs meanwhile, and everything that was sent has been acknowledged."""
        assert not any(self.ledger.unanswered.values()), "clients gave up"
        for server in self.nodes.servers:
            self.ledger.checked -= {(name, version) for name in names for version in self.ledger.acknowledged[name]}
            for name in names:
                check_product(server, self.ledger, name)
        self.check_provisioned(names)
        for server, kept in zip(self.nodes.servers, self.kept):
            check_log(server, kept, offline=False)
        events = self.nodes.servers[0].events(after=self.last, check=False)
        for server in self.nodes.servers:
            assert check_events(server, self.last) == (events[-1]["seq"] if events else self.last)
        self.count(events)

    def check_provisioned(self, names):
        for name in names:
            for resource in self.nodes.servers[0].wait_resources(name):
                assert self.nodes.location_exists(resource), f"{name}: {resource} is not there"

    def count(self, events):
        """One wish gets ready once, whoever worked on it: a node that was frozen must not say it again."""
        for event in events:
            if event["kind"] == "resource.changed" and event["body"]["state"] == "ready":
                self.provisioned[event["subject"]] += 1
            self.last = event["seq"]
        for name, times in self.provisioned.items():
            versions = len(self.ledger.acknowledged[name])
            assert times <= versions, f"{name}: {versions} versions, and {times} times ready"


def run_fault(fault, scene, checker):
    """Whole before, broken, whole after, and nothing lost.  Says how long nobody could write."""
    before = {name: len(versions) for name, versions in scene.clients.ledger.acknowledged.items()}
    scene.clients.go()
    scene.cluster.wait_whole()
    scene.writes_return(servers=[0, 1])
    since = time.monotonic()
    fault(scene)
    scene.cluster.wait_whole()
    scene.writes_return(servers=[0, 1])
    scene.clients.pause()
    silence = scene.clients.silence(since)
    acknowledged = scene.clients.ledger.acknowledged
    checker.check(sorted(name for name in acknowledged if len(acknowledged[name]) != before.get(name)))
    return silence


def run(options, folder):
    ledger, faults = Ledger(), [fault for fault in FAULTS if not options.only or fault.__name__ in options.only]
    passed = 0
    with pair.Cluster(folder / "postgres") as cluster, Nodes(folder, cluster.url) as nodes, \
            Clients(nodes.servers, ledger, options.clients) as clients:
        scene, checker = Scene(cluster, nodes, clients), Checker(nodes, ledger, folder)
        try:
            clients.pause()
            for fault in faults * options.rounds:
                show(fault.__doc__)
                silence = run_fault(fault, scene, checker)
                show("")
                print(f"{fault.__doc__:<76} {silence:5.1f} s without writes", flush=True)
                passed += 1
        except BaseException:
            print(f"\nFAILED: {fault.__doc__}{cluster.logs()}")
            for server in nodes.servers:
                print(f"--- {server.log}\n{server.log_text()}")
            print(f"{passed} passed, 1 failed, 0 skipped", flush=True)
            clients.ended.set()
            raise
        print(f"{ledger.publishes} acknowledged publishes, {clients.repeated} of them sent again, {clients.replayed} of "
              f"those done already: nothing lost, nothing twice, log verified")
    print(f"{passed} passed, 0 failed, 0 skipped")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", choices=[fault.__name__ for fault in FAULTS], help="this fault")
    parser.add_argument("--rounds", type=int, default=1, help="how often all of them (1)")
    parser.add_argument("--clients", type=int, default=6, help="how many publish (6)")
    options = parser.parse_args()
    missing = pair.missing()
    if missing:
        print(f"SKIPPED: the PostgreSQL pair cannot run here: {missing}")
        print(f"0 passed, 0 failed, {len(FAULTS)} skipped")
        return
    folder = pathlib.Path(tempfile.mkdtemp(prefix="weft-failover-"))
    folder.chmod(0o755)  # the user postgres must be able to enter
    try:
        run(options, folder)
    except BaseException:
        print(f"the folder is kept: {folder}", file=sys.stderr)
        raise
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
