"""What is made of a made-up call: parties, flow, feeling, thirty rules and a scorecard of sixteen questions."""

from __future__ import annotations

import random

from archive.talk import Talk, sentences
from speechcx.call import (
    Assessment,
    Feeling,
    Flow,
    Hit,
    Overlap,
    Partition,
    Party,
    PartyFeeling,
    PartyFlow,
    QuestionAnswer,
    Reading,
    Role,
    RuleResult,
    RuleValue,
    ScoreResult,
    Span,
    TurnFeeling,
)
from speechcx.sentiment.settings import PolicySettings

PARTIES: tuple[Party, Party] = ("agent", "customer")
RULES = tuple(
    (f"{kind}-{topic}", kind, severity)
    for kind, severity in (
        ("compliance", "critical"),
        ("driver", "info"),
        ("behaviour", "minor"),
        ("risk", "major"),
    )
    for topic in ("opening", "identity", "fees", "cancel", "refund", "transfer", "promise", "closing")
)[:30]
DIGEST = "0123456789abcdef" * 4


def make_assessment(rng: random.Random, talk: Talk) -> Assessment:
    """An assessment that fits the talk in form, drawn at random in substance."""
    results = tuple(_result(rng, talk, *rule) for rule in RULES)
    return Assessment("archive", "1", DIGEST, _reading(rng, talk), results, (_score(rng, results),))


def _reading(rng: random.Random, talk: Talk) -> Reading:
    roles = tuple(
        Role(f"ch{i}", party, round(rng.uniform(0.75, 1), 2), "words", "greets in the company's name")
        for i, party in enumerate(PARTIES)
    )
    mood = rng.gauss(0, 0.3)
    felt = tuple(_turn_feeling(rng, talk, no, mood) for no in range(len(talk.turns)))
    feelings = tuple(_party_feeling(rng, party, len(felt), mood) for party in PARTIES)
    return Reading(roles, _flow(rng, talk), Feeling(felt, feelings))


def _turn_feeling(rng: random.Random, talk: Talk, no: int, mood: float) -> TurnFeeling:
    text = talk.read[no].value or 0.0
    # What an agent's voice tells is not inferred, as by the usual [policy].
    forbidden = PolicySettings().why_no_voice(PARTIES[talk.turns[no].channel])
    part = 0.0 if forbidden else round(rng.gauss(0, 0.05), 4)
    value = round(max(-1.0, min(1.0, text + part + mood / 3)), 4)
    label = "negative" if value <= -0.25 else "positive" if value >= 0.25 else "neutral"
    if forbidden or talk.voices[no].pitch_hz is None:
        return TurnFeeling(no, None, value, label, 0.0, forbidden or "too short")  # type: ignore[arg-type]
    return TurnFeeling(no, round(rng.betavariate(2, 6), 4), value, label, part)  # type: ignore[arg-type]


def _party_feeling(rng: random.Random, party: Party, turns: int, mood: float) -> PartyFeeling:
    if turns < 6:
        why = "under 3 turns"
        reasons = tuple((name, why) for name in ("sentiment_score", "sentiment_shift"))
        return PartyFeeling(party, None, (None, None, None, None), None, None, None, None, reasons)
    quarters = [round(max(-5.0, min(5.0, mood * 5 + rng.gauss(0, 1))), 3) for _ in range(4)]
    label = "negative" if quarters[3] <= -1.25 else "positive" if quarters[3] >= 1.25 else "neutral"
    return PartyFeeling(
        party, round(sum(quarters) / 4, 3), (quarters[0], quarters[1], quarters[2], quarters[3]),
        round(quarters[3] - quarters[0], 3), label, rng.randrange(turns), rng.randrange(turns),  # type: ignore[arg-type]
    )  # fmt: skip


def _flow(rng: random.Random, talk: Talk) -> Flow:
    own = [sum(turn.span.duration_s for turn in talk.turns if turn.channel == i) for i in (0, 1)]
    both = min(own) * rng.uniform(0, 0.06)
    hold = talk.duration_s * 0.1 * rng.random() if rng.random() < 0.2 else 0.0
    speech = own[0] + own[1] - both
    hold = min(hold, talk.duration_s - speech)
    partition = Partition(
        talk.duration_s,
        speech,
        hold,
        0.0,
        talk.duration_s - speech - hold,
        own[0] - both,
        own[1] - both,
        both,
    )
    edges = [(a.span.end_s, b.span.start_s) for a, b in zip(talk.turns, talk.turns[1:], strict=False)]
    silences = tuple(Span(end, start) for end, start in edges if start - end >= 3)
    span = Span(talk.turns[0].span.start_s, talk.turns[-1].span.end_s)
    share = sum(silence.duration_s for silence in silences) / max(span.duration_s, 1)
    kinds = ("interruption", "backchannel", "overlap", "overlap")
    overlaps = tuple(
        Overlap(
            Span(turn.span.start_s, round(turn.span.start_s + rng.uniform(0.1, 1), 3)), PARTIES[turn.channel],
            turn.speaker, rng.choice(kinds),  # type: ignore[arg-type]
        )
        for turn in talk.turns if rng.random() < 0.2
    )  # fmt: skip
    longest = max((silence.duration_s for silence in silences), default=1.1)
    parties = tuple(_party_flow(rng, talk, i, own, overlaps) for i in (0, 1))
    return Flow(partition, span, silences, longest, share, overlaps, rng.uniform(0, 3), parties)


def _party_flow(
    rng: random.Random, talk: Talk, channel: int, own: list[float], overlaps: tuple[Overlap, ...]
) -> PartyFlow:
    party = PARTIES[channel]
    mine = [turn.no for turn in talk.turns if turn.channel == channel]
    words = sum(len(talk.said[no].words) for no in mine)
    enough = own[channel] >= 10
    pace = words / own[channel] * 60 if enough else None
    return PartyFlow(
        party, own[channel], own[channel] / sum(own), len(mine), words,
        sum(o.kind == "interruption" and o.by == party for o in overlaps), pace,
        pace * rng.uniform(1.05, 1.2) if pace else None, rng.uniform(1, 8), rng.uniform(0.32, 0.5),
        rng.uniform(0.5, 1.2), rng.uniform(0, 0.2), rng.uniform(0.2, 1.5),
        max((turn.span.duration_s for turn in talk.turns if turn.channel == channel), default=0.0), rng.gauss(-26, 2),
        rng.gauss(190 if channel else 120, 15), abs(rng.gauss(6, 1)), rng.uniform(0.5, 0.7),
        () if enough else (("pace_wpm", "under 10 s of speech"), ("articulation_wpm", "under 10 s of speech")),
    )  # fmt: skip


def _result(rng: random.Random, talk: Talk, rule: str, kind: str, severity: str) -> RuleResult:
    expect: RuleValue | None = {"compliance": "present", "risk": "absent"}.get(kind)  # type: ignore[assignment]
    chance = rng.random()
    likely = 0.92 if kind == "compliance" else 0.12
    value: RuleValue = "cannot_tell" if chance > 0.98 else "present" if chance < likely else "absent"
    looked = f'said "({" | ".join(rng_words(rule))}) *5 ({" | ".join(rng_words(kind))})" ... by agent within first 60s'
    some = rng.randrange(1, 3) if value == "present" else rng.random() < 0.5
    hits = tuple(_hit(rng, talk, rule, value, looked) for _ in range(some))
    flagged = value != "cannot_tell" and expect is not None and value != expect
    why = (
        f"{looked}: not found"
        if value != "cannot_tell"
        else "100% of the words there are under the confidence floor"
    )
    if value == "present":
        why = f'the {hits[0].party} at {_clock(hits[0])} "{hits[0].quote}", {len(hits)} times'
    elif hits:
        why += f'; nearest: the {hits[0].party} at {_clock(hits[0])} "{hits[0].quote}"'
    return RuleResult(rule, f"{kind} on {rule}", kind, severity, value, expect, flagged, why, hits)


def rng_words(name: str) -> list[str]:
    """Words of a made-up pattern, the same for the same name."""
    return random.Random(name).choices([word for text in sentences()[:80] for word in text.split()], k=7)


def _clock(hit: Hit) -> str:
    minutes, seconds = divmod(int(hit.start_s or 0), 60)
    return f"{minutes}:{seconds:02d}"


def _hit(rng: random.Random, talk: Talk, rule: str, value: RuleValue, why: str) -> Hit:
    said = rng.choice(talk.said)
    turn = talk.turns[said.no]
    first = rng.randrange(len(said.words))
    words = said.words[first : first + rng.randrange(1, 6)]
    quote = " ".join(word.text for word in words)
    return Hit(rule, value, PARTIES[turn.channel], turn.no, words[0].start_s, words[-1].end_s, quote, why)


def _score(rng: random.Random, results: tuple[RuleResult, ...]) -> ScoreResult:
    answers = []
    for i, result in enumerate(results[:16]):
        good = result.value == ("absent" if result.kind == "risk" else "present")
        answer = (
            "cannot-tell" if result.value == "cannot_tell" else "yes" if good or rng.random() < 0.6 else "no"
        )
        critical = "compliance" if i == 0 else None
        points = 6.25 if answer == "yes" else 0.0
        counted = None if answer == "cannot-tell" else 6.25
        answers.append(
            QuestionAnswer(
                f"q{i}", f"Section {i // 4}", f"Was {result.rule} as it should be?", answer,  # type: ignore[arg-type]
                None if counted is None else points, counted, critical, False, result.rule, result.why, result.hits,
            )
        )  # fmt: skip
    out_of = sum(answer.out_of or 0 for answer in answers)
    errors = tuple(sorted({a.critical for a in answers if a.critical and a.answer == "no"}))
    score = None if not out_of else 100 * sum(answer.points or 0 for answer in answers) / out_of
    why = "" if score is not None else "no question could be answered"
    return ScoreResult(
        "service-quality", "Service quality", score, out_of / 100, False, errors, tuple(answers), why
    )
