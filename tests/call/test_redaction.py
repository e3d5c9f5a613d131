"""Marks that stand for what was taken out of the words of a call."""

from __future__ import annotations

from speechcx.call import MARKS, find_mark, split_words


def test_a_mark_is_one_word() -> None:
    """A text with marks is cut so that each mark, with its punctuation, is one word."""
    assert ["it", "is", "[card number],", "[IBAN]", "[other", "thing]"] == split_words(
        "it is [card number], [IBAN] [other thing]"
    )


def test_every_mark_is_known_by_its_kind() -> None:
    """Each mark leads back to its kind, with or without punctuation; brackets of others do not."""
    for kind, mark in MARKS.items():
        assert kind == find_mark(mark) == find_mark(f"{mark}.")
    assert find_mark("[redacted]") is None
    assert find_mark("card") is None
