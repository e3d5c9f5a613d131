"""The shift of the classes is what makes up for a lopsided model, and nothing else."""

from __future__ import annotations

import numpy as np

from scripts.sentiment.shift import find_change, rate
from scripts.sentiment.sources import Example

SPREADS = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))


def test_a_lopsided_model_is_set_right() -> None:
    """Where negative is told too seldom by one natural logarithm, a shift by one gives every label back."""
    truth = [k % 3 for k in range(30)]
    logs = np.full((30, 3), -3.0)
    logs[range(30), truth] = 0.0
    logs[:, 0] -= 3.5
    sets = {name: [Example("x", SPREADS[k], 1.0, name) for k in truth] for name in ("public", "own")}
    found = dict.fromkeys(sets, logs)
    assert rate(found, sets, (0.0, 0.0)) < 0.7
    assert 1.0 == rate(found, sets, (3.5, 0.0))


def test_shares_that_keep_what_they_promise_stay() -> None:
    """Where every factor names the same classes, the shares that say how often they are right are taken."""
    truth = [0] * 7 + [1] * 2 + [2]
    sets = {name: [Example("x", SPREADS[k], 1.0, name) for k in truth] for name in ("public", "own")}
    honest = np.log(np.tile([0.7, 0.2, 0.1], (10, 1)))
    assert (1.0, (0.0, 0.0)) == find_change(dict.fromkeys(sets, honest), sets)
    assert (2.0, (0.0, 0.0)) == find_change(dict.fromkeys(sets, honest / 2), sets)
