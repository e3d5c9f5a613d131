"""Tests of what is known to be recorded: dead channels, and openings and closings that are not there."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from speechcx.call import Span, Speech, Unheard, Utterance, Word
from speechcx.turns.recorded import find_unheard, mark_unheard
from tests.factories import make_turn
from tests.synth import audio_of, noise

GREETING = ("ch0", "Thank you for calling Harbor Electric, how can I help?")
PROBLEM = ("ch1", "My power has been out since last night.")
MIDDLE = ("ch0", "May I have your account number?")
NUMBER = ("ch1", "It is four four one.")
BYE = ("ch0", "You are welcome. Goodbye.")
THANKS = ("ch1", "No, that is all. Bye.")
WHOLE = (GREETING, PROBLEM, MIDDLE, NUMBER, THANKS, BYE)


def channels(seconds: float = 40.0) -> np.ndarray:
    """Two quiet lines."""
    return np.stack([noise(seconds, seed=1), noise(seconds, seed=2)])


def flags_of(
    *said: tuple[str, str], after_s: float = 0.5, language: str = "en", ivr: tuple[Span, ...] = ()
) -> tuple[str, ...]:
    """The flags of a recording in which these turns of 3 s follow each other."""
    turns = tuple(make_turn(no, who, 4.0 * no, 4.0 * no + 3.0) for no, (who, _) in enumerate(said))
    words = (Word("hm", 0.0, 0.1, 0.9),)
    utterances = tuple(Utterance(no, text, words, language, 0.9) for no, (_, text) in enumerate(said))
    speech = Speech("channels", ("ch0", "ch1"), turns, ivr=ivr)
    sound = channels(4.0 * len(said) - 1.0 + after_s)
    return mark_unheard(audio_of(sound), speech, utterances).flags


def test_a_channel_that_dies_is_found() -> None:
    """From a blind transfer on the agent's channel holds nothing, not even noise."""
    sound = channels()
    sound[0, 8000 * 20 :] = 0.0
    assert (Unheard(0, Span(20.0, 40.0)),) == find_unheard(audio_of(sound))


@pytest.mark.parametrize("offset", [0.0, 0.01, -0.05])
def test_a_dead_channel_may_hold_a_constant(offset: float) -> None:
    """A dead line with a DC offset is as dead."""
    sound = channels()
    sound[1, : 8000 * 5] = offset
    assert (Unheard(1, Span(0.0, 5.0)),) == find_unheard(audio_of(sound))


def test_a_quiet_line_is_heard() -> None:
    """Noise at -75 dBov is a signal: nobody spoke, and that was recorded."""
    sound = np.stack([noise(30.0, level_dbov=-75.0, seed=1), noise(30.0, level_dbov=-60.0)])
    assert () == find_unheard(audio_of(sound))


def test_a_recorder_that_writes_silence_between_words_loses_nothing() -> None:
    """Where every pause is digital silence, one more pause is no loss; a long dead end is."""
    sound = channels(60.0)
    for start_s in (2, 8, 14):
        sound[0, 8000 * start_s : 8000 * (start_s + 4)] = 0.0
    sound[0, 8000 * 54 :] = 0.0
    assert () == find_unheard(audio_of(sound))
    sound[0, 8000 * 40 :] = 0.0
    assert (Unheard(0, Span(40.0, 60.0)),) == find_unheard(audio_of(sound))


def test_a_channel_without_any_signal_is_no_loss_of_its_own() -> None:
    """It is one leg of a call, which other flags say."""
    sound = channels()
    sound[1] = 0.0
    assert () == find_unheard(audio_of(sound))


def test_a_whole_call_has_no_flag() -> None:
    """Greeted at the start, both took leave: all of it was recorded."""
    assert () == flags_of(*WHOLE)


@pytest.mark.parametrize("first", range(1, 5))
def test_a_recording_that_starts_in_the_middle_is_flagged(first: int) -> None:
    """No greeting in the first turns: the opening may not be there."""
    assert "opening_missing" in flags_of(*WHOLE[first:], *WHOLE[-2:])


@pytest.mark.parametrize("last", range(2, 6))
def test_a_recording_that_ends_in_the_middle_is_flagged(last: int) -> None:
    """No farewell of both parties at its end, and nothing after it: the closing may not be there."""
    assert "closing_missing" in flags_of(*WHOLE[:last])


def test_an_agent_who_hangs_up_without_a_word_was_heard() -> None:
    """After the customer's goodbye there is only the quiet line: the agent said none."""
    assert "closing_missing" not in flags_of(*WHOLE[:-1], after_s=2.0)
    assert "closing_missing" in flags_of(*WHOLE[:-1], after_s=0.2)


def test_greetings_of_other_languages_count() -> None:
    """A German call from Guten Tag to Auf Wiederhören is whole; in a language not known here nothing is said."""
    german = (("ch0", "Guten Tag, wie kann ich helfen?"), ("ch1", "Auf Wiederhören."), ("ch0", "Tschüss."))
    assert () == flags_of(*german, language="de")
    assert () == flags_of(("ch0", "Dzien dobry."), ("ch1", "Tak."), language="pl")


def test_two_seconds_are_too_short() -> None:
    """A "hello?" and nothing more is no call to judge."""
    turn = (make_turn(0, "ch1", 0.1, 0.5),)
    said = (Utterance(0, "Hello?", (Word("Hello?", 0.1, 0.5, 0.9),), "en", 0.9),)
    speech = mark_unheard(audio_of(channels(2.0)), Speech("channels", ("ch0", "ch1"), turn), said)
    assert "too_short" in speech.flags


def test_one_voice_is_one_leg_and_one_voice_with_a_machine_is_no_person() -> None:
    """Who alone speaks has nobody recorded on the other side; after a machine there was nobody."""
    assert "one_leg" in flags_of(GREETING, MIDDLE, BYE)
    machine = replace(Speech("channels", ("ch0", "ch1"), ()), ivr=(Span(0.0, 4.0),))
    assert "no_person" in flags_of(("ch0", "Hello, this is Susan."), BYE, BYE, ivr=machine.ivr)
