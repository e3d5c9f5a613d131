"""Recorders' layouts: which are known, and what one reads of the names in a folder."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from speechcx.discover.layouts import LayoutDescription, NameReading
from speechcx.present.envelope import Envelopes, rows
from speechcx.present.table import Answer, Column, make_table


@dataclass(frozen=True, slots=True)
class NameRow:
    """A file name and what a layout reads of it.

    Parameters
    ----------
    file
        The name.
    agent, customer, started_at
        What it holds of each; None where it does not.
    more
        Other fields it holds, or that it is not read.
    """

    file: str
    agent: str | None
    customer: str | None
    started_at: str | None
    more: str


_LAYOUTS = rows("layouts", LayoutDescription)
_NAMES = rows("names", NameRow)

ENVELOPES: dict[str, Envelopes] = {"layouts list": _LAYOUTS, "layouts try": _NAMES}

_LAYOUT_COLUMNS = (
    Column("name", "layout"),
    Column("title", "recorder"),
    Column("about", "what its names hold"),
)
_NAME_COLUMNS = (
    Column("file", "file"),
    Column("agent", "agent"),
    Column("customer", "customer"),
    Column("started_at", "started"),
    Column("more", "also read"),
)


def present_layouts(layouts: Sequence[LayoutDescription]) -> Answer:
    """Every layout that is known."""
    return Answer(partial(_LAYOUTS.wrap_rows, layouts), (make_table("layouts", _LAYOUT_COLUMNS, layouts),))


def present_names(names: Iterable[NameReading]) -> Answer:
    """Names of recordings beside what a layout reads of them."""
    shown = [_row(one) for one in names]
    return Answer(partial(_NAMES.wrap_rows, shown), (make_table("names", _NAME_COLUMNS, shown),))


def values_text(values: Iterable[tuple[str, str]]) -> str:
    """Fields of a name and their values in one line."""
    return ", ".join(f"{field} {value}" for field, value in values)


def _row(one: NameReading) -> NameRow:
    known = dict(one.values)
    more = values_text(pair for pair in one.values if pair[0] not in ("agent", "customer"))
    return NameRow(
        one.name,
        known.get("agent"),
        known.get("customer"),
        one.started_at,
        more if one.is_read else "not read",
    )
