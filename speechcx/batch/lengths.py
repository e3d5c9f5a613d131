"""How long a recording may be, told from its size before anybody decodes it."""

from __future__ import annotations

import struct
from pathlib import PurePath

# Bytes a second by ending: what is usual for telephone calls, and the least that occurs. Rates of
# codecs: AMR 3GPP TS 26.071 (4.75 to 12.2 kbit/s), GSM 06.10 (1,650), G.711 (8,000), Opus RFC 6716.
_RATES: dict[str, tuple[float, float]] = {
    ".wav": (16_000, 1_625),
    ".ulaw": (8_000, 8_000),
    ".alaw": (8_000, 8_000),
    ".au": (8_000, 8_000),
    ".gsm": (1_650, 1_650),
    ".amr": (1_500, 590),
    ".flac": (8_000, 2_000),
    ".mp3": (4_000, 1_000),
    ".m4a": (4_000, 1_000),
    ".opus": (3_000, 750),
    ".ogg": (3_000, 750),
}
_OTHER = (4_000.0, 750.0)
_SANE_BYTES_PER_S = range(500, 1_000_000)


def guess_length_s(path: str, size_bytes: int) -> float:
    """The usual length of a file of that ending and size, in seconds."""
    usual, _ = _RATES.get(PurePath(path).suffix.lower(), _OTHER)
    return size_bytes / usual


def bound_length_s(path: str, size_bytes: int) -> float:
    """A length in seconds that a file is hardly above: by its WAV header, else by the leanest codec."""
    _, least = _RATES.get(PurePath(path).suffix.lower(), _OTHER)
    return size_bytes / (_read_wav_rate(path) or least)


def _read_wav_rate(path: str) -> int | None:
    """Bytes a second as a WAV header in the usual place says; None where it is not there or not sane."""
    try:
        with open(path, "rb") as file:
            head = file.read(36)
    except OSError:
        return None
    if len(head) < 36 or head[:4] != b"RIFF" or head[8:16] != b"WAVEfmt ":
        return None
    rate: int = struct.unpack_from("<I", head, 28)[0]
    return rate if rate in _SANE_BYTES_PER_S else None
