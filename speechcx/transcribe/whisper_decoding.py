"""Whisper over chunks of sound: encode, decode, retry what came out poor, and time the words.

faster-whisper brings the model, its tokenizer, features and word alignment; the loop is ours, because
its own reads thirty seconds for each chunk however short, and moves its window by what it recognised.
Here a chunk is followed by a few seconds of true silence and no more, which takes a quarter of the
time for a short chunk. Whisper was trained on windows of thirty seconds and now and then loops in a
shorter one: such a chunk is decoded again in a whole window.
"""

from __future__ import annotations

import math
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from speechcx.transcribe.recognizer import Hints
from speechcx.transcribe.settings import TranscribeSettings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from speechcx.transcribe.encoder import OnnxEncoder

FRAMES_A_SECOND = 100
WHOLE_WINDOW = 3000
"""Frames of Whisper's window: 30 s."""

MAX_TOKENS = 448
TOKENS_A_SECOND = 12
"""Far more than anybody speaks (about 7): bounds what a loop may cost."""

TEMPERATURES = (0.2, 0.4, 0.6, 0.8, 1.0)
"""Of the retries, after Radford et al. 2022, section 4.5."""

CANDIDATES = 5
"""Samples drawn at each temperature; the likeliest is taken."""

GPU_BATCH = 8

PREPENDED = "\"'“¿([{-"
APPENDED = "\"'.。,，!！?？:：”)]}、"
"""Marks that belong to the next and to the last word."""


@dataclass(frozen=True, slots=True)
class TimedText:
    """A word or mark with its leading space, its time in the chunk in seconds and its probability."""

    text: str
    start_s: float
    end_s: float
    probability: float


@dataclass(frozen=True, slots=True)
class Draft:
    """What Whisper wrote for one chunk, with its own measures of it."""

    text: str
    words: tuple[TimedText, ...]
    mean_logprob: float
    no_speech: float
    compression_ratio: float


@dataclass(frozen=True, slots=True, eq=False)
class Encoded:
    """Chunks that share a window, as the model's first half leaves them.

    Parameters
    ----------
    numbers
        Their places among the sounds given.
    sounds
        float32, 16,000 Hz, shape ``(time,)`` each.
    window
        Frames of the window, 100 a second.
    features
        The encoder's output, on the model's device.
    """

    numbers: tuple[int, ...]
    sounds: tuple[NDArray[np.float32], ...]
    window: int
    features: Any


class Decoder:
    """A loaded Whisper model and how to ask it.

    Parameters
    ----------
    model
        A ``faster_whisper.WhisperModel``.
    settings
        Beam, batch and thresholds.
    encoder
        Encodes in place of the model's own half.
    """

    def __init__(self, model: Any, settings: TranscribeSettings, encoder: OnnxEncoder | None = None) -> None:
        self._model = model
        self._encoder = encoder
        self._settings = settings
        self._tokenizers: dict[str, Any] = {}

    @property
    def is_multilingual(self) -> bool:
        """Whether the model knows other languages than English."""
        return bool(self._model.model.is_multilingual)

    def encode(self, sounds: Sequence[NDArray[np.float32]]) -> tuple[Encoded, ...]:
        """Chunks made ready for the questions below, several of like length together.

        Parameters
        ----------
        sounds
            float32, 16,000 Hz, -1..1, at most 30 s each.
        """
        # Chunks of like length share a window, so that none pays for a longer one.
        order = sorted(range(len(sounds)), key=lambda no: sounds[no].size)
        size = self._settings.batch_size or (GPU_BATCH if self._model.model.device == "cuda" else 1)
        return tuple(
            self.encode_together(order[first : first + size], sounds) for first in range(0, len(order), size)
        )

    def language_shares(self, encoded: Encoded) -> tuple[dict[str, float], ...]:
        """Probability of each language in each chunk, by ISO 639-1 code; empty from an English-only model."""
        if not self.is_multilingual:
            return ({},) * len(encoded.numbers)
        found = self._model.model.detect_language(encoded.features)
        return tuple({str(token).strip("<|>"): float(share) for token, share in row} for row in found)

    def decode(
        self, encoded: Encoded, *, language: str, hints: Hints, retry: bool = True
    ) -> tuple[Draft, ...]:
        """Write down each chunk of a batch.

        Parameters
        ----------
        encoded
            From :meth:`encode`.
        language
            ISO 639-1 code.
        hints
            Hotwords and prompt.
        retry
            Decode again what came out poor, if the settings say so too.
        """
        tokenizer = self._tokenizer(language)
        prompt = self._prompt(tokenizer, hints)
        longest_s = max(_seconds(sound) for sound in encoded.sounds)
        results = self._generate(
            encoded.features, [prompt] * len(encoded.sounds), longest_s, beam_size=self._settings.beam_size
        )
        drafts = self._read(results, encoded.features, encoded.sounds, tokenizer)
        if not (retry and self._settings.retry_poor):
            return tuple(drafts)
        window = encoded.window
        return tuple(
            self._retry(sound, draft, tokenizer, prompt, window) if self._is_poor(draft, window) else draft
            for sound, draft in zip(encoded.sounds, drafts, strict=True)
        )

    def encode_together(self, numbers: Sequence[int], sounds: Sequence[NDArray[np.float32]]) -> Encoded:
        """The sounds of these numbers as one batch."""
        batch = tuple(sounds[no] for no in numbers)
        longest_s = max(_seconds(sound) for sound in batch)
        window = min(WHOLE_WINDOW, 2 * math.ceil((longest_s + self._settings.tail_s) * FRAMES_A_SECOND / 2))
        return Encoded(tuple(numbers), batch, window, self._encode(batch, window))

    def _retry(
        self, sound: NDArray[np.float32], draft: Draft, tokenizer: Any, prompt: list[int], window: int
    ) -> Draft:
        """A poor chunk again: in a whole window, then with rising temperature; the best of all tries."""
        import ctranslate2

        tries = [draft]
        encoded = self._encode([sound], WHOLE_WINDOW)
        ways: list[dict[str, Any]] = (
            [] if window == WHOLE_WINDOW else [{"beam_size": self._settings.beam_size}]
        )
        for temperature in TEMPERATURES:
            ways.append(
                {
                    "beam_size": 1,
                    "num_hypotheses": CANDIDATES,
                    "sampling_topk": 0,
                    "sampling_temperature": temperature,
                }
            )
        for way in ways:
            # Drawn samples would differ from run to run, and from worker to worker.
            ctranslate2.set_random_seed(0)
            results = self._generate(encoded, [prompt], _seconds(sound), **way)
            (again,) = self._read(results, encoded, [sound], tokenizer)
            tries.append(again)
            if not self._is_poor(again, WHOLE_WINDOW):
                return again
        calm = [each for each in tries if each.compression_ratio <= self._settings.repetitive_at]
        return max(calm or tries, key=lambda each: each.mean_logprob)

    def _is_poor(self, draft: Draft, window: int) -> bool:
        if not draft.text:
            return False
        improbable = draft.mean_logprob < self._settings.improbable_at
        if improbable and draft.no_speech > self._settings.no_speech_at:
            return False
        repetitive = draft.compression_ratio > self._settings.repetitive_at
        # What is doubled in a whole window too was said twice.
        return improbable or repetitive or (window < WHOLE_WINDOW and ends_twice(draft.text))

    def _encode(self, sounds: Sequence[NDArray[np.float32]], window: int) -> Any:
        import numpy as np

        hop = self._model.feature_extractor.hop_length
        features = []
        for sound in sounds:
            # Silence after the sound, not after its features as in faster-whisper: there zeros are not silent.
            padded = np.pad(sound[: window * hop], (0, max(0, window * hop - sound.size)))
            features.append(self._model.feature_extractor(padded)[:, :window])
        if self._encoder is None:
            return self._model.encode(np.stack(features))
        from ctranslate2 import StorageView

        return StorageView.from_array(self._encoder.encode(np.stack(features).astype(np.float32, copy=False)))

    def _generate(self, encoded: Any, prompts: list[list[int]], longest_s: float, **way: Any) -> Any:
        most = len(prompts[0]) + 16 + math.ceil(longest_s * TOKENS_A_SECOND)
        return self._model.model.generate(
            encoded,
            prompts,
            max_length=min(MAX_TOKENS, most),
            return_scores=True,
            return_no_speech_prob=True,
            suppress_tokens=self._suppressed(),
            **way,
        )

    def _read(
        self, results: Any, encoded: Any, sounds: Sequence[NDArray[np.float32]], tokenizer: Any
    ) -> list[Draft]:
        tokens = [[token for token in result.sequences_ids[0] if token < tokenizer.eot] for result in results]
        frames = [max(2, round(_seconds(sound) * FRAMES_A_SECOND)) for sound in sounds]
        timed = self._model.find_alignment(tokenizer, tokens, encoded, frames)
        drafts = []
        for result, said, alignment in zip(results, tokens, timed, strict=True):
            text = tokenizer.decode(said).strip()
            length = len(result.sequences_ids[0])
            drafts.append(
                Draft(
                    text,
                    _words(alignment),
                    # The score is a mean over the tokens; the end token counts too.
                    result.scores[0] * length / (length + 1),
                    result.no_speech_prob,
                    compression_ratio(text),
                )
            )
        return drafts

    def _tokenizer(self, language: str) -> Any:
        from faster_whisper.tokenizer import Tokenizer

        if language not in self._tokenizers:
            self._tokenizers[language] = Tokenizer(
                self._model.hf_tokenizer,
                self._model.model.is_multilingual,
                task="transcribe",
                language=language,
            )
        return self._tokenizers[language]

    def _prompt(self, tokenizer: Any, hints: Hints) -> list[int]:
        before = tokenizer.encode(" " + hints.initial_prompt.strip()) if hints.initial_prompt.strip() else []
        prompt: list[int] = self._model.get_prompt(
            tokenizer, before, without_timestamps=True, hotwords=", ".join(hints.hotwords) or None
        )
        return prompt

    def _suppressed(self) -> list[int]:
        from faster_whisper.transcribe import get_suppressed_tokens

        (tokenizer, *_) = self._tokenizers.values()
        return list(get_suppressed_tokens(tokenizer, [-1]))


def _seconds(sound: NDArray[np.float32]) -> float:
    return sound.size / 16_000


def _words(alignment: list[dict[str, Any]]) -> tuple[TimedText, ...]:
    from faster_whisper.transcribe import merge_punctuations

    merge_punctuations(alignment, PREPENDED, APPENDED)
    return tuple(
        TimedText(str(row["word"]), float(row["start"]), float(row["end"]), float(row["probability"]))
        for row in alignment
        if row["word"]
    )


def compression_ratio(text: str) -> float:
    """Length of a text over its compressed length; 0 for no text. Whisper's own measure of loops."""
    data = text.encode()
    return len(data) / len(zlib.compress(data)) if data else 0.0


def ends_twice(text: str) -> bool:
    """Whether a text says its last words twice over: how a window too short for Whisper shows most often."""
    words = re.findall(r"\w+(?:['’]\w+)?", text.lower())
    return any(words[-size:] == words[-2 * size : -size] for size in range(1, len(words) // 2 + 1))
