"""Turns of several sentences, made of our own single ones: what they feel is known from how they are made."""

from __future__ import annotations

import random

import pytest

from scripts.sentiment.joined import MAX_WORDS, by_domain, join_another, make_turns
from scripts.sentiment.sources import LABELS, Example


def written(label: str, domain: str, text: str) -> Example:
    """One of our own sentences."""
    negative, neutral, positive = (float(label == name) for name in LABELS)
    return Example(text, (negative, neutral, positive), 1.0, "written", domain)


MANY = [
    written(label, domain, f"{label} {domain} number {k}" + ("", ".", "!", "?")[k % 4])
    for label in LABELS
    for domain in ("call", "message")
    for k in range(20)
]


@pytest.mark.parametrize("seed", range(20))
def test_feeling_beside_the_neutral_stays(seed: int) -> None:
    """A turn has the one feeling that its sentences hold; opposite ones never meet, nor do two domains."""
    turns = make_turns(MANY, seed=seed)
    assert len(turns) == len(MANY)
    for turn in turns:
        held = {label for label in LABELS if label in turn.text}
        assert len(held - {"neutral"}) <= 1, turn
        assert turn.label == next(iter(held - {"neutral"}), "neutral"), turn
        assert turn.domain in turn.text
        assert ("call" in turn.text) != ("message" in turn.text)


def test_order_and_number_vary() -> None:
    """The sentence one begins with comes first or later, and there are turns of two and of three."""
    turns = make_turns(MANY, seed=1)
    assert {turn.text.count("number") for turn in turns} == {2, 3}
    assert {turn.text.startswith(one.text) for turn, one in zip(turns, MANY, strict=True)} == {True, False}


def test_sentences_are_told_apart_and_one_is_addressed() -> None:
    """A full stop where none was; a name after an @ stands at the beginning only."""
    pair = [written("negative", "m", "@shop my bag is lost"), written("neutral", "m", "@shop: order 12?")]
    texts = {turn.text for seed in range(9) for turn in make_turns(pair, seed=seed)}
    assert texts == {"@shop my bag is lost. order 12?", "@shop: order 12? my bag is lost"}


def test_no_turn_longer_than_is_read() -> None:
    """Where no other sentence fits, or none is of that domain, the sentence is left as it was."""
    long = written("neutral", "call", "word " * (MAX_WORDS - 2))
    alone = written("positive", "talk", "lovely")
    for one in (long, alone):
        assert join_another(one, by_domain([*MANY, long, alone]), random.Random(3)) is one
    assert make_turns([alone], seed=1) == []


def test_opposites_alone_are_left() -> None:
    """Good and bad news in one turn would have no label."""
    pair = [written("negative", "m", "it broke"), written("positive", "m", "lovely staff")]
    assert make_turns(pair, seed=2) == []
