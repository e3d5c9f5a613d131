"""One call on the screen: who, when, how it flowed, every turn with its numbers, hits, scores and why."""

from __future__ import annotations

from collections.abc import Sequence

from speechcx.call import Answer, Call, Hit, Party, ScoreResult, Turn, Unheard, collect_metrics
from speechcx.cli.output import Column, clean, clock, format_cell, print_rows, print_text, start_text

_PARTY_COLUMNS = (
    Column("party", "party"),
    Column("talk_s", "talk s", digits=1),
    Column("talk_share", "share", share=True),
    Column("words", "words", digits=0),
    Column("pace_wpm", "wpm", digits=0),
    Column("interruptions", "interrupts", digits=0),
    Column("response_latency_s", "replies after s", digits=1),
    Column("level_dbov", "level dBov", digits=1),
    Column("pitch_hz", "pitch Hz", digits=0),
    Column("sentiment_score", "sentiment -5..5", digits=1),
    Column("sentiment_shift", "shift", digits=1),
)
_TURN_COLUMNS = (
    Column("time", "time"),
    Column("party", "party"),
    Column("text", "words"),
    Column("level_rel_db", "dB", digits=0),
    Column("pitch_rel_st", "st", digits=0),
    Column("pace_wpm", "wpm", digits=0),
    Column("text_sentiment", "words say", digits=2),
    Column("agitation", "agitation", digits=2),
    Column("voice_part", "voice added", digits=2),
    Column("sentiment", "together", digits=2),
    Column("label", "feeling"),
)
_RULE_COLUMNS = (
    Column("rule", "rule"),
    Column("result", "result"),
    Column("flag", "flag"),
    Column("time", "time"),
    Column("party", "party"),
    Column("quote", "words"),
    Column("why", "why"),
)


def print_call(call: Call, *, why: bool = False) -> None:
    """Print one call; with `why` also every answer of every scorecard with its evidence."""
    _print_head(call)
    _print_measures(call)
    _print_parties(call)
    _print_moments(call)
    _print_turns(call)
    _print_rules(call)
    for score in call.assessment.scores:
        _print_score(score, why=why)
    if why:
        _print_missing(call)


def _print_head(call: Call) -> None:
    heard = call.conversation
    details, origin = heard.recording.details, heard.origin
    when = start_text(details.started)
    print_text(f"Call {heard.recording.id}  {clean(heard.recording.path)}")
    people = f"agent {details.agent or 'unknown'}, customer {details.customer or 'unknown'}"
    more = ", ".join(part for part in (details.direction, details.queue) if part)
    print_text(f"{when}  {people}{', ' + more if more else ''}", indent=2)
    sound = f"{clock(origin.duration_s)}, {origin.channels} channel(s), {origin.codec} {origin.rate_hz} Hz"
    print_text(
        f"{sound}; speakers by {heard.speech.split}; flags: {', '.join(heard.flags) or 'none'}", indent=2
    )
    if heard.speech.unheard:
        print_text(f"Not heard: {_list_unheard(heard.speech.unheard)}", indent=2)
    for role in call.assessment.reading.roles:
        text = f"{role.speaker} is {role.party} ({role.confidence:.2f} by {role.how}) {role.why}"
        print_text(text, indent=2)


def _list_unheard(unheard: Sequence[Unheard]) -> str:
    """Seconds of each channel in which its speaker was not heard, by reason."""
    seconds: dict[tuple[int, str], float] = {}
    for each in unheard:
        key = (each.channel, each.why)
        seconds[key] = seconds.get(key, 0.0) + each.span.duration_s
    return ", ".join(
        f"{length_s:.1f} s of channel {channel} ({why})" for (channel, why), length_s in seconds.items()
    )


def _print_measures(call: Call) -> None:
    flow = call.assessment.reading.flow
    part = flow.partition
    shown = (
        ("agent only", part.agent_only_s), ("customer only", part.customer_only_s), ("both", part.both_s),
        ("speech", part.speech_s), ("hold", part.hold_s), ("silence", part.silence_s),
    )  # fmt: skip
    times = ", ".join(f"{name} {value:.1f} s" for name, value in shown if value is not None)
    print_text(f"Time: {times}", indent=2)
    gaps = ", ".join(f"{clock(span.start_s)} for {span.duration_s:.1f} s" for span in flow.non_talk)
    if gaps:
        print_text(f"Nobody speaks: {gaps}", indent=2)


def _print_parties(call: Call) -> None:
    reading = call.assessment.reading
    metrics = collect_metrics(reading)
    present: list[Party] = [flow.party for flow in reading.flow.parties]
    rows = []
    for party in dict.fromkeys(present):
        values = {key.partition(".")[2]: m.value for key, m in metrics.items() if key.startswith(f"{party}.")}
        flow = next(flow for flow in reading.flow.parties if flow.party == party)
        plain = {column.key: getattr(flow, column.key, None) for column in _PARTY_COLUMNS}
        rows.append({**plain, **values, "party": party})
    print_rows("parties", rows, _PARTY_COLUMNS)


def _print_moments(call: Call) -> None:
    """The strongest turns of each party and how it ended; a party without any says nothing."""
    turns, felt = call.conversation.speech.turns, call.assessment.reading.feeling.turns
    for party in call.assessment.reading.feeling.parties:
        parts = [f"ends {party.end_state}"] if party.end_state else []
        for name, no in (("lowest", party.most_negative), ("highest", party.most_positive)):
            value = None if no is None else felt[no].sentiment
            if no is not None and value is not None:
                said = clean(call.conversation.utterances[no].text)
                short = said if len(said) <= 60 else said[:57] + "..."
                parts.append(f'{name} {value:+.2f} at {clock(turns[no].span.start_s)} "{short}"')
        if parts:
            print_text(f"{party.party}: {', '.join(parts)}", indent=2)


def _print_turns(call: Call) -> None:
    print_rows("turns", [_turn_row(call, turn) for turn in call.conversation.speech.turns], _TURN_COLUMNS)


def _turn_row(call: Call, turn: Turn) -> dict[str, object]:
    heard, reading = call.conversation, call.assessment.reading
    voice, felt = heard.voices[turn.no], reading.feeling.turns[turn.no]
    return {
        "time": clock(turn.span.start_s),
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


def _print_rules(call: Call) -> None:
    rows = []
    for result in call.assessment.results:
        if result.kind == "hidden":
            # Stands for an applies_if of a scorecard; its answer shows there.
            continue
        base: dict[str, object] = {
            "rule": result.rule,
            "result": result.value.replace("_", " "),
            "flag": result.severity if result.flagged else None,
            "why": result.why,
        }
        # A nearest miss is no evidence: the reason names it, and the words stay empty.
        rows += [base | _hit_cells(hit) for hit in result.hits if not hit.is_nearest] or [base]
    print_rows("rules", rows, _RULE_COLUMNS, empty="No rules in this rulebook.")
    flagged = [f"{one.headline} ({one.severity})" for one in call.assessment.results if one.flagged]
    if flagged:
        print_text(f"Flagged: {', '.join(flagged)}", indent=2)


def _hit_cells(hit: Hit) -> dict[str, object]:
    return {"time": clock(hit.start_s), "party": hit.party, "quote": hit.quote, "why": hit.why}


def _print_score(score: ScoreResult, *, why: bool) -> None:
    value = "no score" if score.score is None else f"{score.score:.1f} of 100"
    notes = [f"{100 * score.answered_share:.0f} % of the weight answered"]
    notes += ["auto-fail"] if score.auto_failed else []
    notes += [f"critical: {', '.join(score.critical_errors)}"] if score.critical_errors else []
    notes += [score.why] if score.why else []
    print_text(f"{score.title or score.scorecard}: {value} ({'; '.join(notes)})")
    for answer in score.answers if why else ():
        _print_answer(answer)


def _print_answer(answer: Answer) -> None:
    points = Column("points", "points", digits=1)
    earned = f"{format_cell(answer.points, points)} of {format_cell(answer.out_of, points)}"
    print_text(f"{answer.section} / {answer.text}: {answer.answer}, {earned} points. {answer.why}", indent=2)
    for hit in answer.hits:
        said = f'{clock(hit.start_s)} {hit.party or ""} "{hit.quote}" ({hit.why})'
        print_text(said, indent=6)


def _print_missing(call: Call) -> None:
    missing = [m for m in collect_metrics(call.assessment.reading).values() if m.value is None]
    if missing:
        print_text("Not measured:")
    for metric in missing:
        print_text(f"{metric.name}: {metric.why_missing}", indent=2)
    made = call.conversation.provenance
    engines = ", ".join(f"{room}: {engine}" for room, engine in made.engines)
    judged = call.assessment
    print_text(f"Made with speechcx {made.speechcx}, {engines}, settings {made.settings_digest}")
    print_text(f"Judged by rulebook {judged.rulebook} version {judged.version}, {judged.digest}")
