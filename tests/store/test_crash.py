"""The database after a cut: whole calls or none, whatever was lost of the log."""

import random
import shutil
import sqlite3
from pathlib import Path

import pytest

from speechcx.store import FileStats, RunInfo, Store
from tests.factories import make_call

IMAGES = 200


@pytest.fixture(scope="module")
def cut(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, set[str]]:
    """A database and the log of eight calls that are not yet in it."""
    folder = tmp_path_factory.mktemp("cut")
    path = folder / "calls.db"
    with Store.open(path, create=True) as store:
        store.db.execute("PRAGMA wal_autocheckpoint = 0")
        store.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        run_id = store.ledger.begin_run(RunInfo())
        ids = set()
        for number in range(8):
            call = make_call(number)
            ids.add(call.conversation.recording.id)
            store.ledger.claim(run_id, call.conversation.recording, FileStats(1, 1))
            store.ledger.save_outcome(run_id, call, FileStats(1, 1))
        for name in ("calls.db", "calls.db-wal"):
            shutil.copy(folder / name, folder / f"{name}.kept")
    return folder, ids


def test_a_cut_or_garbled_log_leaves_whole_calls(cut: tuple[Path, set[str]], tmp_path: Path) -> None:
    """200 images, each cut or garbled at a random place: sound, and no half of a call is to be seen."""
    folder, ids = cut
    rng = random.Random(1)
    base, log = (folder / "calls.db.kept").read_bytes(), (folder / "calls.db-wal.kept").read_bytes()
    seen = set()
    for number in range(IMAGES):
        path = tmp_path / f"{number}.db"
        path.write_bytes(base)
        place = rng.randrange(len(log))
        torn = log[:place] if number % 2 else log[:place] + rng.randbytes(200) + log[place + 200 :]
        path.with_name(path.name + "-wal").write_bytes(torn)
        db = sqlite3.connect(path)
        assert [("ok",)] == db.execute("PRAGMA integrity_check").fetchall()
        assert [] == db.execute("PRAGMA foreign_key_check").fetchall()
        assert (
            []
            == db.execute("INSERT INTO turns_fts (turns_fts, rank) VALUES ('integrity-check', 1)").fetchall()
        )
        db.close()
        with Store.open(path) as store:
            found = list(store.iter_call_ids())
            files = {file.call_id: file.state for file in store.ledger.known_files().values()}
            whole = all(store.load(call_id).conversation.recording.id == call_id for call_id in found[-1:])
        assert whole
        assert set(found) <= ids
        assert set(found) == {call_id for call_id, state in files.items() if state == "done"}
        seen.add(len(found))
        for each in tmp_path.iterdir():
            each.unlink()
    assert set(range(8)) <= seen
