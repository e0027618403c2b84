#!/usr/bin/python3
"""A file system that is full, under the data folder.

    tests/fault/full_disk.py [-v]

Mounts a small one for itself, in a name space of its own (unshare): where that is not allowed every test is skipped.
Reads go on, writes are answered 507 with what is wrong, and when there is space again they go on, without a restart.
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading
import unittest

import faults
import weft

INSIDE = "WEFT_INSIDE_NAMESPACE"
MEGABYTE = 1 << 20
SIZE = 64 * MEGABYTE
SETTLED_FROM = 4000 * 4096  # bytes of the journal: catalog/settler.h
TEXT = "what a long description takes, " * 60


class SmallDisk:
    """A tmpfs, and the file that fills it."""

    def __init__(self):
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="weft-disk-"))
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", self.path], check=True)
        self.filler = self.path / "filler"

    def free_bytes(self):
        status = os.statvfs(self.path)
        return status.f_bavail * status.f_frsize

    def fill(self, leave=0):
        """Until so many bytes are left; a file that somebody extends meanwhile may take less."""
        self.filler.unlink(missing_ok=True)
        with open(self.filler, "wb", buffering=0) as file:
            try:
                while (more := self.free_bytes() - leave) > 0:
                    file.write(bytes(min(more, 65536)))
            except OSError:
                pass

    def clear(self):
        self.filler.unlink(missing_ok=True)

    def remove(self):
        subprocess.run(["umount", "-l", self.path], check=True)
        self.path.rmdir()


class FullDisk(weft.Case):
    """weft.Case checks; the server is each test's own."""

    @classmethod
    def setUpClass(cls):
        pass

    @classmethod
    def tearDownClass(cls):
        pass

    def setUp(self):
        self.disk = SmallDisk()
        self.server = weft.Server(data=self.disk.path / "data", arguments=["--log-level", "error"])
        self.server.log = pathlib.Path(tempfile.mkdtemp(prefix="weft-log-")) / "log"
        self.acknowledged = {}  # name: version

    def tearDown(self):
        try:
            self.disk.clear()
            self.server.close()
        finally:
            self.disk.remove()
            shutil.rmtree(self.server.log.parent)

    def begin(self):
        """With a checkpoint that can be given when no newer one can be kept."""
        self.server.start()
        self.publish("first.one")
        self.server.checkpoint()

    def publish(self, name, **changes):
        """A status of 201 or 200, which is kept in mind, or 507."""
        answer = self.server.publish(weft.product(name, **changes))
        if answer.status == 507:
            self.assertProblem(answer, 507)
            self.assertEqual(answer.json["type"], "urn:weft:problem:no-space")
        else:
            self.assertIn(answer.status, (200, 201), answer)
            self.acknowledged[name] = answer.json["version"]
        return answer.status

    def publish_until_full(self, prefix, most=2000):
        for number in range(most):
            if self.publish(f"{prefix}.p{number}", description=TEXT) == 507:
                return
        self.fail("the disk never got full")

    def check_reads(self):
        """Everything that can be asked, for everything that was acknowledged."""
        name = next(iter(self.acknowledged))
        for path in (f"/api/v1/products/{name}", "/api/v1/products?limit=5", "/api/v1/search?q=id", "/readyz", "/metrics",
                     f"/api/v1/products/{name}/versions", "/api/v1/events?limit=2", "/api/v1/policies",
                     f"/api/v1/lineage?node=product:{name}", f"/api/v1/products/{name}/compliance",
                     "/api/v1/audit/inclusion?seq=1&size=2", "/api/v1/audit/checkpoint"):
            self.assertStatus(self.server.get(path), 200)

    def check_kept(self):
        for name, version in self.acknowledged.items():
            answer = self.assertStatus(self.server.get(f"/api/v1/products/{name}"), 200)
            self.assertEqual(answer.json["version"], version)

    def check_whole(self):
        """All of it, by an auditor and by a rebuild."""
        self.check_kept()
        self.server.stop()
        for words in (["audit", "verify", "--data", self.server.data], ["rebuild", "--data", self.server.data]):
            self.assertDone(weft.run_client(*words))
        self.server.start()
        self.check_kept()

    def test_reads_serve_on_and_writes_go_on_when_there_is_space(self):
        self.begin()
        self.disk.fill(leave=MEGABYTE // 2)
        self.publish_until_full("full")
        self.disk.fill()
        for number in range(20):
            self.assertEqual(self.publish(f"refused.p{number}"), 507)
            self.check_reads()
        # What a refused publish had begun to write is room for what is smaller, once or twice.
        for number in range(20):
            answer = self.server.put(f"/api/v1/domains/d{number}", f"name: d{number}\ndescription: {TEXT}")
        self.assertProblem(answer, 507)
        self.disk.clear()
        self.assertEqual(self.publish("space.again"), 201)
        self.check_whole()

    def test_it_fills_up_under_load(self):
        self.begin()
        stop, failures = threading.Event(), []

        def run(number):
            turn = 0
            try:
                while not stop.is_set():
                    turn += 1
                    self.publish(f"load.c{number}_{turn}", description=TEXT)
            except BaseException as failure:  # pylint: disable=broad-except
                failures.append(failure)

        threads = [threading.Thread(target=run, args=(number,)) for number in range(6)]
        for thread in threads:
            thread.start()
        for _ in range(10):
            self.disk.fill()
            self.check_reads()
            self.disk.clear()
            self.check_reads()
        stop.set()
        for thread in threads:
            thread.join()
        self.assertEqual(failures, [])
        self.assertEqual(self.publish("space.again"), 201)
        self.check_whole()

    def test_whatever_little_is_left(self):
        """From nothing to what two publishes need, in steps of a page: each refusal leaves nothing."""
        self.begin()
        statuses = set()
        for pages in range(0, 80, 2):
            self.disk.fill(leave=pages * 4096)
            statuses.add(self.publish("little.by_little", description=f"{pages} {TEXT}"))
            self.check_reads()
            answer = self.server.get("/api/v1/products/little.by_little")
            known = self.acknowledged.get("little.by_little")
            self.assertEqual(answer.status == 200 and answer.json["version"], known or False)
        self.disk.clear()
        self.assertEqual(self.publish("space.again"), 201)
        self.assertEqual(statuses - {200, 201}, {507})
        self.check_whole()

    def test_the_journal_cannot_be_settled(self):
        """The database has no space to grow: then the journal does, while it can, and is settled later."""
        self.begin()
        journal, database = self.server.data / "weft.db-wal", self.server.data / "weft.db"
        number = 0
        while journal.stat().st_size < SETTLED_FROM - MEGABYTE:
            number += 1
            self.assertEqual(self.publish(f"journal.p{number}", description=TEXT), 201)
        self.disk.fill(leave=2 * MEGABYTE)
        self.publish_until_full("full")
        self.assertGreater(journal.stat().st_size, SETTLED_FROM)
        grown = database.stat().st_size
        self.check_reads()
        self.disk.clear()
        self.assertEqual(self.publish("space.again"), 201)
        weft.wait_for(lambda: database.stat().st_size > grown, "the journal to be settled")
        self.check_whole()

    def test_what_was_asked_for_is_provided_later(self):
        self.begin()
        folder = self.server.data / "resources"
        self.disk.fill(leave=200 * 1024)
        self.assertEqual(self.publish("stored.one", storage=[{"plugin": "sqlite"}, {"plugin": "filesystem"}]), 201)
        self.disk.fill()
        self.check_reads()
        self.disk.clear()
        for resource in self.server.wait_resources("stored.one"):
            self.assertTrue(self.server.location(resource).exists(), folder)
        self.check_whole()

    def ends_for_want_of_space(self):
        with self.assertRaises(AssertionError):
            self.server.start()
        self.assertEqual(self.server.process.returncode, 3)
        self.assertRegex(self.server.log_text(), r"weft: .*(space|full)")
        self.server.process = None

    def test_a_first_start_without_space_says_so(self):
        self.disk.fill()
        self.ends_for_want_of_space()
        self.disk.clear()
        self.server.start()
        self.assertEqual(self.publish("first.one"), 201)

    def test_a_start_without_space_serves_or_says_why_not(self):
        self.server.start()
        for number in range(50):
            self.publish(f"first.p{number}")
        self.server.kill()
        self.disk.fill()
        try:
            self.server.start()
        except AssertionError:
            self.assertEqual(self.server.process.returncode, 3)
            self.assertRegex(self.server.log_text(), r"weft: .*(space|full)")
            self.server.process = None
        else:
            self.check_kept()
            self.assertEqual(self.publish("refused.one"), 507)
        self.disk.clear()
        if not self.server.alive:
            self.server.start()
        self.check_kept()
        self.assertEqual(self.publish("space.again"), 201)
        self.check_whole()


def enter():
    """Again, in a name space where this user may mount; gives False where there is none."""
    options = ["--mount"] if os.geteuid() == 0 else ["--mount", "--map-root-user"]
    probe = subprocess.run(["unshare", *options, "mount", "-t", "tmpfs", "tmpfs", "/mnt"], capture_output=True, text=True, check=False)
    if probe.returncode != 0:
        print(f"skipped: no file system can be mounted here: {probe.stderr.strip()}")
        return False
    os.execvpe("unshare", ["unshare", *options, sys.executable, *sys.argv], {**os.environ, INSIDE: "1"})
    return True


if __name__ == "__main__":
    if INSIDE not in os.environ and not enter():
        count = unittest.defaultTestLoader.loadTestsFromTestCase(FullDisk).countTestCases()
        print(f"0 passed, 0 failed, {count} skipped")
        sys.exit(0)
    weft.main()
