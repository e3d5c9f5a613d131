"""Tests of parts of a rulebook that are declared once."""

from __future__ import annotations

import pytest

from speechcx.rules import lint
from speechcx.rules.language.read_scorecards import WrittenScorecard
from speechcx.rules.language.rulebook_part import list_keys
from speechcx.rules.language.rulebook_source import RulebookSource
from speechcx.rules.language.schema import rulebook_schema

HEAD = "rulebook: t\nversion: 1\nrules:\n  - {id: hi, kind: behaviour, said: hello}\n\n\n"


def read(text: str) -> tuple[WrittenScorecard | None, list[str]]:
    """A scorecard of that text, and the problems."""
    source = RulebookSource(text)
    node = source.root()
    assert node is not None
    return WrittenScorecard.read(source, node), [problem.found for problem in source.problems]


def test_the_manual_and_the_schema_have_the_same_keys() -> None:
    """Both come from the declaration that reads them, in the same order."""
    listed = [(part, key) for part, key, *_ in list_keys(WrittenScorecard)]
    definitions: dict = rulebook_schema()["$defs"]  # type: ignore[assignment, call-overload, index, type-arg]
    parts = ("scorecard", "section", "question")
    assert listed == [(part, key) for part in parts for key in definitions[part]["properties"]]


def test_a_part_knows_the_places_of_its_keys() -> None:
    """The place of a value is where it is written, that of a key that is not written is the part's."""
    card, problems = read("id: a\nsections:\n  - {title: t, questions: [{id: q, text: T, ask: person}]}\n")
    assert card is not None
    assert [] == problems
    (question,) = card.sections[0].questions
    assert (2, 41) == (question.node_of("text").start_mark.line, question.node_of("text").start_mark.column)
    assert question.node is question.node_of("weight")


def test_a_wrong_part_is_left_out_and_told() -> None:
    """What stands beside it is read."""
    card, problems = read(
        "id: a\nsections:\n  - {title: t, questions: [{id: q}, {id: r, text: R, ask: person}]}\n"
    )
    assert card is not None
    assert ["r"] == [question.id for question in card.sections[0].questions]
    assert ["question 'q' has no text"] == problems


@pytest.mark.parametrize(
    "cards", ["words", "{id: a}", "[words]", "[{id: a, sections: words}]", "[{id: a, sections: [words]}]"]
)
def test_scorecards_of_another_form_are_told(cards: str) -> None:
    """A text or a group in the place of a list, or a text in the place of a group, is a problem with its place."""

    problems = lint(f"{HEAD}scorecards: {cards}\n")
    assert [7] == [problem.line for problem in problems]
    assert problems[0].expected in (
        "a list: [a, b] or lines that begin with '- '",
        "a group of 'name: value' lines",
    )
