"""Lists of calls on the screen."""

import csv
import io

import pytest

from tests.cli.conftest import Speechcx

pytestmark = pytest.mark.usefixtures("archive")


def test_columns_as_asked(speechcx: Speechcx) -> None:
    """In that order, in the table and the CSV."""
    out = speechcx(
        "calls", "--columns", "agent, score,call_id", "--sort", "best-score", "--limit", "1", "--csv"
    ).out
    (row,) = csv.DictReader(io.StringIO(out))
    assert (["agent", "score", "call_id"], "ann", "90.0") == (list(row), row["agent"], row["score"])


def test_an_unknown_column_names_the_nearest(speechcx: Speechcx) -> None:
    """With exit code 2."""
    ran = speechcx("calls", "--columns", "agnet")
    assert 2 == ran.code
    assert "use agent" in ran.err


def test_the_start_is_on_the_calls_own_clock(speechcx: Speechcx) -> None:
    """With the offset in the document, which has UTC beside it; to the minute in a table and for a spreadsheet."""
    row = speechcx("calls", "--sort", "oldest", "--limit", "1", "--json").json["rows"][0]
    assert ("2025-02-01T09:00:00+00:00", "2025-02-01T09:00:00.000Z") == (row["started"], row["occurred_at"])


def test_how_many_there_are(speechcx: Speechcx) -> None:
    """Where the list is cut."""
    assert "2 of 16 calls. --limit shows more." in speechcx("calls", "--limit", "2").err
