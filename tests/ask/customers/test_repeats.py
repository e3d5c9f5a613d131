"""Calls of five customers, and every figure of them worked out by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from speechcx.ask.customers import read_repeats
from speechcx.call import Call
from speechcx.errors import UsageError
from speechcx.store import CallFilter, Store
from tests.ask.archive import at, make
from tests.factories import make_result


def again(call: Call, value: str = "present") -> Call:
    """The same call, whose customer says that they called before, or of which it cannot be told."""
    said = make_result("called-before", title="Called before", kind="outcome", value=value, flagged=False)
    judged = call.assessment
    return replace(call, assessment=replace(judged, results=(*judged.results, said)))


def call(name: str, customer: str | None, day: int, minute: int = 0, **more: object) -> Call:
    """A call of a customer on a day of March, so many minutes after nine."""
    return make(name, customer=customer, started_at=at(day) + timedelta(minutes=minute), **more)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Days 1 to 20 can be told of, since the newest call is of day 27."""
    billing, network = ("billing",), ("network",)
    told = (("resolved", "yes"),)
    calls = (
        # p: a call that was forwarded after ten minutes, then again on day 4 about something else: two contacts.
        again(call("p1", "p", 1, drivers=billing, agent="ann"), "absent"),
        again(call("p2", "p", 1, 10, drivers=billing, agent="bea"), "absent"),
        again(call("p3", "p", 4, drivers=network, agent="bea", extras=told), "absent"),
        # q: three contacts about the same, the last eight days after the one before: two matters.
        again(call("q1", "q", 2, drivers=billing, agent="ann"), "absent"),
        again(call("q2", "q", 5, drivers=billing, agent="ann", extras=(("resolved", "no"),))),
        again(call("q3", "q", 13, drivers=billing, agent="ann", extras=told), "absent"),
        # r: says that they called before, and no such call is known.
        again(call("r1", "r", 6, agent="ann")),
        # s: it cannot be told what was said; and again when it is too new to tell.
        again(call("s1", "s", 10, agent="bea"), "cannot_tell"),
        again(call("s2", "s", 25, agent="bea"), "absent"),
        # Nobody knows who; the newest call.
        again(call("u1", None, 7, agent="ann")),
        again(call("t1", "t", 27, agent="ann"), "absent"),
    )  # fmt: skip
    with Store.open(tmp_path_factory.mktemp("repeats") / "calls.db", create=True) as made:
        with made.write():
            for one in calls:
                made.save_call(one)
        yield made


def test_every_figure_by_hand(store: Store) -> None:
    """Contacts: p 2, q 3, r 1, s 2, t 1; of s and t the last are too new."""
    found = read_repeats(store)
    whole = found.all
    assert (found.word_rule, found.unknown, whole.contacts, whole.immature) == ("called-before", 1, 9, 2)
    # Called again within 7 days: p1, q1. Not: p3, q2, q3, r1, s1.
    assert (whole.fcr.n, whole.fcr.value) == (7, pytest.approx(5 / 7))
    # With a driver: p1, p3, q1, q2, q3; about the same again: q1.
    assert (whole.fcr_driver.n, whole.fcr_driver.value) == (5, 0.8)
    # q2 says so and is known; r1 says so and is not.
    assert (whole.fcr_words.n, whole.fcr_words.value) == (7, pytest.approx(4 / 7))
    # Of eleven calls one cannot be told; q2, r1 and u1 say so.
    assert (whole.says_again.n, whole.says_again.value) == (10, 0.3)


def test_matters_by_hand(store: Store) -> None:
    """p1 to p3; q1 and q2; q3; r1; s1: five, of which p and q3 are told to be resolved and q2 not."""
    whole = read_repeats(store).all
    assert (whole.matters, whole.untold) == (5, 2)
    assert (whole.calls_a_matter.n, whole.calls_a_matter.value) == (5, pytest.approx((2 + 2 + 1 + 1 + 1) / 5))
    assert (whole.resolved.n, whole.resolved.value) == (3, pytest.approx(2 / 3))
    # Without q1 and q2: three days and a call for p, a call for each of the other three.
    length_s = store.db.execute("SELECT audio_duration_s FROM calls LIMIT 1").fetchone()[0]
    expected = (3 * 86_400 + 4 * length_s) / 4
    assert (whole.resolution_s.n, whole.resolution_s.value) == (4, pytest.approx(expected, abs=0.1))


def test_by_agent_and_by_driver(store: Store) -> None:
    """A forwarded contact is that of who took it first; a contact counts with each of its drivers."""
    agents = {row.key: (row.contacts, row.fcr.n) for row in read_repeats(store, by="agent").rows}
    assert agents == {"ann": (6, 5), "bea": (3, 2)}
    drivers = {row.key: (row.contacts, row.fcr.value) for row in read_repeats(store, by="driver").rows}
    assert drivers == {"billing": (4, 0.5), "network": (1, 1.0), None: (4, 1.0)}


def test_the_days_and_the_period_are_kept_apart(store: Store) -> None:
    """A call of the period is followed by one behind it; a matter that began before the period is not of it."""
    two = CallFilter(since=date(2025, 3, 2), until=date(2025, 3, 2))
    row = read_repeats(store, two).all
    assert (row.contacts, row.fcr.value, row.matters) == (1, 0.0, 1)
    five = CallFilter(since=date(2025, 3, 5), until=date(2025, 3, 5))
    assert read_repeats(store, five).all.matters == 0
    assert read_repeats(store, two, days=2).all.fcr.value == 1.0
    # Within 14 days q2 is followed too; what is younger than 14 days cannot be told.
    assert read_repeats(store, days=14).all.fcr.value == pytest.approx(4 / 7)


def test_without_such_a_rule_words_tell_nothing(tmp_path: Path) -> None:
    """FCR with words is FCR."""
    with Store.open(tmp_path / "calls.db", create=True) as made:
        made.save_call(call("a", "a", 1))
        made.save_call(call("b", "b", 20))
        found = read_repeats(made)
    assert (found.word_rule, found.all.says_again.n, found.all.fcr_words.value) == (None, 0, 1.0)


def test_wrong_days_are_named(store: Store) -> None:
    """With the range."""
    with pytest.raises(UsageError, match="1 to 90"):
        read_repeats(store, days=0)
