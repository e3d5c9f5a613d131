"""What a speech engine is given, what it gives back, and the protocol it keeps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from speechcx.call import Recording, Span, Word

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DropReason = Literal["outside_speech", "no_speech", "loop", "stock_phrase"]
"""Why recognised words were taken for invented; see ``speechcx.transcribe.guard``."""


@dataclass(frozen=True, slots=True)
class Hints:
    """What is known before listening.

    Parameters
    ----------
    language
        ISO 639-1 code; None asks the engine to find out.
    hotwords
        Words and names likely to be spoken.
    initial_prompt
        Text in the style and spelling wanted; empty for none.
    """

    language: str | None = "en"
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
class Heard:
    """What an engine recognised in one channel.

    Parameters
    ----------
    words
        By start time, on the file's clock. Empty means that nothing was said.
    language
        ISO 639-1 code of the words.
    dropped
        What the engine's guard took out.
    """

    words: tuple[Word, ...]
    language: str
    dropped: tuple[Dropped, ...] = ()


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
        samples: NDArray[np.float32],
        speech: tuple[Span, ...],
        *,
        hints: Hints,
        recording: Recording,
        channel: int,
    ) -> Heard:
        """Write down what is said in one channel.

        Parameters
        ----------
        samples
            float32, shape ``(time,)``, -1..1, 16,000 Hz, from the first sample of the file.
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
