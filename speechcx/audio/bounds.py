"""What is refused before it is decoded: a file that holds more time, fewer bytes of sound or nothing but silence.

A header may lie or say nothing, and a file of two gigabytes then takes minutes and gigabytes before a bound is passed.
So a few places are looked at first. Frames say of themselves how long they are, and no compressed sound has long rows
of zeros. An estimate refuses only what is far beyond a bound; decoding counts exactly.
"""

from __future__ import annotations

from collections.abc import Iterator

from speechcx.audio.amr import FRAME_S, frame_bytes_by_head, read_magic
from speechcx.audio.file_source import FileSource, Readable
from speechcx.audio.flac import flac_end_s
from speechcx.audio.formats import FileFormat
from speechcx.audio.mpeg import measure_frames
from speechcx.audio.settings import RESULT_RATE_HZ, AudioSettings
from speechcx.errors import CallError

PLACES = 64
"""Places of a file that are looked at, evenly spread."""

SMALL_BYTES = 1 << 20
"""Less than this decodes in a second or two, whatever it holds."""

LARGE_BYTES = 64 << 20
"""From here on a file is looked at for zeros: holes up to this size cost FFmpeg no more memory than a call."""

FAR_SHARE = 1.25
"""An estimated length is too long when it is over the bound by so much."""

ZERO_BYTES = 64 * 1024
"""No encoder leaves so many zeros in a row: every frame has a header. The longest rows are those of ALAC with 24 bits a
sample of which 8 are 0: 4,096 bytes a channel."""

_HEAD_REST_BYTES = 4096
"""What stands before the first sample of a file of plain samples, at most."""

_FRAME_BYTES = 16 * 1024
_HEADER_BYTES = 64 * 1024
COMPRESSED = frozenset({"mp3", "aac", "amr", "flac", "ogg"})
"""Containers that cannot hold plain samples; of others the codec tells."""


def check_length(
    length_s: float | None, settings: AudioSettings, *, told_by: str = "the header says"
) -> None:
    """Refuse what is longer than ``audio.max_duration_s`` as ``too_long``."""
    if length_s is not None and length_s > settings.max_duration_s:
        raise CallError(
            "too_long",
            f"{told_by} {length_s:,.0f} s",
            f"at most {settings.max_duration_s:,.0f} (audio.max_duration_s)",
        )


def check_output(length_s: float | None, rate_hz: int, channels: int, settings: AudioSettings) -> None:
    """Refuse what would decode to more than ``audio.max_output_bytes`` as ``too_big``."""
    size_bytes = (length_s or 0.0) * min(rate_hz, RESULT_RATE_HZ) * 2 * channels
    if size_bytes > settings.max_output_bytes:
        raise CallError(
            "too_big",
            f"{length_s:,.0f} s of {channels} channels decode to {size_bytes:,.0f} bytes",
            f"at most {settings.max_output_bytes:,} (audio.max_output_bytes)",
            "Split the recording, or raise audio.max_output_bytes.",
        )


def check_frames(source: Readable, form: FileFormat, settings: AudioSettings) -> float | None:
    """Refuse as ``too_long`` what has far more frames than its header says, or whose bytes are so many seconds.

    Returns
    -------
    float or None
        Where the last frame ends, in seconds; None where no frame says so.
    """
    if form.bytes_per_s is not None:
        check_length(source.size_bytes / form.bytes_per_s, settings, told_by="its bytes come to")
    elif form.demuxer == "amr":
        check_length(
            _walk_amr(source, form, settings.max_duration_s), settings, told_by="its frames come to over"
        )
    elif form.demuxer == "flac":
        end_s = flac_end_s(source, form.sound_at)
        check_length(end_s, settings, told_by="its last frame ends at")
        return end_s
    elif form.demuxer in ("mp3", "aac") and source.size_bytes > SMALL_BYTES:
        length_s = _estimate_s(source, form)
        if length_s > FAR_SHARE * settings.max_duration_s:
            check_length(length_s, settings, told_by="its frames come to about")
    return None


def is_large(source: Readable) -> bool:
    """Whether a file is so large that it is looked at for zeros."""
    return source.size_bytes >= LARGE_BYTES


def check_zeros(source: Readable, form: FileFormat, codec: str | None, settings: AudioSettings) -> None:
    """Refuse a large file of compressed sound as ``damaged`` where too much of it is zeros.

    Such files come from disks that ran full, from transfers that broke off and from recorders that ask for all room at
    once and never fill it.

    Parameters
    ----------
    codec
        FFmpeg's name; None where it is not known yet, and the container must tell.
    """
    is_compressed = form.demuxer in COMPRESSED if codec is None else not codec.startswith(("pcm_", "adpcm_"))
    if not is_large(source) or not (is_compressed and form.has_header):
        return
    row = bytes(ZERO_BYTES)
    zeros = sum(source.read(at, ZERO_BYTES) == row for at in _places(source, form.sound_at))
    if zeros / PLACES > settings.max_lost_share:
        raise CallError(
            "damaged",
            f"about {zeros / PLACES:.0%} of the file are zeros, which {codec or form.demuxer} does not write",
            f"at most {settings.max_lost_share:.0%} lost (audio.max_lost_share)",
        )


def check_silence(source: FileSource, form: FileFormat, codec: str) -> None:
    """Refuse a large file of plain samples as ``no_speech`` where it holds one value and no other."""
    if not is_large(source) or not codec.startswith("pcm_"):
        return
    # Nothing may be left out but the header: what stands before the first constant stretch must be as short as one.
    head = source.read(form.sound_at, _HEADER_BYTES)
    if len(head.rstrip(head[-1:])) > _HEAD_REST_BYTES:
        return
    start = form.sound_at + _HEADER_BYTES
    seen = {byte for at in _places(source, start) for byte in source.read(at, _HEAD_REST_BYTES)}
    if seen == {head[-1]} and source.is_constant(start, head[-1]):
        raise CallError(
            "no_speech",
            f"all {source.size_bytes:,} bytes of sound have the same value: digital silence",
            "at least one turn",
        )


def _places(source: Readable, start: int) -> Iterator[int]:
    """Where to look; not at multiples of one step, which damage could miss time after time."""
    size = source.size_bytes - start
    for no in range(PLACES):
        yield start + int(size * (no + no * 0.618 % 1) / PLACES)


def _estimate_s(source: Readable, form: FileFormat) -> float:
    """Length by the frames at some places, for streams whose frames can be found from anywhere."""
    size, seconds, places = 0, 0.0, 0
    for at in _places(source, form.sound_at):
        run_bytes, run_s = measure_frames(source.read(at, _FRAME_BYTES), is_adts=form.demuxer == "aac")
        size, seconds, places = size + run_bytes, seconds + run_s, places + (run_bytes > 0)
    if not size:
        return 0.0
    return (source.size_bytes - form.sound_at) * places / PLACES * seconds / size


def _walk_amr(source: Readable, form: FileFormat, limit_s: float) -> float:
    """Length by the frames from the first one on, up to one frame more than `limit_s`; AMR has no other clock."""
    is_wide, magic_bytes = read_magic(source.read(form.sound_at, 16))
    by_head = frame_bytes_by_head(is_wide=is_wide)
    at, count, limit = form.sound_at + magic_bytes, 0, int(limit_s / FRAME_S) + 1
    while count < limit and (block := source.read(at, 1 << 20)):
        place = 0
        while place < len(block) and count < limit:
            place += by_head[block[place]]
            count += 1
        at += place
    return count * FRAME_S
