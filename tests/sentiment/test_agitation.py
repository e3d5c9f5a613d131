"""Agitation from the voice alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speechcx.call import Span, SpeakerVoice, Turn
from speechcx.sentiment.agitation import (
    Baseline,
    measure_agitation,
    rate_voice,
    resting_agitation,
)
from tests.sentiment.fakes import turn, voice

USUAL = Baseline(10, 4.0, 160.0, 0.1)
SPEAKER = SpeakerVoice("ch1", -26.0, -60.0, 180.0, 4.0, 0.6, 0.0)
measures = st.fixed_dictionaries(
    {
        "level_rel_db": st.floats(-15, 15),
        "pitch_rel_st": st.one_of(st.none(), st.floats(-12, 12)),
        "pitch_range_st": st.one_of(st.none(), st.floats(0, 20)),
        "pace_wpm": st.one_of(st.none(), st.floats(40, 400)),
        "pause_share": st.one_of(st.none(), st.floats(0, 0.9)),
    }
)


@pytest.mark.parametrize(
    ("name", "step"),
    [
        ("level_rel_db", 3.0),
        ("pitch_rel_st", 2.0),
        ("pitch_range_st", 2.0),
        ("pace_wpm", 30.0),
        ("pause_share", -0.1),
    ],
)
@given(given_measures=measures)
def test_monotone(name: str, step: float, given_measures: dict[str, float | None]) -> None:
    """More level, pitch, range or pace, or less pause, never lowers agitation; it stays in 0..1."""
    before = given_measures[name]
    if before is None:
        return
    low = rate_voice(voice(0, **given_measures), USUAL)
    high = rate_voice(voice(0, **(given_measures | {name: before + step})), USUAL)
    assert 0 <= low <= high <= 1


@pytest.mark.parametrize("level_db", [6.0, 10.0])
@pytest.mark.parametrize("pitch_st", [0.0, 2.0, 4.0])
@pytest.mark.parametrize("pace", [1.0, 1.3])
@given(given_measures=measures)
def test_raised_voice_of_the_same_turn(
    level_db: float, pitch_st: float, pace: float, given_measures: dict[str, float | None]
) -> None:
    """The same turn louder, higher or faster is more agitated, unless it was at the limit before."""
    level = given_measures["level_rel_db"]
    assert level is not None
    if level > 10:
        return
    pitch, rate = given_measures["pitch_rel_st"], given_measures["pace_wpm"]
    raised = given_measures | {
        "level_rel_db": level + level_db,
        "pitch_rel_st": None if pitch is None else pitch + pitch_st,
        "pace_wpm": None if rate is None else rate * pace,
    }
    if level + level_db > -10.5:
        assert rate_voice(voice(0, **raised), USUAL) > rate_voice(voice(0, **given_measures), USUAL)


def test_usual_turn_is_at_rest() -> None:
    """A turn like the speaker's median has the resting agitation."""
    assert resting_agitation() == pytest.approx(rate_voice(voice(0), USUAL))


def test_against_own_baseline_only() -> None:
    """A speaker whose every turn is fast and wide is as calm as one whose every turn is slow and flat."""
    turns = [turn(k, 3.0 * k) for k in range(4)]
    fast = [voice(k, pace_wpm=240.0, pitch_range_st=9.0) for k in range(4)]
    slow = [voice(k, pace_wpm=110.0, pitch_range_st=2.0) for k in range(4)]
    assert measure_agitation(turns, fast, [SPEAKER]) == measure_agitation(turns, slow, [SPEAKER])


def test_short_turn_has_none() -> None:
    """A turn under 0.6 s has no agitation, and says so."""
    turns = [turn(0, 0), turn(1, 3), turn(2, 6), turn(3, 9, 0.3)]
    found = measure_agitation(turns, [voice(k) for k in range(4)], [SPEAKER])
    assert found[3].value is None
    assert "too short: 0.30 s" in str(found[3].why_missing)
    assert found[0].value is not None


def test_pauses_do_not_lengthen_a_turn() -> None:
    """Only speech counts towards the length of a turn."""
    broken = Turn(3, "ch1", 1, Span(9, 14), (Span(9, 9.2), Span(13.8, 14)))
    turns = [turn(0, 0), turn(1, 3), turn(2, 6), broken]
    found = measure_agitation(turns, [voice(k) for k in range(4)], [SPEAKER])
    assert "0.40 s of speech" in str(found[3].why_missing)


@pytest.mark.parametrize("flag", ["noisy", "low_level"])
def test_poor_audio_has_none(flag: str) -> None:
    """Where the speaker's audio is too poor, no turn has agitation, with the flag as reason."""
    poor = SpeakerVoice("ch1", flags=(flag, "clipped"))
    turns = [turn(k, 3.0 * k) for k in range(3)]
    found = measure_agitation(turns, [voice(k) for k in range(3)], [poor])
    assert {(None, f"audio too poor: {flag}")} == {(a.value, a.why_missing) for a in found}


def test_unmeasured_level_keeps_its_reason() -> None:
    """A turn whose level could not be measured carries the reason prosody gave."""
    turns = [turn(k, 3.0 * k) for k in range(4)]
    voices = [voice(0), voice(1), voice(2), voice(3, level_rel_db=None, why_missing="clipped")]
    found = measure_agitation(turns, voices, [SPEAKER])
    assert (found[3].value, found[3].why_missing) == (None, "clipped")


def test_no_baseline_no_agitation() -> None:
    """Two measured turns are no baseline."""
    found = measure_agitation([turn(0, 0), turn(1, 3)], [voice(0), voice(1)], [SPEAKER])
    assert {None} == {a.value for a in found}
    assert "no baseline: 2 measured turns" in str(found[0].why_missing)


def test_wild_pitch_cannot_speak_alone() -> None:
    """A pitch doubled by the tracker counts no more than 3.5 spreads."""
    doubled = rate_voice(voice(0, pitch_rel_st=12.0), USUAL)
    assert doubled == pytest.approx(rate_voice(voice(0, pitch_rel_st=5.25), USUAL))
