"""Labels that people gave to calls, read from a CSV file: call, rule, truth."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from speechcx.call import RuleValue
from speechcx.errors import SpeechcxError, UsageError
from speechcx.rules.language.rulebook_source import nearest

COLUMNS = ("call", "rule", "truth")
TRUTHS: dict[str, RuleValue] = {
    "present": "present", "yes": "present", "y": "present", "1": "present", "true": "present",
    "absent": "absent", "no": "absent", "n": "absent", "0": "absent", "false": "absent",
    "cannot_tell": "cannot_tell", "cannot tell": "cannot_tell", "cannot-tell": "cannot_tell",
}  # fmt: skip
"""What may stand under ``truth``, in any case."""

_SHOWN = 20
_BYTES = 100_000_000


@dataclass(frozen=True, slots=True)
class Label:
    """What people say of one rule in one call.

    Parameters
    ----------
    call
        The call's id.
    rule
        The rule's id.
    truth
        ``cannot_tell`` where people could not tell either: such calls are no measure of the rule.
    line
        Line of the file.
    """

    call: str
    rule: str
    truth: RuleValue
    line: int


def read_labels(
    path: str | Path, *, rules: Collection[str], find_call: Callable[[str], str]
) -> tuple[Label, ...]:
    """The labels of a file, each call and rule once.

    Parameters
    ----------
    path
        CSV in UTF-8 with a first line that names the columns ``call``, ``rule`` and ``truth``; others are
        left alone. Divided by commas, semicolons or tabs.
    rules
        Ids of the rules there are.
    find_call
        Id of the call that a name stands for; raises :class:`speechcx.errors.SpeechcxError` where none does.

    Raises
    ------
    UsageError
        The file cannot be read, or lines of it are wrong: every one is named, up to 20.
    """
    path = Path(path)
    reader = _Reader(rules, find_call)
    labels = reader.read(_rows(path))
    if reader.problems:
        shown = [*reader.problems[:_SHOWN]]
        if len(reader.problems) > _SHOWN:
            shown.append(f"and {len(reader.problems) - _SHOWN} more")
        count = f"{len(reader.problems)} problem{'s' * (len(reader.problems) != 1)}"
        raise UsageError(f"{path}: {count}\n  " + "\n  ".join(shown), "", "correct the lines named")
    if not labels:
        raise UsageError(f"{path} holds no labels", "lines of call,rule,truth", "label some calls first")
    return labels


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Lines of the file with their numbers, without empty ones."""
    example = "a CSV file in UTF-8: call,rule,truth"
    try:
        if path.stat().st_size > _BYTES:
            raise UsageError(f"{path} is over {_BYTES:,} bytes", example, "give fewer labels")
        text = path.read_text("utf-8-sig")
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}", example, "check the path") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8 text", example, "save it as CSV UTF-8") from error
    head = text.lstrip().partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    while True:
        try:
            row = next(reader, None)
        except csv.Error as error:
            raise UsageError(f"{path}, line {reader.line_num}: {error}", example, "correct it") from error
        if row is None:
            return
        if any(cell.strip() for cell in row):
            yield reader.line_num, [cell.strip() for cell in row]


class _Reader:
    """Reads rows; what is wrong with them is collected."""

    def __init__(self, rules: Collection[str], find_call: Callable[[str], str]) -> None:
        self.rules = rules
        self.find_call = find_call
        self.problems: list[str] = []
        self._calls: dict[str, str | None] = {}

    def read(self, rows: Iterator[tuple[int, list[str]]]) -> tuple[Label, ...]:
        places = self._head(next(rows, (1, [])))
        found: dict[tuple[str, str], Label] = {}
        for line, row in rows if places else ():
            label = self._label(line, row, places)
            if label is None:
                continue
            known = found.setdefault((label.call, label.rule), label)
            if known.truth != label.truth:
                self.problems.append(
                    f"line {line}: {row[places[0]]!r} and rule {label.rule!r} are {label.truth} here and"
                    f" {known.truth} in line {known.line}"
                )
        return tuple(found.values())

    def _head(self, first: tuple[int, list[str]]) -> list[int]:
        line, row = first
        names = [name.casefold() for name in row]
        missing = [name for name in COLUMNS if name not in names]
        if missing:
            found = ", ".join(row[:8]) or "nothing"
            self.problems.append(f"line {line}: no column {', '.join(missing)}; found {found[:200]}")
            return []
        return [names.index(name) for name in COLUMNS]

    def _label(self, line: int, row: list[str], places: list[int]) -> Label | None:
        if len(row) <= max(places) or not all(row[place] for place in places):
            self.problems.append(f"line {line}: {' | '.join(row)[:80]!r} lacks one of {', '.join(COLUMNS)}")
            return None
        name, rule, said = (row[place] for place in places)
        truth = TRUTHS.get(said.casefold())
        if truth is None:
            self.problems.append(f"line {line}: truth {said[:40]!r}; legal are present, absent, cannot_tell,"
                                 " yes, no, 1, 0")  # fmt: skip
        if rule not in self.rules:
            self.problems.append(f"line {line}: no rule {rule[:60]!r}; {nearest(rule, self.rules)}")
        call = self._call(line, name)
        if truth is None or rule not in self.rules or call is None:
            return None
        return Label(call, rule, truth, line)

    def _call(self, line: int, name: str) -> str | None:
        if name not in self._calls:
            try:
                self._calls[name] = self.find_call(name)
            except SpeechcxError as error:
                self._calls[name] = None
                self.problems.append(f"line {line}: {error.found}; {error.cure}")
        elif self._calls[name] is None:
            self.problems.append(f"line {line}: {name[:60]!r} is no call, as above")
        return self._calls[name]
