"""What every executor must do, run over every executor there is."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from speechcx.errors import ConfigError
from speechcx.executors import EXECUTORS, Executor, WorkerLimits, WorkerLost, find_executor
from tests.faults.workers import work


@pytest.fixture(scope="module", params=sorted(EXECUTORS))
def executor(request: pytest.FixtureRequest) -> Executor:
    return find_executor(request.param, WorkerLimits(workers=2))


def results(executor: Executor, tasks: list[str], limit_s: float | None = None) -> dict[str, object]:
    limit = None if limit_s is None else lambda _: limit_s
    pairs = list(executor.map(work, tasks, time_limit_s=limit))
    assert len(tasks) == len(pairs)
    return dict(pairs)


def test_every_item_comes_back_once_with_its_result(executor: Executor) -> None:
    """Hundreds of items come back, each once, whatever the order."""
    tasks = [f"square:{n}" for n in range(300)]
    assert {f"square:{n}": n * n for n in range(300)} == results(executor, tasks)


def test_nothing_to_do(executor: Executor) -> None:
    """No items, no results."""
    assert {} == results(executor, [])


def test_an_exception_comes_back_as_a_value(executor: Executor) -> None:
    """An exception costs its own item and is told without its words."""
    found = results(executor, ["square:2", "raise", "square:3"])
    lost = found.pop("raise")
    assert isinstance(lost, WorkerLost)
    assert "raised" == lost.reason
    assert "ValueError" in lost.detail
    assert "in raise_fault" in lost.detail
    assert "4929" not in lost.detail
    assert {"square:2": 4, "square:3": 9} == found


def test_running_out_of_memory_costs_one_item(executor: Executor) -> None:
    """MemoryError has a reason of its own."""
    found = results(executor, ["square:2", "exhaust", "square:3"])
    lost = found.pop("exhaust")
    assert isinstance(lost, WorkerLost)
    assert "out_of_memory" == lost.reason
    assert {"square:2": 4, "square:3": 9} == found


def test_an_answer_that_cannot_be_read_costs_one_item(executor: Executor) -> None:
    """What arrives broken is lost; the others are done."""
    found = results(executor, ["square:2", "unreadable", "square:3"])
    assert isinstance(found.pop("unreadable"), WorkerLost)
    assert {"square:2": 4, "square:3": 9} == found


def test_items_are_pulled_as_there_is_room(executor: Executor) -> None:
    """The executor never holds many more items than it has workers."""
    taken = returned = 0

    def source() -> Iterator[str]:
        nonlocal taken
        for n in range(40):
            taken += 1
            yield f"square:{n}"

    for _ in executor.map(work, source()):
        returned += 1
        assert taken - returned <= 4
    assert 40 == returned


def test_giving_up_ends_the_iteration(executor: Executor) -> None:
    """Once `give_up` says so, no further item is taken and the iterator ends."""
    seen: list[str] = []
    for item, _ in executor.map(work, (f"sleep:{n}" for n in range(100)), give_up=lambda: len(seen) >= 3):
        seen.append(item)
    assert 3 <= len(seen) <= 5


def test_giving_up_at_once_takes_nothing(executor: Executor) -> None:
    """An executor told to give up before it begins pulls no item."""
    assert [] == list(executor.map(work, iter(["square:1"]), give_up=lambda: True))


@pytest.mark.parametrize("fault", ["kill:9", "kill:6", "segfault", "leave:0", "leave:3"])
def test_a_crash_costs_one_item(executor: Executor, fault: str) -> None:
    """A worker that is killed, crashes or leaves costs only what it held."""
    tasks = [f"square:{n}" for n in range(8)]
    found = results(executor, [*tasks[:4], fault, *tasks[4:]])
    lost = found.pop(fault)
    assert isinstance(lost, WorkerLost)
    assert "died" == lost.reason
    assert {f"square:{n}": n * n for n in range(8)} == found


def test_a_hanging_item_is_ended_at_its_time_limit(executor: Executor) -> None:
    """An item over its limit is lost by timeout; the others are not."""
    found = results(executor, ["sleep:60000", "sleep:5", "sleep:6"], limit_s=1.0)
    lost = found.pop("sleep:60000")
    assert isinstance(lost, WorkerLost)
    assert "timeout" == lost.reason
    assert {"sleep:5": 5, "sleep:6": 6} == found


def test_what_finished_in_time_is_kept_however_late_the_caller_comes(executor: Executor) -> None:
    """A caller that waits for its database longer than the time limit loses no result."""
    found = {}
    for item, result in executor.map(work, ["square:2", "square:3", "square:4"], time_limit_s=lambda _: 1.5):
        found[item] = result
        time.sleep(2.0 if len(found) == 1 else 0.0)
    assert {"square:2": 4, "square:3": 9, "square:4": 16} == found


@pytest.mark.parametrize("task", ["spin:60000", "native:60000"])
def test_code_that_never_returns_is_ended_at_its_time_limit(executor: Executor, task: str) -> None:
    """Neither a busy loop nor native code that hears no signal of Python is waited for."""
    found = results(executor, [task, "square:2"], limit_s=1.5)
    lost = found.pop(task)
    assert isinstance(lost, WorkerLost)
    assert "timeout" == lost.reason
    assert {"square:2": 4} == found


def test_giving_up_drops_what_runs(executor: Executor) -> None:
    """A person who stops a run waits for no item."""
    end = time.monotonic() + 1.0
    found = executor.map(work, ["native:60000"], give_up=lambda: time.monotonic() > end)
    assert [] == list(found)
    assert time.monotonic() < end + 10


def test_workers_leave_signals_to_the_caller(executor: Executor) -> None:
    """Ctrl-C reaches the whole terminal; what runs is for the caller to end, after its grace."""
    [(_, ignored)] = executor.map(work, ["signals"])
    assert [True, True, True] == ignored


def test_the_memory_limit_costs_one_item(executor: Executor) -> None:
    """An item over its worker's limit is lost as out of memory; the others are done."""
    bounded = find_executor(executor.name, WorkerLimits(workers=2, memory_mb=700))
    found = results(bounded, ["square:2", "allocate:900", "square:3"])
    lost = found.pop("allocate:900")
    assert isinstance(lost, WorkerLost)
    assert "out_of_memory" == lost.reason
    assert {"square:2": 4, "square:3": 9} == found


def test_an_unknown_executor_is_refused_with_the_known() -> None:
    """The message names the executors there are."""
    with pytest.raises(ConfigError, match=r"no executor 'dask'[\s\S]*processes, ray, serial"):
        find_executor("dask", WorkerLimits())
