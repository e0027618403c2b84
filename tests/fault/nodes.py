"""Several nodes of Weft on one PostgreSQL, each with a data folder of its own and all with one key."""

import os
import pathlib
import random
import shutil
import signal
import socket

from ledger import weft


def free_port():
    """One that nobody listens on, below those that the system hands out for connections: it can be had again later."""
    while True:
        port = random.randrange(15000, 32000)
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) != 0:
                return port


class Nodes:
    """A context: the nodes run within it.  `servers` are weft.Server."""

    def __init__(self, folder, url, count=2, arguments=()):
        self.folder = pathlib.Path(folder)
        self.servers = [weft.Server(data=self.folder / f"node{number + 1}" / "data",
                                    arguments=["--store", url, "--log-level", "warn", *arguments])
                        for number in range(count)]

    def __enter__(self):
        """The first one makes the log and its key, the others are given a copy: the log has one signer."""
        first = self.servers[0].data
        for server in self.servers:
            server.data.mkdir(parents=True)
            if server.data != first:
                for name in ("log.key", "log.verifier"):
                    shutil.copy(first / name, server.data / name)
            server.start(port=free_port())
        return self

    def __exit__(self, kind, *_):
        failures = []
        for server in self.servers:
            try:
                if server.process:
                    server.process.send_signal(signal.SIGCONT)
                server.close()
            except AssertionError as failure:
                failures.append(failure)
        if failures and not kind:  # what went wrong first is worth more
            raise failures[0]

    def kill(self, number):
        self.servers[number].kill()

    def start(self, number):
        """Again on the port that its clients know."""
        server = self.servers[number]
        server.start(port=server.port)

    def freeze(self, number):
        """SIGSTOP: it holds its connections, its leases and its locks, and does nothing.  Its plugins with it."""
        os.killpg(self.servers[number].process.pid, signal.SIGSTOP)

    def thaw(self, number):
        os.killpg(self.servers[number].process.pid, signal.SIGCONT)

    def location_exists(self, resource):
        """The node that did the job has it in its own folder."""
        return any(server.location(resource).is_dir() for server in self.servers)
