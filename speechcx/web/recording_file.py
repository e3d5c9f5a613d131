"""The file of a recording, as it was when it was heard, or why it cannot be played."""

from __future__ import annotations

import os
import stat
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from threading import Lock
from typing import BinaryIO

from speechcx.call import Call, Conversation, Recording, Span
from speechcx.file_bytes import hash_bytes

GONE = "The recording is not where it was: it was moved, deleted or redacted. Words and outline are kept."
CHANGED = "The file of this name is another recording now. Words and outline are kept."
_KINDS = {
    "mp3": "audio/mpeg", "ogg": "audio/ogg", "flac": "audio/flac", "wav": "audio/wav", "mov": "audio/mp4",
    "mp4": "audio/mp4", "m4a": "audio/mp4", "webm": "audio/webm", "matroska": "audio/webm", "adts": "audio/aac",
    "aac": "audio/aac",
}  # fmt: skip
_PLAYED = ("mp3", "vorbis", "opus", "flac", "aac", "pcm_s16le", "pcm_u8", "pcm_s24le", "pcm_f32le", "pcm_mulaw",
           "pcm_alaw")  # fmt: skip
"""Codecs that browsers play in those containers; others are sent as plain sound."""
_MOST_DECODED = 4
_MOST_KNOWN = 2000


@dataclass(slots=True)
class Playable:
    """Bytes a browser can play: open file, length, and what they are. Close it."""

    file: BinaryIO
    length: int
    content_type: str


class Recordings:
    """Opens recordings; remembers which files were found to be what was heard, and the last few it had to decode.

    Parameters
    ----------
    folder
        Where sound that had to be decoded lies while it is played, in files without a name: calls leave the
        folder of the database for no other.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: OrderedDict[tuple[str, int, int, int], str] = OrderedDict()
        self._decoded: OrderedDict[tuple[str, tuple[Span, ...]], BinaryIO] = OrderedDict()
        self._lock = Lock()

    def find_trouble(self, recording: Recording, paths: tuple[str, ...]) -> str:
        """Why a recording cannot be played; empty where it can, as far as its size tells."""
        found = [path for path in paths if _is_file(path)]
        if not found:
            return GONE
        return "" if any(os.stat(path).st_size == recording.size_bytes for path in found) else CHANGED

    def open(self, call: Call, paths: tuple[str, ...]) -> Playable | None:
        """A recording to play; None where no file holds the bytes that were heard.

        It is silent where something was taken out of the words.
        """
        recording, origin = call.conversation.recording, call.conversation.origin
        has_muted = bool(call.conversation.redaction.spans)
        for path in paths:
            file = self._open_same(path, recording)
            if file is None:
                continue
            kind = next((_KINDS[part] for part in origin.container.split(",") if part in _KINDS), None)
            if kind is not None and origin.codec in _PLAYED and not has_muted:
                return Playable(file, os.fstat(file.fileno()).st_size, kind)
            file.close()
            return self._decode(call.conversation, path)
        return None

    def _open_same(self, path: str, recording: Recording) -> BinaryIO | None:
        """A file, where its bytes are those that were heard."""
        try:
            handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        except OSError:
            return None
        status = os.fstat(handle)
        if not (stat.S_ISREG(status.st_mode) and status.st_size == recording.size_bytes):
            os.close(handle)
            return None
        file = os.fdopen(handle, "rb")
        if self._hash((path, status.st_ino, status.st_size, status.st_mtime_ns), handle) != recording.sha256:
            file.close()
            return None
        return file

    def _hash(self, key: tuple[str, int, int, int], handle: int) -> str:
        """SHA-256 of an open file; of one that did not change since, as it was found before."""
        with self._lock:
            known = self._known.get(key)
        if known is not None:
            return known
        found = hash_bytes(handle)
        with self._lock:
            self._known[key] = found
            while len(self._known) > _MOST_KNOWN:
                self._known.popitem(last=False)
        return found

    def _decode(self, heard: Conversation, path: str) -> Playable | None:
        """A recording as 16-bit WAV in a file without a name: muted, or in a codec that browsers do not play."""
        key = heard.recording.id, heard.redaction.stretches
        with self._lock:
            held = self._decoded.get(key)
            if held is None:
                held = _write_wav(heard, path, self._folder)
                if held is None:
                    return None
                self._decoded[key] = held
                while len(self._decoded) > _MOST_DECODED:
                    self._decoded.popitem(last=False)[1].close()
            copy = os.open(f"/proc/self/fd/{held.fileno()}", os.O_RDONLY | os.O_CLOEXEC)
        return Playable(os.fdopen(copy, "rb"), os.fstat(copy).st_size, "audio/wav")


def _write_wav(heard: Conversation, path: str, folder: Path) -> BinaryIO | None:
    from speechcx.audio import write_wav
    from speechcx.errors import CallError
    from speechcx.redact.muting import decode_muted

    try:
        audio = decode_muted(heard, path)
    except CallError:
        return None
    file: BinaryIO = TemporaryFile("w+b", buffering=0, dir=folder)  # noqa: SIM115, it stays open for those who listen
    write_wav(audio, file)
    return file


def _is_file(path: str) -> bool:
    try:
        return stat.S_ISREG(os.stat(path).st_mode)
    except (OSError, ValueError):
        return False
