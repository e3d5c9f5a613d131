"""What a report says is what the questions answer."""

from __future__ import annotations

import shutil
from datetime import date, datetime
from pathlib import Path

from speechcx.ask.people import score_agents
from speechcx.present.table import Table
from speechcx.report import Report, make_report
from speechcx.store import CallFilter, Store

NOW = datetime(2025, 4, 1, 7, 0)
MARCH = CallFilter(since=date(2025, 3, 1), until=date(2025, 3, 31))


def tables(report: Report, key: str) -> list[Table]:
    """The tables of one section."""
    section = next(one for one in report.sections if one.key == key)
    return [block for block in section.blocks if isinstance(block, Table)]


def test_headlines_are_the_numbers_of_the_agents_table(archive: Store) -> None:
    """Calls and average score are those of ``speechcx agents`` over the same days."""
    report = make_report(archive, MARCH, now=NOW)
    total = score_agents(archive, MARCH).total
    shown = {one.label: one.value for one in report.headlines}
    assert str(total.n) == shown["calls scored"]
    assert f"{total.get('score').mean:.1f}" == shown["average score"]


def test_every_agent_of_the_period_is_in_the_table(archive: Store) -> None:
    """Also those whom the chart leaves out for too few calls."""
    report = make_report(archive, MARCH, now=NOW)
    agents = score_agents(archive, MARCH).rows
    (table,) = tables(report, "agents")
    assert len(agents) == len(table.rows)


def test_a_mark_is_in_colour_only_where_its_interval_leaves_out_the_average(archive: Store) -> None:
    """Grey means: cannot be told from the average of all."""
    report = make_report(archive, MARCH, now=NOW)
    total = score_agents(archive, MARCH).total.get("score").mean
    rows = {row.name or row.key: row.get("score") for row in score_agents(archive, MARCH).rows}
    chart = next(one for one in report.sections if one.key == "agents").charts[0]
    assert chart.kind == "dots"
    for row in chart.rows:
        interval = rows[row.label].interval
        assert row.is_clear == (interval is not None and not interval[0] <= total <= interval[1])


def test_without_a_period_it_is_the_newest_week(archive: Store) -> None:
    """Seven days that end with the last day on which there are calls."""
    report = make_report(archive, now=NOW)
    first, last = report.period.split(" to ")
    assert 6 == (date.fromisoformat(last) - date.fromisoformat(first)).days
    assert not report.is_empty


def test_a_database_without_calls_makes_a_report_that_says_so(empty: Path, tmp_path: Path) -> None:
    """No section fails for want of calls."""
    database = shutil.copy(empty, tmp_path / "calls.db")
    report = make_report(database, now=NOW)
    assert report.is_empty
    assert "0" == report.headlines[0].value
    assert "No run yet." == report.sections[0].lead
