"""Tests of making turns."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from speechcx.call import Span
from speechcx.turns.assemble import UncutSpeech, assemble_turns, close_stops


def spans(*pairs: tuple[float, float]) -> tuple[Span, ...]:
    return tuple(Span(a, b) for a, b in pairs)


def turns_of(first: tuple[Span, ...], second: tuple[Span, ...] = ()) -> list[tuple[str, float, float]]:
    voices = [UncutSpeech("ch0", 0, first), UncutSpeech("ch1", 1, second)]
    return [(t.speaker, t.span.start_s, t.span.end_s) for t in assemble_turns(voices, turn_gap_s=0.8)]


def test_silence_under_the_gap_does_not_end_a_turn() -> None:
    """0.79 s of silence stays inside a turn."""
    assert turns_of(spans((0, 1), (1.79, 3))) == [("ch0", 0, 3)]


def test_silence_of_the_gap_ends_a_turn() -> None:
    """0.8 s of silence ends a turn."""
    assert turns_of(spans((0, 1), (1.8, 3))) == [("ch0", 0, 1), ("ch0", 1.8, 3)]


def test_the_other_speaking_in_the_silence_ends_a_turn() -> None:
    """A reply in a silence of 0.5 s parts the turn."""
    found = turns_of(spans((0, 1), (1.5, 3)), spans((1.1, 1.4)))
    assert found == [("ch0", 0, 1), ("ch1", 1.1, 1.4), ("ch0", 1.5, 3)]


def test_the_other_speaking_beside_the_silence_does_not() -> None:
    """Speech of the other over one's own words leaves the turn whole."""
    assert turns_of(spans((0, 1), (1.5, 3)), spans((2.0, 2.5)))[0] == ("ch0", 0, 3)


def test_a_long_turn_of_the_other_is_seen_in_the_silence() -> None:
    """Speech of the other that began long before the silence still parts the turn."""
    found = turns_of(spans((9, 10), (10.4, 11)), spans((0, 10.3), (20, 21)))
    assert ("ch0", 9, 10) in found
    assert ("ch0", 10.4, 11) in found


def test_pauses_are_kept_in_the_turn() -> None:
    """A turn holds its stretches of speech, so that its pauses can be told."""
    (turn,) = assemble_turns([UncutSpeech("s0", 0, spans((0, 1), (1.5, 2)))], turn_gap_s=0.8)
    assert turn.speech == spans((0, 1), (1.5, 2))


@given(st.lists(st.lists(st.tuples(st.integers(1, 30), st.integers(1, 30)), max_size=10), max_size=3))
def test_every_stretch_is_in_one_turn(steps: list[list[tuple[int, int]]]) -> None:
    """Turns are numbered by time, and hold every stretch of every speaker just once."""
    voices = []
    for channel, gaps in enumerate(steps):
        at, found = 0.0, []
        for gap, length in gaps:
            found.append(Span(at + gap / 10, at + (gap + length) / 10))
            at = found[-1].end_s
        voices.append(UncutSpeech(f"ch{channel}", channel, tuple(found)))
    turns = assemble_turns(voices, turn_gap_s=0.8)
    assert list(range(len(turns))) == [turn.no for turn in turns]
    assert all(a.span.start_s <= b.span.start_s for a, b in itertools.pairwise(turns))
    for voice in voices:
        assert list(voice.speech) == [s for t in turns if t.speaker == voice.speaker for s in t.speech]


def test_stops_are_closed_and_pauses_kept() -> None:
    """Silence under 0.3 s inside one voice is closed; a pause stays, and so does a reply of the other."""
    first = UncutSpeech("s0", 0, spans((0, 1), (1.2, 2), (2.4, 3), (3.25, 4)), 0.8)
    second = UncutSpeech("s1", 0, spans((3.05, 3.2), (6, 7)))
    found = close_stops((first, second))
    assert found[0].speech == spans((0, 2), (2.4, 3), (3.25, 4))
    assert found[0].confidence == 0.8
    assert found[1] == second
