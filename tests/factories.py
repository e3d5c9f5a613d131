"""One line for a valid record of each noun: what a test does not name gets a sensible value.

``make_call(agent="ann")`` is a whole call of two channels; ``make_conversation(said=[...])`` takes
(speaker, start_s, words) lines and builds everything parallel to them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from speechcx.call import (
    Assessment,
    Call,
    Conversation,
    Details,
    Failure,
    Feeling,
    Flow,
    Hit,
    Origin,
    Overlap,
    Partition,
    Party,
    PartyFeeling,
    PartyFlow,
    Peaks,
    Provenance,
    QuestionAnswer,
    Reading,
    Recording,
    Role,
    RuleResult,
    ScoreResult,
    Span,
    SpeakerVoice,
    Speech,
    TextSentiment,
    Turn,
    TurnFeeling,
    TurnVoice,
    Utterance,
    Word,
    find_call_language,
)
from speechcx.errors import FAILURE_KINDS

Line = tuple[str, float, str]
"""A speaker, the start in seconds, and the words."""

SAID: tuple[Line, ...] = (
    ("ch0", 0.5, "Thank you for calling Northwind Bank, this call is recorded."),
    ("ch1", 5.0, "I want to cancel my account, it's ridiculous."),
    ("ch0", 9.0, "I am sorry to hear that, let me help you."),
    ("ch1", 13.0, "Okay thank you."),
)
WORD_S = 0.3
"""Every made word lasts this long."""


def make_details(**given: Any) -> Details:
    """Details with agent, customer and time; any field by name."""
    usual: dict[str, Any] = {
        "agent": "ann",
        "customer": "c-17",
        "started_at": datetime(2025, 3, 4, 9, 30, tzinfo=UTC),
        "zone": "UTC",
        "direction": "inbound",
        "queue": "billing",
    }
    return Details(**(usual | given))


def make_recording(name: str | int = "call", *, path: str | None = None, **details: Any) -> Recording:
    """A recording whose bytes are told apart by `name`; other fields go to its details."""
    sha256 = hashlib.sha256(str(name).encode()).hexdigest()
    place = path or f"/recordings/{name}.wav"
    return Recording(sha256[:16], place, sha256, 960_044, make_details(**details))


def make_turn(no: int, speaker: str, start_s: float, end_s: float) -> Turn:
    """A turn without pauses, in the channel its speaker is named for."""
    channel = int(speaker[2:]) if speaker.startswith("ch") else 0
    span = Span(start_s, end_s)
    return Turn(no, speaker, channel, span, (span,))


def make_utterance(no: int, text: str, start_s: float = 0.0) -> Utterance:
    """`text` with word times :data:`WORD_S` apart."""
    words = tuple(
        Word(word, round(start_s + i * WORD_S, 3), round(start_s + (i + 1) * WORD_S, 3), 0.9)
        for i, word in enumerate(text.split())
    )
    return Utterance(no, text, words, "en", 0.9 if words else None)


def make_conversation(
    said: Sequence[Line] = SAID, *, recording: Recording | None = None, duration_s: float = 60.0
) -> Conversation:
    """A conversation of `said` lines, everything parallel to them."""
    turns, utterances, voices, sentiments = [], [], [], []
    for no, (speaker, start_s, text) in enumerate(said):
        utterance = make_utterance(no, text, start_s)
        end_s = round(start_s + max(1, len(utterance.words)) * WORD_S, 3)
        turns.append(make_turn(no, speaker, start_s, end_s))
        utterances.append(utterance)
        voices.append(TurnVoice(no, -26.0, 1.0, 140.0, 0.5, 4.0, 0.1, 0.6, 160.0, 180.0, 0.05))
        sentiments.append(TextSentiment(no, -0.2, "neutral", 0.7))
    speakers = tuple(sorted({line[0] for line in said} | {"ch0", "ch1"}))
    return Conversation(
        recording=recording or make_recording(),
        origin=Origin("wav", "pcm_mulaw", 2, 8000, duration_s, duration_s, length_verified=True),
        peaks=Peaks(10.0, tuple(bytes(range(0, 200, 20)) for _ in speakers)),
        speech=Speech("channels", speakers, tuple(turns)),
        utterances=tuple(utterances),
        voices=tuple(voices),
        speaker_voices=tuple(SpeakerVoice(name, -26.0, -60.0, 140.0, 6.0, 0.6, 0.0) for name in speakers),
        sentiments=tuple(sentiments),
        provenance=Provenance("0.1.0", (("transcribe", "replay"),), "0" * 16, (("audio", 0.1),)),
    )


def make_party_flow(party: Party = "agent", **given: Any) -> PartyFlow:
    """One party's flow; any field by name."""
    usual: dict[str, Any] = {
        "party": party, "talk_s": 20.0, "talk_share": 0.5, "turns": 2, "words": 18, "interruptions": 0,
        "pace_wpm": 150.0, "articulation_wpm": 170.0, "pauses_per_min": 3.0, "pause_median_s": 0.4,
        "pause_p90_s": 0.6, "pause_share": 0.1, "response_latency_s": 0.8, "longest_monologue_s": 6.0,
        "dead_air_share": 0.05,
        "level_dbov": -26.0, "pitch_hz": 140.0, "pitch_range_st": 6.0, "voiced_share": 0.6,
    }  # fmt: skip
    return PartyFlow(**(usual | given))


def make_party_feeling(party: Party = "customer", **given: Any) -> PartyFeeling:
    """One party's feeling; any field by name."""
    usual: dict[str, Any] = {
        "party": party, "sentiment_score": -1.0, "quarters": (-2.0, -1.0, None, 0.0),
        "sentiment_shift": 2.0, "end_state": "neutral", "most_negative": 1, "most_positive": 3,
        "reasons": (("sentiment_q3", "no speech in this quarter"),),
    }  # fmt: skip
    return PartyFeeling(**(usual | given))


def make_flow(*parties: PartyFlow, duration_s: float = 60.0) -> Flow:
    """A flow of two trusted parties with one silence and one interruption."""
    spoken = duration_s / 2
    partition = Partition(duration_s, spoken, 0.0, 0.0, duration_s - spoken, spoken / 2, spoken / 2, 0.0)
    return Flow(
        partition=partition,
        conversation=Span(0.5, 14.0),
        non_talk=(Span(15.0, 20.0),),
        longest_silence_s=5.0,
        non_talk_share=0.3,
        overlaps=(Overlap(Span(9.0, 9.6), "agent", "ch0", "interruption"),),
        greeting_latency_s=0.0,
        parties=parties or (make_party_flow("agent"), make_party_flow("customer")),
        reasons=(),
    )


def make_reading(conversation: Conversation | None = None, **given: Any) -> Reading:
    """Roles ch0 = agent, ch1 = customer; ``flow=``, ``roles=`` and ``feeling=`` replace parts."""
    heard = conversation or make_conversation()
    parties: dict[str, Party] = {"ch0": "agent", "ch1": "customer"}
    roles = tuple(
        Role(name, parties.get(name, "unknown"), 0.95, "config", "named in the settings")
        for name in heard.speech.speakers
    )
    turns = tuple(TurnFeeling(turn.no, 0.2, -0.2, "neutral", 0.0) for turn in heard.speech.turns)
    usual: dict[str, Any] = {
        "roles": roles,
        "flow": make_flow(duration_s=heard.origin.duration_s),
        "feeling": Feeling(turns, (make_party_feeling("agent"), make_party_feeling("customer"))),
        "language": find_call_language(heard),
    }
    return Reading(**(usual | given))


def make_hit(rule: str = "cancel-intent", turn_no: int | None = 1, **given: Any) -> Hit:
    """A hit in the customer's first turn."""
    usual: dict[str, Any] = {
        "result": "present", "party": "customer", "start_s": 5.6, "end_s": 6.8,
        "quote": "cancel my account", "why": "'cancel*' near 'account'",
    }  # fmt: skip
    return Hit(rule=rule, turn_no=turn_no, **(usual | given))


def make_result(rule: str = "cancel-intent", **given: Any) -> RuleResult:
    """A flagged risk with one hit."""
    usual: dict[str, Any] = {
        "title": "Customer wants to cancel", "kind": "risk", "severity": "major", "value": "present",
        "expect": None, "flagged": True, "why": "a risk was found", "hits": (make_hit(rule),),
    }  # fmt: skip
    return RuleResult(rule=rule, **(usual | given))


def make_answer(question: str = "greeted", **given: Any) -> QuestionAnswer:
    """A question answered yes by a rule."""
    usual: dict[str, Any] = {
        "section": "Opening", "text": "Did the agent greet?", "answer": "yes", "points": 15.0,
        "out_of": 15.0, "critical": None, "auto_fail": False, "rule": "greeting", "why": "heard",
        "hits": (),
    }  # fmt: skip
    return QuestionAnswer(question=question, **(usual | given))


def make_score(score: float | None = 80.0, **given: Any) -> ScoreResult:
    """A filled scorecard."""
    usual: dict[str, Any] = {
        "scorecard": "service-quality", "title": "Service quality", "answered_share": 1.0,
        "auto_failed": False, "critical_errors": (), "answers": (make_answer(),),
        "why": "" if score is not None else "no question could be answered",
    }  # fmt: skip
    return ScoreResult(score=score, **(usual | given))


def make_assessment(conversation: Conversation | None = None, **given: Any) -> Assessment:
    """An assessment with one flagged rule and one score."""
    digest = hashlib.sha256(str(given.get("version", "1")).encode()).hexdigest()
    usual: dict[str, Any] = {
        "rulebook": "northwind-bank", "version": "1", "digest": digest,
        "reading": given.get("reading") or make_reading(conversation), "results": (make_result(),),
        "scores": (make_score(),),
    }  # fmt: skip
    return Assessment(**(usual | given))


def make_call(name: str | int = "call", *, assessment: Assessment | None = None, **details: Any) -> Call:
    """A whole call; `name` tells it apart, other fields go to its details."""
    heard = make_conversation(recording=make_recording(name, **details))
    return Call(heard, assessment or make_assessment(heard))


def make_failure(name: str | int = "bad", kind: str = "empty", **given: Any) -> Failure:
    """A failed call; ``recording=None`` for one whose bytes could not be read."""
    recording = make_recording(name)
    usual: dict[str, Any] = {
        "recording": recording, "path": recording.path, "stage": "audio",
        "message": "the file holds no audio", "cure": FAILURE_KINDS[kind].cure, "detail": "",
    }  # fmt: skip
    return Failure(kind=kind, **(usual | given))
