"""Measures: every name has a value or a reason, and no more digits than it means."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speechcx.call import collect_metrics, metric_names
from speechcx.call.measures import party_metrics, to_resolution
from tests import factories
from tests.factories import make_conversation
from tests.odd_calls import odd_conversation


def test_every_name_is_answered() -> None:
    """Every documented name is a key, with a value or a reason for its absence."""
    metrics = collect_metrics(factories.make_call().assessment.reading)
    assert set(metric_names()) == set(metrics)
    assert [] == [m.name for m in metrics.values() if m.value is None and not m.why_missing]


@given(st.sampled_from(["agent", "customer", "unknown", "ivr"]))
def test_absent_party_has_reasons(party) -> None:
    """A party that does not speak in the call has no numbers, and says so."""
    reading = factories.make_call().assessment.reading
    if all(flow.party != party for flow in reading.flow.parties):
        assert {None} == {m.value for m in party_metrics(reading, party).values()}
        assert all("no speaker" in str(m.why_missing) for m in party_metrics(reading, party).values())


def test_numbers_of_turns_and_words_are_rounded() -> None:
    """To what a measure means: a millisecond, a hundredth of a decibel, a hundredth of confidence."""
    heard = make_conversation()
    voice = replace(heard.voices[0], level_dbov=-26.123456, voiced_share=0.61234, pitch_hz=None)
    word = replace(heard.utterances[0].words[0], start_s=0.50123, end_s=0.8199, confidence=0.98765)
    said = replace(heard.utterances[0], words=(word, *heard.utterances[0].words[1:]), confidence=0.98765)
    read = replace(heard.sentiments[0], value=-0.123456)
    found = to_resolution(
        replace(
            heard,
            voices=(voice, *heard.voices[1:]),
            utterances=(said, *heard.utterances[1:]),
            sentiments=(read, *heard.sentiments[1:]),
        )
    )
    assert (-26.12, 0.612, None) == (
        found.voices[0].level_dbov, found.voices[0].voiced_share, found.voices[0].pitch_hz,
    )  # fmt: skip
    first = found.utterances[0].words[0]
    assert (0.5, 0.82, 0.99, 0.988) == (
        first.start_s,
        first.end_s,
        first.confidence,
        found.utterances[0].confidence,
    )
    assert -0.1235 == found.sentiments[0].value


@pytest.mark.parametrize("seed", range(30))
def test_rounding_twice_is_rounding_once(seed: int) -> None:
    """And any valid conversation stays a valid one."""
    once = to_resolution(odd_conversation(seed))
    assert once == to_resolution(once)
