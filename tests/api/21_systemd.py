#!/usr/bin/python3
"""The unit of deploy/systemd: systemd finds nothing wrong with it, and what it forbids is nothing that a server does."""

import functools
import re
import shutil
import subprocess
import unittest

import weft

UNIT = weft.ROOT / "deploy" / "systemd" / "weft.service"
MOST_EXPOSED = 20  # of 100, as systemd-analyze counts
has_systemd = unittest.skipUnless(shutil.which("systemd-analyze"), "systemd-analyze is not installed (package systemd)")


def analyze(*words):
    return subprocess.run(["systemd-analyze", "--no-pager", *map(str, words)], capture_output=True, text=True, check=False)


def settings(name):
    """Every value of a setting, in order; comments left out."""
    return re.findall(rf"(?m)^{name}=(.*)$", UNIT.read_text())


@functools.cache
def calls_of(group):
    """The system calls of a group such as @chown, those of the groups in it among them."""
    found = set()
    for word in re.findall(r"(?m)^\s+([@a-z_0-9-]+)$", analyze("syscall-filter", group).stdout):
        found |= calls_of(word) if word.startswith("@") else {word}
    return found


def allowed_calls():
    """As systemd reads SystemCallFilter: line after line, ~ takes away."""
    allowed = set()
    for value in settings("SystemCallFilter"):
        groups = value.lstrip("~").split()
        named = set().union(*(calls_of(group) if group.startswith("@") else {group} for group in groups))
        allowed = allowed - named if value.startswith("~") else allowed | named
    return allowed


def seconds(text):
    number, unit = re.fullmatch(r"(\d+)(s|min)?", text).groups()
    return int(number) * (60 if unit == "min" else 1)


class Unit(weft.Case):
    @classmethod
    def setUpClass(cls):
        pass

    @classmethod
    def tearDownClass(cls):
        pass

    def installed(self):
        """The unit, with the program where it is here."""
        path = self.folder() / "weft.service"
        path.write_text(UNIT.read_text().replace("/usr/local/bin/weft", str(weft.PROGRAM)))
        return path

    @has_systemd
    def test_systemd_reads_it_without_a_complaint(self):
        done = analyze("verify", self.installed())
        self.assertEqual((done.returncode, done.stdout + done.stderr), (0, ""))

    @has_systemd
    def test_little_is_exposed(self):
        done = analyze("security", "--offline=true", f"--threshold={MOST_EXPOSED}", self.installed())
        self.assertEqual(done.returncode, 0, done.stdout[-3000:] + done.stderr)
        self.assertIn("Overall exposure level", done.stdout)

    def test_the_program_has_the_time_that_it_may_take(self):
        sample = weft.run_client("serve", "--sample-config").stdout
        drain = sum(int(re.search(rf"(?m)^#{name}: (\d+)$", sample).group(1)) for name in ("drain_delay", "drain_limit"))
        self.assertGreater(seconds(settings("TimeoutStopSec")[0]), drain)
        # A beat comes every 10 seconds, or twice within what the watchdog allows.
        self.assertGreaterEqual(seconds(settings("WatchdogSec")[0]), 20)
        connections = int(re.search(r"(?m)^#max_connections: (\d+)$", sample).group(1))
        self.assertGreater(int(settings("LimitNOFILE")[0]), 2 * connections)

    def test_its_command_is_one_that_starts(self):
        command = settings("ExecStart")[0].split()
        self.assertEqual(command[1], "serve")
        config = self.folder() / "weft.yaml"
        config.write_text(weft.run_client("serve", "--sample-config").stdout)
        with weft.Server(arguments=["--config", str(config)], dev=False):
            pass

    @has_systemd
    @unittest.skipUnless(shutil.which("strace"), "strace is not installed")
    def test_what_a_server_and_its_plugins_ask_of_the_kernel_is_allowed(self):
        trace = self.folder() / "trace"
        wrapper = self.folder() / "weft"
        wrapper.write_text(f'#!/bin/sh\nexec strace -D -f -qq -e signal=none -o {trace} {weft.PROGRAM} "$@"\n')
        wrapper.chmod(0o755)
        environment = {"ASAN_OPTIONS": "detect_leaks=0:exitcode=99",
                       "NOTIFY_SOCKET": str(self.folder() / "notify")}
        server = weft.Server(program=wrapper, environment=environment)
        self.addCleanup(server.close)
        server.start()
        server.publish_bank()
        for item in server.pages("/api/v1/products"):
            if server.resources(item["name"]):
                server.wait_resources(item["name"])
        server.post("/api/v1/products/risk.credit_scores/quality")
        server.delete("/api/v1/products/risk.exposure")
        server.process.send_signal(weft.signal.SIGHUP)
        weft.wait_for(lambda: "reloaded" in server.log_text(), "the reload")
        server.stop()
        lines = trace.read_text(errors="replace").splitlines()
        called = {found.group(1) for found in (re.match(r"\d+ +([a-z_0-9]+)\(", line) for line in lines) if found}
        self.assertLess({"openat", "execve", "fsync", "accept4"}, called)
        self.assertEqual(called - allowed_calls(), set())
        # MemoryDenyWriteExecute: no memory is writable and executable at a time.
        self.assertEqual([line for line in lines if "PROT_WRITE|PROT_EXEC" in line], [])


if __name__ == "__main__":
    weft.main()
