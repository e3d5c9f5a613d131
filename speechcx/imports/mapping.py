"""Which column of an export stands for which field: presets of telephone systems, usual headings, a mapping file."""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from speechcx.call.imported import ACCOUNT_STATUSES, EFFORT_ENDS, LEG_OUTCOMES, EffortEnd
from speechcx.errors import ConfigError
from speechcx.imports.export_headings import FIELDS, IMPORT_KINDS, DurationUnit, ImportKind

REQUIRED: dict[ImportKind, tuple[str, ...]] = {
    "calls": (),
    "surveys": (),
    "accounts": ("customer",),
}
RATINGS = ("csat", "nps", "ces")
ACCOUNT_FACTS = ("status", "lost", "closed", "value", "lifetime_value")
"""An account says at least one of these."""

DURATIONS = ("wait_s", "talk_s", "hold_s", "wrap_s", "duration_s")
DecimalMark = Literal[".", ","]


@dataclass(frozen=True, slots=True)
class ImportMapping:
    """How an export is read.

    Parameters
    ----------
    kind
        ``calls``, ``surveys`` or ``accounts``.
    columns
        Heading of each field, as the file has it.
    name, title
        The preset's; empty for none.
    zone
        Zone of times without one; None for the one of the command or ``discover.zone``.
    time_format
        A ``strptime`` format that is tried before the usual forms.
    unit
        Of durations that are bare numbers; ``day`` for the fractions of a day that a spreadsheet keeps.
    units
        Of single fields, where their columns have another unit.
    outcomes
        What each value of the outcome column means, without regard to case.
    statuses
        The same of the status of an account: ``kept`` or ``lost``.
    scales
        Lower and upper end of each rating's scale.
    wait_is_rest
        Whether the duration of a leg holds its wait, so that what is neither talk, hold nor after-call work is wait.
    decimal
        The mark before the decimals of amounts, where they could be read in two ways.
    ces_high
        What the upper end of an effort score means.
    directions
        What each value of the direction column means (``inbound``, ``outbound``, ``internal``), ignoring case.
    swap_outbound
        Whether the column of the agent holds the called side, so that the caller of an outbound call is its agent.
    leg_per_agent
        Whether one leg id stands for every agent that rang, so that the agent is part of it.
    internal_digits
        A number of up to so many digits is an extension. It tells the direction where no column does; 0 for not.
    no_talk
        How a leg ended that tells no outcome and has no talk; None for not told.
    answered_by_machine
        Whether a leg that was answered without an agent was answered by a menu or a queue. Its outcome is then what
        `machines` says, else not told.
    day_zone
        Zone in which days are cut, whatever zone times are written in; None for that of the times.
    machines
        What became of such a leg by the application that had it, ignoring case.
    """

    kind: ImportKind
    columns: Mapping[str, str]
    name: str = ""
    title: str = ""
    zone: str | None = None
    time_format: str | None = None
    unit: DurationUnit = "s"
    outcomes: Mapping[str, str] = field(default_factory=dict)
    scales: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    wait_is_rest: bool = False
    statuses: Mapping[str, str] = field(default_factory=dict)
    decimal: DecimalMark | None = None
    ces_high: EffortEnd | None = None
    units: Mapping[str, DurationUnit] = field(default_factory=dict)
    directions: Mapping[str, str] = field(default_factory=dict)
    swap_outbound: bool = False
    leg_per_agent: bool = False
    internal_digits: int = 0
    no_talk: str | None = None
    answered_by_machine: bool = False
    machines: Mapping[str, str] = field(default_factory=dict)
    day_zone: str | None = None


def read_mapping(path: str, kind: ImportKind) -> ImportMapping:
    """The mapping of a file.

    Raises
    ------
    ConfigError
        It cannot be read, or is one of another kind.
    """
    try:
        with open(path, "rb") as file:
            mapping = build_mapping(tomllib.load(file), path, "")
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"the mapping {path!r} cannot be read: {error}", "a TOML file", "correct the line"
        ) from error
    if mapping.kind != kind:
        raise ConfigError(
            f"the mapping {path!r} is for {mapping.kind}",
            f"one for {kind}",
            f"speechcx import {mapping.kind}",
        )
    return mapping


def expect_columns(mapping: ImportMapping, headings: Iterable[str], path: str) -> None:
    """Refuse a mapping whose columns the file does not have, or that lacks a field nothing works without.

    Raises
    ------
    ConfigError
        Names the columns and the headings that are there.
    """
    there = [heading for heading in headings if heading]
    lacking = [heading for heading in mapping.columns.values() if heading not in there]
    required = [name for name in REQUIRED[mapping.kind] if name not in mapping.columns]
    if (
        mapping.kind == "calls"
        and "started_at" not in mapping.columns
        and not {"date", "time"} <= mapping.columns.keys()
    ):
        required.append("started_at, or date and time")
    if mapping.kind == "calls" and not any(
        name in mapping.columns for name in ("record_id", "customer", "agent")
    ):
        required.append("one of record_id, customer, agent")
    if mapping.kind == "surveys" and not any(name in mapping.columns for name in RATINGS):
        required.append("one of csat, nps, ces")
    if mapping.kind == "accounts" and not any(name in mapping.columns for name in ACCOUNT_FACTS):
        required.append(f"one of {', '.join(ACCOUNT_FACTS)}")
    if lacking or required:
        what = (
            f"has no column {', '.join(map(repr, lacking))}"
            if lacking
            else f"no column for {', '.join(required)}"
        )
        raise ConfigError(
            f"{os.path.basename(path)}: {what}; its columns are {', '.join(there)}",
            "the columns that the mapping names",
            f"write a mapping with `speechcx import {mapping.kind} FILE --suggest`, correct it, and give it by"
            " --mapping",
        )


def write_mapping(mapping: ImportMapping, headings: Sequence[str]) -> str:
    """A mapping as the text of a TOML file, with every heading that nothing stands for in a comment."""
    lines = [
        f"# {mapping.title}" if mapping.title else "# Which column stands for which field.",
        f"kind = {json.dumps(mapping.kind)}",
        f"zone = {json.dumps(mapping.zone)}" if mapping.zone else '# zone = "Europe/Berlin"',
        f"unit = {json.dumps(mapping.unit)}  # of bare numbers: s, ms, min or day"
        if mapping.kind == "calls"
        else "",
        "wait_is_rest = true" if mapping.wait_is_rest else "",
        "swap_outbound = true" if mapping.swap_outbound else "",
        "leg_per_agent = true" if mapping.leg_per_agent else "",
        f"internal_digits = {mapping.internal_digits}" if mapping.internal_digits else "",
        f"no_talk = {json.dumps(mapping.no_talk)}" if mapping.no_talk else "",
        "answered_by_machine = true" if mapping.answered_by_machine else "",
        _write_direction(mapping),
        f"decimal = {json.dumps(mapping.decimal)}" if mapping.decimal else "",
        "",
        "[columns]",
    ]
    lines += [_write_column(name, mapping.columns.get(name)) for name in FIELDS[mapping.kind]]
    unused = [heading for heading in headings if heading and heading not in mapping.columns.values()]
    if unused:
        lines.append(f"# not used, and kept as they are: {', '.join(unused)}")
    for name, words in (
        ("units", mapping.units), ("outcomes", mapping.outcomes), ("directions", mapping.directions),
        ("machines", mapping.machines), ("statuses", mapping.statuses),
    ):  # fmt: skip
        if words:
            lines += ["", f"[{name}]"]
            lines += [
                f"{json.dumps(key, ensure_ascii=False)} = {json.dumps(value)}" for key, value in words.items()
            ]
    if mapping.scales:
        lines += ["", "[scales]", *(f"{name} = {list(ends)}" for name, ends in mapping.scales.items())]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)) + "\n"


def _write_direction(mapping: ImportMapping) -> str:
    """The line that says which end of an effort score is which, where there is one."""
    if mapping.ces_high:
        return f"ces_high = {json.dumps(mapping.ces_high)}"
    return (
        '# ces_high = "easy"  # or "difficult": what a high effort score means'
        if "ces" in mapping.columns
        else ""
    )


def _write_column(name: str, heading: str | None) -> str:
    return f'# {name} = ""' if heading is None else f"{name} = {json.dumps(heading, ensure_ascii=False)}"


_KEYS = (
    "kind", "title", "zone", "time_format", "unit", "wait_is_rest", "swap_outbound", "leg_per_agent",
    "internal_digits", "no_talk", "answered_by_machine", "decimal", "ces_high", "columns", "units", "outcomes",
    "directions", "machines", "statuses", "scales",
)  # fmt: skip


def build_mapping(found: Mapping[str, Any], path: str, name: str) -> ImportMapping:
    """A mapping from its file; `name` is the preset's.

    Raises
    ------
    ConfigError
        A key, a field or a value is not known.
    """
    kind = found.get("kind")
    wrong = sorted(found.keys() - set(_KEYS))
    columns = found.get("columns", {})
    if kind not in IMPORT_KINDS:
        raise _bad(path, f"kind is {kind!r}", "calls, surveys or accounts")
    wrong += sorted(columns.keys() - FIELDS[kind].keys()) if isinstance(columns, dict) else ["columns"]
    if wrong:
        raise _bad(path, f"{wrong[0]!r} is not known", f"one of {', '.join([*_KEYS, *FIELDS[kind]])}")
    words = {name: _read_words(path, found, name, allowed) for name, allowed in _WORDS.items()}
    for key, allowed in _CHOICES.items():
        if found.get(key) not in (None, *allowed):
            raise _bad(path, f"{key} is {found[key]!r}", f"one of {', '.join(map(repr, allowed))}")
    digits = found.get("internal_digits", 0)
    if not isinstance(digits, int) or not 0 <= digits <= 9:
        raise _bad(path, f"internal_digits is {digits!r}", "a whole number from 0 to 9")
    scales = {key: (float(low), float(high)) for key, (low, high) in found.get("scales", {}).items()}
    told: dict[str, Any] = {key: found[key] for key in ("zone", "time_format", *_CHOICES) if key in found}
    told |= {key: bool(found.get(key)) for key in _SWITCHES} | words
    return ImportMapping(
        kind, dict(columns), name, str(found.get("title", "")), scales=scales, internal_digits=digits, **told
    )


_SWITCHES = ("wait_is_rest", "swap_outbound", "leg_per_agent", "answered_by_machine")

_WORDS: dict[str, tuple[str, ...]] = {
    "outcomes": LEG_OUTCOMES,
    "statuses": ACCOUNT_STATUSES,
    "directions": ("inbound", "outbound", "internal"),
    "machines": LEG_OUTCOMES,
    "units": get_args(DurationUnit),
}
"""Tables of a mapping, with what a value in each may be."""

_CHOICES: dict[str, tuple[str, ...]] = {
    "decimal": get_args(DecimalMark),
    "unit": get_args(DurationUnit),
    "ces_high": EFFORT_ENDS,
    "no_talk": LEG_OUTCOMES,
}


def _read_words(path: str, found: Mapping[str, Any], name: str, allowed: Sequence[str]) -> dict[str, Any]:
    """A table of a mapping: what each word of the source means."""
    words = found.get(name, {})
    bad = [value for value in words.values() if value not in allowed]
    if bad:
        raise _bad(path, f"the value {bad[0]!r} in [{name}]", ", ".join(allowed))
    return {fold_word(key): value for key, value in words.items()}


def fold_word(text: str) -> str:
    """A word of a source as the tables of a mapping have it: without capitals, blanks written once."""
    return " ".join(text.casefold().split())


def _bad(path: str, found: str, expected: str) -> ConfigError:
    return ConfigError(f"the mapping {path!r}: {found}", expected, "correct the mapping")
