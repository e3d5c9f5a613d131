"""A rulebook: phrase lists, rules, scorecards and tests out of one YAML file, read and checked."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

from speechcx.call import Scorecard
from speechcx.errors import RulebookError
from speechcx.rules import limits
from speechcx.rules.language.conditions import Rule, Said, inside
from speechcx.rules.language.examples import RuleTest
from speechcx.rules.language.including import make_whole
from speechcx.rules.language.pattern import Expression, Phrase
from speechcx.rules.language.read_rulebook import RulebookReader, refs_of
from speechcx.rules.language.rulebook_source import RulebookProblem, RulebookSource, nearest

LANGUAGE_VERSION = 3
"""Part of every digest: raised when the same rulebook would find something else than before."""


@dataclass(frozen=True, slots=True)
class Rulebook:
    """A checked rulebook.

    Parameters
    ----------
    name, version, language
        As the file says.
    digest
        SHA-256 of the text and of the language's version: it goes with every hit and score.
    source
        The file's text: the same rulebook can be made from it anywhere.
    rules
        All rules; those of kind ``hidden`` stand for an ``applies_if`` of a scorecard.
    lists
        (name, phrases) pairs.
    scorecards
        Forms to fill in.
    tests
        Examples with what they must give.
    """

    name: str
    version: str
    language: str
    digest: str
    source: str
    rules: tuple[Rule, ...]
    lists: tuple[tuple[str, tuple[Phrase, ...]], ...]
    scorecards: tuple[Scorecard, ...]
    tests: tuple[RuleTest, ...]

    def rule(self, name: str) -> Rule:
        """The rule of that id.

        Raises
        ------
        RulebookError
            There is none; the message gives the nearest.
        """
        for rule in self.rules:
            if rule.id == name:
                return rule
        raise RulebookError(
            f"rulebook {self.name!r} has no rule {name!r}",
            nearest(name, [rule.id for rule in self.rules if rule.kind != "hidden"]),
            "correct the name of the rule",
        )

    def for_language(self, code: str | None) -> Rulebook:
        """This rulebook, which judges calls in every language."""
        return self

    @property
    def books(self) -> tuple[Rulebook, ...]:
        """This rulebook alone."""
        return (self,)

    @property
    def label(self) -> str:
        """Name and version, as people read them."""
        return f"{self.name} version {self.version}"

    @property
    def digests(self) -> tuple[tuple[None, str], ...]:
        """Its digest, for calls in every language."""
        return ((None, self.digest),)

    @property
    def expressions(self) -> dict[int, Expression]:
        """Every ``said`` of every rule, by its number."""
        conditions = [condition for rule in self.rules for condition in inside(rule.condition)]
        return {said.number: said.expression for said in conditions if isinstance(said, Said)}


def read_rulebook(path: str | Path) -> Rulebook:
    """The rulebook in a YAML file.

    Raises
    ------
    RulebookError
        The file cannot be read, or says something impossible; every problem is listed with its line,
        column and what would be legal.
    """
    path = Path(path)
    return parse_rulebook(_read_text(path), str(path), path=path)


def lint_file(path: str | Path) -> tuple[RulebookProblem, ...]:
    """Everything wrong with the rulebook in a file, errors and warnings, by line.

    Raises
    ------
    RulebookError
        The file cannot be read at all, or is too big.
    """
    return lint(_read_text(Path(path)), path=Path(path))


def _read_text(path: Path) -> str:
    try:
        if path.stat().st_size > limits.FILE_BYTES:
            raise RulebookError(
                f"{path}: {path.stat().st_size:,} bytes",
                f"at most {limits.FILE_BYTES:,} bytes",
                "split the rulebook",
            )
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise RulebookError(
            f"{path} cannot be read: {reason}",
            "a rulebook, a YAML file in UTF-8",
            "check the path",
        ) from error


def parse_rulebook(source: str, name: str = "rulebook", *, path: Path | None = None) -> Rulebook:
    """The rulebook in a text.

    Parameters
    ----------
    source
        YAML.
    name
        What to call the text in messages, such as its path.
    path
        Its file, for what it includes by path; without it, only starters can be included.

    Raises
    ------
    RulebookError
        As in :func:`read_rulebook`.
    """
    rulebook, problems = check(source, path=path)
    errors = [problem for problem in problems if problem.level == "error"]
    if rulebook is None or errors:
        shown = "\n  ".join(f"{name}, {problem}" for problem in errors[:20])
        more = f"\n  and {len(errors) - 20} more" if len(errors) > 20 else ""
        raise RulebookError(
            f"{len(errors)} problem{'s' * (len(errors) != 1)} in the rulebook\n  {shown}{more}",
            "",
            "correct the lines named; docs/rules.md explains every name",
        )
    return rulebook


def lint(source: str, *, path: Path | None = None) -> tuple[RulebookProblem, ...]:
    """Everything wrong with a rulebook's text, errors and warnings, by line; `path` is its file."""
    return check(source, path=path)[1]


def check(source: str, *, path: Path | None = None) -> tuple[Rulebook | None, tuple[RulebookProblem, ...]]:
    """The rulebook, as far as it could be read, and all its problems by line; `path` is its file."""
    whole = make_whole(source, path)
    text = RulebookSource(whole.text)
    root = text.root()
    reader = RulebookReader(text, "" if path is None else path.name, whole.reasons)
    parts = None if root is None else reader.read(root)
    rulebook = None
    if parts is not None:
        digest = hashlib.sha256(f"language {LANGUAGE_VERSION}\n{text.text}".encode()).hexdigest()
        rulebook = Rulebook(
            parts.name, parts.version, parts.language, digest, text.text, parts.rules, parts.lists, parts.scorecards,
            parts.tests,
        )  # fmt: skip
    return rulebook, tuple(sorted({reader.placed(problem) for problem in text.problems}))


def with_rules(rulebook: Rulebook, names: frozenset[str]) -> Rulebook:
    """The same rulebook with only the rules of those ids, and those they refer to."""
    wanted, waiting = set[str](), list(names)
    while waiting:
        name = waiting.pop()
        wanted.add(name)
        waiting.extend(ref for ref in refs_of(rulebook.rule(name)) if ref not in wanted)
    return replace(rulebook, rules=tuple(rule for rule in rulebook.rules if rule.id in wanted), scorecards=())
