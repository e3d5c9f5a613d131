"""The Whisper engine: loading, joining pieces into words, and real sound with and without speech."""

import os
import re
import shutil
import socket
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from numpy.typing import NDArray

from speechcx.audio import AudioSettings
from speechcx.audio import decode as decode_call
from speechcx.call import Recording, Span, Word
from speechcx.discover.files import hash_file
from speechcx.errors import ConfigError, ModelBad, ModelMissing
from speechcx.transcribe import (
    ChannelVoice,
    DialogueRecognizer,
    Dropped,
    Hints,
    RecognisedChannel,
    Recognizer,
    TranscribeSettings,
    load_recognizer,
    transcribe,
)
from speechcx.transcribe.whisper import load_whisper, share_out
from speechcx.turns import TurnSettings, find_turns
from tests.factories import make_recording
from tests.synth import noise, silence, tone
from tests.transcribe.conftest import Sound, decode

RATE = 16_000
JFK = "ask not what your country can do for you ask what you can do for your country"


def test_a_shared_channel_is_shared_out_by_who_speaks() -> None:
    """Each word lies with the voice that speaks most during it, else with the nearest; none is lost."""
    voices = (ChannelVoice("s0", 0, (Span(1.0, 3.0),)), ChannelVoice("s1", 0, (Span(3.2, 6.0),)))
    words = (Word("a", 2.8, 3.0, 0.9), Word("b", 2.9, 3.6, 0.9), Word("c", 7.0, 7.5, 0.9))
    heard = RecognisedChannel(words, "en", (Dropped(Span(8.0, 9.0), 4, "loop", 0.3),))
    shared = [share_out(heard, voice, voices) for voice in voices]
    assert [("a",), ("b", "c")] == [tuple(word.text for word in each.words) for each in shared]
    assert [1, 0] == [len(each.dropped) for each in shared]


def test_a_model_that_is_not_here() -> None:
    """A missing model says so, and nothing is fetched."""
    with pytest.raises(ModelMissing, match="no model 'no-such-size'"):
        load_whisper(TranscribeSettings(model="no-such-size"))


def test_the_hub_only_where_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    """With allow_hub a name that is not here is handed to the Hub's client, and its folder is checked."""
    asked = []

    def download(name: str) -> str:
        asked.append((name, os.environ["HF_HUB_OFFLINE"]))
        return str(Path(__file__).parent)

    fake = SimpleNamespace(download_model=download, WhisperModel=None)
    monkeypatch.setitem(sys.modules, "faster_whisper", fake)
    with pytest.raises(ModelBad, match=r"has no model\.bin"):
        load_whisper(TranscribeSettings(model="someone/whisper-small", allow_hub=True))
    assert [("someone/whisper-small", "0")] == asked
    assert "1" == os.environ["HF_HUB_OFFLINE"]


def test_no_gpu(monkeypatch: pytest.MonkeyPatch, tiny: str) -> None:
    """Asking for a GPU on a machine without one is a setting to correct."""
    import ctranslate2

    monkeypatch.setattr(ctranslate2, "get_cuda_device_count", lambda: 0)
    with pytest.raises(ConfigError, match="no GPU is found"):
        load_whisper(TranscribeSettings(model=tiny, device="cuda"))


def test_a_number_format_this_processor_lacks(monkeypatch: pytest.MonkeyPatch, tiny: str) -> None:
    """A compute type that is not to be had names those that are."""
    import ctranslate2

    monkeypatch.setattr(ctranslate2, "get_supported_compute_types", lambda _: {"int8", "float32"})
    with pytest.raises(ConfigError, match="one of auto, default, float32, int8"):
        load_whisper(TranscribeSettings(model=tiny, device="cpu", compute_type="float16"))


@pytest.fixture
def own_copy(tiny: str, tmp_path: Path) -> Path:
    """A folder with the small model, to be damaged."""
    from speechcx.weights import find_model

    folder = tmp_path / "copy"
    folder.mkdir()
    for path in find_model(tiny).iterdir():
        if path.suffix in {".bin", ".json", ".txt"}:
            os.symlink(path, folder / path.name)
    return folder


@pytest.mark.parametrize("name", ["model.bin", "tokenizer.json"])
def test_a_folder_that_lacks_a_file(own_copy: Path, name: str) -> None:
    """A missing file is named; without its tokenizer faster-whisper would ask a network for one."""
    (own_copy / name).unlink()
    with pytest.raises(ModelBad, match=f"has no {name}"):
        load_whisper(TranscribeSettings(model=str(own_copy)))


def test_damaged_weights(own_copy: Path) -> None:
    """Weights that CTranslate2 cannot read are a bad model, not a crash."""
    (own_copy / "model.bin").unlink()
    (own_copy / "model.bin").write_bytes(b"\x06\x00\x00\x00rubbish")
    with pytest.raises(ModelBad, match="cannot be loaded"):
        load_whisper(TranscribeSettings(model=str(own_copy)))
    shutil.rmtree(own_copy)


def test_a_language_the_model_does_not_know(tiny: str) -> None:
    """An English-only model is not asked for German."""
    with pytest.raises(ConfigError, match="transcribe.language is 'de'"):
        load_whisper(TranscribeSettings(model=tiny, language="de"))


# --- the real model --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def engine(tiny: str) -> Recognizer:
    return load_recognizer(TranscribeSettings(model=tiny))


def recognize(
    engine: Recognizer, sound: Sound, *speech: tuple[float, float], hints: Hints | None = None
) -> RecognisedChannel:
    spans = tuple(Span(*each) for each in speech) or (Span(0.0, sound.size / RATE),)
    recording = make_recording()
    return engine.recognize(sound, spans, hints=hints or Hints(), recording=recording, channel=0)


def plain(heard: RecognisedChannel) -> str:
    letters = "".join(
        each for word in heard.words for each in f"{word.text} ".lower() if each.isalpha() or each == " "
    )
    return " ".join(letters.split())


def test_the_identity_of_the_weights(engine: Recognizer, own_copy: Path) -> None:
    """The digest is that of the bytes, wherever they lie."""
    copy = load_whisper(TranscribeSettings(model=str(own_copy)))
    assert ("whisper tiny.en", copy.digest) == (engine.name, engine.digest)


@pytest.mark.e2e
@pytest.mark.shared_data
def test_a_known_sentence(engine: Recognizer, shared: Path) -> None:
    """Known words come out right, in order, at their time, with their confidence."""
    sound = decode(shared / "asr_misc" / "faster-whisper" / "jfk.flac")
    heard = recognize(engine, sound)
    assert JFK in plain(heard)
    assert "en" == heard.language
    starts = [word.start_s for word in heard.words]
    assert starts == sorted(starts)
    assert all(0 <= word.start_s <= word.end_s <= 11.1 and 0 < word.confidence <= 1 for word in heard.words)
    country = [word.start_s for word in heard.words if word.text.lower().startswith("country")]
    assert [pytest.approx(6.1, abs=0.4), pytest.approx(10.2, abs=0.4)] == country


@pytest.mark.e2e
@pytest.mark.shared_data
def test_time_stays_right_over_long_silence(engine: Recognizer, shared: Path) -> None:
    """With a minute of silence put before and between, words keep the file's clock."""
    first = decode(shared / "asr_misc" / "faster-whisper" / "jfk.flac")
    second = decode(shared / "harper_valley" / "wav" / "0002f70f7386445b_agent.wav")[: 8 * RATE]
    sound = np.concatenate([silence(60, RATE), first, silence(60, RATE), second])
    second_s = 120 + first.size / RATE
    heard = recognize(engine, sound, (60.3, 71.0), (second_s + 1.7, second_s + 7.6))
    alone = [*_shifted(recognize(engine, first, (0.3, 11.0)), 60.0)]
    alone += _shifted(recognize(engine, second, (1.7, 7.6)), second_s)
    found = {word.text.lower().strip(",.?"): word.start_s for word in heard.words}
    off = [abs(found[word] - start_s) for word, start_s in alone if word in found]
    assert len(off) > 0.9 * len(alone)
    assert sorted(off)[int(0.9 * len(off))] < 0.3


@pytest.mark.e2e
@pytest.mark.shared_data
def test_words_of_a_dialogue_go_back_to_their_speakers(engine: Recognizer, shared: Path) -> None:
    """Two people who answer each other are heard together, and each gets its own words at their times."""
    jfk = decode(shared / "asr_misc" / "faster-whisper" / "jfk.flac")
    agent = decode(shared / "harper_valley" / "wav" / "0002f70f7386445b_agent.wav")[: 8 * RATE]
    call = np.zeros((2, jfk.size), np.float32)
    call[0] = jfk
    call[1, -agent.size :] = agent
    gap_s = jfk.size / RATE - 8.0
    voices = (
        ChannelVoice("ch0", 0, (Span(0.3, 2.3), Span(3.2, 11.0))),
        ChannelVoice("ch1", 1, (Span(gap_s + 1.7, gap_s + 7.6),)),
    )
    assert isinstance(engine, DialogueRecognizer)
    first, second = engine.recognize_dialogue(
        {0: call[0], 1: call[1]}, voices, hints=Hints(), recording=make_recording()
    )
    assert "ask not" in plain(first)
    assert "elizabeth" in plain(second)
    assert "elizabeth" not in plain(first)
    alone = recognize(engine, agent, (1.7, 7.6))
    times = {word.text.lower().strip(",.?"): word.start_s for word in second.words}
    off = [abs(times[text] - start_s) for text, start_s in _shifted(alone, gap_s) if text in times]
    assert len(off) > 8
    assert sorted(off)[int(0.9 * len(off))] < 0.3


@pytest.mark.e2e
@pytest.mark.shared_data
def test_one_word_said_nine_times_is_not_lost(base: str, shared: Path) -> None:
    """What Whisper passes over, or loops on, when a caller repeats one word is heard again in parts.

    With onnxruntime's encoder all nine are heard, with CTranslate2's on a processor without VNNI six.
    """
    case = shared.parent / "cases" / "repeat.mp3"
    if not case.is_file():
        pytest.skip("the shared cases are not on this machine")
    sha256 = hash_file(str(case))
    recording = Recording(sha256[:16], str(case), sha256, case.stat().st_size)
    audio = decode_call(recording, AudioSettings())
    speech = find_turns(audio, TurnSettings())
    settings = TranscribeSettings(model=base)
    said = transcribe(audio, speech, recording, load_recognizer(settings), settings)
    texts = [text.text.lower() for turn, text in zip(speech.turns, said, strict=True) if turn.channel == 1]
    assert any("i said no" in text and "want a supervisor" in text for text in texts)
    assert 5 <= sum(len(re.findall(r"\bno\b", text)) for text in texts)
    assert 5 <= max(text.count("supervisor") for text in texts)


def _shifted(heard: RecognisedChannel, by_s: float) -> list[tuple[str, float]]:
    """Words said once, and when they would begin that much later."""
    words = [word.text.lower().strip(",.?") for word in heard.words]
    return [
        (text, word.start_s + by_s)
        for text, word in zip(words, heard.words, strict=True)
        if words.count(text) == 1
    ]


@pytest.mark.e2e
@pytest.mark.shared_data
def test_only_speech_is_heard(engine: Recognizer, shared: Path) -> None:
    """What lies outside the speech given is not written down."""
    sound = decode(shared / "asr_misc" / "faster-whisper" / "jfk.flac")
    assert "country" not in plain(recognize(engine, sound, (0.3, 3.0)))


@pytest.mark.e2e
@pytest.mark.shared_data
def test_hotwords_bring_in_names(engine: Recognizer, shared: Path) -> None:
    """A name that is misheard is heard right as a hotword."""
    sound = decode(shared / "harper_valley" / "wav" / "0002f70f7386445b_agent.wav")[: 8 * RATE]
    hinted = recognize(engine, sound, (1.6, 7.8), hints=Hints(hotwords=("Harper Valley National Bank",)))
    assert "harper valley national bank" in plain(hinted)


@pytest.mark.e2e
@pytest.mark.shared_data
def test_the_same_twice(engine: Recognizer, shared: Path) -> None:
    """Two runs over the same sound give the same words, retries and all."""
    sound = decode(shared / "harper_valley" / "wav" / "0002f70f7386445b_caller.wav")[: 22 * RATE]
    assert recognize(engine, sound) == recognize(engine, sound)


def music(seconds: float) -> NDArray[np.float32]:
    """A chord whose notes swell and fade: hold music."""
    time_s = np.arange(round(seconds * RATE)) / RATE
    notes = (262, 330, 392, 523, 659)
    swells = [0.5 + 0.5 * np.sin(2 * np.pi * (0.5 + 0.3 * no) * time_s) for no in range(len(notes))]
    chord = sum(swell * np.sin(2 * np.pi * hz * time_s) for hz, swell in zip(notes, swells, strict=True))
    return (0.05 * np.asarray(chord)).astype(np.float32)


NOT_SPEECH = {
    "silence": silence(10, RATE),
    "soft noise": noise(10, RATE, level_dbov=-60.0),
    "loud noise": noise(10, RATE, level_dbov=-30.0),
    "tone": tone(440, 10, RATE),
    "keypad": tone(697, 4, RATE) + tone(1209, 4, RATE),
    "music": music(12),
}


@pytest.mark.e2e
@pytest.mark.parametrize("kind", NOT_SPEECH)
def test_nothing_is_invented(engine: Recognizer, kind: str) -> None:
    """Given sound without speech as if it were speech, the engine writes nothing down."""
    heard = recognize(engine, NOT_SPEECH[kind])
    assert () == heard.words
    short = recognize(engine, NOT_SPEECH[kind], (1.0, 1.4))
    assert () == short.words


@pytest.mark.e2e
@pytest.mark.shared_data
def test_nothing_is_invented_in_long_pauses(engine: Recognizer, shared: Path) -> None:
    """The long pauses of an agent's side, given as if they were speech, stay empty."""
    sound = decode(shared / "aws_calls" / "demo_agent1_long_pauses.wav")
    pauses = quiet_stretches(sound, at_least_s=3.4)
    assert len(pauses) > 4
    assert () == recognize(engine, sound, *((start_s + 1.1, end_s - 1.1) for start_s, end_s in pauses)).words


def quiet_stretches(sound: Sound, at_least_s: float) -> list[tuple[float, float]]:
    """Stretches in which no sample is over -54 dB of full scale."""
    step = RATE // 10
    peaks = np.abs(sound[: sound.size // step * step]).reshape(-1, step).max(axis=1)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], peaks < 0.002, [0]])))
    return [(a / 10, b / 10) for a, b in edges.reshape(-1, 2) if (b - a) / 10 >= at_least_s]


@pytest.mark.e2e
def test_no_network_is_used(engine: Recognizer, monkeypatch: pytest.MonkeyPatch, tiny: str) -> None:
    """Loading a model and recognising opens no connection."""

    def refuse(*_: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    fresh = load_whisper(TranscribeSettings(model=tiny))
    recognize(fresh, NOT_SPEECH["tone"])


def test_no_speech_no_work(engine: Recognizer) -> None:
    """Without speech the model is not asked."""
    recording = make_recording()
    heard = engine.recognize(np.zeros(RATE, np.float32), (), hints=Hints(), recording=recording, channel=0)
    assert RecognisedChannel((), "en") == heard
