"""Tests of steps in order, against trying every chain."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from speechcx.rules.language.conditions import Scope, SequenceStep, Turns
from speechcx.rules.matching.occurrences import Occurrences, Spots
from speechcx.rules.matching.sequences import follow

Place = tuple[int, int, int]
PLACES = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 3), st.integers(0, 1)), max_size=5)
AFTER = st.sampled_from((None, 0.0, 2.0, 5.0))


def finding(places: list[Place]) -> Occurrences:
    """Places (start, length, party), all sure."""
    table = np.array(sorted(places), dtype=np.int64).reshape(-1, 3)
    start, zeros = table[:, 0].astype(np.float64), np.zeros(len(table), dtype=np.int64)
    return Occurrences(
        Spots(start, start + table[:, 1], np.ones(len(table), dtype=bool), table[:, 2], zeros, zeros, zeros)
    )


def comes_after(a: Place, b: Place, after_s: float | None) -> bool:
    """Whether b is a next step after a."""
    late = b[0] >= a[0] + a[1] if a[2] == b[2] else b[0] > a[0]
    return late and (after_s is None or b[0] - (a[0] + a[1]) <= after_s)


@given(st.tuples(PLACES, PLACES, PLACES), st.tuples(AFTER, AFTER), st.tuples(st.booleans(), st.booleans()))
def test_chains_are_those_that_trying_all_finds(
    places: tuple[list[Place], list[Place], list[Place]],
    after: tuple[float | None, float | None],
    missing: tuple[bool, bool],
) -> None:
    """A sequence goes through exactly when some chain of places does."""
    ends = {(place,) for place in places[0]}
    for others, after_s, gone in zip(places[1:], after, missing, strict=True):
        if gone:
            ends = {c for c in ends if not any(comes_after(c[-1], b, after_s) for b in others)}
        else:
            ends = {(*c, b) for c, b in itertools.product(ends, others) if comes_after(c[-1], b, after_s)}
    condition = Turns(Scope())
    steps = [
        SequenceStep(condition),
        *(SequenceStep(condition, gone, a) for gone, a in zip(missing, after, strict=True)),
    ]
    course = follow(steps, [finding(part) for part in places], hopeful=False, end_s=None)
    assert bool(ends) == (course.chains is not None)
