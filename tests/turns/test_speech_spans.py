"""Tests of where speech begins and ends."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from speechcx.call import Span
from speechcx.call.spans import join_spans
from speechcx.turns.settings import TurnSettings
from speechcx.turns.speech_spans import find_doubtful, find_speech, join_runs, runs_of, subtract_spans
from speechcx.turns.vad import ChannelActivity, hear_channel
from tests.synth import audio_of, two_speaker_call

Pairs = st.lists(st.tuples(st.integers(0, 300), st.integers(1, 60)), max_size=12)


def made(
    steps: int, *loud: tuple[int, int], likely: tuple[tuple[int, int], ...] | None = None
) -> ChannelActivity:
    """A channel of -70 dBov with stretches of -20, which are speech unless `likely` says others."""
    level = np.full(steps, -70.0, np.float32)
    speech = np.zeros(-(-steps * 10 // 32), np.float32)
    for first, last in loud:
        level[first:last] = -20.0
    for first, last in loud if likely is None else likely:
        speech[first * 10 // 32 : last * 10 // 32 + 1] = 0.9
    return ChannelActivity(speech, level, steps / 100)


@pytest.mark.parametrize("gain_db", [-24.0, 0.0, 6.0])
def test_edges_lie_where_the_sound_does(gain_db: float) -> None:
    """Edges are within 50 ms of the truth in the middle and at every gain."""
    call = two_speaker_call(levels_dbov=(-26.0, -26.0))
    heard = hear_channel(audio_of(call.sound * np.float32(10 ** (gain_db / 20))), 0)
    found = find_speech(heard, TurnSettings())
    starts = [min(abs(span.start_s - true.start_s) for span in found) for true in call.spans[0]]
    ends = [min(abs(span.end_s - true.end_s) for span in found) for true in call.spans[0]]
    assert float(np.median(starts + ends)) <= 0.05
    assert max(starts + ends) <= 0.35


def test_the_edge_is_the_sounds_not_the_detectors() -> None:
    """A detector that answers 60 ms late leaves the edges where the level rises and falls."""
    heard = made(300, (100, 200), likely=((106, 208),))
    assert find_speech(heard, TurnSettings()) == (Span(1.0, 2.0),)


def test_a_pause_inside_one_answer_is_cut_out() -> None:
    """Silence of 0.4 s inside what the detector calls one stretch parts it."""
    heard = made(400, (100, 180), (220, 300), likely=((100, 300),))
    assert find_speech(heard, TurnSettings()) == (Span(1.0, 1.8), Span(2.2, 3.0))


def test_a_stop_consonant_does_not_part_a_word() -> None:
    """Silence of 0.1 s inside a word is closed."""
    heard = made(400, (100, 180), (190, 300), likely=((100, 300),))
    assert find_speech(heard, TurnSettings()) == (Span(1.0, 3.0),)


def test_loud_music_beside_speech_is_no_noise_floor() -> None:
    """A soft word next to loud music is kept when the music is known."""
    heard = made(900, (100, 500), (560, 600), likely=((560, 600),))
    heard.level_dbov[560:600] = -30.0
    settings = TurnSettings()
    assert find_speech(heard, settings, [Span(1.0, 5.0)]) == (Span(5.6, 6.0),)


def test_a_loud_sound_the_detector_passed_over_is_doubtful() -> None:
    """A short loud sound outside all speech is to be heard again, inside music it is not."""
    heard = made(900, (100, 300), (500, 540), likely=((100, 300),))
    settings = TurnSettings()
    speech = find_speech(heard, settings)
    assert find_doubtful(heard, speech, (), settings) == (Span(5.0, 5.4),)
    assert find_doubtful(heard, speech, (Span(4.0, 6.0),), settings) == ()


@given(st.lists(st.booleans(), max_size=60))
def test_runs_cover_the_mask(mask: list[bool]) -> None:
    """Runs are apart, and cover just the True steps."""
    runs = runs_of(np.asarray(mask, np.bool_))
    assert [i for i, on in enumerate(mask) if on] == [i for a, b in runs for i in range(a, b)]
    assert all(before[1] < after[0] for before, after in itertools.pairwise(runs))


@given(Pairs, st.integers(0, 20))
def test_joined_runs_are_at_least_the_gap_apart(pairs: list[tuple[int, int]], gap: int) -> None:
    """No two joined runs are nearer than the gap, and nothing that was covered is lost."""
    runs = [(a, a + n) for a, n in pairs]
    joined = join_runs(runs, gap)
    assert all(after[0] - before[1] >= gap for before, after in itertools.pairwise(joined))
    covered = {i for a, b in joined for i in range(a, b)}
    assert covered >= {i for a, b in runs for i in range(a, b)}


@given(Pairs, Pairs)
def test_nothing_taken_is_left(pairs: list[tuple[int, int]], holes: list[tuple[int, int]]) -> None:
    """What is left of spans overlaps no hole, and spans without a hole stay whole."""
    spans = join_spans(Span(a, a + n) for a, n in pairs)
    taken = [Span(a, a + n) for a, n in holes]
    left = subtract_spans(spans, taken, shortest_s=0.0)
    assert all(piece.overlap_s(hole) == 0 for piece in left for hole in taken)
    assert subtract_spans(spans, [], shortest_s=0.0) == spans


def test_a_click_on_a_quiet_line_is_no_speech() -> None:
    """Where a click woke the detector, the noise after it does not become speech."""
    draw = np.random.default_rng(0)
    level = np.full(2000, -61.0, np.float32) + draw.normal(0, 0.8, 2000).astype(np.float32)
    level[1000:1002] = -50.0
    likely = np.zeros(625, np.float32)
    likely[313:330] = 0.5
    assert () == find_speech(ChannelActivity(likely, level, 20.0), TurnSettings())
