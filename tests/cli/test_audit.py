"""The trail on the screen, over two stored calls."""

import sqlite3
from pathlib import Path

import pytest

from speechcx.redact.byte_search import find_in_files
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
    assert (0, True) == (sound.code, "1 row, all as they were written" in sound.out)
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


CARD = "4929 1234 5678 1234"


@pytest.mark.parametrize(
    "words",
    [
        ("search", f'"{CARD}"'),
        ("search", "card", "--where", f"note=my card is {CARD}"),
        ("rules", "try", f'"{CARD}"'),
    ],
)
def test_a_searched_card_number_is_not_in_the_trail(
    speechcx: Speechcx, stored: Path, words: tuple[str, ...]
) -> None:
    """Neither in its rows nor in the bytes of the database; with redaction off it stands there as it was typed."""
    speechcx(*words)
    (row,) = speechcx("audit", "--action", "search", "--json").json["rows"]
    assert "number]" in str(row["detail"])
    files = [stored, *stored.parent.glob(f"{stored.name}-*")]
    assert [] == find_in_files(files, [CARD.replace(" ", "")])

    (stored.parent / "speechcx.toml").open("a").write("\n[redact]\nenabled = false\n")
    speechcx(*words)
    assert CARD in str(speechcx("audit", "--action", "search", "--json").json["rows"][-1]["detail"])
