#!/usr/bin/python3
"""deploy/run.sh as a newcomer uses it: the first start, every command that it recommends, Ctrl-C, the second start."""

import os
import pathlib
import re
import signal
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "api"))

import weft  # noqa: E402

SCRIPT = weft.ROOT / "deploy" / "run.sh"


def hear_control_c():
    """A job in the background of a script ignores SIGINT, and so would all that it starts; a terminal's does not."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Script:
    """deploy/run.sh in a process group of its own, as a shell would start it."""

    def __init__(self, *words, folder=None):
        self.process = subprocess.Popen([str(SCRIPT), *map(str, words)], stdin=subprocess.DEVNULL, text=True, cwd=folder,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=weft.clean_environment(),
                                        start_new_session=True, preexec_fn=hear_control_c)
        self.lines = []

    def read_until(self, end):
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))
            if end in line:
                return
        raise AssertionError(f"it ended with status {self.process.wait()}:\n" + "\n".join(self.lines))

    def press_control_c(self):
        """The terminal sends SIGINT to the whole group."""
        os.killpg(self.process.pid, signal.SIGINT)
        rest = self.process.stdout.read()
        self.lines += rest.splitlines()
        return self.process.wait(weft.PATIENCE)

    def close(self):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            self.process.wait()
        self.process.stdout.close()

    @property
    def text(self):
        return "\n".join(self.lines)

    @property
    def commands(self):
        return [line.strip() for line in self.lines if line.startswith("    ")]


class Deploy(weft.Case):
    @classmethod
    def setUpClass(cls):
        pass

    @classmethod
    def tearDownClass(cls):
        pass

    def run_script(self, *words, until="Ctrl-C stops it", folder=None):
        script = Script(*words, folder=folder)
        self.addCleanup(script.close)
        script.read_until(until)
        return script

    def test_first_start_recommended_commands_control_c_and_second_start(self):
        folder = self.folder()
        words = ("--data", folder / "data", "--listen", "127.0.0.1:0")
        first = self.run_script(*words, folder=folder)
        self.assertIn("risk.exposure", first.text)

        commands = first.commands
        self.assertGreater(len(commands), 8, first.text)
        prefix = [command for command in commands if re.match(r"(cd|export) ", command)]
        tried = [command for command in commands if command not in prefix]
        environment = {**weft.clean_environment(), "PATH": "/usr/bin:/bin"}
        refused = 0
        for command in tried:
            with self.subTest(command):
                done = subprocess.run(["bash", "-euc", "\n".join([*prefix, command])], env=environment, text=True,
                                      capture_output=True, check=False, timeout=weft.PATIENCE)
                expected = 1 if "6 years" in command else 0
                refused += expected
                self.assertEqual(done.returncode, expected, f"{done.stdout}\n{done.stderr}")
                self.assertTrue(done.stdout or done.stderr)
        self.assertEqual(refused, 1)

        log = subprocess.run([str(weft.PROGRAM), "audit", "verify", "--data", str(folder / "data")], text=True,
                             capture_output=True, check=True).stdout
        self.assertEqual(first.press_control_c(), 0, first.text)
        self.assertIn("stopped", first.lines[-1])
        self.assert_nobody_serves(folder / "data")

        started = time.monotonic()
        second = self.run_script(*words)
        took = time.monotonic() - started
        self.assertIn("risk.exposure", second.text)
        self.assertNotIn("building", second.text)
        self.assertLess(took, 20, "the second start is to be at once")
        events = re.search(r"(\d+) events", log).group(1)
        again = subprocess.run([str(weft.PROGRAM), "audit", "verify", "--data", str(folder / "data")], text=True,
                               capture_output=True, check=True).stdout
        self.assertIn(f"{events} events", again)
        second.process.send_signal(signal.SIGTERM)
        self.assertEqual(second.process.wait(weft.PATIENCE), 0)
        self.assert_nobody_serves(folder / "data")

    def assert_nobody_serves(self, data):
        """The lock is free: the folder can be rebuilt."""
        self.assertDone(weft.run_client("rebuild", "--data", data))

    def test_without_the_demo_the_mesh_is_empty(self):
        folder = self.folder()
        script = self.run_script(f"--data={folder / 'data'}", "--listen=127.0.0.1:0", "--no-demo")
        address = re.search(r"http://\S+", script.text).group(0).rstrip(",")
        done = weft.run_client("list", "--server", address, "--json")
        self.assertEqual(weft.json.loads(done.stdout)["items"], [])
        self.assertEqual(script.press_control_c(), 0)

    def test_a_port_that_is_taken_is_said(self):
        with weft.Server() as server:
            script = Script("--data", self.folder() / "data", "--listen", f"127.0.0.1:{server.port}")
            self.addCleanup(script.close)
            text = script.process.stdout.read()
            self.assertNotEqual(script.process.wait(weft.PATIENCE), 0)
            self.assertIn(str(server.port), text)

    def test_it_explains_itself_and_refuses_nonsense(self):
        done = subprocess.run([str(SCRIPT), "--help"], capture_output=True, text=True, check=True)
        for word in ("--data", "--listen", "--no-demo", "Ctrl-C"):
            self.assertIn(word, done.stdout)
        for words in (["--dat", "x"], ["--data"], ["x"]):
            done = subprocess.run([str(SCRIPT), *words], capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, 1, words)
            self.assertIn("--help", done.stderr)


if __name__ == "__main__":
    weft.main()
