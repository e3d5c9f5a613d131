"""Tests of taking machines out of the turns."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speechcx.call import Conversation, Span, Speech, Utterance
from speechcx.turns import TurnSettings
from speechcx.turns import set_prompts_apart as by_settings
from speechcx.turns.prompts import set_prompts_apart
from tests.factories import Line, make_conversation

MENU = "Welcome to Orbit Internet. For billing, press one. For technical support, press two. To repeat, press star."
QUEUE = "Your call is important to us. Please stay on the line and the next available agent will be with you."
ANNOUNCED = "Your call is important to us."
GREETING = "Hi, this is Maria, how can I help you today?"
WISH = "My router is broken and I want to cancel."


def part(
    *said: Line, hold: tuple[Span, ...] = (), ivr: tuple[Span, ...] = ()
) -> tuple[Speech, tuple[Utterance, ...]]:
    """A conversation after its machines were set apart."""
    heard = make_conversation(said, duration_s=200.0)
    return set_prompts_apart(replace(heard.speech, hold=hold, ivr=ivr), heard.utterances)


def texts(parted: tuple[Speech, tuple[Utterance, ...]]) -> list[str]:
    speech, said = parted
    assert [utterance.no for utterance in said] == [turn.no for turn in speech.turns]
    return [utterance.text for utterance in said]


@pytest.mark.parametrize(
    "prompt",
    [
        MENU,
        QUEUE,
        "All of our representatives are currently busy assisting other customers. Please hold.",
        "Please listen carefully, as our menu options have recently changed. For sales press 1, for service press 2.",
        "You are number four in the queue. Your estimated wait time is six minutes.",
        "The person you are trying to reach is not available. Please leave a message after the tone.",
        "Your call will be answered in the order it was received.",
        "Please enter your sixteen digit card number followed by the pound key.",
        "Thank you for calling the county office. If you know your party's extension, dial it now, or press zero.",
        "Para español, oprima el número dos. Otherwise, stay on the line, press three.",
    ],
)
def test_machines_before_anybody_answers(prompt: str) -> None:
    """A menu, queue announcement or voicemail greeting becomes machine time; the people stay."""
    speech, said = part(("ch0", 0.5, prompt), ("ch0", 20.0, GREETING), ("ch1", 30.0, WISH))
    assert texts((speech, said)) == [GREETING, WISH]
    (machine,) = speech.ivr
    assert machine.start_s == 0.5
    assert machine.end_s == pytest.approx(0.5 + 0.3 * len(prompt.split()), abs=0.01)


@pytest.mark.parametrize(
    "said",
    [
        GREETING,
        "Thank you for calling Northwind Bank, this call may be recorded, you're speaking with Dana.",
        "One moment, please hold the line.",
        "Are you still at number two in the line at the store?",
        "What's the estimated wait time for a transfer?",
        "Two is tough. Could we say four?",
        "I'm Tom, and once it is on, press one.",
        "",
    ],
)
def test_people_are_no_machines(said: str) -> None:
    """What people say, also as an opening by script, stays theirs."""
    assert texts(part(("ch0", 0.5, said), ("ch1", 30.0, WISH))) == [said, WISH]


def test_one_machine_sentence_in_a_talk_is_a_persons() -> None:
    """An agent who tells the customer to press one is an agent, as is one who reads the menu out."""
    said = "Now on the box press one and tell me what you see."
    assert texts(part(("ch0", 0.5, GREETING), ("ch1", 9.0, WISH), ("ch0", 20.0, said)))[2] == said


def test_one_machine_sentence_beside_hold_is_a_machines() -> None:
    """The same in the middle of hold music, or before keypad tones, is an announcement."""
    talk: tuple[Line, ...] = (
        ("ch0", 0.5, GREETING),
        ("ch1", 9.0, WISH),
        ("ch0", 40.0, "Your call is important to us."),
    )
    assert len(texts(part(*talk))) == 3
    assert len(texts(part(*talk, hold=(Span(20, 39), Span(43, 60))))) == 2
    assert len(texts(part(*talk, ivr=(Span(48, 49),)))) == 2


def test_a_person_after_a_machine_in_one_turn_is_cut_off() -> None:
    """Where the agent follows the machine without a pause, the turn is cut between their words."""
    heard = make_conversation((("ch0", 1.0, f"{QUEUE} {GREETING}"), ("ch1", 30.0, WISH)))
    speech, said = set_prompts_apart(heard.speech, heard.utterances)
    assert [utterance.text for utterance in said] == [GREETING, WISH]
    at_s = 1.0 + 0.3 * len(QUEUE.split())
    assert speech.turns[0].span.start_s == pytest.approx(at_s)
    assert speech.ivr == (Span(1.0, speech.turns[0].span.start_s),)
    assert said[0].words[0].text == "Hi,"


def test_without_machines_nothing_changes() -> None:
    """The same objects come back, and the setting switches it off."""
    heard = make_conversation()
    assert set_prompts_apart(heard.speech, heard.utterances) == (heard.speech, heard.utterances)
    made = make_conversation((("ch0", 0.5, MENU), ("ch1", 30.0, WISH)))
    off = by_settings(made.speech, made.utterances, TurnSettings(find_prompts=False))
    assert off == (made.speech, made.utterances)
    assert by_settings(made.speech, made.utterances, TurnSettings())[0].ivr


def test_a_voice_that_was_only_a_machine_is_no_speaker() -> None:
    """Of three voices told apart in one channel, the machine's is dropped; a silent channel stays a speaker."""
    lines: tuple[Line, ...] = (("s0", 0.5, MENU), ("s1", 20.0, GREETING), ("s2", 30.0, WISH))
    heard = make_conversation(lines)
    mono = replace(heard.speech, split="diarized", speakers=("s0", "s1", "s2"))
    assert set_prompts_apart(mono, heard.utterances)[0].speakers == ("s1", "s2")
    only = part(("ch0", 0.5, MENU))
    assert (only[0].speakers, only[0].turns) == (("ch0", "ch1"), ())


WORDS = (
    "press one",
    "your call is important to us",
    "hello",
    "this is Ann",
    "yes.",
    "please hold",
    "and then",
    "",
)


@given(
    st.lists(
        st.tuples(st.sampled_from(("ch0", "ch1")), st.lists(st.sampled_from(WORDS), max_size=5)), max_size=8
    )
)
def test_time_and_words_are_kept_or_a_machines(talk: list[tuple[str, list[str]]]) -> None:
    """Speech of turns and of the machine together is the speech there was; words that stay keep their order."""
    heard: Conversation = make_conversation(
        [(speaker, 20.0 * i, " ".join(words)) for i, (speaker, words) in enumerate(talk)], duration_s=300.0
    )
    speech, said = set_prompts_apart(heard.speech, heard.utterances)
    before = sum(turn.span.duration_s for turn in heard.speech.turns)
    after = sum(span.duration_s for turn in speech.turns for span in turn.speech)
    assert before == pytest.approx(after + sum(span.duration_s for span in speech.ivr), abs=0.01)
    kept = [word for utterance in said for word in utterance.words]
    everything = [word for utterance in heard.utterances for word in utterance.words]
    assert kept == [word for word in everything if word in kept]
    for turn, utterance in zip(speech.turns, said, strict=True):
        assert all(turn.span.start_s - 1e-6 <= w.start_s for w in utterance.words)
