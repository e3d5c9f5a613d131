"""Rows of an export as facts; what cannot be used is told by its line, and nothing is guessed."""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Generic, TypeVar

from speechcx.call.imported import (
    SURVEY_SCALES,
    AccountStatus,
    CallLeg,
    CustomerAccount,
    SurveyAnswer,
    SurveyKind,
)
from speechcx.discover.clock import read_moment
from speechcx.discover.csv_lines import CsvFile, CsvRow, split_cells
from speechcx.discover.headings import says_utc
from speechcx.discover.time_forms import UnreadableTimeError
from speechcx.imports.mapping import DURATIONS, RATINGS, ImportMapping
from speechcx.imports.values import (
    UnreadableCellError,
    read_account_day,
    read_amount,
    read_direction,
    read_duration,
    read_outcome,
    read_rating,
    read_status,
)

Fact = TypeVar("Fact")
_IDS = frozenset({"record_id", "leg_id", "answer_id", "reference", "account_id", "customer", "agent"})
_ROUNDED = re.compile(r"\d(?:[.,]\d+)?E\+\d+", re.IGNORECASE)
MAX_EXTRAS = 50
"""Further columns of a call record that are kept."""


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that is not used.

    Parameters
    ----------
    line
        Where it begins, counted from 1.
    found
        What is wrong with it.
    """

    line: int
    found: str


@dataclass(frozen=True, slots=True)
class ReadRows(Generic[Fact]):
    """The facts of a file, and the rows that are none."""

    facts: tuple[Fact, ...]
    refused: tuple[RefusedRow, ...]


FieldCells = Mapping[str, str]
"""Value of each field of a row that is not blank."""


def read_legs(file: CsvFile, rows: Sequence[CsvRow], mapping: ImportMapping) -> ReadRows[CallLeg]:
    """Legs of call records. Two rows of one leg that differ are both refused.

    Parameters
    ----------
    file
        The headings.
    rows
        Its rows.
    mapping
        How it is read; its zone is that of times without one.
    """
    reader = _Reader(file, mapping)

    def read(cells: FieldCells, extras: tuple[tuple[str, str], ...], line: int) -> list[CallLeg]:
        started = reader.moment(cells.get("started_at", ""))
        if started is None:
            raise UnreadableCellError("no start")
        record_id = cells.get("record_id")
        if record_id is None:
            raise UnreadableCellError("no id of the call")
        times = {name: read_duration(cells[name], mapping.unit) for name in DURATIONS if name in cells}
        if mapping.wait_is_rest and "duration_s" in times and "wait_s" not in times:
            parts = (times.get(name, 0.0) for name in ("talk_s", "hold_s", "wrap_s"))
            times["wait_s"] = max(0.0, round(times["duration_s"] - sum(parts), 3))
        own = f"{record_id} {started.isoformat()} {cells.get('agent', '')}"
        return [
            CallLeg(
                record_id=record_id,
                leg_id=cells.get("leg_id") or own,
                started_at=started,
                agent=cells.get("agent"),
                customer=cells.get("customer"),
                queue=cells.get("queue"),
                direction=read_direction(cells["direction"]) if "direction" in cells else None,
                outcome=read_outcome(cells["outcome"], mapping.outcomes) if "outcome" in cells else None,
                recording=cells.get("recording"),
                extras=extras,
                row=line,
                **times,
            )
        ]

    return reader.read(rows, read, key=lambda leg: (leg.record_id, leg.leg_id))


def read_answers(file: CsvFile, rows: Sequence[CsvRow], mapping: ImportMapping) -> ReadRows[SurveyAnswer]:
    """Answers to surveys: one for each rating column of a row; a blank one is an invitation without an answer."""
    reader = _Reader(file, mapping)
    kinds: list[SurveyKind] = [kind for kind in RATINGS if kind in mapping.columns]  # type: ignore[misc]

    def read(cells: FieldCells, extras: tuple[tuple[str, str], ...], line: int) -> list[SurveyAnswer]:
        moment = reader.moment(cells.get("answered_at", ""))
        answer_id = cells.get("answer_id") or cells.get("reference")
        if answer_id is None:
            # Without an id, who answered when is what makes an answer the same one again.
            told = "\x1f".join(
                cells.get(name, "") for name in ("customer", "answered_at", "agent", "comment")
            )
            answer_id = hashlib.sha256(told.encode()).hexdigest()[:16]
        found = []
        for kind in kinds:
            low, high = mapping.scales.get(kind, SURVEY_SCALES[kind])
            value = read_rating(cells[kind], low, high) if kind in cells else None
            found.append(
                SurveyAnswer(
                    answer_id, kind, value, low, high, moment, cells.get("reference"), cells.get("customer"),
                    cells.get("agent"), cells.get("comment"), line, mapping.ces_high if kind == "ces" else None,
                )
            )  # fmt: skip
        return found

    return reader.read(rows, read, key=lambda answer: (answer.kind, answer.answer_id))


def read_accounts(file: CsvFile, rows: Sequence[CsvRow], mapping: ImportMapping) -> ReadRows[CustomerAccount]:
    """Accounts of customers. Two rows of one account that differ are both refused."""
    reader = _Reader(file, mapping)

    def read(cells: FieldCells, extras: tuple[tuple[str, str], ...], line: int) -> list[CustomerAccount]:
        customer = cells.get("customer")
        if customer is None:
            raise UnreadableCellError("no customer")
        opened, closed, as_of = (
            read_account_day(cells[name]) if name in cells else None for name in ("opened", "closed", "as_of")
        )
        if opened is not None and closed is not None and closed < opened:
            raise UnreadableCellError(f"closed on {closed}, before it was opened on {opened}")
        value, lifetime = (
            read_amount(cells[name], mapping.decimal) if name in cells else None
            for name in ("value", "lifetime_value")
        )
        if value is not None and value < 0:
            raise UnreadableCellError(f"a value of {value:g}; expected 0 or more")
        return [
            CustomerAccount(
                cells.get("account_id") or customer, customer, _read_kept(cells, mapping, closed, as_of), opened,
                closed, as_of, value, lifetime, _read_currency(cells), line,
            )
        ]  # fmt: skip

    return reader.read(rows, read, key=lambda account: ("", account.account_id))


def _read_kept(
    cells: FieldCells, mapping: ImportMapping, closed: date | None, as_of: date | None
) -> AccountStatus | None:
    """Whether a customer stayed: as the row says, else lost where it has a last day, else as its columns imply."""
    told: AccountStatus | None = None
    if "status" in cells:
        told = read_status(cells["status"], mapping.statuses)
    if "lost" in cells:
        # A column that asks whether the customer was lost: its yes is the other column's no.
        said = read_status(cells["lost"], {})
        is_answer = cells["lost"].casefold() not in ("lost", "kept")
        lost: AccountStatus = ("lost" if said == "kept" else "kept") if is_answer else said
        if told not in (None, lost):
            raise UnreadableCellError(f"{told} in one column, {lost} in another")
        told = lost
    if told == "kept" and closed is not None and (as_of is None or closed <= as_of):
        raise UnreadableCellError(f"kept, and closed on {closed}")
    if told is None and closed is not None:
        return "lost" if as_of is None or closed <= as_of else "kept"
    return "kept" if told is None and "closed" in mapping.columns else told


def _read_currency(cells: FieldCells) -> str | None:
    if "currency" in cells:
        return cells["currency"].upper()
    signs = (
        re.search(r"[A-Z]{3}|[$\u20ac\u00a3]", cells.get(name, "")) for name in ("value", "lifetime_value")
    )
    found = next((sign[0] for sign in signs if sign), None)
    return None if found is None else {"$": "USD", "\u20ac": "EUR", "\u00a3": "GBP"}.get(found, found)


def _in_sheet(row: CsvRow, found: str) -> str:
    return f"sheet {row.sheet!r}: {found}" if row.sheet else found


class _Reader:
    """Takes the rows of one file apart."""

    def __init__(self, file: CsvFile, mapping: ImportMapping) -> None:
        self.file = file
        self.mapping = mapping
        names = ["_".join(heading.lower().split()) for heading in mapping.columns.values()]
        self.places = {
            name: file.names.index(heading) for name, heading in zip(mapping.columns, names, strict=True)
        }
        start = mapping.columns.get("started_at") or mapping.columns.get("answered_at") or ""
        self.zone = "UTC" if says_utc(start) else mapping.zone

    def moment(self, text: str) -> datetime | None:
        """A time of a row; None for a blank cell."""
        if not text:
            return None
        return read_moment(text, zone=self.zone, time_format=self.mapping.time_format).when

    def read(
        self,
        rows: Sequence[CsvRow],
        read: Callable[[FieldCells, tuple[tuple[str, str], ...], int], list[Fact]],
        *,
        key: Callable[[Fact], tuple[str, str]],
    ) -> ReadRows[Fact]:
        """Every row's facts; the same fact told twice alike counts once."""
        facts: dict[tuple[str, str], tuple[Fact, str, int]] = {}
        refused: list[RefusedRow] = []
        conflicting: set[tuple[str, str]] = set()
        for row in rows:
            try:
                cells, extras = self._take_apart(row)
                found = read(cells, extras, row.line)
            except (UnreadableCellError, UnreadableTimeError) as error:
                refused.append(RefusedRow(row.line, _in_sheet(row, str(error))))
                continue
            for fact in found:
                before = facts.setdefault(key(fact), (fact, row.text, row.line))
                if before[1] != row.text:
                    conflicting.add(key(fact))
                    refused.append(
                        RefusedRow(
                            row.line,
                            _in_sheet(
                                row, f"the same id as line {before[2]}, with other values: neither is used"
                            ),
                        )
                    )
        kept = tuple(fact for name, (fact, _, _) in facts.items() if name not in conflicting)
        return ReadRows(kept, tuple(refused))

    def _take_apart(self, row: CsvRow) -> tuple[FieldCells, tuple[tuple[str, str], ...]]:
        if row.wrong:
            raise UnreadableCellError(row.wrong)
        try:
            cells = split_cells(row.text, self.file.delimiter)
        except csv.Error as error:
            raise UnreadableCellError(f"a quote that is not doubled or not closed ({error})") from error
        if len(cells) > len(self.file.names) and any(cells[len(self.file.names) :]):
            raise UnreadableCellError(f"{len(cells)} cells under {len(self.file.names)} column names")
        cells += [""] * (len(self.file.names) - len(cells))
        values = {name: cells[place] for name, place in self.places.items() if cells[place]}
        for name in values.keys() & _IDS:
            if _ROUNDED.fullmatch(values[name]):
                raise UnreadableCellError(
                    f"{values[name]} was a long number that a spreadsheet program rounded; format the column as text"
                )
        used = set(self.places.values())
        extras = sorted(
            (name, cell)
            for place, (name, cell) in enumerate(zip(self.file.names, cells, strict=False))
            if place not in used and name and cell
        )
        return values, tuple(extras[:MAX_EXTRAS])
