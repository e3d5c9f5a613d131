"""The table of sizes adds up to what lies on the disk."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from scripts.inventory.sizes import main, measure

SITE = "lib/python3.11/site-packages"


def make_package(environment: Path, name: str, files: dict[str, int]) -> None:
    """An installed package with files of these sizes."""
    site = environment / SITE
    info = site / f"{name}-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    for path, size in files.items():
        (site / path).parent.mkdir(parents=True, exist_ok=True)
        (site / path).write_bytes(b"x" * size)
    (info / "RECORD").write_text("".join(f"{path},,\n" for path in files))


def test_sizes_are_those_of_the_recorded_files(tmp_path: Path) -> None:
    """Libraries beside the package count, compiled modules do not."""
    make_package(tmp_path, "one", {"one/a.py": 10, "one.libs/b.so": 300, "one/__pycache__/a.pyc": 50})
    make_package(tmp_path, "Two_Words", {"two.py": 7})
    assert {"one": 310, "two-words": 7} == measure(tmp_path)


def test_the_table_of_an_environment(capsys: pytest.CaptureFixture[str]) -> None:
    """The largest comes first, and the last line is the sum."""
    assert 0 == main([sys.prefix])
    lines = capsys.readouterr().out.splitlines()[1:]
    sizes = [float(line.split()[-1]) for line in lines]
    assert sizes[0] == max(sizes[:-2])
    assert "all of base" in lines[-1]
    assert sizes[-1] == pytest.approx(sum(sizes[:-1]), abs=2)
