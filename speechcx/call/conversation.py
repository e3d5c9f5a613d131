"""What was heard: turns, words, voice, text sentiment, and the conversation they make up.

Everything here is made by ``listen`` and is about *speakers* (a channel, or a voice in a mono
file). Which party a speaker is gets decided in ``judge``, so that a relabelled call needs no audio.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from speechcx.call.recording import Origin, Peaks, Recording, Span
from speechcx.call.redaction import Redaction, split_words

Split = Literal["channels", "diarized", "unsplit"]
"""How speakers were told apart: by channel, by voice, or not at all."""

SentimentLabel = Literal["negative", "neutral", "positive", "mixed"]


@dataclass(frozen=True, slots=True)
class Turn:
    """One speaker's continuous speech.

    Parameters
    ----------
    no
        Position in the call, from 0, by start time.
    speaker
        ``ch0``, ``ch1``, ... for channels; ``s0``, ``s1``, ... for voices in one channel.
    channel
        The channel it was heard in.
    span
        From the first to the last speech of the turn.
    speech
        The stretches of speech inside `span`, sorted and apart; what lies between are pauses.
    confidence
        How sure the speaker is, 0 to 1; 1 for channels of their own.
    """

    no: int
    speaker: str
    channel: int
    span: Span
    speech: tuple[Span, ...]
    confidence: float = 1.0

    def __post_init__(self) -> None:
        if not self.speech:
            raise ValueError(f"turn {self.no} has no speech in it")
        if self.speech[0].start_s != self.span.start_s or self.speech[-1].end_s != self.span.end_s:
            raise ValueError(f"turn {self.no}: span {self.span} must run from first to last speech")


@dataclass(frozen=True, slots=True, order=True)
class Unheard:
    """A stretch of one channel in which its speaker was not heard.

    Parameters
    ----------
    channel, span
        Where.
    why
        The quality flag that tells the reason: ``channel_died`` where the channel holds no signal though it
        does elsewhere, so that what was said is not known; ``background_voice`` where somebody else speaks
        in the background; ``another_voice`` where a third voice speaks over the other party;
        ``mixed_channel`` where the channel only repeats what others hold.
    """

    channel: int
    span: Span
    why: str = "channel_died"


@dataclass(frozen=True, slots=True)
class Speech:
    """Who spoke when in one recording.

    Parameters
    ----------
    split
        How speakers were told apart.
    speakers
        Names of all speakers, sorted; a silent channel is one too.
    turns
        All turns by start time, numbered from 0.
    hold, ivr
        Stretches of hold music or tones, and of machine prompts.
    flags
        Sorted quality flags found here: ``dual_mono``, ``crosstalk``, ``one_sided``, ``music``, ...
    unheard
        Where a channel's speaker was not heard and why, by channel and time.
    """

    split: Split
    speakers: tuple[str, ...]
    turns: tuple[Turn, ...]
    hold: tuple[Span, ...] = ()
    ivr: tuple[Span, ...] = ()
    flags: tuple[str, ...] = ()
    unheard: tuple[Unheard, ...] = ()

    @property
    def dead(self) -> tuple[Unheard, ...]:
        """Where a channel holds no signal, so that its speaker may have said anything."""
        return tuple(each for each in self.unheard if each.why == "channel_died")

    def __post_init__(self) -> None:
        if [turn.no for turn in self.turns] != list(range(len(self.turns))):
            raise ValueError("turns must be numbered 0, 1, 2, ... in order")


@dataclass(frozen=True, slots=True)
class Word:
    """One recognised word with its time and confidence (0 to 1)."""

    text: str
    start_s: float
    end_s: float
    confidence: float


@dataclass(frozen=True, slots=True)
class Utterance:
    """The words of one turn; `no` is the turn's.

    Parameters
    ----------
    text
        The words as written by the recogniser, with its punctuation; empty where none were recognised.
    words
        Words in order; each lies inside its turn (to 0.5 s).
    language
        ISO 639-1 code of what is spoken; ``und`` where it could not be told.
    confidence
        Mean word confidence, None without words.
    """

    no: int
    text: str
    words: tuple[Word, ...]
    language: str
    confidence: float | None


@dataclass(frozen=True, slots=True)
class TurnVoice:
    """The voice in one turn; None where it could not be measured, with the reason in `why_missing`.

    ``level_rel_db`` and ``pitch_rel_st`` are against the speaker's own median in this call.
    Meanings are those of ``docs/metrics.md``.
    """

    no: int
    level_dbov: float | None = None
    level_rel_db: float | None = None
    pitch_hz: float | None = None
    pitch_rel_st: float | None = None
    pitch_range_st: float | None = None
    pitch_slope_st_s: float | None = None
    voiced_share: float | None = None
    pace_wpm: float | None = None
    articulation_wpm: float | None = None
    pause_share: float | None = None
    why_missing: str | None = None


@dataclass(frozen=True, slots=True)
class SpeakerVoice:
    """The voice of one speaker over the whole call; None where not measurable."""

    speaker: str
    level_dbov: float | None = None
    noise_dbov: float | None = None
    pitch_hz: float | None = None
    pitch_range_st: float | None = None
    voiced_share: float | None = None
    clipped_share: float | None = None
    flags: tuple[str, ...] = ()
    why_missing: str | None = None


@dataclass(frozen=True, slots=True)
class TextSentiment:
    """What a text model read in one turn's words.

    Parameters
    ----------
    no
        The turn's number.
    value
        P(positive) - P(negative), -1 to 1; None without words, with the reason.
    label
        ``mixed`` where the turn holds a strongly positive and a strongly negative sentence.
    confidence
        Probability of the label, 0 to 1.
    """

    no: int
    value: float | None
    label: SentimentLabel | None
    confidence: float | None
    why_missing: str | None = None


@dataclass(frozen=True, slots=True)
class Provenance:
    """With what a conversation was made.

    Parameters
    ----------
    speechcx
        Version of the package.
    engines
        (room, engine and model with its digest) pairs.
    settings_digest
        Digest of every setting that can change what ``listen`` returns.
    stages
        (stage, seconds it took) pairs; not part of equality with another run.
    """

    speechcx: str
    engines: tuple[tuple[str, str], ...]
    settings_digest: str
    stages: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Conversation:
    """All that ``listen`` found out about one recording.

    `utterances`, `voices` and `sentiments` are parallel to ``speech.turns``. `redaction` tells what was taken
    out of the words; its marks stand there instead.
    """

    recording: Recording
    origin: Origin
    peaks: Peaks
    speech: Speech
    utterances: tuple[Utterance, ...]
    voices: tuple[TurnVoice, ...]
    speaker_voices: tuple[SpeakerVoice, ...]
    sentiments: tuple[TextSentiment, ...]
    provenance: Provenance
    redaction: Redaction = field(default_factory=Redaction)

    def __post_init__(self) -> None:
        wanted = [turn.no for turn in self.speech.turns]
        for name in ("utterances", "voices", "sentiments"):
            got = [part.no for part in getattr(self, name)]
            if got != wanted:
                raise ValueError(f"{name} must be numbered like the turns {wanted}, got {got}")

    def count_words(self, no: int) -> int:
        """How many words were said in a turn, also those that were taken out; without times, those of its text."""
        said = self.utterances[no]
        taken = sum(each.words - 1 for each in self.redaction.spans if each.turn_no == no)
        return (len(said.words) or len(split_words(said.text))) + taken

    @property
    def flags(self) -> tuple[str, ...]:
        """All quality flags of the call, sorted."""
        found = {*self.origin.flags, *self.speech.flags}
        found.update(flag for voice in self.speaker_voices for flag in voice.flags)
        return tuple(sorted(found))
