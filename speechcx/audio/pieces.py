"""A recording cut into short files, for measuring how fast a machine is: only this room touches samples."""

from __future__ import annotations

import wave
from pathlib import Path

from speechcx.audio import AudioSettings, decode
from speechcx.call import Recording


def write_pieces(
    recording: Recording, settings: AudioSettings, folder: Path, *, piece_s: float
) -> tuple[float, tuple[Path, ...]]:
    """Write a recording as WAV files of at most `piece_s` seconds, all channels in each.

    Parameters
    ----------
    recording
        What to cut.
    settings
        As for :func:`speechcx.audio.decode`.
    folder
        Where to; there already.
    piece_s
        Seconds of each piece; a last one shorter than half of that is left out, unless it is the only one.

    Returns
    -------
    (float, tuple of Path)
        Seconds of the whole recording, and the files.

    Raises
    ------
    CallError
        It cannot be decoded.
    """
    audio = decode(recording, settings)
    size = int(piece_s * audio.rate_hz)
    paths = []
    for start in range(0, audio.samples.shape[1], size):
        piece = audio.samples[:, start : start + size]
        if start and piece.shape[1] < size // 2:
            break
        path = folder / f"{recording.id}-{start // size:04d}.wav"
        with wave.open(str(path), "wb") as file:
            file.setnchannels(piece.shape[0])
            file.setsampwidth(2)
            file.setframerate(audio.rate_hz)
            file.writeframes(piece.T.astype("<i2").tobytes())
        paths.append(path)
    return audio.duration_s, tuple(paths)
