"""One channel late against the other: two legs that were recorded apart and put together in one file.

Two things show it. Where one channel leaks into the other, the copy can be no earlier than its source, and little
later than an echo takes. And people take turns: in a call whose channels fit, its parties seldom speak at once,
and if they would speak at once far less at another distance, and at no third one, the channels are that far apart.

The early channel is moved, so that no sound is lost; what only one channel holds counts as not recorded.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from speechcx.call import CHANNEL_LATE, TIMING_UNSURE, Audio, Peaks
from speechcx.turns.settings import TurnSettings
from speechcx.turns.speech_spans import find_speech
from speechcx.turns.vad import LEVEL_STEP_S, hear_channel, measure_levels
from speechcx.waveform import read_channel

if TYPE_CHECKING:
    from numpy.typing import NDArray

LATEST_S = 10.0
"""Channels are looked for this far apart."""
ECHO_S = 0.65
"""No echo comes later than this."""
EARLY_S = 0.04
"""A copy that comes so much before its source shows that the channels do not fit."""
SYLLABLES_S = (0.05, 0.4)
"""Levels are compared without what changes faster or slower: what is left are syllables."""
ECHO_PEAK = 6.5
"""A match of syllables this far over all others, in their usual spread, may be one sound in both channels ..."""
WINDOWS, WINDOW_S, NEAR_S = 16, 2.0, 0.08
"""... and is one where, in the windows that make most of it, the sound itself matches near that distance ..."""
SOUND_PEAK = 9.0
"""... this far over all others."""
RATE_HZ = 8000
SAME_LAG = 80
"""Samples: so near to a peak, 10 ms, is the same one."""
BAND_HZ = (200.0, 3400.0)
ECHO_UNDER_DB = 6.0
"""A copy is at least so much softer than its source."""
MOSTLY_SOFTER = 0.4
"""Share of the time in which both move alike in which one is the softer. In made calls with leakage 0.5 and more,
by chance 0.3 at most."""
ECHO_WIDTH_S = 0.1

NOISE_DB, UNDER_DB = 10.0, 30.0
"""Sound this far over a channel's noise, and no further under its loud part, may be speech."""
MIN_TALK_S, MIN_TURNS = 8.0, 8
"""With less speech in either channel, or fewer changes of who speaks, taking turns shows nothing."""
MUCH = 0.06
"""Speech at once, as a share of the talk of who talks less, that asks for a reason."""
FAR_LESS, FAR_LESS_NEAR, NEAR_DISTANCE_S = 0.45, 0.3, 1.0
"""At the true distance there is at most this part of it; at one under a second at most the second number, since
somebody may cut in at every turn. In 19 calls whose channels fit, angry ones among them, no other distance has
less than 0.7 of it where it is so much at all ..."""
SHORTEST_S = 0.5
"""A shorter distance makes no interruption of a reply, and may be somebody's way of talking."""
NEARLY = 0.03
"""... and at all distances with no more than this above that (share of the talk), the channels may be."""
SURE_WITHIN_S = 0.8
"""Where those reach no further than this from the middle, that is the distance."""


@dataclass(frozen=True, slots=True)
class Distance:
    """How much later the second channel is than the first.

    Parameters
    ----------
    later_s
        Seconds; negative where the first is late. None where only that they do not fit is known.
    is_exact
        Whether an echo told it, so that times between the channels can be measured.
    """

    later_s: float | None
    is_exact: bool = False


def align_channels(audio: Audio, settings: TurnSettings) -> Audio:
    """The same call with its channels moved to fit, where they do not; see :func:`speechcx.turns.align_channels`."""
    if audio.samples.shape[0] != 2:
        return audio
    found = find_distance(audio, settings)
    if found is None:
        return audio
    flags = set(audio.origin.flags) | ({TIMING_UNSURE} if not found.is_exact else set())
    if found.later_s is not None:
        audio = _move(audio, found.later_s)
        flags.add(CHANNEL_LATE)
    return replace(audio, origin=replace(audio.origin, flags=tuple(sorted(flags))))


def find_distance(audio: Audio, settings: TurnSettings) -> Distance | None:
    """How far the channels are apart in time; None where nothing shows that they are.

    Parameters
    ----------
    audio
        Two channels.
    settings
        ``silent_dbov``, and those of the search for speech.
    """
    levels = [measure_levels(audio, channel) for channel in (0, 1)]
    if (
        any(np.percentile(level, 99) < settings.silent_dbov for level in levels if level.size)
        or not levels[0].size
    ):
        return None
    echo = _find_echo(audio, levels)
    if echo is not None:
        return echo
    # Levels take noise and music for speech, but cost next to nothing: most calls need no more.
    _, now, least = _talk_at_once([_sounding(level, settings) for level in levels])
    if now - least < (1 - FAR_LESS) * MUCH:
        return None
    heard = [hear_channel(audio, channel, silent_dbov=settings.silent_dbov) for channel in (0, 1)]
    masks = []
    for each in heard:
        mask = np.zeros(each.level_dbov.size, np.bool_)
        for span in find_speech(each, settings):
            mask[round(span.start_s / LEVEL_STEP_S) : round(span.end_s / LEVEL_STEP_S)] = True
        masks.append(mask)
    return _compare_talk(masks)


def _find_echo(audio: Audio, levels: list[NDArray[np.float32]]) -> Distance | None:
    """A distance that leakage of one channel into the other shows; None if there is none, or one that fits."""
    syllables = [_syllables(level) for level in levels]
    match = _correlate(*syllables)
    lags = np.arange(-(match.size // 2), match.size // 2 + 1)
    spread = 1.4826 * float(np.median(np.abs(match - np.median(match)))) + 1e-9
    peaks: list[int] = []
    score = match / spread
    width = round(ECHO_WIDTH_S / LEVEL_STEP_S)
    for _ in range(2):
        best = int(score.argmax())
        if score[best] < ECHO_PEAK:
            break
        peaks.append(int(lags[best]))
        score[max(0, best - width) : best + width + 1] = 0.0
    found = [
        (lag_s, _copies(levels, syllables, round(lag_s / LEVEL_STEP_S)))
        for lag in peaks
        for lag_s in _match_sound(audio, syllables, lag)
    ]
    # By which lag the second channel follows where it holds the copy, and where the first does.
    second = [lag_s for lag_s, copies in found if 1 in copies]
    first = [lag_s for lag_s, copies in found if 0 in copies]
    early = [lag_s for lag_s in second if not -EARLY_S <= lag_s <= ECHO_S]
    early += [lag_s for lag_s in first if not -EARLY_S <= -lag_s <= ECHO_S]
    if not early or abs(early[0]) <= EARLY_S:
        return None
    if first and second:
        return Distance(round((first[0] + second[0]) / 2, 3), is_exact=True)
    return Distance(round(early[0], 3), is_exact=True)


def _match_sound(audio: Audio, syllables: list[NDArray[np.float64]], lag: int) -> list[float]:
    """Lags near one of syllables at which the sound of both channels is the same, by phase (GCC-PHAT)."""
    count = min(each.size for each in syllables) - abs(lag)
    starts = max(0, -lag), max(0, lag)
    alike = syllables[0][starts[0] : starts[0] + count] * syllables[1][starts[1] : starts[1] + count]
    width = round(WINDOW_S / LEVEL_STEP_S)
    sums = alike[: count // width * width].reshape(-1, width).sum(axis=1)
    size = 2 ** int(np.ceil(np.log2(2 * WINDOW_S * RATE_HZ)))
    bins = slice(*(round(hz * size / RATE_HZ) for hz in BAND_HZ))
    total = np.zeros(size // 2 + 1, np.complex128)
    for window in np.argsort(sums)[::-1][:WINDOWS].tolist():
        one, two = (
            read_channel(audio, channel, rate_hz=RATE_HZ, start_s=start_s, end_s=start_s + WINDOW_S)
            for channel, start_s in enumerate((at + window * width) * LEVEL_STEP_S for at in starts)
        )
        cross = np.fft.rfft(two, size) * np.conj(np.fft.rfft(one, size))
        total[bins] += (cross / (np.abs(cross) + 1e-9))[bins]
    match = np.fft.irfft(total, size)
    spread = 1.4826 * float(np.median(np.abs(match))) + 1e-12
    reach = round(NEAR_S * RATE_HZ)
    near = np.arange(-reach, reach + 1)
    found = []
    for _ in range(2):
        best = int(near[np.argmax(match[near])])
        if match[best] < SOUND_PEAK * spread:
            break
        found.append(lag * LEVEL_STEP_S + best / RATE_HZ)
        match[np.arange(best - SAME_LAG, best + SAME_LAG + 1)] = 0.0
    return found


def _syllables(level: NDArray[np.float32]) -> NDArray[np.float64]:
    """The level without what changes faster or slower than syllables, of spread 1."""
    floor = np.maximum(level, np.percentile(level, 20)).astype(np.float64)
    fast, slow = (max(1, round(length_s / LEVEL_STEP_S)) for length_s in SYLLABLES_S)
    left = _smooth(floor, fast) - _smooth(floor, slow)
    return np.asarray(left / (left.std() + 1e-9))


def _smooth(values: NDArray[np.float64], width: int) -> NDArray[np.float64]:
    return np.convolve(values, np.full(width, 1 / width), mode="same")


def _correlate(one: NDArray[np.floating], two: NDArray[np.floating]) -> NDArray[np.float64]:
    """Sums of products at each lag of `two` up to 10 s, earliest first."""
    count = min(one.size, two.size)
    size = 2 ** int(np.ceil(np.log2(2 * count)))
    cross = np.fft.irfft(np.fft.rfft(two[:count], size) * np.conj(np.fft.rfft(one[:count], size)), size)
    reach = min(round(LATEST_S / LEVEL_STEP_S), count - 1)
    return np.concatenate([cross[size - reach :], cross[: reach + 1]])


def _copies(
    levels: list[NDArray[np.float32]], syllables: list[NDArray[np.float64]], lag: int
) -> tuple[int, ...]:
    """Which channels hold a copy at a lag of the second: those that are softer where both move alike."""
    count = min(level.size for level in levels) - abs(lag)
    starts = max(0, -lag), max(0, lag)
    one, two = (level[at : at + count] for level, at in zip(levels, starts, strict=True))
    alike = syllables[0][starts[0] : starts[0] + count] * syllables[1][starts[1] : starts[1] + count]
    strong = alike >= np.percentile(alike, 95)
    difference = two[strong] - one[strong]
    softer = float(np.mean(difference >= ECHO_UNDER_DB)), float(np.mean(difference <= -ECHO_UNDER_DB))
    if sum(softer) < MOSTLY_SOFTER:
        return ()
    least = max(softer) / 2
    return tuple(channel for channel in (0, 1) if softer[channel] >= least)


def _sounding(level: NDArray[np.float32], settings: TurnSettings) -> NDArray[np.bool_]:
    """Where a channel is loud enough for speech, short gaps closed."""
    loud = float(np.percentile(level, 95))
    least = max(float(np.percentile(level, 20)) + NOISE_DB, loud - UNDER_DB, settings.silent_dbov)
    return _smooth((level >= least).astype(np.float64), round(0.3 / LEVEL_STEP_S)) > 0.3


def _compare_talk(masks: list[NDArray[np.bool_]]) -> Distance | None:
    """Whether two people would speak at once far less if one channel were moved, and by how much."""
    order = np.concatenate([np.flatnonzero(np.diff(mask.astype(np.int8)) == 1) for mask in masks])
    if min(mask.sum() for mask in masks) * LEVEL_STEP_S < MIN_TALK_S or order.size < MIN_TURNS:
        return None
    at_once, now, least = _talk_at_once(masks)
    likely = np.flatnonzero(at_once <= least + NEARLY) - at_once.size // 2
    later_s = float(np.median(likely)) * LEVEL_STEP_S
    is_one = float(np.abs(likely * LEVEL_STEP_S - later_s).max()) <= SURE_WITHIN_S
    far_less = FAR_LESS_NEAR if is_one and abs(later_s) < NEAR_DISTANCE_S else FAR_LESS
    if now < MUCH or least > far_less * now or (is_one and abs(later_s) < SHORTEST_S):
        return None
    return Distance(round(later_s, 2) if is_one else None)


def _talk_at_once(masks: list[NDArray[np.bool_]]) -> tuple[NDArray[np.float64], float, float]:
    """How much both talk at once, as a share of the talk of who talks less: at each distance, as it is, and least."""
    talk = max(1.0, min(float(mask.sum()) for mask in masks))
    at_once = _correlate(*(mask.astype(np.float64) for mask in masks)) / talk
    return at_once, float(at_once[at_once.size // 2]), float(at_once.min())


def _move(audio: Audio, later_s: float) -> Audio:
    """The call with its early channel moved by silence before it."""
    shift = round(abs(later_s) * audio.rate_hz)
    early = 0 if later_s > 0 else 1
    samples = np.zeros((2, audio.samples.shape[1] + shift), np.int16)
    samples[early, shift:] = audio.samples[early]
    samples[1 - early, : audio.samples.shape[1]] = audio.samples[1 - early]
    points = bytes(round(abs(later_s) * audio.peaks.rate_hz))
    outline = tuple(
        points + each if channel == early else each + points
        for channel, each in enumerate(audio.peaks.values)
    )
    return replace(
        audio,
        samples=samples,
        origin=replace(audio.origin, duration_s=samples.shape[1] / audio.rate_hz),
        peaks=Peaks(audio.peaks.rate_hz, outline),
    )
