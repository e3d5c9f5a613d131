"""Finding models on this machine, and comparing them with the manifest."""

import os
import sys
from pathlib import Path

import pytest

from speechcx.errors import ModelBad, ModelMissing
from speechcx.weights import find_model, list_models, model_digest, verify_model, where
from tests.weights.conftest import FILES


def write_model(folder: Path, files: dict[str, bytes] = FILES) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return folder


def test_a_pulled_model_is_found_by_name_and_alias(toy: Path) -> None:
    """Name and alias lead to the same folder, and ``where`` says the same."""
    assert toy == find_model("whisper-toy") == find_model("toy") == where("toy")


def test_the_chosen_folder_goes_first(toy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A model in $SPEECHCX_MODELS is taken before the one in the user's data folder."""
    chosen = write_model(tmp_path / "chosen" / "toy")
    monkeypatch.setenv("SPEECHCX_MODELS", str(chosen.parent))
    assert chosen == find_model("whisper-toy")


def test_a_model_that_comes_with_the_package(home: Path) -> None:
    """A bundled model is found beside the manifest."""
    assert home / "own-toy" == find_model("own-toy")


def test_an_installed_package_that_carries_weights(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Weights inside an installed package are used where they lie, without importing it."""
    assets = write_model(tmp_path / "site" / "toy_carrier" / "assets", {"toy.onnx": b"onnx"})
    (assets.parent / "__init__.py").write_text("raise RuntimeError('must not be imported')")
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    assert assets == find_model("installed-toy")
    assert "toy_carrier" not in sys.modules


def test_a_missing_model_says_how_to_get_it(home: Path) -> None:
    """The message for a missing model holds the command that fetches it."""
    with pytest.raises(ModelMissing, match="speechcx models pull whisper-toy"):
        find_model("toy")


def test_an_unknown_model_gets_the_nearest_name(home: Path) -> None:
    """A misspelt name is answered with the right one."""
    with pytest.raises(ModelMissing, match="use 'whisper-toy'"):
        find_model("wisper-toy")


def test_a_folder_without_manifest_entry_is_used_by_its_name(user_models: Path) -> None:
    """Any CTranslate2 folder put into the models folder can be named."""
    folder = write_model(user_models / "our-own-small")
    assert folder == find_model("our-own-small")


def test_a_path_is_used_as_it_is(tmp_path: Path, home: Path) -> None:
    """A path needs no manifest entry."""
    folder = write_model(tmp_path / "elsewhere")
    assert folder == find_model(str(folder))


def test_a_path_that_is_no_folder(home: Path) -> None:
    """A path that leads nowhere is missing, not downloaded."""
    with pytest.raises(ModelMissing, match="nowhere is no folder"):
        find_model("./nowhere")


@pytest.mark.parametrize("head", [b"PK\x03\x04", b"\x80\x02", b"\x80\x05"])
@pytest.mark.parametrize("name", ["pytorch_model.bin", "model.pt", "model.bin"])
def test_pickled_weights_are_refused(tmp_path: Path, home: Path, name: str, head: bytes) -> None:
    """A folder whose only weights are pickles is refused before anything loads it."""
    folder = write_model(tmp_path / "pickled", {name: head + b"rest", "config.json": b"{}"})
    with pytest.raises(ModelBad, match="can run code when loaded"):
        find_model(str(folder))


def test_a_short_file_is_bad(toy: Path) -> None:
    """A file of another size is found without reading the rest."""
    (toy / "model.bin").write_bytes(b"short")
    with pytest.raises(ModelBad, match=r"model.bin has 5 bytes, not"):
        find_model("toy")


def test_a_missing_file_is_bad(toy: Path) -> None:
    """A model folder with a file missing is bad, not missing."""
    (toy / "config.json").unlink()
    with pytest.raises(ModelBad, match=r"config.json is missing"):
        find_model("toy")


def test_other_bytes_of_the_same_size_are_bad(toy: Path) -> None:
    """A file changed in place, its size kept, is found by its digest on the next load."""
    find_model("toy")
    data = bytearray(FILES["model.bin"])
    data[7] ^= 1
    (toy / "model.bin").write_bytes(data)
    os.utime(toy / "model.bin", ns=(1, 1))
    with pytest.raises(ModelBad, match=r"model.bin has SHA-256"):
        find_model("toy")


def test_verify_reads_every_byte(toy: Path) -> None:
    """A change hidden under the old size and time is passed on load, and found by verify."""
    find_model("toy")
    status = (toy / "model.bin").stat()
    data = bytearray(FILES["model.bin"])
    data[7] ^= 1
    (toy / "model.bin").write_bytes(data)
    os.utime(toy / "model.bin", ns=(status.st_atime_ns, status.st_mtime_ns))
    assert toy == find_model("toy")
    with pytest.raises(ModelBad, match=r"model.bin has SHA-256"):
        verify_model("toy")
    with pytest.raises(ModelBad, match=r"model.bin has SHA-256"):
        find_model("toy")


def test_verify_names_what_it_read(toy: Path) -> None:
    """A good model's check lists its files and where they lie."""
    check = verify_model("toy")
    assert (("model.bin", "config.json"), toy) == (check.files, check.folder)
    assert str(check).startswith("2 files, ")


def test_verify_of_a_model_that_is_not_here(home: Path) -> None:
    """Verifying what is not there is an error of its own."""
    with pytest.raises(ModelMissing, match="is not on this machine"):
        verify_model("toy")


def test_list_shows_what_is_ready_missing_and_bad(toy: Path) -> None:
    """Each model of the manifest has its state and, where it is on this machine, its folder."""
    (toy / "config.json").unlink()
    states = {status.name: (status.state, status.folder is not None) for status in list_models()}
    assert states == {
        "whisper-toy": ("bad", True),
        "installed-toy": ("missing", False),
        "own-toy": ("ready", True),
    }


def test_the_digest_follows_the_bytes(toy: Path, tmp_path: Path) -> None:
    """Two copies of a model have one digest; a changed byte gives another."""
    copy = write_model(tmp_path / "copy")
    changed = write_model(tmp_path / "changed", {**FILES, "config.json": b"[]"})
    assert model_digest(toy) == model_digest(copy)
    assert model_digest(toy) != model_digest(changed)
    assert len(model_digest(toy)) == 16


def test_the_digest_covers_folders_inside_and_no_notes(toy: Path) -> None:
    """Weights in a folder of the model's folder count; a README beside them does not."""
    before = model_digest(toy)
    (toy / "README.md").write_text("a note")
    assert before == model_digest(toy)
    write_model(toy / "onnx", {"model.onnx": b"more"})
    assert before != model_digest(toy)


def test_the_real_manifest_lists_what_the_settings_need() -> None:
    """The models named by default settings and by quick runs are in the manifest, each with a licence."""
    models = {status.name: status for status in list_models()}
    assert {"whisper-base", "whisper-tiny.en", "silero-vad"} <= set(models)
    assert all(status.licence and status.sources for status in models.values())
    assert models["silero-vad"].state == "ready"
