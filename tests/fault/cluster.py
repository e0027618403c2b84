"""The PostgreSQL pair of tests/services/patroni.sh, and the ways to break it.

    with Cluster(folder) as cluster:
        cluster.url                      what `weft serve --store` takes
        primary = cluster.primary()      "pg1" or "pg2", or None while there is none
        cluster.kill(primary)            Patroni and PostgreSQL, kill -9
        cluster.start()                  what does not run; returns when a standby has everything again

Processes are found by the pid files that the script keeps, and nothing else is touched.
"""

import os
import pathlib
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "api"))

import weft  # noqa: E402

SCRIPT = weft.ROOT / "tests" / "services" / "patroni.sh"
NAMES = ("pg1", "pg2")


def missing():
    """What keeps the pair from running here, as text; None when nothing does."""
    with_sbin = {**os.environ, "PATH": os.environ.get("PATH", "") + ":/usr/sbin"}
    for program in ("etcd", "patroni", "haproxy", "psql", "curl"):
        if subprocess.run(["bash", "-c", f"command -v {program}"], env=with_sbin, capture_output=True, check=False).returncode:
            return f"{program} is not installed"
    return None


def is_running(pid):
    """A zombie is not: it has only not been reaped."""
    try:
        text = pathlib.Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return not re.search(r"^State:\s+[ZX]", text, re.M)


def children(pid):
    try:
        return [int(word) for word in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []


def send(pids, number):
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            pass


class Cluster:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.url = None
        self.frozen = []

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    def start(self):
        """Everything that does not run; returns when the standby has all that the primary has."""
        self.url = self._script("start").strip()
        ports = [int(word) for word in (self.folder / "ports").read_text().split()]
        self.rest = dict(zip(NAMES, ports[2:4]))
        return self

    def stop(self):
        self.thaw()
        self._script("stop")

    def _script(self, word):
        done = subprocess.run([SCRIPT, word, self.folder], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              check=False, timeout=180)
        assert done.returncode == 0, f"patroni.sh {word}:\n{done.stdout}{done.stderr}{self.logs()}"
        return done.stdout

    def logs(self, most=3000):
        return "".join(f"\n--- {path}\n{path.read_text(errors='replace')[-most:]}"
                       for path in sorted(self.folder.glob("*/log")))

    # Who is who.

    def answers(self, name, path):
        """Whether Patroni of that name says yes."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.rest[name]}{path}", timeout=2):
                return True
        except (urllib.error.URLError, OSError):
            return False

    def primary(self):
        return next((name for name in NAMES if self.answers(name, "/primary")), None)

    def standby(self):
        return next((name for name in NAMES if self.answers(name, "/synchronous")), None)

    def wait_primary(self, other_than=None):
        return weft.wait_for(lambda: self.primary() not in (None, other_than) and self.primary(), "a primary")

    def wait_whole(self):
        """Both run, and the standby has everything."""
        weft.wait_for(lambda: self.primary() and self.standby(), f"a synchronous standby{self.logs()}")

    # Pids.

    def patroni(self, name):
        return int((self.folder / name / "pid").read_text())

    def postgres(self, name):
        """The postmaster, and all its processes."""
        pid = int((self.folder / name / "data" / "postmaster.pid").read_text().split()[0])
        return [pid, *children(pid)]

    # Breaking it.

    def kill(self, name):
        """kill -9 of Patroni and of PostgreSQL, as if the machine had lost its power."""
        pids = [self.patroni(name), *self.postgres(name)]
        send(pids, signal.SIGKILL)
        self._wait_gone(pids)

    def kill_patroni(self, name):
        """Only Patroni: PostgreSQL lives on, and nobody tells it that it was replaced."""
        send([self.patroni(name)], signal.SIGKILL)
        self._wait_gone([self.patroni(name)])

    def kill_postgres(self, name):
        """Only PostgreSQL: Patroni starts it again, or lets the other one take over."""
        pids = self.postgres(name)
        send(pids, signal.SIGKILL)
        self._wait_gone(pids)

    def kill_etcd(self):
        pid = int((self.folder / "etcd" / "pid").read_text())
        send([pid], signal.SIGKILL)
        self._wait_gone([pid])

    def _wait_gone(self, pids):
        weft.wait_for(lambda: not any(is_running(pid) for pid in pids), "killed processes to be gone")

    def freeze(self, name, with_patroni=True):
        """SIGSTOP: it holds its connections and answers nothing."""
        pids = ([self.patroni(name)] if with_patroni else []) + self.postgres(name)
        send(pids, signal.SIGSTOP)
        self.frozen += pids

    def thaw(self):
        send(self.frozen, signal.SIGCONT)
        self.frozen = []
