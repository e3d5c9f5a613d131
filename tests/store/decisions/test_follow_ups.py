"""What people say of alerts, callbacks and outreach stays with the entry, and is merged and erased with it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from speechcx.ask.compliance import check_trail
from speechcx.ask.customers import list_callbacks
from speechcx.ask.operations import find_alerts, find_follow_up, list_outreach
from speechcx.errors import UsageError
from speechcx.store import Store
from speechcx.store.calls.erasure import erase_call
from speechcx.store.decisions.audit import read_trail
from speechcx.store.decisions.follow_ups import FollowUpChange, mark_follow_up, read_follow_ups
from speechcx.store.integrity import examine
from speechcx.store.merging import merge_store
from tests.ask.archive import at, make
from tests.ask.operations.test_alerts import plant


def fill(store: Store) -> None:
    """An unhappy call about billing of each of two customers."""
    with store.write():
        for name in ("c1", "c2"):
            store.save_call(
                make(name, customer=name, mood=-4.0, flagged=False, drivers=("billing",), started_at=at(3))
            )
        store.db.execute("UPDATE calls SET customer_end_state = 'negative'")


def mark(store: Store, name: str, **change: object) -> None:
    """Say something of an entry."""
    mark_follow_up(store, find_follow_up(store, name), FollowUpChange(**change), who="mia")  # type: ignore[arg-type]


def test_a_callback_is_owned_started_and_done(store: Store) -> None:
    """Each word stays until it is changed; what is done leaves the list, and a new call brings the customer back."""
    fill(store)
    mark(store, "callback:c1", owner="mia", due=date(2025, 3, 9))
    mark(store, "callback:c1", status="started")
    (mine,) = [row for row in list_callbacks(store).rows if row.customer == "c1"]
    assert mine.follow_up is not None
    assert (mine.follow_up.status, mine.follow_up.owner, mine.follow_up.due) == (
        "started",
        "mia",
        "2025-03-09",
    )
    mark(store, "callback:c1", status="done", result="refunded")
    found = list_callbacks(store)
    assert [row.customer for row in found.rows] == ["c2"]
    assert dict(found.left_out)["settled"] == 1
    assert len(list_callbacks(store, with_settled=True).rows) == 2
    assert [row.action for row in read_trail(store)] == ["mark"] * 3
    assert check_trail(store).problems == ()
    store.save_call(make("again", customer="c1", started_at=at(9)))
    with store.write():
        store.db.execute("UPDATE calls SET customer_end_state = 'negative'")
    assert {row.customer for row in list_callbacks(store).rows} == {"c1", "c2"}


def test_outreach_and_alerts_are_marked_by_name(store: Store) -> None:
    """A customer of a rule; an alert of all calls and of one agent."""
    plant(store, today=12)
    mark(store, "outreach:network/c0", status="dropped")
    found = list_outreach(store, "network")
    assert dict(found.left_out)["settled"] == 1
    assert "c0" not in {row.customer for row in found.rows}
    (alert,) = [row for row in find_alerts(store).rows if row.rule == "network"]
    assert alert.name == "2025-04-28/network"
    mark(store, f"alert:{alert.name}", owner="leo")
    (alert,) = [row for row in find_alerts(store).rows if row.rule == "network"]
    assert alert.follow_up is not None
    assert alert.follow_up.owner == "leo"
    mark(store, "alert:2025-04-28/network/agent=ann", owner="leo")


def test_an_alert_that_is_none_on_that_day_is_not_marked(store: Store) -> None:
    """Another rule, another day and a group without a surge are refused with the nearest; other limits can be given."""
    plant(store, today=12)
    for name in (
        "2025-04-28/billing",
        "2025-04-27/network",
        "2031-01-01/network",
        "2025-04-28/calls/queue=moon",
    ):
        with pytest.raises(UsageError, match=f"no alert '{name}'"):
            mark(store, f"alert:{name}", owner="leo")
    with pytest.raises(UsageError) as refused:
        mark(store, "alert:2025-04-28/billing", owner="leo")
    assert refused.value.expected.startswith("an alert of that day, such as 2025-04-28/")
    assert read_follow_ups(store.db, "alert") == {}
    with pytest.raises(UsageError):
        find_follow_up(store, "alert:2025-04-28/network", probability=1e-15)
    assert find_follow_up(store, "alert:2025-04-28/network", least_excess=1).key == "2025-04-28/network"


def test_an_alert_that_was_marked_can_be_marked_again(store: Store) -> None:
    """Also when it is none any more, since calls were judged again."""
    plant(store, today=12)
    mark(store, "alert:2025-04-28/network", owner="leo")
    with store.write():
        store.db.execute("DELETE FROM results_data")
    mark(store, "alert:2025-04-28/network", status="done")


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("callback", "no entry 'callback'"),
        ("letter:c1", "no entry"),
        ("callback:nobody", "nobody"),
        ("outreach:moon/c1", "moon"),
        ("alert:yesterday/calls", "no alert of 'yesterday'"),
        ("alert:2025-03-03/calls/moon=x", "moon"),
    ],
)
def test_an_entry_that_is_none_is_named(store: Store, name: str, found: str) -> None:
    """With what an entry looks like."""
    fill(store)
    with pytest.raises(UsageError, match=found):
        find_follow_up(store, name)


def test_nothing_to_change_and_a_wrong_status_are_named() -> None:
    """Before anything is written."""
    with pytest.raises(UsageError, match="nothing to change"):
        FollowUpChange()
    with pytest.raises(UsageError, match="'finished'"):
        FollowUpChange(status="finished")  # type: ignore[arg-type]


def test_merged_databases_keep_the_later_word_and_erasing_takes_it(store: Store, tmp_path: Path) -> None:
    """In either order; the check finds nothing wrong."""
    fill(store)
    mark(store, "callback:c1", owner="early")
    with Store.open(tmp_path / "other.db", create=True) as other:
        fill(other)
        mark(other, "callback:c1", owner="late")
        mark(other, "callback:c2", owner="new")
        with store.write():
            merge_store(store, other)
    owners = sorted(str(one.owner) for one in read_follow_ups(store.db, "callback").values())
    assert owners == ["late", "new"]
    assert [problem for problem in examine(store) if problem.area == "shared"] == []
    erase_call(store, make("c1").conversation.recording.id, who="mia", reason="asked for")
    assert [one.owner for one in read_follow_ups(store.db, "callback").values()] == ["new"]
    assert [problem for problem in examine(store) if problem.area == "shared"] == []
