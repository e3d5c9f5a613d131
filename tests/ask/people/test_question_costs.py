"""Tests of what the questions of a scorecard cost."""

from dataclasses import replace

import pytest

from speechcx.ask.people.question_costs import cost_questions
from speechcx.call import Call, QuestionAnswer
from speechcx.errors import UsageError
from speechcx.store import CallFilter, Store
from tests.ask.archive import at, make
from tests.factories import make_answer, make_score


def scored(
    name: str, score: float | None, answered_share: float, *answers: QuestionAnswer, agent: str = "ann"
) -> Call:
    """A call with these answers."""
    call = make(name, agent=agent, started_at=at(1))
    card = make_score(score, answered_share=answered_share, answers=answers)
    return replace(call, assessment=replace(call.assessment, scores=(card,)))


def answer(
    question: str, answer: str, points: float | None, out_of: float | None, **given: object
) -> QuestionAnswer:
    """An answer to a question of that name."""
    return make_answer(question, text=f"{question}?", answer=answer, points=points, out_of=out_of, **given)


def save_two(store: Store) -> None:
    """ann's two calls: a score of 50, of which a fifth could not be told, and one of 100."""
    store.save_call(
        scored(
            "a", 50.0, 0.8,
            answer("greets", "yes", 40.0, 40.0), answer("closes", "no", 0.0, 40.0),
            answer("listens", "cannot-tell", None, 20.0),
            answer("notice", "no", None, None, critical="compliance", auto_fail=True),
        )
    )  # fmt: skip
    store.save_call(
        scored(
            "b", 100.0, 1.0,
            answer("greets", "yes", 50.0, 50.0), answer("closes", "yes", 50.0, 50.0),
            answer("listens", "n-a", None, None),
            answer("notice", "yes", None, None, critical="compliance", auto_fail=True),
        )
    )  # fmt: skip


def test_points_lost_add_up_to_what_is_missing(store: Store) -> None:
    """The scores are 50 and 100, so 25 points are missing on average; all of them by the closing."""
    save_two(store)
    found = cost_questions(store)
    assert ("service-quality", 2, None) == (found.scorecard, found.n, found.hint)
    costs = {row.question: row.points_lost for row in found.rows}
    assert {"greets": 0.0, "closes": pytest.approx(25.0), "listens": 0.0, "notice": None} == costs


def test_critical_questions_that_failed_come_first_then_what_costs_most(store: Store) -> None:
    """With their share of yes, the calls they failed, and the answers that are neither yes nor no."""
    save_two(store)
    notice, closes, greets, listens = cost_questions(store).rows
    assert ("notice", "compliance", 0.5, 2, 1) == (
        notice.question, notice.critical, notice.yes_share, notice.n, notice.failed,
    )  # fmt: skip
    assert ("closes", 0.5, 2, 0, ()) == (
        closes.question, closes.yes_share, closes.n, closes.failed, closes.left_out,
    )  # fmt: skip
    assert ("greets", 1.0) == (greets.question, greets.yes_share)
    assert (None, 0, {("cannot-tell", 1), ("n-a", 1)}) == (listens.yes_share, listens.n, {*listens.left_out})


def test_a_call_without_a_score_costs_nothing(store: Store) -> None:
    """What could not be told of it is counted, and its points are no part of the mean."""
    save_two(store)
    store.save_call(scored("c", None, 0.0, answer("closes", "cannot-tell", None, 100.0)))
    found = cost_questions(store)
    (closes,) = (row for row in found.rows if row.question == "closes")
    assert (2, pytest.approx(25.0), (("cannot-tell", 1),)) == (found.n, closes.points_lost, closes.left_out)


def test_only_the_calls_asked_for_count(store: Store) -> None:
    """Of one agent; where there are none, the hint says what would widen the question."""
    save_two(store)
    store.save_call(scored("d", 0.0, 1.0, answer("closes", "no", 0.0, 100.0), agent="bob"))
    (row,) = cost_questions(store, CallFilter(agent=("bob",))).rows
    assert ("closes", 100.0) == (row.question, row.points_lost)
    nobody = cost_questions(store, CallFilter(agent=("zoe",)))
    assert () == nobody.rows
    assert "No agent 'zoe'" in str(nobody.hint)
    with pytest.raises(UsageError, match="service-quality"):
        cost_questions(store, scorecard="service-qualty")
