"""Remembered digests."""

import os
from pathlib import Path

import pytest

import speechcx.weights.digest_cache as seals
from speechcx.weights.digest_cache import hash_file, sealed_digests


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "a.json").write_text("a")
    return tmp_path / "model"


def reads(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The files that are read whole from now on."""
    seen: list[Path] = []

    def spy(path: Path) -> str:
        seen.append(path)
        return hash_file(path)

    monkeypatch.setattr(seals, "hash_file", spy)
    return seen


def test_a_file_is_read_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second look at an unchanged file reads nothing."""
    first = sealed_digests(folder, ("a.json",))
    seen = reads(monkeypatch)
    assert first == sealed_digests(folder, ("a.json",))
    assert seen == []


def test_a_touched_file_is_read_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new modification time makes the memory worthless."""
    sealed_digests(folder, ("a.json",))
    os.utime(folder / "a.json", ns=(5, 5))
    seen = reads(monkeypatch)
    sealed_digests(folder, ("a.json",))
    assert [folder / "a.json"] == seen


def test_without_trust_everything_is_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Verifying reads every byte, whatever is remembered."""
    sealed_digests(folder, ("a.json",))
    seen = reads(monkeypatch)
    sealed_digests(folder, ("a.json",), trust=False)
    assert [folder / "a.json"] == seen


@pytest.mark.parametrize("rubbish", ["", "[]", '{"a.json": 5}', '{"a.json": [1, 1, "short"]}', "\x00"])
def test_a_broken_memory_is_forgotten(folder: Path, rubbish: str) -> None:
    """Rubbish in the memory is no digest."""
    right = sealed_digests(folder, ("a.json",))
    (memory,) = folder.parent.glob("cache/speechcx/seals/*.json")
    memory.write_text(rubbish)
    assert right == sealed_digests(folder, ("a.json",))


def test_a_home_that_cannot_be_written(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing can be remembered, the digest is right all the same."""
    (folder.parent / "file").write_text("in the way")
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder.parent / "file"))
    assert {"a.json": hash_file(folder / "a.json")} == sealed_digests(folder, ("a.json",))
