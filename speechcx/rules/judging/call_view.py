"""What rules may know of a call, made from a conversation and its reading, or from a test's lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple, Protocol

from speechcx.call import (
    NOT_HEARD_TO_THE_END,
    Conversation,
    Metric,
    Party,
    Reading,
    Span,
    TextSentiment,
    Turn,
    TurnFeeling,
    TurnVoice,
    Word,
    collect_metrics,
    find_language_code,
    metric_names,
    plain_language,
    split_words,
)
from speechcx.rules.language.by_language import ANY_LANGUAGE
from speechcx.rules.language.conditions import TURN_NUMBERS
from speechcx.rules.language.examples import Line, RuleTest
from speechcx.rules.language.normal import normal_tokens
from speechcx.rules.matching.stream import SaidTurn, Stream, build_stream

BLIND_START = frozenset({"opening_missing", "starts_mid_speech"})
"""Flags of a recording whose beginning is not there."""

BLIND_END = NOT_HEARD_TO_THE_END | {"closing_missing"}
"""Flags of a recording whose end is not there."""

ONE_LEG = frozenset({"one_sided", "one_leg"})
"""Flags of a recording in which only one speaker is heard."""

UNJUDGED = {
    "too_short": "the recording is too short to tell",
    "no_person": "only a machine is on the other side of this call",
}
"""Flags of a recording in which nothing is certainly absent, with the reason."""

SECONDS_A_WORD = 0.35
"""How long a word of an example takes (170 words a minute)."""


class Measures(Protocol):
    """Measures of one turn by name."""

    def get(self, name: str, /) -> float | None:
        """The value; None if there is none."""
        ...


class StoredMeasures(NamedTuple):
    """Measures of a stored turn, looked up when a rule asks."""

    turn: Turn
    words: int
    voice: TurnVoice
    text: TextSentiment
    feeling: TurnFeeling

    def get(self, name: str, /) -> float | None:
        """The value of a name of ``TURN_NUMBERS``; None where it could not be measured."""
        if name == "words":
            return float(self.words)
        if name == "duration_s":
            return self.turn.span.duration_s
        if name == "text_sentiment":
            return self.text.value
        source = self.feeling if name in ("sentiment", "agitation") else self.voice
        value: float | None = getattr(source, name)
        return value


class TurnView(NamedTuple):
    """One turn as rules see it; `label` is that of its sentiment.

    `unread` is the language of a turn whose words the rulebook does not read, '' of every other turn.
    """

    no: int
    party: str
    start_s: float
    end_s: float
    has_words: bool
    values: Measures
    label: str | None
    unread: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class CallView:
    """One call as rules see it.

    Parameters
    ----------
    stream
        The words.
    turns
        By number.
    start_s, end_s
        The conversation, from first to last speech.
    flags
        Quality flags of the recording.
    lost_s
        Seconds of the recording that could not be decoded.
    metrics
        Every measure by name.
    meta
        Details of the call by name, in lower case.
    has_unknown
        Whether somebody speaks whose party is not known.
    said
        The words of each turn, from which `stream` was made.
    languages
        Language of each turn with words, by its number.
    language
        Language of the call, None where it is not known.
    unheard
        (party, stretch) pairs of what was not recorded; the party is ``any`` where nobody was.
    """

    stream: Stream
    turns: Mapping[int, TurnView]
    start_s: float
    end_s: float
    flags: frozenset[str]
    lost_s: float
    metrics: Mapping[str, Metric]
    meta: Mapping[str, str]
    has_unknown: bool
    said: tuple[SaidTurn, ...] = ()
    languages: Mapping[int, str] = field(default_factory=dict)
    unheard: tuple[tuple[str, Span], ...] = ()
    language: str | None = None

    def read_in(self, language: str) -> CallView:
        """The call as a rulebook of one language sees it: without the words of turns in any other.

        Parameters
        ----------
        language
            ISO 639-1 code, or ``any``; a region (``en-GB``) makes no difference.
        """
        own = find_language_code(language) or plain_language(language)
        unread = {no: spoken for no, spoken in self.languages.items() if spoken != own}
        if own == ANY_LANGUAGE or not unread:
            return self
        return replace(
            self,
            stream=build_stream([turn for turn in self.said if turn.no not in unread]),
            turns={no: turn._replace(unread=unread.get(no, "")) for no, turn in self.turns.items()},
        )

    def names_of(self, who: str) -> frozenset[str]:
        """Normalised names known for ``agent`` or ``customer``; empty where none are."""
        text = self.meta.get(f"{who}_name", self.meta.get(who, "")) if who else ""
        words = text.replace(".", " ").replace("_", " ").replace("-", " ").split()
        return frozenset(
            token for word in words for token in normal_tokens(word) if token.isalpha() and len(token) > 2
        )


def view_call(conversation: Conversation, reading: Reading) -> CallView:
    """What rules may know of a stored call."""
    said, turns = [], {}
    parties = {role.speaker: role.party for role in reading.roles}
    parts = zip(
        conversation.speech.turns, conversation.utterances, conversation.voices, conversation.sentiments,
        reading.feeling.turns, strict=True,
    )  # fmt: skip
    for turn, utterance, voice, text, feeling in parts:
        party = parties.get(turn.speaker, "unknown")
        said.append(
            SaidTurn(turn.no, turn.speaker, party, turn.span.start_s, turn.span.end_s, utterance.words)
        )
        values = StoredMeasures(
            turn, conversation.count_words(turn.no) if utterance.words else 0, voice, text, feeling
        )
        turns[turn.no] = TurnView(
            turn.no, party, turn.span.start_s, turn.span.end_s, bool(utterance.words), values, feeling.label
        )
    span = reading.flow.conversation
    return CallView(
        stream=build_stream(said), turns=turns, start_s=span.start_s if span else 0.0,
        end_s=span.end_s if span else conversation.origin.duration_s, flags=frozenset(conversation.flags),
        lost_s=conversation.origin.lost_s, metrics=collect_metrics(reading), meta=_meta(conversation),
        has_unknown=any(turn.party == "unknown" for turn in turns.values()), said=tuple(said),
        languages={said.no: plain_language(said.language) for said in conversation.utterances if said.words},
        unheard=_unheard_of(conversation, parties), language=reading.language.code,
    )  # fmt: skip


def _unheard_of(conversation: Conversation, parties: Mapping[str, Party]) -> tuple[tuple[str, Span], ...]:
    dead = [(parties.get(f"ch{each.channel}", "unknown"), each.span) for each in conversation.speech.dead]
    return (*dead, *(("any", gap) for gap in conversation.origin.gaps))


def _meta(conversation: Conversation) -> dict[str, str]:
    details = conversation.recording.details
    meta = {name.casefold(): value for name, value in details.extras}
    for name in ("agent", "customer", "direction", "queue", "team", "center"):
        value = getattr(details, name)
        if value is not None:
            meta[name] = value
    return meta


def view_test(test: RuleTest) -> CallView:
    """What rules may know of an example: its words are spread evenly over each turn."""
    said, turns = [], {}
    for no, line in enumerate(test.says):
        words = _spread(line, test.says[no + 1 :])
        end_s = words[-1].end_s if words else line.start_s
        said.append(SaidTurn(no, line.party, line.party, line.start_s, end_s, words))
        values: dict[str, float | None] = dict.fromkeys(TURN_NUMBERS) | {
            "words": float(len(words)),
            "duration_s": end_s - line.start_s,
        }
        turns[no] = TurnView(
            no, line.party, line.start_s, end_s, bool(words), {**values, **dict(line.values)}, line.label
        )
    start_s = min((turn.start_s for turn in said), default=0.0)
    end_s = max((turn.end_s for turn in said), default=0.0)
    metrics = {name: Metric(name, None, "the test gives no value for it") for name in metric_names()}
    metrics.update((name, Metric(name, value)) for name, value in test.metrics)
    return CallView(
        stream=build_stream(said), turns=turns, start_s=start_s,
        end_s=end_s if test.duration_s is None else max(end_s, test.duration_s), flags=frozenset(test.flags),
        lost_s=0.0, metrics=metrics, meta={name.casefold(): value for name, value in test.meta},
        has_unknown=any(turn.party == "unknown" for turn in said), said=tuple(said),
        languages={no: plain_language(line.language) for no, line in enumerate(test.says) if line.language},
    )  # fmt: skip


def _spread(line: Line, following: tuple[Line, ...]) -> tuple[Word, ...]:
    """The words of a line of a test with times: to its end, else at a usual pace up to the next turn."""
    texts = split_words(line.text)
    length_s = len(texts) * SECONDS_A_WORD
    later = min((other.start_s for other in following if other.start_s > line.start_s), default=None)
    end_s = line.end_s
    if end_s is None:
        end_s = line.start_s + (length_s if later is None else min(length_s, later - line.start_s))
    each_s = (end_s - line.start_s) / max(1, len(texts))
    return tuple(
        Word(text, line.start_s + place * each_s, line.start_s + (place + 1) * each_s, line.confidence)
        for place, text in enumerate(texts)
    )
