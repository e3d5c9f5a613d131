"""Tables of people, two of them side by side, and the mix of calls."""

import csv
import io

import pytest

from tests.cli.conftest import Speechcx

pytestmark = pytest.mark.usefixtures("archive")


def test_a_change_has_a_word_only_where_it_can_be_told(speechcx: Speechcx) -> None:
    """ann: 85 against two calls of 70 before; two are too few to say."""
    shown = speechcx("agents", "--period", "2025-03")
    assert "ann Ann Hall" in shown.out
    assert "+15.0 " in shown.out
    assert not {"better", "worse", "cannot tell"} & set(shown.out.split())
    assert "Ranked from 5 calls upward" in shown.err


def test_another_period_to_compare_with(speechcx: Speechcx) -> None:
    """Named in the table and in the document."""
    ran = speechcx("teams", "--period", "2025-03", "--against", "2025-02", "--json").json
    assert ["2025-02-01", "2025-02-28"] == ran["before"]
    blue = next(row for row in ran["rows"] if row["key"] == "blue")
    assert 70.0 == blue["measures"]["score"]["before"]
    assert "2025-02-01 to 2025-02-28" in speechcx("teams", "--period", "2025-03", "--versus", "2025-02").err


def test_two_side_by_side(speechcx: Speechcx) -> None:
    """Each with its calls; the difference with its interval and a word; how many would look so by chance."""
    shown = speechcx("agents", "--compare", "Ann Hall", "bea", "--period", "2025-03")
    line = next(line for line in shown.out.splitlines() if line.startswith("score"))
    assert "85.0 (73.7 to 96.3)" in line
    assert "+25.0" in line
    assert "better" in line
    assert "by chance" in shown.err or "clear (a word" in shown.err
    rows = list(csv.DictReader(io.StringIO(speechcx("agents", "--compare", "ann", "bea", "--csv").out)))
    assert {"measure", "first", "second", "difference", "verdict"} <= set(rows[0])


def test_an_unknown_name_to_compare_names_the_nearest(speechcx: Speechcx) -> None:
    """With exit code 2."""
    ran = speechcx("teams", "--compare", "bleu", "red")
    assert 2 == ran.code
    assert "nearest: blue" in ran.err


def test_one_form_at_a_time(speechcx: Speechcx) -> None:
    """Two forms together are refused."""
    ran = speechcx("agents", "--compare", "ann", "bea", "--case-mix")
    assert 2 == ran.code
    assert "remove the others" in ran.err


def test_the_mix_of_calls_says_what_was_compared(speechcx: Speechcx) -> None:
    """With few calls everything falls back to all calls, and the table says so."""
    shown = speechcx("agents", "--case-mix", "--period", "2025-03")
    assert "6 by all calls" in shown.out
    assert "usual for" in shown.out
    assert "agents_case_mix" == speechcx("agents", "--case-mix", "--json").json["kind"]


def test_csv_has_plain_numbers(speechcx: Speechcx) -> None:
    """Ends of intervals, the change and the word beside it, for spreadsheets."""
    (ann, *_) = csv.DictReader(io.StringIO(speechcx("agents", "--period", "2025-03", "--csv").out))
    assert ("ann", "Ann Hall", 85.0, 15.0, "too few calls") == (
        ann["key"], ann["name"], float(ann["score"]), float(ann["change"]), ann["verdict"],
    )  # fmt: skip
    assert float(ann["score_low"]) < 85 < float(ann["score_high"])


def test_a_wrong_scorecard_names_the_nearest(speechcx: Speechcx) -> None:
    """As a wrong order does."""
    assert "use service-quality" in speechcx("agents", "--scorecard", "service-qality").err
    assert "use customer_sentiment" in speechcx("agents", "--sort", "customer_sentimet").err
