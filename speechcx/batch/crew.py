"""How many workers a machine carries, and which executor runs them."""

from __future__ import annotations

import os

from speechcx.batch.memory import WORKER_BYTES, available_bytes, worker_limit_mb
from speechcx.config import BatchSettings
from speechcx.executors import Executor, WorkerLimits, find_executor


def find_crew(settings: BatchSettings, *, tasks: int, workers: int | None = None) -> Executor:
    """The executor of the settings, with no more workers than there are tasks.

    Parameters
    ----------
    settings
        The batch section.
    tasks
        How many items there are.
    workers
        Overrides the number of the settings.
    """
    wanted = workers or settings.workers or count_workers()
    count = max(1, min(wanted, tasks))
    limits = WorkerLimits(
        workers=count,
        memory_mb=settings.memory_limit_mb or worker_limit_mb(count),
        recycle_after=settings.recycle_after,
    )
    return find_executor(settings.executor, limits)


def count_workers() -> int:
    """One worker for each core this process may use, as far as the free memory carries them."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    free = available_bytes()
    return cores if free is None else max(1, min(cores, free // WORKER_BYTES))
