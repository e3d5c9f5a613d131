"""The way to an answer changes with what the answer depends on, and with nothing else."""

import pytest

from speechcx.ask.qa.question_digest import digest_questions

BOOK = """
rulebook: small
version: 1
lists:
  product: [card, loan]
  other: [umbrella]
rules:
  - {id: unrelated, title: Unrelated, kind: driver, severity: info, said: '"good day"'}
  - {id: greeting, title: Greets, kind: compliance, severity: minor, said: '"thank you for {product}"', by: agent}
  - {id: outer, title: Outer, kind: behaviour, severity: minor, any: [{rule: greeting}, {said: 'hello'}]}
scorecards:
  - id: quality
    sections:
      - title: Opening
        weight: 60
        questions:
          - {id: greeted, text: Greeted?, rule: greeting}
          - {id: outer, text: Outer?, rule: outer}
          - {id: asked, text: Polite?, ask: person}
      - title: Rest
        weight: 40
        questions:
          - {id: quiet, text: Quiet?, metric: hold_s, bands: {yes: "<= 5", no: "> 5"}, applies_if: {rule: unrelated}}
"""


def ways(text: str) -> dict[str, str]:
    """Digests of one text."""
    return digest_questions(text, text, "quality")


def changed(old: str, new: str) -> set[str]:
    """Questions whose way differs after a replacement in the text."""
    before, after = ways(BOOK), ways(BOOK.replace(old, new))
    assert before.keys() == after.keys()
    return {name for name in before if before[name] != after[name]}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("version: 1", "version: 2", set()),
        ("umbrella", "parasol", set()),
        ("title: Greets", "title: Says hello", set()),
        ("severity: minor", "severity: major", set()),
        ("weight: 60", "weight: 10", set()),
        ("by: agent", "by: customer", {"greeted", "outer"}),
        ("[card, loan]", "[card, loan, account]", {"greeted", "outer"}),
        ("said: 'hello'", "said: 'hi'", {"outer"}),
        ("text: Polite?", "text: Was it polite?", {"asked"}),
        ("Greeted?", "Greeted by name?", {"greeted"}),
        ('"<= 5"', '"<= 4"', {"quiet"}),
        ("good day", "good night", {"quiet"}),
    ],
)
def test_the_way_follows_what_the_answer_depends_on(old: str, new: str, expected: set[str]) -> None:
    """Rules, lists, conditions and the question's words count; titles, weights and other rules do not."""
    assert expected == changed(old, new)


def test_rules_before_it_do_not_matter() -> None:
    """A rule put in front, which renumbers all others, changes no way."""
    more = "rules:\n  - {id: first, title: First, kind: driver, severity: info, said: 'umbrella'}"
    assert set() == changed("rules:", more)


def test_without_a_text_there_is_no_way() -> None:
    """A rulebook whose text is not stored, is unreadable, or has no such form gives nothing."""
    assert {} == digest_questions("d", None, "quality")
    assert {} == digest_questions("e", "rulebook: [", "quality")
    assert {} == digest_questions("f", BOOK, "other")
