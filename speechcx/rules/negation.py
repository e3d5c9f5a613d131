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

_NEGATORS = word_set("not never without neither nor")
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
    for place in range(start - 1, max(-1, start - 1 - REACH), -1):
        token = tokens[place]
        if not token or token in _BREAKS:
            return False
        if token in _SUBJECTS and not _is_reported(tokens, place):
            return False
        if token in _NEGATORS:
            return not _is_no_negation(tokens, place)
        if token == "no" and place + 1 < start and tokens[place + 1] in _NO_BEFORE:
            return True
    return False


def _is_reported(tokens: Sequence[str], place: int) -> bool:
    before = tokens[max(0, place - 2) : place]
    return any(token in _REPORTS for token in before)


def _is_no_negation(tokens: Sequence[str], place: int) -> bool:
    before = tokens[max(0, place - 3) : place]
    if before and before[-1] in _INABLE:
        return True
    return "why" in before or tokens[place + 1 : place + 2] in (["only"], ("only",))
