"""The entry point, before any command runs."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

_INTERRUPTED = """
import os, signal, sys
import speechcx.cli
from speechcx.__main__ import main
speechcx.cli.main = lambda: os.kill(os.getpid(), signal.SIGINT)
signal.signal(signal.SIGINT, signal.{handler})
main()
"""


@pytest.mark.parametrize(("handler", "code"), [("default_int_handler", -signal.SIGINT), ("SIG_IGN", 0)])
def test_ctrl_c_while_a_command_starts_shows_no_traceback(handler: str, code: int) -> None:
    """It ends the process at once and without a word; one started by ``nohup`` goes on."""
    ended = subprocess.run(
        [sys.executable, "-c", _INTERRUPTED.format(handler=handler)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (code, "") == (ended.returncode, ended.stderr)
