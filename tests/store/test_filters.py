import random
from dataclasses import fields
from datetime import UTC, date, datetime, timedelta

import pytest

from speechcx.store import CallFilter, Store
from tests.factories import make_assessment, make_call, make_result


@pytest.fixture
def days(store: Store) -> Store:
    """Calls of thirty days, two agents, two queues, one in three flagged."""
    start = datetime(2025, 3, 1, 23, 30, tzinfo=UTC)
    for n in range(30):
        store.save_call(
            make_call(
                n, assessment=make_assessment(make_call(n).conversation, results=(make_result(flagged=n % 3 == 0),)),
                started_at=start + timedelta(days=n), agent=("ann", "bea")[n % 2], queue=("q1", "q2")[n // 2 % 2],
                zone=("UTC", "Asia/Kolkata", "America/New_York")[n % 3], team=None if n % 5 else "blue",
                direction="inbound", customer=f"c{n}",
                extras=(("campaign", ("spring", "autumn")[n % 2]), ("n", str(n))),
            )
        )  # fmt: skip
    return store


def found(store: Store, filters: CallFilter) -> list[tuple[object, ...]]:
    where, values = filters.to_sql()
    return store.db.execute(
        f"SELECT agent, queue, local_day FROM calls c WHERE {where} ORDER BY call_no", values
    ).fetchall()


@pytest.mark.parametrize("seed", range(20))
def test_a_filter_finds_what_a_look_at_every_call_finds(days: Store, seed: int) -> None:
    """Any mix of fields, with days cut in each call's own zone."""
    rng = random.Random(seed)
    since, until = (rng.choice((None, date(2025, 3, rng.randint(1, 31)))) for _ in range(2))
    agents, queues = (rng.choice(((), names[:1], names)) for names in (("ann", "cid"), ("q1", "q2")))
    every = found(days, CallFilter())
    wanted = [
        row for row in every
        if (since is None or str(row[2]) >= since.isoformat()) and (until is None or str(row[2]) <= until.isoformat())
        and (not agents or row[0] in agents) and (not queues or row[1] in queues)
    ]  # fmt: skip
    assert wanted == found(days, CallFilter(since=since, until=until, agent=agents, queue=queues))


@pytest.mark.parametrize(
    ("filters", "count"),
    [
        (CallFilter(flagged=True), 10),
        (CallFilter(results=(("cancel-intent", "present"),)), 30),
        (CallFilter(results=(("cancel-intent", "present"), ("cancel-intent", "absent"))), 0),
        (CallFilter(results=(("no-such-rule", "present"),)), 0),
        (CallFilter(flagged=False), 20),
        (CallFilter(team=("blue",)), 6),
        (CallFilter(customer=("c1", "c2", "c99")), 2),
        (CallFilter(direction=("outbound",)), 0),
        (CallFilter(extras=(("campaign", "spring"),)), 15),
        (CallFilter(extras=(("campaign", "spring"), ("n", "4"))), 1),
        (CallFilter(extras=(("campaign", "winter"),)), 0),
        (CallFilter(extras=(("' OR 1 --", "x"),)), 0),
        (CallFilter(listen_digest="0" * 16), 30),
        (CallFilter(listen_digest="1" * 16), 0),
        (CallFilter(rulebook_digest=make_assessment().digest), 30),
        (CallFilter(not_judged_by=((None, make_assessment().digest),)), 0),
        (CallFilter(since=date.min, until=date.max), 30),
        (CallFilter(since=date(2025, 3, 9), until=date(2025, 3, 1)), 0),
    ],
)
def test_each_field_alone(days: Store, filters: CallFilter, count: int) -> None:
    """Flags, people, further columns of the source, versions, impossible periods."""
    assert count == len(found(days, filters))


def test_replaced_calls_are_left_out_unless_asked_for(days: Store) -> None:
    """What counts no longer is in no list by itself."""
    days.db.execute("UPDATE calls SET superseded_by = 'x' WHERE agent = 'ann'")
    assert (15, 30) == (len(found(days, CallFilter())), len(found(days, CallFilter(with_superseded=True))))


def test_two_values_of_one_further_column_are_both_found(store: Store) -> None:
    """A source that repeats a column loses neither value."""
    store.save_call(make_call("x", extras=(("tag", "a"), ("tag", "b"))))
    for value, count in (("a", 1), ("b", 1), ("c", 0)):
        assert count == len(found(store, CallFilter(extras=(("tag", value),))))


def test_a_filter_can_be_a_key() -> None:
    """Filters are compared and hashed by what they ask for."""
    assert {CallFilter(agent=("a",)), CallFilter(agent=("a",))} == {CallFilter(agent=("a",))}
    assert len(fields(CallFilter)) == len(CallFilter.__slots__)
