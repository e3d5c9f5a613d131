"""What every recogniser keeps, whichever it is: the same cases run over each engine of the table."""

import json
import pickle
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from speechcx.call import Span
from speechcx.engines import BUILT_IN
from speechcx.errors import ModelMissing
from speechcx.transcribe import Hints, RecognisedChannel, Recognizer, TranscribeSettings, load_recognizer
from speechcx.transcribe.windows import WindowRule, make_windows
from tests.factories import make_recording
from tests.transcribe.conftest import ROOT, Sound, decode
from tests.transcribe.tiny_onnx import write_ctc_model

SAMPLES = ROOT / "samples"
SECONDS = 12.0


@dataclass
class Case:
    """An engine, the first seconds of a sample call's first channel, its stretches of speech and its words."""

    engine: Recognizer
    sound: Sound
    speech: tuple[Span, ...]
    said: str
    path: Path

    def recognize(self, *, speech: tuple[Span, ...] | None = None, channel: int = 0) -> RecognisedChannel:
        """Ask the engine."""
        return self.engine.recognize(
            self.sound,
            self.speech if speech is None else speech,
            hints=Hints(),
            recording=make_recording(path=str(self.path)),
            channel=channel,
        )


SETTINGS = {
    "onnx-asr": TranscribeSettings(engine="onnx-asr"),
    "replay": TranscribeSettings(engine="replay"),
    "whisper": TranscribeSettings(engine="whisper", model="tiny.en"),
}


def test_every_engine_is_under_contract() -> None:
    """An engine added to the table is added here."""
    assert set(SETTINGS) == set(BUILT_IN["recognizers"])


@pytest.fixture(
    params=[
        pytest.param("onnx-asr"),
        pytest.param("replay"),
        pytest.param("whisper", marks=pytest.mark.e2e),
    ]
)
def case(request: pytest.FixtureRequest, tmp_path: Path) -> Case:
    """The case of one engine.

    ``replay`` gets a transcript made from the sample's truth, ``onnx-asr`` a model that knows this call's sound.
    """
    files = [row for row in json.loads((SAMPLES / "truth.json").read_text())["files"] if _is_fit(row)]
    # Shares of few words say little: the sample in which most is said.
    call = max(files, key=lambda row: sum(len(turn["text"]) for turn in _first_turns(row)))
    turns = _first_turns(call)
    path = tmp_path / "call.wav"
    words = [word for turn in turns for word in _spread(turn["text"], turn["start_s"], turn["end_s"])]
    path.with_suffix(".transcript.json").write_text(json.dumps({"words": words, "language": "en"}))
    sound = decode(SAMPLES / "calls" / call["file"])[: round(SECONDS * 16_000)]
    speech = tuple(Span(turn["start_s"], turn["end_s"]) for turn in turns)
    settings = SETTINGS[request.param]
    if settings.engine == "onnx-asr":
        rule = WindowRule(settings.window_s, settings.padding_s, settings.seam_s)
        windows = make_windows({0: speech}, {0: sound}, rule)
        timed = [(str(word["text"]), float(word["start_s"]), float(word["end_s"])) for word in words]
        settings = replace(settings, model=str(write_ctc_model(tmp_path / "tiny", sound, windows, timed)))
    try:
        engine = load_recognizer(settings)
    except ModelMissing as error:
        pytest.skip(error.found)
    return Case(engine, sound, speech, " ".join(turn["text"] for turn in turns), path)


def _first_turns(call: dict[str, Any]) -> list[dict[str, Any]]:
    return [turn for turn in call["turns"] if turn["channel"] == 0 and turn["end_s"] < SECONDS]


def _is_fit(call: dict[str, object]) -> bool:
    return str(call["file"]).endswith(".wav") and len(call["channels"]) == 2  # type: ignore[arg-type]


def _spread(text: str, start_s: float, end_s: float) -> list[dict[str, Any]]:
    words = text.split()
    step_s = (end_s - start_s) / len(words)
    return [
        {"text": word, "start_s": start_s + no * step_s, "end_s": start_s + (no + 1) * step_s, "channel": 0}
        for no, word in enumerate(words)
    ]


def test_an_engine_says_who_it_is(case: Case) -> None:
    """Name and digest go into the provenance of every call."""
    assert case.engine.name
    assert case.engine.digest


def test_words_are_those_that_were_said(case: Case) -> None:
    """Most words of clear speech are recognised."""
    heard = {word.text.lower().strip(".,?!") for word in case.recognize().words}
    said = {word.lower().strip(".,?!") for word in case.said.split()}
    assert len(said & heard) > 0.7 * len(said)


def test_words_are_in_order_and_inside_the_sound(case: Case) -> None:
    """Times are on the file's clock, starts never go back, and each word lies near the speech."""
    words = case.recognize().words
    assert [word.start_s for word in words] == sorted(word.start_s for word in words)
    for word in words:
        assert 0 <= word.start_s <= word.end_s <= SECONDS
        assert any(
            span.start_s - 0.5 <= word.end_s and word.start_s <= span.end_s + 0.5 for span in case.speech
        )


def test_words_are_plain(case: Case) -> None:
    """A word has no spaces around it, and a confidence from 0 to 1."""
    for word in case.recognize().words:
        assert word.text
        assert word.text == word.text.strip()
        assert 0 <= word.confidence <= 1


def test_the_language_is_a_code(case: Case) -> None:
    """What was heard carries its language."""
    assert "en" == case.recognize().language


def test_the_input_is_not_changed(case: Case) -> None:
    """The sound and the speech are as they were afterwards."""
    before = case.sound.copy()
    case.recognize()
    assert np.array_equal(before, case.sound)


def test_the_same_sound_gives_the_same_words(case: Case) -> None:
    """An engine asked twice answers twice the same."""
    assert case.recognize() == case.recognize()


def test_what_was_heard_can_be_sent(case: Case) -> None:
    """The result goes from a worker to its parent."""
    heard = case.recognize()
    assert heard == pickle.loads(pickle.dumps(heard))  # noqa: S301


def test_nothing_said_is_no_fault(case: Case) -> None:
    """A channel without speech gives no words and no error."""
    assert () == case.recognize(speech=(), channel=1).words
