"""What two channels have to do with each other: one signal twice, one leaking into the other, or neither."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from speechcx.call import Audio, Span
from speechcx.turns.settings import TurnSettings
from speechcx.turns.signal_match import HOP, RATE_HZ, ChannelPair, copied_share, find_delay
from speechcx.turns.speech_spans import runs_of, subtract_spans
from speechcx.turns.vad import LEVEL_STEP_S, ChannelActivity

if TYPE_CHECKING:
    from numpy.typing import NDArray

DUAL_MONO_WINDOWS = 24
DUAL_MONO_WINDOW_S = 0.5
DUAL_MONO_LATEST_S = 0.05
"""Two channels further apart in time are not one recording written twice."""
DUAL_MONO_MOST_DB = 10.0
"""Two channels further apart in level are leakage, not one recording written twice."""
MIX_WINDOWS, MIX_REST = 60, 0.05
"""A mix is judged from so many windows; at most this share of its power is not in the channels it mixes."""
ECHO_REACH_S = 0.7
"""Leaked speech ends at most this long after its source."""
MIN_SHARED_S = 0.3
"""With less than this of speech in both channels there is nothing to compare."""
SOFT_STEPS = 15
"""Levels are compared over this many steps, 0.15 s."""
SHORTEST_OWN_S = 0.2
"""What is left of a stretch after leakage was taken out must be at least this long."""
WEAK = 0.65
"""Beside sure leakage, what reaches this part of the match is leakage too: its soft syllables."""
MOSTLY = 0.75
"""A stretch of which this share is leakage is leakage as a whole."""


def is_dual_mono(audio: Audio, heard: Sequence[ChannelActivity], settings: TurnSettings) -> bool:
    """Whether two channels hold the same signal: same sound, same level difference, all the time.

    Parameters
    ----------
    audio
        Two channels.
    heard
        Both channels' levels.
    settings
        ``dual_mono_match``: the share of the loud windows that must be the same.
    """
    level = np.maximum(heard[0].level_dbov, heard[1].level_dbov)
    width = round(DUAL_MONO_WINDOW_S / LEVEL_STEP_S)
    count = level.size // width
    if not count:
        return False
    loud = level[: count * width].reshape(count, width).mean(axis=1)
    wanted = np.flatnonzero(loud >= max(settings.silent_dbov, float(np.percentile(loud, 60))))
    chosen = wanted[:: max(1, wanted.size // DUAL_MONO_WINDOWS)]
    spans = [Span(i * DUAL_MONO_WINDOW_S, (i + 1) * DUAL_MONO_WINDOW_S) for i in chosen.tolist()]
    if not spans:
        return False
    differences = (heard[1].level_dbov - heard[0].level_dbov)[: count * width].reshape(count, width)
    gaps_db = np.median(differences[chosen], axis=1)
    if (
        np.abs(np.median(gaps_db)) > DUAL_MONO_MOST_DB
        or np.percentile(np.abs(gaps_db - np.median(gaps_db)), 80) > 3
    ):
        return False
    pair = ChannelPair(0, 1)
    delay_s = find_delay(audio, pair, spans)
    if abs(delay_s) > DUAL_MONO_LATEST_S:
        return False
    shares = [copied_share(audio, pair, s, delay_s=delay_s, noise_power=0.0).mean() for s in spans]
    return float(np.mean(np.asarray(shares) >= settings.dual_mono_match)) >= settings.dual_mono_match


def find_mixes(audio: Audio, heard: Sequence[ChannelActivity], settings: TurnSettings) -> tuple[int, ...]:
    """Channels, of three or more, that only hold the others added up, or one of them again.

    A mix is the sum of other channels with positive weights, by least squares over loud windows. Each party
    is also the mix minus the other, but with a negative weight.

    Parameters
    ----------
    audio
        Decoded sound.
    heard
        The channels' levels.
    settings
        ``silent_dbov``.
    """
    mixes: list[int] = []
    windows = _loud_windows(audio, np.max([each.level_dbov for each in heard], axis=0))
    # From the last: recorders put the mix, and second copies, behind the parties.
    for channel in reversed(range(len(heard))):
        others = [other for other in range(len(heard)) if other != channel and other not in mixes]
        is_heard = heard[channel].loudest_dbov >= settings.silent_dbov
        if windows.shape[1] and len(others) > 1 and is_heard and _is_sum(windows[channel], windows[others]):
            mixes.append(channel)
    return tuple(sorted(mixes))


def _loud_windows(audio: Audio, level_dbov: NDArray[np.float32]) -> NDArray[np.float32]:
    """Windows in which some channel is loud, spread over the call: shape ``(channels, time)``."""
    steps, width = round(DUAL_MONO_WINDOW_S / LEVEL_STEP_S), round(DUAL_MONO_WINDOW_S * audio.rate_hz)
    count = level_dbov.size // steps
    if not count:
        return np.zeros((audio.samples.shape[0], 0), np.float32)
    loud = level_dbov[: count * steps].reshape(count, steps).mean(axis=1)
    wanted = np.flatnonzero(loud >= np.percentile(loud, 60))
    starts = wanted[:: max(1, wanted.size // MIX_WINDOWS)] * width
    return np.concatenate([audio.samples[:, at : at + width] for at in starts], axis=1).astype(np.float32)


def _is_sum(sound: NDArray[np.float32], parts: NDArray[np.float32]) -> bool:
    """Whether some of `parts`, shape ``(parts, time)``, add up to `sound`."""
    weights = np.linalg.lstsq(parts.T, sound, rcond=None)[0]
    rest = sound - weights @ parts
    power = float(np.mean(np.square(sound)))
    return bool(np.mean(np.square(rest)) <= MIX_REST * power and (weights >= -MIX_REST).all())


def remove_crosstalk(
    audio: Audio,
    heard: Sequence[ChannelActivity],
    spans: Sequence[tuple[Span, ...]],
    settings: TurnSettings,
) -> tuple[tuple[tuple[Span, ...], ...], bool]:
    """Take out of each channel's speech what leaked in from another channel.

    A stretch is leakage where it is a filtered copy of a louder channel, at one delay for the whole
    call. Soft speech of the channel's own is no copy, however loud the other is.

    Parameters
    ----------
    audio
        Decoded sound.
    heard, spans
        Levels and stretches of speech, one for each channel.
    settings
        Thresholds.

    Returns
    -------
    tuple
        The channels' own speech, and whether anything was taken out.
    """
    own = list(spans)
    for copy in range(len(spans)):
        for source in range(len(spans)):
            if source != copy:
                leaked = _find_leakage(audio, ChannelPair(source, copy), heard, spans, settings)
                own[copy] = (
                    subtract_spans(own[copy], leaked, shortest_s=SHORTEST_OWN_S) if leaked else own[copy]
                )
    return tuple(own), any(before != after for before, after in zip(spans, own, strict=True))


def _find_leakage(
    audio: Audio,
    pair: ChannelPair,
    heard: Sequence[ChannelActivity],
    spans: Sequence[tuple[Span, ...]],
    settings: TurnSettings,
) -> list[Span]:
    """Stretches of one channel's speech that are leakage from one other channel."""
    near = [Span(s.start_s, s.end_s + ECHO_REACH_S) for s in spans[pair.source]]
    doubtful = [span for span in spans[pair.copy] if any(span.overlap_s(other) > 0 for other in near)]
    shared = [
        Span(max(span.start_s, other.start_s), min(span.end_s, other.end_s))
        for span in doubtful
        for other in near
        if span.overlap_s(other) > 0
    ]
    shared = [
        part for span in shared for part in _softer_parts(heard, pair, span, settings.crosstalk_drop_db)
    ]
    if sum(span.duration_s for span in shared) < MIN_SHARED_S:
        return []
    delay_s = find_delay(audio, pair, shared)
    floor = heard[pair.copy].level_dbov
    noise_power = 10 ** (float(np.percentile(floor, 10)) / 10)
    leaked: list[Span] = []
    for span in doubtful:
        share = copied_share(audio, pair, span, delay_s=delay_s, noise_power=noise_power)
        softer = _is_softer(
            heard, pair, span, share.size, delay_s=delay_s, drop_db=settings.crosstalk_drop_db
        )
        mask = _grow(
            softer & (share >= settings.crosstalk_match), softer & (share >= WEAK * settings.crosstalk_match)
        )
        if mask.mean() >= MOSTLY:
            leaked.append(span)
            continue
        step_s = HOP / RATE_HZ
        leaked.extend(
            Span(span.start_s + first * step_s, min(span.end_s, span.start_s + last * step_s))
            for first, last in runs_of(mask)
        )
    return leaked


def _softer_parts(
    heard: Sequence[ChannelActivity], pair: ChannelPair, span: Span, drop_db: float
) -> list[Span]:
    """Where in `span` the copy is softer by `drop_db`: elsewhere it may be the source of leakage itself."""
    steps = slice(int(span.start_s / LEVEL_STEP_S), int(span.end_s / LEVEL_STEP_S))
    levels = [heard[channel].level_dbov[steps] for channel in (pair.source, pair.copy)]
    if min(level.size for level in levels) < SOFT_STEPS:
        return []
    evenly = np.full(SOFT_STEPS, 1 / SOFT_STEPS)
    power = [np.convolve(10 ** (level / 10), evenly, mode="same") for level in levels]
    softer = power[1] <= power[0] * 10 ** (-drop_db / 10)
    return [
        Span((steps.start + first) * LEVEL_STEP_S, (steps.start + last) * LEVEL_STEP_S)
        for first, last in runs_of(softer)
        if last - first >= SOFT_STEPS
    ]


def _grow(sure: NDArray[np.bool_], likely: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Runs of `likely` that hold something of `sure`."""
    grown = np.zeros(sure.size, np.bool_)
    for first, last in runs_of(likely | sure):
        grown[first:last] = sure[first:last].any()
    return grown


def _is_softer(
    heard: Sequence[ChannelActivity],
    pair: ChannelPair,
    span: Span,
    count: int,
    *,
    delay_s: float,
    drop_db: float,
) -> NDArray[np.bool_]:
    """Every 8 ms of `span`: whether the copy is softer by `drop_db` than the source was `delay_s` before."""
    at_s = span.start_s + np.arange(count) * HOP / RATE_HZ
    levels = []
    for channel, shift_s in ((pair.source, delay_s), (pair.copy, 0.0)):
        level = heard[channel].level_dbov
        power = np.convolve(10 ** (level / 10), np.full(15, 1 / 15), mode="same")
        steps = np.clip(((at_s - shift_s) / LEVEL_STEP_S).astype(np.intp), 0, level.size - 1)
        levels.append(10 * np.log10(power[steps] + 1e-12))
    return np.asarray(levels[1] <= levels[0] - drop_db)
