"""The judge: the case study's three rules beside its own function in CPython and beside others, and compiling."""

import functools
import shutil
import subprocess

import lab
from rows import Note, Row

HERE = lab.HERE / "policy"
PEERS = lab.OUT / "judges"
INSTALL_SECONDS = 300
ENGINES = {"cel-js": "@marcbachmann/cel-js", "bufbuild": "@bufbuild/cel", "json-logic": "json-logic-js"}
POLICIES = ("pii-requires-access-controls", "financial-data-retention", "quality-checks-required")


@functools.cache
def why_no_peers():
    """Installs the judges in JavaScript; why not, or an empty text."""
    if not shutil.which("npm"):
        return "npm is not there"
    PEERS.mkdir(parents=True, exist_ok=True)
    wanted = (HERE / "peers" / "package.json").read_text()
    stamp = PEERS / "installed"
    shutil.copy(HERE / "peers" / "judge.mjs", PEERS)
    if stamp.exists() and stamp.read_text() == wanted:
        return ""
    shutil.copy(HERE / "peers" / "package.json", PEERS)
    words = ["npm", "install", "--no-audit", "--no-fund", "--omit=dev", "--ignore-scripts"]
    try:
        with open(PEERS / "npm.log", "w", encoding="utf-8") as log:
            done = subprocess.run(words, cwd=PEERS, stdin=subprocess.DEVNULL, stdout=log, stderr=log, check=False,
                                  timeout=INSTALL_SECONDS)
    except subprocess.TimeoutExpired:
        return f"npm install took more than {INSTALL_SECONDS} s"
    if done.returncode != 0:
        return f"npm install failed, see {PEERS}/npm.log"
    stamp.write_text(wanted)
    return ""


def judges():
    """Name and command of each that is there, Weft first and its floor second."""
    yield "Weft", [lab.PROGRAMS / "judge"]
    yield "CPython", [lab.PYTHON, HERE / "judge.py"]
    if (lab.PROGRAMS / "jq").exists():
        yield "libjq", [lab.PROGRAMS / "jq"]
    if not why_no_peers():
        for engine, package in ENGINES.items():
            yield package, ["node", PEERS / "judge.mjs", engine]


def judge_documents(options, columns, goal):
    """All of them in turn, so that whatever else the machine does meets all alike."""
    figures = {}
    for _ in range(options.rounds):
        for name, command in judges():
            figures.setdefault(name, []).append(float(lab.output(*command, columns, options.seconds / 2)))
    values = figures.pop("Weft")
    yield Row(f"three rules, {columns} columns (floor: CPython)", "documents/CPU-s", values, figures.pop("CPython"),
              goal=goal)
    for name, floors in figures.items():
        yield Row(f"  beside {name}", "documents/CPU-s", values, floors)


def compile_policies(options):
    for policy in POLICIES:
        figures = [[float(word) for word in lab.output(lab.PROGRAMS / "compile", f"library/{policy}.yaml",
                                                       options.seconds / 2).split()] for _ in range(options.rounds)]
        yield Row(f"compile {policy}", "CPU-us", [figure[0] for figure in figures], most=50)
        yield Row("  and read its YAML", "CPU-us", [figure[1] for figure in figures])


def measure(options):
    if not (lab.PROGRAMS / "jq").exists():
        yield Note("judge: libjq-dev is not there: not beside libjq")
    if why_no_peers():
        yield Note(f"judge: {why_no_peers()}: not beside judges in JavaScript")
    for columns, goal in ((5, 3), (50, 2), (1000, 2)):
        yield from judge_documents(options, columns, goal)
    yield from compile_policies(options)
