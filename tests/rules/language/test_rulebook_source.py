"""Tests of the safe, bounded reading of YAML."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from speechcx.rules import limits, lint
from speechcx.rules.language import rulebook_source as source
from speechcx.rules.language.rulebook_source import RulebookSource, nearest


def problems(text: str) -> list[str]:
    """What is wrong with a text before anything is made of it."""
    read = RulebookSource(text)
    read.root()
    return [str(problem) for problem in read.problems]


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("", "line 1", "is empty"),
        ("a: [1, 2", "line", "brackets closed"),
        ("a: b: c", "line 1, column 5", "colon inside"),
        ("a:\n\tb: 1", "line 2", "spaces, not tabs"),
        ("a: \x00", "line 1, column 4", "U+0000"),
        ("[" * 50 + "]" * 50, "line 1, column 41", "levels inside each other"),
        ("a: &x 1\nb: [" + "*x, " * 150 + "]", "line 2", "uses of *names"),
        ("a" * (limits.FILE_BYTES + 1), "line 1", "too big"),
    ],
)
def test_bad_yaml_is_explained(text: str, place: str, message: str) -> None:
    """A file that cannot be read says where and why."""
    (found,) = problems(text)
    assert place in found
    assert message in found


def test_values_over_the_limit_are_refused_before_they_are_built() -> None:
    """More values than allowed stop the reading."""
    assert "values" in problems("[" + "a," * (limits.YAML_NODES + 1) + "]")[0]


def test_keys_given_twice_are_problems() -> None:
    """The second of two equal keys is named with its line."""
    source = RulebookSource("a: 1\nb: 2\na: 3\n")
    root = source.root()
    assert root is not None
    assert {"a", "b"} == set(source.fields(root, "the file", ("a", "b")))
    assert "line 3, column 1: 'a' is given twice" in str(source.problems[0])


def test_unknown_keys_get_the_nearest_name() -> None:
    """A misspelt key is told the right one."""
    source = RulebookSource("tittle: x")
    root = source.root()
    assert root is not None
    source.fields(root, "a rule", ("title", "kind"))
    assert "did you mean 'title'" in str(source.problems[0])
    assert "one of a, b" == nearest("zzz", ("a", "b"))


@pytest.mark.parametrize(
    ("text", "call", "message"),
    [
        ("a: [1]", "text_of", "a list; expected: text"),
        ("a: {b: 1}", "text_of", "a group"),
        ("a:", "text_of", "is empty"),
        ("a: 1", "items", "expected: a list"),
        ("a: 1", "pairs", "expected: a group"),
    ],
)
def test_values_of_the_wrong_kind_are_problems(text: str, call: str, message: str) -> None:
    """A list where text is asked, or the reverse, says what it is."""
    source = RulebookSource(text)
    root = source.root()
    assert isinstance(root, yaml.MappingNode)
    found = getattr(source, call)(root.value[0][1], "a")
    assert found is None or [] == list(found)
    assert message in str(source.problems[0])


def test_numbers_choices_and_truths_are_checked() -> None:
    """A plain value out of its range is a problem with the range."""
    source = RulebookSource("[2, x, maybe, true, yes]")
    root = source.root()
    assert isinstance(root, yaml.SequenceNode)
    two, word, maybe, true, yes = root.value
    assert 2.0 == source.number(two, "n", 1, 3)
    assert source.number(two, "n", 3, 4) is None
    assert source.number(word, "n", 0, 1) is None
    assert source.choice(maybe, "c", ("yes", "no")) is None
    assert source.truth(true, "t")
    assert not source.truth(yes, "t")
    assert 4 == len(source.problems)


def test_columns_point_into_the_value() -> None:
    """A place inside a quoted value counts the quotation mark, doubled ones too."""
    source = RulebookSource("a: 'it''s bad here'")
    root = source.root()
    assert isinstance(root, yaml.MappingNode)
    node = root.value[0][1]
    source.complain(node, "x", shift=node.value.index("bad"))
    assert (1, 1 + "a: 'it''s bad here'".index("bad")) == (source.problems[0].line, source.problems[0].column)


@given(st.text(max_size=200))
def test_any_text_is_read_or_explained(text: str) -> None:
    """Whatever the file holds, there is a root or a problem, never an exception."""
    source = RulebookSource(text)
    assert (source.root() is None) == bool(source.problems)


def test_tags_are_not_obeyed() -> None:
    """A tag that asks for an object makes none: only the text counts."""
    source = RulebookSource("a: !!python/object/apply:os.system ['echo hi']")
    root = source.root()
    assert isinstance(root, yaml.MappingNode)
    assert isinstance(root.value[0][1], yaml.SequenceNode)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: [1, 2", "line 2, column 1: not YAML up to here; expected: quotation marks and brackets closed"),
        ("a: b: c\n", "line 1, column 5: not YAML from here on: ': c'; expected: text with a colon"),
        ("a: , b\n", "line 1, column 4: not YAML from here on: ', b'; expected: quotation marks"),
        ("a: @x\n", "line 1, column 4: not YAML from here on: '@x'"),
        ("a: 'b\n", "line 2, column 1: not YAML up to here"),
        ("a: %b\n", "line 1, column 4: not YAML from here on: '%b'"),
        ("a: 1\n  b: 2\n", "line 2, column 4: not YAML from here on: ': 2'; expected: text with a colon"),
        ("a: \ud800\n", "line 1, column 4: the character U+D800, which is no text"),
        ("a: 1\nb:\n  \tc: 1\n", "line 3, column 3: a tab at the start of the line; expected: spaces"),
        ("a: *b\n", "line 1, column 4: not YAML from here on: '*b'"),
    ],
)
@pytest.mark.parametrize("loader", ["CSafeLoader", "SafeLoader"])
def test_problems_are_told_alike_with_and_without_libyaml(
    monkeypatch: pytest.MonkeyPatch, loader: str, text: str, expected: str
) -> None:
    """The place and the words do not depend on which parser this machine has."""
    if not hasattr(yaml, loader):
        pytest.skip("PyYAML was built without libyaml")
    monkeypatch.setattr(source, "_Loader", getattr(yaml, loader))
    (found,) = problems(text)
    assert found.startswith(expected)


def test_tabs_inside_lines_do_no_harm() -> None:
    """Between a name and its value, in a phrase, before a remark; a line of nothing but tabs is empty."""
    text = "rulebook:\tx\nversion: 1\t# one\n\t\nrules:\n  - {id: a, kind: risk, said: '\"big\tdog\"'}\n"
    assert () == lint(text)


@given(
    st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass"))
)
def test_random_bytes_are_problems_with_a_place(data: bytes) -> None:
    """Never another error, and always a message."""
    found = lint(data.decode("utf-8", "replace"))
    assert found
    assert all(problem.line >= 1 and problem.column >= 1 and problem.found for problem in found)
