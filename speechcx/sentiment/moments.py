"""Feeling of a whole conversation, turn by turn and party by party, from what is stored."""

from __future__ import annotations

from collections.abc import Sequence

from speechcx.call import Conversation, Feeling, Party, Role, Span
from speechcx.sentiment.agitation import measure_agitation
from speechcx.sentiment.fusion import join_turn
from speechcx.sentiment.party import score_party
from speechcx.sentiment.settings import SentimentSettings


def join_feeling(conversation: Conversation, roles: Sequence[Role], settings: SentimentSettings) -> Feeling:
    """Join words and voice of every turn, and score every party that has a speaker in the call.

    Parameters
    ----------
    conversation
        As heard, fresh or from the store; no audio is touched.
    roles
        Which party each speaker is; a speaker without a role is ``unknown``.
    settings
        Thresholds and weights of the sentiment room.
    """
    turns = conversation.speech.turns
    voices = measure_agitation(turns, conversation.voices, conversation.speaker_voices)
    felt = tuple(
        join_turn(read, voice, settings) for read, voice in zip(conversation.sentiments, voices, strict=True)
    )
    party_of: dict[str, Party] = {role.speaker: role.party for role in roles}
    span = Span(turns[0].span.start_s, max(turn.span.end_s for turn in turns)) if turns else None
    parties = []
    for party in dict.fromkeys(party_of.get(speaker, "unknown") for speaker in conversation.speech.speakers):
        mine = [
            pair
            for pair in zip(turns, felt, strict=True)
            if party_of.get(pair[0].speaker, "unknown") == party
        ]
        parties.append(score_party(party, mine, span, settings))
    return Feeling(felt, tuple(parties))
