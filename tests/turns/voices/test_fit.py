"""Tests of finding the voices of a call from vectors and changes, on drawn vectors."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speechcx.turns.voices.fit import VoiceEvidence, compare, find_voices, fit_voices, same_odds


def draw_evidence(
    owners: list[int], *, length_s: float = 1.5, shared: float = 0.6, seed: int = 0, same: float = 0.0
) -> VoiceEvidence:
    """Vectors around a direction for each owner, cosines of 0.6 within one voice."""
    draw = np.random.default_rng(seed)
    centres = np.linalg.qr(draw.standard_normal((192, 8)))[0].T
    # Voices on one line share something.
    centres = centres[1:] + shared * centres[0]
    centres /= np.linalg.norm(centres, axis=1, keepdims=True)
    vectors = centres[owners] + 0.055 * draw.standard_normal((len(owners), 192))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return VoiceEvidence(
        vectors.astype(np.float32), np.full(len(owners), length_s), np.full(len(owners) - 1, same)
    )


def right_share(shares: np.ndarray, owners: list[int]) -> float:
    """Share of stretches in which two voices are told rightly, numbered either way."""
    hits = float(np.mean(shares.argmax(1) == np.array(owners)))
    return max(hits, 1 - hits)


@pytest.mark.parametrize("seed", range(3))
def test_two_voices_are_found(seed: int) -> None:
    """Two voices in turn are told apart, also where one says little."""
    for owners in ([0, 1] * 10, [0] * 18 + [1, 1] + [0] * 5):
        fit = find_voices(draw_evidence(owners, seed=seed), 2)
        assert fit is not None
        assert right_share(fit.shares, owners) == 1.0


@pytest.mark.parametrize("seed", range(3))
def test_one_voice_is_not_parted(seed: int) -> None:
    """One voice stays one, however much there is of it and however many were expected."""
    for count in (2, 5, 40):
        evidence = draw_evidence([0] * count, seed=seed)
        assert find_voices(evidence, 2) is None
        assert find_voices(evidence, 4) is None


@pytest.mark.parametrize(("voices", "most"), [(2, 6), (3, 3), (3, 6), (4, 4)])
def test_the_number_of_voices_is_found(voices: int, most: int) -> None:
    """With more voices expected than speak, those that speak are found."""
    owners = [no % voices for no in range(15 * voices)]
    fit = find_voices(draw_evidence(owners), most)
    assert fit is not None
    found = fit.shares.argmax(1)
    assert fit.shares.shape[1] == voices
    assert len({(own, one) for own, one in zip(owners, found.tolist(), strict=True)}) == voices


def test_short_replies_go_by_the_change() -> None:
    """A stretch whose vector says nothing goes to the other voice where the network heard changes."""
    evidence = draw_evidence([0, 0, 1, 1, 0, 0, 1, 1])
    evidence.vectors[4] = evidence.vectors.mean(0) / np.linalg.norm(evidence.vectors.mean(0))
    evidence.length_s[4] = 0.2
    evidence.same[:] = 0.0
    evidence.same[3], evidence.same[4] = 2.5, -3.0
    fit = fit_voices(evidence, 2)
    assert fit.shares[4].argmax() == fit.shares[3].argmax()
    evidence.same[3], evidence.same[4] = -3.0, 2.5
    fit = fit_voices(evidence, 2)
    assert fit.shares[4].argmax() == fit.shares[5].argmax()


@settings(deadline=None, max_examples=15)
@given(
    owners=st.lists(st.integers(0, 2), min_size=2, max_size=30),
    voices=st.integers(1, 6),
    length_s=st.floats(0.01, 9.0),
    same=st.floats(-6, 6),
)
def test_shares_are_shares(owners: list[int], voices: int, length_s: float, same: float) -> None:
    """Whatever is known, every stretch has probabilities that add up, the same on each run."""
    evidence = draw_evidence(owners, length_s=length_s, same=same)
    fit = fit_voices(evidence, voices)
    assert fit.shares.shape == (len(owners), voices)
    assert np.allclose(fit.shares.sum(1), 1)
    assert fit.shares.min() >= 0
    assert np.array_equal(fit.shares, fit_voices(evidence, voices).shares)


def test_far_voices_are_surer_than_near_ones() -> None:
    """How sure a voice is falls as the two come nearer."""
    owners = [0, 1] * 10
    found = []
    for shared in (1.0, 2.0, 2.5, 3.0):
        evidence = draw_evidence(owners, shared=shared)
        found.append(compare(fit_voices(evidence, 2), evidence, 0, 1).sureness)
    assert found == sorted(found, reverse=True)
    assert found[0] > 0.95 > found[3]


def test_a_long_call_needs_memory_by_its_length() -> None:
    """Twice the stretches need about twice the memory: no table of all against all."""
    peaks = []
    for count in (200, 800):
        evidence = draw_evidence([no // 3 % 2 for no in range(count)])
        tracemalloc.start()
        assert find_voices(evidence, 2) is not None
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 4.6 * peaks[0]
    assert peaks[1] < 15e6


def test_odds_of_one_voice() -> None:
    """What the network hears counts, more so when it hears a change; a gap makes a change likelier."""
    assert same_odds(0.99, 0.1) > same_odds(0.5, 0.1) > same_odds(0.01, 0.1)
    assert same_odds(0.5, 0.1) > same_odds(0.5, 0.9)
    assert same_odds(0.5, 5.0) == same_odds(0.5, 1.0)
    assert -same_odds(0.01, 0.5) > same_odds(0.99, 0.5)
