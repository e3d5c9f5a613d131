"""Models that can be pulled from the Hub by a short name, and what is known of them before.

The manifest (``models.toml``) pins every byte of a few models. Those here are many and large: their digests
are recorded by the first pull (:mod:`speechcx.weights.record`) and hold from then on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal

RecognitionEngine = Literal["whisper", "onnx-asr"]

WORKER_MB = 330
"""About the memory of a worker beside its recognition weights: Python, libraries, the other models, one call. With
`base` (145 MB) `speechcx bench` measured 437 MB."""

WHISPER_FILES = (
    "model.bin", "config.json", "tokenizer.json", "vocabulary.*", "preprocessor_config.json",
)  # fmt: skip
"""What faster-whisper loads of a folder in CTranslate2's layout."""


@dataclass(frozen=True, slots=True)
class HubModel:
    """A model of the catalogue.

    Parameters
    ----------
    name
        As people and `transcribe.model` write it; also the name of its folder.
    repo
        Repository on the Hub.
    parameters_m
        Millions of parameters.
    languages
        In words.
    licence
        Of the weights, as their makers state it.
    engine
        Setting of `transcribe.engine` that runs it.
    files
        Patterns of the files to take. For ``onnx-asr`` those with int8 weights, where the repository has them.
    aliases
        Other names.
    """

    name: str
    repo: str
    parameters_m: float
    languages: str
    licence: str
    engine: RecognitionEngine = "whisper"
    files: tuple[str, ...] = WHISPER_FILES
    aliases: tuple[str, ...] = ()

    @property
    def size_bytes(self) -> int:
        """About what is fetched: CTranslate2 files hold float16, those of ``onnx-asr`` int8."""
        return round(self.parameters_m * 1e6) * (2 if self.engine == "whisper" else 1)


def memory_mb(size_bytes: int, engine: RecognitionEngine) -> int:
    """About what one worker needs on a CPU, weights of `size_bytes` included.

    CTranslate2 turns float16 into int8 while it loads, which halves it; the encoder on onnxruntime is a
    second int8 copy of about half of the weights.
    """
    weights_mb = size_bytes / 1e6
    return round(WORKER_MB + weights_mb * (0.75 if engine == "whisper" else 1.3))


def _systran(name: str, parameters_m: float, *, aliases: tuple[str, ...] = ()) -> HubModel:
    is_distilled = name.startswith("distil-")
    stem = f"distil-whisper-{name.removeprefix('distil-')}" if is_distilled else f"whisper-{name}"
    languages = "English" if is_distilled or name.endswith(".en") else "99"
    names = (f"whisper-{name}", *aliases)
    return HubModel(name, f"Systran/faster-{stem}", parameters_m, languages, "MIT", aliases=names)


def _onnx(
    name: str, repo: str, parameters_m: float, languages: str, *, licence: str, files: Sequence[str]
) -> HubModel:
    # "?int8" is how onnx-asr itself looks for them: model.int8.onnx or model_int8.onnx.
    weights = tuple(f"{stem}?int8.onnx" for stem in files)
    return HubModel(
        name, repo, parameters_m, languages, licence, "onnx-asr", (*weights, "config.json", "*vocab.txt")
    )


_TRANSDUCER = ("encoder-model", "decoder_joint-model")
_GIGAAM_RNNT = ("encoder", "decoder", "joint")

CATALOGUE: tuple[HubModel, ...] = (
    _systran("tiny", 39),
    _systran("tiny.en", 39),
    _systran("base", 74),
    _systran("base.en", 74),
    _systran("small", 244),
    _systran("small.en", 244),
    _systran("medium", 769),
    _systran("medium.en", 769),
    _systran("large-v1", 1550),
    _systran("large-v2", 1550),
    _systran("large-v3", 1550, aliases=("large",)),
    HubModel(
        "large-v3-turbo", "mobiuslabsgmbh/faster-whisper-large-v3-turbo", 809, "99", "MIT",
        aliases=("turbo", "whisper-large-v3-turbo"),
    ),
    _systran("distil-small.en", 166),
    _systran("distil-medium.en", 394),
    _systran("distil-large-v2", 756),
    _systran("distil-large-v3", 756),
    HubModel("distil-large-v3.5", "distil-whisper/distil-large-v3.5-ct2", 756, "English", "MIT"),
    _onnx(
        "nemo-parakeet-tdt-0.6b-v3", "istupakov/parakeet-tdt-0.6b-v3-onnx", 600, "25 of Europe",
        licence="CC-BY-4.0", files=_TRANSDUCER,
    ),
    _onnx(
        "nemo-parakeet-tdt-0.6b-v2", "istupakov/parakeet-tdt-0.6b-v2-onnx", 600, "English",
        licence="CC-BY-4.0", files=_TRANSDUCER,
    ),
    _onnx(
        "nemo-canary-1b-v2", "istupakov/canary-1b-v2-onnx", 1000, "25 of Europe",
        licence="CC-BY-4.0", files=("encoder-model", "decoder-model"),
    ),
    _onnx(
        "gigaam-v3-ctc", "istupakov/gigaam-v3-onnx", 240, "Russian", licence="MIT",
        files=("v3_ctc",),
    ),
    _onnx(
        "gigaam-v3-e2e-rnnt", "istupakov/gigaam-v3-onnx", 240, "Russian", licence="MIT",
        files=tuple(f"v3_e2e_rnnt_{part}" for part in _GIGAAM_RNNT),
    ),
)  # fmt: skip
"""Every size that faster-whisper names, and models of onnx-asr for which a common machine has room."""


def find_in_catalogue(name: str) -> HubModel | None:
    """The model of the catalogue with that name or alias."""
    return next((each for each in CATALOGUE if name == each.name or name in each.aliases), None)


def wanted_files(names: Sequence[str], patterns: Sequence[str]) -> tuple[str, ...]:
    """Those of a repository's files that a model needs, with the data that ONNX keeps beside a graph."""
    graphs = [name for name in names if any(fnmatchcase(name, pattern) for pattern in patterns)]
    beside = {f"{name}{end}" for name in graphs if name.endswith(".onnx") for end in (".data", "_data")}
    return tuple(name for name in names if name in beside or name in graphs)
