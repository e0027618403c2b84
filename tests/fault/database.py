"""A PostgreSQL of its own (tests/services/postgres.sh), and the ways to break it.

    with database.Database(folder) as db:
        db.url              what `weft serve --store` takes; db.new("name") is another database of the same server
        db.kill()           kill -9
        db.start()          again, on the same port
        db.freeze()         SIGSTOP: it holds its connections and answers nothing, until db.thaw()
"""

import pathlib
import signal
import subprocess
import urllib.parse

import cluster
import weft

SCRIPT = weft.ROOT / "tests" / "services" / "postgres.sh"


def missing():
    """What keeps it from running here, as text; None when nothing does."""
    found = subprocess.run(["bash", "-c", "ls /usr/lib/postgresql/*/bin/initdb || command -v initdb"], capture_output=True, check=False)
    return None if found.stdout else "PostgreSQL is not installed"


class Database:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.url, self.frozen = None, []

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.thaw()
        self._script("remove")

    def _script(self, word):
        done = subprocess.run([SCRIPT, word, self.folder], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              check=False, timeout=120)
        assert done.returncode == 0, f"postgres.sh {word}:\n{done.stdout}{done.stderr}"
        return done.stdout.strip()

    def start(self):
        self.url = self._script("start")

    def stop(self):
        self._script("stop")

    def kill(self):
        self._script("kill")

    @property
    def port(self):
        return urllib.parse.urlsplit(self.url).port

    def pids(self):
        """The postmaster, and all its processes."""
        pid = int((self.folder / "data" / "postmaster.pid").read_text().split()[0])
        return [pid, *cluster.children(pid)]

    def freeze(self):
        self.frozen = self.pids()
        cluster.send(self.frozen, signal.SIGSTOP)

    def thaw(self):
        cluster.send(self.frozen, signal.SIGCONT)
        self.frozen = []

    def sql(self, text):
        done = subprocess.run(["psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-c", text, self.url], capture_output=True, text=True,
                              check=True, timeout=60)
        return done.stdout

    def new(self, name):
        """The URL of a database of that name, which is empty."""
        self.sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        self.sql(f"CREATE DATABASE {name}")
        return urllib.parse.urlsplit(self.url)._replace(path=f"/{name}").geturl()
