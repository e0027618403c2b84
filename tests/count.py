#!/usr/bin/python3
"""From ctest's log to "N passed, N failed, N skipped", counted over the single tests of cmocka where there are any.

    tests/count.py build/dev/Testing/Temporary/LastTest.log
"""

import re
import sys

HEAD = re.compile(r"^\d+/\d+ Testing: (.+)$", re.M)
CMOCKA = re.compile(r"^\[  (PASSED|FAILED|SKIPPED) +\] (\d+) test\(s\)", re.M)


def count(output):
    """(passed, failed, skipped) of one program's output, which ends with ctest's own word on it."""
    went_well = re.search(r"^Test (Passed\.|Pass Reason:)$", output, re.M) is not None
    totals = {"PASSED": 0, "FAILED": 0, "SKIPPED": 0}
    for word, number in CMOCKA.findall(output):
        totals[word] += int(number)
    if went_well:
        return totals["PASSED"] or 1, 0, totals["SKIPPED"]
    return totals["PASSED"], totals["FAILED"] or 1, totals["SKIPPED"]


def main():
    with open(sys.argv[1], encoding="utf-8", errors="replace") as log:
        outputs = HEAD.split(log.read())[2::2]
    counts = [count(output) for output in outputs]
    print("{} passed, {} failed, {} skipped".format(*(sum(column) for column in zip(*counts)) if counts else (0, 1, 0)))


if __name__ == "__main__":
    main()
