"""Who speaks when: Audio in, Speech out; and which party each speaker is, from stored data alone.

``vad`` hears one channel, ``spans`` finds where speech begins and ends in it, ``music`` takes out
what is no conversation, ``channels`` compares channels, ``assemble`` makes turns, ``parties`` names
the speakers, ``prompts`` takes machines out once there are words. A ``Diarizer`` tells voices in one channel apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from speechcx.turns.settings import NOT_IN_DIGEST, TurnSettings

if TYPE_CHECKING:
    from speechcx.call import Audio, Conversation, Role, Span, Speech, Utterance
    from speechcx.turns.assemble import UncutSpeech

__all__ = [
    "NOT_IN_DIGEST",
    "Diarizer",
    "TurnSettings",
    "align_channels",
    "find_turns",
    "mark_unheard",
    "name_parties",
    "set_prompts_apart",
]


class Diarizer(Protocol):
    """An engine that tells the voices in one channel apart.

    Runs in a worker, is loaded once for each process by the hashable settings, may use its threads,
    must not change its input.
    """

    name: str

    def split_voices(
        self, audio: Audio, channel: int, speech: tuple[Span, ...], settings: TurnSettings
    ) -> tuple[UncutSpeech, ...]:
        """Give each part of `speech` to a voice.

        Parameters
        ----------
        audio
            Decoded sound.
        channel
            The channel to listen to.
        speech
            Stretches of speech in it, sorted and apart.
        settings
            ``speakers`` says how many voices are expected.

        Returns
        -------
        tuple of Voice
            Speakers ``s0``, ``s1``, ... in order of first speech; a speaker may come more than once with
            different confidence. Where two speak at once, both voices hold that time. Empty means that
            the voices could not be told apart: the channel stays one unsplit speaker.
        """
        ...


def align_channels(audio: Audio, settings: TurnSettings) -> Audio:
    """Move a channel that is late against the other.

    Parameters
    ----------
    audio
        Decoded sound.
    settings
        Those of the search for speech.

    Returns
    -------
    Audio
        The same where nothing shows that its two channels do not fit. Else with the early channel later, its flag
        ``channel_late``, and the length that both together have; the flag ``timing_unsure`` says that times
        between the channels are not known to a tenth of a second, or not at all.

    Raises
    ------
    ModelMissing
        The speech detector is not installed.
    """
    from speechcx.turns.late_channel import align_channels as align

    return align(audio, settings)


def find_turns(audio: Audio, settings: TurnSettings) -> Speech:
    """Find who speaks when in one recording.

    Parameters
    ----------
    audio
        Decoded sound.
    settings
        Thresholds and engines.

    Returns
    -------
    Speech
        Turns by start time, hold and machine stretches, and the flags ``crosstalk``, ``dual_mono``,
        ``music`` and ``one_sided``. A silent recording has no turns.

    Raises
    ------
    ModelMissing
        The speech detector is not installed.
    """
    from speechcx.turns.find import hear_speakers

    return hear_speakers(audio, settings)


def set_prompts_apart(
    speech: Speech, utterances: Sequence[Utterance], settings: TurnSettings
) -> tuple[Speech, tuple[Utterance, ...]]:
    """Move what a machine says out of the turns; see :func:`speechcx.turns.prompts.set_prompts_apart`."""
    from speechcx.turns.prompts import set_prompts_apart as set_apart

    return set_apart(speech, utterances) if settings.find_prompts else (speech, tuple(utterances))


def mark_unheard(audio: Audio, speech: Speech, utterances: Sequence[Utterance]) -> Speech:
    """The speech with what was not recorded of it; see :func:`speechcx.turns.recorded.mark_unheard`."""
    from speechcx.turns.recorded import mark_unheard as mark

    return mark(audio, speech, utterances)


def name_parties(conversation: Conversation, settings: TurnSettings) -> tuple[Role, ...]:
    """Which party each speaker is; see :func:`speechcx.turns.parties.name_parties`."""
    from speechcx.turns.parties import name_parties as name

    return name(conversation, settings)
