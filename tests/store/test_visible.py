"""A connection for one person holds their calls only, whatever is asked of it."""

import sqlite3
from pathlib import Path

import pytest

from speechcx.ask.compliance import count_flags, list_flags, list_trail, measure_precision
from speechcx.ask.ground import find_call_id
from speechcx.ask.people import score_agents, score_teams
from speechcx.ask.runs import list_failures, read_status
from speechcx.ask.search import list_calls, search
from speechcx.errors import UsageError
from speechcx.store import Store, VisibleCalls
from speechcx.store.decisions.audit import AuditEntry, add_entries
from tests.factories import make_call
from tests.imports.exports import import_text

ANN = VisibleCalls(agents=("ann",))


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """Two calls of ann in blue, one of bob in red, one of nobody."""
    path = tmp_path / "calls.db"
    with Store.open(path, create=True) as store:
        for name, agent, team in (
            ("a1", "ann", "blue"),
            ("a2", "ann", "blue"),
            ("b", "bob", "red"),
            ("n", None, None),
        ):
            store.save_call(make_call(name, agent=agent, team=team, customer=f"customer-{name}"))
        add_entries(store, "who", [AuditEntry("view", store_id("b")), AuditEntry("view", store_id("a1"))])
    return path


def store_id(name: str) -> str:
    """The id of a made call."""
    return make_call(name).conversation.recording.id


@pytest.mark.parametrize(
    ("visible", "expected"),
    [
        (ANN, {"a1", "a2"}),
        (VisibleCalls(teams=("red",)), {"b"}),
        (VisibleCalls(teams=("red", "blue")), {"a1", "a2", "b"}),
        (VisibleCalls(agents=("ANN",)), set()),
        (VisibleCalls(agents=("ann') OR ('1'='1",)), set()),
        (VisibleCalls(agents=("ann", "{0} %s ? {x}")), {"a1", "a2"}),
        (VisibleCalls(), set()),
        (None, {"a1", "a2", "b", "n"}),
    ],
)
def test_only_visible_calls_are_there(
    database: Path, visible: VisibleCalls | None, expected: set[str]
) -> None:
    """Lists, scores, flags, searches and ids know the visible calls and no other, names compared to the letter."""
    wanted = {store_id(name) for name in expected}
    with Store.open_for(database, visible) as store:
        assert wanted == {row.call_id for row in list_calls(store).rows} == set(store.iter_call_ids())
        assert wanted == {row.call_id for row in list_flags(store).rows}
        assert wanted == {hit.call_id for hit in search(store, "cancel").hits}
        assert (
            len(wanted)
            == score_agents(store).total.n
            == score_teams(store).total.n
            == read_status(store).calls
        )
        assert sum(row.calls for row in count_flags(store).rows) == len(wanted)
        measure_precision(store)
        for name in ("a1", "a2", "b", "n"):
            assert store.has_call(store_id(name)) == (name in expected)
            if name not in expected:
                with pytest.raises(UsageError, match="no call is named"):
                    find_call_id(store, store_id(name)[:10])
                with pytest.raises(KeyError):
                    store.load(store_id(name))


def test_tables_asked_without_their_call_hide_others_too(database: Path) -> None:
    """Recordings, the audit trail and failures show rows of visible calls only."""
    with Store.open_for(database, ANN) as store:
        assert [store_id("a1")] == [row.call_id for row in list_trail(store)]
        assert 2 == store.db.execute("SELECT count(*) FROM recordings").fetchone()[0]
        assert () == list_failures(store)


def test_the_connection_writes_nothing(database: Path) -> None:
    """What hides calls leaves the connection unable to write."""
    with (
        Store.open_for(database, ANN) as store,
        pytest.raises(sqlite3.OperationalError, match="readonly|read-only"),
    ):
        store.db.execute("DELETE FROM main.calls")


def test_facts_of_other_peoples_calls_are_hidden(database: Path, tmp_path: Path) -> None:
    """Call records, legs and answers of own calls only; of accounts and imports nothing."""
    with Store.open(database) as store:
        head = "call_id,start,agent,customer,outcome"
        rows = "1,2026-03-02 09:15:00,ann,x1,answered\n2,2026-03-02 09:16:00,bob,x2,answered"
        import_text(store, tmp_path, "calls", f"{head}\n{rows}\n")
        import_text(store, tmp_path, "accounts", "customer,status\nx1,active\n")
    with Store.open_for(database, ANN) as store:
        assert [("1",)] == store.db.execute("SELECT record_id FROM call_records").fetchall()
        assert [("x1",)] == store.db.execute("SELECT customer FROM call_legs").fetchall()
        assert [] == store.db.execute("SELECT customer FROM accounts").fetchall()


def test_a_row_is_looked_up_and_not_every_call_read(database: Path) -> None:
    """What is asked of one call costs a look-up in the index of calls, however many calls there are."""
    with Store.open_for(database, ANN) as store:
        for table, column in (("call_numbers", "call_id"), ("recordings", "call_no"), ("files", "call_id")):
            plan = store.db.execute(f"EXPLAIN QUERY PLAN SELECT * FROM {table} WHERE {column} = 1").fetchall()
            read = [str(step[3]) for step in plan if str(step[3]).startswith("SCAN")]
            assert not [step for step in read if step.startswith("SCAN c")], plan
