"""Numbers for words of closed lists, in rows of which there are very many.

SQLite keeps 0 and 1 without a byte, so the usual words come first. The views spell them out again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from speechcx.call import Party, RuleValue, SentimentLabel

OverlapKind = Literal["interruption", "backchannel", "overlap"]

PARTY_CODES: tuple[Party, ...] = ("agent", "customer", "unknown", "ivr")
LABELS: tuple[SentimentLabel, ...] = ("neutral", "negative", "positive", "mixed")
OVERLAPS: tuple[OverlapKind, ...] = ("overlap", "interruption", "backchannel")
VALUES: tuple[RuleValue, ...] = ("absent", "present", "cannot_tell")


def to_code(words: Sequence[str], word: str | None) -> int | None:
    """The number of a word in its list, None for None; ValueError for a word that is not there."""
    return None if word is None else words.index(word)
