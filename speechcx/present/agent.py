"""What to coach: one agent beside the team, with calls and moments to talk about; the questions that cost points."""

from __future__ import annotations

from collections.abc import Iterator

from speechcx.ask.ground import Estimate
from speechcx.ask.people import AgentReport, QuestionCost, QuestionCosts
from speechcx.present.envelope import Envelopes, record
from speechcx.present.measures import (
    VERDICT,
    interval_text,
    list_versions,
    measure_title,
    number_text,
    value_text,
)
from speechcx.present.table import Answer, Column, Table, Text, make_table
from speechcx.present.trends import make_trend
from speechcx.present.units import clock, count_text, days_text, signed
from speechcx.present.wording import difference_text

_MEASURES = dict[str, Estimate]
_AGENT = record(
    "agent",
    AgentReport,
    swapped={
        "AgentReport.measures": _MEASURES,
        "TrendRow.measures": _MEASURES,
        "AgentReport.hint": str | None,
    },
)

_COSTS = record("questions", QuestionCosts, swapped={"QuestionCosts.hint": str | None})

ENVELOPES: dict[str, Envelopes] = {"agent": _AGENT, "questions": _COSTS}

_CALLS = (
    Column("call_id", "call"),
    Column("started", "start", kind="start"),
    Column("length", "length", kind="length", value=lambda call: call.audio_duration_s),
    Column("score", "score", digits=1),
    Column("customer_sentiment", "customer\n-5..5", digits=1),
    Column("drivers", "about"),
    Column("flagged_rules", "flagged"),
)
_MOMENTS = (
    Column("call_id", "call"),
    Column("time", "at", value=lambda one: clock(one.start_s)),
    Column("severity", "severity"),
    Column("why", "what"),
    Column("quote", "words"),
)


def _share_interval(one: object) -> str | None:
    interval = getattr(one, "interval", None)
    return interval and f"{100 * interval[0]:.0f} to {100 * interval[1]:.0f} %"


_YES = (
    Column("text", "question"),
    Column("critical", "critical"),
    Column("yes_share", "yes", kind="share"),
    Column("interval", "95 %", rank=1, value=_share_interval),
    Column("n", "calls"),
)
_QUESTIONS = (
    *_YES,
    Column("peers_share", "peers", kind="share"),
    Column("verdict", "against peers"),
)


def present_agent(report: AgentReport) -> Answer:
    """Everything of the report, in the order a supervisor reads it."""
    return Answer(lambda: _AGENT.wrap(report), tuple(_blocks(report)))


def _blocks(report: AgentReport) -> Iterator[Table | Text]:
    places = ", ".join((*report.teams, *report.centers)) or "no team"
    yield Text(f"{report.name or report.agent} ({report.agent}), {places}")
    if not report.n:
        yield Text(str(report.hint or "No calls."), is_note=True)
        return
    yield _figures(report)
    if len(report.weeks) > 1:
        yield Text("Weeks, by their Monday")
        yield make_trend("week", report.weeks)
    if report.questions:
        yield Text("Questions, the weakest first")
        yield make_table("questions", _QUESTIONS, report.questions)
    for title, calls in (
        ("Calls with the lowest score", report.worst),
        ("Calls with the highest score", report.best),
    ):
        yield Text(title)
        yield make_table("calls", _CALLS, calls)
    yield Text("To open a call: speechcx show CALL --why", is_note=True, is_hint=True)
    if report.moments:
        yield Text("Moments to talk about")
        yield make_table("moments", _MOMENTS, report.moments)
    for note in list_versions(report.versions):
        yield Text(note, is_note=True)


def _figures(report: AgentReport) -> Table:
    columns = (
        Column(
            "measure", "measure",
            value=lambda pair: pair[0].name,
            text=lambda pair: measure_title(pair[0].name),
        ),
        Column(
            "mean", "mean (95 %)",
            value=lambda pair: pair[0].mean,
            text=lambda pair: value_text(pair[0].name, pair[0].mean, pair[0].interval),
        ),
        Column("n", "calls", rank=2, value=lambda pair: pair[0].n),
        Column(
            "change", "change",
            value=lambda pair: pair[0].change,
            text=lambda pair: number_text(pair[0].name, pair[0].change, sign=True),
        ),
        Column(
            "trend", VERDICT, rank=1,
            value=lambda pair: pair[0].verdict,
            text=lambda pair: difference_text(pair[0].verdict),
        ),
        Column(
            "peers", "peers",
            value=lambda pair: pair[1].second.mean,
            text=lambda pair: number_text(pair[0].name, pair[1].second.mean),
        ),
        Column(
            "difference", "against\npeers",
            value=lambda pair: pair[1].difference,
            text=lambda pair: number_text(pair[0].name, pair[1].difference, sign=True),
        ),
        Column(
            "verdict", VERDICT,
            value=lambda pair: pair[1].verdict if report.peers else None,
            text=lambda pair: difference_text(pair[1].verdict) if report.peers else None,
        ),
    )  # fmt: skip
    pairs = zip(report.measures, report.against_peers, strict=True)
    return make_table("measures", columns, pairs, notes=tuple(_figure_notes(report)))


def _figure_notes(report: AgentReport) -> Iterator[str]:
    before = f"; change against {days_text(*report.before)}" if report.before else ""
    yield (
        f"{count_text(report.n, 'call')}, {days_text(report.since, report.until)}{before};"
        f" {report.n_flagged} with a flagged rule. Peers: {count_text(report.peers, 'other agent')} of the team."
        f" Scorecard {report.scorecard or '(none)'}."
    )
    mix = report.case_mix
    if mix is not None and mix.difference is not None:
        yield (
            f"Adjusted for call mix: {mix.mean:.1f}; others average {mix.expected:.1f} on similar calls; difference"
            f" {signed(mix.difference, 1)} ({interval_text(mix, 'score', sign=True) or 'too few calls'}),"
            f" {difference_text(mix.verdict)}."
        )


def _left_out(row: QuestionCost) -> str:
    return ", ".join(f"{n} {answer}" for answer, n in row.left_out)


_COST_COLUMNS = (
    *_YES,
    Column("points_lost", "points\nlost", digits=1),
    Column("failed", "calls\nfailed", rank=2, text=lambda row: row.failed or None),
    Column("left_out", "left out", rank=4, value=_left_out),
    Column("section", "section", rank=6),
    Column("question", "question", audience="programs"),
)


def present_questions(found: QuestionCosts) -> Answer:
    """Questions of a scorecard by what they cost; critical ones that were failed come first."""
    notes = (
        f"Scorecard {found.scorecard or '(none)'}, {days_text(found.since, found.until)};"
        f" {count_text(found.n, 'call')} with a"
        " score. Points lost: of 100, on average over these calls. Answers are the machine's.",
        *list_versions(found.versions),
    )
    shown = make_table("questions", _COST_COLUMNS, found.rows, empty=str(found.hint or ""), notes=notes)
    return Answer(lambda: _COSTS.wrap(found), (shown,))
