"""The settings of the room that writes down the words."""

from __future__ import annotations

from dataclasses import dataclass

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
        ``whisper`` listens; ``replay`` reads a transcript that lies beside the recording.
    model
        Whisper model: a name of ``speechcx models list`` (``base``, ``tiny.en``), of a folder in the
        models folder, or a path to a folder with a CTranslate2 model.
    language
        ISO 639-1 code of what is spoken; ``auto`` finds out for each recording.
    device
        ``auto``, ``cpu`` or ``cuda``.
    compute_type
        Number format: ``auto`` is ``int8`` on a CPU and ``float16`` on a GPU; else a name of CTranslate2.
    cpu_threads
        Threads of one worker. Several workers with one thread each are faster than one with several.
    batch_size
        Chunks recognised at once. 0 chooses: 8 on a GPU, 1 on a CPU, where more only take memory.
    beam_size
        Candidates kept while decoding; 1 is quicker and a little worse.
    chunk_s
        Longest stretch recognised at once; Whisper hears 30 s at most.
    longest_gap_s
        Longer silence inside a chunk is shortened to this.
    padding_s
        Sound around each stretch of speech that is given to the engine too.
    tail_s
        Silence given to Whisper after each chunk. 30 fills its whole window each time, as it was trained:
        much slower for short chunks, and not more accurate.
    hotwords
        Words and names likely to be spoken: products, the company, agents.
    hotwords_from
        Details of a call whose values are hotwords for it: ``["agent", "queue"]`` or any extra column.
    initial_prompt
        Text in the style and spelling wanted.
    retry_poor
        Decode again, with rising temperature, what came out repetitive or improbable.
    hear_again
        Hear short turns that got no words again, alone, and believe what is sure then.
    no_speech_at
        Words are not believed where Whisper's own probability of no speech is over this and
        ``improbable_at`` holds too.
    improbable_at
        Mean log probability of a token under which a stretch is improbable.
    repetitive_at
        Compression ratio over which a stretch is repetitive.
    replay_suffix
        What the ``replay`` engine puts in the place of the recording's extension.
    allow_hub
        Let the engine fetch a model from the Hugging Face Hub by its name. Off: a run never uses a network.
    """

    engine: str = "whisper"
    model: str = "base"
    language: str = "en"
    device: str = "auto"
    compute_type: str = "auto"
    cpu_threads: int = 1
    batch_size: int = 0
    beam_size: int = 5
    chunk_s: float = 28.0
    longest_gap_s: float = 2.0
    padding_s: float = 1.0
    tail_s: float = 5.0
    hotwords: tuple[str, ...] = ()
    hotwords_from: tuple[str, ...] = ()
    initial_prompt: str = ""
    retry_poor: bool = True
    hear_again: bool = True
    no_speech_at: float = 0.6
    improbable_at: float = -1.0
    repetitive_at: float = 2.4
    replay_suffix: str = ".transcript.json"
    allow_hub: bool = False

    def __post_init__(self) -> None:
        if self.compute_type not in COMPUTE_TYPES:
            raise ValueError(
                f"compute_type must be one of {', '.join(COMPUTE_TYPES)}, got {self.compute_type!r}"
            )
        if self.device not in ("auto", "cpu", "cuda"):
            raise ValueError(f"device must be auto, cpu or cuda, got {self.device!r}")
        if self.language != "auto" and not (self.language.isalpha() and self.language.islower()):
            raise ValueError(f"language must be 'auto' or a code such as 'en', got {self.language!r}")
        for name, least in (("cpu_threads", 1), ("beam_size", 1), ("batch_size", 0)):
            if not least <= getattr(self, name) <= 64:
                raise ValueError(f"{name} must be {least} to 64, got {getattr(self, name)}")
        if not 5 <= self.chunk_s <= 30:
            raise ValueError(f"chunk_s must be 5 to 30 (Whisper hears 30 s at most), got {self.chunk_s}")
        if not 0 <= self.padding_s <= 2 or not 0.2 <= self.longest_gap_s <= 30:
            raise ValueError(
                "padding_s must be 0 to 2 and longest_gap_s 0.2 to 30, "
                f"got {self.padding_s} and {self.longest_gap_s}"
            )
        if not 1 <= self.tail_s <= 30:
            raise ValueError(f"tail_s must be 1 to 30, got {self.tail_s}")
        if not 0 <= self.no_speech_at <= 1:
            raise ValueError(f"no_speech_at must be 0 to 1, got {self.no_speech_at}")
        if not self.replay_suffix.endswith(".json") or "/" in self.replay_suffix:
            raise ValueError(f"replay_suffix must end in .json and hold no /, got {self.replay_suffix!r}")
