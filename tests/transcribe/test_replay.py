"""The engine that reads a transcript lying beside the recording."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import speechcx.transcribe.replay as replay
from speechcx.call import Word
from speechcx.errors import CallError
from speechcx.transcribe import Hints, RecognisedChannel, TranscribeSettings, load_recognizer
from tests.factories import make_recording

WORD = {"text": "Hello,", "start_s": 1.2, "end_s": 1.5, "confidence": 0.98, "channel": 0}


def read(
    folder: Path, document: Any, channel: int = 0, settings: TranscribeSettings | None = None
) -> RecognisedChannel:
    text = document if isinstance(document, str) else json.dumps(document)
    (folder / "call.transcript.json").write_text(text, encoding="utf-8")
    engine = load_recognizer(settings or TranscribeSettings(engine="replay"))
    recording = make_recording(path=str(folder / "call.wav"))
    return engine.recognize(
        np.zeros(1600, np.float32), (), hints=Hints(), recording=recording, channel=channel
    )


def test_words_are_read(tmp_path: Path) -> None:
    """Words come back with times, confidence and the transcript's language."""
    heard = read(tmp_path, {"words": [WORD], "language": "de"})
    assert RecognisedChannel((Word("Hello,", 1.2, 1.5, 0.98),), "de") == heard


def test_each_channel_has_its_words(tmp_path: Path) -> None:
    """A word belongs to the channel it names, to the first without one."""
    document = {
        "words": [{**WORD, "channel": 1, "text": "Yes"}, {k: v for k, v in WORD.items() if k != "channel"}]
    }
    assert ["Yes"] == [word.text for word in read(tmp_path, document, channel=1).words]
    assert ["Hello,"] == [word.text for word in read(tmp_path, document, channel=0).words]


def test_words_are_sorted(tmp_path: Path) -> None:
    """Order in the file does not matter."""
    late = {**WORD, "text": "late", "start_s": 2.0, "end_s": 2.5}
    assert ["Hello,", "late"] == [word.text for word in read(tmp_path, {"words": [late, WORD]}).words]


def test_without_a_language_the_hint_is_taken(tmp_path: Path) -> None:
    """A transcript that names no language is in the one that is expected."""
    assert "en" == read(tmp_path, {"words": [WORD]}).language


def test_segments_of_faster_whisper(tmp_path: Path) -> None:
    """Segments with words and probabilities are read too."""
    row = {"start": 1.0, "end": 2.0, "text": " Hi you", "words": [
        {"word": " Hi", "start": 1.0, "end": 1.2, "probability": 0.9},
        {"word": " you", "start": 1.2, "end": 1.4, "probability": 0.8}]}  # fmt: skip
    heard = read(tmp_path, {"segments": [{**row, "channel": 1}]}, channel=1)
    assert (Word("Hi", 1.0, 1.2, 0.9), Word("you", 1.2, 1.4, 0.8)) == heard.words


def test_segments_whose_words_have_no_times(tmp_path: Path) -> None:
    """A segment shares its time out among its words where words carry none, as whisperX leaves numbers."""
    row = {"start": 10.0, "end": 12.0, "text": "on 4 May", "words": [
        {"word": "on", "start": 10.0, "end": 10.4, "score": 0.9}, {"word": "4"},
        {"word": "May", "start": 11.0, "end": 11.4, "score": 0.9}]}  # fmt: skip
    words = read(tmp_path, {"segments": [row]}).words
    assert ["on", "4", "May"] == [word.text for word in words]
    assert (10.0, 12.0) == (words[0].start_s, pytest.approx(words[-1].end_s))


def test_an_empty_transcript_is_an_answer(tmp_path: Path) -> None:
    """No words means that nothing was said."""
    assert () == read(tmp_path, {"words": []}).words
    assert () == read(tmp_path, {"segments": [{"start": 0, "end": 1, "text": ""}]}).words


def test_another_suffix(tmp_path: Path) -> None:
    """The suffix is a setting."""
    (tmp_path / "call.words.json").write_text(json.dumps({"words": [WORD]}))
    engine = load_recognizer(TranscribeSettings(engine="replay", replay_suffix=".words.json"))
    recording = make_recording(path=str(tmp_path / "call.mp3"))
    heard = engine.recognize(np.zeros(1, np.float32), (), hints=Hints(), recording=recording, channel=0)
    assert 1 == len(heard.words)


def test_no_transcript(tmp_path: Path) -> None:
    """A missing transcript is this call's failure, with the name that was looked for."""
    engine = load_recognizer(TranscribeSettings(engine="replay"))
    recording = make_recording(path=str(tmp_path / "call.wav"))
    with pytest.raises(CallError, match=r"no transcript call\.transcript\.json beside") as caught:
        engine.recognize(np.zeros(1, np.float32), (), hints=Hints(), recording=recording, channel=0)
    assert "config" == caught.value.kind.slug


@pytest.mark.parametrize(
    ("document", "complaint"),
    [
        ("", "it is no JSON"),
        ("[" * 100_000, "it is no JSON"),
        ("[]", "it holds a list"),
        ("{}", "neither a list words nor a list segments"),
        ('{"words": 5}', "neither a list words nor a list segments"),
        ('{"words": [5]}', r"words\[0\] is 5"),
        ('{"segments": ["x"]}', r"segments\[0\] is 'x'"),
        ({"words": [{**WORD, "text": " "}]}, "the text ' '"),
        ({"words": [{**WORD, "text": None}]}, "the text None"),
        ({"words": [{**WORD, "start_s": "1"}]}, r"start_s is '1'"),
        ({"words": [{**WORD, "start_s": True}]}, r"start_s is True"),
        ({"words": [{**WORD, "end_s": 1.0}]}, "lasts from 1.2 to 1.0 s"),
        ({"words": [{**WORD, "start_s": -1}]}, "lasts from -1.0"),
        ({"words": [{**WORD, "confidence": 1.5}]}, "the confidence 1.5"),
        ({"words": [{**WORD, "channel": -1}]}, "the channel -1"),
        ({"words": [{**WORD, "channel": "left"}]}, "the channel 'left'"),
        ('{"words": [{"text": "a", "start_s": NaN, "end_s": 1}]}', "NaN is not a valid time"),
        ('{"words": [{"text": "a", "start_s": 1e999, "end_s": 1}]}', "start_s is inf"),
        ({"segments": [{"text": "hi"}]}, r"segments\[0\].start_s is None"),
    ],
)
def test_a_transcript_that_cannot_be_used(tmp_path: Path, document: Any, complaint: str) -> None:
    """Each fault names the place in the transcript, and fails this call alone."""
    with pytest.raises(CallError, match=complaint) as caught:
        read(tmp_path, document)
    assert "config" == caught.value.kind.slug


def test_a_huge_transcript_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file past the limit is refused by its size."""
    monkeypatch.setattr(replay, "LARGEST_BYTES", 10)
    with pytest.raises(CallError, match="at most 0 MB"):
        read(tmp_path, {"words": [WORD]})


def test_too_many_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So is one with more words than anybody speaks."""
    monkeypatch.setattr(replay, "MAX_WORDS", 2)
    with pytest.raises(CallError, match="it has 3 words"):
        read(tmp_path, {"words": [WORD] * 3})


def test_a_folder_in_the_place_of_a_transcript(tmp_path: Path) -> None:
    """What cannot be opened is unreadable."""
    (tmp_path / "call.transcript.json").mkdir()
    engine = load_recognizer(TranscribeSettings(engine="replay"))
    with pytest.raises(CallError, match="cannot be read") as caught:
        engine.recognize(
            np.zeros(1, np.float32),
            (),
            hints=Hints(),
            recording=make_recording(path=str(tmp_path / "call.wav")),
            channel=0,
        )
    assert "unreadable" == caught.value.kind.slug
