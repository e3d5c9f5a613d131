"""Tests of the starter rulebooks and the samples' on sentences people say: said, not said, nearly said.

Each line of ``said/*.tsv`` is a rule, ``+`` or ``-``, and the words; turns are parted by " / ", ``a:`` for the agent
and ``c:`` for the customer. ``dev`` is what the rules were written with, ``held`` was looked at once afterwards, and
``third`` to ``thirteenth`` were written one after the other: docs/rules.md gives the figures of the first look at each.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import pytest

from speechcx.call import Party
from speechcx.rules import Line, Rulebook, RuleTest, parse_rulebook, read_rulebook, view_test
from speechcx.rules.checks.rulebook_tests import judge_rule
from speechcx.rules.starter import starter_rulebook, starter_rulebooks

ROOT = Path(__file__).parents[2]
SAID = Path(__file__).parent / "said"
SAMPLES = "samples"
BOOKS = (*starter_rulebooks(), SAMPLES)
RECALL, PRECISION = 0.95, 0.97
PARTIES: dict[str, Party] = {"a": "agent", "c": "customer"}


@lru_cache(maxsize=16)
def book_of(name: str) -> Rulebook:
    """A starter, or the samples' rulebook."""
    if name == SAMPLES:
        return read_rulebook(ROOT / "samples" / "rulebook.yaml")
    return parse_rulebook(starter_rulebook(name))


def lines_of(text: str, party: Party, rule: str) -> tuple[Line, ...]:
    """The turns of a line; a closing is said at the end of a call."""
    turns = [("agent", 0.0, "Right then."), (party, 100.0, text)] if rule == "closing" else []
    for number, part in enumerate(() if turns else text.split(" / ")):
        who = PARTIES[part[0]] if part[1:3] == ": " else party
        turns.append((who, 5.0 + 6.0 * number, part[3:] if part[1:3] == ": " else part))
    return tuple(Line(who, at, None, words) for who, at, words in turns)  # type: ignore[arg-type]


def sentences(book: str) -> list[tuple[str, bool, tuple[Line, ...], str]]:
    """Rule, whether it must be found, turns and words of all lines about a rulebook's rules."""
    found = []
    rules = {rule.id for rule in book_of(book).rules}
    for path in sorted(SAID.glob("*.tsv")):
        party: Party = "agent" if path.name.startswith("agent") else "customer"
        for line in path.read_text(encoding="utf-8").splitlines():
            where, sign, text = line.split("\t")
            owner, _, rule = where.rpartition(":")
            is_mine = owner == book if owner else not book.startswith("drivers-")
            if is_mine and rule in rules:
                found.append((rule, sign == "+", lines_of(text, party, rule), text))
    return found


@pytest.mark.parametrize("book", BOOKS)
def test_rules_find_what_is_said_and_not_what_is_nearly_said(book: str) -> None:
    """Recall of 0.95 and precision of 0.97 or better on at least forty sentences of each rulebook."""
    asked = sentences(book)
    missed, false, right = [], [], 0
    for rule, wanted, says, text in asked:
        value = judge_rule(book_of(book), rule, view_test(RuleTest(rule, "present", says))).value
        right += wanted and value == "present"
        if wanted and value != "present":
            missed.append((rule, text))
        if not wanted and value == "present":
            false.append((rule, text))
    assert len(asked) >= 40
    assert right / (right + len(missed)) >= RECALL, missed
    assert right / (right + len(false)) >= PRECISION, false


def test_there_are_sentences_of_both_sides() -> None:
    """More than two hundred that say it, and more than two hundred that do not."""
    lines = [
        line.split("\t")[1] for path in SAID.glob("*.tsv") for line in path.read_text("utf-8").splitlines()
    ]
    assert lines.count("+") > 200
    assert lines.count("-") > 200
