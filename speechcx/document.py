"""One call as one JSON document: what ``analyze --json`` and ``show --json`` print.

The form is ``docs/call.schema.json``, ``schema_version`` 1. A value that could not be measured is
null, and ``missing`` beside it says why.
"""

from __future__ import annotations

from collections.abc import Mapping

from speechcx.call import (
    MARKS,
    Assessment,
    Call,
    CallLanguage,
    Conversation,
    Failure,
    Hit,
    Metric,
    Party,
    Role,
    RuleResult,
    ScoreResult,
    Span,
    Turn,
    collect_metrics,
    language_shares,
)
from speechcx.call.measures import list_measures, party_metrics, voice_measures
from speechcx.call.quality_flags import tell_flags

SCHEMA_VERSION = 1

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


def call_document(call: Call, *, with_hidden: bool = False) -> dict[str, Json]:
    """The whole of a judged call.

    Parameters
    ----------
    call
        Heard and judged, fresh from the pipeline or loaded from the store.
    with_hidden
        Also the results of rules that only stand for a condition of a scorecard's question.

    Returns
    -------
    dict
        Plain values only, ready for ``json.dumps``.
    """
    heard, judged = call.conversation, call.assessment
    reading = judged.reading
    metrics = collect_metrics(reading)
    results = [result for result in judged.results if with_hidden or result.kind != "hidden"]
    return {
        "schema_version": SCHEMA_VERSION,
        "call_id": heard.recording.id,
        "file": heard.recording.path,
        "audio_duration_s": _round(heard.origin.duration_s),
        "declared_duration_s": _round(heard.origin.declared_duration_s),
        "channels": heard.origin.channels,
        "split": heard.speech.split,
        "flags": list(heard.flags),
        "flag_reasons": {**tell_flags(heard.flags)},
        "details": _details(heard),
        "origin": _origin(heard),
        "language": _language(heard, reading.language),
        "roles": [_role(role) for role in reading.roles],
        "partition": _partition(call),
        "measures": {name: _round(m.value) for name, m in metrics.items() if "." not in name},
        "parties": _parties(call),
        "missing": {name: m.why_missing for name, m in metrics.items() if m.value is None},
        "turns": [_turn(call, turn) for turn in heard.speech.turns],
        "non_talk": [_span(span) for span in reading.flow.non_talk],
        "hold": [_span(span) for span in heard.speech.hold],
        "unheard": [
            {"channel": each.channel, "why": each.why, **_span(each.span)} for each in heard.speech.unheard
        ],
        "redacted": _redacted(heard),
        "overlaps": [{"by": o.by, "kind": o.kind, **_span(o.span)} for o in reading.flow.overlaps],
        "interruptions": [
            {"by": o.by, **_span(o.span)} for o in reading.flow.overlaps if o.kind == "interruption"
        ],
        "rules": [_result(result) for result in results],
        "hits": [_hit(hit) for result in results for hit in result.hits],
        "scores": [_score(score) for score in judged.scores],
        "provenance": _provenance(heard, judged),
    }


def _redacted(heard: Conversation) -> dict[str, Json]:
    return {
        "kinds": list(heard.redaction.kinds),
        "spans": [
            {"turn": each.turn_no, "kind": each.kind, "mark": MARKS[each.kind], **_span(each.span)}
            for each in heard.redaction.spans
        ],
    }


def _round(value: float | None, digits: int = 3) -> float | None:
    return None if value is None else round(value, digits)


def _span(span: Span) -> dict[str, Json]:
    return {"start_s": _round(span.start_s), "end_s": _round(span.end_s)}


def _role(role: Role) -> dict[str, Json]:
    return {
        "speaker": role.speaker,
        "party": role.party,
        "confidence": _round(role.confidence),
        "how": role.how,
        "why": role.why,
    }


def _language(heard: Conversation, language: CallLanguage) -> dict[str, Json]:
    return {
        "code": language.code,
        "share": _round(language.share),
        "is_set": language.is_set,
        "heard": {code: _round(share) for code, share in language_shares(heard)},
    }


def _details(heard: Conversation) -> dict[str, Json]:
    details = heard.recording.details
    return {
        "agent": details.agent,
        "customer": details.customer,
        "started_at": details.started,
        "zone": details.zone,
        "direction": details.direction,
        "queue": details.queue,
        "team": details.team,
        "center": details.center,
        "extras": dict(details.extras),
        "sources": dict(details.sources),
    }


def _origin(heard: Conversation) -> dict[str, Json]:
    origin = heard.origin
    return {
        "container": origin.container,
        "codec": origin.codec,
        "rate_hz": origin.rate_hz,
        "damaged_packets": origin.damaged_packets,
        "lost_s": _round(origin.lost_s),
        "length_verified": origin.length_verified,
        "gaps": [_span(gap) for gap in origin.gaps],
        "sha256": heard.recording.sha256,
        "size_bytes": heard.recording.size_bytes,
    }


def _partition(call: Call) -> dict[str, Json]:
    part = call.assessment.reading.flow.partition
    return {
        "agent_only_s": _round(part.agent_only_s),
        "customer_only_s": _round(part.customer_only_s),
        "both_s": _round(part.both_s),
        "speech_s": _round(part.speech_s),
        "hold_s": _round(part.hold_s),
        "ivr_s": _round(part.ivr_s),
        "silence_s": _round(part.silence_s),
    }


def _parties(call: Call) -> dict[str, Json]:
    reading = call.assessment.reading
    present: list[Party] = [flow.party for flow in reading.flow.parties]
    return {party: _party(call, party) for party in dict.fromkeys(present)}


def _party(call: Call, party: Party) -> dict[str, Json]:
    reading = call.assessment.reading
    metrics: Mapping[str, Metric] = party_metrics(reading, party)
    found: dict[str, Json] = {
        measure.name: _round(metrics[f"{party}.{measure.name}"].value, measure.digits)
        for measure in list_measures("party")
        if not measure.name.startswith("sentiment_q")
    }
    found["sentiment_quarters"] = [_round(metrics[f"{party}.sentiment_q{n}"].value) for n in (1, 2, 3, 4)]
    feeling = next((part for part in reading.feeling.parties if part.party == party), None)
    found["end_state"] = feeling.end_state if feeling else None
    found["most_negative_turn"] = feeling.most_negative if feeling else None
    found["most_positive_turn"] = feeling.most_positive if feeling else None
    found["speakers"] = [role.speaker for role in reading.roles if role.party == party]
    found["missing"] = {
        metric.name.partition(".")[2]: metric.why_missing
        for metric in metrics.values()
        if metric.value is None
    }
    return found


def _turn(call: Call, turn: Turn) -> dict[str, Json]:
    heard, reading = call.conversation, call.assessment.reading
    said, voice = heard.utterances[turn.no], heard.voices[turn.no]
    read, felt = heard.sentiments[turn.no], reading.feeling.turns[turn.no]
    reasons = (voice.why_missing, read.why_missing, felt.why_no_agitation, felt.why_missing)
    return {
        "no": turn.no,
        "party": reading.party_of(turn.speaker),
        "speaker": turn.speaker,
        "channel": turn.channel,
        "speaker_confidence": _round(turn.confidence),
        "start_s": _round(turn.span.start_s),
        "end_s": _round(turn.span.end_s),
        "text": said.text,
        "language": said.language,
        "confidence": _round(said.confidence),
        "words": [
            {
                "text": word.text,
                "start_s": _round(word.start_s),
                "end_s": _round(word.end_s),
                "confidence": _round(word.confidence),
            }
            for word in said.words
        ],
        **{
            measure.name: _round(getattr(voice, measure.name), measure.digits) for measure in voice_measures()
        },
        "text_sentiment": _round(read.value),
        "text_label": read.label,
        "text_confidence": _round(read.confidence),
        "agitation": _round(felt.agitation),
        "sentiment": _round(felt.sentiment),
        "sentiment_label": felt.label,
        "voice_part": _round(felt.voice_part),
        "missing": list(dict.fromkeys(reason for reason in reasons if reason)),
    }


def _hit(hit: Hit) -> dict[str, Json]:
    return {
        "rule": hit.rule,
        "result": hit.result,
        "party": hit.party,
        "turn_no": hit.turn_no,
        "start_s": _round(hit.start_s),
        "end_s": _round(hit.end_s),
        "quote": hit.quote,
        "why": hit.why,
    }


def _result(result: RuleResult) -> dict[str, Json]:
    return {
        "rule": result.rule,
        "title": result.title,
        "headline": result.headline,
        "kind": result.kind,
        "severity": result.severity,
        "result": result.value,
        "expect": result.expect,
        "flagged": result.flagged,
        "why": result.why,
    }


def _score(score: ScoreResult) -> dict[str, Json]:
    return {
        "scorecard": score.scorecard,
        "title": score.title,
        "score": _round(score.score, 2),
        "why": score.why,
        "answered_share": _round(score.answered_share),
        "auto_failed": score.auto_failed,
        "critical_errors": list(score.critical_errors),
        "answers": [
            {
                "question": answer.question,
                "section": answer.section,
                "text": answer.text,
                "answer": answer.answer,
                "points": _round(answer.points),
                "out_of": _round(answer.out_of),
                "critical": answer.critical,
                "auto_fail": answer.auto_fail,
                "rule": answer.rule,
                "why": answer.why,
                "hits": [_hit(hit) for hit in answer.hits],
            }
            for answer in score.answers
        ],
    }


def _provenance(heard: Conversation, judged: Assessment) -> dict[str, Json]:
    made = heard.provenance
    return {
        "speechcx": made.speechcx,
        "engines": dict(made.engines),
        "settings_digest": made.settings_digest,
        "stages_s": dict(made.stages),
        "rulebook": {"name": judged.rulebook, "version": judged.version, "digest": judged.digest},
    }


def failure_document(failure: Failure) -> dict[str, Json]:
    """A call that could not be analysed, in the place its document would have."""
    return {
        "schema_version": SCHEMA_VERSION,
        "failed": True,
        "call_id": failure.recording.id if failure.recording else None,
        "file": failure.path,
        "stage": failure.stage,
        "kind": failure.kind,
        "message": failure.message,
        "cure": failure.cure,
    }
