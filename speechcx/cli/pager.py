"""Long answers on a terminal open in a pager, as git's do; elsewhere everything is written at once."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass

_PLAIN_PAGER = "less"
_LESS = "-FRXS"
"""Options of ``less`` where the person set none: end at once where all fits, colours, no clearing, no wrapping."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Text of an answer that ends with a line break; a note goes to stderr."""

    text: str
    is_note: bool = False


def show(pieces: Sequence[Piece]) -> None:
    """Write an answer: through a pager where it is longer than the window of a terminal."""
    body = "".join(piece.text for piece in pieces if not piece.is_note)
    if _is_long(body) and _page(body):
        for piece in pieces:
            if piece.is_note:
                sys.stderr.write(piece.text)
        return
    for piece in pieces:
        stream = sys.stderr if piece.is_note else sys.stdout
        if piece.is_note:
            # What it is a note to comes first.
            sys.stdout.flush()
        stream.write(piece.text)


def _is_long(text: str) -> bool:
    if not (sys.stdout.isatty() and sys.stdin.isatty()):
        return False
    return text.count("\n") >= shutil.get_terminal_size().lines


def _find_pager() -> list[str]:
    """The pager's command; empty for none (``PAGER=``, ``PAGER=cat``, a dumb terminal)."""
    wanted = os.environ.get("SPEECHCX_PAGER", os.environ.get("PAGER", _PLAIN_PAGER))
    words = shlex.split(wanted)
    if not words or words[0] == "cat" or os.environ.get("TERM", "dumb") == "dumb":
        return []
    return words if shutil.which(words[0]) else []


def _page(text: str) -> bool:
    """Show a text in a pager; false where there is none."""
    command = _find_pager()
    if not command:
        return False
    sys.stdout.flush()
    environment = {"LESS": _LESS, "LESSCHARSET": "utf-8"} | dict(os.environ)
    try:
        with subprocess.Popen(command, stdin=subprocess.PIPE, env=environment) as process:
            try:
                process.communicate(text.encode(sys.stdout.encoding or "utf-8", "backslashreplace"))
            except KeyboardInterrupt:
                # The pager has the keyboard: it ends by its own key, and so does the command.
                process.wait()
    except OSError:
        return False
    return True
