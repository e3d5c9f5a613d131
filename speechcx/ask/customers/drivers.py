"""Why customers call: contact drivers with calls, share, change, length, sentiment and repeat contacts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal, get_args

from speechcx.ask.ground.compared_measures import ComparedMeasure, DifferenceVerdict
from speechcx.ask.ground.driver_lookup import DriverRule, list_drivers
from speechcx.ask.ground.empty_answer_hints import Hint, find_hint
from speechcx.ask.ground.opening import Where, reading
from speechcx.ask.ground.periods import period_before
from speechcx.ask.ground.resolve_names import expect_one, settle_names
from speechcx.ask.ground.score_rows import MIN_N
from speechcx.ask.statistics import Interval, Sums
from speechcx.store import CallFilter, Store
from speechcx.store.contacts import FORWARDED_S, REPEAT_DAYS
from speechcx.store.daily_sums import COUNTED
from speechcx.store.moments import CALLS_A_SECOND
from speechcx.store.select_sums import GroupChoice, has_sums, select_sums

DriverSort = Literal["calls", "change", "sentiment", "length", "repeat"]

_NEITHER = ComparedMeasure("share", "", kind="share")
_NEITHER_MEAN = ComparedMeasure("recorded_duration_s", "")
_HIGH_IS_GOOD = ComparedMeasure("customer_sentiment", "", best="high")
_LOW_IS_GOOD = ComparedMeasure("repeat_share", "", kind="share", best="low")


@dataclass(frozen=True, slots=True)
class Figure:
    """A mean or a share of calls, with the period before.

    Parameters
    ----------
    value, interval, n
        Mean or share, its 95 % interval, and the calls it is of.
    before, change, change_interval
        The same in the period before; the difference, and its 95 % interval.
    verdict
        Whether the change is beyond chance, in a word; None without a change.
    """

    value: float | None
    interval: Interval | None
    n: int
    before: float | None = None
    change: float | None = None
    change_interval: Interval | None = None
    verdict: DifferenceVerdict | None = None


@dataclass(frozen=True, slots=True)
class DriverRow:
    """One contact driver.

    Parameters
    ----------
    driver, title
        The rule and its title; None for calls in which no driver was found.
    calls, customers
        Calls with it, and the known customers who made them.
    cannot_tell
        Calls in which it could not be told; they are left out of the share.
    share
        Of the calls in which it could be told. A call may have several drivers.
    recorded_duration_s
        Mean length of the recordings.
    customer_sentiment
        Mean over its calls, -5 to 5.
    repeat_share
        Of its calls with a known customer that are old enough to tell: those the same customer followed by
        another about the same within 7 days. A next call within 15 minutes is a forwarded one and does not
        count.
    immature
        Calls too new to say whether the customer contacts again.
    """

    driver: str | None
    title: str
    calls: int
    customers: int
    cannot_tell: int
    share: Figure
    recorded_duration_s: Figure
    customer_sentiment: Figure
    repeat_share: Figure
    immature: int


@dataclass(frozen=True, slots=True)
class DriverTable:
    """What drives calls, and what is getting worse.

    Parameters
    ----------
    since, until
        The period; None where open.
    before
        First and last day of the period that changes are against; None if there is none.
    calls
        Calls of the period.
    rows
        Drivers in the order asked for; calls without any come last.
    sort
        What they are sorted by.
    hint
        Where there are no rows: what would widen the question.
    """

    since: date | None
    until: date | None
    before: tuple[date | None, date | None] | None
    calls: int
    rows: tuple[DriverRow, ...]
    sort: str
    hint: Hint | None


@dataclass(slots=True)
class _Tally:
    """What calls add up to: all, of one driver, or without any."""

    calls: int = 0
    customers: int = 0
    cannot_tell: int = 0
    length: Sums = field(default_factory=Sums)
    feeling: Sums = field(default_factory=Sums)
    repeat: Sums = field(default_factory=Sums)
    immature: int = 0


@dataclass(slots=True)
class _Tallies:
    """Tallies of a period; the one under None is of calls without a driver."""

    everything: _Tally = field(default_factory=_Tally)
    by_driver: dict[str | None, _Tally] = field(default_factory=lambda: defaultdict(_Tally))


def list_driver_rows(
    where: Where,
    filters: CallFilter | None = None,
    *,
    sort: str = "calls",
    before: tuple[date | None, date | None] | None = None,
) -> DriverTable:
    """Contact drivers of the calls of a filter, against the period before.

    Parameters
    ----------
    where
        Store or database.
    filters
        Which calls; None for all.
    sort
        ``calls``, ``change`` (of the share, the most grown first), ``sentiment`` (the worst first),
        ``length`` or ``repeat``.
    before
        Another period to compare with.

    Raises
    ------
    UsageError
        There is no such order.
    """
    expect_one("sort by", sort, get_args(DriverSort))
    with reading(where) as store:
        filters = settle_names(store, filters or CallFilter())
        earlier = before or period_before(store, filters)
        rules = list_drivers(store)
        now = _tally(store, filters, rules)
        past = _tally(store, replace(filters, since=earlier[0], until=earlier[1]), rules) if earlier else None
        titles: list[tuple[str | None, str]] = [(rule.rule, rule.title) for rule in rules]
        rows = [_row(rule, title, now, past) for rule, title in (*titles, (None, "no driver found"))]
        calls = now.everything.calls
        return DriverTable(
            filters.since, filters.until, earlier, calls,
            _ordered([row for row in rows if row.calls or row.cannot_tell], sort), sort,
            None if calls else find_hint(store, filters),
        )  # fmt: skip


_SUMS = (
    "count(*), count(DISTINCT c.customer), count(c.audio_duration_s), total(c.audio_duration_s),"
    " total(c.audio_duration_s * c.audio_duration_s), count(c.customer_sentiment), total(c.customer_sentiment),"
    " total(c.customer_sentiment * c.customer_sentiment)"
)


def _tally(store: Store, filters: CallFilter, rules: Sequence[DriverRule]) -> _Tallies:
    """What the calls of a filter add up to."""
    return _tally_sums(store, filters) if has_sums(store, filters) else _tally_calls(store, filters, rules)


_ADDED = (
    "sum(c.calls), total(c.duration_total), total(c.duration_squares), sum(c.felt), total(c.felt_total),"
    " total(c.felt_squares)"
)


def _tally_sums(store: Store, filters: CallFilter) -> _Tallies:
    """As :func:`_tally`, from the sums and contacts that the store keeps."""
    found = _Tallies()
    calls, driven, none = (
        select_sums(name, filters, by_day=False) for name in ("call_sums", "driver_sums", "driverless_sums")
    )
    (n,) = store.db.execute(f"SELECT sum(c.calls) FROM {calls.sql} c", calls.values).fetchone()
    found.everything.calls = n or 0
    rows = store.db.execute(
        f"SELECT r.rule, sum(c.cannot_tell), {_ADDED} FROM {driven.sql} c JOIN rules r ON r.rule_no = c.rule_no"
        " GROUP BY 1",
        driven.values,
    )
    for rule, cannot_tell, *row in rows:
        found.by_driver[rule].cannot_tell = cannot_tell
        _add_counted(found.by_driver[rule], row)
    row = store.db.execute(f"SELECT {_ADDED} FROM {none.sql} c", none.values).fetchone()
    _add_counted(found.by_driver[None], row)
    chosen, values = GroupChoice.of(filters).contacts()
    ripe = newest_ripe(store)
    rows = store.db.execute(
        "SELECT rule, count(DISTINCT customer), total(followed IS NOT NULL AND call_no <= ?1),"
        f" total(followed = 1 AND call_no <= ?1), total(followed IS NOT NULL AND call_no > ?1) FROM contacts k"
        f" WHERE {chosen} GROUP BY rule",
        (ripe, *values),
    )
    for rule, customers, ripe_calls, repeats, immature in rows:
        tally = found.by_driver[rule or None]
        tally.customers = customers
        if rule:
            tally.repeat, tally.immature = Sums(int(ripe_calls), repeats, repeats), int(immature)
    return found


def _add_counted(tally: _Tally, row: Sequence[float | None]) -> None:
    calls, length, length_squares, felt, feeling, feeling_squares = (value or 0 for value in row)
    seconds, steps = COUNTED["s"].steps, COUNTED["-5..5"].steps
    tally.calls = int(calls)
    tally.length = Sums(int(calls), length / seconds, length_squares / seconds**2)
    tally.feeling = Sums(int(felt), feeling / steps, feeling_squares / steps**2)


def _tally_calls(store: Store, filters: CallFilter, rules: Sequence[DriverRule]) -> _Tallies:
    """As :func:`_tally`, from the calls themselves: for filters that the daily sums do not know."""
    condition, values = filters.to_sql()
    listed = _listed(rules)
    found = _Tallies()
    rows = store.db.execute(
        f"SELECT r.rule, d.is_present, {_SUMS} FROM calls c JOIN rule_results d ON d.call_no = c.call_no"
        f" AND d.rule_no IN ({listed}) AND (d.is_present OR d.is_unsure) JOIN rules r ON r.rule_no = d.rule_no"
        f" WHERE {condition} GROUP BY 1, 2",
        values,
    )
    for rule, is_present, *row in rows:
        if is_present:
            _add(found.by_driver[rule], row)
        else:
            found.by_driver[rule].cannot_tell = row[0]
    none = (
        " AND NOT EXISTS (SELECT 1 FROM rule_results d WHERE d.call_no = c.call_no"
        f" AND d.rule_no IN ({listed}) AND d.is_present)"
    )
    for tally, more in ((found.by_driver[None], none), (found.everything, "")):
        _add(
            tally, store.db.execute(f"SELECT {_SUMS} FROM calls c WHERE {condition}{more}", values).fetchone()
        )
    _add_repeats(store, filters, found, rules)
    return found


def _add(tally: _Tally, row: Sequence[float]) -> None:
    calls, customers, *rest = row
    tally.calls, tally.customers = int(calls), int(customers)
    tally.length = Sums(int(rest[0]), rest[1], rest[2])
    tally.feeling = Sums(int(rest[3]), rest[4], rest[5])


def _add_repeats(store: Store, filters: CallFilter, found: _Tallies, rules: Sequence[DriverRule]) -> None:
    contacts, ripe = read_contacts(store, filters, rules)
    for rule, call_no, is_repeat in contacts:
        tally = found.by_driver[rule]
        if call_no > ripe:
            tally.immature += 1
        else:
            tally.repeat += Sums(1, is_repeat, is_repeat)


def read_contacts(
    store: Store, filters: CallFilter, rules: Sequence[DriverRule], *, days: int = REPEAT_DAYS
) -> tuple[list[tuple[str, int, bool]], int]:
    """Whether customers contacted again about the same, for each driver of each call of a filter.

    The call that follows may lie behind the period and outside of the filter: the customer does not
    care in which queue it ends up.

    Returns
    -------
    list, int
        (driver, number of the call, whether it is followed), and the number of the newest call that is old
        enough to tell.
    """
    condition, values = filters.to_sql()
    first, below = filters.call_no_range()
    rows = store.db.execute(
        f"SELECT r.rule, c.customer, c.call_no, {condition} FROM calls c"
        f" JOIN rule_results d ON d.call_no = c.call_no AND d.rule_no IN ({_listed(rules)}) AND d.is_present"
        " JOIN rules r ON r.rule_no = d.rule_no WHERE c.superseded_by IS NULL AND c.customer IS NOT NULL"
        " AND c.occurred_at IS NOT NULL AND c.call_no >= ? AND c.call_no < ? ORDER BY 1, 2, 3",
        [*values, first or 0, (below or 1 << 60) + days * _DAY],
    ).fetchall()
    return followed(rows, days=days), newest_ripe(store, days)


def newest_ripe(store: Store, days: int = REPEAT_DAYS) -> int:
    """The number of the newest call that is old enough to say whether its customer called again."""
    newest = store.db.execute("SELECT max(call_no) FROM calls WHERE superseded_by IS NULL").fetchone()[0] or 0
    return int(newest) - days * _DAY


def _listed(rules: Sequence[DriverRule]) -> str:
    return ", ".join(str(number) for rule in rules for number in rule.numbers) or "NULL"


_DAY = 86_400 * CALLS_A_SECOND


def followed(
    rows: Sequence[tuple[str, str, int, int]], *, days: int = REPEAT_DAYS
) -> list[tuple[str, int, bool]]:
    """Whether each call is followed by another within the days.

    Parameters
    ----------
    rows
        (driver, customer, number of the call, whether it is asked about), sorted. Calls within 15 minutes
        of the one before are one contact that was forwarded.

    Returns
    -------
    list
        (driver, number of the call, whether it is followed) of the calls asked about.
    """
    found = []
    for place, (driver, customer, call_no, is_asked) in enumerate(rows):
        if is_asked:
            following = _next_contact(rows, place)
            same = following is not None and rows[following][:2] == (driver, customer)
            soon = same and following is not None and rows[following][2] <= call_no + days * _DAY
            found.append((driver, call_no, soon))
    return found


def _next_contact(rows: Sequence[tuple[str, str, int, int]], place: int) -> int | None:
    """Place of the next row that is no forwarded part of the contact at `place`; None at the end."""
    for following in range(place + 1, len(rows)):
        before, after = rows[following - 1], rows[following]
        if before[:2] != after[:2] or after[2] > before[2] + FORWARDED_S * CALLS_A_SECOND:
            return following
    return None


def _row(rule: str | None, title: str, now: _Tallies, past: _Tallies | None) -> DriverRow:
    mine = now.by_driver[rule]
    before = _Tally() if past is None else past.by_driver[rule]
    return DriverRow(
        driver=rule,
        title=title,
        calls=mine.calls,
        customers=mine.customers,
        cannot_tell=mine.cannot_tell,
        share=_figure(_NEITHER, _share(mine, now), _share(before, past) if past else Sums()),
        recorded_duration_s=_figure(_NEITHER_MEAN, mine.length, before.length),
        customer_sentiment=_figure(_HIGH_IS_GOOD, mine.feeling, before.feeling),
        repeat_share=_figure(_LOW_IS_GOOD, mine.repeat, before.repeat),
        immature=mine.immature,
    )


def _share(mine: _Tally, everything: _Tallies) -> Sums:
    return Sums(everything.everything.calls - mine.cannot_tell, mine.calls, mine.calls, mine.cannot_tell)


def _figure(measure: ComparedMeasure, now: Sums, before: Sums) -> Figure:
    found = Figure(now.mean, measure.interval(now), now.n)
    if before.mean is None or now.mean is None:
        return found
    interval = measure.difference(now, before)
    return replace(
        found, before=before.mean, change=now.mean - before.mean, change_interval=interval,
        verdict=measure.judge(interval, enough=min(now.n, before.n) >= MIN_N),
    )  # fmt: skip


def _ordered(rows: list[DriverRow], sort: str) -> tuple[DriverRow, ...]:
    def key(row: DriverRow) -> tuple[bool, bool, float]:
        values = {
            "calls": -float(row.calls),
            "change": None if row.share.change is None else -row.share.change,
            "sentiment": row.customer_sentiment.value,
            "length": None if row.recorded_duration_s.value is None else -row.recorded_duration_s.value,
            "repeat": None if row.repeat_share.value is None else -row.repeat_share.value,
        }
        value = values[sort]
        return row.driver is None, value is None, value or 0.0

    return tuple(sorted(rows, key=key))
