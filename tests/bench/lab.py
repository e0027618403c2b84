"""What the measures share: the programs, servers, generators, and what a process used."""

import contextlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "api"))

import weft  # noqa: E402

PROGRAMS = weft.BUILD / "bench"
OUT = weft.ROOT / "build" / "bench"
PYTHON = "/usr/bin/python3"


def fail(text):
    sys.exit(f"bench: {text}")


def output(*words, text=None):
    """What a program prints; the run ends with its message when it fails."""
    done = subprocess.run([str(word) for word in words], input=text, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        fail(f"{' '.join(map(str, words))}:\n{done.stdout}{done.stderr}")
    return done.stdout


@contextlib.contextmanager
def temporary_folder():
    path = tempfile.mkdtemp(prefix="weft-bench-")
    os.chmod(path, 0o755)  # PostgreSQL, who is another user, must be able to enter
    try:
        yield pathlib.Path(path)
    finally:
        shutil.rmtree(path, ignore_errors=True)


# Servers.

def quiet_server(data=None, arguments=()):
    return weft.Server(data=data, program=weft.PROGRAM, arguments=["--log-level", "warn", *arguments])


@contextlib.contextmanager
def floor_server(name):
    """floor_http or floor_suspend: its port and its process."""
    with subprocess.Popen([str(PROGRAMS / name)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as floor:
        yield int(floor.stdout.readline().split()[1]), floor
        floor.stdin.close()


@contextlib.contextmanager
def postgres():
    """A PostgreSQL for a while: its URL, to which the name of a database can be put."""
    script = weft.ROOT / "tests" / "services" / "postgres.sh"
    with temporary_folder() as folder:
        url = output("bash", script, "start", folder / "postgres").strip()
        try:
            yield url
        finally:
            output("bash", script, "stop", folder / "postgres")


def database(url, name):
    """A new database beside the one of the URL: its URL."""
    output("psql", "-q", url, "-c", f'CREATE DATABASE "{name}"')
    return url.rsplit("/", 1)[0] + "/" + name


# Generators.

def wrk(port, process, path, seconds, connections=64):
    """Like ask(), of one path, and of any server.  wrk counts whole seconds."""
    before = cpu_seconds(process.pid)
    text = output("wrk", "-t2", f"-c{connections}", f"-d{max(1, round(seconds))}s", "--latency",
                  f"http://127.0.0.1:{port}{path}")
    if "Non-2xx" in text:
        fail(f"wrk met answers that were no 200:\n{text}")
    cpu = cpu_seconds(process.pid) - before
    answers = int(re.search(r"(\d+) requests in", text).group(1))
    p99, unit = re.search(r"99%\s+([\d.]+)(us|ms|s|m)\b", text).groups()
    return {"rate": float(re.search(r"Requests/sec:\s+([\d.]+)", text).group(1)), "cpu_us": cpu / answers * 1e6,
            "p99_us": float(p99) * {"us": 1, "ms": 1e3, "s": 1e6, "m": 6e7}[unit]}


def load(servers, prefix, connections, count=0, seconds=0, first=1, updated=0):
    """Publish: what load.c prints, and the servers' CPU time and batch size for one publish."""
    before = [usage(server) for server in servers]
    words = [PROGRAMS / "load", "-f", first, "-u", updated, prefix, connections, count, f"{seconds:g}"]
    result = json.loads(output(*words, *(server.port for server in servers)))
    return {**result, **used(servers, before, result["publishes"])}


def ask(server, paths, connections=1, count=0, seconds=0, follow=False, pause_us=0):
    """GET: what ask.c prints, and the server's CPU time for one answer."""
    before = [usage(server)]
    words = [PROGRAMS / "ask", *(["-f"] if follow else []), "-p", pause_us, connections, count, f"{seconds:g}"]
    result = json.loads(output(*words, server.port, text="\n".join(paths) + "\n"))
    return {**result, **used([server], before, result["answers"])}


# What a process used.

def cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory(pid):
    """Resident, in MB."""
    text = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+) kB", text).group(1)) / 1024


def metric(text, name):
    """The sum over all series of a metric; None: there is none."""
    found = re.findall(rf"^{name}(?:{{[^}}]*}})? (\S+)$", text, re.M)
    return sum(map(float, found)) if found else None


def usage(server):
    """CPU seconds so far; the sum and the number of batches that were committed."""
    text = server.get("/metrics", check=False).text
    return (cpu_seconds(server.process.pid), metric(text, "weft_commit_batch_size_sum"),
            metric(text, "weft_commit_batch_size_count"))


def used(servers, before, answers):
    after = [usage(server) for server in servers]
    cpu = sum(now[0] - then[0] for now, then in zip(after, before))
    found = {"cpu_us": cpu / answers * 1e6}
    if all(now[2] is not None for now in after):
        batches = sum(now[2] - (then[2] or 0) for now, then in zip(after, before))
        changes = sum(now[1] - (then[1] or 0) for now, then in zip(after, before))
        found["batch"] = changes / batches if batches else 0
    return found


def start_timed(server):
    """Start it; the seconds from exec to the line that says ready."""
    started = time.monotonic()
    command = [str(server.program), "serve", "--listen", "127.0.0.1:0", "--data", str(server.data), "--dev",
               "--log-level", "warn"]
    server.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
                                      env=server.environment)
    with server.process.stdout as said:
        line = said.readline()
        took = time.monotonic() - started
    found = weft.LISTENING.search(line)
    if not found:
        fail(f"the server did not start: {line}")
    server.port = int(found.group(1))
    return took
