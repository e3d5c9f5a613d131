"""What people write in the column of files, held against the recordings that are there.

Exports name a file by a path of another machine, an address, without its ending, in other capitals or with letters
put together otherwise (NFD). The name decides; folders must not speak against it; two that fit are never guessed.
"""

from __future__ import annotations

import os
import re
import unicodedata
from urllib.parse import unquote

_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]+://[^/]*/", re.IGNORECASE)
_DRIVE = re.compile(r"(?:[a-z]:|[\\/]{2}[^\\/]+)(?=[\\/])", re.IGNORECASE)
_ENDING = re.compile(r"\.[A-Za-z][A-Za-z0-9_-]{0,6}")
EXACT, BARE, SAME_NAME, LIKE, NOT = 4, 3, 2, 1, 0
"""How well a cell names a recording: its path; its name alone; its name with folders of another machine; its name but
for capitals, spelling or ending; not at all."""


def name_key(cell: str) -> str:
    """The name of a file without folders, ending, capitals and spelling: what cells and paths are looked up by."""
    name = _split_path(cell)[-1]
    return _fold(_without_ending(name))


def how_well(cell: str, path: str, folder: str) -> int:
    """How well the cell of a table names the recording.

    Parameters
    ----------
    cell
        As the table has it.
    path
        The recording, absolute.
    folder
        The folder of the table, absolute.

    Returns
    -------
    int
        ``EXACT``, ``BARE``, ``SAME_NAME``, ``LIKE`` or ``NOT``.
    """
    name, is_below = os.path.basename(path), path.startswith(folder.rstrip("/") + "/")
    if os.path.normpath(os.path.join(folder, cell)) == path:
        return EXACT
    if cell == name and is_below:
        return BARE
    *folders, wanted = _split_path(cell)
    if not _may_be_there(cell, folders, path, folder):
        return NOT
    if wanted == name:
        return SAME_NAME
    return LIKE if _fold(wanted) in (_fold(name), _fold(_without_ending(name))) else NOT


def _may_be_there(cell: str, folders: list[str], path: str, folder: str) -> bool:
    """Whether the folders of a cell allow that it means a file in the folder of `path`."""
    there = [_fold(part) for part in os.path.dirname(path).split("/")]
    meant = [_fold(part) for part in folders]
    if meant and _is_relative(cell):
        return there[-len(meant) :] == meant
    if not path.startswith(folder.rstrip("/") + "/"):
        return False
    below = there[len(folder.rstrip("/").split("/")) :]
    # Of another machine's folders and those below the table, at least the last must be the same.
    return not below or not meant or below[-1] == meant[-1]


def _is_relative(cell: str) -> bool:
    return not (_ADDRESS.match(cell) or _DRIVE.match(cell) or cell.startswith(("/", "\\")))


def _split_path(cell: str) -> list[str]:
    """Folders and name of a cell, without drive, server, bucket and query."""
    address = _ADDRESS.match(cell)
    if address:
        cell = unquote(re.split(r"[?#]", cell[address.end() :])[0])
    else:
        cell = _DRIVE.sub("", cell, count=1)
        # On this system a backslash may be part of a name, but then no slash tells where folders end.
        cell = cell.replace("\\", "/")
    parts = [part for part in cell.split("/") if part not in ("", ".")]
    return parts or [cell]


def _without_ending(name: str) -> str:
    stem, ending = os.path.splitext(name)
    return stem if stem and _ENDING.fullmatch(ending) else name


def _fold(text: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFKC", text).casefold())
