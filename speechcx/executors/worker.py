"""The worker's side: a process that works one item at a time and dies with its parent.

Started by ``processes`` as a fresh interpreter, never forked: a fork would take over the parent's
loaded models without their threads. Nothing here knows of calls; the function comes by pickle from
the parent over a socket of its own, which no other process can open.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import pickle
import resource
import signal
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

from speechcx.executors.faults import describe_fault

_PR_SET_PDEATHSIG = 1
_GROWTH_FACTOR = 1.5
_GROWTH_FLOOR_BYTES = 200_000_000
_UNTOUCHED_BYTES = 500_000_000
"""Memory that libraries ask for and do not use counts towards the limit, and is not seen as used."""


def serve(descriptor: int, parent: int, memory_mb: int) -> None:
    """Read a function, then items; answer each with a (word, value, is_last) triple until told to stop.

    Parameters
    ----------
    descriptor
        File descriptor of the worker's end of the socket.
    parent
        Process id of the parent.
    memory_mb
        Memory in MB, 0 for no limit.
    """
    _guard(parent, memory_mb)
    connection: Connection[Any, Any] = Connection(descriptor)
    # A parent that has hung up, at whatever moment, wants nothing more.
    with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):
        function = _load(connection)
        if function is not None:
            connection.send(("ready", None, False))
            _work(connection, function)
    # Nothing is left to save, and libraries with threads of their own can hang in their exit handlers.
    os._exit(0)


def _load(connection: Connection[Any, Any]) -> Callable[[Any], Any] | None:
    packed = connection.recv_bytes()
    try:
        function: Callable[[Any], Any] = pickle.loads(packed)  # noqa: S301  from our parent
    except BaseException as error:  # noqa: BLE001  told to the parent, which decides
        connection.send(("unready", f"{describe_fault(error)}: {error}", True))
        return None
    return function


def _work(connection: Connection[Any, Any], function: Callable[[Any], Any]) -> None:
    base = 0
    while True:
        item = pickle.loads(connection.recv_bytes())  # noqa: S301  from our parent
        try:
            word, value = "done", function(item)
        except MemoryError as error:
            word, value = "out_of_memory", describe_fault(error)
        except Exception as error:  # noqa: BLE001  an item's fault must not end the others
            word, value = "raised", describe_fault(error)
        del item
        size = resident_bytes()
        base = base or size
        grown = size > _GROWTH_FACTOR * base + _GROWTH_FLOOR_BYTES
        is_last = grown or word == "out_of_memory"
        _answer(connection, word, value, is_last)
        if is_last:
            return


def _answer(connection: Connection[Any, Any], word: str, value: object, is_last: bool) -> None:
    try:
        message = pickle.dumps((word, value, is_last), pickle.HIGHEST_PROTOCOL)
    except Exception as error:  # noqa: BLE001  a result that cannot travel is the item's fault
        message = pickle.dumps(("raised", describe_fault(error), is_last))
    connection.send_bytes(message)


def _guard(parent: int, memory_mb: int) -> None:
    """Leave signals to the parent, die with it or before it, drop no core files, keep the memory limit."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    _die_with_parent()
    if os.getppid() != parent:
        os._exit(0)
    _go_first_when_memory_ends()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if memory_mb:
        _limit_memory(memory_mb * 1_000_000)


def _limit_memory(limit_bytes: int) -> None:
    """Let the kernel refuse memory beyond a limit, so that it costs one item and not the machine.

    What is bounded is private memory that can be written (``RLIMIT_DATA``), as models and samples need
    it. Address space (``RLIMIT_AS``) would count reserved ranges, mapped files and libraries too: on a
    call of six minutes the tiny model has 1.03 GB of it with 0.34 GB in use, 0.54 GB by this measure.
    """
    hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
    limit = limit_bytes if hard == resource.RLIM_INFINITY else min(limit_bytes, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (limit, hard))


def is_memory_short() -> bool:
    """Whether this process has come near its limit: native libraries report a refused piece in words only."""
    limit = resource.getrlimit(resource.RLIMIT_DATA)[0]
    if limit == resource.RLIM_INFINITY:
        return False
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 > limit - min(
        _UNTOUCHED_BYTES, limit // 3
    )


def _die_with_parent() -> None:
    try:
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    except (OSError, AttributeError):
        # Not Linux: an idle worker still ends by the closed socket, a busy one after its item.
        return


def _go_first_when_memory_ends() -> None:
    """Let a machine without memory kill this worker, which costs one item, and not its parent."""
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w", encoding="ascii") as score:
        score.write("500")


def resident_bytes() -> int:
    """Memory this process holds now, in bytes; 0 where the system does not say."""
    try:
        with open("/proc/self/statm", encoding="ascii") as statm:
            return int(statm.read().split()[1]) * resource.getpagesize()
    except OSError:
        return 0
