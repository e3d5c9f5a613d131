"""Rules: how often each flags calls and was right; one rule as it is written, and what a draft of it would change."""

from __future__ import annotations

from dataclasses import replace

from speechcx.ask.compliance import (
    FlagCounts,
    FlagFilter,
    RuleReport,
    count_flags,
    describe_rule,
    draft_rulebook,
)
from speechcx.ask.search import list_calls
from speechcx.batch import DraftChange, DraftReport, try_draft
from speechcx.errors import RulebookError, UsageError
from speechcx.present.flags import present_flag_counts
from speechcx.present.table import Column, Table, make_table
from speechcx.present.units import moment
from speechcx.present.wording import precision_text, result_text
from speechcx.rules import parse_rulebook
from speechcx.web.asked import read_filters
from speechcx.web.visit import NotThere, Part, Reply, Visit

TRIED_CALLS = 300
TRIED_S = 8.0
"""A draft is tried on the newest calls, as many as this time suffices for."""
LONGEST_DRAFT = 20_000


def show_rules(visit: Visit) -> Reply:
    """Every rule with flags: how far they reach, rising or falling, how often right."""
    counts = _count_every(visit)
    answer = present_flag_counts(counts)
    shown = {
        "title": "Rules", "lead": "How often each rule flags calls, and how often people said it was right.",
        "parts": [Part("", answer.blocks)], "filters": True, "data": True,
    }  # fmt: skip
    return Reply("page.html", shown, answer)


def show_rule(visit: Visit) -> Reply:
    """One rule: its wording, its tests, how often it was right; a form that was sent holds a draft to try."""
    sent = visit.sent or {}
    try:
        rule = describe_rule(visit.store, sent.get("rule") or visit.first("rule"))
    except UsageError:
        raise NotThere from None
    counts = _count_every(visit)
    counts = replace(counts, rows=tuple(row for row in counts.rows if row.key == rule.rule))
    answer = present_flag_counts(counts)
    draft = sent.get("draft", "")[:LONGEST_DRAFT].replace("\r\n", "\n")
    shown: dict[str, object] = {
        "rule": rule, "right": precision_text(rule.precision), "answer": answer, "data": True,
        "draft": draft or rule.text, "tried": None, "trouble": "", "changes": None,
    }  # fmt: skip
    if draft.strip():
        shown |= _try(visit, rule, draft)
    return Reply("rule.html", shown, answer, is_change=False)


def _count_every(visit: Visit) -> FlagCounts:
    """The flags of every rule: counted once for the list of rules and the page of each."""
    wanted = FlagFilter(calls=read_filters(visit), status=())
    return visit.keep(("rules", wanted), lambda: count_flags(visit.store, wanted), shows_decisions=True)


def _try(visit: Visit, rule: RuleReport, draft: str) -> dict[str, object]:
    """What a draft would change in the newest calls that this person sees, or why it cannot be read."""
    found = draft_rulebook(visit.store, rule.rule, draft)
    if found is None:
        return {"trouble": "The text of the rulebook was not kept, so that a draft cannot be tried here."}
    newest = list_calls(visit.store, read_filters(visit), sort="newest", limit=TRIED_CALLS).rows
    try:
        book = parse_rulebook(found[1], "the draft")
        tried = try_draft(visit.store, [row.call_id for row in newest], book, rule.rule, limit_s=TRIED_S)
    except RulebookError as error:
        return {"trouble": error.found}
    return {"tried": tried, "changes": _list_changes(tried)}


_CHANGES = (
    Column("call_id", "call"),
    Column("started_at", "start", kind="start"),
    Column("agent", "agent"),
    Column("effect", "the draft", value=lambda one: _say_effect(one)),
    Column("before", "now", value=lambda one: result_text(one.before)),
    Column("after", "draft", value=lambda one: result_text(one.after)),
    Column("time", "time", value=lambda one: moment(one.hits[0].start_s) if one.hits else None),
    Column("quote", "words", value=lambda one: one.hits[0].quote if one.hits else None),
    Column("why", "why"),
)


def _say_effect(change: DraftChange) -> str:
    if change.flagged_after == change.flagged_before:
        return "another result"
    return "flags it" if change.flagged_after else "flags it no more"


def _list_changes(tried: DraftReport) -> Table:
    """Calls that would be flagged come first, then those that would be no more."""
    ordered = sorted(
        tried.changes, key=lambda one: (one.flagged_after == one.flagged_before, not one.flagged_after)
    )
    return make_table("draft", _CHANGES, ordered, empty="The draft finds the same in each of these calls.")
