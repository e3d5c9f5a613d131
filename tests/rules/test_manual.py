"""Every example in the manual is run: the rulebooks with their tests, the tables of phrases, the words in bold."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from speechcx.rules import limits, parse_rulebook, run_rulebook_tests
from speechcx.rules.language.conditions import RULE_KINDS, SEVERITIES, TURN_NUMBERS
from speechcx.rules.language.examples import _LINE, _TEST
from speechcx.rules.language.pattern import SLOTS
from speechcx.rules.language.read_conditions import CONDITION_KEYS
from tests.rules.talk import ask, book, customer

MANUAL = (Path(__file__).resolve().parents[2] / "docs" / "rules.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```yaml\n(.*?)```", MANUAL, re.DOTALL)
ROWS = [
    [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
    for table in re.findall(r"<!-- phrases -->\n(.*?)\n\n", MANUAL, re.DOTALL)
    for line in table.splitlines()[2:]
]


@pytest.mark.parametrize("block", BLOCKS, ids=range(len(BLOCKS)))
def test_rulebooks_of_the_manual_do_what_they_say(block: str) -> None:
    """Each rulebook is read and passes its own tests."""
    source = block if block.startswith("rulebook:") else f"rulebook: manual\nversion: 1\n{block}"
    outcomes = run_rulebook_tests(parse_rulebook(source, "docs/rules.md"))
    assert outcomes
    assert [] == [outcome for outcome in outcomes if not outcome.passed]


@pytest.mark.parametrize(("phrase", "words", "found"), ROWS, ids=[f"{row[0]} {row[1][:20]}" for row in ROWS])
def test_phrases_of_the_manual_find_what_is_bold(phrase: str, words: str, found: str) -> None:
    """Each row's phrase finds exactly the words in bold, or nothing."""
    result = ask(book(f"said: >-\n  {phrase.strip('`')}"), customer(words))
    quotes = [f"**{hit.quote}**" for hit in result.hits] if result.value == "present" else ["-"]
    assert [found] == quotes


def test_there_are_examples_enough() -> None:
    """The manual has forty worked examples and more."""
    tests = sum(block.count("expect: present}") + block.count("expect: absent}") for block in BLOCKS)
    assert len(ROWS) >= 40
    assert tests >= 40


@pytest.mark.parametrize(
    "name",
    [
        *CONDITION_KEYS,
        *TURN_NUMBERS,
        *RULE_KINDS,
        *SEVERITIES,
        *_TEST,
        *_LINE,
        *(f"{{{slot}" for slot in SLOTS),
    ],
)
def test_every_name_of_the_language_is_explained(name: str) -> None:
    """No key, measure, kind or slot is missing from the manual."""
    assert re.search(rf"`[^`]*{re.escape(name)}\b[^`]*`", MANUAL), name


def test_the_limits_of_the_manual_are_those_of_the_code() -> None:
    """Numbers in the last paragraph are the code's."""
    text = " ".join(MANUAL[MANUAL.index("**Limits**") :].split())
    for number in (
        f"{limits.RULES:,} rules", f"{limits.LIST_ITEMS:,} list entries", f"{limits.PHRASE_CHARACTERS:,} characters",
        f"{limits.PHRASE_DEPTH} brackets deep", f"with {limits.OPERATORS} of", f"of {limits.PHRASE_WORDS} words",
        f"gaps of {limits.GAP_WORDS} words", f"{limits.NEAR_WORDS} words or {limits.NEAR_SECONDS} seconds",
        f"conditions {limits.CONDITION_DEPTH} deep", f"{limits.FILE_BYTES // 1_000_000} MB",
    ):  # fmt: skip
        assert number in text
