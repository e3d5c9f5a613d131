"""Tests of what the starters say about a call: no blame without an occasion, and reasons that people can read."""

from __future__ import annotations

from dataclasses import replace

import pytest

from speechcx.call import Party, RuleResult, Span, collect_metrics
from speechcx.present.reasons import tell_reason
from speechcx.rules import Line, RuleTest, judge_view, view_test
from tests.factories import make_flow, make_reading
from tests.rules.test_said import BOOKS, book_of

TALK: tuple[tuple[Party, float, str], ...] = (
    ("agent", 0.0, "Yes, what is it?"),
    ("customer", 4.0, "I was wondering about the weather."),
    ("agent", 90.0, "Right."),
)


def results_of(book: str, *said: tuple[Party, float, str]) -> dict[str, RuleResult]:
    """Every rule's result on a few lines."""
    lines = tuple(Line(party, at, None, words) for party, at, words in said)
    test = RuleTest("any", "present", lines)
    return {result.rule: result for result in judge_view(book_of(book), view_test(test))}


@pytest.mark.parametrize("book", BOOKS)
def test_the_reason_of_a_flag_is_told_without_a_page_of_phrases(book: str) -> None:
    """What people read has no operator of the phrase language, whatever was said, for every rule that is flagged."""
    for said in (TALK, (*TALK, ("customer", 95.0, "I want to speak to a manager. This is a disgrace."))):
        for result in results_of(book, *said).values():
            told = tell_reason(result.value, result.why, result.hits)
            assert not [sign for sign in (" | ", "NEAR/", " *1 ", "{") if sign in told], (result.rule, told)
            assert len(told) < 200


def test_an_absent_greeting_tells_who_should_have_said_it_and_when() -> None:
    """As a person would write it."""
    result = results_of("service-quality", *TALK)["greeting"]
    assert "not said by the agent within the first 45s" == tell_reason(result.value, result.why, ())


@pytest.mark.parametrize(
    "words",
    [
        "North Windbank, you in speeding on the recorded line. How may I help you?",
        "Lerks for Mobile, Previous, Seeking, This Call is recorded. How can I help you?",
    ],
)
def test_an_agent_whose_name_and_speaking_were_misheard_greeted(words: str) -> None:
    """What Whisper writes of "Northwind Bank, Ewan speaking": an agent would dispute "no greeting"."""
    assert "present" == results_of("service-quality", ("agent", 1.0, words))["greeting"].value
    assert "absent" == results_of("service-quality", ("agent", 1.0, "We are seeking help."))["greeting"].value


def test_ringing_before_anybody_answers_is_no_hold_that_was_to_be_explained() -> None:
    """Ringing and the music of a queue come before the first word; a hold among the words counts."""
    flow = make_flow(duration_s=60.0)
    rung = replace(
        flow,
        partition=replace(flow.partition, hold_s=9.0, silence_s=flow.partition.silence_s - 9.0),
        conversation=Span(10.0, 60.0),
    )
    held = replace(rung, conversation=Span(0.5, 60.0))
    nobody = replace(rung, conversation=None)
    values = [
        collect_metrics(make_reading(flow=each))["hold_in_talk_s"].value for each in (rung, held, nobody)
    ]
    assert [0.0, 8.5, None] == values
    card = next(card for card in book_of("service-quality").scorecards)
    asked = {question.id: question for section in card.sections for question in section.questions}
    assert asked["hold"].applies_if is not None
    told = results_of("service-quality", *TALK)[asked["hold"].applies_if]
    assert "hold_in_talk_s" in told.why
