"""Tests of what is known to be recorded: dead channels, and openings and closings that are not there."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from speechcx.call import Span, Speech, Unheard, Utterance, Word
from speechcx.turns.recorded import find_unheard, mark_unheard
from tests.factories import make_turn
from tests.synth import audio_of, noise, speech_like

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
    *said: tuple[str, str],
    before_s: float = 0.0,
    pause_s: float = 1.0,
    after_s: float = 0.5,
    language: str = "en",
    ivr: tuple[Span, ...] = (),
    hold: tuple[Span, ...] = (),
    flags: tuple[str, ...] = (),
) -> tuple[str, ...]:
    """The flags of a recording in which these turns of 3 s follow each other."""
    step_s = 3.0 + pause_s
    turns = tuple(
        make_turn(no, who, before_s + step_s * no, before_s + step_s * no + 3.0)
        for no, (who, _) in enumerate(said)
    )
    words = (Word("hm", 0.0, 0.1, 0.9),)
    utterances = tuple(Utterance(no, text, words, language, 0.9) for no, (_, text) in enumerate(said))
    speech = Speech("channels", ("ch0", "ch1"), turns, hold=hold, ivr=ivr, flags=flags)
    sound = channels(turns[-1].span.end_s + after_s)
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


def careless(*first: tuple[str, str], **given: object) -> tuple[str, ...]:
    """Flags of a call that these turns begin, without a greeting of the agent's."""
    return flags_of(*first, MIDDLE, NUMBER, THANKS, BYE, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "first",
    [
        (("ch0", "Yes?"), ("ch1", "Hi, my power has been out since last night.")),
        (("ch0", "Billing."), ("ch1", "Hello, I have a question about my bill.")),
        (("ch1", "Hello?"), ("ch0", "Yes. What is it?")),
        (("ch1", "Hello. Good morning."), ("ch0", "Account number, please.")),
        (("ch0", "Sí."), ("ch1", "Buenos días, tengo una pregunta.")),
    ],
)
def test_an_agent_who_forgot_to_greet_is_seen_to(first: tuple[tuple[str, str], ...]) -> None:
    """After a quiet line, a short turn and somebody's hello begin the call: nothing before it is missing."""
    assert "opening_missing" not in careless(*first, before_s=1.0)
    assert "opening_missing" in careless(*first, before_s=0.0)


def test_ringing_or_an_announcement_comes_before_the_first_words_of_a_call() -> None:
    """Whoever rings, or hears a machine first, is at the beginning, whatever is said then."""
    rung = {"before_s": 7.0, "hold": (Span(0.5, 6.0),)}
    assert "opening_missing" not in careless(PROBLEM, **rung)
    assert "opening_missing" not in careless(PROBLEM, before_s=7.0, ivr=(Span(0.5, 6.0),))
    assert "opening_missing" in careless(PROBLEM, **rung, flags=("music",))


def test_a_long_quiet_line_before_a_short_turn_begins_a_call() -> None:
    """Five seconds of nothing and "Account number?" are a beginning, unless the call has other such silences."""
    short = ("ch0", "Account number?")
    assert "opening_missing" not in careless(short, NUMBER, before_s=5.0)
    assert "opening_missing" in careless(short, NUMBER, before_s=5.0, pause_s=6.0)


@pytest.mark.parametrize(
    "first",
    [
        ("ch1", "Hi, my name is Patricia Brown, and I lost my card."),
        ("ch1", "Okay, thank you."),
        ("ch1", "Hello? Are you there?"),
        ("ch0", "Thanks for holding, how can I help?"),
    ],
)
def test_an_answer_in_the_middle_is_no_opening(first: tuple[str, str]) -> None:
    """What answers a greeting that is not there, or goes on after a pause, shows no beginning."""
    assert "opening_missing" in careless(first, before_s=2.0, pause_s=3.0)


def test_two_who_begin_at_once_open_the_call() -> None:
    """A customer who speaks a moment before the agent's greeting does not hide it."""
    turns = (make_turn(0, "ch1", 0.7, 3.0), make_turn(1, "ch0", 0.72, 2.5), make_turn(2, "ch1", 5.0, 8.0))
    texts = ("Hi, I need help with my account.", "Thank you for calling support.", "It is 12345.")
    words = (Word("hm", 0.0, 0.1, 0.9),)
    said = tuple(Utterance(no, text, words, "en", 0.9) for no, text in enumerate(texts))
    speech = mark_unheard(audio_of(channels(9.0)), Speech("channels", ("ch0", "ch1"), turns), said)
    assert "opening_missing" not in speech.flags


def test_a_farewell_cut_in_the_middle_is_no_end() -> None:
    """A sentence of thanks at the recording's last moment may have gone on."""
    half = (*WHOLE[:-1], ("ch0", "Thank you for being a"))
    assert "closing_missing" in flags_of(*half, after_s=0.0)


def test_a_channel_without_line_noise_did_not_die_in_a_pause() -> None:
    """Where every pause is nearly still, as in made speech, a still second at the end is one more pause."""
    sound = channels(12.0)
    sound[1] = 0.0
    sound[1, 8000 * 1 : 8000 * 4] = speech_like(3.0)
    sound[1, 8000 * 4 : 8000 * 11] = noise(7.0, level_dbov=-86.0)
    assert () == find_unheard(audio_of(sound))
