"""Tests of scorecards filled in: answers, weights, critical questions, automatic fails, and no score at all."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speechcx.call import (
    Bound,
    Hit,
    Question,
    Reading,
    Role,
    RuleResult,
    RuleValue,
    Scorecard,
    ScoreResult,
    Section,
)
from speechcx.score import fill_scorecards, score_answers
from tests.factories import make_flow, make_party_flow, make_reading

HIT = Hit("a", "present", "agent", 0, 1.0, 2.0, "hello", "said hello")


def result(rule: str, value: RuleValue) -> RuleResult:
    """A result with its evidence."""
    return RuleResult(rule, rule, "behaviour", "minor", value, None, False, f"{rule} is {value}", (HIT,))


def fill(
    *sections: Section, results: dict[str, RuleValue] | None = None, reading: Reading | None = None
) -> ScoreResult:
    """One card, filled in."""
    found = [result(rule, value) for rule, value in (results or {}).items()]
    (filled,) = fill_scorecards([Scorecard("card", "Card", sections)], found, reading or make_reading())
    return filled


def section(*questions: Question, weight: float = 1.0, title: str = "All") -> Section:
    """A section."""
    return Section(title, weight, questions)


def by_rule(name: str, **given: object) -> Question:
    """A question answered by the rule of its name."""
    return Question(name, f"{name}?", rule=name, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "yes_when", "answer"),
    [
        ("present", "present", "yes"), ("absent", "present", "no"), ("cannot_tell", "present", "cannot-tell"),
        ("present", "absent", "no"), ("absent", "absent", "yes"), ("cannot_tell", "absent", "cannot-tell"),
    ],
)  # fmt: skip
def test_rules_answer_questions(value: RuleValue, yes_when: str, answer: str) -> None:
    """Present is yes, or no where absence is wanted; what cannot be told stays so, with its evidence."""
    filled = fill(section(by_rule("a", yes_when=yes_when)), results={"a": value})
    assert (answer, f"a is {value}", (HIT,)) == (
        filled.answers[0].answer,
        filled.answers[0].why,
        filled.answers[0].hits,
    )


def test_a_score_is_the_share_of_weight_that_is_yes() -> None:
    """Sections share 100 points by weight, questions share their section's."""
    filled = fill(
        section(by_rule("a", weight=3), by_rule("b", weight=1), weight=60),
        section(by_rule("c"), weight=40, title="Rest"),
        results={"a": "present", "b": "absent", "c": "present"},
    )
    assert 85.0 == pytest.approx(filled.score)
    assert [(45.0, 45.0), (0.0, 15.0), (40.0, 40.0)] == [(a.points, a.out_of) for a in filled.answers]
    assert 1.0 == filled.answered_share
    assert "2 of 3 answered questions are yes" == filled.why


def test_questions_that_do_not_apply_give_their_weight_away() -> None:
    """Weight is re-based without n-a, inside a section and over sections."""
    filled = fill(
        section(by_rule("a"), by_rule("b", applies_if="b?"), weight=50),
        section(by_rule("c", applies_if="b?"), weight=25, title="Gone"),
        section(by_rule("d"), weight=25, title="Rest"),
        results={"a": "present", "b": "absent", "c": "absent", "d": "absent", "b?": "absent"},
    )
    assert ["yes", "n-a", "n-a", "no"] == [answer.answer for answer in filled.answers]
    assert [pytest.approx(200 / 3), None, None, pytest.approx(100 / 3)] == [
        answer.out_of for answer in filled.answers
    ]
    assert pytest.approx(200 / 3) == filled.score
    assert "does not apply: b? is absent" == filled.answers[1].why


def test_what_is_not_known_is_left_out_and_lowers_the_answered_share() -> None:
    """cannot-tell and person earn nothing and cost nothing, but are counted."""
    filled = fill(
        section(by_rule("a"), by_rule("b"), Question("p", "Solved?", ask="person", weight=2.0)),
        results={"a": "present", "b": "cannot_tell"},
    )
    assert ["yes", "cannot-tell", "person"] == [answer.answer for answer in filled.answers]
    assert (100.0, 0.25) == (filled.score, filled.answered_share)
    assert [(25.0, 25.0), (None, 25.0), (None, 50.0)] == [(a.points, a.out_of) for a in filled.answers]
    assert "left out: b, p" in filled.why


def test_it_may_not_be_known_whether_a_question_applies() -> None:
    """Then it cannot be told, whatever its rule found."""
    filled = fill(section(by_rule("a", applies_if="?")), results={"a": "absent", "?": "cannot_tell"})
    assert ("cannot-tell", None) == (filled.answers[0].answer, filled.score)
    assert filled.answers[0].why.startswith("not known whether it applies")
    applies = fill(section(by_rule("a", applies_if="?")), results={"a": "absent", "?": "present"})
    assert "no" == applies.answers[0].answer


def test_critical_questions_are_scored_apart() -> None:
    """They take no points; errors are listed by kind."""
    filled = fill(
        section(by_rule("a"), by_rule("b", critical="compliance"), by_rule("c", critical="customer")),
        results={"a": "present", "b": "absent", "c": "absent"},
    )
    assert (100.0, False, ("compliance", "customer")) == (
        filled.score,
        filled.auto_failed,
        filled.critical_errors,
    )
    assert [100.0, None, None] == [answer.out_of for answer in filled.answers]
    only = fill(section(by_rule("b", critical="business")), results={"b": "present"})
    assert (None, (), "every question is critical: there is nothing else to score") == (
        only.score, only.critical_errors, only.why,
    )  # fmt: skip


def test_an_automatic_fail_is_zero() -> None:
    """One failed question sets the score to 0, and the points that were earned still show."""
    card = section(by_rule("a"), by_rule("b", critical="compliance", auto_fail=True))
    failed = fill(card, results={"a": "present", "b": "absent"})
    assert (0.0, True, 100.0) == (failed.score, failed.auto_failed, failed.answers[0].points)
    assert "automatic fail: b (b is absent)" == failed.why
    for value in ("present", "cannot_tell"):
        assert not fill(card, results={"a": "present", "b": value}).auto_failed  # type: ignore[dict-item]


def test_measures_answer_by_bands() -> None:
    """The first band that holds; none, or no measure, cannot tell."""
    bands = (("yes", Bound("<=", 1)), ("no", Bound("<=", 5)))
    card = section(Question("i", "Calm?", metric="agent.interruptions", bands=bands))  # type: ignore[arg-type]

    def answer(count: int | None) -> tuple[str, str]:
        reasons = () if count is not None else (("interruptions", "one channel"),)
        flow = make_flow(make_party_flow("agent", interruptions=count, reasons=reasons))
        filled = fill(card, reading=make_reading(flow=flow))
        return filled.answers[0].answer, filled.answers[0].why

    assert ("yes", "agent.interruptions is 1, yes is <= 1") == answer(1)
    assert "no" == answer(2)[0]
    assert ("cannot-tell", "agent.interruptions is 9, which is in no band") == answer(9)
    assert ("cannot-tell", "agent.interruptions is not known: one channel") == answer(None)


def test_no_answers_are_no_score() -> None:
    """A score of nothing is None with its reason, never 0."""
    filled = fill(section(by_rule("a"), Question("p", "P?", ask="person")), results={"a": "cannot_tell"})
    assert (None, 0.0) == (filled.score, filled.answered_share)
    assert "no question could be answered (1 cannot-tell, 1 person)" == filled.why
    assert "cannot-tell" == fill(section(by_rule("unknown"))).answers[0].answer
    assert fill(section(by_rule("a", weight=0.0)), results={"a": "present"}).score is None


def test_a_card_about_an_unknown_agent_has_no_score() -> None:
    """Answers are shown, but nobody is scored; a card that is not about the agent is."""
    reading = make_reading()
    nobody = replace(
        reading, roles=(Role("ch0", "unknown", 0.4, "none"), Role("ch1", "customer", 0.9, "words"))
    )
    card = section(by_rule("a", about=("agent",)), by_rule("b", auto_fail=True))
    filled = fill(card, results={"a": "absent", "b": "absent"}, reading=nobody)
    assert (None, False) == (filled.score, filled.auto_failed)
    assert "no speaker of this call is known to be the agent" in filled.why
    assert 0.0 == fill(card, results={"a": "absent", "b": "absent"}, reading=reading).score
    assert (
        100.0
        == fill(section(by_rule("a", about=("customer",))), results={"a": "present"}, reading=nobody).score
    )
    hidden = section(by_rule("a", about=("agent",), applies_if="?"), by_rule("b"))
    assert 100.0 == fill(hidden, results={"a": "absent", "b": "present", "?": "absent"}, reading=nobody).score


@given(
    st.lists(
        st.tuples(
            st.floats(0.1, 9),
            st.lists(
                st.tuples(st.floats(0.1, 9), st.sampled_from(("present", "absent", "cannot_tell"))),
                min_size=1,
                max_size=4,
            ),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_points_always_add_up(parts: list[tuple[float, list[tuple[float, RuleValue]]]]) -> None:
    """What could be earned adds up to 100, and the score is earned over answered weight."""
    results: dict[str, RuleValue] = {}
    sections = []
    for number, (weight, questions) in enumerate(parts):
        made = []
        for place, (share, value) in enumerate(questions):
            results[f"q{number}.{place}"] = value
            made.append(by_rule(f"q{number}.{place}", weight=share))
        sections.append(Section(f"s{number}", weight, tuple(made)))
    filled = fill(*sections, results=results)
    assert pytest.approx(100.0) == sum(answer.out_of or 0.0 for answer in filled.answers)
    told = [answer for answer in filled.answers if answer.points is not None]
    whole = sum(answer.out_of or 0.0 for answer in told)
    assert pytest.approx(whole / 100) == filled.answered_share
    if told:
        assert pytest.approx(100 * sum(answer.points or 0.0 for answer in told) / whole) == filled.score
    else:
        assert filled.score is None


def test_given_answers_are_weighed_like_the_machines() -> None:
    """A person's answers to the machine's questions give the machine's score; a missing one waits."""
    card = Scorecard(
        "quality",
        "Quality",
        (
            Section(
                "Opening",
                40,
                (Question("greeted", "Greeted?", rule="g"), Question("named", "Named?", 3.0, rule="n")),
            ),
            Section("Rest", 60, (Question("polite", "Polite?", ask="person"),)),
        ),
    )
    filled = score_answers(card, {"greeted": "yes", "named": "no", "polite": "n-a"})
    assert (25.0, 1.0) == (filled.score, filled.answered_share)
    waiting = score_answers(card, {"greeted": "yes", "named": "yes"})
    assert (100.0, 0.4) == (waiting.score, waiting.answered_share)
    assert "person" == waiting.answers[2].answer
