"""How many workers a machine carries, and which executor runs them."""

from __future__ import annotations

import os

from speechcx.config import BatchSettings
from speechcx.executors import Executor, WorkerLimits, find_executor

WORKER_BYTES = 1_500_000_000
"""What one worker needs with the base model loaded and an hour of two channels at hand."""


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
    limits = WorkerLimits(
        workers=max(1, min(wanted, tasks)),
        memory_mb=settings.memory_limit_mb,
        recycle_after=settings.recycle_after,
    )
    return find_executor(settings.executor, limits)


def count_workers() -> int:
    """One worker for each core this process may use, as far as the free memory carries them."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    free = _available_bytes()
    return cores if free is None else max(1, min(cores, free // WORKER_BYTES))


def _available_bytes() -> int | None:
    try:
        with open("/proc/meminfo", encoding="ascii") as meminfo:
            for line in meminfo:
                if line.startswith("MemAvailable:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    return None
