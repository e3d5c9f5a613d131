"""File names as text that is safe to show and store, and back: every byte survives, none of them acts."""

from __future__ import annotations

import re
import unicodedata

_ESCAPE = re.compile(r"\\(\\|x[0-9a-f]{2}|u\{[0-9a-f]{1,6}\})")


def printable_name(name: str) -> str:
    r"""`name` with whatever must not reach a terminal, database or page written out.

    Undecodable bytes become ``\xNN``, control characters, line breaks and marks that turn the direction
    of writing ``\u{N}``, a backslash ``\\``. :func:`exact_name` turns it back into the exact name.

    Parameters
    ----------
    name
        A path as ``os`` gives it, undecodable bytes as surrogates.
    """
    return "".join(_shown(char) for char in name)


def exact_name(text: str) -> str:
    """The name that :func:`printable_name` was given."""
    return _ESCAPE.sub(_unescape, text)


def _shown(char: str) -> str:
    code = ord(char)
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    if char == "\\":
        return "\\\\"
    # Cc control, Cf format (direction marks, zero width), Cs lone surrogates, Zl and Zp separators.
    if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp"):
        return f"\\u{{{code:x}}}"
    return char


def _unescape(found: re.Match[str]) -> str:
    text = found[1]
    if text == "\\":
        return "\\"
    if text.startswith("x"):
        return chr(0xDC00 + int(text[1:], 16))
    code = int(text[2:-1], 16)
    return chr(code) if code <= 0x10FFFF else found[0]
