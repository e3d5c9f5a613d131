"""The engine ``onnx-asr``: Parakeet, Canary, GigaAM and others on onnxruntime, through the library of that name.

These models have no probability of silence and guess no language: what they write is taken to be in the language
that is expected. Most give a time for each piece of a word; with one that does not, such as Canary, the words of a
turn share its time by their length, and the call is flagged ``word_times_shared``.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from speechcx.call import Recording, Span
from speechcx.errors import CallError, ConfigError, ModelBad
from speechcx.transcribe.hallucinations import Gates, drop_invented
from speechcx.transcribe.passages import make_passage
from speechcx.transcribe.recognizer import Hints, RecognisedChannel
from speechcx.transcribe.settings import TranscribeSettings
from speechcx.transcribe.whisper_decoding import Draft, TimedText, compression_ratio
from speechcx.transcribe.windows import RecognitionWindow, WindowRule, group_turns, make_windows
from speechcx.transcribe.word_times import in_order, snap_to_speech
from speechcx.waveform import RECOGNITION_RATE_HZ as RATE_HZ

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from speechcx.waveform import Sound

LONGEST_PIECE_S = 0.3
"""A piece of a word lasts to the next one, and no longer than this: its time is that at which it was recognised."""

SHORTEST_S = 0.1
"""Sound shorter than this has less than one frame of these models."""


class _Result(Protocol):
    """What the library gives for one sound; None where a model does not tell."""

    text: str
    timestamps: list[float] | None
    tokens: list[str] | None
    logprobs: list[float] | None


class _Model(Protocol):
    def recognize(self, waveform: NDArray[np.float32], **options: Any) -> _Result: ...


class OnnxAsr:
    """A loaded model.

    Parameters
    ----------
    name, digest
        The engine with its model, and the identity of the weights.
    model
        The library's model, giving times.
    settings
        How speech is laid out and what is not believed.
    """

    def __init__(self, name: str, digest: str, model: _Model, settings: TranscribeSettings) -> None:
        import numpy as np

        self.name = name
        self.digest = digest
        self._model = model
        self._rule = WindowRule(settings.window_s, settings.padding_s, settings.seam_s)
        self._gates = Gates(settings.no_speech_at, settings.improbable_at, settings.repetitive_at)
        self.has_word_times = model.recognize(np.zeros(RATE_HZ, np.float32)).timestamps is not None

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
        words, dropped = [], []
        for window in self._lay_out(samples, speech, channel):
            draft = self._hear(window, samples, channel, hints.language)
            passage = make_passage(window, draft, hints.language)
            believed, invented = drop_invented([passage.stretch], window.speech, self._gates)
            words += [window.place(word)[1] for word in believed]
            dropped += list(invented)
        return RecognisedChannel(
            tuple(snap_to_speech(in_order(words), speech)), hints.language, tuple(dropped)
        )

    def _lay_out(self, samples: Sound, speech: Sequence[Span], channel: int) -> Iterator[RecognitionWindow]:
        # Without times of its own a word is at least to stay in its turn.
        groups = [speech] if self.has_word_times else group_turns(speech)
        for group in groups:
            yield from make_windows({channel: group}, {channel: samples}, self._rule)

    def _hear(self, window: RecognitionWindow, samples: Sound, channel: int, language: str) -> Draft:
        sound = window.cut({channel: samples})
        if sound.size < SHORTEST_S * RATE_HZ:
            return Draft("", (), 0.0, 0.0, 0.0)
        try:
            result = self._model.recognize(sound, language=language)
        except KeyError as error:
            # Canary looks up a token for each language.
            raise CallError(
                "config",
                f"the model {self.name} does not know the language {language!r} ({error})",
                "a language it was trained on",
                "set transcribe.language, or choose another model (docs/models.md)",
            ) from error
        logprobs = result.logprobs or [0.0]
        words = tuple(timed_pieces(result) if self.has_word_times else shared_out(result, window.speech))
        mean_logprob = sum(logprobs) / len(logprobs)
        return Draft(result.text, words, mean_logprob, 0.0, compression_ratio(result.text))


def timed_pieces(result: _Result) -> Iterator[TimedText]:
    """The pieces of words with their times; one that begins a word has a space before it."""
    times, tokens = result.timestamps or [], result.tokens or []
    logprobs = result.logprobs or [0.0] * len(tokens)
    space = ""
    for no, (token, start_s) in enumerate(zip(tokens, times, strict=True)):
        if not token.strip():
            # Models that spell write the space as a piece of its own.
            space = " "
            continue
        next_s = times[no + 1] if no + 1 < len(times) else math.inf
        end_s = min(max(next_s, start_s), start_s + LONGEST_PIECE_S)
        yield TimedText(space + token, start_s, end_s, math.exp(min(0.0, logprobs[no])))
        space = ""


def shared_out(result: _Result, speech: Sequence[Span]) -> Iterator[TimedText]:
    """Words of a model without times: each takes a share of the speech by its letters."""
    words = result.text.split()
    logprobs = result.logprobs or [0.0]
    probability = math.exp(min(0.0, sum(logprobs) / len(logprobs)))
    letters = sum(map(len, words))
    before = 0
    for word in words:
        start_s, end_s = (_at_share(speech, count / letters) for count in (before, before + len(word)))
        before += len(word)
        yield TimedText(f" {word}", start_s, max(start_s, end_s), probability)


def _at_share(speech: Sequence[Span], share: float) -> float:
    """The time at which a share of all speech is over."""
    left_s = share * sum(span.duration_s for span in speech)
    for span in speech:
        if left_s <= span.duration_s:
            return span.start_s + left_s
        left_s -= span.duration_s
    return speech[-1].end_s if speech else 0.0


def load_onnx_asr(settings: TranscribeSettings) -> OnnxAsr:
    """The engine with its weights loaded.

    Raises
    ------
    ModelMissing
        The weights are not on this machine.
    ModelBad
        They are not what was pulled, or cannot be loaded, or nothing says which kind of model they are.
    ConfigError
        The device is not to be had.
    """
    from onnx_asr import load_model

    from speechcx.weights import find_model, model_digest

    folder = find_model(settings.model)
    kind = _find_kind(settings.model, folder)
    providers = _find_providers(settings)
    quantization = "int8" if settings.compute_type in ("auto", "int8") and _has_int8(folder) else None
    try:
        model = load_model(
            kind,
            folder,
            quantization=quantization,
            sess_options=_session_options(settings),
            providers=providers,
        )
    except Exception as error:  # the library and onnxruntime raise errors of their own
        raise ModelBad(
            f"the model in {folder} cannot be loaded as {kind}: {error}",
            "a model of onnx-asr with all its files",
            f"run `speechcx models verify {settings.model}`, or name another model (docs/models.md)",
        ) from error
    name = f"onnx-asr {Path(settings.model).name}"
    digest = model_digest(folder) + ("-int8" if quantization else "")
    return OnnxAsr(name, digest, model.with_timestamps(), settings)


def _find_kind(name: str, folder: Path) -> str:
    """The library's name for this kind of model."""
    from speechcx.weights.catalogue import find_in_catalogue

    known = find_in_catalogue(name) or find_in_catalogue(folder.name)
    if known is not None and known.engine == "onnx-asr":
        return known.name
    try:
        kind = json.loads((folder / "config.json").read_text(encoding="utf-8")).get("model_type")
    except (OSError, ValueError, AttributeError):
        kind = None
    if not isinstance(kind, str) or "/" in kind:
        raise ModelBad(
            f"nothing in {folder} says which kind of model it is",
            'config.json with "model_type", such as "nemo-conformer-tdt"',
            "add it, or choose a model of `speechcx models list --available`; Whisper needs engine whisper",
        )
    return kind


def _has_int8(folder: Path) -> bool:
    return any(folder.rglob("*int8.onnx"))


def _session_options(settings: TranscribeSettings) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = settings.cpu_threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    return options


def _find_providers(settings: TranscribeSettings) -> list[str]:
    import onnxruntime

    has_gpu = "CUDAExecutionProvider" in onnxruntime.get_available_providers()
    if settings.device == "cuda" and not has_gpu:
        raise ConfigError(
            "transcribe.device is cuda, and this onnxruntime has no GPU support",
            "auto or cpu, or the package onnxruntime-gpu in place of onnxruntime",
            "set it to auto",
        )
    on_gpu = has_gpu and settings.device != "cpu"
    return ["CUDAExecutionProvider", "CPUExecutionProvider"] if on_gpu else ["CPUExecutionProvider"]
