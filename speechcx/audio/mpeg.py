"""Frame headers of MPEG audio (MP3) and ADTS AAC: enough to recognise a stream and read its Xing count.

Layouts after ISO/IEC 11172-3 and 13818-3 (MPEG audio), 13818-7 (ADTS).
"""

from __future__ import annotations

from dataclasses import dataclass

_BIT_RATES_1 = (
    (0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    (0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
)
_BIT_RATES_2 = (
    (0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
)
_RATES_HZ = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
_ADTS_RATES_HZ = (
    96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350,
)  # fmt: skip
_FRAMES_IN_A_ROW = 3
_FFMPEG_TAG_BYTES = 190


@dataclass(frozen=True, slots=True)
class MpegFrame:
    """One frame header of MPEG audio.

    Parameters
    ----------
    size_bytes
        Length of the whole frame.
    samples
        Samples in it for each channel.
    rate_hz
        Sample rate.
    side_bytes
        Where a Xing tag stands, counted from the frame's start.
    """

    size_bytes: int
    samples: int
    rate_hz: int
    side_bytes: int


def read_mpeg_header(data: bytes, at: int) -> MpegFrame | None:
    """The MPEG audio frame that begins at `at`, None where none does."""
    if at + 4 > len(data) or data[at] != 0xFF or data[at + 1] & 0xE0 != 0xE0:
        return None
    version, layer = data[at + 1] >> 3 & 3, 4 - (data[at + 1] >> 1 & 3)
    rate_no, bit_rate_no = data[at + 2] >> 2 & 3, data[at + 2] >> 4
    if version == 1 or layer == 4 or rate_no == 3 or bit_rate_no in (0, 15):
        return None
    rate_hz = _RATES_HZ[version][rate_no]
    bit_rate = 1000 * (_BIT_RATES_1 if version == 3 else _BIT_RATES_2)[layer - 1][bit_rate_no]
    padding = data[at + 2] >> 1 & 1
    if layer == 1:
        return MpegFrame((12 * bit_rate // rate_hz + padding) * 4, 384, rate_hz, 0)
    samples = 1152 if layer == 2 or version == 3 else 576
    is_mono = data[at + 3] >> 6 == 3
    side = {(True, False): 32, (True, True): 17, (False, False): 17, (False, True): 9}[
        (version == 3, is_mono)
    ]
    return MpegFrame(samples // 8 * bit_rate // rate_hz + padding, samples, rate_hz, 4 + side)


def read_adts_size(data: bytes, at: int) -> int | None:
    """Length of the ADTS frame that begins at `at`, None where none does."""
    if at + 7 > len(data) or data[at] != 0xFF or data[at + 1] & 0xF6 != 0xF0:
        return None
    if data[at + 2] >> 2 & 15 > 12:
        return None
    size = (data[at + 3] & 3) << 11 | data[at + 4] << 3 | data[at + 5] >> 5
    return size if size > 7 else None


def find_frames(head: bytes) -> str | None:
    """``mp3`` or ``aac`` where three frames follow on each other somewhere in `head`, else None."""
    at = head.find(b"\xff")
    while at >= 0:
        if _has_row(head, at, adts=False):
            return "mp3"
        if _has_row(head, at, adts=True):
            return "aac"
        at = head.find(b"\xff", at + 1)
    return None


def begins_with_frames(head: bytes) -> bool:
    """Whether frames follow on each other from the very first byte."""
    return _has_row(head, 0, adts=False) or _has_row(head, 0, adts=True)


def first_frame(head: bytes) -> tuple[int, MpegFrame] | None:
    """Position and header of the first MPEG audio frame that others follow, None without one."""
    at = head.find(b"\xff")
    while at >= 0:
        frame = read_mpeg_header(head, at)
        if frame is not None and _has_row(head, at, adts=False):
            return at, frame
        at = head.find(b"\xff", at + 1)
    return None


def _has_row(head: bytes, at: int, *, adts: bool) -> bool:
    """Whether frames follow on each other from `at`; at the very end of a short file two are enough."""
    seen = 0
    while seen < _FRAMES_IN_A_ROW:
        if adts:
            size = read_adts_size(head, at)
        else:
            frame = read_mpeg_header(head, at)
            size = frame.size_bytes if frame is not None else None
        if size is None:
            return False
        seen += 1
        at += size
        if at >= len(head):
            return seen >= 2
    return True


def measure_frames(data: bytes, *, is_adts: bool) -> tuple[int, float]:
    """Bytes and seconds of the frames that follow on each other somewhere in `data`; 0 and 0.0 without any."""
    at = data.find(b"\xff")
    while at >= 0 and not _has_row(data, at, adts=is_adts):
        at = data.find(b"\xff", at + 1)
    start, seconds = at, 0.0
    while at >= 0:
        if is_adts:
            size, frame_s = read_adts_size(data, at), _adts_s(data, at)
        else:
            frame = read_mpeg_header(data, at)
            size, frame_s = (frame.size_bytes, frame.samples / frame.rate_hz) if frame else (None, 0.0)
        if size is None or at + size > len(data):
            break
        at, seconds = at + size, seconds + frame_s
    return at - start, seconds


def _adts_s(data: bytes, at: int) -> float:
    """Seconds of the ADTS frame at `at`: blocks of 1024 samples."""
    if at + 7 > len(data):
        return 0.0
    rate_hz = _ADTS_RATES_HZ[min(data[at + 2] >> 2 & 15, len(_ADTS_RATES_HZ) - 1)]
    return 1024 * ((data[at + 6] & 3) + 1) / rate_hz


def frame_bytes(data: bytes, *, is_adts: bool) -> int | None:
    """Length of the frame at the start of `data`, MPEG audio or ADTS; None where none begins there."""
    if is_adts:
        return read_adts_size(data, 0)
    frame = read_mpeg_header(data, 0)
    return frame.size_bytes if frame is not None else None


def lame_padding(tag: bytes) -> int:
    """Samples that the encoder put before and behind the sound, from the LAME part of a full Xing tag."""
    both = int.from_bytes(tag[141:144], "big") if tag[120:124].isalpha() else 0
    return (both >> 12) + (both & 0xFFF)


def is_lame_tag_sound(frame: bytes) -> bool:
    """Whether the checksum of the LAME part of a Xing tag is right, or there is none.

    LAME sums what stands before it; FFmpeg 190 bytes, those from the checksum on as zeros.

    Parameters
    ----------
    frame
        From the first byte of the frame to the end of the LAME part, which is the checksum.
    """
    if not frame[-36:-32].isalpha() or not any(frame[-2:]):
        return True
    told = int.from_bytes(frame[-2:], "big")
    return told in (_crc16(frame[:-2]), _crc16(frame[:-2].ljust(_FFMPEG_TAG_BYTES, b"\0")))


def _crc16(data: bytes) -> int:
    """Checksum with the polynomial x^16 + x^15 + x^2 + 1, lowest bit first."""
    value = 0
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ 0xA001 if value & 1 else value >> 1
    return value
