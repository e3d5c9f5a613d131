from datetime import date

import pytest

from speechcx.ask.ground.score_rows import TableForm
from speechcx.ask.people.agent import describe_agent
from speechcx.errors import UsageError
from speechcx.store import CallFilter, Store

MARCH = CallFilter(since=date(2025, 3, 1), until=date(2025, 3, 31))


def test_an_agent_beside_the_team(archive: Store) -> None:
    """ann's six calls of March against bea's five: figures, trend, questions, calls by score."""
    report = describe_agent(archive, "Ann Hall", MARCH)
    assert ("ann", "Ann Hall", ("blue",), ("Leeds",), 6, 1) == (
        report.agent, report.name, report.teams, report.centers, report.n, report.peers,
    )  # fmt: skip
    assert (85.0, 70.0) == (report.measures[0].mean, report.measures[0].before)
    assert (25.0, "better") == (report.against_peers[0].difference, report.against_peers[0].verdict)
    assert [80.0, 82.0, 84.0, 86.0, 88.0] == [call.score for call in report.worst]
    assert [90.0, 88.0, 86.0, 84.0, 82.0] == [call.score for call in report.best]
    assert 6 == sum(week.n for week in report.weeks)
    assert ("greeted", 6, 1.0, 5) == (
        report.questions[0].question, report.questions[0].n, report.questions[0].yes_share,
        report.questions[0].peers_n,
    )  # fmt: skip
    assert report.case_mix is not None
    assert report.hint is None


def test_another_period_to_compare_with(archive: Store) -> None:
    """As with tables."""
    form = TableForm(before=(date(2025, 3, 1), date(2025, 3, 2)))
    assert 81.0 == describe_agent(archive, "ann", MARCH, form).measures[0].before


def test_an_agent_without_calls_in_the_period(archive: Store) -> None:
    """Is no error: the hint says when there are calls."""
    report = describe_agent(archive, "ann", CallFilter(since=date(2030, 1, 1)))
    assert (0, (), None, ()) == (report.n, report.worst, report.case_mix, report.moments)
    assert "Without --since there would be 8." in str(report.hint)


def test_an_unknown_agent_is_an_error(archive: Store) -> None:
    """With the nearest name."""
    with pytest.raises(UsageError, match="no agent 'anna'"):
        describe_agent(archive, "anna")
