"""Sidecars, well-formed and not."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speechcx.discover.sidecar import read_sidecars
from speechcx.errors import CallError

LIMIT = 1024**2


def sidecar_of(content: bytes, tmp_path: Path, name: str = "a.json") -> dict[str, str]:
    (tmp_path / name).write_bytes(content)
    (found,) = read_sidecars(str(tmp_path / "a.wav"), max_bytes=LIMIT)
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
    assert read_sidecars(str(tmp_path / "a.wav"), max_bytes=LIMIT) == ()
    assert sidecar_of(b'{"agent": "a7"}', tmp_path, "a.wav.json") == {"agent": "a7"}
    (tmp_path / "a.json").write_text("{}")
    assert [one.name for one in read_sidecars(str(tmp_path / "a.wav"), max_bytes=LIMIT)] == [
        "a.wav.json",
        "a.json",
    ]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "line 1, column 1"),
        (b'{"agent": }', "line 1, column 11"),
        (b"[1, 2]", "no JSON object"),
        (b'"text"', "no JSON object"),
        (b'{"a": 1, "a": 2}', "the key 'a' is given twice"),
        (b"[" * 500_000, "nested too deeply"),
        (b'{"a":' * 200_000, "nested too deeply"),
        (b'{"n": ' + b"9" * 10_000 + b"}", "no JSON that can be read"),
        (b'{"agent": "\xff"}', "not UTF-8"),
        (b" " * (LIMIT + 1), "more than 1,048,576 bytes"),
    ],
    ids=["empty", "broken", "list", "text", "twice", "deep-list", "deep-object", "digits", "bytes", "big"],
)
def test_unusable_sidecars(content: bytes, words: str, tmp_path: Path) -> None:
    """A sidecar that cannot be read sets its call aside and says why; none is too deep or too big."""
    with pytest.raises(CallError, match=words) as caught:
        sidecar_of(content, tmp_path)
    assert caught.value.kind.slug == "metadata_missing"
    assert "'a.json'" in caught.value.found


def test_a_huge_sidecar_is_not_read(tmp_path: Path) -> None:
    """A sidecar of a gigabyte is refused by its first megabyte."""
    with (tmp_path / "a.json").open("wb") as file:
        file.truncate(1024**3)
    with pytest.raises(CallError, match="more than 1,048,576 bytes"):
        read_sidecars(str(tmp_path / "a.wav"), max_bytes=LIMIT)


def test_a_sidecar_that_is_no_file(tmp_path: Path) -> None:
    """A pipe or folder with the name of a sidecar is refused and not waited for."""
    os.mkfifo(tmp_path / "a.json")
    with pytest.raises(CallError, match=r"sidecar 'a\.json' cannot be used: this is a folder, pipe"):
        read_sidecars(str(tmp_path / "a.wav"), max_bytes=LIMIT)


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    """Whatever stands in a sidecar, it is read or its call is set aside."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        try:
            kind = str(type(sidecar_of(content, Path(folder))).__name__)
        except CallError as error:
            kind = error.kind.slug
    assert kind in ("dict", "metadata_missing")
