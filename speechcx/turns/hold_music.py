"""Hold music, ringing and keypad tones in one channel: found, and kept out of speech.

Music is sound that goes on, is no speech to the detector, and whose partials stand still (``texture``).
Tones are one or two pure partials: ringing and hold tones where they are long or come back, keys where
they are a pair of the keypad's frequencies.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from speechcx.call import Audio, Span
from speechcx.call.spans import join_spans
from speechcx.turns.settings import TurnSettings
from speechcx.turns.speech_spans import Run, join_runs, runs_of, subtract_spans
from speechcx.turns.tones import STEP_S, TONE_STEP_S, Tones, measure_persistence, measure_tones
from speechcx.turns.vad import LEVEL_STEP_S, ChannelActivity

if TYPE_CHECKING:
    from numpy.typing import NDArray

WINDOW_S = 2.0
HOP_S = 0.25
STILL = 0.54
"""Windows whose partials stand still at least this well are music; see ``texture`` for the measured values."""
ALMOST_STILL = 0.45
"""So are those over this beside such windows, or for long where the line is quiet between words: music with
much drumming reaches no more. Noise keeps under 0.44."""
ALMOST_LEAST_S = 8.0
OVER_FLOOR_DB = 12.0
"""Windows that stand almost still must be this far over what is heard between the channel's words."""
FAR_OVER_FLOOR_DB = 20.0
"""Beside sure windows, sound this far over it goes on being the same music, however restless."""
FLOOR_REACH_S = 1.0
BLIP_S = 1.0
"""What is taken for speech for less than this in the middle of music, and stands almost still, is music."""
SPEECH_SHARE_MOST = 0.3
"""A window with more of its time in or near speech than this is no music."""
SPEECH_MARGIN_S = 0.25
FILLED = 0.5
"""Music goes on: at least this share of a window's time is sound."""
LOUD_DB = 20.0
"""Only sound this near to the loud part of a window is looked at."""
UNDER_SPEECH_DB = 18.0
"""Music softer than this under the channel's speech is in the background, not on hold."""
USUAL_SPEECH_DBOV = -20.0
"""Speech louder than this does not ask for louder music: a line that clips has hold music as others have."""
SOFTEST_DBOV = -48.0
"""Music softer than this is never hold."""
BRIDGE_S = 4.0
"""Quiet passages this long, without speech, do not end music."""
EDGE_REACH_S = 2.0
EDGE_DROP_DB = 24.0
EDGE_GAP_STEPS = 30
MOSTLY = 0.6
"""Sound of which this share lies in windows of music is music to its end."""

PURE = 0.88
"""Share of the power in two partials from which sound is a tone."""
STEADY_HZ = 12.0
"""A tone moves less than this from one 10 ms to the next ..."""
CONSTANT_HZ = 5.0
"""... and keeps to this around its middle: half of its time is nearer. A held vowel drifts further."""
SHORTEST_TONE_S = 0.3
TONES_MOST = 0.3
"""Music of which more than this share is one pure tone is ringing."""
LONE_TONE_S = 0.8
"""A tone that does not come back is a hold tone only if it is this long; shorter ones are beeps."""
RING_GAP_S = 4.6
"""Ringing comes back after at most this long (4 s in North America and Europe)."""
KEY_LOW_HZ = (697.0, 770.0, 852.0, 941.0)
KEY_HIGH_HZ = (1209.0, 1336.0, 1477.0, 1633.0)
KEY_TOLERANCE = 0.02
SHORTEST_KEY_S = 0.04
KEY_GAP_S = 1.5
"""Keys pressed within this time are one entry."""


@dataclass(frozen=True, slots=True, eq=False)
class NotSpeech:
    """What one channel holds that is no conversation.

    Parameters
    ----------
    music, tones, keys
        Stretches of music, of single tones, and of keypad tones; sorted and apart.
    still
        float32, shape ``(steps,)``: how well the partials stand still, every 32 ms.
    """

    music: tuple[Span, ...] = ()
    tones: tuple[Span, ...] = ()
    keys: tuple[Span, ...] = ()
    still: NDArray[np.float32] | None = None

    @property
    def all(self) -> tuple[Span, ...]:
        """All of it."""
        return join_spans((*self.music, *self.tones, *self.keys))


def find_music(
    audio: Audio, channel: int, heard: ChannelActivity, speech: Sequence[Span], settings: TurnSettings
) -> NotSpeech:
    """Find music and tones in one channel.

    Parameters
    ----------
    audio
        Decoded sound.
    channel
        Index of the channel.
    heard
        Its level and speech probability.
    speech
        Stretches the detector takes for speech.
    settings
        ``find_hold``, ``silent_dbov``, ``shortest_music_s``.
    """
    if not settings.find_hold or heard.loudest_dbov < settings.silent_dbov:
        return NotSpeech()
    tones = measure_tones(audio, channel)
    keys, pure = _find_keys(tones, heard), _find_tones(tones, heard)
    talk = subtract_spans(speech, [*keys, *pure], shortest_s=settings.shortest_speech_s)
    still = measure_persistence(audio, channel)
    music = tuple(
        span
        for span in _find_held(heard, still, talk, settings)
        if sum(span.overlap_s(tone) for tone in pure) < TONES_MOST * span.duration_s
    )
    return NotSpeech(music, pure, keys, still)


def take_out(
    speech: Sequence[Span], found: NotSpeech, settings: TurnSettings
) -> tuple[tuple[Span, ...], tuple[Span, ...], tuple[Span, ...]]:
    """Settle what is speech, what hold and what keypad where they meet.

    Returns
    -------
    tuple
        Speech without music and tones; hold: music, ringing and long tones, without the speech in them;
        keypad entries.
    """
    if found.still is None:
        return tuple(speech), (), ()
    still = found.still
    talk = subtract_spans(speech, [*found.keys, *found.tones], shortest_s=settings.shortest_speech_s)
    talk = tuple(span for span in talk if not _is_music(span, found.music, still))
    music = subtract_spans(found.music, talk, shortest_s=settings.shortest_music_s)
    hold = join_spans((*music, *_ringing(found.tones, talk)))
    return talk, hold, join_spans(found.keys, KEY_GAP_S)


def _find_held(
    heard: ChannelActivity, still: NDArray[np.float32], speech: Sequence[Span], settings: TurnSettings
) -> tuple[Span, ...]:
    """Stretches of music, from windows of two seconds; edges to where the sound begins and ends."""
    likely = heard.speech_by_step() >= settings.speech_on
    free = ~_widen(likely, round(SPEECH_MARGIN_S / LEVEL_STEP_S))
    usual = min(USUAL_SPEECH_DBOV, _speech_level(heard, speech))
    least_db = max(SOFTEST_DBOV, usual - UNDER_SPEECH_DB)
    almost_db = max(least_db, _floor_by_speech(heard, free, speech) + OVER_FLOOR_DB)
    step_of = (np.arange(heard.level_dbov.size) * LEVEL_STEP_S / STEP_S).astype(np.intp)
    still_at = still[np.minimum(step_of, still.size - 1)]
    sure, almost, filling = [], [], []
    for run, loud_db, calm in _measure_windows(heard, free, still_at):
        if loud_db >= least_db and calm >= STILL:
            sure.append(run)
        elif loud_db >= almost_db and calm >= ALMOST_STILL:
            almost.append(run)
        elif loud_db >= almost_db + FAR_OVER_FLOOR_DB - OVER_FLOOR_DB:
            filling.append(run)
    unspoken = np.where(likely, np.float32(-100.0), heard.level_dbov)
    found = [_fit_edges(run, unspoken, still_at) for run in _grow(sure, almost, filling)]
    spans = [Span(a * LEVEL_STEP_S, min(b * LEVEL_STEP_S, heard.duration_s)) for a, b in found if b > a]
    joined = _bridge(spans, speech, BRIDGE_S)
    return tuple(span for span in joined if span.duration_s >= settings.shortest_music_s)


def _measure_windows(
    heard: ChannelActivity, free: NDArray[np.bool_], still_at: NDArray[np.float32]
) -> Iterator[tuple[Run, float, float]]:
    """Windows of sound that goes on and is no speech, with how loud they get and how still they stand."""
    width, hop = round(WINDOW_S / LEVEL_STEP_S), round(HOP_S / LEVEL_STEP_S)
    for first in range(0, max(1, heard.level_dbov.size - width + 1), hop):
        inside = np.flatnonzero(free[first : first + width]) + first
        if inside.size < (1 - SPEECH_SHARE_MOST) * width:
            continue
        level = heard.level_dbov[inside]
        loud_db = float(np.percentile(level, 95))
        sounding = inside[level > loud_db - LOUD_DB]
        if loud_db >= SOFTEST_DBOV and sounding.size >= FILLED * inside.size:
            yield (first, first + width), loud_db, float(np.median(still_at[sounding]))


def _grow(sure: Sequence[Run], almost: Sequence[Run], filling: Sequence[Run]) -> list[Run]:
    """Runs of windows that hold a sure one, or a long run of such as stand almost still."""
    least = round(ALMOST_LEAST_S / LEVEL_STEP_S)
    long = [run for run in join_runs([*sure, *almost], 1) if run[1] - run[0] >= least]
    starts = sorted(first for first, _ in (*sure, *long))
    return [
        (first, last)
        for first, last in join_runs([*sure, *almost, *filling], 1)
        if bisect_left(starts, first) < bisect_left(starts, last)
    ]


def _floor_by_speech(heard: ChannelActivity, free: NDArray[np.bool_], speech: Sequence[Span]) -> float:
    """What the channel sounds like between its words; 0 dBov, over everything, without speech."""
    near = np.zeros(free.size, np.bool_)
    for span in speech:
        first = int(max(0.0, span.start_s - FLOOR_REACH_S) / LEVEL_STEP_S)
        near[first : int((span.end_s + FLOOR_REACH_S) / LEVEL_STEP_S)] = True
    quiet = heard.level_dbov[near & free]
    return float(np.percentile(quiet, 25)) if quiet.size else 0.0


def _widen(mask: NDArray[np.bool_], steps: int) -> NDArray[np.bool_]:
    """A mask with its True runs longer by `steps` at both ends."""
    sums = np.cumsum(np.pad(mask, (steps + 1, steps)).astype(np.intp))
    return np.asarray(sums[2 * steps + 1 :] > sums[: -2 * steps - 1])


def _speech_level(heard: ChannelActivity, speech: Sequence[Span]) -> float:
    """Level the channel's speech reaches in its louder half, -100 without speech."""
    parts = [
        heard.level_dbov[int(span.start_s / LEVEL_STEP_S) : int(span.end_s / LEVEL_STEP_S)] for span in speech
    ]
    together = np.concatenate(parts) if parts else np.zeros(0)
    return float(np.percentile(together, 75)) if together.size else -100.0


def _fit_edges(run: Run, level: NDArray[np.float32], still: NDArray[np.float32]) -> Run:
    """Grow or shrink a run of windows to where its music begins and ends.

    Parameters
    ----------
    run
        The run, in steps of the level.
    level
        Level of each step, -100 where the step is speech.
    still
        How well the partials stand still in each step.
    """
    reach = round(EDGE_REACH_S / LEVEL_STEP_S)
    loud = float(np.percentile(level[run[0] : run[1]], 90))
    low, high = max(0, run[0] - reach), min(level.size, run[1] + reach)
    parts = join_runs(runs_of(level[low:high] >= loud - EDGE_DROP_DB), EDGE_GAP_STEPS)
    inside = [
        (first + low, last + low)
        for first, last in parts
        if first + low < run[1]
        and last + low > run[0]
        and (
            np.median(still[first + low : last + low]) >= ALMOST_STILL
            or min(last + low, run[1]) - max(first + low, run[0]) >= MOSTLY * (last - first)
        )
    ]
    return (min(first for first, _ in inside), max(last for _, last in inside)) if inside else run


def _bridge(spans: Sequence[Span], speech: Sequence[Span], gap_s: float) -> list[Span]:
    """`spans` joined over gaps under `gap_s` that are free of speech, or hold only a blip of it."""
    joined: list[Span] = []
    for span in spans:
        if joined and span.start_s - joined[-1].end_s <= gap_s:
            gap = Span(min(joined[-1].end_s, span.start_s), span.start_s)
            if sum(gap.overlap_s(s) for s in speech) <= 0.1 * max(gap.duration_s, 0.1):
                joined[-1] = Span(joined[-1].start_s, max(joined[-1].end_s, span.end_s))
                continue
        joined.append(span)
    return joined


def _is_music(span: Span, music: Sequence[Span], still: NDArray[np.float32]) -> bool:
    """Whether what was taken for speech is a part of the music it lies in or touches."""
    wide = Span(max(0.0, span.start_s - 0.3), span.end_s + 0.3)
    if not any(wide.overlap_s(part) > 0 for part in music):
        return False
    part = still[int(span.start_s / STEP_S) : int(span.end_s / STEP_S) + 1]
    inside = any(part.start_s < span.start_s and part.end_s > span.end_s for part in music)
    least = ALMOST_STILL if inside and span.duration_s < BLIP_S else STILL
    return bool(part.size) and float(np.median(part)) >= least


def _find_tones(tones: Tones, heard: ChannelActivity) -> tuple[Span, ...]:
    """Stretches of one or two pure and constant partials."""
    steady = np.ones(tones.share.size, np.bool_)
    for hz in (tones.low_hz, tones.high_hz):
        steady[1:] &= np.abs(np.diff(hz)) < STEADY_HZ
    spans = _spans_of((tones.share >= PURE) & steady & _loud(tones, heard), SHORTEST_TONE_S, 0.05)
    return tuple(span for span in spans if _is_constant(span, tones))


def _is_constant(span: Span, tones: Tones) -> bool:
    part = slice(round(span.start_s / TONE_STEP_S), round(span.end_s / TONE_STEP_S))
    return all(
        float(np.subtract(*np.percentile(hz[part], (75, 25)))) / 2 <= CONSTANT_HZ / 2
        for hz in (tones.low_hz, tones.high_hz)
    )


def _find_keys(tones: Tones, heard: ChannelActivity) -> tuple[Span, ...]:
    """Stretches of the keypad's pairs of frequencies."""
    low = np.min([np.abs(tones.low_hz / hz - 1) for hz in KEY_LOW_HZ], axis=0) <= KEY_TOLERANCE
    high = np.min([np.abs(tones.high_hz / hz - 1) for hz in KEY_HIGH_HZ], axis=0) <= KEY_TOLERANCE
    return _spans_of(low & high & (tones.share >= PURE) & _loud(tones, heard), SHORTEST_KEY_S, 0.02)


def _loud(tones: Tones, heard: ChannelActivity) -> NDArray[np.bool_]:
    level = np.full(tones.share.size, -100.0, np.float32)
    count = min(level.size, heard.level_dbov.size)
    level[:count] = heard.level_dbov[:count]
    return level >= SOFTEST_DBOV


def _spans_of(mask: NDArray[np.bool_], shortest_s: float, gap_s: float) -> tuple[Span, ...]:
    runs = join_runs(runs_of(mask), round(gap_s / TONE_STEP_S) + 1)
    return tuple(
        Span(first * TONE_STEP_S, last * TONE_STEP_S)
        for first, last in runs
        if (last - first) * TONE_STEP_S >= shortest_s - 1e-9
    )


def _ringing(tones: Sequence[Span], speech: Sequence[Span]) -> list[Span]:
    """Tones that come back, with the pauses between them, and long ones; beeps are left out."""
    joined = _bridge(tones, speech, RING_GAP_S)
    return [span for span in joined if span not in tones or span.duration_s >= LONE_TONE_S]
