"""What a plan's reviews say of all the calls it drew from: unbiased by risk, with an interval."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from speechcx.ask.ground.opening import Where, reading
from speechcx.ask.qa.official import score_reviews
from speechcx.ask.qa.plans import list_draws, list_plans
from speechcx.ask.statistics import Interval, t_quantile


@dataclass(frozen=True, slots=True)
class Scored:
    """A reviewed call: the person's score and how probable it was that the call be drawn."""

    score: float
    chance: float


@dataclass(frozen=True, slots=True)
class AgentSample:
    """What a plan drew of one agent in one period.

    Parameters
    ----------
    drawn
        The chance of every drawn call, reviewed or not.
    scored
        Those of which there is a score.
    """

    drawn: tuple[float, ...]
    scored: tuple[Scored, ...]

    @property
    def size(self) -> float:
        """Calls it stands for: each drawn one for 1 / chance."""
        return sum(1 / chance for chance in self.drawn)

    @property
    def mean(self) -> float:
        """Mean score of all its calls: each scored one weighs 1 / chance (Hajek)."""
        return sum(one.score / one.chance for one in self.scored) / sum(1 / one.chance for one in self.scored)

    @property
    def spread(self) -> float | None:
        """Variance of a single score, weighted; None under two."""
        n = len(self.scored)
        if n < 2:
            return None
        whole, mean = sum(1 / one.chance for one in self.scored), self.mean
        return n / (n - 1) * sum((one.score - mean) ** 2 / one.chance for one in self.scored) / whole

    def error(self, spread: float) -> float:
        """Variance of the mean, for a variance of single scores; nothing is left where all calls are scored."""
        whole = sum(1 / one.chance for one in self.scored)
        done = len(self.scored) / len(self.drawn)
        return spread * sum((1 - one.chance * done) / one.chance**2 for one in self.scored) / whole**2


@dataclass(frozen=True, slots=True)
class EstimateRow:
    """An agent, or all of them.

    Parameters
    ----------
    agent
        None for all together.
    calls
        Calls that the draws stand for.
    drawn, scored
        Calls drawn, and those with a person's score.
    plain
        Mean of the scores as they are: too low where risky calls were drawn sooner.
    score, interval
        Estimated mean of all the calls, and its 95 % interval; None without scores, or where too few tell
        how much they differ.
    """

    agent: str | None
    calls: float
    drawn: int
    scored: int
    plain: float | None
    score: float | None
    interval: Interval | None


@dataclass(frozen=True, slots=True)
class PlanEstimate:
    """The estimate of a plan.

    Parameters
    ----------
    plan, scorecard
        Which.
    rows, total
        By agent, and all together.
    unseen
        Agents of whom nothing is scored yet; they are not in the total.
    """

    plan: str
    scorecard: str
    rows: tuple[EstimateRow, ...]
    total: EstimateRow
    unseen: tuple[str, ...]


def estimate_plan(where: Where, plan: str) -> PlanEstimate:
    """What the reviews of a plan say of the calls it drew from.

    Each agent and period is estimated on its own, weighing each reviewed call by 1 / chance, and counts
    with the calls it stands for. A plan half done is a fair half, since calls are given out in random
    order.

    Raises
    ------
    UsageError
        There is no such plan.
    """
    with reading(where) as store:
        draws = list_draws(store, plan)
        card = next(row.scorecard for row in list_plans(store) if row.name == plan)
        scores = score_reviews(store, card, plan=plan)
    cells: dict[tuple[str, str], list[tuple[float, float | None]]] = defaultdict(list)
    for draw in draws:
        cells[draw.agent, draw.period].append((draw.chance, scores.get(draw.call_id, (None, 0.0))[0]))
    agents: dict[str, list[AgentSample]] = defaultdict(list)
    for (agent, _), pairs in sorted(cells.items()):
        scored = tuple(Scored(score, chance) for chance, score in pairs if score is not None)
        agents[agent].append(AgentSample(tuple(chance for chance, _ in pairs), scored))
    rows = tuple(estimate_cells(agent, own) for agent, own in agents.items())
    everything = estimate_cells(None, [cell for own in agents.values() for cell in own])
    return PlanEstimate(
        plan, card, rows, everything, tuple(str(row.agent) for row in rows if row.score is None)
    )


def estimate_cells(agent: str | None, cells: Iterable[AgentSample]) -> EstimateRow:
    """The mean score of all calls that some cells stand for.

    The variance of a mean is that of its cells, each weighing the square of its share (Cochran, Sampling
    Techniques, 1977, section 5.3, with unequal chances as in Hajek's); a cell with one score takes the
    mean variance of the others.
    """
    cells = list(cells)
    seen = [cell for cell in cells if cell.scored]
    scores = [one.score for cell in seen for one in cell.scored]
    calls, drawn = sum(cell.size for cell in cells), sum(len(cell.drawn) for cell in cells)
    if not seen:
        return EstimateRow(agent, calls, drawn, 0, None, None, None)
    whole = sum(cell.size for cell in seen)
    score = sum(cell.size * cell.mean for cell in seen) / whole
    known = [(cell.spread, len(cell.scored) - 1) for cell in seen if cell.spread is not None]
    freedom = sum(count for _, count in known)
    interval = None
    if freedom:
        usual = sum((spread or 0.0) * count for spread, count in known) / freedom
        variance = sum(
            (cell.size / whole) ** 2 * cell.error(usual if cell.spread is None else cell.spread)
            for cell in seen
        )
        reach = t_quantile(freedom) * math.sqrt(max(0.0, variance))
        interval = (max(0.0, score - reach), min(100.0, score + reach))
    return EstimateRow(agent, calls, drawn, len(scores), sum(scores) / len(scores), score, interval)
