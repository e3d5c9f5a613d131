"""The trail on the screen, over two stored calls."""

import sqlite3
from pathlib import Path

import pytest

from tests.cli.conftest import Speechcx
from tests.cli.stored import fill_project


@pytest.fixture(autouse=True)
def stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two stored calls; bob's lacks the greeting."""
    monkeypatch.chdir(tmp_path)
    return fill_project(tmp_path)


def only_flag(speechcx: Speechcx) -> str:
    (row,) = speechcx("flags", "--status", "all", "--json").json["rows"]
    return str(row["flag"])


def test_the_trail_shows_its_newest_rows(speechcx: Speechcx) -> None:
    """And says that there are more."""
    flag = only_flag(speechcx)
    for owner in ("ann", "bea", "cid"):
        speechcx("flags", "set", flag, "--owner", owner)
    shown = speechcx("audit", "--limit", "2", "--json")
    assert [2, 3] == [row["audit_id"] for row in shown.json["rows"]]
    assert "newest 2 of 3" in shown.err


def test_a_changed_row_is_found(speechcx: Speechcx, stored: Path) -> None:
    """The check names it and ends with 1; a trail as it was written ends with 0 and its last digest."""
    speechcx("flags", "set", only_flag(speechcx), "--owner", "ann", "--as", "mia")
    sound = speechcx("audit", "--verify")
    assert (0, True) == (sound.code, "1 rows, all as they were written" in sound.out)
    db = sqlite3.connect(stored)
    db.executescript("DROP TRIGGER audit_rows_stay_as_they_are; UPDATE audit SET who = 'eve'")
    db.close()
    broken = speechcx("audit", "--verify")
    assert (1, True) == (broken.code, broken.out.startswith("Row 1: "))
    assert 1 == speechcx("audit", "--verify", "--json").json["broken_at"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--call", "ffff"), "no call is named"),
        (("--action", "delete"), "one of flag"),
        (("--json", "--csv"), "one of them"),
    ],
)
def test_wrong_words_say_what_would_be_right(speechcx: Speechcx, words: tuple[str, ...], said: str) -> None:
    """Exit code 2, nothing on stdout."""
    found = speechcx("audit", *words)
    assert (2, "", True) == (found.code, found.out, said in found.err)
