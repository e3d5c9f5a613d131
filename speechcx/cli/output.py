"""How results reach the screen or a pipe: tables, JSON, CSV; data on stdout, all else on stderr.

Text of calls, files and people never passes through markup, and loses its control characters: a
transcript can neither colour a terminal nor crash a table.
"""

from __future__ import annotations

import codecs
import csv
import json
import sys
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, is_dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

Row = Mapping[str, object]
Format = Literal["table", "json", "csv"]

SCHEMA_VERSION = 1
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\0")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Parameters
    ----------
    key, heading
        The row's key, and what stands above.
    digits
        Digits after the point of numbers.
    share
        0 to 1, shown in percent.
    rank
        0 for what must be seen; where a window is too narrow, columns with the highest rank go first.
    is_start
        When a call began, as :func:`start_text` shows it; JSON keeps the offset.
    """

    key: str
    heading: str
    digits: int | None = None
    share: bool = False
    rank: int = 0
    is_start: bool = False


def clean(text: str) -> str:
    """`text` without control and format characters and lone surrogates; line breaks become spaces."""
    spaced = text.replace("\n", " ").replace("\t", " ").replace("\r", " ")
    return "".join(
        char
        if unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Cn")
        else "\N{REPLACEMENT CHARACTER}"
        for char in spaced
    )


def format_cell(value: object, column: Column) -> str:
    """A value as people read it; a missing one is a dash, never a 0."""
    if value is None:
        return "-"
    if column.is_start:
        return start_text(str(value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        if column.share:
            return f"{plain_number(100 * value, 0)} %"
        return plain_number(
            value, column.digits if column.digits is not None else 0 if isinstance(value, int) else 2
        )
    if isinstance(value, list | tuple):
        return "-" if not value else clean(", ".join(str(item) for item in value))
    return clean(str(value))


def plain_number(value: float, digits: int, *, sign: bool = False) -> str:
    """A number with so many digits after the point, never as minus nothing."""
    rounded = round(value, digits)
    return f"{rounded if rounded else 0.0:{'+' if sign and rounded else ''}.{digits}f}"


def print_rows(
    kind: str,
    rows: Sequence[Row],
    columns: Sequence[Column],
    *,
    style: Format = "table",
    empty: str = "",
    facts: Row | None = None,
) -> None:
    """Print rows in the form asked for.

    Parameters
    ----------
    kind
        Name of what the rows are; the ``kind`` of the JSON document.
    rows
        Plain values by key. JSON gets every key, tables and CSV the `columns`.
    columns
        What a table shows, in order.
    style
        ``table``, ``json`` or ``csv``.
    empty
        Said on stderr where there are no rows: what would widen the question; ``hint`` of the JSON document.
    facts
        What JSON says beside the rows: how many there are in all, the period.
    """
    if style == "json":
        head = {
            "schema_version": SCHEMA_VERSION,
            "kind": kind,
            "hint": None if rows else empty or f"No {kind}.",
        }
        print_json({**head, **(facts or {}), "rows": [dict(row) for row in rows]})
    elif style == "csv":
        _print_csv(rows, columns)
    elif rows:
        _print_table(rows, columns)
    if not rows and style != "json":
        note(empty or f"No {kind}.")


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


def _print_csv(rows: Sequence[Row], columns: Sequence[Column]) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow([column.key for column in columns])
    for row in rows:
        writer.writerow([_csv_cell(row.get(column.key), column) for column in columns])


def _csv_cell(value: object, column: Column) -> object:
    """Text that a spreadsheet would run as a formula gets a quote in front."""
    if value is None or isinstance(value, int | float):
        return "" if value is None else value
    if column.is_start:
        return start_text(str(value))
    text = clean(", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value))
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def _print_table(rows: Sequence[Row], columns: Sequence[Column]) -> None:
    """A table where the terminal has room for it, else without what may be left away, else a list."""
    console = _console(200)
    kept = list(columns)
    while not _fits(table := _table(rows, kept), console):
        least = max(kept, key=lambda column: column.rank)
        if not least.rank:
            _print_list(rows, columns)
            return
        kept.remove(least)
    console.print(table)
    if len(kept) < len(columns):
        gone = ", ".join(
            column.heading.replace("-\n", "").replace("\n", " ") for column in columns if column not in kept
        )
        note(f"No room for: {gone}. A wider window shows it, and so does --csv.")


def _console(width: int) -> Console:
    """Where tables go: the terminal, or a pipe of that width, not of the 80 columns of a missing terminal."""
    from rich.console import Console

    return Console(highlight=False, width=None if sys.stdout.isatty() else width)


def _fits(table: Table, console: Console) -> bool:
    from rich.measure import Measurement

    # Measured without bounds: within them, rich says that everything fits.
    return Measurement.get(console, console.options.update(max_width=100_000), table).minimum <= console.width


def _table(rows: Sequence[Row], columns: Sequence[Column]) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    for column in columns:
        values = [row.get(column.key) for row in rows]
        numeric = any(isinstance(value, int | float) for value in values)
        cells = [format_cell(value, column) for value in values]
        longest = max(map(len, cells), default=0)
        words = [word for cell in (*cells, column.heading) for word in cell.split()]
        # Names, ids, times and numbers stay whole; only what is longer is broken.
        table.add_column(
            Text(column.heading),
            justify="right" if numeric else "left",
            overflow="fold",
            no_wrap=numeric or longest <= _WHOLE,
            min_width=max(longest if longest <= _WHOLE else 0, min(_WHOLE, max(map(len, words), default=1))),
        )
    for row in rows:
        table.add_row(*[Text(format_cell(row.get(column.key), column)) for column in columns])
    return table


def _one_line(heading: str) -> str:
    return heading.replace("-\n", "").replace("\n", " ")


_WHOLE = 20
"""Characters up to which a cell, or a word of a longer one, is not broken."""


def _print_list(rows: Sequence[Row], columns: Sequence[Column]) -> None:
    """One value a line, for windows too narrow for a table."""
    headings = [_one_line(column.heading) for column in columns]
    width = max(map(len, headings))
    for row in rows:
        for heading, column in zip(headings, columns, strict=True):
            print_text(f"{heading:{width}}  {format_cell(row.get(column.key), column)}")
        sys.stdout.write("\n")


def print_text(text: str | Text, *, indent: int = 0) -> None:
    """One paragraph on stdout, wrapped, never as markup."""
    from rich.padding import Padding
    from rich.text import Text

    body = Text(text) if isinstance(text, str) else text
    _console(120).print(Padding(body, (0, 0, 0, indent), expand=False))


def note(text: str) -> None:
    """A line for people, on stderr."""
    for line in text.split("\n"):
        sys.stderr.write(clean(line) + "\n")
    sys.stderr.flush()


def start_text(started: str | None) -> str:
    """When a call began as people read it, on the centre's clock: ``2026-03-02 09:15``."""
    return "time unknown" if started is None else started[:16].replace("T", " ")


def length(seconds: float | None) -> str:
    """How long something took, as ``m:ss`` or ``h:mm:ss``; a dash for None."""
    if seconds is None:
        return "-"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def clock(seconds: float | None) -> str:
    """Seconds as ``m:ss.s``, a dash for None."""
    if seconds is None:
        return "-"
    minutes, rest = divmod(round(seconds, 1), 60)
    return f"{int(minutes)}:{rest:04.1f}"
