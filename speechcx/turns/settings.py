"""The settings of the room that finds who speaks when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from speechcx.call import PARTIES, Party
from speechcx.ranges import Range, expect_ranges

NOT_IN_DIGEST = frozenset({"channels", "party_confidence", "party_phrases"})
"""Used only in ``judge``: changing them asks for no new listening."""


@dataclass(frozen=True, slots=True)
class TurnSettings:
    """How speech is found, cut into turns, and given to a party.

    Parameters
    ----------
    channels
        Party of each channel in order, if the recorder always writes them so: ``["agent", "customer"]``. A
        sidecar that names the channels of a call takes precedence. Unset: the words decide.
    party_confidence
        A speaker whose party is less certain than this stays ``unknown``.
    party_phrases
        Script phrases of your agents (``["northwind bank how may i direct your call"]``): each counts as much
        as a greeting.
    turn_gap_s
        Silence this long inside one party's speech ends the turn.
    speech_on, speech_off
        Speech probability (Silero) at which speech begins, and under which it ends.
    shortest_speech_s
        Shorter speech is dropped.
    shortest_gap_s
        Shorter gaps between stretches of speech are closed: they are plosives and hesitations.
    edge_reach_s
        How far an edge may be moved to where the sound itself begins or ends.
    edge_drop_db
        Speech ends where the level falls this far below the level of its stretch, or to the noise.
    noise_margin_db
        Sound less than this above the noise floor is noise.
    silent_dbov
        A channel is silent if its loudest hundredth is below this level.
    dual_mono_match
        Two channels are one (``dual_mono``) if this share of their sound, 0 to 1, is the same signal.
    crosstalk_match
        A stretch of speech is leakage (``crosstalk``) if at least this share of its sound, 0 to 1, is a
        filtered copy of the other, louder channel.
    crosstalk_drop_db
        Leakage is at least this much softer than its source.
    find_hold
        Find hold music, ringing and keypad tones in the audio, and keep them out of speech.
    find_prompts
        Move what a machine says (menus, queue announcements, voicemail) out of the turns into machine time.
        Machines are recognised by their words and position in the call; their words are not stored.
    shortest_music_s
        Shorter music does not count as hold.
    speakers
        Maximum number of speakers expected in a mono call, 1 to 6. A call with clearly fewer gets fewer.
    diarizer
        Engine that separates the voices of a mono call. Empty: one channel is one unsplit speaker. Calls with
        a channel for each party never use it.
    """

    channels: tuple[Party, ...] | None = None
    party_confidence: Annotated[float, Range(0, 1, is_over=True)] = 0.7
    party_phrases: tuple[str, ...] = ()
    turn_gap_s: Annotated[float, Range(0, 60)] = 0.8
    speech_on: Annotated[float, Range(0, 1, is_over=True)] = 0.25
    speech_off: Annotated[float, Range(0, 1, is_over=True)] = 0.15
    shortest_speech_s: Annotated[float, Range(0, 60)] = 0.1
    shortest_gap_s: Annotated[float, Range(0, 60)] = 0.2
    edge_reach_s: Annotated[float, Range(0, 10)] = 0.25
    edge_drop_db: Annotated[float, Range(0, 120)] = 34.0
    noise_margin_db: Annotated[float, Range(0, 120)] = 7.0
    silent_dbov: Annotated[float, Range(-200, 0)] = -62.0
    dual_mono_match: Annotated[float, Range(0, 1, is_over=True)] = 0.9
    crosstalk_match: Annotated[float, Range(0, 1, is_over=True)] = 0.6
    crosstalk_drop_db: Annotated[float, Range(0, 120)] = 6.0
    find_hold: bool = True
    find_prompts: bool = True
    shortest_music_s: Annotated[float, Range(0, 600)] = 3.0
    speakers: Annotated[int, Range(1, 6)] = 2
    diarizer: str = "campplus"

    def __post_init__(self) -> None:
        for party in self.channels or ():
            if party not in PARTIES:
                raise ValueError(f"channels must name {', '.join(PARTIES)}, got {party!r}")
        expect_ranges(self)
        if self.speech_off > self.speech_on:
            raise ValueError(f"speech_off must not be over speech_on {self.speech_on}, got {self.speech_off}")
