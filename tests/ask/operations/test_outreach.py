"""Whom to call back: those touched, without those contacted, opted out, resolved or excepted."""

from __future__ import annotations

from pathlib import Path

import pytest

from speechcx.ask.operations.outreach import list_outreach, read_customers
from speechcx.errors import UsageError
from speechcx.store import CallFilter, Store
from tests.ask.archive import at, make


@pytest.fixture
def touched(store: Store) -> Store:
    """Six customers with network trouble: one each way out of the list, one unknown."""
    calls = [
        make("w1", drivers=("network",), customer="waits", mood=-1.0, agent="ann", started_at=at(1)),
        make("w2", drivers=("network",), customer="waits", mood=-3.0, agent="bea", started_at=at(2)),
        make("m", drivers=("network",), customer="mild", mood=1.0, agent="ann", started_at=at(3)),
        make("k", drivers=("network",), customer="contacted", agent="ann", started_at=at(1)),
        make("kb", customer="contacted", agent="ann", started_at=at(4), direction="outbound"),
        make("o", drivers=("network",), customer="opted", agent="ann", started_at=at(5)),
        make("ob", customer="opted", agent="ann", started_at=at(1), extras=(("opt_out", "yes"),)),
        make(
            "r", drivers=("network",), customer="solved", agent="ann", started_at=at(1),
            extras=(("resolved", "true"),),
        ),
        make("u", drivers=("network",), agent="ann", started_at=at(6), customer=None),
        make("b", drivers=("billing",), customer="other", agent="ann", started_at=at(6)),
    ]  # fmt: skip
    with store.write():
        for call in calls:
            store.save_call(call)
    return store


def test_who_waits_is_listed_the_worst_first(touched: Store) -> None:
    """Two customers wait; the lowest of their feelings decides, the newest call is shown."""
    found = list_outreach(touched, "network")
    assert [(row.customer, row.calls, row.customer_sentiment) for row in found.rows] == [
        ("waits", 2, -3.0),
        ("mild", 1, 1.0),
    ]
    assert (found.rows[0].agent, (found.rows[0].occurred_at or "")[:10]) == ("bea", "2025-03-02")
    assert (found.calls, found.unknown) == (7, 1)
    assert found.left_out == (("contacted", 1), ("opted_out", 1), ("resolved", 1))


def test_an_outbound_call_before_is_no_contact(touched: Store) -> None:
    """Only a call after the touched one has dealt with it."""
    with touched.write():
        touched.save_call(make("early", customer="mild", agent="ann", started_at=at(1), direction="outbound"))
    assert "mild" in {row.customer for row in list_outreach(touched, "network").rows}


def test_customers_of_a_file_are_left_out(touched: Store, tmp_path: Path) -> None:
    """The first column of a CSV, with or without its heading."""
    path = tmp_path / "done.csv"
    path.write_text("\ufeffcustomer,when\nwaits,today\n\n", encoding="utf-8")
    found = list_outreach(touched, "network", excepted=read_customers(path))
    assert [row.customer for row in found.rows] == ["mild"]
    assert ("excepted", 1) in found.left_out


def test_a_wrong_file_is_told(tmp_path: Path) -> None:
    """A missing file and one that is no text."""
    with pytest.raises(UsageError, match="cannot be read"):
        read_customers(tmp_path / "none.csv")
    (tmp_path / "bytes.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match="a CSV in UTF-8"):
        read_customers(tmp_path / "bytes.csv")


def test_filters_and_names(touched: Store) -> None:
    """A filter narrows the touched calls; a wrong rule names what there is; nothing found says what would help."""
    found = list_outreach(touched, "network", CallFilter(agent=("bea",)))
    assert [(row.customer, row.calls) for row in found.rows] == [("waits", 1)]
    with pytest.raises(UsageError, match="cannot find rule 'netwrok'") as caught:
        list_outreach(touched, "netwrok")
    assert "use network" in str(caught.value)
    assert list_outreach(touched, "network", CallFilter(queue=("none",))).hint is not None


def test_negative_ends_need_no_rule(touched: Store) -> None:
    """The feeling at the end touches customers as a rule does."""
    touched.db.execute("UPDATE calls SET customer_end_state = 'negative' WHERE customer = 'other'")
    found = list_outreach(touched, "negative-end")
    assert [(row.customer, row.quote) for row in found.rows] == [("other", None)]


def test_the_newest_call_is_named_also_where_an_older_one_was_unhappier(store: Store) -> None:
    """Id, time and agent are those of the newest call, the feeling is the lowest of all."""
    with store.write():
        for day, mood, agent in ((1, -4.0, "ann"), (2, -1.0, "bea")):
            store.save_call(
                make(
                    f"n{day}", customer="c", agent=agent, mood=mood, drivers=("network",), started_at=at(day)
                )
            )
    (one,) = list_outreach(store, "network").rows
    assert (one.call_id, one.agent) == (make("n2").conversation.recording.id, "bea")
    assert one.customer_sentiment == -4.0
