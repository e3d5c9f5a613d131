"""Whole pictures, read back from their SVG: everything of the call is in them."""

from __future__ import annotations

import warnings
from dataclasses import replace
from pathlib import Path

from speechcx.call import Call, Peaks
from speechcx.picture import draw_call
from tests.factories import make_assessment, make_call, make_conversation, make_result
from tests.picture.conftest import Draw, change


def test_every_turn_has_its_band_and_bars(draw: Draw) -> None:
    """A band, a level, a pitch and a sentiment for each turn; the marks of rules; title and parties."""
    call = make_call(agent="ann")
    drawn = draw(call)
    for kind in ("turn", "level", "pitch", "sentiment"):
        assert len(call.conversation.speech.turns) == drawn.count(kind), kind
    assert (1, 1, 1) == (drawn.count("flag"), drawn.count("interruption"), drawn.count("silence"))
    for text in ("agent ann", "Customer wants to cancel", "silence 5 s", "min:s", "0:00", "0:55"):
        assert drawn.says(text), text
    assert {"wave-ch0", "wave-ch1"} <= set(drawn.ids)


def test_call_without_waveform_or_turns(draw: Draw) -> None:
    """No stored peaks are said; a call of no length and no turns is still a picture."""
    call = make_call()
    assert draw(change(call, heard={"peaks": Peaks(10.0, ())})).texts.count("no waveform is stored") == 2
    empty = make_conversation([], duration_s=0.0)
    drawn = draw(Call(empty, make_assessment(empty, results=(), scores=())))
    assert (0, True) == (drawn.count("turn"), drawn.says("no hit with a time"))


def test_names_that_hurt(draw: Draw) -> None:
    """Markup, mathematics, control characters and other scripts come out as text, whole and harmless."""
    title = '<b>$x_1^{2}$ & "é" \x00\x1b[31m取消 ⚑ %s {}'
    call = make_call(agent="\ud800o'Neil \\alpha_$", customer="</svg>")
    call = replace(call, assessment=replace(call.assessment, results=(make_result(title=title),)))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        drawn = draw(call)
    assert drawn.says('<b>$x_1^{2}$ & "é" [31m取消 ⚑ %s {}')
    assert drawn.says("agent o'Neil \\alpha_$")
    assert drawn.says("</svg>")


def test_png_of_names_in_other_scripts(tmp_path: Path) -> None:
    """A character that no font has warns nobody."""
    call = replace(make_call(), assessment=make_assessment(results=(make_result(title="取消 \U0001f600"),)))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        draw_call(call, tmp_path / "call.png")
