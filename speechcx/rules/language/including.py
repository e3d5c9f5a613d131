"""Rulebooks that include others: starters by name, files by their path.

A rulebook's text is made whole before it is read: what it includes is written behind it, indented, under
``included:``. So the text that is kept with results says everything, its digest covers what it includes,
and a line of the rulebook itself keeps its number.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from speechcx.rules import limits
from speechcx.rules.language.rulebook_source import RulebookSource, nearest
from speechcx.rules.starter import starter_rulebook, starter_rulebooks

_ENTRY = ("from", "rules", "without")
_SUFFIXES = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class Inclusion:
    """One entry of ``include:``.

    Parameters
    ----------
    node
        Where it stands.
    key
        Which document: a starter's name, or a path from the folder of the first rulebook.
    rules
        Ids of the rules to take, with what they need; None for everything, scorecards too.
    without
        Ids of rules to leave out.
    """

    node: yaml.Node
    key: str
    rules: tuple[str, ...] | None = None
    without: tuple[str, ...] = ()


@dataclass(slots=True)
class Whole:
    """A rulebook's text with what it includes.

    Parameters
    ----------
    text
        The rulebook, and behind it ``included:``.
    reasons
        Why documents could not be included, by key.
    """

    text: str
    reasons: dict[str, str] = field(default_factory=dict)


def make_whole(text: str, path: Path | None = None) -> Whole:
    """A rulebook's text with the texts of all it includes, and of what those include.

    Parameters
    ----------
    text
        Of the rulebook; one that is whole already stays as it is.
    path
        Its file; without it, only starters can be included.
    """
    whole = Whole(text)
    own = "" if path is None else path.name
    found: dict[str, str] = {}
    waiting = [(text, own, 1)]
    while waiting:
        current, parent, depth = waiting.pop(0)
        keys = _keys_in(current, parent)
        if keys is None:
            return whole
        for key in keys:
            if key in found or key in whole.reasons:
                continue
            try:
                other = _read(key, own, path, depth=depth, count=len(found))
            except ValueError as error:
                whole.reasons[key] = str(error)
                continue
            found[key] = other
            waiting.append((other, key, depth + 1))
    if found:
        documents = "".join(_indented(key, other) for key, other in found.items())
        whole.text = f"{text.rstrip()}\n\nincluded:\n{documents}"
    return whole


def _keys_in(text: str, parent: str) -> list[str] | None:
    """Documents that a text includes; None where it is no YAML or whole already."""
    # Not composed directly: of a text that is nested deeply enough, the parser in C ends the process.
    root = RulebookSource(text).root()
    pairs = root.value if isinstance(root, yaml.MappingNode) else []
    named = {name.value: value for name, value in pairs if isinstance(name, yaml.ScalarNode)}
    if "included" in named:
        return None
    entries = named["include"].value if isinstance(named.get("include"), yaml.SequenceNode) else []
    names = [_name_in(entry) for entry in entries]
    return [key_of(name, parent) for name in names if name]


def _name_in(entry: yaml.Node) -> str:
    if isinstance(entry, yaml.MappingNode):
        named = {name.value: value for name, value in entry.value if isinstance(name, yaml.ScalarNode)}
        entry = named.get("from", yaml.ScalarNode("", ""))
    return str(entry.value).strip() if isinstance(entry, yaml.ScalarNode) else ""


def key_of(name: str, parent: str) -> str:
    """What an entry of ``include:`` names: a starter as it is; a path from the first rulebook's folder.

    Examples
    --------
    >>> key_of("risk", "ours/main.yaml"), key_of("../all.yaml", "ours/main.yaml")
    ('risk', 'all.yaml')
    """
    plain = name.strip().replace("\\", "/")
    if "/" not in plain and not plain.endswith(_SUFFIXES):
        return plain
    return posixpath.normpath(posixpath.join(posixpath.dirname(parent), plain))


def _read(key: str, own: str, path: Path | None, *, depth: int, count: int) -> str:
    """The text of a document; a ValueError says why there is none."""
    if key == own:
        raise ValueError("a rulebook that includes itself")
    if depth > limits.INCLUDE_DEPTH:
        raise ValueError(f"includes more than {limits.INCLUDE_DEPTH} levels deep")
    if count >= limits.INCLUDES:
        raise ValueError(f"more than {limits.INCLUDES} included rulebooks")
    if "/" not in key and not key.endswith(_SUFFIXES):
        if key not in starter_rulebooks():
            raise ValueError(f"no starter rulebook {key!r}; {nearest(key, starter_rulebooks())}")
        return starter_rulebook(key)
    if path is None:
        raise ValueError(f"the path {key}, and this rulebook is no file")
    if posixpath.isabs(key) or ":" in key.split("/")[0]:
        raise ValueError(f"the absolute path {key}; only paths from the rulebook's folder")
    return _read_file(path.parent / key, key)


def _read_file(file: Path, key: str) -> str:
    try:
        if file.stat().st_size > limits.FILE_BYTES:
            raise ValueError(f"{key}, which is bigger than {limits.FILE_BYTES:,} bytes")
        return file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ValueError(f"{key}, which cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ValueError(f"{key}, which is not UTF-8 text") from error


def _indented(key: str, text: str) -> str:
    """A document as an entry of ``included:``; its first line is the one after that with its name."""
    lines = [
        line if line.strip() not in ("---", "...") else "" for line in text.replace("\t", " ").splitlines()
    ]
    body = "".join(f"    {line}\n" if line.strip() else "\n" for line in lines)
    quoted = key.replace("'", "''")
    return f"  - from: '{quoted}'\n{body}"


def read_inclusions(source: RulebookSource, node: yaml.Node, parent: str) -> list[Inclusion]:
    """The entries of ``include:``; problems go to the source."""
    found = []
    for item in source.items(node, "include"):
        if isinstance(item, yaml.ScalarNode):
            name = source.text_of(item, "an entry of include")
            if name:
                found.append(Inclusion(item, key_of(name, parent)))
            continue
        fields = source.fields(item, "an entry of include", _ENTRY)
        if "from" not in fields:
            source.complain(item, "an entry of include has no from", "from: a starter or a path")
            continue
        name = source.text_of(fields["from"], "from")
        rules = _names(source, fields, "rules")
        if name:
            chosen = tuple(rules) if "rules" in fields else None
            found.append(
                Inclusion(item, key_of(name, parent), chosen, tuple(_names(source, fields, "without")))
            )
    return found


def _names(source: RulebookSource, fields: Mapping[str, yaml.Node], key: str) -> list[str]:
    if key not in fields:
        return []
    texts = [source.text_of(item, f"an entry of {key}") for item in source.items(fields[key], key)]
    return [text for text in texts if text]


def plain_value(node: yaml.Node) -> object:
    """What a node says, without where: equal for two that say the same."""
    if isinstance(node, yaml.MappingNode):
        return frozenset((plain_value(name), plain_value(value)) for name, value in node.value)
    if isinstance(node, yaml.SequenceNode):
        return tuple(plain_value(item) for item in node.value)
    return " ".join(str(node.value).split())
