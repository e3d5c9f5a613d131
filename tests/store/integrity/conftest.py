"""A sound database with a row in every table, and a copy of it for each test."""

import shutil
from pathlib import Path

import pytest

from speechcx.discover import OtherFile, SourceWarning
from speechcx.store import Store
from speechcx.store.left_out import replace_left_out
from tests.store.tampering import keep_everything


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Closed; not to be changed."""
    path = tmp_path_factory.mktemp("kept") / "calls.db"
    with Store.open(path, create=True) as store:
        store.db.execute("PRAGMA synchronous = OFF")
        keep_everything(store)
        with store.write():
            replace_left_out(
                store.db,
                [OtherFile("/calls/readme.txt", 1, 1, "transcript")],
                [SourceWarning("/calls/calls.csv", 3, "no file is named", "remove the line")],
            )
    return path


@pytest.fixture
def database(kept: Path, tmp_path: Path) -> Path:
    """A copy to damage."""
    return Path(shutil.copy(kept, tmp_path / "calls.db"))
