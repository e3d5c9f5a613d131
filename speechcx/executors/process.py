"""One worker process as its parent sees it: started, given items, heard, stopped."""

from __future__ import annotations

import os
import pickle
import signal
import socket
import subprocess
import sys
import time
from multiprocessing.connection import Connection
from typing import Any

from speechcx.executors import WorkerLimits
from speechcx.executors.faults import describe_fault

START_LIMIT_S = 120.0
"""A worker that is not ready by then is taken for dead: it imports the engines' libraries meanwhile."""
_EXIT_GRACE_S = 0.5
_THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


class WorkerProcess:
    """A fresh interpreter at the other end of a socket.

    Parameters
    ----------
    packed
        The pickled function.
    limits
        Memory and threads.
    """

    def __init__(self, packed: bytes, limits: WorkerLimits) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            code = (
                f"import sys; sys.path[:] = {sys.path!r}; from speechcx.executors.worker import serve; "
                f"serve({theirs.fileno()}, {os.getpid()}, {limits.memory_mb})"
            )
            self._process = subprocess.Popen(
                [sys.executable, "-c", code],
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env=_environment(limits.threads),
                # Its own group: Ctrl-C reaches the parent only, and children of engines die with it.
                process_group=0,
            )
        self.connection: Connection[Any, Any] = Connection(ours.detach())
        self.is_ready = False
        self.is_busy = True
        self.given = 0
        self.limit_s = START_LIMIT_S
        self.deadline: float | None = time.monotonic() + START_LIMIT_S
        self._send(packed)

    @property
    def pid(self) -> int:
        """Process id."""
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """Whether the process has not ended."""
        return self._process.poll() is None

    def give(self, item: object, limit_s: float | None) -> None:
        """Send an item; from now it has `limit_s` seconds."""
        self.given += 1
        self.is_busy = True
        self.limit_s = limit_s or 0.0
        self.deadline = None if limit_s is None else time.monotonic() + limit_s
        self._send(pickle.dumps(item, pickle.HIGHEST_PROTOCOL))

    def hear(self) -> tuple[str, object, bool] | None:
        """The next (word, value, is_last) of the worker; None where it has ended."""
        try:
            word, value, is_last = self.connection.recv()
        except (EOFError, OSError):
            return None
        except MemoryError as error:
            word, value, is_last = "out_of_memory", describe_fault(error), False
        except Exception as error:  # noqa: BLE001  an answer that cannot be read costs its item only
            word, value, is_last = "raised", describe_fault(error), False
        self.deadline = None
        self.is_busy = False
        self.is_ready = word != "unready"
        return word, value, is_last

    def hang_up(self) -> None:
        """Close the socket: an idle worker ends by that."""
        self.connection.close()

    def stop(self) -> int:
        """End it, kindly where it is idle, else by force, with its children; returns its exit code."""
        self.hang_up()
        if not self.is_busy:
            try:
                return self._process.wait(_EXIT_GRACE_S)
            except subprocess.TimeoutExpired:
                pass
        # One that is ending already keeps its own exit code.
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            self._process.kill()
        return self._process.wait()

    def _send(self, message: bytes) -> None:
        try:
            self.connection.send_bytes(message)
        except (BrokenPipeError, ConnectionResetError):
            # It has ended; its closed socket tells that at the next look.
            return


def _environment(threads: int) -> dict[str, str]:
    """The parent's variables, which keep it off the network too, with one model's threads unless told."""
    return dict.fromkeys(_THREAD_VARIABLES, str(threads)) | dict(os.environ)
