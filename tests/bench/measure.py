"""What run.sh runs once everything is built: measure, compare, print."""

import argparse
import contextlib
import datetime
import json
import os
import pathlib
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "api"))

import weft  # noqa: E402

BENCH = weft.BUILD / "bench"
PYTHON = "/usr/bin/python3"
STARTS = 15


class Row:
    """One figure beside its floor.  A `goal` is the least ratio, or with `most` the largest value."""

    def __init__(self, name, unit, values, floors=(), goal=None, most=None, extra=None):
        self.name, self.unit, self.goal, self.most, self.extra = name, unit, goal, most, extra or {}
        self.value = statistics.median(values)
        self.floor = statistics.median(floors) if floors else None

    @property
    def ratio(self):
        return self.value / self.floor if self.floor else None

    @property
    def met(self):
        if self.goal is not None:
            return self.ratio >= self.goal
        return None if self.most is None else self.value <= self.most

    def verdict(self):
        if self.met is None:
            return ""
        if self.met:
            return "met"
        if self.goal is not None:
            return f"missed: {self.goal / self.ratio:.1f}x more is needed"
        return f"missed: {self.value / self.most:.1f}x of what is allowed"

    def goal_text(self):
        if self.goal is not None:
            return f">= {self.goal:g}x"
        return "" if self.most is None else f"<= {number(self.most)}"

    def as_dict(self):
        return {"name": self.name, "unit": self.unit, "measured": self.value, "floor": self.floor, "ratio": self.ratio,
                "goal_ratio": self.goal, "goal_most": self.most, "met": self.met, **self.extra}


def number(value):
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"


def output(*words):
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, words))}:\n{done.stdout}{done.stderr}")
    return done.stdout


@contextlib.contextmanager
def temporary_folder():
    path = tempfile.mkdtemp(prefix="weft-bench-")
    try:
        yield pathlib.Path(path)
    finally:
        shutil.rmtree(path, ignore_errors=True)


@contextlib.contextmanager
def floor_http():
    with subprocess.Popen([str(BENCH / "floor_http")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as floor:
        yield int(floor.stdout.readline().split()[1])
        floor.stdin.close()


def wrk(port, path, seconds, connections=64):
    text = output("wrk", "-t2", f"-c{connections}", f"-d{max(1, round(seconds))}s", "--latency", f"http://127.0.0.1:{port}{path}")
    if "Non-2xx" in text:
        sys.exit(f"wrk met answers that were no 200:\n{text}")
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", text).group(1))
    p99, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)\b", text).groups()
    return rate, float(p99) * {"us": 1e-3, "ms": 1, "s": 1000}[unit]


def quiet_server(data=None, arguments=()):
    return weft.Server(data=data, program=weft.PROGRAM, arguments=["--log-level", "warn", *arguments])


def load(server, prefix, connections, count=0, seconds=0):
    return json.loads(output(BENCH / "load", server.port, prefix, connections, count, f"{seconds:g}"))


def measure_get(options):
    rates, floors, late = [], [], []
    with floor_http() as floor, quiet_server() as server:
        answer = server.publish(weft.CASE_STUDY)
        if answer.status != 201:
            sys.exit(f"publishing failed: {answer}")
        path = "/api/v1/products/retail.customer_accounts"
        size = len(server.get(path).body)
        for _ in range(options.rounds):
            floors.append(wrk(floor, "/", options.seconds)[0])
            rate, p99 = wrk(server.port, path, options.seconds)
            rates.append(rate)
            late.append(p99)
    yield Row("GET of a product, 64 connections", "requests/s", rates, floors, goal=0.7,
              extra={"p99_ms": statistics.median(late), "answer_bytes": size})


def measure_publish(options):
    for connections, batch, goal in ((1, 1, 0.5), (16, 8, None), (64, 32, 0.6)):
        results, floors = [], []
        for turn in range(options.rounds):
            with temporary_folder() as folder:
                floors.append(float(output(BENCH / "floor_sqlite", folder, batch, f"{options.seconds:g}")))
            with quiet_server() as server:
                load(server, "warm", connections, count=connections * 20)
                results.append(load(server, f"c{connections}_{turn}", connections, seconds=options.seconds))
        yield Row(f"publish, {connections} connection{'s' if connections > 1 else ''} (floor: {batch} a transaction)",
                  "publishes/s", [result["rate"] for result in results], floors, goal=goal,
                  extra={"p50_us": statistics.median(result["p50_us"] for result in results),
                         "p99_us": statistics.median(result["p99_us"] for result in results)})


def measure_judge(options):
    for columns, goal in ((5, 3), (50, 2), (1000, 2)):
        values, floors = [], []
        for _ in range(options.rounds):
            floors.append(float(output(PYTHON, pathlib.Path(__file__).parent / "bench_judge.py", columns, options.seconds / 2)))
            values.append(float(output(BENCH / "judge", columns, options.seconds / 2)))
        yield Row(f"three rules, {columns} columns (floor: CPython)", "documents/CPU-s", values, floors, goal=goal)


def memory(pid, field):
    text = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(rf"{field}:\s+(\d+) kB", text).group(1)) / 1024


def measure_start(options):
    """From exec to the line that says ready; then what it holds, after every product was read once."""
    with temporary_folder() as folder:
        with quiet_server(folder / "data") as server:
            load(server, "start", 64, count=options.products)
            server.stop()
        times, resident = [], []
        for turn in range(STARTS):
            server = quiet_server(folder / "data")
            times.append(time_start(server) * 1000)
            if turn == 0:
                resident_start = memory(server.process.pid, "VmRSS")
                connection = server.connect()
                for product in range(1, options.products + 1):
                    answer = server.get(f"/api/v1/products/bench.start_{product}", connection=connection, check=False)
                    if answer.status != 200:
                        sys.exit(f"product {product}: {answer}")
                connection.close()
                resident.append(memory(server.process.pid, "VmRSS"))
            server.stop()
    yield Row(f"start to ready, {options.products:,} products", "ms", times, most=60)
    yield Row(f"resident, {options.products:,} products, each read once", "MB", resident, most=40,
              extra={"at_start_mb": resident_start})


def time_start(server):
    started = time.monotonic()
    command = [str(server.program), "serve", "--listen", "127.0.0.1:0", "--data", str(server.data), "--dev",
               "--log-level", "warn"]
    server.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
                                      env=server.environment)
    with server.process.stdout as said:
        line = said.readline()
        took = time.monotonic() - started
    server.port = int(weft.LISTENING.search(line).group(1))
    return took


MEASURES = {"get": measure_get, "publish": measure_publish, "judge": measure_judge, "start": measure_start}


def print_head():
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} CPUs, load {os.getloadavg()[0]:.1f} before\n")
    print(f"{'':<48} {'measured':>12} {'floor':>12} {'ratio':>7}  {'goal':<9}", flush=True)


def print_row(row):
    ratio = f"{row.ratio:.2f}x" if row.ratio else ""
    print(f"{row.name:<48} {number(row.value):>12} {number(row.floor):>12} {ratio:>7}  {row.goal_text():<9} "
          f"{row.unit}{': ' if row.verdict() else ''}{row.verdict()}", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--products", type=int, default=10000)
    parser.add_argument("--only", action="append", choices=MEASURES)
    parser.add_argument("--json", type=pathlib.Path)
    options = parser.parse_args()
    rows = []
    print_head()
    for name, measure in MEASURES.items():
        if options.only and name not in options.only:
            continue
        for row in measure(options):
            print_row(row)
            rows.append(row)
    if options.json:
        document = {"time": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
                    "cpus": os.cpu_count(), "seconds": options.seconds, "rounds": options.rounds,
                    "rows": [row.as_dict() for row in rows]}
        options.json.write_text(json.dumps(document, indent=2) + "\n")


if __name__ == "__main__":
    main()
