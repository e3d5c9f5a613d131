"""One customer on the screen."""

import csv
import io

import pytest

from tests.cli.conftest import Speechcx

pytestmark = pytest.mark.usefixtures("archive")


def test_a_customers_calls(speechcx: Speechcx) -> None:
    """Oldest first, with their agents; lengths in minutes."""
    shown = speechcx("customer", "c-17", "--period", "2025-02")
    assert "ann Ann Hall" in shown.out
    assert "1:00" in shown.out
    assert "2 calls, 2 contacts" in shown.err
    rows = list(csv.DictReader(io.StringIO(speechcx("customer", "c-17", "--csv").out)))
    assert (16, "60.0") == (len(rows), rows[0]["length"])


def test_nobody_of_that_name(speechcx: Speechcx) -> None:
    """An error with the nearest."""
    ran = speechcx("customer", "c17")
    assert 2 == ran.code
    assert "nearest: c-17" in ran.err
