"""Puts together what the sources say of a call, in order of force, and keeps where each thing came from.

Sidecar before calls table before file name before default. Nothing is invented: what no source gives is
None, with the reason.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import cast

from speechcx.call import PARTIES, Details, Party
from speechcx.discover.callers import read_customer
from speechcx.discover.clock import StatedTime, read_moment
from speechcx.discover.headings import DIRECTIONS, FIELDS, choose_columns, is_value_of
from speechcx.discover.layouts import find_layout, guess_layouts, match_layout
from speechcx.discover.name_pattern import NameMatch, match_name, read_pattern
from speechcx.discover.names import printable_name
from speechcx.discover.settings import DiscoverSettings
from speechcx.discover.sidecar import describe_json, read_sidecars, sidecar_names
from speechcx.discover.sources import Sources
from speechcx.discover.start_columns import find_start
from speechcx.discover.time_forms import UnreadableTimeError
from speechcx.discover.two_numbers import find_customer
from speechcx.errors import CallError

_NO_VALUE = frozenset({"", "-", "?", "n/a", "na", "none", "null", "unknown"})
_LONGEST = 200
_LONGEST_EXTRA = 500
_MAX_EXTRAS = 200
AGENT_NAME = "agent_name"

SAME_START_S = 60.0
"""Two sources whose times differ by less agree: one counts from the ringing, the other from the answer."""

_SIDECAR, _TABLE, _NAME, _DEFAULT = range(4)


@dataclass(frozen=True, slots=True)
class SourceClaim:
    """One thing that one source says.

    Parameters
    ----------
    field
        Name of the field, or of an extra.
    value
        The text as given, cleaned.
    source
        Where it stands, for people.
    rank
        The smaller, the stronger.
    moment
        A time, read; None for anything else and for a time that cannot be read.
    why_not
        Why the value cannot be used, empty where it can.
    """

    field: str
    value: str
    source: str
    rank: int
    moment: StatedTime | None = None
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class ExplainRow:
    """One line of ``run --explain FILE``; `value` None where it is missing."""

    field: str
    value: str | None
    source: str


def read_details(path: str | os.PathLike[str], sources: Sources, settings: DiscoverSettings) -> Details:
    """What is known of the recording at `path`.

    Parameters
    ----------
    path
        The recording; need not be absolute.
    sources
        From :func:`speechcx.discover.read_sources`.
    settings
        Patterns, zone, defaults.

    Returns
    -------
    Details
        Agent or time that no source gives are None; ``sources`` then says why (``"missing: ..."``).

    Raises
    ------
    CallError
        ``metadata_conflict``: two sources of equal force disagree, or sidecar and table disagree on agent
        or start. ``metadata_missing``: a source is there, but cannot be read.
    """
    findings = _read_all(os.path.abspath(os.fspath(path)), sources, settings)
    _check_conflicts(findings)
    chosen = _choose(findings)
    return _add_name(_build(chosen, findings, os.fspath(path), known=sources, settings=settings), sources)


def _add_name(details: Details, sources: Sources) -> Details:
    """The same details with the agent's name of the roster, where no source of the call gave one."""
    name = sources.agent_names.get(details.agent or "")
    if not name or AGENT_NAME in dict(details.extras):
        return details
    return replace(
        details,
        extras=tuple(sorted([*details.extras, (AGENT_NAME, name)])),
        sources=tuple(sorted([*details.sources, (AGENT_NAME, "the roster")])),
    )


def explain(
    path: str | os.PathLike[str], sources: Sources, settings: DiscoverSettings
) -> tuple[ExplainRow, ...]:
    """Which field came from where, in the order of the fields; also what was overruled and what is missing.

    Never raises for what the sources say: a conflict is a row ``problem``.
    """
    try:
        findings = _read_all(os.path.abspath(os.fspath(path)), sources, settings)
    except CallError as error:
        return (ExplainRow("problem", None, error.found),)
    rows = []
    try:
        _check_conflicts(findings)
    except CallError as error:
        rows.append(ExplainRow("problem", None, error.found))
    chosen = _choose(findings)
    reasons = dict(_missing_reasons(chosen, findings, os.fspath(path), sources=sources, settings=settings))
    extras = sorted({finding.field for finding in findings} - set(FIELDS))
    for field in (*FIELDS, *extras):
        best = chosen.get(field)
        if best is not None:
            rows.append(ExplainRow(field, _value_text(best), _source_text(best)))
        elif field in reasons:
            rows.append(ExplainRow(field, None, reasons[field]))
        for other in findings:
            if other.field == field and other is not best:
                rows.append(ExplainRow(field, other.value, f"{other.source} ({_fate(other, best)})"))
    return tuple(rows)


def _fate(other: SourceClaim, best: SourceClaim | None) -> str:
    """What became of a finding that was not taken."""
    if other.why_not:
        return f"not used: {other.why_not}"
    if best is None:
        return "not used"
    return f"{'the same as' if _agree(other, best) else 'overruled by'} {best.source}"


def _read_all(path: str, sources: Sources, settings: DiscoverSettings) -> tuple[SourceClaim, ...]:
    """Every finding, strongest first; times are read once it is known in which zone."""
    raw = [*_from_sidecars(path, settings), *_from_tables(path, sources)]
    zone_of = {finding.source: finding.value for finding in raw if finding.field == "zone"}
    zone = next((finding.value for finding in raw if finding.field == "zone"), settings.zone)
    findings = []
    for finding in raw:
        if finding.field == "started_at":
            finding = _with_moment(finding, zone_of.get(finding.source, zone), settings)
        findings.append(finding)
    findings += _from_name(path, zone, settings)
    findings = [_checked(finding, settings) for finding in findings]
    if settings.direction is not None:
        findings.append(SourceClaim("direction", settings.direction, "discover.direction", _DEFAULT))
    if settings.zone is not None:
        findings.append(SourceClaim("zone", settings.zone, "discover.zone", _DEFAULT))
    return tuple(findings)


def _from_sidecars(path: str, settings: DiscoverSettings) -> Iterator[SourceClaim]:
    for sidecar in read_sidecars(path, settings):
        yield from _findings(sidecar.values, f"sidecar {printable_name(sidecar.name)}", _SIDECAR)


def _from_tables(path: str, sources: Sources) -> Iterator[SourceClaim]:
    for row in sources.rows_for(path):
        if row.wrong:
            raise CallError(
                "metadata_missing", f"{row.source} cannot be used: {row.wrong}", "a line that can be read in one way",
                "Correct the line.",
            )  # fmt: skip
        yield from _findings(row.values, row.source, _TABLE)


def _from_name(path: str, zone: str | None, settings: DiscoverSettings) -> Iterator[SourceClaim]:
    source, found = _match_name(path, zone, settings)
    if found is None:
        return
    yield from _findings(found.values, source, _NAME)
    if found.moment is not None:
        value = found.moment.when.isoformat()
        yield SourceClaim("started_at", value, source, _NAME, found.moment)
    elif found.why_no_moment:
        yield SourceClaim("started_at", "", source, _NAME, None, found.why_no_moment)


def _match_name(path: str, zone: str | None, settings: DiscoverSettings) -> tuple[str, NameMatch | None]:
    """What the first pattern that fits read, and where that pattern stands."""
    for text in settings.patterns:
        found = match_name(read_pattern(text), path, zone=zone)
        if found is not None:
            return f"file name by {text}", found
    for name in settings.layouts:
        by_layout = match_layout(find_layout(name), path, zone=zone)
        if by_layout is not None:
            return f"file name by layout {name}", by_layout[1]
    return "", None


def _findings(values: tuple[tuple[str, str], ...], source: str, rank: int) -> Iterator[SourceClaim]:
    columns = choose_columns([key for key, _ in values], in_table=rank == _TABLE)
    start, used = find_start(values, columns)
    fields = {
        at: field
        for field, at in columns.items()
        if field in FIELDS and field != "started_at" and is_value_of(*values[at])
    }
    if rank == _TABLE and "customer" not in columns:
        other = find_customer(values)
        if other is not None:
            fields[other] = "customer"
    if start:
        yield SourceClaim("started_at", clean_value(start, _LONGEST), source, rank)
    for at, (key, text) in enumerate(values):
        if at in used or (rank == _TABLE and at == columns.get("file")):
            continue
        field = fields.get(at) or clean_value("_".join(key.lower().split()), _LONGEST)
        value = clean_value(text, _LONGEST if at in fields else _LONGEST_EXTRA)
        if value.lower() in _NO_VALUE:
            continue
        if field == "direction":
            value = DIRECTIONS.get(value.lower(), value.lower())
        yield SourceClaim(field, value, source, rank)


def clean_value(text: str, longest: int) -> str:
    """`text` in one line and one spelling of each letter (NFC), without control characters or bad bytes."""
    text = text[: 8 * longest]
    # A byte that is no UTF-8, and half of a surrogate pair, would be refused by the database.
    text = "".join("\ufffd" if 0xD800 <= ord(char) <= 0xDFFF else char for char in text)
    text = "".join(" " if unicodedata.category(char) in ("Cc", "Zl", "Zp") else char for char in text)
    return unicodedata.normalize("NFC", " ".join(text.split()))[:longest]


def _with_moment(finding: SourceClaim, zone: str | None, settings: DiscoverSettings) -> SourceClaim:
    try:
        moment = read_moment(finding.value, zone=zone, time_format=settings.time_format)
    except UnreadableTimeError as error:
        return SourceClaim("started_at", finding.value, finding.source, finding.rank, None, str(error))
    return SourceClaim("started_at", finding.value, finding.source, finding.rank, moment)


def _checked(finding: SourceClaim, settings: DiscoverSettings) -> SourceClaim:
    """The finding in the form in which it is compared, or with the reason why it cannot be used."""
    if finding.field == "channels":
        _expect_parties(finding)
    elif finding.field == "customer":
        customer = read_customer(finding.value, country=settings.country)
        if customer is None:
            return replace(finding, why_not="a withheld number is no customer")
        return replace(finding, value=customer)
    elif finding.field == "agent" and settings.agents_ignore_case:
        return replace(finding, value=finding.value.lower())
    return finding


def _expect_parties(finding: SourceClaim) -> None:
    if all(party in PARTIES for party in _parties(finding.value)):
        return
    raise CallError(
        "metadata_missing",
        f"{finding.source} gives channels {finding.value!r}",
        f"parties divided by commas or blanks, out of {', '.join(PARTIES)}",
        "Correct the source.",
    )


def _parties(text: str) -> tuple[str, ...]:
    return tuple(part.lower() for part in re.split(r"[\s,;|/]+", text.strip()))


def _check_conflicts(findings: tuple[SourceClaim, ...]) -> None:
    for field in FIELDS:
        # Extras are left out: there can be thousands of them, and none of them is compared.
        told = [finding for finding in findings if finding.field == field]
        for index, first in enumerate(told):
            for second in told[index + 1 :]:
                if _may_not_differ(first, second) and not _agree(first, second):
                    raise CallError(
                        "metadata_conflict",
                        f"{field} is {first.value!r} in {first.source} and {second.value!r} in {second.source}",
                        "one answer",
                    )


def _may_not_differ(first: SourceClaim, second: SourceClaim) -> bool:
    if first.rank == second.rank:
        return first.rank != _DEFAULT
    return first.field in ("agent", "started_at") and {first.rank, second.rank} <= {_SIDECAR, _TABLE}


def _agree(first: SourceClaim, second: SourceClaim) -> bool:
    if first.moment is not None and second.moment is not None:
        return abs(first.moment.when - second.moment.when) < timedelta(seconds=SAME_START_S)
    if first.field == "channels":
        return _parties(first.value) == _parties(second.value)
    return first.value == second.value


def _choose(findings: tuple[SourceClaim, ...]) -> dict[str, SourceClaim]:
    """The strongest finding for each field. A time that cannot be read is not replaced by a weaker one."""
    chosen: dict[str, SourceClaim] = {}
    for finding in sorted(findings, key=lambda one: one.rank):
        chosen.setdefault(finding.field, finding)
    return {field: finding for field, finding in chosen.items() if not finding.why_not}


def _build(
    chosen: dict[str, SourceClaim],
    findings: tuple[SourceClaim, ...],
    path: str,
    *,
    known: Sources,
    settings: DiscoverSettings,
) -> Details:
    def text(field: str) -> str | None:
        return chosen[field].value if field in chosen else None

    moment = chosen["started_at"].moment if "started_at" in chosen else None
    channels = chosen.get("channels")
    extras = sorted((field, found.value) for field, found in chosen.items() if field not in FIELDS)
    sources = [(field, _source_text(found)) for field, found in chosen.items() if field != "zone"]
    if len(extras) > _MAX_EXTRAS:
        sources.append(("extras", f"{len(extras) - _MAX_EXTRAS} left out: at most {_MAX_EXTRAS} are kept"))
    return Details(
        agent=text("agent"),
        customer=text("customer"),
        started_at=moment.when if moment is not None else None,
        zone=moment.zone if moment is not None else text("zone"),
        direction=text("direction"),
        queue=text("queue"),
        team=text("team"),
        center=text("center"),
        channels=cast("tuple[Party, ...]", _parties(channels.value)) if channels is not None else None,
        extras=tuple(extras[:_MAX_EXTRAS]),
        sources=tuple(
            sorted([*sources, *_missing_reasons(chosen, findings, path, sources=known, settings=settings)])
        ),
    )


def _value_text(finding: SourceClaim) -> str:
    return finding.moment.when.isoformat() if finding.moment is not None else finding.value


def _source_text(finding: SourceClaim) -> str:
    note = finding.moment.note if finding.moment is not None else ""
    return f"{finding.source}; {note}" if note else finding.source


def _missing_reasons(
    chosen: dict[str, SourceClaim],
    findings: tuple[SourceClaim, ...],
    path: str,
    *,
    sources: Sources,
    settings: DiscoverSettings,
) -> Iterator[tuple[str, str]]:
    """Why agent and start are not known, field by field."""
    for field in ("agent", "started_at"):
        if field in chosen:
            continue
        refused = [f"{found.source}: {found.why_not}" for found in findings if found.field == field]
        yield field, f"missing: {'; '.join(refused) or _not_given(findings, path, sources, settings)}"


def _not_given(
    findings: tuple[SourceClaim, ...], path: str, sources: Sources, settings: DiscoverSettings
) -> str:
    stem = printable_name(os.path.splitext(os.path.basename(path))[0])
    parts = []
    for rank, nothing in (
        (_SIDECAR, _not_a_sidecar(path, settings) or f"no sidecar {stem}.json"),
        (_TABLE, _no_row(path, sources)),
        (_NAME, _no_pattern(path, settings)),
    ):
        silent = sorted({found.source for found in findings if found.rank == rank})
        parts.append(f"not in {', '.join(silent)}" if silent else nothing)
    return "; ".join(parts)


def _no_pattern(path: str, settings: DiscoverSettings) -> str:
    """Why the file name told nothing, with the layout it looks like."""
    has_any = settings.patterns or settings.layouts
    nothing = "no pattern fits the file name" if has_any else "no discover.patterns"
    like = [fit.layout for fit in guess_layouts((path,)) if fit.layout.name not in settings.layouts]
    return (
        f'{nothing}, which looks like {like[0].title}: layouts = ["{like[0].name}"] below [discover]'
        if like
        else nothing
    )


def _no_row(path: str, sources: Sources) -> str:
    near = sources.near_miss(os.path.abspath(path))
    return f"no row in a calls table ({near})" if near else "no row in a calls table"


def _not_a_sidecar(path: str, settings: DiscoverSettings) -> str:
    """Why a JSON that lies beside the recording was not taken for its sidecar; empty where none lies there."""
    for name in sidecar_names(path, settings):
        why = describe_json(name, settings) if os.path.isfile(name) else ""
        if why:
            return f"{printable_name(os.path.basename(name))} is no sidecar: {why}"
    return ""
