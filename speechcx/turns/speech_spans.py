"""From moments to stretches: where speech begins and ends in one channel, to a hundredth of a second.

The detector steps by 32 ms and lags some 50 to 100 ms behind the end of a word. So it only says
roughly where speech is; the edge itself is where the sound rises out of, or falls back into, the noise.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from speechcx.call import Span
from speechcx.call.spans import join_spans
from speechcx.turns.settings import TurnSettings
from speechcx.turns.vad import FLOOR_DBOV, LEVEL_STEP_S, ChannelActivity

if TYPE_CHECKING:
    from numpy.typing import NDArray

Run = tuple[int, int]
"""First step and the step after the last."""

MIN_DROP_DB = 12.0
"""However loud the noise seems, sound this near to the loud part of speech is speech."""
NOTHING_DB = 3.0
"""What is not this far over the noise around it is noise, however sure the detector: a click woke it."""
LAG_STEPS = 5
"""The detector answers this much late, 50 ms."""
BRIDGE_STEPS = 6
"""Silence inside a stop consonant, 60 ms, does not end the walk to an edge."""
CLICK_STEPS = 2
"""Sound of 20 ms or less is a click."""
AGAIN_MARGIN_DB = 12.0
AGAIN_UNDER_DB = 20.0
"""A sound passed over is heard again if it is this far over the noise, and not further under the speech."""
AGAIN_LONGEST_S = 2.0
AFTER_MARGIN_S = 0.35
LONG_S, AFTER_LONG_S = 3.0, 4.0
"""What follows music or tones of this length is heard again for so long: they leave the detector deaf."""
AGAIN_MOST = 500
"""Heard again at most: a line that crackles all the time must not take all night."""
NOISE_REACH_S = 3.0
"""The noise floor is measured this far around a stretch."""


def find_speech(
    heard: ChannelActivity, settings: TurnSettings, avoid: Sequence[Span] = ()
) -> tuple[Span, ...]:
    """Stretches of speech in one channel, sorted and at least ``shortest_gap_s`` apart.

    Parameters
    ----------
    heard
        The channel.
    settings
        Thresholds.
    avoid
        Music and tones: their level is not the noise floor.
    """
    likely = heard.speech_by_step()
    floor = _Floor(heard.level_dbov, _quiet(likely, settings, avoid))
    found: list[Run] = []
    for run in _hysteresis(likely, settings.speech_on, settings.speech_off):
        found.extend(_refine(run, heard.level_dbov, likely, floor, settings))
    shortest_gap = round(settings.shortest_gap_s / LEVEL_STEP_S)
    shortest = round(settings.shortest_speech_s / LEVEL_STEP_S)
    joined = join_runs(found, shortest_gap)
    return tuple(
        Span(round(first * LEVEL_STEP_S, 3), round(min(last * LEVEL_STEP_S, heard.duration_s), 3))
        for first, last in joined
        if last - first >= shortest
    )


def find_doubtful(
    heard: ChannelActivity, speech: Sequence[Span], avoid: Sequence[Span], settings: TurnSettings
) -> tuple[Span, ...]:
    """Short sounds as loud as speech that the detector passed over, and what follows music: worth hearing again.

    Parameters
    ----------
    heard
        The channel.
    speech
        The speech found in it.
    avoid
        Stretches known to be something else.
    settings
        Thresholds.
    """
    quiet = _quiet(heard.speech_by_step(), settings, avoid)
    noise = _Floor(heard.level_dbov, quiet).around((0, heard.level_dbov.size))
    spoken = [
        heard.level_dbov[int(span.start_s / LEVEL_STEP_S) : int(span.end_s / LEVEL_STEP_S)] for span in speech
    ]
    usual = float(np.percentile(np.concatenate(spoken), 75)) if spoken else heard.loudest_dbov
    least = max(noise + AGAIN_MARGIN_DB, usual - AGAIN_UNDER_DB)
    taken = join_spans((*speech, *avoid))
    found = [
        Span(span.end_s + AFTER_MARGIN_S, span.end_s + AFTER_LONG_S)
        for span in join_spans(avoid)
        if span.duration_s >= LONG_S and span.end_s + AFTER_LONG_S < heard.duration_s
    ]
    for first, last in join_runs(runs_of(heard.level_dbov >= least), BRIDGE_STEPS):
        span = Span(first * LEVEL_STEP_S, last * LEVEL_STEP_S)
        if settings.shortest_speech_s <= span.duration_s <= AGAIN_LONGEST_S:
            near = taken[max(0, bisect_left(taken, span) - 1) :][:3]
            if not any(span.overlap_s(other) > 0 for other in near):
                found.append(span)
    return tuple(found[:AGAIN_MOST])


def _quiet(likely: NDArray[np.float32], settings: TurnSettings, avoid: Sequence[Span]) -> NDArray[np.bool_]:
    """Which steps are neither speech nor in `avoid`."""
    quiet = likely < settings.speech_off
    for span in avoid:
        quiet[int(span.start_s / LEVEL_STEP_S) : int(span.end_s / LEVEL_STEP_S) + 1] = False
    return quiet


class _Floor:
    """The noise floor around any moment: what the steps nearby that are not speech mostly exceed."""

    def __init__(self, level_dbov: NDArray[np.float32], quiet: NDArray[np.bool_]) -> None:
        self._quiet_at = np.flatnonzero(quiet)
        self._levels = level_dbov
        self._whole = _floor_of(level_dbov[self._quiet_at]) if self._quiet_at.size else FLOOR_DBOV

    def around(self, run: Run) -> float:
        reach = round(NOISE_REACH_S / LEVEL_STEP_S)
        first, last = np.searchsorted(self._quiet_at, (run[0] - reach, run[1] + reach))
        near = self._levels[self._quiet_at[first:last]]
        return _floor_of(near) if near.size >= 20 else self._whole


def _floor_of(level_dbov: NDArray[np.float32]) -> float:
    return float(np.percentile(level_dbov, 20))


def _hysteresis(likely: NDArray[np.float32], on: float, off: float) -> list[Run]:
    """Runs of steps over `off` that reach `on` somewhere."""
    return [run for run in runs_of(likely >= off) if likely[run[0] : run[1]].max() >= on]


def _refine(
    run: Run, level: NDArray[np.float32], likely: NDArray[np.float32], floor: _Floor, settings: TurnSettings
) -> list[Run]:
    """Move the edges of a run to where its sound begins and ends, and cut it at pauses."""
    reach = round(settings.edge_reach_s / LEVEL_STEP_S)
    low, high = max(0, run[0] - reach), min(level.size, run[1] + reach)
    if high <= low or run[0] >= level.size:
        return []
    loud = float(np.percentile(level[run[0] : run[1]], 90))
    noise = floor.around(run)
    threshold = max(noise + settings.noise_margin_db, loud - settings.edge_drop_db)
    threshold = max(min(threshold, loud - MIN_DROP_DB), noise + NOTHING_DB)
    sounding = [part for part in runs_of(level[low:high] >= threshold) if part[1] - part[0] > CLICK_STEPS]
    parts = join_runs([(first + low, last + low) for first, last in sounding], BRIDGE_STEPS)
    return [part for part in parts if likely[part[0] : part[1] + LAG_STEPS].max() >= settings.speech_on]


def runs_of(mask: NDArray[np.bool_]) -> list[Run]:
    """Runs of True in a mask."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], mask.astype(np.int8), [0]))))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def join_runs(runs: Iterable[Run], gap: int) -> list[Run]:
    """Runs in order, those less than `gap` apart made one."""
    joined: list[Run] = []
    for first, last in sorted(runs):
        if joined and first - joined[-1][1] < gap:
            joined[-1] = (joined[-1][0], max(joined[-1][1], last))
        else:
            joined.append((first, last))
    return joined


def subtract_spans(spans: Sequence[Span], taken: Sequence[Span], *, shortest_s: float) -> tuple[Span, ...]:
    """What is left of `spans` outside `taken`; pieces under `shortest_s` are dropped."""
    left = list(spans)
    for hole in taken:
        pieces = []
        for span in left:
            if span.overlap_s(hole) <= 0:
                pieces.append(span)
                continue
            if hole.start_s > span.start_s:
                pieces.append(Span(span.start_s, hole.start_s))
            if hole.end_s < span.end_s:
                pieces.append(Span(hole.end_s, span.end_s))
        left = pieces
    return tuple(span for span in left if span.duration_s >= shortest_s)
