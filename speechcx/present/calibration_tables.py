"""Whether our score predicts answers to surveys: curve, reliability, ratings as predicted, and calls."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from speechcx.ask.customers import (
    Calibration,
    CalibrationBand,
    RatingShare,
    ReliabilityRow,
    SatisfactionFit,
)
from speechcx.ask.statistics import CountedFigure
from speechcx.present.envelope import Envelopes, record
from speechcx.present.table import Answer, Column, Table, Text, make_table
from speechcx.present.units import count_text, plain_number

_CALIBRATE = record("calibrate", Calibration, swapped={"Calibration.hint": str | None})

ENVELOPES: dict[str, Envelopes] = {"calibrate": _CALIBRATE}


def _interval(figure: CountedFigure) -> str | None:
    return None if figure.interval is None else " to ".join(f"{end:.0%}" for end in figure.interval)


def _band(row: CalibrationBand) -> str:
    return f"{row.low:+g} to {row.high:+g}"


_BAND_COLUMNS = (
    Column("band", "our score", value=_band),
    Column("n", "answers"),
    Column("rating", "mean\nrating", value=lambda row: row.rating.value, digits=2),
    Column("satisfied", "satisfied", value=lambda row: row.satisfied.value, kind="share"),
    Column("interval", "95 %", value=lambda row: _interval(row.satisfied)),
    Column("low", "low", audience="programs"),
    Column("high", "high", audience="programs"),
)


def _bin(row: ReliabilityRow) -> str:
    return f"{row.low:.0%} to {row.high:.0%}"


_RELIABILITY_COLUMNS = (
    Column("bin", "predicted", value=_bin),
    Column("n", "answers", value=lambda row: row.observed.n),
    Column("predicted", "mean of it", kind="share"),
    Column("observed", "satisfied", value=lambda row: row.observed.value, kind="share"),
    Column("interval", "95 %", value=lambda row: _interval(row.observed)),
)


def _points(row: RatingShare) -> str:
    return f"{100 * (row.predicted - row.surveyed):+.0f}"


_RATING_COLUMNS = (
    Column("rating", "rating", digits=0),
    Column("surveyed", "of the answers", kind="share"),
    Column("predicted", "of all calls,\npredicted", kind="share"),
    Column("difference", "points", value=lambda row: row.predicted - row.surveyed, text=_points),
)
_CALL_COLUMNS = (
    Column("call_id", "call"),
    Column("started", "started", kind="start"),
    Column("agent", "agent", rank=1),
    Column("score", "our score", digits=1),
    Column("probability", "satisfied,\npredicted", kind="share"),
    Column("rating", "answered", digits=0),
)


def present_calibration(found: Calibration) -> Answer:
    """The curve first, then what a fit makes of it; or every call, where calls were asked for."""
    if found.rows:
        return Answer(partial(_CALIBRATE.wrap, found), (make_table("calls", _CALL_COLUMNS, found.rows),))
    return Answer(partial(_CALIBRATE.wrap, found), tuple(_calibration(found)))


def _calibration(found: Calibration) -> Iterator[Text | Table]:
    shown = found.bands if found.n else ()
    empty = str(found.hint or "No answers about these calls: import them first.")
    yield make_table("score", _BAND_COLUMNS, shown, empty=empty, notes=tuple(_curve_notes(found)))
    if found.fit is not None:
        yield from _fitted(found.fit)


def _curve_notes(found: Calibration) -> Iterator[str]:
    if not found.n:
        return
    left = f"{found.without_call:,} without their call, {found.without_score:,} of calls without a score"
    yield f"{found.survey.upper()} against {found.score}: {count_text(found.n, 'answer')}; left out are {left}."
    if found.correlation is None:
        yield f"No rank correlation: {found.n:,} answers are too few, or all alike."
    else:
        ends = "" if found.interval is None else " (95 % {:+.2f} to {:+.2f})".format(*found.interval)
        yield f"Rank correlation (Spearman): {found.correlation:+.2f}{ends}."
    if found.why_no_fit is not None:
        yield f"No probabilities: {found.why_no_fit}."


def _fitted(fit: SatisfactionFit) -> Iterator[Text | Table]:
    better = "better" if fit.brier < fit.brier_base else "no better"
    yield make_table(
        "reliability",
        _RELIABILITY_COLUMNS,
        fit.reliability,
        notes=(
            f"Each answer as predicted by a fit to the other four fifths. Mean squared error {fit.brier:.3f}, {better}"
            f" than always predicting {plain_number(100 * fit.surveyed_share, 0)} % ({fit.brier_base:.3f}).",
            f"Satisfied: {fit.surveyed_share:.0%} of the answers; {fit.predicted_share:.0%} of all {fit.calls:,} calls,"
            " as predicted. Each call: --each.",
        ),
    )
    if fit.ratings:
        yield make_table("ratings", _RATING_COLUMNS, fit.ratings)
