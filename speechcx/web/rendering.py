"""Replies as HTML: templates that escape everything, and the menu of each role."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from speechcx.present.table import Table
from speechcx.present.units import clock, length, percent, start_text
from speechcx.report.charts import LABEL_WIDTH, WIDTH
from speechcx.web.access import may_decide, may_review
from speechcx.web.asked import tell_filters
from speechcx.web.page_tables import lay_out

if TYPE_CHECKING:
    from jinja2 import Environment

    from speechcx.web.visit import Reply, Visit

_COMMANDS = re.compile(r"[^.;]*(?:`speechcx|`show`|--\w|speechcx rejudge)[^.;]*[.;]?")


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
        ("/trail", "Audit trail"), ("/holds", "Keeping"),
    )  # fmt: skip
    allowed = []
    for path, name in listed:
        route = find_route(path)
        if route is not None and visit.account is not None and route.allows(visit.account, "GET"):
            shown = "My calls" if path == "/" and visit.account.role == "agent" else name
            allowed.append((path, shown))
    return allowed


def without_commands(text: str) -> str:
    """A sentence for people at a terminal without what to type there."""
    return _COMMANDS.sub("", text).strip(" ,;")


def compile_templates() -> None:
    """Make every template ready, so that nobody's first page waits for it."""
    found = environment()
    for name in found.list_templates(extensions=("html",)):
        found.get_template(name)


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
        "lay_out": lay_out, "tell_filters": tell_filters,
        "may_decide": may_decide, "may_review": may_review,
    }  # fmt: skip
    return found
