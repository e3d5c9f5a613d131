from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from speechcx.executors import WorkerLimits, WorkerLost, WorkerStartError
from speechcx.executors.processes import ProcessExecutor
from tests.faults.workers import Crasher, Unloadable, work

ROOT = Path(__file__).resolve().parents[2]


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def wait_until_gone(*pids: int, limit_s: float = 5.0) -> None:
    end = time.monotonic() + limit_s
    while any(is_running(pid) for pid in pids) and time.monotonic() < end:
        time.sleep(0.01)
    assert [] == [pid for pid in pids if is_running(pid)]


def children(pid: int = 0) -> set[int]:
    """The processes that `pid`, else this one, has started and that run."""
    parent = pid or os.getpid()
    try:
        return {int(child) for child in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()}
    except OSError:
        return set()


def test_engines_stay_loaded_between_items() -> None:
    """One worker keeps what it has: the second item sees the count of the first."""
    found = [result for _, result in ProcessExecutor(WorkerLimits()).map(work, ["calls:1", "calls:2"])]
    assert [1, 2] == [count for _, count in found]  # type: ignore[attr-defined]
    assert 1 == len({pid for pid, _ in found})  # type: ignore[attr-defined]


def test_workers_are_recycled() -> None:
    """After `recycle_after` items a fresh process takes over."""
    tasks = [f"calls:{n}" for n in range(6)]
    found = [result for _, result in ProcessExecutor(WorkerLimits(recycle_after=2)).map(work, tasks)]
    assert [1, 2, 1, 2, 1, 2] == [count for _, count in found]  # type: ignore[attr-defined]


def test_a_fresh_interpreter_runs_nothing_of_the_callers_main() -> None:
    """Workers are spawned without the caller's ``__main__``: scripts need no guard."""
    [(_, main)] = ProcessExecutor(WorkerLimits()).map(work, ["main"])
    assert main is None


def test_numeric_libraries_get_one_thread_and_hubs_are_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker's variables bound its threads and keep model hubs offline."""
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    [(_, found)] = ProcessExecutor(WorkerLimits(threads=1)).map(work, ["environment"])
    assert ("1", "1") == found


def test_a_signal_is_told_by_name() -> None:
    """What ended the worker is in the detail."""
    found = dict(ProcessExecutor(WorkerLimits()).map(work, ["kill:9", "segfault", "leave:3"]))
    details = [lost.detail for lost in found.values() if isinstance(lost, WorkerLost)]
    assert ["killed by SIGKILL", "killed by SIGSEGV", "exit code 3"] == details


def test_a_worker_whose_child_keeps_the_socket_is_ended_in_time_with_its_child() -> None:
    """A grandchild that inherited the socket delays nobody, and goes with its worker."""
    before = children()
    grandchildren: set[int] = set()

    def look() -> bool:
        grandchildren.update(*map(children, children() - before))
        return False

    crew = ProcessExecutor(WorkerLimits())
    [(_, lost)] = crew.map(work, ["child"], time_limit_s=lambda _: 2.0, give_up=look)
    assert lost == WorkerLost("timeout", "killed after 2 s")
    assert len(grandchildren) == 1
    wait_until_gone(*grandchildren)


def test_a_killed_worker_whose_child_keeps_the_socket_is_noticed() -> None:
    """The end of the process counts, not only the end of its socket."""
    before = children()
    grandchildren: set[int] = set()

    def kill_worker() -> bool:
        for pid in children() - before:
            grandchildren.update(children(pid))
            if grandchildren:
                os.kill(pid, signal.SIGKILL)
        return False

    [(_, lost)] = ProcessExecutor(WorkerLimits()).map(work, ["child"], give_up=kill_worker)
    assert lost == WorkerLost("died", "killed by SIGKILL")
    wait_until_gone(*grandchildren)


def test_no_worker_is_started_for_nothing() -> None:
    """Where the last item costs its worker, nobody takes its place."""
    before = children()
    started: set[int] = set()

    def look() -> bool:
        started.update(children() - before)
        return False

    list(ProcessExecutor(WorkerLimits()).map(work, ["sleep:300", "leave:1"], give_up=look))
    assert len(started) == 1


def test_closing_the_iterator_ends_the_workers() -> None:
    """No process stays behind when the caller stops listening, at once and whatever runs."""
    before = children()
    results = ProcessExecutor(WorkerLimits(workers=3)).map(work, ["square:1", *["sleep:60000"] * 5])
    next(results)
    started = children() - before
    assert 3 == len(started)
    begin = time.monotonic()
    results.close()  # type: ignore[attr-defined]
    assert time.monotonic() - begin < 5
    wait_until_gone(*started)


def test_giving_up_drops_what_runs() -> None:
    """`give_up` is asked while items run, and ends them."""
    end = time.monotonic() + 1.0
    found = ProcessExecutor(WorkerLimits()).map(work, ["sleep:60000"], give_up=lambda: time.monotonic() > end)
    assert [] == list(found)
    assert time.monotonic() < end + 5


def test_an_error_in_the_items_ends_the_workers_and_passes_through() -> None:
    """The source of items is the caller's: its exceptions are too."""
    before = children()

    def source() -> Iterator[str]:
        yield "square:1"
        raise RuntimeError("no more")

    with pytest.raises(RuntimeError, match="no more"):
        list(ProcessExecutor(WorkerLimits(workers=2)).map(work, source()))
    assert before == children()


def test_a_function_that_does_not_load_blames_no_item() -> None:
    """Workers that cannot load the function end the map with an error of their own."""
    taken: list[str] = []

    def source() -> Iterator[str]:
        for n in range(5):
            taken.append(f"square:{n}")
            yield taken[-1]

    with pytest.raises(WorkerStartError, match=r"cannot load its task[\s\S]*no_such_module"):
        list(ProcessExecutor(WorkerLimits()).map(Unloadable(), source()))
    assert [] == taken


def test_workers_that_die_at_their_start_blame_no_item() -> None:
    """Three failed starts in a row end the map; no item was given out."""
    taken: list[str] = []
    source = (taken.append(task) or task for task in ["square:1"])  # type: ignore[func-returns-value]
    with pytest.raises(WorkerStartError, match=r"3 workers in a row ended at their start \(exit code 7\)"):
        list(ProcessExecutor(WorkerLimits()).map(Crasher(), source))
    assert [] == taken


@pytest.mark.parametrize("task", ["sleep:60000", "square:1"], ids=["busy", "idle"])
def test_workers_die_with_their_parent(task: str) -> None:
    """SIGKILL of the parent leaves no worker behind, busy or idle."""
    code = (
        "import os, sys, time\n"
        "from speechcx.executors import WorkerLimits\n"
        "from speechcx.executors.processes import ProcessExecutor\n"
        "from tests.faults.workers import work\n"
        "def source():\n"
        f"    yield {task!r}\n"
        f"    yield {task!r}\n"
        "    print(open(f'/proc/self/task/{os.getpid()}/children').read(), flush=True)\n"
        "    time.sleep(60)\n"
        "list(ProcessExecutor(WorkerLimits(workers=3)).map(work, source()))\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        workers = [int(pid) for pid in parent.stdout.readline().split()]
        assert 3 == len(workers)
        parent.kill()
    wait_until_gone(*workers)
