"""What is trained on in which epoch, and the sets that decide and that measure."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path

from scripts.sentiment.fitting import Drawing, Recipe
from scripts.sentiment.sources import (
    Example,
    fetch_rated,
    read_goemotions,
    read_intents,
    read_rated,
    read_written,
)

WRITTEN = Path(__file__).parent / "data"
RECIPE = Recipe(epochs=3, learning_rate=1.8e-4)
POLISH = Recipe(epochs=1, learning_rate=8e-5, seed=23, average_decay=0.97, spoken_share=0.15, fall_from=0.0)
POLISH_PUBLIC = 1600
"""A short last stage on our own sentences and this many public texts."""
_REMORSE_ONLY = (24,)
PUBLIC_PARTS = 4
"""An epoch shows all but one of this many parts of the public text, another one left out each time."""
INTENTS = 4000
LATER = frozenset({"dialogue", "message", "desk"})
"""Domains that come in after the first epoch: short everyday talk, messages, more calls."""


@dataclass(frozen=True)
class Sources:
    """Everything that is trained on."""

    public: list[Example]
    written: list[Example]


def read_sources(data: Path, scratch: Path) -> Sources:
    """Read all training text; ``data`` holds ``goemotions/`` and ``intents/``."""
    public = [
        *read_goemotions(data / "goemotions", "train", strict=False),
        *read_intents(data / "intents", seed=1, limit=INTENTS),
        *read_rated(fetch_rated(scratch / "rated"), seed=1),
    ]
    random.Random(1).shuffle(public)
    return Sources(public, read_written(WRITTEN / "train.tsv"))


def draw_epochs(sources: Sources) -> Drawing:
    """Make the drawing of an epoch.

    It is three quarters of the public text, half of the pattern fillings, and each singly written
    sentence twice in the first epoch and three times later, each time in another form.
    """

    def draw(epoch: int) -> list[Example]:
        written = [e for e in sources.written if epoch > 0 or e.domain not in LATER]
        return [
            *[e for k, e in enumerate(sources.public) if k % PUBLIC_PARTS != epoch % PUBLIC_PARTS],
            *[e for e in written if e.domain == "pattern"][epoch % 2 :: 2],
            *[e for e in written if e.domain != "pattern"] * (2 if epoch == 0 else 3),
        ]

    return draw


def draw_polish(sources: Sources) -> Drawing:
    """Our own sentences, an agent's neutral ones twice, and a little public text without bare remorse."""
    written = [e for e in sources.written if e.domain != "pattern"]
    agents = [e for e in written if e.domain in ("desk", "agent") and e.label == "neutral"]
    public = random.Random(5).sample([e for e in sources.public if e.fine != _REMORSE_ONLY], POLISH_PUBLIC)
    return lambda epoch: [*written, *agents, *public]


def dev_sets(data: Path) -> dict[str, list[Example]]:
    """The sets that decide: which weights are kept, and the shift of the classes."""
    written = read_written(WRITTEN / "dev.tsv")
    sets = {"GoEmotions dev": read_goemotions(data / "goemotions", "dev", strict=True)}
    sets["own calls dev"] = [e for e in written if e.domain not in LATER]
    for domain in sorted(LATER):
        if found := [e for e in written if e.domain == domain]:
            sets[f"own {domain} dev"] = found
    return sets


def test_sets(data: Path) -> dict[str, list[Example]]:
    """The sets a finished model is measured on, by name; nothing is chosen by them."""
    return {
        "GoEmotions test": read_goemotions(data / "goemotions", "test", strict=True),
        "own calls test": read_written(WRITTEN / "test.tsv"),
    }
