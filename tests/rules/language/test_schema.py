"""Tests of the JSON Schema for editors."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from speechcx.rules.language.examples import _LINE, _TEST
from speechcx.rules.language.read_conditions import CONDITION_KEYS
from speechcx.rules.language.read_rulebook import _RULE, _TOP
from speechcx.rules.language.schema import rulebook_schema
from speechcx.rules.starter import starter_rulebook, starter_rulebooks

ROOT = Path(__file__).resolve().parents[3]
SCHEMA: dict = rulebook_schema()  # type: ignore[assignment, type-arg]


def test_the_schema_is_a_schema_and_its_file_is_fresh() -> None:
    """docs/rulebook.schema.json is what the code makes."""
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA == json.loads((ROOT / "docs" / "rulebook.schema.json").read_text(encoding="utf-8"))


def test_the_schema_knows_every_name_of_the_reader() -> None:
    """Keys of rulebook, rule, condition, question and test are those the reader takes."""
    top = SCHEMA["properties"]
    test = top["tests"]["items"]["properties"]
    for names, properties in (
        (_TOP, top), (_RULE, top["rules"]["items"]["properties"]),
        (CONDITION_KEYS, SCHEMA["$defs"]["condition"]["properties"]),
        (_TEST, test), (_LINE, test["says"]["items"]["anyOf"][1]["properties"]),
    ):  # fmt: skip
        assert set(names) == set(properties)


@pytest.mark.parametrize("name", [*starter_rulebooks(), "samples"])
def test_good_rulebooks_are_valid(name: str) -> None:
    """The starters and the samples' rulebook hold no underlined line."""
    text = (ROOT / "samples" / "rulebook.yaml").read_text() if name == "samples" else starter_rulebook(name)
    rulebook = json.loads(json.dumps(yaml.safe_load(text)))
    assert [] == [error.message for error in Draft202012Validator(SCHEMA).iter_errors(rulebook)]


@pytest.mark.parametrize(
    "rule",
    [
        {"id": "a", "kind": "risk", "sayd": "x"}, {"id": "a", "kind": "rsk", "said": "x"}, {"id": "a", "said": "x"},
        {"id": "a", "kind": "risk", "said": "x", "within": {"first": 30}},
        {"id": "a", "kind": "risk", "metric": "hold > 3"},
        {"id": "a", "kind": "risk", "any": [{"sad": "x"}]}, {"id": "a", "kind": "risk", "turn": {"sentiment": "low"}},
    ],
)  # fmt: skip
def test_wrong_rules_are_underlined(rule: dict[str, object]) -> None:
    """Unknown names and wrong values are no valid rulebook."""
    book = {"rulebook": "t", "version": 1, "rules": [rule]}
    assert not Draft202012Validator(SCHEMA).is_valid(book)


@pytest.mark.parametrize(
    "question",
    [
        {"id": "q"}, {"id": "q", "text": "t", "rul": "a"}, {"id": "q", "text": "t", "rule": "a", "critical": "very"},
        {"id": "q", "text": "t", "metric": "hold", "bands": {"yes": "> 1"}}, {"id": "q", "text": "t", "weight": -1},
        {"id": "q", "text": "t", "metric": "hold_s", "bands": {"good": "> 1"}}, {"id": "q", "text": "t", "rule": None},
    ],
)  # fmt: skip
def test_wrong_questions_are_underlined(question: dict[str, object]) -> None:
    """What the reader of scorecards refuses is no valid rulebook in an editor either."""
    section = {"title": "s", "questions": [question]}
    book = {"rulebook": "t", "version": 1, "scorecards": [{"id": "c", "sections": [section]}]}
    assert not Draft202012Validator(SCHEMA).is_valid(book)
