"""The settings of the room that writes down the words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from speechcx.ranges import Range, expect_ranges

NOT_IN_DIGEST = frozenset({"device", "cpu_threads", "batch_size", "allow_hub"})
"""They change how fast words come, not which."""

COMPUTE_TYPES = (
    "auto", "default", "int8", "int8_float32", "int8_float16", "int8_bfloat16", "int16", "float16",
    "bfloat16", "float32",
)  # fmt: skip
"""``auto``, and the names CTranslate2 has for them."""


@dataclass(frozen=True, slots=True)
class TranscribeSettings:
    """How words are recognised, and which are not believed.

    Parameters
    ----------
    engine
        ``whisper`` transcribes with Whisper; ``onnx-asr`` with Parakeet, Canary, GigaAM and others (``pip
        install 'speechcx[onnx-asr]'``); ``replay`` reads a transcript beside the recording.
    model
        A name of ``speechcx models list --available`` (``base``, ``large-v3-turbo``), a repository that was pulled
        (``owner/name``), the name of a folder in the models folder, or a path to a folder. With engine
        ``onnx-asr`` a model made for it. docs/models.md says which to choose.
    language
        ISO 639-1 code of the usual language of your calls. Each speaker's language is found from the sound
        anyway: speech that is clearly in another one is transcribed in that, and flagged. ``auto`` flags what
        is not English. A code flags what is not that language, and warns in the log.
    device
        ``auto``, ``cpu`` or ``cuda``.
    compute_type
        Number format: ``auto`` is ``int8`` on a CPU and ``float16`` on a GPU; else a name of CTranslate2.
    encoder
        What encodes the sound on a CPU. ``auto`` is onnxruntime with int8 weights, which gets a few more
        words right, if ``compute_type`` is ``auto`` or ``int8`` and it takes at most 1.2 times CTranslate2's
        time here (`speechcx doctor` says which). ``ctranslate2`` never uses onnxruntime.
    cpu_threads
        Threads of one worker. Several workers with one thread each are faster than one with several.
    batch_size
        Windows transcribed at once. 0 chooses: 8 on a GPU, 3 on a CPU.
    beam_size
        Candidates kept while decoding; 1 is faster and slightly less accurate.
    beam_below
        On a CPU a window is first decoded with two candidates, and with ``beam_size`` only if the mean log
        probability of a token is below this. 0 always uses ``beam_size``.
    window_s
        Longest stretch transcribed at once; Whisper takes 30 s at most. The turns of all speakers share it,
        in spoken order.
    padding_s
        Sound around each turn that the engine also gets.
    seam_s
        Silence put between two turns that share a window.
    tail_s
        Silence given to Whisper after each window. 30 fills its whole window each time, as it was trained:
        much slower for short chunks, and not more accurate.
    hotwords
        Words and names likely to be spoken: products, the company, agents.
    hotwords_from
        Details of a call whose values are hotwords for it: ``["agent", "queue"]`` or any extra column.
    initial_prompt
        Text in the style and spelling you want.
    retry_poor
        Decode repetitive or improbable text again, with rising temperature.
    hear_again
        Transcribe short turns without words again, alone, and accept only what is then certain.
    no_speech_at
        Words are rejected if Whisper's own probability of no speech is above this and ``improbable_at`` holds
        too.
    improbable_at
        A stretch is improbable if the mean log probability of its tokens is below this.
    repetitive_at
        A stretch is repetitive if its compression ratio is above this.
    replay_suffix
        The ``replay`` engine puts this in place of the recording's extension.
    allow_hub
        Let the engine fetch a model from the Hugging Face Hub by its name. Off: a run never uses a network.
    """

    engine: str = "whisper"
    model: str = "base"
    language: str = "auto"
    device: str = "auto"
    compute_type: str = "auto"
    encoder: str = "auto"
    cpu_threads: Annotated[int, Range(1, 64)] = 1
    batch_size: Annotated[int, Range(0, 64)] = 0
    beam_size: Annotated[int, Range(1, 64)] = 5
    beam_below: Annotated[float, Range(-100, 0)] = -0.3
    window_s: Annotated[float, Range(5, 30)] = 28.0
    padding_s: Annotated[float, Range(0, 2)] = 0.2
    seam_s: Annotated[float, Range(0, 2)] = 0.1
    tail_s: Annotated[float, Range(1, 30)] = 5.0
    hotwords: tuple[str, ...] = ()
    hotwords_from: tuple[str, ...] = ()
    initial_prompt: str = ""
    retry_poor: bool = True
    hear_again: bool = True
    no_speech_at: Annotated[float, Range(0, 1)] = 0.6
    improbable_at: Annotated[float, Range(-100, 0)] = -1.0
    repetitive_at: Annotated[float, Range(0, 1000)] = 2.4
    replay_suffix: str = ".transcript.json"
    allow_hub: bool = False

    def __post_init__(self) -> None:
        if self.compute_type not in COMPUTE_TYPES:
            raise ValueError(
                f"compute_type must be one of {', '.join(COMPUTE_TYPES)}, got {self.compute_type!r}"
            )
        if self.encoder not in ("auto", "ctranslate2"):
            raise ValueError(f"encoder must be auto or ctranslate2, got {self.encoder!r}")
        if self.device not in ("auto", "cpu", "cuda"):
            raise ValueError(f"device must be auto, cpu or cuda, got {self.device!r}")
        if self.language != "auto" and not (self.language.isalpha() and self.language.islower()):
            raise ValueError(f"language must be 'auto' or a code such as 'en', got {self.language!r}")
        expect_ranges(self)
        if not self.replay_suffix.endswith(".json") or "/" in self.replay_suffix:
            raise ValueError(f"replay_suffix must end in .json and hold no /, got {self.replay_suffix!r}")
