"""Any Hugging Face text-classification folder: ONNX where it has one, torch where that is installed.

Only ``.onnx`` and ``.safetensors`` weights are read, code that a model brings is never run, and
nothing is fetched: a hub name must already lie in the local hub cache.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Protocol

from speechcx.errors import ConfigError, ModelBad, ModelMissing
from speechcx.sentiment.protocol import ClassShares
from speechcx.sentiment.settings import CLASSES, SentimentSettings
from speechcx.weights import find_model
from speechcx.weights.digest_cache import sealed_digests

_ONNX_PLACES = (
    "onnx/model_quantized.onnx",
    "model_quantized.onnx",
    "onnx/model_int8.onnx",
    "onnx/model.onnx",
    "model.onnx",
)
_PICKLES = ("pytorch_model.bin", "*.pt", "*.pth", "*.pkl", "*.ckpt", "pytorch_model-*.bin")
_ALIASES = {
    "negative": "negative", "neg": "negative", "neutral": "neutral", "neu": "neutral",
    "positive": "positive", "pos": "positive",
    "very negative": "negative", "very positive": "positive",
    "very_negative": "negative", "very_positive": "positive",
}  # fmt: skip


_AT_ONCE = 64
"""Texts handed to a runner together: bounds memory, and keeps like lengths together."""


class Runner(Protocol):
    """Something that gives raw class scores for texts."""

    def score(self, texts: Sequence[str]) -> list[list[float]]:
        """One row of logits for each text."""


class Transformer:
    """A text-classification model whose classes are mapped to ours by name."""

    def __init__(self, name: str, digest: str, runner: Runner, classes: tuple[str, ...]) -> None:
        self._name = name
        self._digest = digest
        self._runner = runner
        self._classes = classes

    @property
    def name(self) -> str:
        """The engine and the model it runs."""
        return f"transformer {self._name}"

    @property
    def digest(self) -> str:
        """Digest of weights, tokenizer and labels."""
        return self._digest

    def read(self, texts: Sequence[str]) -> tuple[ClassShares, ...]:
        """Class shares of each text; texts of like length are read together."""
        order = sorted(range(len(texts)), key=lambda k: len(texts[k]))
        found: dict[int, ClassShares] = {}
        for start in range(0, len(order), _AT_ONCE):
            part = order[start : start + _AT_ONCE]
            rows = self._runner.score([texts[k] for k in part])
            found.update(zip(part, map(self._shares, rows), strict=True))
        return tuple(found[k] for k in range(len(texts)))

    def _shares(self, logits: Sequence[float]) -> ClassShares:
        kept = [(c, x) for c, x in zip(self._classes, logits, strict=True) if c != "ignore"]
        highest = max(x for _, x in kept)
        grown = [(c, math.exp(x - highest)) for c, x in kept]
        total = sum(x for _, x in grown)
        negative, neutral, positive = (sum(x for c, x in grown if c == k) / total for k in CLASSES)
        return ClassShares(negative, neutral, positive)


class OnnxRunner:
    """An ONNX file on onnxruntime, with the fast tokenizer of its folder.

    Each text is a run of its own. An int8 file scales its activations over all that is in one run,
    so that in a common run a text's answer would change a little with its neighbours; alone, with
    nothing padded, one core still reads some 300 turns a second.
    """

    def __init__(self, folder: Path, weights: Path, settings: SentimentSettings) -> None:
        self._tokenizer = _load_tokenizer(folder, settings.max_tokens)
        self._session = _open_session(weights)
        self._inputs = {given.name for given in self._session.get_inputs()}
        self._threads = settings.threads

    def score(self, texts: Sequence[str]) -> list[list[float]]:
        """One row of logits for each text."""
        encoded = self._tokenizer.encode_batch(list(texts))
        if self._threads == 1:
            return [self._run(one) for one in encoded]
        with ThreadPoolExecutor(self._threads) as pool:
            return list(pool.map(self._run, encoded))

    def _run(self, encoded: Any) -> list[float]:
        import numpy as np

        feeds = {
            "input_ids": encoded.ids,
            "attention_mask": encoded.attention_mask,
            "token_type_ids": encoded.type_ids,
        }
        given = {name: np.array([ids], dtype=np.int64) for name, ids in feeds.items() if name in self._inputs}
        row: list[float] = self._session.run(None, given)[0][0].tolist()
        return row


class TorchRunner:
    """Safetensors on torch, by transformers."""

    def __init__(self, folder: Path, settings: SentimentSettings) -> None:
        import torch
        import transformers

        torch.set_num_threads(settings.threads)
        self._max_tokens = settings.max_tokens
        self._tokenizer = transformers.AutoTokenizer.from_pretrained(
            folder, local_files_only=True, trust_remote_code=False
        )
        self._model: Any = transformers.AutoModelForSequenceClassification.from_pretrained(
            folder, local_files_only=True, trust_remote_code=False, use_safetensors=True
        ).eval()

    def score(self, texts: Sequence[str]) -> list[list[float]]:
        """One row of logits for each text."""
        import torch

        batch = self._tokenizer(
            list(texts), padding=True, truncation=True, max_length=self._max_tokens, return_tensors="pt"
        )
        with torch.no_grad():
            rows: list[list[float]] = self._model(**batch).logits.float().tolist()
        return rows


def load_transformer(settings: SentimentSettings) -> Transformer:
    """Load the model of ``settings.model``.

    Raises
    ------
    ModelMissing
        The model is not on this machine, or its runtime is not installed.
    ModelBad
        The folder lacks a file it needs, is damaged, or holds only weights that can run code.
    ConfigError
        Its labels are not ours and ``settings.labels`` does not map them.
    """
    folder = find_folder(settings.model)
    classes = map_labels(_read_labels(folder), settings)
    weights = next((folder / place for place in _ONNX_PLACES if (folder / place).is_file()), None)
    runner: Runner
    if weights is not None:
        runner, main = OnnxRunner(folder, weights, settings), weights
    else:
        main = _find_safetensors(folder)
        runner = TorchRunner(folder, settings)
    digest = _find_digest(folder, main, classes)
    name = settings.model if not folder.is_absolute() else folder.name
    return Transformer(name, digest, runner, classes)


def find_folder(model: str) -> Path:
    """Find a model's folder: a path, a name of the manifest, or a hub name in the local cache."""
    if not (model.count("/") == 1 and not model.startswith((".", "~", "/"))) or Path(model).is_dir():
        return find_model(model)
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(model, local_files_only=True))
    except (LocalEntryNotFoundError, HFValidationError, FileNotFoundError) as error:
        raise ModelMissing(
            f"model {model!r} is neither a folder here nor in the local hub cache",
            "a folder, a name of `speechcx models list`, or a hub model fetched before",
            f"run `hf download {model}` where there is a network, or name its folder",
        ) from error


def map_labels(labels: Sequence[str], settings: SentimentSettings) -> tuple[str, ...]:
    """Map a model's own labels, in order, to negative, neutral, positive or ignore.

    Raises
    ------
    ConfigError
        A label is unknown, or a class has none; the message shows the mapping to write.
    """
    given = {name.lower(): to for name, to in settings.labels}
    found = [given.get(label.lower(), _ALIASES.get(label.lower().strip())) for label in labels]
    missing = [label for label, to in zip(labels, found, strict=True) if to is None]
    known = [to for to in found if to is not None]
    if missing or not {"negative", "positive"} <= set(known):
        pairs = ", ".join(f'["{label}", "{to or "?"}"]' for label, to in zip(labels, found, strict=True))
        raise ConfigError(
            f"model {settings.model!r} has the labels {', '.join(labels)}",
            "labels that read negative, neutral and positive, or a mapping to these",
            f"write under [sentiment] in speechcx.toml, each ? being negative, neutral, positive or ignore: "
            f"labels = [{pairs}]",
        )
    return tuple(known)


def _read_labels(folder: Path) -> tuple[str, ...]:
    path = folder / "config.json"
    try:
        found = json.loads(path.read_text(encoding="utf-8"))["id2label"]
        return tuple(str(found[key]) for key in sorted(found, key=int))
    except FileNotFoundError as error:
        raise _lacks(folder, "config.json") from error
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise ModelBad(
            f"{path} has no readable id2label",
            "the config.json of a text-classification model",
            "name another folder, or write id2label into it",
        ) from error


def _load_tokenizer(folder: Path, max_tokens: int) -> Any:
    from tokenizers import Tokenizer

    path = folder / "tokenizer.json"
    if not path.is_file():
        raise _lacks(folder, "tokenizer.json")
    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as error:
        raise ModelBad(
            f"{path} cannot be read: {error}", "a tokenizer file", "fetch the model again"
        ) from error
    tokenizer.no_padding()
    tokenizer.enable_truncation(max_tokens)
    return tokenizer


def _open_session(weights: Path) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    # The arena keeps the largest batch ever seen; a worker that reads short turns need not.
    options.enable_cpu_mem_arena = False
    try:
        return onnxruntime.InferenceSession(str(weights), options, providers=["CPUExecutionProvider"])
    except Exception as error:
        raise ModelBad(
            f"{weights} cannot be loaded: {type(error).__name__}",
            "a whole ONNX file",
            "fetch the model again",
        ) from error


def _find_safetensors(folder: Path) -> Path:
    from importlib.util import find_spec

    weights = folder / "model.safetensors"
    if not weights.is_file():
        unsafe = sorted(path.name for pattern in _PICKLES for path in folder.glob(pattern))
        if unsafe:
            raise ModelBad(
                f"{folder} holds only weights that can run code when loaded: {', '.join(unsafe)}",
                "model.safetensors or an ONNX file",
                "convert the model to safetensors first",
            )
        raise _lacks(folder, "onnx/model.onnx or model.safetensors")
    if find_spec("torch") is None or find_spec("transformers") is None:
        raise ModelMissing(
            f"{folder} has no ONNX file, and torch is not installed to read its safetensors",
            "onnx/model.onnx in the folder, or torch",
            "run `pip install 'speechcx[torch]'`, or export the model to ONNX",
        )
    return weights


def _find_digest(folder: Path, weights: Path, classes: tuple[str, ...]) -> str:
    names = [weights.relative_to(folder).as_posix(), "config.json"]
    names += [name for name in ("tokenizer.json",) if (folder / name).is_file()]
    digests = sealed_digests(folder, tuple(names))
    text = "\n".join([*(f"{digests[name]}  {name}" for name in names), *classes])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _lacks(folder: Path, what: str) -> ModelBad:
    return ModelBad(
        f"{folder} has no {what}",
        "a text-classification model in the Hugging Face layout",
        "name another folder, or fetch the model again",
    )
