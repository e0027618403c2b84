#!/usr/bin/python3
"""deploy/ha/run.sh as a newcomer uses it: every command that it recommends, what it says of what died, Ctrl-C."""

import os
import pathlib
import re
import signal
import subprocess
import sys
import threading
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "api"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "fault"))

import cluster  # noqa: E402
import weft  # noqa: E402

SCRIPT = weft.ROOT / "deploy" / "ha" / "run.sh"


def hear_control_c():
    """A job in the background of a script ignores SIGINT, and so would all that it starts; a terminal's does not."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Script:
    """deploy/ha/run.sh in a process group of its own; what it says is read as it comes."""

    def __init__(self, *words):
        self.process = subprocess.Popen([str(SCRIPT), *map(str, words)], stdin=subprocess.DEVNULL, text=True,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=weft.clean_environment(),
                                        start_new_session=True, preexec_fn=hear_control_c)
        self.lines = []
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))

    def wait_for(self, text):
        def is_said():
            assert self.process.poll() is None or text in self.text, f"it ended:\n{self.text}"
            return text in self.text
        weft.wait_for(is_said, f"'{text}'", patience=300)

    def press_control_c(self):
        os.killpg(self.process.pid, signal.SIGINT)
        status = self.process.wait(120)
        self.reader.join()
        return status

    def close(self):
        if self.process.poll() is None:
            self.press_control_c()
        self.process.stdout.close()

    @property
    def text(self):
        return "\n".join(self.lines)

    @property
    def commands(self):
        return [line.strip() for line in self.lines if line.startswith("    ")]


class HighAvailability(weft.Case):
    @classmethod
    def setUpClass(cls):
        missing = cluster.missing()
        if missing:
            raise unittest.SkipTest(missing)

    @classmethod
    def tearDownClass(cls):
        pass

    def start(self, folder):
        script = Script("--data", folder / "ha", "--listen", "127.0.0.1:0")
        self.addCleanup(script.close)
        script.wait_for("Ctrl-C stops it")
        return script

    def run_command(self, prefix, command):
        done = subprocess.run(["bash", "-euc", "\n".join([*prefix, command])], env=weft.clean_environment(), text=True,
                              capture_output=True, check=False, timeout=weft.PATIENCE)
        self.assertEqual(done.returncode, 0, f"{command}\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def test_what_is_killed_is_survived_and_started_again(self):
        folder = self.folder()
        folder.chmod(0o755)
        script = self.start(folder)
        self.assertIn("risk.exposure", script.text)
        prefix = [command for command in script.commands if re.match(r"(cd|export) ", command)]
        tried = [command for command in script.commands if command not in prefix]
        self.assertEqual(sum(command.startswith("kill -9") for command in tried), 2, script.text)
        for command in tried:
            self.run_command(prefix, command)
        for name in ("weft1", re.search(r"kill -9 \$\(cat (pg\d)/pid\)", script.text).group(1)):
            script.wait_for(f"{name} died")
            script.wait_for(f"starting {name} again")
        script.wait_for("the primary is")

        log = self.run_command(prefix, "weft audit verify")
        self.assertEqual(script.press_control_c(), 0, script.text)
        self.assertIn("stopped", script.lines[-1])
        self.assert_nothing_runs(folder)

        second = self.start(folder)
        prefix = [command for command in second.commands if re.match(r"(cd|export) ", command)]
        events = int(re.search(r"events +(\d+)", log).group(1))
        again = int(re.search(r"events +(\d+)", self.run_command(prefix, "weft audit verify")).group(1))
        self.assertGreaterEqual(again, events)
        self.assertEqual(second.press_control_c(), 0, second.text)
        self.assert_nothing_runs(folder)

    def assert_nothing_runs(self, folder):
        for path in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
            try:
                words = path.read_bytes()
            except OSError:
                continue
            self.assertNotIn(str(folder).encode(), words)

    def test_it_explains_itself_and_refuses_nonsense(self):
        done = subprocess.run([str(SCRIPT), "--help"], capture_output=True, text=True, check=True)
        for word in ("--data", "--listen", "--no-demo", "Ctrl-C"):
            self.assertIn(word, done.stdout)
        for words in (["--dat", "x"], ["--data"], ["x"], ["--listen", "0.0.0.0:80"]):
            done = subprocess.run([str(SCRIPT), *words], capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, 1, words)
            self.assertIn("--", done.stderr)


if __name__ == "__main__":
    weft.main()
