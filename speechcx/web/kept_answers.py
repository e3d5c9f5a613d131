"""Answers that take long, kept for a while: a question of many people who see the same calls is worked out once.

An answer up to a minute old is given as it is. One up to ten minutes old is given too, and worked out anew behind the
reader's back, so that nobody waits for a page that somebody looked at a moment ago; what takes long is worked out anew
less often, so that it never takes more than a hundredth of a core. While nobody has changed the database, an answer is
given as it is for up to an hour. After a decision answers that show decisions are worked out at once.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar, cast

FRESH_S = 60.0
KEPT_S = 600.0
REST = 100.0
"""An answer is given as it is for so many times as long as it took to make, if that is more than a minute."""
UNCHANGED_S = 3600.0
"""An answer about an unchanged database still tells how old or late something is."""
BETWEEN = 9.0
"""Renewals rest for so many times as long as one took: together they take a tenth of a core at most."""
MAX_KEPT = 500

T = TypeVar("T")


@dataclass(slots=True)
class _Kept:
    value: object = None
    at: float | None = None
    fresh_s: float = FRESH_S
    stamp: Hashable = None
    shows_decisions: bool = False
    is_remade: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)


class KeptAnswers:
    """Answers by question and by what the asking person may see.

    Parameters
    ----------
    clock
        Seconds that only go forward.
    renewals
        Works out answers anew, one at a time; a thread by default.
    find_stamp
        Another value after each change of the database; None where that cannot be told.
    """

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, renewals: Executor | None = None,
        find_stamp: Callable[[], Hashable] = lambda: None,
    ) -> None:  # fmt: skip
        self._clock = clock
        self._find_stamp = find_stamp
        self._making = threading.local()
        self._is_closed = threading.Event()
        self._held: OrderedDict[Hashable, _Kept] = OrderedDict()
        self._lock = threading.Lock()
        self._renewals = renewals

    def get(
        self, key: Hashable, make: Callable[[], T], *, renew: Callable[[], T] | None = None,
        shows_decisions: bool = False,
    ) -> T:  # fmt: skip
        """The answer of a key.

        Parameters
        ----------
        key
            Of the question.
        make
            Works it out now; who asks meanwhile waits for it.
        renew
            Works it out when this request is over; None for an answer that is made again when it is asked for and
            no longer fresh.
        shows_decisions
            Whether a decision of somebody changes it.
        """
        kept = self._find(key)
        age_s = self._age_s(kept)
        if age_s is not None and age_s <= UNCHANGED_S and self._is_unchanged(kept):
            pass
        elif age_s is None or age_s > (min(kept.fresh_s, KEPT_S) if renew is None else KEPT_S):
            with kept.lock:
                # Who held the lock may have made it.
                age_s = self._age_s(kept)
                if age_s is None or age_s > min(kept.fresh_s, KEPT_S):
                    self._put(kept, make, shows_decisions)
        elif renew is not None and age_s > kept.fresh_s:
            self._renew(kept, renew, shows_decisions)
        if kept.stamp != getattr(self._making, "stamp", None):
            # An answer that is being made of this one is no newer than it.
            self._making.stamp = None
        return cast("T", kept.value)

    def forget_decisions(self) -> None:
        """Somebody decided something: what shows decisions is worked out again."""
        with self._lock:
            for key in [key for key, kept in self._held.items() if kept.shows_decisions]:
                del self._held[key]

    def close(self) -> None:
        """Stop working."""
        self._is_closed.set()
        with self._lock:
            renewals, self._renewals = self._renewals, None
        if renewals is not None:
            renewals.shutdown(wait=True, cancel_futures=True)

    def _find(self, key: Hashable) -> _Kept:
        with self._lock:
            kept = self._held.setdefault(key, _Kept())
            self._held.move_to_end(key)
            while len(self._held) > MAX_KEPT:
                self._held.popitem(last=False)
            return kept

    def _age_s(self, kept: _Kept) -> float | None:
        return None if kept.at is None else self._clock() - kept.at

    def _put(self, kept: _Kept, make: Callable[[], object], shows_decisions: bool) -> None:
        start = self._clock()
        outer, stamp = getattr(self._making, "stamp", None), self._find_stamp()
        self._making.stamp = stamp
        try:
            kept.value, kept.shows_decisions = make(), shows_decisions
            kept.stamp = self._making.stamp
        finally:
            self._making.stamp = outer
        kept.at = self._clock()
        kept.fresh_s = max(FRESH_S, REST * (kept.at - start))

    def _renew(self, kept: _Kept, make: Callable[[], object], shows_decisions: bool) -> None:
        with self._lock:
            if kept.is_remade:
                return
            kept.is_remade = True
            if self._renewals is None:
                self._renewals = ThreadPoolExecutor(1, thread_name_prefix="renewed answers")
            self._renewals.submit(self._remake, kept, make, shows_decisions)

    def _remake(self, kept: _Kept, make: Callable[[], object], shows_decisions: bool) -> None:
        start = time.monotonic()
        try:
            self._put(kept, make, shows_decisions)
        finally:
            kept.is_remade = False
        self._is_closed.wait(BETWEEN * (time.monotonic() - start))

    def _is_unchanged(self, kept: _Kept) -> bool:
        """Whether nobody has changed the database since an answer was made."""
        return kept.stamp is not None and kept.stamp == self._find_stamp()
