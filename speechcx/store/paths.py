"""Paths as columns keep them: text that people can read, or bytes where a name is not UTF-8."""

from __future__ import annotations

import os


def write_path(path: str | bytes) -> str | bytes:
    """A path as its column keeps it; ``os.fsdecode`` of that is the path again, byte for byte."""
    try:
        raw = os.fsencode(path)
    except UnicodeEncodeError:
        # No file can have this name; somebody asks for one that cannot be.
        return plain_text(os.fsdecode(path))
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw


def read_path(value: str | bytes) -> str:
    """The path that :func:`write_path` was given."""
    return os.fsdecode(value)


def plain_text(text: str) -> str:
    """Text that SQLite can keep: half characters, as odd file names have them, become ``?``."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode("utf-8")
    return text
