"""Phrases of customers, kept as numbers beside each call, so that topics are counted without reading its words.

A phrase is kept as 48 bits made of its words: six bytes whatever its length, and no list of all phrases that would have
to forget a phrase when its last call is erased. That two of 700,000 phrases share a number has a chance of one in a
thousand. The words of a phrase are found again in a call that has it.

A call that was taken out of the search index has no row, since nothing may be found there by its words. Its phrases are
counted from its words instead.
"""

from __future__ import annotations

import re
import sqlite3
import struct
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from hashlib import blake2b
from importlib import resources

from speechcx.store.codes import PARTY_CODES, to_code
from speechcx.store.moments import ROWS_A_CALL

FORM = 1
"""First byte of a row. It changes with what a phrase is, also with ``dull_words.txt``: rows of another form are not
read, and are made again by the next migration."""

LONGEST = 3
"""Words in a phrase."""

_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")
_STEP = 0x9E3779B97F4A7C15
_MASK = (1 << 64) - 1
_DROPPED = 16
_MANY = 500
"""Calls in one statement."""
_TURNS = (
    f"FROM turns_data WHERE turn_id BETWEEN :call * {ROWS_A_CALL} AND (:call + 1) * {ROWS_A_CALL} - 1"
    f" AND party = {to_code(PARTY_CODES, 'customer')}"
)


@cache
def read_dull_words() -> frozenset[str]:
    """Words that are no topic: of grammar, courtesy and hesitation."""
    text = (resources.files("speechcx.store.calls") / "dull_words.txt").read_text(encoding="utf-8")
    lines = (line.partition("#")[0] for line in text.splitlines())
    return frozenset(word for line in lines for word in line.split())


def find_phrases(text: str) -> dict[int, str]:
    """Phrases of a text by their numbers: up to three words in a row that neither begin nor end with a dull one."""
    dull = read_dull_words()
    words = _WORD.findall(text.lower().replace("’", "'"))
    numbers = [_number_of(word) for word in words]
    may_end = [len(word) >= 3 and word not in dull for word in words]
    found = {}
    for start, may_begin in enumerate(may_end):
        if not may_begin:
            continue
        number = 0
        for end in range(start, min(start + LONGEST, len(words))):
            number = (number * _STEP + numbers[end]) & _MASK
            if may_end[end]:
                found[number >> _DROPPED] = " ".join(words[start : end + 1])
    return found


@lru_cache(maxsize=65_536)
def _number_of(word: str) -> int:
    return int.from_bytes(blake2b(word.encode("ascii"), digest_size=8).digest(), "little")


def pack_phrases(numbers: Iterable[int]) -> bytes:
    """Numbers of phrases as a row has them: the form, then the low four bytes of each, then the high two."""
    listed = sorted(numbers)
    lows, highs = (number & 0xFFFFFFFF for number in listed), (number >> 32 for number in listed)
    return struct.pack(f"<B{len(listed)}I{len(listed)}H", FORM, *lows, *highs)


def read_customer(db: sqlite3.Connection, call_no: int) -> str | None:
    """What the customer says in a call, its turns in a row; None for nothing."""
    rows = db.execute(
        f"SELECT coalesce(unindexed_text, text) AS said {_TURNS} AND said <> '' ORDER BY turn_id",
        {"call": call_no},
    ).fetchall()
    return " | ".join(text for (text,) in rows) if rows else None


def keep_phrases(db: sqlite3.Connection, call_no: int) -> None:
    """Keep the phrases of a call as its turns are now; inside a write."""
    is_kept, packed = _make_row(db, call_no)
    if is_kept:
        db.execute("INSERT OR REPLACE INTO customer_phrases VALUES (?, ?)", (call_no, packed))
    else:
        db.execute("DELETE FROM customer_phrases WHERE call_no = ?", (call_no,))


def _make_row(db: sqlite3.Connection, call_no: int) -> tuple[bool, bytes | None]:
    """Whether a call has a row, and what is in it."""
    if db.execute(f"SELECT 1 {_TURNS} AND unindexed_text IS NOT NULL", {"call": call_no}).fetchone():
        return False, None
    return True, _pack_words(db, call_no)


def _pack_words(db: sqlite3.Connection, call_no: int) -> bytes | None:
    """The phrases of a call made from its words; None where the customer says nothing."""
    text = read_customer(db, call_no)
    return None if text is None else pack_phrases(find_phrases(text))


def keep_missing_phrases(db: sqlite3.Connection) -> None:
    """Keep the phrases of calls that have no row of this form; inside a write, after a migration."""
    numbers = db.execute(
        "SELECT c.call_no FROM calls c LEFT JOIN customer_phrases p ON p.call_no = c.call_no"
        " WHERE p.call_no IS NULL OR substr(p.packed, 1, 1) <> ?",
        (bytes([FORM]),),
    ).fetchall()
    for (number,) in numbers:
        keep_phrases(db, number)


def find_wrong_phrases(db: sqlite3.Connection) -> Iterator[int]:
    """Numbers of calls whose phrases are not those of their words."""
    kept = "SELECT p.call_no IS NOT NULL, p.packed, c.call_no FROM calls c LEFT JOIN customer_phrases p USING (call_no)"
    for has_row, packed, number in db.execute(kept):
        if (bool(has_row), packed) != _make_row(db, number):
            yield number


def read_phrases(db: sqlite3.Connection, numbers: list[int]) -> dict[int, bytes]:
    """What :func:`pack_phrases` made of each of these calls, but for those in which the customer says nothing."""
    found: dict[int, bytes] = {}
    for first in range(0, len(numbers), _MANY):
        asked = numbers[first : first + _MANY]
        rows = db.execute(
            "SELECT call_no, packed FROM customer_phrases"
            f" WHERE call_no IN ({', '.join(map(str, asked))}) ORDER BY call_no"
        )
        kept = {number: packed for number, packed in rows if packed is None or packed[0] == FORM}
        for number in asked:
            packed = kept[number] if number in kept else _pack_words(db, number)
            if packed is not None:
                found[number] = packed
    return found
