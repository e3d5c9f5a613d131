"""Who is signed in, and how fast somebody may try passwords; all in memory, gone when the server stops."""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from http.cookies import SimpleCookie

COOKIE = "speechcx_session"
IDLE_S = 8 * 3600.0
"""Somebody who asked for nothing so long is signed out: a shift."""
LONGEST_S = 24 * 3600.0
MAX_SESSIONS = 10_000

FREE_TRIES = 5
"""Wrong passwords before the next try must wait."""
FIRST_WAIT_S = 1.0
LONGEST_WAIT_S = 300.0
FORGET_S = 3600.0
_MOST_SOURCES = 10_000

Clock = Callable[[], float]


@dataclass(slots=True)
class _Session:
    name: str
    password: str
    began: float
    asked: float


class Sessions:
    """Tokens of people who are signed in. Only a hash of each is kept.

    Parameters
    ----------
    clock
        Seconds that only go forward.
    """

    def __init__(self, clock: Clock = time.monotonic) -> None:
        self._clock = clock
        self._held: OrderedDict[str, _Session] = OrderedDict()
        self._lock = threading.Lock()

    def begin(self, name: str, password: str) -> str:
        """A new token for somebody; `password` as kept, so that a new password ends it."""
        token, now = secrets.token_urlsafe(32), self._clock()
        with self._lock:
            self._held[_hash(token)] = _Session(name, password, now, now)
            while len(self._held) > MAX_SESSIONS:
                self._held.popitem(last=False)
        return token

    def find(self, token: str) -> tuple[str, str] | None:
        """Name and kept password of who holds a token; None where it is not valid any more."""
        now, key = self._clock(), _hash(token)
        with self._lock:
            found = self._held.get(key)
            if found is None:
                return None
            if now - found.asked > IDLE_S or now - found.began > LONGEST_S:
                del self._held[key]
                return None
            found.asked = now
            return found.name, found.password

    def end(self, token: str) -> None:
        """Sign out."""
        with self._lock:
            self._held.pop(_hash(token), None)


def session_cookie(prefix: str, token: str, *, is_secure: bool) -> tuple[str, str]:
    """The header that gives a browser its session; an empty token takes it away.

    Parameters
    ----------
    prefix
        What stands before every address of the site.
    token
        The session.
    is_secure
        Whether the browser came by HTTPS, and is to send it by nothing else.
    """
    held: SimpleCookie = SimpleCookie()
    held[COOKIE] = token
    crumb = held[COOKIE]
    crumb["path"], crumb["httponly"], crumb["samesite"] = prefix + "/", True, "Lax"
    if is_secure:
        crumb["secure"] = True
    if not token:
        crumb["max-age"] = 0
    return "set-cookie", crumb.OutputString()


class SignInLimit:
    """Slows down who tries passwords: each wrong one after a few doubles the wait, for a name and for an address.

    Parameters
    ----------
    clock
        Seconds that only go forward.
    """

    def __init__(self, clock: Clock = time.monotonic) -> None:
        self._clock = clock
        self._wrong: OrderedDict[tuple[str, str], tuple[int, float]] = OrderedDict()
        self._lock = threading.Lock()

    def take_try(self, name: str, address: str) -> float:
        """Seconds to wait before the next try; 0 where this one may be made, and it counts as wrong until it is right.

        Counted before the password is looked at, so that many at once gain nothing.
        """
        now = self._clock()
        with self._lock:
            wait = max(self._left(key, now) for key in _keys(name, address))
            if wait > 0:
                return wait
            for key in _keys(name, address):
                count, _ = self._wrong.pop(key, (0, now))
                self._wrong[key] = (count + 1, now)
            while len(self._wrong) > _MOST_SOURCES:
                self._wrong.popitem(last=False)
        return 0.0

    def note_right(self, name: str, address: str) -> None:
        """Forget the wrong passwords of a name; those of an address stay but for this one."""
        of_name, of_address = _keys(name, address)
        with self._lock:
            self._wrong.pop(of_name, None)
            count, at = self._wrong.get(of_address, (1, 0.0))
            self._wrong[of_address] = (max(0, count - 1), at)

    def _left(self, key: tuple[str, str], now: float) -> float:
        count, at = self._wrong.get(key, (0, 0.0))
        if now - at > FORGET_S:
            self._wrong.pop(key, None)
            return 0.0
        if count < FREE_TRIES:
            return 0.0
        wait = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2.0 ** min(count - FREE_TRIES, 30))
        return max(0.0, at + wait - now)


def _keys(name: str, address: str) -> tuple[tuple[str, str], tuple[str, str]]:
    return ("name", name.strip().casefold()[:100]), ("address", address)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
