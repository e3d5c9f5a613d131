"""A long answer on a terminal opens in a pager; everything else is written at once."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

CODE = """
from speechcx.cli import pager
pager.show([pager.Piece("row\\n" * ROWS), pager.Piece("footnote\\n", is_note=True)])
"""


def on_a_terminal(rows: int, **environment: str) -> str:
    """What a person sees on a terminal of 80 x 24 for an answer with this many rows."""
    here, there = pty.openpty()
    subprocess.run(
        [sys.executable, "-c", CODE.replace("ROWS", str(rows))],
        stdin=there, stdout=there, stderr=there, check=True, timeout=60,
        env={**os.environ, "TERM": "xterm", "LINES": "24", "COLUMNS": "80", **environment},
    )  # fmt: skip
    os.close(there)
    shown = b""
    while True:
        try:
            piece = os.read(here, 65536)
        except OSError:
            break
        shown += piece
    os.close(here)
    return shown.decode()


@pytest.fixture
def counting(tmp_path: Path) -> str:
    """A pager that only says how many lines it got."""
    script = tmp_path / "counting"
    script.write_text("#!/bin/sh\necho paged $(wc -l)\n")
    script.chmod(0o700)
    return str(script)


def test_a_long_answer_is_paged_and_its_footnotes_follow(counting: str) -> None:
    """What is longer than the window goes through the person's pager, whole; footnotes stand after it."""
    shown = on_a_terminal(100, PAGER=counting).split()
    assert ["paged", "100", "footnote"] == shown


@pytest.mark.parametrize(
    "setting", [{"SPEECHCX_PAGER": ""}, {"PAGER": "cat"}, {"PAGER": "no-such-pager"}, {"TERM": "dumb"}]
)
def test_without_a_pager_the_answer_is_written(counting: str, setting: dict[str, str]) -> None:
    """An empty pager, ``cat``, one that is not there and a dumb terminal cost nobody the answer."""
    shown = on_a_terminal(100, **{"PAGER": counting, **setting}).split()
    assert [*["row"] * 100, "footnote"] == shown


def test_a_short_answer_needs_no_pager(counting: str) -> None:
    """What fits the window is written."""
    assert "paged" not in on_a_terminal(5, PAGER=counting)


def test_a_pipe_is_never_paged(counting: str) -> None:
    """A program that reads our output gets all of it at once."""
    ran = subprocess.run(
        [sys.executable, "-c", CODE.replace("ROWS", "100")], capture_output=True, text=True, check=True,
        env={**os.environ, "PAGER": counting, "TERM": "xterm"},
    )  # fmt: skip
    assert ("row\n" * 100, "footnote\n") == (ran.stdout, ran.stderr)
