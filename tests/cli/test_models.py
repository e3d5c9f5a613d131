"""The commands for model weights."""

from pathlib import Path

import pytest

from tests.cli.conftest import Speechcx


def test_models_are_listed_with_licence(project: Path, speechcx: Speechcx) -> None:
    """`models list` names every model with task, size and licence."""
    rows = speechcx("models", "list", "--json").json["rows"]
    assert {"whisper-base", "whisper-tiny.en"} <= {row["name"] for row in rows}
    assert all(row["licence"] and row["size_mb"] > 0 for row in rows)


def test_unknown_model_names_the_nearest(project: Path, speechcx: Speechcx) -> None:
    """`models where` of a misspelt name is exit code 13 and gives the nearest name."""
    ran = speechcx("models", "where", "whisper-bas")
    assert 13 == ran.code
    assert "whisper-base" in ran.err


def test_what_can_be_had_is_listed(project: Path, speechcx: Speechcx) -> None:
    """`models list --available` names every size with memory, languages and licence, and nothing but recognition."""
    rows = {row["name"]: row for row in speechcx("models", "list", "--available", "--json").json["rows"]}
    assert {"small", "large-v3-turbo", "distil-large-v3", "whisper-base"} <= rows.keys()
    assert all(row["memory_mb"] > 0 and row["languages"] and row["licence"] for row in rows.values())
    assert "sentiment" not in rows


def test_eighty_columns_are_enough(project: Path, speechcx: Speechcx) -> None:
    """No row of the list is wider than an old terminal."""
    lines = speechcx("models", "list", "--available").out.splitlines()
    assert max(len(line.rstrip()) for line in lines) <= 80


def test_a_pack_goes_from_one_folder_to_another(
    project: Path, speechcx: Speechcx, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder of one's own is pulled under a name, packed, and unpacked where there is none."""
    own = tmp_path / "own"
    own.mkdir()
    for name in ("vocab.txt", "model.onnx"):
        (own / name).write_text(name)
    monkeypatch.setenv("SPEECHCX_MODELS", str(tmp_path / "here"))
    speechcx("models", "pull", str(own), "--as", "ours")
    packed = speechcx("models", "pack", "ours", "--out", str(tmp_path / "ours.tar"))
    assert "SHA-256" in packed.out
    monkeypatch.setenv("SPEECHCX_MODELS", str(tmp_path / "there"))
    assert 13 == speechcx("models", "verify", "ours").code
    assert 0 == speechcx("models", "unpack", str(tmp_path / "ours.tar")).code
    assert "ours: ok, 2 files" in speechcx("models", "verify", "ours").out
