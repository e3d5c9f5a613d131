from __future__ import annotations

import mmap
import resource

import pytest

from speechcx.executors import WorkerLimits, WorkerLost, worker
from speechcx.executors.processes import ProcessExecutor
from speechcx.executors.worker import resident_bytes
from tests.faults.workers import work


def one(task: str, **limits: int) -> object:
    [(_, result)] = ProcessExecutor(WorkerLimits(**limits)).map(work, [task])
    return result


def test_workers_leave_signals_to_the_parent() -> None:
    """SIGINT, SIGTERM and SIGHUP are ignored in a worker."""
    assert [True, True, True] == one("signals")


def test_a_machine_without_memory_kills_workers_first() -> None:
    """A worker costs one item, its parent the run."""
    assert one("oom") == 500


def test_the_memory_limit_holds() -> None:
    """An allocation over the limit is lost as out_of_memory; one below it is made."""
    lost = one("allocate:900", memory_mb=700)
    assert isinstance(lost, WorkerLost)
    assert "out_of_memory" == lost.reason
    assert 1_000_000 == one("allocate:1", memory_mb=700)


def test_reserved_address_space_is_no_memory() -> None:
    """What libraries reserve and never use ends no good item."""
    assert 4_000_000_000 == one("reserve:4000", memory_mb=700)


def test_a_worker_knows_when_memory_is_short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Near its limit it is, far from it and without one it is not."""
    assert not worker.is_memory_short()
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    for limit, short in ((used + 100, True), (used * 100, False)):
        monkeypatch.setattr(resource, "getrlimit", lambda _, limit=limit: (limit, limit))
        assert worker.is_memory_short() is short


def test_a_result_that_does_not_pickle_costs_one_item() -> None:
    """The worker says so and goes on."""
    found = dict(ProcessExecutor(WorkerLimits()).map(work, ["unpicklable", "square:3"]))
    lost = found["unpicklable"]
    assert isinstance(lost, WorkerLost)
    assert "raised" == lost.reason
    assert 9 == found["square:3"]


def test_a_worker_that_has_grown_is_replaced() -> None:
    """Memory a task leaves behind ends the worker after that task."""
    pids = [
        result for _, result in ProcessExecutor(WorkerLimits()).map(work, ["keep:1", "keep:350", "keep:1"])
    ]
    assert pids[0] == pids[1] != pids[2]


def test_resident_memory_is_that_of_this_process() -> None:
    """Bytes, not pages or kilobytes."""
    # A mapping of its own: what `free` gives back to the system depends on what ran in this process before.
    with mmap.mmap(-1, 50_000_000) as block:
        block.write(b"x" * len(block))
        with_block = resident_bytes()
    assert 40_000_000 < with_block - resident_bytes() < 60_000_000
