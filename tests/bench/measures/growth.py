"""What the same request costs as the catalog grows: start-up, memory, GET, list, search and publish at each size."""

import itertools
import json

import catalogs
import lab
import plot
import weft
from rows import Note, Row, number

PAGE = 50
READ = 10000     # products that are read before memory is looked at again
ASKED = 100000   # products that are asked for by name: more than the server's cache holds

# products: what was set as a goal for this size
START_MS = {10000: 60, 100000: 600}
RESIDENT_MB = {10000: 40}
SEARCH_RATIO = {100000: 2}
SEARCH_MS = {100000: 20}
STARTS = {1000: 15, 10000: 15, 100000: 7}


def size_text(products):
    for unit, text in ((1000000, "M"), (1000, "k")):
        if products >= unit and products % unit == 0:
            return f"{products // unit}{text}"
    return str(products)


def start(server, products):
    """Several times; the last one runs on."""
    times = []
    for turn in range(STARTS.get(products, 5)):
        if turn > 0:
            server.stop()
        times.append(lab.start_timed(server) * 1000)
    return times


def get(server, products, options):
    paths = [f"/api/v1/products/{name}" for name in catalogs.names(products, ASKED)]
    lab.ask(server, paths[:READ], connections=4)  # each once, in turn: to see what that leaves in memory
    resident = lab.memory(server.process.pid)
    alone = lab.ask(server, paths, seconds=options.seconds)
    return resident, alone, lab.ask(server, paths, 64, seconds=options.seconds)


def search(server, kind, options):
    return lab.ask(server, [f"/api/v1/search?limit=20&q={word}" for word in catalogs.QUESTIONS[kind]],
                   seconds=options.seconds)


def search_floor(products, kind, options):
    star = "*" if kind == "prefix" else ""
    words = [lab.PROGRAMS / "floor_search", catalogs.search_floor(products), catalogs.PREFIX, products]
    questions = "".join(f"{word}{star}\n" for word in catalogs.QUESTIONS[kind])
    return json.loads(lab.output(*words, f"{options.seconds:g}", text=questions))


def publish(products, options):
    with catalogs.changeable(products) as folder, lab.quiet_server(folder) as server:
        many = lab.load([server], "more", 64, seconds=options.seconds)
        return many, lab.load([server], "one", 1, seconds=options.seconds)


def seen(result):
    return {key: result[key] for key in ("p50_us", "p99_us", "cpu_us") if key in result}


def latency(what, products, result, **goals):
    return Row(f"{size_text(products)}: {what}", "us, p50", [result["p50_us"]], more=seen(result), **goals)


def measure_search(server, products, options):
    """The p99 counts: who waits for a search remembers the slow ones."""
    for kind in catalogs.QUESTIONS:
        ours, floor = search(server, kind, options), search_floor(products, kind, options)
        goals = {"most_ratio": SEARCH_RATIO.get(products)} if kind == "rare" else {}
        yield kind, Row(f"{size_text(products)}: search, {kind} word (floor: FTS5, bm25)", "us, p99", [ours["p99_us"]],
                        [floor["p99_us"]], more={**seen(ours), "floor_p50_us": floor["p50_us"]}, **goals)
        if kind != "rare" and products in SEARCH_MS:
            yield None, Row(f"{size_text(products)}: search, {kind} word", "ms, p99", [ours["p99_us"] / 1000],
                            most=SEARCH_MS[products])


def measure_reads(server, products, options):
    resident, alone, many = get(server, products, options)
    yield "resident", Row(f"{size_text(products)}: resident after {min(READ, products):,} were read", "MB", [resident],
                          most=RESIDENT_MB.get(products))
    yield "get", latency("GET by name, 1 connection", products, alone)
    yield None, Row(f"{size_text(products)}: GET by name, 64 connections", "requests/s", [many["rate"]],
                    more=seen(many))
    whole = lab.ask(server, [f"/api/v1/products?limit={PAGE}"], follow=True)
    yield "page", latency(f"a page of {PAGE}, to the end", products, whole)
    part = lab.ask(server, [f"/api/v1/products?limit={PAGE}&domain=bench-7"], seconds=options.seconds, follow=True)
    yield "filtered", latency(f"a page of {PAGE} of a domain (1 in 20)", products, part)


def measure_size(products, options):
    """Rows, each with the name of its line in the plot, or None."""
    server = lab.quiet_server(catalogs.filled(products))
    try:
        times = start(server, products)
        resident = lab.memory(server.process.pid)
        yield "start", Row(f"{size_text(products)}: start to ready", "ms", times, most=START_MS.get(products))
        yield "resident at start", Row(f"{size_text(products)}: resident at start", "MB", [resident])
        yield from measure_reads(server, products, options)
        yield from measure_search(server, products, options)
    finally:
        server.close()
    many, alone = publish(products, options)
    yield "publish", latency("publish, 1 connection", products, alone)
    yield None, Row(f"{size_text(products)}: publish, 64 connections", "publishes/s", [many["rate"]], more=seen(many))


# The lines of the plot: their name in the measures, what they say, and in which panel they are.
LATENCIES = (("get", "GET by name"), ("page", "page of 50"), ("filtered", "page of 50 of a domain"),
             ("rare", "search, rare word, p99"), ("hot", "search, hot word, p99"), ("prefix", "search, prefix, p99"),
             ("publish", "publish"))
RESOURCES = (("start", "start to ready, ms"), ("resident at start", "resident at start, MB"),
             ("resident", "resident after reads, MB"))


def line(points, key, scale=1):
    return [(products, found[key] * scale) for products, found in points.items() if key in found]


def draw(points):
    """The plot, and the same figures as JSON."""
    lab.OUT.mkdir(parents=True, exist_ok=True)
    panels = [
        plot.Panel("Time of one request, 1 connection (p50 where nothing else is said)", "milliseconds",
                   [plot.Line(text, line(points, key, 1e-3)) for key, text in LATENCIES]),
        plot.Panel("Start-up and memory", "milliseconds or megabytes",
                   [plot.Line(text, line(points, key)) for key, text in RESOURCES]),
    ]
    path = lab.OUT / "growth.svg"
    path.write_text(plot.draw("What Weft costs as the catalog grows (SQLite)", "products in the catalog", panels))
    (lab.OUT / "growth.json").write_text(json.dumps(points, indent=2) + "\n")
    return path


def table(points):
    """One line a measure, one column a size."""
    title = "as it grows (us; start in ms, resident in MB)"
    lines = ["", f"{title:<46}" + "".join(f"{size_text(size):>10}" for size in points)]
    for key, text in itertools.chain(LATENCIES, RESOURCES):
        lines.append(f"  {text:<44}" + "".join(f"{number(found.get(key)):>10}" for found in points.values()))
    return "\n".join(lines)


def measure(options):
    points = {}
    for products in sorted(set(options.sizes)):
        points[products] = {}
        for key, row in measure_size(products, options):
            if key:
                points[products][key] = row.value
            yield row
    yield Note(table(points))
    yield Note(f"plot: {draw(points).relative_to(weft.ROOT)}\n")
