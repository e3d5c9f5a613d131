"""How the machine comes to its answer to a question, as a digest: question, rule, lists, and nothing else.

Two rulebooks that differ somewhere else have the same digest for a question, so that answers people
gave under the older one still speak of the machine as it is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from speechcx.call import Question
    from speechcx.rules import Rulebook

_NOT_MEANT = frozenset(
    {"number", "source", "title", "titles", "severity", "expect", "weight", "critical", "auto_fail"}
)
"""Fields that change no answer: places in the file, names, weights."""


@lru_cache(maxsize=64)
def digest_questions(digest: str, source: str | None, scorecard: str) -> dict[str, str]:
    """Digest of the way to the answer of every question of a scorecard.

    Parameters
    ----------
    digest, source
        Of the rulebook; without its text, or where that cannot be read any more, the rulebook as a
        whole stands for each way.
    scorecard
        Id of the form.

    Returns
    -------
    dict
        By question; empty where the text is not known or has no such scorecard.
    """
    book = read_book(digest, source)
    if book is None:
        return {}
    return {
        question.id: digest_question(book, question)
        for card in book.scorecards
        if card.id == scorecard
        for section in card.sections
        for question in section.questions
    }


@lru_cache(maxsize=16)
def read_book(digest: str, source: str | None) -> Rulebook | None:
    """A rulebook from its text; None if there is none, or this version cannot read it."""
    if source is None:
        return None
    # Imported here: a rulebook is read once, and its room is slow to load.
    from speechcx.errors import RulebookError
    from speechcx.rules import parse_rulebook

    try:
        return parse_rulebook(source, f"rulebook {digest[:8]}")
    except RulebookError:
        return None


def digest_question(book: Rulebook, question: Question) -> str:
    """16 hex digits over a question and all its answer depends on."""
    named: dict[tuple[str, str], object] = {("rule", rule.id): rule for rule in book.rules}
    named.update({("list", name): phrases for name, phrases in book.lists})
    parts: list[str] = []
    waiting: list[object] = [question]
    seen: set[tuple[str, str]] = set()
    while waiting:
        for token in _tokens(waiting.pop()):
            parts.append(" ".join(token))
            if token in named and token not in seen:
                seen.add(token)
                waiting.append(named[token])
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def _tokens(part: object) -> Iterator[tuple[str, str]]:
    """The parts of a definition in order; ``rule`` and ``list`` name another definition."""
    if is_dataclass(part) and not isinstance(part, type):
        name = type(part).__name__
        yield "open", name
        for field in fields(part):
            value = getattr(part, field.name)
            if field.name in _NOT_MEANT:
                continue
            kind = _kind_of_reference(name, field.name)
            if kind and isinstance(value, str):
                yield kind, value
            else:
                yield "field", field.name
                yield from _tokens(value)
        yield "close", name
    elif isinstance(part, tuple | list):
        yield "many", str(len(part))
        for item in part:
            yield from _tokens(item)
    elif isinstance(part, frozenset | set):
        yield "set", repr(sorted(map(repr, part)))
    else:
        yield "value", repr(part)


def _kind_of_reference(owner: str, field: str) -> str | None:
    return {
        ("Question", "rule"): "rule",
        ("Question", "applies_if"): "rule",
        ("RuleRef", "id"): "rule",
        ("ListRef", "name"): "list",
        ("Slot", "of"): "list",
    }.get((owner, field))
