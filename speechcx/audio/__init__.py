"""Takes a ``Recording``, gives its ``Audio``: decoded once, whole, or with every loss counted.

Takes: one file on disk, in any of the formats of :mod:`speechcx.audio.formats`.
Gives: 16-bit samples on a true clock, the file's origin with its flags, peaks for drawing.
Never: opens another file than the one named, opens a video decoder, follows a playlist, shortens a
call without saying so, takes more memory than its samples.

The way of a file: ``source`` opens and hashes it; ``formats`` tells by its bytes what it is; ``bounds``
refuses what is far too much by a look at some places; ``claims`` reads how long it says it is; ``reader``
decodes packet by packet through PyAV; ``timeline`` puts silence where packets were lost; ``samples`` keeps
the result; ``verdict`` flags or refuses.

One more container: a line in ``formats.recognise``. One more codec: its decoder's name in
``formats.DECODERS``. Then a line in the format table of ``tests/audio/test_decoding.py``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from speechcx.audio.settings import NOT_IN_DIGEST, AudioSettings

if TYPE_CHECKING:
    from speechcx.call import Audio, Recording

__all__ = ["NOT_IN_DIGEST", "AudioSettings", "decode", "write_wav"]


def decode(recording: Recording, settings: AudioSettings) -> Audio:
    """Decode one recording.

    Parameters
    ----------
    recording
        The file and the SHA-256 it had when it was found.
    settings
        Bounds and headerless formats.

    Returns
    -------
    Audio
        int16 samples ``(channels, time)`` at the file's own rate, brought down to 16 kHz from higher
        ones. The time of packets that could not be decoded is filled with silence.

    Raises
    ------
    CallError
        ``empty``, ``not_audio``, ``unsupported_codec``, ``truncated``, ``damaged``, ``too_long``,
        ``too_big``, ``bad_header``, ``vanished`` or ``unreadable``.
    """
    # Imported here so that reading the settings of this room does not load numpy.
    from speechcx.audio.decoding import decode_recording

    return decode_recording(recording, settings)


def write_wav(audio: Audio, file: BinaryIO) -> None:
    """Write decoded sound as 16-bit WAV, which every player knows, into an open file."""
    import wave

    block = 1 << 18
    with wave.open(file, "wb") as writer:
        writer.setnchannels(audio.samples.shape[0])
        writer.setsampwidth(2)
        writer.setframerate(audio.rate_hz)
        for at in range(0, audio.samples.shape[1], block):
            writer.writeframesraw(audio.samples[:, at : at + block].T.astype("<i2").tobytes())
