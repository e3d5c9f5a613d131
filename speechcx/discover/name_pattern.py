"""Patterns for file names: ``{agent}_{customer}_{started:%Y-%m-%dT%H-%M-%S}``.

- ``{field}`` takes text up to the first place where the literal after it, and the time or number behind
  that literal, fit. Where nothing but a literal follows, that is its first occurrence.
- ``{field:%Y%m%d}`` takes a time by strptime directives, ``{field:digits}`` digits, ``{field:uuid}`` a UUID,
  ``{field:sid}`` two capitals and 32 hexadecimal digits (ids of Twilio), ``{started:epoch}``
  seconds since 1970. ``%z`` and ``%Z`` take the zone; ``UTC``, ``GMT`` or ``Z`` written behind a time say it, too.
- ``{skip}`` takes text and drops it; it may come more than once. ``{{`` and ``}}`` are braces.
- A pattern without ``/`` is held against the name without its extension, one with ``/`` against the
  last folders and the name. The whole name must fit.

Every pattern becomes a regular expression without backtracking, so no name can make it slow.
"""

from __future__ import annotations

import difflib
import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from speechcx.discover.clock import StatedTime, place_named, place_time
from speechcx.discover.time_forms import UnreadableTimeError
from speechcx.errors import ConfigError

KNOWN_FIELDS = (
    "agent", "customer", "started", "started_at", "date", "time", "direction", "queue", "team", "center", "skip",
)  # fmt: skip
TIME_FIELDS = {"started": "started_at", "started_at": "started_at", "date": "date", "time": "time"}

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LONG_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
    "november", "december",
)  # fmt: skip
_DIRECTIVES = {
    "Y": r"\d{4}", "y": r"\d{2}", "m": r"\d{2}", "d": r"\d{2}", "j": r"\d{3}", "H": r"\d{2}", "I": r"\d{2}",
    "M": r"\d{2}", "S": r"\d{2}", "f": r"\d{1,6}", "p": r"[AaPp][Mm]", "z": r"(?:[+-]\d{2}:?\d{2}|Z)",
    "Z": r"[A-Za-z]{1,5}",
    "b": "(?i:" + "|".join(_MONTHS) + ")", "B": "(?i:" + "|".join(_LONG_MONTHS) + ")",
}  # fmt: skip
_KINDS = {
    "digits": r"\d++",
    "uuid": r"[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}",
    "sid": r"[A-Z]{2}[0-9a-f]{32}",
}
"""Kinds of text that a field can be bound to."""
_SHORT_NUMBERS = frozenset("mdHIMS")
"""Numbers that people also write without a leading 0, where a mark follows."""

_FIELD_NAME = re.compile(r"[a-z][a-z0-9_]{0,30}")
_UTC_BEHIND = re.compile(r"[\s_.-]?(?:UTC|GMT|Z)(?![A-Za-z])")


@dataclass(frozen=True, slots=True)
class PatternPart:
    """A literal (`name` empty) or a field of a pattern; `column` counts from 1."""

    text: str
    name: str
    spec: str
    column: int


@dataclass(frozen=True, slots=True)
class NamePattern:
    """A pattern, ready to be held against names.

    Parameters
    ----------
    text
        As the user wrote it.
    regex
        What it became; groups ``f0``, ``f1``, ... are the fields in order.
    parts
        Its literals and fields.
    folders
        Folders it looks at besides the name.
    has_extension
        Whether it ends in the extension itself.
    """

    text: str
    regex: re.Pattern[str]
    parts: tuple[PatternPart, ...]
    folders: int
    has_extension: bool

    @property
    def is_utc(self) -> bool:
        """Whether the pattern itself says that its times are in UTC: ``{started:%H%M}_UTC``, ``%SZ``."""
        for part, follower in zip(self.parts, (*self.parts[1:], None), strict=True):
            if "%" in part.spec:
                behind = re.split(r"%.", part.spec, flags=re.DOTALL)[-1]
                literal = follower.text if follower is not None and not follower.name else ""
                if _UTC_BEHIND.match(behind + literal):
                    return True
        return False

    @property
    def fields(self) -> tuple[PatternPart, ...]:
        """The fields in order, ``skip`` among them."""
        return tuple(part for part in self.parts if part.name)


@dataclass(frozen=True, slots=True)
class NameMatch:
    """What a pattern read out of a name.

    Parameters
    ----------
    values
        (field, text) pairs without times.
    moment
        The time, None where the pattern has none or it cannot be told.
    why_no_moment
        Why the time in the name cannot be used.
    """

    values: tuple[tuple[str, str], ...]
    moment: StatedTime | None = None
    why_no_moment: str = ""


@lru_cache(maxsize=256)
def read_pattern(text: str) -> NamePattern:
    """Compile a pattern.

    Raises
    ------
    ConfigError
        What is wrong, and in which column.
    """
    parts = _split(text)
    _check(text, parts)
    groups = []
    no = 0
    for index, part in enumerate(parts):
        if not part.name:
            groups.append(re.escape(part.text))
            continue
        groups.append(f"(?P<f{no}>{_field_regex(parts, index)})")
        no += 1
    folders = sum((part.spec or part.text).count("/") for part in parts)
    last = parts[-1]
    has_extension = not last.name and re.search(r"\.[A-Za-z][A-Za-z0-9]{0,5}$", last.text) is not None
    return NamePattern(text, re.compile("".join(groups), re.DOTALL), tuple(parts), folders, has_extension)


def match_name(pattern: NamePattern, path: str, *, zone: str | None) -> NameMatch | None:
    """Read a file's name; None where the pattern does not fit.

    Parameters
    ----------
    pattern
        From :func:`read_pattern`.
    path
        The file.
    zone
        Zone of times without an offset; None if there is none.
    """
    tail = "/".join(path.split("/")[-1 - pattern.folders :])
    found = pattern.regex.fullmatch(os.path.splitext(tail)[0])
    if found is None and pattern.has_extension:
        found = pattern.regex.fullmatch(tail)
    if found is None:
        return None
    values = []
    times: list[tuple[str, str]] = []
    for no, part in enumerate(pattern.fields):
        text = found[f"f{no}"]
        if "%" in part.spec or part.spec == "epoch":
            times.append((part.spec, text))
        elif part.name != "skip":
            values.append((part.name, text))
    if not times:
        return NameMatch(tuple(values))
    try:
        return NameMatch(tuple(values), _read_times(times, zone, is_utc=pattern.is_utc))
    except UnreadableTimeError as error:
        return NameMatch(tuple(values), why_no_moment=str(error))


def _split(text: str) -> list[PatternPart]:
    parts: list[PatternPart] = []
    literal, at = "", 0
    while at < len(text):
        char = text[at]
        if text[at : at + 2] in ("{{", "}}"):
            literal += char
            at += 2
        elif char == "}":
            raise _wrong(text, at, "a } without its {", "}} for a brace in the name")
        elif char == "{":
            end = text.find("}", at)
            if end < 0:
                raise _wrong(text, at, "a { without its }", "a field such as {agent}")
            if literal:
                parts.append(PatternPart(literal, "", "", at + 1 - len(literal)))
                literal = ""
            name, _, spec = text[at + 1 : end].partition(":")
            if not name:
                raise _wrong(text, at, "a field without a name", "a field such as {agent}")
            parts.append(PatternPart("", name, spec, at + 1))
            at = end + 1
        else:
            literal += char
            at += 1
    if literal:
        parts.append(PatternPart(literal, "", "", len(text) - len(literal) + 1))
    return parts


def _check(text: str, parts: list[PatternPart]) -> None:
    seen: set[str] = set()
    if not any(part.name for part in parts):
        raise _wrong(text, 0, "no field", "at least one, such as {agent}")
    for index, part in enumerate(parts):
        if not part.name:
            continue
        _check_field(text, part)
        name = TIME_FIELDS.get(part.name, part.name)
        if name in seen and name != "skip":
            raise _wrong(
                text, part.column - 1, f"the field {{{part.name}}} for the second time", "each field once"
            )
        seen.add(name)
        follower = parts[index + 1] if index + 1 < len(parts) else None
        if not part.spec and follower is not None and follower.name and not follower.spec:
            raise _wrong(
                text,
                follower.column - 1,
                f"{{{follower.name}}} directly behind {{{part.name}}}",
                "text between them",
            )
    if "started_at" in seen and seen & {"date", "time"}:
        raise _wrong(text, 0, "{started} beside {date} or {time}", "one or the other")
    if ("date" in seen) != ("time" in seen):
        raise _wrong(text, 0, "{date} or {time} alone", "both of them, or {started}")


def _check_field(text: str, part: PatternPart) -> None:
    at = part.column - 1
    if not _FIELD_NAME.fullmatch(part.name):
        raise _wrong(text, at, f"the field name {part.name!r}", "lower-case letters, digits and _")
    near = difflib.get_close_matches(part.name, KNOWN_FIELDS, n=1, cutoff=0.75)
    if part.name not in KNOWN_FIELDS and near:
        raise _wrong(
            text, at, f"the field {{{part.name}}}", f"{{{near[0]}}}? Any other name is kept as an extra"
        )
    is_time = "%" in part.spec or part.spec == "epoch"
    if part.name in TIME_FIELDS and not is_time:
        raise _wrong(
            text, at, f"{{{part.name}}} without a format", f"{{{part.name}:%Y-%m-%dT%H-%M-%S}} or the like"
        )
    if is_time and part.name not in TIME_FIELDS:
        raise _wrong(text, at, f"a time format in {{{part.name}}}", "it in {started}, {date} or {time}")
    if part.spec == "epoch" and part.name not in ("started", "started_at"):
        raise _wrong(text, at, f"epoch in {{{part.name}}}", "it in {started}")
    if part.spec and not is_time and part.spec not in _KINDS:
        raise _wrong(
            text, at, f"the format {part.spec!r}", f"{', '.join(_KINDS)}, epoch or directives such as %Y%m%d"
        )
    if "%" in part.spec:
        _check_directives(text, part)


def _check_directives(text: str, part: PatternPart) -> None:
    start = part.column + len(part.name) + 1
    seen = set()
    for found in re.finditer(r"%(.?)", part.spec, re.DOTALL):
        letter = found[1]
        if letter == "%":
            continue
        if letter not in _DIRECTIVES:
            raise _wrong(
                text, start + found.start(), f"the directive %{letter}", f"one of %{' %'.join(_DIRECTIVES)}"
            )
        if letter in seen:
            raise _wrong(text, start + found.start(), f"%{letter} for the second time", "each directive once")
        seen.add(letter)
    wanted = {"started": "date and time", "started_at": "date and time", "date": "date"}.get(part.name, "")
    has_date = {"Y", "y"} & seen and (({"d"} & seen and {"m", "b", "B"} & seen) or "j" in seen)
    if "date" in wanted and not has_date:
        raise _wrong(text, part.column - 1, f"no whole date in {part.spec!r}", "year, month and day")
    if part.name != "date" and not {"H", "I"} & seen:
        raise _wrong(text, part.column - 1, f"no hour in {part.spec!r}", "%H and %M")


def _wrong(text: str, at: int, found: str, expected: str) -> ConfigError:
    return ConfigError(
        f"{found} in column {at + 1} of the name pattern {text!r}", expected, "correct discover.patterns"
    )


def _field_regex(parts: list[PatternPart], index: int) -> str:
    part = parts[index]
    if part.spec:
        return _spec_regex(part.spec)
    stop = ""
    for follower in parts[index + 1 :]:
        if follower.name and not follower.spec:
            break
        # \Z is not looked for: a literal at the very end must be free to occur before it, too.
        stop += re.escape(follower.text) if not follower.name else _spec_regex(follower.spec)
    if not stop:
        return r"[^/]++"
    if not any(follower.name and not follower.spec for follower in parts[index + 1 :]):
        stop += r"\Z"
    return rf"(?:(?!{stop})[^/])++"


def _spec_regex(spec: str) -> str:
    if spec in _KINDS:
        return _KINDS[spec]
    if spec == "epoch":
        return r"\d{9,10}"
    return "".join(regex for _, regex in _spec_pieces(spec))


def _spec_pieces(spec: str) -> list[tuple[str, str]]:
    """(directive, expression) pairs of a time format; the directive of literal text is empty."""
    pieces = re.split(r"%(.)", spec, flags=re.DOTALL)
    found = []
    for no, piece in enumerate(pieces):
        if no % 2 == 0 or piece == "%":
            found.append(("", re.escape(piece)))
            continue
        mark = pieces[no + 1][:1]
        is_short = piece in _SHORT_NUMBERS and mark != "" and not mark.isalnum()
        found.append((piece, r"\d{1,2}" if is_short else _DIRECTIVES[piece]))
    return found


def _read_times(times: list[tuple[str, str]], zone: str | None, *, is_utc: bool) -> StatedTime:
    numbers: dict[str, str] = {}
    for spec, text in times:
        if spec == "epoch":
            return place_time(datetime.fromtimestamp(int(text), UTC), zone)
        numbers |= _numbers(spec, text)
    if is_utc and not {"z", "Z"} & numbers.keys():
        numbers["z"] = "Z"
    return _moment(numbers, " ".join(text for _, text in times), zone)


def _numbers(spec: str, text: str) -> dict[str, str]:
    pieces = _spec_pieces(spec)
    regex = "".join(f"({regex})" if letter else regex for letter, regex in pieces)
    found = re.fullmatch(regex, text, re.DOTALL)
    assert found is not None, "the same expression found this text in the name"
    return dict(zip([letter for letter, _ in pieces if letter], found.groups(), strict=True))


def _moment(numbers: dict[str, str], text: str, zone: str | None) -> StatedTime:
    second = int(numbers.get("S", "0"))
    try:
        read = datetime(
            _year(numbers),
            *_month_and_day(numbers),
            _hour(numbers),
            int(numbers.get("M", "0")),
            min(second, 59),
            int(numbers.get("f", "0").ljust(6, "0")),
        ) + timedelta(seconds=second == 60, days=int(numbers.get("j", "1")) - 1)
    except ValueError as error:
        raise UnreadableTimeError(f"{text!r} is not a valid time: {error}") from error
    if second > 60 or ("j" in numbers and read.year != _year(numbers)):
        raise UnreadableTimeError(f"{text!r} is not a valid time")
    if "z" in numbers:
        offset = "+00:00" if numbers["z"] == "Z" else numbers["z"]
        return place_time(datetime.fromisoformat(f"{read.isoformat()}{offset}"), zone)
    if "Z" in numbers:
        return place_named(read, numbers["Z"], zone)
    return place_time(read, zone)


def _year(numbers: dict[str, str]) -> int:
    if "Y" in numbers:
        return int(numbers["Y"])
    return 2000 + int(numbers["y"])  # recordings of calls are younger than 1999


def _month_and_day(numbers: dict[str, str]) -> tuple[int, int]:
    if "j" in numbers and "d" not in numbers:
        return 1, 1
    month = numbers.get("m")
    if month is None:
        month = str(_MONTHS.index((numbers.get("b") or numbers["B"])[:3].lower()) + 1)
    return int(month), int(numbers["d"])


def _hour(numbers: dict[str, str]) -> int:
    if "H" in numbers:
        return int(numbers["H"])
    hour = int(numbers["I"])
    if not 1 <= hour <= 12:
        raise ValueError(f"hour {hour} with am/pm must be in 1..12")
    return hour % 12 + 12 * (numbers.get("p", "am").lower() == "pm")
