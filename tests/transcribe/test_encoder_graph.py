"""The encoder's graph, on small made-up weights whose answer NumPy computes, and on a real model's."""

import math
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from speechcx.transcribe.encoder import OnnxEncoder
from speechcx.transcribe.encoder_graph import build_encoder, read_weights

WIDTH, MELS, HEADS, LAYERS, INNER, POSITIONS = 16, 8, 2, 2, 32, 20
KINDS = {"float32": 0, "int8": 1, "int16": 2, "float16": 4}

Weights = dict[str, NDArray[Any]]


def made_weights(dtype: str = "float16") -> Weights:
    rng = np.random.default_rng(3)
    shapes: dict[str, tuple[int, ...]] = {
        "conv1/weight": (WIDTH, MELS, 3), "conv1/bias": (WIDTH,),
        "conv2/weight": (WIDTH, WIDTH, 3), "conv2/bias": (WIDTH,),
        "position_encodings/encodings": (POSITIONS, WIDTH),
    }  # fmt: skip
    for layer in range(LAYERS):
        own = f"layer_{layer}"
        for name, out, into in (
            ("self_attention/linear_0", 3 * WIDTH, WIDTH),
            ("self_attention/linear_1", WIDTH, WIDTH),
            ("ffn/linear_0", INNER, WIDTH),
            ("ffn/linear_1", WIDTH, INNER),
        ):
            shapes |= {f"{own}/{name}/weight": (out, into), f"{own}/{name}/bias": (out,)}
    found: Weights = {name: rng.normal(0, 0.3, shape).astype(dtype) for name, shape in sorted(shapes.items())}
    norms = [f"layer_{no}/{part}/layer_norm" for no in range(LAYERS) for part in ("self_attention", "ffn")]
    for name in [*norms, "layer_norm"]:
        found[f"{name}/gamma"] = rng.normal(1, 0.1, WIDTH).astype(dtype)
        found[f"{name}/beta"] = rng.normal(0, 0.1, WIDTH).astype(dtype)
    found["num_heads"] = np.array(HEADS, np.int16)
    return found


def write_model(path: Path, weights: Weights, *, version: int = 6, kind: str = "WhisperSpec") -> Path:
    """A ``model.bin`` as CTranslate2 writes it, with a decoder array that nobody asks for."""

    def text(value: str) -> bytes:
        return struct.pack("<H", len(value) + 1) + value.encode() + b"\0"

    arrays = {"decoder/embeddings/weight": np.ones((3, 2), np.float16)}
    arrays |= {f"encoder/{name}": values for name, values in weights.items()}
    data = struct.pack("<I", version) + text(kind) + struct.pack("<II", 3, len(arrays))
    for name, values in arrays.items():
        data += text(name) + struct.pack(f"<B{values.ndim}I", values.ndim, *values.shape)
        data += struct.pack("<BI", KINDS[str(values.dtype)], values.nbytes) + values.tobytes()
    path.write_bytes(data + struct.pack("<I", 0))
    return path


def expected(weights: Weights, features: NDArray[np.float32]) -> NDArray[np.float64]:
    """Whisper's encoder in float64 (Radford et al. 2022, and Vaswani et al. 2017 for attention)."""
    of = {name: values.astype(np.float64) for name, values in weights.items()}

    def gelu(x: NDArray[np.float64]) -> NDArray[np.float64]:
        return x * 0.5 * (1 + np.vectorize(math.erf)(x / math.sqrt(2)))

    def convolve(x: NDArray[np.float64], name: str, stride: int) -> NDArray[np.float64]:
        padded = np.pad(x, ((0, 0), (1, 1)))
        columns = [padded[:, at : at + 3] for at in range(0, x.shape[1], stride)]
        rows = [np.einsum("oik,ik->o", of[f"{name}/weight"], column) for column in columns]
        return np.stack(rows, axis=1) + of[f"{name}/bias"][:, None]

    def norm(x: NDArray[np.float64], name: str) -> NDArray[np.float64]:
        scaled = (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 1e-5)
        return scaled * of[f"{name}/gamma"] + of[f"{name}/beta"]

    def linear(x: NDArray[np.float64], name: str) -> NDArray[np.float64]:
        return x @ of[f"{name}/weight"].T + of[f"{name}/bias"]

    x = gelu(convolve(gelu(convolve(features.astype(np.float64), "conv1", 1)), "conv2", 2)).T
    x = x + of["position_encodings/encodings"][: len(x)]
    for no in range(LAYERS):
        own = f"layer_{no}/self_attention"
        query, key, value = (
            part.reshape(len(x), HEADS, -1).swapaxes(0, 1)
            for part in np.split(linear(norm(x, f"{own}/layer_norm"), f"{own}/linear_0"), 3, axis=-1)
        )
        scores = np.exp(query @ key.swapaxes(1, 2) / math.sqrt(WIDTH / HEADS))
        seen = (scores / scores.sum(-1, keepdims=True)) @ value
        x = x + linear(seen.swapaxes(0, 1).reshape(len(x), WIDTH), f"{own}/linear_1")
        inner = gelu(linear(norm(x, f"layer_{no}/ffn/layer_norm"), f"layer_{no}/ffn/linear_0"))
        x = x + linear(inner, f"layer_{no}/ffn/linear_1")
    return norm(x, "layer_norm")


@pytest.mark.parametrize("dtype", ["float16", "float32"])
@pytest.mark.parametrize("frames", [2 * POSITIONS, 12])
def test_the_graph_is_whispers_encoder(tmp_path: Path, dtype: str, frames: int) -> None:
    """Over whole and shorter windows, the graph gives what the formulas give, to the precision of int8."""
    weights = made_weights(dtype)
    path = tmp_path / "encoder.onnx"
    path.write_bytes(build_encoder(write_model(tmp_path / "model.bin", weights)))
    features = np.random.default_rng(1).normal(size=(2, MELS, frames)).astype(np.float32)
    found = OnnxEncoder(path, 1).encode(features)
    wanted = np.stack([expected(weights, each) for each in features])
    assert wanted.shape == found.shape
    assert np.linalg.norm(found - wanted) < 0.03 * np.linalg.norm(wanted)


def test_a_window_comes_out_the_same_beside_another(tmp_path: Path) -> None:
    """What shares a batch with a window does not change it by one bit."""
    path = tmp_path / "encoder.onnx"
    path.write_bytes(build_encoder(write_model(tmp_path / "model.bin", made_weights())))
    encoder = OnnxEncoder(path, 1)
    features = np.random.default_rng(1).normal(size=(2, MELS, 16)).astype(np.float32)
    features[1] *= 30
    assert np.array_equal(encoder.encode(features)[:1], encoder.encode(features[:1]))


def test_only_the_encoder_is_read(tmp_path: Path) -> None:
    """The decoder's arrays, two thirds of the file, are passed over."""
    weights = made_weights()
    found = read_weights(write_model(tmp_path / "model.bin", weights), "encoder/")
    assert found.keys() == weights.keys()
    assert all(np.array_equal(found[name], weights[name]) for name in weights)


def test_what_cannot_be_made_says_why(tmp_path: Path) -> None:
    """A file of another format, another kind of model, without a layer, cut short or with int8 weights is named so."""
    path = tmp_path / "model.bin"
    with pytest.raises(ValueError, match="file format is version 5, 6 is known"):
        build_encoder(write_model(path, made_weights(), version=5))
    with pytest.raises(ValueError, match="the model is 'TransformerSpec', WhisperSpec is needed"):
        build_encoder(write_model(path, made_weights(), kind="TransformerSpec"))
    weights = made_weights()
    with pytest.raises(ValueError, match="the weights are int8, float16 or float32 are needed"):
        build_encoder(write_model(path, weights | {"conv1/weight": np.ones((WIDTH, MELS, 3), np.int8)}))
    with pytest.raises(ValueError, match="the encoder has no layer_1/ffn/linear_1/bias"):
        build_encoder(
            write_model(path, {k: v for k, v in weights.items() if k != "layer_1/ffn/linear_1/bias"})
        )
    whole = write_model(path, weights).read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ValueError, match=r"cannot be read|ends too early"):
        build_encoder(path)


@pytest.mark.e2e
@pytest.mark.shared_data
def test_a_real_model_encodes_as_ctranslate2_does(tiny: str, tmp_path: Path, shared: Path) -> None:
    """On speech, the graph is as near to CTranslate2's float encoder as int8 allows, in a whole and a short window."""
    from faster_whisper import WhisperModel

    from speechcx.weights import find_model
    from tests.transcribe.conftest import decode

    model = WhisperModel(str(find_model(tiny)), device="cpu", compute_type="float32", cpu_threads=1)
    path = tmp_path / "encoder.onnx"
    path.write_bytes(build_encoder(find_model(tiny) / "model.bin"))
    sound = decode(shared / "asr_misc" / "faster-whisper" / "jfk.flac")
    for frames in (3000, 1000):
        features = model.feature_extractor(np.pad(sound, (0, 480_000 - sound.size)))[None, :, :frames]
        wanted = np.array(model.encode(features))
        found = OnnxEncoder(path, 1).encode(features)
        assert np.linalg.norm(found - wanted) < 0.1 * np.linalg.norm(wanted)
