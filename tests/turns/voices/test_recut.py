"""Tests of cutting a stretch once more, by the voices that were found."""

import numpy as np
import pytest

from speechcx.turns.voices import recut as room
from speechcx.turns.voices.fit import Fit
from speechcx.turns.voices.recut import cut_softly, recut
from speechcx.turns.voices.vectors import Blocks

FIT = Fit(np.ones((1, 2)) / 2, np.eye(192)[:2], 0.0)


def blocks_of(voices: list[int]) -> Blocks:
    """Blocks whose mean names their voice."""
    sums = np.zeros((len(voices), 2, 512), np.float32)
    sums[np.arange(len(voices)), 0, voices] = 12.5
    return Blocks(sums, np.full(len(voices), 12.5, np.float32))


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """A vector is the mean of its blocks, at the small distance of real voices."""

    def vectors_of(blocks: list[Blocks], folder: object) -> np.ndarray:
        return np.stack([0.25 * part.pooled()[:192] for part in blocks])

    monkeypatch.setattr(room, "vectors_of", vectors_of)


def test_a_change_is_cut_to_a_block(tmp_path: object) -> None:
    """Two seconds of one voice and two of another are two stretches, cut off each other."""
    stretches, blocks, cut_off = recut([(100, 500)], [blocks_of([0] * 8 + [1] * 8)], FIT, tmp_path)
    assert cut_off == [False, True]
    assert stretches[0][0] == 100
    assert stretches[1][1] == 500
    assert stretches[0][1] == stretches[1][0]
    assert abs(stretches[0][1] - 300) <= 25
    assert [len(part.counts) for part in blocks] == [(s[1] - s[0]) // 25 for s in stretches]


@pytest.mark.parametrize("voices", [[0] * 16, [0] * 10 + [1], [0] * 3 + [1] * 2])
def test_one_voice_is_left_whole(voices: list[int], tmp_path: object) -> None:
    """One voice, a single odd block, or too little of both to be sure: nothing is cut."""
    given = (0, len(voices) * 25 + 7)
    assert recut([given], [blocks_of(voices)], FIT, tmp_path)[0] == [given]


def test_a_cut_is_put_where_the_sound_is_soft() -> None:
    """A cut 100 ms into a word is moved to the silence before it; other edges stay."""
    sound = np.full(16_000 * 4, 0.1, np.float32)
    sound[160 * 188 : 160 * 193] = 0.0
    stretches = [(0, 200), (200, 300), (320, 400)]
    found = cut_softly(stretches, [False, True, False], sound)
    assert found[0] == (0, found[1][0])
    assert 188 <= found[0][1] <= 193
    assert found[1][1] == 300
    assert found[2] == (320, 400)
