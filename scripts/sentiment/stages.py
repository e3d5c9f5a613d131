"""The three stages of training and the sets they are measured on."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.sentiment.fitting import Drawing, Recipe, fit, load_encoder
from scripts.sentiment.sources import (
    Example,
    fetch_rated,
    read_goemotions,
    read_intents,
    read_rated,
    read_written,
)

WRITTEN = Path(__file__).parent / "data"
UNSEEN_DOMAINS = ("hotel", "utility")
PUBLIC = Recipe(epochs=1, learning_rate=2e-4, seed=20)
CALLS = Recipe(epochs=2, learning_rate=1.2e-4, seed=21)
MIXED = Recipe(epochs=1, learning_rate=1e-4, seed=22)
REPLAYED_CALLS, REPLAYED_MIXED = 14, 3
"""The later stages show again one part in this many of the public text in each epoch."""
INTENTS_PUBLIC = 3000


@dataclass(frozen=True)
class Sources:
    """Everything that is trained on."""

    goemotions: list[Example]
    intents: list[Example]
    rated: list[Example]
    written: list[Example]


def read_sources(data: Path, scratch: Path) -> Sources:
    """Read all training text; ``data`` holds ``goemotions/`` and ``intents/``."""
    return Sources(
        read_goemotions(data / "goemotions", "train", strict=False),
        read_intents(data / "intents", seed=1, limit=INTENTS_PUBLIC),
        read_rated(fetch_rated(scratch / "rated"), seed=1),
        read_written(WRITTEN / "train.tsv"),
    )


def train_public(encoder: str, sources: Sources, *, epochs: int = PUBLIC.epochs) -> tuple[Any, Any]:
    """First stage: public text."""
    model, tokenizer = load_encoder(encoder)
    public = [*sources.goemotions, *sources.intents, *sources.rated]
    recipe = Recipe(epochs=epochs, learning_rate=PUBLIC.learning_rate, seed=PUBLIC.seed)
    fit(model, tokenizer, lambda epoch: public, recipe)
    return model, tokenizer


def train_calls(model: Any, tokenizer: Any, sources: Sources) -> None:
    """Second stage: our own sentences with a little public text."""
    fit(model, tokenizer, draw_calls(sources, CALLS, REPLAYED_CALLS), CALLS)


def train_mixed(model: Any, tokenizer: Any, sources: Sources) -> None:
    """Third stage: our own sentences among much public text, so that neither is forgotten."""
    fit(model, tokenizer, draw_calls(sources, MIXED, REPLAYED_MIXED), MIXED)


def draw_calls(sources: Sources, recipe: Recipe, part: int) -> Drawing:
    """Make the drawing of a later stage.

    An epoch is one ``part`` of the public text, half of the pattern fillings, and each singly
    written sentence twice (in two spoken forms).
    """
    public = list(sources.goemotions)
    random.Random(recipe.seed).shuffle(public)

    def draw(epoch: int) -> list[Example]:
        rng = random.Random(recipe.seed + epoch)
        return [
            *public[epoch % part :: part],
            *rng.sample(sources.rated, len(sources.rated) // part),
            *rng.sample(sources.intents, len(sources.intents) // part),
            *[e for e in sources.written if e.domain == "pattern"][epoch % 2 :: 2],
            *[e for e in sources.written if e.domain != "pattern"] * 2,
        ]

    return draw


def test_sets(data: Path) -> dict[str, list[Example]]:
    """The sets a model is measured on, by name."""
    written = read_written(WRITTEN / "test.tsv")
    return {
        "GoEmotions test": read_goemotions(data / "goemotions", "test", strict=True),
        "own calls test": written,
        "  of it, unseen trades": [e for e in written if e.domain in UNSEEN_DOMAINS],
        "  of it, the rest": [e for e in written if e.domain not in UNSEEN_DOMAINS],
    }
