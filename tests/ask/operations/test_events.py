"""What is watched: found drivers and risks, and flags; hidden rules never."""

from __future__ import annotations

import pytest

from speechcx.ask.operations.events import find_watched, list_watched
from speechcx.errors import UsageError
from speechcx.store import Store
from tests.ask.archive import at, make


def test_rules_and_their_events(store: Store) -> None:
    """A driver counts where it is present, another rule where it flags the call."""
    with store.write():
        store.save_call(make("a", drivers=("network",), agent="ann", started_at=at(1)))
        store.save_call(make("b", flagged=True, agent="ann", started_at=at(1)))
    rules = {rule.rule: rule for rule in list_watched(store)}
    flagged = next(rule for rule in rules.values() if rule.kind != "driver")
    store.db.execute("UPDATE rules SET kind = 'behaviour' WHERE rule = ?", (flagged.rule,))

    def count(condition: str) -> int:
        return int(store.db.execute(f"SELECT count(*) FROM calls c WHERE {condition}").fetchone()[0])

    assert [count(rules[name].condition) for name in ("network", "billing", flagged.rule)] == [1, 0, 1]


def test_hidden_rules_are_not_watched(store: Store) -> None:
    """What stands for a condition of a question is no event."""
    with store.write():
        store.save_call(make("a", agent="ann", started_at=at(1)))
    store.db.execute("UPDATE rules SET kind = 'hidden' WHERE rule = 'network'")
    assert "network" not in {rule.rule for rule in list_watched(store)}


def test_a_wrong_name_is_told(store: Store) -> None:
    """With the nearest, also among the names that are no rules."""
    with store.write():
        store.save_call(make("a", agent="ann", started_at=at(1)))
    with pytest.raises(UsageError, match="use billing"):
        find_watched(store, "biling")
    with pytest.raises(UsageError, match="use negative-end"):
        find_watched(store, "negativ-end", besides=("negative-end",))
