"""The calls a review plan can draw from, with their period, stratum and risks."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import pairwise

from speechcx.config import ReviewSettings
from speechcx.store import CallFilter, SqlValue, Store

NO_VALUE = "none"
"""The stratum of calls of which it is not known."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A call that can be drawn.

    Parameters
    ----------
    call_id, agent, period
        The call, its agent, and the period it would be drawn for.
    stratum
        (name, value) pairs in the order asked for.
    risks
        Risks it has, in words, with the weight each adds.
    """

    call_id: str
    agent: str
    period: str
    stratum: tuple[tuple[str, str], ...]
    risks: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Frame:
    """All calls of a plan.

    Parameters
    ----------
    candidates
        In no order.
    left_out
        Why other calls of the filter cannot be drawn, and how many.
    """

    candidates: tuple[Candidate, ...]
    left_out: tuple[tuple[str, int], ...]


def read_frame(store: Store, filters: CallFilter, scorecard: str, settings: ReviewSettings) -> Frame:
    """Every call of a filter that people can review by a scorecard.

    Parameters
    ----------
    store
        The database.
    filters
        Which calls.
    scorecard
        Calls that were not judged by it are left out, since its questions are the form.
    settings
        Periods, strata, risks and the shortest length.
    """
    where, values = filters.to_sql()
    rows = store.db.execute(
        "SELECT c.call_no, c.call_id, c.agent, c.local_day, c.queue, c.direction, c.audio_duration_s, c.flagged_count,"
        f" c.customer_end_state, s.score, s.call_no FROM calls c LEFT JOIN scores s ON s.call_no = c.call_no AND"
        f" s.scorecard = ? WHERE {where}",
        [scorecard, *values],
    ).fetchall()
    drivers = _read_drivers(store, where, values) if "driver" in settings.strata else {}
    doubts = _read_doubts(store, where, values) if "cannot-tell" in dict(settings.risks) else {}
    found, left = [], Counter[str]()
    stratum: tuple[tuple[str, str], ...]
    risks: tuple[tuple[str, float], ...]
    for call_no, call_id, agent, day, queue, direction, length_s, flags, end, score, judged in rows:
        why = _why_not(agent, day, judged, too_short=length_s < settings.min_length_s)
        if why:
            left[why] += 1
            continue
        stratum, risks = (), ()
        if settings.strata:
            told = {
                "queue": queue, "direction": direction, "duration": find_band(length_s, settings.duration_bands_s),
                "driver": drivers.get(call_no), "day": day,
            }  # fmt: skip
            stratum = tuple((name, told[name] or NO_VALUE) for name in settings.strata)
        if settings.risks:
            risks = _find_risks(settings, flags, score, doubts.get(call_no, 0), end)
        found.append(Candidate(call_id, agent, find_period(day, settings.period), stratum, risks))
    return Frame(tuple(found), tuple(sorted(left.items())))


@lru_cache(maxsize=4096)
def find_period(day: str, period: str) -> str:
    """The period a day (``YYYY-MM-DD``) lies in: itself, ``2026-W13``, ``2026-03`` or ``all``."""
    if period == "week":
        year, week, _ = date.fromisoformat(day).isocalendar()
        return f"{year}-W{week:02d}"
    return {"day": day, "month": day[:7], "all": "all"}[period]


def find_band(length_s: float, ends_s: tuple[float, ...]) -> str:
    """The band of a length, as people say it: ``under 2 min``, ``2 to 5 min``, ``from 10 min``."""
    return _name_bands(ends_s)[bisect_right(ends_s, length_s)]


@lru_cache(maxsize=8)
def _name_bands(ends_s: tuple[float, ...]) -> tuple[str, ...]:
    names = [f"{end / 60:g}" for end in ends_s]
    if not names:
        return ("any",)
    between = [f"{low} to {high} min" for low, high in pairwise(names)]
    return (f"under {names[0]} min", *between, f"from {names[-1]} min")


def _why_not(agent: str | None, day: str | None, judged: int | None, *, too_short: bool) -> str:
    if agent is None:
        return "agent not known"
    if day is None:
        return "day not known"
    if judged is None:
        return "not judged by this scorecard"
    return "too short" if too_short else ""


def _find_risks(
    settings: ReviewSettings, flags: int, score: float | None, doubts: int, end: str | None
) -> tuple[tuple[str, float], ...]:
    found = {}
    if flags:
        found["flags"] = f"{flags} flag{'s' * (flags > 1)}"
    if score is not None and score < settings.low_score:
        found["low-score"] = f"score {score:.0f}"
    if doubts:
        found["cannot-tell"] = f"{doubts} answer{'s' * (doubts > 1)} cannot tell"
    if end == "negative":
        found["negative-end"] = "customer ends negative"
    if not found:
        return ()
    return tuple((found[name], weight) for name, weight in settings.risks if name in found and weight)


def _read_drivers(store: Store, where: str, values: list[SqlValue]) -> dict[int, str]:
    """The first driver of each call: calls with several count once, under the first of the rulebook."""
    rules = dict(store.db.execute("SELECT rule_no, rule FROM rules WHERE kind = 'driver'").fetchall())
    # SQLite takes the other columns from the row that has the minimum.
    rows = store.db.execute(
        "SELECT c.call_no, d.rule_no, min(d.position) FROM calls c JOIN rule_results d ON d.call_no = c.call_no"
        f" WHERE {where} AND d.is_present AND d.rule_no IN (SELECT value FROM json_each(?)) GROUP BY c.call_no",
        [*values, json.dumps(list(rules))],
    )
    return {call_no: rules[rule_no] for call_no, rule_no, _ in rows}


def _read_doubts(store: Store, where: str, values: list[SqlValue]) -> dict[int, int]:
    """Answers of each call that the machine could not tell."""
    found: dict[int, int] = defaultdict(int)
    rows = store.db.execute(
        "SELECT c.call_no, count(*) FROM calls c JOIN form_answers a ON a.call_no = c.call_no"
        f" WHERE a.answer = 'cannot-tell' AND {where} GROUP BY 1",
        values,
    )
    found.update(rows)
    return found
