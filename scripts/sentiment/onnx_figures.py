"""The exported files measured as the package runs them: figures, float against int8."""

from __future__ import annotations

import sys
from pathlib import Path

from scripts.sentiment.figures import measure
from scripts.sentiment.sources import LABELS, Example


def compare_files(
    float_file: Path, int8_file: Path, folder: Path, sets: dict[str, list[Example]]
) -> list[str]:
    """Return one line of figures for each set and file; both are read by the package's own runner."""
    lines = []
    for title, weights in (("int8 ONNX", int8_file), ("float ONNX", float_file)):
        lines.append(f"{title} ({weights.stat().st_size / 1e6:.1f} MB)")
        for name, examples in sets.items():
            found = read_labels(folder, weights, [e.text for e in examples])
            lines.append(measure([e.label for e in examples], found).line(name))
            print(lines[-1], file=sys.stderr)
    return lines


def read_labels(folder: Path, weights: Path, texts: list[str]) -> list[str]:
    """The likeliest class of each text."""
    from speechcx.sentiment.settings import SentimentSettings
    from speechcx.sentiment.transformer import OnnxRunner, Transformer

    settings = SentimentSettings(threads=2)
    model = Transformer("measured", "0" * 16, OnnxRunner(folder, weights, settings), LABELS)
    return [
        LABELS[max(range(3), key=lambda k: (s.negative, s.neutral, s.positive)[k])] for s in model.read(texts)
    ]
