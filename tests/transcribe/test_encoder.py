"""Which library encodes: made once, timed, remembered, and never a reason for a call to fail."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from speechcx.transcribe import TranscribeSettings, encoder
from speechcx.transcribe.encoder import EncoderFigures, OnnxEncoder, find_measured, load_encoder, make_encoder
from speechcx.transcribe.encoder_graph import FORMAT
from speechcx.transcribe.whisper import load_whisper
from tests.transcribe.test_encoder_graph import MELS, POSITIONS, made_weights, write_model


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A model of made-up weights, and a cache of its own; onnxruntime takes 1 s, CTranslate2 2 s."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(encoder, "WINDOW_FRAMES", 2 * POSITIONS)
    take(monkeypatch, 1.0, 2.0)
    (tmp_path / "model").mkdir()
    write_model(tmp_path / "model" / "model.bin", made_weights())
    return tmp_path / "model"


def take(monkeypatch: pytest.MonkeyPatch, *seconds: float) -> list[float]:
    """Let the ways take so many seconds in turn; the list grows with each."""
    asked: list[float] = []

    def time_way(way: Any) -> float:
        way()
        asked.append(seconds[len(asked) % len(seconds)])
        return asked[-1]

    monkeypatch.setattr(encoder, "_time", time_way)
    return asked


MODEL = SimpleNamespace(model=SimpleNamespace(n_mels=MELS), encode=lambda features: features)


def test_the_quicker_library_encodes(folder: Path) -> None:
    """Where onnxruntime took less, it is used, and what was measured is kept."""
    assert isinstance(load_encoder(folder, MODEL, 1), OnnxEncoder)
    measured = find_measured(folder)
    assert measured is not None
    assert (1.0, 2.0, True) == (
        measured.onnxruntime_s,
        measured.ctranslate2_s,
        measured.is_worth_while,
    )
    assert "onnxruntime encodes; a window of 30 s takes onnxruntime 1.00 s" in str(measured)


def test_ctranslate2_goes_on_where_it_is_much_quicker(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For its better words onnxruntime may take a fifth longer, and no more."""
    take(monkeypatch, 2.42, 2.0)
    assert load_encoder(folder, MODEL, 1) is None
    assert str(find_measured(folder)).startswith(
        "CTranslate2 encodes; a window of 30 s takes onnxruntime 2.42 s"
    )


def test_it_is_made_and_timed_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next worker, however busy the machine is then, uses the same."""
    load_encoder(folder, MODEL, 1)
    asked = take(monkeypatch, 9.0, 1.0)
    assert isinstance(load_encoder(folder, MODEL, 1), OnnxEncoder)
    assert [] == asked


def test_other_weights_are_another_encoder(folder: Path) -> None:
    """What is kept belongs to the bytes of the weights, not to the folder."""
    load_encoder(folder, MODEL, 1)
    weights = made_weights()
    weights["conv1/bias"] += 1
    write_model(folder / "model.bin", weights)
    assert find_measured(folder) is None


def test_a_damaged_graph_is_made_again(folder: Path) -> None:
    """A graph that is not as it was made is not loaded."""
    load_encoder(folder, MODEL, 1)
    (graph,) = (folder.parent / "cache").rglob("*.onnx")
    graph.write_bytes(graph.read_bytes()[:1000])
    assert find_measured(folder) is None
    assert isinstance(load_encoder(folder, MODEL, 1), OnnxEncoder)


def test_weights_that_make_no_graph_are_ctranslate2s(folder: Path) -> None:
    """Of int8 weights no graph is made: why is kept, and nothing is tried again."""
    weights = made_weights() | {"conv1/weight": np.ones((16, MELS, 3), np.int8)}
    write_model(folder / "model.bin", weights)
    assert load_encoder(folder, MODEL, 1) is None
    assert "CTranslate2 encodes (no graph could be made of model.bin: the weights are int8" in str(
        find_measured(folder)
    )


def test_a_cache_that_cannot_be_written(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a place to keep the graph CTranslate2 encodes, and the call is heard all the same."""
    (folder.parent / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder.parent / "file"))
    assert load_encoder(folder, MODEL, 1) is None


def test_a_folder_without_whisper_makes_nothing(tmp_path: Path) -> None:
    """`models pull` of another kind of model says nothing of an encoder."""
    assert make_encoder(tmp_path) is None


def test_no_graph_is_no_gain() -> None:
    """Only a graph that exists can be worth while."""
    good = EncoderFigures(1.0, 2.0, "0" * 64)
    assert good.is_worth_while
    assert not replace(good, sha256="").is_worth_while
    assert replace(good, onnxruntime_s=2.3).is_worth_while
    assert not replace(good, onnxruntime_s=2.5).is_worth_while


def test_the_encoder_is_part_of_the_engines_identity(
    tiny: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same weights write other words by another encoder: provenance tells them apart."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    take(monkeypatch, 1.0, 2.0)
    plain = load_whisper(TranscribeSettings(model=tiny, device="cpu", encoder="ctranslate2"))
    assert f"{plain.digest}-onnx{FORMAT}" == load_whisper(TranscribeSettings(model=tiny, device="cpu")).digest
    other = TranscribeSettings(model=tiny, device="cpu", compute_type="float32")
    assert plain.digest == load_whisper(other).digest


def test_an_unknown_encoder_is_refused() -> None:
    """A misspelt choice names those there are."""
    with pytest.raises(ValueError, match="encoder must be auto or ctranslate2, got 'openvino'"):
        TranscribeSettings(encoder="openvino")
