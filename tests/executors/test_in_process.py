from __future__ import annotations

import os

from speechcx.executors import WorkerLimits
from speechcx.executors.in_process import InProcess
from tests.faults.workers import work


def test_items_come_back_in_order_from_this_process() -> None:
    """One after another, here."""
    tasks = [f"square:{n}" for n in range(5)]
    assert tasks == [item for item, _ in InProcess(WorkerLimits()).map(work, tasks)]
    [(_, (pid, _))] = InProcess(WorkerLimits()).map(work, ["calls"])  # type: ignore[misc]
    assert os.getpid() == pid
