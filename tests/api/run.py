#!/usr/bin/python3
"""Run files of whole-server tests beside each other and count single tests.

    tests/api/run.py [-j N] [FILE...]        without files: tests/api/NN_*.py

Prints a line for each file, the output of those that failed, and "N passed, N failed, N skipped" at the end.
"""

import argparse
import concurrent.futures
import pathlib
import re
import subprocess
import sys
import time

TOTALS = re.compile(r"^(\d+) passed, (\d+) failed, (\d+) skipped$")


def run(path):
    started = time.monotonic()
    done = subprocess.run([sys.executable, str(path)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          errors="replace", check=False)
    lines = done.stdout.rstrip().splitlines()
    totals = TOTALS.match(lines[-1]) if lines else None
    passed, failed, skipped = map(int, totals.groups()) if totals else (0, 1, 0)
    if done.returncode != 0 and failed == 0:
        failed = 1
    return path, passed, failed, skipped, time.monotonic() - started, done.stdout


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-j", "--jobs", type=int, default=2)
    parser.add_argument("files", nargs="*", type=pathlib.Path)
    options = parser.parse_args()
    files = options.files or sorted(pathlib.Path(__file__).resolve().parent.glob("[0-9][0-9]_*.py"))
    if not files:
        sys.exit("no tests were found")
    totals = [0, 0, 0]
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for path, passed, failed, skipped, seconds, output in pool.map(run, files):
            print(f"{path.stem:<28} {passed:4} passed {failed:3} failed {skipped:3} skipped {seconds:7.1f} s", flush=True)
            if failed:
                print(output, flush=True)
            for place, number in enumerate((passed, failed, skipped)):
                totals[place] += number
    print("{} passed, {} failed, {} skipped".format(*totals))
    sys.exit(1 if totals[1] else 0)


if __name__ == "__main__":
    main()
