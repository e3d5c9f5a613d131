"""A small sentence encoder on NumPy alone: BERT layers, mean pooling, unit vectors.

Reads the safetensors of a sentence-transformers model with BERT layers, such as all-MiniLM-L6-v2
(N. Reimers, I. Gurevych, "Sentence-BERT", EMNLP 2019; W. Wang et al., "MiniLM", NeurIPS 2020), so that
meanings need neither torch nor a conversion. About 10 ms a sentence on one core.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from speechcx.errors import ModelBad

Vectors = NDArray[np.float32]
MAX_TOKENS = 128
"""Word pieces of one sentence that are read; all-MiniLM-L6-v2 was trained on no more."""

_BATCH = 32
_DTYPES = {"F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4"}


@dataclass(frozen=True, slots=True)
class _Shape:
    """Sizes out of the model's config.json."""

    layers: int
    heads: int
    epsilon: float


class MiniLM:
    """The encoder of one model folder; loaded once for each process.

    Parameters
    ----------
    folder
        Holds ``config.json``, ``tokenizer.json`` and ``model.safetensors``.

    Raises
    ------
    ModelBad
        A file is missing or is not what such a model has.
    """

    def __init__(self, folder: Path) -> None:
        from tokenizers import Tokenizer

        try:
            config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
            self._shape = _Shape(
                int(config["num_hidden_layers"]),
                int(config["num_attention_heads"]),
                float(config["layer_norm_eps"]),
            )
            self._weights = read_safetensors(folder / "model.safetensors")
            self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            self._weights["embeddings.word_embeddings.weight"].shape  # noqa: B018 - there or KeyError
        except (OSError, ValueError, KeyError) as error:
            raise ModelBad(
                f"{folder} is no sentence encoder ({error})",
                "config.json, tokenizer.json and model.safetensors of a BERT sentence model",
                "run `speechcx models pull sentence-encoder --force`",
            ) from error
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(MAX_TOKENS)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of sentences.

        Parameters
        ----------
        texts
            Sentences of one language.

        Returns
        -------
        float32, shape (len(texts), width), each of length 1
            The dot product of two is their cosine.
        """
        ids = [self._tokenizer.encode(text).ids for text in texts]
        order = sorted(range(len(ids)), key=lambda place: len(ids[place]))
        width = self._weights["embeddings.word_embeddings.weight"].shape[1]
        vectors = np.empty((len(ids), width), dtype=np.float32)
        for start in range(0, len(order), _BATCH):
            batch = order[start : start + _BATCH]
            vectors[batch] = self._encode_batch([ids[place] for place in batch])
        return vectors

    def _encode_batch(self, ids: list[list[int]]) -> Vectors:
        longest = max(len(row) for row in ids)
        table = np.zeros((len(ids), longest), dtype=np.int64)
        mask = np.zeros((len(ids), longest), dtype=np.float32)
        for place, row in enumerate(ids):
            table[place, : len(row)] = row
            mask[place, : len(row)] = 1.0
        weights = self._weights
        hidden = (
            weights["embeddings.word_embeddings.weight"][table]
            + weights["embeddings.position_embeddings.weight"][:longest]
            + weights["embeddings.token_type_embeddings.weight"][0]
        )
        hidden = self._norm(hidden, "embeddings.LayerNorm")
        away = ((1.0 - mask) * -1e9)[:, None, None, :]
        for layer in range(self._shape.layers):
            hidden = self._layer(hidden, away, f"encoder.layer.{layer}")
        pooled = (hidden * mask[:, :, None]).sum(axis=1) / mask.sum(axis=1, keepdims=True)
        unit: Vectors = pooled / np.linalg.norm(pooled, axis=1, keepdims=True)
        return unit

    def _layer(self, hidden: Vectors, away: Vectors, name: str) -> Vectors:
        """One BERT layer: attention and feed-forward, each added and normalised."""
        from scipy.special import erf

        count, length, width = hidden.shape
        heads = self._shape.heads

        def split(part: str) -> Vectors:
            projected = self._linear(hidden, f"{name}.attention.self.{part}")
            return projected.reshape(count, length, heads, width // heads).transpose(0, 2, 1, 3)

        query, key, value = split("query"), split("key"), split("value")
        scores = query @ key.transpose(0, 1, 3, 2) / np.sqrt(width // heads).astype(np.float32) + away
        scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
        scores /= scores.sum(axis=-1, keepdims=True)
        mixed = (scores @ value).transpose(0, 2, 1, 3).reshape(count, length, width)
        mixed = self._linear(mixed, f"{name}.attention.output.dense")
        hidden = self._norm(hidden + mixed, f"{name}.attention.output.LayerNorm")
        wide = self._linear(hidden, f"{name}.intermediate.dense")
        wide = 0.5 * wide * (1.0 + erf(wide / np.sqrt(2.0).astype(np.float32)))
        return self._norm(hidden + self._linear(wide, f"{name}.output.dense"), f"{name}.output.LayerNorm")

    def _linear(self, values: Vectors, name: str) -> Vectors:
        made: Vectors = values @ self._weights[f"{name}.weight"].T + self._weights[f"{name}.bias"]
        return made

    def _norm(self, values: Vectors, name: str) -> Vectors:
        centred = values - values.mean(axis=-1, keepdims=True)
        spread = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + self._shape.epsilon)
        made: Vectors = centred / spread * self._weights[f"{name}.weight"] + self._weights[f"{name}.bias"]
        return made


def read_safetensors(path: Path) -> dict[str, Vectors]:
    """Every tensor of a safetensors file by name, as float32.

    The format is a header length (8 bytes, little endian), a JSON header and the raw numbers; nothing in
    it can run.

    Raises
    ------
    ValueError
        The file is cut off or holds another kind of number.
    """
    raw = path.read_bytes()
    (size,) = struct.unpack("<Q", raw[:8]) if len(raw) >= 8 else (len(raw),)
    if size + 8 > len(raw):
        raise ValueError(f"{path.name} is cut off")
    header = json.loads(raw[8 : 8 + size])
    tensors = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        start, end = entry["data_offsets"]
        kind = _DTYPES.get(entry["dtype"])
        if kind is None or 8 + size + end > len(raw):
            raise ValueError(f"{path.name}: {name} is {entry['dtype']}, or is cut off")
        values = np.frombuffer(raw[8 + size + start : 8 + size + end], dtype=kind).reshape(entry["shape"])
        tensors[name] = values.astype(np.float32)
    return tensors
