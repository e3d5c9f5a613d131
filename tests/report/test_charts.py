"""Where the marks of charts stand."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from speechcx.report.charts import (
    LABEL_WIDTH,
    WIDTH,
    Mark,
    fit_label,
    make_bars,
    make_dots,
    make_grid,
    make_line,
    make_small_lines,
)

values = st.floats(-1e6, 1e6, allow_nan=False)
measured = st.builds(
    lambda value, spread, has: Mark("x", value, (value - spread, value + spread) if has else None, "1", "x"),
    values,
    st.floats(0, 1e3),
    st.booleans(),
)


@settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(measured, max_size=30))
def test_marks_stay_inside_the_picture(rows: list[Mark]) -> None:
    """Whatever the values, nothing is drawn outside, nor at a place that is no number."""
    for point in make_line("x", rows).points:
        assert 0 <= point.x <= WIDTH
        assert 0 <= point.y <= 160
    for row in make_dots("x", rows, middle=50.0, low=0.0, high=100.0).rows:
        assert LABEL_WIDTH <= row.x <= WIDTH
        assert row.low is None or row.low <= row.x <= (row.high or WIDTH)
    for bar in make_bars("x", [one for one in rows if one.value >= 0]).bars:
        assert 0 <= bar.width <= bar.end <= WIDTH - LABEL_WIDTH
        assert bar.low is None or 0 <= bar.low <= bar.width <= bar.end == bar.high


def test_a_longer_bar_is_a_larger_share() -> None:
    """Half the share is half the length."""
    bars = make_bars("x", [Mark("a", 0.4, None, "40 %", ""), Mark("b", 0.2, None, "20 %", "")]).bars
    assert bars[0].width == pytest.approx(2 * bars[1].width, abs=0.2)


def test_later_is_further_right_and_more_is_higher() -> None:
    """A rising line rises."""
    points = make_line("x", [Mark(str(no), no, None, "", "") for no in range(5)]).points
    assert sorted(point.x for point in points) == [point.x for point in points]
    assert sorted((point.y for point in points), reverse=True) == [point.y for point in points]


def test_equal_values_have_a_scale() -> None:
    """Agents who all bring what such calls bring stand in the middle of a scale from -1 to 1."""
    marks = [Mark(name, 0.0, None, "0.0", "") for name in ("ann", "bob")]
    chart = make_dots("x", marks, middle=0.0, low=-0.0, high=0.0)
    assert {row.x for row in chart.rows} == {chart.middle}
    assert LABEL_WIDTH < chart.rows[0].x < WIDTH


def test_a_grid_is_full_where_most_is() -> None:
    """Cells stand in the order of their rows and columns, and the fullest one has the largest number."""
    chart = make_grid("calls", {(1, 9): 2, (2, 10): 8}, rows={1: "Mon", 2: "Tue"}, columns={9: "9", 10: "10"})
    assert [(0.25, "2"), (0.0, ""), (0.0, ""), (1.0, "8")] == [(cell.fill, cell.text) for cell in chart.cells]
    assert ["Mon", "Tue"] == [tick.text for tick in chart.rows]
    assert chart.cells[1].x > chart.cells[0].x
    assert chart.cells[2].y > chart.cells[0].y


def test_small_lines_share_one_scale() -> None:
    """The highest value of all stands at the top of its line, a week that one lacks leaves a gap in time."""
    made = make_small_lines(
        "weeks",
        [
            ("ann", [Mark("w1", 50.0, None, "50", ""), Mark("w3", 90.0, None, "90", "")]),
            ("bob", [Mark("w1", 50.0, None, "50", ""), Mark("w2", 70.0, None, "70", "")]),
        ],
    )
    ann, bob = made.lines
    assert "90" == ann.value
    assert ann.last_y < ann.y - 5
    assert ann.last_x > bob.last_x
    assert bob.y > ann.y


def test_a_long_name_is_shortened_to_the_room_before_its_row() -> None:
    """Usual names stand whole; the wider the letters are, the fewer of them fit."""
    for name in ("A charge or bill is disputed", "Maria Lopez", ""):
        assert name == fit_label(name)
    small, wide = fit_label("x" * 90), fit_label("W" * 90)
    assert small.endswith("x…")
    assert wide.endswith("W…")
    assert len(wide) < len(small) < 32
