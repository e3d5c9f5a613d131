"""Which column of an export stands for which field: presets of telephone systems, usual headings, a mapping file."""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from typing import Any, Literal, get_args

from speechcx.call.imported import ACCOUNT_STATUSES, EFFORT_ENDS, LEG_OUTCOMES, EffortEnd
from speechcx.discover.headings import squeeze
from speechcx.errors import ConfigError

ImportKind = Literal["calls", "surveys", "accounts"]
IMPORT_KINDS: tuple[ImportKind, ...] = get_args(ImportKind)

CALL_FIELDS: dict[str, tuple[str, ...]] = {
    "record_id": (
        "linkedid", "recordid", "callid", "contactid", "conversationid", "interactionid", "sessionid",
        "callguid", "calluuid", "uniqueid", "uuid", "xmlcdruuid", "id",
    ),
    "leg_id": ("legid", "segmentid", "uniqueid", "xmlcdruuid", "uuid", "recordid", "callid", "id"),
    "started_at": (
        "startedat", "starttime", "start", "startstamp", "calldate", "calltime", "callstart", "callstarttime",
        "initiationtimestamp", "timestamp", "datetime", "dateandtime", "date", "time",
    ),
    "agent": (
        "agent", "agentid", "agentusername", "agentlogin", "agentname", "agentemail", "user", "username", "users",
        "answeredby", "extension", "agentextension",
    ),
    "customer": (
        "customer", "customerid", "customernumber", "customerphonenumber", "customerendpointaddress", "ani",
        "callerid", "callernumber", "calleridnumber", "cli", "from", "src", "phonenumber",
    ),
    "queue": ("queue", "queuename", "skill", "campaign", "campaignid", "ingroup"),
    "direction": ("direction", "calldirection", "calltype", "initiationmethod"),
    "outcome": ("outcome", "disposition", "status", "callstatus", "result", "hangupcause"),
    "wait_s": (
        "waits", "wait", "waittime", "queuetime", "queueduration", "queueseconds", "queuewaittime",
        "ringing", "ringtime",
    ),
    "talk_s": ("talks", "talk", "talktime", "totaltalk", "billsec", "talking", "agentinteractionduration"),
    "hold_s": ("holds", "hold", "holdtime", "totalhold", "customerholdduration"),
    "wrap_s": (
        "wraps", "wrap", "wrapup", "wrapuptime", "acw", "totalacw", "aftercallwork", "aftercallworktime",
        "aftercontactworkduration",
    ),
    "duration_s": (
        "durations", "duration", "totalduration", "callduration", "contactduration", "lengthinsec", "length",
        "calltimeseconds",
    ),
    "recording": ("recording", "recordingfile", "recordingname", "recordpath", "recordname", "filename"),
}  # fmt: skip
SURVEY_FIELDS: dict[str, tuple[str, ...]] = {
    "answer_id": ("answerid", "responseid", "surveyid", "surveyresponseid", "submissionid", "id"),
    "answered_at": (
        "answeredat", "submittedat", "completedat", "responsedate", "recordeddate", "enddate", "date", "timestamp",
    ),
    "reference": (
        "reference", "callid", "contactid", "conversationid", "interactionid", "recordid", "uniqueid", "linkedid",
    ),
    "customer": ("customer", "customerid", "customernumber", "phone", "phonenumber", "caller", "ani"),
    "agent": ("agent", "agentid", "agentname", "agentusername", "user"),
    "csat": ("csat", "satisfaction", "rating", "overallsatisfaction", "customersatisfaction", "stars"),
    "nps": ("nps", "npsscore", "likelihoodtorecommend", "recommend", "recommendation", "q1nps"),
    "ces": ("ces", "effort", "effortscore", "customereffort", "customereffortscore", "easy"),
    "comment": ("comment", "comments", "verbatim", "feedback", "openanswer", "reason", "why"),
}  # fmt: skip
ACCOUNT_FIELDS: dict[str, tuple[str, ...]] = {
    "account_id": ("accountid", "accountnumber", "accountno", "account", "contractid", "contractnumber", "id"),
    "customer": (
        "customer", "customerid", "customernumber", "customerno", "customerkey", "phone", "phonenumber", "mobile",
        "mobilephone", "accountid", "accountnumber", "account", "contactid", "clientid", "msisdn", "id",
    ),
    "status": (
        "status", "accountstatus", "customerstatus", "state", "stage", "lifecyclestage", "kept", "active", "isactive",
    ),
    "lost": ("lost", "churned", "churn", "ischurned", "cancelled", "canceled", "iscancelled", "left"),
    "opened": (
        "opened", "openedat", "openedday", "customersince", "since", "startdate", "start", "created", "createdat",
        "createddate", "activationdate", "signupdate", "joined", "joindate", "contractstart",
    ),
    "closed": (
        "closed", "closedat", "closedday", "churndate", "churnedat", "lostat", "lostdate", "cancelledat",
        "canceledat", "cancellationdate", "canceldate", "terminationdate", "terminatedat", "enddate", "end", "lastday",
    ),
    "as_of": ("asof", "asofdate", "snapshot", "snapshotdate", "reportdate", "exportdate", "exportedat"),
    "value": (
        "value", "annualvalue", "annualrevenue", "arr", "mrr", "monthlyrevenue", "revenue", "acv", "contractvalue",
        "monthlycharges", "monthlyfee", "amount",
    ),
    "lifetime_value": ("lifetimevalue", "ltv", "clv", "cltv", "customerlifetimevalue", "totalrevenue", "totalcharges"),
    "currency": ("currency", "currencycode", "currencyisocode"),
}  # fmt: skip
FIELDS: dict[ImportKind, dict[str, tuple[str, ...]]] = {
    "calls": CALL_FIELDS,
    "surveys": SURVEY_FIELDS,
    "accounts": ACCOUNT_FIELDS,
}
"""Every field of each kind, with the squeezed headings that usually stand for it, the best first."""

REQUIRED: dict[ImportKind, tuple[str, ...]] = {
    "calls": ("record_id", "started_at"),
    "surveys": (),
    "accounts": ("customer",),
}
RATINGS = ("csat", "nps", "ces")
ACCOUNT_FACTS = ("status", "lost", "closed", "value", "lifetime_value")
"""An account says at least one of these."""

DURATIONS = ("wait_s", "talk_s", "hold_s", "wrap_s", "duration_s")
DurationUnit = Literal["s", "ms", "min"]
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
        Of durations that are bare numbers.
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


@lru_cache(maxsize=1)
def list_presets() -> tuple[ImportMapping, ...]:
    """Every preset that comes with the package, by name."""
    folder = resources.files("speechcx.imports") / "presets"
    found = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".toml"))
    return tuple(
        _build(tomllib.loads((folder / name).read_text(encoding="utf-8")), name, name.removesuffix(".toml"))
        for name in found
    )


def read_mapping(named: str, kind: ImportKind) -> ImportMapping:
    """The mapping of a file, or the preset of that name.

    Raises
    ------
    ConfigError
        There is none, it cannot be read, or it is one of another kind.
    """
    presets = {preset.name: preset for preset in list_presets() if preset.kind == kind}
    if named in presets:
        return presets[named]
    if not os.path.isfile(named):
        raise ConfigError(
            f"no mapping file and no preset {named!r}",
            f"a file, or one of {', '.join(sorted(presets)) or 'no preset of this kind'}",
            f"write one with: speechcx import {kind} FILE --suggest",
        )
    try:
        with open(named, "rb") as file:
            mapping = _build(tomllib.load(file), named, "")
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"the mapping {named!r} cannot be read: {error}", "a TOML file", "correct the line"
        ) from error
    if mapping.kind != kind:
        raise ConfigError(
            f"the mapping {named!r} is for {mapping.kind}",
            f"one for {kind}",
            f"speechcx import {mapping.kind}",
        )
    return mapping


def suggest_mapping(headings: Sequence[str], kind: ImportKind) -> ImportMapping:
    """The preset whose headings are all there, the one with most of them; else what the headings usually mean."""
    there = {squeeze(heading): heading for heading in reversed(headings) if heading}
    fitting = [
        preset
        for preset in list_presets()
        if preset.kind == kind and all(squeeze(heading) in there for heading in preset.columns.values())
    ]
    if fitting:
        best = max(fitting, key=lambda preset: (len(preset.columns), preset.name))
        return ImportMapping(
            kind, {name: there[squeeze(heading)] for name, heading in best.columns.items()}, best.name, best.title,
            best.zone, best.time_format, best.unit, best.outcomes, best.scales, best.wait_is_rest, best.statuses,
            best.decimal, best.ces_high,
        )  # fmt: skip
    columns: dict[str, str] = {}
    for name, spellings in FIELDS[kind].items():
        found = next((there[spelling] for spelling in spellings if spelling in there), None)
        if found is not None and (found not in columns.values() or name in ("leg_id", "customer")):
            columns[name] = found
    return ImportMapping(kind, columns)


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
        f"unit = {json.dumps(mapping.unit)}" if mapping.kind == "calls" else "",
        "wait_is_rest = true" if mapping.wait_is_rest else "",
        _write_direction(mapping),
        f"decimal = {json.dumps(mapping.decimal)}" if mapping.decimal else "",
        "",
        "[columns]",
    ]
    lines += [_write_column(name, mapping.columns.get(name)) for name in FIELDS[mapping.kind]]
    unused = [heading for heading in headings if heading and heading not in mapping.columns.values()]
    if unused:
        lines.append(f"# not used: {', '.join(unused)}")
    if mapping.outcomes:
        lines += ["", "[outcomes]"]
        lines += [f"{json.dumps(name)} = {json.dumps(value)}" for name, value in mapping.outcomes.items()]
    if mapping.statuses:
        lines += ["", "[statuses]"]
        lines += [f"{json.dumps(name)} = {json.dumps(value)}" for name, value in mapping.statuses.items()]
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


def _build(found: Mapping[str, Any], path: str, name: str) -> ImportMapping:
    """A mapping from its file.

    Raises
    ------
    ConfigError
        A key, a field or a value that is none.
    """
    known = {
        "kind", "title", "zone", "time_format", "unit", "wait_is_rest", "columns", "outcomes", "scales",
        "statuses", "decimal", "ces_high",
    }  # fmt: skip
    kind = found.get("kind")
    wrong = sorted(found.keys() - known)
    columns = found.get("columns", {})
    if kind not in IMPORT_KINDS:
        raise _bad(path, f"kind is {kind!r}", "calls, surveys or accounts")
    wrong += sorted(columns.keys() - FIELDS[kind].keys()) if isinstance(columns, dict) else ["columns"]
    if wrong:
        raise _bad(path, f"{wrong[0]!r} is not known", f"one of {', '.join([*known, *FIELDS[kind]])}")
    outcomes = found.get("outcomes", {})
    statuses = found.get("statuses", {})
    for what, given, allowed in (
        ("outcome", outcomes, LEG_OUTCOMES),
        ("status", statuses, ACCOUNT_STATUSES),
    ):
        bad = [value for value in given.values() if value not in allowed]
        if bad:
            raise _bad(path, f"the {what} {bad[0]!r}", ", ".join(allowed))
    if found.get("decimal") not in (None, *get_args(DecimalMark)):
        raise _bad(path, f"decimal is {found['decimal']!r}", 'a point or a comma: "." or ","')
    if found.get("unit", "s") not in get_args(DurationUnit):
        raise _bad(path, f"unit is {found['unit']!r}", "s, ms or min")
    if found.get("ces_high") not in (None, *EFFORT_ENDS):
        raise _bad(path, f"ces_high is {found['ces_high']!r}", "easy or difficult")
    scales = {key: (float(low), float(high)) for key, (low, high) in found.get("scales", {}).items()}
    return ImportMapping(
        kind, dict(columns), name, str(found.get("title", "")), found.get("zone"), found.get("time_format"),
        found.get("unit", "s"), {key.casefold(): value for key, value in outcomes.items()}, scales,
        bool(found.get("wait_is_rest", False)),
        {" ".join(key.casefold().split()): value for key, value in statuses.items()}, found.get("decimal"),
        found.get("ces_high"),
    )  # fmt: skip


def _bad(path: str, found: str, expected: str) -> ConfigError:
    return ConfigError(f"the mapping {path!r}: {found}", expected, "correct the mapping")
