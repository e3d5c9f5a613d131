"""Worker processes that may die: each its own process, its own socket, its own time limit.

The standard library's process pool loses every other task when one worker crashes, and starting it
re-imports the caller's ``__main__``. Here the parent owns its workers one by one: no threads, no
shared locks a dying worker could keep, no helper process.
"""

from __future__ import annotations

import pickle
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from multiprocessing.connection import wait
from typing import Generic, cast

from speechcx.executors import Item, Result, WorkerLimits, WorkerLost, WorkerStartError, never
from speechcx.executors.process import WorkerProcess

POLL_S = 0.2
"""How often `give_up` is asked and time limits are looked at."""
_MAX_FAILED_STARTS = 3


class ProcessExecutor:
    """Spawned workers, bounded in time and memory, replaced when they die."""

    name = "processes"

    def __init__(self, limits: WorkerLimits) -> None:
        self.limits = limits

    def map(
        self,
        function: Callable[[Item], Result],
        items: Iterable[Item],
        *,
        time_limit_s: Callable[[Item], float] | None = None,
        give_up: Callable[[], bool] = never,
    ) -> Iterator[tuple[Item, Result | WorkerLost]]:
        """As :meth:`speechcx.executors.Executor.map`. Closing the iterator kills what runs."""
        packed = pickle.dumps(function, pickle.HIGHEST_PROTOCOL)
        crew: Crew[Item, Result] = Crew(packed, self.limits, time_limit_s)
        try:
            yield from crew.work(iter(items), give_up)
        finally:
            crew.dismiss()


class Crew(Generic[Item, Result]):
    """The workers of one ``map``.

    Parameters
    ----------
    packed
        The pickled function.
    limits
        How many, and the bounds of each.
    time_limit_s
        Seconds an item may take.
    """

    def __init__(
        self, packed: bytes, limits: WorkerLimits, time_limit_s: Callable[[Item], float] | None
    ) -> None:
        self.packed = packed
        self.limits = limits
        self.time_limit_s = time_limit_s
        self.workers: list[WorkerProcess] = []
        self.items: dict[WorkerProcess, Item] = {}
        self.waiting: list[Item] = []
        self.has_started = False
        self.failed_starts = 0

    def work(
        self, items: Iterator[Item], give_up: Callable[[], bool]
    ) -> Iterator[tuple[Item, Result | WorkerLost]]:
        """Yield each item with its result until there are no more, or `give_up` says so."""
        more = True
        while not give_up():
            if more:
                more = self._hand_out(items)
            if not more and not self.items:
                return
            for worker in self._wake():
                finished = self._read(worker)
                if finished is not None:
                    yield finished
            yield from self._lost()

    def dismiss(self) -> None:
        """End every worker, whatever it is at."""
        for worker in self.workers:
            worker.hang_up()
        for worker in self.workers:
            worker.stop()
        self.workers.clear()
        self.items.clear()

    def _hand_out(self, items: Iterator[Item]) -> bool:
        """Give an item to each free worker; false once there are no more items."""
        free = [worker for worker in self.workers if worker.is_ready and worker not in self.items]
        try:
            for worker in free:
                self._give(worker, self.waiting.pop() if self.waiting else next(items))
            if self.has_started and not self.waiting and len(self.workers) < self.limits.workers:
                # Workers are replaced only where there is something for them to do.
                self.waiting.append(next(items))
        except StopIteration:
            return False
        while len(self.workers) < self.limits.workers:
            self.workers.append(WorkerProcess(self.packed, self.limits))
        return True

    def _give(self, worker: WorkerProcess, item: Item) -> None:
        self.items[worker] = item
        worker.give(item, self.time_limit_s(item) if self.time_limit_s else None)

    def _wake(self) -> list[WorkerProcess]:
        """Workers that said something or closed their socket, after at most :data:`POLL_S`."""
        by_connection = {worker.connection: worker for worker in self.workers}
        return [by_connection[heard] for heard in wait(list(by_connection), POLL_S)]  # type: ignore[index]

    def _read(self, worker: WorkerProcess) -> tuple[Item, Result | WorkerLost] | None:
        message = worker.hear()
        if message is None:
            return self._bury(worker)
        word, value, is_last = message
        if word == "ready":
            self.has_started, self.failed_starts = True, 0
            return None
        if word == "unready":
            raise WorkerStartError(
                f"a worker cannot load its task: {value}", "an importable function", "run `speechcx doctor`"
            )
        item = self.items.pop(worker)
        if is_last or worker.given >= self.limits.recycle_after:
            self._remove(worker)
        if word == "done":
            return item, cast(Result, value)
        return item, WorkerLost("out_of_memory" if word == "out_of_memory" else "raised", str(value))

    def _lost(self) -> Iterator[tuple[Item, WorkerLost]]:
        """Bury the dead whose socket a child of theirs keeps open, and kill those over their time."""
        now = time.monotonic()
        for worker in list(self.workers):
            if worker.connection.poll():
                continue
            overdue = worker.deadline is not None and now > worker.deadline
            if not overdue and worker.is_alive:
                continue
            buried = self._bury(worker, timed_out=overdue)
            if buried is not None:
                yield buried

    def _bury(self, worker: WorkerProcess, *, timed_out: bool = False) -> tuple[Item, WorkerLost] | None:
        was_ready = worker.is_ready
        code = self._remove(worker)
        if worker in self.items:
            item = self.items.pop(worker)
            if timed_out:
                return item, WorkerLost("timeout", f"killed after {worker.limit_s:.0f} s")
            return item, WorkerLost("died", _describe_end(code))
        if not was_ready:
            self.failed_starts += 1
            if self.failed_starts >= _MAX_FAILED_STARTS and not any(w.is_ready for w in self.workers):
                raise WorkerStartError(
                    f"{self.failed_starts} workers in a row ended at their start ({_describe_end(code)})",
                    "a worker that starts",
                    "raise batch.memory_limit_mb if it is set, and run `speechcx doctor`",
                )
        return None

    def _remove(self, worker: WorkerProcess) -> int:
        self.workers.remove(worker)
        return worker.stop()


def _describe_end(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    try:
        return f"killed by {signal.Signals(-code).name}"
    except ValueError:
        return f"killed by signal {-code}"
