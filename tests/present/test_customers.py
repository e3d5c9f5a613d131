"""One customer, and how calls end by surveys and call records."""

import csv
import io
from pathlib import Path

import pytest

from speechcx.store import Store
from tests.ask.archive import at, make
from tests.cli.conftest import CONFIG, Speechcx


@pytest.mark.usefixtures("archive")
def test_a_customers_calls(speechcx: Speechcx) -> None:
    """Oldest first, with their agents; lengths in minutes."""
    shown = speechcx("customer", "c-17", "--period", "2025-02")
    assert "ann Ann Hall" in shown.out
    assert "1:00" in shown.out
    assert "2 calls, 2 contacts" in shown.err
    rows = list(csv.DictReader(io.StringIO(speechcx("customer", "c-17", "--csv").out)))
    assert (16, "60.0") == (len(rows), rows[0]["length"])


@pytest.mark.usefixtures("archive")
def test_nobody_of_that_name(speechcx: Speechcx) -> None:
    """An error with the nearest."""
    ran = speechcx("customer", "c17")
    assert 2 == ran.code
    assert "nearest: c-17" in ran.err


@pytest.mark.usefixtures("archive")
def test_without_columns_the_understood_ones_are_listed(speechcx: Speechcx) -> None:
    """So that a person can put them into calls.csv."""
    shown = speechcx("outcomes")
    assert ("", True) == (shown.out, "csat" in shown.err)


def test_measures_in_peoples_units(
    tmp_path: Path, speechcx: Speechcx, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Shares in percent, times in minutes, nps as a whole number, each with its calls; what is wrong is counted."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "speechcx.toml").write_text(CONFIG)
    with Store.open("calls.db", create=True) as store:
        for n, csat in enumerate(("5", "4", "1", "x")):
            columns = (("csat", csat), ("handle_s", "90"), ("nps", "10"))
            store.save_call(make(n, extras=columns, team="cards", started_at=at(n + 1)))
    shown = speechcx("outcomes")
    assert "67 % (21 to 94)" in shown.out
    assert "1:30 " in shown.out
    assert " 100 " in shown.out
    assert "csat: 3 calls, 0 without it, 1 cannot be read" in shown.err
    (row,) = csv.DictReader(io.StringIO(speechcx("outcomes", "--csv").out))
    assert ("cards", "4", "90.0", "3") == (row["key"], row["n"], row["aht_s"], row["csat_n"])
