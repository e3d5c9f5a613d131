"""Rules cut out of the text of their rulebook."""

import pytest

from speechcx.ask.compliance.rule_text import find_rule_text

SOURCE = """rulebook: é€😀
rules:
  # Of the opening.
  - id: ä-ö
    title: "Grüß 😀"   # said to all
    said: 'x'

  - {id: b, said: y}
scorecards:
  - id: q
    sections:
      - title: Opening
        questions:
          - {id: greeted, text: Greeted?, rule: b}
"""


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("ä-ö", "id: ä-ö\ntitle: \"Grüß 😀\"   # said to all\nsaid: 'x'"),
        ("b", "{id: b, said: y}"),
        ("q.greeted", "{id: greeted, text: Greeted?, rule: b}"),
        ("c", None),
        ("", None),
    ],
)
def test_a_rule_is_cut_out_as_it_is_written(name: str, text: str | None) -> None:
    """With its comments and quotes, moved to the left."""
    assert text == find_rule_text(SOURCE, name)


@pytest.mark.parametrize(
    "source", [None, "", "{", "[1, 2]", "rules: 5", "rules: [5, {id: [1]}]", "a: &a [*a]", "\0"]
)
def test_a_text_without_rules_gives_none(source: str | None) -> None:
    """Also one that is no YAML."""
    assert find_rule_text(source, "b") is None
