"""Whether one call was enough: repeats by customer, by driver and by words of the customer; matters and their end."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import Literal, get_args

from speechcx.ask.customers.drivers import read_contacts
from speechcx.ask.ground.consent import is_resolved, is_unresolved, read_columns
from speechcx.ask.ground.driver_lookup import list_drivers
from speechcx.ask.ground.empty_answer_hints import Hint, find_hint
from speechcx.ask.ground.group_sums import DIVISIONS
from speechcx.ask.ground.opening import Where, reading
from speechcx.ask.ground.resolve_names import expect_one, settle_names, settle_rule
from speechcx.ask.statistics import CountedFigure, Scale, Sums, mean_figure, share_figure
from speechcx.errors import UsageError
from speechcx.store import CallFilter, Store
from speechcx.store.contacts import FORWARDED_S, REPEAT_DAYS
from speechcx.store.moments import CALLS_A_SECOND

RepeatBy = Literal["all", "agent", "team", "center", "queue", "driver", "day", "week", "month"]
REPEAT_BY: tuple[RepeatBy, ...] = get_args(RepeatBy)

WORD_RULES = ("called-before", "repeat-contact")
"""Rules by which a customer says so, where none is named: the first of these that there is."""

_TIME = Scale(0.0, None)
_DAY = 86_400 * CALLS_A_SECOND
_MAX_DAYS = 90


@dataclass(frozen=True, slots=True)
class RepeatRow:
    """The contacts of one group. A contact is a call, or several within 15 minutes: those were forwarded.

    Parameters
    ----------
    key
        The agent, team, driver, ... of the first call; None for contacts without one, and for the row of all.
    contacts
        Contacts of known customers.
    immature
        Of those, contacts too new to say whether the customer calls again: left out of all that follows.
    fcr
        Share of the contacts after which the customer did not call again within the days, about anything.
    fcr_driver
        The same for the contacts with a driver: not again about one of its drivers.
    fcr_words
        As `fcr`, less the contacts in which customers say that they called before and no earlier call of theirs is
        known within the days: it came from another number.
    says_again
        Share of the calls in which the customer says so, of those in which it could be told.
    matters
        Contacts of one customer without a pause longer than the days are one matter; those that began in the group,
        and are old enough to have ended.
    calls_a_matter
        Mean contacts of a matter.
    resolved
        Share of the matters whose source says of the last call that it was resolved, of those where it says.
    untold
        Matters of which the source does not say.
    resolution_s
        Mean time from the start of a matter to the end of its last call, without matters that were not resolved.
    first_response_s
        Mean time from the start of the conversation to the agent's first word.
    """

    key: str | None
    contacts: int
    immature: int
    fcr: CountedFigure
    fcr_driver: CountedFigure
    fcr_words: CountedFigure
    says_again: CountedFigure
    matters: int
    calls_a_matter: CountedFigure
    resolved: CountedFigure
    untold: int
    resolution_s: CountedFigure
    first_response_s: CountedFigure


@dataclass(frozen=True, slots=True)
class Repeats:
    """Whether one call was enough, over a period.

    Parameters
    ----------
    by
        What the rows are grouped by.
    rows, all
        The groups, and all together.
    since, until
        The period.
    days
        A customer who calls again within this many days repeats.
    word_rule
        The rule by which customers say that they called before; None if there is none.
    unknown
        Calls without a known customer or start: they cannot be followed.
    hint
        Where there are no calls: what would widen the question.
    """

    by: RepeatBy
    rows: tuple[RepeatRow, ...]
    all: RepeatRow
    since: date | None
    until: date | None
    days: int
    word_rule: str | None
    unknown: int
    hint: Hint | None


def read_repeats(
    where: Where,
    filters: CallFilter | None = None,
    *,
    by: RepeatBy = "all",
    days: int = REPEAT_DAYS,
    word_rule: str | None = None,
) -> Repeats:
    """First contact resolution and what becomes of matters.

    The call that follows may lie behind the period and outside of the filter.

    Parameters
    ----------
    where
        Store or database.
    filters
        Which calls; None for all.
    by
        all, agent, team, center, queue, driver, day, week or month.
    days
        1 to 90.
    word_rule
        The rule by which customers say that they called before; None for the first of :data:`WORD_RULES` there is.

    Raises
    ------
    UsageError
        There is no such group or rule, or the days are out of range.
    """
    expect_one("group by", by, REPEAT_BY)
    if not 1 <= days <= _MAX_DAYS:
        raise UsageError(f"--days {days}", f"1 to {_MAX_DAYS}", "correct it")
    with reading(where) as store:
        chosen = settle_names(store, filters or CallFilter())
        rule = _find_rule(store, word_rule)
        reader = _Reader(store, chosen, by, days, rule)
        groups, whole = reader.count()
        keys = sorted(groups, key=lambda key: (key is None, key or "")) if by != "all" else []
        rows = tuple(groups[key].to_row(key) for key in keys)
        hint = None if whole.contacts or reader.unknown else find_hint(store, chosen)
        return Repeats(
            by, rows, whole.to_row(None), chosen.since, chosen.until, days, rule, reader.unknown, hint
        )


@dataclass(slots=True)
class _Running:
    """Values that are added up one by one: half a million of them, for which a new object each would cost seconds."""

    n: int = 0
    total: float = 0.0
    squares: float = 0.0

    def add(self, value: float) -> None:
        """Add a value."""
        self.n += 1
        self.total += value
        self.squares += value * value

    @property
    def sums(self) -> Sums:
        """What was added."""
        return Sums(self.n, self.total, self.squares)


@dataclass(slots=True)
class _Tally:
    """What is counted of a group."""

    contacts: int = 0
    immature: int = 0
    fcr: _Running = field(default_factory=_Running)
    fcr_driver: _Running = field(default_factory=_Running)
    fcr_words: _Running = field(default_factory=_Running)
    says_again: _Running = field(default_factory=_Running)
    length: _Running = field(default_factory=_Running)
    resolved: _Running = field(default_factory=_Running)
    untold: int = 0
    resolution: _Running = field(default_factory=_Running)
    response: _Running = field(default_factory=_Running)

    def to_row(self, key: str | None) -> RepeatRow:
        """The figures."""
        return RepeatRow(
            key, self.contacts, self.immature, share_figure(self.fcr.sums), share_figure(self.fcr_driver.sums),
            share_figure(self.fcr_words.sums), share_figure(self.says_again.sums), self.length.n,
            mean_figure(self.length.sums, _TIME), share_figure(self.resolved.sums), self.untold,
            mean_figure(self.resolution.sums, _TIME), mean_figure(self.response.sums, _TIME),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Contact:
    """A call of a customer, or several that were forwarded: numbers of the first and last call, and the end."""

    first_no: int
    last_no: int
    end_s: float
    key: str | None
    is_asked: bool


class _Reader:
    """Reads the calls of a filter, and those around them."""

    def __init__(self, store: Store, filters: CallFilter, by: RepeatBy, days: int, rule: str | None) -> None:
        self.store = store
        self.filters = filters
        self.by = by
        self.span = days * _DAY
        newest = store.db.execute("SELECT max(call_no) FROM calls WHERE superseded_by IS NULL").fetchone()[0]
        self.ripe = (newest or 0) - self.span
        self.says_again = _read_said(store, rule)
        self.told = _read_told(store)
        self.by_driver: dict[int, list[tuple[str, bool]]] = defaultdict(list)
        for driver, call_no, is_repeat in _read_drivers(store, filters, days):
            self.by_driver[call_no].append((driver, is_repeat))
        self.unknown = 0

    def count(self) -> tuple[dict[str | None, _Tally], _Tally]:
        """Tallies by group, and of all."""
        groups: dict[str | None, _Tally] = defaultdict(_Tally)
        whole = _Tally()
        for contacts in self._contacts(groups, whole):
            for place, contact in enumerate(contacts):
                if contact.is_asked:
                    for tally in self._tallies(groups, whole, contact):
                        self._add_contact(tally, contacts, place)
            self._add_matters(groups, whole, contacts)
        return groups, whole

    def _tallies(
        self, groups: dict[str | None, _Tally], whole: _Tally, contact: _Contact
    ) -> tuple[_Tally, ...]:
        if self.by == "all":
            return (whole,)
        if self.by != "driver":
            return whole, groups[contact.key]
        drivers = self.by_driver.get(contact.first_no)
        return (whole, *(groups[driver] for driver, _ in drivers)) if drivers else (whole, groups[None])

    def _add_contact(self, tally: _Tally, contacts: Sequence[_Contact], place: int) -> None:
        contact = contacts[place]
        tally.contacts += 1
        if contact.last_no > self.ripe:
            tally.immature += 1
            return
        following = contacts[place + 1] if place + 1 < len(contacts) else None
        is_followed = following is not None and following.first_no <= contact.last_no + self.span
        tally.fcr.add(not is_followed)
        drivers = self.by_driver.get(contact.first_no)
        if drivers:
            tally.fcr_driver.add(not any(is_repeat for _, is_repeat in drivers))
        before = contacts[place - 1] if place else None
        is_linked = before is not None and contact.first_no <= before.last_no + self.span
        says_again = bool(self.says_again.get(contact.first_no))
        tally.fcr_words.add(not is_followed and not (says_again and not is_linked))

    def _add_matters(
        self, groups: dict[str | None, _Tally], whole: _Tally, contacts: Sequence[_Contact]
    ) -> None:
        """Add the matters that begin in the filter and have ended."""
        matter: list[_Contact] = []
        for contact in contacts:
            if matter and contact.first_no > matter[-1].last_no + self.span:
                self._add_matter(groups, whole, matter)
                matter = []
            matter.append(contact)
        self._add_matter(groups, whole, matter)

    def _add_matter(
        self, groups: dict[str | None, _Tally], whole: _Tally, matter: Sequence[_Contact]
    ) -> None:
        first, last = matter[0], matter[-1]
        if not first.is_asked or last.last_no > self.ripe:
            return
        told = self.told.get(last.last_no)
        took_s = last.end_s - first.first_no / CALLS_A_SECOND
        for tally in self._tallies(groups, whole, first):
            tally.length.add(len(matter))
            if told is None:
                tally.untold += 1
            else:
                tally.resolved.add(told)
            if told is not False:
                tally.resolution.add(took_s)

    def _contacts(self, groups: dict[str | None, _Tally], whole: _Tally) -> Iterator[list[_Contact]]:
        """Contacts of each customer in order of time; what is counted of calls is added on the way."""
        for customer, calls in groupby(self._read(), key=lambda row: row[0]):
            contacts: list[_Contact] = []
            for _, call_no, key, is_asked, length_s, response_s in calls:
                contact = _Contact(call_no, call_no, call_no / CALLS_A_SECOND + length_s, key, bool(is_asked))
                if is_asked:
                    self._add_call(groups, whole, contact, response_s)
                if customer is None:
                    self.unknown += bool(is_asked)
                elif contacts and call_no <= contacts[-1].last_no + FORWARDED_S * CALLS_A_SECOND:
                    before = contacts[-1]
                    contacts[-1] = _Contact(
                        before.first_no, call_no, contact.end_s, before.key, before.is_asked
                    )
                else:
                    contacts.append(contact)
            if contacts:
                yield contacts

    def _add_call(
        self, groups: dict[str | None, _Tally], whole: _Tally, call: _Contact, response_s: float | None
    ) -> None:
        said = self.says_again.get(call.first_no)
        for tally in self._tallies(groups, whole, call):
            if said is not None:
                tally.says_again.add(said)
            if response_s is not None:
                tally.response.add(response_s)

    def _read(self) -> list[tuple[str | None, int, str | None, int, float, float | None]]:
        condition, values = self.filters.to_sql()
        divisions: Mapping[str, str] = {str(name): sql for name, sql in DIVISIONS.items()}
        group = "NULL" if self.by in ("all", "driver") else divisions.get(self.by, f"c.{self.by}")
        first, _ = self.filters.call_no_range()
        return self.store.db.execute(
            f"SELECT CASE WHEN c.occurred_at IS NULL THEN NULL ELSE c.customer END, c.call_no, {group},"
            f" {condition}, coalesce(c.audio_duration_s, 0), c.greeting_latency_s FROM calls c"
            " WHERE c.superseded_by IS NULL AND c.call_no >= ? ORDER BY 1, 2",
            [*values, max(0, (first or 0) - self.span)],
        ).fetchall()


def _read_drivers(store: Store, filters: CallFilter, days: int) -> Iterable[tuple[str, int, bool]]:
    """(driver, call, whether it is followed) of the calls of a filter, and of some more; kept for the usual days."""
    if days != REPEAT_DAYS:
        return read_contacts(store, filters, list_drivers(store), days=days)[0]
    first, below = filters.call_no_range()
    return store.db.execute(
        "SELECT rule, call_no, followed FROM contacts WHERE rule <> '' AND followed IS NOT NULL AND call_no >= ?"
        " AND call_no < ?",
        (first or 0, below or 1 << 60),
    ).fetchall()


def _find_rule(store: Store, named: str | None) -> str | None:
    if named is not None:
        return settle_rule(store, named)
    there = {rule for (rule,) in store.db.execute("SELECT DISTINCT rule FROM rules")}
    return next((rule for rule in WORD_RULES if rule in there), None)


def _read_said(store: Store, rule: str | None) -> dict[int, bool]:
    """Of each call of which it can be told: whether its customer says that they called before."""
    if rule is None:
        return {}
    numbers = ", ".join(
        str(number) for (number,) in store.db.execute("SELECT rule_no FROM rules WHERE rule = ?", (rule,))
    )
    rows: Iterable[tuple[int, int]] = store.db.execute(
        f"SELECT call_no, is_present FROM rule_results WHERE rule_no IN ({numbers or 'NULL'}) AND NOT is_unsure"
    )
    return {call_no: bool(is_present) for call_no, is_present in rows}


def _read_told(store: Store) -> dict[int, bool]:
    """Of each call whose source says: whether it was resolved."""
    found: dict[int, bool] = {}
    for call_no, extras in store.db.execute(
        "SELECT call_no, extras FROM recordings WHERE extras LIKE '%resolved%'"
    ):
        columns = read_columns(extras)
        if is_resolved(columns) or is_unresolved(columns):
            found[call_no] = is_resolved(columns)
    return found
