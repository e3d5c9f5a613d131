"""Files that were not done, grouped by cause: how many, what to do once for all of them, and examples."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePath
from typing import Protocol

from speechcx.errors import FAILURE_KINDS
from speechcx.present.table import Text
from speechcx.present.units import count_text

SHOWN_EXAMPLES = 3
"""Files that are named of each cause."""

_MAX_CAUSES = 4
"""A kind of failure with more wordings than this is one cause: then they differ by file, not by what to do."""

_OF_THE_FILE = re.compile(r"'[^']*'|\S*/\S*|\S+\.\w{2,5}\b|-?\d[\d.:,]*")
"""What a message says of one file: names in quotes, paths, file names, numbers."""


class Failed(Protocol):
    """A file that was not done, as the ledger or a plan describes it."""

    @property
    def path(self) -> str: ...  # noqa: D102
    @property
    def kind(self) -> str: ...  # noqa: D102
    @property
    def message(self) -> str: ...  # noqa: D102
    @property
    def cure(self) -> str: ...  # noqa: D102


_TWICE = re.compile(r"agent: (?P<why>.*)\. started_at: (?P=why)")
"""Agent and time that are missing for one reason."""

_LAYOUT = re.compile(r"which looks like (?P<title>[^:]+): (?P<line>layouts = \[[^\]]+\]) below \[discover\]")


@dataclass(frozen=True, slots=True)
class FailedExample:
    """One file of a cause, and what was found in it."""

    path: str
    message: str


@dataclass(frozen=True, slots=True)
class FailureCause:
    """One thing that keeps files from being done.

    Parameters
    ----------
    kind
        The kind of failure.
    sentence, cure
        What it is, and what to do about all of them.
    files
        How many files it stops.
    alike
        Whether what was found is the same in all of them, but for names and numbers.
    examples
        The first of them.
    """

    kind: str
    sentence: str
    cure: str
    files: int
    alike: bool
    examples: tuple[FailedExample, ...]


def group_by_cause(failed: Iterable[Failed]) -> tuple[FailureCause, ...]:
    """Files by what stops them, the most frequent cause first.

    Files of one kind have one cause where their messages differ only in names and numbers. The cure is that of the
    messages where all files of a cause agree on one, else that of the kind.
    """
    kinds: dict[str, dict[str, list[Failed]]] = {}
    for one in failed:
        wordings = kinds.setdefault(one.kind, {})
        wordings.setdefault(_OF_THE_FILE.sub("", one.message), []).append(one)
    causes = []
    for kind, wordings in kinds.items():
        if len(wordings) > _MAX_CAUSES:
            causes.append(
                _make_cause(kind, [one for group in wordings.values() for one in group], alike=False)
            )
        else:
            causes += [_make_cause(kind, group, alike=True) for group in wordings.values()]
    return tuple(sorted(causes, key=lambda cause: -cause.files))


def list_causes(causes: Iterable[FailureCause], more: str) -> Iterator[Text]:
    """Paragraphs of each cause: what it is, what was found, examples, and what to do.

    Parameters
    ----------
    causes
        As :func:`group_by_cause` has them.
    more
        Lists all files of a cause, with ``KIND`` for its kind; empty where nothing does.
    """
    for cause in causes:
        yield Text(f"{count_text(cause.files, 'file')} ({cause.kind}): {cause.sentence}")
        if cause.alike:
            yield Text(f"Found: {_finding(cause.examples[0].message)}", indent=2)
            for example in cause.examples:
                yield Text(PurePath(example.path).name, indent=4)
        else:
            for example in cause.examples:
                yield Text(f"{PurePath(example.path).name}: {_finding(example.message)}", indent=4)
        if cause.files > len(cause.examples):
            rest = f"and {cause.files - len(cause.examples)} more"
            yield Text(f"{rest}: {more.replace('KIND', cause.kind)}" if more else rest, indent=4)
        yield Text(f"To do: {cause.cure}", indent=2)


def _finding(message: str) -> str:
    """What was found, told once where agent and time are missing for one reason."""
    twice = _TWICE.fullmatch(message)
    return message if twice is None else f"agent and time missing: {twice['why'].removeprefix('missing: ')}"


def _make_cause(kind: str, group: list[Failed], *, alike: bool) -> FailureCause:
    known = FAILURE_KINDS.get(kind, FAILURE_KINDS["internal"])
    cures = {one.cure for one in group}
    cure = cures.pop() if len(cures) == 1 else known.cure
    if alike and (layout := _LAYOUT.search(group[0].message)) is not None:
        cure = (
            f"If the recorder is {layout['title']}, write {layout['line']} below [discover] in speechcx.toml."
        )
    examples = tuple(FailedExample(one.path, one.message) for one in group[:SHOWN_EXAMPLES])
    return FailureCause(kind, known.sentence, cure, len(group), alike, examples)
