"""What one call comes to, for people: how it ended, why it is flagged, and the way to its score."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from speechcx.call import Call, Hit, Party, QuestionAnswer, RuleResult, ScoreResult
from speechcx.present.reasons import list_quotes, result_word, tell_doubt, tell_reason
from speechcx.present.table import Column, Table, Text, clean, make_table
from speechcx.present.units import clock, count_text, length, plain_number
from speechcx.present.wording import result_text

_SEVERITIES = ("critical", "major", "minor")
_DRIVER = "driver"
_HIDDEN = "hidden"
"""The kind of a rule that stands for an ``applies_if`` of a scorecard; its answer shows there."""

_FLAG_COLUMNS = (
    Column("found", "found"),
    Column("severity", "severity"),
    Column("headline", "what"),
    Column("reason", "words or reason"),
)
_RUNG_COLUMNS = (
    Column("points", "points"),
    Column("answer", "answer"),
    Column("question", "question"),
    Column("reason", "words or reason"),
    Column("section", "section", rank=5),
)


@dataclass(frozen=True, slots=True)
class ResultEvidence:
    """What was said for a result: when, by whom, the words, and what in them counts."""

    start_s: float | None
    party: Party | None
    quote: str
    why: str

    @property
    def text(self) -> str:
        """On one line."""
        return f'{clock(self.start_s)} {self.party or ""} "{self.quote}" ({self.why})'


@dataclass(frozen=True, slots=True)
class Rung:
    """One question of a filled scorecard.

    Parameters
    ----------
    section, question, answer
        As the scorecard writes them, and what was answered.
    points
        Earned out of what could be earned, in words: ``4.0 of 5.0``; why it has none where it does not count.
    why
        How the answer came about, with the patterns of its rule.
    reason
        The same for people: who said what and when.
    evidence
        What was said for it.
    """

    section: str
    question: str
    answer: str
    points: str
    why: str
    reason: str
    evidence: tuple[ResultEvidence, ...]


@dataclass(frozen=True, slots=True)
class FlaggedRule:
    """Why a rule flags a call.

    Parameters
    ----------
    rule, headline, severity
        The rule, what happened, and how serious it is.
    found
        ``said``, ``not said``, ``measured`` or ``cannot tell``.
    result
        The result of the rule in words.
    reason
        Who said what and when, or why it cannot be told.
    why
        The same with the patterns of the rule.
    evidence
        What was said for it.
    """

    rule: str
    headline: str
    severity: str
    found: str
    result: str
    reason: str
    why: str
    evidence: tuple[ResultEvidence, ...]


def list_rungs(score: ScoreResult) -> tuple[Rung, ...]:
    """The ladder of a score: its questions in order, with points, reasons and evidence."""
    return tuple(
        Rung(
            one.section, one.text, one.answer.replace("-", " ") if one.answer == "cannot-tell" else one.answer,
            _points(one), one.why, _answer_reason(one), list_evidence(one.hits),
        )
        for one in score.answers
    )  # fmt: skip


def list_flagged(call: Call) -> tuple[FlaggedRule, ...]:
    """The rules that flag a call, the gravest first."""
    return tuple(map(_flagged_rule, _by_severity(one for one in call.assessment.results if one.flagged)))


def list_undecided(call: Call) -> tuple[FlaggedRule, ...]:
    """Rules that do not flag a call and might, if it could be told; the gravest first."""
    found = (
        one for one in call.assessment.results
        if one.value == "cannot_tell" and not one.flagged and one.kind not in (_HIDDEN, _DRIVER)
    )  # fmt: skip
    return tuple(map(_flagged_rule, _by_severity(found)))


def tell_story(call: Call) -> Iterator[Table | Text]:
    """How a call ended, why it is flagged, and its scores question by question."""
    yield Text(f"Outcome: {tell_outcome(call)}")
    drivers = [one.title for one in call.assessment.results if one.kind == _DRIVER and one.value == "present"]
    if drivers:
        yield Text(f"About: {', '.join(drivers)}")
    yield from _tell_feelings(call)
    yield from _tell_flags(call)
    for score in call.assessment.scores:
        yield Text("")
        yield Text(_score_head(score))
        yield make_table("questions", _RUNG_COLUMNS, list_rungs(score))


def tell_outcome(call: Call) -> str:
    """The scores, how many flags, and what could not be told, in a sentence."""
    parts = [
        f"{one.title or one.scorecard} {_score_text(one)}{' (automatic fail)' if one.auto_failed else ''}"
        for one in call.assessment.scores
    ]
    flagged = list_flagged(call)
    grave = sum(one.severity == "critical" for one in flagged)
    parts.append(
        f"{count_text(len(flagged), 'flag')}{f' ({grave} critical)' if grave else ''}"
        if flagged
        else "no flags"
    )
    if undecided := len(list_undecided(call)):
        parts.append(f"{count_text(undecided, 'rule')} could not be told")
    return ", ".join(parts)


def list_evidence(hits: Iterable[Hit]) -> tuple[ResultEvidence, ...]:
    """Hits as evidence; a nearest miss is none."""
    return tuple(
        ResultEvidence(hit.start_s, hit.party, hit.quote, hit.why) for hit in hits if not hit.is_nearest
    )


def _tell_feelings(call: Call) -> Iterator[Text]:
    """The strongest turns of each party and how it ended; a party without any says nothing."""
    turns, felt = call.conversation.speech.turns, call.assessment.reading.feeling.turns
    for party in call.assessment.reading.feeling.parties:
        parts = [f"ends {party.end_state}"] if party.end_state else []
        for name, no in (("lowest", party.most_negative), ("highest", party.most_positive)):
            # A number behind the last turn is of another version of the call: nothing is told of it.
            value = None if no is None or no >= len(felt) else felt[no].sentiment
            if no is not None and value is not None:
                said = clean(call.conversation.utterances[no].text)
                short = said if len(said) <= 60 else said[:57] + "..."
                parts.append(f'{name} {value:+.2f} at {length(turns[no].span.start_s)} "{short}"')
        if parts:
            yield Text(f"{party.party.capitalize()}: {', '.join(parts)}")


def _tell_flags(call: Call) -> Iterator[Table | Text]:
    flagged, undecided = list_flagged(call), list_undecided(call)
    if flagged:
        yield Text("")
        yield Text("Flagged")
        yield make_table("flags", _FLAG_COLUMNS, flagged)
    if undecided:
        yield Text("")
        yield Text("Could not be told")
        yield make_table("undecided", _FLAG_COLUMNS, undecided)


def _by_severity(results: Iterable[RuleResult]) -> list[RuleResult]:
    known = {name: place for place, name in enumerate(_SEVERITIES)}
    return sorted(results, key=lambda one: known.get(one.severity, len(known)))


def _flagged_rule(one: RuleResult) -> FlaggedRule:
    return FlaggedRule(
        one.rule, one.title if one.value == "cannot_tell" else one.headline, one.severity, result_word(one),
        result_text(one.value), tell_reason(one.value, one.why, one.hits), one.why, list_evidence(one.hits),
    )  # fmt: skip


def _answer_reason(answer: QuestionAnswer) -> str:
    if answer.answer == "n-a":
        return "no occasion for it"
    if answer.answer == "cannot-tell":
        return tell_doubt(answer.why, answer.hits)
    if answer.hits:
        return list_quotes(answer.hits)
    return tell_reason("absent", answer.why, answer.hits) if answer.answer != "person" else answer.why


def _points(answer: QuestionAnswer) -> str:
    if answer.out_of is None:
        return "does not count" if answer.critical is None else "critical"
    if answer.points is None:
        return f"- of {plain_number(answer.out_of, 1)}"
    return f"{plain_number(answer.points, 1)} of {plain_number(answer.out_of, 1)}"


def _score_text(score: ScoreResult) -> str:
    return "no score" if score.score is None else f"{score.score:.1f} of 100"


def _score_head(score: ScoreResult) -> str:
    """The score with what decided it: an automatic fail by name, or how much could be answered."""
    notes = []
    failed = [one.text for one in score.answers if one.answer == "no" and one.auto_fail]
    if score.auto_failed and failed:
        notes.append(f"automatic fail: {'; '.join(failed)}")
    elif score.score is None and score.why:
        notes.append(score.why)
    if score.answered_share < 1:
        notes.append(f"{100 * score.answered_share:.0f} % of the weight could be answered")
    if score.critical_errors:
        notes.append(f"critical errors: {', '.join(score.critical_errors)}")
    told = f" ({'; '.join(notes)})" if notes else ""
    return f"{score.title or score.scorecard}: {_score_text(score)}{told}"
