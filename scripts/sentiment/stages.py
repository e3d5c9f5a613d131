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
STUDENT = Recipe(epochs=3, learning_rate=2.0e-4, label_smoothing=0.02, average_decay=0.999)
POLISH = Recipe(
    epochs=1, learning_rate=8e-5, label_smoothing=0.02, average_decay=0.97, fall_from=0.0, seed=23
)
"""A short last stage that sets apart what an agent says by script, which public text takes for feeling."""
TEACHER = Recipe(
    epochs=2,
    learning_rate=6e-5,
    head_rate=5.0,
    label_smoothing=0.05,
    spoken_share=0.25,
    fall_from=0.5,
    seed=1,
)
TRUST = 0.7
"""The teacher's part in the label of a text that has one to three raters."""
INTENTS, REQUESTS = 2500, 4000
SECOND_PASS_OWN = 7000
POLISH_OWN, POLISH_PUBLIC = 6000, 4000
POLISH_SHARE = 0.4
"""How far the weights follow the last stage."""
AGENT_DOMAINS = ("agent", "flow", "desk")
SCRIPTED_FEELING = frozenset({15, 24})
"""GoEmotions' *gratitude* and *remorse*: feeling in a forum, mostly script in a call."""
DEV_DOMAINS = ("dialogue", "message", "second call", "second dialogue", "second message")


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
        *read_goemotions(data / "goemotions", "train"),
        *read_intents(data / "intents", seed=1, limit=INTENTS),
        *read_rated(fetch_rated(scratch / "rated"), seed=1),
    ]
    random.Random(1).shuffle(public)
    requests = read_requests(data / "intents", seed=2, limit=REQUESTS)
    return Sources(public, requests, read_written(WRITTEN / "train.tsv"))


def draw_for_teacher(sources: Sources) -> Drawing:
    """Everything that has a label; in the second pass GoEmotions and as many of our own as keep them alive."""
    mostly = [e for e in sources.public if e.source == "goemotions"]
    mostly += random.Random(11).sample(sources.written, SECOND_PASS_OWN)
    return lambda epoch: mostly if epoch else [*sources.public, *sources.written]


def draw_for_polish(sources: Sources) -> Drawing:
    """What agents say twice, other sentences of our own, and public text without thanks and apologies."""
    agents = [e for e in sources.written if e.domain in AGENT_DOMAINS]
    others = [e for e in sources.written if e.domain not in AGENT_DOMAINS]
    public = [e for e in sources.public if e.source == "goemotions" and not SCRIPTED_FEELING & set(e.fine)]
    draw = random.Random(5)
    shown = [*agents, *agents, *draw.sample(others, POLISH_OWN)]
    shown += blend(draw.sample(public, POLISH_PUBLIC), read_opinions(OPINIONS), TRUST)
    return lambda epoch: shown


def texts_for_teacher(sources: Sources) -> list[str]:
    """What the teacher is asked: texts of few raters, and those that nobody labelled."""
    return [e.text for e in (*sources.public, *sources.requests) if e.source in ("goemotions", "requests")]


def draw_for_student(sources: Sources) -> Drawing:
    """Everything in every epoch, with the teacher's opinions in the labels where there are any."""
    everything = [*sources.public, *sources.requests, *sources.written]
    mixed = blend(everything, read_opinions(OPINIONS), TRUST)
    return lambda epoch: mixed


def dev_sets(data: Path) -> dict[str, list[Example]]:
    """The sets that decide: which weights are kept, and the shift of the classes."""
    written = read_written(WRITTEN / "dev.tsv")
    sets = {"GoEmotions dev": read_goemotions(data / "goemotions", "dev")}
    named = {domain: [e for e in written if e.domain == domain] for domain in DEV_DOMAINS}
    sets["own calls dev"] = [e for e in written if e.domain not in named]
    return sets | {f"own {domain} dev": examples for domain, examples in named.items()}


def test_sets(data: Path) -> dict[str, list[Example]]:
    """The sets a finished model is measured on, by name; nothing is chosen by them."""
    return {
        "GoEmotions test": read_goemotions(data / "goemotions", "test"),
        "own calls test": read_written(WRITTEN / "test.tsv"),
        "own messages and talk test": read_written(WRITTEN / "talk.tsv"),
    }
