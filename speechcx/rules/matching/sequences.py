"""Steps one after the other: which chains of places go from the first step to the last.

A step comes after the one before when it begins after that one ended; where two people speak, after
that one *began*, since they may talk over each other. Every chain is traced by its best predecessor,
found by bisection: (places) x log (places) for each step.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from speechcx.rules.language.conditions import SequenceStep
from speechcx.rules.matching.occurrences import Floats, Occurrences, Spots
from speechcx.rules.matching.stream import Ints


@dataclass(frozen=True, slots=True, eq=False)
class Chains:
    """Chains that have come as far as one step.

    Parameters
    ----------
    spots
        The place each chain has reached.
    begin_s
        float, shape (n,): when its first step began.
    trail
        int, shape (n, steps so far): the number of the place of each step that happens.
    """

    spots: Spots
    begin_s: Floats
    trail: Ints

    def keep(self, mask: NDArray[np.bool_] | Ints) -> Chains:
        """The chains where `mask` is true, or of those numbers."""
        return Chains(self.spots.keep(mask), self.begin_s[mask], self.trail[mask])


def start_chains(spots: Spots) -> Chains:
    """A chain from each place of the first step."""
    return Chains(spots, spots.start_s, np.arange(len(spots), dtype=np.int64).reshape(-1, 1))


def go_on(chains: Chains, spots: Spots, after_s: float | None) -> Chains:
    """The chains that reach a place of the next step; each place keeps the chain that ended last."""
    best = np.full(len(spots), -1, dtype=np.int64)
    best_end = np.full(len(spots), -np.inf)
    for party in np.unique(chains.spots.party).tolist():
        mine = np.flatnonzero(chains.spots.party == party)
        starts, ends = chains.spots.start_s[mine], chains.spots.end_s[mine]
        same = spots.party == party
        by_end = np.argsort(ends, kind="stable")
        place = np.searchsorted(ends[by_end], spots.start_s, side="right") - 1
        _take(best, best_end, same & (place >= 0), mine[by_end], ends[by_end], place)
        by_start = np.argsort(starts, kind="stable")
        latest = _running_best(ends[by_start])
        place = np.searchsorted(starts[by_start], spots.start_s, side="left") - 1
        _take(best, best_end, ~same & (place >= 0), mine[by_start][latest], ends[by_start][latest], place)
    good = best >= 0
    if after_s is not None:
        good &= spots.start_s - best_end <= after_s
    reached = np.flatnonzero(good)
    trail = np.column_stack((chains.trail[best[reached]], reached))
    return Chains(spots.keep(reached), chains.begin_s[best[reached]], trail)


def _running_best(ends: Floats) -> Ints:
    """For each place the number of the largest end so far."""
    best = np.maximum.accumulate(ends)
    fresh = np.concatenate(([True], best[1:] > best[:-1]))
    return np.maximum.accumulate(np.where(fresh, np.arange(len(ends)), 0))


def _take(
    best: Ints, best_end: Floats, real: NDArray[np.bool_], who: Ints, ends: Floats, place: Ints
) -> None:
    """Set the best predecessor where one of `who` ended later than the one so far."""
    index = np.flatnonzero(real)
    better = ends[place[index]] > best_end[index]
    index = index[better]
    best[index] = who[place[index]]
    best_end[index] = ends[place[index]]


def stay_without(chains: Chains, spots: Spots, after_s: float | None) -> Chains:
    """The chains after which no place of `spots` follows in time."""
    limit = np.inf if after_s is None else after_s
    high = chains.spots.end_s + limit
    followed = np.zeros(len(chains.begin_s), dtype=bool)
    for party in np.unique(spots.party).tolist():
        starts = np.sort(spots.start_s[spots.party == party])
        same = chains.spots.party == party
        upto = np.searchsorted(starts, high, side="right")
        from_end = np.searchsorted(starts, chains.spots.end_s, side="left")
        from_start = np.searchsorted(starts, chains.spots.start_s, side="right")
        followed |= upto - np.where(same, from_end, from_start) > 0
    return chains.keep(~followed)


@dataclass(frozen=True, slots=True, eq=False)
class SequenceProgress:
    """How far a sequence got: its chains, or the step it failed at."""

    chains: Chains | None
    failed_step: int = -1


def follow(
    steps: Sequence[SequenceStep], findings: Sequence[Occurrences], *, hopeful: bool, end_s: float | None
) -> SequenceProgress:
    """The chains through all steps.

    Parameters
    ----------
    steps, findings
        The steps and where each one's condition holds.
    hopeful
        Whether doubtful places help: they count for steps that happen, and not against missing ones.
        Otherwise the reverse, and a missing step must also have been visible.
    end_s
        Where the recording breaks off, None where it does not: a missing step whose time goes beyond
        has not been seen to be missing.
    """
    spots = findings[0].spots if hopeful else findings[0].sure
    chains = start_chains(spots)
    for number, (step, finding) in enumerate(zip(steps, findings, strict=True)):
        if number and not step.missing:
            chains = go_on(chains, finding.spots if hopeful else finding.sure, step.after_s)
        elif number:
            chains = stay_without(chains, finding.sure if hopeful else finding.spots, step.after_s)
            if not hopeful:
                chains = _seen(chains, step, finding, end_s)
        if not len(chains.begin_s):
            return SequenceProgress(None, number)
    return SequenceProgress(chains)


def _seen(chains: Chains, step: SequenceStep, finding: Occurrences, end_s: float | None) -> Chains:
    """The chains whose missing step was within what was recorded and recognised."""
    if end_s is None:
        return chains if not finding.blind else chains.keep(np.zeros(len(chains.begin_s), dtype=bool))
    high = chains.spots.end_s + (np.inf if step.after_s is None else step.after_s)
    return chains.keep(high <= end_s)
