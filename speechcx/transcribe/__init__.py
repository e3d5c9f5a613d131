"""What is said: Audio and Speech in, one Utterance for each turn out.

Gives words with times on the file's clock and confidences. Listens only where a turn is, so hold
music and machine prompts have no words. Never goes to the network unless ``allow_hub`` says so. One
more engine is one module with a factory that takes the settings, and a line in
``speechcx/engines.py``; ``tests/contracts/test_recognizer.py`` then runs over it.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from speechcx.call import Span, Utterance
from speechcx.transcribe.placing import leave_out, place_words, write_utterance
from speechcx.transcribe.recognizer import Dropped, DropReason, Heard, Hints, Recognizer
from speechcx.transcribe.settings import NOT_IN_DIGEST, TranscribeSettings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from speechcx.call import Audio, Details, Recording, Speech, Turn, Word

__all__ = [
    "NOT_IN_DIGEST",
    "DropReason",
    "Dropped",
    "Heard",
    "Hints",
    "Recognizer",
    "TranscribeSettings",
    "load_recognizer",
    "transcribe",
]

logger = logging.getLogger(__name__)


@lru_cache(maxsize=2)
def load_recognizer(settings: TranscribeSettings) -> Recognizer:
    """The engine the settings name, loaded once for each process.

    Raises
    ------
    ConfigError
        No engine has that name.
    ModelMissing, ModelBad
        Its weights are not here or not right.
    """
    from speechcx.engines import find_factory

    recognizer: Recognizer = find_factory("recognizers", settings.engine)(settings)
    return recognizer


def transcribe(
    audio: Audio,
    speech: Speech,
    recording: Recording,
    recognizer: Recognizer,
    settings: TranscribeSettings,
) -> tuple[Utterance, ...]:
    """Write down what is said in each turn.

    Parameters
    ----------
    audio
        Decoded sound.
    speech
        Who speaks when.
    recording
        Which file it is; its details give hotwords, and ``replay`` looks beside it.
    recognizer
        From :func:`load_recognizer`.
    settings
        Language and hints.

    Returns
    -------
    tuple of Utterance
        Parallel to ``speech.turns``. Where no words were recognised the text is empty and the
        confidence None: speech without words is not made up.

    Raises
    ------
    CallError
        The engine cannot recognise this recording.
    """
    from speechcx.waveform import RECOGNITION_RATE_HZ, read_channel

    said: dict[int, Utterance] = {}
    language = None if settings.language == "auto" else settings.language
    hints = Hints(language, _hotwords(recording.details, settings), settings.initial_prompt)
    for channel, turns in _by_talk(speech):
        samples = read_channel(audio, channel, rate_hz=RECOGNITION_RATE_HZ)
        heard = recognizer.recognize(
            samples, _merge(turns), hints=hints, recording=recording, channel=channel
        )
        heard = _without_halves(heard)
        # Both sides of a call speak one language: the one heard where there is most to hear.
        hints = Hints(hints.language or heard.language, hints.hotwords, hints.initial_prompt)
        said_by_machine = leave_out(heard.words, (*speech.hold, *speech.ivr), turns)
        words = [word for word in heard.words if word not in said_by_machine]
        placed, astray = place_words(words, turns)
        _log_dropped(recording, channel, heard.dropped, (*said_by_machine, *astray))
        said.update({no: write_utterance(no, words, heard.language) for no, words in placed.items()})
    return tuple(said[turn.no] for turn in speech.turns)


def _without_halves(heard: Heard) -> Heard:
    """The same words without half characters (lone surrogates), which no file and no database can keep."""
    words = tuple(
        word if word.text.isascii() else replace(word, text=whole_characters(word.text))
        for word in heard.words
    )
    return replace(heard, words=words, language=whole_characters(heard.language))


def whole_characters(text: str) -> str:
    """`text` with each lone surrogate as U+FFFD; two that belong together become the character they mean."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _by_talk(speech: Speech) -> list[tuple[int, list[Turn]]]:
    """Channels with their turns, the one with most speech first."""
    channels: dict[int, list[Turn]] = {}
    for turn in speech.turns:
        channels.setdefault(turn.channel, []).append(turn)

    def talk_s(item: tuple[int, list[Turn]]) -> float:
        return sum(stretch.duration_s for turn in item[1] for stretch in turn.speech)

    return sorted(channels.items(), key=talk_s, reverse=True)


def _merge(turns: Sequence[Turn]) -> tuple[Span, ...]:
    """All speech of some turns, sorted and apart: in mono, two speakers may speak at once."""
    merged: list[Span] = []
    for stretch in sorted(stretch for turn in turns for stretch in turn.speech):
        if merged and stretch.start_s <= merged[-1].end_s:
            merged[-1] = Span(merged[-1].start_s, max(merged[-1].end_s, stretch.end_s))
        else:
            merged.append(stretch)
    return tuple(merged)


def _hotwords(details: Details, settings: TranscribeSettings) -> tuple[str, ...]:
    known = {
        **dict(details.extras),
        **{name: getattr(details, name) for name in ("agent", "customer", "queue")},
    }
    asked = (known.get(name) for name in settings.hotwords_from)
    return tuple(dict.fromkeys((*settings.hotwords, *(value for value in asked if value))))


def _log_dropped(
    recording: Recording, channel: int, dropped: Sequence[Dropped], astray: Sequence[Word]
) -> None:
    # Counts only: a log holds no word of a call.
    for each in dropped:
        logger.info(
            "call %s channel %d: %d invented words dropped at %.1f s (%s, confidence %.2f)",
            recording.id, channel, each.words, each.span.start_s, each.reason, each.confidence,
        )  # fmt: skip
    if astray:
        logger.info("call %s channel %d: %d words lie outside every turn", recording.id, channel, len(astray))
