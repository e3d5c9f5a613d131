"""Every measure of a judged call by its name, as rules, scorecards and people ask for it.

Call-wide measures have plain names (``hold_s``, ``non_talk_share``); a party's are prefixed
(``agent.talk_share``, ``customer.sentiment_score``). Names are those of ``docs/metrics.md``.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

from speechcx.call.assessment import Flow, PartyFeeling, PartyFlow, Reading
from speechcx.call.recording import Party

CALL_METRICS: dict[str, str] = {
    "audio_duration_s": "decoded length of the recording",
    "speech_s": "time in which anybody speaks",
    "hold_s": "hold music or tone, found in the audio or given by metadata",
    "ivr_s": "machine prompts, only where known",
    "silence_s": "what is left: nobody speaks and nothing is on hold",
    "agent_only_s": "only the agent speaks; null where the parties are not trusted",
    "customer_only_s": "only the customer speaks; null where the parties are not trusted",
    "both_s": "both speak at once; null where the parties are not trusted",
    "conversation_s": "from the first start to the last end of speech",
    "non_talk_s": "sum of all non-talk instances",
    "non_talk_count": "stretches of 3 s and more (setting) inside the conversation in which nobody speaks",
    "longest_silence_s": "the longest stretch without speech inside the conversation, hold left out",
    "non_talk_share": "non-talk of the conversation span, 0 to 1",
    "greeting_latency_s": "from the start of the call leg to the agent's first word; the leg begins with the recording,"
    " or where the last ringing, menu or hold before that word ends",
    "overlap_s": "both parties at once, in stretches of 0.1 s and more",
    "overlap_count": "number of such stretches",
    "interruption_count": "interruptions by either party",
}
"""Measures of the whole call, with their meaning."""

PARTY_METRICS: dict[str, str] = {
    "talk_s": "the party's only-time plus the time both speak",
    "talk_share": "its talk over the sum of both parties' talk, 0 to 1",
    "turns": "number of its turns",
    "words": "number of its words",
    "interruptions": "times this party came in while the other spoke (0.5 s and more at once), the other stopped "
    "within 2 s, and it went on for 1 s and more with more than a back-channel",
    "pace_wpm": "words a minute of its own speaking time, pauses inside turns kept; null under 10 s of speech",
    "articulation_wpm": "the same without pauses over 0.3 s inside turns",
    "pauses_per_min": "pauses of 0.3 s and more inside its turns, a minute of turn time",
    "pause_median_s": "median length of these pauses",
    "pause_p90_s": "90th percentile of their length",
    "pause_share": "these pauses over turn time, 0 to 1",
    "response_latency_s": "median gap from the end of the other's turn to its reply; over 10 s and hold left out",
    "longest_monologue_s": "its longest stretch not broken by the other for more than a back-channel",
    "level_dbov": "ITU-T P.56 active speech level",
    "pitch_hz": "median fundamental frequency over voiced frames; never to be compared between people",
    "pitch_range_st": "10th to 90th percentile of pitch, in semitones",
    "voiced_share": "voiced frames over speech frames, 0 to 1",
    "sentiment_score": "speaking-time-weighted mean of its turns' sentiment times 5, -5 to 5, drawn to 0 where it "
    "says little; null under 3 turns or 5 s of speech",
    "sentiment_q1": "the same for the first quarter of the conversation",
    "sentiment_q2": "second quarter",
    "sentiment_q3": "third quarter",
    "sentiment_q4": "last quarter",
    "sentiment_shift": "last quarter minus first quarter",
}
"""Measures of one party, with their meaning; asked for as ``agent.NAME`` and ``customer.NAME``."""


@dataclass(frozen=True, slots=True)
class Metric:
    """A value, or None and why."""

    name: str
    value: float | None
    why_missing: str | None = None


def metric_names() -> tuple[str, ...]:
    """All names that ``metric:`` conditions and scorecards may use."""
    prefixed = (f"{party}.{name}" for party in ("agent", "customer") for name in PARTY_METRICS)
    return (*CALL_METRICS, *prefixed)


def collect_metrics(reading: Reading) -> dict[str, Metric]:
    """Every measure of a reading by name; each name of :func:`metric_names` is a key."""
    found = _call_metrics(reading.flow)
    for party in ("agent", "customer"):
        found.update(party_metrics(reading, party))
    return found


def party_metrics(reading: Reading, party: Party) -> dict[str, Metric]:
    """Every measure of one party by its prefixed name, also for ``unknown`` and ``ivr``."""
    flow = next((part for part in reading.flow.parties if part.party == party), None)
    feeling = next((part for part in reading.feeling.parties if part.party == party), None)
    why = dict(flow.reasons if flow else ()) | dict(feeling.reasons if feeling else ())
    absent = f"no speaker of this call is known to be the {party}"
    found = {}
    for name in PARTY_METRICS:
        value = _party_value(flow, feeling, name)
        reason = why.get(name) or (absent if flow is None else None)
        found[f"{party}.{name}"] = _metric(f"{party}.{name}", value, reason)
    return found


def _call_metrics(flow: Flow) -> dict[str, Metric]:
    why = dict(flow.reasons)
    part = flow.partition
    values: dict[str, float | None] = {field.name: getattr(part, field.name) for field in fields(part)} | {
        "conversation_s": None if flow.conversation is None else flow.conversation.duration_s,
        "non_talk_s": sum(span.duration_s for span in flow.non_talk),
        "non_talk_count": float(len(flow.non_talk)),
        "longest_silence_s": flow.longest_silence_s,
        "non_talk_share": flow.non_talk_share,
        "greeting_latency_s": flow.greeting_latency_s,
        "overlap_s": sum(overlap.span.duration_s for overlap in flow.overlaps),
        "overlap_count": float(len(flow.overlaps)),
        "interruption_count": float(sum(o.kind == "interruption" for o in flow.overlaps)),
    }
    return {name: _metric(name, values[name], why.get(name)) for name in CALL_METRICS}


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
