"""Remembered SHA-256 digests of model files, so that loading a model need not read it twice.

A digest is remembered with the file's size and modification time and forgotten when either
changes. ``speechcx models verify`` never trusts this memory: it reads every byte.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from pathlib import Path

_BLOCK = 1 << 20


def hash_file(path: Path) -> str:
    """SHA-256 of a file's bytes, in hex."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def sealed_digests(folder: Path, names: tuple[str, ...], *, trust: bool = True) -> dict[str, str]:
    """SHA-256 of each named file in `folder`, from memory where size and time are unchanged.

    Parameters
    ----------
    folder
        A model's folder.
    names
        Paths inside it; all must exist.
    trust
        False reads every byte, and renews the memory.

    Returns
    -------
    dict
        Digest in hex by name.
    """
    memory = _memory_file(folder)
    known = _read(memory) if trust else {}
    found: dict[str, list[int | str]] = {}
    for name in names:
        status = (folder / name).stat()
        old = known.get(name)
        if old is not None and old[:2] == [status.st_size, status.st_mtime_ns]:
            found[name] = old
        else:
            found[name] = [status.st_size, status.st_mtime_ns, hash_file(folder / name)]
    if any(known.get(name) != value for name, value in found.items()):
        _write(memory, {**known, **found})
    return {name: str(value[2]) for name, value in found.items()}


def _memory_file(folder: Path) -> Path:
    import platformdirs

    key = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:24]
    return platformdirs.user_cache_path("speechcx") / "seals" / f"{key}.json"


def _read(memory: Path) -> dict[str, list[int | str]]:
    try:
        rows = json.loads(memory.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(rows, dict):
        return {}
    return {
        name: row
        for name, row in rows.items()
        if isinstance(row, list) and len(row) == 3 and isinstance(row[2], str) and len(row[2]) == 64
    }


def _write(memory: Path, rows: dict[str, list[int | str]]) -> None:
    # A home that cannot be written costs time, not correctness.
    with contextlib.suppress(OSError):
        memory.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        beside = memory.with_name(f"{memory.name}.{os.getpid()}")
        beside.write_text(json.dumps(rows), encoding="utf-8")
        beside.replace(memory)
