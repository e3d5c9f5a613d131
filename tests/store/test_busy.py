from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from speechcx.store import Patience, Store, busy
from tests.factories import make_call


def held(path: Path) -> sqlite3.Connection:
    """A connection of another program that holds the database."""
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    return other


@pytest.fixture
def path(tmp_path: Path) -> Path:
    Store.open(tmp_path / "a.db", create=True).close()
    return tmp_path / "a.db"


def test_waiting_is_told_once_and_goes_on_when_the_database_is_free(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is waited for is said one time, and then the write is made."""
    monkeypatch.setattr(busy, "_TELL_AFTER_S", 0.0)
    other, told, asked = held(path), list[str](), 0

    def look() -> bool:
        nonlocal asked
        asked += 1
        if asked == 3:
            other.execute("ROLLBACK")
        return False

    with Store.open(path, patience=Patience(60.0, told.append, look)) as store:
        store.save_call(make_call())
    assert asked == 3
    assert told == [f"another program to let go of {path}"]
    other.close()


def test_a_command_says_what_it_waits_for(
    path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Also where nobody asked to be told."""
    monkeypatch.setattr(busy, "_TELL_AFTER_S", 0.0)
    other = held(path)
    with Store.open(path) as store:
        store.patience.limit_s = 0.5
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            store.save_call(make_call())
    assert caplog.messages == [f"waiting for another program to let go of {path}"]
    other.close()


def test_a_wait_that_was_in_vain_is_not_repeated(path: Path) -> None:
    """After the limit the error comes, and each further write tries once only."""
    other, asked = held(path), list[bool]()
    patience = Patience(0.3, give_up=lambda: bool(asked.append(True)))
    db = Store.open(path, patience=patience)
    for _ in range(2):
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            db.save_call(make_call())
    assert patience.limit_s == 0.0
    assert len(asked) <= 3
    db.close()
    other.close()


def test_waiting_can_be_given_up(path: Path) -> None:
    """A stop ends it long before its limit."""
    other = held(path)
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        Store.open(path, patience=Patience(600.0, give_up=lambda: True)).save_call(make_call())
    other.close()


def test_another_error_is_not_waited_for(path: Path) -> None:
    """Only a lock is."""
    calls = []

    def attempt() -> None:
        calls.append(1)
        raise sqlite3.OperationalError("no such table: x")

    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        Patience().wait(attempt, path)
    assert calls == [1]
