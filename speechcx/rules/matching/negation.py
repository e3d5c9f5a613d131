"""Whether a match stands under a negation: "I do not want to *cancel*".

A small, fixed scope on purpose, so that anybody can tell what it will do (the idea of NegEx: W. Chapman
et al., "A simple algorithm for identifying negated findings", J. Biomed. Inform. 34 (2001)). Looking back
from the match over at most 6 words: *not*, *never*, *neither*, *nor* negate it, and *no* before need,
plan, intention, reason, wish. *Without*, *nothing*, *nobody*, *hardly*, *instead of* and *rather than*
negate it where only small words (to, a, the, want, having, ...) stand between; so do *against* ("decided against
canceling"), *avoid* and "the last thing I want". The look stops at a word
that begins a new clause (but, because, if, so, "and want", ...), at the end of a sentence, or at a new
subject (I, you, we, ...), unless that subject follows *think*, *say*, *mean* or the like ("I never said I
want to cancel"). *Can not*, *could not* and questions with *why ... not* do not negate: who asks why he
cannot cancel wants to cancel. A match is negated from behind by "is not what", "is not necessary" and the
like.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from speechcx.rules.language.normal import word_set

REACH = 6
"""Words looked back over."""

NEGATORS = word_set(
    "not never without neither nor no nothing nobody none hardly barely scarcely rarely seldom instead rather "
    "against avoid avoiding last"
)
"""Words that can negate what follows them; some only before or after others."""
_FAR = word_set("not never neither nor")
_LIGHT_BETWEEN = word_set(
    "a an the any my our to of about on for want wants wanting need needs wish wishes intend plan going "
    "having has have had said says saying asked asking is was been be being ever even actually really do "
    "did get getting than like"
)
_NEAR_ONLY = word_set(
    "without nothing nobody none hardly barely scarcely rarely seldom against avoid avoiding"
)
_PAIRS = {"instead": "of", "rather": "than"}
_NEGATING_PAIRS = (("no", "longer"), ("no", "need"), *_PAIRS.items())
_NO_BEFORE = word_set(
    "need needs plan plans intention intentions intent reason reasons wish desire longer interest point "
    "thought thoughts complaint complaints one way chance question"
)
_BREAKS = word_set("but because cause if so unless until then otherwise instead or just")
_CLAUSES = word_set("want need would will am please now then going decided like is wish it that this there")
_SUBJECTS = word_set("i you we they he she")
_VERBS = word_set("is was has does keeps will")
_REPORTS = word_set("think thinking thought say saying said mean meant believe sure know")
_INABLE = word_set("can could")
_WISHES = word_set("want need like wish wanting needing")
_UNWANTED = word_set("what something necessary needed required why the an a my our wanted")
_NO_ENDS: frozenset[int] = frozenset()


def is_negated(tokens: Sequence[str], start: int, ends: Collection[int] = _NO_ENDS) -> bool:
    """Whether the match that begins at token `start` stands under a negation.

    Parameters
    ----------
    tokens
        The row of tokens.
    start
        First token of the match.
    ends
        Places of the tokens that end a sentence: a negation does not reach over them.

    Examples
    --------
    >>> is_negated("i do not want to cancel anything".split(), 5)
    True
    >>> is_negated("why can not i cancel this".split(), 4)
    False
    """
    return find_negator(tokens, start, ends) is not None


def is_denied_after(tokens: Sequence[str], end: int) -> bool:
    """Whether a match that ends before token `end` is negated from behind.

    Examples
    --------
    >>> is_denied_after("cancel my account is not what i want".split(), 3)
    True
    """
    following = tuple(tokens[end : end + 3])
    if len(following) < 3 or following[0] not in ("is", "was") or following[1] != "not":
        return False
    return following[2] in _UNWANTED and (following[2] not in ("the", "an", "a", "my", "our") or (
        tuple(tokens[end + 3 : end + 4]) in (("reason",), ("option",), ("plan",), ("intention",), ("point",))
    ))  # fmt: skip


def negating_places(tokens: Sequence[str], start: int, end: int) -> frozenset[int]:
    """Places from `start` up to `end` of the words that negate what stands after them there.

    These are what a gap of a phrase (``*2``) may not skip: "i would *never* cancel".
    """
    return frozenset(
        place
        for place in range(start, end)
        if (tokens[place] in _FAR and not _is_no_negation(tokens, place))
        or tokens[place] in ("hardly", "scarcely", "against", "avoid", "avoiding")
        or (tokens[place], *tokens[place + 1 : place + 2]) in _NEGATING_PAIRS
    )


def is_broken(
    tokens: Sequence[str], start: int, parts: Sequence[tuple[int, int]], ends: Collection[int] = _NO_ENDS
) -> bool:
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
    ends
        As in :func:`is_negated`.
    """
    for part_start, _ in parts:
        negator = find_negator(tokens, part_start, ends) if part_start > start else None
        if negator is not None and negator >= start and not any(low <= negator < high for low, high in parts):
            return True
    return False


def find_negator(tokens: Sequence[str], start: int, ends: Collection[int] = _NO_ENDS) -> int | None:
    """The place of the word that negates what begins at token `start`, None if there is none."""
    light = True
    for place in range(start - 1, max(-1, start - 1 - REACH), -1):
        token = tokens[place]
        if light and (
            token in _NEAR_ONLY or _PAIRS.get(token, "") in tokens[place + 1 : min(place + 2, start)]
        ):
            return place
        is_break = token in _BREAKS and not _joins_wishes(tokens, place)
        if not token or is_break or place in ends or _begins_clause(tokens, place, start):
            return None
        if _is_subject(tokens, place, start) and not _is_reported(tokens, place):
            return place - 2 if _is_last_thing(tokens, place) else None
        if token in _FAR:
            return None if _is_no_negation(tokens, place) else place
        if token == "no" and place + 1 < len(tokens) and tokens[place + 1] in _NO_BEFORE:
            return place
        light = light and token in _LIGHT_BETWEEN
    return None


def _begins_clause(tokens: Sequence[str], place: int, start: int) -> bool:
    """Whether a new statement begins with the *and* at `place`: "I don't like it and want to cancel"."""
    return tokens[place] == "and" and (place + 1 > start or tokens[place + 1] in _CLAUSES)


def _is_subject(tokens: Sequence[str], place: int, start: int) -> bool:
    """Whether a new statement begins at `place`: "I ...", "it is ...", or what follows "any more"."""
    following = tokens[place + 1] if place + 1 < start else ""
    if tokens[place] in ("it", "that", "this", "there"):
        return following in _VERBS
    is_end = tokens[place] == "anymore" or (
        tokens[place] == "more" and place > 0 and tokens[place - 1] == "any"
    )
    return tokens[place] in _SUBJECTS or is_end


def _is_reported(tokens: Sequence[str], place: int) -> bool:
    """Whether a statement at `place` is only told of: "I never *said* I want it", "it is *not that* I want it"."""
    before = tuple(tokens[max(0, place - 2) : place])
    return before == ("not", "that") or any(token in _REPORTS for token in before)


def _is_last_thing(tokens: Sequence[str], place: int) -> bool:
    """Whether the subject at `place` stands in "the last thing I want"."""
    is_wish = tuple(tokens[place + 1 : place + 2]) in (("want",), ("need",), ("wanted",), ("would",))
    return is_wish and place >= 2 and tuple(tokens[place - 2 : place]) == ("last", "thing")


def _joins_wishes(tokens: Sequence[str], place: int) -> bool:
    """Whether the *or* at `place` joins two wishes, so that what negates the first negates both."""
    beside = (*tokens[max(0, place - 1) : place], *tokens[place + 1 : place + 2])
    return tokens[place] == "or" and len(beside) == 2 and _WISHES.issuperset(beside)


def _is_no_negation(tokens: Sequence[str], place: int) -> bool:
    before = tokens[max(0, place - 3) : place]
    if before and before[-1] in _INABLE:
        return True
    return "why" in before or tokens[place + 1 : place + 2] in (["only"], ("only",))
