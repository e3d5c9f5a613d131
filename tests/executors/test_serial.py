from __future__ import annotations

import os

from speechcx.executors import WorkerLimits
from speechcx.executors.serial import SerialExecutor
from tests.faults.workers import work


def test_items_come_back_in_order_from_one_worker() -> None:
    """Serial means one after another, in a process that is not the caller's, also after it had to be replaced."""
    tasks = [*(f"square:{n}" for n in range(5)), "leave:1", *(f"square:{n}" for n in range(5, 9))]
    serial = SerialExecutor(WorkerLimits(workers=8))
    assert tasks == [item for item, _ in serial.map(work, tasks)]
    [(_, (pid, _))] = serial.map(work, ["calls"])  # type: ignore[misc]
    assert os.getpid() != pid
