"""A text is never asked of a network that was shown it. Needs the ``train`` extra's torch."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from scripts.sentiment.sources import Example

torch = pytest.importorskip("torch")
ROWS = [Example(f"text {k % 90}", (1.0, 0.0, 0.0), 1.0, "goemotions") for k in range(100)]


def test_asked_of_those_that_were_not_shown_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Every row is asked once, of a network that was trained on all parts but the row's own."""
    from scripts.sentiment import held_out
    from scripts.sentiment.watching import Watcher

    asked: list[str] = []

    def fit(network: Any, _tokenizer: Any, draw: Any, _recipe: Any, **_given: Any) -> None:
        network.shown = {e.text for e in draw(0)}

    def predict(network: Any, _tokenizer: Any, texts: list[str]) -> Any:
        assert not network.shown & set(texts)
        assert network.shown | set(texts) == {row.text for row in ROWS}
        asked.extend(texts)
        return np.full((len(texts), 3), network.part + 1.0)

    monkeypatch.setattr(held_out, "fit_or_resume", fit)
    monkeypatch.setattr(held_out, "predict", predict)
    watch = Watcher(None, tmp_path, {})
    shares = held_out.ask_held_out(ROWS, None, lambda part: SimpleNamespace(part=part), watch=watch)
    assert sorted(asked) == sorted(row.text for row in ROWS)
    assert shares[:, 0].tolist() == [held_out.part_of(row.text) + 1.0 for row in ROWS]
    assert len(set(shares[:, 0])) == held_out.PARTS


def test_a_cut_run_goes_on_at_its_part(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Each part's network is kept, so that what was trained before the cut is not trained again."""
    pytest.importorskip("safetensors.torch")
    from scripts.sentiment import held_out, watching

    trained: list[int] = []

    def fit(network: Any, _tokenizer: Any, _draw: Any, recipe: Any, *, watch: Any) -> None:
        if len(trained) == 2:
            raise KeyboardInterrupt
        trained.append(recipe.seed)
        torch.nn.init.constant_(network.bias, recipe.seed)
        watch(network, watching.copy_weights(network), recipe.epochs - 1)

    def predict(network: Any, _tokenizer: Any, texts: list[str]) -> Any:
        return np.full((len(texts), 3), network.bias.item())

    monkeypatch.setattr(watching, "fit", fit)
    monkeypatch.setattr(held_out, "predict", predict)

    def ask() -> Any:
        watch = watching.Watcher(None, tmp_path, {}, name="held-out")
        return held_out.ask_held_out(ROWS, None, lambda _: torch.nn.Linear(1, 1), watch=watch, resume=True)

    with pytest.raises(KeyboardInterrupt):
        ask()
    before, trained[:] = list(trained), []
    shares = ask()
    seeds = [held_out.FOLD.seed + part for part in range(held_out.PARTS)]
    assert (before, trained) == (seeds[:2], seeds[2:])
    assert shares[:, 0].tolist() == [seeds[held_out.part_of(row.text)] for row in ROWS]
