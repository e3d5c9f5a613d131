"""What a person types into a search box, made into a query that cannot fail, and found again in a text."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from speechcx.store.paths import plain_text

MOST_TERMS = 32
"""Words and phrases of one search; further ones are left out, and named."""

MOST_CHARACTERS = 200
"""Of one word; a longer one is cut."""

SHORTEST_PREFIX = 3
"""Letters before a ``*``; with fewer, it stands for the word alone, since half of all words would fit."""

_PARTS = re.compile(r'"([^"]*)(?:"|$)(\*?)|(\S+)')
_TOKEN = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Term:
    """A word or a phrase; with `prefix`, its last word may go on.

    The tokens are as typed, without signs: the index folds them its own way.
    """

    tokens: tuple[str, ...]
    prefix: bool = False

    @property
    def folded(self) -> tuple[str, ...]:
        """The tokens as they are compared with a text."""
        return tuple(map(fold, self.tokens))


@dataclass(frozen=True, slots=True)
class Words:
    """A search as understood.

    Parameters
    ----------
    terms
        All must stand in one turn.
    left_out
        What was typed and not searched for: signs without letters, words beyond the limit.
    near
        The terms must stand within so many words of each other; None for anywhere in the turn.
    """

    terms: tuple[Term, ...]
    left_out: tuple[str, ...] = ()
    near: int | None = None

    def to_match(self) -> str:
        """The query for FTS5: every word in quotes of our own, so that none can be an operator."""
        phrases = [_phrase(term) for term in self.terms]
        if self.near is not None and len(phrases) > 1:
            return f"NEAR({' '.join(phrases)}, {self.near})"
        return " AND ".join(phrases)


def read_words(typed: str, *, near: int | None = None) -> Words:
    """Any text as a search: words, ``"phrases in quotes"``, ``begin*``.

    Never fails. Signs that FTS5 would take for operators are separators like any other; ``AND``,
    ``OR``, ``NOT`` and ``NEAR`` are words.
    """
    clean = "".join(" " if unicodedata.category(char) == "Cc" else char for char in plain_text(typed))
    terms: list[Term] = []
    left_out: list[str] = []
    for match in _PARTS.finditer(clean):
        quoted, star, plain = match.groups()
        text = plain if quoted is None else quoted
        prefix = star == "*" if quoted is not None else text.endswith("*")
        tokens = tuple(token[:MOST_CHARACTERS] for token in split_tokens(text))
        if not tokens or len(terms) >= MOST_TERMS:
            left_out.append(match.group(0))
            continue
        terms.append(Term(tokens, prefix and len(tokens[-1]) >= SHORTEST_PREFIX))
    return Words(tuple(terms), tuple(left_out), near)


def split_tokens(text: str) -> tuple[str, ...]:
    """The words of a text without signs, as the index divides it."""
    return tuple(match.group(0) for match in _TOKEN.finditer(unicodedata.normalize("NFC", text)))


def fold(token: str) -> str:
    """A word without case and accents."""
    letters = unicodedata.normalize("NFD", token.lower())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def find_terms(text: str, words: Words) -> list[tuple[int, int]]:
    """Where the terms stand in a text: (start, end) of each match, in order and apart."""
    places = [(match.start(), match.end()) for match in _TOKEN.finditer(text)]
    tokens = [fold(text[start:end]) for start, end in places]
    found = []
    for term in words.terms:
        wanted, size = term.folded, len(term.tokens)
        for at in range(len(tokens) - size + 1):
            if _fits(tokens[at : at + size], wanted, prefix=term.prefix):
                found.append((places[at][0], places[at + size - 1][1]))
    return _apart(sorted(found))


def _fits(tokens: list[str], wanted: tuple[str, ...], *, prefix: bool) -> bool:
    *before, last = wanted
    if tokens[:-1] != before:
        return False
    return tokens[-1].startswith(last) if prefix else tokens[-1] == last


def _apart(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    kept: list[tuple[int, int]] = []
    for start, end in spans:
        if kept and start < kept[-1][1]:
            kept[-1] = (kept[-1][0], max(end, kept[-1][1]))
        else:
            kept.append((start, end))
    return kept


def _phrase(term: Term) -> str:
    # Tokens hold letters and digits alone, so there is no quote to double.
    return f'"{" ".join(term.tokens)}"' + ("*" if term.prefix else "")
