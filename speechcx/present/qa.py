"""The machine against people: agreement by question, official scores, and what a plan's reviews say of all calls."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from speechcx.ask.qa import (
    KEEP_WATCH,
    AgreementReport,
    OfficialRow,
    OfficialTable,
    PlanEstimate,
    QuestionAgreement,
)
from speechcx.present.envelope import Envelopes, record
from speechcx.present.measures import Spread
from speechcx.present.table import Answer, Column, Table, Text, make_table
from speechcx.present.units import moment

_AGREEMENT = record("agreement", AgreementReport)
_ESTIMATE = record("estimate", PlanEstimate)
_OFFICIAL = record("official-scores", OfficialTable)

ENVELOPES: dict[str, Envelopes] = {
    "qa agreement": _AGREEMENT,
    "qa estimate": _ESTIMATE,
    "qa scores": _OFFICIAL,
}


def _between(row: Spread) -> str | None:
    interval = row.interval
    return None if interval is None else f"{max(0.0, interval[0]):.0f} to {min(100.0, interval[1]):.0f}"


_ESTIMATE_COLUMNS = (
    Column("agent", "agent"),
    Column("calls", "calls", digits=0),
    Column("drawn", "drawn"),
    Column("scored", "scored"),
    Column("score", "score of all", digits=1),
    Column("interval", "95 %", value=_between),
    Column("plain", "of the sample", digits=1),
)


def present_estimate(found: PlanEstimate) -> Answer:
    """What the reviews of a plan say of all the calls it drew from."""
    shown = make_table(
        "estimates",
        _ESTIMATE_COLUMNS,
        found.rows,
        total=(found.total, {"agent": "all"}),
    )
    blocks: list[Table | Text] = [shown]
    if found.unseen:
        text = f"Nothing is scored yet of {len(found.unseen)} agents, who are not in the total."
        blocks.append(Text(text, is_note=True))
    return Answer(partial(_ESTIMATE.wrap, found), tuple(blocks))


_SCORE_COLUMNS = (
    Column("n", "calls"),
    Column("n_scored", "official"),
    Column("n_reviewed", "by people"),
    Column("score", "official score", digits=1),
    Column("interval", "95 %", value=_between),
    Column("weight_share", "of the weight", kind="share"),
    Column("suggested", "machine alone", digits=1),
    Column("n_suggested", "of calls"),
)


def _key(row: OfficialRow) -> str:
    return row.key or "(unknown)"


def present_official(found: OfficialTable) -> Answer:
    """Official scores: reviews by people, and machine answers that agree with people well enough."""
    notes = [
        f"Scorecard {found.scorecard}. Machine answers that count: {', '.join(found.official) or 'none yet'}."
    ]
    if found.suggested:
        notes.append(f"Only suggested: {', '.join(found.suggested)}.")
    hints = ("`speechcx qa agreement` says what to do.",) if found.suggested and found.rows else ()
    columns = (Column("key", found.by, value=_key), *_SCORE_COLUMNS)
    shown = make_table(
        "official-scores",
        columns,
        found.rows,
        total=(found.total, {"key": "all"}),
        empty=found.hint or "",
        notes=notes,
    ).with_hints(hints)
    return Answer(partial(_OFFICIAL.wrap, found), (shown,))


def _counts(one: QuestionAgreement) -> str:
    if one.official:
        return "official"
    return one.status if one.status in ("person", "retired") else "suggested"


def _kappa_interval(one: QuestionAgreement) -> str | None:
    interval = one.machine.interval
    return None if interval is None else f"{interval[0]:.2f} to {interval[1]:.2f}"


_AGREEMENT_COLUMNS = (
    Column("question", "question"),
    Column("counts", "counts", value=_counts),
    Column("n", "n", value=lambda one: one.machine.n),
    Column("observed", "agree", kind="share", value=lambda one: one.machine.observed),
    Column("kappa", "kappa", digits=2, value=lambda one: one.machine.kappa),
    Column("interval", "95 %", value=_kappa_interval),
    Column("pabak", "PABAK", digits=2, value=lambda one: one.machine.pabak),
    Column("prevalence", "people say yes", kind="share"),
    Column("people_n", "twice", value=lambda one: one.people.n),
    Column("people_kappa", "people's kappa", digits=2, value=lambda one: one.people.kappa),
    Column("n_unsure", "left out", value=lambda one: one.n_machine_unsure + one.n_person_unsure),
    Column("to_do", "to do", audience="programs"),
)
_UNLIKE_COLUMNS = (
    Column("question", "question"),
    Column("call_id", "call"),
    Column("review_id", "review"),
    Column("reviewer", "reviewer"),
    Column("machine", "machine"),
    Column("person", "person"),
    Column("time", "at", value=lambda one: moment(one.at_s)),
    Column("submitted_at", "submitted"),
)


def present_agreement(found: AgreementReport, *, disagreements: bool = False) -> Answer:
    """Agreement of machine and people by question and what to do; or the calls on which they differ."""
    blocks = (_unlike(found),) if disagreements else tuple(_agreement(found))
    return Answer(partial(_AGREEMENT.wrap, found), blocks)


def _unlike(found: AgreementReport) -> Table:
    none = "No disagreement on blind answers to the questions as they are now."
    return make_table("disagreements", _UNLIKE_COLUMNS, found.disagreements, empty=none)


def _agreement(found: AgreementReport) -> Iterator[Table | Text]:
    yield make_table("questions", _AGREEMENT_COLUMNS, found.questions)
    waiting: dict[str, list[str]] = {}
    for one in found.questions:
        if one.to_do != KEEP_WATCH and one.status not in ("person", "retired"):
            waiting.setdefault(one.to_do, []).append(one.question)
    if waiting:
        yield Text("To do:")
    for to_do, names in waiting.items():
        yield Text(f"{', '.join(names)}: {to_do}.", indent=2)
    for note in _agreement_notes(found):
        yield Text(note, is_note=True)


def _agreement_notes(found: AgreementReport) -> Iterator[str]:
    yield (
        f"Scorecard {found.scorecard}, rulebook {found.rulebook} version {found.version}; blind reviews:"
        f" {found.reviews}, of calls: {found.calls}. The machine's answers count officially from kappa"
        f" {found.kappa_bar:g} on {found.min_answers} blind answers; till then they are suggested."
    )
    if found.not_blind:
        yield f"{found.not_blind} reviews left out: not blind."
    for one in found.questions:
        if one.n_earlier:
            yield _earlier(one)


def _earlier(one: QuestionAgreement) -> str:
    text = f"{one.question}: {one.n_earlier} answers were compared with another rule or wording and do not count here"
    if one.now_on_all is not None and one.now_on_all.observed is not None:
        kappa = "no kappa" if one.now_on_all.kappa is None else f"kappa {one.now_on_all.kappa:.2f}"
        text += (
            f"; the rule as it is now agrees with {100 * one.now_on_all.observed:.0f} % of all {one.now_on_all.n}"
            f" ({kappa}), which is no proof, since it was reworded with these calls in view"
        )
    return f"{text}."
