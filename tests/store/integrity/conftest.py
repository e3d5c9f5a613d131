"""A sound database with a row in every table, and a copy of it for each test."""

import shutil
from pathlib import Path

import pytest

from speechcx.store import Store
from tests.store.tampering import keep_everything


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Closed; not to be changed."""
    path = tmp_path_factory.mktemp("kept") / "calls.db"
    with Store.open(path, create=True) as store:
        store.db.execute("PRAGMA synchronous = OFF")
        keep_everything(store)
    return path


@pytest.fixture
def database(kept: Path, tmp_path: Path) -> Path:
    """A copy to damage."""
    return Path(shutil.copy(kept, tmp_path / "calls.db"))
