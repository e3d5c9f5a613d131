"""Rows of an export as facts; what cannot be used is told by its line, and nothing is guessed."""

from __future__ import annotations

import csv
import hashlib
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Generic, TypeVar, cast

from speechcx.call.imported import (
    SURVEY_SCALES,
    AccountStatus,
    CallLeg,
    CustomerAccount,
    LegOutcome,
    SurveyAnswer,
    SurveyKind,
)
from speechcx.discover.callers import read_customer
from speechcx.discover.clock import place_time, read_moment
from speechcx.discover.csv_lines import CsvFile, CsvRow, split_cells
from speechcx.discover.headings import says_utc
from speechcx.discover.time_forms import UnreadableTimeError
from speechcx.imports.mapping import DURATIONS, RATINGS, ImportMapping, fold_word
from speechcx.imports.values import (
    UnreadableCellError,
    is_extension,
    read_account_day,
    read_amount,
    read_direction,
    read_duration,
    read_outcome,
    read_party,
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
    """The facts of a file, and the rows that are none.

    Parameters
    ----------
    facts, refused
        What was read, and the rows that cannot be used.
    notes
        What else of the file was not read or not understood, a sentence without its end each.
    """

    facts: tuple[Fact, ...]
    refused: tuple[RefusedRow, ...]
    notes: tuple[str, ...] = ()


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
        started = reader.start(cells)
        if started is None:
            raise UnreadableCellError("no start")
        people = _read_people(cells, mapping)
        reader.note_customer(people, line)
        record_id = cells.get("record_id") or cells.get("leg_id")
        if record_id is None and {"record_id", "leg_id"} & mapping.columns.keys():
            raise UnreadableCellError("no id of the call")
        # Without an id, who called whom when is what makes a call the same one again.
        record_id = record_id or _make_id(started.isoformat(), people["customer"], people["agent"])
        times = _read_times(cells, mapping)
        leg_id = cells.get("leg_id") or f"{record_id} {started.isoformat()} {people['agent'] or ''}"
        if "leg_id" in cells and mapping.leg_per_agent and people["agent"]:
            leg_id = f"{leg_id} {people['agent']}"
        return [
            CallLeg(
                record_id=record_id,
                leg_id=leg_id,
                started_at=started,
                queue=cells.get("queue"),
                outcome=_read_outcome(cells, mapping, people["agent"], times, reader.unknown, extras),
                recording=cells.get("recording"),
                extras=extras,
                row=line,
                agent=people["agent"],
                customer=people["customer"],
                direction=people["direction"],
                wait_s=times.get("wait_s"),
                talk_s=times.get("talk_s"),
                hold_s=times.get("hold_s"),
                wrap_s=times.get("wrap_s"),
                duration_s=times.get("duration_s"),
            )
        ]

    return reader.read(rows, read, key=lambda leg: (leg.record_id, leg.leg_id))


def _make_id(*told: str | None) -> str:
    """An id of what a source tells, for facts that have none in it."""
    return hashlib.sha256("\x1f".join(part or "" for part in told).encode()).hexdigest()[:16]


def _read_people(cells: FieldCells, mapping: ImportMapping) -> dict[str, str | None]:
    """Agent, customer and direction of a leg, by who called whom."""
    caller, called = (read_party(cells[name]) if name in cells else None for name in ("customer", "called"))
    agent = read_party(cells["agent"]) if "agent" in cells else None
    direction = read_direction(cells["direction"], mapping.directions) if "direction" in cells else None
    if direction is None and mapping.internal_digits and caller is not None and called is not None:
        is_inside = [is_extension(number, mapping.internal_digits) for number in (caller, called)]
        direction = "inbound" if not is_inside[0] else "internal" if is_inside[1] else "outbound"
    if direction == "outbound":
        agent = caller if mapping.swap_outbound else agent
        caller = called if "called" in mapping.columns else caller
    if caller is not None and read_customer(caller) is None:
        # One word for everybody would make one customer of them, who calls again and again.
        caller = None
    return {"agent": agent, "customer": caller, "direction": direction}


def _read_times(cells: FieldCells, mapping: ImportMapping) -> dict[str, float]:
    """Durations of a leg, in seconds."""
    read = {
        name: read_duration(cells[name], mapping.units.get(name, mapping.unit))
        for name in DURATIONS
        if name in cells
    }
    times = {name: value for name, value in read.items() if value is not None}
    if mapping.wait_is_rest and "duration_s" in times and "wait_s" not in times:
        parts = (times.get(name, 0.0) for name in ("talk_s", "hold_s", "wrap_s"))
        times["wait_s"] = max(0.0, round(times["duration_s"] - sum(parts), 3))
    return times


def _read_outcome(
    cells: FieldCells,
    mapping: ImportMapping,
    agent: str | None,
    times: dict[str, float],
    unknown: Counter[tuple[str, str]],
    extras: tuple[tuple[str, str], ...],
) -> LegOutcome | None:
    """How a leg ended; talk of a machine is taken out of `times`."""
    told: str | None = read_outcome(cells["outcome"], mapping.outcomes) if "outcome" in cells else None
    if told is None and "outcome" in cells and cells["outcome"].casefold() not in ("no", "false", "0"):
        unknown["outcome", cells["outcome"]] += 1
    if told == "answered" and mapping.answered_by_machine and agent is None:
        words = (fold_word(cell) for _, cell in extras)
        times["wait_s"] = times.get("wait_s", 0.0) + times.pop("talk_s", 0.0)
        found = next((mapping.machines[word] for word in words if word in mapping.machines), None)
        return cast("LegOutcome | None", found)
    if told is None and mapping.no_talk is not None and not times.get("talk_s"):
        told = mapping.no_talk
    return cast("LegOutcome | None", told)


def read_answers(file: CsvFile, rows: Sequence[CsvRow], mapping: ImportMapping) -> ReadRows[SurveyAnswer]:
    """Answers to surveys: one for each rating column of a row; a blank one is an invitation without an answer."""
    reader = _Reader(file, mapping)
    kinds: list[SurveyKind] = [kind for kind in RATINGS if kind in mapping.columns]  # type: ignore[misc]

    def read(cells: FieldCells, extras: tuple[tuple[str, str], ...], line: int) -> list[SurveyAnswer]:
        moment = reader.moment(_end_of_day(cells.get("answered_at", "")))
        answer_id = cells.get("answer_id") or cells.get("reference")
        if answer_id is None:
            # Without an id, who answered when is what makes an answer the same one again.
            answer_id = _make_id(
                *(cells.get(name) for name in ("customer", "answered_at", "agent", "comment"))
            )
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


def _end_of_day(text: str) -> str:
    """A day without a time of day as its last second: the answer came after every call of that day."""
    return f"{text} 23:59:59" if _DAY_ONLY.fullmatch(text) else text


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


_SUMMARY = re.compile(
    r"(?:grand |sub-?)?totals?|sum|average|avg\.?|(?:gesamt)?summe|gesamt|durchschnitt|mittelwert",
    re.IGNORECASE,
)
_COLUMN_TYPE = re.compile(
    r"(?:INTEGER|VARCHAR|CHAR|UNIQUEIDENTIFIER|BIGINT|DATETIME|TEXT)(?:\(\d+\))?", re.IGNORECASE
)
_DAY_AND_MONTH = re.compile(r"(?:[A-Za-z]{2,10}\.?,? )?(\d{1,2})([-/.])(\d{1,2})\2(\d{4})(?!\d)")
_DAY_ONLY = re.compile(r"\d{1,4}([-/.])\d{1,2}\1\d{2,4}")
_CLOCK = re.compile(r"\d:\d\d")
_YEAR = re.compile(r"\d{4}|\d[-/.]\d{1,2}[-/.]\d")


def _is_summary(cells: FieldCells, extras: tuple[tuple[str, str], ...]) -> bool:
    """Whether a row adds up the rows above, or tells the types of the columns; a row of a call has a start."""
    values = [*cells.values(), *(cell for _, cell in extras)]
    if values and all(_COLUMN_TYPE.fullmatch(cell) for cell in values):
        return True
    has_start = any(
        _YEAR.search(cells.get(name, "")) for name in ("started_at", "date", "answered_at", "as_of", "opened")
    )
    return not has_start and any(_SUMMARY.fullmatch(cell.rstrip(":")) for cell in values)


_MAX_EXTENSION = 6


def _list_lines(lines: Sequence[int]) -> str:
    return ", ".join(map(str, lines[:5])) + (" ..." if len(lines) > 5 else "")


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
        names_of_start = ("started_at", "date", "answered_at")
        start = next((mapping.columns[name] for name in names_of_start if name in mapping.columns), "")
        self.zone = "UTC" if says_utc(start) else mapping.zone
        self.day_order = ""
        self.shown_by = ""
        self.unknown: Counter[tuple[str, str]] = Counter()
        self.summaries: list[int] = []
        self.without_customer: list[int] = []
        self.doubtful_customer: list[int] = []

    def moment(self, text: str) -> datetime | None:
        """A time of a row; None for a blank cell."""
        if not text:
            return None
        if self.day_order and (found := _DAY_AND_MONTH.match(text)):
            one, two, year = found[1], found[3], found[4]
            day, month = (one, two) if self.day_order == "day" else (two, one)
            text = f"{text[: found.start(1)]}{year}-{int(month):02d}-{int(day):02d}{text[found.end() :]}"
        when = read_moment(text, zone=self.zone, time_format=self.mapping.time_format).when
        return when if self.mapping.day_zone is None else place_time(when, self.mapping.day_zone).when

    def find_day_order(self, rows: Sequence[CsvRow]) -> None:
        """Whether dates such as 03.04.2026 begin with the day, where other dates of the column show it."""
        if self.mapping.time_format is not None:
            return
        names = [name for name in ("started_at", "date", "answered_at") if name in self.places]
        shown: dict[str, str] = {}
        for row in rows:
            if row.wrong or (row.text.count('"') % 2):
                continue
            cells = split_cells(row.text, self.file.delimiter)
            for name in names:
                cell = cells[self.places[name]] if self.places[name] < len(cells) else ""
                if found := _DAY_AND_MONTH.match(cell):
                    one, two = int(found[1]), int(found[3])
                    if one > 12 >= two or two > 12 >= one:
                        shown.setdefault("day" if one > 12 else "month", f"line {row.line} ({cell[:20]})")
        if len(shown) == 1:
            ((self.day_order, self.shown_by),) = shown.items()

    def start(self, cells: FieldCells) -> datetime | None:
        """Start of a row, in one column or in two."""
        day, clock = cells.get("date", ""), cells.get("time", "")
        if "started_at" in cells or not day:
            return self.moment(cells.get("started_at") or clock)
        if _CLOCK.search(day) or not clock:
            return self.moment(day)
        return self.moment(clock if _YEAR.search(clock) else f"{day} {clock}")

    def note_customer(self, people: dict[str, str | None], line: int) -> None:
        """Remember a leg without a customer, or with one that cannot be told from the agent."""
        customer, direction = people["customer"], people["direction"]
        if customer is None:
            self.without_customer.append(line)
            return
        # Where a source tells who called whom and no direction, a short number may be the agent's extension.
        digits = self.mapping.internal_digits or (_MAX_EXTENSION if "called" in self.mapping.columns else 0)
        is_own = people["agent"] is not None and customer.casefold() == people["agent"].casefold()
        is_inside = digits > 0 and direction is None and is_extension(customer, digits)
        if direction != "internal" and (is_own or is_inside):
            self.doubtful_customer.append(line)

    def notes(self) -> tuple[str, ...]:
        """What was passed over, and words that say nothing of how a call ended."""
        found = []
        if self.day_order:
            found.append(f"dates begin with the {self.day_order}, as {self.shown_by} shows")
        if self.summaries:
            found.append(f"lines of totals or column types that are no calls: {_list_lines(self.summaries)}")
        if self.without_customer:
            found.append(
                f"{len(self.without_customer):,} rows tell no number or id of the customer, so that they are matched by"
                f" agent and time only and not followed as repeats: lines {_list_lines(self.without_customer)}"
            )
        if self.doubtful_customer:
            found.append(
                f"{len(self.doubtful_customer):,} rows give as the customer an extension or the agent's own number,"
                " which may be no customer's, see `called` and `swap_outbound` of the mapping: lines"
                f" {_list_lines(self.doubtful_customer)}"
            )
        if self.unknown:
            words = ", ".join(f"{word[:40]!r} ({n:,})" for (_, word), n in self.unknown.most_common(8))
            found.append(f"values that do not say how a call ended, see [outcomes] of the mapping: {words}")
        return tuple(found)

    def read(
        self,
        rows: Sequence[CsvRow],
        read: Callable[[FieldCells, tuple[tuple[str, str], ...], int], list[Fact]],
        *,
        key: Callable[[Fact], tuple[str, str]],
    ) -> ReadRows[Fact]:
        """Every row's facts; the same fact told twice alike counts once."""
        self.find_day_order(rows)
        facts: dict[tuple[str, str], tuple[Fact, str, int]] = {}
        refused: list[RefusedRow] = []
        conflicting: set[tuple[str, str]] = set()
        for row in rows:
            try:
                cells, extras = self._take_apart(row)
                if _is_summary(cells, extras):
                    self.summaries.append(row.line)
                    continue
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
        return ReadRows(kept, tuple(refused), self.notes())

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
