"""Rules cut out of the text of their rulebook."""

import pytest
import yaml

from speechcx.ask.compliance.rule_text import find_rule_text, replace_rule_text

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


BLOCKS = """\
rulebook: blocks
version: 1
rules:
  - id: first
    said: hello
    # of the next rule
  - id: second
    kind: risk
    said: supervisor
  - {id: third, said: bye}
tests: []
"""


@pytest.mark.parametrize("name", ["first", "second", "third"])
def test_a_draft_stands_in_the_place_of_its_rule_and_nothing_else_changes(name: str) -> None:
    """In block and in flow style, in the middle and at the end: the other rules read as before."""
    draft = f"id: {name}\nsaid:\n  all: [one, two]"
    whole = replace_rule_text(BLOCKS, name, draft)
    assert whole is not None
    before, after = (yaml.safe_load(text) for text in (BLOCKS, whole))
    for old, new in zip(before["rules"], after["rules"], strict=True):
        assert new == ({"id": name, "said": {"all": ["one", "two"]}} if old["id"] == name else old)
    assert (after["rulebook"], after["tests"]) == ("blocks", [])
    assert replace_rule_text(BLOCKS, "unknown", draft) is None
