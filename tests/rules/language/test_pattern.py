"""Tests of what can be told of a phrase before any text is searched."""

from __future__ import annotations

from speechcx.rules.language.grammar import parse_said
from speechcx.rules.language.pattern import Phrase, count_elements, longest, phrases_of, shortest


def measured(text: str) -> tuple[int, int, int]:
    """Shortest and longest way through a phrase, and its elements."""
    expression = parse_said(text)
    assert isinstance(expression, Phrase)
    return shortest(expression.row), longest(expression.row), count_elements(expression.row)


def test_lengths_of_phrases() -> None:
    """Options may be left out, gaps skipped, alternatives differ."""
    assert (2, 2, 2) == measured('"a b"')
    assert (1, 2, 2) == measured('"a [b]"')
    assert (2, 3, 4) == measured('"a (b | c d)"')
    assert (2, 5, 5) == measured('"a *3 b"')
    assert (1, 1, 1) == measured("{product}")


def test_all_phrases_of_an_expression_in_order() -> None:
    """Phrases are listed as written, through every operator."""
    expression = parse_said('("a b" | c) NEAR/2 (d & NOT ex*)')
    assert ["a b", "c", "d", "ex*"] == [phrase.source for phrase in phrases_of(expression)]
