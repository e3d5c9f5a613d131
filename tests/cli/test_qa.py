"""`qa agreement` says how far the machine can be trusted, and what to do about it."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from speechcx.store import Store
from tests.ask.qa.judges import fill_pairs
from tests.cli.conftest import Speechcx


@pytest.fixture
def judged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """24 like and 6 unlike answers."""
    monkeypatch.chdir(tmp_path)
    with Store.open(tmp_path / "speechcx.db", create=True) as store:
        store.db.execute("PRAGMA synchronous = OFF")
        fill_pairs(store, [("yes", "yes"), ("no", "no")] * 12 + [("yes", "no")] * 5 + [("no", "yes")])
    return tmp_path


def test_the_table_says_what_counts_and_what_to_do(judged: Path, speechcx: Speechcx) -> None:
    """Kappa 0.6 exactly is at the bar: official; a higher bar of the project makes it suggested."""
    shown = speechcx("qa", "agreement")
    assert shown.code == 0, shown.err
    assert "official" in shown.out
    assert "counts officially from kappa 0.6 on 30 blind answers" not in shown.out
    assert "blind reviews: 30, of calls: 30" in shown.err
    (judged / "speechcx.toml").write_text("[review]\nkappa_bar = 0.7\n")
    again = speechcx("qa", "agreement", "--csv")
    greeted, polite = csv.DictReader(io.StringIO(again.out))
    assert ("suggested", "person") == (greeted["counts"], polite["counts"])
    assert "5 of 6 disagreements are machine yes, person no" in greeted["to_do"]


def test_json_has_everything(judged: Path, speechcx: Speechcx) -> None:
    """Figures, intervals and reasons; a question without kappa has null and why."""
    found = speechcx("qa", "agreement", "--json").json
    greeted, polite = found["questions"]
    assert (30, 0.8, "official") == (
        greeted["machine"]["n"],
        greeted["machine"]["observed"],
        greeted["status"],
    )
    assert (None, "no answers to compare") == (polite["machine"]["kappa"], polite["machine"]["why"])


def test_disagreements_of_a_question(judged: Path, speechcx: Speechcx) -> None:
    """The six calls are listed with both answers and the time; a wrong question names the right ones."""
    rows = list(csv.DictReader(io.StringIO(speechcx("qa", "agreement", "--disagreements", "--csv").out)))
    assert 6 == len(rows)
    assert {"0:01.5"} == {row["time"] for row in rows}
    assert "No disagreement" in speechcx("qa", "agreement", "--question", "polite", "--disagreements").err
    wrong = speechcx("qa", "agreement", "--question", "greated")
    assert (2, "") == (wrong.code, wrong.out)
    assert "use greeted" in wrong.err


def test_an_empty_database(tmp_path: Path, speechcx: Speechcx, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without calls there is nothing to agree about."""
    monkeypatch.chdir(tmp_path)
    Store.open(tmp_path / "speechcx.db", create=True).close()
    assert "no call has a scorecard" in speechcx("qa", "agreement").err


def test_official_scores(judged: Path, speechcx: Speechcx) -> None:
    """Beside the machine's mean stands how many calls have an official score, and what counts."""
    shown = speechcx("qa", "scores")
    assert shown.code == 0, shown.err
    assert "Machine answers that count: greeted." in shown.err
    (row,) = csv.DictReader(io.StringIO(speechcx("qa", "scores", "--csv").out))
    assert ("ann", "30", "0", "", "80.0") == tuple(
        row[name] for name in ("key", "n", "n_scored", "score", "suggested")
    )
    assert 2 == speechcx("qa", "scores", "--by", "queue").code
