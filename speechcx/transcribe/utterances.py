"""An utterance for each turn: every channel heard once, its words put into the turns they belong to."""

from __future__ import annotations

import logging
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from speechcx.call import UNDETERMINED, Span, Utterance
from speechcx.call.spans import join_spans
from speechcx.transcribe.language_detection import SHORT_S
from speechcx.transcribe.recognizer import (
    ChannelVoice,
    DialogueRecognizer,
    Dropped,
    Hints,
    RecognisedChannel,
    Recognizer,
)
from speechcx.transcribe.settings import TranscribeSettings
from speechcx.transcribe.word_times import leave_out, place_words, write_utterance
from speechcx.waveform import RECOGNITION_RATE_HZ, ChannelSound

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from speechcx.call import Audio, Details, Recording, Speech, Turn, Word
    from speechcx.waveform import Sound

logger = logging.getLogger(__name__)

USUAL_LANGUAGE = "en"
"""Expected where the settings leave the language open."""


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
    said: dict[int, Utterance] = {}
    hints = Hints(
        expected_language(settings), _hotwords(recording.details, settings), settings.initial_prompt
    )
    # A recogniser hears the pauses between turns too.
    apart: dict[int, tuple[Span, ...]] = {
        channel: tuple(each.span for each in speech.unheard if each.channel == channel)
        for channel in sorted({turn.channel for turn in speech.turns})
    }
    sounds: dict[int, Sound] = {
        channel: ChannelSound(audio, channel, rate_hz=RECOGNITION_RATE_HZ, silent=silent)
        for channel, silent in apart.items()
    }
    parts = (
        _hear_dialogue(sounds, speech, recording, recognizer, hints)
        if isinstance(recognizer, DialogueRecognizer)
        else _hear_channels(sounds, speech, recording, recognizer, hints)
    )
    for channel, turns, heard in parts:
        heard = _without_halves(heard)
        nobodys = leave_out(heard.words, (*speech.hold, *speech.ivr, *apart[channel]), turns)
        words = [word for word in heard.words if word not in nobodys]
        placed, astray = place_words(words, turns)
        _log_dropped(recording, channel, heard.dropped, (*nobodys, *astray))
        for turn in turns:
            said[turn.no] = write_utterance(turn.no, placed[turn.no], language_of(turn.span, heard))
    if settings.language != "auto":
        _warn_of_others(recording, hints.language, said.values())
    return tuple(said[turn.no] for turn in speech.turns)


_Part = tuple[int, "list[Turn]", RecognisedChannel]
"""A channel, turns in it, and what was heard there."""


def _hear_dialogue(
    sounds: Mapping[int, Sound],
    speech: Speech,
    recording: Recording,
    recognizer: DialogueRecognizer,
    hints: Hints,
) -> Iterator[_Part]:
    """All voices at once."""
    voices = _voices(speech)
    if not voices:
        return
    together = recognizer.recognize_dialogue(sounds, tuple(voices), hints=hints, recording=recording)
    found: dict[tuple[int, str], tuple[list[Turn], list[RecognisedChannel]]] = {}
    for (voice, turns), heard in zip(voices.items(), together, strict=True):
        # Two voices in one channel speak over each other: a word is placed by its time among both.
        shared = found.setdefault((voice.channel, heard.language), ([], []))
        shared[0].extend(turns)
        shared[1].append(heard)
    for (channel, _), (turns, parts) in found.items():
        yield channel, sorted(turns, key=lambda turn: turn.no), _join(parts)


def _join(parts: Sequence[RecognisedChannel]) -> RecognisedChannel:
    words = sorted(
        (word for part in parts for word in part.words), key=lambda word: (word.start_s, word.end_s)
    )
    stretches = dict.fromkeys(each for part in parts for each in part.stretches)
    return replace(
        parts[0],
        words=tuple(words),
        dropped=tuple(each for part in parts for each in part.dropped),
        stretches=tuple(sorted(stretches, key=lambda each: each.span)),
    )


def _voices(speech: Speech) -> dict[ChannelVoice, list[Turn]]:
    """Each speaker of each channel, with its turns."""
    turns: dict[tuple[int, str], list[Turn]] = {}
    for turn in speech.turns:
        turns.setdefault((turn.channel, turn.speaker), []).append(turn)
    return {
        ChannelVoice(speaker, channel, join_spans(stretch for turn in own for stretch in turn.speech)): own
        for (channel, speaker), own in turns.items()
    }


def _hear_channels(
    sounds: Mapping[int, Sound], speech: Speech, recording: Recording, recognizer: Recognizer, hints: Hints
) -> Iterator[_Part]:
    """One channel after the other, the one with most speech first."""
    usual = hints.language
    channels = _by_talk(speech)
    for channel, turns in channels:
        language = usual if _talk_s(turns) < SHORT_S else hints.language
        heard = recognizer.recognize(
            sounds[channel],
            join_spans(stretch for turn in turns for stretch in turn.speech),
            hints=replace(hints, language=language),
            recording=recording,
            channel=channel,
        )
        yield channel, turns, heard
        if channel == channels[0][0] and heard.language != UNDETERMINED:
            # A word or two in the other channel say nothing of their language.
            usual = heard.language


def _warn_of_others(recording: Recording, expected: str, said: Iterable[Utterance]) -> None:
    for language in sorted({each.language for each in said} - {expected, UNDETERMINED}):
        logger.warning("call %s: %r is spoken, transcribe.language is %r", recording.id, language, expected)


def expected_language(settings: TranscribeSettings) -> str:
    """The language in which a call needs no flag."""
    return USUAL_LANGUAGE if settings.language == "auto" else settings.language


def language_of(span: Span, heard: RecognisedChannel) -> str:
    """The language of a turn: that of the stretch which covers most of it, else the channel's."""
    over = [(stretch.span.overlap_s(span), stretch.language) for stretch in heard.stretches]
    covered_s, language = max(over, default=(0.0, heard.language))
    return language if covered_s > span.duration_s / 2 else heard.language


def find_language_flags(utterances: Sequence[Utterance], settings: TranscribeSettings) -> tuple[str, ...]:
    """Quality flags for what is spoken in another language than expected.

    Returns
    -------
    tuple of str
        Sorted: ``language:es`` and the like for each language with words in it that is not
        ``settings.language`` (English where that is ``auto``), and ``language_unsure`` where there is
        speech whose language could not be told.
    """
    expected = expected_language(settings)
    spoken = {said.language for said in utterances if said.words}
    known = sorted(spoken - {expected, UNDETERMINED})
    flags = [f"language:{language}" for language in known]
    return tuple(sorted([*flags, *(["language_unsure"] if UNDETERMINED in spoken else [])]))


def find_time_flags(utterances: Sequence[Utterance], recognizer: Recognizer) -> tuple[str, ...]:
    """``word_times_shared`` where words were recognised by a model that does not tell when each was said."""
    has_times = getattr(recognizer, "has_word_times", True)
    return () if has_times or not any(said.words for said in utterances) else ("word_times_shared",)


def _without_halves(heard: RecognisedChannel) -> RecognisedChannel:
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

    return sorted(channels.items(), key=lambda item: _talk_s(item[1]), reverse=True)


def _talk_s(turns: Sequence[Turn]) -> float:
    return sum(stretch.duration_s for turn in turns for stretch in turn.speech)


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
            "call %s channel %d: %d hallucinated words dropped at %.1f s (%s, confidence %.2f)",
            recording.id, channel, each.words, each.span.start_s, each.reason, each.confidence,
        )  # fmt: skip
    if astray:
        logger.info("call %s channel %d: %d words lie outside every turn", recording.id, channel, len(astray))
