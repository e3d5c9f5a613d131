"""How results reach the screen or a pipe: tables, JSON, CSV; data on stdout, all else on stderr.

On a terminal a row takes at most two lines and a long answer opens in a pager; elsewhere a row is one line, however
long. Text of calls, files and people never passes through markup, and loses its control characters: a transcript can
neither colour a terminal nor crash a table.
"""

from __future__ import annotations

import codecs
import difflib
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, is_dataclass
from typing import TYPE_CHECKING, Literal

from speechcx.cli import pager, table_layout
from speechcx.errors import UsageError
from speechcx.present.table import Answer, Table, Text, clean, write_csv

if TYPE_CHECKING:
    from rich.table import Table as Drawn

OutputFormat = Literal["table", "json", "csv"]

_NO_LIMIT = 100_000
"""Columns of a pipe: a row is one line there."""

_RULE = "\N{BOX DRAWINGS LIGHT HORIZONTAL}"
"""What lies under headings; a terminal of another alphabet gets hyphens."""

_STYLES = {"critical": "bold red", "fault": "bold red", "major": "yellow", "warning": "yellow"}
"""Cells with colour: what somebody has to look at, and nothing else."""


@dataclass(frozen=True, slots=True)
class Display:
    """What a person asked of the screen.

    Parameters
    ----------
    wide
        Every column, one line a row, also where the window is narrower.
    columns
        Keys or headings of the columns to show, in order; empty for all.
    """

    wide: bool = False
    columns: tuple[str, ...] = ()


_display = Display()


def show_as(wanted: Display) -> None:
    """Set how this command's tables are shown."""
    global _display
    _display = wanted


def print_answer(answer: Answer, style: OutputFormat) -> None:
    """Print an answer in the form asked for: what it holds on stdout, footnotes on stderr."""
    if style == "json":
        print_json(answer.document())
    elif style == "csv" and answer.table is not None:
        _print_csv(answer.table)
    else:
        pager.show([*_list_pieces(_choose_columns(answer.blocks)), *map(_note_piece, _list_cuts(answer))])
        return
    for text in _list_cuts(answer):
        note(text)


def _list_cuts(answer: Answer) -> list[str]:
    """Where more was found than is shown."""
    tables = (block for block in answer.blocks if isinstance(block, Table))
    return [f"{table.cut} --limit shows more." for table in tables if table.cut]


def _list_pieces(blocks: Sequence[Table | Text]) -> list[pager.Piece]:
    """What people read, in order: pieces for stdout, and footnotes."""
    pieces: list[pager.Piece] = []
    after_table = False
    for block in blocks:
        if isinstance(block, Text) and block.is_note:
            pieces.append(_note_piece(block.text))
            continue
        if after_table:
            pieces.append(pager.Piece("\n"))
        if isinstance(block, Table):
            pieces += _table_pieces(block)
            after_table = bool(block.rows)
        elif block.text or not after_table:
            pieces.append(_paragraph(clean(block.text), indent=block.indent))
            after_table = False
        else:
            after_table = False
    return pieces


def _note_piece(text: str) -> pager.Piece:
    return pager.Piece(clean_lines(text), is_note=True)


def _choose_columns(blocks: Sequence[Table | Text]) -> list[Table | Text]:
    """The blocks with the columns that ``--columns`` names; without it, as they are."""
    if not _display.columns:
        return list(blocks)
    tables = [block for block in blocks if isinstance(block, Table)]
    wanted: list[str] = []
    for name in _display.columns:
        near = {
            key.lower(): column.key
            for table in tables
            for column in table.columns
            for key in (column.key, column.title)
        }
        if name.lower() not in near:
            known = list(dict.fromkeys(column.key for table in tables for column in table.columns))
            alike = difflib.get_close_matches(name.lower(), near, n=1)
            cure = f"use {near[alike[0]]}" if alike else "choose of these"
            raise UsageError(f"--columns {name!r}", f"names out of {', '.join(known)}", cure)
        wanted.append(near[name.lower()])
    return [_keep(block, wanted) if isinstance(block, Table) else block for block in blocks]


def _keep(table: Table, keys: Sequence[str]) -> Table:
    """A table with the columns of these keys, in their order; one that has none of them stays as it is."""
    columns = {column.key: column for column in table.columns}
    kept = [columns[key] for key in keys if key in columns]
    return table.keep(kept) if kept else table


def _print_csv(table: Table) -> None:
    write_csv(table, sys.stdout)
    if not table.rows:
        for text in (table.empty, *table.hints):
            note(text)


def print_json(document: object, *, lines: bool = False) -> None:
    """One JSON document; with `lines` on one line, for JSON lines."""
    # Where letters would be spelled out (``main``), JSON has a spelling of its own.
    text = json.dumps(document, ensure_ascii=not _is_unicode(), indent=None if lines else 2, default=_plain)
    sys.stdout.write(text.encode("utf-8", "backslashreplace").decode("utf-8") + "\n")


def _is_unicode() -> bool:
    return codecs.lookup(sys.stdout.encoding or "utf-8").name == "utf-8"


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    return list(value) if isinstance(value, tuple | set | frozenset) else str(value)


def _table_pieces(table: Table) -> list[pager.Piece]:
    """A table and its footnotes; without rows, why there are none."""
    notes = [*table.notes, *table.hints]
    if not table.rows:
        return [_note_piece(text) for text in (table.empty, *notes)]
    shown = table.of("people")
    layout = table_layout.lay_out(shown, _width())
    if layout is None:
        pieces = _list_of_values(shown)
    else:
        pieces = [pager.Piece(_render(_draw(layout)))]
        notes = [*_tell_hidden(layout), *notes]
    return [*pieces, *map(_note_piece, notes)]


def _tell_hidden(layout: table_layout.TableLayout) -> list[str]:
    notes = []
    if layout.hidden:
        names = ", ".join(column.title for column in layout.hidden)
        notes.append(f"Hidden to fit the window: {names}. Widen it, or use --wide or --csv.")
    if layout.is_cut:
        notes.append("Long cells are shortened to fit the window; --wide shows them whole.")
    return notes


def _width() -> int | None:
    """Columns of the window; None for a pipe, and where ``--wide`` was asked for."""
    if _display.wide or not sys.stdout.isatty():
        return None
    import shutil

    return shutil.get_terminal_size().columns


def _render(drawn: Drawn) -> str:
    """What is drawn, as text for this terminal or pipe; without spaces at the ends of lines."""
    import io

    from rich.console import Console

    file = io.StringIO()
    is_terminal = sys.stdout.isatty()
    console = Console(
        file=file, highlight=False, width=_NO_LIMIT, force_terminal=is_terminal, _environ=None,
        color_system="auto" if is_terminal else None,
    )  # fmt: skip
    console.print(drawn, soft_wrap=False)
    text = "".join(line.rstrip() + "\n" for line in file.getvalue().splitlines())
    return text if _is_unicode() else text.replace(_RULE, "-")


def _draw(layout: table_layout.TableLayout) -> Drawn:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table as Drawn
    from rich.text import Text as Styled

    drawn = Drawn(box=SIMPLE_HEAD, pad_edge=False, collapse_padding=True, show_edge=False)
    table = layout.table
    for place, (column, width) in enumerate(zip(table.columns, layout.widths, strict=True)):
        drawn.add_column(
            Styled(column.heading),
            justify="right" if table.is_number(place) else "left",
            width=width,
            no_wrap=True,
        )
    for row in table.shown_rows():
        drawn.add_row(*[Styled(cell.text, style=_STYLES.get(cell.text, "")) for cell in row])
    return drawn


def _list_of_values(table: Table) -> list[pager.Piece]:
    """One value a line, for windows too narrow for a table."""
    titles = max(len(column.title) for column in table.columns)
    room = max((_width() or _NO_LIMIT) - titles - table_layout.GAP, 10)
    pieces = []
    for row in table.shown_rows():
        lines = []
        for column, cell in zip(table.columns, row, strict=True):
            first, *more = table_layout.fold(cell.text, room)
            lines.append(f"{column.title:{titles + table_layout.GAP}}{first}")
            lines += [" " * (titles + table_layout.GAP) + line for line in more]
        pieces.append(pager.Piece("".join(line.rstrip() + "\n" for line in (*lines, ""))))
    return pieces


def print_text(text: str, *, indent: int = 0) -> None:
    """One paragraph on stdout, wrapped on a terminal, never as markup."""
    sys.stdout.write(_paragraph(text, indent=indent).text)


def _paragraph(text: str, *, indent: int = 0) -> pager.Piece:
    """One paragraph; on a terminal broken to its width, further lines under the first."""
    width = _width()
    margin = " " * indent
    if width is None or width <= indent + 10:
        return pager.Piece(f"{margin}{text}".rstrip() + "\n")
    from rich.cells import cell_len

    start = margin + " " * (len(text) - len(text.lstrip()))
    if cell_len(margin + text) <= width:
        return pager.Piece(f"{margin}{text}\n")
    lines = table_layout.fold(text, width - len(start))
    return pager.Piece("".join(f"{start}{line}\n" for line in lines))


def clean_lines(text: str) -> str:
    """Lines for people, each without control characters, broken to the width of a terminal."""
    lines = [clean(line) for line in text.split("\n")]
    if not sys.stderr.isatty():
        return "".join(f"{line}\n" for line in lines)
    return "".join(_paragraph(line.lstrip(), indent=len(line) - len(line.lstrip())).text for line in lines)


def print_raw(text: str) -> None:
    """Text for a file on stdout, line by line as it is."""
    sys.stdout.write(text)


def note(text: str) -> None:
    """A line for people, on stderr."""
    sys.stderr.write(clean_lines(text))
    sys.stderr.flush()
