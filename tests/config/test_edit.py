"""A setting written into a file changes its own line and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from speechcx.config import load_settings, write_settings
from speechcx.errors import ConfigError

TEXT = """\
# ours
[files]
recordings = ["in"] # where they come

[batch]
workers = 9 # too many
# cpu_threads = 3 stands elsewhere

[transcribe]
model = "tiny.en"
"""
CHOICE = {"batch": {"workers": 2}, "transcribe": {"cpu_threads": 1}}


def test_only_its_own_line_is_another(tmp_path: Path) -> None:
    """Comments, order and every other line stay; a new key goes below its section."""
    path = tmp_path / "speechcx.toml"
    path.write_text(TEXT)
    assert path == write_settings(path, CHOICE)
    wanted = TEXT.replace("workers = 9", "workers = 2").replace(
        'model = "tiny.en"\n', 'model = "tiny.en"\ncpu_threads = 1\n'
    )
    assert wanted == path.read_text()
    settings = load_settings(path).settings
    assert (2, 1) == (settings.batch.workers, settings.transcribe.cpu_threads)


def test_a_file_that_is_not_there_is_made(tmp_path: Path) -> None:
    """With the sections it needs; a second time it stays as it is."""
    path = write_settings(tmp_path / "speechcx.toml", CHOICE)
    assert "\n[batch]\nworkers = 2\n\n[transcribe]\ncpu_threads = 1\n" == path.read_text()
    before = path.read_text()
    write_settings(path, CHOICE)
    assert before == path.read_text()


@pytest.mark.parametrize("text", ["batch = {workers = 3}\n", "batch.workers = 3\n"])
def test_a_file_written_in_another_way_is_left_alone(tmp_path: Path, text: str) -> None:
    """What to write by hand is told, and not a byte changes."""
    path = tmp_path / "speechcx.toml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=r"cannot be changed line by line[\s\S]*\[batch\] workers = 2"):
        write_settings(path, {"batch": {"workers": 2}})
    assert text == path.read_text()


@pytest.mark.parametrize("text", ["[batch\n", "[batch]\nworker = 3\n"])
def test_a_file_that_is_wrong_already_is_told_as_ever(tmp_path: Path, text: str) -> None:
    """Its line and what would be right; nothing is written over it."""
    path = tmp_path / "speechcx.toml"
    path.write_text(text)
    with pytest.raises(ConfigError, match="speechcx.toml"):
        write_settings(path, {"batch": {"workers": 2}})
    assert text == path.read_text()


def test_a_value_out_of_range_is_refused(tmp_path: Path) -> None:
    """The range is told, as for one that a person writes."""
    with pytest.raises(ConfigError, match="workers"):
        write_settings(tmp_path / "speechcx.toml", {"batch": {"workers": 100_000}})
    assert not (tmp_path / "speechcx.toml").exists()
