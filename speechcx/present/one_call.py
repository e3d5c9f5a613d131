"""One call: who, when, how it flowed, every turn with its numbers, rule hits, scores and how they came about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

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
from speechcx.call import QuestionAnswer as Answered
from speechcx.document import call_document
from speechcx.present.table import Answer, Column, Table, Text, clean, make_table
from speechcx.present.units import clock, plain_number, start_text
from speechcx.present.wording import result_text

_PARTY_COLUMNS = (
    Column("party", "party"),
    Column("talk_s", "talk s", digits=1),
    Column("talk_share", "share", kind="share"),
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


@dataclass(frozen=True, slots=True)
class ResultEvidence:
    """What was said for a result: when, by whom, the words, and what in them counts."""

    start_s: float | None
    party: Party | None
    quote: str
    why: str

    @property
    def text(self) -> str:
        """On one line."""
        return f'{clock(self.start_s)} {self.party or ""} "{self.quote}" ({self.why})'


@dataclass(frozen=True, slots=True)
class Rung:
    """One question of a filled scorecard.

    Parameters
    ----------
    section, question, answer
        As the scorecard writes them, and what was answered.
    points
        Earned out of what could be earned, in words: ``4.0 of 5.0``; a dash where it does not count.
    why
        How the answer came about.
    evidence
        What was said for it.
    """

    section: str
    question: str
    answer: str
    points: str
    why: str
    evidence: tuple[ResultEvidence, ...]


@dataclass(frozen=True, slots=True)
class FlaggedRule:
    """Why a rule flags a call: its headline, how serious it is, what it found (in words), and the evidence."""

    rule: str
    headline: str
    severity: str
    result: str
    why: str
    evidence: tuple[ResultEvidence, ...]


def present_call(call: Call, *, why: bool = False) -> Answer:
    """One call; with `why` also every answer of every scorecard with its evidence, and what was not measured."""
    return Answer(lambda: call_document(call), tuple(_blocks(call, why=why)))


def list_rungs(score: ScoreResult) -> tuple[Rung, ...]:
    """The ladder of a score: its questions in order, with points and evidence."""
    return tuple(
        Rung(one.section, one.text, one.answer, _points(one), one.why, _evidence(one.hits))
        for one in score.answers
    )


def list_flagged(call: Call) -> tuple[FlaggedRule, ...]:
    """The rules that flag a call."""
    return tuple(
        FlaggedRule(
            one.rule,
            one.headline,
            one.severity,
            result_text(one.value),
            one.why,
            _evidence(hit for hit in one.hits if not hit.is_nearest),
        )
        for one in call.assessment.results
        if one.flagged
    )


def _evidence(hits: Iterable[Hit]) -> tuple[ResultEvidence, ...]:
    return tuple(ResultEvidence(hit.start_s, hit.party, hit.quote, hit.why) for hit in hits)


def _points(answer: Answered) -> str:
    earned, out_of = ("-" if one is None else plain_number(one, 1) for one in (answer.points, answer.out_of))
    return f"{earned} of {out_of}"


def _blocks(call: Call, *, why: bool) -> Iterator[Table | Text]:
    yield from _head(call)
    yield from _times(call)
    yield make_parties(call)
    yield from _moments(call)
    yield make_transcript(call)
    yield make_rules(call)
    flagged = [f"{one.headline} ({one.severity})" for one in list_flagged(call)]
    if flagged:
        yield Text(f"Flagged: {', '.join(flagged)}", indent=2)
    for score in call.assessment.scores:
        yield from _score(score, why=why)
    if why:
        yield from _missing(call)


def _head(call: Call) -> Iterator[Text]:
    heard = call.conversation
    details, origin = heard.recording.details, heard.origin
    when = start_text(details.started)
    yield Text(f"Call {heard.recording.id}  {heard.recording.path}")
    people = f"agent {details.agent or 'unknown'}, customer {details.customer or 'unknown'}"
    more = ", ".join(part for part in (details.direction, details.queue) if part)
    yield Text(f"{when}  {people}{', ' + more if more else ''}", indent=2)
    sound = f"{clock(origin.duration_s)}, {origin.channels} channel(s), {origin.codec} {origin.rate_hz} Hz"
    flags = ", ".join(heard.flags) or "none"
    yield Text(f"{sound}; speakers by {heard.speech.split}; flags: {flags}", indent=2)
    yield Text(f"Language: {_language_text(call)}", indent=2)
    if heard.speech.unheard:
        yield Text(f"Not heard: {_list_unheard(heard.speech.unheard)}", indent=2)
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


def _moments(call: Call) -> Iterator[Text]:
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
            yield Text(f"{party.party}: {', '.join(parts)}", indent=2)


def make_transcript(call: Call) -> Table:
    """Every turn: when, by whom, the words, loudness, pitch, pace, and how words and voice feel."""
    rows = [_turn(call, turn) for turn in call.conversation.speech.turns]
    return make_table("turns", _TURN_COLUMNS, rows)


def _turn(call: Call, turn: Turn) -> dict[str, object]:
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


def _score(score: ScoreResult, *, why: bool) -> Iterator[Text]:
    value = "no score" if score.score is None else f"{score.score:.1f} of 100"
    notes = [f"{100 * score.answered_share:.0f} % of the weight answered"]
    notes += ["auto-fail"] if score.auto_failed else []
    notes += [f"critical: {', '.join(score.critical_errors)}"] if score.critical_errors else []
    notes += [score.why] if score.why else []
    yield Text(f"{score.title or score.scorecard}: {value} ({'; '.join(notes)})")
    for rung in list_rungs(score) if why else ():
        yield Text(
            f"{rung.section} / {rung.question}: {rung.answer}, {rung.points} points. {rung.why}", indent=2
        )
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
