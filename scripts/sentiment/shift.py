"""A small change of the class scores, found on the development sets and kept in the head's own weights.

Macro-F1 counts the three classes alike, the training text does not: a shift of two classes makes up for
that. And shares that are too even, or too sure of themselves, are made sharper or softer by one factor:
sharp enough that the likeliest class and the thresholds of a turn's value agree, not so sharp that they
promise more than they keep. These three numbers are all that is fitted after training, and
no test set has a part in them.
"""

from __future__ import annotations

import itertools
import sys
from typing import Any

import numpy as np

from scripts.sentiment.figures import measure
from scripts.sentiment.sets import Sets
from scripts.sentiment.sources import LABELS

NEGATIVE_AT, POSITIVE_AT = -0.25, 0.25
"""As in the settings of the sentiment room."""
STEPS = tuple(round(0.1 * k, 1) for k in range(-12, 9))
"""Tried for negative and for positive, in natural logarithms of the share; neutral stays at 0."""
SHARPNESS = (0.8, 1.0, 1.2, 1.4, 1.6, 1.8, 2.0)
"""Factors tried on all scores."""
SURPRISE_WEIGHT = 0.1
"""What a natural logarithm of likelihood counts against macro-F1: sharper shares make likeliest class and
thresholds agree, and at some point promise more than they keep."""

Logs = dict[str, Any]
"""Natural logarithms of the class shares, (n, 3), by set."""


def shift_classes(network: Any, tokenizer: Any, sets: Sets) -> None:
    """Find sharpness and shift and put them into the head of ``network.model``, in place."""
    import torch

    from scripts.sentiment.fitting import predict

    found = {
        name: np.log(predict(network, tokenizer, [e.text for e in given])) for name, given in sets.items()
    }
    factor, best = find_change(found, sets)
    found = {name: logs * factor for name, logs in found.items()}
    with torch.no_grad():
        network.model.classifier.weight *= factor
        network.model.classifier.bias *= factor
        network.model.classifier.bias += torch.tensor([best[0], 0.0, best[1]])
    before, after = rate(found, sets, (0.0, 0.0)), rate(found, sets, best)
    print(f"sharpness {factor}, shift {best}: {before:.4f} -> {after:.4f}", file=sys.stderr)


def find_change(found: Logs, sets: Sets) -> tuple[float, tuple[float, float]]:
    """The factor and the shift with the best rate, less what the given labels surprise."""
    tried = []
    for factor in SHARPNESS:
        sharp = {name: logs * factor for name, logs in found.items()}
        shift = find_shift(sharp, sets)
        tried.append((rate(sharp, sets, shift) - SURPRISE_WEIGHT * surprise(sharp, sets), factor, shift))
    _, factor, shift = max(tried)
    return factor, shift


def surprise(found: Logs, sets: Sets) -> float:
    """Mean negative logarithm of the share of the given label, all sets counting alike."""
    each = []
    for name, logs in found.items():
        normal = logs - np.log(np.exp(logs).sum(1, keepdims=True))
        given = [LABELS.index(e.label) for e in sets[name]]
        each.append(-normal[np.arange(len(given)), given].mean())
    return float(np.mean(each))


def find_shift(found: Logs, sets: Sets) -> tuple[float, float]:
    """The shift of negative and of positive with the best rate; of equals the smallest."""
    return max(
        itertools.product(STEPS, STEPS),
        key=lambda s: (round(rate(found, sets, s), 4), -abs(s[0]) - abs(s[1])),
    )


def rate(found: Logs, sets: Sets, shift: tuple[float, float]) -> float:
    """Macro-F1 under a shift: half of it the public set, half the mean of our own.

    Classes are named in both ways in use, the likeliest and by the thresholds of a turn's value;
    each counts half.
    """
    scores = []
    for name, logs in found.items():
        given = [e.label for e in sets[name]]
        moved = logs + np.array([shift[0], 0.0, shift[1]])
        likeliest = measure(given, [LABELS[k] for k in moved.argmax(1)]).macro_f1
        shares = np.exp(moved)
        shares /= shares.sum(1, keepdims=True)
        value = shares[:, 2] - shares[:, 0]
        named = 1 + (value >= POSITIVE_AT).astype(int) - (value <= NEGATIVE_AT)
        scores.append((likeliest + measure(given, [LABELS[k] for k in named]).macro_f1) / 2)
    return 0.5 * scores[0] + 0.5 * sum(scores[1:]) / max(1, len(scores) - 1)
