"""One item after another, in this process: for judging a few stored calls, for debuggers, for tests.

Not among :data:`speechcx.executors.EXECUTORS`, since it keeps none of the promises made there: nothing
inside a process can end native code that never returns to the interpreter. A Python signal handler
runs between two bytecodes only, and what a timer of the kernel ends is the whole process.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from speechcx.executors import Item, Result, WorkerLimits, WorkerLost, never
from speechcx.executors.faults import describe_fault


class InProcess:
    """Calls the function itself.

    A process cannot outlive its own crash and cannot stop its own running item, so there is no time
    limit here, a crash ends the run, and `give_up` is asked between items only.
    """

    name = "in_process"

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
        """As :meth:`speechcx.executors.Executor.map`; `time_limit_s` is not kept."""
        if give_up():
            return
        for item in items:
            yield item, _call(function, item)
            if give_up():
                return


def _call(function: Callable[[Item], Result], item: Item) -> Result | WorkerLost:
    try:
        return function(item)
    except MemoryError as error:
        return WorkerLost("out_of_memory", describe_fault(error))
    except Exception as error:  # noqa: BLE001  an item's fault must not end the others
        return WorkerLost("raised", describe_fault(error))
