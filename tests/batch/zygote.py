"""A process that has everything loaded and forks runs off, so that two hundred can be killed in a minute.

Starting an interpreter with the whole pipeline takes a second; a fork of one that has it takes a
millisecond, and is otherwise the same real run: its own process, signal handlers, lock, database
connection and spawned workers. Nothing here has threads, which a fork would lose.

An order with ``argv`` runs the command ``speechcx`` itself, as its entry point does, in the folder ``cwd``;
one without calls ``speechcx.batch.run``.

Run as ``python -m tests.batch.zygote WARM_UP_FILE``; reads one JSON object a line, answers with one.
"""

from __future__ import annotations

import contextlib
import ctypes
import io
import json
import math
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
_LIMIT_S = 60.0
_LONGEST_STEP_S = 0.25
_STOPS = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
_PR_SET_CHILD_SUBREAPER = 36
_DISK = ("kind", "at", "error", "on")
"""What ``disk_fail`` of ``tests/trust/failing_disk.c`` is told besides the folder."""


class Zygote:
    """The test's end of it."""

    def __init__(self, warm_up: Path, variables: Mapping[str, str] | None = None) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.batch.zygote", str(warm_up)],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env=os.environ | dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1") | (variables or {}),
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
        """A run from its start to its end: by itself, or by signals.

        ``after_s`` and ``signal`` name one signal to the run, with ``tree`` also to its workers. ``acts``
        lists any number of them: seconds from the start, whom (``parent``, ``worker``, ``tree``), signal.
        """
        return self.ask(op="run", **order)

    def close(self) -> None:
        """End it."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(10)


@contextlib.contextmanager
def open_zygote(warm_up: Path, variables: Mapping[str, str] | None = None) -> Iterator[Zygote]:
    """A zygote that has analysed `warm_up` already, with environment `variables` of its own."""
    zygote = Zygote(warm_up, variables)
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
    # Workers whose parent was killed become children of this process, so that none can be overlooked.
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    for line in sys.stdin:
        order = json.loads(line)
        if order["op"] == "run" and "acts" in order:
            answer = disturb(start(order), order["acts"])
        elif order["op"] == "run":
            answer = watch(start(order), order)
        elif order["op"] == "start":
            answer = {"pid": start(order)}
        elif order["op"] == "end":
            code = os.waitstatus_to_exitcode(os.waitpid(order["pid"], 0)[1])
            answer = {"code": code, "left": reap_children()}
        else:
            answer = {"code": os.waitstatus_to_exitcode(os.waitpid(order["pid"], 0)[1])}
        print(json.dumps(answer), flush=True)


def warm_up(file: Path, settings: Any, rulebook: Any) -> None:
    """Run over one file, so that every module and engine is loaded, those of the command line too."""
    from speechcx.batch import run
    from speechcx.cli import app

    with tempfile.TemporaryDirectory() as folder:
        summary = run(Path(folder) / "calls.db", [file], settings, rulebook)
        assert summary.done == 1, summary
        with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):
            app(["run", "--db", f"{folder}/calls.db", "--dry-run", str(file)])


def start(order: Mapping[str, Any]) -> int:
    """Fork a run; returns its process id."""
    # A signal that comes before the run's own code would be answered by this file instead.
    signal.pthread_sigmask(signal.SIG_BLOCK, _STOPS)
    pid = os.fork()
    if pid:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPS)
        return pid
    try:
        os.dup2(os.open(os.devnull, os.O_RDWR), 0)
        os.dup2(os.open(order["errors"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), 2)
        os.dup2(2 if order.get("joined") else 0, 1)
        for handle in order.get("closed", ()):
            os.close(handle)
        os._exit(command(order) if "argv" in order else work(order))
    except BaseException:  # noqa: BLE001  shown, as the interpreter would
        import traceback

        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(99)


def command(order: Mapping[str, Any]) -> int:
    """The command ``speechcx``; returns its exit code."""
    from speechcx.__main__ import main as run_command
    from speechcx.batch import work_loop
    from tests.faults import calls

    if order.get("made_up"):
        work_loop.AnalyseOne = calls.made_up  # type: ignore[assignment,misc]
    if order.get("in_process"):
        # No new interpreter for each run, where nothing is asked of the worker.
        work_loop.find_crew = calls.in_process  # type: ignore[assignment]
    os.chdir(order["cwd"])
    if order.get("fresh"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPS)
        os.environ["PYTHONPATH"] = str(ROOT)
        os.execv(sys.executable, [sys.executable, "-m", "speechcx", *order["argv"]])
    sys.argv = ["speechcx", *order["argv"]]
    disk = order.get("disk")
    if disk:
        failing = ctypes.CDLL(None)
        failing.disk_fail(os.fsencode(disk["folder"]), *(ctypes.c_long(disk[name]) for name in _DISK))
        failing.disk_slow(ctypes.c_long(disk.get("slow_us", 0)))
    code = 0
    try:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPS)
        run_command()
    except KeyboardInterrupt:
        # It came before the command's own code, which is never left by one.
        return 130
    except SystemExit as end:
        signal.pthread_sigmask(signal.SIG_BLOCK, _STOPS)
        code = end.code if isinstance(end.code, int) else int(bool(end.code))
    if disk:
        counts = [failing.disk_count(kind) for kind in range(7)]
        Path(disk["counts"]).write_text(json.dumps({"counts": counts, "failed": failing.disk_failed()}))
    return code


def work(order: Mapping[str, Any]) -> int:
    """The run itself; returns its exit code."""
    from speechcx.batch import RunOptions, run, work_loop
    from speechcx.errors import SpeechcxError
    from tests.batch.folders import make_rulebook, make_settings
    from tests.faults import calls

    if order.get("made_up"):
        work_loop.AnalyseOne = calls.made_up  # type: ignore[assignment,misc]
    # ``serial`` means this process, which has loaded everything: most of its time is the work itself.
    work_loop.find_crew = calls.in_process  # type: ignore[assignment]
    settings = make_settings(order.get("executor", "serial"))
    options = RunOptions(wait=order.get("wait", False))
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPS)
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
    clock = RunClock(pid)
    while "ready" in order and not has_text(order["ready"]) and not has_ended(clock, clock.seconds):
        time.sleep(0.001)
    begin_s = clock.seconds
    if "after_s" in order and not has_ended(clock, begin_s + order["after_s"]):
        workers = read_children(pid)
        for target in [pid, *(workers if order.get("tree") else [])]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(target, order["signal"])
        sent_s = clock.seconds
        if not has_ended(clock, sent_s + _LIMIT_S):
            os.kill(pid, signal.SIGKILL)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        return {"code": code, "hit": True, "took_s": clock.seconds - sent_s, "left": wait_for_end(workers)}
    has_ended(clock, math.inf)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return {"code": code, "hit": False, "took_s": clock.seconds - begin_s, "left": []}


def disturb(pid: int, acts: list[tuple[float, str, int]]) -> dict[str, Any]:
    """Send signals to a run at their moments and wait for its end; says what became of it.

    ``hits`` counts the signals that met it alive, ``left`` lists processes of it that outlived it by
    three seconds.
    """
    clock = RunClock(pid)
    hits, last_s = 0, 0.0
    for after_s, whom, number in acts:
        if has_ended(clock, after_s):
            break
        workers = read_children(pid)
        targets = {"parent": [pid], "worker": workers[-1:], "tree": [pid, *workers]}[whom]
        for target in targets:
            with contextlib.suppress(ProcessLookupError):
                os.kill(target, number)
        hits += bool(targets)
        last_s = clock.seconds
    is_stuck = not has_ended(clock, last_s + _LIMIT_S)
    if is_stuck:
        os.kill(pid, signal.SIGKILL)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    took_s = clock.seconds - (last_s if hits else 0.0)
    return {"code": code, "hits": hits, "took_s": took_s, "is_stuck": is_stuck, "left": reap_children()}


class RunClock:
    """Seconds in which a run could have gone on: while it waited for a core, or all of us stood still, none pass.

    A busy machine is then no hang, and a run's moments stay where they are in its life.
    """

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.seconds = 0.0
        self._last_s, self._waited_s = time.monotonic(), self._read_waited()

    def advance(self) -> float:
        """Count on; to be called many times a second."""
        now, waited = time.monotonic(), self._read_waited()
        self.seconds += max(0.0, min(now - self._last_s, _LONGEST_STEP_S) - max(0.0, waited - self._waited_s))
        self._last_s, self._waited_s = now, waited
        return self.seconds

    def _read_waited(self) -> float:
        """How long the run has waited for a core; 0 where the system does not say."""
        try:
            return int(Path(f"/proc/{self.pid}/schedstat").read_text().split()[1]) / 1e9
        except (OSError, IndexError):
            return 0.0


def reap_children() -> list[int]:
    """Wait for whatever a run left behind; returns and ends those that are still there after three seconds."""
    end = time.monotonic() + 3.0
    while time.monotonic() < end:
        try:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                time.sleep(0.002)
        except ChildProcessError:
            return []
    left = read_children(os.getpid())
    for pid in left:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    return left


def has_text(file: str) -> bool:
    """Whether a file is there and not empty."""
    return os.path.exists(file) and os.path.getsize(file) > 0


def has_ended(clock: RunClock, until_s: float) -> bool:
    """Whether a run ends before a moment of its clock."""
    while os.waitid(os.P_PID, clock.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        if clock.advance() >= until_s:
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
