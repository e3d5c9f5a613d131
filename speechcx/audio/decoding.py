"""One recording from its file to its samples: open, recognise, decode, keep time, judge."""

from __future__ import annotations

import math
import os
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from speechcx.audio.claims import TELLS_LENGTH, Claim, read_claim
from speechcx.audio.formats import HEAD_BYTES, Format, id3_bytes, recognise
from speechcx.audio.peaks import draw_peaks
from speechcx.audio.reader import BYTE_CLOCKED, Reader
from speechcx.audio.samples import SampleBuffer
from speechcx.audio.settings import AudioSettings
from speechcx.audio.source import Source
from speechcx.audio.timeline import EXACT_S, JITTER_S, ByteClock, StampClock
from speechcx.audio.verdict import GAPS_ARE_NORMAL, Tally, judge_whole
from speechcx.call import Audio, Origin, Recording, Span
from speechcx.errors import CallError

FILLED_UP = frozenset({"mov", "wav"})
"""Containers that name the length to the sample, where FFmpeg leaves the filling of the last frame on."""

_PADDING_S = 0.15
"""No codec has longer frames than AAC at 8 kHz: 128 ms."""


def decode_recording(recording: Recording, settings: AudioSettings) -> Audio:
    """See :func:`speechcx.audio.decode`."""
    with Source(recording.path) as source:
        _check_size(source, settings)
        # The second reading of the file comes from the page cache; a change in between shows in the
        # modification time, which is compared at the end.
        if source.hash_sha256() != recording.sha256:
            raise CallError("vanished", "the file was replaced since it was found", "the same bytes")
        form = _recognise(source, settings)
        claim = read_claim(source, form)
        _check_length(claim.duration_s, settings)
        with _open(source, form, claim) as reader:
            if form.demuxer in TELLS_LENGTH:
                _check_length(reader.declared_s, settings)
            audio = _decode(reader, source, form=form, claim=claim, recording=recording, settings=settings)
        if source.has_changed():
            raise CallError("vanished", "the file was changed while it was decoded", "a file at rest")
    return audio


def _open(source: Source, form: Format, claim: Claim) -> Reader:
    try:
        return Reader(source, form)
    except CallError as error:
        if claim.cut and error.kind.slug == "damaged":
            raise CallError("truncated", claim.cut, "the whole file") from error
        raise


def _check_size(source: Source, settings: AudioSettings) -> None:
    if source.size_bytes == 0:
        raise CallError("empty", "the file has 0 bytes", "a recording")
    if source.size_bytes > settings.max_file_bytes:
        raise CallError(
            "too_big",
            f"the file has {source.size_bytes:,} bytes",
            f"at most {settings.max_file_bytes:,} (audio.max_file_bytes)",
        )


def _recognise(source: Source, settings: AudioSettings) -> Format:
    start = id3_bytes(source.read(0, 10))
    form = recognise(source.read(start, HEAD_BYTES), os.path.basename(source.path), settings)
    return replace(form, sound_at=start)


def _check_length(declared_s: float | None, settings: AudioSettings) -> None:
    if declared_s is not None and declared_s > settings.max_duration_s:
        raise CallError(
            "too_long",
            f"the header says {declared_s:,.0f} s",
            f"at most {settings.max_duration_s:,.0f} (audio.max_duration_s)",
        )


def _decode(
    reader: Reader,
    source: Source,
    *,
    form: Format,
    claim: Claim,
    recording: Recording,
    settings: AudioSettings,
) -> Audio:
    declared_s = claim.duration_s
    # What FFmpeg calls the length of an Ogg file is the time of the last page that is there.
    is_told = form.demuxer in TELLS_LENGTH and not (form.demuxer == "ogg" and claim.cut)
    if declared_s is None and is_told:
        declared_s = reader.declared_s
    known_s = declared_s if declared_s is not None else _told_s(recording)
    buffer = SampleBuffer(
        reader.channels,
        reader.rate_hz,
        expected_s=known_s if known_s is not None else reader.declared_s,
        max_duration_s=settings.max_duration_s,
        max_bytes=settings.max_output_bytes,
    )
    clock = _clock(reader, source, form=form, buffer=buffer, declared_s=declared_s)
    for piece in reader.pieces():
        clock.add(piece)
    clock.finish()
    samples = buffer.finish()
    if form.demuxer in FILLED_UP and declared_s is not None:
        samples = _trim(
            samples, round(declared_s * buffer.out_rate_hz), round(_PADDING_S * buffer.out_rate_hz)
        )
    duration_s = samples.shape[1] / buffer.out_rate_hz
    lost_s = clock.lost / reader.rate_hz
    tally = Tally(
        form.demuxer, duration_s, known_s, lost_s, clock.bad_packets, clock.tail_packets,
        claim.cut, claim.behind_bytes / source.size_bytes, claim.is_open, reader.audio_streams,
    )  # fmt: skip
    origin = Origin(
        reader.container, reader.codec, reader.channels, reader.rate_hz, duration_s, known_s,
        clock.bad_packets, lost_s, known_s is not None, judge_whole(tally, settings),
        _gap_spans(clock.gaps, reader.rate_hz, duration_s),
    )  # fmt: skip
    peaks = draw_peaks(samples, buffer.out_rate_hz, points_per_s=settings.peaks_per_s)
    return Audio(samples, buffer.out_rate_hz, origin, peaks)


def _gap_spans(gaps: list[tuple[int, int]], rate_hz: int, duration_s: float) -> tuple[Span, ...]:
    """Gaps in seconds, to a millisecond, none of them behind the end."""
    spans = (
        Span(start / rate_hz, min(end / rate_hz, duration_s))
        for start, end in gaps
        if start / rate_hz < duration_s
    )
    return tuple(Span(round(span.start_s, 3), round(span.end_s, 3)) for span in spans)


def _trim(samples: NDArray[np.int16], count: int, padding: int) -> NDArray[np.int16]:
    """Without what a codec put behind the sound to fill its last frame; anything longer is kept."""
    return samples[:, :count] if 0 < count < samples.shape[1] <= count + padding else samples


def _clock(
    reader: Reader, source: Source, *, form: Format, buffer: SampleBuffer, declared_s: float | None
) -> StampClock | ByteClock:
    if form.demuxer not in BYTE_CLOCKED:
        jitter_s = JITTER_S if form.demuxer in GAPS_ARE_NORMAL else EXACT_S
        return StampClock(buffer, rate_hz=reader.rate_hz, declared_s=declared_s, jitter_s=jitter_s)
    length_s = declared_s if declared_s is not None else reader.declared_s
    size = source.size_bytes - form.sound_at
    return ByteClock(
        buffer,
        rate_hz=reader.rate_hz,
        bytes_per_s=size / length_s if length_s else None,
        end_byte=source.size_bytes,
    )


def _told_s(recording: Recording) -> float | None:
    """Length that a sidecar or table gives under ``duration_s``, for files that claim none."""
    text = dict(recording.details.extras).get("duration_s", "")
    try:
        told = float(text)
    except ValueError:
        return None
    return told if math.isfinite(told) and told > 0 else None
