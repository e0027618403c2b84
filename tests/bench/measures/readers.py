"""Readers while 256 connections publish: how long a GET takes idle and under full write load.

Four readers page the list, four others ask for single products; they wait a little after each answer: a reader that
never rests measures how much CPU is left, not how long it waits for a writer.
"""

import json
import statistics
import subprocess
import threading

import lab
from rows import Row

FILLED = 2000
WRITERS, PAGERS, GETTERS = 256, 4, 4
PAUSE_US = 2000


class Background:
    """A call in a thread of its own, whose failure is not lost."""

    def __init__(self, call):
        self.result, self.failure = None, None
        self.thread = threading.Thread(target=self._run, args=(call,))
        self.thread.start()

    def _run(self, call):
        try:
            self.result = call()
        except BaseException as failure:  # pylint: disable=broad-except
            self.failure = failure

    def join(self):
        self.thread.join()
        if self.failure:
            raise self.failure
        return self.result


def read(server, seconds):
    """What the GETs took while four others paged the list, and what the pages took."""
    names = [f"/api/v1/products/bench.read_{number}" for number in range(1, FILLED + 1)]
    pages = Background(lambda: lab.ask(server, ["/api/v1/products?limit=50"], PAGERS, seconds=seconds, follow=True,
                                       pause_us=PAUSE_US))
    gets = lab.ask(server, names, GETTERS, seconds=seconds, pause_us=PAUSE_US)
    return gets, pages.join()


def read_under_load(server, turn, seconds):
    """The writers begin before the first read and end after the last one."""
    words = [str(word) for word in (lab.PROGRAMS / "load", f"w{turn}", WRITERS, 0, f"{seconds + 0.4:g}", server.port)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as writers:
        result = read(server, seconds)
        published = json.loads(writers.stdout.read())
    if writers.returncode != 0:
        lab.fail("the writers failed while others read")
    return *result, published


def measure(options):
    idle, loaded, pages_idle, pages_loaded, published = [], [], [], [], []
    with lab.quiet_server() as server:
        lab.load([server], "read", 64, count=FILLED)
        for turn in range(options.rounds):
            gets, pages = read(server, options.seconds)
            idle.append(gets["p99_us"])
            pages_idle.append(pages["p99_us"])
            gets, pages, written = read_under_load(server, turn, options.seconds)
            loaded.append(gets["p99_us"])
            pages_loaded.append(pages["p99_us"])
            published.append(written["rate"])
    more = {"publishes_a_second": statistics.median(published)}
    yield Row("GET while 256 publish and 4 page the list (floor: idle)", "us, p99", loaded, idle, most_ratio=3,
              more=more)
    yield Row("a page of 50 of the list, the same (floor: idle)", "us, p99", pages_loaded, pages_idle, more=more)
