"""The locks hold every dependency of pyproject.toml at an allowed version, with the hashes of its files."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
LOCKS = sorted((ROOT / "locks").glob("*.txt"))


def entries(path: Path) -> dict[str, tuple[str, list[str]]]:
    """Version and hashes by name."""
    found: dict[str, tuple[str, list[str]]] = {}
    name = ""
    for line in path.read_text("utf-8").splitlines():
        if line.startswith(" "):
            found[name][1].append(line.strip().removesuffix(" \\"))
        elif not line.startswith("#"):
            name, _, rest = line.partition("==")
            found[name := canonicalize_name(name)] = rest.split()[0], []
    return found


def test_there_is_a_lock_for_each_extra_but_those_with_torch() -> None:
    """Every extra can be installed by its hashes, save those with torch."""
    with_torch = {
        name for name, needs in PROJECT["optional-dependencies"].items() if any("torch" in n for n in needs)
    }
    assert {"base", *PROJECT["optional-dependencies"]} - with_torch == {path.stem for path in LOCKS}


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.stem)
def test_a_lock_holds_what_the_project_asks_for(path: Path) -> None:
    """Each requirement is there at a version that it allows: run scripts/lock after changing pyproject.toml."""
    locked = entries(path)
    asked = PROJECT["dependencies"] + PROJECT["optional-dependencies"].get(path.stem, [])
    asked += (ROOT / "locks" / "build.in").read_text("utf-8").splitlines()[1:]
    wrong = []
    for requirement in map(Requirement, asked):
        version = locked.get(canonicalize_name(requirement.name), ("missing", []))[0]
        if version == "missing" or version not in requirement.specifier:
            wrong.append((str(requirement), version))
    assert [] == wrong


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.stem)
def test_every_entry_has_hashes(path: Path) -> None:
    """No file can be installed that has no SHA-256 in the lock."""
    locked = entries(path)
    assert [] == [
        name for name, (_, hashes) in locked.items()
        if not hashes or not all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", one) for one in hashes)
    ]  # fmt: skip


def test_a_package_has_one_version_in_all_locks() -> None:
    """What the tests ran with is what users get."""
    versions: dict[str, set[str]] = {}
    for path in LOCKS:
        for name, (version, _) in entries(path).items():
            versions.setdefault(name, set()).add(version)
    assert {} == {name: found for name, found in versions.items() if len(found) > 1}


def test_this_environment_is_what_the_lock_says() -> None:
    """Nothing that the dev lock names is installed at another version."""
    locked = entries(ROOT / "locks" / "dev.txt")
    installed = {canonicalize_name(one.metadata["Name"]): one.version for one in distributions()}
    assert {} == {
        name: (installed[name], version)
        for name, (version, _) in locked.items() if installed.get(name, version) != version
    }  # fmt: skip
