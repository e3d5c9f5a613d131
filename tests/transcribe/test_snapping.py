"""Word times brought onto speech."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speechcx.call import Span
from speechcx.transcribe.snapping import SLACK_S, snap_to_speech

SPEECH = (Span(1.0, 2.0), Span(5.0, 6.0))


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ((3.5, 5.4), (4.95, 5.4)),
        ((1.6, 3.0), (1.6, 2.05)),
        ((1.2, 1.6), (1.2, 1.6)),
        ((1.9, 5.5), (4.95, 5.5)),
        ((3.0, 3.5), (3.0, 3.5)),
        ((0.98, 1.3), (0.98, 1.3)),
        ((9.0, 9.5), (9.0, 9.5)),
    ],
    ids=["begins in a pause", "ends in a pause", "inside", "over a pause", "no speech", "slack", "after all"],
)
def test_a_word_is_cut_to_its_speech(word: tuple[float, float], expected: tuple[float, float]) -> None:
    """The part of a word that lies in a pause is cut off."""
    found = snap_to_speech(Span(*word), SPEECH)
    assert expected == pytest.approx((found.start_s, found.end_s))


@given(st.floats(0, 10), st.floats(0, 5))
def test_a_word_never_grows(start_s: float, length_s: float) -> None:
    """Snapping only ever cuts, and what stays lies in speech or is as it was."""
    word = Span(start_s, start_s + length_s)
    found = snap_to_speech(word, SPEECH)
    assert word.start_s <= found.start_s <= found.end_s <= word.end_s
    inside = any(
        span.start_s - SLACK_S <= found.start_s and found.end_s <= span.end_s + SLACK_S for span in SPEECH
    )
    assert found == word or inside
