"""Stopping cleanly: the first signal asks, the second ends the process at once."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from types import FrameType, TracebackType

GRACE_S = 3.0
"""Seconds that running calls get to finish after the first signal."""

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StopSignals:
    """Listens for SIGINT, SIGTERM and SIGHUP inside a ``with`` block.

    The first one only sets :attr:`number`; from then on all three do what they do by default, so that
    a second one ends the process at once, even inside a library's own code. That is safe at every
    moment: each step is one transaction, and workers die with their parent. A signal that was ignored
    (``nohup``) stays ignored. Outside the main thread nothing is listened for.
    """

    def __init__(self, tell: Callable[[str], None] | None = None) -> None:
        self._tell = tell
        self.number: int | None = None
        self._since = 0.0
        self._old: dict[int, object] = {}

    @property
    def is_requested(self) -> bool:
        """Whether a stop was asked for: take nothing new."""
        return self.number is not None

    def is_over(self) -> bool:
        """Whether the grace after the request has passed: drop what runs."""
        return self.number is not None and time.monotonic() - self._since >= GRACE_S

    def request(self, number: int = signal.SIGTERM) -> None:
        """Ask for a stop as signal `number` does."""
        if self.number is None:
            self.number, self._since = number, time.monotonic()

    @property
    def exit_code(self) -> int:
        """128 and the signal's number, as shells report it."""
        return 128 + (self.number or 0)

    def __enter__(self) -> StopSignals:
        if threading.current_thread() is threading.main_thread():
            for number in _SIGNALS:
                if signal.getsignal(number) not in (signal.SIG_IGN, None):
                    self._old[number] = signal.signal(number, self._on_signal)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._old.items():
            signal.signal(number, handler)  # type: ignore[arg-type]
        self._old.clear()

    def _on_signal(self, number: int, _: FrameType | None) -> None:
        self.request(number)
        for other in self._old:
            signal.signal(other, signal.SIG_DFL)
        if self._tell is not None:
            self._tell(f"the calls in hand, {GRACE_S:.0f} s at most (what is done is kept)")
