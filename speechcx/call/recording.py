"""The recording as found and as decoded: spans, details, origin, audio, peaks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Party = Literal["agent", "customer", "ivr", "unknown"]
"""Whose voice it is; ``unknown`` where the evidence does not reach."""

PARTIES: tuple[Party, ...] = ("agent", "customer", "ivr", "unknown")


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of time, in seconds from the first sample of the file."""

    start_s: float
    end_s: float

    def __post_init__(self) -> None:
        if not 0 <= self.start_s <= self.end_s:
            raise ValueError(f"a span needs 0 <= start_s <= end_s, got {self.start_s}..{self.end_s}")

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return self.end_s - self.start_s

    def overlap_s(self, other: Span) -> float:
        """Seconds that both spans share, 0 where they do not meet."""
        return max(0.0, min(self.end_s, other.end_s) - max(self.start_s, other.start_s))


@dataclass(frozen=True, slots=True)
class Details:
    """What is known of a call besides its sound, and where each thing came from.

    Parameters
    ----------
    agent, customer, queue, direction
        Identifiers as the source wrote them; None where no source gave one.
    team, center
        Only where a source names them; else the roster does, when the call is stored.
    started_at
        Start of the call, aware of its zone; None where unknown, never "now".
    zone
        IANA name of the zone `started_at` was written in, or its offset.
    channels
        Party of each channel in order, where config or a sidecar says so.
    extras
        Further columns of the source, as (name, value) pairs sorted by name.
    sources
        (field, where it came from) pairs, for ``run --explain``.
    """

    agent: str | None = None
    customer: str | None = None
    started_at: datetime | None = None
    zone: str | None = None
    direction: str | None = None
    queue: str | None = None
    team: str | None = None
    center: str | None = None
    channels: tuple[Party, ...] | None = None
    extras: tuple[tuple[str, str], ...] = ()
    sources: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        if self.started_at is not None and self.started_at.tzinfo is None:
            raise ValueError(f"started_at must carry a time zone, got {self.started_at.isoformat()}")

    @property
    def local_start(self) -> datetime | None:
        """Start of the call on the clock of its own zone; None where it is not known."""
        if self.started_at is None or self.zone is None:
            return self.started_at
        try:
            return self.started_at.astimezone(ZoneInfo(self.zone))
        except (ZoneInfoNotFoundError, ValueError, OSError):
            # The zone is an offset, or a name this machine does not know: the time carries its offset.
            return self.started_at

    @property
    def started(self) -> str | None:
        """The same as every answer gives it: ISO 8601 to the second, with the offset; None likewise."""
        local = self.local_start
        return None if local is None else local.isoformat(timespec="seconds")

    @property
    def missing(self) -> tuple[str, ...]:
        """Names of the fields without which a call is not scored."""
        wanted = (("agent", self.agent), ("started_at", self.started_at))
        return tuple(name for name, value in wanted if value is None)

    @property
    def is_relabelled(self) -> bool:
        """Whether a person, not a source, said who the speakers are."""
        return dict(self.sources).get("channels") == "relabel"

    def relabel(self, parties: tuple[Party, ...]) -> Details:
        """The same details with the parties of the speakers as a person named them."""
        sources = dict(self.sources) | {"channels": "relabel"}
        return replace(self, channels=parties, sources=tuple(sources.items()))


@dataclass(frozen=True, slots=True)
class Recording:
    """One recording on disk.

    Parameters
    ----------
    id
        The first 16 hex digits of the SHA-256 of the file's bytes: a moved file is the same call.
    path
        The file, absolute.
    sha256
        The whole digest, 64 hex digits.
    size_bytes
        Size when it was hashed.
    details
        What is known of the call.
    """

    id: str
    path: str
    sha256: str
    size_bytes: int
    details: Details = Details()

    def __post_init__(self) -> None:
        if self.id != self.sha256[:16] or len(self.sha256) != 64:
            raise ValueError(f"id must be the first 16 of 64 hex digits, got {self.id!r} of {self.sha256!r}")


CHANNEL_LATE = "channel_late"
"""Flag of a recording whose legs were recorded apart: its channels were moved to fit."""

TIMING_UNSURE = "timing_unsure"
"""Flag of a recording in which times between its channels are not known to a tenth of a second."""

NOT_HEARD_TO_THE_END = frozenset({"truncated", "loose_end"})
"""Flags of a file whose last part could not be read, so that nobody knows what was said there."""


@dataclass(frozen=True, slots=True)
class Origin:
    """The file as decoding found it.

    Parameters
    ----------
    container, codec
        Names as FFmpeg gives them.
    channels
        Number of channels in the file.
    rate_hz
        Sample rate in the file.
    duration_s
        Decoded length; the one clock of everything.
    declared_duration_s
        What the container claimed; None where it claims nothing.
    damaged_packets
        Packets that could not be decoded; their time was filled with silence.
    lost_s
        Seconds so filled.
    length_verified
        Whether the container's own length could be checked against what was decoded.
    flags
        Sorted quality flags of the file: ``truncated``, ``damaged``, ...
    gaps
        Stretches of which the file holds no sound that can be read: packets that were lost, and time that
        its own stamps leave out. All channels are silent there. Sorted and apart.
    """

    container: str
    codec: str
    channels: int
    rate_hz: int
    duration_s: float
    declared_duration_s: float | None = None
    damaged_packets: int = 0
    lost_s: float = 0.0
    length_verified: bool = False
    flags: tuple[str, ...] = ()
    gaps: tuple[Span, ...] = ()

    @property
    def recorded(self) -> tuple[Span, ...]:
        """Stretches that were recorded and could be read, in order: all of the call but `gaps`.

        Silence is recorded sound. Whether one channel alone went dead is found from the samples, not here.
        """
        ends = [0.0, *(moment for gap in self.gaps for moment in (gap.start_s, gap.end_s)), self.duration_s]
        kept = zip(ends[::2], ends[1::2], strict=True)
        return tuple(Span(start_s, end_s) for start_s, end_s in kept if start_s < end_s)


@dataclass(frozen=True, slots=True)
class Peaks:
    """The outline of the waveform, for drawing.

    Parameters
    ----------
    rate_hz
        Points per second.
    values
        For each channel, one byte a point: the largest magnitude in that point's time, 0..255 for 0..1.
    """

    rate_hz: float
    values: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Audio:
    """Decoded sound. Stays inside a worker: never pickled, never stored.

    Parameters
    ----------
    samples
        int16, shape ``(channels, time)``, full scale 32768, at `rate_hz`.
    rate_hz
        The file's own rate up to 16,000 Hz; higher rates were brought down to 16,000.
    origin
        The file as found.
    peaks
        Waveform outline made in the decoding pass.
    """

    samples: NDArray[np.int16]
    rate_hz: int
    origin: Origin
    peaks: Peaks

    def __post_init__(self) -> None:
        if self.samples.ndim != 2:
            raise ValueError(f"samples must be (channels, time), got shape {self.samples.shape}")

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return float(self.samples.shape[1] / self.rate_hz)
