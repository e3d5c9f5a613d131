"""The voice of every turn and every speaker, in one pass over the sound of the turns.

A turn's sound is read once, in parts of 20 s, and gives level, pitch and clipping. So memory is bounded
by the part, whatever the length of the call.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from typing import TYPE_CHECKING

import numpy as np

from speechcx.call import Audio, Span, SpeakerVoice, Speech, Turn, TurnVoice, Utterance
from speechcx.prosody.level import ActiveLevelMeter, power_to_dbov
from speechcx.prosody.pitch import STEP_S, track_pitch
from speechcx.prosody.settings import ProsodySettings
from speechcx.prosody.tempo import count_words, find_pauses, speech_in, words_per_minute
from speechcx.waveform import read_channel

if TYPE_CHECKING:
    from numpy.typing import NDArray

PART_S = 20.0
LEAD_S = 0.05
"""Sound taken before a turn, so that the first frames are whole."""
TAIL_S = 0.25
"""Sound taken after a turn: the hangover of the active level."""
FULL_SCALE = 32_100
"""Samples at or over this are at full scale: mu-law ends at 32,124, A-law at 32,256."""
NOISE_STEP_S = 0.02
NOISE_MARGIN_S = 0.2
"""Sound this near to a turn is not taken for background noise."""
NOISE_MIN_S = 1.0


@dataclass(slots=True)
class _Gathered:
    """What the parts of one turn, or of all turns of a speaker, add up to."""

    power: float = 0.0
    samples: int = 0
    clipped: int = 0
    speech_frames: int = 0
    times_s: list[NDArray[np.float64]] = field(default_factory=list)
    hz: list[NDArray[np.float64]] = field(default_factory=list)

    def take(self, other: _Gathered) -> None:
        self.power += other.power
        self.samples += other.samples
        self.clipped += other.clipped
        self.speech_frames += other.speech_frames
        self.times_s += other.times_s
        self.hz += other.hz

    @property
    def voiced_hz(self) -> NDArray[np.float64]:
        return np.concatenate(self.hz) if self.hz else np.zeros(0)

    @property
    def voiced_s(self) -> NDArray[np.float64]:
        return np.concatenate(self.times_s) if self.times_s else np.zeros(0)

    @property
    def level_dbov(self) -> float | None:
        return power_to_dbov(self.power / self.samples) if self.samples else None

    @property
    def voiced_share(self) -> float | None:
        return sum(map(len, self.hz)) / self.speech_frames if self.speech_frames else None


def measure_voices(
    audio: Audio, speech: Speech, utterances: Sequence[Utterance], settings: ProsodySettings
) -> tuple[tuple[TurnVoice, ...], tuple[SpeakerVoice, ...]]:
    """Voice by turn and by speaker; see :func:`speechcx.prosody.measure_voice`."""
    voices: dict[int, TurnVoice] = {}
    speakers = []
    for speaker in speech.speakers:
        turns = [turn for turn in speech.turns if turn.speaker == speaker]
        meter = ActiveLevelMeter(audio.rate_hz)
        whole = _Gathered()
        raw = {}
        for turn, following in zip_longest(turns, turns[1:]):
            end_s = turn.span.end_s + TAIL_S
            end_s = end_s if following is None else max(turn.span.end_s, min(end_s, following.span.start_s))
            part = _measure_turn(audio, turn, end_s, meter, settings)
            raw[turn.no] = _turn_voice(turn, part, utterances[turn.no], settings)
            whole.take(part)
        voices.update(_relate(raw, whole))
        speakers.append(_speaker_voice(audio, speech, speaker, (meter, whole), settings))
    return tuple(voices[turn.no] for turn in speech.turns), tuple(speakers)


def _measure_turn(
    audio: Audio, turn: Turn, end_s: float, meter: ActiveLevelMeter, settings: ProsodySettings
) -> _Gathered:
    found = _Gathered()
    first_s = max(0.0, turn.span.start_s - LEAD_S)
    for start_s, stop_s in _parts(first_s, min(end_s, audio.duration_s)):
        sound = read_channel(audio, turn.channel, start_s=start_s, end_s=stop_s)
        meter.add(sound)
        track = track_pitch(sound, audio.rate_hz, settings)
        for span in turn.speech:
            inside = Span(max(span.start_s, start_s), max(span.end_s, start_s))
            a, b = (
                round((inside.start_s - start_s) * audio.rate_hz),
                round((inside.end_s - start_s) * audio.rate_hz),
            )
            spoken = sound[a:b]
            if not spoken.size:
                continue
            found.power += float(np.dot(spoken, spoken))
            found.samples += spoken.size
            found.clipped += int(np.count_nonzero(np.abs(spoken) >= FULL_SCALE / 32768))
            frames = np.arange(
                int(np.ceil((inside.start_s - start_s) / STEP_S - 1e-6)),
                min(int((inside.end_s - start_s) / STEP_S + 1e-6) + 1, track.hz.size),
            )
            found.speech_frames += frames.size
            voiced = frames[track.voiced[frames]]
            found.times_s.append(voiced.astype(np.float64) * STEP_S + start_s)
            found.hz.append(track.hz[voiced])
    return found


def _parts(start_s: float, end_s: float) -> Iterator[tuple[float, float]]:
    while start_s < end_s:
        stop_s = end_s if end_s - start_s < 1.5 * PART_S else start_s + PART_S
        yield start_s, stop_s
        start_s = stop_s


def _turn_voice(turn: Turn, part: _Gathered, said: Utterance, settings: ProsodySettings) -> TurnVoice:
    """The measures of one turn, before they are set against the speaker's own median."""
    why = []
    hz = part.voiced_hz
    pitch_hz = range_st = slope_st_s = None
    if hz.size * STEP_S >= settings.pitch_min_voiced_s and hz.size:
        pitch_hz, range_st = float(np.median(hz)), _range_st(hz)
        slope_st_s = _slope_st_s(part.voiced_s, hz)
    else:
        why.append(f"pitch: {hz.size * STEP_S:.2f} s of voiced speech")
    spoken_s = speech_in([turn])
    words = count_words(said)
    pauses_s = sum(pause.duration_s for pause in find_pauses(turn, pause_s=settings.pause_s))
    pace_wpm = articulation_wpm = None
    if not words:
        why.append("pace: no words recognised")
    elif spoken_s < settings.turn_pace_min_s:
        why.append(f"pace: {spoken_s:.2f} s of speech")
    else:
        pace_wpm = words_per_minute(words, turn.span.duration_s)
        articulation_wpm = words_per_minute(words, turn.span.duration_s - pauses_s)
    return TurnVoice(
        turn.no,
        level_dbov=part.level_dbov,
        pitch_hz=pitch_hz,
        pitch_range_st=range_st,
        pitch_slope_st_s=slope_st_s,
        voiced_share=part.voiced_share,
        pace_wpm=pace_wpm,
        articulation_wpm=articulation_wpm,
        pause_share=pauses_s / turn.span.duration_s if turn.span.duration_s > 0 else None,
        why_missing="; ".join(why) or None,
    )


def _range_st(hz: NDArray[np.float64]) -> float:
    """10th to 90th percentile in semitones."""
    low, high = np.percentile(hz, (10, 90))
    return float(12 * np.log2(high / low))


def _slope_st_s(times_s: NDArray[np.float64], hz: NDArray[np.float64]) -> float | None:
    """Slope of the straight line through the pitch, in semitones a second; positive rises."""
    away = times_s - times_s.mean()
    spread = float(np.dot(away, away))
    return float(np.dot(away, 12 * np.log2(hz)) / spread) if spread > 0 else None


def _relate(raw: dict[int, TurnVoice], whole: _Gathered) -> dict[int, TurnVoice]:
    """The same voices with level and pitch against the speaker's own medians."""
    levels = [voice.level_dbov for voice in raw.values() if voice.level_dbov is not None]
    level = float(np.median(levels)) if levels else 0.0
    pitch = float(np.median(whole.voiced_hz)) if whole.voiced_hz.size else 1.0
    return {
        no: replace(
            voice,
            level_rel_db=None if voice.level_dbov is None else voice.level_dbov - level,
            pitch_rel_st=None if voice.pitch_hz is None else float(12 * np.log2(voice.pitch_hz / pitch)),
        )
        for no, voice in raw.items()
    }


def _speaker_voice(
    audio: Audio,
    speech: Speech,
    speaker: str,
    measured: tuple[ActiveLevelMeter, _Gathered],
    settings: ProsodySettings,
) -> SpeakerVoice:
    meter, whole = measured
    turns = [turn for turn in speech.turns if turn.speaker == speaker]
    if not turns:
        return SpeakerVoice(speaker, why_missing="this speaker says nothing")
    level_dbov = meter.level_dbov
    noise_dbov = _measure_noise(audio, speech, turns[0].channel)
    clipped = whole.clipped / max(1, whole.samples)
    flags = []
    if clipped >= settings.clipped_share:
        flags.append("clipped")
    if level_dbov is not None and level_dbov < settings.low_level_dbov:
        flags.append("low_level")
    if level_dbov is not None and noise_dbov is not None and level_dbov - noise_dbov < settings.noisy_snr_db:
        flags.append("noisy")
    hz = whole.voiced_hz
    has_pitch = hz.size * STEP_S >= settings.pitch_min_voiced_s and hz.size > 0
    return SpeakerVoice(
        speaker,
        level_dbov=level_dbov,
        noise_dbov=noise_dbov,
        pitch_hz=float(np.median(hz)) if has_pitch else None,
        pitch_range_st=_range_st(hz) if has_pitch else None,
        voiced_share=whole.voiced_share,
        clipped_share=clipped,
        flags=tuple(flags),
        why_missing=None if has_pitch else f"pitch: {hz.size * STEP_S:.2f} s of voiced speech",
    )


def _measure_noise(audio: Audio, speech: Speech, channel: int) -> float | None:
    """Median level of a channel where nobody is heard in it, in dBov; None where that never is for 1 s."""
    step = max(1, round(NOISE_STEP_S * audio.rate_hz))
    count = audio.samples.shape[1] // step
    quiet = np.ones(count, np.bool_)
    bleeds = "crosstalk" in speech.flags
    taken = [turn.span for turn in speech.turns if bleeds or turn.channel == channel]
    for span in (*taken, *speech.hold, *speech.ivr):
        first = int(max(0.0, span.start_s - NOISE_MARGIN_S) / NOISE_STEP_S)
        quiet[first : int((span.end_s + NOISE_MARGIN_S) / NOISE_STEP_S) + 1] = False
    at = np.flatnonzero(quiet)
    if at.size * NOISE_STEP_S < NOISE_MIN_S:
        return None
    at = at[:: max(1, at.size // 20_000)]
    frames = audio.samples[channel, : count * step].reshape(count, step)[at].astype(np.float32) / 32768.0
    return power_to_dbov(float(np.median(np.mean(np.square(frames), axis=1))))
