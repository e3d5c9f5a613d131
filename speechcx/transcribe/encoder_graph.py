"""Whisper's encoder as an ONNX graph with int8 weights, made of the weights that CTranslate2 reads.

``model.bin`` holds them as floats; the graph multiplies in int8, with a scale of its own for every 128 numbers of
the weights and, found while it runs, of the input. One scale for the whole input, as in onnxruntime's dynamic
quantisation, takes a quarter less time, but is three times as far from the float model, for a few inputs are very
large: with `base` 0.13 of the norm, against 0.05 in blocks and 0.08 of CTranslate2's own int8; on 120 telephone
sentences 1.3 points more words were wrong. Convolutions, attention and norms stay float.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

FORMAT = 2
"""Grows with every change of the graph: it may change words."""

OPSET = 17
IR_VERSION = 8

BINARY_VERSION = 6
"""Of CTranslate2's file format, the one it has written since 2021."""

BLOCKS = (128, 64, 32, 16)
"""Numbers that share a scale: the most that fit."""

ZERO = 128
"""Weights are stored unsigned around this."""

INT8_INPUT = 4
"""onnxruntime's ``accuracy_level`` at which the input is int8 too."""

_MICROSOFT = "com.microsoft"
"""Operators that only onnxruntime has."""

_KINDS: Mapping[int, Any] = {0: np.float32, 1: np.int8, 2: np.int16, 3: np.int32, 4: np.float16}
"""Number types by CTranslate2's own numbers for them; others are not read."""


def build_encoder(weights: Path) -> bytes:
    """The encoder of a Whisper model as a serialised ONNX model.

    It takes ``features`` (float32, shape ``(batch, mels, frames)``, at most 3,000 frames) and gives ``encoded``
    (float32, shape ``(batch, frames / 2, width)``).

    Parameters
    ----------
    weights
        A ``model.bin`` of CTranslate2 with float weights.

    Raises
    ------
    ValueError
        The file is in another format, of another kind of model, or its weights are no floats.
    """
    encoder = read_weights(weights, "encoder/")
    for name, values in encoder.items():
        if name.endswith("weight") and not np.issubdtype(values.dtype, np.floating):
            raise ValueError(f"the weights are {values.dtype}, float16 or float32 are needed")
    try:
        return _Graph(encoder).build()
    except KeyError as error:
        raise ValueError(f"the encoder has no {error.args[0]}") from error


def read_weights(path: Path, prefix: str) -> dict[str, NDArray[Any]]:
    """The arrays of a ``model.bin`` whose names begin with `prefix`, by the rest of their name.

    Raises
    ------
    ValueError
        The file is not CTranslate2's of version 6, not Whisper's, or ends too early.
    """
    with path.open("rb") as file:
        try:
            return _read_arrays(file, prefix)
        except struct.error as error:
            raise ValueError(f"{path.name} ends too early") from error


def _read_arrays(file: BinaryIO, prefix: str) -> dict[str, NDArray[Any]]:
    (version,) = _numbers(file, "I")
    if version != BINARY_VERSION:
        raise ValueError(f"the file format is version {version}, {BINARY_VERSION} is known")
    kind_of_model, _ = _text(file), _numbers(file, "I")
    if kind_of_model != "WhisperSpec":
        raise ValueError(f"the model is {kind_of_model!r}, WhisperSpec is needed")
    found: dict[str, NDArray[Any]] = {}
    (count,) = _numbers(file, "I")
    for _ in range(count):
        name = _text(file)
        (rank,) = _numbers(file, "B")
        shape = _numbers(file, f"{rank}I")
        kind, size_bytes = _numbers(file, "BI")
        if not name.startswith(prefix):
            file.seek(size_bytes, 1)
            continue
        data = file.read(size_bytes)
        if kind not in _KINDS or len(data) != size_bytes:
            raise ValueError(f"{name} cannot be read: number type {kind}, {len(data)} of {size_bytes} bytes")
        found[name.removeprefix(prefix)] = np.frombuffer(data, _KINDS[kind]).reshape(shape)
    return found


def _numbers(file: BinaryIO, layout: str) -> tuple[int, ...]:
    return struct.unpack(f"<{layout}", file.read(struct.calcsize(f"<{layout}")))


def _text(file: BinaryIO) -> str:
    (length,) = _numbers(file, "H")
    return file.read(length).rstrip(b"\0").decode("utf-8", "replace")


class _Graph:
    """The nodes and weights of the graph, as they are added one after the other."""

    def __init__(self, weights: Mapping[str, NDArray[Any]]) -> None:
        self._weights = weights
        self._nodes: list[Any] = []
        self._stored: list[Any] = []

    def build(self) -> bytes:
        """All layers, serialised."""
        from onnx import TensorProto, helper

        states = self._embed()
        layer = 0
        while f"layer_{layer}/ffn/linear_0/weight" in self._weights:
            states = self._add_layer(f"layer_{layer}", states)
            layer += 1
        self._norm("layer_norm", states, "encoded")
        width, mels, _ = self._weights["conv1/weight"].shape
        features = helper.make_tensor_value_info("features", TensorProto.FLOAT, ["batch", mels, "frames"])
        encoded = helper.make_tensor_value_info("encoded", TensorProto.FLOAT, ["batch", "states", width])
        model = helper.make_model(
            helper.make_graph(self._nodes, "encoder", [features], [encoded], self._stored),
            opset_imports=[helper.make_opsetid("", OPSET), helper.make_opsetid(_MICROSOFT, 1)],
            ir_version=IR_VERSION,
        )
        return bytes(model.SerializeToString())

    def _embed(self) -> str:
        """Two convolutions, the second of which halves the frames, and the positions."""
        states = "features"
        for name, stride in (("conv1", 1), ("conv2", 2)):
            inputs = [states, self._float(f"{name}/weight"), self._float(f"{name}/bias")]
            shape: dict[str, Any] = {"kernel_shape": [3], "pads": [1, 1], "strides": [stride]}
            states = self._gelu(self._node("Conv", inputs, name, **shape))
        states = self._node("Transpose", [states], "states", perm=[0, 2, 1])
        length = self._node("Shape", [states], "length", start=1, end=2)
        zero = self._store("zero", np.zeros(1, np.int64))
        positions = [self._float("position_encodings/encodings"), zero, length, zero]
        return self._node("Add", [states, self._node("Slice", positions, "positions")], "embedded")

    def _add_layer(self, layer: str, states: str) -> str:
        attention = f"{layer}/self_attention"
        normed = self._norm(f"{attention}/layer_norm", states)
        split = [f"{layer}/{part}" for part in ("query", "key", "value")]
        width = self._weights["conv1/bias"].size
        sizes = self._store(f"{layer}/sizes", np.full(3, width, np.int64))
        self._node("Split", [self._linear(f"{attention}/linear_0", normed), sizes], *split, axis=-1)
        heads = int(self._weights["num_heads"])
        seen = self._node("MultiHeadAttention", split, attention, domain=_MICROSOFT, num_heads=heads)
        states = self._node("Add", [states, self._linear(f"{attention}/linear_1", seen)], f"{layer}/attended")
        normed = self._norm(f"{layer}/ffn/layer_norm", states)
        inner = self._gelu(self._linear(f"{layer}/ffn/linear_0", normed))
        return self._node("Add", [states, self._linear(f"{layer}/ffn/linear_1", inner)], layer)

    def _linear(self, name: str, states: str) -> str:
        """A product with int8 weights, and the bias."""
        weight = self._weights[f"{name}/weight"].astype(np.float32)
        out, width = weight.shape
        block = next((size for size in BLOCKS if width % size == 0), None)
        if block is None:
            raise ValueError(f"{name} is {width} wide, a multiple of {BLOCKS[-1]} is needed")
        blocks = weight.reshape(out, width // block, block)
        scale = np.maximum(np.abs(blocks).max(axis=2), np.float32(1e-8)) / np.float32(127)
        rounded = np.clip(np.rint(blocks / scale[:, :, None]), -127, 127) + ZERO
        inputs = [
            states,
            self._store(f"{name}/weight", rounded.astype(np.uint8)),
            self._store(f"{name}/scale", scale),
            "",
            "",
            self._float(f"{name}/bias"),
        ]
        sizes = {"K": width, "N": out, "bits": 8, "block_size": block}
        return self._node("MatMulNBits", inputs, name, domain=_MICROSOFT, accuracy_level=INT8_INPUT, **sizes)

    def _norm(self, name: str, states: str, output: str | None = None) -> str:
        inputs = [states, self._float(f"{name}/gamma"), self._float(f"{name}/beta")]
        return self._node("LayerNormalization", inputs, output or name, axis=-1, epsilon=1e-5)

    def _gelu(self, states: str) -> str:
        return self._node("Gelu", [states], f"{states}/gelu", domain=_MICROSOFT)

    def _node(self, kind: str, inputs: list[str], *outputs: str, domain: str = "", **given: Any) -> str:
        from onnx import helper

        self._nodes.append(helper.make_node(kind, inputs, outputs, name=outputs[0], domain=domain, **given))
        return outputs[0]

    def _float(self, name: str) -> str:
        return self._store(name, self._weights[name].astype(np.float32))

    def _store(self, name: str, values: NDArray[Any]) -> str:
        from onnx import numpy_helper

        self._stored.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name
