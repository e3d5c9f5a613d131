"""Evidence, erasing and compacting from the command line."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Speechcx
from tests.cli.stored import fill_project


@pytest.fixture(autouse=True)
def stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two stored calls with their recordings; bob's lacks the greeting."""
    fill_project(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def call_id(speechcx: Speechcx, agent: str) -> str:
    return str(speechcx("calls", "--agent", agent, "--json").json["rows"][0]["call_id"])


def test_evidence_of_calls_flags_and_kept_searches(speechcx: Speechcx, stored: Path) -> None:
    """Each way names its calls; the trail keeps who took what out, and the manifest's digest."""
    ann, bob = call_id(speechcx, "ann"), call_id(speechcx, "bob")
    speechcx("search", "cancel", "--agent", "ann", "--save", "quits")
    for number, (words, ids) in enumerate((
        (("--evidence", "ann.wav", bob[:6]), {ann, bob}), (("--flag", f"{bob}:greeting"), {bob}),
        (("--saved", "quits"), {ann}),
    )):  # fmt: skip
        found = speechcx("export", *words, "--to", f"out{number}", "--as", "mia", "--json").json
        assert ids == {call["call_id"] for call in found["calls"]}
        assert ids == {path.name for path in (stored / f"out{number}" / "calls").iterdir()}
    rows = speechcx("audit", "--action", "export", "--call", bob, "--json").json["rows"]
    assert ["out0", "out1"] == [json.loads(row["detail"])["to"] for row in rows]
    assert {"mia"} == {row["who"] for row in rows}


def test_a_missing_recording_is_told(speechcx: Speechcx, stored: Path) -> None:
    """On stderr, beside the folder without it."""
    (stored / "calls" / "ann.wav").unlink()
    ran = speechcx("export", call_id(speechcx, "ann"), "--to", "out", "--with-audio")
    assert (0, True) == (ran.code, "the recording is gone" in ran.err)


def test_erasing_asks_and_then_leaves_nothing(speechcx: Speechcx, stored: Path) -> None:
    """The words are in no byte of the database, what is left to delete is named, and no run takes the file."""
    ann = call_id(speechcx, "ann")
    refused = speechcx("erase", ann, "--reason", "asked for")
    assert (2, True) == (refused.code, "--yes" in refused.err)
    ran = speechcx("erase", ann, "--reason", "asked for", "--yes")
    assert (0, True) == (ran.code, "ann.wav" in ran.err)
    raw = b"".join(path.read_bytes() for path in stored.glob("calls.db*")).lower()
    assert b"northwind bank how can i help" not in raw
    assert b"terrible" in raw
    assert ["bob"] == [row["agent"] for row in speechcx("calls", "--json").json["rows"]]
    again = speechcx("erase", ann, "--reason", "twice", "--yes", "--compact-later", "--json").json
    assert ([ann], False) == (again["call_ids"], again["is_compacted"])
    assert ["erase", "erase"] == [
        row["action"] for row in speechcx("audit", "--call", ann, "--json").json["rows"]
    ]
    assert 0 == speechcx("audit", "--verify").code


def test_every_call_of_a_customer_is_erased(speechcx: Speechcx) -> None:
    """As a request to be forgotten asks for; a customer nobody knows names the nearest."""
    ann = call_id(speechcx, "ann")
    refused = speechcx("erase", "--customer", "c-an", "--reason", "x", "--yes")
    assert (2, True) == (refused.code, "c-ann" in refused.err)
    told = speechcx("erase", "--customer", "C-ANN", "--reason", "x", "--yes", "--json").json
    assert [ann] == told["call_ids"]
    assert ["bob"] == [row["agent"] for row in speechcx("calls", "--json").json["rows"]]


def test_compacting_says_what_it_saved(speechcx: Speechcx) -> None:
    """In people's units, and as numbers."""
    told = speechcx("compact", "--json").json
    assert told["bytes_after"] <= told["bytes_before"]
    assert told["is_log_empty"]
    assert "MB are now" in speechcx("compact").out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("export", "--to", "out"), "no call to export"),
        (("export", "ann.wav", "--to", "calls"), "exists"),
        (("export", "ann.wav", "--to", "calls.db/x"), "cannot write"),
        (("export", "--flag", "ann.wav", "--to", "out"), "has no flags"),
        (("export", "--saved", "nix", "--to", "out"), "no saved search"),
        (("export", "--", "'; DROP TABLE", "--to"), "no call is named"),
        (("erase", "nix", "--reason", "x", "--yes"), "no call is named"),
        (("erase", "ann.wav", "--reason", " ", "--yes"), "no reason"),
        (("erase", "--reason", "x", "--yes"), "no call named"),
        (("erase", "ann.wav", "--reason", "x", "--as", " ", "--yes"), "--as NAME"),
    ],
)
def test_wrong_words_say_what_would_be_right(speechcx: Speechcx, words: tuple[str, ...], said: str) -> None:
    """Exit code 2, and nothing is written."""
    if words[1] == "--":
        words = ("export", "--to", "out", *words[1:3])
    found = speechcx(*words)
    assert (2, "", True) == (found.code, found.out, said in found.err)
    assert not Path("out").exists()
