"""The reviewer's commands over two stored calls."""

import csv
import io
import json
from pathlib import Path

import pytest

from tests.cli.conftest import Ran, Speechcx
from tests.cli.stored import fill_project

pytestmark = pytest.mark.usefixtures("ran")


@pytest.fixture
def ran(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two stored calls; bob's lacks the greeting."""
    fill_project(tmp_path)
    monkeypatch.chdir(tmp_path)


def only_flag(speechcx: Speechcx) -> str:
    (row,) = speechcx("flags", "--status", "all", "--json").json["rows"]
    return str(row["flag"])


def test_the_queue_in_every_form(speechcx: Speechcx) -> None:
    """Table, CSV and JSON name the same flag."""
    flag = only_flag(speechcx)
    assert flag.endswith(":greeting")
    assert flag in speechcx("flags").out
    assert [flag] == [row["flag"] for row in csv.DictReader(io.StringIO(speechcx("flags", "--csv").out))]
    document = speechcx("flags", "--json").json
    assert (1, {"open": 1}, "critical") == (
        document["total"],
        document["counts"],
        document["rows"][0]["severity"],
    )


def test_a_decision_from_queue_to_precision(speechcx: Speechcx) -> None:
    """Dismissed with a reason, it leaves the queue, stays in the trail, and tells how often the rule is right."""
    flag = only_flag(speechcx)
    assert (
        0
        == speechcx("flags", "set", flag, "--status", "dismissed", "--reason", "heard it", "--as", "mia").code
    )
    assert "--status all" in speechcx("flags").err
    shown = speechcx("flags", "show", flag)
    for words in (
        "heard it",
        "mia",
        "The call begins",
        "id: greeting",
        "0 % (0-79 %), n=1",
        "rulebook small version 1",
    ):
        assert words in shown.out
    (count,) = speechcx("flags", "--by", "rule", "--json").json["rows"]
    assert (1, 0.0, 0) == (count["precision"]["dismissed"], count["precision"]["share"], count["waiting"])
    assert "0 % (0-79 %), n=1" in speechcx("flags", "--by", "rule").out
    (row,) = speechcx("audit", "--action", "flag", "--json").json["rows"]
    assert ("mia", "flag", "heard it") == (row["who"], row["action"], json.loads(row["detail"])["reason"])
    assert 0 == speechcx("audit", "--verify").code


def test_many_at_once_need_a_yes(speechcx: Speechcx) -> None:
    """Filters choose them; without a terminal to ask on, --yes must say so."""
    refused = speechcx("flags", "set", "--rule", "greeting", "--owner", "zoe")
    assert (2, True) == (refused.code, "--yes" in refused.err)
    done = speechcx("flags", "set", "--rule", "greeting", "--owner", "zoe", "--yes", "--json").json
    assert (1, 1) == (done["matched"], done["changed"])
    assert 1 == len(speechcx("flags", "--owner", "zoe", "--json").json["rows"])
    assert (
        0
        == speechcx("flags", "set", "--owned-by", "nobody", "--owner", "ann", "--yes", "--json").json[
            "matched"
        ]
    )


def test_flags_are_read_from_standard_input(speechcx: Speechcx, monkeypatch: pytest.MonkeyPatch) -> None:
    """One a line, as `flags --csv` gives them."""
    monkeypatch.setattr("sys.stdin", io.StringIO(f"\n{only_flag(speechcx)}\n\n"))
    assert 1 == speechcx("flags", "set", "-", "--status", "confirmed", "--json").json["changed"]


def test_precision_stands_where_rules_are_listed(speechcx: Speechcx) -> None:
    """`rules coverage` has it beside each rule that people looked at."""
    flag = only_flag(speechcx)
    speechcx("flags", "set", flag, "--status", "confirmed")
    rows = csv.DictReader(io.StringIO(speechcx("rules", "coverage", "--csv").out))
    assert {"greeting": "100 % (21-100 %), n=1", "cancel": ""} == {row["rule"]: row["right"] for row in rows}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("flags", "set", "--status", "dismissed", "--reason", "x"), "no flag named"),
        (("flags", "set", "ffff:greeting", "--status", "confirmed"), "no call is named"),
        (("flags", "--status", "close"), "one of open"),
        (("flags", "--severity", "high"), "one of critical"),
        (("flags", "--by", "agnt"), "use agent"),
        (("flags", "--sort", "newst"), "newest"),
        (("flags", "show", ""), "no call is named"),
        (("flags", "--since", "yesterday"), "2026-03-31"),
    ],
)
def test_wrong_words_say_what_would_be_right(speechcx: Speechcx, words: tuple[str, ...], said: str) -> None:
    """Exit code 2, nothing on stdout."""
    found: Ran = speechcx(*words)
    assert (2, "") == (found.code, found.out)
    assert said in found.err


@pytest.mark.parametrize(
    "odd", ["'; DROP TABLE calls; --", "\x1b[31m", "é\N{RIGHT-TO-LEFT OVERRIDE}x", "%s" * 50, "\udc80"]
)
def test_odd_words_are_kept_as_they_are_and_shown_safely(speechcx: Speechcx, odd: str) -> None:
    """A reason, an owner, a filter: any text, and no control character reaches the terminal."""
    flag = only_flag(speechcx)
    assert 0 == speechcx("flags", "set", flag, "--status", "escalated", "--reason", odd, "--owner", odd).code
    shown = speechcx("flags", "show", flag)
    assert 0 == shown.code
    assert "\x1b" not in shown.out
    assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in shown.out
    assert 0 == speechcx("flags", "--owner", odd, "--rule", odd, "--json").code
