"""Scores of a party from -5 to 5."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speechcx.call import Span, Turn, TurnFeeling
from speechcx.sentiment import SentimentSettings, name_label, score_party
from tests.sentiment.fakes import turn

SETTINGS = SentimentSettings()


def felt(
    *lines: tuple[float, float, float | None],
) -> tuple[list[tuple[Turn, TurnFeeling]], Span]:
    """(start, length, sentiment) lines as turns with their feeling, and the span of all."""
    pairs = []
    for no, (start_s, length_s, value) in enumerate(lines):
        label = None if value is None else name_label(value, SETTINGS)
        pairs.append((turn(no, start_s, length_s), TurnFeeling(no, 0.2, value, label)))
    return pairs, Span(lines[0][0], max(start + length for start, length, _ in lines))


@given(
    st.lists(st.tuples(st.floats(0.1, 30), st.one_of(st.none(), st.floats(-1, 1))), min_size=1, max_size=12)
)
def test_bounds_and_reasons(lines: list[tuple[float, float | None]]) -> None:
    """Every score lies in -5..5; every None has a reason; no number has one."""
    start, placed = 0.0, []
    for length_s, value in lines:
        placed.append((start, length_s, value))
        start += length_s + 1
    found = score_party("customer", *felt(*placed), SETTINGS)
    why = dict(found.reasons)
    scores = {"sentiment_score": found.sentiment_score, "sentiment_shift": found.sentiment_shift}
    scores |= {f"sentiment_q{k + 1}": value for k, value in enumerate(found.quarters)}
    for name, value in scores.items():
        assert (value is None) == (name in why), name
        limit = 10 if name == "sentiment_shift" else 5
        assert value is None or -limit <= value <= limit
    assert (found.end_state is None) == ("end_state" in why)
    assert (found.most_negative is None) == ("most_negative" in why)


def test_weighted_by_speaking_time() -> None:
    """One long angry turn outweighs two short pleased ones; 5 s are lent at 0."""
    found = score_party("customer", *felt((0, 2, 0.5), (3, 16, -0.5), (20, 2, 0.5)), SETTINGS)
    assert found.sentiment_score == pytest.approx(5 * (-0.5 * 16 + 0.5 * 4) / (20 + 5), abs=1e-3)


def test_little_speech_is_drawn_to_zero() -> None:
    """The same feeling scores closer to 0 in a party who says less."""
    short = score_party("customer", *felt((0, 2, -0.8), (3, 2, -0.8), (6, 2, -0.8)), SETTINGS)
    long = score_party("customer", *felt((0, 20, -0.8), (30, 20, -0.8), (60, 20, -0.8)), SETTINGS)
    assert short.sentiment_score is not None
    assert long.sentiment_score is not None
    assert long.sentiment_score < short.sentiment_score < 0


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (((0.0, 9.0, -1.0), (10.0, 9.0, -1.0)), "2 turns with words, 3 needed"),
        (((0.0, 1.0, -1.0), (2.0, 1.0, -1.0), (4.0, 1.0, -1.0)), "3.0 s of speech with words, 5 s needed"),
        (((0.0, 9.0, None), (10.0, 9.0, None), (20.0, 9.0, None)), "0 turns with words, 3 needed"),
    ],
)
def test_too_little_is_none(lines: tuple[tuple[float, float, float | None], ...], reason: str) -> None:
    """Under 3 turns or 5 s of speech with words there is no score, and never a 0."""
    found = score_party("customer", *felt(*lines), SETTINGS)
    assert found.sentiment_score is None
    assert found.quarters == (None, None, None, None)
    assert reason == dict(found.reasons)["sentiment_score"]
    assert reason == dict(found.reasons)["sentiment_q4"]


def test_quarters_are_of_the_conversation() -> None:
    """A call that begins angry and ends pleased: first quarter negative, last positive, shift up."""
    lines = [(0.0, 8.0, -0.8), (12.0, 6.0, -0.4), (24.0, 6.0, 0.3), (32.0, 8.0, 0.8)]
    found = score_party("customer", *felt(*lines), SETTINGS)
    first, *_, last = found.quarters
    assert first is not None
    assert last is not None
    assert first < -2 < 2 < last
    assert found.sentiment_shift == pytest.approx(last - first, abs=1e-3)
    assert found.end_state == "positive"
    assert (found.most_negative, found.most_positive) == (0, 3)


def test_a_turn_over_a_border_counts_on_both_sides() -> None:
    """One turn through the whole call gives every quarter the same score."""
    found = score_party("customer", *felt((0, 40, -0.8), (1, 1, -0.8), (3, 1, -0.8)), SETTINGS)
    assert None not in found.quarters
    assert found.quarters[1] == found.quarters[2] == found.quarters[3]


def test_silent_quarter_is_none() -> None:
    """A quarter in which the party says nothing has no score and no part in the shift."""
    found = score_party(
        "customer", *felt((0, 4, -0.5), (5, 4, -0.5), (10, 3, -0.5), (39, 0.5, 0.9)), SETTINGS
    )
    assert found.quarters[2] is None
    assert found.quarters[3] is None
    assert found.sentiment_shift is None
    assert found.end_state is None
    assert "under 1 s" in dict(found.reasons)["sentiment_q3"]


def test_no_negative_moment_in_a_pleased_call() -> None:
    """Where nothing negative was said there is no most negative moment."""
    found = score_party("customer", *felt((0, 4, 0.5), (5, 4, 0.1), (10, 3, 0.9)), SETTINGS)
    assert (found.most_negative, found.most_positive) == (None, 2)
    assert dict(found.reasons)["most_negative"] == "no turn of this party is negative"
