"""How results reach the screen or a pipe: tables, JSON, CSV; data on stdout, all else on stderr.

Text of calls, files and people never passes through markup, and loses its control characters: a
transcript can neither colour a terminal nor crash a table.
"""

from __future__ import annotations

import codecs
import json
import sys
from dataclasses import asdict, is_dataclass
from typing import TYPE_CHECKING, Literal

from speechcx.present.table import Answer, Table, Text, clean, write_csv

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table as Drawn
    from rich.text import Text as Styled

OutputFormat = Literal["table", "json", "csv"]


def print_answer(answer: Answer, style: OutputFormat) -> None:
    """Print an answer in the form asked for: what it holds on stdout, footnotes on stderr."""
    if style == "json":
        print_json(answer.document())
    elif style == "csv" and answer.table is not None:
        _print_csv(answer.table)
    else:
        for block in answer.blocks:
            _print_block(block)
    for block in answer.blocks:
        if isinstance(block, Table) and block.cut:
            note(f"{block.cut} --limit shows more.")


def _print_csv(table: Table) -> None:
    write_csv(table, sys.stdout)
    if not table.rows:
        for text in (table.empty, *table.hints):
            note(text)


def _print_block(block: Table | Text) -> None:
    if isinstance(block, Text):
        if block.is_note:
            note(block.text)
        else:
            print_text(clean(block.text), indent=block.indent)
        return
    if block.rows:
        _print_table(block.of("people"))
    else:
        note(block.empty)
    for text in (*block.notes, *block.hints):
        note(text)


def print_json(document: object, *, lines: bool = False) -> None:
    """One JSON document; with `lines` on one line, for JSON lines."""
    # Where letters would be spelled out (``main``), JSON has a spelling of its own.
    is_narrow = codecs.lookup(sys.stdout.encoding or "utf-8").name != "utf-8"
    text = json.dumps(document, ensure_ascii=is_narrow, indent=None if lines else 2, default=_plain)
    sys.stdout.write(text.encode("utf-8", "backslashreplace").decode("utf-8") + "\n")


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    return list(value) if isinstance(value, tuple | set | frozenset) else str(value)


def _print_table(table: Table) -> None:
    """A table where the terminal has room for it, else without what may be left away, else a list."""
    console = _console(200)
    kept = list(table.columns)
    while not _fits(drawn := _draw(table.keep(kept)), console):
        least = max(kept, key=lambda column: column.rank)
        if not least.rank:
            _print_list(table)
            return
        kept.remove(least)
    console.print(drawn)
    if len(kept) < len(table.columns):
        gone = ", ".join(column.title for column in table.columns if column not in kept)
        note(f"No room for: {gone}. A wider window shows it, and so does --csv.")


def _console(width: int) -> Console:
    """Where tables go: the terminal, or a pipe of that width, not of the 80 columns of a missing terminal."""
    from rich.console import Console

    return Console(highlight=False, width=None if sys.stdout.isatty() else width)


def _fits(table: Drawn, console: Console) -> bool:
    from rich.measure import Measurement

    # Measured without bounds: within them, rich says that everything fits.
    return Measurement.get(console, console.options.update(max_width=100_000), table).minimum <= console.width


def _draw(table: Table) -> Drawn:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table as Drawn
    from rich.text import Text as Styled

    drawn = Drawn(box=SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    rows = table.shown_rows()
    for place, column in enumerate(table.columns):
        cells = [row[place].text for row in rows]
        longest = max(map(len, cells), default=0)
        words = [word for cell in (*cells, column.heading) for word in cell.split()]
        # Names, ids, times and numbers stay whole; only what is longer is broken.
        drawn.add_column(
            Styled(column.heading),
            justify="right" if table.is_number(place) else "left",
            overflow="fold",
            no_wrap=table.is_number(place) or longest <= _WHOLE,
            min_width=max(longest if longest <= _WHOLE else 0, min(_WHOLE, max(map(len, words), default=1))),
        )
    for row in rows:
        drawn.add_row(*[Styled(cell.text) for cell in row])
    return drawn


_WHOLE = 20
"""Characters up to which a cell, or a word of a longer one, is not broken."""


def _print_list(table: Table) -> None:
    """One value a line, for windows too narrow for a table."""
    width = max(len(column.title) for column in table.columns)
    for row in table.shown_rows():
        for column, cell in zip(table.columns, row, strict=True):
            print_text(f"{column.title:{width}}  {cell.text}")
        sys.stdout.write("\n")


def print_text(text: str | Styled, *, indent: int = 0) -> None:
    """One paragraph on stdout, wrapped, never as markup."""
    from rich.padding import Padding
    from rich.text import Text as Styled

    body = Styled(text) if isinstance(text, str) else text
    _console(120).print(Padding(body, (0, 0, 0, indent), expand=False))


def print_raw(text: str) -> None:
    """Text for a file on stdout, line by line as it is."""
    sys.stdout.write(text)


def note(text: str) -> None:
    """A line for people, on stderr."""
    for line in text.split("\n"):
        sys.stderr.write(clean(line) + "\n")
    sys.stderr.flush()
