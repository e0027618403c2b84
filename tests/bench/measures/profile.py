"""Where the CPU time of a publish goes: perf on the server while 64 connections publish.

A missed goal is explained here.  What perf saw is told as a tree of the program's own functions, in microseconds of CPU
for one publish.
"""

import collections
import re
import shutil
import subprocess

import lab
import weft
from rows import Note

CONNECTIONS = 64
LEAST = 0.007  # of the whole: what takes less is left out
DEEPEST = 14
FRAME = re.compile(r"^\s+[0-9a-f]+ (\S+).* \(([^()]*(?:\([^()]*\))?[^()]*)\)$")
# Frames that say nothing: how a thread begins, and what the library of the system does inside.
SILENT = re.compile(r"^(start_thread|clone3?|__.*|.*_inlined)$")


def record(server, path, seconds):
    words = ["perf", "record", "-q", "-e", "cpu-clock", "-F", "499", "--call-graph", "dwarf,16384", "-p",
             str(server.process.pid), "-o", str(path), "--", "sleep", f"{seconds:g}"]
    return subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                            text=True)


def stacks(path):
    """Of each sample: its frames (function, library), the innermost first."""
    frames = []
    for line in lab.output("perf", "script", "-i", path, "-F", "ip,sym,dso").splitlines():
        found = FRAME.match(line)
        if found:
            frames.append(found.groups())
        elif frames:
            yield frames
            frames = []
    if frames:
        yield frames


def library(name):
    return "kernel" if "kernel" in name else name.rsplit("/", 1)[-1].split(".so")[0]


def own(frames):
    """The program's own functions, the outermost first, and where the time was spent in the end."""
    place = next((library(where) for _, where in frames if where != "inlined"), "?")
    mine, inlined = [], []
    for function, where in frames:
        if where == "inlined":
            inlined.append(function)
            continue
        if where == str(weft.PROGRAM):
            mine += [name for name in [*inlined, function] if not SILENT.match(name)]
        inlined = []
    return [*reversed(mine), f"[{place}]"]


class Tree:
    """A function, how often it was met, and what it called."""

    def __init__(self):
        self.count, self.below = 0, collections.defaultdict(Tree)

    def add(self, path):
        self.count += 1
        if path:
            self.below[path[0]].add(path[1:])

    def lines(self, scale, least, depth=0):
        for name, tree in sorted(self.below.items(), key=lambda item: -item[1].count):
            if tree.count >= least and depth < DEEPEST:
                yield f"{tree.count * scale:8.1f}  {'  ' * depth}{name}"
                yield from tree.lines(scale, least, depth + 1)


def tell(path, cpu_us):
    tree, places = Tree(), collections.Counter()
    for frames in stacks(path):
        functions = own(frames)
        tree.add(functions)
        places[functions[-1].strip("[]")] += 1
    scale = cpu_us / max(tree.count, 1)
    shares = ", ".join(f"{place} {count * scale:.0f}" for place, count in places.most_common(8))
    return f"by library: {shares}\n" + "\n".join(tree.lines(scale, tree.count * LEAST))


def measure(options):
    if not shutil.which("perf"):
        yield Note("profile: perf is not there (package linux-perf)")
        return
    seconds = max(options.seconds, 3)
    with lab.temporary_folder() as folder, lab.quiet_server() as server:
        path = folder / "perf.data"
        lab.load([server], "warm", CONNECTIONS, count=CONNECTIONS * 20)
        recorder = record(server, path, seconds)
        result = lab.load([server], "profiled", CONNECTIONS, seconds=seconds + 0.3)
        _, said = recorder.communicate()
        if recorder.returncode != 0 or not path.exists():
            yield Note(f"profile: perf is not allowed here: {' '.join(said.split()) or 'it does not say why'}")
            return
        yield Note(f"\nprofile of the server, {CONNECTIONS} connections publishing at {result['rate']:,.0f}/s: "
                   f"us of CPU a publish, {result['cpu_us']:.0f} in all\n" + tell(path, result["cpu_us"]))
