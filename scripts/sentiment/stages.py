"""What is trained on in which epoch, and how."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from scripts.sentiment.fitting import Drawing, Recipe, every_epoch
from scripts.sentiment.opinions import agree, blend, read_opinions
from scripts.sentiment.sets import FRIENDLY_DOMAINS
from scripts.sentiment.sources import (
    WRITTEN,
    Example,
    Spread,
    fetch_rated,
    read_goemotions,
    read_intents,
    read_rated,
    read_requests,
    read_written,
)

OPINIONS = WRITTEN / "teacher.npz"
HELD_OUT = WRITTEN / "held_out.npz"
STUDENT = Recipe(epochs=2, learning_rate=2.0e-4, label_smoothing=0.02, average_decay=0.999)
TEACHER = Recipe(
    epochs=2,
    learning_rate=6e-5,
    head_rate=5.0,
    label_smoothing=0.05,
    spoken_share=0.25,
    fall_from=0.5,
    seed=1,
)
PUBLIC = Recipe(
    epochs=1,
    learning_rate=7e-5,
    layer_decay=0.95,
    words_rate=0.5,
    fall_from=0.0,
    rate_at_end=0.0,
    public_spoken_share=0.0,
)
"""GoEmotions, which nobody spoke."""
FOLD = replace(
    PUBLIC, epochs=2, learning_rate=1.4e-4, batch_size=96, rate_at_end=0.02, average_decay=0.995, seed=30
)
"""A small network on the parts of GoEmotions that it is not asked about."""


@dataclass(frozen=True, slots=True)
class PublicPass:
    """One pass over GoEmotions, with some of our own beside it, so that they are not forgotten."""

    recipe: Recipe
    public: int | None = None
    """Rows of GoEmotions, drawn by the recipe's seed; None for all."""
    apologies: bool = True
    """Whether rows that apologize are among them: feeling in a forum, script in a call."""
    own: int = 0
    """Sentences of our own; where lines of agents are shown apart, of the others."""
    own_seed: int = 0
    """Which of them."""
    agents: int = 0
    """How often every line of an agent is shown."""
    scripts: int = 0
    """How often the agents' lines that thank or apologize are shown."""
    friendly: int = 0
    """How often every complaint in friendly words is shown, with the lines that it is mistaken for."""


PUBLIC_PASSES = (
    PublicPass(replace(PUBLIC, learning_rate=1e-4, seed=21), own=2500, own_seed=5, agents=1, friendly=1),
    PublicPass(replace(PUBLIC, seed=25), own=1000, own_seed=25, apologies=False, friendly=1),
)
"""After the student's passes over everything: GoEmotions is hard, and gets what is left of the hour."""
RETURN = PublicPass(
    replace(PUBLIC, learning_rate=1e-4, average_decay=0.98, seed=26),
    public=6000,
    apologies=False,
    own=14000,
    own_seed=26,
    scripts=2,
    friendly=1,
)
"""Mostly our own: it brings back everyday talk, which the passes over public text blur, and sets apart what an agent
says by script, which public text takes for feeling."""
LAST_STAGES = ((RETURN, (0.4, 0.3, 0.3)),)
"""The last stages; each begins at this mean of what the student's passes, each public pass and the last stages
before it left."""
SHIPPED = (0.2, 0.0, 0.2, 0.6)
"""What ships is this mean of what the student's passes, each public pass and each last stage left: the later
weights know GoEmotions and friendly words better, the earlier ones everyday talk."""
TRUST = 0.7
"""The teachers' part in the label of a text that has one to three raters."""
INTENTS, REQUESTS = 2500, 4000
SECOND_PASS_OWN = 7000
AGENT_DOMAINS = ("agent", "flow", "desk")
_APOLOGY = re.compile(r"\bsorry (about|for|to hear)\b|\bapologi[sz]|\bmy apolog", re.IGNORECASE)
_SCRIPT = re.compile(r"\b(sorry|apologi[sz]\w*|apology|thank you for|thanks for)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Sources:
    """Everything that is trained on."""

    public: list[Example]
    """With labels by people, or taken as neutral."""
    requests: list[Example]
    """Without labels: for the student only."""
    written: list[Example]

    @property
    def goemotions(self) -> list[Example]:
        """Of the public text GoEmotions alone, which has few raters a row."""
        return [e for e in self.public if e.source == "goemotions"]


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
    mostly = sources.goemotions + random.Random(11).sample(sources.written, SECOND_PASS_OWN)
    return lambda epoch: mostly if epoch else [*sources.public, *sources.written]


def draw_for_public(sources: Sources, part: PublicPass) -> Drawing:
    """GoEmotions with the opinions of both teachers in its labels, and some of our own."""
    public = [e for e in sources.goemotions if part.apologies or not _APOLOGY.search(e.text)]
    shown = blend(public, _both_opinions(), TRUST)
    if part.public is not None:
        shown = random.Random(part.recipe.seed).sample(shown, part.public)
    agents = [e for e in sources.written if e.domain in AGENT_DOMAINS]
    apart = part.agents or part.scripts
    others = [e for e in sources.written if not apart or e.domain not in AGENT_DOMAINS]
    friendly = [e for e in sources.written if e.domain in FRIENDLY_DOMAINS]
    shown += friendly * part.friendly
    shown += random.Random(part.own_seed).sample(others, part.own) + agents * part.agents
    shown += [e for e in agents if _SCRIPT.search(e.text)] * part.scripts
    return every_epoch(shown)


@cache
def _both_opinions() -> dict[int, Spread]:
    return agree(read_opinions(OPINIONS), read_opinions(HELD_OUT))


def texts_for_teacher(sources: Sources) -> list[str]:
    """What the teacher is asked: texts of few raters, and those that nobody labelled."""
    return [e.text for e in (*sources.goemotions, *sources.requests)]


def draw_for_student(sources: Sources) -> Drawing:
    """Everything in every epoch, with the teacher's opinions in the labels where there are any."""
    everything = [*sources.public, *sources.requests, *sources.written]
    return every_epoch(blend(everything, read_opinions(OPINIONS), TRUST))
