"""Where the marks of a chart stand, in plain numbers; a template draws them as SVG."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

WIDTH = 640
"""Width of every chart in its own units; a page scales it."""
LABEL_WIDTH = 220
VALUE_WIDTH = 92
_LETTER_WIDTH = (7.2, 9.0)
"""Usual width of a small and of a capital letter."""
ROW_HEIGHT = 22
TOP = 24
PLOT_HEIGHT = 160


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark of the scale: where it stands, and what is written there."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class DotRow:
    """A mean with its interval on one line.

    Parameters
    ----------
    label
        Whose it is.
    y
        Middle of the line.
    x, low, high
        Where mean and ends of the interval stand; the ends are None where there are too few calls.
    value
        The mean, written.
    note
        Said when somebody points at it: interval and number of calls.
    is_clear
        Whether the interval leaves out the mean of all: only then is the row drawn in colour.
    """

    label: str
    y: float
    x: float
    low: float | None
    high: float | None
    value: str
    note: str
    is_clear: bool


@dataclass(frozen=True, slots=True)
class DotChart:
    """Means with intervals, one line each, against the mean of all."""

    kind = "dots"
    title: str
    rows: tuple[DotRow, ...]
    ticks: tuple[Tick, ...]
    middle: float | None
    height: float


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar from the left edge, the ends of its interval, and the change beside it."""

    label: str
    y: float
    width: float
    low: float | None
    high: float | None
    value: str
    note: str

    @property
    def end(self) -> float:
        """Where the bar and its interval end."""
        return max(self.width, self.high or 0.0)


@dataclass(frozen=True, slots=True)
class BarChart:
    """Shares as bars."""

    kind = "bars"
    title: str
    bars: tuple[Bar, ...]
    height: float


@dataclass(frozen=True, slots=True)
class Point:
    """A value at a time."""

    x: float
    y: float
    note: str


@dataclass(frozen=True, slots=True)
class LineChart:
    """Values over time; `band` is the outline of their intervals as the points of a polygon."""

    kind = "line"
    title: str
    points: tuple[Point, ...]
    band: str
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    height: float


@dataclass(frozen=True, slots=True)
class GridCell:
    """A cell of a grid: where it stands, how full it is drawn (0 to 1), what is written in it and said of it."""

    x: float
    y: float
    fill: float
    text: str
    note: str


@dataclass(frozen=True, slots=True)
class GridChart:
    """Numbers by row and column, drawn the fuller the larger they are."""

    kind = "grid"
    title: str
    cells: tuple[GridCell, ...]
    rows: tuple[Tick, ...]
    columns: tuple[Tick, ...]
    cell_width: float
    cell_height: float
    height: float


@dataclass(frozen=True, slots=True)
class SmallLine:
    """A name with a line of its own: the points of the line, and its last value."""

    label: str
    y: float
    points: str
    last_x: float
    last_y: float
    value: str
    note: str


@dataclass(frozen=True, slots=True)
class SmallLines:
    """A small line for each of several names, all on one scale."""

    kind = "lines"
    title: str
    lines: tuple[SmallLine, ...]
    height: float


Chart = DotChart | BarChart | LineChart | GridChart | SmallLines


@dataclass(frozen=True, slots=True)
class Mark:
    """What a chart is made of: a name, a value, its 95 % interval, both written, and what else is known."""

    label: str
    value: float
    interval: tuple[float, float] | None
    text: str
    note: str


def make_dots(title: str, rows: Sequence[Mark], *, middle: float | None, low: float, high: float) -> DotChart:
    """Means with intervals on a scale from `low` to `high`.

    Parameters
    ----------
    title
        Read out in place of the picture.
    rows
        In the order drawn.
    middle
        The mean of all, drawn as a line; None for none.
    low, high
        Ends of the scale; where they are one, the scale reaches by 1 to both sides of it.
    """
    if high <= low:
        low, high = low - 1.0, low + 1.0

    def place(value: float) -> float:
        share = (min(max(value, low), high) - low) / (high - low)
        return round(LABEL_WIDTH + share * (WIDTH - LABEL_WIDTH - VALUE_WIDTH), 1)

    drawn = []
    for no, row in enumerate(rows):
        ends = row.interval
        is_clear = ends is not None and middle is not None and not ends[0] <= middle <= ends[1]
        drawn.append(
            DotRow(
                fit_label(row.label), TOP + ROW_HEIGHT * (no + 0.5), place(row.value),
                None if ends is None else place(ends[0]), None if ends is None else place(ends[1]),
                row.text, row.note, is_clear,
            )
        )  # fmt: skip
    ticks = tuple(Tick(place(value), f"{value:g}") for value in _round_values(low, high))
    height = TOP + ROW_HEIGHT * len(rows) + 8
    return DotChart(title, tuple(drawn), ticks, None if middle is None else place(middle), height)


def fit_label(text: str) -> str:
    """A name as it fits before a row, by the usual width of its letters; the row's note has the whole of it."""
    left = LABEL_WIDTH - 14.0
    for at, letter in enumerate(text):
        left -= (
            12.0
            if letter in "MW@%" or unicodedata.east_asian_width(letter) in "WF"
            else _LETTER_WIDTH[letter.isupper()]
        )
        if left < 0:
            return f"{text[: max(0, at - 1)].rstrip()}…"
    return text


def make_bars(title: str, rows: Sequence[Mark]) -> BarChart:
    """Values from 0 as bars with their intervals, the furthest end as far as there is room."""
    ends = [end for row in rows for end in (row.value, *(row.interval or ()))]
    most = max(ends, default=0.0) or 1.0
    room = WIDTH - LABEL_WIDTH - 150

    def place(value: float) -> float:
        return round(room * max(0.0, value) / most, 1)

    bars = tuple(
        Bar(
            fit_label(row.label), ROW_HEIGHT * no + 3, place(row.value),
            None if row.interval is None else place(row.interval[0]),
            None if row.interval is None else place(row.interval[1]), row.text, row.note,
        )
        for no, row in enumerate(rows)
    )  # fmt: skip
    return BarChart(title, bars, ROW_HEIGHT * len(rows) + 8)


def make_line(title: str, rows: Sequence[Mark]) -> LineChart:
    """Values in order of time, with the band of their intervals; labels are the times."""
    ends = [value for row in rows for value in (row.value, *(row.interval or ()))]
    low, high = (min(ends), max(ends)) if ends else (0.0, 1.0)
    margin = (high - low) * 0.1 or 1.0
    low, high = low - margin, high + margin
    left, right, bottom = 44, WIDTH - 12, PLOT_HEIGHT

    def place_x(no: int) -> float:
        return round(left + (right - left) * (no / (len(rows) - 1) if len(rows) > 1 else 0.5), 1)

    def place_y(value: float) -> float:
        return round(10 + (bottom - 10) * (high - value) / (high - low), 1)

    points = tuple(Point(place_x(no), place_y(row.value), row.note) for no, row in enumerate(rows))
    upper = [(place_x(no), place_y(row.interval[1])) for no, row in enumerate(rows) if row.interval]
    lower = [(place_x(no), place_y(row.interval[0])) for no, row in enumerate(rows) if row.interval]
    band = " ".join(f"{x},{y}" for x, y in [*upper, *reversed(lower)]) if len(upper) > 1 else ""
    every = max(1, math.ceil(len(rows) / 8))
    x_ticks = tuple(Tick(place_x(no), row.label) for no, row in enumerate(rows) if no % every == 0)
    y_ticks = tuple(Tick(place_y(value), f"{value:g}") for value in _round_values(low, high))
    return LineChart(title, points, band, x_ticks, y_ticks, PLOT_HEIGHT + 26)


def make_grid(
    title: str, numbers: Mapping[tuple[int, int], int], *, rows: Mapping[int, str], columns: Mapping[int, str]
) -> GridChart:
    """A grid of counts; `rows` and `columns` name their keys in the order drawn."""
    most = max(numbers.values(), default=0) or 1
    width, height = (WIDTH - 110) / max(1, len(columns)), float(ROW_HEIGHT)
    cells = tuple(
        GridCell(
            round(110 + x * width, 1), TOP + y * height, round(n / most, 2), str(n) if n else "",
            f"{row_name}, {column_name}: {n}",
        )
        for y, (row, row_name) in enumerate(rows.items())
        for x, (column, column_name) in enumerate(columns.items())
        for n in [numbers.get((row, column), 0)]
    )  # fmt: skip
    sides = tuple(Tick(TOP + (y + 0.5) * height, name) for y, name in enumerate(rows.values()))
    tops = tuple(Tick(round(110 + (x + 0.5) * width, 1), name) for x, name in enumerate(columns.values()))
    return GridChart(title, cells, sides, tops, round(width, 1), height, TOP + height * len(rows) + 6)


def make_small_lines(title: str, lines: Sequence[tuple[str, Sequence[Mark]]]) -> SmallLines:
    """A line for each name over the same times; `lines` are (name, values in order of time) with two or more values."""
    times = sorted({mark.label for _, marks in lines for mark in marks})
    values = [mark.value for _, marks in lines for mark in marks]
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    span, right = (high - low) or 1.0, WIDTH - 60
    drawn = []
    for no, (name, marks) in enumerate(lines):
        top = no * (ROW_HEIGHT + 6) + 6
        places = [
            (
                round(
                    LABEL_WIDTH + (right - LABEL_WIDTH) * times.index(mark.label) / max(1, len(times) - 1), 1
                ),
                round(top + ROW_HEIGHT * (high - mark.value) / span, 1),
            )
            for mark in marks
        ]
        points = " ".join(f"{x},{y}" for x, y in places)
        note = f"{name}: " + ", ".join(f"{mark.label} {mark.text}" for mark in marks)
        drawn.append(
            SmallLine(fit_label(name), top + ROW_HEIGHT / 2, points, *places[-1], marks[-1].text, note)
        )
    return SmallLines(title, tuple(drawn), len(lines) * (ROW_HEIGHT + 6) + 10)


def _round_values(low: float, high: float) -> list[float]:
    """Three to seven round numbers between two values, ends included."""
    step = 10 ** math.floor(math.log10((high - low) / 3))
    for times in (1, 2, 5, 10):
        if (high - low) / (step * times) <= 6:
            step *= times
            break
    first = math.ceil(low / step)
    return [round(step * no, 10) for no in range(first, math.floor(high / step) + 1)]
