"""An exception told by its place and class, without the words it carries.

The text of an exception may quote a call (``KeyError: 'my card number is'``), and failures are
stored, shown and sent on; so only file, line, function and class are kept.
"""

from __future__ import annotations

import traceback

_FRAMES = 12


def describe_fault(error: BaseException) -> str:
    """The traceback of `error` and of what caused it, one frame a line, innermost last.

    Returns
    -------
    str
        Lines ``module/file.py:12 in function`` with the class of each exception, never its message.
    """
    lines: list[str] = []
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        told = [*_frames(current), _class_name(current)]
        lines = [*told, *(["while handled, then:", *lines] if lines else [])]
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return "\n".join(lines)


def _frames(error: BaseException) -> list[str]:
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    return [f"{_place(frame.filename)}:{frame.lineno} in {frame.name}" for frame in frames]


def _place(filename: str) -> str:
    """The last parts of a file's path: enough to find it, and no home folder in it."""
    return "/".join(filename.replace("\\", "/").split("/")[-3:])


def _class_name(error: BaseException) -> str:
    kind = type(error)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
