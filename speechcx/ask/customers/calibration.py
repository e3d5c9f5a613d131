"""Does our customer score predict what customers answer? A curve, a rank correlation, and a fitted probability."""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import numpy.typing as npt

from speechcx.ask.ground.empty_answer_hints import Hint, find_hint
from speechcx.ask.ground.opening import Where, reading
from speechcx.ask.ground.resolve_names import expect_one, settle_names
from speechcx.ask.statistics import NORMAL, CountedFigure, Interval, Scale, Sums, mean_figure, share_figure
from speechcx.call.imported import SURVEY_KINDS, SurveyKind
from speechcx.errors import UsageError
from speechcx.store import CallFilter, Store
from speechcx.store.moments import read_start

if TYPE_CHECKING:
    from sklearn.isotonic import IsotonicRegression

Chances = npt.NDArray[np.float64]

PredictedBy = Literal["customer_sentiment", "customer_sentiment_shift"]
PREDICTED_BY: tuple[PredictedBy, ...] = get_args(PredictedBy)

BANDS = (-5.0, -3.0, -1.0, 1.0, 3.0, 5.0)
"""Ends of the bands of our score."""

MIN_CURVE, MIN_FIT, MIN_EACH = 10, 100, 20
"""Answers that a rank correlation needs; that a fit needs; and satisfied and other ones that it needs of each."""

_SATISFIED = {"csat": 0.75, "nps": 0.9, "ces": 0.75}
_FOLDS = 5
_BINS = 5


@dataclass(frozen=True, slots=True)
class CalibrationBand:
    """Answers about calls whose score lies in one band.

    Parameters
    ----------
    low, high
        Ends of the band; the upper one belongs to the next band, but for the last.
    n
        Answers.
    rating
        Their mean, on the survey's own scale.
    satisfied
        Share of satisfied ones.
    """

    low: float
    high: float
    n: int
    rating: CountedFigure
    satisfied: CountedFigure


@dataclass(frozen=True, slots=True)
class ReliabilityRow:
    """Answers for which about the same probability was predicted, by a fit that had not seen them.

    Parameters
    ----------
    low, high
        Ends of the predicted probability.
    predicted
        Its mean.
    observed
        Share of satisfied answers.
    """

    low: float
    high: float
    predicted: float | None
    observed: CountedFigure


@dataclass(frozen=True, slots=True)
class RatingShare:
    """One rating: its share of the answers, and of all calls as predicted."""

    rating: float
    surveyed: float
    predicted: float


@dataclass(frozen=True, slots=True)
class CallPrediction:
    """A call with its score, the fitted probability of a satisfied answer, and the answer, where there is one."""

    call_id: str
    started: str | None
    agent: str | None
    score: float
    probability: float
    rating: float | None


@dataclass(frozen=True, slots=True)
class SatisfactionFit:
    """A monotone (isotonic) fit of satisfied answers to our score.

    Parameters
    ----------
    scores, probabilities
        Its steps: the probability at each score; between them it is straight, beyond them flat.
    reliability
        Predicted against observed, each answer predicted by a fit to the other four fifths.
    brier, brier_base
        Mean squared error of those predictions, and of predicting the share of satisfied answers for every call;
        lower is better.
    ratings
        Ratings as surveyed, and as predicted for all calls; empty where the scale has no whole steps.
    calls
        Calls with a score, that it was used for.
    predicted_share, surveyed_share
        Satisfied ones: of all these calls as predicted, and of the answers.
    """

    scores: tuple[float, ...]
    probabilities: tuple[float, ...]
    reliability: tuple[ReliabilityRow, ...]
    brier: float
    brier_base: float
    ratings: tuple[RatingShare, ...]
    calls: int
    predicted_share: float
    surveyed_share: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """Whether our score predicts answers to a survey.

    Parameters
    ----------
    survey, score
        Kind of survey, and which measure of the calls.
    n
        Answers whose call was found and has a score; of several about one call the newest.
    without_call, without_score
        Answers left out: their call was not found, or has no score.
    correlation, interval
        Spearman's, and its 95 % interval (Bonett and Wright); None with fewer than 10 answers.
    bands
        By score.
    fit, why_no_fit
        The fit, or why there is none.
    rows
        Every call, where they were asked for.
    hint
        Where there is nothing: what would widen the question.
    """

    survey: SurveyKind
    score: PredictedBy
    n: int
    without_call: int
    without_score: int
    correlation: float | None
    interval: Interval | None
    bands: tuple[CalibrationBand, ...]
    fit: SatisfactionFit | None
    why_no_fit: str | None
    rows: tuple[CallPrediction, ...]
    hint: Hint | None


@dataclass(frozen=True, slots=True)
class _Pair:
    """An answer and the score of its call."""

    call_id: str
    score: float
    rating: float
    place: float


def calibrate(
    where: Where,
    filters: CallFilter | None = None,
    *,
    survey: SurveyKind = "csat",
    score: PredictedBy = "customer_sentiment",
    with_calls: bool = False,
) -> Calibration:
    """Hold our score of calls against what their customers answered.

    Parameters
    ----------
    where
        Store or database.
    filters
        Which calls; None for all.
    survey
        csat, nps or ces.
    score
        The measure of the calls.
    with_calls
        Also give the fitted probability of every call.

    Raises
    ------
    UsageError
        There is no such survey or score, or the extra ``learn`` is not installed.
    """
    expect_one("calibrate with", survey, SURVEY_KINDS)
    expect_one("calibrate", score, PREDICTED_BY)
    with reading(where) as store:
        chosen = settle_names(store, filters or CallFilter())
        pairs, without_call, without_score = _read_pairs(store, chosen, survey, score)
        satisfied = [pair.place >= _SATISFIED[survey] for pair in pairs]
        why = _why_no_fit(satisfied)
        correlation = _rank_correlation(pairs)
        fit, rows = None, tuple[CallPrediction, ...]()
        if why is None:
            calls = _read_calls(store, chosen, score)
            fit, model = _fit(pairs, satisfied, [value for _, _, _, value in calls])
            if with_calls:
                rows = _predict_calls(store, calls, model, pairs)
        hint = None if pairs else find_hint(store, chosen)
        return Calibration(
            survey, score, len(pairs), without_call, without_score, correlation,
            _correlation_interval(correlation, len(pairs)), _bands(pairs, satisfied), fit, why, rows, hint,
        )  # fmt: skip


def _read_pairs(
    store: Store, filters: CallFilter, survey: SurveyKind, score: PredictedBy
) -> tuple[list[_Pair], int, int]:
    """Answers with the score of their call, and how many have no call or no score."""
    condition, values = filters.to_sql()
    # An effort score that is high where things were difficult is turned round: satisfied is at the upper end.
    turned = "coalesce(s.high_is, '') = 'difficult'"
    rows = store.db.execute(
        f"SELECT c.call_id, c.{score}, s.value, (s.value - s.low) / (s.high - s.low), {turned} FROM survey_answers s"
        " JOIN calls c ON c.call_id = s.call_id WHERE s.kind = ? AND s.value IS NOT NULL AND s.high > s.low"
        " AND NOT EXISTS (SELECT 1 FROM survey_answers n WHERE n.kind = s.kind AND n.call_id = s.call_id"
        f" AND n.value IS NOT NULL AND n.answer_no > s.answer_no) AND {condition} ORDER BY c.call_no",
        [survey, *values],
    ).fetchall()
    pairs = [
        _Pair(call_id, value, rating, 1 - place if is_turned else place)
        for call_id, value, rating, place, is_turned in rows
        if value is not None
    ]
    (lone,) = store.db.execute(
        "SELECT count(*) FROM survey_answers WHERE kind = ? AND value IS NOT NULL AND call_id IS NULL",
        (survey,),
    ).fetchone()
    return pairs, lone, len(rows) - len(pairs)


def _read_calls(
    store: Store, filters: CallFilter, score: PredictedBy
) -> list[tuple[int, str, str | None, float]]:
    condition, values = filters.to_sql()
    return store.db.execute(
        f"SELECT c.call_no, c.call_id, c.agent, c.{score} FROM calls c WHERE {condition} AND c.{score} IS NOT NULL"
        " ORDER BY c.call_no",
        values,
    ).fetchall()


def _why_no_fit(satisfied: Sequence[bool]) -> str | None:
    n, yes = len(satisfied), sum(satisfied)
    if n < MIN_FIT:
        return f"{n} answers with the score of their call are too few; a fit needs {MIN_FIT}"
    if min(yes, n - yes) < MIN_EACH:
        return (
            f"{yes} of {n} answers are satisfied; a fit needs {MIN_EACH} satisfied and {MIN_EACH} other ones"
        )
    return None


def _bands(pairs: Sequence[_Pair], satisfied: Sequence[bool]) -> tuple[CalibrationBand, ...]:
    found = []
    for low, high in pairwise(BANDS):
        inside = [
            (pair, is_satisfied)
            for pair, is_satisfied in zip(pairs, satisfied, strict=True)
            if low <= pair.score < high or (high == BANDS[-1] and pair.score >= high)
        ]
        ratings, happy = Sums(), Sums()
        for pair, is_satisfied in inside:
            ratings += Sums(1, pair.rating, pair.rating**2)
            happy += Sums(1, is_satisfied, is_satisfied)
        found.append(
            CalibrationBand(
                low, high, len(inside), mean_figure(ratings, Scale(None, None)), share_figure(happy)
            )
        )
    return tuple(found)


def _rank_correlation(pairs: Sequence[_Pair]) -> float | None:
    """Spearman's rank correlation; None with few answers, or where all scores or ratings are equal."""
    if len(pairs) < MIN_CURVE:
        return None
    from scipy.stats import rankdata

    ours = rankdata([pair.score for pair in pairs])
    theirs = rankdata([pair.place for pair in pairs])
    if np.ptp(ours) == 0 or np.ptp(theirs) == 0:
        return None
    return float(np.corrcoef(ours, theirs)[0, 1])


def _correlation_interval(correlation: float | None, n: int) -> Interval | None:
    """By Fisher's transformation, with the variance of Bonett and Wright (Psychometrika 65 (2000) 23)."""
    if correlation is None or n < 4:
        return None
    middle = math.atanh(max(-0.999999, min(0.999999, correlation)))
    spread = NORMAL * math.sqrt((1 + correlation**2 / 2) / (n - 3))
    return math.tanh(middle - spread), math.tanh(middle + spread)


def _isotonic(scores: Chances, happy: Chances) -> IsotonicRegression:
    try:
        from sklearn.isotonic import IsotonicRegression
    except ImportError as error:
        raise UsageError(
            "scikit-learn is not installed", "the extra `learn`", "pip install 'speechcx[learn]'"
        ) from error
    return IsotonicRegression(y_min=0.0, y_max=1.0, out_of_bounds="clip").fit(scores, happy)


def _fit(
    pairs: Sequence[_Pair], satisfied: Sequence[bool], calls: Sequence[float]
) -> tuple[SatisfactionFit, IsotonicRegression]:
    scores = np.array([pair.score for pair in pairs], dtype=np.float64)
    happy = np.array(satisfied, dtype=np.float64)
    model = _isotonic(scores, happy)
    predicted = _predict_held_out(pairs, scores, happy)
    share = float(happy.mean())
    every = np.array(calls, dtype=np.float64)
    fit = SatisfactionFit(
        tuple(round(float(x), 4) for x in model.X_thresholds_),
        tuple(round(float(y), 4) for y in model.y_thresholds_),
        _reliability(predicted, happy), float(((predicted - happy) ** 2).mean()),
        float(((share - happy) ** 2).mean()), _predict_ratings(pairs, scores, every), len(calls),
        float(model.predict(every).mean()), share,
    )  # fmt: skip
    return fit, model


def _predict_held_out(pairs: Sequence[_Pair], scores: Chances, happy: Chances) -> Chances:
    """Of each answer the probability by a fit to the others; which fifth an answer is in follows from its call."""
    order = sorted(range(len(pairs)), key=lambda at: hashlib.sha256(pairs[at].call_id.encode()).digest())
    fold = np.empty(len(pairs), dtype=np.int64)
    fold[order] = np.arange(len(pairs)) % _FOLDS
    predicted = np.empty(len(pairs), dtype=np.float64)
    for held in range(_FOLDS):
        rest = fold != held
        predicted[~rest] = _isotonic(scores[rest], happy[rest]).predict(scores[~rest])
    return predicted


def _reliability(predicted: Chances, happy: Chances) -> tuple[ReliabilityRow, ...]:
    place = np.minimum((predicted * _BINS).astype(np.int64), _BINS - 1)
    found = []
    for at in range(_BINS):
        inside = place == at
        n, yes = int(inside.sum()), float(happy[inside].sum())
        mean = float(predicted[inside].mean()) if n else None
        found.append(ReliabilityRow(at / _BINS, (at + 1) / _BINS, mean, share_figure(Sums(n, yes, yes))))
    return tuple(found)


def _predict_ratings(pairs: Sequence[_Pair], scores: Chances, calls: Chances) -> tuple[RatingShare, ...]:
    """The share of each rating, by a fit of every "at least this much"; none where ratings are no whole steps."""
    levels = sorted({pair.rating for pair in pairs})
    if any(not level.is_integer() for level in levels) or len(levels) > 11:
        return ()
    ratings = np.array([pair.rating for pair in pairs], dtype=np.float64)
    rises = bool(np.corrcoef(ratings, [pair.place for pair in pairs])[0, 1] >= 0) if len(levels) > 1 else True
    at_least = [np.ones(len(calls))]
    for level in levels[1:]:
        reached = (ratings >= level).astype(np.float64)
        model = _isotonic(scores if rises else -scores, reached)
        at_least.append(np.minimum(at_least[-1], model.predict(calls if rises else -calls)))
    at_least.append(np.zeros(len(calls)))
    surveyed = Counter(ratings.tolist())
    return tuple(
        RatingShare(level, surveyed[level] / len(pairs), float((above - below).mean()))
        for level, above, below in zip(levels, at_least, at_least[1:], strict=False)
    )


def _predict_calls(
    store: Store,
    calls: Sequence[tuple[int, str, str | None, float]],
    model: IsotonicRegression,
    pairs: Sequence[_Pair],
) -> tuple[CallPrediction, ...]:
    told = {pair.call_id: pair.rating for pair in pairs}
    chances = model.predict(np.array([value for _, _, _, value in calls], dtype=np.float64))
    return tuple(
        CallPrediction(
            call_id, read_start(store.db, call_no), agent, value, round(float(chance), 4), told.get(call_id)
        )
        for (call_no, call_id, agent, value), chance in zip(calls, chances, strict=True)
    )
