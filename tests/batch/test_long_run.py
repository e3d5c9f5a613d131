"""What a long run leaves in its own process: nothing that grows with every call."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from speechcx.batch import Progress
from tests.batch.conftest import Run
from tests.batch.folders import make_settings

CALLS, NIGHTLY_CALLS = 300, 1_200
FAULTS = ("call:damaged", "raise", "odd:year 1", "odd:level NaN", "call:no_speech")


def write_many(inbox: Path, calls: int) -> None:
    """Calls over a year, each twentieth at fault."""
    for number in range(calls):
        day = f"2025-{1 + number % 12:02d}-{1 + number % 28:02d}"
        name = f"ann_c{number}_{day}T{number % 24:02d}-{number // 24:02d}-00.wav"
        fault = FAULTS[number // 20 % len(FAULTS)] if number % 20 == 0 else ""
        (inbox / name).write_text(f"fault: {fault}\n{number}" if fault else f"call {number}")


needs_proc = pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="asks the kernel of Linux")


@needs_proc
def test_memory_and_open_files_stay_flat(run_inbox: Run, inbox: Path) -> None:
    """From the middle of 300 calls on, the parent grows by 5 % at most, and opens no file that it does not close."""
    check_flat(run_inbox, inbox, calls=CALLS, since=CALLS // 2)


@needs_proc
@pytest.mark.nightly
def test_memory_and_open_files_stay_flat_for_longer(run_inbox: Run, inbox: Path) -> None:
    """The same from the first third of 1,200 calls on: less is hidden by what a run holds anyway."""
    check_flat(run_inbox, inbox, calls=NIGHTLY_CALLS, since=NIGHTLY_CALLS // 3)


def check_flat(run_inbox: Run, inbox: Path, *, calls: int, since: int) -> None:
    """One run, looked at after each call."""
    write_many(inbox, calls)
    seen: dict[int, tuple[int, int]] = {}

    class Watch(list[Progress]):
        def append(self, progress: Progress) -> None:
            pages = int(Path("/proc/self/statm").read_text().split()[1])
            seen[progress.calls_done] = pages, len(os.listdir("/proc/self/fd"))

    summary = run_inbox(make_settings("processes"), seen=Watch())
    assert summary.done + summary.failed_calls == calls
    pages, files = zip(*(seen[number] for number in range(since, calls)), strict=True)
    assert max(pages) <= 1.05 * pages[0]
    # A worker that is replaced has its socket for a moment beside that of its successor.
    assert max(files) <= files[0] + 2
