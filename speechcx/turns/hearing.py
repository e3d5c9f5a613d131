"""The order inside this room: hear each channel, compare the channels, take out hold, make turns."""

from __future__ import annotations

from speechcx.call import Audio, Speech, Split
from speechcx.turns.assemble import Voice, assemble_turns
from speechcx.turns.channels import is_dual_mono, remove_crosstalk
from speechcx.turns.settings import TurnSettings
from speechcx.turns.spans import find_speech
from speechcx.turns.vad import hear_channel


def hear_speakers(audio: Audio, settings: TurnSettings) -> Speech:
    """Find who speaks when; see :func:`speechcx.turns.find_turns`."""
    flags: set[str] = set()
    heard = [
        hear_channel(audio, channel, silent_dbov=settings.silent_dbov)
        for channel in range(audio.samples.shape[0])
    ]
    if len(heard) == 2 and is_dual_mono(audio, heard, settings):
        flags.add("dual_mono")
        heard = heard[:1]
    spans = tuple(find_speech(channel, settings) for channel in heard)
    if len(heard) > 1:
        spans, leaks = remove_crosstalk(audio, heard, spans, settings)
        flags.update(["crosstalk"] if leaks else [])
        flags.update(["one_sided"] if sum(map(bool, spans)) == 1 else [])
    split: Split = "channels"
    voices = [Voice(f"ch{channel}", channel, speech) for channel, speech in enumerate(spans)]
    if len(voices) == 1:
        split, voices = "unsplit", [Voice("s0", 0, spans[0])]
    turns = assemble_turns(voices, turn_gap_s=settings.turn_gap_s)
    return Speech(split, tuple(voice.speaker for voice in voices), turns, flags=tuple(sorted(flags)))
