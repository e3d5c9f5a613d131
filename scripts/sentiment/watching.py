"""What is kept and printed after each epoch of training, and what is made of the kept weights."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from scripts.sentiment.figures import measure
from scripts.sentiment.fitting import Drawing, Recipe, Weights, fit, predict
from scripts.sentiment.sources import LABELS, Example


class Watcher:
    """Saves the averaged weights of each epoch and prints their figures on the development sets."""

    def __init__(
        self,
        tokenizer: Any,
        scratch: Path,
        sets: dict[str, list[Example]],
        *,
        before: int = 0,
        name: str = "epoch",
    ) -> None:
        self._tokenizer = tokenizer
        self._scratch = scratch
        self._sets = sets
        self._before = before
        self._name = name

    def after(self, epochs: int) -> Watcher:
        """The same for a stage that begins after so many epochs: counting goes on."""
        return Watcher(self._tokenizer, self._scratch, self._sets, before=epochs, name=self._name)

    def file_of(self, epoch: int) -> Path:
        """Where the weights of an epoch of this stage, from 0, are kept."""
        return self._scratch / f"{self._name}{self._before + epoch + 1}.safetensors"

    def __call__(self, network: Any, weights: Weights, epoch: int) -> None:
        """Save and measure."""
        from safetensors.torch import save_file

        save_file(weights, str(self.file_of(epoch)))
        for name, examples in self._sets.items():
            found = predict(network, self._tokenizer, [e.text for e in examples]).argmax(1)
            line = measure([e.label for e in examples], [LABELS[k] for k in found]).line(name)
            print(line, file=sys.stderr, flush=True)


def fit_or_resume(
    network: Any, tokenizer: Any, draw: Drawing, recipe: Recipe, *, watch: Watcher, resume: bool
) -> None:
    """As ``fit``; with ``resume`` the weights that ``watch`` kept of this stage's last epoch are taken, if any."""
    from safetensors.torch import load_file

    kept = watch.file_of(recipe.epochs - 1)
    if resume and kept.is_file():
        network.load_state_dict(load_file(str(kept)))
        network.float().eval()
    else:
        fit(network, tokenizer, draw, recipe, watch=watch)


def copy_weights(network: Any) -> Weights:
    """A copy of all weights in float32, which further training leaves alone."""
    return {name: value.detach().float().clone() for name, value in network.state_dict().items()}


def mean_weights(states: Sequence[Weights], shares: Sequence[float]) -> Weights:
    """The weighted mean of weights along one training; ``shares`` count against their sum."""
    total = sum(shares)
    return {
        name: sum(share / total * state[name] for share, state in zip(shares, states, strict=True))
        for name in states[0]
    }
