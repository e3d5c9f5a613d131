"""The review desk for flags: the queue on the left, the evidence and the clip on the right, decisions by key."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any, get_args
from urllib.parse import parse_qsl, urlencode

from speechcx.ask.compliance import (
    FlagFilter,
    FlagList,
    FlagRow,
    FlagView,
    list_flags,
    measure_precision,
    see_flag,
    show_flag,
)
from speechcx.ask.ground import read_names
from speechcx.ask.runs import read_last_day
from speechcx.errors import UsageError
from speechcx.present.flags import present_flags
from speechcx.present.units import count_text
from speechcx.present.wording import precision_text, result_text
from speechcx.store import Store
from speechcx.store.decisions.flags import FlagChange, FlagStatus, set_flags
from speechcx.web.access import may_decide
from speechcx.web.asked import read_filters
from speechcx.web.pages.hidden import is_at_blind_review
from speechcx.web.visit import NotThere, Refused, Reply, Visit

SHOWN, MOST = 40, 800
SORTS = {"severity": "most severe", "due": "due first", "newest": "newest", "oldest": "oldest"}
STATUSES: tuple[FlagStatus, ...] = get_args(FlagStatus)
_KEPT = ("sort", "status", "rule", "severity", "owner", "agent", "team", "customer", "since", "until", "period",
         "result", "offset")  # fmt: skip


def show_flags(visit: Visit) -> Reply:
    """The queue and one flag of it; a form that was sent decides about that flag and goes on to the next."""
    if visit.sent is not None:
        return _decide(visit)
    sort = visit.first("sort", "severity")
    if sort not in SORTS:
        raise Refused(f"There is no order {sort!r}.")
    limit, offset = (MOST if visit.format != "html" else SHOWN), visit.number("offset", 0, high=10_000_000)
    wanted = _read_filter(visit)
    found = visit.keep(
        ("flags", wanted, sort, limit, offset),
        lambda: list_flags(visit.store, wanted, sort=sort, limit=limit, offset=offset),
        shows_decisions=True,
    )
    chosen, near = _choose(visit, found)
    kept = [pair for pair in visit.asked if pair[0] in _KEPT and pair[1]]
    shown: dict[str, object] = {
        "found": found, "chosen": chosen, "sort": sort, "sorts": SORTS, "kept": kept, "offset": offset, "size": SHOWN,
        "names": read_names(visit.store), "statuses": STATUSES,
        "next_flag": near, "ages": _ages(visit, found.rows), "result_text": result_text,
        "right": precision_text(chosen.precision) if chosen else None, "counts": dict(found.counts),
        "records": _records(visit, found), "status": visit.every("status"), "asked": dict(kept), "data": True,
        "may": may_decide(visit.person), "today": date.today().isoformat(),
        "kept_query": urlencode(kept, errors="replace"),
    }  # fmt: skip
    return Reply("desk.html", shown, present_flags(found))


def _read_filter(visit: Visit) -> FlagFilter:
    given: dict[str, Any] = {
        name: visit.every(name) for name in ("rule", "severity", "owner", "result") if visit.every(name)
    }
    status = visit.every("status")
    if "all" in status:
        given["status"] = ()
    elif status:
        given["status"] = status
    return FlagFilter(calls=read_filters(visit), **given)


def _choose(visit: Visit, found: FlagList) -> tuple[FlagView | None, str]:
    """The flag on the right, and the one after it in the queue."""
    names = [row.flag for row in found.rows]
    asked = visit.first("flag")
    name = asked or (names[0] if names else "")
    if not name or visit.format != "html":
        return None, ""
    if is_at_blind_review(visit, name.partition(":")[0]):
        raise Refused("You review this call blind: submit your review first, then look at its flags.")
    after = names[names.index(name) + 1 :] if name in names else names
    view = _find(visit, name)
    visit.note("view", view.flag.call_id, page="flag", rule=view.flag.rule)
    return view, next((one for one in after if one != name), "")


def _find(visit: Visit, name: str) -> FlagView:
    call_id, _, rule = name.partition(":")
    if len(call_id) != 16 or not rule:
        raise NotThere
    try:
        return show_flag(visit.store, name)
    except UsageError:
        raise NotThere from None


def _ages(visit: Visit, rows: tuple[FlagRow, ...]) -> dict[str, str]:
    """Days since each call, counted from the newest day on which there are calls."""
    last = read_last_day(visit.store)
    if last is None:
        return {}
    newest = date.fromisoformat(last)
    return {
        row.flag: _say_age((newest - date.fromisoformat(row.local_day)).days) for row in rows if row.local_day
    }


def _say_age(days: int) -> str:
    return "newest day" if not days else f"{count_text(days, 'day')} old"


def _records(visit: Visit, found: FlagList) -> dict[str, str]:
    """How often each rule of the queue was right so far: ``right 18 of 24``."""
    known = visit.keep("precision", lambda: measure_precision(visit.store), shows_decisions=True)
    return {
        rule: f"right {one.confirmed} of {one.confirmed + one.dismissed}"
        for rule in {row.rule for row in found.rows}
        if (one := known.get(rule)) is not None and one.confirmed + one.dismissed
    }


def _was(view: FlagView) -> str:
    """How a flag stood when its form was made."""
    return view.flag.changed_at or view.flag.status


def _decide(visit: Visit) -> Reply:
    sent = visit.sent or {}
    name = sent.get("flag", "")
    view = _find(visit, name)
    if is_at_blind_review(visit, view.flag.call_id):
        raise Refused("You review this call blind: submit your review first, then decide.")
    if sent.get("was", _was(view)) != _was(view):
        raise Refused(
            f"{view.flag.changed_by or 'Somebody'} decided about this flag while you looked at it: it is"
            f" {view.flag.status} now. Open it again to decide otherwise."
        )
    due, owner = sent.get("due", "").strip(), sent.get("owner")
    status: Any = sent.get("status") or None
    reason = sent.get("reason", "").strip() or None
    if status in ("dismissed", "escalated") and reason is None:
        raise Refused(f"A flag is {status} with a reason: say why in a few words.")
    if status not in (None, *STATUSES):
        raise Refused("There is no such decision.")
    try:
        change = FlagChange(
            status=status,
            owner=owner if owner is not None and owner != (view.flag.owner or "") else None,
            reason=reason,
            due=date.fromisoformat(due) if due and due != view.flag.due else None,
        )
    except (UsageError, ValueError) as error:
        raise Refused(error.found if isinstance(error, UsageError) else f"{due!r} is not a day.") from None
    seen = replace(see_flag(visit.store, view.flag.flag))
    with Store.open(visit.database) as store:
        set_flags(store, [seen], change, who=visit.person.name)
    pairs = [(key, value) for key, value in _sent_pairs(sent) if key in _KEPT and value]
    follow = sent.get("next", "")
    flag = [("flag", follow)] if follow and status else [] if status else [("flag", name)]
    return Reply(to=visit.link("/flags", [*pairs, *flag]))


def _sent_pairs(sent: Any) -> list[tuple[str, str]]:

    return parse_qsl(sent.get("kept", ""))
