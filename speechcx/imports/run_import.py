"""An export into the database: opened, mapped, read, checked, kept in one transaction, matched with recordings."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from speechcx.call.imported import CallLeg, CustomerAccount, SurveyAnswer
from speechcx.discover.csv_lines import CsvFile, CsvRow
from speechcx.discover.headings import squeeze
from speechcx.discover.settings import DiscoverSettings
from speechcx.discover.table_files import read_table
from speechcx.errors import ConfigError, UsageError
from speechcx.file_bytes import hash_bytes
from speechcx.imports.export_headings import FIELDS, ImportKind
from speechcx.imports.mapping import ImportMapping, expect_columns
from speechcx.imports.read_facts import ReadRows, RefusedRow, read_accounts, read_answers, read_legs
from speechcx.imports.suggest import find_mapping, list_presets, suggest_mapping
from speechcx.imports.survey_comments import CommentSettings, read_comments, redact_comments
from speechcx.redact.settings import RedactSettings
from speechcx.store import Store
from speechcx.store.facts.match_calls import CLOCK_TOLERANCE_S
from speechcx.store.facts.save import ImportInfo, SavedFacts, save_accounts, save_answers, save_legs

ImportedFact = CallLeg | SurveyAnswer | CustomerAccount
_READERS: dict[ImportKind, Callable[[CsvFile, Sequence[CsvRow], ImportMapping], ReadRows[Any]]] = {
    "calls": read_legs,
    "surveys": read_answers,
    "accounts": read_accounts,
}

MAX_ROWS = 1_000_000
MAX_BYTES = 1 << 30


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """What an import is asked for.

    Parameters
    ----------
    mapping
        A mapping file or the name of a preset; empty to go by the headings.
    zone
        Zone of times without one; None for that of the mapping, else of ``discover.zone``.
    tolerance_s
        How far the clocks of telephone system and recorder may differ, in seconds.
    anyway
        Keep what can be read where some rows cannot.
    dry_run
        Read and check only.
    who
        Who imports it, for the audit trail.
    """

    mapping: str = ""
    zone: str | None = None
    tolerance_s: float = CLOCK_TOLERANCE_S
    anyway: bool = False
    dry_run: bool = False
    who: str = "unknown"


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What became of a file.

    Parameters
    ----------
    imported, file
        What it holds, and its name.
    mapping
        How it was read.
    rows
        Rows with a value.
    facts
        Facts in them.
    refused
        Rows that cannot be used; where there are any and they were not allowed, nothing was kept.
    saved
        What the import changed; None where nothing was kept.
    first_day, last_day
        Days of its facts, on the clock they are told in.
    note
        What of the file was not read; empty where all was.
    """

    imported: ImportKind
    file: str
    mapping: ImportMapping
    rows: int
    facts: int
    refused: tuple[RefusedRow, ...]
    saved: SavedFacts | None
    first_day: str | None
    last_day: str | None
    note: str = ""

    @property
    def exit_code(self) -> int:
        """0, or 3 where a row is not used."""
        return 3 if self.refused else 0


def open_export(path: Path, kind: ImportKind) -> tuple[CsvFile, Sequence[CsvRow], tuple[str, ...]]:
    """The table of an export, its rows, and its headings as they stand in it.

    Raises
    ------
    ConfigError
        It cannot be read, or no line of it is a header of such a table.
    """
    usual = {spelling for spellings in FIELDS[kind].values() for spelling in spellings}
    own = {squeeze(one) for preset in list_presets() for known in preset.columns.values() for one in known}
    opened = read_table(str(path), frozenset(usual | own), max_bytes=MAX_BYTES, max_rows=MAX_ROWS)
    if opened is None:
        raise ConfigError(
            f"{str(path)!r}: no line is a header of {kind}",
            f"columns such as {', '.join(FIELDS[kind])}, under any of their usual names",
            f"export it with its headings, or name them in a mapping: speechcx import {kind} --help",
        )
    file, rows = opened
    return file, tuple(rows), file.names


def run_import(
    store: Store,
    path: Path,
    kind: ImportKind,
    *,
    settings: DiscoverSettings,
    options: ImportOptions,
    comments: CommentSettings | None = None,
) -> ImportReport:
    """Import a file of facts.

    Parameters
    ----------
    store
        Open for writing; only read where `options` asks for a dry run.
    path
        The export.
    kind
        ``calls``, ``surveys`` or ``accounts``.
    settings
        For the centre's zone and the form of times.
    options
        See :class:`ImportOptions`.
    comments
        How comments of surveys are read; None for not at all. Values that nobody may keep are taken out anyway.

    Raises
    ------
    ConfigError
        The file or the mapping cannot be read, or they do not fit.
    UsageError
        The clock tolerance is no number of seconds from 0 to 3600.
    """
    if not 0 <= options.tolerance_s <= 3600:
        raise UsageError(f"a clock tolerance of {options.tolerance_s:g} s", "0 to 3600 seconds", "correct it")
    file, rows, headings = open_export(path, kind)
    mapping = (
        find_mapping(options.mapping, kind, headings)
        if options.mapping
        else suggest_mapping(file, rows, kind)
    )
    mapping = replace(
        mapping,
        columns={name: "_".join(heading.lower().split()) for name, heading in mapping.columns.items()},
        zone=options.zone or mapping.zone or settings.zone,
        time_format=mapping.time_format or settings.time_format,
        day_zone=settings.zone,
    )
    expect_columns(mapping, headings, str(path))
    read = _READERS[kind](file, rows, mapping)
    _expect_zone(read, path)
    saved = None
    if not options.dry_run and (options.anyway or not read.refused):
        info = ImportInfo(
            kind, os.path.basename(path), _hash_file(path), options.who, mapping.zone, options.tolerance_s
        )
        saved = _save(store, read, info, comments)
    days = _days(read)
    return ImportReport(
        kind,
        str(path),
        mapping,
        len(rows),
        len(read.facts),
        read.refused,
        saved,
        days[0],
        days[-1],
        ". ".join(f"{note[0].upper()}{note[1:]}" for note in (file.note, *read.notes) if note),
    )


def _expect_zone(read: ReadRows[ImportedFact], path: Path) -> None:
    """Say once, not row by row, that times have no zone."""
    lacking = [row for row in read.refused if row.found.startswith("no zone for ")]
    if lacking:
        raise ConfigError(
            f"{os.path.basename(path)} line {lacking[0].line}: a time without a zone"
            f" ({lacking[0].found.removeprefix('no zone for ').partition(':')[0]} ...), {len(lacking):,} in all",
            "the zone of the system that wrote it",
            "name it with --zone Europe/Berlin, or set zone in [discover] or in the mapping",
        )


def _save(
    store: Store, read: ReadRows[ImportedFact], info: ImportInfo, comments: CommentSettings | None
) -> SavedFacts:
    if info.kind == "calls":
        return save_legs(store, [fact for fact in read.facts if isinstance(fact, CallLeg)], info)
    if info.kind == "surveys":
        answers = [fact for fact in read.facts if isinstance(fact, SurveyAnswer)]
        answers = redact_comments(answers, RedactSettings() if comments is None else comments.redact)
        return save_answers(
            store, answers if comments is None else read_comments(store, answers, comments), info
        )
    return save_accounts(store, [fact for fact in read.facts if isinstance(fact, CustomerAccount)], info)


def _days(read: ReadRows[ImportedFact]) -> list[str] | tuple[None]:
    days = {day.isoformat() for fact in read.facts for day in _days_of(fact) if day is not None}
    return sorted(days) or (None,)


def _days_of(fact: ImportedFact) -> tuple[date | None, ...]:
    if isinstance(fact, CustomerAccount):
        return fact.opened, fact.closed, fact.as_of
    moment = fact.started_at if isinstance(fact, CallLeg) else fact.answered_at
    return (None if moment is None else moment.date(),)


def _hash_file(path: Path) -> str:
    with open(path, "rb") as file:
        return hash_bytes(file.fileno())
