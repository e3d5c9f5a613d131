"""What takes the room of an installation, package by package.

Run by ``scripts/sizes [ENVIRONMENT] [--extra NAME]``. Measured on the files that pip has a record of; Python's
compiled modules, which are made on first use, are left out.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib.metadata import Distribution, distributions
from pathlib import Path

from packaging.utils import canonicalize_name

from scripts.inventory.licences import USERS_EXTRAS
from scripts.inventory.parts import ROOT, packages

MB = 1e6
LISTED = 25


def main(arguments: Sequence[str]) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(
        prog="scripts/sizes", description="Say what takes the room of an installation."
    )
    parser.add_argument("environment", nargs="?", type=Path, default=ROOT / ".venv")
    parser.add_argument("--extra", default="base", choices=(*USERS_EXTRAS, "dev"))
    given = parser.parse_args(arguments)
    sizes = measure(given.environment)
    wanted = {package.name for package in packages(given.extra)} | {"speechcx"}
    rows = sorted(((sizes[name], name) for name in wanted & sizes.keys()), reverse=True)
    print(f"{'package':<28} {'MB':>7}")
    for size, name in rows[:LISTED]:
        print(f"{name:<28} {size / MB:>7.1f}")
    rest = rows[LISTED:]
    print(f"{f'{len(rest)} more':<28} {sum(size for size, _ in rest) / MB:>7.1f}")
    print(f"{'all of ' + given.extra:<28} {sum(size for size, _ in rows) / MB:>7.1f}")
    return 0


def measure(environment: Path) -> dict[str, int]:
    """Bytes by package of an environment."""
    (folder,) = environment.glob("lib/python3*/site-packages")
    return {canonicalize_name(one.metadata["Name"]): _size(one) for one in distributions(path=[str(folder)])}


def _size(found: Distribution) -> int:
    paths = [Path(str(found.locate_file(path))) for path in found.files or () if path.suffix != ".pyc"]
    return sum(path.stat().st_size for path in paths if path.is_file())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
