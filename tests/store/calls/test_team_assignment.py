from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest

from speechcx.store import Store
from tests.factories import make_call, make_details


@dataclass(frozen=True)
class Line:
    agent: str
    team: str | None
    center: str | None = "Leeds"
    valid_from: date | None = None
    valid_to: date | None = None
    name: str | None = "Ann"


def place(store: Store) -> tuple[str | None, str | None]:
    return store.db.execute("SELECT team, center FROM calls").fetchone()


def test_a_call_counts_for_the_team_of_its_day(store: Store) -> None:
    """Both days of an entry belong to it."""
    lines = [
        Line("ann", "blue", valid_to=date(2025, 3, 3)),
        Line("ann", "red", valid_from=date(2025, 3, 4), valid_to=date(2025, 3, 4)),
        Line("ann", "green", valid_from=date(2025, 3, 5)),
        Line("bea", "grey"),
    ]
    store.sync_roster(lines)
    for day, team in ((3, "blue"), (4, "red"), (5, "green")):
        store.save_call(make_call(f"c{day}", started_at=datetime(2025, 3, day, 23, tzinfo=UTC)))
        found = store.db.execute("SELECT team FROM calls ORDER BY call_no DESC LIMIT 1").fetchone()
        assert (team,) == found


def test_details_beat_the_roster(store: Store) -> None:
    """What the recording's own source says is nearer to the call; what it leaves open the roster says."""
    store.sync_roster([Line("ann", "blue")])
    store.save_call(make_call("x", team="loan"))
    assert ("loan", "Leeds") == place(store)


def test_a_changed_roster_moves_stored_calls(store: Store) -> None:
    """Moving an agent, or correcting a day, moves the calls, and only those of agents that changed."""
    store.save_call(make_call("x"))
    assert (None, None) == place(store)
    assert 1 == store.sync_roster([Line("ann", "blue")])
    assert ("blue", "Leeds") == place(store)
    assert 0 == store.sync_roster([Line("ann", "blue")])
    assert 2 == store.sync_roster([Line("ann", "red", "Porto"), Line("bea", "blue")])
    assert ("red", "Porto") == place(store)
    assert 1 == store.sync_roster([Line("bea", "blue")])
    assert (None, None) == place(store)


def test_the_newest_of_two_entries_that_overlap_holds(store: Store) -> None:
    """An entry with a first day is newer than one that always held; so on the one day that two entries share."""
    store.sync_roster([Line("ann", "old"), Line("ann", "new", valid_from=date(2025, 1, 1))])
    store.save_call(make_call("x"))
    assert ("new", "Leeds") == place(store)
    first = Line("ann", "first", valid_from=date(2025, 1, 1), valid_to=date(2025, 3, 4))
    store.sync_roster([first, Line("ann", "last", valid_from=date(2025, 3, 4))])
    assert ("last", "Leeds") == place(store)


@pytest.mark.parametrize(("valid_from", "team"), [(None, "blue"), (date(2020, 1, 1), None)])
def test_a_call_without_a_day_has_the_team_of_always(
    store: Store, valid_from: date | None, team: str | None
) -> None:
    """No day is guessed for it."""
    store.sync_roster([Line("ann", "blue", valid_from=valid_from)])
    store.save_call(make_call("x", started_at=None))
    assert team == place(store)[0]


def test_corrected_details_find_their_team(store: Store) -> None:
    """Another agent, or another day, is another team."""
    store.sync_roster([Line("ann", "blue"), Line("bea", "red")])
    call = make_call("x")
    store.save_call(call)
    store.update_details(call.conversation.recording.id, make_details(agent="bea"))
    assert ("red", "Leeds") == place(store)
