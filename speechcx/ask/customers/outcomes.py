"""Surveys and call records: satisfaction, handle time, transfers, resolution, from columns of the calls' sources.

The columns are those of ``calls.csv``, a sidecar or a file name, under the names of :data:`OUTCOME_COLUMNS`.
What a call does not have is left out and counted; what cannot be read is counted apart.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from speechcx.ask.customers.drivers import newest_ripe
from speechcx.ask.ground.consent import NO, YES, is_resolved
from speechcx.ask.ground.empty_answer_hints import Hint, find_hint
from speechcx.ask.ground.group_sums import DIVISIONS
from speechcx.ask.ground.opening import Where, reading
from speechcx.ask.ground.resolve_names import expect_one, read_names, settle_names
from speechcx.ask.statistics import Interval, Sums, mean_interval, share_interval
from speechcx.store import CallFilter, Store
from speechcx.store.select_sums import has_sums, select_sums

OUTCOME_COLUMNS = {
    "csat": "rating of satisfaction, 1 to 5",
    "nps": "how likely to recommend, 0 to 10",
    "ces": "effort, on the survey's own scale",
    "handle_s": "seconds of talk, hold and after-call work together; or these three:",
    "talk_s": "seconds of talk",
    "hold_s": "seconds on hold",
    "acw_s": "seconds of after-call work",
    "queue_wait_s": "seconds in the queue before the answer",
    "transferred": "yes or no",
    "resolved": "yes or no",
}
"""Columns of a call's source that are understood, and what they hold."""


_HAS_OUTCOMES = " OR ".join(f"instr(x.extras, '\"{name}\"') > 0" for name in OUTCOME_COLUMNS)
"""Of ``recordings x``: its source says one of these; the index ``recordings_outcomes`` has the same condition."""

Extras = Mapping[str, str]


class _UnreadableError(ValueError):
    """A column holds something that is not what it should."""


@dataclass(frozen=True, slots=True)
class OutcomeMeasure:
    """One measure of a group of calls.

    Parameters
    ----------
    name
        csat, nps, ces, aht_s, asa_s, transfer_rate, resolution_rate or fcr.
    value, interval
        Mean or share, and its 95 % interval; nps from -100 to 100.
    n
        Calls it is of.
    n_missing, n_unreadable
        Calls whose source does not say, and those where it says something else than expected.
    """

    name: str
    value: float | None
    interval: Interval | None
    n: int
    n_missing: int
    n_unreadable: int


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    """The calls of one agent, team, queue, week, ...

    Parameters
    ----------
    key, name
        What they have in common, None where it is not known; an agent's name in the roster.
    n
        Calls.
    measures
        In the order of the table; an object by name in JSON.
    """

    key: str | None
    name: str | None
    n: int
    measures: tuple[OutcomeMeasure, ...]


@dataclass(frozen=True, slots=True)
class OutcomeTable:
    """Surveys and call records by whatever was asked.

    Parameters
    ----------
    by
        What a row is.
    since, until
        The period; None where open.
    rows, total
        The rows, and all their calls together.
    columns
        (column, calls that have it) pairs, of the columns that are understood.
    immature
        Calls too new to say whether the customer contacts again; left out of fcr.
    hint
        Where there are no rows: what would widen the question.
    """

    by: str
    since: date | None
    until: date | None
    rows: tuple[OutcomeRow, ...]
    total: OutcomeRow
    columns: tuple[tuple[str, int], ...]
    immature: int
    hint: Hint | None


@dataclass(frozen=True, slots=True)
class _Measure:
    """How a measure is read from the columns of a call: a value, or None where they do not say."""

    name: str
    read: Callable[[Extras], float | None]
    kind: Literal["mean", "share"] = "mean"


def _read_number(extras: Extras, name: str, low: float = 0.0, high: float = 1e6) -> float | None:
    text = extras.get(name)
    if text is None:
        return None
    try:
        value = float(text.replace(",", "."))
    except ValueError as error:
        raise _UnreadableError(text) from error
    if not low <= value <= high:
        raise _UnreadableError(text)
    return value


def _read_answer(extras: Extras, name: str) -> float | None:
    text = extras.get(name)
    if text is None:
        return None
    folded = text.strip().casefold()
    if folded not in YES | NO:
        raise _UnreadableError(text)
    return float(folded in YES)


def _read_csat(extras: Extras) -> float | None:
    rating = _read_number(extras, "csat", 1, 5)
    return None if rating is None else float(rating >= 4)


def _read_nps(extras: Extras) -> float | None:
    rating = _read_number(extras, "nps", 0, 10)
    # Promoters count for, detractors against, 7 and 8 for neither.
    return None if rating is None else 100.0 if rating >= 9 else -100.0 if rating <= 6 else 0.0


def _read_handle(extras: Extras) -> float | None:
    whole = _read_number(extras, "handle_s")
    talk = _read_number(extras, "talk_s")
    if whole is not None or talk is None:
        return whole
    return talk + (_read_number(extras, "hold_s") or 0.0) + (_read_number(extras, "acw_s") or 0.0)


_MEASURES = (
    _Measure("csat", _read_csat, "share"),
    _Measure("nps", _read_nps),
    _Measure("ces", lambda extras: _read_number(extras, "ces")),
    _Measure("aht_s", _read_handle),
    _Measure("asa_s", lambda extras: _read_number(extras, "queue_wait_s")),
    _Measure("transfer_rate", lambda extras: _read_answer(extras, "transferred"), "share"),
    _Measure("resolution_rate", lambda extras: _read_answer(extras, "resolved"), "share"),
    _Measure("fcr", lambda extras: _read_number(extras, "_fcr"), "share"),
)
OUTCOMES = tuple(measure.name for measure in _MEASURES)
"""Names of the measures, in order."""

BY = ("agent", "team", "center", *DIVISIONS)
"""What a table can be divided by."""


@dataclass(slots=True)
class _Tally:
    """What the calls of a row add up to."""

    n: int = 0
    sums: dict[str, Sums] = field(default_factory=lambda: defaultdict(Sums))
    unreadable: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, extras: Extras) -> None:
        """Add what the source says of a call, which is counted already."""
        for measure in _MEASURES:
            try:
                value = measure.read(extras)
            except _UnreadableError:
                self.unreadable[measure.name] += 1
                continue
            if value is not None:
                self.sums[measure.name] += Sums(1, value, value * value)


def list_outcomes(where: Where, filters: CallFilter | None = None, *, by: str = "team") -> OutcomeTable:
    """Surveys and call records of the calls of a filter.

    Parameters
    ----------
    where
        Store or database.
    filters
        Which calls; None for all.
    by
        agent, team, center, day, week, month, weekday, hour, queue or direction.

    Raises
    ------
    UsageError
        There is no such division.
    """
    expect_one("divide by", by, BY)
    with reading(where) as store:
        filters = settle_names(store, filters or CallFilter())
        contacts, immature = _read_first_contacts(store, filters)
        tallies = {key: _Tally(n) for key, n in _count_calls(store, filters, by).items()}
        everything, columns = (
            _Tally(sum(tally.n for tally in tallies.values())),
            dict.fromkeys(OUTCOME_COLUMNS, 0),
        )
        for key, call_no, extras in _read_extras(store, filters, by):
            for name in extras.keys() & columns.keys():
                columns[name] += 1
            if is_resolved(extras) and (is_repeat := contacts(call_no)) is not None:
                extras["_fcr"] = "0" if is_repeat else "1"
            tallies[key].add(extras)
            everything.add(extras)
        names = read_names(store) if by == "agent" else {}
        keys = sorted(tallies, key=lambda key: (key is None, key or ""))
        return OutcomeTable(
            by, filters.since, filters.until, tuple(_row(key, names.get(key), tallies[key]) for key in keys),
            _row(None, None, everything), tuple((name, n) for name, n in columns.items() if n), immature,
            None if everything.n else find_hint(store, filters),
        )  # fmt: skip


def _key(by: str) -> str:
    return (
        f"c.{by}" if by in ("agent", "team", "center") else next(DIVISIONS[b] for b in DIVISIONS if b == by)
    )


def _count_calls(store: Store, filters: CallFilter, by: str) -> dict[str | None, int]:
    """Calls of each row."""
    if has_sums(store, filters) and by not in ("hour", "queue", "direction"):
        sums = select_sums("call_sums", filters, by_day=by in ("day", "week", "weekday"))
        query = f"SELECT {_key(by)}, sum(c.calls) FROM {sums.sql} c GROUP BY 1"
        return dict(store.db.execute(query, sums.values).fetchall())
    condition, values = filters.to_sql()
    query = f"SELECT {_key(by)}, count(*) FROM calls c WHERE {condition} GROUP BY 1"
    return dict(store.db.execute(query, values).fetchall())


def _read_extras(
    store: Store, filters: CallFilter, by: str
) -> Iterator[tuple[str | None, int, dict[str, str]]]:
    """What the source says of each call of which it says anything that is understood here."""
    condition, values = filters.to_sql()
    rows = store.db.execute(
        f"SELECT {_key(by)}, c.call_no, x.extras FROM recordings x CROSS JOIN calls c ON c.call_no = x.call_no"
        f" WHERE ({_HAS_OUTCOMES}) AND {condition}",
        values,
    )
    # Several values of one column are a list of pairs: the last one counts.
    for key, call_no, text in rows:
        yield key, call_no, {str(k): str(v) for k, v in dict(json.loads(text)).items()}


IsRepeat = Callable[[int], bool | None]
"""Whether a call was followed by another on the same driver; None where it has none, or is too new to say."""


def _read_first_contacts(store: Store, filters: CallFilter) -> tuple[IsRepeat, int]:
    """Whether a call was followed by another on the same driver, for those old enough; and how many are not."""
    ripe = newest_ripe(store)
    rules = "SELECT rule FROM rules WHERE kind = 'driver'"
    condition, values = filters.to_sql()
    (immature,) = store.db.execute(
        "SELECT count(*) FROM calls c WHERE c.call_no > ? AND EXISTS (SELECT 1 FROM contacts k"
        f" WHERE k.call_no = c.call_no AND k.followed IS NOT NULL AND k.rule IN ({rules})) AND {condition}",
        (ripe, *values),
    ).fetchone()

    def is_repeat(call_no: int) -> bool | None:
        if call_no > ripe:
            return None
        found = store.db.execute(
            f"SELECT max(followed) FROM contacts WHERE call_no = ? AND rule IN ({rules})", (call_no,)
        ).fetchone()[0]
        return None if found is None else bool(found)

    return is_repeat, immature


def _row(key: str | None, name: str | None, tally: _Tally) -> OutcomeRow:
    measures = []
    for measure in _MEASURES:
        sums, wrong = tally.sums[measure.name], tally.unreadable[measure.name]
        interval = mean_interval(sums) if measure.kind == "mean" else share_interval(sums)
        measures.append(
            OutcomeMeasure(measure.name, sums.mean, interval, sums.n, tally.n - sums.n - wrong, wrong)
        )
    return OutcomeRow(key, name, tally.n, tuple(measures))
