"""The order inside this room: hear each channel, take out hold, compare the channels, make turns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from speechcx.call import Audio, Span, Speech, Split, Unheard
from speechcx.call.spans import join_spans
from speechcx.engines import find_factory
from speechcx.turns.another_voice import BUILT_IN, compare_with_own, find_another_voice
from speechcx.turns.assemble import UncutSpeech, assemble_turns, close_stops
from speechcx.turns.background import find_background
from speechcx.turns.crosstalk import SHORTEST_OWN_S, find_mixes, is_dual_mono, remove_crosstalk
from speechcx.turns.hold_music import find_music, take_out
from speechcx.turns.partly_mixed import find_mixed, part_voices, share_spans
from speechcx.turns.settings import TurnSettings
from speechcx.turns.speech_spans import find_doubtful, find_speech, subtract_spans
from speechcx.turns.vad import ChannelActivity, hear_again, hear_channel


@dataclass(frozen=True, slots=True)
class _Channel:
    """What one channel holds."""

    speech: tuple[Span, ...]
    hold: tuple[Span, ...]
    keys: tuple[Span, ...]
    has_music: bool


def hear_speakers(audio: Audio, settings: TurnSettings) -> Speech:
    """Find who speaks when; see :func:`speechcx.turns.find_turns`."""
    flags: set[str] = set()
    channels = range(audio.samples.shape[0])
    heard = [hear_channel(audio, channel, silent_dbov=settings.silent_dbov) for channel in channels]
    mixed: tuple[Span, ...] = ()
    if len(heard) == 2:
        mixed = find_mixed(audio, heard, settings)
        if not mixed and is_dual_mono(audio, heard, settings):
            flags.add("dual_mono")
            heard = heard[:1]
    mixes = find_mixes(audio, heard, settings) if len(heard) > 2 else ()
    found = [_part_channel(audio, channel, heard[channel], settings, mixes) for channel in range(len(heard))]
    flags.update(["music"] if any(part.has_music for part in found) else [])
    spans = tuple(part.speech for part in found)
    whole = Span(0.0, audio.duration_s)
    unheard = tuple(Unheard(channel, whole, "mixed_channel") for channel in mixes)
    if len(spans) > 1:
        together, spans = _take_mix_out(spans, mixed)
        flags.update(["partly_mixed"] if together else [])
        spans, leaks = remove_crosstalk(audio, heard, spans, settings)
        flags.update(["crosstalk"] if leaks else [])
        spans, others = _leave_others_out(audio, heard, spans, settings)
        unheard = tuple(sorted((*unheard, *others)))
        split: Split = "channels"
        voices = tuple(
            UncutSpeech(f"ch{channel}", channel, speech)
            for channel, speech in enumerate(spans)
            if channel not in mixes
        ) + part_voices(audio, together, spans, settings)
        flags.update(["one_sided"] if len({voice.speaker for voice in voices if voice.speech}) == 1 else [])
    else:
        split, voices = _split_mono(audio, spans[0], settings)
    return Speech(
        split,
        tuple(sorted({voice.speaker for voice in voices})),
        assemble_turns(voices, turn_gap_s=settings.turn_gap_s),
        hold=join_spans(span for part in found for span in part.hold),
        ivr=join_spans(span for part in found for span in part.keys),
        flags=tuple(sorted({*flags, *(stretch.why for stretch in unheard)})),
        unheard=unheard,
    )


def _take_mix_out(
    spans: Sequence[tuple[Span, ...]], mixed: Sequence[Span]
) -> tuple[tuple[Span, ...], tuple[tuple[Span, ...], ...]]:
    """Speech that both channels hold, once, and each channel's own."""
    own = tuple(subtract_spans(speech, mixed, shortest_s=SHORTEST_OWN_S) for speech in spans)
    return share_spans(spans[0], mixed), own


def _leave_others_out(
    audio: Audio,
    heard: Sequence[ChannelActivity],
    spans: Sequence[tuple[Span, ...]],
    settings: TurnSettings,
) -> tuple[tuple[tuple[Span, ...], ...], tuple[Unheard, ...]]:
    """Each channel's speech without voices that are no party's, and where those speak."""
    compare = partial(compare_with_own, audio) if settings.diarizer == BUILT_IN else None
    own, background = _subtract(spans, find_background(heard, spans, compare), "background_voice")
    if len(spans) != 2:
        return own, background
    own, third = _subtract(own, find_another_voice(audio, own, settings), "another_voice")
    return own, (*background, *third)


def _subtract(
    spans: Sequence[tuple[Span, ...]], others: Sequence[tuple[Span, ...]], why: str
) -> tuple[tuple[tuple[Span, ...], ...], tuple[Unheard, ...]]:
    """Each channel's speech without some stretches, and those with the reason."""
    own = tuple(
        subtract_spans(speech, taken, shortest_s=SHORTEST_OWN_S) if taken else speech
        for speech, taken in zip(spans, others, strict=True)
    )
    return own, tuple(Unheard(channel, span, why) for channel, taken in enumerate(others) for span in taken)


def _part_channel(
    audio: Audio, channel: int, heard: ChannelActivity, settings: TurnSettings, mixes: Sequence[int]
) -> _Channel:
    """Part one channel into speech, hold and keypad tones; a mix of others has nothing of its own."""
    if channel in mixes:
        return _Channel((), (), (), has_music=False)
    first = find_speech(heard, settings)
    other = find_music(audio, channel, heard, first, settings)
    again = hear_again(audio, channel, heard, find_doubtful(heard, first, other.all, settings))
    speech, hold, keys = take_out(find_speech(again, settings, other.all), other, settings)
    return _Channel(speech, hold, keys, bool(other.music))


def _split_mono(
    audio: Audio, speech: tuple[Span, ...], settings: TurnSettings
) -> tuple[Split, tuple[UncutSpeech, ...]]:
    """Voices of a single channel: by the diarizer of the settings, else one unsplit speaker."""
    if settings.diarizer and speech:
        diarizer = find_factory("diarizers", settings.diarizer)(settings)
        voices: tuple[UncutSpeech, ...] = diarizer.split_voices(audio, 0, speech, settings)
        if voices:
            return "diarized", close_stops(voices)
    return "unsplit", close_stops((UncutSpeech("s0", 0, speech),))
