"""Several runs at once on one inbox, and people who read while a run writes."""

from __future__ import annotations

import contextlib
import random
import sqlite3
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from speechcx.ask.runs import read_status
from speechcx.ask.search import list_calls, search
from speechcx.store import Store
from tests.batch.folders import RULES, call_hash, write_call
from tests.batch.zygote import Zygote, is_running
from tests.trust.content import find_faults, read_content
from tests.trust.figures import nightly_count, record
from tests.trust.nights import Night, make_night

RUNS = 8


def compete(zygote: Zygote, folder: Path, *, nights: int, calls: int) -> None:
    """Eight runs at once, night after night, each night with so many new calls; every second run waits."""
    night = make_night(folder / "project", 0)
    database = folder / "calls.db"
    codes: Counter[int] = Counter()
    for number in range(nights):
        for call in range(calls):
            write_call(night.folder / "calls", number * calls + call, fault="slow:3")
        errors = [folder / f"errors-{run}.txt" for run in range(RUNS)]
        pids = [
            zygote.ask(
                op="start",
                **night.order(database, *(("--wait",) if run % 2 else ())) | {"errors": errors[run]},
            )["pid"]
            for run in range(RUNS)
        ]
        ends = [zygote.ask(op="reap", pid=pid)["code"] for pid in pids]
        codes.update(ends)
        assert all(end == 0 for end in ends[1::2]), ends
        assert all(end in (0, 11) for end in ends[::2]), ends
    words = "".join(error.read_text("utf-8") for error in errors)
    with contextlib.closing(sqlite3.connect(database)) as db:
        attempts = db.execute("SELECT count(*), count(DISTINCT file_id) FROM attempts").fetchone()
    stored = read_content(database)
    faults = find_faults(database, stored)
    record(
        "calls claimed by eight runs at once", nights * calls, bar="all 0",
        lost=nights * calls - len(stored.calls), claimed_twice=attempts[0] - attempts[1],
        faults=len(faults), database_is_locked_shown=words.count("locked"),
    )  # fmt: skip
    assert faults == []
    assert attempts == (nights * calls, nights * calls)
    assert len(stored.calls) == nights * calls
    assert "locked" not in words
    assert "unexpected" not in words
    assert codes[0] >= nights * RUNS // 2


def test_eight_runs_at_once(zygote: Zygote, tmp_path: Path) -> None:
    """Each call is worked exactly once; who does not wait is told, and nobody sees a locked database."""
    compete(zygote, tmp_path, nights=3, calls=30)


@pytest.mark.nightly
@pytest.mark.timeout(1800)
def test_eight_runs_at_once_all_night(zygote: Zygote, tmp_path: Path) -> None:
    """Five hundred calls, in ten nights."""
    compete(zygote, tmp_path, nights=nightly_count(10), calls=50)


class Reader:
    """Someone who reads all the time: whole calls, lists, searches, the state of the work.

    Parameters
    ----------
    database
        The database.
    known
        For each call, the digests it may have: as before and as after a run.
    """

    def __init__(self, database: Path, known: dict[str, set[str]]) -> None:
        self.database = database
        self.known = known
        self.reads = 0
        self.halves: list[str] = []
        self.errors: list[str] = []
        self.largest_log_bytes = 0
        self._draw = random.Random(11)
        self._store = Store.open(database, read_only=True)

    def read(self) -> None:
        """Read once, something."""
        self.reads += 1
        if self.reads % 50 == 0:
            self._store.close()
            self._store = Store.open(self.database, read_only=True)
            log = self.database.with_name(f"{self.database.name}-wal")
            self.largest_log_bytes = max(self.largest_log_bytes, log.stat().st_size if log.exists() else 0)
        ways: tuple[Callable[[], None], ...] = (
            self._load,
            self._load,
            self._list,
            self._search,
            self._status,
        )
        try:
            self._draw.choice(ways)()
        except Exception as error:  # noqa: BLE001  counted, with what it was
            self.errors.append(repr(error))

    def close(self) -> None:
        """Read no more."""
        self._store.close()

    def _load(self) -> None:
        ids = list(self._store.iter_call_ids())
        if ids:
            call_id = self._draw.choice(ids)
            if call_hash(self._store.load(call_id)) not in self.known[call_id]:
                self.halves.append(f"call {call_id}")

    def _list(self) -> None:
        found = list_calls(self._store, limit=500)
        if len(found.rows) != found.total:
            self.halves.append(f"a list of {len(found.rows)} calls says that there are {found.total}")

    def _search(self) -> None:
        for hit in search(self._store, "cancel").hits:
            if "cancel" not in str(hit):
                self.halves.append(f"search found {hit}")

    def _status(self) -> None:
        status = read_status(self._store)
        files = dict(status.files)
        # A call that is done again is stored while its file is claimed.
        if not files.get("done", 0) <= status.calls <= sum(files.values()):
            self.halves.append(f"{status.calls} calls of {status.files}")


def read_during_runs(zygote: Zygote, folder: Path, *, calls: int, reads: int) -> None:
    """Read while new calls come in, and while all are done again under another rulebook."""
    night = make_night(folder / "project", calls)
    database = folder / "calls.db"
    known = expect_calls(zygote, night, folder)
    Store.open(database, create=True).close()
    reader = Reader(database, known)
    number = 0
    while reader.reads < reads:
        write_rulebook(night, number)
        flags = ("--redo", "all") if number else ()
        number += 1
        pid = zygote.ask(op="start", **night.order(database, *flags))["pid"]
        while is_running(pid):
            reader.read()
        assert zygote.ask(op="end", pid=pid)["code"] == 0, night.words()
    reader.close()
    record(
        "reads during runs", reader.reads, bar="0 errors, 0 halves, log <= 64 MiB",
        errors=len(reader.errors), halves_of_calls=len(reader.halves),
        largest_log_MiB=round(reader.largest_log_bytes / 2**20, 1),
    )  # fmt: skip
    assert not reader.errors, (len(reader.errors), reader.errors[:5])
    assert not reader.halves, (len(reader.halves), reader.halves[:5])
    assert reader.largest_log_bytes <= 64 * 2**20


def write_rulebook(night: Night, number: int) -> None:
    """Two rulebooks in turn."""
    text = RULES.replace("version: 1", f"version: {number % 2 + 1}")
    (night.folder / "rulebook.yaml").write_text(text)


def expect_calls(zygote: Zygote, night: Night, folder: Path) -> dict[str, set[str]]:
    """The digests each call may have, from a run under each rulebook."""
    known: dict[str, set[str]] = {}
    for number in range(2):
        write_rulebook(night, number)
        database = folder / f"expected-{number}.db"
        night.run_undisturbed(zygote, database)
        with Store.open(database, read_only=True) as store:
            for call_id in store.iter_call_ids():
                known.setdefault(call_id, set()).add(call_hash(store.load(call_id)))
    return known


def test_readers_during_runs(zygote: Zygote, tmp_path: Path) -> None:
    """Nobody who reads meanwhile meets an error or a half of a call."""
    read_during_runs(zygote, tmp_path, calls=150, reads=1500)


@pytest.mark.nightly
@pytest.mark.timeout(1800)
def test_readers_during_runs_all_night(zygote: Zygote, tmp_path: Path) -> None:
    """Ten thousand reads."""
    read_during_runs(zygote, tmp_path, calls=300, reads=nightly_count(10_000))
