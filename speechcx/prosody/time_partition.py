"""The flow of the talk: how its time divides, who speaks over whom, who answers how fast.

Pure: it needs what is stored of a call, and the roles. A party's talk is the time of its turns, the
short pauses inside them included; what lies between turns is silence. See ``docs/metrics.md``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from statistics import median

from speechcx.call import (
    CHANNEL_LATE,
    PARTIES,
    TIMING_UNSURE,
    Conversation,
    Flow,
    Overlap,
    Partition,
    Party,
    PartyFlow,
    Role,
    Span,
    SpeakerVoice,
)
from speechcx.call.spans import Spans, clip, intersect, subtract, total_s, unite
from speechcx.prosody.interruptions import (
    EPSILON_S,
    FloorTurn,
    find_monologues,
    find_overlaps,
    find_replies,
    is_backchannel,
)
from speechcx.prosody.settings import ProsodySettings
from speechcx.prosody.tempo import find_pauses, speech_in, words_per_minute

_NO_OPENING = frozenset({"opening_missing", "starts_mid_speech"})
"""Flags of a recording whose beginning is not there."""

_UNTIMED = "the channels were recorded apart, and by how much they are late is not known well enough"
_APART = "the channels were recorded apart, and began at different times"

_DEAD_SHARE = 0.05
"""Where a channel is dead for more of the conversation, nothing is told that needs both parties all along."""

_BETWEEN_PARTIES = (
    "dead_air_share",
    "interruptions",
    "longest_monologue_s",
    "overtalk_share",
    "response_latency_s",
)
"""Measures of a party that depend on when the other one speaks."""

VOICE_FIELDS = ("level_dbov", "pitch_hz", "pitch_range_st", "voiced_share")


@dataclass(frozen=True, slots=True)
class Floor:
    """Who speaks when, over the whole call.

    Parameters
    ----------
    talk
        Turns of people in order of time.
    overlaps
        Where two of them speak at once.
    non_talk
        Silences of the length that counts, hold and machines left out.
    conversation
        From the first word to the last; None where nobody speaks.
    aside
        Hold, and where a channel is dead: what happens there is laid to nobody.
    why_dead
        Why measures that need both parties all along are not told; '' where they are.
    """

    talk: Sequence[FloorTurn]
    overlaps: Sequence[Overlap]
    non_talk: Spans
    conversation: Span | None
    aside: Spans
    why_dead: str


def measure_flow(conversation: Conversation, roles: Sequence[Role], settings: ProsodySettings) -> Flow:
    """How the talk flowed, for these roles.

    Parameters
    ----------
    conversation
        What was heard; its sound is not needed.
    roles
        The party of each speaker.
    settings
        Limits of the definitions, and the back-channels.

    Returns
    -------
    Flow
        What cannot be told is None, with the reason in ``reasons``.
    """
    speech, duration_s = conversation.speech, conversation.origin.duration_s
    party_of = {role.speaker: role.party for role in roles}
    said = _join_words(conversation, party_of, settings)
    talk = tuple(s for s in said if s.party != "ivr")
    machine = (*speech.ivr, *(s.span for s in said if s.party == "ivr"))
    is_timed = TIMING_UNSURE not in conversation.flags
    spoken = unite(s.span for s in talk)
    whole = Span(spoken[0].start_s, spoken[-1].end_s) if spoken else None
    dead = unite(each.span for each in speech.dead)
    why_dead = _why_dead(dead, whole)
    trusted = is_timed and bool(said) and not why_dead and all(s.party != "unknown" for s in said)
    silences = find_silences(spoken, whole, (*speech.hold, *machine, *dead)) if whole else ()
    non_talk = tuple(gap for gap in silences if gap.duration_s >= settings.non_talk_s - EPSILON_S)
    overlaps = find_overlaps(talk, settings) if is_timed else ()
    greeting_s, why_no_greeting = _greeting_latency(conversation, talk, (*speech.hold, *machine))
    reasons: dict[str, str] = {}
    if not trusted:
        why = why_dead or _why_untrusted(conversation, said)
        reasons |= dict.fromkeys(("agent_only_s", "customer_only_s", "both_s"), why)
    if whole is None:
        reasons |= dict.fromkeys(("longest_silence_s", "non_talk_share", "conversation_s"), "nobody speaks")
    if why_dead:
        reasons |= dict.fromkeys(("longest_silence_s", "non_talk_share"), why_dead)
    if greeting_s is None:
        reasons["greeting_latency_s"] = why_no_greeting
    floor = Floor(talk, overlaps, non_talk, whole, (*speech.hold, *dead), why_dead)
    flow = Flow(
        partition=_divide(duration_s, talk, speech.hold, machine, trusted=trusted),
        conversation=whole,
        non_talk=non_talk,
        longest_silence_s=max((g.duration_s for g in silences), default=0.0)
        if whole and not why_dead
        else None,
        non_talk_share=total_s(non_talk) / whole.duration_s if whole and not why_dead else None,
        overlaps=overlaps,
        greeting_latency_s=greeting_s,
        parties=_measure_parties(conversation, party_of, floor, settings),
        reasons=tuple(sorted(reasons.items())),
    )
    return flow if is_timed else _without_times_between(flow)


def _why_dead(dead: Spans, conversation: Span | None) -> str:
    """Why the conversation was not heard well enough to compare its parties; '' where it was."""
    lost_s = total_s(intersect(dead, [conversation])) if conversation else 0.0
    if conversation is None or lost_s <= _DEAD_SHARE * conversation.duration_s:
        return ""
    return f"a channel is dead for {lost_s:.0f} s of the conversation"


def _without_times_between(flow: Flow) -> Flow:
    """The flow of a call whose channels do not fit in time: nothing that lies between the parties can be told."""
    parties = tuple(
        replace(
            party, dead_air_share=None, interruptions=None, longest_monologue_s=None, overtalk_share=None,
            response_latency_s=None,
            reasons=tuple(sorted((dict(party.reasons) | dict.fromkeys(_BETWEEN_PARTIES, _UNTIMED)).items())),
        )
        for party in flow.parties
    )  # fmt: skip
    reasons = dict(flow.reasons) | dict.fromkeys(("longest_silence_s", "non_talk_share"), _UNTIMED)
    return replace(
        flow, parties=parties, non_talk=(), longest_silence_s=None, non_talk_share=None,
        reasons=tuple(sorted(reasons.items())),
    )  # fmt: skip


def _join_words(
    conversation: Conversation, party_of: dict[str, Party], settings: ProsodySettings
) -> tuple[FloorTurn, ...]:
    """Every turn with its party and words."""
    return tuple(
        FloorTurn(
            turn,
            party_of.get(turn.speaker, "unknown"),
            said.text,
            is_backchannel(said.text, settings.backchannels),
        )
        for turn, said in zip(conversation.speech.turns, conversation.utterances, strict=True)
    )


def _divide(
    duration_s: float, talk: Sequence[FloorTurn], hold: Spans, machine: Spans, *, trusted: bool
) -> Partition:
    return divide_time(
        duration_s,
        agent=_spans_of(talk, "agent") if trusted else None,
        customer=_spans_of(talk, "customer") if trusted else None,
        speech=unite(s.span for s in talk),
        hold=hold,
        ivr=machine,
    )


def _spans_of(said: Iterable[FloorTurn], party: Party) -> Spans:
    return unite(s.span for s in said if s.party == party)


def _why_untrusted(conversation: Conversation, said: Sequence[FloorTurn]) -> str:
    if not said:
        return "nobody speaks"
    if TIMING_UNSURE in conversation.flags:
        return _UNTIMED
    if conversation.speech.split == "unsplit":
        return "the speakers of this one channel are not told apart"
    return "the party of a speaker is not known"


def _greeting_latency(
    conversation: Conversation, talk: Sequence[FloorTurn], machine: Sequence[Span]
) -> tuple[float | None, str]:
    """Seconds from the start of the call leg to the agent's first word; None with why.

    The leg begins with the recording, or where the last ringing, menu, announcement or hold before the
    agent's first word ends.
    """
    first = next((s.turn for s in talk if s.party == "agent"), None)
    if first is None:
        return None, "no speaker of this call is known to be the agent"
    if {CHANNEL_LATE, TIMING_UNSURE}.intersection(conversation.flags):
        return None, _APART
    if _NO_OPENING.intersection(conversation.flags):
        return None, "the opening of the call was not recorded"
    words = conversation.utterances[first.no].words
    word_s = words[0].start_s if words else first.span.start_s
    dead = conversation.speech.dead
    if any(each.channel == first.channel and each.span.start_s < word_s for each in dead):
        return None, "the agent's channel is dead before their first word"
    start_s = max((span.end_s for span in machine if span.start_s < word_s), default=0.0)
    return max(0.0, word_s - start_s), ""


def _measure_parties(
    conversation: Conversation, party_of: dict[str, Party], floor: Floor, settings: ProsodySettings
) -> tuple[PartyFlow, ...]:
    speakers = conversation.speech.speakers
    found = []
    for party in PARTIES:
        names = tuple(name for name in speakers if party_of.get(name, "unknown") == party)
        if not names or party == "ivr":
            continue
        found.append(_measure_party(conversation, party, names, floor, settings))
    return tuple(found)


def _measure_party(
    conversation: Conversation,
    party: Party,
    speakers: tuple[str, ...],
    floor: Floor,
    settings: ProsodySettings,
) -> PartyFlow:
    talk, overlaps = floor.talk, floor.overlaps
    own = [s for s in talk if s.party == party]
    sums = {p: total_s(s.span for s in talk if s.party == p) for p in ("agent", "customer")}
    both = sums["agent"] + sums["customer"]
    reasons: dict[str, str] = {}
    values: dict[str, float | None] = {}
    values |= _measure_tempo(conversation, own, reasons, settings)
    values |= _measure_overtalk(conversation, party, floor, reasons)
    values |= _measure_dead_air(conversation, party, floor, reasons)
    values |= _measure_voice_of(conversation, speakers, reasons)
    known = party != "unknown"
    unknown = _why_untrusted(conversation, talk)
    others_known = all(s.party != "unknown" for s in talk)
    replies = find_replies(talk, floor.aside, latency_max_s=settings.latency_max_s)
    starts = {s.span.start_s for s in own}
    latencies = [gap.duration_s for gap in replies if gap.end_s in starts] if known else []
    stretches = find_monologues(talk, party, floor.aside, non_talk_s=settings.non_talk_s) if known else ()
    is_compared = known and others_known and both > 0 and not floor.why_dead
    talk_share = sums[party] / both if is_compared else None
    wanted: tuple[tuple[str, object, str], ...] = (
        ("talk_share", talk_share, floor.why_dead or (unknown if talk else "nobody speaks")),
        ("interruptions", known or None, unknown),
        ("response_latency_s", latencies or None, "no reply to the other party within the limit"),
        ("longest_monologue_s", stretches or None, "this party says nothing"),
    )
    reasons |= {name: why if known else unknown for name, value, why in wanted if value is None}
    return PartyFlow(
        party=party,
        talk_s=total_s(s.span for s in own),
        talk_share=talk_share,
        turns=len(own),
        words=sum(conversation.count_words(s.turn.no) for s in own),
        interruptions=sum(o.by == party and o.kind == "interruption" for o in overlaps) if known else None,
        response_latency_s=median(latencies) if latencies else None,
        longest_monologue_s=max(span.duration_s for span in stretches) if stretches else None,
        reasons=tuple(sorted(reasons.items())),
        **values,
    )


def _measure_tempo(
    conversation: Conversation, own: Sequence[FloorTurn], reasons: dict[str, str], settings: ProsodySettings
) -> dict[str, float | None]:
    """Pace and pauses of a party; writes into `reasons` why one is None."""
    turns = [s.turn for s in own]
    time_s = sum(turn.span.duration_s for turn in turns)
    words = sum(conversation.count_words(turn.no) for turn in turns)
    pauses = sorted(
        pause.duration_s for turn in turns for pause in find_pauses(turn, pause_s=settings.pause_s)
    )
    paused_s = sum(pauses)
    enough = speech_in(turns) >= settings.pace_min_s - EPSILON_S
    values = {
        "pace_wpm": words_per_minute(words, time_s) if enough else None,
        "articulation_wpm": words_per_minute(words, time_s - paused_s) if enough else None,
        "pauses_per_min": 60.0 * len(pauses) / time_s if time_s > 0 else None,
        "pause_median_s": median(pauses) if pauses else None,
        "pause_p90_s": _percentile(pauses, 0.9) if pauses else None,
        "pause_share": paused_s / time_s if time_s > 0 else None,
    }
    why_no_pace = (
        "no words recognised" if enough else f"under {settings.pace_min_s:g} s of own speech in the call"
    )
    for name, value in values.items():
        if value is None:
            silent = "this party says nothing"
            reasons[name] = (
                silent if not turns else why_no_pace if name.endswith("wpm") else "no pauses inside turns"
            )
    return values


def _measure_overtalk(
    conversation: Conversation, party: Party, floor: Floor, reasons: dict[str, str]
) -> dict[str, float | None]:
    """How much of its talk a party says over the other; writes into `reasons` why that is None.

    Each stretch is that of who came in second: an agent whom the customer talks down has nothing of it.
    """
    talk, overlaps = floor.talk, floor.overlaps
    talk_s = total_s(s.span for s in talk if s.party == party)
    over_s = total_s(o.span for o in overlaps if o.by == party and o.kind != "backchannel")
    if party == "unknown":
        why = _why_untrusted(conversation, talk)
    elif conversation.speech.split != "channels" or "partly_mixed" in conversation.speech.flags:
        why = "two people at once are not told apart in one channel"
    elif not talk_s:
        why = "this party says nothing"
    else:
        return {"overtalk_share": over_s / talk_s}
    reasons["overtalk_share"] = why
    return {"overtalk_share": None}


def _measure_dead_air(
    conversation: Conversation, party: Party, floor: Floor, reasons: dict[str, str]
) -> dict[str, float | None]:
    """How much of the conversation the other waits for a party in silence; writes into `reasons` why that is None.

    It counts for the party that did not answer, no matter who breaks the silence: a customer who asks "are you still
    there?" has waited for the agent. A back-channel is no answer. Silence that follows hold or a machine is nobody's.
    """
    talk, whole = floor.talk, floor.conversation
    if party == "unknown" or any(s.party == "unknown" for s in talk):
        why = _why_untrusted(conversation, talk)
    elif whole is None or len({s.party for s in talk}) < 2:
        why = "the other party says nothing"
    elif floor.why_dead:
        why = floor.why_dead
    else:
        waits = [gap for gap in floor.non_talk if _spoke_last(talk, gap) not in (None, party)]
        return {"dead_air_share": total_s(waits) / whole.duration_s}
    reasons["dead_air_share"] = why
    return {"dead_air_share": None}


def _spoke_last(talk: Sequence[FloorTurn], gap: Span) -> Party | None:
    """The party who spoke last before a silence, back-channels left out; None where hold or a machine came between."""
    before = [s for s in talk if s.span.end_s <= gap.start_s + EPSILON_S]
    if max((s.span.end_s for s in before), default=-1.0) < gap.start_s - EPSILON_S:
        return None
    said = [s for s in before if not s.backchannel]
    return max(said, key=lambda s: (s.span.end_s, s.span.start_s)).party if said else None


def _percentile(ordered: Sequence[float], share: float) -> float:
    """Percentile of sorted values, straight between neighbours."""
    at = share * (len(ordered) - 1)
    low = int(at)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (at - low) * (ordered[high] - ordered[low])


def _measure_voice_of(
    conversation: Conversation, speakers: tuple[str, ...], reasons: dict[str, str]
) -> dict[str, float | None]:
    """The voice of a party that is one speaker; several voices have no common level or pitch."""
    voices = [voice for voice in conversation.speaker_voices if voice.speaker in speakers]
    heard = [voice for voice in voices if voice.level_dbov is not None]
    if len(heard) > 1:
        reasons |= dict.fromkeys(VOICE_FIELDS, "several speakers have this party")
        return dict.fromkeys(VOICE_FIELDS)
    voice = heard[0] if heard else voices[0] if voices else SpeakerVoice(speakers[0])
    values = {name: getattr(voice, name) for name in VOICE_FIELDS}
    reasons |= {n: voice.why_missing or "not measured" for n, value in values.items() if value is None}
    return values


def divide_time(
    duration_s: float, *, agent: Spans | None, customer: Spans | None, speech: Spans, hold: Spans, ivr: Spans
) -> Partition:
    """The partition of a file's time.

    Where classes meet, the first of these wins: speech, hold, machine, silence. So speech over hold
    music counts as speech, and nothing counts twice.

    Parameters
    ----------
    duration_s
        Length of the file.
    agent, customer
        When each party speaks; None where the parties are not trusted.
    speech
        When anybody speaks.
    hold, ivr
        Hold and machine stretches.
    """
    spoken = unite(clip(speech, duration_s))
    held = subtract(clip(hold, duration_s), spoken)
    machine = subtract(subtract(clip(ivr, duration_s), spoken), held)
    speech_s, hold_s, ivr_s = total_s(spoken), total_s(held), total_s(machine)
    agent_only_s = customer_only_s = both_s = None
    if agent is not None and customer is not None:
        both_s = total_s(intersect(clip(agent, duration_s), clip(customer, duration_s)))
        agent_only_s = total_s(subtract(clip(agent, duration_s), customer))
        customer_only_s = total_s(subtract(clip(customer, duration_s), agent))
    silence_s = max(0.0, duration_s - speech_s - hold_s - ivr_s)
    return Partition(duration_s, speech_s, hold_s, ivr_s, silence_s, agent_only_s, customer_only_s, both_s)


def find_silences(speech: Sequence[Span], conversation: Span, not_silent: Iterable[Span]) -> Spans:
    """Stretches of any length inside `conversation` with no speech and nothing of `not_silent`."""
    return subtract([conversation], [*speech, *not_silent])
