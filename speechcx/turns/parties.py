"""Which party each speaker is: by relabelling, sidecar or settings, else by what the words tell."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from math import exp

from speechcx.call import Conversation, Party, Role
from speechcx.turns.partly_mixed import MIXED_SPEAKER
from speechcx.turns.party_clues import (
    FIRST_INBOUND,
    FIRST_LATER,
    FIRST_OUTBOUND,
    FIRST_UNKNOWN,
    TRUST,
    Weighed,
    opens_call,
    weigh_questions,
    weigh_words,
)
from speechcx.turns.settings import TurnSettings

SURE = 0.99
"""Confidence in what a sidecar or the settings say; a person's relabelling has 1."""
CONTRADICTED = 0.7
"""What is left of it where the words tell the opposite with at least :data:`OPPOSITE`."""
OPPOSITE = 0.95
DIARIZED = 0.75
"""What clues count for where voices in one channel were told apart, times how sure that was: a turn given to the
wrong voice speaks for the wrong party."""
SHOWN_CLUES = 4


def name_parties(conversation: Conversation, settings: TurnSettings) -> tuple[Role, ...]:
    """Which party each speaker of a conversation is, from stored data alone.

    Parameters
    ----------
    conversation
        What was heard.
    settings
        ``channels``, ``party_confidence``, ``party_phrases``.

    Returns
    -------
    tuple of Role
        One for each of ``speech.speakers``. A party under ``party_confidence`` is ``unknown``, with the
        reason in ``why``; its confidence is what the evidence reached.
    """
    unclear = [name for name in conversation.speech.speakers if name == MIXED_SPEAKER]
    if unclear and not conversation.recording.details.is_relabelled:
        return _name_without(unclear[0], conversation, settings)
    speakers = conversation.speech.speakers
    given, how = _given_parties(conversation, settings)
    guessed = _guess(conversation, settings)
    if given is None:
        return tuple(_settle(guess, settings.party_confidence) for guess in guessed)
    if how == "relabel":
        return tuple(
            Role(name, party, 1.0, how, "relabelled by a person")
            for name, party in zip(speakers, given, strict=True)
        )
    where = "the sidecar" if how == "sidecar" else "the settings"
    contradicted = any(
        guess.confidence >= OPPOSITE and {guess.party, party} == {"agent", "customer"}
        for guess, party in zip(guessed, given, strict=True)
    )
    why = f"named in {where}"
    if contradicted:
        why += ", but the words tell the opposite: if the channels are swapped, relabel the call"
    return tuple(
        Role(name, party, CONTRADICTED if contradicted else SURE, how, why)
        for name, party in zip(speakers, given, strict=True)
    )


def _name_without(unclear: str, conversation: Conversation, settings: TurnSettings) -> tuple[Role, ...]:
    """Parties of a call in which one "speaker" may be anybody: by the others, and that one unknown."""
    speech = conversation.speech
    kept = [turn.no for turn in speech.turns if turn.speaker != unclear]
    others = replace(
        conversation,
        speech=replace(
            speech,
            speakers=tuple(name for name in speech.speakers if name != unclear),
            turns=tuple(replace(speech.turns[old], no=no) for no, old in enumerate(kept)),
        ),
        utterances=tuple(replace(conversation.utterances[old], no=no) for no, old in enumerate(kept)),
        voices=tuple(replace(conversation.voices[old], no=no) for no, old in enumerate(kept)),
        sentiments=tuple(replace(conversation.sentiments[old], no=no) for no, old in enumerate(kept)),
    )
    roles = name_parties(others, settings)
    why = "both channels hold the same mix there, and its voices are not told apart"
    found = {role.speaker: role for role in roles} | {unclear: Role(unclear, "unknown", 0.0, "none", why)}
    return tuple(found[name] for name in speech.speakers)


def _given_parties(
    conversation: Conversation, settings: TurnSettings
) -> tuple[tuple[Party, ...] | None, str]:
    """Parties by relabelling, sidecar or settings, one for each speaker, and by which; None without."""
    details, speech = conversation.recording.details, conversation.speech
    for parties, how in (
        (details.channels, "relabel" if details.is_relabelled else "sidecar"),
        (settings.channels, "config"),
    ):
        if parties is None or len(parties) != len(speech.speakers):
            continue
        if (
            how == "relabel"
            or speech.split == "channels"
            or (speech.split == "unsplit" and len(parties) == 1)
        ):
            return parties, how
    return None, "none"


def _guess(conversation: Conversation, settings: TurnSettings) -> tuple[Role, ...]:
    """The likelier party of each speaker by the words, however unsure."""
    speech = conversation.speech
    if speech.split == "unsplit":
        return tuple(
            Role(name, "unknown", 0.0, "none", "the speakers of this one channel are not told apart")
            for name in speech.speakers
        )
    said = [_turns_of(conversation, name) for name in speech.speakers]
    if not any(said):
        return tuple(Role(name, "unknown", 0.0, "none", "no words recognised") for name in speech.speakers)
    weighed = _weigh(conversation, said, settings)
    if len(said) == 2:
        apart = weighed[0].log_odds - weighed[1].log_odds + weigh_questions(said[0], said[1])
        odds = [apart, -apart]
    else:
        odds = [one.log_odds for one in weighed]
    odds = [odd * _sure_of_voices(conversation) for odd in odds]
    others = [tuple((f"not {name}", w) for name, w in one.clues) for one in weighed]
    return tuple(
        _role(name, odd, weighed[i], others[1 - i] if len(said) == 2 else ())
        for i, (name, odd) in enumerate(zip(speech.speakers, odds, strict=True))
    )


def _sure_of_voices(conversation: Conversation) -> float:
    """How far the words can be trusted to be their speaker's, 0 to 1; 1 with a channel for each."""
    turns = conversation.speech.turns
    time_s = sum(turn.span.duration_s for turn in turns)
    if conversation.speech.split != "diarized" or time_s <= 0:
        return 1.0
    sure = sum(turn.confidence * turn.span.duration_s for turn in turns) / time_s
    return DIARIZED * max(0.0, 2 * sure - 1)


def _turns_of(conversation: Conversation, speaker: str) -> list[str]:
    pairs = zip(conversation.speech.turns, conversation.utterances, strict=True)
    return [said.text for turn, said in pairs if turn.speaker == speaker and said.text.strip()]


def _weigh(
    conversation: Conversation, said: Sequence[Sequence[str]], settings: TurnSettings
) -> list[Weighed]:
    details, speech = conversation.recording.details, conversation.speech
    named = " ".join([details.agent or "", dict(details.extras).get("agent_name", "")])
    names = [part for part in re.findall(r"[a-z]+", named.lower()) if len(part) >= 3]
    direction = (details.direction or "").lower()
    outbound = True if direction.startswith("out") else False if direction.startswith("in") else None
    first, weight = _first_speaker(conversation, outbound=outbound)
    weighed = []
    for name, turns in zip(speech.speakers, said, strict=True):
        one = weigh_words(turns, names=names, phrases=settings.party_phrases, outbound=outbound)
        if name == first:
            one = Weighed(one.log_odds + weight, (*one.clues, ("speaks first", weight)))
        weighed.append(one)
    return weighed


def _first_speaker(conversation: Conversation, *, outbound: bool | None) -> tuple[str | None, float]:
    """Who says the first words, and what that tells."""
    turns = zip(conversation.speech.turns, conversation.utterances, strict=True)
    first = next(((turn.speaker, said.text) for turn, said in turns if said.text.strip()), None)
    if first is None:
        return None, 0.0
    weight = FIRST_UNKNOWN if outbound is None else FIRST_OUTBOUND if outbound else FIRST_INBOUND
    return first[0], weight * (1.0 if opens_call(first[1]) else FIRST_LATER)


def _role(speaker: str, log_odds: float, own: Weighed, other: tuple[tuple[str, float], ...]) -> Role:
    agent = 1 / (1 + exp(-TRUST * log_odds))
    party: Party = "agent" if agent >= 0.5 else "customer"
    sign = 1 if party == "agent" else -1
    helping = [name for name, weight in own.clues if weight * sign > 0]
    helping += [f"the other {name.removeprefix('not ')}" for name, weight in other if weight * sign < 0]
    why = "; ".join(helping[:SHOWN_CLUES]) or "nothing said tells the parties apart"
    return Role(speaker, party, round(max(agent, 1 - agent), 3), "words", why)


def _settle(guess: Role, threshold: float) -> Role:
    """The guess, or ``unknown`` where it is not sure enough."""
    if guess.party == "unknown" or guess.confidence >= threshold:
        return guess
    reached = f"{guess.confidence:.2f} of {threshold:.2f} for {guess.party}"
    why = f"the words are not clear enough ({reached}): {guess.why}"
    return Role(guess.speaker, "unknown", guess.confidence, guess.how, why)
