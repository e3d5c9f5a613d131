"""Answers that take long, kept for a minute: a question of many people who see the same calls is worked out once."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from speechcx.web.visit import Reply

KEEP_S = 60.0
MOST_KEPT = 200


@dataclass(slots=True)
class _Kept:
    reply: Reply | None = None
    at: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)


class KeptAnswers:
    """Replies by question and by what the asking person may see.

    Parameters
    ----------
    clock
        Seconds that only go forward.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._held: OrderedDict[Hashable, _Kept] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], Reply]) -> Reply:
        """The reply of a key, made where there is none of the last minute; who asks meanwhile waits for it."""
        with self._lock:
            kept = self._held.setdefault(key, _Kept())
            self._held.move_to_end(key)
            while len(self._held) > MOST_KEPT:
                self._held.popitem(last=False)
        with kept.lock:
            if kept.reply is None or self._clock() - kept.at > KEEP_S:
                kept.reply = make()
                kept.at = self._clock()
            return kept.reply

    def forget(self) -> None:
        """Somebody changed something: everything is worked out again."""
        with self._lock:
            self._held.clear()
