"""``layouts list``, ``layouts try`` and what ``init`` proposes."""

from __future__ import annotations

from pathlib import Path

import pytest

from speechcx.config import load_settings
from speechcx.discover.layouts import find_layout, list_layouts
from tests.cli.conftest import Speechcx


def fill(folder: Path, layout: str) -> Path:
    """A folder with empty files named as a recorder names them."""
    for example in find_layout(layout).examples:
        path = folder / example.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    return folder


def test_every_layout_is_listed(speechcx: Speechcx) -> None:
    """With its name, as ``init --layout`` takes it."""
    out = speechcx("layouts", "list").out
    assert [] == [layout.name for layout in list_layouts() if layout.name not in out]


def test_a_folder_of_3cx_names_is_told_and_shown(speechcx: Speechcx, tmp_path: Path) -> None:
    """What is read of each name stands beside it, and the line to add to the settings is said."""
    tried = speechcx("layouts", "try", fill(tmp_path / "day", "3cx"))
    assert 0 == tried.code
    assert 'layouts = ["3cx"]' in tried.err
    assert "Lee, Ann" in tried.out
    assert "0049301234" in tried.out


def test_a_folder_of_ordinary_names_has_no_layout(speechcx: Speechcx, tmp_path: Path) -> None:
    """Exit code 1, and what to do instead."""
    for name in ("call one.wav", "call two.wav", "lunch.wav"):
        (tmp_path / name).write_bytes(b"")
    tried = speechcx("layouts", "try", tmp_path)
    assert 1 == tried.code
    assert "No known layout" in tried.err
    assert "calls table" in tried.err


def test_init_finds_the_layout_of_recordings_that_are_there(speechcx: Speechcx, tmp_path: Path) -> None:
    """The settings that are written read those recordings."""
    fill(tmp_path / "project" / "recordings", "freepbx")
    assert 0 == speechcx("init", tmp_path / "project").code
    assert ("freepbx",) == load_settings(tmp_path / "project" / "speechcx.toml").settings.discover.layouts


def test_init_takes_a_layout_by_name(speechcx: Speechcx, tmp_path: Path) -> None:
    """``--layout`` is written as it is; a misspelt one is told with those there are."""
    assert 0 == speechcx("init", tmp_path / "one", "--layout", "vicidial").code
    loaded = load_settings(tmp_path / "one" / "speechcx.toml")
    assert ("vicidial",) == loaded.settings.discover.layouts
    assert () == loaded.settings.discover.patterns
    wrong = speechcx("init", tmp_path / "two", "--layout", "vicidal")
    assert 0 != wrong.code
    assert "vicidial" in wrong.err


def test_names_that_no_layout_reads_get_a_drafted_pattern(
    tmp_path: Path, speechcx: Speechcx, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The line to copy, what it reads of each name, and that a person must check who is the agent."""
    monkeypatch.chdir(tmp_path)
    folder = Path("odd")
    folder.mkdir()
    for no, who in enumerate(("maria", "tom", "maria", "ann")):
        (folder / f"{who}_C{no}_2026-03-0{no + 1}_09-15-00.wav").write_bytes(b"RIFF")
    tried = speechcx("layouts", "try", folder)
    assert tried.code == 1
    assert 'patterns = ["{agent}_{customer}_{started:%Y-%m-%d_%H-%M-%S}"]' in tried.err
    assert "reads 4 of 4" in tried.err
    assert "check below that agent and customer are right" in tried.err
    assert "C2" in tried.out
