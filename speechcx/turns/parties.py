"""Which party each speaker is."""

from __future__ import annotations

from speechcx.call import Conversation, Role
from speechcx.turns.settings import TurnSettings


def name_parties(conversation: Conversation, settings: TurnSettings) -> tuple[Role, ...]:
    """Name."""
    channels = conversation.recording.details.channels or settings.channels
    speakers = conversation.speech.speakers
    if channels and len(channels) == len(speakers):
        return tuple(Role(s, p, 1.0, "config", "") for s, p in zip(speakers, channels, strict=True))
    return tuple(Role(s, "unknown", 0.0, "none", "") for s in speakers)
