"""A text is never asked of a network that was shown it. Needs the ``train`` extra's torch."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from scripts.sentiment.sources import Example

pytest.importorskip("torch")


def test_asked_of_those_that_were_not_shown_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every row is asked once, of a network that was trained on all parts but the row's own."""
    from scripts.sentiment import held_out

    rows = [Example(f"text {k % 90}", (1.0, 0.0, 0.0), 1.0, "goemotions") for k in range(100)]
    asked: list[str] = []

    def fit(network: Any, _tokenizer: Any, draw: Any, recipe: Any, *, watch: Any) -> None:
        network.shown = {e.text for e in draw(0)}
        watch(network, recipe.epochs)

    def predict(network: Any, _tokenizer: Any, texts: list[str]) -> Any:
        assert not network.shown & set(texts)
        assert network.shown | set(texts) == {row.text for row in rows}
        asked.extend(texts)
        return np.full((len(texts), 3), network.part + 1.0)

    monkeypatch.setattr(held_out, "fit", fit)
    monkeypatch.setattr(held_out, "predict", predict)
    shares = held_out.ask_held_out(
        rows, None, lambda part: SimpleNamespace(part=part), watch=lambda network, epoch: None
    )
    assert sorted(asked) == sorted(row.text for row in rows)
    assert shares[:, 0].tolist() == [held_out.part_of(row.text) + 1.0 for row in rows]
    assert len(set(shares[:, 0])) == held_out.PARTS
