"""One figure beside its floor, and the table of them."""

import os
import platform
import statistics


class Row:
    """A figure, the floor of the same work in the same run, their ratio, and the goal.

    `goal` is the least ratio, `most_ratio` the largest one (of times, where less is better), `most` the largest value.
    Values and floors are lists, and their medians count.  `more` is what else was seen: p50_us, p99_us, cpu_us (of the
    server, for one answer) and batch have columns of their own.
    """

    def __init__(self, name, unit, values, floors=(), goal=None, most_ratio=None, most=None, more=None):
        self.name, self.unit, self.more = name, unit, more or {}
        self.goal, self.most_ratio, self.most = goal, most_ratio, most
        self.value = statistics.median(values)
        self.floor = statistics.median(floors) if floors else None

    @property
    def ratio(self):
        return self.value / self.floor if self.floor else None

    @property
    def met(self):
        if self.goal is not None:
            return self.ratio >= self.goal
        if self.most_ratio is not None:
            return self.ratio <= self.most_ratio
        return None if self.most is None else self.value <= self.most

    @property
    def verdict(self):
        if self.met is None:
            return ""
        if self.met:
            return ": met"
        if self.goal is not None:
            return f": missed, {self.goal / self.ratio:.1f}x more is needed"
        over = self.value / self.most if self.most is not None else self.ratio / self.most_ratio
        return f": missed, {over:.1f}x of what is allowed"

    @property
    def goal_text(self):
        if self.goal is not None:
            return f">= {self.goal:g}x"
        if self.most_ratio is not None:
            return f"<= {self.most_ratio:g}x"
        return "" if self.most is None else f"<= {number(self.most)}"

    def as_dict(self):
        return {"name": self.name, "unit": self.unit, "measured": self.value, "floor": self.floor, "ratio": self.ratio,
                "goal_ratio": self.goal, "goal_most_ratio": self.most_ratio, "goal_most": self.most, "met": self.met,
                **self.more}


class Note:
    """A line between the rows: what was left out and why, or what a measure has to say in words."""

    def __init__(self, text):
        self.text = text


def number(value):
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}"


def medians(results, *keys):
    """Of dicts with the same keys: the median of each that is asked for and there."""
    return {key: statistics.median(result[key] for result in results)
            for key in keys if all(result.get(key) is not None for result in results)}


NAME = 64


def print_head():
    machine = platform.processor() or platform.machine()
    print(f"{machine}, {os.cpu_count()} CPUs, load {os.getloadavg()[0]:.1f} before\n")
    print(f"{'':<{NAME}} {'measured':>10} {'floor':>10} {'ratio':>8} {'goal':>8} {'p50 us':>8} {'p99 us':>8} "
          f"{'CPU us':>7} {'batch':>6}  unit", flush=True)


def print_row(row):
    if isinstance(row, Note):
        print(row.text, flush=True)
        return
    ratio = f"{row.ratio:.2f}x" if row.ratio else ""
    seen = [number(row.more.get(key)) for key in ("p50_us", "p99_us", "cpu_us", "batch")]
    print(f"{row.name:<{NAME}} {number(row.value):>10} {number(row.floor):>10} {ratio:>8} {row.goal_text:>8} "
          f"{seen[0]:>8} {seen[1]:>8} {seen[2]:>7} {seen[3]:>6}  {row.unit}{row.verdict}", flush=True)
