"""Durable publishes over 1 to 256 connections on SQLite.

Beside bare SQLite at the batch size that so many can form, and the bare HTTP library that answers the same requests
from another thread.
"""

import json

import lab
from rows import Row, medians

# connections, publishes a transaction of the floor, the least ratio
STEPS = ((1, 1, 0.5), (16, 8, None), (64, 32, 0.6), (256, 64, None))
SEEN = ("p50_us", "p99_us", "cpu_us", "batch", "put_off", "cpu_seconds")
UPDATED = 1000


def title(connections):
    return f"{connections} connection{'s' if connections > 1 else ''}"


def floor(batch, options):
    with lab.temporary_folder() as folder:
        return float(lab.output(lab.PROGRAMS / "floor_sqlite", folder, batch, f"{options.seconds:g}"))


def publish_new(connections, options, turn=0):
    with lab.quiet_server() as server:
        lab.load([server], "warm", connections, count=connections * 5)
        return lab.load([server], f"c{connections}_{turn}", connections, seconds=options.seconds)


def update(connections, options):
    with lab.quiet_server() as server:
        lab.load([server], "old", connections, count=UPDATED)
        return lab.load([server], "old", connections, seconds=options.seconds, updated=UPDATED)


def suspended(options):
    """No goal: it says how much of a publish is left for everything but HTTP."""
    with lab.floor_server("floor_suspend") as (port, _):
        for connections, _, _ in STEPS:
            words = [lab.PROGRAMS / "load", "floor", connections, 0, f"{options.seconds:g}", port]
            result = json.loads(lab.output(*words))
            yield Row(f"floor: a POST suspended and resumed, {title(connections)}", "requests/s", [result["rate"]],
                      more=medians([result], "p50_us", "p99_us", "cpu_seconds"))


def measure(options):
    for connections, batch, goal in STEPS:
        results, floors = [], []
        for turn in range(options.rounds):
            floors.append(floor(batch, options))
            results.append(publish_new(connections, options, turn))
        yield Row(f"publish, {title(connections)} (floor: bare SQLite, {batch} a transaction)", "publishes/s",
                  [result["rate"] for result in results], floors, goal=goal, more=medians(results, *SEEN))
    for connections in (1, 64):
        results = [update(connections, options) for _ in range(options.rounds)]
        yield Row(f"publish a next version, {title(connections)}", "publishes/s",
                  [result["rate"] for result in results], more=medians(results, *SEEN))
    yield from suspended(options)
