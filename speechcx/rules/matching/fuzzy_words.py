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
