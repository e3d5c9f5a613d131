"""The engine ``onnx-asr`` on models made for the test, through the real library."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from speechcx.call import Span
from speechcx.engines import find_factory
from speechcx.errors import ConfigError, ModelBad, ModelMissing
from speechcx.transcribe import Hints, RecognisedChannel, TranscribeSettings, find_time_flags
from speechcx.transcribe.onnx_asr import OnnxAsr, load_onnx_asr, shared_out, timed_pieces
from tests.factories import make_recording, make_utterance
from tests.transcribe.tiny_onnx import write_model_without_times

SPEECH = (Span(1.0, 2.0), Span(2.2, 3.2), Span(6.0, 7.0))
"""Two turns: the first with a short pause."""

SOUND = np.random.default_rng(1).normal(0, 0.1, 8 * 16_000).astype(np.float32)


@dataclass
class Result:
    """What the library gives."""

    text: str = ""
    timestamps: list[float] | None = None
    tokens: list[str] | None = None
    logprobs: list[float] | None = None


def hear(engine: OnnxAsr, hints: Hints | None = None, speech: tuple[Span, ...] = SPEECH) -> RecognisedChannel:
    return engine.recognize(SOUND, speech, hints=hints or Hints(), recording=make_recording(), channel=0)


@pytest.fixture(scope="module")
def untimed(tmp_path_factory: pytest.TempPathFactory) -> OnnxAsr:
    """Canary's kind: words without times."""
    folder = write_model_without_times(tmp_path_factory.mktemp("untimed"), "good morning everybody")
    return load_onnx_asr(TranscribeSettings(engine="onnx-asr", model=str(folder)))


def test_words_without_times_stay_in_their_turn(untimed: OnnxAsr) -> None:
    """A model that gives no times is asked turn by turn, and each turn's words share its speech by their letters."""
    words = hear(untimed).words
    assert ["good", "morning", "everybody"] * 2 == [word.text for word in words]
    assert all(1.0 <= word.start_s <= word.end_s <= 3.2 for word in words[:3])
    assert all(6.0 <= word.start_s <= word.end_s <= 7.0 for word in words[3:])
    assert words[3].end_s - words[3].start_s < words[4].end_s - words[4].start_s


def test_a_call_with_shared_times_is_flagged(untimed: OnnxAsr) -> None:
    """That times are guesses shows in the call's flags, once there are words."""
    assert not untimed.has_word_times
    assert ("word_times_shared",) == find_time_flags((make_utterance(0, "good morning"),), untimed)
    assert () == find_time_flags((), untimed)


def test_a_language_that_the_model_does_not_know(untimed: OnnxAsr) -> None:
    """Canary is told the language; one it was not trained on is said, with what to do."""
    assert "de" == hear(untimed, Hints("de")).language
    with pytest.raises(Exception, match=r"does not know the language 'xx'.*\n.*\n.*transcribe.language"):
        hear(untimed, Hints("xx"))


@pytest.mark.parametrize("speech", [(), (Span(1.0, 1.02),), (Span(7.99, 8.0),)])
def test_hardly_any_sound_is_no_fault(untimed: OnnxAsr, speech: tuple[Span, ...]) -> None:
    """A click and nothing at all give words or none, and no error."""
    assert "en" == hear(untimed, speech=speech).language


def test_pieces_become_words() -> None:
    """A piece lasts to the next one but not long; a space of its own begins a word; odds become confidence."""
    spelt = Result("hi you", [0.1, 0.2, 0.3, 0.9], ["h", "i", " ", "you"], [0.0, -0.7, -1.0, 0.5])
    found = list(timed_pieces(spelt))
    assert ["h", "i", " you"] == [each.text for each in found]
    assert [(0.1, 0.2), (0.2, 0.3), (0.9, 1.2)] == [(each.start_s, round(each.end_s, 3)) for each in found]
    assert [1.0, 0.5, 1.0] == [round(each.probability, 1) for each in found]


def test_no_words_and_no_speech_share_nothing() -> None:
    """An empty text and a turn without speech are no division by nothing."""
    assert [] == list(shared_out(Result(""), SPEECH))
    assert [0.0] == [each.start_s for each in shared_out(Result("one"), ())]


def test_without_the_extra_the_command_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine without its package says what to install."""
    monkeypatch.setattr("speechcx.engines.find_spec", lambda _: None)
    with pytest.raises(ConfigError, match=r"pip install 'speechcx\[onnx-asr\]'"):
        find_factory("recognizers", "onnx-asr")


def test_a_model_of_another_kind_is_refused(tmp_path: Path) -> None:
    """A folder of Whisper's, and one with broken graphs, are no traceback."""
    (tmp_path / "model.bin").write_bytes(b"\x06\x00\x00\x00")
    (tmp_path / "config.json").write_text("{}")
    settings = TranscribeSettings(engine="onnx-asr", model=str(tmp_path))
    with pytest.raises(
        ModelBad, match=r"which kind of model .*\n.*model_type.*\n.*Whisper needs engine whisper"
    ):
        load_onnx_asr(settings)
    (tmp_path / "config.json").write_text('{"model_type": "nemo-conformer-ctc"}')
    (tmp_path / "model.onnx").write_bytes(b"no graph")
    (tmp_path / "vocab.txt").write_text("a 0\n<blk> 1\n")
    with pytest.raises(ModelBad, match=r"cannot be loaded as nemo-conformer-ctc"):
        load_onnx_asr(settings)
    with pytest.raises(ModelMissing, match=r"models pull gigaam-v3-ctc"):
        load_onnx_asr(TranscribeSettings(engine="onnx-asr", model="gigaam-v3-ctc"))


def test_a_gpu_that_is_not_there(tmp_path: Path) -> None:
    """Asking for a GPU with an onnxruntime that knows none is a fault of the settings."""
    write_model_without_times(tmp_path, "a")
    if "CUDAExecutionProvider" in sys.modules["onnxruntime"].get_available_providers():
        pytest.skip("this onnxruntime knows a GPU")
    settings = TranscribeSettings(engine="onnx-asr", model=str(tmp_path), device="cuda")
    with pytest.raises(ConfigError, match=r"onnxruntime has no GPU support"):
        load_onnx_asr(settings)
