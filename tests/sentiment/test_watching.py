"""Kept weights: a cut training goes on from them, and their mean is what ships. Needs torch."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
safetensors = pytest.importorskip("safetensors.torch")


def network(value: float) -> Any:
    """A layer whose weights all have that value."""
    layer = torch.nn.Linear(2, 2)
    for parameter in layer.parameters():
        torch.nn.init.constant_(parameter, value)
    return layer


def test_mean_of_weights() -> None:
    """Shares count against their sum, and the copies do not follow further training."""
    from scripts.sentiment.watching import copy_weights, mean_weights

    layer = network(1.0)
    first = copy_weights(layer)
    torch.nn.init.constant_(layer.weight, 4.0)
    mean = mean_weights([first, copy_weights(layer)], [1.0, 2.0])
    assert mean["weight"].tolist() == [[3.0, 3.0], [3.0, 3.0]]
    assert mean["bias"].tolist() == [1.0, 1.0]


def test_a_cut_training_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stage whose last epoch was kept is taken, not trained again, and only when asked for."""
    from scripts.sentiment import watching
    from scripts.sentiment.fitting import Recipe

    fitted: list[Any] = []
    monkeypatch.setattr(watching, "fit", lambda *given, watch: fitted.append(given))
    recipe = Recipe(epochs=2, learning_rate=1e-4)
    watch = watching.Watcher(None, tmp_path, {}).after(3)
    watch(network(7.0).bfloat16(), watching.copy_weights(network(7.0)), 1)
    assert watch.file_of(1).name == "epoch5.safetensors"

    layer = network(0.0)
    watching.fit_or_resume(layer, None, lambda epoch: [], recipe, watch=watch, resume=True)
    assert layer.bias.tolist() == [7.0, 7.0]
    assert layer.weight.dtype == torch.float32
    assert not fitted
    watching.fit_or_resume(layer, None, lambda epoch: [], recipe, watch=watch, resume=False)
    watching.fit_or_resume(layer, None, lambda epoch: [], recipe, watch=watch.after(9), resume=True)
    assert len(fitted) == 2


def test_a_cut_training_ends_where_an_uncut_one_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Kept weights are as exact as those a training leaves, though the network computes in bfloat16."""
    from scripts.sentiment import fitting, watching
    from scripts.sentiment.sources import Example

    def find_loss(layer: Any, _tokenizer: Any, examples: list[Example], _recipe: Any) -> Any:
        wanted = torch.tensor([e.weight for e in examples], dtype=torch.bfloat16)
        return ((layer(wanted.repeat(2, 1).T).sum(1) - 3 * wanted) ** 2).float().mean()

    monkeypatch.setattr(fitting, "find_loss", find_loss)
    examples = [Example("a text", (0.0, 1.0, 0.0), k / 7, "goemotions") for k in range(40)]
    recipe = fitting.Recipe(epochs=2, learning_rate=0.01, batch_size=8)
    ended = []
    for resume in (False, True):
        layer = network(0.3)
        layer.depth = 1
        watching.fit_or_resume(
            layer,
            None,
            fitting.every_epoch(examples),
            recipe,
            watch=watching.Watcher(None, tmp_path, {}),
            resume=resume,
        )
        ended.append(watching.copy_weights(layer))
    assert all(torch.equal(ended[0][name], ended[1][name]) for name in ended[0])
    assert not torch.equal(ended[0]["weight"], torch.full((2, 2), 0.3))
    assert not torch.equal(ended[0]["weight"], ended[0]["weight"].bfloat16().float())
