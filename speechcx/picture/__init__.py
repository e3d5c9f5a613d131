"""One call as people want to see it: a picture with everything on one time axis, as PNG or SVG.

``marks`` says what is to be seen and where (plain data from a Call), ``sheet`` is the paper, ``talk``
and ``measures`` draw the lanes, ``page`` puts them together. matplotlib is asked for only here:
``pip install 'speechcx[plot]'``. How to read the picture is written in ``docs/voice.md``.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING

from speechcx.errors import UsageError
from speechcx.private_files import write_private

if TYPE_CHECKING:
    from speechcx.call import Call

__all__ = ["FORMATS", "check_picture", "draw_call"]

FORMATS = ("png", "svg")


def check_picture(path: Path) -> str:
    """The format a file's name asks for, once it is sure that it can be drawn.

    Raises
    ------
    UsageError
        The suffix is neither .png nor .svg, the folder is not there, or matplotlib is not installed.
    """
    suffix = path.suffix.lower().removeprefix(".")
    if suffix not in FORMATS:
        found = f"a file ending in {path.suffix!r}" if path.suffix else "a file without an ending"
        raise UsageError(f"cannot draw {path.name!r}: {found}", "a file ending in .png or .svg", "rename it")
    if not path.parent.is_dir():
        raise UsageError(f"there is no folder {path.parent}", "a folder that is there", "make it first")
    if importlib.util.find_spec("matplotlib") is None:
        raise UsageError(
            "matplotlib is not installed", "the extra for pictures", "pip install 'speechcx[plot]'"
        )
    return suffix


def draw_call(call: Call, path: Path) -> None:
    """Draw one call into a file, from what is stored of it: its sound is not needed.

    The same call gives the same bytes, with the same release of matplotlib.

    Parameters
    ----------
    call
        Heard and judged.
    path
        The file, ending in .png or .svg; one that is there is rewritten.

    Raises
    ------
    UsageError
        As :func:`check_picture`; or the file cannot be written.
    """
    suffix = check_picture(path)
    from speechcx.picture.call_picture import render

    drawn = render(call, suffix)
    try:
        write_private(path, drawn)
    except OSError as error:
        raise UsageError(
            f"cannot write {path}: {error}", "a file that may be written", "name another"
        ) from error
