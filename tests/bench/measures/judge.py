"""The case study's three rules, beside its own function in CPython: documents in a second of CPU."""

import lab
from rows import Row


def measure(options):
    for columns, goal in ((5, 3), (50, 2), (1000, 2)):
        values, floors = [], []
        for _ in range(options.rounds):
            floors.append(float(lab.output(lab.PYTHON, lab.HERE / "bench_judge.py", columns, options.seconds / 2)))
            values.append(float(lab.output(lab.PROGRAMS / "judge", columns, options.seconds / 2)))
        yield Row(f"three rules, {columns} columns (floor: CPython)", "documents/CPU-s", values, floors, goal=goal)
