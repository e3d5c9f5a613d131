"""PyAV, packet by packet: a packet that cannot be decoded is a piece too, and never ends the reading.

faster-whisper's own reader and PyAV's ``container.decode()`` go on with a generator that a bad packet
has ended, and lose the rest of the file without a word (faster-whisper issue 988).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import chain
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from speechcx.audio.amr import FrameKind, frame_kind
from speechcx.audio.file_source import PrefixedFile, Readable
from speechcx.audio.flac import frame_start
from speechcx.audio.formats import DECODERS, FileFormat
from speechcx.audio.settings import MAX_CHANNELS, MAX_RATE_HZ, MIN_RATE_HZ
from speechcx.errors import CallError

BYTE_CLOCKED = frozenset({"mp3", "aac", "amr"})
"""Bare streams without timestamps: after damage only the position in the file tells the time."""

_MAX_IDLE_ERRORS = 200
"""Errors in a row, without one packet between them, after which the rest of the file is given up."""

_PEEKED_FRAMES = 25

_AMR_IS_WIDE = {"amrnb": False, "libopencore_amrnb": False, "amrwb": True, "libopencore_amrwb": True}


@dataclass(frozen=True, slots=True, eq=False)
class DecodedPacket:
    """What became of one packet.

    Parameters
    ----------
    samples
        int16, shape ``(channels, time)``; None where the packet could not be decoded.
    count
        Samples of each channel in it; for a lost packet those that should have been in it, 0 if unknown.
    at
        Where it belongs, in samples by the container's timestamps; None without one.
    byte, size_bytes
        Where its packet begins in the file, None if unknown, and how long it is.
    rate_hz
        Rate of this piece; 0 for a lost one.
    is_told
        The stream itself says that this packet was lost before it was recorded: `count` is sure.
    """

    samples: NDArray[np.int16] | None
    count: int
    at: int | None
    byte: int | None
    size_bytes: int
    rate_hz: int = 0
    is_told: bool = False

    @property
    def shape(self) -> tuple[int, int]:
        """(rate in Hz, channels), (0, 0) for a lost packet."""
        return (0, 0) if self.samples is None else (self.rate_hz, self.samples.shape[0])


class StreamReader:
    """One audio stream, open for decoding.

    Parameters
    ----------
    source
        The file.
    form
        What :func:`speechcx.audio.formats.recognise` made of it; FFmpeg may not take it for anything else.
    ignore_length
        Read a WAV file to its end, whatever its header says.

    Attributes
    ----------
    container, codec
        Names as FFmpeg gives them.
    rate_hz, channels
        Those of nearly all pieces; pieces of another shape come out as lost.
    declared_s
        FFmpeg's idea of the length; only an estimate for some containers.
    audio_streams
        Audio streams in the file; only the first is read.
    is_alone
        Whether the file holds no other stream.
    held_bytes
        Bytes of all packets read so far.
    last_byte, end_byte
        Where the last of them begins in the file, and the end of that which reaches furthest; -1 and 0 if unknown.

    Raises
    ------
    CallError
        ``unsupported_codec``, ``bad_header``, ``damaged``, ``not_audio`` or ``empty``.
    """

    def __init__(self, source: Readable, form: FileFormat, *, ignore_length: bool = False) -> None:
        self._has_header = form.has_header
        self.held_bytes = 0
        self.last_byte = -1
        self.end_byte = 0
        self._container = _open(source, form, ignore_length=ignore_length)
        try:
            self._stream = self._choose_stream()
            self._tick: Fraction | None = self._stream.time_base
            context = self._stream.codec_context
            self._flac_block = _flac_block(context) if form.demuxer == "flac" else 0
            self.container = "vox" if form.header else form.demuxer
            self.codec = str(context.codec.canonical_name)
            self.declared_s = self._read_declared()
            self._check_shape(int(context.sample_rate), int(context.layout.nb_channels))
            self._pieces = self._find_shape(self._decode())
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> StreamReader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the container."""
        self._container.close()

    def pieces(self) -> Iterator[DecodedPacket]:
        """All packets in order, each as a piece of the stream's rate and channels, or as a lost one."""
        wanted = (self.rate_hz, self.channels)
        for piece in self._pieces:
            if piece.samples is None or piece.shape == wanted:
                yield piece
            else:
                count = round(piece.count * self.rate_hz / piece.rate_hz) if piece.rate_hz else 0
                yield replace(piece, samples=None, count=count, rate_hz=0)

    def _choose_stream(self) -> Any:
        from av.stream import Discard

        streams = self._container.streams
        self.audio_streams = len(streams.audio)
        self.is_alone = len(streams) == 1
        if not streams.audio:
            held = ", ".join(sorted({stream.type for stream in streams})) or "nothing"
            raise CallError("unsupported_codec", f"no sound in the file, only {held}", "an audio stream")
        stream = streams.audio[0]
        context = stream.codec_context
        name = context.name if context is not None else "unknown"
        if context is None or context.codec.name not in DECODERS:
            raise CallError("unsupported_codec", f"the codec {name!r}", "a codec of recorded calls")
        if _tag(stream) in ("enca", "drms"):
            raise CallError("unsupported_codec", "the recording is encrypted", "a recording without a lock")
        for other in streams:
            if other is not stream:
                other.discard = Discard.all
        if context.codec.name == "flac":
            # Without this the decoder hands on frames whose checksum is wrong, as noise.
            context.options = {"err_detect": "crccheck+explode"}
        context.thread_count = 1  # so that an error belongs to the packet that was given
        return stream

    def _read_declared(self) -> float | None:
        told_s = 0.0
        if self._stream.duration and self._stream.time_base:
            told_s = float(self._stream.duration * self._stream.time_base)
        elif self._container.duration:
            told_s = self._container.duration / 1e6
        return told_s if told_s > 0 else None  # a damaged header may claim less than nothing

    def _check_shape(self, rate_hz: int, channels: int) -> None:
        if rate_hz == 0 or channels == 0:
            raise CallError(
                "damaged" if self._has_header else "bad_header",
                f"no sound can be made out ({channels} channels, {rate_hz} Hz)",
                "at least one whole packet",
            )
        if not MIN_RATE_HZ <= rate_hz <= MAX_RATE_HZ:
            raise CallError(
                "bad_header", f"a rate of {rate_hz:,} Hz", f"{MIN_RATE_HZ:,} to {MAX_RATE_HZ:,} Hz"
            )
        if channels > MAX_CHANNELS:
            raise CallError("bad_header", f"{channels} channels", f"1 to {MAX_CHANNELS}")

    def _find_shape(self, pieces: Iterator[DecodedPacket]) -> Iterator[DecodedPacket]:
        """Take rate and channels from the first frames together: a damaged one may lie about both."""
        peeked: list[DecodedPacket] = []
        shapes: Counter[tuple[int, int]] = Counter()
        for piece in pieces:
            peeked.append(piece)
            if piece.samples is not None:
                shapes[piece.shape] += 1
            if shapes.total() >= _PEEKED_FRAMES or len(peeked) >= 20 * _PEEKED_FRAMES:
                break
        context = self._stream.codec_context
        usual = shapes.most_common(1)
        self.rate_hz, self.channels = (
            usual[0][0] if usual else (int(context.sample_rate), int(context.layout.nb_channels))
        )
        self._check_shape(self.rate_hz, self.channels)
        return chain(peeked, pieces)

    def _decode(self) -> Iterator[DecodedPacket]:
        import av

        for packet in self._packets():
            kind = self._amr_kind(packet)
            try:
                frames = packet.decode()
            except av.error.FFmpegError:
                yield self._pause(packet) if kind == "pause" else self._lost(packet, is_told=kind == "lost")
                continue
            if kind == "lost":  # FFmpeg makes silence of it
                yield self._lost(packet, is_told=True)
                continue
            for no, frame in enumerate(frames):
                if frame.samples:
                    yield self._piece(packet, frame, is_first=no == 0)

    def _packets(self) -> Iterator[Any]:
        """Every packet, and the empty one that flushes the decoder; after an error reading goes on."""
        import av

        idle_errors = 0
        while idle_errors < _MAX_IDLE_ERRORS:
            try:
                for packet in self._container.demux(self._stream):
                    if packet.size:
                        idle_errors = 0
                        self.held_bytes += packet.size
                        if packet.pos is not None:
                            self.last_byte = packet.pos
                            self.end_byte = max(self.end_byte, packet.pos + packet.size)
                    yield packet
                return
            except av.error.FFmpegError:
                idle_errors += 1

    def _amr_kind(self, packet: Any) -> FrameKind | None:
        """What a packet of AMR is by its first byte; None for other codecs."""
        name = self._stream.codec_context.name
        if not packet.size or name not in _AMR_IS_WIDE:
            return None
        return frame_kind(bytes(packet)[0], is_wide=_AMR_IS_WIDE[name])

    def _pause(self, packet: Any) -> DecodedPacket:
        """Silence for a frame in which the telephone sent nothing."""
        lost = self._lost(packet)
        context = self._stream.codec_context
        silence = np.zeros((int(context.layout.nb_channels), lost.count), np.int16)
        return replace(lost, samples=silence, rate_hz=int(context.sample_rate))

    def _lost(self, packet: Any, *, is_told: bool = False) -> DecodedPacket:
        context = self._stream.codec_context
        rate_hz = int(context.sample_rate)
        count = round(float(packet.duration * packet.time_base) * rate_hz) if packet.duration else 0
        return DecodedPacket(
            None,
            count or int(context.frame_size or 0),
            self._at(packet.pts, rate_hz),
            packet.pos,
            packet.size,
            is_told=is_told,
        )

    def _at(self, stamp: int | None, rate_hz: int) -> int | None:
        """A timestamp in samples."""
        if stamp is None or self._tick is None:
            return None
        # In whole numbers: stamps of MP3 count 14,112,000 to the second, and a Fraction for each is slow.
        return (stamp * self._tick.numerator * rate_hz) // self._tick.denominator

    def _piece(self, packet: Any, frame: Any, *, is_first: bool) -> DecodedPacket:
        samples = to_int16(frame.to_ndarray(), str(frame.format.name), int(frame.layout.nb_channels))
        rate_hz = int(frame.sample_rate)
        at = self._at(frame.pts, rate_hz)
        if self._flac_block and is_first and packet.size:
            told = frame_start(bytes(packet)[:16], self._flac_block)
            at = at if told is None else told
        return DecodedPacket(samples, samples.shape[1], at, packet.pos, packet.size, rate_hz)


def _open(source: Readable, form: FileFormat, *, ignore_length: bool) -> Any:
    """Open the file with every door shut but the one it needs."""
    import av

    options = {
        "protocol_whitelist": "subfile,file",
        "format_whitelist": form.demuxer,
        # Keeps FFmpeg's own probing from opening any other decoder, such as that of a cover picture.
        "codec_whitelist": ",".join(DECODERS),
        **dict(form.options),
    }
    if ignore_length and form.demuxer == "wav":
        options["ignore_length"] = "1"
    if form.demuxer == "aac":
        # The parser hides where in the file a packet was found, which is the only clock ADTS has.
        options["fflags"] = "noparse+nofillin"
    extra: dict[str, Any] = {}
    if int(av.__version__.split(".")[0]) < 19:
        extra["metadata_errors"] = "replace"  # removed in PyAV 19, where it is the only behaviour
    try:
        file = source.url if source.url and not form.header else PrefixedFile(form.header, source)
        return av.open(file, "r", format=form.demuxer, container_options=options, **extra)
    except (av.error.FFmpegError, UnicodeError, ValueError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise CallError(
            "damaged", f"FFmpeg cannot read this {form.demuxer} file: {reason}", "a readable file"
        ) from error


def _flac_block(context: Any) -> int:
    """Samples of a block by the header of a FLAC file; 0 where that is missing."""
    return int.from_bytes(bytes(context.extradata or b"")[2:4], "big")


def _tag(stream: Any) -> str:
    """The container's four letters for the codec, empty where they are no letters (WAV has a number)."""
    try:
        return str(stream.codec_tag)
    except UnicodeDecodeError:
        return ""


def to_int16(plane: NDArray[Any], sample_format: str, channels: int) -> NDArray[np.int16]:
    """Decoded samples of any of FFmpeg's formats as 16-bit ones.

    Parameters
    ----------
    plane
        As ``AudioFrame.to_ndarray`` gives it.
    sample_format
        FFmpeg's name, for example ``fltp``; without the final p the channels are interleaved.
    channels
        Number of channels.

    Returns
    -------
    ndarray
        int16, shape ``(channels, time)``. Floats are rounded and clipped at full scale; a float that is
        no number (NaN) is silence.
    """
    if not sample_format.endswith("p"):
        plane = plane.reshape(-1, channels).T
    kind = sample_format.removesuffix("p")
    if kind == "s16":
        return np.ascontiguousarray(plane, np.int16)
    if kind == "u8":
        return (plane.astype(np.int16) - 128) << 8
    if kind == "s32":
        return np.asarray(np.minimum((plane.astype(np.int64) + 0x8000) >> 16, 32767), np.int16)
    if kind in ("flt", "dbl"):
        scaled = np.rint(plane * 32768.0)
        if not np.isfinite(scaled).all():
            np.nan_to_num(scaled, copy=False, nan=0.0, posinf=32767.0, neginf=-32768.0)
        np.minimum(scaled, 32767.0, out=scaled)
        np.maximum(scaled, -32768.0, out=scaled)
        return scaled.astype(np.int16)
    raise CallError(
        "unsupported_codec", f"samples of the format {sample_format!r}", "u8, s16, s32, flt or dbl"
    )
