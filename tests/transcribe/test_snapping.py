"""Word times brought onto speech."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speechcx.call import Span, Word
from speechcx.transcribe.snapping import EARLY_S, LATE_S, snap_to_speech

SPEECH = (Span(1.0, 2.0), Span(5.0, 6.0))


def snap(*times: tuple[float, float]) -> list[tuple[float, float]]:
    words = [Word("word", start_s, end_s, 0.9) for start_s, end_s in times]
    return [(word.start_s, word.end_s) for word in snap_to_speech(words, SPEECH)]


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ((3.5, 5.4), (5.0, 5.4)),
        ((1.3, 3.0), (1.3, 2.0)),
        ((1.3, 1.5), (1.3, 1.5)),
        ((1.9, 5.5), (5.0, 5.5)),
        ((3.0, 3.5), (3.0, 3.5)),
        ((9.0, 9.5), (9.0, 9.5)),
    ],
    ids=["begins in a pause", "ends in a pause", "inside", "over a pause", "no speech", "after all"],
)
def test_a_word_is_cut_to_its_speech(word: tuple[float, float], expected: tuple[float, float]) -> None:
    """The part of a word that lies in a pause is cut off."""
    assert [expected] == snap(word)


def test_the_last_word_ends_with_the_speech() -> None:
    """A last word that ends a little before its stretch does is lengthened to the end."""
    assert [(1.3, 1.5), (1.5, 2.0)] == snap((1.3, 1.5), (1.5, 1.7))


def test_the_first_word_begins_with_the_speech() -> None:
    """A first word that begins a little after its stretch does is lengthened to the start."""
    assert [(5.0, 5.3), (5.3, 5.5)] == snap((5.15, 5.3), (5.3, 5.5))


def test_words_inside_are_not_lengthened() -> None:
    """Only words next to the edge are moved to it, each stretch by itself."""
    assert [(1.0, 1.2), (1.3, 1.4), (1.5, 2.0), (5.0, 5.5)] == snap(
        (1.1, 1.2), (1.3, 1.4), (1.5, 1.8), (5.1, 5.5)
    )


def test_words_far_from_the_edge_stay() -> None:
    """Where much speech lies between a word and the edge, something else was said there."""
    assert [(5.25, 5.55)] == snap((5.25, 5.55))


times = st.tuples(st.floats(0, 8), st.floats(0, 3)).map(lambda pair: (pair[0], pair[0] + pair[1]))


@settings(deadline=None)
@given(st.lists(times, max_size=10))
def test_words_keep_their_number_order_and_place(rows: list[tuple[float, float]]) -> None:
    """No word is lost or moved away: edges move at most by the two bounds outwards, else inwards."""
    found = snap(*sorted(rows))
    assert len(rows) == len(found)
    for (start_s, end_s), (new_start_s, new_end_s) in zip(sorted(rows), found, strict=True):
        assert start_s - LATE_S - 0.001 <= new_start_s <= new_end_s <= end_s + EARLY_S + 0.001
