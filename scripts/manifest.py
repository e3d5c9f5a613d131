"""What ``models/models.toml`` says of the files of a model that is made here."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path


def manifest_lines(folder: Path, names: Sequence[str]) -> str:
    """The ``files`` of a model's entry, ready to be put in: size and SHA-256 of each of ``names`` in ``folder``."""
    lines = [
        f'  {{ path = "{name}", size_bytes = {(folder / name).stat().st_size}, '
        f'sha256 = "{hashlib.sha256((folder / name).read_bytes()).hexdigest()}" }},'
        for name in names
    ]
    return "\n".join(["files = [", *lines, "]"])
