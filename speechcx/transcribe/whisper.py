"""The engine ``whisper``: faster-whisper on arrays, from weights that lie on this machine.

Takes one channel and the speech in it, cuts that into chunks with enough around each short turn,
decodes them, puts the words back on the file's clock, brings them onto the speech they belong to,
and hands all to the guard against invented words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from speechcx.call import UNDETERMINED, Recording, Span, Word
from speechcx.errors import ConfigError, ModelBad
from speechcx.offline import hub_allowed
from speechcx.transcribe.chunks import Chunk, ChunkRule, make_chunks
from speechcx.transcribe.decoding import Decoder, Draft, TimedText
from speechcx.transcribe.hallucinations import Gates, Stretch, drop_invented
from speechcx.transcribe.languages import sounds_foreign
from speechcx.transcribe.listening import CHUNKS_HELD, Listening, written_in
from speechcx.transcribe.recognizer import Heard, Hints, LanguageStretch
from speechcx.transcribe.settings import TranscribeSettings
from speechcx.transcribe.short_turns import find_wordless, is_sure
from speechcx.transcribe.word_times import UNSPACED, snap_to_speech

if TYPE_CHECKING:
    from speechcx.waveform import Sound

RATE_HZ = 16_000

LANGUAGE_CHUNK_S = 18.0
"""So much of each speaker in a shared channel is heard for its language alone."""


class Whisper:
    """A loaded Whisper model.

    Parameters
    ----------
    name, digest
        The engine with its model, and the identity of the weights.
    decoder
        Asks the model.
    settings
        How speech is cut and what is not believed.
    """

    def __init__(self, name: str, digest: str, decoder: Decoder, settings: TranscribeSettings) -> None:
        self.name = name
        self.digest = digest
        self._decoder = decoder
        self._rule = ChunkRule(settings.chunk_s, settings.longest_gap_s, settings.padding_s)
        self._hear_again = settings.hear_again
        self._gates = Gates(settings.no_speech_at, settings.improbable_at, settings.repetitive_at)

    def recognize(
        self,
        samples: Sound,
        speech: tuple[Span, ...],
        *,
        hints: Hints,
        recording: Recording,
        channel: int,
    ) -> Heard:
        """Write down what is said in one channel; see :class:`~speechcx.transcribe.Recognizer`."""
        chunks = make_chunks(speech, samples, RATE_HZ, self._rule)
        language: str | None = None
        written: list[tuple[Chunk, Stretch]] = []
        languages: list[LanguageStretch] = []
        for first in range(0, len(chunks), CHUNKS_HELD):
            held = chunks[first : first + CHUNKS_HELD]
            listening = Listening(self._decoder, held, [each.cut(samples, RATE_HZ) for each in held], hints)
            if language is None:
                language = listening.find_language()
            for chunk, draft, spoken in listening.write_down(language):
                written.append((chunk, _stretch(chunk, draft, spoken)))
                if spoken != language:
                    languages.append(LanguageStretch(chunk.span, spoken))
        language = language or hints.language
        if not self._decoder.is_multilingual and _sounds_foreign(written, self._gates):
            language = UNDETERMINED
        words, dropped = drop_invented([stretch for _, stretch in written], speech, self._gates)
        said = snap_to_speech(words, speech)
        if self._hear_again:
            said += self._hear_wordless(samples, speech, said, written_in(language, hints))
        said.sort(key=lambda word: (word.start_s, word.end_s))
        return Heard(tuple(said), language, dropped, tuple(languages))

    def find_language(self, samples: Sound, speech: tuple[Span, ...], *, hints: Hints) -> str:
        """The language of one speaker, from the part with most speech."""
        chunks = make_chunks(speech, samples, RATE_HZ, replace(self._rule, chunk_s=LANGUAGE_CHUNK_S))
        longest = sorted(chunks, key=lambda chunk: chunk.speech_s)[-1:]
        sounds = [chunk.cut(samples, RATE_HZ) for chunk in longest]
        return Listening(self._decoder, longest, sounds, hints).find_language()

    def _hear_wordless(
        self, samples: Sound, speech: Sequence[Span], said: Sequence[Word], language: str
    ) -> list[Word]:
        """Words of the turns that got none, heard alone: without hints, which short sound would repeat."""
        chunks = find_wordless(speech, said, samples.size / RATE_HZ)
        if not chunks:
            return []
        hints = Hints(language)
        listening = Listening(self._decoder, chunks, [chunk.cut(samples, RATE_HZ) for chunk in chunks], hints)
        written = listening.write_down(language, doubt=False)
        stretches = [(_stretch(chunk, draft, spoken), chunk) for chunk, draft, spoken in written]
        sure = [one for one, chunk in stretches if is_sure(one, chunk)]
        words, _ = drop_invented(sure, speech, self._gates)
        return snap_to_speech(words, speech)


def _sounds_foreign(written: Sequence[tuple[Chunk, Stretch]], gates: Gates) -> bool:
    """Whether a channel does not sound like English to an English-only model."""
    speech_s = sum(chunk.speech_s for chunk, _ in written)
    if not speech_s:
        return False
    rated = [(chunk.speech_s / speech_s, each) for chunk, each in written]
    return sounds_foreign(
        speech_s,
        sum(weight * each.mean_logprob for weight, each in rated),
        sum(weight * each.no_speech for weight, each in rated),
        is_loop=sum(weight for weight, each in rated if each.compression_ratio > gates.repetitive_at) > 0.5,
    )


def _stretch(chunk: Chunk, draft: Draft, language: str) -> Stretch:
    timed = join_pieces(draft.words, spaced=language not in UNSPACED)
    words = tuple(_word(chunk, each) for each in timed)
    return Stretch(words, draft.mean_logprob, draft.no_speech, draft.compression_ratio)


def _word(chunk: Chunk, timed: TimedText) -> Word:
    span = chunk.to_file(timed.start_s, timed.end_s)
    confidence = min(1.0, max(0.0, timed.probability))
    return Word(timed.text.strip(), span.start_s, span.end_s, round(confidence, 4))


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


def load_whisper(settings: TranscribeSettings) -> Whisper:
    """The engine with its weights loaded.

    Raises
    ------
    ModelMissing
        The weights are not on this machine.
    ModelBad
        They are not what the manifest says, or cannot be loaded.
    ConfigError
        The device, number format or language is not to be had with this model.
    """
    folder = _find_weights(settings)
    device, compute_type = _find_device(settings)
    from faster_whisper import WhisperModel

    try:
        model = WhisperModel(
            str(folder), device=device, compute_type=compute_type, cpu_threads=settings.cpu_threads
        )
    except (RuntimeError, ValueError, OSError) as error:
        raise ModelBad(
            f"the model in {folder} cannot be loaded: {error}",
            "a Whisper model in CTranslate2's format",
            f"run `speechcx models verify {settings.model}`, or name another model",
        ) from error
    if settings.language not in ("auto", *model.supported_languages):
        raise ConfigError(
            f"transcribe.language is {settings.language!r}",
            f"auto, or a language of model {settings.model!r} ({len(model.supported_languages)} in all)",
            "correct it, or choose a model that knows it",
        )
    from speechcx.weights import model_digest

    name = f"whisper {Path(settings.model).name}"
    return Whisper(name, model_digest(folder), Decoder(model, settings), settings)


def _find_weights(settings: TranscribeSettings) -> Path:
    from speechcx.errors import ModelMissing
    from speechcx.weights import find_model

    try:
        folder = find_model(settings.model)
    except ModelMissing:
        if not settings.allow_hub:
            raise
        with hub_allowed():
            from faster_whisper import download_model

            folder = Path(download_model(settings.model))
    for name in ("model.bin", "tokenizer.json"):
        if not (folder / name).is_file():
            raise ModelBad(
                f"{folder} has no {name}",
                "a faster-whisper model: model.bin, config.json, tokenizer.json and a vocabulary",
                "copy the missing file into it, or name another model",
            )
    return folder


def _find_device(settings: TranscribeSettings) -> tuple[str, str]:
    """Device and number format as CTranslate2 names them."""
    import ctranslate2

    device = settings.device
    if device == "auto":
        device = "cuda" if ctranslate2.get_cuda_device_count() else "cpu"
    elif device == "cuda" and not ctranslate2.get_cuda_device_count():
        raise ConfigError("transcribe.device is cuda, and no GPU is found", "auto or cpu", "set it to auto")
    if settings.compute_type == "auto":
        return device, "float16" if device == "cuda" else "int8"
    supported: set[Any] = {"default", *ctranslate2.get_supported_compute_types(device)}
    if settings.compute_type not in supported:
        raise ConfigError(
            f"transcribe.compute_type is {settings.compute_type!r}",
            f"on this {device} one of auto, {', '.join(sorted(supported))}",
            "set it to auto",
        )
    return device, settings.compute_type
