"""A database of an older speechcx is brought up to date without losing a call or a reason."""

import gzip
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from speechcx.call import Call, collect_metrics
from speechcx.store import Store
from speechcx.store.calls.row_digests import find_changed
from speechcx.store.database import read_migrations, split_statements
from tests.factories import make_call

OLD = Path(__file__).with_name("schema_11.db.gz")
"""Made by the speechcx of schema 11: two usual calls, and two whose numbers have any number of digits."""


@pytest.fixture
def old(tmp_path: Path) -> Iterator[Store]:
    """That database, opened by this speechcx."""
    path = tmp_path / "old.db"
    path.write_bytes(gzip.decompress(OLD.read_bytes()))
    with Store.open(path) as store:
        yield store


def test_each_migration_has_a_number_of_its_own() -> None:
    """Two branches that took the same number would be applied in order of their names."""
    numbers = [name[:4] for name, _ in read_migrations()]
    assert sorted(set(numbers)) == numbers


NEWER = ("overtalk_share", "dead_air_share")
"""Measures of a party that the speechcx of schema 11 did not know, in the order of their migrations."""
WHY = "judged before this was measured; `speechcx rejudge --again` measures it"


def without_newer(call: Call) -> Call:
    """The call as it was judged before those were measured: null, with a reason."""
    reading = call.assessment.reading
    parties = tuple(
        replace(
            flow,
            overtalk_share=None,
            dead_air_share=None,
            reasons=(*flow.reasons, *((name, WHY) for name in NEWER)),
        )
        for flow in reading.flow.parties
    )
    flow = replace(reading.flow, parties=parties)
    return replace(call, assessment=replace(call.assessment, reading=replace(reading, flow=flow)))


def test_calls_of_an_older_database_are_what_they_were(old: Store) -> None:
    """Equal to the calls that were saved, but for what was not measured then; and every row is accounted for."""
    for name in ("x", "y"):
        call = make_call(name)
        assert without_newer(call) == old.load(call.conversation.recording.id)
    assert 4 == len([old.load(call_id) for call_id in old.iter_call_ids()])
    assert set() == find_changed(old.db)


def test_a_measure_that_is_newer_than_the_call_says_so(old: Store) -> None:
    """In the call as in the row that tables of people read, also where nothing else was missing."""
    loaded = old.load(make_call("x").conversation.recording.id)
    metrics = collect_metrics(loaded.assessment.reading)
    for name in NEWER:
        assert WHY == metrics[f"agent.{name}"].why_missing
        rows = old.db.execute("SELECT json_extract(missing, ?) FROM calls", (f"$.agent_{name}",)).fetchall()
        assert {WHY} == {why for (why,) in rows}


def test_measures_of_an_older_database_become_whole_numbers(old: Store) -> None:
    """Whatever digits they were kept with, each is now a step of its resolution, and words are still found."""
    for table in ("turns_data", "overlaps_data", "hits_data"):
        names = [name for (name,) in old.db.execute("SELECT name FROM pragma_table_info(?)", (table,))]
        for name in (name for name in names if "_x1" in name):
            kinds = {kind for (kind,) in old.db.execute(f"SELECT typeof({name}) FROM {table}")}
            assert kinds <= {"integer", "null"}, (table, name)
    found = old.db.execute("SELECT count(*) FROM turns_fts WHERE turns_fts MATCH 'hello'").fetchone()[0]
    assert found > 0
    old.db.execute("INSERT INTO turns_fts (turns_fts, rank) VALUES ('integrity-check', 1)")


def test_a_script_is_split_where_its_statements_end() -> None:
    """Semicolons in texts, comments and triggers end nothing; what stands behind the last one is kept."""
    script = (
        "-- made; by hand\nCREATE TABLE a (b TEXT DEFAULT 'x;y'); /* one; two */ INSERT INTO a VALUES (';');\n"
        "CREATE TRIGGER t AFTER INSERT ON a BEGIN DELETE FROM a; SELECT 1; END;\nSELECT 2\n"
    )
    ends = ["DEFAULT 'x;y');", "VALUES (';');", "SELECT 1; END;", "SELECT 2"]
    statements = list(split_statements(script))
    assert [True] * 4 == [one.strip().endswith(end) for one, end in zip(statements, ends, strict=True)]
    assert "".join(statements) == script
