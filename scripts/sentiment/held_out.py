"""What small networks say of GoEmotions' rows that they were not shown.

A teacher that was trained on a row repeats some of its raters' noise. So the rows are cut into parts,
and each part is asked of a network of the shipped kind that was trained on the others alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from scripts.sentiment.fitting import every_epoch, predict
from scripts.sentiment.opinions import key_of
from scripts.sentiment.sources import Example
from scripts.sentiment.stages import FOLD
from scripts.sentiment.watching import Watcher, fit_or_resume

PARTS = 3


def part_of(text: str) -> int:
    """The part a text belongs to; the same text never lies in two."""
    return key_of(text) % PARTS


def ask_held_out(
    examples: Sequence[Example],
    tokenizer: Any,
    make: Callable[[int], Any],
    *,
    watch: Watcher,
    resume: bool = False,
) -> Any:
    """Class shares of all ``examples``, float array (n, 3), each by a network that was not shown it.

    Parameters
    ----------
    make
        Makes an untrained network for a part.
    watch
        Keeps the weights of each part's network.
    resume
        Take what ``watch`` kept of a run that was cut.
    """
    found = np.zeros((len(examples), 3))
    for part in range(PARTS):
        others = [e for e in examples if part_of(e.text) != part]
        network = make(part)
        fit_or_resume(
            network,
            tokenizer,
            every_epoch(others),
            replace(FOLD, seed=FOLD.seed + part),
            watch=watch.after(part * FOLD.epochs),
            resume=resume,
        )
        asked = [k for k, e in enumerate(examples) if part_of(e.text) == part]
        found[asked] = predict(network, tokenizer, [examples[k].text for k in asked])
    return found
