"""Emerging issues: what happens more often on a day than the same weekday usually brings, with size and scope."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal, get_args

from speechcx.ask.ground.customer_accounts import KnownCustomer, read_customer_accounts, sum_values
from speechcx.ask.ground.empty_answer_hints import Hint, find_hint
from speechcx.ask.ground.opening import Where, reading
from speechcx.ask.ground.periods import find_newest_day
from speechcx.ask.ground.resolve_names import expect_one, settle_names
from speechcx.ask.operations.events import EVENT, WatchedRule, list_watched
from speechcx.ask.statistics import Usual, learn_usual
from speechcx.store import CallFilter, Store
from speechcx.store.decisions.follow_ups import FollowUp, read_follow_ups
from speechcx.store.facts.customer_keys import customer_key
from speechcx.store.moments import read_start

PAST_WEEKS = 8
"""Weeks that say what is usual."""

MIN_DAYS = 3
"""Fewer past days of the same weekday with calls say nothing; all past days stand in, if there are as many
as `MIN_ANY_DAYS`."""
MIN_ANY_DAYS = 5

CALLS = "calls"
"""Stands for the number of calls itself in the name of an alert."""

PROBABILITY = 0.001
MIN_EXCESS = 5.0
"""An alert is both this improbable and at least so many calls too many (definitions, section 5)."""

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
        Calls that the same weekday usually brings up to the same hour.
    times
        The day's calls over that.
    probability
        Of as many calls or more on a usual day.
    compared
        ``same weekday``, or ``any day`` where there are too few past days of that weekday.
    past_days
        Past days compared with.
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
        An alert is at most this probable on a usual day, and at least so many calls above the usual.
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
        self.least_excess = least_excess
        self.by = by
        self.counts = _count_days(
            store, replace(today, since=self.day - timedelta(weeks=PAST_WEEKS)), until_hour, by
        )
        self.groups = [
            group
            for group, counts in self.counts.items()
            if counts[None][self.day] and (by is None or group is not None)
        ]
        self.too_young = 0
        self.counted = 0
        self.why_none: str | None = None

    def find(self, probability: float) -> Iterator[Alert]:
        """Every alert of the day."""
        asked: list[WatchedRule | None] = [None, *list_watched(self.store)]
        marks = read_follow_ups(self.store.db, "alert")
        for group in self.groups:
            past = _PastDays(self.counts[group], self.day)
            if past.kind is None:
                self.too_young += 1
                self.why_none = f"{len(past.days)} past days with calls are too few to say what is usual"
                continue
            self.counted += len(asked)
            for rule in asked:
                counts = past.counts[None if rule is None else rule.rule]
                now, usual = counts[self.day], past.learn(counts)
                chance = usual.tail(now)
                if now - usual.mean >= self.least_excess and chance <= probability / len(self.groups):
                    alert = _alert(self.store, self._only(group), rule, past, (now, usual, chance))
                    name = f"{self.day}/{alert.rule or CALLS}" + (f"/{self.by}={group}" if self.by else "")
                    yield replace(alert, name=name, group=group, follow_up=marks.get(name))
        if self.counted:
            self.why_none = None
        elif self.too_young > 1:
            self.why_none = f"every {self.by} has too few past days with calls to say what is usual"

    def _only(self, group: str | None) -> CallFilter:
        """The calls of the day in a group."""
        if self.by is None or group is None:
            return self.today
        wanted: dict[str, tuple[str, ...]] = {self.by: (group,)}
        return replace(self.today, **wanted)  # type: ignore[arg-type]


class _PastDays:
    """The past days a day is compared with; `counts` has the calls of each day, by rule and of all (None)."""

    def __init__(self, counts: Mapping[str | None, Counter[date]], day: date) -> None:
        self.day = day
        self.counts = counts
        self.days = [past for past in self.counts[None] if past != day]
        same = [past for past in self.days if past.weekday() == day.weekday()]
        self.kind: str | None = None
        if len(same) >= MIN_DAYS:
            self.kind = "same weekday"
        elif len(self.days) >= MIN_ANY_DAYS:
            self.kind, same = "any day", self.days
        self.alike = same

    def learn(self, counts: Counter[date]) -> Usual:
        """What is usual, from the events of past days."""
        if self.kind == "any day":
            return learn_usual([counts[day] for day in self.alike])
        groups: dict[int, list[int]] = defaultdict(list)
        for day in self.days:
            groups[day.weekday()].append(counts[day])
        mine = groups.pop(self.day.weekday())
        return learn_usual(mine, tuple(groups.values()))


DayCounts = dict[str | None, Counter[date]]
"""Calls by day, of each rule, and of all under None."""


def _count_days(
    store: Store, filters: CallFilter, until_hour: int, by: AlertBy | None
) -> dict[str | None, DayCounts]:
    """By group (None for all together): calls by day up to the hour, of each rule those that are its events."""
    condition, values = filters.to_sql()
    group = "NULL" if by is None else f"c.{by}"
    found: dict[str | None, DayCounts] = defaultdict(lambda: defaultdict(Counter))
    for key, rule, day, count in store.db.execute(
        f"SELECT {group}, NULL, c.local_day, count(*) FROM calls c WHERE {condition} AND c.local_hour <= ?"
        f" GROUP BY 1, 3 UNION ALL SELECT {group}, r.rule, c.local_day, count(*) FROM calls c JOIN rule_results d"
        f" ON d.call_no = c.call_no JOIN rules r ON r.rule_no = d.rule_no WHERE {condition} AND c.local_hour <= ?"
        f" AND {EVENT} GROUP BY 1, 2, 3",
        [*values, until_hour, *values, until_hour],
    ):
        found[key][rule][date.fromisoformat(day)] = count
    return found


def _hour_and_calls(store: Store, filters: CallFilter) -> tuple[int, int]:
    condition, values = filters.to_sql()
    hour, calls = store.db.execute(
        f"SELECT max(c.local_hour), count(*) FROM calls c WHERE {condition}", values
    ).fetchone()
    return hour or 0, calls


def _alert(
    store: Store,
    filters: CallFilter,
    rule: WatchedRule | None,
    past: _PastDays,
    found: tuple[int, Usual, float],
) -> Alert:
    now, usual, chance = found
    condition, values = filters.to_sql()
    if rule is not None:
        condition += f" AND {rule.condition}"
    return Alert(
        name="",
        rule=None if rule is None else rule.rule,
        title="all calls" if rule is None else rule.title,
        kind=None if rule is None else rule.kind,
        group=None,
        usual=round(usual.mean, 2),
        times=round(now / usual.mean, 2),
        probability=chance,
        compared=past.kind or "",
        past_days=len(past.alike),
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
