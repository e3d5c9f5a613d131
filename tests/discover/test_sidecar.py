"""Sidecars, well-formed and not."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speechcx.discover import DiscoverSettings
from speechcx.discover.sidecar import describe_json, read_sidecars
from speechcx.errors import CallError

LIMIT = 1024**2
SETTINGS = DiscoverSettings()


def sidecar_of(content: bytes, tmp_path: Path, name: str = "a.json") -> dict[str, str]:
    (tmp_path / name).write_bytes(content)
    (found,) = read_sidecars(str(tmp_path / "a.wav"), SETTINGS)
    assert found.name == name
    return dict(found.values)


def test_values_are_texts(tmp_path: Path) -> None:
    """Texts, numbers, truths and short lists of texts are kept; what is nested or very long is not."""
    given_values = {
        "agent": "a7", "queue": 600, "score": 1.5, "vip": True, "channels": ["agent", "customer"],
        "segments": [{"text": "hello"}], "nested": {"a": 1}, "nothing": None, "long": "x" * 501,
    }  # fmt: skip
    assert sidecar_of(json.dumps(given_values).encode(), tmp_path) == {
        "agent": "a7", "queue": "600", "score": "1.5", "vip": "true", "channels": "agent,customer",
    }  # fmt: skip


def test_both_names(tmp_path: Path) -> None:
    """NAME.json and NAME.wav.json both count; without either there is none."""
    assert read_sidecars(str(tmp_path / "a.wav"), SETTINGS) == ()
    assert sidecar_of(b'{"agent": "a7"}', tmp_path, "a.wav.json") == {"agent": "a7"}
    (tmp_path / "a.json").write_text('{"queue": "sales"}')
    assert [one.name for one in read_sidecars(str(tmp_path / "a.wav"), SETTINGS)] == [
        "a.wav.json",
        "a.json",
    ]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b'{"agent": }', "line 1, column 11"),
        (b'{"agent": "a7",', "line 1, column"),
        (b"{'agent': 'a7'}", "line 1, column 2"),
        (b'{agent: "a7"}', "line 1, column 2"),
        (b'{"agent": "a7", "a": 1, "a": 2}', "the key 'a' is given twice"),
        (b'{"agent": "a7", "agent": "a8"}', "the key 'agent' is given twice"),
        (b'{"agent": "a7", "deep": ' + b"[" * 500_000, "nested too deeply"),
        (b'{"agent": "a7", "deep": ' + b'{"a":' * 200_000, "nested too deeply"),
        (b'{"agent": ' + b"9" * 10_000 + b"}", "no JSON that can be read"),
        (b'{"agent": "\xff"}', "not UTF-8"),
        (b'{"agent": "a7", "note": "' + b" " * LIMIT + b'"}', "more than 1,048,576 bytes"),
        (json.dumps({"agent": "a7"} | {f"k{no}": no for no in range(50_000)}).encode(), "50,001 keys, more than 500"),
    ],
    ids=["broken", "cut", "python", "bare", "twice", "two-agents", "deep-list", "deep-object", "digits", "bytes",
         "big", "keys"],
)  # fmt: skip
def test_unusable_sidecars(content: bytes, words: str, tmp_path: Path) -> None:
    """A sidecar that is meant to tell of the call and cannot be read sets its call aside and says why."""
    with pytest.raises(CallError, match=words) as caught:
        sidecar_of(content, tmp_path)
    assert caught.value.kind.slug == "metadata_missing"
    assert "'a.json'" in caught.value.found


SEGMENT = {"start": 0.0, "end": 29.4, "text": "thank you for calling", "speaker": "agent"}


@pytest.mark.parametrize(
    "content",
    [
        b"", b"{}", b'"text"', b"[1, 2]", b"[" * 500_000, b'{"a":' * 200_000, b'{"n": ' + b"9" * 10_000 + b"}",
        b" " * (LIMIT + 1), json.dumps([SEGMENT] * 3).encode(), json.dumps([SEGMENT] * 20_000).encode(),
        json.dumps(SEGMENT).encode(), json.dumps(SEGMENT | {"start": 0}).encode(),
        json.dumps({"text": "hello", "segments": [SEGMENT], "language": "en"}).encode(),
        json.dumps({"segments": [SEGMENT] * 20_000, "language": "en"}).encode(),
        json.dumps({"jobName": "x", "results": {"transcripts": [{"transcript": "agent"}]}}).encode(),
        json.dumps({"metadata": {"channels": 2, "duration": 3.5}, "results": {"channels": [SEGMENT]}}).encode(),
        json.dumps({"channels": 2, "sample_rate": 8000}).encode(), json.dumps({"channels": [[1, 2], [3, 4]]}).encode(),
        json.dumps({f"k{no}": no for no in range(50_000)}).encode(),
    ],
    ids=["empty", "nothing", "text", "list", "deep-list", "deep-object", "digits", "blanks", "segments", "megabytes",
         "start-end", "start-0", "whisper", "big-whisper", "transcribe", "deepgram", "channels", "waveform", "keys"],
)  # fmt: skip
def test_a_transcript_of_another_tool_is_no_sidecar(content: bytes, tmp_path: Path) -> None:
    """A JSON that says nothing of the call is left alone, whatever its size, with the reason."""
    (tmp_path / "a.json").write_bytes(content)
    assert read_sidecars(str(tmp_path / "a.wav"), SETTINGS) == ()
    assert describe_json(str(tmp_path / "a.json"), SETTINGS) != ""


@pytest.mark.parametrize(
    ("content", "values"),
    [
        (b'{"agent": "a7", "csat": NaN, "nps": Infinity, "cost": 1e999}', {"agent": "a7"}),
        (b'{"Agent ID": "a7", "fileName": "x"}', {"Agent ID": "a7", "fileName": "x"}),
        (b'\xef\xbb\xbf{"agent": "a7"}', {"agent": "a7"}),
        ('{"agent": "a7"}'.encode("utf-16"), {"agent": "a7"}),
        (b'{"agent": "a7", "start": 1.5, "end": 29.4}', {"agent": "a7", "start": "1.5", "end": "29.4"}),
    ],
    ids=["nan", "headings", "mark", "utf-16", "place"],
)
def test_what_is_read_all_the_same(content: bytes, values: dict[str, str], tmp_path: Path) -> None:
    """Values that are no numbers are no values; byte order marks and other spellings of keys do no harm."""
    assert sidecar_of(content, tmp_path) == values


def test_a_huge_sidecar_is_not_read(tmp_path: Path) -> None:
    """A sidecar of a gigabyte is refused by its first megabyte."""
    with (tmp_path / "a.json").open("wb") as file:
        file.write(b'{"agent": "a7", ')
        file.truncate(1024**3)
    with pytest.raises(CallError, match="more than 1,048,576 bytes"):
        read_sidecars(str(tmp_path / "a.wav"), SETTINGS)


def test_a_sidecar_that_is_no_file(tmp_path: Path) -> None:
    """A pipe or folder with the name of a sidecar is refused and not waited for."""
    os.mkfifo(tmp_path / "a.json")
    with pytest.raises(CallError, match=r"sidecar 'a\.json' cannot be used: this is a folder, pipe"):
        read_sidecars(str(tmp_path / "a.wav"), SETTINGS)


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    """Whatever stands in a sidecar, it is read or its call is set aside."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "a.json").write_bytes(content)
        try:
            kind = str(type(read_sidecars(f"{folder}/a.wav", SETTINGS)).__name__)
        except CallError as error:
            kind = error.kind.slug
    assert kind in ("tuple", "metadata_missing")
