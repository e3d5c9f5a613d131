"""Which stretches have one voice: the voices that explain all vectors and all changes of a call best.

A hidden Markov model whose states are the voices. A stretch's vector is a draw from its voice's
direction (von Mises and Fisher), the sharper the longer the stretch; whether two neighbours have one
voice is what the segmentation network heard. Fitted by expectation and maximisation from many starts.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

SHARPNESS = 60.0
"""How much a second of speech says: from stretches of known speakers (made dialogues, calls of two
channels) the log odds of a stretch of `d` s are this times `d` times the difference of the cosines."""
FULL_S = 1.5
"""Longer stretches say no more than this."""
MAX_ODDS = 6.0
"""No single stretch says more (log odds): a cough is not a voice."""
MIN_SAME = 0.03
SAME_TRUST = 0.4
"""Part of its log odds that "one voice" of the segmentation network is worth: where it cannot part two
voices once, it cannot part them all call long. Its "two voices" is taken in full."""
NEAR_ODDS, GAP_ODDS = 0.5, 1.0
"""Log odds of one voice on both sides of no gap, and how they fall with each second of gap, up to 1 s."""
STARTS, ROUNDS = 16, 12
PLAIN_S = 0.6
"""Stretches from this length on are compared to tell whether two voices are one."""
MAX_ALIKE = 0.88
"""Two voices whose stretches are, across, at least this much as alike as within, are one voice."""
MIN_GAIN = 30.0
"""A voice that explains the call by less than this (log odds) is a cough, a far voice, or one that shouts.

Both bars lie where they part best: 97 recordings of one voice (real agents and callers alone, all samples'
channels, `wuw2` callers) from 137 of two; 96 % of the former stay whole, 99 % of the latter are parted."""


@dataclass(frozen=True, slots=True, eq=False)
class VoiceEvidence:
    """What is known of the stretches of a call.

    Parameters
    ----------
    vectors
        float32, shape ``(stretches, 192)``, of length 1.
    length_s
        float64, shape ``(stretches,)``.
    same
        float64, shape ``(stretches - 1,)``: log odds that a stretch and the next have one voice.
    """

    vectors: NDArray[np.float32]
    length_s: NDArray[np.float64]
    same: NDArray[np.float64]

    @property
    def weight(self) -> NDArray[np.float64]:
        """Sharpness of each vector."""
        return np.asarray(SHARPNESS * np.minimum(self.length_s, FULL_S))


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """Voices of a call.

    Parameters
    ----------
    shares
        float64, shape ``(stretches, voices)``: probability of each voice.
    directions
        float64, shape ``(voices, 192)``, of length 1.
    worth
        How well it all fits; comparable between fits with the same number of voices.
    """

    shares: NDArray[np.float64]
    directions: NDArray[np.float64]
    worth: float


def same_odds(likely: float, gap_s: float) -> float:
    """Log odds that two neighbours have one voice, from what the network heard and the gap between."""
    share = min(max(likely, MIN_SAME), 1 - MIN_SAME)
    heard = float(np.log(share / (1 - share)))
    return (SAME_TRUST * heard if heard > 0 else heard) + NEAR_ODDS - GAP_ODDS * min(gap_s, 1.0)


@dataclass(frozen=True, slots=True)
class Apart:
    """How far two voices are apart.

    Parameters
    ----------
    alike
        Mean cosine of stretches of different voices over that of stretches of one voice.
    gain
        Log odds by which two voices explain their stretches better than one.
    """

    alike: float
    gain: float

    @property
    def are_two(self) -> bool:
        """Whether they are plainly two."""
        return self.alike <= MAX_ALIKE and self.gain >= MIN_GAIN

    @property
    def sureness(self) -> float:
        """How likely speech given to one of the two is rightly so, 0 to 1.

        Follows the share of speech rightly given in made dialogues: 0.99 at an `alike` of 0.7, 0.95 at
        0.8, 0.8 at 0.88; likewise 0.99 at a `gain` of 60, 0.88 at 30.
        """
        odds = min(20 * (0.95 - self.alike), (self.gain - 10) / 10)
        return float(1 / (1 + np.exp(-odds)))


def find_voices(evidence: VoiceEvidence, most: int) -> Fit | None:
    """The fit with as many voices as are plainly apart, at most `most`; None where there is but one."""
    for voices in range(min(most, len(evidence.length_s)), 1, -1):
        fit = fit_voices(evidence, voices)
        if all(compare(fit, evidence, one, two).are_two for one, two in combinations(range(voices), 2)):
            return fit
    return None


def compare(fit: Fit, evidence: VoiceEvidence, one: int, two: int) -> Apart:
    """How far two voices of a fit are apart; sums only, so that a long call needs no more memory."""
    drawn = [(fit.shares[:, voice] * evidence.weight) @ evidence.vectors for voice in (one, two)]
    gain = sum(np.linalg.norm(sums) for sums in drawn) - np.linalg.norm(drawn[0] + drawn[1])
    plain = evidence.length_s >= PLAIN_S
    owner = fit.shares.argmax(1)
    within, across = np.zeros(2), []
    for voice in (one, two):
        own = plain & (owner == voice)
        weight = evidence.length_s[own]
        sums = weight @ evidence.vectors[own]
        across.append((sums, weight.sum()))
        within += (sums @ sums - weight @ weight, weight.sum() ** 2 - weight @ weight)
    (sums, weight), (others, weights) = across
    if within[1] <= 0 or weight * weights <= 0:
        return Apart(0.0, float(gain))
    alike = (sums @ others / (weight * weights)) / max(within[0] / within[1], 1e-6)
    return Apart(float(max(alike, 0.0)), float(gain))


def fit_voices(evidence: VoiceEvidence, voices: int) -> Fit:
    """The best fit of so many voices; the same on each run."""
    weight = evidence.weight
    directions = _starts(evidence.vectors, weight, voices)
    likely = 1 / (1 + np.exp(-evidence.same))
    moves = (likely, (1 - likely) / max(1, voices - 1))
    shares = np.ones((1, len(weight), voices))
    for _ in range(ROUNDS):
        shares = _follow(_odds(evidence, directions), *moves)
        summed = (shares * weight[:, None]).swapaxes(1, 2) @ evidence.vectors
        directions = summed / (np.linalg.norm(summed, axis=-1, keepdims=True) + 1e-9)
    fitting = (_cosines(evidence.vectors, directions) * weight[:, None] * shares).sum((1, 2))
    kept = (shares[:, :-1] * shares[:, 1:]).sum(-1)
    moving = kept * np.log(likely) + (1 - kept) * np.log1p(-likely)
    worth = fitting + moving.sum(1)
    best = int(worth.argmax())
    return Fit(shares[best], directions[best], float(worth[best]))


def _starts(vectors: NDArray[np.float32], weight: NDArray[np.float64], voices: int) -> NDArray[np.float64]:
    """Far-apart stretches to start from, shape ``(starts, voices, 192)``; long ones rather than short ones."""
    draw = np.random.default_rng(0)
    liking = np.square(weight)
    starts = []
    for _ in range(STARTS):
        chosen = [int(draw.choice(len(weight), p=liking / liking.sum()))]
        nearest = vectors @ vectors[chosen[0]]
        while len(chosen) < voices:
            far = np.maximum(1 - nearest, 1e-6) * liking
            chosen.append(int(draw.choice(len(weight), p=far / far.sum())))
            nearest = np.maximum(nearest, vectors @ vectors[chosen[-1]])
        starts.append(vectors[chosen])
    return np.array(starts, np.float64)


def _odds(evidence: VoiceEvidence, directions: NDArray[np.float64]) -> NDArray[np.float64]:
    """Log likelihood of each stretch under each voice, shape ``(starts, stretches, voices)``, best 0."""
    found = _cosines(evidence.vectors, directions) * evidence.weight[:, None]
    return np.asarray(np.maximum(found - found.max(-1, keepdims=True), -MAX_ODDS))


def _cosines(vectors: NDArray[np.float32], directions: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of each stretch with each voice of each start, shape ``(starts, stretches, voices)``."""
    return np.asarray(vectors @ directions.swapaxes(1, 2))


def _follow(
    odds: NDArray[np.float64], same: NDArray[np.float64], other: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Probability of each voice in each stretch, given all: forward and backward, all starts at once."""
    seen = np.exp(odds)
    count = seen.shape[1]
    ahead, behind = np.ones_like(seen), np.ones_like(seen)
    ahead[:, 0] = seen[:, 0] / seen[:, 0].sum(-1, keepdims=True)
    for no in range(1, count):
        here = ahead[:, no - 1]
        here = (here * same[no - 1] + (1 - here) * other[no - 1]) * seen[:, no]
        ahead[:, no] = here / here.sum(-1, keepdims=True)
    for no in range(count - 2, -1, -1):
        here = behind[:, no + 1] * seen[:, no + 1]
        total = here.sum(-1, keepdims=True)
        here = here * same[no] + (total - here) * other[no]
        behind[:, no] = here / here.sum(-1, keepdims=True)
    both = ahead * behind
    found: NDArray[np.float64] = both / both.sum(-1, keepdims=True)
    return found
