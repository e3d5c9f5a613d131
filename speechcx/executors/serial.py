"""One item after another, in their order, in one worker process.

For an even load, for a look at what a single worker does, and for machines with little memory. It is
the pool with one worker, and not a loop in the caller's process, so that everything promised of
workers holds here too: a time limit also for native code that never returns to the interpreter (where
no signal handler of Python runs, and a timer of the kernel could end the whole process only), a
memory limit that is not the parent's own, a crash that costs one item, and a stop within seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from speechcx.executors import Item, Result, WorkerLimits, WorkerLost, never
from speechcx.executors.processes import ProcessExecutor


class SerialExecutor:
    """One worker, whatever number of workers is asked for."""

    name = "serial"

    def __init__(self, limits: WorkerLimits) -> None:
        self.limits = replace(limits, workers=1)

    def map(
        self,
        function: Callable[[Item], Result],
        items: Iterable[Item],
        *,
        time_limit_s: Callable[[Item], float] | None = None,
        give_up: Callable[[], bool] = never,
    ) -> Iterator[tuple[Item, Result | WorkerLost]]:
        """As :meth:`speechcx.executors.Executor.map`, in the order of `items`."""
        one = ProcessExecutor(self.limits)
        yield from one.map(function, items, time_limit_s=time_limit_s, give_up=give_up)
