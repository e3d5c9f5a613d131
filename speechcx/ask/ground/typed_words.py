"""What a person types into a search box, made into a query that cannot fail, and found again in a text."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from itertools import islice, product

from speechcx.store.paths import plain_text

MAX_TERMS = 32
"""Words and phrases of one search; further ones are left out, and named."""

MAX_CHARACTERS = 200
"""Of one word; a longer one is cut."""

SHORTEST_PREFIX = 3
"""Letters before a ``*``; with fewer, it stands for the word alone, since half of all words would fit."""

MAX_WAYS = 64
"""Of combining alternatives that must stand near each other; further ones are not looked for."""

_EITHER = ("OR", "|", "||")
_JOINERS = (*_EITHER, "AND")
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
    groups
        One term out of each must stand in one turn; ``a OR b`` makes a group of two, every other term is one.
    left_out
        What was typed and not searched for: signs without letters, words beyond the limit.
    near
        The terms must stand within this many words of each other; None for anywhere in the turn.
    """

    groups: tuple[tuple[Term, ...], ...]
    left_out: tuple[str, ...] = ()
    near: int | None = None

    @property
    def terms(self) -> tuple[Term, ...]:
        """All terms, in the order typed."""
        return tuple(term for group in self.groups for term in group)

    def to_match(self) -> str:
        """The query for FTS5: every word in quotes of our own, so that none can be an operator."""
        if self.near is not None and len(self.groups) > 1:
            ways = islice(product(*self.groups), MAX_WAYS)
            return " OR ".join(f"NEAR({' '.join(map(_phrase, way))}, {self.near})" for way in ways)
        groups = [" OR ".join(map(_phrase, group)) for group in self.groups]
        return " AND ".join(f"({group})" if " OR " in group else group for group in groups)


def read_words(typed: str, *, near: int | None = None) -> Words:
    """Any text as a search: words, ``"phrases in quotes"``, ``begin*``, ``one OR the other``.

    Never fails. ``OR`` and ``|`` between two terms, in capitals, join them: one of them is enough. ``AND``
    between two terms says what is so anyway. Other signs that FTS5 would take for operators are separators
    like any other; ``NOT``, ``NEAR`` and ``or`` are words.
    """
    clean = "".join(" " if unicodedata.category(char) == "Cc" else char for char in plain_text(typed))
    groups: list[list[Term]] = []
    left_out: list[str] = []
    count, joiner = 0, ""
    parts = list(_PARTS.finditer(clean))
    for number, match in enumerate(parts):
        quoted, star, plain = match.groups()
        if plain in _JOINERS and groups and not joiner and _has_term(parts[number + 1 :]):
            joiner = plain
            continue
        text = plain if quoted is None else quoted
        prefix = star == "*" if quoted is not None else text.endswith("*")
        tokens = tuple(token[:MAX_CHARACTERS] for token in split_tokens(text))
        if not tokens or count >= MAX_TERMS:
            left_out.append(match.group(0))
            continue
        term = Term(tokens, prefix and len(tokens[-1]) >= SHORTEST_PREFIX)
        if joiner in _EITHER:
            groups[-1].append(term)
        else:
            groups.append([term])
        count, joiner = count + 1, ""
    return Words(tuple(map(tuple, groups)), tuple(left_out), near)


def _has_term(parts: list[re.Match[str]]) -> bool:
    """Whether a term follows at once: what is written so that OR and AND stand between two."""
    return bool(parts) and parts[0].group(3) not in _JOINERS and bool(split_tokens(parts[0].group(0)))


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
