"""Lines over two logarithmic axes, as SVG: what a table cannot show at a glance is whether a line is flat."""

import html
import math
from typing import NamedTuple

WIDTH, PANEL_HEIGHT = 860, 420
LEFT, RIGHT, TOP, BOTTOM = 78, 250, 46, 56
HEAD = 48
COLOURS = ("#1b6ca8", "#d1495b", "#2e933c", "#8f2d96", "#e08e0b", "#3a506b", "#00838a", "#7a5230")
INK, GRID, FAINT = "#222222", "#d8d8d8", "#eeeeee"


class Line(NamedTuple):
    name: str
    points: list  # (x, y), both above 0


class Panel(NamedTuple):
    title: str
    unit: str
    lines: list


class Axis:
    """Values from a decade to a decade, on a stretch of pixels."""

    def __init__(self, values, first, last):
        self.low = math.floor(math.log10(min(values)) + 1e-9)
        self.high = max(math.ceil(math.log10(max(values)) - 1e-9), self.low + 1)
        self.first, self.last = first, last

    def at(self, value):
        return self.first + (math.log10(value) - self.low) / (self.high - self.low) * (self.last - self.first)

    def decades(self):
        return [10.0 ** power for power in range(self.low, self.high + 1)]

    def between(self):
        return [10.0 ** power * times for power in range(self.low, self.high) for times in range(2, 10)]


def tick(value):
    for unit, name in ((1e6, "M"), (1e3, "k")):
        if value >= unit:
            return f"{value / unit:g}{name}"
    return f"{value:g}"


def text(x, y, said, anchor="start", size=13, colour=INK, extra=""):
    return (f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" fill="{colour}"{extra}>'
            f"{html.escape(said)}</text>")


def stroke(x1, y1, x2, y2, colour, width=1.0):
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" stroke-width="{width}"/>'


def draw_grid(x, y, x_title, y_title):
    parts = [stroke(x.first, y.at(value), x.last, y.at(value), FAINT) for value in y.between()]
    parts += [stroke(x.at(value), y.first, x.at(value), y.last, FAINT) for value in x.between()]
    for value in y.decades():
        parts += [stroke(x.first, y.at(value), x.last, y.at(value), GRID),
                  text(x.first - 8, y.at(value) + 4, tick(value), "end")]
    for value in x.decades():
        parts += [stroke(x.at(value), y.first, x.at(value), y.last, GRID),
                  text(x.at(value), y.first + 20, tick(value), "middle")]
    middle = (y.first + y.last) / 2
    parts += [stroke(x.first, y.first, x.last, y.first, INK), stroke(x.first, y.first, x.first, y.last, INK),
              text((x.first + x.last) / 2, y.first + 42, x_title, "middle"),
              text(22, middle, y_title, "middle", extra=f' transform="rotate(-90 22 {middle:.1f})"')]
    return parts


def spread(wanted, gap):
    """Places near the wanted ones, in their order, none nearer to another than the gap."""
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    places, last = [0.0] * len(wanted), -math.inf
    for i in order:
        last = places[i] = max(wanted[i], last + gap)
    return places


def draw_lines(lines, x, y):
    """Each with its name at its right end, in its colour: no legend to look up."""
    parts = []
    labels = spread([y.at(line.points[-1][1]) for line in lines], 17)
    for line, colour, label in zip(lines, COLOURS, labels):
        path = " ".join(f"{x.at(px):.1f},{y.at(py):.1f}" for px, py in line.points)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2.2"/>')
        parts += [f'<circle cx="{x.at(px):.1f}" cy="{y.at(py):.1f}" r="3.6" fill="{colour}"/>'
                  for px, py in line.points]
        end_x, end_y = x.at(line.points[-1][0]), y.at(line.points[-1][1])
        parts += [stroke(end_x + 5, end_y, x.last + 14, label, colour, 0.7),
                  text(x.last + 18, label + 4, f"{line.name}: {line.points[-1][1]:.3g}", colour=colour)]
    return parts


def draw_panel(panel, x_title, offset):
    lines = [Line(line.name, [point for point in line.points if min(point) > 0]) for line in panel.lines]
    lines = [line for line in lines if line.points]
    if not lines:
        return []
    x = Axis([px for line in lines for px, _ in line.points], LEFT, WIDTH - RIGHT)
    y = Axis([py for line in lines for _, py in line.points], offset + PANEL_HEIGHT - BOTTOM, offset + TOP)
    return [text(LEFT, offset + 26, panel.title, size=15, extra=' font-weight="bold"'),
            *draw_grid(x, y, x_title, panel.unit), *draw_lines(lines, x, y)]


def draw(title, x_title, panels):
    height = HEAD + PANEL_HEIGHT * len(panels)
    parts = [text(LEFT, 32, title, size=19, extra=' font-weight="bold"')]
    for place, panel in enumerate(panels):
        parts += draw_panel(panel, x_title, HEAD + place * PANEL_HEIGHT)
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
            'font-family="DejaVu Sans, Helvetica, sans-serif">\n'
            f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>\n' + "\n".join(parts) + "\n</svg>\n")
