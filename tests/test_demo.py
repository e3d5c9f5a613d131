"""The demonstration's project."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from speechcx.config import load_settings
from speechcx.demo import DEMO_CALLS, samples_home, start_demo
from speechcx.discover import Sources, read_details
from speechcx.errors import UsageError
from speechcx.project import load_roster, load_rulebook

ROOT = Path(__file__).resolve().parent.parent


def test_the_demonstration_can_be_run_from_what_it_writes(tmp_path: Path) -> None:
    """Its settings load, its rulebook reads, and each call has an agent of the roster, a customer and a time."""
    loaded = load_settings(start_demo(tmp_path / "demo"))
    assert load_rulebook(loaded).scorecards
    agents = {entry.agent for entry in load_roster(loaded).entries}
    for name in DEMO_CALLS:
        path = tmp_path / "demo" / "recordings" / name
        details = read_details(path, Sources(), loaded.settings.discover)
        assert details.agent in agents
        assert details.customer
        assert details.started_at is not None


def test_the_wheel_brings_every_file_of_the_demonstration() -> None:
    """What the demonstration copies is named in ``pyproject.toml``, under the path where it is looked for."""
    build = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    brought = build["force-include"]
    home = samples_home()
    names = [f"calls/{name}" for name in DEMO_CALLS]
    names += [
        f"calls/{Path(name).stem}.json"
        for name in DEMO_CALLS
        if (home / f"calls/{Path(name).stem}.json").exists()
    ]
    for name in (*names, "rulebook.yaml", "roster.csv"):
        assert f"speechcx/_samples/{name}" == brought[f"samples/{name}"]


def test_a_second_demonstration_changes_nothing(tmp_path: Path) -> None:
    """A demonstration goes on where it was; what the reader edited stays."""
    config = start_demo(tmp_path)
    edited = config.read_text() + "\n# mine\n"
    config.write_text(edited)
    start_demo(tmp_path)
    assert edited == config.read_text()


def test_a_folder_with_other_things_is_left_alone(tmp_path: Path) -> None:
    """Nothing is written among somebody's files."""
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(UsageError, match="not empty"):
        start_demo(tmp_path)
    assert ["thesis.txt"] == [path.name for path in tmp_path.iterdir()]


def test_nobody_else_can_read_the_demonstration(tmp_path: Path) -> None:
    """Files are 0600 and the folder of recordings 0700, as in a project of one's own."""
    start_demo(tmp_path / "demo")
    modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "demo").rglob("*")}
    assert 0o700 == modes.pop("recordings")
    assert {0o600} == set(modes.values())
