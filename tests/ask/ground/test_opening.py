from pathlib import Path

import pytest

from speechcx.ask.ground.opening import reading
from speechcx.errors import DatabaseMissing
from speechcx.store import Store
from tests.factories import make_call


def test_an_open_store_is_used_and_left_open(store: Store) -> None:
    """Whoever opened it closes it."""
    with reading(store) as opened:
        assert store is opened
    assert [(1,)] == store.db.execute("SELECT 1").fetchall()


def test_a_path_is_opened_to_read_only(store: Store) -> None:
    """A question cannot change the answer."""
    with reading(store.path) as opened, pytest.raises(Exception, match="readonly|read-only"):
        opened.db.execute("DELETE FROM roster")


def test_a_missing_database_stays_missing(tmp_path: Path) -> None:
    """The error names the file."""
    with pytest.raises(DatabaseMissing, match="nothing.db"), reading(tmp_path / "nothing.db"):
        pass
    assert [] == list(tmp_path.iterdir())


def test_an_answer_is_of_one_moment(store: Store) -> None:
    """A call that a run stores between two questions of one answer is not counted in half of it."""
    with reading(store.path) as opened:
        before = opened.db.execute("SELECT count(*) FROM calls").fetchone()
        store.save_call(make_call("meanwhile"))
        assert before == opened.db.execute("SELECT count(*) FROM calls").fetchone()
