"""Every measure of a judged call by its name, as rules, scorecards and people ask for it.

Call-wide measures have plain names (``hold_s``, ``non_talk_share``); a party's are prefixed
(``agent.talk_share``, ``customer.sentiment_score``). Names are those of ``docs/metrics.md``.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

from speechcx.call.assessment import Flow, PartyFeeling, PartyFlow, Reading
from speechcx.call.recording import Party

CALL_METRICS = (
    "audio_duration_s", "speech_s", "hold_s", "ivr_s", "silence_s", "agent_only_s", "customer_only_s",
    "both_s", "conversation_s", "non_talk_s", "non_talk_count", "longest_silence_s", "non_talk_share",
    "greeting_latency_s", "overlap_s", "overlap_count", "interruption_count",
)  # fmt: skip
PARTY_METRICS = (
    "talk_s", "talk_share", "turns", "words", "interruptions", "pace_wpm", "articulation_wpm",
    "pauses_per_min", "pause_median_s", "pause_p90_s", "pause_share", "response_latency_s",
    "longest_monologue_s", "level_dbov", "pitch_hz", "pitch_range_st", "voiced_share",
    "sentiment_score", "sentiment_q1", "sentiment_q2", "sentiment_q3", "sentiment_q4", "sentiment_shift",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Metric:
    """A value, or None and why."""

    name: str
    value: float | None
    why_missing: str | None = None


def metric_names() -> tuple[str, ...]:
    """All names that ``metric:`` conditions and scorecards may use."""
    prefixed = tuple(f"{party}.{name}" for party in ("agent", "customer") for name in PARTY_METRICS)
    return CALL_METRICS + prefixed


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
