"""Map a function over items, in one process, in several, or on a cluster, whatever dies on the way.

Takes a function that pickles and any number of items; gives each item back with its result, in any
order, pulling items only as there is room for them. An item whose worker died, hung or ran out of
memory comes back with a :class:`WorkerLost`, and costs nothing but itself. Never writes a database,
never reads a call: what the function does is its own business. To add an executor, write
``executors/NAME.py`` with a class that satisfies :class:`Executor`, add a line to :data:`EXECUTORS`;
the contract tests run over it by themselves.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Literal, Protocol, TypeVar, cast

from speechcx.errors import ConfigError, SpeechcxError

Item = TypeVar("Item")
Result = TypeVar("Result")

LostReason = Literal["died", "timeout", "out_of_memory", "raised"]

EXECUTORS: dict[str, str] = {
    "processes": "speechcx.executors.processes:ProcessExecutor",
    "serial": "speechcx.executors.serial:SerialExecutor",
    "ray": "speechcx.executors.ray:RayExecutor",
}
"""Name to class, imported when asked for."""


@dataclass(frozen=True, slots=True)
class WorkerLost:
    """What comes back instead of a result.

    Parameters
    ----------
    reason
        ``died``: the process ended (signal, crash, exit). ``timeout``: it was killed at the time
        limit. ``out_of_memory``: the function raised MemoryError. ``raised``: any other exception.
    detail
        Signal, limit or traceback, without the words an exception carries.
    """

    reason: LostReason
    detail: str


@dataclass(frozen=True, slots=True)
class WorkerLimits:
    """How many workers, and the bounds of each.

    Parameters
    ----------
    workers
        How many items are worked on at once.
    memory_mb
        Memory of one worker in MB; 0 sets no limit.
    recycle_after
        Items after which a worker is replaced, against slow growth.
    threads
        Threads the numeric libraries of one worker may use.
    gpus
        GPUs that each worker takes, where the executor gives them out.
    address
        Where the executor's cluster is; empty for one on this machine.
    """

    workers: int = 1
    memory_mb: int = 0
    recycle_after: int = 200
    threads: int = 1
    gpus: float = 0.0
    address: str = ""

    def __post_init__(self) -> None:
        for name in ("workers", "recycle_after", "threads"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be 1 or more, got {getattr(self, name)}")
        if self.memory_mb < 0:
            raise ValueError(f"memory_mb must be 0 (no limit) or more, got {self.memory_mb}")


class WorkerStartError(SpeechcxError):
    """No worker can be started; no item is to blame."""

    slug = "worker-start"


def never() -> bool:
    """A `give_up` that does not."""
    return False


class Executor(Protocol):
    """Works a function over items.

    The function must pickle, must not rely on state of the parent, and is unpickled once for each
    worker, so what it memoises stays loaded between items. It should return its errors as values:
    an exception comes back as ``WorkerLost("raised", ...)``.
    """

    name: str

    def map(
        self,
        function: Callable[[Item], Result],
        items: Iterable[Item],
        *,
        time_limit_s: Callable[[Item], float] | None = None,
        give_up: Callable[[], bool] = never,
    ) -> Iterator[tuple[Item, Result | WorkerLost]]:
        """Yield (item, result or :class:`WorkerLost`) for each item, in any order.

        Parameters
        ----------
        function
            Called with one item in a worker.
        items
            Pulled one at a time, by the caller's own thread, when a worker is free for it.
        time_limit_s
            Seconds an item may take; None sets no limit.
        give_up
            Asked between items and several times a second: once true, running items are dropped
            without a word, and the iterator ends.

        Raises
        ------
        WorkerStartError
            Workers cannot be started at all.
        """
        ...  # pragma: no cover


def find_executor(name: str, limits: WorkerLimits) -> Executor:
    """The executor called `name`, with `limits`.

    Raises
    ------
    ConfigError
        There is none of that name, or what it needs is not installed.
    """
    if name not in EXECUTORS:
        raise ConfigError(
            f"no executor {name!r}", f"one of {', '.join(sorted(EXECUTORS))}", "correct batch.executor"
        )
    module, _, attribute = EXECUTORS[name].partition(":")
    make = getattr(import_module(module), attribute)
    return cast(Executor, make(limits))


def count_cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
