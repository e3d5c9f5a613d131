"""A review plan drawn: so many calls an agent and period, spread and weighed as asked, with every chance known."""

from __future__ import annotations

import random
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import asdict, dataclass
from itertools import accumulate

from speechcx.ask.ground.empty_answer_hints import find_hint
from speechcx.ask.ground.group_sums import find_scorecard
from speechcx.ask.ground.opening import Where, reading
from speechcx.ask.ground.resolve_names import settle_names
from speechcx.ask.qa.sampling_frame import Candidate, Frame, read_frame
from speechcx.config import ReviewSettings
from speechcx.errors import UsageError
from speechcx.store import CallFilter, Store
from speechcx.store.decisions.review_plans import Draw, ReviewPlan, Shortfall


@dataclass(frozen=True, slots=True)
class PlanForm:
    """How a plan is asked for, besides the settings.

    Parameters
    ----------
    name, made_by
        What it is to be called, and who draws it.
    seed
        The same seed draws the same calls from the same database.
    scorecard
        The form; None for the first one of the newest call.
    """

    name: str
    made_by: str
    seed: int = 1
    scorecard: str | None = None

    def __post_init__(self) -> None:
        if not self.name.strip() or len(self.name) > 100:
            raise UsageError(
                f"plan name {self.name!r}", "1 to 100 characters", "name the plan, such as march"
            )


def draw_plan(
    where: Where, form: PlanForm, filters: CallFilter | None = None, settings: ReviewSettings | None = None
) -> ReviewPlan:
    """Draw calls for people to review; nothing is written.

    For each agent and period on its own: chances in proportion to risk, the draw spread over strata
    (:func:`draw`). So the draw of one agent does not depend on the calls of others.

    Parameters
    ----------
    where
        Store or database.
    form
        Name, seed, scorecard.
    filters
        Which calls it may draw from.
    settings
        How many, and how; None for the defaults.

    Raises
    ------
    UsageError
        There is nothing to draw from; says what would widen it.
    """
    filters, settings = filters or CallFilter(), settings or ReviewSettings()
    with reading(where) as store:
        filters = settle_names(store, filters)
        card = form.scorecard or find_scorecard(store, filters)
        frame = Frame((), ()) if card is None else read_frame(store, filters, card, settings)
        if card is None or not frame.candidates:
            why = ", ".join(f"{count} {reason}" for reason, count in frame.left_out)
            raise UsageError(
                "no call to draw from" + (f": {why}" if why else ""),
                "calls with an agent, a day and a scorecard",
                str(find_hint(store, filters)),
            )
        cells: dict[tuple[str, str], list[Candidate]] = defaultdict(list)
        for candidate in frame.candidates:
            cells[candidate.agent, candidate.period].append(candidate)
        drawn = [one for key in sorted(cells) for one in _draw_cell(cells[key], key, form, settings)]
        short = _find_shortfalls(store, cells, filters, settings.per_agent)
    spec = (("seed", form.seed), ("filters", _show_filters(filters)), *_how(settings).items())
    return ReviewPlan(
        form.name.strip(), card, form.made_by, spec, len(frame.candidates), frame.left_out,
        _in_order(drawn, form, settings), short,
    )  # fmt: skip


def _draw_cell(
    cell: list[Candidate], key: tuple[str, str], form: PlanForm, settings: ReviewSettings
) -> list[Draw]:
    # Strata in their natural order, so that days and lengths are spread evenly too.
    cell = sorted(cell, key=lambda one: (one.stratum, one.call_id))
    weights = [1.0 + sum(weight for _, weight in one.risks) for one in cell]
    chances = find_chances(weights, settings.per_agent)
    dice = random.Random("\0".join((str(form.seed), *key)))
    places = draw(chances, [one.stratum for one in cell], dice)
    return [
        Draw(
            cell[p].call_id, *key, cell[p].stratum, weights[p], chances[p], 1,
            _reason(cell[p], len(places), len(cell), chances[p]),
        )
        for p in places
    ]  # fmt: skip


def _reason(one: Candidate, count: int, total: int, chance: float) -> str:
    parts = [f"{count} of {total} calls of {one.agent} in {one.period}"]
    parts += [", ".join(f"{name} {value}" for name, value in one.stratum)] if one.stratum else []
    parts += [f"risk: {', '.join(text for text, _ in one.risks)}"] if one.risks else []
    return "; ".join([*parts, f"chance {100 * chance:.3g} %"])


def _in_order(drawn: list[Draw], form: PlanForm, settings: ReviewSettings) -> tuple[Draw, ...]:
    """In the order they are given out: by chance, so that a plan half done is a fair half of it."""
    dice = random.Random(f"{form.seed}\0order")
    dice.shuffle(drawn)
    twice = set(dice.sample(range(len(drawn)), round(settings.second_share * len(drawn))))
    return tuple(
        Draw(d.call_id, d.agent, d.period, d.stratum, d.risk, d.chance, 2 if place in twice else 1, d.reason)
        for place, d in enumerate(drawn)
    )


def _find_shortfalls(
    store: Store, cells: dict[tuple[str, str], list[Candidate]], filters: CallFilter, wanted: int
) -> tuple[Shortfall, ...]:
    """Agents with fewer calls than asked for, those of the roster who have none at all among them."""
    periods = sorted({period for _, period in cells})
    agents = {agent for agent, _ in cells} | set(_roster_agents(store, filters))
    return tuple(
        Shortfall(agent, period, wanted, len(cells.get((agent, period), ())))
        for agent in sorted(agents)
        for period in periods
        if len(cells.get((agent, period), ())) < wanted
    )


def _roster_agents(store: Store, filters: CallFilter) -> Iterable[str]:
    """Agents that the roster has in the period and in the teams and centers asked for."""
    rows = store.db.execute(
        "SELECT agent, team, center FROM roster WHERE coalesce(valid_from, '') <= ?1"
        " AND coalesce(valid_to, '9999') >= ?2",
        (str(filters.until or "9999"), str(filters.since or "")),
    )
    for agent, team, center in rows:
        asked = ((filters.agent, agent), (filters.team, team), (filters.center, center))
        if all(not wanted or value in wanted for wanted, value in asked):
            yield agent


def _how(settings: ReviewSettings) -> dict[str, object]:
    kept = (
        "per_agent",
        "period",
        "strata",
        "risks",
        "low_score",
        "duration_bands_s",
        "min_length_s",
        "second_share",
    )
    return {name: value for name, value in asdict(settings).items() if name in kept}


def _show_filters(filters: CallFilter) -> dict[str, object]:
    """The filters that are set, as plain values."""
    empty = asdict(CallFilter())
    given = {name: value for name, value in asdict(filters).items() if value != empty[name]}
    return {name: value if isinstance(value, tuple | bool) else str(value) for name, value in given.items()}


def find_chances(weights: Sequence[float], n: int) -> tuple[float, ...]:
    """How probable each item is to be drawn when `n` are, in proportion to weight.

    An item that would be drawn more than once by its weight is drawn for sure, and the others share the
    rest.

    Parameters
    ----------
    weights
        Above 0.
    n
        How many; all where there are not more.

    Returns
    -------
    tuple of float
        Above 0, at most 1; they add up to `n`, or to the number of items.
    """
    if n >= len(weights):
        return (1.0,) * len(weights)
    sure: set[int] = set()
    while True:
        rest = sum(weight for place, weight in enumerate(weights) if place not in sure)
        share = (n - len(sure)) / rest if rest else 0.0
        more = {p for p, weight in enumerate(weights) if p not in sure and weight * share >= 1.0}
        if not more:
            return tuple(1.0 if p in sure else weight * share for p, weight in enumerate(weights))
        sure |= more


def draw(chances: Sequence[float], strata: Sequence[Hashable], dice: random.Random) -> tuple[int, ...]:
    """Places drawn with exactly these chances, spread over the strata.

    Systematic: the items lie in a row, each as long as its chance, strata one after the other and
    chance deciding inside each; a ruler with a mark every 1 is laid down at a random start. Each
    stratum gets its share to within one. Madow, Annals of Mathematical Statistics 20 (1949) 333.

    Parameters
    ----------
    chances
        As :func:`find_chances` gives them.
    strata
        The stratum of each item; strata keep the order in which they first come.
    dice
        The source of chance.

    Returns
    -------
    tuple of int
        In order.
    """
    sure = [place for place, chance in enumerate(chances) if chance >= 1.0]
    others = [place for place, chance in enumerate(chances) if chance < 1.0]
    count = round(sum(chances[place] for place in others))
    if not count:
        return tuple(sure)
    order = {stratum: number for number, stratum in enumerate(dict.fromkeys(strata))}
    dice.shuffle(others)
    others.sort(key=lambda place: order[strata[place]])
    ends = list(accumulate(chances[place] for place in others))
    # Rounding may leave the last end a hair under the count, where a mark could fall beyond it.
    ends[-1] = float(count)
    start = dice.random()
    found = {others[min(bisect_right(ends, start + mark), len(others) - 1)] for mark in range(count)}
    return tuple(sorted([*sure, *found]))
