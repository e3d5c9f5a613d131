"""What becomes of a command whose output leads nowhere."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import time
from pathlib import Path

import pytest

from speechcx.cli.streams import Channel
from speechcx.store import Store
from tests.cli.conftest import Speechcx

COMMAND = (sys.executable, "-m", "speechcx")


def shell(project: Path, line: str) -> int:
    """Exit code of a shell line in the project's folder; ``$x`` is the command."""
    environment = os.environ | {"x": " ".join(COMMAND), "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.run(
        ["bash", "-c", line], cwd=project, env=environment, stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120,
    ).returncode  # fmt: skip


def calls_stored(project: Path) -> int:
    with Store.open(project / "calls.db", read_only=True) as store:
        return len(list(store.iter_call_ids()))


@pytest.mark.parametrize(
    "line",
    [
        "$x run 2>&1 | head -1; exit ${PIPESTATUS[0]}",
        "$x run 2>&1 | true; exit ${PIPESTATUS[0]}",
        "$x run >/dev/full 2>/dev/full",
        "$x run <&- >&- 2>&-",
        "$x run --json 2>&- | true; exit ${PIPESTATUS[0]}",
    ],
    ids=["head", "dead pipe", "full", "closed", "dead stdout"],
)
def test_a_run_nobody_listens_to_does_all_its_work(project: Path, line: str) -> None:
    """Its exit code is that of the run."""
    assert shell(project, line) == 0
    assert calls_stored(project) == 2


def test_a_run_whose_terminal_is_closed_does_its_work(project: Path) -> None:
    """Writing to it fails from then on, which is no reason to stop where the hangup is ignored."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        ["nohup", *COMMAND, "run"], cwd=project, stdin=subprocess.DEVNULL, stdout=theirs,
        stderr=theirs, env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    ) as process:  # fmt: skip
        os.close(theirs)
        os.close(ours)
        assert process.wait(120) == 0
    assert calls_stored(project) == 2


@pytest.mark.parametrize(("line", "code"), [("$x calls >/dev/full", 16), ("$x calls >&-", 16)])
def test_an_answer_that_cannot_be_written_is_told_by_exit_code(
    project: Path, speechcx: Speechcx, line: str, code: int
) -> None:
    """16: whoever redirected it must not take an empty file for the answer."""
    assert speechcx("run").code == 0
    assert shell(project, line) == code


def test_a_reader_that_has_enough_is_no_fault(project: Path, speechcx: Speechcx) -> None:
    """``| head`` ends with 0, as ever."""
    assert speechcx("run").code == 0
    assert shell(project, "$x calls --csv | true; exit ${PIPESTATUS[0]}") == 0


def test_a_log_nobody_reads_does_not_hold_up_the_work() -> None:
    """A full pipe whose reader sleeps costs one short wait, then its text is dropped."""
    reader, writer = os.pipe()
    channel = Channel(writer, waits=False)
    channel._patience_s = 0.2
    begun = time.monotonic()
    for _ in range(300):
        assert channel.write(b"x" * 1000) == 1000
    assert time.monotonic() - begun < 5
    assert channel.lost is None
    os.close(reader)
    channel.write(b"x")
    os.close(writer)


def test_a_dead_pipe_is_remembered_and_not_raised() -> None:
    """Every later write claims to have written."""
    reader, writer = os.pipe()
    os.close(reader)
    channel = Channel(writer, waits=True)
    assert [channel.write(b"abc"), channel.write(b"de")] == [3, 2]
    assert isinstance(channel.lost, BrokenPipeError)
    os.close(writer)


def test_a_full_log_is_tried_again() -> None:
    """Somebody may make room: later text gets through."""
    full = os.open("/dev/full", os.O_WRONLY)
    channel = Channel(full, waits=False)
    channel.write(b"lost")
    assert channel.lost is not None
    reader, writer = os.pipe()
    os.dup2(writer, full)
    channel.write(b"kept")
    assert os.read(reader, 10) == b"kept"
    for descriptor in (full, reader, writer):
        os.close(descriptor)
