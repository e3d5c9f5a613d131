"""How well the machine agrees with people, question by question, and which of its answers count officially."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from speechcx.ask.ground.group_sums import find_scorecard
from speechcx.ask.ground.opening import Where, reading
from speechcx.ask.qa.agreement_verdict import (
    AgreementStatus,
    Drift,
    QuestionTally,
    find_status,
    say_what_to_do,
)
from speechcx.ask.qa.paired_answers import (
    COMPARED,
    Answered,
    PresentForm,
    first_of_each_call,
    pair_people,
    read_answered,
    read_form,
    read_present_answers,
)
from speechcx.ask.statistics import Agreement, fisher_less, measure_agreement
from speechcx.config import ReviewSettings
from speechcx.errors import UsageError
from speechcx.store import CallFilter, Store


@dataclass(frozen=True, slots=True)
class ReviewDisagreement:
    """A call on which the machine and a person differ."""

    question: str
    call_id: str
    review_id: int
    reviewer: str
    machine: str
    person: str
    at_s: float | None
    submitted_at: str


@dataclass(frozen=True, slots=True)
class QuestionAgreement:
    """Agreement on one question.

    Parameters
    ----------
    question, text
        The question.
    status
        ``official``, or why not: ``too-few``, ``below-bar``, ``undefined``, ``drift``, ``person`` (not the
        machine's to answer) or ``retired`` (not on the present form).
    official
        Whether the machine's answers count in official scores.
    machine
        The machine, as it answers now, against people: first blind answer of each call.
    prevalence
        People's share of yes among their yes and no; None without either.
    n_machine_unsure, n_person_unsure
        Blind answers left out since the machine, or the person, could not tell.
    n_earlier
        Answers on calls that another way of answering was compared with: an older rule.
    now_on_all
        The machine as it answers now against every blind answer to the question, older ones included;
        not official, since rules are reworded with these calls in view. None where there are no older ones.
    observed_weighted
        Observed agreement with each drawn call weighing 1 / chance: what to expect of all calls of the
        plans' periods. None where no call was drawn by a plan.
    people
        Two people on the same call, both blind: first against second.
    drift
        The newest answers against those before; None where there are too few.
    to_do
        What to do, in words.
    """

    question: str
    text: str
    status: AgreementStatus
    official: bool
    machine: Agreement
    prevalence: float | None
    n_machine_unsure: int
    n_person_unsure: int
    n_earlier: int
    now_on_all: Agreement | None
    observed_weighted: float | None
    people: Agreement
    drift: Drift | None
    to_do: str


@dataclass(frozen=True, slots=True)
class AgreementReport:
    """Agreement on every question of a scorecard.

    Parameters
    ----------
    scorecard, rulebook, version
        The form, and the rulebook the newest call was judged under.
    kappa_bar, min_answers
        What official answers need.
    reviews, calls
        Submitted blind reviews, and the calls they are of.
    not_blind
        Submitted reviews left out since the reviewer had seen the machine's answers.
    questions
        In the order of the form; retired ones last.
    disagreements
        Newest first.
    """

    scorecard: str
    rulebook: str
    version: str
    kappa_bar: float
    min_answers: int
    reviews: int
    calls: int
    not_blind: int
    questions: tuple[QuestionAgreement, ...]
    disagreements: tuple[ReviewDisagreement, ...]


@dataclass(frozen=True, slots=True)
class AgreementFilter:
    """Which answers are compared.

    Parameters
    ----------
    scorecard
        None for the first one of the newest call.
    since
        Only answers submitted from this day on, ``YYYY-MM-DD``.
    reviewer
        Only this person's.
    """

    scorecard: str | None = None
    since: str | None = None
    reviewer: str | None = None


def measure_questions(
    where: Where, wanted: AgreementFilter | None = None, settings: ReviewSettings | None = None
) -> AgreementReport:
    """Agreement of machine and people on every question of a scorecard.

    Parameters
    ----------
    where
        Store or database.
    wanted
        Which answers; a filter by day or person changes what is official for this report alone.
    settings
        The bars.

    Raises
    ------
    UsageError
        No call has such a scorecard.
    """
    wanted, settings = wanted or AgreementFilter(), settings or ReviewSettings()
    with reading(where) as store:
        card = wanted.scorecard or find_scorecard(store, CallFilter())
        form = None if card is None else read_form(store, card)
        if card is None or form is None:
            raise UsageError(*_no_form(store, card))
        answered = read_answered(store, card, since=wanted.since, reviewer=wanted.reviewer)
        questions, unlike = _measure_all(store, card, form, answered, settings)
        not_blind = store.db.execute(
            "SELECT count(*) FROM reviews WHERE scorecard = ? AND blind = 0", (card,)
        ).fetchone()
    return AgreementReport(
        card, form.rulebook, form.version, settings.kappa_bar, settings.min_answers,
        len({one.review_id for one in answered}), len({one.call_id for one in answered}), int(not_blind[0]),
        questions, tuple(_to_disagreement(one) for one in reversed(unlike)),
    )  # fmt: skip


def _no_form(store: Store, card: str | None) -> tuple[str, str, str]:
    cards = [name for (name,) in store.db.execute("SELECT DISTINCT scorecard FROM questions ORDER BY 1")]
    found = "no call has a scorecard" if card is None else f"no call has a scorecard {card!r}"
    cure = "judge the calls: `speechcx rejudge`" if not cards else "name one by --scorecard"
    return found, f"one of {', '.join(cards)}" if cards else "calls judged by a scorecard", cure


def _measure_all(
    store: Store, card: str, form: PresentForm, answered: list[Answered], settings: ReviewSettings
) -> tuple[tuple[QuestionAgreement, ...], list[Answered]]:
    firsts, people = first_of_each_call(answered), pair_people(answered)
    present = {question: way for question, _, way, _ in form.questions}
    is_older = any(one.way != present.get(question) for question, many in firsts.items() for one in many)
    today = read_present_answers(store, card, form.digest) if is_older else {}
    found, unlike = [], []
    retired = tuple((name, "", "", False) for name in firsts if name not in present)
    for question, text, way, by_machine in (*form.questions, *retired):
        answers = firsts.get(question, [])
        mine = [one for one in answers if one.way == way and one.machine != "person"]
        unlike += [one for one in mine if _is_compared(one) and one.answer != one.machine]
        pairs = [(a.answer, b.answer) for a, b in people.get(question, [])]
        tally = _tally(question, mine, pairs, settings)
        status = "retired" if question not in present else find_status(tally, settings, by_machine=by_machine)
        older = [one for one in answers if one.way != way]
        found.append(
            QuestionAgreement(
                question, text, status, status == "official", tally.machine, _prevalence(mine),
                sum(one.machine == "cannot-tell" for one in mine),
                sum(one.machine != "cannot-tell" and one.answer == "cannot-tell" for one in mine),
                len(older), _now_on_all(question, answers, today) if older and by_machine else None,
                _weighted(mine), tally.people, tally.drift, say_what_to_do(tally, status, settings),
            )
        )  # fmt: skip
    return tuple(found), sorted(unlike, key=lambda one: (one.submitted_at, one.review_id))


def _tally(
    question: str, mine: list[Answered], pairs: list[tuple[str, str]], settings: ReviewSettings
) -> QuestionTally:
    compared = [one for one in mine if _is_compared(one)]
    counts = Counter((one.machine, one.answer) for one in compared)
    people = Counter(pair for pair in pairs if set(pair) <= set(COMPARED))
    return QuestionTally(
        question, measure_agreement(counts), measure_agreement(people), dict(counts), _prevalence(mine),
        _find_drift(compared, settings),
    )  # fmt: skip


def _is_compared(one: Answered) -> bool:
    return one.machine in COMPARED and one.answer in COMPARED


def _prevalence(answers: Sequence[Answered]) -> float | None:
    counts = Counter(one.answer for one in answers)
    told = counts["yes"] + counts["no"]
    return counts["yes"] / told if told else None


def _weighted(answers: Sequence[Answered]) -> float | None:
    """Observed agreement weighted by 1 / chance: Hajek's estimate for the calls the plans drew from."""
    drawn = [one for one in answers if one.chance is not None and _is_compared(one)]
    whole = sum(1 / (one.chance or 1.0) for one in drawn)
    alike = sum(1 / (one.chance or 1.0) for one in drawn if one.answer == one.machine)
    return alike / whole if whole else None


def _now_on_all(question: str, answers: Sequence[Answered], today: dict[tuple[str, str], str]) -> Agreement:
    pairs = Counter(
        (machine, one.answer)
        for one in answers
        if (machine := today.get((one.call_id, question))) in COMPARED and one.answer in COMPARED
    )
    return measure_agreement({(str(machine), person): count for (machine, person), count in pairs.items()})


def _find_drift(compared: list[Answered], settings: ReviewSettings) -> Drift | None:
    """The newest answers against all before, where both are enough to tell."""
    window, before = compared[-settings.drift_window :], compared[: -settings.drift_window]
    if len(window) < settings.drift_window or len(before) < settings.min_answers:
        return None
    alike, alike_before = (sum(one.answer == one.machine for one in part) for part in (window, before))
    chance = fisher_less(alike, len(window), alike_before, len(before))
    return Drift(
        len(window),
        alike / len(window),
        len(before),
        alike_before / len(before),
        chance,
        chance < settings.drift_p,
    )


def _to_disagreement(one: Answered) -> ReviewDisagreement:
    return ReviewDisagreement(
        one.question,
        one.call_id,
        one.review_id,
        one.reviewer,
        one.machine,
        one.answer,
        one.at_s,
        one.submitted_at,
    )
