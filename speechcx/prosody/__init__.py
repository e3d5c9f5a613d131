"""How it was said: voice of each turn and speaker from the sound, and the flow of talk from stored data.

``level`` is loudness, ``pitch`` the fundamental frequency, ``tempo`` pace and pauses, ``voice`` puts
them together in one pass over the sound; ``flow`` is time: the partition, overlaps, interruptions,
latencies, for the roles that ``judge`` gave.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from speechcx.prosody.settings import NOT_IN_DIGEST, ProsodySettings

if TYPE_CHECKING:
    from speechcx.call import Audio, Conversation, Flow, Role, SpeakerVoice, Speech, TurnVoice, Utterance

__all__ = ["NOT_IN_DIGEST", "ProsodySettings", "measure_flow", "measure_voice"]


def measure_voice(
    audio: Audio, speech: Speech, utterances: Sequence[Utterance], settings: ProsodySettings
) -> tuple[tuple[TurnVoice, ...], tuple[SpeakerVoice, ...]]:
    """Level, pitch, pace and pauses of every turn, and the voice of every speaker.

    Parameters
    ----------
    audio
        Decoded sound.
    speech
        Who speaks when in it.
    utterances
        The words, one for each turn.
    settings
        Methods and thresholds.

    Returns
    -------
    tuple
        Voices by turn, parallel to ``speech.turns``, and by speaker, in the order of
        ``speech.speakers``. What could not be measured is None, with the reason in ``why_missing``.
    """
    from speechcx.prosody.voice import measure_voices

    return measure_voices(audio, speech, utterances, settings)


def measure_flow(conversation: Conversation, roles: Sequence[Role], settings: ProsodySettings) -> Flow:
    """How the talk flowed; see :func:`speechcx.prosody.time_partition.measure_flow`."""
    from speechcx.prosody.time_partition import measure_flow as measure

    return measure(conversation, roles, settings)
