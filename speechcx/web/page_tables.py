"""A table as a page shows it: short numbers and names in place of ids, and where each cell leads."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from speechcx.ask.ground import read_names, read_numbers
from speechcx.present.table import CellRow, Table

if TYPE_CHECKING:
    from speechcx.web.visit import Visit

_NAMED = {"agent": "/agent", "customer": "/customer", "rule": "/rule"}
_CALLS = ("call_id", "call")
_SHORT = 22
"""Characters of a text that is never broken."""


@dataclass(frozen=True, slots=True)
class PageCell:
    """What a cell shows, where it leads (empty for nowhere), what pointing at it tells, and how it stands."""

    text: str
    to: str
    note: str
    kind: str


@dataclass(frozen=True, slots=True)
class PageTable:
    """Headings with how they stand, rows, and the row of everything together."""

    heads: tuple[tuple[str, str], ...]
    rows: tuple[tuple[PageCell, ...], ...]
    total: tuple[PageCell, ...]


def lay_out(visit: Visit, table: Table) -> PageTable:
    """The table with the columns that people read, without those that hold nothing in any row."""
    places = _shown_places(table)
    numbers = _find_numbers(visit, table)
    known = read_names(visit.store) if any(column.key == "agent" for column in table.columns) else {}
    names = {place: _shorten(table, place, known) for place in places if _tells_agent(table, place)}
    heads = tuple(
        (table.columns[place].title, "number" if _is_number(table, place) else "") for place in places
    )  # fmt: skip
    rows = tuple(
        tuple(_show(visit, table, row, place, numbers, names.get(place, {})) for place in places)
        for row in table.rows
    )
    total = tuple(
        PageCell(table.total[place].text, "", "", _stand(table, place, table.total[place].text)) for place in places
    ) if table.total else ()  # fmt: skip
    return PageTable(heads, rows, total)


def _show(
    visit: Visit, table: Table, row: CellRow, place: int, numbers: Mapping[str, int], names: Mapping[str, str]
) -> PageCell:
    column, cell = table.columns[place], row[place]
    text, note = cell.text, ""
    if column.key in _CALLS and str(cell.value) in numbers:
        text, note = f"#{numbers[str(cell.value)]}", str(cell.value)
    elif column.key == "flag" and (number := _value_of(table, row, "number")):
        text, note = f"#{number}", str(cell.value)
    elif cell.text in names:
        text, note = names[cell.text], str(cell.value)
    to = find_link(visit, table, row, place) or ""
    return PageCell(text, to, note, _stand(table, place, text))


def _shown_places(table: Table) -> list[int]:
    rows = [*table.rows, *([table.total] if table.total else [])]
    keys = {column.key for column in table.columns}
    return [
        place for place, column in enumerate(table.columns)
        if column.audience != "programs" and any(row[place].text not in ("", "-") for row in rows)
        # The column of the call, or of the flag, shows the number.
        and not (column.key == "number" and keys & {*_CALLS, "flag"})
    ]  # fmt: skip


def _find_numbers(visit: Visit, table: Table) -> Mapping[str, int]:
    """The short number of each call of a table."""
    places = [place for place, column in enumerate(table.columns) if column.key in _CALLS]
    wanted = {str(row[place].value) for row in table.rows for place in places if row[place].value}
    return read_numbers(visit.store, wanted) if wanted else {}


def _tells_agent(table: Table, place: int) -> bool:
    key = table.columns[place].key
    return key == "agent" or (key == "key" and table.kind == "agents")


def _shorten(table: Table, place: int, known: Mapping[str | None, str | None]) -> Mapping[str, str]:
    """Cells that tell an agent by id, or by id and name, as the name alone; two people of one name keep their ids."""
    found = {}
    for row in table.rows:
        cell = row[place]
        agent, _, rest = cell.text.partition(" ")
        name = known.get(cell.text) or (rest if rest and known.get(agent) == rest else "")
        name = name or cell.text.removeprefix(f"{cell.value} ")
        if cell.value is not None and name != cell.text:
            found[cell.text] = name
    counts = Counter(found.values())
    return {text: name for text, name in found.items() if counts[name] == 1}


def _is_number(table: Table, place: int) -> bool:
    return table.is_number(place) or table.columns[place].kind in ("length", "clock")


def _stand(table: Table, place: int, text: str) -> str:
    if _is_number(table, place):
        return "number"
    return "short" if len(text) < _SHORT else "long"


def find_link(visit: Visit, table: Table, row: CellRow, place: int) -> str | None:
    """Where a cell leads; None for nowhere."""
    column, cell = table.columns[place], row[place]
    if cell.value in (None, ""):
        return None
    value = str(cell.value)
    if column.key == "flag":
        return visit.link("/flags", {"flag": value})
    if column.key in _CALLS:
        at = _find_moment(table, row)
        return visit.link(f"/call/{value}") + (f"#t={at}" if at else "")
    if column.key == "review_id":
        return visit.link(f"/review/{value}")
    if table.kind in ("agents", "teams") and column.key == "key":
        if table.kind == "agents":
            return visit.link("/agent", {"agent": value, **_period(visit)})
        return visit.link("/agents", {"team": value, **_period(visit)})
    if table.kind == "drivers" and column.key == "title":
        rule = _value_of(table, row, "driver")
        return visit.link("/calls", {"driver": str(rule), **_period(visit)}) if rule else None
    if table.kind == "flag-counts" and column.key == "key":
        return visit.link("/rule", {"rule": value})
    if table.kind == "certificates" and column.key == "certificate_id":
        return visit.link("/certificates", {"certificate": value})
    if column.key in _NAMED and not isinstance(cell.value, tuple | list):
        value = str(_value_of(table, row, f"{column.key}_id") or value)
        return visit.link(_NAMED[column.key], {column.key: value})
    return None


def _period(visit: Visit) -> dict[str, str]:
    return {name: value for name in ("period", "since", "until") if (value := visit.first(name))}


def _value_of(table: Table, row: CellRow, key: str) -> object:
    return next((cell.value for one, cell in zip(table.columns, row, strict=True) if one.key == key), None)


def _find_moment(table: Table, row: CellRow) -> str | None:
    """Where in the call a row is about, as seconds."""
    text = _value_of(table, row, "time")
    found = re.fullmatch(r"(?:(\d+):)?(\d+):(\d+(?:\.\d+)?)", str(text or ""))
    if not found:
        return None
    hours, minutes, seconds = found.groups()
    return f"{int(hours or 0) * 3600 + int(minutes) * 60 + float(seconds):g}"
