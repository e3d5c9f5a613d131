"""What a speech engine is given, what it gives back, and the protocol it keeps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, Protocol, runtime_checkable

from speechcx.call import Recording, Span, Word
from speechcx.transcribe.windows import RecognitionWindow, overlapping

if TYPE_CHECKING:
    from speechcx.waveform import Sound

DropReason = Literal["outside_speech", "no_speech", "loop", "stock_phrase"]
"""Why recognised words were taken for invented; see ``speechcx.transcribe.hallucinations``."""


@dataclass(frozen=True, slots=True)
class Hints:
    """What is known before listening.

    Parameters
    ----------
    language
        ISO 639-1 code of what is expected: another language needs evidence.
    hotwords
        Words and names likely to be spoken.
    initial_prompt
        Text in the style and spelling wanted; empty for none.
    """

    language: str = "en"
    hotwords: tuple[str, ...] = ()
    initial_prompt: str = ""


@dataclass(frozen=True, slots=True)
class Dropped:
    """Words that were recognised, but not believed.

    Parameters
    ----------
    span
        When they were supposed to be spoken.
    words
        How many.
    reason
        Why they were not believed.
    confidence
        Their mean confidence, 0 to 1.
    """

    span: Span
    words: int
    reason: DropReason
    confidence: float


@dataclass(frozen=True, slots=True)
class LanguageStretch:
    """A stretch of time in which another language is spoken than in the rest of the channel."""

    span: Span
    language: str


@dataclass(frozen=True, slots=True)
class RecognisedChannel:
    """What an engine recognised in one channel.

    Parameters
    ----------
    words
        By start time, on the file's clock. Empty means that nothing was said.
    language
        ISO 639-1 code of what is spoken; ``und`` where speech is heard whose language could not be told.
    dropped
        What the engine's guard took out.
    stretches
        Where the speaker uses another language than `language`, by start time.
    """

    words: tuple[Word, ...]
    language: str
    dropped: tuple[Dropped, ...] = ()
    stretches: tuple[LanguageStretch, ...] = ()


class Recognizer(Protocol):
    """An engine that writes down the words of one channel.

    Runs in a worker, is loaded once for each process by the hashable settings, may use its threads,
    must not change its input and must not go to the network. An empty result means that nothing was
    said; an engine that cannot work raises.
    """

    @property
    def name(self) -> str:
        """The engine, and the model where it has one."""
        ...

    @property
    def digest(self) -> str:
        """Identity of the model's bytes; the same digest gives the same words from the same settings."""
        ...

    def recognize(
        self,
        samples: Sound,
        speech: tuple[Span, ...],
        *,
        hints: Hints,
        recording: Recording,
        channel: int,
    ) -> RecognisedChannel:
        """Write down what is said in one channel.

        Parameters
        ----------
        samples
            float32, shape ``(time,)``, -1..1, 16,000 Hz, from the first sample of the file. Floats are made
            for what is cut out of it; ``numpy.asarray(samples)`` makes those of the whole channel.
        speech
            Stretches of speech in it, in seconds, sorted and apart. Words elsewhere are not wanted.
        hints
            What is known before listening.
        recording, channel
            Which sound it is, for engines that look things up and do not listen.

        Raises
        ------
        CallError
            This recording cannot be recognised.
        ModelMissing, ModelBad
            The weights are not here or not right.
        """
        ...


@dataclass(frozen=True, slots=True)
class ChannelVoice:
    """A speaker, the channel it is heard in, and its stretches of speech, sorted and apart."""

    speaker: str
    channel: int
    speech: tuple[Span, ...]

    @property
    def speech_s(self) -> float:
        """Seconds of speech."""
        return sum(span.duration_s for span in self.speech)

    def within(self, window: RecognitionWindow) -> ChannelVoice:
        """The part of the voice that is heard in a window."""
        pieces = [piece.span for piece in window.pieces if piece.channel == self.channel]
        inside = [part for span in sorted(pieces) for part in overlapping(self.speech, span)]
        return replace(self, speech=tuple(inside))


@runtime_checkable
class DialogueRecognizer(Protocol):
    """What a recogniser may also do: hear all voices of a call together, in the order in which they spoke.

    An engine that can is asked once for each call in place of once for each channel.
    """

    def recognize_dialogue(
        self,
        sounds: Mapping[int, Sound],
        voices: Sequence[ChannelVoice],
        *,
        hints: Hints,
        recording: Recording,
    ) -> tuple[RecognisedChannel, ...]:
        """Write down what each voice says.

        Parameters
        ----------
        sounds
            Each channel with a voice in it, as for :meth:`Recognizer.recognize`.
        voices
            Who speaks when; voices of one channel may overlap.
        hints
            What is known before listening.
        recording
            Which call it is.

        Returns
        -------
        tuple of Heard
            Parallel to `voices`. Of voices in one channel a word may lie with either.
        """
        ...
