"""What the teacher said is kept by digest, comes back as it was, and mixes with labels by trust."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from scripts.sentiment.opinions import blend, key_of, read_opinions, save_opinions
from scripts.sentiment.sources import Example

NEGATIVE = (1.0, 0.0, 0.0)
KEPT = Path(__file__).parents[2] / "scripts" / "sentiment" / "data" / "teacher.npz"


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


def test_opinions_in_the_repository() -> None:
    """The file of this checkout reads without pickle and every row is a spread."""
    rows = np.array(list(read_opinions(KEPT).values()))
    assert len(rows) > 30_000
    assert rows.min() >= 0
    assert rows.sum(1) == pytest.approx(1.0)
