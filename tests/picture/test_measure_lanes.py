"""Level, pitch and sentiment, read back from the SVG."""

from __future__ import annotations

from dataclasses import replace

from speechcx.call import TurnFeeling, TurnVoice
from tests.factories import make_call
from tests.picture.conftest import Draw, change


def test_missing_values_are_crosses_not_zeros(draw: Draw) -> None:
    """A turn without a value has no bar; a lane without any says that it was not measured."""
    call = make_call()
    voices = (TurnVoice(0), *call.conversation.voices[1:])
    felt = tuple(TurnFeeling(turn.no, None, None, None) for turn in call.conversation.speech.turns)
    feeling = replace(call.assessment.reading.feeling, turns=felt)
    some = draw(change(call, heard={"voices": voices}, reading={"feeling": feeling}))
    assert (4, 3, 3, 0) == tuple(some.count(kind) for kind in ("turn", "level", "pitch", "sentiment"))
    assert 3 == some.texts.count("not measured"), "two speakers' sentiment, and the legend"
    bare = tuple(TurnVoice(turn.no) for turn in call.conversation.speech.turns)
    assert 5 == draw(change(call, heard={"voices": bare}, reading={"feeling": feeling})).texts.count(
        "not measured"
    )
