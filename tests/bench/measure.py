"""What run.sh runs once everything is built: measure, compare, print.

A measure is a function in a file of measures/, from the options to rows; each row is printed as soon as it is there.
"""

import argparse
import datetime
import json
import os
import pathlib

import lab
from measures import backstage, get, growth, impact, judge, postgres, profile, publish, readers, standing
from rows import Note, print_head, print_row

MEASURES = {
    "get": get.measure,
    "publish": publish.measure,
    "postgres": postgres.measure,
    "readers": readers.measure,
    "growth": growth.measure,
    "judge": judge.measure,
    "impact": impact.measure,
    "standing": standing.measure,
    "backstage": backstage.measure,
    "profile": profile.measure,
}
ASKED_FOR = ("backstage", "profile")  # only with --peers, --profile, or by name
LARGEST = 1000000


def numbers(text):
    return [int(word) for word in text.split(",")]


def read_options():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sizes", type=numbers, default=[1000, 10000, 100000])
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--entities", type=numbers, default=[1000])
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--only", action="append", choices=MEASURES)
    parser.add_argument("--json", type=pathlib.Path)
    options = parser.parse_args()
    if options.full:
        options.sizes.append(LARGEST)
    return options


def wanted(name, options):
    if options.only:
        return name in options.only
    return name not in ASKED_FOR or (options.peers if name == "backstage" else options.profile)


def write_json(path, options, rows):
    document = {"time": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
                "cpus": os.cpu_count(), "seconds": options.seconds, "rounds": options.rounds,
                "rows": [row.as_dict() for row in rows]}
    path.write_text(json.dumps(document, indent=2) + "\n")


def print_missed(rows):
    missed = [row for row in rows if row.met is False]
    met = sum(1 for row in rows if row.met)
    print(f"\n{met} goals met, {len(missed)} missed")
    for row in missed:
        print(f"  {row.name}: {row.unit}{row.verdict}")


def main():
    options = read_options()
    lab.OUT.mkdir(parents=True, exist_ok=True)
    rows = []
    print_head()
    for name, measure in MEASURES.items():
        if not wanted(name, options):
            continue
        for row in measure(options):
            print_row(row)
            if not isinstance(row, Note):
                rows.append(row)
    print_missed(rows)
    if options.json:
        write_json(options.json, options, rows)


if __name__ == "__main__":
    main()
