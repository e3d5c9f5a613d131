"""The speech detector's changed graph against the one in the file."""

from pathlib import Path

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper

from speechcx.turns import vad
from speechcx.turns.onnx_sessions import open_graph, open_session
from speechcx.turns.vad import CONTEXT, WINDOW, find_vad_file
from speechcx.turns.vad_graph import put_side_by_side


def windows(count: int) -> dict[str, NDArray[np.float32]]:
    """Noise that comes and goes with a hum, so that the answers differ."""
    rng = np.random.default_rng(5)
    times = np.arange(count * WINDOW + CONTEXT) / 16_000
    loudness = 0.2 * np.abs(np.sin(3 * times))
    hum = sum(np.sin(2 * np.pi * 140 * part * times) / part for part in range(1, 12))
    sound = (loudness * hum + 0.01 * rng.normal(size=times.size)).astype(np.float32)
    framed = np.lib.stride_tricks.sliding_window_view(sound, CONTEXT + WINDOW)[::WINDOW]
    fresh = np.zeros((1, 1, 128), np.float32)
    return {"input": np.ascontiguousarray(framed), "h": fresh, "c": fresh}


@pytest.mark.parametrize("count", [1, 2, 70])
def test_the_answers_are_those_of_the_file(count: int) -> None:
    """Side by side or one after the other, windows have the same probabilities, and leave the same memory."""
    given = windows(count)
    wanted = open_session(find_vad_file()).run(None, given)
    found = open_graph(put_side_by_side(find_vad_file())).run(None, given)
    assert [each.shape for each in wanted] == [each.shape for each in found]
    assert all(np.allclose(one, other, atol=1e-4) for one, other in zip(wanted, found, strict=True))
    if count > 2:
        assert wanted[0].max() > 0.5 > 0.1 > wanted[0].min()


def test_no_window_hears_another() -> None:
    """What the encoder makes of a window does not depend on what stands beside it."""
    session = open_graph(put_side_by_side(find_vad_file()))
    given = windows(70)
    alone = session.run(None, given | {"input": given["input"][:3]})[0]
    assert np.allclose(session.run(None, given)[0][:3], alone, atol=1e-5)


def test_a_graph_of_another_build_is_used_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A later Silero may be built in another way: it is heard without the change."""
    node = helper.make_node("Identity", ["input"], ["speech_probs"], name="/encoder/one")
    ends = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in ("input", "speech_probs")
    ]
    graph = helper.make_graph([node], "other", ends[:1], ends[1:])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    path = tmp_path / "silero_vad_v9.onnx"
    onnx.save(model, str(path))
    with pytest.raises(ValueError, match="the layers are Identity"):
        put_side_by_side(path)
    monkeypatch.setattr(vad, "find_vad_file", lambda: path)
    vad._load_model.cache_clear()
    try:
        ones = np.ones(2, np.float32)
        assert np.array_equal(ones, vad._load_model().run(None, {"input": ones})[0])
    finally:
        vad._load_model.cache_clear()
