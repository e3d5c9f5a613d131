"""The order inside this room: hear each channel, compare the channels, take out hold, make turns."""

from __future__ import annotations

from speechcx.call import Audio, Speech, Split
from speechcx.turns.assemble import Voice, assemble_turns
from speechcx.turns.settings import TurnSettings
from speechcx.turns.spans import find_speech
from speechcx.turns.vad import hear_channel


def hear_speakers(audio: Audio, settings: TurnSettings) -> Speech:
    """Find who speaks when; see :func:`speechcx.turns.find_turns`."""
    flags: set[str] = set()
    voices = []
    for channel in range(audio.samples.shape[0]):
        heard = hear_channel(audio, channel, silent_dbov=settings.silent_dbov)
        voices.append(Voice(f"ch{channel}", channel, find_speech(heard, settings)))
    split: Split = "channels"
    if len(voices) == 1:
        split, voices = "unsplit", [Voice("s0", 0, voices[0].speech)]
    turns = assemble_turns(voices, turn_gap_s=settings.turn_gap_s)
    speakers = tuple(sorted({v.speaker for v in voices}))
    return Speech(split, speakers, turns, flags=tuple(sorted(flags)))
