"""The settings of decoding: bounds, headerless files, what counts as cut or damaged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from speechcx.ranges import Range, expect_ranges

NOT_IN_DIGEST = frozenset(
    {"max_duration_s", "max_file_bytes", "max_output_bytes", "min_truncated_s", "max_lost_share"}
)
"""These only decide whether a recording is refused; one that was accepted is decoded the same."""

HEADERLESS_ENCODINGS = (
    "mulaw",
    "alaw",
    "s16le",
    "s16be",
    "s8",
    "u8",
    "gsm",
    "g722",
    "g723_1",
    "g729",
    "g726le",
    "dialogic",
)


@dataclass(frozen=True, slots=True)
class AudioSettings:
    """What is decoded, what is refused, and what is flagged.

    Parameters
    ----------
    max_duration_s
        Longer recordings are refused as ``too_long``: by their header, or while decoding if the header is
        wrong.
    max_file_bytes
        Larger files are refused as ``too_big`` before anything is read.
    max_output_bytes
        Decoded 16-bit samples may take this much memory; more is refused as ``too_big``. The default
        holds 4 hours of two channels at 16 kHz.
    min_truncated_s
        A truncated file with less sound than this is refused as ``truncated``; with more it is analysed and
        flagged ``truncated``.
    max_lost_share
        A recording is refused as ``damaged`` if more than this share (0 to 1) cannot be decoded. Below it,
        lost sound becomes silence and the call is flagged ``damaged``.
    headerless_rate_hz
        Sample rate of files without a header (``.ulaw``, ``.alaw``, ``.sln``).
    headerless_channels
        Channels of files without a header, interleaved.
    headerless
        Further extensions of files without a header, each as ``".pcm=mulaw"``. Encodings: mulaw, alaw, s16le,
        s16be, s8, u8, gsm, g722, g723_1, g729, g726le, dialogic (4-bit ADPCM). Files of Dialogic boards are
        ``".vox=dialogic"``, or ``".vox=mulaw"`` with 8 bits a sample.
    peaks_per_s
        Points per second of the stored waveform outline.
    """

    max_duration_s: Annotated[float, Range(0, 7 * 86_400, is_over=True)] = 4 * 3600.0
    max_file_bytes: Annotated[int, Range(0, 2**40, is_over=True)] = 2 * 1024**3
    max_output_bytes: Annotated[int, Range(0, 2**40, is_over=True)] = 1_000_000_000
    min_truncated_s: Annotated[float, Range(0, 3600)] = 1.0
    max_lost_share: Annotated[float, Range(0, 1)] = 0.2
    headerless_rate_hz: Annotated[int, Range(MIN_RATE_HZ, MAX_RATE_HZ)] = 8000
    headerless_channels: Annotated[int, Range(1, MAX_CHANNELS)] = 1
    headerless: tuple[str, ...] = ()
    peaks_per_s: Annotated[int, Range(1, 1000)] = 10

    def __post_init__(self) -> None:
        expect_ranges(self)
        for entry in self.headerless:
            extension, _, encoding = entry.partition("=")
            if not extension.startswith(".") or encoding not in HEADERLESS_ENCODINGS:
                raise ValueError(
                    f"headerless needs entries like '.pcm=mulaw' with one of"
                    f" {', '.join(HEADERLESS_ENCODINGS)}, got {entry!r}"
                )


MIN_RATE_HZ, MAX_RATE_HZ = 4_000, 192_000
MAX_CHANNELS = 8
RESULT_RATE_HZ = 16_000
"""Higher rates are brought down to this one: recognition and telephony have nothing above 8 kHz."""
