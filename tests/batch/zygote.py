"""A process that has everything loaded and forks runs off, so that two hundred can be killed in a minute.

Starting an interpreter with the whole pipeline takes a second; a fork of one that has it takes a
millisecond, and is otherwise the same real run: its own process, signal handlers, lock, database
connection and spawned workers. Nothing here has threads, which a fork would lose.

Run as ``python -m tests.batch.zygote WARM_UP_FILE``; reads one JSON object a line, answers with one.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
_LIMIT_S = 30.0


class Zygote:
    """The test's end of it."""

    def __init__(self, warm_up: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.batch.zygote", str(warm_up)],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env=os.environ | dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1"),
        )  # fmt: skip

    def ask(self, **order: Any) -> dict[str, Any]:
        """Give an order, return the answer."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(order, default=str) + "\n")
        self.process.stdin.flush()
        answer: dict[str, Any] = json.loads(self.process.stdout.readline())
        return answer

    def run(self, **order: Any) -> dict[str, Any]:
        """A run from its start to its end: by itself, or by a signal after `after_s`."""
        return self.ask(op="run", **order)

    def close(self) -> None:
        """End it."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(10)


@contextlib.contextmanager
def open_zygote(warm_up: Path) -> Iterator[Zygote]:
    """A zygote that has analysed `warm_up` already."""
    zygote = Zygote(warm_up)
    try:
        yield zygote
    finally:
        zygote.close()


def main() -> None:
    """Serve orders until the input ends."""
    from tests.batch.folders import make_rulebook, make_settings

    # A suite started under nohup or behind an & hands down ignored signals, which runs would rightly go on ignoring.
    for number in (signal.SIGINT, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)
    warm_up(Path(sys.argv[1]), make_settings(), make_rulebook())
    for line in sys.stdin:
        order = json.loads(line)
        if order["op"] == "run":
            answer = watch(start(order), order)
        elif order["op"] == "start":
            answer = {"pid": start(order)}
        else:
            answer = {"code": os.waitstatus_to_exitcode(os.waitpid(order["pid"], 0)[1])}
        print(json.dumps(answer), flush=True)


def warm_up(file: Path, settings: Any, rulebook: Any) -> None:
    """Run over one file, so that every module and engine is loaded."""
    from speechcx.batch import run

    with tempfile.TemporaryDirectory() as folder:
        summary = run(Path(folder) / "calls.db", [file], settings, rulebook)
    assert summary.done == 1, summary


def start(order: Mapping[str, Any]) -> int:
    """Fork a run; returns its process id."""
    pid = os.fork()
    if pid:
        return pid
    try:
        os.dup2(os.open(os.devnull, os.O_RDWR), 0)
        os.dup2(0, 1)
        os.dup2(os.open(order["errors"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), 2)
        os._exit(work(order))
    except BaseException:  # noqa: BLE001  shown, as the interpreter would
        import traceback

        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(99)


def work(order: Mapping[str, Any]) -> int:
    """The run itself; returns its exit code."""
    from speechcx.batch import RunOptions, run, shift
    from speechcx.errors import SpeechcxError
    from tests.batch.folders import make_rulebook, make_settings
    from tests.faults import calls

    if order.get("made_up"):
        shift.AnalyseOne = calls.made_up  # type: ignore[assignment,misc]
    # ``serial`` means this process, which has loaded everything: most of its time is the work itself.
    shift.find_crew = calls.in_process  # type: ignore[assignment]
    settings = make_settings(order.get("executor", "serial"))
    options = RunOptions(wait=order.get("wait", False))
    try:
        return run(
            Path(order["database"]), [order["inbox"]], settings, make_rulebook(), options=options
        ).exit_code
    except SpeechcxError as error:
        return error.exit_code


def watch(pid: int, order: Mapping[str, Any]) -> dict[str, Any]:
    """Wait for a run; after `after_s`, send `signal` to it, and also to its workers for ``tree``.

    With ``ready`` the clock starts when that file has something in it.
    """
    while "ready" in order and not has_text(order["ready"]) and not has_ended(pid, time.monotonic()):
        time.sleep(0.001)
    begin = time.monotonic()
    if "after_s" in order and not has_ended(pid, begin + order["after_s"]):
        workers = read_children(pid)
        for target in [pid, *(workers if order.get("tree") else [])]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(target, order["signal"])
        sent = time.monotonic()
        if not has_ended(pid, sent + _LIMIT_S):
            os.kill(pid, signal.SIGKILL)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        return {"code": code, "hit": True, "took_s": time.monotonic() - sent, "left": wait_for_end(workers)}
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return {"code": code, "hit": False, "took_s": time.monotonic() - begin, "left": []}


def has_text(file: str) -> bool:
    """Whether a file is there and not empty."""
    return os.path.exists(file) and os.path.getsize(file) > 0


def has_ended(pid: int, until: float) -> bool:
    """Whether a child ends before a moment."""
    while os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        if time.monotonic() >= until:
            return False
        time.sleep(0.001)
    return True


def read_children(pid: int) -> list[int]:
    """Children of a process."""
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def wait_for_end(pids: list[int]) -> list[int]:
    """Those of `pids` that are still running after three seconds."""
    end = time.monotonic() + 3.0
    while (left := [pid for pid in pids if is_running(pid)]) and time.monotonic() < end:
        time.sleep(0.002)
    return left


def is_running(pid: int) -> bool:
    """Whether a process is there and no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


if __name__ == "__main__":
    main()
