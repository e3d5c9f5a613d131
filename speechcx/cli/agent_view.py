"""One agent on the screen: figures, weeks, questions, calls to open, moments to talk about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from speechcx.cli.figures import document, interval_text, number_text, signed, value_text
from speechcx.cli.output import Column, Format, clock, length, note, print_json, print_rows, print_text
from speechcx.cli.score_view import days_text, note_versions
from speechcx.cli.trend_view import print_trend_rows

if TYPE_CHECKING:
    from speechcx.ask.people.agent import AgentReport

_FIGURES = (
    Column("measure", "measure"),
    Column("mean", "mean (95 %)"),
    Column("n", "calls"),
    Column("change", "change"),
    Column("trend", "told from\nchance?", rank=1),
    Column("peers", "peers"),
    Column("difference", "against\npeers"),
    Column("verdict", "told from\nchance?"),
)
_QUESTIONS = (
    Column("text", "question"),
    Column("critical", "critical"),
    Column("yes_share", "yes", share=True),
    Column("interval", "95 %", rank=1),
    Column("n", "calls"),
    Column("peers_share", "peers", share=True),
    Column("verdict", "against peers"),
)
_CALLS = (
    Column("call_id", "call"),
    Column("started", "start", is_start=True),
    Column("length", "length"),
    Column("score", "score", digits=1),
    Column("customer_sentiment", "customer\n-5..5", digits=1),
    Column("drivers", "about"),
    Column("flagged_rules", "flagged"),
)
_MOMENTS = (
    Column("call_id", "call"),
    Column("time", "at"),
    Column("severity", "severity"),
    Column("why", "what"),
    Column("quote", "words"),
)


def print_agent(report: AgentReport, style: Format) -> None:
    """Everything of the report, in the order a supervisor reads it."""
    if style == "json":
        print_json(document("agent", report))
        return
    places = ", ".join((*report.teams, *report.centers)) or "no team"
    print_text(f"{report.name or report.agent} ({report.agent}), {places}")
    if not report.n:
        note(str(report.hint or "No calls."))
        return
    _print_figures(report)
    if len(report.weeks) > 1:
        print_text("Weeks, by their Monday")
        print_trend_rows("week", report.weeks, style)
    _print_questions(report)
    for title, calls in (
        ("Calls with the lowest score", report.worst),
        ("Calls with the highest score", report.best),
    ):
        print_text(f"{title}; `speechcx show CALL --why` opens one")
        rows = [
            {name: getattr(call, name) for name in ("call_id", "started", "score", "customer_sentiment")}
            | {
                "drivers": call.drivers,
                "flagged_rules": call.flagged_rules,
                "length": length(call.audio_duration_s),
            }
            for call in calls
        ]
        print_rows("calls", rows, _CALLS)
    if report.moments:
        print_text("Moments to talk about")
        rows = [
            {name: getattr(one, name) for name in ("call_id", "severity", "why", "quote")}
            | {"time": clock(one.start_s)}
            for one in report.moments
        ]
        print_rows("moments", rows, _MOMENTS)
    note_versions(report.versions)


def _print_figures(report: AgentReport) -> None:
    rows = [
        {
            "measure": own.name,
            "mean": value_text(own.name, own.mean, own.interval),
            "n": own.n,
            "change": number_text(own.name, own.change, sign=True),
            "trend": own.verdict,
            "peers": number_text(own.name, beside.second.mean),
            "difference": number_text(own.name, beside.difference, sign=True),
            "verdict": beside.verdict if report.peers else None,
        }
        for own, beside in zip(report.measures, report.against_peers, strict=True)
    ]
    print_rows("measures", rows, _FIGURES)
    before = f"; change against {days_text(*report.before)}" if report.before else ""
    note(
        f"{report.n} calls, {days_text(report.since, report.until)}{before}; {report.n_flagged} with a flagged rule."
        f" Peers: {report.peers} other agents of the team. Scorecard {report.scorecard or '(none)'}."
    )
    mix = report.case_mix
    if mix is not None and mix.difference is not None:
        note(
            f"For the mix of calls: {mix.mean:.1f}, where such calls bring others {mix.expected:.1f}; difference"
            f" {signed(mix.difference, 1)} ({interval_text(mix, 'score', sign=True) or 'too few calls'}),"
            f" {mix.verdict}."
        )


def _print_questions(report: AgentReport) -> None:
    if not report.questions:
        return
    print_text("Questions, the weakest first")
    rows = [
        {
            name: getattr(one, name)
            for name in ("text", "critical", "yes_share", "n", "peers_share", "verdict")
        }
        | {"interval": one.interval and f"{100 * one.interval[0]:.0f} to {100 * one.interval[1]:.0f} %"}
        for one in report.questions
    ]
    print_rows("questions", rows, _QUESTIONS)
