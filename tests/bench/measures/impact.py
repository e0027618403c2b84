"""A policy on all products, and all policies on one product."""

import json
import time

import catalogs
import lab
import weft
from rows import Row

PRODUCTS = 100000
POLICIES = 1000
LIBRARY = weft.ROOT / "policy" / "library"
LINES = {"Accept": "application/x-ndjson"}

RULE = """\
kind: Policy
name: tried
enforcement: deny
validations:
  - expression: {}
    message: It should be otherwise
    pointer: /owner
"""


def library(name, new=True):
    """A ready-made policy; under another name it is a new one."""
    text = (LIBRARY / f"{name}.yaml").read_text()
    return text.replace(f"name: {name}", f"name: tried-{name}", 1) if new else text


CASES = {
    "a new policy about columns": library("pii-requires-access-controls"),
    "one that is in force, with facts of domains": library("financial-data-retention", new=False),
    "one that refuses every product": RULE.format("product.owner == 'nobody'"),
    "one about inputs": RULE.format("upstream.all(u, u.external || u.domain == product.domain)"),
}


def ask(server, text, query=""):
    """Seconds until the last line was there, the server's CPU seconds, and the summary."""
    begun, cpu = time.monotonic(), lab.cpu_seconds(server.process.pid)
    answer = server.post("/api/v1/policies/impact" + query, text, headers=LINES, check=False)
    took, cpu = time.monotonic() - begun, lab.cpu_seconds(server.process.pid) - cpu
    last = json.loads(answer.text.splitlines()[-1])
    if last.get("kind") != "summary" or last["totals"]["products"] != PRODUCTS:
        lab.fail(f"the impact ended with {str(last)[:500]}, not with {PRODUCTS} products")
    return took, cpu


def measure_case(server, name, text, options, query="", **goals):
    found = [ask(server, text, query) for _ in range(options.rounds)]
    yield Row(f"impact on {PRODUCTS // 1000}k: {name}", "s", [took for took, _ in found], **goals)
    yield Row("  of the server's CPU", "CPU-s", [cpu for _, cpu in found])


def measure_impact(options):
    with catalogs.changeable(PRODUCTS) as folder, lab.quiet_server(folder) as server:
        for name, text in CASES.items():
            yield from measure_case(server, name, text, options, most=2)
        text = CASES["a new policy about columns"]
        yield from measure_case(server, "a new policy, as of a time", text, options, f"?as_of={weft.moment()}")


def measure_match(options):
    for columns in (5, 50):
        figures = [float(lab.output(lab.PROGRAMS / "match", POLICIES, columns, options.seconds / 2).split()[0])
                   for _ in range(options.rounds)]
        yield Row(f"{POLICIES:,} policies on a product of {columns} columns", "CPU-us", figures, most=1000)


def measure(options):
    yield from measure_match(options)
    yield from measure_impact(options)
