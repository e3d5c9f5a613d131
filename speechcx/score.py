"""Scorecards filled in: rule results, measures and open questions to answers, points and a score.

Takes a rulebook's scorecards and what its rules found; gives each question an answer with its reason
and evidence, and each card a score from 0 to 100. Weights are shares: a section's weight is divided
among its questions that apply, and a section none of whose questions applies gives its weight to the
others. An answer that could not be told, or waits for a person, is left out of the score and lowers
``answered_share``. Critical questions are scored apart. Never guesses: a card about an agent nobody
could name gets no score.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from speechcx.call import (
    AnswerValue,
    Hit,
    Metric,
    Question,
    QuestionAnswer,
    Reading,
    RuleResult,
    Scorecard,
    ScoreResult,
    collect_metrics,
)

_RULE_ANSWERS: dict[tuple[str, str], AnswerValue] = {
    ("present", "present"): "yes",
    ("present", "absent"): "no",
    ("absent", "absent"): "yes",
    ("absent", "present"): "no",
}


@dataclass(frozen=True, slots=True)
class _Asked:
    """What answers are taken from."""

    results: Mapping[str, RuleResult]
    metrics: Mapping[str, Metric]
    known: frozenset[str]


def fill_scorecards(
    scorecards: Sequence[Scorecard], results: Sequence[RuleResult], reading: Reading
) -> tuple[ScoreResult, ...]:
    """Every scorecard, filled in for one call.

    Parameters
    ----------
    scorecards
        The forms of a rulebook.
    results
        What all of that rulebook's rules found, hidden ones included.
    reading
        Who is who, how the talk flowed, how it felt.

    Returns
    -------
    tuple of ScoreResult
        One for each form. ``score`` is None, with ``why``, where nothing could be answered or where a
        question is about a party that no speaker is known to be.
    """
    known = frozenset(role.party for role in reading.roles)
    asked = _Asked({result.rule: result for result in results}, collect_metrics(reading), known)
    return tuple(fill_scorecard(card, asked) for card in scorecards)


def fill_scorecard(card: Scorecard, asked: _Asked) -> ScoreResult:
    """One scorecard, filled in."""
    answers = tuple(
        answer_question(question, section.title, asked)
        for section in card.sections
        for question in section.questions
    )
    return _close(card, answers, _unknown_party(card, answers, asked.known))


def score_answers(card: Scorecard, values: Mapping[str, AnswerValue]) -> ScoreResult:
    """One scorecard with answers that are given, such as a person's; weighed like the machine's.

    Parameters
    ----------
    card
        The form.
    values
        Answers by question; a question without one waits for a person.
    """
    return _close(
        card,
        tuple(
            replace(
                _empty_answer(question, section.title),
                answer=values.get(question.id, "person"),
                why="given by a person" if question.id in values else "waits for a person's answer",
            )
            for section in card.sections
            for question in section.questions
        ),
    )


def _close(card: Scorecard, answers: tuple[QuestionAnswer, ...], unknown: str = "") -> ScoreResult:
    """A scorecard with its answers weighed and its score; `unknown` is a party it is about and nobody is."""
    answers = _weigh(card, answers)
    failed = tuple(answer for answer in answers if answer.answer == "no" and answer.auto_fail)
    errors = {answer.critical for answer in answers if answer.answer == "no" and answer.critical is not None}
    score, why = _score(answers, failed, unknown)
    return ScoreResult(
        card.id,
        card.title,
        score,
        _share(answers),
        bool(failed) and score is not None,
        tuple(sorted(errors)),
        answers,
        why,
    )


def answer_question(question: Question, section: str, asked: _Asked) -> QuestionAnswer:
    """The answer to one question, not yet weighed."""
    value, why, hits = _answer(question, asked)
    return replace(_empty_answer(question, section), answer=value, why=why, hits=hits)


def _empty_answer(question: Question, section: str) -> QuestionAnswer:
    return QuestionAnswer(
        question=question.id, section=section, text=question.text, answer="person", points=None, out_of=None,
        critical=question.critical, auto_fail=question.auto_fail, rule=question.rule, why="",
    )  # fmt: skip


def _answer(question: Question, asked: _Asked) -> tuple[AnswerValue, str, tuple[Hit, ...]]:
    if question.applies_if is not None:
        applies = asked.results.get(question.applies_if)
        if applies is None:
            return "cannot-tell", f"rule {question.applies_if!r} was not asked", ()
        if applies.value == "absent":
            return "n-a", f"does not apply: {applies.why}", ()
        if applies.value == "cannot_tell":
            return "cannot-tell", f"not known whether it applies: {applies.why}", _evidence(applies.hits)
    if question.rule is not None:
        result = asked.results.get(question.rule)
        if result is None:
            return "cannot-tell", f"rule {question.rule!r} was not asked", ()
        return (
            _RULE_ANSWERS.get((result.value, question.yes_when), "cannot-tell"),
            result.why,
            _evidence(result.hits),
        )
    if question.metric is not None:
        return *_by_bands(question, asked.metrics[question.metric]), ()
    return "person", "waits for a person's answer", ()


def _evidence(hits: tuple[Hit, ...]) -> tuple[Hit, ...]:
    """Hits without nearest misses: what was not said is no evidence; the reason names it."""
    return tuple(hit for hit in hits if not hit.is_nearest) if any(hit.is_nearest for hit in hits) else hits


def _by_bands(question: Question, metric: Metric) -> tuple[AnswerValue, str]:
    """The answer of the first band a measure falls in."""
    if metric.value is None:
        return "cannot-tell", f"{metric.name} is not known: {metric.why_missing}"
    for answer, bound in question.bands:
        if bound.holds(metric.value):
            return answer, f"{metric.name} is {metric.value:.4g}, {answer} is {bound.op} {bound.value:g}"
    return "cannot-tell", f"{metric.name} is {metric.value:.4g}, which is in no band"


def _weigh(card: Scorecard, answers: tuple[QuestionAnswer, ...]) -> tuple[QuestionAnswer, ...]:
    """The answers with what each could earn (`out_of`, 100 in all) and did earn (`points`)."""
    weights = {(section.title, q.id): q.weight for section in card.sections for q in section.questions}
    counts = [
        answer.answer != "n-a" and answer.critical is None and weights[answer.section, answer.question] > 0
        for answer in answers
    ]
    in_section: dict[str, float] = {}
    for answer, counted in zip(answers, counts, strict=True):
        if counted:
            weight = weights[answer.section, answer.question]
            in_section[answer.section] = in_section.get(answer.section, 0.0) + weight
    sections = {section.title: section.weight for section in card.sections if section.title in in_section}
    whole = sum(sections.values())
    weighed = []
    for answer, counted in zip(answers, counts, strict=True):
        if not counted or not whole:
            weighed.append(answer)
            continue
        share = weights[answer.section, answer.question] / in_section[answer.section]
        out_of = 100.0 * sections[answer.section] / whole * share
        earned = {"yes": out_of, "no": 0.0}.get(answer.answer)
        weighed.append(replace(answer, points=earned, out_of=out_of))
    return tuple(weighed)


def _share(answers: tuple[QuestionAnswer, ...]) -> float:
    """Weight that was answered, of the weight of all that applies."""
    whole = sum(answer.out_of for answer in answers if answer.out_of is not None)
    told = sum(answer.out_of for answer in answers if answer.out_of is not None and answer.points is not None)
    return told / whole if whole else 0.0


def _unknown_party(card: Scorecard, answers: tuple[QuestionAnswer, ...], known: frozenset[str]) -> str:
    """A party that a question which applies is about and nobody is known to be; '' if there is none."""
    applying = {(answer.section, answer.question) for answer in answers if answer.answer != "n-a"}
    for section in card.sections:
        for question in section.questions:
            for party in question.about:
                if party == "agent" and party not in known and (section.title, question.id) in applying:
                    return party
    return ""


def _score(
    answers: tuple[QuestionAnswer, ...], failed: tuple[QuestionAnswer, ...], unknown: str
) -> tuple[float | None, str]:
    """The score and its reason in words."""
    if unknown:
        return (
            None,
            f"no speaker of this call is known to be the {unknown}, and the card is about the {unknown}",
        )
    if failed:
        names = ", ".join(answer.question for answer in failed)
        return 0.0, f"automatic fail: {names} ({failed[0].why})"
    told = [answer for answer in answers if answer.points is not None and answer.out_of]
    whole = sum(answer.out_of or 0.0 for answer in told)
    if not whole:
        return None, _why_nothing(answers)
    score = 100.0 * sum(answer.points or 0.0 for answer in told) / whole
    left = [answer for answer in answers if answer.out_of is not None and answer.points is None]
    why = f"{sum(answer.answer == 'yes' for answer in told)} of {len(told)} answered questions are yes"
    if left:
        why += f"; left out: {', '.join(answer.question for answer in left)}"
    idle = [answer.question for answer in answers if answer.answer == "n-a"]
    if idle:
        why += f"; counts neither way, there was no occasion: {', '.join(idle)}"
    return min(100.0, score), why


def _why_nothing(answers: tuple[QuestionAnswer, ...]) -> str:
    counts: dict[str, int] = {}
    for answer in answers:
        if answer.critical is None:
            counts[answer.answer] = counts.get(answer.answer, 0) + 1
    if not counts:
        return "every question is critical: there is nothing else to score"
    listed = ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))
    return f"no question could be answered ({listed})"


@dataclass(frozen=True, slots=True)
class CardStanding:
    """One filled scorecard as averages see it.

    Parameters
    ----------
    scorecard
        Its id.
    score
        0 to 100; None where the call has no score, and then no part in critical accuracy either.
    has_critical_error
        Whether a critical question is answered no.
    """

    scorecard: str
    score: float | None
    has_critical_error: bool


@dataclass(frozen=True, slots=True)
class CallStanding:
    """One judged call as averages over calls see it.

    Parameters
    ----------
    cards
        Its filled scorecards.
    flagged
        Whether any rule is flagged.
    """

    cards: tuple[CardStanding, ...]
    flagged: bool


def standing_of(results: Sequence[RuleResult], scores: Sequence[ScoreResult]) -> CallStanding:
    """What averages take from a call's results and scores."""
    cards = tuple(CardStanding(one.scorecard, one.score, bool(one.critical_errors)) for one in scores)
    return CallStanding(cards, any(result.flagged for result in results))
