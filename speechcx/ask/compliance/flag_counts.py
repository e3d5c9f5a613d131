"""Flags in numbers: how many, how far they reach, whether they rise, and how often a rule was right."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, get_args

from speechcx.ask.compliance.flag_queue import FlagFilter, flags_query, other_flags_query, settle_flags
from speechcx.ask.compliance.flags import find_flags_hint
from speechcx.ask.ground.opening import Where, reading
from speechcx.ask.ground.periods import period_before
from speechcx.ask.statistics import Interval, Sums, share_difference, share_interval
from speechcx.call.imported import SURVEY_KINDS
from speechcx.store import Store
from speechcx.store.daily_sums import GROUP
from speechcx.store.decisions.flag_rules import IS_GONE
from speechcx.store.select_sums import GroupChoice, has_sums, select_sums

GroupBy = Literal["rule", "agent", "team", "center", "queue"]
FLAG_GROUPS: tuple[GroupBy, ...] = get_args(GroupBy)
FlagTrend = Literal["rising", "falling", "steady"]


@dataclass(frozen=True, slots=True)
class Precision:
    """How often a rule was right, as far as people looked.

    Parameters
    ----------
    confirmed, dismissed
        Flags the rule still finds that people settled so; cases in which it could not tell are left out.
    gone
        Settled flags it no longer finds: they tell of an earlier version.
    share, interval
        Confirmed of confirmed and dismissed, and its 95 % interval (Wilson); None where nobody looked.
    """

    confirmed: int
    dismissed: int
    gone: int
    share: float | None
    interval: Interval | None


@dataclass(frozen=True, slots=True)
class FlagCount:
    """The flags of one rule, agent, team, center or queue.

    Parameters
    ----------
    key
        The rule, agent, ...; None for calls where it is not known.
    title, kind, severity
        Of a rule, as the newest rulebook has it; else None.
    flags, waiting, cannot_tell
        Flags; those nobody has settled; those in which the rule could not tell.
    calls, agents, teams, centers, queues, customers
        Distinct ones they reach.
    audio_s
        Length of those calls together.
    first_day, last_day
        Days of the first and the last such call.
    call_share, calls_asked
        Flagged calls over all calls of the period, and the number of those.
    share_before, change, change_interval
        The same in the period before, the difference, and its 95 % interval; None without a period before.
    course
        ``rising`` or ``falling`` where that interval leaves out zero, else ``steady``; None likewise.
    precision
        Of a rule; None for other groups.
    """

    key: str | None
    title: str | None
    kind: str | None
    severity: str | None
    flags: int
    waiting: int
    cannot_tell: int
    calls: int
    agents: int
    teams: int
    centers: int
    queues: int
    customers: int
    audio_s: float
    first_day: str | None
    last_day: str | None
    call_share: float | None
    calls_asked: int
    share_before: float | None
    change: float | None
    change_interval: Interval | None
    course: FlagTrend | None
    precision: Precision | None


@dataclass(frozen=True, slots=True)
class FlagCounts:
    """Flags by group, most calls first; `before` is the period compared with, `hint` what would widen an empty one."""

    by: GroupBy
    before: tuple[date, date] | None
    rows: tuple[FlagCount, ...]
    hint: str | None


def count_flags(where: Where, filters: FlagFilter | None = None, *, by: GroupBy = "rule") -> FlagCounts:
    """How many flags there are, by group; flags that are gone do not count.

    Parameters
    ----------
    where
        Store or database.
    filters
        Which flags; None for all, settled ones among them. With a first day, the period of the same length
        before it is compared.
    by
        What a row is.
    """
    filters = replace(filters or FlagFilter(status=()), standing=("found",))
    with reading(where) as store:
        filters = settle_flags(store, filters)
        earlier = period_before(store, filters.calls)
        sizes = _count(store, filters, by)
        asked = _count_calls(store, filters, by)
        past: dict[str | None, int] = {}
        past_asked: dict[str | None, int] = {}
        if earlier is not None:
            calls = replace(filters.calls, since=earlier[0], until=earlier[1])
            then = replace(filters, calls=calls)
            past = {key: size[3] for key, size in _count(store, then, by).items()}
            past_asked = _count_calls(store, then, by)
        precisions = measure_precision(store) if by == "rule" else {}
        known = _read_rules(store) if by == "rule" else {}
        rows = []
        for key, size in sizes.items():
            n = asked.get(None if by == "rule" else key, 0)
            n_before = past_asked.get(None if by == "rule" else key, 0)
            trend = _compare((size[3], n), (past.get(key, 0), n_before))
            # An unknown group is None; of rules, that is never the case.
            precision = precisions.get(key or "", NOBODY_LOOKED) if by == "rule" else None
            title, kind, severity = known.get(key or "", (None, None, None))
            rows.append(FlagCount(key, title, kind, severity, *size, *trend, precision))
        rows.sort(key=lambda row: (-row.calls, row.key or ""))
        return FlagCounts(by, earlier, tuple(rows), None if rows else find_flags_hint(store, filters))


NOBODY_LOOKED = Precision(0, 0, 0, None, None)


def measure_precision(where: Where) -> dict[str, Precision]:
    """How often each rule was right, over all flags that people confirmed or dismissed."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    with reading(where) as store:
        rows = store.db.execute(
            f"SELECT s.rule, s.status, {IS_GONE}, count(*) FROM flag_states s CROSS JOIN calls c"
            " ON c.call_id = s.call_id WHERE s.status IN ('confirmed', 'dismissed')"
            " AND s.seen_result <> 'cannot_tell' AND c.superseded_by IS NULL GROUP BY 1, 2, 3"
        )
        for rule, status, is_gone, n in rows:
            counts[rule]["gone" if is_gone else status] += n
    found = {}
    for rule, by_status in counts.items():
        right, wrong = by_status["confirmed"], by_status["dismissed"]
        sums = Sums(right + wrong, right, right)
        found[rule] = Precision(right, wrong, by_status["gone"], sums.mean, share_interval(sums))
    return found


FlagSize = tuple[int, int, int, int, int, int, int, int, int, float, str | None, str | None]


def _count(store: Store, filters: FlagFilter, by: GroupBy) -> dict[str | None, FlagSize]:
    if by != "rule" and _has_flag_sums(store, filters):
        return _count_sums(store, filters, by)
    # A call has one flag of a rule, but may have several of an agent: its length counts once.
    is_rule = by == "rule"
    query, values = flags_query(filters, more=", {unsure} AS unsure" + ", {rule} AS key" * is_rule)
    waiting = "status IN ('open', 'escalated')"
    source = (
        f"SELECT call_no, key, 1 AS flags, {waiting} AS waiting, unsure FROM ({query})"
        if is_rule
        else f"SELECT call_no, count(*) AS flags, sum({waiting}) AS waiting, sum(unsure) AS unsure FROM ({query})"
        " GROUP BY call_no"
    )
    reach = ", ".join(
        f"count(DISTINCT c.{name})" for name in ("agent", "team", "center", "queue", "customer")
    )
    rows = store.db.execute(
        f"SELECT {'f.key' if is_rule else f'c.{by}'}, sum(f.flags), sum(f.waiting), sum(f.unsure), count(*), {reach},"
        f" sum(c.audio_duration_s), min(c.local_day), max(c.local_day) FROM ({source}) f"
        " CROSS JOIN calls c ON c.call_no = f.call_no GROUP BY 1",
        values,
    )
    return {row[0]: row[1:] for row in rows}


def _has_flag_sums(store: Store, filters: FlagFilter) -> bool:
    """Whether the flags of a filter are those of whole groups of calls, with what the store keeps of them."""
    return has_sums(store, filters.calls) and filters == FlagFilter(
        filters.calls, status=(), standing=("found",)
    )


_FLAGGED_CALLS = (
    "SELECT k.call_no, k.group_no, k.day, k.customer, k.queue, k.length, k.flags, k.unsure"
    " FROM flag_sums_by_call k WHERE {chosen}"
)
_OTHER_FLAGS = (
    "SELECT c.call_no, g.group_no, coalesce(c.local_day, ''), coalesce(c.customer, ''), coalesce(c.queue, ''),"
    " CAST(round(c.audio_duration_s * 1000) AS INTEGER), f.flags, 0 FROM (SELECT call_no, count(*) AS flags"
    " FROM ({others}) GROUP BY 1) f CROSS JOIN calls c ON c.call_no = f.call_no JOIN sum_groups g ON "
    + " AND ".join(f"g.{name} IS c.{name}" for name in GROUP)
)


def _count_sums(store: Store, filters: FlagFilter, by: GroupBy) -> dict[str | None, FlagSize]:
    """As :func:`_count`, from the flags of rules that the store keeps by call, and the few others."""
    chosen, values = GroupChoice.of(filters.calls).contacts()
    others, other_values = other_flags_query(filters)
    every, every_values = _FLAGGED_CALLS.format(chosen=chosen), values
    if store.db.execute(f"SELECT 1 FROM ({others}) LIMIT 1", other_values).fetchone():
        every += f" UNION ALL {_OTHER_FLAGS.format(others=others)}"
        every = (
            "SELECT call_no, max(group_no) AS group_no, max(day) AS day, max(customer) AS customer,"
            " max(queue) AS queue, max(length) AS length, sum(flags) AS flags, sum(unsure) AS unsure"
            f" FROM ({every}) GROUP BY call_no"
        )
        every_values = [*values, *other_values]
    key = "nullif(k.queue, '')" if by == "queue" else f"g.{by}"
    rows = store.db.execute(
        f"SELECT {key}, sum(k.flags), 0, sum(k.unsure), count(*), count(DISTINCT g.agent), count(DISTINCT g.team),"
        " count(DISTINCT g.center), count(DISTINCT nullif(k.queue, '')), count(DISTINCT nullif(k.customer, '')),"
        " sum(k.length) / 1000.0, min(nullif(k.day, '')), max(nullif(k.day, ''))"
        f" FROM ({every}) k JOIN sum_groups g ON g.group_no = k.group_no GROUP BY 1",
        every_values,
    ).fetchall()
    settled = _count_settled(store, filters, by)
    return {row[0]: (row[1], row[1] - settled.get(row[0], 0), *row[3:]) for row in rows}


def _count_settled(store: Store, filters: FlagFilter, by: GroupBy) -> dict[str | None, int]:
    """Flags that are there and wait for nobody, by group; the decisions are read, which are far fewer than calls."""
    where, values = filters.calls.to_sql()
    rows = store.db.execute(
        f"SELECT c.{by}, count(*) FROM flag_states s CROSS JOIN calls c ON c.call_id = s.call_id"
        f" WHERE s.status IN ('confirmed', 'dismissed') AND NOT {IS_GONE} AND {where} GROUP BY 1",
        values,
    )
    return dict(rows.fetchall())


def _count_calls(store: Store, filters: FlagFilter, by: GroupBy) -> dict[str | None, int]:
    """Calls of the period: by group, or for rules, all of them under None."""
    if by != "queue" and has_sums(store, filters.calls):
        sums = select_sums("call_sums", filters.calls, by_day=False)
        key = "NULL" if by == "rule" else f"c.{by}"
        query = f"SELECT {key}, sum(c.calls) FROM {sums.sql} c GROUP BY 1"
        return {group: n for group, n in store.db.execute(query, sums.values) if n}
    where, values = filters.calls.to_sql()
    key = "NULL" if by == "rule" else f"c.{by}"
    return dict(
        store.db.execute(f"SELECT {key}, count(*) FROM calls c WHERE {where} GROUP BY 1", values).fetchall()
    )


def _read_rules(store: Store) -> dict[str, tuple[str | None, str | None, str | None]]:
    """Title, kind and severity of each rule and question, as the newest rulebook has them."""
    rows = store.db.execute(
        "SELECT scorecard || '.' || question, text, 'question', 'critical', question_no FROM questions UNION ALL"
        " SELECT rule, title, kind, severity, rule_no FROM rules ORDER BY 5"
    )
    known = {rule: (title, kind, severity) for rule, title, kind, severity, _ in rows}
    return known | {
        f"survey.{kind}": (f"low {kind.upper()} answer", "survey", "major") for kind in SURVEY_KINDS
    }


def _compare(
    now: tuple[int, int], before: tuple[int, int]
) -> tuple[float | None, int, float | None, float | None, Interval | None, FlagTrend | None]:
    """Share of calls now and before, and what has become of it; (flagged calls, calls) pairs."""
    share = now[0] / now[1] if now[1] else None
    sums, sums_before = (Sums(n, flagged, flagged) for flagged, n in (now, before))
    if share is None or not before[1]:
        return share, now[1], None, None, None, None
    interval = share_difference(sums, sums_before)
    course: FlagTrend = "steady"
    if interval is not None and interval[0] > 0:
        course = "rising"
    elif interval is not None and interval[1] < 0:
        course = "falling"
    earlier = before[0] / before[1]
    return share, now[1], earlier, share - earlier, interval, course
