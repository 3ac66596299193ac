"""Line and bar charts as SVG, written by hand: a report needs no plotting library for these two."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

# Okabe and Ito, "Color Universal Design", 2008: told apart by people who are colour-blind.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#555555")
_WIDTH, _HEIGHT = 440, 300
_LEFT, _RIGHT, _BOTTOM = 56, 426, 254
_LEGEND_TOP, _LEGEND_STEP = 36, 15
_LETTER = 5.9  # about the width of a letter of the legend


@dataclass(frozen=True)
class Axes:
    """What a chart says around its curves.

    Attributes:
        title: Above it.
        x_label: Below it.
        y_label: On its left.
        log_x: Whether steps along x are ratios.
        marks: Whether each point is marked.
        y_range: Lowest and highest y; by default those of the values.
    """

    title: str
    x_label: str
    y_label: str
    log_x: bool = False
    marks: bool = True
    y_range: tuple[float, float] | None = None


@dataclass(frozen=True)
class Series:
    """One curve; a y of None leaves a gap."""

    name: str
    x: Sequence[float]
    y: Sequence[float | None]


@dataclass(frozen=True)
class _Scale:
    """From values to pixels: a straight line from (low, start) to (high, end)."""

    low: float
    high: float
    start: float
    end: float
    log: bool = False

    def __call__(self, value: float) -> float:
        low, high = self._turn(self.low), self._turn(self.high)
        share = (self._turn(value) - low) / (high - low)
        return self.start + share * (self.end - self.start)

    def _turn(self, value: float) -> float:
        return math.log(value) if self.log else value


def line_chart(axes: Axes, series: Sequence[Series]) -> str:
    """Draw curves over a common axis; returns an ``<svg>`` element."""
    xs = [x for each in series for x in each.x]
    ys = [y for each in series for y in each.y if y is not None]
    top = _legend_bottom([each.name for each in series])
    low, high = axes.y_range or _padded(ys)
    across = _Scale(*_apart(min(xs), max(xs)), _LEFT, _RIGHT, axes.log_x)
    up = _Scale(low, high, _BOTTOM, top)
    marked = sorted(set(xs)) if axes.log_x else ticks(across.low, across.high)
    parts = [*_frame(axes), *_y_grid(up), *_legend([each.name for each in series])]
    parts += [_x_tick(across(x), f"{x:g}") for x in marked]
    for index, each in enumerate(series):
        parts += _curve(each, across, up, COLOURS[index % len(COLOURS)], axes.marks)
    return _svg(axes.title, parts)


def bar_chart(
    axes: Axes, groups: Sequence[str], series: Mapping[str, Sequence[float | None]]
) -> str:
    """Draw bars side by side: a group a name of ``groups``, in it a bar a series, all from zero."""
    values = [value for row in series.values() for value in row if value is not None]
    top = _legend_bottom(list(series))
    low, high = axes.y_range or _padded([0.0, *values])
    up = _Scale(
        min(low, 0.0) if min(values, default=0.0) < 0 else max(low, 0.0), high, _BOTTOM, top
    )
    step = (_RIGHT - _LEFT) / max(1, len(groups))
    parts = [*_frame(axes), *_y_grid(up), *_legend(list(series))]
    for number, group in enumerate(groups):
        parts.append(_x_tick(_LEFT + (number + 0.5) * step, group))
    width = 0.8 * step / max(1, len(series))
    for index, row in enumerate(series.values()):
        for number, value in enumerate(row):
            if value is not None:
                left = _LEFT + (number + 0.1) * step + index * width
                parts.append(_bar(left, width, up, value, COLOURS[index % len(COLOURS)]))
    return _svg(axes.title, parts)


def ticks(low: float, high: float, about: int = 5) -> list[float]:
    """Return round numbers between two values, about so many, in steps of 1, 2 or 5."""
    raw = (high - low) / about
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(m * power for m in (1.0, 2.0, 5.0, 10.0) if m * power >= raw * (1 - 1e-9))
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [round(number * step, 10) for number in range(first, last + 1)]


def _padded(values: Sequence[float]) -> tuple[float, float]:
    low, high = _apart(min(values, default=0.0), max(values, default=1.0))
    room = 0.06 * (high - low)
    return (low if low == 0.0 else low - room), high + room


def _apart(low: float, high: float) -> tuple[float, float]:
    """Return the two values, or a little more than one that both are."""
    if high > low:
        return low, high
    return low - max(abs(low), 1e-3) * 0.1, high + max(abs(high), 1e-3) * 0.1


def _curve(series: Series, across: _Scale, up: _Scale, colour: str, marks: bool) -> Iterator[str]:
    points = [
        None if y is None else (across(x), up(y)) for x, y in zip(series.x, series.y, strict=True)
    ]
    for run in _runs(points):
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in run)
        yield f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.8"/>'
    for point in points if marks else ():
        if point is not None:
            yield f'<circle cx="{point[0]:.1f}" cy="{point[1]:.1f}" r="2.6" fill="{colour}"/>'


def _runs(points: Sequence[tuple[float, float] | None]) -> Iterator[list[tuple[float, float]]]:
    run: list[tuple[float, float]] = []
    for point in [*points, None]:
        if point is not None:
            run.append(point)
        elif run:
            yield run
            run = []


def _bar(left: float, width: float, up: _Scale, value: float, colour: str) -> str:
    base = up(min(max(0.0, up.low), up.high))
    end = up(min(max(value, up.low), up.high))
    top, height = min(base, end), abs(base - end)
    return (
        f'<rect x="{left:.1f}" y="{top:.1f}" width="{0.92 * width:.1f}" height="{height:.1f}" '
        f'fill="{colour}"/>'
    )


def _frame(axes: Axes) -> list[str]:
    middle = (_LEFT + _RIGHT) / 2
    return [
        _text(_LEFT, 18, axes.title, size=13, weight="bold"),
        _text(middle, _HEIGHT - 8, axes.x_label, anchor="middle"),
        f'<text x="13" y="{(_BOTTOM + 60) / 2:.0f}" text-anchor="middle" font-size="11" '
        f'fill="#333" transform="rotate(-90 13 {(_BOTTOM + 60) / 2:.0f})">{escape(axes.y_label)}'
        "</text>",
        _line(_LEFT, _BOTTOM, _RIGHT, _BOTTOM, "#333"),
    ]


def _y_grid(up: _Scale) -> Iterator[str]:
    for value in ticks(up.low, up.high):
        y = up(value)
        yield _line(_LEFT, y, _RIGHT, y, "#ddd" if value else "#888")
        yield _text(_LEFT - 6, y + 4, f"{value:g}", anchor="end")


def _x_tick(x: float, label: str) -> str:
    return _line(x, _BOTTOM, x, _BOTTOM + 4, "#333") + _text(x, _BOTTOM + 17, label, "middle")


def _placed(names: Sequence[str]) -> Iterator[tuple[float, float, str]]:
    """Yield x and y of each name in the legend, which wraps."""
    x, y = float(_LEFT), float(_LEGEND_TOP)
    for name in names:
        width = 20 + _LETTER * len(name)
        if x + width > _RIGHT and x > _LEFT:
            x, y = float(_LEFT), y + _LEGEND_STEP
        yield x, y, name
        x += width + 8


def _legend_bottom(names: Sequence[str]) -> float:
    return max((y for _, y, _ in _placed(names)), default=_LEGEND_TOP) + 12


def _legend(names: Sequence[str]) -> Iterator[str]:
    for index, (x, y, name) in enumerate(_placed(names)):
        colour = COLOURS[index % len(COLOURS)]
        yield f'<rect x="{x:.1f}" y="{y - 8:.1f}" width="12" height="8" fill="{colour}"/>'
        yield _text(x + 16, y, name)


def _text(
    x: float, y: float, words: str, anchor: str = "start", size: int = 11, weight: str = "normal"
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" '
        f'font-weight="{weight}" fill="#222">{escape(words)}</text>'
    )


def _line(x1: float, y1: float, x2: float, y2: float, colour: str) -> str:
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" '
        'stroke-width="1"/>'
    )


def _svg(title: str, parts: Sequence[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        f'width="{_WIDTH}" height="{_HEIGHT}" font-family="sans-serif" role="img" '
        f'aria-label="{escape(title)}">{"".join(parts)}</svg>'
    )
