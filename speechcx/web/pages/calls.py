"""Calls in a list, and a search in what was said."""

from __future__ import annotations

from typing import Any

from speechcx.ask.ground import read_names
from speechcx.ask.search import SearchFilter, list_calls, search, write_filters
from speechcx.present.search import present_calls, present_hits
from speechcx.present.table import Table
from speechcx.web.asked import read_filters
from speechcx.web.visit import Part, Refused, Reply, Visit

PAGE, MOST = 50, 800
SORTS = {
    "newest": "newest first", "oldest": "oldest first", "score": "lowest score", "best-score": "highest score",
    "sentiment": "least pleased customer", "longest": "longest", "flags": "most flags", "silence": "most silence",
    "hold": "longest hold",
}  # fmt: skip
_PARTIES = ("agent", "customer")
_RESULTS = ("present", "absent", "cannot_tell")


def show_calls(visit: Visit) -> Reply:
    """Calls of a filter in an order, page by page."""
    sort = visit.first("sort", "newest")
    if sort not in SORTS:
        raise Refused(f"There is no order {sort!r}.")
    limit = MOST if visit.format != "html" else PAGE
    limit = visit.number("limit", limit, low=1, high=MOST)
    offset = visit.number("offset", 0, high=10_000_000)
    wanted = read_filters(visit)
    found = visit.keep(
        ("calls", wanted, sort, limit, offset),
        lambda: list_calls(visit.store, wanted, sort=sort, limit=limit, offset=offset),
    )
    answer = present_calls(found)
    shown = {
        "title": "Calls",
        "lead": _say_place(offset, len(found.rows), found.total),
        "parts": [Part("", answer.blocks)],
        "filters": True,
        "orders": SORTS,
        "order": sort,
        "data": True,
        "pages": _pages(visit, offset, len(found.rows), found.total),
    }
    return Reply("page.html", shown, answer)


def _say_place(offset: int, shown: int, total: int) -> str:
    if not total:
        return ""
    return f"{offset + 1} to {offset + shown} of {total} calls" if shown else f"{total} calls"


def _pages(visit: Visit, offset: int, shown: int, total: int) -> list[tuple[str, str]]:
    """(address, name) of the pages before and after."""
    kept = [pair for pair in visit.asked if pair[0] != "offset"]
    found = []
    if offset:
        found.append(
            (visit.link("/calls", [*kept, ("offset", str(max(0, offset - PAGE)))]), "Previous calls")
        )
    if offset + shown < total and shown:
        found.append((visit.link("/calls", [*kept, ("offset", str(offset + shown))]), "Next calls"))
    return found


def show_search(visit: Visit) -> Reply:
    """Who said it, when and in which call."""
    typed = visit.first("q")[:1000]
    filters = _read_search(visit)
    limit = 200 if visit.format != "html" else PAGE
    after = visit.number("after", 0, high=10**9) if visit.first("after") else None
    text = visit.first("after")
    after = int(text) if text.isdecimal() and len(text) < 19 else None
    found = search(visit.store, typed, filters, limit=limit, after=after)
    is_empty = not (
        found.words.terms or filters.is_about_rules or filters.is_about_turns or filters.min_silence_s
    )
    if not is_empty:
        visit.note("search", words=visit.typed(typed), filters=visit.typed(write_filters(filters)))
    answer = present_hits(found, is_empty=is_empty)
    table = answer.table
    kept = [pair for pair in visit.asked if pair[0] != "after"]
    shown: dict[str, object] = {
        "title": "Search",
        "typed": typed,
        "is_empty": is_empty,
        "hits": found.hits,
        "names": read_names(visit.store),
        "blocks": [block for block in answer.blocks if not isinstance(block, Table)],
        "empty": table.empty if table else "",
        "data": True,
        "next": visit.link("/search", [*kept, ("after", str(found.next))]) if found.next else "",
    }
    return Reply("search.html", shown, answer)


def _read_search(visit: Visit) -> SearchFilter:
    party = visit.first("party") or None
    rule, result = visit.first("rule")[:200] or None, visit.first("result") or None
    if party not in (None, *_PARTIES) or result not in (None, *_RESULTS):
        raise Refused("There is no such party or result.")
    if result not in (None, "cannot_tell") and rule is None:
        raise Refused("A result needs the rule whose result it is.")
    label: Any = visit.first("label") or None
    if label not in (None, "negative", "neutral", "positive", "mixed"):
        raise Refused("There is no such feeling.")
    silence = visit.number("silence", 0, high=86_400)
    return SearchFilter(
        calls=read_filters(visit), party=party, rule=rule, result=result, label=label,  # type: ignore[arg-type]
        min_silence_s=float(silence) if silence else None,
    )  # fmt: skip
