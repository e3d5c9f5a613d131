"""Last night: what was scored, what waits or failed, what surged, who moved, and which calls to open first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from speechcx.ask.compliance import FlagFilter, FlagRow, list_flags
from speechcx.ask.ground import ScoreTable
from speechcx.ask.operations import Reconciliation, find_alerts, reconcile
from speechcx.ask.people import score_agents
from speechcx.ask.runs import count_failures, read_status
from speechcx.present.imported_facts import present_reconciliation
from speechcx.present.measures import change_text, interval_text, measure_title, number_text
from speechcx.present.operations import present_alerts
from speechcx.present.table import Column, Table, make_table
from speechcx.present.units import count_text, days_text, moment
from speechcx.report.contents import list_headlines, report_work
from speechcx.store import CallFilter
from speechcx.web.asked import read_filters, with_usual_days
from speechcx.web.visit import Part, Reply, Visit

MAX_CALLS, READ_FLAGS = 10, 100
MAX_MOVERS = 10
MAX_GAPS = 10


def show_morning(visit: Visit) -> Reply:
    """The first page of the day; agents come to their own."""
    if visit.person.role == "agent":
        return Reply(to=visit.link("/agent", {"agent": visit.person.agents[0]}))
    filters = with_usual_days(visit, read_filters(visit))
    agents = visit.keep(("agents", filters), lambda: score_agents(visit.store, filters))
    shown = {
        "title": "Last night",
        "lead": days_text(filters.since, filters.until),
        "headlines": tuple(list_headlines(agents)),
        "parts": list(_parts(visit, filters, agents)),
        "filters": True,
    }
    return Reply("page.html", shown)


def _parts(visit: Visit, filters: CallFilter, agents: ScoreTable) -> Iterator[Part]:
    work = report_work(read_status(visit.store), count_failures(visit.store))
    # Files that failed belong to no call yet, so only who sees every call may see them.
    yield Part(work.title, work.blocks if visit.sees_all else (), lead=work.lead)
    wanted = FlagFilter(calls=filters)
    flags = visit.keep(
        ("flags", wanted, "severity", READ_FLAGS, 0),
        lambda: list_flags(visit.store, wanted, sort="severity", limit=READ_FLAGS),
        shows_decisions=True,
    )
    calls = _list_calls(flags.rows)
    lead = f"{count_text(flags.total, 'flag')} wait for a decision. These calls have the gravest."
    yield Part(
        "Open these first",
        (calls,),
        lead=lead if flags.rows else "",
        more=(visit.link("/flags"), "All flags"),
    )
    last: date | None = filters.until
    before = replace(filters, since=None, until=None)
    alerts = visit.keep(("alerts", before, last), lambda: find_alerts(visit.store, before, day=last))
    yield Part("What surged on the last day", present_alerts(alerts).blocks)
    yield Part("Who moved", (_make_movers(agents),), more=(visit.link("/agents"), "Team board"))
    records = visit.keep(("records", filters), lambda: reconcile(visit.store, filters))
    if records.records:
        yield _show_records(records)


def _show_records(found: Reconciliation) -> Part:
    """What the telephone system knows and nobody recorded, and the other way round: counts, and the first gaps."""
    told = present_reconciliation(replace(found, gaps=found.gaps[:MAX_GAPS])).blocks
    more = f"The first {MAX_GAPS} gaps are shown." if len(found.gaps) > MAX_GAPS else ""
    return Part("Call records and recordings", told, lead=more)


_MOVERS = (
    Column("agent", "agent", value=lambda pair: pair[0].key, text=lambda pair: pair[0].name or pair[0].key),
    Column("agent_id", "agent", value=lambda pair: pair[0].key, audience="programs"),
    Column("n", "calls", value=lambda pair: pair[0].n),
    Column(
        "measure", "measure", value=lambda pair: pair[1].name, text=lambda pair: measure_title(pair[1].name)
    ),
    Column("mean", "now", value=lambda pair: pair[1].mean, text=lambda p: number_text(p[1].name, p[1].mean)),
    Column("interval", "95 %", value=lambda pair: interval_text(pair[1])),
    Column(
        "change", "change", value=lambda pair: pair[1].change, text=lambda p: change_text(p[1].name, p[1])
    ),
)


def _make_movers(agents: ScoreTable) -> Table:
    pairs = [
        (row, one)
        for row in agents.rows
        for one in (row.get("score"), row.get("customer_sentiment"))
        if one.verdict not in (None, "cannot tell", "too few calls")
    ]
    pairs.sort(key=lambda pair: -abs(pair[1].change or 0.0))
    return make_table(
        "movers", _MOVERS, pairs[:MAX_MOVERS],
        empty="Nobody's score or customer sentiment changed by more than chance explains.",
    )  # fmt: skip


_CALLS = (
    Column("number", "#", value=lambda flags: flags[0].number and f"#{flags[0].number.partition('.')[0]}"),
    Column("call_id", "call", value=lambda flags: flags[0].call_id),
    Column("started", "start", kind="start", value=lambda flags: flags[0].started),
    Column("agent", "agent", value=lambda flags: flags[0].agent),
    Column("customer", "customer", value=lambda flags: flags[0].customer),
    Column("severity", "severity", value=lambda flags: flags[0].severity),
    Column(
        "reason", "open it because", value=lambda flags: "; ".join(one.title or one.rule for one in flags)
    ),
    Column("time", "from", value=lambda flags: moment(min(_times(flags), default=None))),
    Column("quote", "words", value=lambda flags: next((one.quote for one in flags if one.quote), None)),
)


def _times(flags: Sequence[FlagRow]) -> list[float]:
    return [one.start_s for one in flags if one.start_s is not None][:1]


def _list_calls(flags: Sequence[FlagRow]) -> Table:
    """The calls of flags in their order, each with all of its reasons."""
    by_call: dict[str, list[FlagRow]] = {}
    for flag in flags:
        by_call.setdefault(flag.call_id, []).append(flag)
    return make_table(
        "open-first", _CALLS, list(by_call.values())[:MAX_CALLS], empty="No flag waits for a decision."
    )
