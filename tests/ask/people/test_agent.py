"""Tests of one agent: figures, questions and talking points."""

from dataclasses import replace
from datetime import date

import pytest

from speechcx.ask.ground.score_rows import TableForm
from speechcx.ask.people.agent import ANGRIEST, SHOWN, compare_questions, describe_agent, find_moments
from speechcx.call import Call
from speechcx.errors import UsageError
from speechcx.store import CallFilter, Store
from tests.ask.archive import at, make
from tests.factories import make_answer, make_result, make_score

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


def answered(name: str, agent: str, *answers: str) -> Call:
    """A call with a question for each answer."""
    call = make(name, agent=agent, started_at=at(1))
    card = make_score(
        80.0, answers=tuple(make_answer(f"q{n}", text=f"Q{n}?", answer=a) for n, a in enumerate(answers))
    )
    return replace(call, assessment=replace(call.assessment, scores=(card,)))


def test_questions_beside_the_peers_weakest_first(store: Store) -> None:
    """ann misses q1 in all of ten calls, the peers in none; answers that are neither yes nor no are left out."""
    for n in range(10):
        store.save_call(answered(f"a{n}", "ann", "yes", "no", "n-a" if n else "yes"))
        store.save_call(answered(f"b{n}", "bea", "yes", "yes", "yes"))
    weak, *others = compare_questions(store, CallFilter(agent=("ann",)), CallFilter(), "service-quality")
    assert ("q1", "Q1?", 10, 0.0, 10, 1.0, -1.0, "worse") == (
        weak.question, weak.text, weak.n, weak.yes_share, weak.peers_n, weak.peers_share, weak.difference,
        weak.verdict,
    )  # fmt: skip
    by_name = {row.question: row for row in others}
    assert ((("n-a", 9),), 1, "too few calls") == (
        by_name["q2"].left_out, by_name["q2"].n, by_name["q2"].verdict,
    )  # fmt: skip
    assert "cannot tell" == by_name["q0"].verdict


def test_questions_of_another_scorecard_are_not_mixed_in(store: Store) -> None:
    """Each scorecard has its own."""
    store.save_call(answered("a", "ann", "yes"))
    assert () == compare_questions(store, CallFilter(), CallFilter(), "another")


def test_flagged_rules_come_first_then_the_angriest_turns(archive: Store) -> None:
    """cid's two flagged calls give two moments with words and time, and their worst turns."""
    flagged, angry = (
        [
            one
            for one in find_moments(archive, CallFilter(agent=("cid",)))
            if (one.severity is None) == is_turn
        ]
        for is_turn in (False, True)
    )
    assert [("major", "customer", "cancel my account", 5.6)] * 2 == [
        (one.severity, one.party, one.quote, one.start_s) for one in flagged
    ]
    assert {"I want to cancel my account, it's ridiculous."} == {one.quote for one in angry}
    assert 2 == len(angry) <= ANGRIEST


def test_the_most_severe_rule_first_and_no_rule_more_than_twice(store: Store) -> None:
    """Thirty calls with the same major flag, one with a critical one."""
    from dataclasses import replace

    for n in range(30):
        store.save_call(make(n, flagged=True, started_at=at(1 + n % 28)))
    call = make("worst", started_at=at(1))
    bad = make_result("promise", title="A promise", severity="critical")
    store.save_call(replace(call, assessment=replace(call.assessment, results=(bad,))))
    found = find_moments(store, CallFilter())
    assert ["A promise", "Customer wants to cancel", "Customer wants to cancel"] == [one.why for one in found]
    assert len(found) <= SHOWN + ANGRIEST


def test_nothing_flagged_and_nobody_angry(archive: Store) -> None:
    """Gives nothing to talk about."""
    assert () == find_moments(archive, CallFilter(agent=("bea",)))
