"""One recording from its file to its samples: open, recognise, decode, keep time, judge."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from speechcx.audio.amr import read_magic
from speechcx.audio.bounds import (
    COMPRESSED,
    check_frames,
    check_length,
    check_output,
    check_silence,
    check_zeros,
    is_large,
)
from speechcx.audio.claims import TELLS_LENGTH, Claim, is_doubtful_rate, read_claim, tag_bytes_at_end
from speechcx.audio.decoding_verdict import GAPS_ARE_NORMAL, DecodingTally, judge_whole
from speechcx.audio.file_source import FileSource, Readable
from speechcx.audio.formats import HEAD_BYTES, FileFormat, id3_bytes, recognise
from speechcx.audio.gap_filling import EXACT_S, JITTER_S, ByteClock, Sink, StampClock
from speechcx.audio.header_repair import MendedSource, mend_header
from speechcx.audio.joining import DecodedRecording, FittingSink, join_heard
from speechcx.audio.mpeg import frame_bytes
from speechcx.audio.offset import remove_offset
from speechcx.audio.parts import find_parts
from speechcx.audio.reader import BYTE_CLOCKED, StreamReader
from speechcx.audio.samples import SampleBuffer
from speechcx.audio.settings import AudioSettings
from speechcx.call import Audio, Origin, Peaks, Recording, Span
from speechcx.errors import CallError

FILLED_UP = frozenset({"mov", "wav"})
"""Containers that name the length to the sample, where FFmpeg leaves the filling of the last frame on."""

_NAMES_LENGTH_FIRST = frozenset({"wav", "w64", "au", "aiff", "caf"})
"""Containers whose header names the length of its recording: of plain samples, which are read in no time."""

_PADDING_S = 0.15
"""No codec has longer frames than AAC at 8 kHz: 128 ms."""


def decode_recording(recording: Recording, settings: AudioSettings) -> Audio:
    """See :func:`speechcx.audio.decode`."""
    with FileSource(recording.path) as source:
        _check_size(source, settings)
        name = os.path.basename(recording.path)
        form = _recognise(source, name, settings)
        end_s = _check_early(source, form, settings)
        stretches = _split(source, form, name, settings)
        audio = _decode(source, stretches, end_s, recording=recording, settings=settings)
        if source.has_changed():
            raise CallError(
                "vanished", "the file was changed while it was decoded", "a file that is not changing"
            )
    return audio


@dataclass(frozen=True, slots=True)
class _Stretch:
    """One recording of the file: the whole of it, but where several were joined."""

    source: Readable
    form: FileFormat
    claim: Claim
    broken: str = ""
    """Why nothing of it can be read."""


def _split(source: FileSource, form: FileFormat, name: str, settings: AudioSettings) -> tuple[_Stretch, ...]:
    """The recordings in the file, with what each says of itself; refuses what says too much."""
    parts: list[tuple[MendedSource, FileFormat]] = []
    for no, part in enumerate(find_parts(source, form)):
        part_form = form if no == 0 else _recognise(part, name, settings)
        parts += [(mended, part_form) for mended in mend_header(part, part_form)]
    stretches = []
    for no, (mended, part_form) in enumerate(parts):
        part = mended.source
        try:
            claim = _claim_of(mended, part_form)
        except CallError as error:
            if len(parts) == 1:
                raise
            stretches.append(_Stretch(part, part_form, Claim(), error.found))
            continue
        if no == 0 and len(parts) > 1 and claim.cut and _speaks_for_all(source, form):
            claim = replace(claim, cut="", duration_s=None)
        stretches.append(_Stretch(part, part_form, claim))
    if all(stretch.broken for stretch in stretches):
        raise CallError("damaged", f"none of {len(parts)} recordings in the file can be read", "one at least")
    check_length(sum(_believed_s(stretch.claim) for stretch in stretches), settings)
    return tuple(stretches)


def _claim_of(mended: MendedSource, form: FileFormat) -> Claim:
    """What a recording says of its length; where that is too little, it lies, or never knew."""
    claim = read_claim(mended.source, form)
    if mended.original is None:
        return claim
    try:
        told_s = read_claim(mended.original, form).duration_s
    except CallError:
        told_s = None
    is_known = told_s is not None and told_s > 0
    return replace(claim, duration_s=told_s if is_known else None, is_open=not is_known, lies=True)


def _believed_s(claim: Claim) -> float:
    """The length that a recording claims; of one that is cut, decoding counts what is there."""
    return 0.0 if claim.cut or claim.duration_s is None else claim.duration_s


def _check_early(source: FileSource, form: FileFormat, settings: AudioSettings) -> float | None:
    """Refuse what can be refused before the whole file is looked through, decoded or hashed.

    Returns
    -------
    float or None
        Where the last frame ends, as in :func:`check_frames`.
    """
    check_zeros(source, form, None, settings)
    end_s = check_frames(source, form, settings)
    if form.demuxer in _NAMES_LENGTH_FIRST and not form.header:
        claims = [_claim_of(mended, form) for mended in mend_header(source, form)]
        check_length(sum(map(_believed_s, claims)), settings)
    if is_large(source) and form.demuxer not in COMPRESSED:
        try:
            with StreamReader(source, form) as reader:
                codec = reader.codec
        except CallError:
            return end_s  # what is wrong is said where it is opened to be read
        check_zeros(source, form, codec, settings)
        check_silence(source, form, codec)
    return end_s


def _speaks_for_all(source: FileSource, form: FileFormat) -> bool:
    """Whether the first header of a joined file names the length of the whole file."""
    claim = read_claim(source, form)
    is_exact = not (claim.cut or claim.behind_bytes or claim.lies)
    return form.demuxer in ("wav", "w64", "aiff", "au", "caf") and is_exact


def _open(stretch: _Stretch) -> StreamReader:
    try:
        return StreamReader(stretch.source, stretch.form, ignore_length=stretch.claim.lies)
    except CallError as error:
        if stretch.claim.cut and error.kind.slug == "damaged":
            raise CallError("truncated", stretch.claim.cut, "the whole file") from error
        raise


def _check_size(source: FileSource, settings: AudioSettings) -> None:
    if source.size_bytes == 0:
        raise CallError("empty", "the file has 0 bytes", "a recording")
    if source.size_bytes > settings.max_file_bytes:
        raise CallError(
            "too_big",
            f"the file has {source.size_bytes:,} bytes",
            f"at most {settings.max_file_bytes:,} (audio.max_file_bytes)",
        )


def _recognise(source: Readable, name: str, settings: AudioSettings) -> FileFormat:
    start = id3_bytes(source.read(0, 10))
    form = recognise(source.read(start, HEAD_BYTES), name, settings)
    return replace(form, sound_at=start)


def _decode(
    source: FileSource,
    stretches: tuple[_Stretch, ...],
    end_s: float | None,
    *,
    recording: Recording,
    settings: AudioSettings,
) -> Audio:
    # The biggest one names rate and channels: a short announcement before the call must not.
    main = max(stretches, key=lambda stretch: (not stretch.broken, stretch.source.size_bytes))
    with _open(main) as reader:
        told_s = _told_s(recording) if len(stretches) == 1 else None
        expected_s = _expected_s(reader, stretches, told_s)
        if main.form.demuxer in TELLS_LENGTH:
            check_length(None if main.claim.is_open else reader.declared_s, settings)
            check_output(end_s or reader.declared_s, reader.rate_hz, reader.channels, settings)
        # Hashing comes after all that refuses a file by its looks. The second reading comes from the
        # page cache; a change in between shows in the modification time, which is compared at the end.
        if source.hash_sha256() != recording.sha256:
            raise CallError("vanished", "the file was replaced since it was found", "the same bytes")
        heard: list[DecodedRecording] = []
        buffer = SampleBuffer(
            reader.channels,
            reader.rate_hz,
            expected_s=expected_s,
            max_duration_s=settings.max_duration_s,
            max_bytes=settings.max_output_bytes,
        )
        for stretch in stretches:
            if stretch is main:
                heard.append(_read(reader, stretch, buffer, told_s))
            else:
                heard.append(_read_other(stretch, buffer))
        whole = join_heard(heard, is_in_parts=len(stretches) > 1)
        samples = _finish(buffer, main, whole, is_alone=len(stretches) == 1)
        return _to_audio(reader, buffer.out_rate_hz, samples, whole, source=source, settings=settings)


def _expected_s(reader: StreamReader, stretches: tuple[_Stretch, ...], told_s: float | None) -> float | None:
    claimed = [stretch.claim.duration_s for stretch in stretches]
    if len(stretches) == 1:
        told_s = claimed[0] if claimed[0] is not None else told_s
        return told_s if told_s is not None else reader.declared_s
    return sum(length_s or 0.0 for length_s in claimed) or None


def _read_other(stretch: _Stretch, buffer: SampleBuffer) -> DecodedRecording:
    """One of several recordings in the file, which need not be readable."""
    if stretch.broken:
        return DecodedRecording(damage=f"one of the recordings in the file cannot be read: {stretch.broken}")
    try:
        with _open(stretch) as reader:
            sink = FittingSink(buffer, reader.rate_hz, reader.channels)
            heard = _read(reader, stretch, sink, None)
            sink.flush()
            if sink.is_kept:
                return heard
            return replace(heard, lost_s=heard.seconds, gaps=((0.0, heard.seconds),))
    except CallError as error:
        if error.kind.slug in ("too_long", "too_big"):
            raise
        return DecodedRecording(damage=f"one of the recordings in the file cannot be read: {error.found}")


def _read(reader: StreamReader, stretch: _Stretch, sink: Sink, told_s: float | None) -> DecodedRecording:
    """Decode one recording into `sink`."""
    form, claim = stretch.form, stretch.claim
    declared_s = claim.duration_s
    # What FFmpeg calls the length of an Ogg file is the time of the last page that is there, and of an MP4 in
    # fragments that of the fragments.
    is_there_only = (form.demuxer == "ogg" and claim.cut) or (form.demuxer == "mov" and not claim.tells_end)
    is_told = form.demuxer in TELLS_LENGTH and not is_there_only and not claim.is_open
    if declared_s is None and is_told and reader.declared_s is not None:
        declared_s = reader.declared_s + claim.missing_end_s
    clock = _clock(reader, stretch, sink=sink, declared_s=declared_s)
    for piece in reader.pieces():
        clock.add(piece)
    clock.finish()
    unread, behind = _unread_bytes(reader, stretch)
    is_doubtful = claim.is_doubtful or is_doubtful_rate(form.demuxer, reader.rate_hz)
    return DecodedRecording(
        seconds=clock.written / reader.rate_hz,
        declared_s=declared_s if declared_s is not None else told_s,
        lost_s=clock.lost / reader.rate_hz,
        bad_packets=clock.bad_packets,
        tail_packets=clock.tail_packets,
        cut=claim.cut or _cut_frame(reader, stretch),
        damage=claim.damage,
        is_open=claim.is_open,
        tells_end=claim.tells_end and not is_doubtful,
        is_doubtful=is_doubtful,
        sound_bytes=claim.sound_bytes or stretch.source.size_bytes,
        unread_bytes=unread,
        behind_bytes=max(claim.behind_bytes, behind),
        gaps=tuple((start / reader.rate_hz, end / reader.rate_hz) for start, end in clock.gaps),
        frame_s=clock.longest / reader.rate_hz,
    )


def _unread_bytes(reader: StreamReader, stretch: _Stretch) -> tuple[int, int]:
    """Bytes of the sound that no packet holds: among the packets, and behind the last."""
    sound_bytes = stretch.claim.sound_bytes
    if sound_bytes is None or not reader.is_alone or reader.last_byte < 0:
        return 0, 0
    unread = max(0, sound_bytes - reader.held_bytes)
    if stretch.form.demuxer not in BYTE_CLOCKED:
        return unread, 0
    behind = max(0, stretch.source.size_bytes - tag_bytes_at_end(stretch.source) - reader.end_byte)
    return max(0, unread - behind), min(unread, behind)


def _cut_frame(reader: StreamReader, stretch: _Stretch) -> str:
    """How a bare stream can be seen to end inside a frame, empty where it does not."""
    if stretch.form.demuxer not in ("mp3", "aac"):
        return ""
    end = stretch.source.size_bytes - tag_bytes_at_end(stretch.source)
    for start in (reader.last_byte, reader.end_byte):
        needed = (
            frame_bytes(stretch.source.read(start, 8), is_adts=stretch.form.demuxer == "aac")
            if start >= 0
            else None
        )
        if needed is not None and start < end < start + needed:
            return f"the last frame has {end - start} of {needed} bytes"
    return ""


def _finish(
    buffer: SampleBuffer, main: _Stretch, whole: DecodedRecording, *, is_alone: bool
) -> NDArray[np.int16]:
    samples = buffer.finish()
    declared_s = main.claim.duration_s if main.claim.duration_s is not None else whole.declared_s
    if is_alone and main.form.demuxer in FILLED_UP and declared_s is not None and not main.claim.lies:
        rate_hz = buffer.out_rate_hz
        samples = _trim(samples, round(declared_s * rate_hz), round(_PADDING_S * rate_hz))
    remove_offset(samples, buffer.out_rate_hz)
    return samples


def _to_audio(
    reader: StreamReader,
    rate_hz: int,
    samples: NDArray[np.int16],
    whole: DecodedRecording,
    *,
    source: FileSource,
    settings: AudioSettings,
) -> Audio:
    duration_s = samples.shape[1] / rate_hz
    tally = DecodingTally(
        reader.container, duration_s, whole.declared_s, whole.lost_s, whole.bad_packets, whole.tail_packets,
        whole.cut, whole.behind_bytes / source.size_bytes, whole.is_open, reader.audio_streams, whole.damage,
        whole.unread_bytes / max(1, whole.sound_bytes), whole.parts, whole.tells_end, whole.frame_s, whole.is_doubtful,
    )  # fmt: skip
    origin = Origin(
        reader.container, reader.codec, reader.channels, reader.rate_hz, duration_s, whole.declared_s,
        whole.bad_packets, whole.lost_s, whole.declared_s is not None and not whole.is_doubtful,
        judge_whole(tally, settings), _gap_spans(whole.gaps, duration_s),
    )  # fmt: skip
    return Audio(samples, rate_hz, origin, draw_peaks(samples, rate_hz, points_per_s=settings.peaks_per_s))


def _gap_spans(gaps: tuple[tuple[float, float], ...], duration_s: float) -> tuple[Span, ...]:
    """Gaps to a millisecond, none of them behind the end."""
    return tuple(
        Span(round(start_s, 3), round(min(end_s, duration_s), 3))
        for start_s, end_s in gaps
        if start_s < duration_s
    )


def _trim(samples: NDArray[np.int16], count: int, padding: int) -> NDArray[np.int16]:
    """Without what a codec put behind the sound to fill its last frame; anything longer is kept."""
    return samples[:, :count] if 0 < count < samples.shape[1] <= count + padding else samples


def _clock(
    reader: StreamReader, stretch: _Stretch, *, sink: Sink, declared_s: float | None
) -> StampClock | ByteClock:
    form = stretch.form
    if form.demuxer not in BYTE_CLOCKED:
        jitter_s = JITTER_S if form.demuxer in GAPS_ARE_NORMAL else EXACT_S
        return StampClock(sink, rate_hz=reader.rate_hz, declared_s=declared_s, jitter_s=jitter_s)
    length_s = declared_s if declared_s is not None else reader.declared_s
    start = form.sound_at
    if form.demuxer == "amr":
        # Frames of a pause have one byte, so that even the few bytes of the magic would count as lost ones.
        start += read_magic(stretch.source.read(start, 16))[1]
    size = stretch.source.size_bytes - form.sound_at
    return ByteClock(
        sink,
        rate_hz=reader.rate_hz,
        bytes_per_s=size / length_s if length_s else None,
        end_byte=stretch.source.size_bytes,
        # Where a count agrees with the frames, what stands before them is no lost sound.
        start_byte=start if stretch.claim.duration_s is None else None,
    )


def _told_s(recording: Recording) -> float | None:
    """Length that a sidecar or table gives under ``duration_s``, for files that claim none."""
    text = dict(recording.details.extras).get("duration_s", "")
    try:
        told = float(text)
    except ValueError:
        return None
    return told if math.isfinite(told) and told > 0 else None


_POINTS_AT_ONCE = 4096


def draw_peaks(samples: NDArray[np.int16], rate_hz: int, *, points_per_s: int) -> Peaks:
    """The outline of each channel.

    Parameters
    ----------
    samples
        int16, shape ``(channels, time)``.
    rate_hz
        Samples per second.
    points_per_s
        Points wanted per second; the nearest rate that has whole samples in a point is taken.

    Returns
    -------
    Peaks
        One byte a point, 255 for full scale. The last point may stand for less time.
    """
    step = max(1, round(rate_hz / points_per_s))
    return Peaks(rate_hz / step, tuple(_outline(channel, step) for channel in samples))


def _outline(channel: NDArray[np.int16], step: int) -> bytes:
    parts = []
    # In parts, because taking the magnitude makes a copy twice the size of what it is taken of.
    for start in range(0, channel.size, step * _POINTS_AT_ONCE):
        part = channel[start : start + step * _POINTS_AT_ONCE]
        loudest = np.maximum.reduceat(np.abs(part.astype(np.int32)), np.arange(0, part.size, step))
        parts.append(np.minimum((loudest * 255 + 16384) // 32768, 255).astype(np.uint8).tobytes())
    return b"".join(parts)
