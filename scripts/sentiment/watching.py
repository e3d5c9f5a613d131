"""What is kept and printed after each epoch of training."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from scripts.sentiment.figures import measure
from scripts.sentiment.fitting import predict
from scripts.sentiment.sources import LABELS, Example


class Watcher:
    """Saves the averaged weights of each epoch and prints their figures on the development sets."""

    def __init__(
        self, tokenizer: Any, scratch: Path, sets: dict[str, list[Example]], name: str = "epoch"
    ) -> None:
        self._tokenizer = tokenizer
        self._scratch = scratch
        self._sets = sets
        self._name = name

    def named(self, name: str) -> Watcher:
        """The same under another name of the kept weights."""
        return Watcher(self._tokenizer, self._scratch, self._sets, name)

    def __call__(self, network: Any, epoch: int) -> None:
        """Save and measure."""
        from safetensors.torch import save_file

        save_file(network.state_dict(), str(self._scratch / f"{self._name}{epoch + 1}.safetensors"))
        for name, examples in self._sets.items():
            found = predict(network, self._tokenizer, [e.text for e in examples]).argmax(1)
            line = measure([e.label for e in examples], [LABELS[k] for k in found]).line(name)
            print(line, file=sys.stderr, flush=True)
