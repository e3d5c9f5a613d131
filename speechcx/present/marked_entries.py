"""What people do about alerts, callbacks and outreach, and what became of notices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from speechcx.present.envelope import Envelopes, record, rows
from speechcx.present.table import Answer, Column, Text, make_table
from speechcx.store.decisions.follow_ups import FollowUp
from speechcx.store.deliveries import Delivery, Notice


@dataclass(frozen=True, slots=True)
class Marked:
    """An entry, and what was said of it."""

    name: str
    follow_up: FollowUp


_MARK = record("mark", Marked)
_NOTIFY = rows("notify", Delivery, facts={"failed": int})

ENVELOPES: dict[str, Envelopes] = {"mark": _MARK, "notify": _NOTIFY}


def write_follow_up(found: FollowUp) -> str:
    """Status, owner and day in one cell: ``started, mia, by 2026-12-01``."""
    due = f"by {found.due}" if found.due else None
    return ", ".join(part for part in (found.status, found.owner, due, found.result) if part)


def present_mark(name: str, found: FollowUp) -> Answer:
    """How an entry stands now."""
    return Answer(partial(_MARK.wrap, Marked(name, found)), (Text(f"{name}: {write_follow_up(found)}"),))


_DELIVERY_COLUMNS = (
    Column("created_at", "since"),
    Column("about", "about"),
    Column("target", "to"),
    Column("attempts", "tried"),
    Column("delivered_at", "delivered"),
    Column("error", "last error"),
    Column("title", "title", audience="programs"),
    Column("last_at", "last at", audience="programs"),
)


def present_deliveries(found: Sequence[Delivery], *, empty: str) -> Answer:
    """Notices with what became of them."""
    shown = make_table("deliveries", _DELIVERY_COLUMNS, tuple(found), empty=empty)
    failed = sum(one.delivered_at is None for one in found)
    return Answer(partial(_NOTIFY.wrap_rows, tuple(found), hint=shown.empty, failed=failed), (shown,))


def present_notices(found: Sequence[Notice]) -> Answer:
    """What would be sent."""
    texts = [Text(line) for notice in found for line in (notice.title, notice.body)]
    return Answer(partial(_NOTIFY.wrap_rows, (), hint="", failed=0), tuple(texts))
