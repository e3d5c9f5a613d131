"""Tests of the sentence encoder on a tiny made model, and on the real one where it is."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import numpy as np
import pytest

from speechcx.errors import ModelBad, ModelMissing
from speechcx.rules.matching.minilm import MiniLM, read_safetensors

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "hello", "there", "bill"]


def save(path: Path, tensors: dict[str, np.ndarray]) -> None:
    """A safetensors file."""
    header, body = {}, b""
    for name, values in tensors.items():
        raw = np.ascontiguousarray(values, dtype="<f4").tobytes()
        header[name] = {
            "dtype": "F32",
            "shape": list(values.shape),
            "data_offsets": [len(body), len(body) + len(raw)],
        }
        body += raw
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + body)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A model of one layer, two heads and width 4, with seeded weights."""
    rng = np.random.default_rng(7)

    def made(*shape: int) -> np.ndarray:
        return rng.normal(size=shape)

    tensors = {
        "embeddings.word_embeddings.weight": made(len(WORDS), 4),
        "embeddings.position_embeddings.weight": made(16, 4),
        "embeddings.token_type_embeddings.weight": made(2, 4),
    }
    layer = "encoder.layer.0"
    for name, out, into in (
        (f"{layer}.attention.self.query", 4, 4), (f"{layer}.attention.self.key", 4, 4),
        (f"{layer}.attention.self.value", 4, 4),
        (f"{layer}.attention.output.dense", 4, 4), (f"{layer}.intermediate.dense", 8, 4),
        (f"{layer}.output.dense", 4, 8),
    ):  # fmt: skip
        tensors[f"{name}.weight"], tensors[f"{name}.bias"] = made(out, into), made(out)
    for name in ("embeddings.LayerNorm", f"{layer}.attention.output.LayerNorm", f"{layer}.output.LayerNorm"):
        tensors[f"{name}.weight"], tensors[f"{name}.bias"] = np.ones(4), np.zeros(4)
    save(tmp_path / "model.safetensors", tensors)
    config = {"num_hidden_layers": 1, "num_attention_heads": 2, "layer_norm_eps": 1e-12}
    (tmp_path / "config.json").write_text(json.dumps(config))
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Whitespace

    tokenizer = Tokenizer(WordLevel({word: place for place, word in enumerate(WORDS)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    return tmp_path


def test_vectors_have_length_one_and_do_not_depend_on_their_neighbours(folder: Path) -> None:
    """A sentence has the same vector alone and beside longer ones: padding is not seen."""
    encoder = MiniLM(folder)
    together = encoder.encode(["hello", "hello there bill hello there", "bill there"])
    assert together.dtype == np.float32
    np.testing.assert_allclose(np.ones(3), np.linalg.norm(together, axis=1), rtol=1e-5)
    np.testing.assert_allclose(encoder.encode(["hello"])[0], together[0], rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(encoder.encode(["bill there"])[0], together[2], rtol=1e-4, atol=1e-6)


def test_word_order_matters(folder: Path) -> None:
    """Positions are part of the sentence."""
    one, two = MiniLM(folder).encode(["hello there", "there hello"])
    assert not np.allclose(one, two)


def test_folders_that_are_no_such_model_are_refused(folder: Path) -> None:
    """Missing, cut off and wrong files are named with what to do."""
    weights = folder / "model.safetensors"
    whole = weights.read_bytes()
    for damaged in (whole[:100], whole[:-10], b""):
        weights.write_bytes(damaged)
        with pytest.raises(ModelBad, match="is no sentence encoder"):
            MiniLM(folder)
    weights.write_bytes(whole)
    (folder / "config.json").write_text("{}")
    with pytest.raises(ModelBad, match="models pull sentence-encoder"):
        MiniLM(folder)


def test_tensors_keep_their_shape(tmp_path: Path) -> None:
    """What was saved is read."""
    save(tmp_path / "m", {"a": np.arange(6.0).reshape(2, 3), "b": np.array([1.5])})
    tensors = read_safetensors(tmp_path / "m")
    np.testing.assert_array_equal(np.arange(6.0).reshape(2, 3), tensors["a"])
    assert (1,) == tensors["b"].shape


@pytest.mark.e2e
def test_the_real_encoder_gives_its_published_cosines() -> None:
    """all-MiniLM-L6-v2 gives the figures of its model card: 0.695, 0.943 and 0.257."""
    from speechcx.weights import find_model

    try:
        folder = find_model("sentence-encoder")
    except ModelMissing:
        pytest.skip("the sentence encoder is not on this machine")
    sentences = (
        "That is a happy person",
        "That is a happy dog",
        "That is a very happy person",
        "Today is a sunny day",
    )
    vectors = MiniLM(folder).encode(sentences)
    np.testing.assert_allclose([0.695, 0.943, 0.257], vectors[1:] @ vectors[0], atol=0.001)
