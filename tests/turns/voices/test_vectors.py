"""Tests of speaker vectors."""

import numpy as np
import pytest

from speechcx.turns.voices.vectors import Blocks, hear_blocks, vectors_of
from speechcx.turns.voices.vectors import _sum_blocks as sum_blocks
from speechcx.weights import find_model
from tests.synth import speech_like


@pytest.mark.parametrize("count", [1, 2, 12, 13, 40, 151])
def test_blocks_pool_to_mean_and_deviation(count: int) -> None:
    """Sums over blocks give the mean and the deviation of all features."""
    features = np.random.default_rng(2).standard_normal((count, 512)).astype(np.float32)
    blocks = sum_blocks(features)
    assert blocks.counts.sum() == count
    pooled = blocks.pooled()
    assert np.allclose(pooled[:512], features.mean(0), atol=1e-5)
    if count > 1:
        assert np.allclose(pooled[512:], features.std(0, ddof=1), atol=1e-4)


def test_a_part_pools_its_own_features() -> None:
    """Some blocks of a stretch are pooled as if they were all."""
    features = np.random.default_rng(3).standard_normal((100, 512)).astype(np.float32)
    part = sum_blocks(features).part(2, 4)
    assert isinstance(part, Blocks)
    assert np.allclose(part.pooled()[:512], features[25:50].mean(0), atol=1e-5)


def test_vectors_do_not_hang_on_neighbours_much() -> None:
    """A stretch has much the same vector alone and among others, length 1, and the same on each run."""
    sound = np.concatenate([speech_like(2.0, 16_000, pitch_hz=hz, seed=3) for hz in (110, 160, 210)])
    folder = find_model("voices")
    stretches = [(0, 200), (200, 400), (400, 600)]
    together = vectors_of(hear_blocks(sound, stretches, folder), folder)
    alone = vectors_of(hear_blocks(sound, stretches[:1], folder), folder)
    assert together.shape == (3, 192)
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    assert together[0] @ alone[0] > 0.95 > max(together[0] @ together[1], together[0] @ together[2])
    assert np.array_equal(together, vectors_of(hear_blocks(sound, stretches, folder), folder))


@pytest.mark.parametrize("stretch", [(0, 1), (0, 30), (28, 30), (5, 12)])
def test_the_shortest_stretch_has_a_vector(stretch: tuple[int, int]) -> None:
    """Also a stretch of 10 ms, at the beginning or the end of a sound of 0.3 s."""
    folder = find_model("voices")
    vectors = vectors_of(hear_blocks(speech_like(0.3, 16_000), [stretch], folder), folder)
    assert np.isfinite(vectors).all()
