"""Every measure, declared once: what it means, its unit and digits, and which direction is better.

A measure belongs to a turn, to one party of a call, or to the call. Storage, the JSON document, conditions
of rules, tables of people, ``docs/metrics.md`` and the database schema walk over :data:`MEASURES`; what else
a new one needs is the field that holds it and the function that measures it.

Call-wide measures are asked for by their plain name (``hold_s``), those of a party with its prefix
(``agent.talk_share``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Final, Literal

from speechcx.call.assessment import Assessment, Flow, Hit, PartyFeeling, PartyFlow, Reading, TurnFeeling
from speechcx.call.conversation import Conversation, TextSentiment, Turn, TurnVoice, Utterance, Word
from speechcx.call.recording import Party, Span

Level = Literal["turn", "party", "call"]
"""What a measure is about: one turn, one party over the whole call, or the call."""

Unit = Literal[
    "s", "share", "count", "a minute", "dBov", "dB", "Hz", "semitones", "semitones/s", "-1..1", "-5..5"
]

ENDS: Mapping[Unit, tuple[float | None, float | None]] = {
    "s": (0.0, None), "share": (0.0, 1.0), "count": (0.0, None), "a minute": (0.0, None), "Hz": (0.0, None),
    "-1..1": (-1.0, 1.0), "-5..5": (-5.0, 5.0),
}  # fmt: skip
"""Lowest and highest value of a unit, None where open; units that are missing here are open at both ends."""

PREFIXED: tuple[Party, ...] = ("agent", "customer")
"""Parties whose measures have names of their own in rules and scorecards."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure.

    Parameters
    ----------
    level
        What it is about.
    name
        The field, column and key that holds it everywhere.
    unit
        Of its values. Shares are 0 to 1, shown in percent.
    about
        What it means, in a few words for people.
    digits
        Decimals in JSON documents.
    kept
        Decimals that are kept of it, and judged from; None where it is kept as it was computed.
    better
        Whether high or low values are better; None where neither is.
    source
        Who defined it, where it is not our own.
    columns
        Columns of the table ``calls`` that hold it, for averages without a join: its own name, or of a
        party's measure that name (or a shorter one) behind ``agent_`` or ``customer_``.
    shown
        Decimals in tables.
    grows
        Whether more sound can only add to it, so that a value from part of a call is the least it can be.
    """

    level: Level
    name: str
    unit: Unit
    about: str
    digits: int = 3
    kept: int | None = None
    better: Literal["high", "low"] | None = None
    source: str = ""
    columns: tuple[str, ...] = ()
    shown: int = 1
    grows: bool = False

    @property
    def scale(self) -> int:
        """Its stored whole numbers stand for 1 / scale of the unit.

        Raises
        ------
        ValueError
            It is not kept in whole numbers.
        """
        if self.kept is None:
            raise ValueError(f"{self.name} of a {self.level} is kept as it was computed")
        return int(10**self.kept)


_P56 = "ITU-T P.56"
_TCA = "Amazon Transcribe Call Analytics"
_LENS = "Amazon Connect Contact Lens"

# fmt: off
MEASURES: Final = (
    Measure("turn", "level_dbov", "dBov", "level of the speech (active RMS)", 2, 2),
    Measure("turn", "level_rel_db", "dB", "level against the speaker's own median in this call", 2, 2),
    Measure("turn", "pitch_hz", "Hz", "median pitch", 1, 2),
    Measure("turn", "pitch_rel_st", "semitones", "pitch against the speaker's own median in this call", 2, 2),
    Measure("turn", "pitch_range_st", "semitones", "10th to 90th percentile of pitch", 2, 2),
    Measure("turn", "pitch_slope_st_s", "semitones/s", "slope of pitch", 2, 2),
    Measure("turn", "voiced_share", "share", "voiced frames over speech frames", 3, 3),
    Measure("turn", "pace_wpm", "a minute", "words a minute", 1, 2),
    Measure("turn", "articulation_wpm", "a minute", "words a minute without pauses", 1, 2),
    Measure("turn", "pause_share", "share", "pauses over the turn", 3, 3),
    Measure("turn", "text_sentiment", "-1..1", "sentiment of the words: P(positive) - P(negative)", 3, 4),
    Measure("turn", "text_confidence", "share", "probability of the label of the words", 3, 4),
    Measure("turn", "agitation", "share", "agitation from the voice alone", 3, 4),
    Measure("turn", "sentiment", "-1..1", "words and voice together", 3, 4, better="high"),
    Measure("turn", "voice_part", "-1..1", "how much of it the voice added or took away", 3, 4),
    Measure("call", "audio_duration_s", "s",
            "decoded length of the recording", columns=("audio_duration_s",), shown=0),
    Measure("call", "speech_s", "s", "time in which anybody speaks", columns=("speech_s",), grows=True),
    Measure("call", "hold_s", "s",
            "hold music or tone, found in the audio or given by metadata",
            better="low", columns=("hold_s",), shown=0, grows=True),
    Measure("call", "hold_in_talk_s", "s",
            "hold inside the conversation, at the least: `hold_s` less the time before the first word and after the "
            "last, so that ringing and the music of a queue are no hold of somebody who talks", grows=True),
    Measure("call", "ivr_s", "s", "machine prompts, only where known", columns=("ivr_s",), grows=True),
    Measure("call", "silence_s", "s",
            "what is left: nobody speaks and nothing is on hold", columns=("silence_s",)),
    Measure("call", "agent_only_s", "s",
            "only the agent speaks; null where the parties are not trusted", columns=("agent_only_s",)),
    Measure("call", "customer_only_s", "s",
            "only the customer speaks; null where the parties are not trusted", columns=("customer_only_s",)),
    Measure("call", "both_s", "s",
            "both speak at once; null where the parties are not trusted", columns=("both_s",)),
    Measure("call", "conversation_s", "s", "from the first start to the last end of speech", grows=True),
    Measure("call", "non_talk_s", "s",
            "sum of all non-talk instances", source=_LENS, columns=("non_talk_s",), grows=True),
    Measure("call", "non_talk_count", "count",
            "stretches of 3 s and more (setting) inside the conversation in which nobody speaks",
            source=_LENS, columns=("non_talk_count",), grows=True),
    Measure("call", "longest_silence_s", "s",
            "the longest stretch without speech inside the conversation, hold and dead channels left out; null where a "
            "channel is dead for more than 5 % of the conversation",
            columns=("longest_silence_s",), grows=True),
    Measure("call", "non_talk_share", "share",
            "non-talk of the conversation span, 0 to 1",
            better="low", source=_LENS, columns=("non_talk_share",), shown=0),
    Measure("call", "greeting_latency_s", "s",
            "from the start of the call leg to the agent's first word; the leg begins with the "
            "recording, or where the last ringing, menu or hold before that word ends",
            columns=("greeting_latency_s",)),
    Measure("call", "overlap_s", "s", "both parties at once, in stretches of 0.1 s and more", grows=True),
    Measure("call", "overlap_count", "count", "number of such stretches", columns=("overlap_count",), grows=True),
    Measure("call", "interruption_count", "count",
            "interruptions by either party", columns=("interruption_count",), grows=True),
    Measure("party", "talk_s", "s", "the party's only-time plus the time both speak", grows=True),
    Measure("party", "talk_share", "share",
            "its talk over the sum of both parties' talk, 0 to 1", columns=("agent_talk_share",), shown=0),
    Measure("party", "turns", "count", "number of its turns", grows=True),
    Measure("party", "words", "count", "number of its words", grows=True),
    Measure("party", "interruptions", "count",
            "times this party came in while the other spoke (0.5 s and more at once), the other "
            "stopped within 2 s, and it went on for 1 s and more with more than a back-channel",
            better="low", columns=("agent_interruptions",), shown=2, grows=True),
    Measure("party", "overtalk_share", "share",
            "of its talk, what it said over the other, who was already speaking; back-channels left out; null where "
            "both are in one channel", better="low", columns=("agent_overtalk_share",), shown=0),
    Measure("party", "dead_air_share", "share",
            "dead air: of the conversation, the silences of 3 s and more (setting) in which the other, who spoke last "
            "(back-channels left out), waits for it; hold left out; null where a channel is dead for more than 5 % of "
            "the conversation", better="low",
            columns=("agent_dead_air_share",), shown=0),
    Measure("party", "pace_wpm", "a minute",
            "words a minute of its own speaking time, pauses inside turns kept; null under 10 s of "
            "speech", columns=("agent_pace_wpm",), shown=0),
    Measure("party", "articulation_wpm", "a minute", "the same without pauses over 0.3 s inside turns"),
    Measure("party", "pauses_per_min", "a minute",
            "pauses of 0.3 s and more inside its turns, a minute of turn time"),
    Measure("party", "pause_median_s", "s", "median length of these pauses"),
    Measure("party", "pause_p90_s", "s", "90th percentile of their length"),
    Measure("party", "pause_share", "share", "these pauses over turn time, 0 to 1"),
    Measure("party", "response_latency_s", "s",
            "median gap from the end of the other's turn to its reply; over 10 s and hold left out"),
    Measure("party", "longest_monologue_s", "s",
            "its longest stretch not broken by the other for more than a back-channel", grows=True),
    Measure("party", "level_dbov", "dBov", "ITU-T P.56 active speech level", source=_P56),
    Measure("party", "pitch_hz", "Hz",
            "median fundamental frequency over voiced frames; never to be compared between people"),
    Measure("party", "pitch_range_st", "semitones", "10th to 90th percentile of pitch, in semitones"),
    Measure("party", "voiced_share", "share", "voiced frames over speech frames, 0 to 1"),
    Measure("party", "sentiment_score", "-5..5",
            "speaking-time-weighted mean of its turns' sentiment times 5, -5 to 5, drawn to 0 where "
            "it says little; null under 3 turns or 5 s of speech",
            better="high", source=_TCA, columns=("agent_sentiment", "customer_sentiment")),
    Measure("party", "sentiment_q1", "-5..5",
            "the same for the first quarter of the conversation", source=_TCA),
    Measure("party", "sentiment_q2", "-5..5", "second quarter", source=_TCA),
    Measure("party", "sentiment_q3", "-5..5", "third quarter", source=_TCA),
    Measure("party", "sentiment_q4", "-5..5", "last quarter", source=_TCA),
    Measure("party", "sentiment_shift", "-5..5",
            "last quarter minus first quarter", columns=("customer_sentiment_shift",)),
)
# fmt: on
"""All of them, in the order in which documents and pages have them."""

COMPARED: Final[Mapping[str, str]] = {
    "customer_sentiment": "customer\n-5..5",
    "agent_sentiment": "",
    "agent_talk_share": "talks",
    "agent_pace_wpm": "wpm",
    "agent_interruptions": "inter-\nrupts",
    "agent_overtalk_share": "over-\ntalk",
    "agent_dead_air_share": "dead\nair",
    "non_talk_share": "silent",
    "hold_s": "hold\ns",
    "audio_duration_s": "",
}
"""Columns of ``calls`` by which people, teams and periods are compared, in the order of tables, with the
heading of each; without one it stands in ``--json`` and comparisons only."""


@dataclass(frozen=True, slots=True)
class CallColumn:
    """A column of ``calls`` that holds a measure.

    Parameters
    ----------
    name
        The column.
    metric
        The measure by its name in rules: ``hold_s``, ``agent.talk_share``.
    measure
        What is known of it.
    """

    name: str
    metric: str
    measure: Measure


def list_measures(level: Level) -> tuple[Measure, ...]:
    """The measures of turns, of parties or of calls."""
    return tuple(measure for measure in MEASURES if measure.level == level)


def voice_measures() -> tuple[Measure, ...]:
    """The measures that a turn's voice holds."""
    held = {field.name for field in fields(TurnVoice)}
    return tuple(measure for measure in list_measures("turn") if measure.name in held)


def heard_measures() -> tuple[Measure, ...]:
    """The measures of a turn that ``listen`` makes: those of its voice and of its words."""
    of_words = ("text_sentiment", "text_confidence")
    return (*voice_measures(), *(measure for measure in list_measures("turn") if measure.name in of_words))


def call_columns() -> tuple[CallColumn, ...]:
    """Every column of ``calls`` that holds a measure."""
    found = []
    for measure in MEASURES:
        for column in measure.columns:
            party = column.partition("_")[0]
            metric = f"{party}.{measure.name}" if measure.level == "party" else measure.name
            found.append(CallColumn(column, metric, measure))
    return tuple(found)


# --- the measures of a judged call, by name


@dataclass(frozen=True, slots=True)
class Metric:
    """A value, or None and why."""

    name: str
    value: float | None
    why_missing: str | None = None


def metric_names() -> tuple[str, ...]:
    """All names that ``metric:`` conditions and scorecards may use."""
    of_call = (measure.name for measure in list_measures("call"))
    prefixed = (f"{party}.{measure.name}" for party in PREFIXED for measure in list_measures("party"))
    return (*of_call, *prefixed)


def can_only_grow(metric: str) -> bool:
    """Whether a measure, by its name in rules, is at least what part of a call gives of it."""
    party, _, name = metric.rpartition(".")
    level = "party" if party else "call"
    return any(each.grows for each in MEASURES if (each.level, each.name) == (level, name))


def collect_metrics(reading: Reading) -> dict[str, Metric]:
    """Every measure of a reading by name; each name of :func:`metric_names` is a key."""
    found = _call_metrics(reading.flow)
    for party in PREFIXED:
        found.update(party_metrics(reading, party))
    return found


def party_metrics(reading: Reading, party: Party) -> dict[str, Metric]:
    """Every measure of one party by its prefixed name, also for ``unknown`` and ``ivr``."""
    flow = next((part for part in reading.flow.parties if part.party == party), None)
    feeling = next((part for part in reading.feeling.parties if part.party == party), None)
    why = dict(flow.reasons if flow else ()) | dict(feeling.reasons if feeling else ())
    absent = f"no speaker of this call is known to be the {party}"
    found = {}
    for measure in list_measures("party"):
        value = _party_value(flow, feeling, measure.name)
        reason = why.get(measure.name) or (absent if flow is None else None)
        found[f"{party}.{measure.name}"] = _metric(f"{party}.{measure.name}", value, reason)
    return found


def _call_metrics(flow: Flow) -> dict[str, Metric]:
    why = dict(flow.reasons)
    part = flow.partition
    values: dict[str, float | None] = {field.name: getattr(part, field.name) for field in fields(part)} | {
        "conversation_s": None if flow.conversation is None else flow.conversation.duration_s,
        "hold_in_talk_s": _hold_in_talk(flow),
        "non_talk_s": sum(span.duration_s for span in flow.non_talk),
        "non_talk_count": float(len(flow.non_talk)),
        "longest_silence_s": flow.longest_silence_s,
        "non_talk_share": flow.non_talk_share,
        "greeting_latency_s": flow.greeting_latency_s,
        "overlap_s": sum(overlap.span.duration_s for overlap in flow.overlaps),
        "overlap_count": float(len(flow.overlaps)),
        "interruption_count": float(sum(o.kind == "interruption" for o in flow.overlaps)),
    }
    names = (measure.name for measure in list_measures("call"))
    return {name: _metric(name, values[name], why.get(name)) for name in names}


def _hold_in_talk(flow: Flow) -> float | None:
    """Seconds of hold that cannot lie outside of the conversation; None without one."""
    if flow.conversation is None:
        return None
    outside_s = flow.partition.audio_duration_s - flow.conversation.duration_s
    return max(0.0, flow.partition.hold_s - outside_s)


def _party_value(flow: PartyFlow | None, feeling: PartyFeeling | None, name: str) -> float | None:
    if name.startswith("sentiment_"):
        if feeling is None:
            return None
        if name.startswith("sentiment_q"):
            return feeling.quarters[int(name[-1]) - 1]
        value = getattr(feeling, name)
    else:
        value = None if flow is None else getattr(flow, name)
    return None if value is None else float(value)


def _metric(name: str, value: float | None, why: str | None) -> Metric:
    if value is not None:
        return Metric(name, float(value))
    return Metric(name, None, why or "not measurable in this call")


# --- resolution: no more digits than a measure means, so that rows stay small

TIME_DIGITS = 3
WORD_DIGITS = 2
"""Decimals of a word's times and confidence: recognisers tell times in steps of 0.02 s."""
CONFIDENCE_DIGITS = 3


def to_resolution(heard: Conversation) -> Conversation:
    """The same conversation with every number of its turns and words rounded to its resolution.

    Turns to a millisecond, words to 0.01 s and 0.01 of confidence, measures as :data:`MEASURES` has them:
    finer than any of them can be measured. Done once, at the end of ``listen``, so that a call is judged from
    the same numbers fresh and from the store.

    Rounding keeps order, so whatever lay inside a turn still does. What is None stays None.
    """
    speech = heard.speech
    return replace(
        heard,
        speech=replace(
            speech,
            turns=tuple(_turn(turn) for turn in speech.turns),
            hold=tuple(_span(span) for span in speech.hold),
            ivr=tuple(_span(span) for span in speech.ivr),
        ),
        utterances=tuple(_utterance(said) for said in heard.utterances),
        voices=tuple(_voice(voice) for voice in heard.voices),
        sentiments=tuple(_sentiment(read) for read in heard.sentiments),
    )


def round_assessment(judged: Assessment) -> Assessment:
    """The same assessment with the numbers of its turns, overlaps and evidence rounded to their resolution.

    Done once, at the end of ``judge``; what is of the whole call stays as it was computed.
    """
    reading = judged.reading
    overlaps = tuple(replace(overlap, span=_span(overlap.span)) for overlap in reading.flow.overlaps)
    felt = tuple(_feeling(feeling) for feeling in reading.feeling.turns)
    return replace(
        judged,
        reading=replace(
            reading,
            flow=replace(reading.flow, overlaps=overlaps),
            feeling=replace(reading.feeling, turns=felt),
        ),
        results=tuple(replace(result, hits=_hits(result.hits)) for result in judged.results),
        scores=tuple(
            replace(
                score, answers=tuple(replace(answer, hits=_hits(answer.hits)) for answer in score.answers)
            )
            for score in judged.scores
        ),
    )


def _feeling(feeling: TurnFeeling) -> TurnFeeling:
    return replace(
        feeling,
        agitation=_round(feeling.agitation, _kept_digits("agitation")),
        sentiment=_round(feeling.sentiment, _kept_digits("sentiment")),
        voice_part=_round(feeling.voice_part, _kept_digits("voice_part")),
    )


def _hits(hits: Sequence[Hit]) -> tuple[Hit, ...]:
    return tuple(
        replace(hit, start_s=_round(hit.start_s, TIME_DIGITS), end_s=_round(hit.end_s, TIME_DIGITS))
        for hit in hits
    )


def _round(value: float | None, digits: int) -> float | None:
    # Adding 0 takes the sign off a zero, which whole numbers have none of.
    return None if value is None else round(float(value), digits) + 0.0


def _span(span: Span) -> Span:
    return Span(round(float(span.start_s), TIME_DIGITS), round(float(span.end_s), TIME_DIGITS))


def _turn(turn: Turn) -> Turn:
    speech = tuple(_span(span) for span in turn.speech)
    sure = round(float(turn.confidence), CONFIDENCE_DIGITS)
    return replace(turn, span=_span(turn.span), speech=speech, confidence=sure)


def _utterance(said: Utterance) -> Utterance:
    words = tuple(
        Word(
            word.text,
            round(float(word.start_s), WORD_DIGITS),
            round(float(word.end_s), WORD_DIGITS),
            round(float(word.confidence), WORD_DIGITS),
        )
        for word in said.words
    )
    return replace(said, words=words, confidence=_round(said.confidence, CONFIDENCE_DIGITS))


def _voice(voice: TurnVoice) -> TurnVoice:
    kept = {measure.name: measure.kept or 0 for measure in voice_measures()}
    return replace(voice, **{name: _round(getattr(voice, name), n) for name, n in kept.items()})  # type: ignore[arg-type]


def _sentiment(read: TextSentiment) -> TextSentiment:
    value, confidence = (_kept_digits(name) for name in ("text_sentiment", "text_confidence"))
    return replace(read, value=_round(read.value, value), confidence=_round(read.confidence, confidence))


def _kept_digits(name: str) -> int:
    return next(measure.kept or 0 for measure in list_measures("turn") if measure.name == name)
