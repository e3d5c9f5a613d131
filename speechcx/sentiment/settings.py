"""The settings of the sentiment room, with the values they may take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from speechcx.ranges import Range, expect_ranges

CLASSES = ("negative", "neutral", "positive")
"""The three classes of every text model, in this order everywhere."""

NOT_IN_DIGEST = frozenset(
    {
        "threads",
        "negative_at",
        "positive_at",
        "headroom",
        "min_turns",
        "min_speech_s",
        "shrink_s",
    }
)
"""Fields that change speed, or are used in ``judge`` only."""


@dataclass(frozen=True, slots=True)
class SentimentSettings:
    """How words are read, and how words and voice are joined.

    Parameters
    ----------
    engine
        ``transformer`` (the model below) or ``lexicon`` (a word list, no weights), or the name of
        an installed engine.
    model
        For ``transformer``: a name of the model manifest, a folder in the Hugging Face layout, or
        a hub name (``organisation/model``) that lies in the local hub cache.
    labels
        For a model that names its classes otherwise: pairs such as ``[["LABEL_0", "negative"]]``.
        A class may be mapped to ``ignore``.
    languages
        Codes of the languages the model reads; turns in others have no sentiment. Empty: all.
    max_tokens
        A passage is cut after this many tokens; 40 words are some 50.
    threads
        Passages read side by side; changes speed only.
    mixed_at
        A turn is ``mixed`` where one sentence is at or under ``-mixed_at`` and another at or over it.
    negative_at, positive_at
        Sentiment at which a turn, or a party's quarter, is called negative or positive.
    headroom
        How much weaker, 0 to 1, the most strongly worded turn counts when it is said as calmly as can be.
    min_turns, min_speech_s
        Under either, a party has no score.
    shrink_s
        Seconds of neutral speech every party is lent: draws the score of one who says little to 0.
    """

    engine: str = "transformer"
    model: str = "sentiment"
    labels: tuple[tuple[str, str], ...] = ()
    languages: tuple[str, ...] = ("en",)
    max_tokens: Annotated[int, Range(8, 512)] = 96
    threads: Annotated[int, Range(1, 64)] = 1
    mixed_at: Annotated[float, Range(0.05, 1)] = 0.5
    negative_at: Annotated[float, Range(-1, 0)] = -0.25
    positive_at: Annotated[float, Range(0, 1)] = 0.25
    headroom: Annotated[float, Range(0, 0.5)] = 0.25
    min_turns: Annotated[int, Range(1, 1000)] = 3
    min_speech_s: Annotated[float, Range(0, 3600)] = 5.0
    shrink_s: Annotated[float, Range(0, 3600)] = 5.0

    def __post_init__(self) -> None:
        expect_ranges(self)
        if not -1 < self.negative_at < 0 < self.positive_at < 1:
            raise ValueError(
                f"negative_at {self.negative_at} and positive_at {self.positive_at}: "
                "must be -1 < negative_at < 0 < positive_at < 1"
            )
        wrong = [pair for pair in self.labels if pair[1] not in (*CLASSES, "ignore")]
        if wrong:
            raise ValueError(f"labels has {wrong[0]}: must map to one of {', '.join(CLASSES)} or ignore")
