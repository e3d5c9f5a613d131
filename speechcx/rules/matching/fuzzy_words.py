"""How a word sounds, as a short key; and words that differ by one letter.

The key keeps the consonants in classes that telephone speech and recognisers confuse (voiced and
voiceless stops stay apart, all sibilants fall together) and whether the word begins with a vowel:
a small relative of Metaphone (L. Philips, "Hanging on the Metaphone", Computer Language, 1990).
"""

from __future__ import annotations

import re
from functools import lru_cache

_REWRITES = tuple(
    (re.compile(pattern), into)
    for pattern, into in (
        (r"^(?:kn|gn|pn)", "n"), (r"^wr", "r"), (r"^ps", "s"), (r"^wh", "w"), (r"^x", "s"), (r"mb$", "m"),
        (r"ough(?=t|$)", "o"), (r"augh(?=t)", "o"), (r"igh", "i"), (r"gh", "g"), (r"ph", "f"),
        (r"tch", "x"), (r"[st]ch", "x"), (r"ch", "x"), (r"sh", "x"), (r"ti(?=on|an|al)", "x"),
        (r"[sc]i(?=on|an|al)", "x"), (r"sc(?=[eiy])", "s"), (r"ck", "k"), (r"c(?=[eiy])", "s"), (r"c", "k"),
        (r"dg(?=[eiy])", "j"), (r"g(?=[eiy])", "j"), (r"qu", "kw"), (r"q", "k"), (r"x(?!$)", "x"),
        (r"th", "0"), (r"z", "s"), (r"(?<=[aeiou])h(?=[^aeiouy]|$)", ""), (r"(?<=[aeiou])w(?=[^aeiouy]|$)", ""),
        (r"y(?=[aeiou])", "y"), (r"(?<!^)y", "i"), (r"(.)\1+", r"\1"),
    )
)  # fmt: skip


@lru_cache(maxsize=65536)
def sound_key(word: str) -> str:
    """Key of a normalised word: equal keys sound alike; digits are kept.

    Examples
    --------
    >>> sound_key("knight") == sound_key("night"), sound_key("cansel") == sound_key("cancel")
    (True, True)
    """
    key = word
    for pattern, into in _REWRITES:
        key = pattern.sub(into, key)
    head = "A" if key[:1] in "aeiou" and key else ""
    return head + re.sub(r"[aeiou]", "", key)


_PLACELESS = str.maketrans("pbtdkgmnfvs0xj", "ttttttnnssssss")
"""Stops, nasals and fricatives each as one letter."""


def placeless(key: str) -> str:
    """A key without where in the mouth its consonants are made.

    That is what a telephone band takes from them first: p, t and k, m and n, f, s and th are confused
    long before a stop and a fricative are (G. A. Miller and P. E. Nicely, "An analysis of perceptual
    confusions among some English consonants", JASA 27, 1955).

    Examples
    --------
    >>> placeless(sound_key("reported")) == placeless(sound_key("recorded"))
    True
    """
    return key.translate(_PLACELESS)


_LIKE = (("bp", "dt", "gk", "vf", "jx", "xs", "0s", "0f", "0t", "mn", "lr", "wv"), 0.3)
_SAME_MANNER = 0.6
_WEAK = frozenset("hwyA")
_WEAK_COST, _END_COST = 0.4, 0.4


@lru_cache(maxsize=65536)
def sound_distance(key: str, other: str) -> float:
    """How much one key must be changed to be the other: an edit distance in which sounds that are confused cost less.

    A consonant for another costs 1; for its voiced or voiceless partner, and for one of another place of the
    mouth, less (as in :func:`placeless`). A sound lost or added costs 1; h, w, y, the vowel at the
    beginning and a final t or d, which are heard least, cost less.

    Parameters
    ----------
    key, other
        Keys of :func:`sound_key`.

    Returns
    -------
    float
        0 for keys that sound alike, at most the length of the longer one.

    Examples
    --------
    >>> sound_distance(sound_key("recorded"), sound_key("regarded"))
    0.3
    """
    above = [0.0]
    for place, sound in enumerate(other):
        above.append(above[-1] + _loss(sound, place + 1 == len(other)))
    for place, sound in enumerate(key):
        lost = _loss(sound, place + 1 == len(key))
        row = [above[0] + lost]
        for at, wanted in enumerate(other):
            row.append(
                min(
                    above[at] + _exchange(sound, wanted),
                    above[at + 1] + lost,
                    row[at] + _loss(wanted, at + 1 == len(other)),
                )
            )
        above = row
    return above[-1]


def _loss(sound: str, is_last: bool) -> float:
    if sound in _WEAK:
        return _WEAK_COST
    return _END_COST if is_last and sound in "td" else 1.0


def _exchange(sound: str, other: str) -> float:
    if sound == other:
        return 0.0
    pairs, cost = _LIKE
    if sound + other in pairs or other + sound in pairs:
        return cost
    return _SAME_MANNER if placeless(sound) == placeless(other) else 1.0


def is_one_off(word: str, other: str) -> bool:
    """Whether one letter added, lost, changed or swapped with its neighbour makes one word the other.

    Words of three letters or fewer, and numbers, must be equal: one letter would change them too much.
    """
    if word == other:
        return True
    if min(len(word), len(other)) < 4 or word[0].isdigit() or abs(len(word) - len(other)) > 1:
        return False
    start = next((i for i, (a, b) in enumerate(zip(word, other, strict=False)) if a != b), None)
    if start is None:
        return True
    if len(word) == len(other):
        swapped = word[:start] + word[start + 1 : start + 2] + word[start] + word[start + 2 :]
        return word[start + 1 :] == other[start + 1 :] or swapped == other
    if len(word) > len(other):
        word, other = other, word
    return word[start:] == other[start + 1 :]
