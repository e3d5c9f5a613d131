"""Emerging issues: what happens more often than the same weekday usually brings, with size and scope."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal, get_args

from speechcx.ask.ground.customer_accounts import KnownCustomer, read_customer_accounts, sum_values
from speechcx.ask.ground.empty_answer_hints import Hint, find_hint
from speechcx.ask.ground.opening import Where, reading
from speechcx.ask.ground.periods import find_newest_day
from speechcx.ask.ground.resolve_names import expect_one, settle_names
from speechcx.ask.operations.events import EVENT, WatchedRule, list_watched
from speechcx.ask.operations.surges import PastDays, Surge, SurgeWindow, choose_past_days, find_surge
from speechcx.store import CallFilter, Store
from speechcx.store.decisions.follow_ups import FollowUp, read_follow_ups
from speechcx.store.facts.customer_keys import customer_key
from speechcx.store.moments import read_start

PAST_WEEKS = 8
"""Weeks that say what is usual."""

CALLS = "calls"
"""Stands for the number of calls itself in the name of an alert."""

PROBABILITY = 0.0005
MIN_EXCESS = 5.0
"""An alert is both this improbable and at least this many calls too many (definitions, section 5)."""

AlertBy = Literal["center", "team", "queue", "agent"]
ALERT_BY: tuple[AlertBy, ...] = get_args(AlertBy)

Shares = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class AlertSize:
    """How much it is, and how far it reaches.

    Parameters
    ----------
    calls, customers, minutes
        Calls, distinct known customers, minutes of recordings.
    first_at
        Start of the first such call of the day, on the clock of its own zone, with the offset.
    centers, teams, queues
        (name, calls) pairs, most calls first; calls of which it is not known are not among them.
    value_at_risk, currency
        What the customers who are still customers are worth together, by imported accounts; None where that is not
        told, or told in several currencies.
    valued
        The customers it is of.
    """

    calls: int
    customers: int
    minutes: float
    first_at: str | None
    centers: Shares
    teams: Shares
    queues: Shares
    value_at_risk: float | None = None
    valued: int = 0
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class Example:
    """What was said in one of the calls."""

    call_id: str
    party: str | None
    start_s: float | None
    quote: str


@dataclass(frozen=True, slots=True)
class Alert:
    """One thing that happens too often.

    Parameters
    ----------
    name
        For ``mark``: the day, the rule and, of one group, what it is.
    rule, title, kind
        The rule; ``rule`` is None where it is the number of calls itself.
    group
        The team, queue, agent or center; None where all calls are looked at together.
    usual
        Calls that the same weekday usually brings in this window.
    times
        The calls of the window over that.
    probability
        Of as many calls or more on a usual day, or of what is as improbable in another window.
    compared
        ``same weekday``, or ``any day`` where there are too few past days of that weekday.
    past_days
        Past days compared with.
    days, first_hour, last_hour
        The window in which it is least to be expected: these hours of the day, both included; of 2 days, of the
        second, and all of the first.
    size
        See :class:`AlertSize`.
    examples
        Up to three calls, the newest first, with the words.
    follow_up
        What people said of it; None where nobody did.
    """

    name: str
    rule: str | None
    title: str
    kind: str | None
    group: str | None
    usual: float
    times: float
    probability: float
    compared: str
    past_days: int
    days: int
    first_hour: int
    last_hour: int
    size: AlertSize
    examples: tuple[Example, ...]
    follow_up: FollowUp | None


@dataclass(frozen=True, slots=True)
class Alerts:
    """What surges on a day.

    Parameters
    ----------
    day
        The day, in each call's own zone; None where there are no calls.
    until_hour
        Calls that began in this hour or earlier are counted, on past days too: the day may not be over.
    calls
        Calls of the day.
    watched
        Rules looked at, and the number of calls itself.
    rows
        The least probable first.
    why_none
        Why nothing could be said at all; None where it could.
    hint
        Where the filter leaves no calls: what would widen it.
    by
        What was looked at one by one; None for all calls together.
    groups, too_young
        Teams, queues, ... with calls on the day, and those of them with too few past days to say what is usual.
    """

    day: date | None
    until_hour: int | None
    calls: int
    watched: int
    rows: tuple[Alert, ...]
    why_none: str | None
    hint: Hint | None
    by: AlertBy | None = None
    groups: int = 0
    too_young: int = 0


def find_alerts(
    where: Where,
    filters: CallFilter | None = None,
    *,
    day: date | None = None,
    probability: float = PROBABILITY,
    least_excess: float = MIN_EXCESS,
    by: AlertBy | None = None,
) -> Alerts:
    """What happens more often on a day than usual.

    Parameters
    ----------
    where
        Store or database.
    filters
        Which calls; its period is not used.
    day
        The day; None for the newest with calls.
    probability, least_excess
        An alert is at most this probable on a usual day, and at least this many calls above the usual.
    by
        Look at every center, team, queue or agent by itself; the probability is then shared among them, so that
        many groups bring no more false alarms than one.

    Raises
    ------
    UsageError
        There is no such group.
    """
    if by is not None:
        expect_one("group by", by, ALERT_BY)
    with reading(where) as store:
        filters = replace(settle_names(store, filters or CallFilter()), since=None, until=None)
        day = day or find_newest_day(store, filters)
        if day is None:
            return Alerts(None, None, 0, 0, (), None, find_hint(store, filters), by)
        today = replace(filters, since=day, until=day)
        until_hour, calls = _hour_and_calls(store, today)
        if not calls:
            return Alerts(day, None, 0, 0, (), None, find_hint(store, today), by)
        watch = _Watch(store, today, until_hour, least_excess=least_excess, by=by)
        rows = sorted(watch.find(probability), key=lambda row: (row.probability, -row.size.calls))
        return Alerts(
            day, until_hour, calls, watch.counted, tuple(rows), watch.why_none, None, by, len(watch.groups),
            watch.too_young,
        )  # fmt: skip


class _Watch:
    """Looks at the calls of a day, all together or group by group."""

    def __init__(
        self, store: Store, today: CallFilter, until_hour: int, *, least_excess: float, by: AlertBy | None
    ) -> None:
        assert today.since is not None
        self.store = store
        self.today = today
        self.day = today.since
        self.until_hour = until_hour
        self.least_excess = least_excess
        self.by = by
        # One day more: of two days, the first of the oldest pair.
        self.first = self.day - timedelta(weeks=PAST_WEEKS)
        self.counts = _count_hours(store, replace(today, since=self.first - timedelta(days=1)), by)
        self.groups = [
            group
            for group, counts in self.counts.items()
            if self.day in counts[None] and (by is None or group is not None)
        ]
        self.too_young = 0
        self.counted = 0
        self.why_none: str | None = None

    def find(self, probability: float) -> Iterator[Alert]:
        """Every alert of the day."""
        asked: list[WatchedRule | None] = [None, *list_watched(self.store)]
        marks = read_follow_ups(self.store.db, "alert")
        for group in self.groups:
            counts = self.counts[group]
            past = choose_past_days([day for day in sorted(counts[None]) if day >= self.first], self.day)
            if past.kind is None:
                self.too_young += 1
                self.why_none = f"{len(past.days)} past days with calls are too few to say what is usual"
                continue
            self.counted += len(asked)
            for rule in asked:
                surge = find_surge(
                    counts[None if rule is None else rule.rule],
                    past,
                    until_hour=self.until_hour,
                    least_excess=self.least_excess,
                )
                if surge is not None and surge.probability <= probability / len(self.groups):
                    alert = _alert(self.store, self._only(group, surge.window), rule, past, surge)
                    name = f"{self.day}/{alert.rule or CALLS}" + (f"/{self.by}={group}" if self.by else "")
                    yield replace(alert, name=name, group=group, follow_up=marks.get(name))
        if self.counted:
            self.why_none = None
        elif self.too_young > 1:
            self.why_none = f"every {self.by} has too few past days with calls to say what is usual"

    def _only(self, group: str | None, window: SurgeWindow) -> tuple[CallFilter, str]:
        """The calls of a window in a group: a filter, and a condition on the hour."""
        filters = self.today
        if self.by is not None and group is not None:
            wanted: dict[str, tuple[str, ...]] = {self.by: (group,)}
            filters = replace(filters, **wanted)  # type: ignore[arg-type]
        hours = f"c.local_hour BETWEEN {window.first_hour} AND {window.last_hour}"
        if window.days == 2:
            filters = replace(filters, since=self.day - timedelta(days=1))
            hours = f"(c.local_day < '{self.day}' OR {hours})"
        return filters, hours


RuleCounts = dict[str | None, dict[date, list[int]]]
"""Calls by day and hour, of each rule, and of all under None."""


def _count_hours(store: Store, filters: CallFilter, by: AlertBy | None) -> dict[str | None, RuleCounts]:
    """By group (None for all together): calls by day and hour, of each rule those that are its events."""
    condition, values = filters.to_sql()
    group = "NULL" if by is None else f"c.{by}"
    found: dict[str | None, RuleCounts] = defaultdict(lambda: defaultdict(dict))
    for key, rule, day, hour, count in store.db.execute(
        f"SELECT {group}, NULL, c.local_day, c.local_hour, count(*) FROM calls c WHERE {condition}"
        f" GROUP BY 1, 3, 4 UNION ALL SELECT {group}, r.rule, c.local_day, c.local_hour, count(*) FROM calls c"
        " JOIN rule_results d ON d.call_no = c.call_no JOIN rules r ON r.rule_no = d.rule_no"
        f" WHERE {condition} AND {EVENT} GROUP BY 1, 2, 3, 4",
        [*values, *values],
    ):
        hours = found[key][rule].setdefault(date.fromisoformat(day), [0] * 24)
        hours[hour or 0] += count
    return found


def _hour_and_calls(store: Store, filters: CallFilter) -> tuple[int, int]:
    condition, values = filters.to_sql()
    hour, calls = store.db.execute(
        f"SELECT max(c.local_hour), count(*) FROM calls c WHERE {condition}", values
    ).fetchone()
    return hour or 0, calls


def _alert(
    store: Store,
    wanted: tuple[CallFilter, str],
    rule: WatchedRule | None,
    past: PastDays,
    surge: Surge,
) -> Alert:
    filters, hours = wanted
    condition, values = filters.to_sql()
    condition += f" AND {hours}"
    if rule is not None:
        condition += f" AND {rule.condition}"
    window = surge.window
    return Alert(
        name="",
        rule=None if rule is None else rule.rule,
        title="all calls" if rule is None else rule.title,
        kind=None if rule is None else rule.kind,
        group=None,
        usual=round(surge.usual, 2),
        times=round(surge.now / surge.usual, 2),
        probability=surge.probability,
        compared=past.kind or "",
        past_days=len(past.alike),
        days=window.days,
        first_hour=window.first_hour,
        last_hour=window.last_hour,
        size=measure_size(store, condition, values),
        examples=() if rule is None else read_examples(store, rule, condition, values),
        follow_up=None,
    )


def measure_size(store: Store, condition: str, values: Sequence[object]) -> AlertSize:
    """How much the calls of a condition on ``calls c`` are, and how far they reach."""
    calls, customers, seconds, first = store.db.execute(
        "SELECT count(*), count(DISTINCT c.customer), total(c.audio_duration_s), min(c.call_no)"
        f" FROM calls c WHERE {condition}",
        values,
    ).fetchone()
    shares: list[Shares] = []
    for name in ("center", "team", "queue"):
        rows = store.db.execute(
            f"SELECT c.{name}, count(*) FROM calls c WHERE {condition} AND c.{name} IS NOT NULL"
            " GROUP BY 1 ORDER BY 2 DESC, 1",
            values,
        )
        shares.append(tuple((str(key), int(count)) for key, count in rows))
    centers, teams, queues = shares
    valued, value, currency = sum_values(_read_touched(store, condition, values))
    return AlertSize(
        calls,
        customers,
        round(seconds / 60, 1),
        None if first is None else read_start(store.db, first),
        centers=centers,
        teams=teams,
        queues=queues,
        value_at_risk=value,
        valued=valued,
        currency=currency,
    )


def _read_touched(store: Store, condition: str, values: Sequence[object]) -> Iterable[KnownCustomer]:
    """Accounts of the customers of calls of a condition."""
    if store.db.execute("SELECT 1 FROM accounts LIMIT 1").fetchone() is None:
        return ()
    rows = store.db.execute(
        f"SELECT DISTINCT c.customer FROM calls c WHERE {condition} AND c.customer IS NOT NULL", values
    )
    keys = {customer_key(customer) for (customer,) in rows}
    known = read_customer_accounts(store, keys)
    return [known[key] for key in keys & known.keys()]


def read_examples(
    store: Store, rule: WatchedRule, condition: str, values: Sequence[object], *, limit: int = 3
) -> tuple[Example, ...]:
    """The first evidence of the newest calls of a condition."""
    listed = ", ".join(map(str, rule.numbers))
    rows = store.db.execute(
        "SELECT c.call_id, h.party, h.start_s, h.quote FROM calls c JOIN hits h ON h.call_no = c.call_no"
        f" WHERE {condition} AND h.rule_no IN ({listed}) AND h.quote <> ''"
        " AND h.position = (SELECT min(x.position) FROM hits x WHERE x.call_no = c.call_no"
        " AND x.rule_no = h.rule_no AND x.quote <> '') ORDER BY c.call_no DESC LIMIT ?",
        [*values, limit],
    )
    return tuple(Example(*row) for row in rows)
