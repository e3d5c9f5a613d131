"""Replies as HTML: templates that escape everything, and where each cell of a table leads."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from speechcx.present.table import Cell, CellRow, Column, Table
from speechcx.present.units import clock, length, percent, start_text
from speechcx.report.charts import LABEL_WIDTH, WIDTH
from speechcx.web.access import may_decide, may_review

if TYPE_CHECKING:
    from jinja2 import Environment

    from speechcx.web.visit import Reply, Visit

_COMMANDS = re.compile(r"[^.;]*(?:`speechcx|`show`|--\w|speechcx rejudge)[^.;]*[.;]?")
_NAMED = {"agent": "/agent", "customer": "/customer", "rule": "/rule"}


def render(visit: Visit, reply: Reply) -> str:
    """The page of a reply."""
    page = environment().get_template(reply.template)
    return page.render(
        visit=visit, link=visit.link, hidden=visit.hidden, width=WIDTH, label_width=LABEL_WIDTH,
        menu=list_menu(visit), **reply.shown,
    )  # fmt: skip


def list_menu(visit: Visit) -> list[tuple[str, str]]:
    """(address, name) of the pages this person may open from everywhere."""
    from speechcx.web.routes import find_route

    listed = (
        ("/", "Last night"), ("/agents", "Team"), ("/flags", "Flags"), ("/reviews", "Reviews"),
        ("/why", "Why they call"), ("/calls", "Calls"), ("/search", "Search"), ("/rules", "Rules"),
        ("/trail", "Audit trail"),
    )  # fmt: skip
    allowed = []
    for path, name in listed:
        route = find_route(path)
        if route is not None and visit.account is not None and route.allows(visit.account, "GET"):
            shown = "My calls" if path == "/" and visit.account.role == "agent" else name
            allowed.append((path, shown))
    return allowed


def find_link(visit: Visit, table: Table, row: CellRow, place: int) -> str | None:
    """Where a cell leads; None for nowhere."""
    column, cell = table.columns[place], row[place]
    if cell.value in (None, ""):
        return None
    value = str(cell.value)
    if column.key == "flag":
        return visit.link("/flags", {"flag": value})
    if column.key in ("call_id", "call"):
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


def without_commands(text: str) -> str:
    """A sentence for people at a terminal without what to type there."""
    return _COMMANDS.sub("", text).strip(" ,;")


def shown_places(table: Table) -> list[int]:
    """Places of the columns that people read, without those that hold nothing in any row."""
    rows = [*table.rows, *([table.total] if table.total else [])]
    return [
        no for no, column in enumerate(table.columns)
        if column.audience != "programs" and any(row[no].text not in ("", "-") for row in rows)
    ]  # fmt: skip


def cell_class(column: Column, cell: Cell) -> str:
    """How a cell stands."""
    if cell.is_number or column.kind in ("length", "clock"):
        return "number"
    return "short" if len(cell.text) < 22 else "long"


@lru_cache(maxsize=1)
def environment() -> Environment:
    """The templates; every text is escaped, an unknown name is an error."""
    from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

    found = Environment(
        loader=ChoiceLoader(
            [PackageLoader("speechcx.web", "templates"), PackageLoader("speechcx.report", "templates")]
        ),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.tests["table"] = lambda block: isinstance(block, Table)
    found.filters |= {
        "clock": clock, "duration": length, "percent": percent, "start": start_text,
        "plain": without_commands,
    }  # fmt: skip
    found.globals |= {
        "find_link": find_link, "shown_places": shown_places, "cell_class": cell_class,
        "may_decide": may_decide, "may_review": may_review,
    }  # fmt: skip
    return found
