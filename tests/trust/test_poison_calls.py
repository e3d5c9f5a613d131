"""One bad call costs one call: a night of 40 good calls among more than 40 kinds of odd ones."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from speechcx.batch import Progress, RunSummary, run
from speechcx.store import KnownFile, Store
from tests.batch.folders import make_rulebook, make_settings
from tests.trust.figures import record
from tests.trust.poison import KINDS, write_night

GOOD = 40


@dataclass(frozen=True)
class Night:
    """What a night left: its summary, and of each file what the ledger and the failures say."""

    folder: Path
    database: Path
    good: list[Path]
    odd: dict[str, Path]
    summary: RunSummary
    files: dict[bytes, KnownFile]
    failures: dict[bytes, list[tuple[str, str, str]]]


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Night:
    """The first night."""
    folder = tmp_path_factory.mktemp("poison")
    good, odd = write_night(folder / "inbox", GOOD)
    database = folder / "calls.db"
    # A report of its own that fails for every odd call, as a log with a narrow encoding does.
    summary = run(
        database, [folder / "inbox"], make_settings("processes"), make_rulebook(), report=narrow_report
    )
    failures: dict[bytes, list[tuple[str, str, str]]] = {}
    with Store.open(database, read_only=True) as store:
        rows = store.db.execute("SELECT path, kind, stage, message FROM failures JOIN files USING (file_id)")
        for path, *row in rows:
            failures.setdefault(os.fsencode(path), []).append(tuple(row))
        return Night(folder, database, good, odd, summary, store.ledger.known_files(), failures)


def narrow_report(progress: Progress) -> None:
    """Raises for everything ASCII cannot spell."""
    progress.path.encode("ascii")
    if progress.failure is not None:
        progress.failure.message.encode("ascii")
        raise ValueError("a log that dislikes failures")


def test_there_are_at_least_40_kinds() -> None:
    """As many as are promised, and each is another one."""
    assert len(KINDS) >= 40


def test_every_good_call_is_scored_the_first_night(night: Night) -> None:
    """None waits, and none fails, for the sake of another."""
    states = Counter(night.files[os.fsencode(path)].state for path in night.good)
    odd = {kind: os.fsencode(path) for kind, path in night.odd.items()}
    failed = [path for path in odd.values() if night.files[path].state != "done"]
    record(
        f"kinds of poison calls among {GOOD} good ones", len(odd), bar="all 0",
        good_not_scored=GOOD - states["done"],
        odd_without_exactly_one_failure=sum(len(night.failures.get(path, [])) != 1 for path in failed),
        scored_with_a_failure=sum(path in night.failures for path in odd.values() if path not in failed),
    )  # fmt: skip
    assert states == {"done": GOOD}


@pytest.mark.parametrize("kind", KINDS)
def test_an_odd_call_is_scored_or_has_one_failure(night: Night, kind: str) -> None:
    """Never both, never neither, and never a fault of our own."""
    path = os.fsencode(night.odd[kind])
    state, failures = night.files[path].state, night.failures.get(path, [])
    if state == "done":
        assert failures == []
        return
    assert state in ("failed", "needs_metadata")
    [(failure, stage, message)] = failures
    assert failure != "internal", f"in the stage {stage}: {message}"
    assert message


def test_the_numbers_add_up(night: Night) -> None:
    """Scored, failed and waiting are all there is."""
    summary = night.summary
    assert summary.done + summary.failed_calls + summary.needs_metadata == GOOD + len(KINDS)
    assert summary.exit_code == 3
    assert summary.stopped_by == ""


def test_what_is_stored_can_be_read_back_and_judged(night: Night) -> None:
    """Every stored call loads whole, and is judged again."""
    from speechcx.batch import rejudge

    with Store.open(night.database) as store:
        calls = [store.load(call_id) for call_id in store.iter_call_ids()]
        assert len(calls) == night.summary.done
        again = rejudge(store, make_rulebook(2), make_settings())
    assert (again.done, again.failed, again.exit_code) == (night.summary.done, (), 0)


def test_the_next_night_changes_nothing(night: Night) -> None:
    """What is done is left alone, also where a file's time is beyond what SQLite counts."""
    again = run(night.database, [night.folder / "inbox"], make_settings(), make_rulebook())
    assert again.done == 0
    assert again.skipped >= night.summary.done
