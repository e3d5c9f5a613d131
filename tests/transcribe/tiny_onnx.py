"""Models for onnx-asr made in a moment: one that knows the sound of a single call, one that gives no times.

Real weights of Parakeet or Canary have 600 MB and more. These have the same graphs' inputs and outputs, so that
the library's own preprocessing, decoding and times run over them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from onnx_asr.preprocessors.numpy_preprocessor import NemoPreprocessorNumpy

from speechcx.transcribe.windows import RecognitionWindow
from tests.transcribe.conftest import Sound

FRAMES = 8
"""Frames of 10 ms that these models hear at once."""

TimedWord = tuple[str, float, float]


def write_ctc_model(
    folder: Path, sound: Sound, windows: Sequence[RecognitionWindow], words: Sequence[TimedWord]
) -> Path:
    """A model that compares what it hears with the windows of one call and writes the word spoken there.

    Parameters
    ----------
    folder
        Where to put it.
    sound
        The call's channel.
    windows
        As the engine lays it out.
    words
        Text, start and end in the file.
    """
    vocabulary = [*dict.fromkeys(word for word, _, _ in words), ""]
    blocks, labels = [], []
    for window in windows:
        for no, block in enumerate(_blocks(window.cut({0: sound}))):
            middle_s = (no + 0.5) * FRAMES / 100
            _, span = window.to_file(middle_s, middle_s)
            said = next((word for word, start_s, end_s in words if start_s <= span.start_s < end_s), "")
            blocks.append(block)
            labels.append(vocabulary.index(said))
    folder.mkdir(parents=True, exist_ok=True)
    _save(_nearest_block(np.stack(blocks), np.array(labels), len(vocabulary)), folder / "model.onnx")
    _write_vocabulary(folder, [f"\u2581{word}" if word else "<blk>" for word in vocabulary])
    (folder / "config.json").write_text(json.dumps({"model_type": "nemo-conformer-ctc"}))
    return folder


def write_model_without_times(folder: Path, text: str) -> Path:
    """A model of Canary's kind that writes the same text for every sound: its decoder gives words and no times."""
    marks = [
        "endoftext",
        "startofcontext",
        "startoftranscript",
        "emo:undefined",
        "en",
        "de",
        "pnc",
        "nopnc",
        "noitn",
        "notimestamp",
        "nodiarize",
    ]
    vocabulary = ["\u2581", *(f"<|{mark}|>" for mark in marks), *(f"\u2581{word}" for word in text.split())]
    said = [*range(len(marks) + 1, len(vocabulary)), vocabulary.index("<|endoftext|>")]
    table = np.full((len(said), len(vocabulary)), -9.0, np.float32)
    table[np.arange(len(said)), said] = -0.1
    _save(_silent_encoder(), folder / "encoder-model.onnx")
    _save(_reciting_decoder(table), folder / "decoder-model.onnx")
    _write_vocabulary(folder, vocabulary)
    (folder / "config.json").write_text(
        json.dumps({"model_type": "nemo-conformer-aed", "max_sequence_length": 60})
    )
    return folder


def _write_vocabulary(folder: Path, tokens: Sequence[str]) -> None:
    lines = "".join(f"{token} {no}\n" for no, token in enumerate(tokens))
    (folder / "vocab.txt").write_text(lines, encoding="utf-8")


def _blocks(samples: Sound) -> NDArray[np.float32]:
    """Features as the library makes them, in blocks: shape (blocks, 80, 8)."""
    features, _ = NemoPreprocessorNumpy("nemo80")(samples[None], np.array([samples.size]))
    padded = np.pad(features[0], ((0, 0), (0, -features.shape[2] % FRAMES)))
    return padded.reshape(80, -1, FRAMES).transpose(1, 0, 2)


def _nearest_block(blocks: NDArray[np.float32], labels: NDArray[np.int64], tokens: int) -> onnx.ModelProto:
    """Softmax over the known blocks by their distance, summed by label: one convolution and one product."""
    names = np.eye(tokens, dtype=np.float32)[labels]
    weights = {
        "weight": (2 * blocks).astype(np.float32),
        "bias": -np.square(blocks).sum((1, 2), dtype=np.float32),
        "names": names,
        "little": np.float32(1e-6),
    }
    nodes = [
        helper.make_node(
            "Conv", ["audio_signal", "weight", "bias"], ["alike"], strides=[FRAMES], pads=[0, FRAMES - 1]
        ),
        helper.make_node("Softmax", ["alike"], ["share"], axis=1),
        helper.make_node("Transpose", ["share"], ["by_time"], perm=[0, 2, 1]),
        helper.make_node("MatMul", ["by_time", "names"], ["by_word"]),
        helper.make_node("Add", ["by_word", "little"], ["some"]),
        helper.make_node("Log", ["some"], ["logprobs"]),
    ]
    return _model(nodes, _SOUND, {"logprobs": (TensorProto.FLOAT, ["b", "t", tokens])}, weights)


def _silent_encoder() -> onnx.ModelProto:
    nodes = [
        helper.make_node("ReduceMean", ["audio_signal"], ["mean"], axes=[1], keepdims=1),
        helper.make_node("Transpose", ["mean"], ["encoder_embeddings"], perm=[0, 2, 1]),
        helper.make_node("Cast", ["mean"], ["whole"], to=TensorProto.INT64),
        helper.make_node("Squeeze", ["whole", "axis"], ["encoder_mask"]),
    ]
    outputs = {
        "encoder_embeddings": (TensorProto.FLOAT, ["b", "t", 1]),
        "encoder_mask": (TensorProto.INT64, ["b", "t"]),
    }
    return _model(nodes, _SOUND, outputs, {"axis": np.array([1])})


def _reciting_decoder(table: NDArray[np.float32]) -> onnx.ModelProto:
    """The next row of a table at each step; how many steps were taken shows in the state that it passes on."""
    prompt = 10
    weights = {
        "table": table,
        "last": np.array([len(table) - 1]),
        "zero": np.array([0]),
        "prompt": np.array([prompt]),
        "one": np.array([1]),
        "third": np.array([2]),
        "nothing": np.zeros((1,), np.float32),
    }
    nodes = [
        helper.make_node("Shape", ["decoder_mems"], ["state_shape"]),
        helper.make_node("Gather", ["state_shape", "third"], ["before"]),
        helper.make_node("Shape", ["input_ids"], ["ids_shape"]),
        helper.make_node("Gather", ["ids_shape", "one"], ["new"]),
        helper.make_node("Add", ["before", "new"], ["heard"]),
        helper.make_node("Sub", ["heard", "prompt"], ["step"]),
        helper.make_node("Max", ["step", "zero"], ["not_before"]),
        helper.make_node("Min", ["not_before", "last"], ["row"]),
        helper.make_node("Gather", ["table", "row"], ["line"], axis=0),
        helper.make_node("Unsqueeze", ["line", "zero"], ["logits"]),
        helper.make_node("Concat", ["one", "one", "new", "one"], ["more_shape"], axis=0),
        helper.make_node("Expand", ["nothing", "more_shape"], ["more"]),
        helper.make_node("Concat", ["decoder_mems", "more"], ["decoder_hidden_states"], axis=2),
    ]
    inputs = {
        "input_ids": (TensorProto.INT64, ["b", "l"]),
        "encoder_embeddings": (TensorProto.FLOAT, ["b", "t", 1]),
        "encoder_mask": (TensorProto.INT64, ["b", "t"]),
        "decoder_mems": (TensorProto.FLOAT, [1, "b", "m", 1]),
    }
    outputs = {
        "logits": (TensorProto.FLOAT, ["b", 1, table.shape[1]]),
        "decoder_hidden_states": (TensorProto.FLOAT, [1, "b", "n", 1]),
    }
    return _model(nodes, inputs, outputs, weights)


_Ports = dict[str, tuple[int, list[str | int]]]

_SOUND: _Ports = {
    "audio_signal": (TensorProto.FLOAT, ["b", 80, "t_in"]),
    "length": (TensorProto.INT64, ["b"]),
}


def _model(
    nodes: Sequence[onnx.NodeProto], inputs: _Ports, outputs: _Ports, weights: dict[str, NDArray[np.generic]]
) -> onnx.ModelProto:
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info(name, kind, shape) for name, (kind, shape) in inputs.items()],
        [helper.make_tensor_value_info(name, kind, shape) for name, (kind, shape) in outputs.items()],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in weights.items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def _save(model: onnx.ModelProto, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(model, path)
