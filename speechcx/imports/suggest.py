"""Which mapping an export needs: a preset that fits its headings, else what headings usually mean."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib import resources
from typing import Any

from speechcx.discover.csv_lines import CsvFile, CsvRow, split_cells
from speechcx.discover.headings import squeeze
from speechcx.errors import ConfigError
from speechcx.imports.export_headings import FIELDS, DurationUnit, ImportKind, split_unit
from speechcx.imports.mapping import DURATIONS, ImportMapping, build_mapping, read_mapping

_MIN_SHARE = 0.6
"""A preset fits where so many of its columns are there: people leave columns out of an export."""

_YES_NO: dict[str, dict[str, str]] = {
    "answered": {"yes": "answered", "true": "answered", "1": "answered", "no": "no_answer", "false": "no_answer",
                 "0": "no_answer"},
    "abandoned": {"yes": "abandoned", "true": "abandoned", "1": "abandoned"},
    "missed": {"yes": "no_answer", "true": "no_answer", "1": "no_answer"},
}  # fmt: skip
"""Headings of an outcome that ask a question, and what their answers mean."""

_SAMPLE_ROWS = 200
_FRACTION = re.compile(r"0?[.,]\d{3,}(?:E-\d+)?|\d(?:[.,]\d+)?E-\d+|0[.,]0+", re.IGNORECASE)
"""A part of a day, as spreadsheets keep durations: 0.002222 for three minutes."""


@dataclass(frozen=True, slots=True)
class ImportPreset:
    """The export of one product.

    Parameters
    ----------
    mapping
        How it is read; the columns are those that it has first.
    columns
        Every heading that a field may have in it, the best first.
    needs
        Squeezed headings without which an export is of another product.
    """

    mapping: ImportMapping
    columns: Mapping[str, tuple[str, ...]]
    needs: frozenset[str]

    def fit(self, headings: Sequence[str]) -> ImportMapping | None:
        """The mapping with the columns of these headings; None where they are of another product."""
        there = _squeezed(headings)
        found = {
            name: there[squeeze(heading)]
            for name, known in self.columns.items()
            for heading in reversed(known)
            if squeeze(heading) in there
        }
        if not self.needs <= there.keys() or len(found) < _MIN_SHARE * len(self.columns):
            return None
        return replace(self.mapping, columns=found)


@lru_cache(maxsize=1)
def list_presets() -> tuple[ImportPreset, ...]:
    """Every preset that comes with the package, by name."""
    folder = resources.files("speechcx.imports") / "presets"
    found = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".toml"))
    return tuple(
        _read_preset(name, tomllib.loads((folder / name).read_text(encoding="utf-8"))) for name in found
    )


def _read_preset(file: str, found: dict[str, Any]) -> ImportPreset:
    needs = frozenset(map(squeeze, found.pop("needs", ())))
    columns = {
        name: (heading,) if isinstance(heading, str) else tuple(heading)
        for name, heading in found.pop("columns").items()
    }
    first = {name: known[0] for name, known in columns.items()}
    mapping = build_mapping({**found, "columns": first}, file, file.removesuffix(".toml"))
    return ImportPreset(mapping, columns, needs)


def find_mapping(named: str, kind: ImportKind, headings: Sequence[str]) -> ImportMapping:
    """The mapping of a file, or the preset of that name with the columns that these headings have of it.

    Raises
    ------
    ConfigError
        There is none, it cannot be read, or is one of another kind.
    """
    presets = {preset.mapping.name: preset for preset in list_presets() if preset.mapping.kind == kind}
    if named in presets:
        return presets[named].fit(headings) or presets[named].mapping
    if not os.path.isfile(named):
        raise ConfigError(
            f"no mapping file and no preset {named!r}",
            f"a file, or one of {', '.join(sorted(presets)) or 'no preset of this kind'}",
            f"write one with: speechcx import {kind} FILE --suggest",
        )
    return read_mapping(named, kind)


def suggest_mapping(file: CsvFile, rows: Sequence[CsvRow], kind: ImportKind) -> ImportMapping:
    """The preset that fits best, else what the headings usually mean; with the unit that the first rows show."""
    fitting = [
        (preset, mapping)
        for preset in list_presets()
        if preset.mapping.kind == kind and (mapping := preset.fit(file.names)) is not None
    ]
    if fitting:
        best = max(fitting, key=lambda one: (len(one[1].columns), len(one[0].needs), one[1].name))
        mapping = best[1]
    else:
        mapping = _go_by_headings(file.names, kind)
    return _find_day_fractions(file, rows, mapping) if kind == "calls" else mapping


def _squeezed(headings: Sequence[str]) -> dict[str, str]:
    return {squeeze(heading): heading for heading in reversed(headings) if heading}


def _go_by_headings(headings: Sequence[str], kind: ImportKind) -> ImportMapping:
    """The first heading of each field's usual ones, with the unit that it names."""
    there = _squeezed(headings)
    with_unit = {name: (heading, unit) for heading in reversed(headings) if heading
                 for name, unit in (split_unit(heading),) if unit is not None}  # fmt: skip
    columns: dict[str, str] = {}
    units: dict[str, DurationUnit] = {}
    for name, spellings in FIELDS[kind].items():
        for spelling in spellings:
            heading = there.get(spelling)
            unit = None
            if heading is None and name in DURATIONS and spelling in with_unit:
                heading, unit = with_unit[spelling]
            if heading is None or (heading in columns.values() and name not in ("leg_id", "customer")):
                continue
            columns[name] = heading
            if unit is not None:
                units[name] = unit
            break
    if kind == "calls":
        columns = _settle_start(columns, there)
    if len(set(units.values())) == 1 and units.keys() == columns.keys() & set(DURATIONS):
        return ImportMapping(kind, columns, unit=next(iter(units.values())), outcomes=_outcomes(columns))
    return ImportMapping(kind, columns, units=units, outcomes=_outcomes(columns))


def _settle_start(columns: dict[str, str], there: Mapping[str, str]) -> dict[str, str]:
    """A start in two columns, a date and a time of day, where no column holds both."""
    start = squeeze(columns.get("started_at", ""))
    date = next((there[name] for name in FIELDS["calls"]["date"] if name in there), None)
    time = next((there[name] for name in FIELDS["calls"]["time"] if name in there), None)
    others = {name: heading for name, heading in columns.items() if name not in ("date", "time")}
    is_part = start in {*FIELDS["calls"]["date"], *FIELDS["calls"]["time"]}
    if date is None or time is None or date == time or not (is_part or not start):
        return others
    return {**{name: one for name, one in others.items() if name != "started_at"}, "date": date, "time": time}


def _outcomes(columns: Mapping[str, str]) -> dict[str, str]:
    return _YES_NO.get(squeeze(columns.get("outcome", "")), {})


def _find_day_fractions(file: CsvFile, rows: Sequence[CsvRow], mapping: ImportMapping) -> ImportMapping:
    """The mapping with the unit ``day`` where durations are fractions of a day, as spreadsheets keep them."""
    places = [file.names.index(heading) for name, heading in mapping.columns.items() if name in DURATIONS]
    told = [
        cells[place]
        for row in rows[:_SAMPLE_ROWS]
        if not row.wrong and row.text.count('"') % 2 == 0
        for cells in (split_cells(row.text, file.delimiter),)
        for place in places
        if place < len(cells) and cells[place] not in ("", "0")
    ]
    if told and all(_FRACTION.fullmatch(cell) for cell in told):
        return replace(mapping, unit="day", units={})
    return mapping
