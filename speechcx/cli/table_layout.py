"""How a table fits a window: which columns are shown, how wide, and where cells break or are cut.

A row takes one line where there is room, at most two where there is little. What does not fit goes in this order:
columns of the highest rank, then the ends of long cells, and last the table itself, which becomes a list.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil

from speechcx.present.table import Cell, Column, Table

GAP = 2
"""Characters between columns."""

ROW_LINES = 2
"""Lines a row takes at most, but for columns that are read as a whole."""

_WHOLE = 20
"""Characters up to which a cell, or a word of a longer one, is not broken."""

_MIN_CUT = 14
"""Where nothing else helps, columns of text are broken, and last cut, down to this width."""

_MIN_READ = 36
"""A column that is read as a whole is not made narrower than this, nor than its longest word."""


@dataclass(frozen=True, slots=True)
class TableLayout:
    """A table as it is drawn.

    Parameters
    ----------
    table
        The columns that are shown; their cells hold a line break where they are broken.
    widths
        Characters of each column.
    hidden
        Columns that there was no room for.
    is_cut
        Whether the end of a cell is missing.
    """

    table: Table
    widths: tuple[int, ...]
    hidden: tuple[Column, ...] = ()
    is_cut: bool = False


def lay_out(table: Table, width: int | None) -> TableLayout | None:
    """Fit a table into a window; None where only a list of its values fits.

    Parameters
    ----------
    table
        Columns and rows as people see them.
    width
        Characters of the window; None for one line a row, however long.
    """
    kept = list(table.columns)
    while True:
        shown = table.keep(kept)
        natural, least = _measure(shown)
        if width is None:
            return TableLayout(shown, tuple(natural))
        room = width - GAP * (len(kept) - 1)
        hidden = tuple(column for column in table.columns if column not in kept)
        if sum(least) <= room:
            return _break(shown, _share_out(natural, least, room), hidden)
        last = max(kept, key=lambda column: column.rank)
        if not last.rank:
            break
        kept.remove(last)
    shortest = []
    for place, (column, low, high) in enumerate(zip(shown.columns, least, natural, strict=True)):
        words = [column.heading, *(row[place].text for row in shown.shown_rows())]
        floor = max(_MIN_CUT, *map(_widest_word, words))
        shortest.append(min(low, floor) if _may_be_cut(column, high) else low)
    if sum(shortest) > room:
        return None
    return _break(shown, _share_out(least, shortest, room), hidden)


def fold(text: str, width: int) -> list[str]:
    """`text` in lines of at most `width` characters on the screen, broken between words where possible."""
    from rich.cells import cell_len, chop_cells

    lines: list[str] = []
    line = ""
    for word in text.split():
        joined = f"{line} {word}" if line else word
        if cell_len(joined) <= width:
            line = joined
            continue
        if line:
            lines.append(line)
        *full, line = chop_cells(word, width) if cell_len(word) > width else [word]
        lines += full
    return [*lines, line]


def _measure(table: Table) -> tuple[list[int], list[int]]:
    """The width of each column on one line a row, and the least one at which a row keeps its lines."""
    from rich.cells import cell_len

    natural, least = [], []
    for place, column in enumerate(table.columns):
        texts = [row[place].text for row in table.shown_rows()]
        heading = max((cell_len(line) for line in column.heading.split("\n")), default=0)
        whole = max([heading, *map(cell_len, texts)])
        natural.append(whole)
        if table.is_number(place) or max(map(cell_len, texts), default=0) <= _WHOLE:
            floor = max([_widest_word(column.heading), *map(cell_len, texts)])
        elif column.is_read:
            floor = min(whole, max([_MIN_READ, *(cell_len(word) for text in texts for word in text.split())]))
        else:
            floor = max([_widest_word(column.heading), *(_two_lines(text) for text in texts)])
        least.append(min(floor, whole))
    return natural, least


def _widest_word(text: str) -> int:
    from rich.cells import cell_len

    return max((min(_WHOLE, cell_len(word)) for word in text.split()), default=1)


def _two_lines(text: str) -> int:
    """The least width at which a cell takes no more lines than a row may."""
    from rich.cells import cell_len

    width = max(ceil(cell_len(text) / ROW_LINES), _widest_word(text))
    while len(fold(text, width)) > ROW_LINES:
        width += 1
    return width


def _may_be_cut(column: Column, natural: int) -> bool:
    return natural > _MIN_CUT and not column.is_read


def _share_out(natural: Sequence[int], least: Sequence[int], room: int) -> tuple[int, ...]:
    """Widths between the least and the natural ones that use the room; the most wanting column gets most."""
    widths = list(least)
    wanted = [high - low for high, low in zip(natural, least, strict=True)]
    spare = min(room - sum(widths), sum(wanted))
    if spare <= 0:
        return tuple(widths)
    whole = sum(wanted)
    for place, lacking in enumerate(wanted):
        widths[place] += spare * lacking // whole
    rest = spare - (sum(widths) - sum(least))
    for place in sorted(range(len(widths)), key=lambda place: widths[place] - natural[place])[:rest]:
        widths[place] += widths[place] < natural[place]
    return tuple(widths)


def _break(table: Table, widths: tuple[int, ...], hidden: tuple[Column, ...]) -> TableLayout:
    """The table with its cells broken to these widths."""
    is_cut = False

    def broken(row: tuple[Cell, ...]) -> tuple[Cell, ...]:
        nonlocal is_cut
        cells = []
        for cell, column, width in zip(row, table.columns, widths, strict=True):
            lines = fold(cell.text, width)
            if len(lines) > ROW_LINES and not column.is_read:
                lines = [*lines[: ROW_LINES - 1], _cut(" ".join(lines[ROW_LINES - 1 :]), width)]
                is_cut = True
            cells.append(replace(cell, text="\n".join(lines)))
        return tuple(cells)

    shown = replace(
        table,
        columns=tuple(map(_break_heading, table.columns, widths)),
        rows=tuple(map(broken, table.rows)),
        total=None if table.total is None else broken(table.total),
    )  # fmt: skip
    return TableLayout(shown, widths, hidden, is_cut)


def _break_heading(column: Column, width: int) -> Column:
    lines = [part for line in column.heading.split("\n") for part in fold(line, width)]
    return replace(column, heading="\n".join(lines))


def _cut(text: str, width: int) -> str:
    """As much of `text` as fits, with a mark that its end is missing."""
    from rich.cells import set_cell_size

    return set_cell_size(text, width - 1).rstrip() + "\N{HORIZONTAL ELLIPSIS}"
