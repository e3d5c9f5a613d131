"""Tests of what rules may know of a stored call and of an example."""

from __future__ import annotations

from dataclasses import replace

import pytest

from speechcx.call import Span, Unheard
from speechcx.rules import Line, RuleTest, view_call, view_test
from speechcx.rules.language.conditions import TURN_NUMBERS
from tests.factories import make_conversation, make_reading, make_recording


def test_a_stored_call_becomes_facts() -> None:
    """Words with their parties, measures of turns and call, details and flags come along."""
    conversation = make_conversation(
        recording=make_recording(queue="cards", extras=(("Campaign", "spring"),))
    )
    reading = make_reading(conversation)
    facts = view_call(conversation, reading)
    assert "agent" == facts.stream.party_at(0)
    assert {"queue": "cards", "campaign": "spring", "agent": "ann"}.items() <= facts.meta.items()
    assert reading.feeling.turns[1].sentiment == facts.turns[1].values.get("sentiment")
    assert conversation.voices[1].level_rel_db == facts.turns[1].values.get("level_rel_db")
    assert facts.turns[1].values.get("text_sentiment") == conversation.sentiments[1].value
    assert float(len(conversation.utterances[1].words)) == facts.turns[1].values.get("words")
    assert conversation.speech.turns[1].span.duration_s == facts.turns[1].values.get("duration_s")
    assert all(facts.turns[1].values.get(name) is not None for name in TURN_NUMBERS)
    assert reading.flow.partition.hold_s == facts.metrics["hold_s"].value
    assert not facts.has_unknown


def test_speakers_without_a_role_are_unknown() -> None:
    """Where a role is not known, the words are nobody's."""
    conversation = make_conversation()
    facts = view_call(conversation, make_reading(conversation, roles=()))
    assert facts.has_unknown
    assert {"unknown", None} == {facts.stream.party_at(place) for place in range(len(facts.stream.tokens))}


def test_a_call_without_words_has_facts() -> None:
    """A call in which nobody speaks is an empty row, not an error."""
    conversation = make_conversation([])
    reading = make_reading(conversation)
    facts = view_call(conversation, replace(reading, flow=replace(reading.flow, conversation=None)))
    assert () == facts.stream.tokens
    assert (0.0, conversation.origin.duration_s) == (facts.start_s, facts.end_s)


def test_words_of_an_example_are_spread_over_its_time() -> None:
    """At a usual pace, up to the next turn or to the end given."""
    lines = (
        Line("agent", 0.0, None, "one two three four"),
        Line("customer", 1.0, None, "yes indeed"),
        Line("agent", 5.0, 9.0, "a b"),
    )
    facts = view_test(RuleTest("r", "present", lines))
    assert [0.0, 1.0, 5.0] == [turn.start_s for turn in facts.turns.values()]
    assert [1.0, pytest.approx(1.7), 9.0] == [turn.end_s for turn in facts.turns.values()]
    assert (0.0, 9.0) == (facts.start_s, facts.end_s)
    assert 60.0 == view_test(RuleTest("r", "present", lines, 60.0)).end_s


def test_names_come_from_the_details() -> None:
    """A name field wins over the id, and short or numbered ids give none."""

    def names(**meta: str) -> frozenset[str]:
        return view_test(RuleTest("r", "present", (), meta=tuple(meta.items()))).names_of("agent")

    assert {"maria", "lopez"} == names(agent="maria.lopez")
    assert {"ann", "bell"} == names(agent="x1", agent_name="Ann Bell")
    assert frozenset() == names(agent="A017")
    assert frozenset() == names()


def test_a_neighbour_left_out_hides_nothing() -> None:
    """Where somebody spoke in the background the agent was heard; a dead channel is not."""
    heard = make_conversation()
    stretches = (Unheard(0, Span(1.0, 4.0), "background_voice"), Unheard(0, Span(9.0, 12.0)))
    call = replace(heard, speech=replace(heard.speech, unheard=stretches))
    assert (("agent", Span(9.0, 12.0)),) == view_call(call, make_reading(call)).unheard
