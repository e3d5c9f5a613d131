from __future__ import annotations

import pickle
import time

from speechcx.executors import WorkerLimits
from speechcx.executors.process import WorkerProcess
from tests.faults.workers import work


def start() -> WorkerProcess:
    worker = WorkerProcess(pickle.dumps(work), WorkerLimits())
    assert ("ready", None, False) == worker.hear()
    return worker


def test_an_item_goes_there_and_its_result_comes_back() -> None:
    """The talk is: ready, item, result."""
    worker = start()
    worker.give("square:4", None)
    assert ("done", 16, False) == worker.hear()
    assert 0 == worker.stop()


def test_an_idle_worker_ends_by_itself_when_the_socket_closes() -> None:
    """Stopping an idle worker needs no force."""
    assert 0 == start().stop()


def test_a_busy_worker_is_killed() -> None:
    """Stopping a busy worker waits for nothing."""
    worker = start()
    worker.give("sleep:60000", None)
    begin = time.monotonic()
    assert -9 == worker.stop()
    assert time.monotonic() - begin < 5


def test_a_limit_starts_with_the_item() -> None:
    """The deadline is set by `give` and gone with the answer."""
    worker = start()
    assert worker.deadline is None
    worker.give("square:4", 30.0)
    assert worker.deadline is not None
    assert 25 < worker.deadline - time.monotonic() <= 30
    worker.hear()
    assert worker.deadline is None
    worker.stop()


def test_giving_to_a_dead_worker_raises_nothing() -> None:
    """Its end is told by the next hearing."""
    worker = start()
    worker.give("leave:0", None)
    assert worker.hear() is None
    worker.give("square:1", None)
    assert worker.hear() is None
    worker.stop()
