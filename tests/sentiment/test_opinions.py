"""What teachers said is kept by digest, comes back as it was, and mixes with labels by trust."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from scripts.sentiment.opinions import agree, blend, key_of, read_opinions, save_opinions
from scripts.sentiment.sources import Example

NEGATIVE = (1.0, 0.0, 0.0)
KEPT = Path(__file__).parents[2] / "scripts" / "sentiment" / "data"


def test_kept_shares_come_back(tmp_path: Path) -> None:
    """Shares come back to 1/255 and sum to 1; the file holds no text."""
    path = tmp_path / "teacher.npz"
    save_opinions(path, ["my bag is gone", "thanks"], np.array([[0.7, 0.2, 0.1], [0.0, 0.25, 0.75]]))
    found = read_opinions(path)
    assert pytest.approx((0.7, 0.2, 0.1), abs=0.01) == found[key_of("my bag is gone")]
    assert pytest.approx(1.0) == sum(found[key_of("thanks")])
    assert b"bag" not in path.read_bytes()


def test_trust_mixes_label_and_opinion() -> None:
    """Under a trust of 0.4 a label keeps 0.6 of itself; a text without opinion keeps its label."""
    known, other = Example("a", NEGATIVE, 1.0, "goemotions"), Example("b", NEGATIVE, 1.0, "goemotions")
    mixed, untouched = blend([known, other], {key_of("a"): (0.0, 0.5, 0.5)}, 0.4)
    assert pytest.approx((0.6, 0.2, 0.2)) == mixed.spread
    assert untouched == other


def test_no_label_no_opinion_no_example() -> None:
    """A text that nobody labelled is taught by the teacher alone, or left out."""
    told = Example("a", (1 / 3, 1 / 3, 1 / 3), 1.0, "requests", labelled=False)
    silent = Example("b", (1 / 3, 1 / 3, 1 / 3), 1.0, "requests", labelled=False)
    (only,) = blend([told, silent], {key_of("a"): (0.1, 0.8, 0.1)}, 0.4)
    assert pytest.approx((0.1, 0.8, 0.1)) == only.spread


def test_two_teachers_meet_between() -> None:
    """Of two opinions the geometric mean is taken; alone, each stands; a 0 of one does not rule."""
    first = {1: (0.8, 0.1, 0.1), 2: (1.0, 0.0, 0.0), 3: (0.2, 0.3, 0.5)}
    second = {1: (0.2, 0.4, 0.4), 2: (0.0, 0.5, 0.5), 4: (0.0, 1.0, 0.0)}
    joined = agree(first, second)
    assert pytest.approx((0.5, 0.25, 0.25), abs=0.01) == joined[1]
    assert all(share > 0.01 for share in joined[2])
    assert sum(joined[2]) == pytest.approx(1.0)
    assert (joined[3], joined[4]) == (first[3], second[4])
    assert agree(second, first) == joined


@pytest.mark.parametrize("name", ["teacher.npz", "held_out.npz"])
def test_opinions_in_the_repository(name: str) -> None:
    """The files of this checkout read without pickle and every row is a spread."""
    rows = np.array(list(read_opinions(KEPT / name).values()))
    assert len(rows) > 30_000
    assert rows.min() >= 0
    assert rows.sum(1) == pytest.approx(1.0)
