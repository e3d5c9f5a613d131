"""Whisper over chunks of sound: encode, decode, retry what came out poor, and time the words.

faster-whisper brings the model, its tokenizer, features and word alignment; the loop is ours, because
its own reads thirty seconds for each chunk however short, and moves its window by what it recognised.
Here a chunk is followed by a few seconds of true silence and no more, which takes a quarter of the
time for a short chunk. Whisper was trained on windows of thirty seconds and now and then loops in a
shorter one: such a chunk is decoded again in a whole window.
"""

from __future__ import annotations

import logging
import math
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from speechcx.free_memory import give_back_memory
from speechcx.transcribe.recognizer import Hints
from speechcx.transcribe.settings import TranscribeSettings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from speechcx.transcribe.encoder import OnnxEncoder

logger = logging.getLogger(__name__)

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

GPU_BATCH, CPU_BATCH = 8, 3
"""Chunks decoded at once, of one call alone: so a call comes out the same whatever else is heard. On a CPU more than
three are no quicker, and take more memory."""

PROBE_TAIL_S = 0.5
"""Silence after a sound that is only asked for its language: nothing is written down, so nothing can loop."""

FIRST_BEAM = 2
"""Candidates of the first try. One alone is hardly quicker in a batch, and 0.3 points more of the words of the
samples came out wrong."""

DECODED = "%d windows decoded, %d of them again with more candidates"
"""What the log tells of each batch."""

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


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try at a chunk: its tokens without the end token, their text, and the model's measures of it."""

    tokens: tuple[int, ...]
    text: str
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

    def select(self, rows: Sequence[int]) -> Encoded:
        """Some chunks of the batch, without encoding them again; on a CPU only."""
        if len(rows) == len(self.numbers):
            return self
        import numpy as np
        from ctranslate2 import StorageView

        features = StorageView.from_array(np.ascontiguousarray(np.asarray(self.features)[list(rows)]))
        numbers = tuple(self.numbers[row] for row in rows)
        return Encoded(numbers, tuple(self.sounds[row] for row in rows), self.window, features)


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
        size = self._settings.batch_size or (GPU_BATCH if self._is_on_gpu else CPU_BATCH)
        batches: list[list[int]] = []
        # Chunks of like length share a window, so that none pays for a longer one.
        for no in sorted(range(len(sounds)), key=lambda no: sounds[no].size):
            last = batches[-1] if batches else []
            if not last or len(last) == size or not self._may_share(sounds[last[0]], sounds[no]):
                batches.append([])
            batches[-1].append(no)
        return tuple(self.encode_together(batch, sounds) for batch in batches)

    def language_shares(self, encoded: Encoded) -> tuple[dict[str, float], ...]:
        """Probability of each language in each chunk, by ISO 639-1 code; empty from an English-only model."""
        if not self.is_multilingual:
            return ({},) * len(encoded.numbers)
        return tuple(
            {str(token).strip("<|>"): float(share) for token, share in row}
            for part in self._part(encoded)
            for row in self._model.model.detect_language(part.features)
        )

    def probe_language(self, sound: NDArray[np.float32]) -> dict[str, float]:
        """Probability of each language in one short sound, in a window hardly longer than it is."""
        window = min(WHOLE_WINDOW, math.ceil(_seconds(sound) + PROBE_TAIL_S) * FRAMES_A_SECOND)
        (shares,) = self.language_shares(Encoded((0,), (sound,), window, self._encode([sound], window)))
        return shares

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
        attempts = self._write(encoded, tokenizer, prompt)
        if retry and self._settings.retry_poor:
            attempts = [
                self._retry(encoded, row, attempt, tokenizer, prompt)
                if self._is_poor(attempt, encoded.window)
                else attempt
                for row, attempt in enumerate(attempts)
            ]
        return self._time_words(attempts, encoded, tokenizer)

    def encode_together(self, numbers: Sequence[int], sounds: Sequence[NDArray[np.float32]]) -> Encoded:
        """The sounds of these numbers as one batch."""
        batch = tuple(sounds[no] for no in numbers)
        window = max(self._window(sound) for sound in batch)
        features = self._encode(batch, window)
        give_back_memory()
        return Encoded(tuple(numbers), batch, window, features)

    @property
    def _is_on_gpu(self) -> bool:
        return bool(self._model.model.device == "cuda")

    def _part(self, encoded: Encoded) -> list[Encoded]:
        """A batch as questions with a short answer are asked: on a CPU chunk by chunk, in half the time."""
        if self._is_on_gpu:
            return [encoded]
        return [encoded.select([row]) for row in range(len(encoded.numbers))]

    def _may_share(self, shorter: NDArray[np.float32], longer: NDArray[np.float32]) -> bool:
        return self._is_on_gpu or self._window(shorter) == self._window(longer)

    def _window(self, sound: NDArray[np.float32]) -> int:
        """Frames of the window of a sound: with the tail, in whole seconds, 30 at most."""
        whole_s = math.ceil(_seconds(sound) + self._settings.tail_s)
        return min(WHOLE_WINDOW, whole_s * FRAMES_A_SECOND)

    def _write(self, encoded: Encoded, tokenizer: Any, prompt: list[int]) -> list[Attempt]:
        """Chunks written down with few candidates kept, and those that came out doubtful with all."""
        beam_size = self._settings.beam_size
        # On a GPU the candidates of a beam cost little more than one.
        is_once = beam_size <= FIRST_BEAM or self._settings.beam_below == 0 or self._is_on_gpu
        first = beam_size if is_once else FIRST_BEAM
        attempts = self._generate(encoded.features, encoded.sounds, tokenizer, prompt, beam_size=first)
        doubtful = [
            no
            for no, attempt in enumerate(attempts)
            if not is_once and self._is_doubtful(attempt, encoded.window)
        ]
        logger.debug(DECODED, len(attempts), len(doubtful))
        if doubtful:
            some = encoded.select(doubtful)
            again = self._generate(some.features, some.sounds, tokenizer, prompt, beam_size=beam_size)
            for no, attempt in zip(doubtful, again, strict=True):
                attempts[no] = attempt
        return attempts

    def _is_doubtful(self, attempt: Attempt, window: int) -> bool:
        """Whether more candidates may find better words."""
        if self._is_likely_silence(attempt):
            return False
        return attempt.mean_logprob < self._settings.beam_below or self._is_poor(attempt, window)

    def _is_likely_silence(self, attempt: Attempt) -> bool:
        improbable = attempt.mean_logprob < self._settings.improbable_at
        return improbable and attempt.no_speech > self._settings.no_speech_at

    def _retry(
        self,
        encoded: Encoded,
        row: int,
        first: Attempt,
        tokenizer: Any,
        prompt: list[int],
    ) -> Attempt:
        """A poor chunk again: in a whole window, then with rising temperature; the best of all tries."""
        import ctranslate2

        tries = [first]
        sound = encoded.sounds[row]
        is_whole = encoded.window == WHOLE_WINDOW
        if is_whole and not self._is_on_gpu:
            features = encoded.select([row]).features
        else:
            features = self._encode([sound], WHOLE_WINDOW)
        ways: list[dict[str, Any]] = [] if is_whole else [{"beam_size": self._settings.beam_size}]
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
            (again,) = self._generate(features, [sound], tokenizer, prompt, **way)
            tries.append(again)
            if not self._is_poor(again, WHOLE_WINDOW):
                return again
        calm = [each for each in tries if each.compression_ratio <= self._settings.repetitive_at]
        return max(calm or tries, key=lambda each: each.mean_logprob)

    def _is_poor(self, attempt: Attempt, window: int) -> bool:
        if not attempt.text or self._is_likely_silence(attempt):
            return False
        improbable = attempt.mean_logprob < self._settings.improbable_at
        repetitive = attempt.compression_ratio > self._settings.repetitive_at
        # What is doubled in a whole window too was said twice.
        return improbable or repetitive or (window < WHOLE_WINDOW and ends_twice(attempt.text))

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

    def _generate(
        self,
        features: Any,
        sounds: Sequence[NDArray[np.float32]],
        tokenizer: Any,
        prompt: list[int],
        **way: Any,
    ) -> list[Attempt]:
        longest_s = max(_seconds(sound) for sound in sounds)
        most = len(prompt) + 16 + math.ceil(longest_s * TOKENS_A_SECOND)
        results = self._model.model.generate(
            features,
            [prompt] * len(sounds),
            max_length=min(MAX_TOKENS, most),
            return_scores=True,
            return_no_speech_prob=True,
            suppress_tokens=self._suppressed(),
            **way,
        )
        return [_read_attempt(result, tokenizer) for result in results]

    def _time_words(self, attempts: Sequence[Attempt], encoded: Encoded, tokenizer: Any) -> tuple[Draft, ...]:
        """What is kept of each chunk, with the times of its words."""
        timed: list[Any] = []
        for part in self._part(encoded):
            frames = [max(2, round(_seconds(sound) * FRAMES_A_SECOND)) for sound in part.sounds]
            tokens = [list(each.tokens) for each in attempts[len(timed) : len(timed) + len(frames)]]
            timed += self._model.find_alignment(tokenizer, tokens, part.features, frames)
        return tuple(
            Draft(each.text, _words(words), each.mean_logprob, each.no_speech, each.compression_ratio)
            for each, words in zip(attempts, timed, strict=True)
        )

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


def _read_attempt(result: Any, tokenizer: Any) -> Attempt:
    tokens = tuple(token for token in result.sequences_ids[0] if token < tokenizer.eot)
    text = tokenizer.decode(list(tokens)).strip()
    length = len(result.sequences_ids[0])
    # The score is a mean over the tokens; the end token counts too.
    mean_logprob = result.scores[0] * length / (length + 1)
    return Attempt(tokens, text, mean_logprob, result.no_speech_prob, compression_ratio(text))


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
