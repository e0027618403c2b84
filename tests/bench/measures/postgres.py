"""Durable publishes on PostgreSQL over 1 to 256 connections, to one node and to two, beside bare libpq."""

import contextlib
import shutil
import subprocess

import lab
import weft
from measures.publish import SEEN, title
from rows import Note, Row, medians

# name, connections, publishes a pipeline
FLOORS = (("1 connection", 1, 1), ("8 connections", 8, 1), ("8 connections, pipelines of 8", 8, 8))
# connections of ours, which floor, the least ratio
STEPS = ((1, 0, None), (16, 1, None), (64, 1, 0.5), (256, 2, None))


def why_not():
    if not shutil.which("psql"):
        return "PostgreSQL is not installed (package postgresql)"
    said = subprocess.run([str(weft.PROGRAM), "serve", "--help"], capture_output=True, text=True, check=False)
    return "" if "--store" in said.stdout + said.stderr else "this weft serves no PostgreSQL"


def floor(url, step, options):
    _, connections, depth = FLOORS[step]
    return float(lab.output(lab.PROGRAMS / "floor_postgres", url, connections, depth, f"{options.seconds:g}"))


@contextlib.contextmanager
def nodes(url, count):
    """So many servers on one database.  The first one makes the log and its key, which the others are given."""
    with contextlib.ExitStack() as stack:
        servers = []
        for _ in range(count):
            server = lab.quiet_server(arguments=["--store", url])
            if servers:
                shutil.copytree(servers[0].data, server.data, ignore=shutil.ignore_patterns("weft.*"))
            servers.append(stack.enter_context(server))
        yield servers


def publish(url, count, connections, options):
    with nodes(url, count) as servers:
        lab.load(servers, "warm", connections, count=connections * 5)
        return lab.load(servers, f"c{connections}", connections, seconds=options.seconds)


def measure_step(url, count, step, options):
    connections, which, goal = step
    results, floors = [], []
    for turn in range(options.rounds):
        floors.append(floor(url, which, options))
        database = lab.database(url, f"bench_{count}_{connections}_{turn}")
        results.append(publish(database, count, connections, options))
    return Row(f"publish on PostgreSQL, {count} node{'s' if count > 1 else ''}, {title(connections)}", "publishes/s",
               [result["rate"] for result in results], floors, goal=goal if count == 1 else None,
               more={**medians(results, *SEEN), "floor_is": f"one statement a publish over {FLOORS[which][0]}"})


def measure(options):
    if not shutil.which("psql"):
        yield Note(f"on PostgreSQL: not measured, {why_not()}")
        return
    with lab.postgres() as url:
        for place, (name, _, _) in enumerate(FLOORS):
            yield Row(f"floor: bare libpq, one statement, {name}", "publishes/s",
                      [floor(url, place, options) for _ in range(options.rounds)])
        if why_not():
            yield Note(f"publish on PostgreSQL: not measured, {why_not()}")
            return
        for count in (1, 2):
            for step in STEPS:
                yield measure_step(url, count, step, options)
