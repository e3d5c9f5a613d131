"""The settings of the sentiment room, with the values they may take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from speechcx.call import Party
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
        For a model with other class names: pairs such as ``[["LABEL_0", "negative"]]``. A class may be mapped
        to ``ignore``.
    languages
        Codes of the languages the model reads; turns in others have no sentiment. Empty: all.
    max_tokens
        A passage is cut after this many tokens; 40 words are about 50.
    threads
        Passages read side by side; changes speed only.
    mixed_at
        A turn is ``mixed`` if one sentence is at or below ``-mixed_at`` and another at or above ``mixed_at``.
    negative_at, positive_at
        Sentiment at which a turn, or a party's quarter, is called negative or positive.
    headroom
        How much less, 0 to 1, the most strongly worded turn counts if said as calmly as possible.
    min_turns, min_speech_s
        Below either, a party has no score.
    shrink_s
        Seconds of neutral speech added for every party: pulls the score of one who says little towards 0.
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


@dataclass(frozen=True, slots=True)
class PolicySettings:
    """What may be inferred about how people feel; ``docs/privacy.md`` says on which ground to decide.

    A speaker whose party is not known may be an agent as well as a customer: both have to be allowed.

    Parameters
    ----------
    agent_voice_emotion
        Whether agitation of an agent is inferred from the voice. Off: it is not computed, stored, shown or
        scored; level, pitch, pace and pauses stay as plain measures.
    agent_words_sentiment
        Whether sentiment of an agent's words is read as negative, neutral or positive.
    customer_voice_emotion
        Whether agitation of a customer is inferred from the voice.
    """

    agent_voice_emotion: bool = False
    agent_words_sentiment: bool = True
    customer_voice_emotion: bool = True

    @property
    def voiceless(self) -> tuple[Party, ...]:
        """Parties of whose feeling nothing may be inferred from the voice."""
        parties: tuple[Party, ...] = ("agent", "customer", "unknown")
        return tuple(party for party in parties if self.why_no_voice(party) is not None)

    def why_no_voice(self, party: Party) -> str | None:
        """Why nothing may be inferred from a party's voice; None where it may."""
        if not self.agent_voice_emotion and party in ("agent", "unknown"):
            return _reason("agent_voice_emotion", party, "agent")
        if not self.customer_voice_emotion and party in ("customer", "unknown"):
            return _reason("customer_voice_emotion", party, "customer")
        return None

    def why_no_words(self, party: Party) -> str | None:
        """Why a party's words may not be read; None where they may."""
        if not self.agent_words_sentiment and party in ("agent", "unknown"):
            return _reason("agent_words_sentiment", party, "agent")
        return None


def _reason(switch: str, party: Party, about: Party) -> str:
    from speechcx.call import NOT_ALLOWED

    or_else = "" if party == about else f", and this speaker may be the {about}"
    return f"{NOT_ALLOWED}policy.{switch} = false{or_else}"
