import pytest

from speechcx.ask.runs.failures import count_failures, find_failure, list_failures
from speechcx.errors import FAILURE_KINDS, UsageError
from speechcx.store import FileStats, RunInfo, Store
from tests.factories import make_failure, make_recording


@pytest.fixture
def failed(store: Store) -> Store:
    run_id = store.ledger.begin_run(RunInfo())
    for name, kind in (("a", "empty"), ("b", "timeout"), ("c", "empty")):
        store.ledger.claim(run_id, make_recording(name), FileStats(1, 1))
        store.ledger.save_outcome(run_id, make_failure(name, kind), FileStats(1, 1))
    store.ledger.save_outcome(run_id, make_failure("q", "worker_died"), FileStats(1, 1), state="quarantined")
    return store


def test_failures_say_why_who_and_what_to_do(failed: Store) -> None:
    """The newest first."""
    rows = list_failures(failed)
    assert ["q", "c", "b", "a"] == [row.path[12] for row in rows]
    row = rows[2]
    assert ("failed", "timeout", "audio", 1, "back_off", "operator", False) == (
        row.state, row.kind, row.stage, row.attempts, row.retry, row.who, row.retry_asked,
    )  # fmt: skip
    assert FAILURE_KINDS["timeout"].cure == row.cure
    assert "quarantined" == rows[0].state


def test_failures_of_one_kind(failed: Store) -> None:
    """And no more than asked for."""
    assert 2 == len(list_failures(failed, kind="empty"))
    assert 1 == len(list_failures(failed, kind="empty", limit=1))
    with pytest.raises(UsageError, match="no failure kind 'emty'"):
        list_failures(failed, kind="emty")


def test_failures_are_counted_by_kind(failed: Store) -> None:
    """The most frequent first, with its sentence."""
    first, *rest = count_failures(failed)
    assert ("empty", 2, FAILURE_KINDS["empty"].sentence) == (first.kind, first.n, first.sentence)
    assert ["timeout", "worker_died"] == [count.kind for count in rest]


@pytest.mark.parametrize(
    "name", ["/recordings/b.wav", "b.wav", make_recording("b").id, make_recording("b").id[:5]]
)
def test_one_failure_is_found_by_name(failed: Store, name: str) -> None:
    """By path, file name, call id, or the beginning of one."""
    assert "timeout" == find_failure(failed, name).kind


def test_a_failure_that_is_not_there(failed: Store) -> None:
    """Says where to look."""
    with pytest.raises(UsageError, match="no failed file is named"):
        find_failure(failed, "zz")
