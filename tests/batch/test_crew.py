from __future__ import annotations

import os

import pytest

from speechcx.batch import crew, memory
from speechcx.config import BatchSettings
from speechcx.executors.processes import ProcessExecutor
from speechcx.executors.serial import SerialExecutor


def limits(settings: BatchSettings, tasks: int, workers: int | None = None) -> tuple[int, int, int]:
    found = crew.find_crew(settings, tasks=tasks, workers=workers)
    assert isinstance(found, ProcessExecutor)
    return found.limits.workers, found.limits.memory_mb, found.limits.recycle_after


def test_the_settings_choose_the_executor() -> None:
    """By name."""
    assert isinstance(crew.find_crew(BatchSettings(executor="serial"), tasks=3), SerialExecutor)


def test_there_are_never_more_workers_than_tasks() -> None:
    """Starting a worker for nothing costs a second."""
    assert limits(BatchSettings(workers=8, memory_limit_mb=900, recycle_after=7), 3) == (3, 900, 7)
    assert limits(BatchSettings(workers=8), 0)[0] == 1
    assert limits(BatchSettings(workers=8), 30, workers=1)[0] == 1


def test_without_a_number_each_core_gets_a_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """As far as the free memory carries them, and one at least."""
    cores = len(os.sched_getaffinity(0))
    monkeypatch.setattr(crew, "available_bytes", lambda: 10**12)
    assert crew.count_workers() == cores
    monkeypatch.setattr(crew, "available_bytes", lambda: None)
    assert crew.count_workers() == cores
    monkeypatch.setattr(crew, "available_bytes", lambda: 10**9)
    assert crew.count_workers() == 1


def test_without_a_limit_each_worker_gets_its_share_of_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the number of workers that run, and never so little that a good call would be ended."""
    monkeypatch.setattr(memory, "machine_bytes", lambda: 16_000_000_000)
    assert [limits(BatchSettings(workers=n), 100)[1] for n in (1, 2, 4, 64)] == [13_900, 6_950, 3_475, 2_600]
    assert limits(BatchSettings(workers=4), 100, workers=1)[1] == 13_900
    monkeypatch.setattr(memory, "machine_bytes", lambda: None)
    assert limits(BatchSettings(workers=4), 100)[1] == 0
