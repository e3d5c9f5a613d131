"""Questions of a scorecard: how often each is answered with yes, and how many points it costs a call."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date

from speechcx.ask.ground.empty_answer_hints import Hint, find_hint
from speechcx.ask.ground.group_sums import count_versions, find_scorecard
from speechcx.ask.ground.opening import Where, reading
from speechcx.ask.ground.resolve_names import settle_names
from speechcx.ask.statistics import Interval, Sums, share_interval
from speechcx.store import CallFilter, Store


@dataclass(frozen=True, slots=True)
class AnsweredQuestion:
    """One question over many calls: who asks it and how it was answered.

    Parameters
    ----------
    question, section, text, critical
        As on the newest scorecard that asks it.
    n
        Calls answered with yes or no.
    yes_share, interval
        Share of them answered with yes, and its 95 % interval.
    left_out
        (answer, calls) pairs of the other answers: n-a, cannot-tell, person.
    """

    question: str
    section: str
    text: str
    critical: str | None
    n: int
    yes_share: float | None
    interval: Interval | None
    left_out: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class QuestionCost(AnsweredQuestion):
    """One question over many calls, with what it costs.

    Parameters
    ----------
    points_lost
        Points of 100 that its answers cost a call, as a mean over all calls with a score. They add up to what
        is missing to 100, auto-fails left aside. None for a critical question, which takes no points.
    failed
        Calls whose whole score it set to 0.
    """

    points_lost: float | None
    failed: int


@dataclass(frozen=True, slots=True)
class QuestionCosts:
    """The questions of a scorecard, the most expensive first.

    Parameters
    ----------
    scorecard
        The scorecard; None where no call has one.
    since, until
        The days asked for.
    n
        Calls with a score.
    rows
        The questions.
    versions
        (rulebook, engines and settings; calls) pairs. More than one: the answers mix versions.
    hint
        Where there are no answers: what would widen the question.
    """

    scorecard: str | None
    since: date | None
    until: date | None
    n: int
    rows: tuple[QuestionCost, ...]
    versions: tuple[tuple[str, int], ...]
    hint: Hint | None


def cost_questions(
    where: Where, filters: CallFilter | None = None, *, scorecard: str | None = None
) -> QuestionCosts:
    """What each question of a scorecard costs, over the calls of a filter.

    Parameters
    ----------
    where
        Store or database.
    filters
        Which calls; None for all.
    scorecard
        Its id; None for that of the newest call.

    Raises
    ------
    UsageError
        There is no such scorecard; the message names the nearest.
    """
    with reading(where) as store:
        chosen = settle_names(store, filters or CallFilter())
        card = find_scorecard(store, chosen, scorecard)
        scored, rows = (0, ()) if card is None else _read(store, chosen, card)
        return QuestionCosts(
            card, chosen.since, chosen.until, scored, rows, count_versions(store, chosen) if rows else (),
            None if rows else find_hint(store, chosen),
        )  # fmt: skip


def _read(store: Store, filters: CallFilter, scorecard: str) -> tuple[int, tuple[QuestionCost, ...]]:
    condition, values = filters.to_sql()
    (scored,) = store.db.execute(
        "SELECT count(s.score) FROM calls c JOIN call_scores s ON s.call_no = c.call_no AND s.scorecard = ?"
        f" WHERE {condition}",
        (scorecard, *values),
    ).fetchone()
    answers: dict[str, Counter[str]] = defaultdict(Counter)
    lost: dict[str, float] = defaultdict(float)
    forms = {}
    # Points are of 100 with what could not be told; the score is of what was told.
    for question, section, text, critical, auto_fail, answer, n, points in store.db.execute(
        "SELECT q.question, q.section, q.text, q.critical, q.auto_fail, a.answer, count(*),"
        " sum(CASE WHEN s.score IS NOT NULL THEN (a.out_of - a.points) / s.answered_share END)"
        " FROM calls c JOIN call_scores s ON s.call_no = c.call_no AND s.scorecard = ?"
        " JOIN form_answers a ON a.call_no = c.call_no"
        " JOIN questions q ON q.question_no = a.question_no AND q.scorecard = s.scorecard"
        f" WHERE {condition} GROUP BY q.question_no, a.answer ORDER BY q.question_no",
        (scorecard, *values),
    ):
        forms[question] = section, text, critical, auto_fail
        answers[question][answer] += n
        lost[question] += points or 0.0
    rows = [_row(question, forms[question], answers[question], lost[question], scored) for question in forms]
    return scored, tuple(sorted(rows, key=_by_cost))


def _row(
    question: str, form: tuple[str, str, str | None, int], answers: Counter[str], lost: float, scored: int
) -> QuestionCost:
    section, text, critical, auto_fail = form
    told = Sums(answers["yes"] + answers["no"], answers["yes"], answers["yes"])
    return QuestionCost(
        question, section, text, critical, told.n, told.mean, share_interval(told),
        tuple((answer, n) for answer, n in answers.most_common() if answer not in ("yes", "no")),
        None if critical or not scored else lost / scored, answers["no"] if auto_fail else 0,
    )  # fmt: skip


def _by_cost(row: QuestionCost) -> tuple[bool, bool, float, float, str]:
    """Critical questions that were failed, then what costs points, then the rest by their share of yes."""
    share = 1.0 if row.yes_share is None else row.yes_share
    return (
        not (row.critical and share < 1),
        row.yes_share is None,
        -(row.points_lost or 0.0),
        share,
        row.question,
    )
