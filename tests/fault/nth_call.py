#!/usr/bin/python3
"""The n-th call of one kind fails, for every n of what a client asks, for every kind.

    tests/fault/nth_call.py [--kind sync]... [--command update]... [--every 5] [-v]

A command is done again and again, each time with a later call failing, until it ends before the call that would have
failed.  Each time:

  - the answer is what it would have been, or a problem document with a status of the server's (5xx), or none, when the
    connection or the process ended;
  - what was acknowledged is there, and what was not is there whole or not at all: the product, its versions, events,
    columns, lineage, resources and what the search finds agree;
  - a command repeated with its Idempotency-Key makes one version, however often it was sent;
  - the next publish works; without a restart, where the process lived.  Only memory that ran out may end it.

After each sweep the log verifies, all resources are ready, and the projections are what the log says, byte for byte.
`--every` takes a sample of the calls: each n-th, beginning at a random one; of allocations, which are many, a tenth of
that.
"""

import argparse
import errno
import http.client
import random
import sys
import time

import faults
import weft

# kind: the ways in which it fails (faults.Server.arm), and the statuses that say so
WAYS = {
    "write": [({"error": errno.EIO}, {500}), ({"error": errno.ENOSPC}, {507}), ({"error": errno.ENOSPC, "short": True}, {507})],
    "read": [({"error": errno.EIO}, {500})],
    "sync": [({"error": errno.EIO}, {500})],
    "truncate": [({"error": errno.EIO}, {500})],
    "open": [({"error": errno.EIO}, {500})],
    "sql": [({"error": faults.SQLITE_IOERR}, {500}), ({"error": faults.SQLITE_FULL}, {507})],
    "net": [({"error": errno.ECONNRESET}, set())],
    "thread": [({"error": errno.EAGAIN}, {500, 503})],
    "memory": [({"error": errno.ENOMEM}, {500, 503})],
}
GONE = (OSError, http.client.HTTPException)
RESTING = 60  # failures between looks at the whole log


def document(name, turn, resources=False):
    """What changes from one turn to the next is in every projection."""
    more = {"storage": [{"plugin": "filesystem", "name": f"t{turn}"}]} if resources else {}
    return weft.product(
        name, description=f"turn{turn}", tags=[f"turn{turn}"], inputs=["source.one"],
        schema=[{"name": "id", "type": "STRING", "key": True},
                {"name": f"c{turn}", "type": "INTEGER", "from": ["source.one#value"]}],
        version=f"{turn + 1}.0.0", **more)


class Command:
    """Something that a client asks, in one or several ways; `do` sends it, `check` looks at what became of it."""
    ways = [None]

    def __init__(self, server):
        self.server, self.turn, self.way = server, 0, None

    def prepare(self):
        self.turn += 1


class Publish(Command):
    """Subclasses say of what name, and with which header."""
    resources = False
    headers = {}

    def do(self):
        return self.server.publish(document(self.name, self.turn, self.resources), headers=self.headers, timeout=20)

    def check(self, answer):
        """Everything that can be asked about the version says the same of it."""
        get = self.server.get
        acknowledged = answer is not None and answer.status in (200, 201)
        version = f"{self.turn + 1}.0.0"
        product = get(f"/api/v1/products/{self.name}")
        is_there = product.status == 200 and product.json["version"] == version
        assert is_there or not acknowledged, f"{self.name} {version}: acknowledged, and gone: {product}"
        found = {
            "versions": [v["version"] for v in self.items(f"/api/v1/products/{self.name}/versions")].count(version),
            "events": sum(f"turn{self.turn}" in event["body"]["source"]
                          for event in self.items(f"/api/v1/events?subject={self.name}&kind=product.published&limit=1000")),
            "tags": self.names(f"/api/v1/products?tag=turn{self.turn}"),
            "search": self.names(f"/api/v1/search?q=turn{self.turn}"),
            "lineage": self.reached(f"column:{self.name}%23c{self.turn}"),
        }
        if self.resources:
            wished = [r["name"] for r in self.items(f"/api/v1/products/{self.name}/resources")]
            found["resources"] = wished.count(f"t{self.turn}")
        for what, count in found.items():
            assert count == is_there, f"{self.name} {version} is {'' if is_there else 'not '}there, but: {found}"
        if acknowledged:
            assert answer.json["version"] == version and product.etag == f'"{answer.json["event"]}"', answer
        return is_there

    def items(self, path):
        answer = self.server.get(path)
        assert answer.status in (200, 404), answer
        return answer.json["items"] if answer.status == 200 else []

    def names(self, path):
        return [item["name"] for item in self.items(path)].count(self.name)

    def reached(self, node):
        answer = self.server.get(f"/api/v1/lineage?node={node}&direction=up&level=column")
        assert answer.status in (200, 404), answer
        return answer.status == 200 and any(n["id"] == "column:source.one#value" for n in answer.json["nodes"])


class First(Publish):
    """A product that is not there yet."""

    @property
    def name(self):
        return f"first.turn_{self.turn}"


class Update(Publish):
    """The next version of one that is."""
    name = "update.again"


class Keyed(Publish):
    """As a careful client would: whoever got no answer, or one of the server's faults, repeats the command."""
    name = "keyed.again"

    @property
    def headers(self):
        return {"Idempotency-Key": f"turn-{self.turn}"}

    def check(self, answer):
        super().check(answer)
        again = self.do()
        assert again.status in (200, 201), f"repeated: {again}"
        assert super().check(again), "repeated, acknowledged and not there"
        if answer is not None and answer.status in (200, 201):
            assert answer.body == again.body, f"{answer} became {again}"


class Provisioned(First):
    """With storage: the job goes with the version, and what it asks for gets ready, now or later."""
    resources = True

    @property
    def name(self):
        return f"provisioned.turn_{self.turn}"

    def do(self):
        answer = super().do()
        if answer.status == 201:
            deadline = time.monotonic() + 0.15  # so that calls of the job are among those that fail
            while time.monotonic() < deadline and not self.is_ready():
                time.sleep(0.005)
        return answer

    def is_ready(self):
        """These questions may fail, too."""
        try:
            answer = self.server.get(f"/api/v1/products/{self.name}/resources")
        except GONE:
            return not self.server.alive
        return answer.status == 200 and all(r["state"] == "ready" for r in answer.json["items"])


class Read(Command):
    """GET: of what is there, in several ways; the same answer afterwards as before."""
    ways = ["/api/v1/products/source.one", "/api/v1/products?limit=5", "/api/v1/search?q=source", "/api/v1/domains/testing",
            "/api/v1/lineage?node=product:source.one&direction=down&limit=5", "/api/v1/products/source.one/versions",
            "/api/v1/events?limit=3", "/api/v1/audit/inclusion?seq=1&size=2", "/api/v1/policies", "/metrics", "/readyz"]

    def prepare(self):
        super().prepare()
        self.before = self.server.get(self.way)

    def do(self):
        return self.server.get(self.way, timeout=20)

    def check(self, answer):
        wanted = self.comparable(self.before)
        if answer is not None and answer.status == 200:
            found = self.comparable(answer)
            assert found == wanted, f"{self.way}: {found} instead of {wanted}"
        after = self.comparable(self.server.get(self.way))
        assert after == wanted, f"{self.way}: then {after} instead of {wanted}"

    def comparable(self, answer):
        """Scores depend on what else the index has learnt meanwhile, metrics on everything."""
        if self.way == "/metrics":
            return answer.status
        if self.way.startswith("/api/v1/search") and answer.status == 200:
            return [{**item, "score": None} for item in answer.json["items"]]
        return answer.text[-500:]


COMMANDS = {"first": First, "update": Update, "keyed": Keyed, "provisioned": Provisioned, "read": Read}


class Sweep:
    """One command and one way of failing, over every n."""

    def __init__(self, server, name, kind, way, statuses):
        self.server, self.kind, self.way, self.statuses = server, kind, way, statuses
        self.title = f"{name}: {kind} {' '.join(str(word) for word in way.values())}"
        self.command = COMMANDS[name](server)
        self.nth = self.ended = self.failed = self.refused = 0

    def run(self, every):
        for self.command.way in self.command.ways:
            nth, past_the_end = random.randint(1, every), 0
            while past_the_end < 2:  # other threads do their own work: once may have been their turn
                failures = self.once(nth)
                past_the_end = 0 if failures else past_the_end + 1
                nth += every if failures else 0

    def once(self, nth):
        self.command.prepare()
        self.server.arm(self.kind, nth, **self.way)
        answer = self.ask()
        _, failures = self.server.disarm()
        self.failed += bool(failures)
        self.nth = nth
        self.revive()
        self.judge(answer, failures)
        self.command.check(answer)
        self.go_on()
        return failures

    def ask(self):
        try:
            return self.command.do()
        except GONE:
            return None

    def judge(self, answer, failures):
        if answer is None:
            assert failures, "no answer, though nothing failed"
        elif answer.status not in (200, 201):
            assert failures and answer.status in self.statuses, f"expected one of {self.statuses}: {answer}"
            assert answer.type == "application/problem+json" and answer.json["status"] == answer.status, answer
            assert answer.json["detail"], answer
            self.refused += 1

    def revive(self):
        if not self.has_ended():
            return
        status = self.server.process.returncode
        assert self.kind == "memory", f"the process ended with status {status}"
        assert status in faults.OUT_OF_MEMORY, f"the process ended with status {status}"
        self.ended += 1
        self.server.process = None
        self.server.start()

    def has_ended(self):
        """Its connections close a moment before it is gone."""
        def is_decided():
            try:
                return not self.server.alive or self.server.get("/healthz", timeout=5).status == 200
            except GONE:
                return False
        weft.wait_for(is_decided, "the server to end, or to live on")
        return not self.server.alive

    def go_on(self):
        answer = self.server.publish(weft.product("after.wards", description=f"{self.title} {self.command.turn}"), timeout=20)
        assert answer.status in (200, 201), f"the next publish: {answer}"

    def done(self):
        print(f"{self.title}: {self.failed} calls failed, {self.refused} answers say so"
              + (f", {self.ended} ends" if self.ended else ""), flush=True)


def check_all(server):
    """The log as an auditor reads it, the resources, the projections."""
    for name in [p["name"] for p in server.pages("/api/v1/products", limit=1000)]:
        if server.resources(name):
            server.wait_resources(name)
    server.stop()
    for words in (["audit", "verify", "--data", server.data], ["rebuild", "--data", server.data]):
        done = weft.run_client(*words)
        assert done.returncode == 0, f"weft {words[0]}:\n{done.stdout}{done.stderr}"
    server.start()


def chosen(options):
    for name in options.command or COMMANDS:
        for kind in options.kind or WAYS:
            for way, statuses in WAYS[kind]:
                yield name, kind, way, statuses


def run_one(sweep, every):
    server = sweep.server
    try:
        server.start()
        assert server.publish(weft.product("source.one")).status == 201
        sweep.run(every if sweep.kind != "memory" or every == 1 else 10 * every)
        check_all(server)
        sweep.done()
        server.stop()
        return True
    except (AssertionError, *GONE) as wrong:
        print(f"FAILED {sweep.title}, call {sweep.nth}: {wrong!r}\n{server.log_text(1500)}", flush=True)
        return False
    finally:
        if server.alive:
            server.kill()
        server.process = None
        server.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kind", action="append", choices=WAYS, help="of call that fails; several times for several")
    parser.add_argument("--command", action="append", choices=COMMANDS, help="that is asked; likewise")
    parser.add_argument("--every", type=int, default=1, help="a sample: each n-th call (1: all)")
    options = parser.parse_args()
    passed, failed = 0, 0
    for name, kind, way, statuses in chosen(options):
        if run_one(Sweep(faults.Server(), name, kind, way, statuses), options.every):
            passed += 1
        else:
            failed += 1
    print(f"{passed} passed, {failed} failed, 0 skipped")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
