"""A name pattern drafted from the names in a folder, for a person to check: names do not say which part is the agent.

The time is looked for first, in the forms that recorders write. What is left is parted at its marks; a part that never
changes is written as it is, and each of the others becomes a field by what its texts look like.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from speechcx.discover.headings import DIRECTIONS
from speechcx.discover.layouts import NameReading, as_layout, read_names

MIN_NAMES = 3
"""Fewer names of one shape show too little of what changes from call to call."""

MIN_SHARE = 0.6
"""A pattern is drafted where at least this share of the names has one shape."""

_MARKS = r"[-_.: ]?"
_DATE = rf"(?:19|20)\d\d(?P<d>{_MARKS})(?:0[1-9]|1[0-2])(?P=d)(?:0[1-9]|[12]\d|3[01])"
_LOCAL_DATE = r"(?P<one>\d\d)(?P<d>[-_.])(?P<two>\d\d)(?P=d)(?:19|20)\d\d"
_GAP = r"(?P<gap>[-_. ]?T?[-_. ]?|[-_ ]?at[-_ ]?)"
_TIME = rf"(?:[01]\d|2[0-3])(?P<t>{_MARKS}|h)[0-5]\d(?P<s>(?P=t)[0-5]\d)?(?P<half> ?[AaPp][Mm])?"
_WHEN = re.compile(rf"(?<!\d)(?:{_DATE}){_GAP}{_TIME}(?!\d)")
_LOCAL_WHEN = re.compile(rf"(?<!\d)(?:{_LOCAL_DATE}){_GAP}{_TIME}(?!\d)")
_EPOCH = re.compile(r"(?<![\d.])1[4-9]\d{8}(?!\d)")

_UUID = r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"
_PART = re.compile(rf"{_UUID}|\+?\d+(?![^\W_])|[^\W_]+(?:(?:[.']|\s)[^\W\d_]+)*(?:@[\w.-]+\w)?")
_FILLERS = frozenset(
    {"rec", "record", "recording", "recordings", "call", "calls", "audio", "voice", "mix", "stereo", "mono"}
)
"""Words that recorders put into every name."""
_DIRECTIONS = frozenset({*DIRECTIONS, "internal"})
_WHEN_FIELD = "\0"
"""Stands where the time was; no file name holds it."""


@dataclass(frozen=True, slots=True)
class PatternDraft:
    """A pattern for the names of a folder.

    Parameters
    ----------
    pattern
        As ``discover.patterns`` takes it.
    readings
        Every name, in the order given, with what the pattern reads of it.
    """

    pattern: str
    readings: tuple[NameReading, ...]

    @property
    def read(self) -> int:
        """How many names the pattern reads."""
        return sum(one.is_read for one in self.readings)


def draft_pattern(paths: Sequence[str], *, zone: str, agents: Collection[str] = ()) -> PatternDraft | None:
    """Draft a pattern that reads most of these names; None where they have no time or no common shape.

    Parameters
    ----------
    paths
        Recordings; only the names of the files are looked at.
    zone
        Zone of times without an offset.
    agents
        Log-ins of the roster: a part that holds them is the agent.
    """
    names = [os.path.splitext(os.path.basename(path))[0] for path in paths]
    is_day_first = _is_day_first(names)
    shapes: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
    for name in names:
        timed = _take_time(name, is_day_first)
        if timed is None:
            continue
        texts, marks = _part(timed[0])
        shapes.setdefault((timed[1], *marks), []).append(texts)
    if not shapes:
        return None
    (spec, *around), rows = max(shapes.items(), key=lambda shape: len(shape[1]))
    if len(rows) < max(MIN_NAMES, MIN_SHARE * len(names)):
        return None
    columns = list(zip(*rows, strict=True))
    fields = _name_fields(columns, {agent.casefold() for agent in agents})
    pattern = "".join(
        mark + (f"{{started:{spec}}}" if field == "started" else field)
        for mark, field in zip(around, [*fields, ""], strict=True)
    )
    draft = PatternDraft(pattern, read_names(as_layout(pattern), paths, zone=zone))
    return draft if draft.read >= MIN_SHARE * len(names) else None


def _is_day_first(names: Sequence[str]) -> bool | None:
    """Whether dates such as 03-04-2026 begin with the day; None where no name tells."""
    found = [match for name in names if (match := _LOCAL_WHEN.search(name))]
    # Nobody writes the month first with dots.
    if any(int(match["one"]) > 12 or match["d"] == "." for match in found):
        return True
    if any(int(match["two"]) > 12 for match in found):
        return False
    return None


def _take_time(name: str, is_day_first: bool | None) -> tuple[str, str] | None:
    """The name with a mark where its time was, and the time's format."""
    if found := _WHEN.search(name):
        mark = found["d"]
        spec = f"%Y{mark}%m{mark}%d"
    elif is_day_first is not None and (found := _LOCAL_WHEN.search(name)):
        mark = found["d"]
        spec = f"%d{mark}%m{mark}%Y" if is_day_first else f"%m{mark}%d{mark}%Y"
    elif found := _EPOCH.search(name):
        return _replace(name, found), "epoch"
    else:
        return None
    half = found["half"]
    clock = f"{'%I' if half else '%H'}{found['t']}%M" + (f"{found['t']}%S" if found["s"] else "")
    spec += found["gap"] + clock
    if half:
        spec += " %p" if half.startswith(" ") else "%p"
    return _replace(name, found), spec


def _replace(name: str, found: re.Match[str]) -> str:
    return name[: found.start()] + _WHEN_FIELD + name[found.end() :]


def _part(name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The parts of a name, and the marks before, between and behind them."""
    texts: list[str] = []
    marks: list[str] = []
    at = 0
    for found in re.finditer(f"{_WHEN_FIELD}|{_PART.pattern}", name):
        marks.append(name[at : found.start()].replace("{", "{{").replace("}", "}}"))
        texts.append(found[0])
        at = found.end()
    marks.append(name[at:].replace("{", "{{").replace("}", "}}"))
    return tuple(texts), tuple(marks)


def _name_fields(columns: Sequence[Sequence[str]], agents: Collection[str]) -> list[str]:
    """A field or literal text for each part."""
    kinds = [_tell_kind(texts, agents) for texts in columns]
    # Of several parts that could be the agent, one with names of the roster counts, then names, then extensions.
    chosen = {}
    for field, wanted in (
        ("agent", ("roster", "names", "words", "extension", "one name")),
        ("customer", ("number", "extension", "code", "names", "words")),
    ):
        for kind in wanted:
            at = next((no for no, found in enumerate(kinds) if found == kind and no not in chosen), None)
            if at is not None:
                chosen[at] = field
                break
    fields = []
    for no, (kind, texts) in enumerate(zip(kinds, columns, strict=True)):
        if no in chosen:
            fields.append(f"{{{chosen[no]}}}")
        elif kind in ("constant", "one name"):
            fields.append(texts[0])
        elif kind in ("started", "direction"):
            fields.append("started" if kind == "started" else "{direction}")
        else:
            fields.append("{skip}")
    return fields


def _tell_kind(texts: Sequence[str], agents: Collection[str]) -> str:
    """What a part looks like: ``started``, ``constant``, ``direction``, ``roster``, ``number`` and so on."""
    values = Counter(texts)
    most = 0.8 * len(texts)
    if _WHEN_FIELD in values:
        return "started"
    if sum(text.casefold() in agents for text in texts) >= most:
        return "roster"
    if all(text.casefold() in _DIRECTIONS for text in texts):
        return "direction"
    if len(values) == 1:
        return "constant" if re.search(r"\d", texts[0]) or texts[0].casefold() in _FILLERS else "one name"
    if sum(re.fullmatch(r"\+?\d{7,15}", text) is not None for text in texts) >= most:
        return "number"
    if sum(re.fullmatch(r"\d{2,6}", text) is not None for text in texts) >= most:
        return "extension"
    if sum(re.fullmatch(_UUID, text) is not None for text in texts) >= most:
        return "id"
    if sum(re.search(r"\d", text) is None for text in texts) >= most:
        # People have several calls each; what is new in every name is no agent.
        return "names" if len(values) <= 0.7 * len(texts) else "words"
    return "code"
