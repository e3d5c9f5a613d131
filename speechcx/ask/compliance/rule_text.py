"""A rule or question, and its tests, as its rulebook writes them, cut out of the kept text."""

from __future__ import annotations

import textwrap

import yaml
from yaml import MappingNode, Node, ScalarNode, SequenceNode

# The same reader as rulebooks have: the one written in Python refuses some that the other takes.
_Loader: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def find_rule_text(source: str | None, name: str) -> str | None:
    """The lines of one rule.

    Parameters
    ----------
    source
        Text of the rulebook; None where it was not kept.
    name
        Id of the rule; ``scorecard.question`` for a question.

    Returns
    -------
    str or None
        None where the text is not kept, is no YAML, or has no such rule.
    """
    node = _find_node(source, name)
    return None if source is None or node is None else _text_of(source, node)


def replace_rule_text(source: str, name: str, draft: str) -> str | None:
    """The rulebook with other lines in place of one rule's; None where it has no such rule.

    Parameters
    ----------
    source
        Text of the rulebook.
    name
        Id of the rule.
    draft
        What is to stand in its place, its lines as :func:`find_rule_text` gives them.
    """
    node = _find_node(source, name)
    if node is None:
        return None
    start, end = node.start_mark.index, node.end_mark.index
    lines = draft.strip().splitlines() or [""]
    moved = "\n".join(
        [lines[0], *(" " * node.start_mark.column + line if line.strip() else "" for line in lines[1:])]
    )
    # A block ends where the next begins: the line break between them is part of it.
    after = source[end:]
    gap = "" if after.startswith(("\n", ",", "]", "}")) or not after else "\n" + " " * _column_of(source, end)
    return source[:start] + moved + gap + after


def _column_of(source: str, at: int) -> int:
    return at - (source.rfind("\n", 0, at) + 1)


def _find_node(source: str | None, name: str) -> Node | None:
    """A rule, or a question of a scorecard, in the text."""
    parts = _read_parts(source)
    for entry in [entry for part in parts for entry in _entries(part, "rules")]:
        if _value(entry, "id") == name:
            return entry
    for card in [card for part in parts for card in _entries(part, "scorecards")]:
        for section in _entries(card, "sections"):
            for question in _entries(section, "questions"):
                if f"{_value(card, 'id')}.{_value(question, 'id')}" == name:
                    return question
    return None


def find_tests(source: str | None, name: str) -> tuple[str, ...]:
    """The tests of one rule as the rulebook writes them; none where its text was not kept or has none."""
    tests = [entry for part in _read_parts(source) for entry in _entries(part, "tests")]
    return tuple(_text_of(source or "", entry) for entry in tests if _value(entry, "rule") == name)


def _read_parts(source: str | None) -> list[Node | None]:
    """The rulebook and those that it includes; nothing where its text cannot be read."""
    if source is None:
        return []
    try:
        root = yaml.compose(source, Loader=_Loader)
    except (yaml.YAMLError, RecursionError):
        return []
    return [root, *_entries(root, "included")]


def _get(node: Node | None, key: str) -> Node | None:
    pairs = node.value if isinstance(node, MappingNode) else ()
    return next((value for name, value in pairs if name.value == key), None)


def _entries(node: Node | None, key: str) -> list[Node]:
    found = _get(node, key)
    return list(found.value) if isinstance(found, SequenceNode) else []


def _value(node: Node, key: str) -> str | None:
    found = _get(node, key)
    return str(found.value) if isinstance(found, ScalarNode) else None


def _text_of(source: str, node: Node) -> str:
    """The node's own text, its lines moved to the left."""
    start, end = node.start_mark.index, node.end_mark.index
    return textwrap.dedent(" " * node.start_mark.column + source[start:end]).strip()
