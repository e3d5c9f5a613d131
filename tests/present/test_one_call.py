"""One call on the screen: the strongest moments of each party, and what the voice added."""

from dataclasses import replace

import pytest

from speechcx.call import Call, Feeling, Span, TurnFeeling, Unheard
from speechcx.cli.output import print_answer
from speechcx.present.one_call import present_call
from speechcx.present.table import Text
from tests.factories import make_assessment, make_conversation, make_party_feeling, make_reading


def call_with(feeling: Feeling) -> Call:
    heard = make_conversation()
    reading = replace(make_reading(heard), feeling=feeling)
    return Call(heard, make_assessment(heard, reading=reading))


def feel(*values: float | None) -> tuple[TurnFeeling, ...]:
    return tuple(TurnFeeling(no, 0.9, value, None, -0.07) for no, value in enumerate(values))


def test_moments_are_shown_with_time_and_words(capsys: pytest.CaptureFixture[str]) -> None:
    """The lowest and the highest turn can be found by ear: value, time, words; and how the party ended."""
    customer = make_party_feeling("customer", most_negative=1, most_positive=3, end_state="neutral")
    print_answer(present_call(call_with(Feeling(feel(0.0, -0.8, 0.0, 0.6), (customer,)))), "table")
    shown = " ".join(capsys.readouterr().out.split())
    assert 'Customer: ends neutral, lowest -0.80 at 0:05 "I want to cancel my account' in shown
    assert 'highest +0.60 at 0:13 "Okay thank you."' in shown


def test_no_moments_no_line(capsys: pytest.CaptureFixture[str]) -> None:
    """A party without a score, a negative or a positive turn has no line, and no 'None' is printed."""
    silent = make_party_feeling("customer", most_negative=None, most_positive=None, end_state=None)
    print_answer(present_call(call_with(Feeling(feel(None, None, None, None), (silent,)))), "table")
    shown = capsys.readouterr().out
    assert "Customer: " not in shown
    assert "None" not in shown


def test_the_voice_has_its_column(capsys: pytest.CaptureFixture[str]) -> None:
    """What the voice added to a turn stands beside what its words say, where numbers are asked for."""
    call = call_with(Feeling(feel(-0.5, -0.5, -0.5, -0.5), ()))
    print_answer(present_call(call, numbers=True), "table")
    assert "-0.07" in capsys.readouterr().out
    print_answer(present_call(call), "table")
    assert "-0.07" not in capsys.readouterr().out


def test_what_was_left_out_is_said() -> None:
    """How many seconds of which channel were not heard as its speaker's, and why."""
    call = call_with(Feeling(feel(None, None, None, None), ()))
    behind = (Unheard(0, Span(1.0, 2.5), "background_voice"), Unheard(0, Span(4.0, 5.0), "background_voice"))
    heard = call.conversation
    speech = replace(heard.speech, unheard=(*behind, Unheard(1, Span(50.0, 60.0))))
    shown = present_call(replace(call, conversation=replace(heard, speech=speech)))
    lines = [block.text for block in shown.blocks if isinstance(block, Text)]
    assert "Not heard: 2.5 s of channel 0 (background_voice), 10.0 s of channel 1 (channel_died)" in lines
