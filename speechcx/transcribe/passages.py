"""One window written down: its words on its own clock, with the model's measures of them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from speechcx.call import Word
from speechcx.transcribe.hallucinations import Gates, RecognisedStretch
from speechcx.transcribe.language_detection import sounds_foreign
from speechcx.transcribe.recognizer import ChannelVoice
from speechcx.transcribe.whisper_decoding import Draft, TimedText
from speechcx.transcribe.windows import RecognitionWindow, overlapping
from speechcx.transcribe.word_times import UNSPACED

DOUBTFUL_LOGPROB = -0.6
"""Mean log confidence of an English-only model's words under which one looks whether they are English."""


@dataclass(frozen=True, slots=True)
class Passage:
    """One window written down: its words on its own clock, and the language they are in."""

    window: RecognitionWindow
    stretch: RecognisedStretch
    language: str


def seems_foreign(passages: Sequence[Passage], voice: ChannelVoice) -> bool:
    """Whether the words of one voice are doubtful enough to look whether they are English at all."""
    logs = []
    for passage in passages:
        for word in passage.stretch.words:
            channel, span = passage.window.to_file(word.start_s, word.end_s)
            if channel == voice.channel and overlapping(voice.speech, span):
                logs.append(math.log(max(word.confidence, 1e-4)))
    return not logs or len(logs) < voice.speech_s / 2 or sum(logs) / len(logs) < DOUBTFUL_LOGPROB


def is_foreign(passages: Sequence[Passage], gates: Gates) -> bool:
    """Whether a voice does not sound like English to an English-only model."""
    speech_s = sum(passage.window.speech_s for passage in passages)
    if not speech_s:
        return False
    rated = [(passage.window.speech_s / speech_s, passage.stretch) for passage in passages]
    return sounds_foreign(
        speech_s,
        sum(weight * each.mean_logprob for weight, each in rated),
        sum(weight * each.no_speech for weight, each in rated),
        is_loop=sum(weight for weight, each in rated if each.compression_ratio > gates.repetitive_at) > 0.5,
    )


def make_passage(window: RecognitionWindow, draft: Draft, language: str) -> Passage:
    """The passage of a draft written in a language."""
    timed = join_pieces(draft.words, spaced=language not in UNSPACED)
    words = tuple(_word(each) for each in timed)
    stretch = RecognisedStretch(words, draft.mean_logprob, draft.no_speech, draft.compression_ratio)
    return Passage(window, stretch, language)


def _word(timed: TimedText) -> Word:
    confidence = min(1.0, max(0.0, timed.probability))
    return Word(timed.text.strip(), timed.start_s, max(timed.start_s, timed.end_s), round(confidence, 4))


def join_pieces(pieces: Sequence[TimedText], *, spaced: bool) -> Iterator[TimedText]:
    """Words as they are written: a piece without a space before it belongs to the word before.

    Whisper gives ``mini-van`` as two pieces and ``$5.00`` as three.
    """
    whole: list[TimedText] = []
    for piece in pieces:
        if not piece.text.strip():
            continue
        if whole and (piece.text.startswith(" ") or not spaced):
            yield _join(whole)
            whole = []
        whole.append(piece)
    if whole:
        yield _join(whole)


def _join(pieces: Sequence[TimedText]) -> TimedText:
    text = "".join(piece.text for piece in pieces)
    probability = sum(piece.probability for piece in pieces) / len(pieces)
    return TimedText(text, pieces[0].start_s, max(piece.end_s for piece in pieces), probability)
