"""Whether a match stands under a negation: "I do not want to *cancel*".

A small, fixed scope on purpose, so that anybody can tell what it will do (the idea of NegEx: W. Chapman
et al., "A simple algorithm for identifying negated findings", J. Biomed. Inform. 34 (2001)). Looking back
from the match over at most 6 words: *not*, *never*, *without*, *neither*, *nor* negate it, and *no* before
need, plan, intention, reason, wish. The look stops at a word that begins a new clause (but, because, if,
so, ...) or at a new subject (I, you, we, ...), unless that subject follows *think*, *say*, *mean* or the
like ("I never said I want to cancel"). *Can not*, *could not* and questions with *why ... not* do not
negate: who asks why he cannot cancel wants to cancel.
"""

from __future__ import annotations

from collections.abc import Sequence

from speechcx.rules.normal import word_set

REACH = 6
"""Words looked back over."""

NEGATORS = word_set("not never without neither nor no")
"""Words that can negate what follows them; ``no`` only before some."""
_NO_BEFORE = word_set("need plan plans intention intentions reason wish desire longer interest")
_BREAKS = word_set("but because cause if so unless until then otherwise instead or just")
_SUBJECTS = word_set("i you we they he she")
_REPORTS = word_set("think thinking thought say saying said mean meant believe sure know")
_INABLE = word_set("can could")


def is_negated(tokens: Sequence[str], start: int) -> bool:
    """Whether the match that begins at token `start` stands under a negation.

    Examples
    --------
    >>> is_negated("i do not want to cancel anything".split(), 5)
    True
    >>> is_negated("why can not i cancel this".split(), 4)
    False
    """
    return find_negator(tokens, start) is not None


def is_broken(tokens: Sequence[str], start: int, parts: Sequence[tuple[int, int]]) -> bool:
    """Whether a negation stands *inside* a match that begins at `start`, between its parts.

    "The card is fine, I have *not* lost it" holds *card* and *lost* near each other.

    Parameters
    ----------
    tokens
        The row of tokens.
    start
        First token of the match.
    parts
        Ranges of the phrases that lie inside the match.
    """
    for part_start, _ in parts:
        negator = find_negator(tokens, part_start) if part_start > start else None
        if negator is not None and negator >= start and not any(low <= negator < high for low, high in parts):
            return True
    return False


def find_negator(tokens: Sequence[str], start: int) -> int | None:
    """The place of the word that negates what begins at token `start`, None where there is none."""
    for place in range(start - 1, max(-1, start - 1 - REACH), -1):
        token = tokens[place]
        if not token or token in _BREAKS:
            return None
        if token in _SUBJECTS and not _is_reported(tokens, place):
            return None
        if token in NEGATORS and token != "no":
            return None if _is_no_negation(tokens, place) else place
        if token == "no" and place + 1 < start and tokens[place + 1] in _NO_BEFORE:
            return place
    return None


def _is_reported(tokens: Sequence[str], place: int) -> bool:
    before = tokens[max(0, place - 2) : place]
    return any(token in _REPORTS for token in before)


def _is_no_negation(tokens: Sequence[str], place: int) -> bool:
    before = tokens[max(0, place - 3) : place]
    if before and before[-1] in _INABLE:
        return True
    return "why" in before or tokens[place + 1 : place + 2] in (["only"], ("only",))
