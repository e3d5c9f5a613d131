"""A YAML file as nodes with line and column: safe, bounded, with errors for people.

Only plain values, lists and mappings are read; no tag is obeyed. Depth, size, number of values and
aliases are bounded before anything is built, duplicate keys are refused, and every problem is
collected rather than the first one thrown.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

import yaml

from speechcx.rules import limits

_UNFIT = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_LEADING_TAB = re.compile(r"(?m)^ *\t(?=[ \t]*[^ \t\r\n#])")
_Loader: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True, order=True)
class RulebookProblem:
    """One thing wrong with a rulebook.

    Parameters
    ----------
    line, column
        Where, from 1.
    level
        ``error``: the rulebook cannot be used; ``warning``: it can, but probably does not do what is meant.
    found, expected
        What is there, and what would be legal.
    file
        The included rulebook that line and column are of; '' for the rulebook itself.
    """

    line: int
    column: int
    level: Literal["error", "warning"]
    found: str
    expected: str = ""
    file: str = ""

    def __str__(self) -> str:
        end = f"; expected: {self.expected}" if self.expected else ""
        return f"{self.file + ', ' if self.file else ''}line {self.line}, column {self.column}: {self.found}{end}"


def find_language(text: str) -> str:
    """The language a rulebook's text says it reads, without reading the rest; English where it says none."""
    depth, key = 0, None
    try:
        for event in yaml.parse(text, Loader=_Loader):
            if isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
                depth, key = depth + 1, None if depth == 1 else key
            elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
                depth -= 1
            elif depth == 1 and isinstance(event, yaml.ScalarEvent | yaml.AliasEvent):
                if key == "language" and isinstance(event, yaml.ScalarEvent):
                    return str(event.value)
                key = None if key is not None else getattr(event, "value", "")
    except yaml.YAMLError:
        pass
    return "en"


class RulebookSource:
    """The text of a rulebook and what is wrong with it, collected while it is read.

    Parameters
    ----------
    text
        The file's text.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.problems: list[RulebookProblem] = []
        self._nodes = 0

    def complain(self, node: yaml.Node, found: str, expected: str = "", *, shift: int = 0) -> None:
        """Keep an error at `node`, `shift` characters into its value."""
        line, column = self._place(node, shift)
        self.problems.append(RulebookProblem(line, column, "error", found, expected))

    def warn(self, node: yaml.Node, found: str, expected: str = "") -> None:
        """Keep a warning at `node`."""
        line, column = self._place(node, 0)
        self.problems.append(RulebookProblem(line, column, "warning", found, expected))

    def _place(self, node: yaml.Node, shift: int) -> tuple[int, int]:
        line, column = node.start_mark.line + 1, node.start_mark.column + 1
        style = getattr(node, "style", None)
        if not shift or node.end_mark.line != node.start_mark.line:
            return line, column
        if style == "'":
            shift += node.value[:shift].count("'")
        return line, column + shift + (1 if style in ("'", '"') else 0)

    def root(self) -> yaml.Node | None:
        """The file's top value, or None with the reason among the problems."""
        if len(self.text.encode("utf-8", "replace")) > limits.FILE_BYTES:
            size = f"{limits.FILE_BYTES:,} bytes"
            self.problems.append(RulebookProblem(1, 1, "error", "the rulebook is too big", f"at most {size}"))
            return None
        if not self._is_plain():
            return None
        try:
            if not self._is_bounded():
                return None
            node: yaml.Node | None = yaml.compose(self._form(), Loader=_Loader)
        except (yaml.YAMLError, UnicodeError) as error:
            mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
            self._complain_of_form(mark.line if mark else 0, mark.column if mark else 0)
            return None
        if node is None:
            self.problems.append(
                RulebookProblem(1, 1, "error", "the rulebook is empty", "'rulebook: name' and rules")
            )
        return node

    def _form(self) -> str:
        """The text as the parsers in C and in Python read it alike: no tabs inside lines, and the last line ends."""
        text = self.text.replace("\t", " ")
        return text if text.endswith("\n") else text + "\n"

    def _is_plain(self) -> bool:
        """Whether the text holds nothing but characters that YAML allows; if not, a problem at the first other."""
        found = _UNFIT.search(self.text) or _LEADING_TAB.search(self.text)
        if found is None:
            return True
        before = self.text[: found.end() - 1]
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        if found[0].endswith("\t"):
            problem = "a tab at the start of the line", "spaces, not tabs, at the start of a line"
        else:
            problem = (
                f"the character U+{ord(found[0]):04X}, which is no text",
                "plain text in UTF-8: delete it",
            )
        self.problems.append(RulebookProblem(line, column, "error", *problem))
        return False

    def _complain_of_form(self, line: int, column: int) -> None:
        """Keep that the text is no YAML from a place on, counted from 0; said by what stands there.

        The parsers in C and in Python find the same places but have different words for them.
        """
        lines = self.text.splitlines()
        here = lines[line] if line < len(lines) else ""
        rest = here[column : column + 20].rstrip()
        if rest.startswith(":"):
            hint = "text with a colon inside to stand in quotation marks"
        else:
            hint = "quotation marks and brackets closed, and lines of one group indented alike"
        found = f"not YAML from here on: {rest!r}" if rest else "not YAML up to here"
        self.problems.append(RulebookProblem(line + 1, column + 1, "error", found, hint))

    def _is_bounded(self) -> bool:
        depth = aliases = values = 0
        for event in yaml.parse(self._form(), Loader=_Loader):
            if isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
                depth += 1
            elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
                depth -= 1
            aliases += isinstance(event, yaml.AliasEvent)
            values += isinstance(event, yaml.ScalarEvent)
            for count, most, what in (
                (depth, limits.YAML_DEPTH, "levels inside each other"),
                (aliases, limits.YAML_ALIASES, "uses of *names"),
                (values, limits.YAML_NODES, "values"),
            ):
                if count > most:
                    mark = event.start_mark
                    place = (mark.line + 1, mark.column + 1) if mark else (1, 1)
                    self.problems.append(
                        RulebookProblem(*place, "error", f"more than {most:,} {what}", "a simpler file")
                    )
                    return False
        return True

    def count(self, node: yaml.Node) -> bool:
        """Count a visited value; False once there are too many (aliases can multiply them)."""
        self._nodes += 1
        if self._nodes == limits.YAML_NODES + 1:
            self.complain(node, f"more than {limits.YAML_NODES:,} values", "fewer uses of *names")
        return self._nodes <= limits.YAML_NODES

    def text_of(self, node: yaml.Node, what: str) -> str | None:
        """The text of a plain value; None (and a problem) for a list, a group or nothing."""
        if not self.count(node):
            return None
        if not isinstance(node, yaml.ScalarNode):
            self.complain(node, f"{what} is {name_kind(node)}", "text")
            return None
        if node.tag == "tag:yaml.org,2002:null" and not node.style:
            self.complain(node, f"{what} is empty", "text")
            return None
        value: str = node.value
        return value

    def items(self, node: yaml.Node, what: str) -> Iterator[yaml.Node]:
        """The values of a list."""
        if not self.count(node):
            return
        if not isinstance(node, yaml.SequenceNode):
            self.complain(
                node, f"{what} is {name_kind(node)}", "a list: [a, b] or lines that begin with '- '"
            )
            return
        yield from node.value

    def pairs(self, node: yaml.Node, what: str) -> Iterator[tuple[str, yaml.Node, yaml.Node]]:
        """Key, key's node and value's node of a group, without keys given twice."""
        if not self.count(node):
            return
        if not isinstance(node, yaml.MappingNode):
            self.complain(node, f"{what} is {name_kind(node)}", "a group of 'name: value' lines")
            return
        seen: set[str] = set()
        for key_node, value in node.value:
            key = self.text_of(key_node, f"a name in {what}")
            if key is None:
                continue
            if key in seen:
                self.complain(key_node, f"{key!r} is given twice in {what}", "each name once")
                continue
            seen.add(key)
            yield key, key_node, value

    def fields(self, node: yaml.Node, what: str, legal: Iterable[str]) -> dict[str, yaml.Node]:
        """The values of a group by key; keys that are not legal are problems with the nearest legal one."""
        legal = tuple(legal)
        found: dict[str, yaml.Node] = {}
        for key, key_node, value in self.pairs(node, what):
            if key in legal:
                found[key] = value
            else:
                self.complain(key_node, f"unknown name {key!r} in {what}", nearest(key, legal))
        return found

    def choice(self, node: yaml.Node, what: str, legal: Iterable[str]) -> str | None:
        """A plain value that must be one of `legal`."""
        legal = tuple(legal)
        value = self.text_of(node, what)
        if value is None or value in legal:
            return value
        self.complain(node, f"{what} {value!r}", nearest(value, legal))
        return None

    def number(self, node: yaml.Node, what: str, low: float, high: float) -> float | None:
        """A plain value that must be a number from `low` to `high`."""
        value = self.text_of(node, what)
        if value is None:
            return None
        try:
            number = float(value)
        except ValueError:
            number = float("nan")
        if not low <= number <= high:
            self.complain(node, f"{what} {value!r}", f"a number from {low:g} to {high:g}")
            return None
        return number

    def truth(self, node: yaml.Node, what: str) -> bool:
        """A plain value that must be true or false."""
        value = self.choice(node, what, ("true", "false"))
        return value == "true"


def name_kind(node: yaml.Node) -> str:
    """What a node is, for messages."""
    if isinstance(node, yaml.ScalarNode):
        return "a value" if node.value else "empty"
    return "a list" if isinstance(node, yaml.SequenceNode) else "a group of 'name: value' lines"


def nearest(value: str, legal: Iterable[str]) -> str:
    """What would be legal, with the nearest name first."""
    legal = tuple(legal)
    near = difflib.get_close_matches(value, legal, n=1, cutoff=0.6)
    listed = ", ".join(legal[:40])
    return f"did you mean {near[0]!r}? Legal are {listed}" if near else f"one of {listed}"
