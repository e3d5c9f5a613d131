"""Scores against what the same kind of calls usually bring: queue, hour of the day and contact driver.

Indirect standardisation: each call is expected to bring what such calls bring to everybody else. The
calls of the agent (team, center) who is judged are left out of what is expected of it, else a large
team would be compared with itself. A kind of call that others had too few of is taken more coarsely.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from speechcx.ask.ground.compared_measures import MEASURE_NAMES, MEASURES, ComparedMeasure, DifferenceVerdict
from speechcx.ask.ground.driver_lookup import driver_of_call
from speechcx.ask.ground.empty_answer_hints import Hint, find_hint
from speechcx.ask.ground.group_sums import find_scorecard
from speechcx.ask.ground.opening import Where, reading
from speechcx.ask.ground.resolve_names import read_names, settle_names
from speechcx.ask.ground.score_rows import MIN_N, ScoreBy, TableForm
from speechcx.ask.statistics import OPEN, Interval, Scale, Sums, mean_interval
from speechcx.store import CallFilter, Store
from speechcx.store.daily_sums import SCORE
from speechcx.store.select_sums import has_sums, split_months

MIN_CELL = 20
"""Calls of others that a kind of call needs, to say what it usually brings."""

LEVELS = ("queue, driver and hour", "queue and driver", "queue", "all calls")
"""Kinds of calls, from fine to coarse."""

MixCell = tuple[str | int | None, ...]


@dataclass(frozen=True, slots=True)
class CaseMixRow:
    """One agent, team or center against what its calls usually bring.

    Parameters
    ----------
    key, name
        The agent, team or center; an agent's name in the roster.
    rank
        Place by the difference, among rows with enough calls; else None.
    n, n_missing
        Calls with a value that others have calls like, and calls left out.
    mean
        What they brought.
    expected
        What such calls bring to everybody else.
    difference, interval
        The one minus the other, and its 95 % interval.
    verdict
        Whether the difference is beyond chance, in a word.
    adjusted
        The mean of all calls plus the difference: what this one would bring with everybody's mix of calls.
    levels
        (kind of call, calls compared at it) pairs, from fine to coarse: how far it had to be coarsened.
    """

    key: str | None
    name: str | None
    rank: int | None
    n: int
    n_missing: int
    mean: float | None
    expected: float | None
    difference: float | None
    interval: Interval | None
    verdict: DifferenceVerdict
    adjusted: float | None
    levels: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class CaseMixTable:
    """A measure by agent, team or center, adjusted for the mix of calls.

    Parameters
    ----------
    by, measure
        What a row is, and which measure.
    scorecard
        The scorecard where the measure needs one.
    since, until
        The period; None where open.
    mean, n
        Mean over all calls, and calls with a value.
    min_cell, min_n
        Calls of others that a kind of call needs, and calls that a rank needs.
    rows
        In the order of their difference.
    hint
        Where there are no rows: what would widen the question.
    """

    by: ScoreBy
    measure: str
    scorecard: str | None
    since: date | None
    until: date | None
    mean: float | None
    n: int
    min_cell: int
    min_n: int
    rows: tuple[CaseMixRow, ...]
    hint: Hint | None


def adjust_scores(
    where: Where, by: ScoreBy, filters: CallFilter | None = None, form: TableForm | None = None
) -> CaseMixTable:
    """A measure against what the same queue, hour and driver usually bring.

    Parameters
    ----------
    where
        Store or database.
    by
        What a row is.
    filters
        Which calls. Those of everybody else are compared with: of other agents, teams and centers too,
        where the filter names some.
    form
        Scorecard, the measure (``sort``; the score where that is ``name`` or ``n``), calls a rank needs.
    """
    form = form or TableForm()
    name = form.sort if form.sort in MEASURE_NAMES else "score"
    measure = MEASURES[MEASURE_NAMES.index(name)]
    with reading(where) as store:
        filters = settle_names(store, filters or CallFilter())
        card = find_scorecard(store, filters, form.scorecard)
        cells = _sum_cells(store, filters, card, f"c.{by}", measure)
        levels, own = _sum_others(store, filters, card, by, measure, cells)
        names = read_names(store) if by == "agent" else {}
        everything = levels[-1][()]
        rows = []
        for key, mine in cells.items():
            others = _Others(levels, _sum_levels([own[key]]))
            rows.append(replace(_row(key, mine, others, measure, everything.mean), name=names.get(key)))
        return CaseMixTable(
            by, name, card, filters.since, filters.until, everything.mean, everything.n, MIN_CELL, form.min_n,
            _ranked(rows, form.min_n, best=measure.best), None if rows else find_hint(store, filters),
        )  # fmt: skip


Cells = dict[str | None, dict[MixCell, Sums]]
Levels = tuple[dict[MixCell, Sums], ...]


def _sum_others(
    store: Store,
    filters: CallFilter,
    scorecard: str | None,
    by: ScoreBy,
    measure: ComparedMeasure,
    cells: Cells,
) -> tuple[Levels, Cells]:
    """Sums over everybody's calls by kind, and over all calls of those who are judged, wherever they were."""
    everybody = replace(filters, agent=(), team=(), center=())
    if everybody == filters:
        return _sum_levels(cells.values()), cells
    keys = tuple(key for key in cells if key is not None)
    own = _sum_cells(store, replace(everybody, **{by: keys}), scorecard, f"c.{by}", measure)  # type: ignore[arg-type]
    return _sum_levels(_sum_cells(store, everybody, scorecard, "NULL", measure).values()), {None: {}} | own


def _sum_cells(
    store: Store, filters: CallFilter, scorecard: str | None, key: str, measure: ComparedMeasure
) -> Cells:
    """Sums of the measure for each key and each finest kind of call: queue, driver, hour."""
    is_of_all = replace(filters, since=None, until=None) == CallFilter() and has_sums(store, filters)
    if key == "NULL" and measure.name == "score" and is_of_all and store.visible is None:
        return _read_cells(store, filters, scorecard, measure)
    return _scan_cells(store, filters, scorecard, key, measure)


def _read_cells(store: Store, filters: CallFilter, scorecard: str | None, measure: ComparedMeasure) -> Cells:
    """As :func:`_sum_cells` for scores of everybody: from the sums of whole months, and the calls of the rest."""
    cells: Cells = {None: defaultdict(Sums)}
    for months, since, until in split_months(filters.since, filters.until):
        if not months:
            part = _scan_cells(store, replace(filters, since=since, until=until), scorecard, "NULL", measure)
            for cell, sums in part.get(None, {}).items():
                cells[None][cell] += sums
            continue
        kind = "nullif(queue, ''), nullif(driver, ''), nullif(local_hour, -1)"
        for table, sums_of, more in (
            ("mix_calls_by_month", "0, 0, 0, sum(calls)", ()),
            ("mix_scores_by_month", "sum(calls), total(total), total(squares), -sum(calls)", (scorecard,)),
        ):
            rows = store.db.execute(
                f"SELECT {kind}, {sums_of} FROM {table} WHERE month >= ? AND month < ?"
                f"{' AND scorecard = ?' if more else ''} GROUP BY 1, 2, 3",
                (*months, *more),
            )
            for *kinds, n, total, squares, missing in rows:
                steps = SCORE.steps
                cells[None][tuple(kinds)] += Sums(n, total / steps, squares / steps / steps, missing)
    return cells


def _scan_cells(
    store: Store, filters: CallFilter, scorecard: str | None, key: str, measure: ComparedMeasure
) -> Cells:
    """As :func:`_sum_cells`, from the calls themselves."""
    condition, values = filters.to_sql()
    rows = store.db.execute(
        f"SELECT {key}, c.queue, {driver_of_call(store)}, c.local_hour, count({measure.sql}), total({measure.sql}),"
        f" total({measure.sql} * {measure.sql}), count(*) FROM calls c"
        f" LEFT JOIN call_scores s ON s.call_no = c.call_no AND s.scorecard = ? WHERE {condition} GROUP BY 1, 2, 3, 4",
        [scorecard, *values],
    )
    cells: Cells = defaultdict(dict)
    for own, *cell, n, total, squares, calls in rows:
        cells[own][tuple(cell)] = Sums(n, total, squares, calls - n)
    return cells


@dataclass(frozen=True, slots=True)
class _Others:
    """Sums of kinds of calls, of everybody and of the one who is left out."""

    everybody: Levels
    own: Levels

    def expect(self, cell: MixCell) -> tuple[int, float | None]:
        """What others' calls of the finest kind that has enough of them bring, and the level of that kind."""
        for level in range(len(LEVELS)):
            kind = _coarse(cell, level)
            everybody, own = self.everybody[level][kind], self.own[level][kind]
            n = everybody.n - own.n
            if n >= MIN_CELL or (n and level == len(LEVELS) - 1):
                return level, (everybody.total - own.total) / n
        return len(LEVELS) - 1, None


def _coarse(cell: MixCell, level: int) -> MixCell:
    return cell[: len(LEVELS) - 1 - level]


def _sum_levels(parts: Iterable[dict[MixCell, Sums]]) -> Levels:
    found: Levels = tuple(defaultdict(Sums) for _ in LEVELS)
    for own in parts:
        for cell, sums in own.items():
            for level, kinds in enumerate(found):
                kinds[_coarse(cell, level)] += sums
    return found


def differences_of(scale: Scale) -> Scale:
    """The scale of differences of two values on a scale, with the spread of one value."""
    if scale.low is None or scale.high is None:
        return OPEN
    width = (scale.high - scale.low) / 2
    return Scale(-width, width)


def _row(
    key: str | None,
    own: dict[MixCell, Sums],
    others: _Others,
    measure: ComparedMeasure,
    overall: float | None,
) -> CaseMixRow:
    left, used, expected_total = Sums(), [0] * len(LEVELS), 0.0
    kept = []
    for cell, sums in own.items():
        level, expected = others.expect(cell)
        if expected is None or not sums.n:
            continue
        used[level] += sums.n
        expected_total += expected * sums.n
        kept.append(sums)
        # Sums of what is left when the expected is taken away from each call.
        squares = sums.squares - 2 * expected * sums.total + sums.n * expected * expected
        left += Sums(sums.n, sums.total - sums.n * expected, squares)
    calls = _total(own.values())
    interval = mean_interval(left, differences_of(measure.scale))
    return CaseMixRow(
        key=key, name=None, rank=None, n=left.n, n_missing=calls.n + calls.n_missing - left.n, mean=_total(kept).mean,
        expected=expected_total / left.n if left.n else None, difference=left.mean, interval=interval,
        verdict=measure.judge(interval, enough=left.n >= MIN_N),
        adjusted=None if left.mean is None or overall is None else overall + left.mean,
        levels=tuple((name, n) for name, n in zip(LEVELS, used, strict=True) if n),
    )  # fmt: skip


def _total(parts: Iterable[Sums]) -> Sums:
    together = Sums()
    for part in parts:
        together += part
    return together


def _ranked(rows: list[CaseMixRow], min_n: int, *, best: str | None) -> tuple[CaseMixRow, ...]:
    sign = 1 if best == "low" else -1

    def is_ranked(row: CaseMixRow) -> bool:
        return row.key is not None and row.difference is not None and row.n >= min_n

    ordered = sorted(
        rows,
        key=lambda row: (
            not is_ranked(row),
            row.difference is None,
            sign * (row.difference or 0),
            row.key or "",
        ),
    )
    return tuple(
        replace(row, rank=place if is_ranked(row) else None) for place, row in enumerate(ordered, start=1)
    )
