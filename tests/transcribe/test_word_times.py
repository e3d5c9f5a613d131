"""Tests of word times and the turns they belong to."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speechcx.call import Span, Turn, Word
from speechcx.transcribe.word_times import (
    EARLY_S,
    LATE_S,
    REACH_S,
    place_words,
    snap_to_speech,
    write_utterance,
)

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


def turn(no: int, *stretches: tuple[float, float], speaker: str = "ch0") -> Turn:
    speech = tuple(Span(*stretch) for stretch in stretches)
    return Turn(no, speaker, 0, Span(speech[0].start_s, speech[-1].end_s), speech)


def word(start_s: float, end_s: float, text: str = "word") -> Word:
    return Word(text, start_s, end_s, 0.9)


def place_one(said: Word, *turns: Turn) -> int | None:
    """The number of the turn the word went to, None where it went astray."""
    placed, astray = place_words([said], turns)
    return None if astray else next(no for no, words in placed.items() if words)


def test_the_turn_that_holds_most_of_a_word_gets_it() -> None:
    """A word over the edge of two turns goes where more of it lies."""
    turns = turn(0, (0.0, 2.0)), turn(1, (2.0, 4.0))
    assert 0 == place_one(word(1.5, 2.2), *turns)
    assert 1 == place_one(word(1.8, 2.5), *turns)


def test_speech_counts_before_pauses() -> None:
    """Where turns of two voices overlap, a word in one's pause belongs to the one who speaks."""
    pausing = turn(0, (0.0, 2.0), (5.0, 7.0), speaker="s0")
    speaking = turn(1, (3.0, 4.0), speaker="s1")
    assert 1 == place_one(word(3.2, 3.6), pausing, speaking)
    assert 0 == place_one(word(2.2, 2.4), pausing, speaking)


def test_a_word_near_a_turn_belongs_to_the_nearest() -> None:
    """A word outside every turn goes to the nearest one, up to half a second away."""
    turns = turn(0, (1.0, 2.0)), turn(1, (3.0, 4.0))
    assert 0 == place_one(word(2.1, 2.3), *turns)
    assert 1 == place_one(word(2.7, 2.95), *turns)
    assert 0 == place_one(word(0.2, 0.5), *turns)


def test_a_word_far_from_every_turn_is_astray() -> None:
    """Half a second and more from speech, a word is given back, not forced into a turn."""
    assert place_one(word(5.0, 5.2), turn(0, (1.0, 2.0)), turn(1, (8.0, 9.0))) is None


def test_no_turns_at_all() -> None:
    """Without turns every word is astray."""
    said = [word(0.0, 1.0), word(1.0, 2.0)]
    assert ({}, said) == place_words(said, [])


def test_a_long_earlier_turn_is_not_overlooked() -> None:
    """A turn that began long ago and still lasts can hold a word, whatever began since."""
    long = turn(0, (0.0, 100.0), speaker="s0")
    short = [turn(no, (10.0 * no, 10.0 * no + 1.0), speaker="s1") for no in range(1, 9)]
    assert 0 == place_one(word(95.0, 95.5), long, *short)


@pytest.mark.parametrize(
    ("said", "expected"),
    [(word(0.0, 1.5), (0.5, 1.5)), (word(1.5, 4.0), (1.5, 2.5)), (word(1.2, 1.4), (1.2, 1.4))],
)
def test_a_word_lies_inside_its_turn(said: Word, expected: tuple[float, float]) -> None:
    """Times that run far over the edge of the turn are cut to half a second from it."""
    placed, _ = place_words([said], [turn(0, (1.0, 2.0))])
    assert expected == (placed[0][0].start_s, placed[0][0].end_s)


moments = st.floats(0, 60, allow_nan=False).map(lambda t: round(t, 2))


@st.composite
def turns_and_words(draw: st.DrawFn) -> tuple[list[Turn], list[Word]]:
    edges = draw(st.lists(st.tuples(moments, moments), max_size=8))
    spans = sorted((min(a, b), max(a, b)) for a, b in edges)
    turns = [turn(no, span, speaker=f"s{no % 2}") for no, span in enumerate(spans)]
    said = draw(st.lists(st.tuples(moments, st.floats(0, 3)), max_size=30))
    return turns, [word(start_s, start_s + length_s) for start_s, length_s in sorted(said)]


@settings(deadline=None)
@given(turns_and_words())
def test_no_word_is_lost_or_doubled(case: tuple[list[Turn], list[Word]]) -> None:
    """Every word is in exactly one turn or astray, in order, within reach of its turn."""
    turns, words = case
    placed, astray = place_words(words, turns)
    assert len(words) == len(astray) + sum(map(len, placed.values()))
    assert {each.no for each in turns} == set(placed)
    for each in turns:
        said = placed[each.no]
        assert said == sorted(said, key=lambda word: (word.start_s, word.end_s))
        for part in said:
            assert each.span.start_s - REACH_S <= part.start_s <= part.end_s <= each.span.end_s + REACH_S
    for part in astray:
        assert all(
            max(each.span.start_s - part.end_s, part.start_s - each.span.end_s) > REACH_S for each in turns
        )


def test_an_utterance_is_its_words() -> None:
    """Text is the words with spaces between, confidence their mean."""
    said = [Word("Hello,", 1.0, 1.2, 0.5), Word("there.", 1.2, 1.5, 1.0)]
    utterance = write_utterance(7, said, "en")
    assert (7, "Hello, there.", 0.75) == (utterance.no, utterance.text, utterance.confidence)


def test_an_utterance_without_words() -> None:
    """Without words the text is empty and the confidence missing, not 0."""
    utterance = write_utterance(0, [], "en")
    assert ("", (), None) == (utterance.text, utterance.words, utterance.confidence)


def test_unspaced_languages_are_joined_without_spaces() -> None:
    """Chinese words are written without spaces between."""
    said = [Word("你好", 1.0, 1.2, 0.5), Word("世界", 1.2, 1.5, 1.0)]
    assert "你好世界" == write_utterance(0, said, "zh").text
