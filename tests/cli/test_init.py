"""Starting a project: what is found in the recordings, taken from flags, or asked for on a terminal."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Speechcx


@pytest.fixture
def recordings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Six recordings of two agents, named by the plain pattern."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "monitor"
    folder.mkdir()
    for day in range(1, 7):
        (folder / f"{'ann' if day % 2 else 'bob'}_c{day}_2026-03-0{day}T09-15-00.wav").write_bytes(b"RIFF")
    return folder


def start_on_a_terminal(recordings: Path, answers: str) -> None:
    """Run ``init`` in a terminal where somebody types these answers."""
    here, there = pty.openpty()
    os.write(here, answers.encode())
    subprocess.run(
        [sys.executable, "-m", "speechcx", "init", "project", "--recordings", str(recordings)],
        stdin=there, stdout=there, stderr=there, check=True, timeout=120,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "80"},
    )  # fmt: skip
    os.close(there)
    os.close(here)


def test_flags_say_it_all(recordings: Path, speechcx: Speechcx) -> None:
    """Where recordings lie, the zone and the team; the agents of their names stand in the roster."""
    words = ("--recordings", recordings, "--zone", "Europe/London", "--team", "cards")
    ran = speechcx("init", "project", *words)
    assert ran.code == 0, ran.err
    assert "ann,,cards,,,\nbob,,cards,,,\n" in Path("project/roster.csv").read_text()
    assert f'recordings = ["{recordings}"]' in Path("project/speechcx.toml").read_text()
    assert "Next: cd project, then speechcx models pull" in ran.err
    assert "ann_c1_2026-03-01T09-15-00.wav: " in ran.err


def test_a_roster_that_cannot_be_read_starts_nothing(recordings: Path, speechcx: Speechcx) -> None:
    """A wrong table is told before anything is written."""
    Path("people.csv").write_text("one,two\n1,2\n")
    ran = speechcx("init", "project", "--roster", "people.csv")
    assert ran.code != 0
    assert "people.csv" in ran.err
    assert not Path("project").exists()


def test_without_a_terminal_the_zone_is_said(recordings: Path, speechcx: Speechcx) -> None:
    """Nobody is asked, and the choice made is told with how to change it."""
    ran = speechcx("init", "project")
    assert "are read as UTC; `--zone Europe/Berlin`" in ran.err


def test_on_a_terminal_it_asks(recordings: Path) -> None:
    """Rulebooks, whether the names are read right, the team, and the zone until there is one of that name."""
    start_on_a_terminal(recordings, "\ny\ncards\nMars/Olympus\nEurope/Paris\n")
    assert 'zone = "Europe/Paris"' in Path("project/speechcx.toml").read_text()
    assert "ann,,cards" in Path("project/roster.csv").read_text()


@pytest.fixture
def odd_recordings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Four recordings of three agents, named as no known recorder does."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "odd"
    folder.mkdir()
    for no, who in enumerate(("maria", "tom", "maria", "ann")):
        (folder / f"{who}_C{no}_2026-03-0{no + 1}_09-15-00.wav").write_bytes(b"RIFF")
    return folder


ODD_PATTERN = "{agent}_{customer}_{started:%Y-%m-%d_%H-%M-%S}"


def test_a_drafted_pattern_is_shown_and_not_used_unasked(odd_recordings: Path, speechcx: Speechcx) -> None:
    """A pattern that takes the customer for the agent would blame the wrong person: somebody must say yes."""
    ran = speechcx("init", "project", "--recordings", odd_recordings, "--zone", "UTC")
    assert f'patterns = ["{ODD_PATTERN}"]' in ran.err
    assert ODD_PATTERN not in Path("project/speechcx.toml").read_text()
    assert Path("project/roster.csv").read_text().count("\n") == 1


def test_a_pattern_given_is_used(odd_recordings: Path, speechcx: Speechcx) -> None:
    """The settings hold it, and the roster the agents that it reads."""
    words = ("--recordings", odd_recordings, "--zone", "UTC", "--team", "cards", "--pattern", ODD_PATTERN)
    ran = speechcx("init", "project", *words)
    assert ran.code == 0, ran.err
    assert f'patterns = ["{ODD_PATTERN}"]' in Path("project/speechcx.toml").read_text()
    assert "maria,,cards,,,\ntom,,cards,,,\n" in Path("project/roster.csv").read_text()


def test_a_wrong_pattern_starts_nothing(odd_recordings: Path, speechcx: Speechcx) -> None:
    """It is told before anything is written."""
    ran = speechcx("init", "project", "--zone", "UTC", "--pattern", "{agnt}_{started:%Y}")
    assert ran.code != 0
    assert not Path("project/speechcx.toml").exists()


def test_a_person_takes_the_drafted_pattern(odd_recordings: Path) -> None:
    """On a terminal it is asked for, and the answer is used."""
    start_on_a_terminal(odd_recordings, "\ny\ncards\nUTC\n")
    assert ODD_PATTERN in Path("project/speechcx.toml").read_text()
    assert "maria,,cards" in Path("project/roster.csv").read_text()
