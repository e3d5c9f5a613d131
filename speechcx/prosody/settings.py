"""The settings of the room that measures voice and flow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from speechcx.ranges import Range, expect_ranges

NOT_IN_DIGEST = frozenset(
    {
        "pace_min_s",
        "non_talk_s",
        "overlap_s",
        "interruption_overlap_s",
        "interruption_stop_s",
        "interruption_hold_s",
        "latency_max_s",
        "backchannels",
    }
)
"""Used only in ``judge``: changing them asks for no new listening."""

METHODS = ("fast", "yin", "pyin")

BACKCHANNELS = (
    "mm-hm", "mhm", "mm", "hmm", "hm", "uh-huh", "uh", "um", "ah", "oh", "yeah", "yep", "yes", "yup", "okay",
    "ok", "right", "sure", "alright", "all right", "i see", "got it", "of course", "exactly",
    "good", "great", "fine",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ProsodySettings:
    """How level, pitch, pace and the flow of talk are measured.

    Parameters
    ----------
    pitch_method
        ``fast`` (our own batched YIN: no start-up time), ``yin`` (librosa's YIN: two seconds to start a
        worker) or ``pyin`` (librosa's probabilistic YIN: some hundred times slower).
    pitch_low_hz, pitch_high_hz
        Pitch is looked for between these.
    voicing
        A frame is voiced if the sound repeats from one period to the next at least this well, 0 to 1. Not
        used by ``pyin``, which decides by itself.
    pitch_min_voiced_s
        A turn with less voiced speech than this has no pitch.
    pause_s
        Silence this long inside a turn is a pause.
    turn_pace_min_s
        A turn with less speech than this has no pace.
    clipped_share
        Share of the samples of speech at full scale, 0 to 1, from which a speaker is flagged ``clipped``.
    low_level_dbov
        A speaker whose active level is below this is flagged ``low_level``. The telephone norm is -26 dBov.
    noisy_snr_db
        A speaker whose active level is less than this above the noise is flagged ``noisy``.
    pace_min_s
        A party with less speech than this in the call has no pace.
    non_talk_s
        Silence this long inside the conversation is a non-talk instance.
    overlap_s
        Both parties at once for less than this is not counted as overlap.
    interruption_overlap_s
        An interruption overlaps at least this long.
    interruption_stop_s
        The interrupted party stops within this time of the other's start.
    interruption_hold_s
        The interrupting party goes on at least this long after that.
    latency_max_s
        Longer gaps between turns do not count as response latency.
    backchannels
        Words that only show listening; overlapping with nothing else is not an interruption.
    """

    pitch_method: str = "fast"
    pitch_low_hz: Annotated[float, Range(40, 800)] = 65.0
    pitch_high_hz: Annotated[float, Range(40, 800)] = 400.0
    voicing: Annotated[float, Range(0, 1, is_over=True)] = 0.5
    pitch_min_voiced_s: Annotated[float, Range(0, 60)] = 0.1
    pause_s: Annotated[float, Range(0, 60)] = 0.3
    turn_pace_min_s: Annotated[float, Range(0, 600)] = 1.0
    clipped_share: Annotated[float, Range(0, 1, is_over=True)] = 0.001
    low_level_dbov: Annotated[float, Range(-120, 0)] = -40.0
    noisy_snr_db: Annotated[float, Range(0, 100)] = 15.0
    pace_min_s: Annotated[float, Range(0, 3600)] = 10.0
    non_talk_s: Annotated[float, Range(0, 600)] = 3.0
    overlap_s: Annotated[float, Range(0, 60)] = 0.1
    interruption_overlap_s: Annotated[float, Range(0, 60)] = 0.5
    interruption_stop_s: Annotated[float, Range(0, 60)] = 2.0
    interruption_hold_s: Annotated[float, Range(0, 60)] = 1.0
    latency_max_s: Annotated[float, Range(0, 600)] = 10.0
    backchannels: tuple[str, ...] = BACKCHANNELS

    def __post_init__(self) -> None:
        if self.pitch_method not in METHODS:
            raise ValueError(f"pitch_method must be one of {', '.join(METHODS)}, got {self.pitch_method!r}")
        expect_ranges(self)
        if not self.pitch_low_hz < self.pitch_high_hz:
            raise ValueError(
                f"pitch_low_hz must be under pitch_high_hz {self.pitch_high_hz}, got {self.pitch_low_hz}"
            )
