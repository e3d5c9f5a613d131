"""A store of its own for each test, that does not wait for the disk."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from speechcx.store import Store


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new database, made once."""
    path = tmp_path_factory.mktemp("empty") / "calls.db"
    Store.open(path, create=True).close()
    return path


@pytest.fixture
def store(empty: Path, tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    shutil.copy(empty, tmp_path / "calls.db")
    with Store.open(tmp_path / "calls.db") as opened:
        opened.db.execute("PRAGMA synchronous = OFF")
        yield opened
