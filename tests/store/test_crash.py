"""The database after a cut: whole calls or none, whatever was lost of the log."""

import random
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from speechcx.store import FileStats, RunInfo, Store
from tests.factories import make_call
from tests.trust.figures import nightly_count, nightly_seed, record

IMAGES = 200
NIGHTLY_IMAGES = 1_000


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
    check_images(cut, tmp_path, IMAGES, seed=1)


@pytest.mark.nightly
@pytest.mark.timeout(1800)
def test_a_thousand_cut_or_garbled_logs_leave_whole_calls(cut: tuple[Path, set[str]], tmp_path: Path) -> None:
    """A thousand others."""
    check_images(cut, tmp_path, nightly_count(NIGHTLY_IMAGES), seed=nightly_seed(2))


def check_images(cut: tuple[Path, set[str]], tmp_path: Path, images: int, *, seed: int) -> None:
    """Cut or garble the log at random places; each image must be sound, with whole calls only."""
    folder, ids = cut
    rng = random.Random(seed)
    base, log = (folder / "calls.db.kept").read_bytes(), (folder / "calls.db-wal.kept").read_bytes()
    seen: set[int] = set()
    unsound, halves = [], []
    for number in range(images):
        path = tmp_path / f"{number}.db"
        path.write_bytes(base)
        place = rng.randrange(len(log))
        torn = log[:place] if number % 2 else log[:place] + rng.randbytes(200) + log[place + 200 :]
        path.with_name(path.name + "-wal").write_bytes(torn)
        unsound += [f"image {number}: {line}" for line in find_damage(path)]
        with Store.open(path) as store:
            found = list(store.iter_call_ids())
            files = {file.call_id: file.state for file in store.ledger.known_files().values()}
            whole = all(store.load(call_id).conversation.recording.id == call_id for call_id in found[-1:])
        done = {call_id for call_id, state in files.items() if state == "done"}
        if not whole or not set(found) <= ids or set(found) != done:
            halves.append(f"image {number}: calls {found}, files {files}")
        seen.add(len(found))
        for each in tmp_path.iterdir():
            each.unlink()
    record(
        "cut or garbled logs of a database",
        images,
        bar="all 0",
        not_sound=len(unsound),
        halves_of_calls=len(halves),
    )
    assert unsound == []
    assert halves == []
    assert set(range(8)) <= seen or images < IMAGES


def find_damage(path: Path) -> list[str]:
    """What SQLite's own checks find in the file, its references and the search index."""
    with closing(sqlite3.connect(path)) as db:
        lines = (
            db.execute("PRAGMA integrity_check").fetchall()
            + db.execute("PRAGMA foreign_key_check").fetchall()
        )
        try:
            db.execute("INSERT INTO turns_fts (turns_fts, rank) VALUES ('integrity-check', 1)")
        except sqlite3.DatabaseError as error:
            lines.append((str(error),))
    return [str(line) for line in lines if line != ("ok",)]
