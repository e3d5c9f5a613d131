"""The engine ``whisper``: faster-whisper on arrays, from weights that lie on this machine.

Lays the speech of all voices out in windows, in the order in which it was spoken, decodes them, takes out
what was most likely never said, leads each word back to its channel and the file's clock, and brings it onto
the speech it belongs to.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from speechcx.call import UNDETERMINED, Recording, Span, Word
from speechcx.call.spans import join_spans
from speechcx.errors import ConfigError, ModelBad
from speechcx.free_memory import keep_freed_memory
from speechcx.offline import hub_allowed
from speechcx.transcribe.encoder import load_encoder
from speechcx.transcribe.hallucinations import Gates, drop_invented
from speechcx.transcribe.language_detection import SHORT_S, Vote, find_rival
from speechcx.transcribe.listening import WINDOWS_HELD, Listening, written_in
from speechcx.transcribe.passages import Passage, is_foreign, make_passage, seems_foreign
from speechcx.transcribe.recognizer import ChannelVoice, Dropped, Hints, LanguageStretch, RecognisedChannel
from speechcx.transcribe.settings import TranscribeSettings
from speechcx.transcribe.short_turns import find_holes, find_wordless, is_sure, shorten_over
from speechcx.transcribe.whisper_decoding import Decoder
from speechcx.transcribe.windows import RecognitionWindow, WindowRule, group_turns, make_windows, overlapping
from speechcx.transcribe.word_times import in_order, snap_to_speech
from speechcx.waveform import RECOGNITION_RATE_HZ as RATE_HZ

if TYPE_CHECKING:
    from speechcx.waveform import Sound

PROBE_S = 8.0
"""So much of each voice is heard by itself for its language: among other voices it would not show."""

ALONE = 3
"""Windows of one voice that are heard by themselves where its language is in doubt."""


class Whisper:
    """A loaded Whisper model.

    Parameters
    ----------
    name, digest
        The engine with its model, and the identity of the weights.
    decoder
        Asks the model.
    settings
        How speech is laid out and what is not believed.
    """

    def __init__(self, name: str, digest: str, decoder: Decoder, settings: TranscribeSettings) -> None:
        self.name = name
        self.digest = digest
        self._decoder = decoder
        self._rule = WindowRule(settings.window_s, settings.padding_s, settings.seam_s)
        self._probe_rule = replace(self._rule, window_s=PROBE_S)
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
    ) -> RecognisedChannel:
        """Write down what is said in one channel; see :class:`~speechcx.transcribe.Recognizer`."""
        voices = (ChannelVoice("", channel, speech),)
        (heard,) = self.recognize_dialogue({channel: samples}, voices, hints=hints, recording=recording)
        return heard

    def recognize_dialogue(
        self,
        sounds: Mapping[int, Sound],
        voices: Sequence[ChannelVoice],
        *,
        hints: Hints,
        recording: Recording,
    ) -> tuple[RecognisedChannel, ...]:
        """Write down what all voices say; see :class:`~speechcx.transcribe.DialogueRecognizer`."""
        windows = self._lay_out(sounds, voices)
        if not windows:
            return tuple(RecognisedChannel((), hints.language) for _ in voices)
        first = Listening(self._decoder, windows[:WINDOWS_HELD], sounds, hints)
        languages = self._find_languages(first, sounds, voices, hints)
        if len(set(languages)) == 1 and (len(voices) == 1 or languages[0] != UNDETERMINED):
            rest = self._listen(windows[WINDOWS_HELD:], sounds, hints)
            passages = self._write(chain([first], rest), sounds, voices, languages[0])
            languages = self._find_foreign(passages, sounds, voices, languages, hints)
            if len(set(languages)) == 1:
                return self._read(passages, sounds, voices, languages[0], hints)
        return self._hear_apart(sounds, voices, languages, hints)

    def _hear_apart(
        self,
        sounds: Mapping[int, Sound],
        voices: Sequence[ChannelVoice],
        languages: Sequence[str],
        hints: Hints,
    ) -> tuple[RecognisedChannel, ...]:
        """Voices of different languages share no window, and one whose language is not known shares none."""
        groups: dict[tuple[str, int], list[int]] = {}
        for no, language in enumerate(languages):
            groups.setdefault((language, no if language == UNDETERMINED else -1), []).append(no)
        found: dict[int, RecognisedChannel] = {}
        for (language, _), numbers in groups.items():
            some = [voices[no] for no in numbers]
            listenings = self._listen(self._lay_out(sounds, some), sounds, hints)
            passages = self._write(listenings, sounds, some, language)
            found.update(zip(numbers, self._read(passages, sounds, some, language, hints), strict=True))
        return tuple(found[no] for no in range(len(voices)))

    def _lay_out(
        self, sounds: Mapping[int, Sound], voices: Sequence[ChannelVoice]
    ) -> tuple[RecognitionWindow, ...]:
        return make_windows(_by_channel(voices), sounds, self._rule)

    def _listen(
        self, windows: Sequence[RecognitionWindow], sounds: Mapping[int, Sound], hints: Hints
    ) -> Iterator[Listening]:
        for first in range(0, len(windows), WINDOWS_HELD):
            yield Listening(self._decoder, windows[first : first + WINDOWS_HELD], sounds, hints)

    # --- languages ---------------------------------------------------------------------------------

    def _find_languages(
        self, listening: Listening, sounds: Mapping[int, Sound], voices: Sequence[ChannelVoice], hints: Hints
    ) -> tuple[str, ...]:
        """The language of each voice, the one that speaks most first."""
        usual = hints.language
        found: dict[int, str] = {}
        for no in sorted(range(len(voices)), key=lambda no: -voices[no].speech_s):
            # A word or two say nothing of their language: that of the call's main speaker is expected.
            expected = hints.language if voices[no].speech_s >= SHORT_S else usual
            found[no] = self._find_language(listening, sounds, voices, no, expected, hints)
            if len(found) == 1 and found[no] != UNDETERMINED:
                usual = found[no]
        others = set(found.values()) - {UNDETERMINED, hints.language}
        if len(others) == 1 and self._decoder.is_multilingual:
            # People who talk to each other mostly speak the same language, even where one of them is hard to hear.
            (other,) = others
            for no in (no for no, language in found.items() if language == UNDETERMINED):
                if self._listen_alone(sounds, voices[no], hints).fits(other, hints.language):
                    found[no] = other
        return tuple(found[no] for no in range(len(voices)))

    def _find_language(
        self,
        listening: Listening,
        sounds: Mapping[int, Sound],
        voices: Sequence[ChannelVoice],
        no: int,
        expected: str,
        hints: Hints,
    ) -> str:
        if len(voices) == 1:
            return listening.find_language(expected)
        if not self._decoder.is_multilingual:
            return expected
        probe = max(make_windows(_by_channel([voices[no]]), sounds, self._probe_rule), key=_speech_s)
        vote = Vote(probe.speech_s, self._decoder.probe_language(probe.cut(sounds)))
        if find_rival([vote], expected) is None:
            return expected
        return self._listen_alone(sounds, voices[no], hints).find_language(expected)

    def _listen_alone(self, sounds: Mapping[int, Sound], voice: ChannelVoice, hints: Hints) -> Listening:
        """The windows of one voice in which most is said."""
        windows = sorted(self._lay_out(sounds, [voice]), key=_speech_s)
        return Listening(self._decoder, windows[-ALONE:], sounds, hints)

    def _find_foreign(
        self,
        passages: Sequence[Passage],
        sounds: Mapping[int, Sound],
        voices: Sequence[ChannelVoice],
        languages: tuple[str, ...],
        hints: Hints,
    ) -> tuple[str, ...]:
        """The languages, once an English-only model has written its words: it knows no shares."""
        if self._decoder.is_multilingual:
            return languages
        found = list(languages)
        # People who talk to each other mostly share a language: one foreign voice makes the others doubtful too.
        for is_second_look in (False, True):
            for no, voice in enumerate(voices):
                own = passages
                if len(voices) > 1:
                    is_doubtful = UNDETERMINED in found if is_second_look else seems_foreign(passages, voice)
                    if found[no] == UNDETERMINED or not is_doubtful:
                        continue
                    alone = self._listen_alone(sounds, voice, hints)
                    own = self._write([alone], sounds, [voice], languages[no])
                if is_foreign(own, self._gates):
                    found[no] = UNDETERMINED
        return tuple(found)

    # --- words -------------------------------------------------------------------------------------

    def _write(
        self,
        listenings: Iterable[Listening],
        sounds: Mapping[int, Sound],
        voices: Sequence[ChannelVoice],
        language: str,
    ) -> list[Passage]:
        """Every window written down; what a voice says in another language meanwhile, in that."""
        found = []
        for listening in listenings:
            hints = listening.hints
            changes = (
                self._find_changes(listening, sounds, voices, language) if language != UNDETERMINED else {}
            )
            for window, draft in listening.write_down(written_in(language, hints), leave_out=changes.keys()):
                found.append(make_passage(window, draft, written_in(language, hints)))
            for parts in changes.values():
                for spoken, windows in parts:
                    apart = Listening(self._decoder, windows, sounds, hints)
                    for window, draft in apart.write_down(written_in(spoken, hints)):
                        found.append(make_passage(window, draft, spoken))
        return found

    def _find_changes(
        self, listening: Listening, sounds: Mapping[int, Sound], voices: Sequence[ChannelVoice], language: str
    ) -> dict[int, list[tuple[str, tuple[RecognitionWindow, ...]]]]:
        """Windows in which a voice changes its language, by number, laid out again by language."""
        if len(listening.windows) < 2 or not self._decoder.is_multilingual:
            return {}
        found = {}
        for no, window in enumerate(listening.windows):
            if not listening.is_doubtful(no, language):
                continue
            parts: dict[str, list[ChannelVoice]] = {}
            for voice in voices:
                part = voice.within(window)
                if part.speech:
                    for spoken, turns in self._find_turns(listening, sounds, part, language):
                        parts.setdefault(spoken, []).append(turns)
            if parts.keys() != {language}:
                found[no] = [(spoken, self._lay_out(sounds, some)) for spoken, some in parts.items()]
        return found

    def _find_turns(
        self, listening: Listening, sounds: Mapping[int, Sound], part: ChannelVoice, language: str
    ) -> Iterator[tuple[str, ChannelVoice]]:
        """What one voice says in a window, by language: all of it together, or turn by turn where two are mixed."""

        def hear(some: ChannelVoice) -> Listening:
            return Listening(self._decoder, self._lay_out(sounds, [some]), sounds, listening.hints)

        spoken = hear(part).find_change(language)
        turns = group_turns(part.speech)
        if spoken == language or len(turns) == 1:
            yield spoken, part
            return
        for turn in turns:
            alone = replace(part, speech=tuple(turn))
            yield hear(alone).find_turn(language, spoken), alone

    def _read(
        self,
        passages: Sequence[Passage],
        sounds: Mapping[int, Sound],
        voices: Sequence[ChannelVoice],
        language: str,
        hints: Hints,
    ) -> tuple[RecognisedChannel, ...]:
        """What is believed of the passages, by voice."""
        channels = _by_channel(voices)
        words: dict[int, list[Word]] = {channel: [] for channel in channels}
        dropped: dict[int, list[Dropped]] = {channel: [] for channel in channels}
        stretches: dict[int, list[LanguageStretch]] = {channel: [] for channel in channels}
        for passage in passages:
            believed, invented = drop_invented([passage.stretch], passage.window.speech, self._gates)
            for channel, word in map(passage.window.place, believed):
                words[channel].append(word)
            for each in invented:
                channel, span = passage.window.to_file(each.span.start_s, each.span.end_s)
                dropped[channel].append(replace(each, span=span))
            if passage.language != written_in(language, hints):
                for piece in passage.window.pieces:
                    stretches[piece.channel].append(LanguageStretch(piece.span, passage.language))
        heard = {
            channel: RecognisedChannel(
                self._place(sounds, channel, speech, words[channel], written_in(language, hints)),
                language,
                tuple(dropped[channel]),
                tuple(sorted(stretches[channel], key=lambda each: each.span)),
            )
            for channel, speech in channels.items()
        }
        return tuple(share_out(heard[voice.channel], voice, voices) for voice in voices)

    def _place(
        self,
        sounds: Mapping[int, Sound],
        channel: int,
        speech: Sequence[Span],
        words: list[Word],
        language: str,
    ) -> tuple[Word, ...]:
        """The words of one channel on its speech, with those of turns that had got none."""
        said = snap_to_speech(in_order(words), speech)
        if self._hear_again:
            wordless = find_wordless(channel, speech, said, sounds[channel].size / RATE_HZ)
            said = in_order([*said, *self._hear_alone(sounds, wordless, speech, language)])
            holes = find_holes(channel, speech, said, sounds[channel])
            said = shorten_over(said, self._hear_alone(sounds, holes, speech, language))
        return tuple(said)

    def _hear_alone(
        self,
        sounds: Mapping[int, Sound],
        windows: Sequence[RecognitionWindow],
        speech: Sequence[Span],
        language: str,
    ) -> list[Word]:
        """Words of speech that got none, heard alone: without hints, which short sound would repeat."""
        if not windows:
            return []
        found = []
        alone = Listening(self._decoder, windows, sounds, Hints(language))
        # What came out poor is not sure after more tries either.
        for window, draft in alone.write_down(language, retry=False):
            passage = make_passage(window, draft, language)
            if is_sure(passage.stretch, window):
                words, _ = drop_invented([passage.stretch], window.speech, self._gates)
                found += [window.place(word)[1] for word in words]
        return snap_to_speech(in_order(found), speech)


def _speech_s(window: RecognitionWindow) -> float:
    return window.speech_s


def _by_channel(voices: Sequence[ChannelVoice]) -> dict[int, tuple[Span, ...]]:
    """All speech of each channel: in a shared one, two may speak at once."""
    channels = sorted({voice.channel for voice in voices})
    return {
        channel: join_spans([span for voice in voices if voice.channel == channel for span in voice.speech])
        for channel in channels
    }


def share_out(
    heard: RecognisedChannel, voice: ChannelVoice, voices: Sequence[ChannelVoice]
) -> RecognisedChannel:
    """What was heard in a channel as far as it is one voice's: each word lies with the voice nearest to it."""
    others = [each for each in voices if each.channel == voice.channel]
    if len(others) == 1:
        return heard
    own = others.index(voice)
    words = tuple(word for word in heard.words if nearest_voice(word, others) == own)
    return replace(heard, words=words, dropped=heard.dropped if own == 0 else ())


def nearest_voice(word: Word, voices: Sequence[ChannelVoice]) -> int:
    """Number of the voice that speaks most during a word, else of the one that speaks nearest to it."""
    span = Span(word.start_s, word.end_s)

    def rank(no: int) -> tuple[float, float]:
        speech = voices[no].speech
        spoken_s = sum(each.duration_s for each in overlapping(speech, span))
        away_s = min(
            (max(each.start_s - span.end_s, span.start_s - each.end_s, 0.0) for each in speech),
            default=math.inf,
        )
        return spoken_s, -away_s

    return max(range(len(voices)), key=rank)


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

    keep_freed_memory()

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

    encoder = None
    if settings.encoder == "auto" and device == "cpu" and compute_type == "int8":
        encoder = load_encoder(folder, model, settings.cpu_threads)
    name = f"whisper {Path(settings.model).name}"
    # The same weights give other words by another encoder.
    digest = model_digest(folder) + (f"-{encoder.name}" if encoder else "")
    return Whisper(name, digest, Decoder(model, settings, encoder), settings)


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
