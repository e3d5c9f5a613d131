"""Stores for questions: an empty one for each test, and one small archive that no test changes."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from speechcx.store import Store
from tests.ask.archive import fill


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


@pytest.fixture(scope="session")
def archive(empty: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The archive of ``archive.py``, to read."""
    path = tmp_path_factory.mktemp("archive") / "calls.db"
    shutil.copy(empty, path)
    with Store.open(path) as opened:
        opened.db.execute("PRAGMA synchronous = OFF")
        fill(opened)
    with Store.open(path, read_only=True) as opened:
        yield opened
