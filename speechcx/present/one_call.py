"""One call: who, when, how it flowed, every turn with its numbers, rule hits, scores and how they came about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from speechcx.call import (
    LANGUAGE_FIELDS,
    Call,
    Hit,
    Party,
    RuleResult,
    ScoreResult,
    Turn,
    Unheard,
    collect_metrics,
    language_name,
    language_shares,
)
from speechcx.call.quality_flags import tell_flags
from speechcx.document import call_document
from speechcx.present.story import list_rungs, tell_story
from speechcx.present.table import Answer, Column, Table, Text, make_table
from speechcx.present.units import clock, length, start_text
from speechcx.present.wording import result_text

_PARTY_COLUMNS = (
    Column("party", "party"),
    Column("talk_s", "talk s", digits=1),
    Column("talk_share", "share", kind="share"),
    Column("words", "words", digits=0),
    Column("pace_wpm", "wpm", digits=0),
    Column("interruptions", "interrupts", digits=0),
    Column("response_latency_s", "replies\nafter s", digits=1, rank=2),
    Column("level_dbov", "level\ndBov", digits=1, rank=3),
    Column("pitch_hz", "pitch\nHz", digits=0, rank=3),
    Column("sentiment_score", "sentiment\n-5..5", digits=1),
    Column("sentiment_shift", "shift", digits=1),
)
_TURN_COLUMNS = (
    Column("time", "time"),
    Column("party", "party"),
    Column("text", "words", is_read=True),
    Column("level_rel_db", "dB", digits=0),
    Column("pitch_rel_st", "st", digits=0),
    Column("pace_wpm", "wpm", digits=0),
    Column("text_sentiment", "words\nsay", digits=2, rank=3),
    Column("agitation", "agi-\ntation", digits=2, rank=3),
    Column("voice_part", "voice\nadded", digits=2, rank=3),
    Column("sentiment", "to-\ngether", digits=2),
    Column("label", "feeling", rank=2),
)
_READ_COLUMNS = tuple(column for column in _TURN_COLUMNS if column.key in ("time", "party", "text", "label"))
"""What a transcript shows where no numbers are asked for."""
_RULE_COLUMNS = (
    Column("rule", "rule"),
    Column("result", "result"),
    Column("flag", "flag"),
    Column("time", "time"),
    Column("party", "party"),
    Column("quote", "words"),
    Column("why", "why", is_read=True),
)


def present_call(call: Call, *, why: bool = False, numbers: bool = False) -> Answer:
    """One call as a story, then as a transcript.

    Parameters
    ----------
    call
        The call.
    why
        Also every rule and answer with the patterns that decided it, and what was not measured.
    numbers
        Also level, pitch, pace and feeling of each turn, and the measures of each party.
    """
    return Answer(lambda: call_document(call), tuple(_blocks(call, why=why, numbers=numbers)))


def _blocks(call: Call, *, why: bool, numbers: bool) -> Iterator[Table | Text]:
    yield from _head(call)
    yield Text("")
    yield from tell_story(call)
    yield Text("")
    transcript = make_transcript(call)
    yield transcript if numbers else transcript.keep(_READ_COLUMNS)
    if numbers:
        yield from _times(call)
        yield make_parties(call)
    if why:
        yield from _roles(call)
        yield make_rules(call)
        for score in call.assessment.scores:
            yield from _score(score)
        yield from _missing(call)


def _head(call: Call) -> Iterator[Text]:
    heard = call.conversation
    details, origin = heard.recording.details, heard.origin
    when, took = start_text(details.started), length(origin.duration_s)
    yield Text(f"Call {heard.recording.id}, {when}, {took} long")
    more = "".join(
        f", {part}" for part in (details.direction, details.queue and f"queue {details.queue}") if part
    )
    yield Text(f"Agent {details.agent or 'unknown'} with customer {details.customer or 'unknown'}{more}")
    yield Text(heard.recording.path)
    for flag, sentence in tell_flags(heard.flags).items():
        yield Text(f"Recording: {sentence} ({flag})")
    yield Text(f"Language: {_language_text(call)}")
    if heard.speech.unheard:
        yield Text(f"Not heard: {_list_unheard(heard.speech.unheard)}")
    for role in call.assessment.reading.roles:
        if role.party == "unknown":
            yield Text(f"Who {role.speaker} is cannot be told: {role.why}")


def _roles(call: Call) -> Iterator[Text]:
    """How the recording was read, and how each speaker got its party."""
    heard = call.conversation
    origin = heard.origin
    channels = "1 channel" if origin.channels == 1 else f"{origin.channels} channels"
    sound = f"{channels}, {origin.codec} {origin.rate_hz} Hz"
    yield Text(f"{sound}; speakers by {heard.speech.split}")
    for role in call.assessment.reading.roles:
        text = f"{role.speaker} is {role.party} ({role.confidence:.2f} by {role.how}) {role.why}"
        yield Text(text, indent=2)


def _language_text(call: Call) -> str:
    """The language of a call, what says so, and what else is spoken in it."""
    heard, language = call.conversation, call.assessment.reading.language
    if language.code is None:
        return "not known (no words)"
    shares = {code: f"{share:.0%}" for code, share in language_shares(heard)}
    others = ", ".join(f"{code} {share}" for code, share in shares.items() if code != language.code)
    own = (
        f"heard in {shares.get(language.code, '0%')} of the speech with words" if shares else "no words heard"
    )
    sources = dict(heard.recording.details.sources)
    where = next(
        (sources[name] for name in sources if name.casefold() in LANGUAGE_FIELDS), "a table or sidecar"
    )
    parts = [f"as {where} says", own] if language.is_set else [own]
    return f"{language_name(language.code)} ({'; '.join([*parts, others] if others else parts)})"


def _list_unheard(unheard: Sequence[Unheard]) -> str:
    """Seconds of each channel in which its speaker was not heard, by reason."""
    seconds: dict[tuple[int, str], float] = {}
    for each in unheard:
        key = (each.channel, each.why)
        seconds[key] = seconds.get(key, 0.0) + each.span.duration_s
    return ", ".join(
        f"{length_s:.1f} s of channel {channel} ({why})" for (channel, why), length_s in seconds.items()
    )


def _times(call: Call) -> Iterator[Text]:
    flow = call.assessment.reading.flow
    part = flow.partition
    shown = (
        ("agent only", part.agent_only_s), ("customer only", part.customer_only_s), ("both", part.both_s),
        ("speech", part.speech_s), ("hold", part.hold_s), ("silence", part.silence_s),
    )  # fmt: skip
    times = ", ".join(f"{name} {value:.1f} s" for name, value in shown if value is not None)
    yield Text(f"Time: {times}", indent=2)
    gaps = ", ".join(f"{clock(span.start_s)} for {span.duration_s:.1f} s" for span in flow.non_talk)
    if gaps:
        yield Text(f"Nobody speaks: {gaps}", indent=2)


def make_parties(call: Call) -> Table:
    """The measures of each party."""
    reading = call.assessment.reading
    metrics = collect_metrics(reading)
    present: list[Party] = [flow.party for flow in reading.flow.parties]
    rows = []
    for party in dict.fromkeys(present):
        values = {key.partition(".")[2]: m.value for key, m in metrics.items() if key.startswith(f"{party}.")}
        flow = next(flow for flow in reading.flow.parties if flow.party == party)
        plain = {column.key: getattr(flow, column.key, None) for column in _PARTY_COLUMNS}
        rows.append({**plain, **values, "party": party})
    return make_table("parties", _PARTY_COLUMNS, rows)


def make_transcript(call: Call) -> Table:
    """Every turn: when, by whom, the words, loudness, pitch, pace, and how words and voice feel."""
    rows = [_turn(call, turn) for turn in call.conversation.speech.turns]
    return make_table("turns", _TURN_COLUMNS, rows)


def _turn(call: Call, turn: Turn) -> dict[str, object]:
    heard, reading = call.conversation, call.assessment.reading
    voice, felt = heard.voices[turn.no], reading.feeling.turns[turn.no]
    return {
        "time": length(turn.span.start_s),
        "party": reading.party_of(turn.speaker),
        "text": heard.utterances[turn.no].text or "(no words)",
        "level_rel_db": voice.level_rel_db,
        "pitch_rel_st": voice.pitch_rel_st,
        "pace_wpm": voice.pace_wpm,
        "text_sentiment": heard.sentiments[turn.no].value,
        "agitation": felt.agitation,
        "voice_part": felt.voice_part,
        "sentiment": felt.sentiment,
        "label": felt.label,
    }


def make_rules(call: Call) -> Table:
    """What every rule found: a row for each piece of evidence, or one for a rule without any."""
    rows = []
    for result in call.assessment.results:
        if result.kind != "hidden":  # It stands for an applies_if of a scorecard; its answer shows there.
            rows += _result_rows(result)
    return make_table("rules", _RULE_COLUMNS, rows, empty="No rules in this rulebook.")


def _result_rows(result: RuleResult) -> list[dict[str, object]]:
    base: dict[str, object] = {
        "rule": result.rule,
        "result": result_text(result.value),
        "flag": result.severity if result.flagged else None,
        "why": result.why,
    }
    # A nearest miss is no evidence: the reason names it, and the words stay empty.
    return [base | _hit(hit) for hit in result.hits if not hit.is_nearest] or [base]


def _hit(hit: Hit) -> dict[str, object]:
    return {"time": clock(hit.start_s), "party": hit.party, "quote": hit.quote, "why": hit.why}


def _score(score: ScoreResult) -> Iterator[Text]:
    value = "no score" if score.score is None else f"{score.score:.1f} of 100"
    notes = [f"{100 * score.answered_share:.0f} % of the weight answered"]
    notes += ["auto-fail"] if score.auto_failed else []
    notes += [f"critical: {', '.join(score.critical_errors)}"] if score.critical_errors else []
    notes += [score.why] if score.why else []
    yield Text(f"{score.title or score.scorecard}: {value} ({'; '.join(notes)})")
    for rung in list_rungs(score):
        yield Text(f"{rung.section} / {rung.question}: {rung.answer} ({rung.points}). {rung.why}", indent=2)
        for evidence in rung.evidence:
            yield Text(evidence.text, indent=6)


def _missing(call: Call) -> Iterator[Text]:
    missing = [m for m in collect_metrics(call.assessment.reading).values() if m.value is None]
    if missing:
        yield Text("Not measured:")
    for metric in missing:
        yield Text(f"{metric.name}: {metric.why_missing}", indent=2)
    made = call.conversation.provenance
    engines = ", ".join(f"{room}: {engine}" for room, engine in made.engines)
    judged = call.assessment
    yield Text(f"Made with speechcx {made.speechcx}, {engines}, settings {made.settings_digest}")
    yield Text(f"Judged by rulebook {judged.rulebook} version {judged.version}, {judged.digest}")
