"""What is trained on in which epoch, and the sets that decide and that measure."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path

from scripts.sentiment.fitting import Drawing, Recipe
from scripts.sentiment.opinions import blend, read_opinions
from scripts.sentiment.sources import (
    Example,
    fetch_rated,
    read_goemotions,
    read_intents,
    read_rated,
    read_requests,
    read_written,
)

WRITTEN = Path(__file__).parent / "data"
OPINIONS = WRITTEN / "teacher.npz"
STUDENT = Recipe(epochs=5, learning_rate=2.0e-4, average_decay=0.999)
TEACHER = Recipe(
    epochs=2,
    learning_rate=6e-5,
    head_rate=5.0,
    label_smoothing=0.05,
    spoken_share=0.25,
    fall_from=0.5,
    seed=1,
)
TRUST = {"goemotions": 0.6, "tweets": 0.5, "amazonReviewSnippets": 0.5, "intents": 0.5, "written": 0.3}
"""How much of a text's label is the teacher's opinion, by source; GoEmotions has one to three raters."""
INTENTS, REQUESTS = 2500, 4000
DEV_DOMAINS = ("call", "dialogue", "message")


@dataclass(frozen=True)
class Sources:
    """Everything that is trained on."""

    public: list[Example]
    """With labels by people, or taken as neutral."""
    requests: list[Example]
    """Without labels: for the student only."""
    written: list[Example]


def read_sources(data: Path, scratch: Path) -> Sources:
    """Read all training text; ``data`` holds ``goemotions/`` and ``intents/``."""
    public = [
        *read_goemotions(data / "goemotions", "train", strict=False),
        *read_intents(data / "intents", seed=1, limit=INTENTS),
        *read_rated(fetch_rated(scratch / "rated"), seed=1),
    ]
    random.Random(1).shuffle(public)
    requests = read_requests(data / "intents", seed=2, limit=REQUESTS)
    return Sources(public, requests, read_written(WRITTEN / "train.tsv"))


def draw_for_teacher(sources: Sources) -> Drawing:
    """Everything that has a label; the second pass leaves out half of the public text."""
    return lambda epoch: [*(sources.public if epoch == 0 else sources.public[::2]), *sources.written]


def draw_for_student(sources: Sources) -> Drawing:
    """Everything in every epoch, each label mixed with the teacher's opinion where there is one."""
    opinions = read_opinions(OPINIONS)
    mixed = blend([*sources.public, *sources.requests, *sources.written], opinions, TRUST)
    return lambda epoch: mixed


def dev_sets(data: Path) -> dict[str, list[Example]]:
    """The sets that decide: which weights are kept, and the shift of the classes."""
    written = read_written(WRITTEN / "dev.tsv")
    sets = {"GoEmotions dev": read_goemotions(data / "goemotions", "dev", strict=True)}
    for domain in DEV_DOMAINS:
        sets[f"own {domain} dev"] = [e for e in written if e.domain == domain]
    return sets


def test_sets(data: Path) -> dict[str, list[Example]]:
    """The sets a finished model is measured on, by name; nothing is chosen by them."""
    return {
        "GoEmotions test": read_goemotions(data / "goemotions", "test", strict=True),
        "own calls test": read_written(WRITTEN / "test.tsv"),
    }
