from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from speechcx.batch import stop as stop_module
from speechcx.batch.stop import StopSignals

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def heard(request: pytest.FixtureRequest) -> Iterator[signal.Signals]:
    """A signal that is not ignored: a suite started under nohup ignores the hangup."""
    number: signal.Signals = request.param
    old = signal.getsignal(number)
    if old is signal.SIG_IGN:
        signal.signal(number, signal.SIG_DFL)
    yield number
    signal.signal(number, old)


@pytest.mark.parametrize("heard", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], indirect=True)
def test_the_first_signal_only_asks(heard: signal.Signals) -> None:
    """A stop is requested, with the exit code shells use, and the old handlers come back after."""
    before = signal.getsignal(heard)
    with StopSignals() as stop:
        assert not stop.is_requested
        os.kill(os.getpid(), heard)
        assert stop.is_requested
        assert not stop.is_over()
        assert stop.exit_code == 128 + heard
    assert signal.getsignal(heard) is before


def test_the_grace_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    """After the grace, what runs is to be dropped."""
    monkeypatch.setattr(stop_module, "GRACE_S", 0.0)
    stop = StopSignals()
    assert not stop.is_over()
    stop.request(signal.SIGINT)
    assert stop.is_over()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_second_signal_ends_the_process_at_once(number: signal.Signals) -> None:
    """Even inside code that never returns to Python's own loop."""
    code = (
        "import re, sys\n"
        "from speechcx.batch.stop import StopSignals\n"
        "with StopSignals() as stop:\n"
        "    print('ready', flush=True)\n"
        "    while not stop.is_requested:\n"
        "        pass\n"
        "    print('asked', flush=True)\n"
        "    re.match(r'(a+)+$', 'a' * 60 + 'b')\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(number)
        assert process.stdout.readline() == "asked\n"
        process.send_signal(number)
        assert process.wait(5) == -number


def test_an_ignored_signal_stays_ignored() -> None:
    """``nohup speechcx run`` outlives its terminal."""
    old = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with StopSignals() as stop:
            os.kill(os.getpid(), signal.SIGHUP)
            assert not stop.is_requested
    finally:
        signal.signal(signal.SIGHUP, old)


def test_outside_the_main_thread_nothing_is_listened_for() -> None:
    """Signals belong to the main thread; a run elsewhere is stopped by `request`."""
    codes: list[int] = []

    def use() -> None:
        with StopSignals() as stop:
            stop.request(signal.SIGTERM)
            codes.append(stop.exit_code)

    thread = threading.Thread(target=use)
    thread.start()
    thread.join()
    assert codes == [143]
