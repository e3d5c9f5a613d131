"""What is kept and what is gone: legal holds, periods of retention with what is over them, certificates of erasure."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from speechcx.ask.compliance import find_certificate, list_all_certificates
from speechcx.batch.retention_run import RetentionReport, plan_retention
from speechcx.config.retention_settings import RETAINED_KINDS, RetainedKind, RetentionSettings
from speechcx.errors import UsageError
from speechcx.present.keeping import (
    make_overdue,
    present_certificate,
    present_certificates,
    present_holds,
    present_overdue,
)
from speechcx.present.table import Answer, Column, Table, Text, make_table
from speechcx.present.units import count_text
from speechcx.store.decisions.legal_holds import list_holds
from speechcx.web.visit import NotThere, Part, Reply, Visit

SHOWN = 100
"""Calls over their period that the page lists; its data has all of them."""
_TOLD_KINDS: dict[RetainedKind, str] = {
    "audio": "recordings", "words": "words of calls", "index": "search index",
    "measures": "measures of voices and feeling",
    "scores": "results of rules and scores", "evidence": "words that rules quote",
    "audit": "details of the audit trail",
}  # fmt: skip
_VIEWS = (
    ("/holds", "Legal holds"),
    ("/retention", "Retention"),
    ("/certificates", "Certificates of erasure"),
)


def show_holds(visit: Visit) -> Reply:
    """Legal holds: those that keep calls now, then those that were released."""
    holds = list_holds(visit.store, with_released=True)
    active = [one for one in holds if one.released_at is None]
    released = [one for one in holds if one.released_at is not None]
    parts = [Part("In force", present_holds(active).blocks)]
    if released:
        parts.append(Part("Released", present_holds(released).blocks))
    lead = f"{count_text(len(active), 'hold')} in force. What is held is not erased, whatever a period or request says."
    return _reply(visit, "Legal holds", lead, parts, present_holds(holds))


def show_retention(visit: Visit) -> Reply:
    """How long each kind of thing is kept, and what is over its period by now."""
    settings = visit.site.retention
    today = date.today()
    periods = Part("Periods", (_make_periods(settings, today),))
    if not settings.is_anything:
        lead = "No period is set in [retention]: everything is kept until somebody erases it."
        return _reply(visit, "Retention", lead, [periods], None)
    try:
        found = plan_retention(visit.store, settings, today=today)
    except UsageError as error:
        trouble = Text(f"What is over its period cannot be told: {error.found}.")
        return _reply(visit, "Retention", "", [periods, Part("Over their period", (trouble,))], None)
    told = present_overdue(found)
    answer = Answer(told.document, (make_overdue([*found.calls, *found.held]),))
    lead = (
        "Nothing is removed by itself: an administrator runs the removal, and it stands in the audit trail."
    )
    return _reply(visit, "Retention", lead, [periods, *_list_overdue(found)], answer)


def _list_overdue(found: RetentionReport) -> list[Part]:
    lead = f"By {found.today}: {count_text(len(found.calls), 'call')}" + (
        f", and the details of {count_text(found.audit_rows, 'row')} of the audit trail."
        if found.audit_rows
        else "."
    )
    parts = [Part("Over their period", (_first(make_overdue(found.calls), "over its period"),), lead=lead)]
    if found.held:
        parts.append(Part("Kept by a legal hold", (_first(make_overdue(found.held), "held"),)))
    notes = [
        f"{count_text(count, 'call')} stay longer: {rule} was found." for rule, count in found.kept_by_rule
    ]
    if found.recordings_left:
        left = count_text(found.recordings_left, "recording")
        notes.append(f"{left} over the period stay on the disk: retention.delete_recordings is off.")
    if notes:
        parts.append(Part("What stays longer", tuple(Text(note) for note in notes)))
    return parts


def _first(table: Table, what: str) -> Table:
    if len(table.rows) <= SHOWN:
        return table
    note = f"The first {SHOWN} of {len(table.rows)} calls {what}; CSV and JSON have all."
    return replace(table, rows=table.rows[:SHOWN], notes=(*table.notes, note))


_PERIODS = (
    Column("kind", "what"),
    Column("period", "is kept"),
    Column(
        "before",
        "so it goes where the call is from before",
        value=lambda one: one["before"] and str(one["before"]),
    ),
)


def _make_periods(settings: RetentionSettings, today: date) -> Table:
    cutoffs = settings.find_cutoffs(today)
    rows = [
        {
            "kind": _TOLD_KINDS[kind],
            "period": getattr(settings, kind) or "for ever",
            "before": cutoffs.get(kind),
        }
        for kind in RETAINED_KINDS
    ]
    longer = settings.find_rule_cutoffs(today)
    rows += [
        {
            "kind": f"calls in which {rule} was found",
            "period": period or "for ever",
            "before": longer.get(rule),
        }
        for rule, period in settings.rules.items()
    ]
    return make_table("periods", _PERIODS, rows)


def show_certificates(visit: Visit) -> Reply:
    """Every erasure with its certificate, or one certificate whole."""
    number = visit.first("certificate")
    if number:
        try:
            one = find_certificate(visit.store, int(number) if number.isdecimal() and len(number) < 10 else 0)
        except UsageError:
            raise NotThere from None
        answer = present_certificate(one)
        return _reply(visit, f"Certificate {one.certificate_id}", "", [Part("", answer.blocks)], answer)
    answer = present_certificates(list_all_certificates(visit.store)[::-1])
    lead = "What was erased, when, by whom and why. Calls stand in it by a salted hash: who has an id can check it."
    return _reply(visit, "Certificates of erasure", lead, [Part("", answer.blocks)], answer)


def _reply(visit: Visit, title: str, lead: str, parts: list[Part], answer: Answer | None) -> Reply:
    switches = [(visit.link(path), name, visit.path.partition(".")[0] == path) for path, name in _VIEWS]
    shown: dict[str, object] = {"title": title, "lead": lead, "parts": parts, "switches": switches}
    return Reply("page.html", shown | ({"data": True} if answer is not None else {}), answer)
