"""Stretches in which two channels hold the same mix of both parties, although they are apart elsewhere.

Recorders write such files: the mix until the second leg is tapped, both legs from then on; or both legs until a
conference bridge mixes them. Each moment of the mix is in both channels, so that every word would be heard twice.
There the voices are told apart by sound, as in a mono call, and joined to the channels by who speaks there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from speechcx.call import Audio, Span
from speechcx.call.spans import join_spans
from speechcx.engines import find_factory
from speechcx.turns.assemble import UncutSpeech, close_stops
from speechcx.turns.settings import TurnSettings
from speechcx.turns.speech_spans import runs_of, subtract_spans
from speechcx.turns.vad import LEVEL_STEP_S, ChannelActivity
from speechcx.waveform import read_channel

if TYPE_CHECKING:
    from numpy.typing import NDArray

MIXED_SPEAKER = "mix"
"""Speaker of a mixed stretch whose voices cannot be told apart, or joined to the channels."""
WINDOW_S = 0.5
"""Channels are compared in windows of this length ..."""
RATE_HZ = 8000
LATEST_S = 0.05
"""... where the second may be so much late ..."""
MAX_DIFFERENCE_DB = 5.0
"""... and so much louder or softer: more is leakage of one channel into the other."""
LOUD_UNDER_DB = 30.0
"""Windows further under the loudest hold too little to compare."""
BREAK_WINDOWS = 2
"""So many windows that differ, one after the other, end a mixed stretch."""
MIN_MIXED_S = 1.5
"""A mixed stretch holds at least so much sound that is the same."""
MIN_APART_S = 1.5
"""With less sound that differs, both channels are one recording written twice."""
EDGE_STEP_S = 0.02
EDGE_REST = 0.3
"""A step is no longer the same where more than this share of its power is not in the other channel."""
KNOWN_S = 60.0
"""Seconds of each channel's own speech from which its voice is known."""
MIN_KNOWN_S = 1.0
PURE = 0.8
"""A voice belongs to a channel where at least this share of it, outside the mix, is heard there."""


def find_mixed(audio: Audio, heard: Sequence[ChannelActivity], settings: TurnSettings) -> tuple[Span, ...]:
    """Stretches in which both of two channels hold the same sound; none where they always do, or never.

    Parameters
    ----------
    audio
        Two channels.
    heard
        Their levels.
    settings
        ``dual_mono_match``, ``silent_dbov``.

    Returns
    -------
    tuple of Span
        Sorted and apart, to some hundredths of a second where both channels hold sound at the edge.
    """
    loud, same, lag = _compare(audio, heard, settings)
    if not (same.any() and (loud & ~same).sum() * WINDOW_S >= MIN_APART_S):
        return ()
    found = []
    for first, last in _runs(loud, same):
        if same[first:last].sum() * WINDOW_S >= MIN_MIXED_S:
            lag_s = float(np.median(lag[first:last][same[first:last]]))
            found.append(_refine(audio, Span(first * WINDOW_S, last * WINDOW_S), lag_s, loud))
    return join_spans(found)


def _compare(
    audio: Audio, heard: Sequence[ChannelActivity], settings: TurnSettings
) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.float64]]:
    """For each window: whether it holds speech, whether both channels hold the same, and how late the second is."""
    steps = round(WINDOW_S / LEVEL_STEP_S)
    count = min(each.level_dbov.size for each in heard) // steps
    if not count:
        return np.zeros(0, np.bool_), np.zeros(0, np.bool_), np.zeros(0)
    power = [
        np.mean(10 ** (each.level_dbov[: count * steps].reshape(count, steps) / 10), axis=1) for each in heard
    ]
    levels = 10 * np.log10(np.asarray(power))
    top = levels.max(axis=0)
    loud = top >= max(settings.silent_dbov, float(np.percentile(top, 95)) - LOUD_UNDER_DB)
    spoken = [each.speech_by_step()[: count * steps].reshape(count, steps).max(axis=1) for each in heard]
    loud &= np.max(spoken, axis=0) >= settings.speech_on
    likely = loud & (np.abs(levels[0] - levels[1]) <= MAX_DIFFERENCE_DB)
    same, lag = np.zeros(count, np.bool_), np.zeros(count)
    for window in np.flatnonzero(likely).tolist():
        alike, lag[window] = _match(audio, window * WINDOW_S)
        same[window] = alike >= settings.dual_mono_match
    return loud, same, lag


def _match(audio: Audio, start_s: float) -> tuple[float, float]:
    """How alike both channels are in a window, 0 to 1, at the best delay, and that delay in seconds."""
    one, two = (
        read_channel(audio, channel, rate_hz=RATE_HZ, start_s=start_s, end_s=start_s + WINDOW_S)
        for channel in (0, 1)
    )
    if not one.size:
        return 0.0, 0.0
    one, two = one - one.mean(), two - two.mean()
    size = 2 ** int(np.ceil(np.log2(2 * one.size)))
    cross = np.fft.irfft(np.fft.rfft(two, size) * np.conj(np.fft.rfft(one, size)), size)
    reach = round(LATEST_S * RATE_HZ)
    lags = np.arange(-reach, reach + 1)
    best = int(lags[np.argmax(cross[lags])])
    # Only what both hold is compared: at a delay, the ends of a window do not meet.
    one, two = one[max(0, -best) : one.size - max(0, best)], two[max(0, best) : two.size - max(0, -best)]
    scale = float(np.sqrt(np.dot(one, one) * np.dot(two, two)))
    return (float(np.dot(one, two)) / scale if scale else 0.0), best / RATE_HZ


def _runs(loud: NDArray[np.bool_], same: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Runs of windows from the first to the last that is the same, without a break between."""
    apart = np.zeros(loud.size, np.bool_)
    sounding = np.flatnonzero(loud)
    for first, last in runs_of(~same[sounding]):
        if last - first >= BREAK_WINDOWS or first == 0 or last == sounding.size:
            apart[sounding[first:last]] = True
    found: list[tuple[int, int]] = []
    for first, last in runs_of(~apart):
        inside = np.flatnonzero(same[first:last])
        if inside.size:
            found.append((first + int(inside[0]), first + int(inside[-1]) + 1))
    return found


def _refine(audio: Audio, span: Span, lag_s: float, loud: NDArray[np.bool_]) -> Span:
    """The stretch with its edges moved into the windows beside it, as far as both channels still are the same."""
    start_s, end_s = span.start_s, span.end_s
    before, after = round(start_s / WINDOW_S) - 1, round(end_s / WINDOW_S)
    if before >= 0 and loud[before]:
        start_s -= _same_steps(audio, Span(start_s - WINDOW_S, start_s), lag_s)[::-1].argmin() * EDGE_STEP_S
    if after < loud.size and loud[after]:
        end_s += _same_steps(audio, Span(end_s, end_s + WINDOW_S), lag_s).argmin() * EDGE_STEP_S
    # Silence at an end of the recording belongs to what is beside it.
    start_s = 0.0 if not loud[: max(0, before + 1)].any() else start_s
    end_s = audio.duration_s if not loud[after:].any() else end_s
    return Span(round(start_s, 3), round(min(end_s, audio.duration_s), 3))


def _same_steps(audio: Audio, span: Span, lag_s: float) -> NDArray[np.bool_]:
    """Every 20 ms of a window: whether both channels hold the same; closed by one that does not."""
    one = read_channel(audio, 0, rate_hz=RATE_HZ, start_s=max(0.0, span.start_s), end_s=span.end_s)
    two = read_channel(
        audio, 1, rate_hz=RATE_HZ, start_s=max(0.0, span.start_s + lag_s), end_s=span.end_s + lag_s
    )
    width = round(EDGE_STEP_S * RATE_HZ)
    count = min(one.size, two.size) // width
    one, two = (each[: count * width].reshape(count, width) for each in (one, two))
    powers = np.einsum("ij,ij->i", one, one), np.einsum("ij,ij->i", two, two)
    cross = np.einsum("ij,ij->i", one, two)
    shared = np.square(cross) / (powers[0] * powers[1] + 1e-20)
    same = (shared >= 1 - EDGE_REST) & (cross > 0)
    return np.append(same, False)


def part_voices(
    audio: Audio,
    mixed: tuple[Span, ...],
    own: Sequence[tuple[Span, ...]],
    settings: TurnSettings,
) -> tuple[UncutSpeech, ...]:
    """Who speaks in mixed stretches: voices named as the channels they belong to.

    The diarizer of the settings hears the mix together with speech of which the channel is known. A voice goes to
    the channel in which it is heard there; where only one party is, the other voice is the other channel's.

    Parameters
    ----------
    audio
        Two channels.
    mixed
        Speech inside the mixed stretches.
    own
        Each channel's own speech outside of them.
    settings
        ``diarizer``, ``speakers``.

    Returns
    -------
    tuple of Voice
        ``ch0`` and ``ch1``, each heard in its own channel; :data:`MIXED_SPEAKER` where nobody can tell.
    """
    if not mixed:
        return ()
    nobody = close_stops((UncutSpeech(MIXED_SPEAKER, 0, mixed),))
    if not settings.diarizer:
        return nobody
    known = tuple(
        _nearest(subtract_spans(own[channel], own[1 - channel], shortest_s=0.3), mixed) for channel in (0, 1)
    )
    diarizer = find_factory("diarizers", settings.diarizer)(settings)
    voices: tuple[UncutSpeech, ...] = diarizer.split_voices(
        _add_channels(audio, mixed), 0, join_spans((*mixed, *known[0], *known[1])), settings
    )
    heard_in = [channel for channel in (0, 1) if _total_s(known[channel]) >= MIN_KNOWN_S]
    if not voices:
        # One voice in all of it: that of the only channel that was heard apart.
        return (
            close_stops((UncutSpeech(f"ch{heard_in[0]}", heard_in[0], mixed),))
            if len(heard_in) == 1
            else nobody
        )
    channels = _channels_of(voices, known)
    if channels is None:
        return nobody
    found = []
    for voice in voices:
        channel = channels[voice.speaker]
        speech = share_spans(voice.speech, mixed)
        if speech:
            found.append(UncutSpeech(f"ch{channel}", channel, speech, voice.confidence))
    return close_stops(found)


def _nearest(spans: Sequence[Span], mixed: Sequence[Span]) -> tuple[Span, ...]:
    """Those of `spans` nearest to the mixed stretches, a minute of them."""

    def away_s(span: Span) -> float:
        return min(max(other.start_s - span.end_s, span.start_s - other.end_s) for other in mixed)

    chosen: list[Span] = []
    for span in sorted(spans, key=away_s):
        if _total_s(chosen) >= KNOWN_S:
            break
        chosen.append(span)
    return tuple(sorted(chosen))


def _add_channels(audio: Audio, mixed: Sequence[Span]) -> Audio:
    """One channel with everything: both channels added up, and the mix once."""
    both = np.clip(audio.samples[0].astype(np.int32) + audio.samples[1], -32768, 32767).astype(np.int16)
    for span in mixed:
        part = slice(round(span.start_s * audio.rate_hz), round(span.end_s * audio.rate_hz))
        both[part] = audio.samples[0, part]
    return replace(audio, samples=both[None])


def _channels_of(voices: Sequence[UncutSpeech], known: Sequence[Sequence[Span]]) -> dict[str, int] | None:
    """The channel of each voice; None where two voices share one, or one voice belongs to none."""
    heard_s = {voice.speaker: np.zeros(2) for voice in voices}
    for voice in voices:
        others = [span for other in voices if other.speaker != voice.speaker for span in other.speech]
        alone = subtract_spans(voice.speech, others, shortest_s=0.0)
        heard_s[voice.speaker] += [_total_s(share_spans(alone, spans)) for spans in known]
    found: dict[str, int] = {}
    for speaker, seconds in heard_s.items():
        if seconds.sum() >= MIN_KNOWN_S:
            if seconds.max() < PURE * seconds.sum():
                return None
            found[speaker] = int(seconds.argmax())
    left = [speaker for speaker in heard_s if speaker not in found]
    if len(left) == 1 and len(set(found.values())) == 1:
        found[left[0]] = 1 - next(iter(found.values()))
    elif left:
        return None
    return found if len(set(found.values())) == len(found) else None


def share_spans(one: Sequence[Span], other: Sequence[Span]) -> tuple[Span, ...]:
    """What lies in both of two sorted sets of spans."""
    return tuple(
        Span(max(span.start_s, part.start_s), min(span.end_s, part.end_s))
        for span in one
        for part in other
        if span.overlap_s(part) > 0
    )


def _total_s(spans: Sequence[Span]) -> float:
    return sum(span.duration_s for span in spans)
