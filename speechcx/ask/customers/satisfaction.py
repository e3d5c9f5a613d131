"""What customers answered to surveys: satisfaction, recommendation and effort, with response rate and interval."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from speechcx.ask.ground.fact_filters import fact_condition
from speechcx.ask.ground.opening import Where, reading
from speechcx.ask.ground.resolve_names import settle_names
from speechcx.ask.statistics import NORMAL, Interval, Scale, Sums, mean_interval, share_interval
from speechcx.call.imported import SURVEY_KINDS, EffortEnd, SurveyKind
from speechcx.errors import UsageError
from speechcx.store import CallFilter, Store

SurveyBy = Literal["all", "agent", "team", "center", "queue", "day", "week", "month"]
SURVEY_BY: tuple[SurveyBy, ...] = get_args(SurveyBy)
_GROUPS: dict[SurveyBy, str] = {
    "all": "NULL",
    "agent": "coalesce(c.agent, s.agent)",
    "team": "c.team",
    "center": "c.center",
    "queue": "c.queue",
    "day": "s.local_day",
    "week": "date(s.local_day, 'weekday 0', '-6 days')",
    "month": "substr(s.local_day, 1, 7)",
}
_SATISFIED_FROM = 0.75
"""A satisfied answer lies in the upper quarter of its scale: 4 and 5 of 1 to 5."""


@dataclass(frozen=True, slots=True)
class SurveyRow:
    """Answers to one kind of survey.

    Parameters
    ----------
    kind
        ``csat``, ``nps`` or ``ces``.
    key
        The agent, team, month, ...; None for answers without one.
    asked
        Invitations, answered or not.
    n
        Answers: the denominator of `value`.
    value
        ``csat``: share of satisfied answers, 0 to 1. ``nps``: share of promoters (9 and 10) minus share of
        detractors (0 to 6), -1 to 1. ``ces``: mean on its own scale. None without answers.
    interval
        95 %.
    response_rate
        Answers over invitations; None where the source tells of answers only.
    matched
        Answers whose call was found.
    low, high
        Ends of the scale.
    high_is
        Of ``ces``, what the upper end means: easy or difficult; None where not told, or told in two ways.
    low_answers
        Answers that somebody should look at: the lowest quarter of satisfaction, 0 to 6 of 10, the difficult quarter
        of effort.
    """

    kind: SurveyKind
    key: str | None
    asked: int
    n: int
    value: float | None
    interval: Interval | None
    response_rate: float | None
    matched: int
    low: float
    high: float
    high_is: EffortEnd | None
    low_answers: int


@dataclass(frozen=True, slots=True)
class CommentDriver:
    """A contact driver in comments.

    Parameters
    ----------
    driver
        Its rule.
    comments, negative
        Comments with it, and those of them that say something negative.
    """

    driver: str
    comments: int
    negative: int


@dataclass(frozen=True, slots=True)
class Comments:
    """What customers wrote beside their answers. A comment beside several ratings counts once.

    Parameters
    ----------
    n
        Comments.
    read
        Of those, comments whose sentiment was read: the denominator of the three that follow.
    negative, neutral, positive
        By what they say; those that are mixed are in none of the three.
    drivers
        Contact drivers found in them, the most frequent first.
    unread
        (reason, comments) pairs of those without a sentiment or without drivers.
    """

    n: int
    read: int
    negative: int
    neutral: int
    positive: int
    drivers: tuple[CommentDriver, ...]
    unread: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Satisfaction:
    """What customers answered over a period.

    Parameters
    ----------
    by
        What the rows are grouped by.
    rows
        By kind and group.
    first_day, last_day
        Days of the answers; None where there are none.
    comments
        What customers wrote, over all groups.
    """

    by: SurveyBy
    rows: tuple[SurveyRow, ...]
    first_day: str | None
    last_day: str | None
    comments: Comments


def read_satisfaction(
    where: Where,
    filters: CallFilter | None = None,
    *,
    by: SurveyBy = "all",
    satisfied_from: float | None = None,
) -> Satisfaction:
    """Survey figures of all answers, or by agent, team, center, queue or time.

    Parameters
    ----------
    where
        Store or database.
    filters
        Which: the period is that of the answers; people, queue and direction are those of the calls found for them.
    by
        What to group by.
    satisfied_from
        The lowest rating of satisfaction that counts as satisfied; None for the upper quarter of its scale.

    Raises
    ------
    UsageError
        There is no such group.
    """
    if by not in SURVEY_BY:
        raise UsageError(f"--by {by!r}", f"one of {', '.join(SURVEY_BY)}", "correct it")
    with reading(where) as store:
        settled = settle_names(store, filters or CallFilter())
        condition, values = fact_condition(settled, day="s.local_day", columns=_COLUMNS)
        satisfied = f"(s.value - s.low) / (s.high - s.low) >= {_SATISFIED_FROM}"
        if satisfied_from is not None:
            satisfied = f"s.value >= {float(satisfied_from)!r}"
        rows = [
            row
            for kind in SURVEY_KINDS
            for row in _read_rows(store, kind, _GROUPS[by], satisfied, (condition, values))
        ]
        first, last = store.db.execute(
            f"SELECT min(s.local_day), max(s.local_day) {_SOURCE} WHERE {condition}", values
        ).fetchone()
        return Satisfaction(by, tuple(rows), first, last, _read_comments(store, condition, values))


_COLUMNS = {name: f"coalesce(c.{name}, s.{name})" for name in ("agent", "customer")}
"""Where no call was found, an answer counts for whom its source names."""

_SOURCE = "FROM survey_answers s LEFT JOIN calls c ON c.call_id = s.call_id"


def _read_rows(
    store: Store, kind: SurveyKind, group: str, satisfied: str, wanted: tuple[str, list[object]]
) -> list[SurveyRow]:
    condition, values = wanted
    place = "(s.value - s.low) / (s.high - s.low)"
    rows = store.db.execute(
        f"SELECT {group}, count(*), count(s.value), total(s.value), total(s.value * s.value),"
        f" total({satisfied}), total({place} >= 0.9), total({place} <= 0.6), count(s.call_id),"
        " min(s.low), max(s.high), iif(min(s.high_is) = max(s.high_is), min(s.high_is), NULL), sum(s.is_low)"
        f" {_SOURCE} WHERE {condition} AND s.kind = ?"
        f" GROUP BY {group} ORDER BY {group} IS NULL, 1",
        [*values, kind],
    )
    return [_to_row(kind, row) for row in rows.fetchall()]


def _read_comments(store: Store, condition: str, values: list[object]) -> Comments:
    """What the comments of the answers say."""
    rows = store.db.execute(
        f"SELECT s.comment_label, s.comment_drivers, s.comment_why {_SOURCE} WHERE {condition}"
        " AND s.comment IS NOT NULL GROUP BY substr(s.answer_id, instr(s.answer_id, ':')), s.comment",
        values,
    ).fetchall()
    labels = Counter(label for label, _, _ in rows)
    found = [(driver, label) for label, drivers, _ in rows for driver in json.loads(drivers or "[]")]
    every = Counter(driver for driver, _ in found)
    negative = Counter(driver for driver, label in found if label == "negative")
    order = sorted(every, key=lambda driver: (-every[driver], driver))
    unread = Counter(why for _, _, why in rows if why)
    return Comments(
        len(rows), len(rows) - labels[None], labels["negative"], labels["neutral"], labels["positive"],
        tuple(CommentDriver(driver, every[driver], negative[driver]) for driver in order),
        tuple(sorted(unread.items(), key=lambda one: (-one[1], one[0]))),
    )  # fmt: skip


def _to_row(kind: SurveyKind, row: Sequence[Any]) -> SurveyRow:
    key, asked, n, total, squares, satisfied, promoters, detractors, matched, low, high, high_is, low_n = row
    if kind == "csat":
        sums = Sums(int(n), satisfied, satisfied)
        value, interval = sums.mean, share_interval(sums)
    elif kind == "nps":
        value, interval = _net(int(n), promoters, detractors)
    else:
        sums = Sums(int(n), total, squares)
        value, interval = sums.mean, mean_interval(sums, Scale(low, high))
    rate = n / asked if asked and n < asked else None
    return SurveyRow(
        kind, None if key is None else str(key), int(asked), int(n), value, interval, rate, int(matched), low, high,
        high_is, int(low_n or 0),
    )  # fmt: skip


def _net(n: int, promoters: float, detractors: float) -> tuple[float | None, Interval | None]:
    """Promoters minus detractors, with the interval of a difference of two shares of one sample.

    The variance is that of a multinomial, with half an answer added at either end, so that a few answers that are
    all alike claim no certainty (Agresti and Min, Statistics in Medicine 24 (2005) 729).
    """
    if not n:
        return None, None
    value = (promoters - detractors) / n
    size = n + 2
    plus, minus = (promoters + 0.5) / size, (detractors + 0.5) / size
    spread = NORMAL * math.sqrt(max(0.0, plus + minus - (plus - minus) ** 2) / size)
    middle = plus - minus
    return value, (max(-1.0, middle - spread), min(1.0, middle + spread))
