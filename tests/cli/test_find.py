"""Search over a small run."""

from pathlib import Path

import pytest

from tests.cli.conftest import Speechcx

pytestmark = pytest.mark.usefixtures("ran")


@pytest.fixture
def ran(project: Path, speechcx: Speechcx) -> None:
    """Both calls, scored."""
    assert speechcx("run").code == 0


@pytest.mark.parametrize("words", ['"', "AND", "a*b(", "don't", "\x00", "NEAR/", "-x", "wonderful OR"])
def test_search_never_fails(speechcx: Speechcx, words: str) -> None:
    """Whatever is typed, search answers."""
    assert 0 == speechcx("search", "--json", "--", words).code


def test_search_finds_who_said_it(speechcx: Speechcx) -> None:
    """A word is found with its party and time, and filters apply."""
    rows = speechcx("search", "cancel", "--speaker", "customer", "--json").json["rows"]
    assert {"customer"} == {row["party"] for row in rows}
    assert 2 == len(rows)
    assert all(row["start_s"] == pytest.approx(5.9, abs=0.4) for row in rows)
    assert [] == speechcx("search", "cancel", "--speaker", "agent", "--json").json["rows"]
    assert "[cancel]" in speechcx("search", "cancel").out
