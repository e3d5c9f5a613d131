"""Tasks for workers that go wrong in each way a task can, besides some that go right.

A task is a plain string ``word:number`` so that one function serves every test.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time

CALLS = 0
"""Tasks this process has worked: shows what a worker keeps between them."""


def work(task: str) -> object:
    """Do what the word of `task` says; return something telling."""
    global CALLS
    CALLS += 1
    word, _, number = task.partition(":")
    return TASKS[word](int(number or 0))


def square(number: int) -> object:
    return number * number


def sleep(milliseconds: int) -> object:
    time.sleep(milliseconds / 1000)
    return milliseconds


def spin(milliseconds: int) -> object:
    """Compute without a pause."""
    end = time.monotonic() + milliseconds / 1000
    while time.monotonic() < end:
        pass
    return milliseconds


def native(milliseconds: int) -> object:
    """Stay in native code that holds the interpreter's lock: no signal handler of Python runs meanwhile."""
    return ctypes.PyDLL(None).usleep(milliseconds * 1000)


def reserve(megabytes: int) -> object:
    """Reserve address space and use none of it, as numeric libraries do."""
    import mmap

    whole = mmap.mmap(
        -1, megabytes * 1_000_000, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, prot=mmap.PROT_READ
    )
    return len(whole)


def kill(number: int) -> object:
    os.kill(os.getpid(), number)
    time.sleep(10)
    return None


def segfault(_: int) -> object:
    return ctypes.string_at(0)


def leave(code: int) -> object:
    os._exit(code)


def raise_fault(_: int) -> object:
    raise ValueError("the customer said 4929 1234")


def exhaust(_: int) -> object:
    raise MemoryError


def allocate(megabytes: int) -> object:
    return len(bytearray(megabytes * 1_000_000))


def keep_memory(megabytes: int) -> object:
    _KEPT.append(b"x" * (megabytes * 1_000_000))
    return os.getpid()


def unpicklable(_: int) -> object:
    return lambda: None


class Unreadable:
    """An answer that pickles, and cannot be unpickled by whoever gets it."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return int, ("no number",)


def unreadable(_: int) -> object:
    return Unreadable()


def count_calls(_: int) -> object:
    return os.getpid(), CALLS


def start_child(_: int) -> object:
    """Start a child that holds on to everything it inherits, and hang."""
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], close_fds=False)
    time.sleep(60)
    return None


def read_signals(_: int) -> object:
    return [signal.getsignal(n) == signal.SIG_IGN for n in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)]


def read_environment(_: int) -> object:
    return os.environ["OMP_NUM_THREADS"], os.environ["HF_HUB_OFFLINE"]


def read_oom_score(_: int) -> object:
    with open("/proc/self/oom_score_adj") as score:
        return int(score.read())


def read_node(milliseconds: int) -> object:
    """The node of a Ray cluster that this worker is on, told after a while."""
    time.sleep(milliseconds / 1000)
    return os.environ["RAY_RAYLET_PID"]


def main_module(_: int) -> object:
    return getattr(sys.modules["__main__"], "__file__", None)


_KEPT: list[bytes] = []

TASKS = {
    "square": square,
    "sleep": sleep,
    "spin": spin,
    "native": native,
    "reserve": reserve,
    "kill": kill,
    "segfault": segfault,
    "leave": leave,
    "raise": raise_fault,
    "exhaust": exhaust,
    "allocate": allocate,
    "keep": keep_memory,
    "unpicklable": unpicklable,
    "unreadable": unreadable,
    "calls": count_calls,
    "child": start_child,
    "signals": read_signals,
    "environment": read_environment,
    "oom": read_oom_score,
    "main": main_module,
    "node": read_node,
}


class Unloadable:
    """A function whose unpickling fails, as one of a broken install does."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return __import__, ("no_such_module",)

    def __call__(self, task: str) -> object:
        """Never reached."""
        return task


class Crasher:
    """A function whose unpickling ends the process, as a broken native library does."""

    def __reduce__(self) -> tuple[object, tuple[int]]:
        return os._exit, (7,)

    def __call__(self, task: str) -> object:
        """Never reached."""
        return task
