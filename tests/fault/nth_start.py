#!/usr/bin/python3
"""The n-th call of one kind fails while the server starts, for every n: on an empty folder, and on one that is in use.

    tests/fault/nth_start.py [--kind sync]... [--every 5]

Each time it either starts, or ends with a message and status 3; memory that ran out may end it without one.  The next
start, without a fault, finds everything that was there, in a log that verifies, and takes the next publish.

`--every` takes a sample of the calls: each n-th, beginning at a random one; of allocations, which are many, a tenth of
that.
"""

import argparse
import errno
import pathlib
import random
import shutil
import sys
import tempfile

import faults
import weft

ERRORS = {"write": [errno.EIO, errno.ENOSPC], "sync": [errno.EIO], "truncate": [errno.EIO], "open": [errno.EMFILE],
          "read": [errno.EIO], "sql": [faults.SQLITE_IOERR], "thread": [errno.EAGAIN], "memory": [errno.ENOMEM]}
NAMES = ["kept.one", "kept.two"]


def begin_catalog(folder):
    """What a server left that was killed: its journal is not settled."""
    with faults.Server(data=folder) as server:
        for name in NAMES:
            assert server.publish(weft.product(name)).status == 201
        shutil.copytree(folder, f"{folder}.killed")
    return pathlib.Path(f"{folder}.killed")


class Sweep:
    def __init__(self, kind, error, template, folder):
        self.kind, self.error, self.template, self.data = kind, error, template, folder / "data"
        self.title = f"start {'on a catalog' if template else 'anew'}: {kind} {error}"
        self.ended = self.started = self.nth = 0

    def run(self, every):
        self.nth = random.randint(1, every)
        while self.once():
            self.nth += every

    def once(self):
        shutil.rmtree(self.data, ignore_errors=True)
        if self.template:
            shutil.copytree(self.template, self.data)
        server = faults.Server(data=self.data)
        try:
            failures = self.start_with_fault(server)
            self.start_well(server)
            return failures
        finally:
            if server.alive:
                server.kill()
            server.process = None
            server.close()

    def start_with_fault(self, server):
        server.arm(self.kind, self.nth, self.error)
        try:
            server.start()
            self.started += 1
            server.kill()
        except AssertionError:
            if server.alive:
                raise
            self.judge(server)
            server.process = None
        return server.disarm()[1]

    def judge(self, server):
        self.ended += 1
        status, said = server.process.returncode, server.log_text()
        may_abort = self.kind == "memory" and status in faults.OUT_OF_MEMORY
        assert status == 3 or may_abort, f"ended with status {status}: {said}"
        assert "weft: " in said or may_abort, f"ended without a message: {said}"

    def start_well(self, server):
        server.start()
        if self.template:
            for name in NAMES:
                assert server.get(f"/api/v1/products/{name}").status == 200, f"{name} is gone"
        assert server.publish(weft.product("after.wards")).status == 201
        server.stop()
        done = weft.run_client("audit", "verify", "--data", self.data)
        assert done.returncode == 0, f"{done.stdout}{done.stderr}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kind", action="append", choices=ERRORS, help="of call that fails; several times for several")
    parser.add_argument("--every", type=int, default=1, help="a sample: each n-th call (1: all)")
    options = parser.parse_args()
    passed = failed = 0
    with tempfile.TemporaryDirectory(prefix="weft-start-") as name:
        folder = pathlib.Path(name)
        in_use = begin_catalog(folder / "in-use")
        for kind in options.kind or ERRORS:
            for error in ERRORS[kind]:
                for template in (None, in_use):
                    sweep = Sweep(kind, error, template, folder)
                    try:
                        sweep.run(options.every if kind != "memory" or options.every == 1 else 10 * options.every)
                        print(f"{sweep.title}: {sweep.ended} ends, {sweep.started} starts nevertheless", flush=True)
                        passed += 1
                    except (AssertionError, OSError) as wrong:
                        print(f"FAILED {sweep.title}, call {sweep.nth}: {wrong}", flush=True)
                        failed += 1
    print(f"{passed} passed, {failed} failed, 0 skipped")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
