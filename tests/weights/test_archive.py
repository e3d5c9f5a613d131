"""Models in one file: packed, carried, checked and put in place."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from speechcx.errors import ModelBad
from speechcx.weights import find_model, verify_model
from speechcx.weights.archive import pack_models, unpack_models
from speechcx.weights.digest_cache import hash_file
from speechcx.weights.record import RECORD_NAME
from speechcx.weights.recorded_pull import pull_recorded
from tests.weights.conftest import FILES

OURS = {
    "model.bin": b"\x06\x00\x00\x00ours",
    "config.json": b"{}",
    "tokenizer.json": b"{}",
    "vocabulary.txt": b"a",
}


@pytest.fixture
def ours(home: Path, tmp_path: Path) -> Path:
    """A model with a record, as a pull leaves it."""
    source = tmp_path / "source"
    source.mkdir()
    for name, data in OURS.items():
        (source / name).write_bytes(data)
    return pull_recorded(str(source), tell=lambda _: None, save_as="ours")


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Path]:
    """From the call on, this is a machine that has no models."""

    def move() -> Path:
        monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "other"))
        return tmp_path / "other" / "speechcx" / "models"

    return move


def test_packed_here_unpacked_there(
    ours: Path, toy: Path, elsewhere: Callable[[], Path], tmp_path: Path
) -> None:
    """A model of the manifest and one with a record arrive whole, are verified there, and leave nothing else."""
    pack = tmp_path / "models.tar"
    pack_models(["ours", "toy"], pack)
    there = elsewhere()
    assert (there / "ours", there / "whisper-toy") == unpack_models(pack)
    assert FILES == {path.name: path.read_bytes() for path in find_model("toy").iterdir()}
    assert {*OURS, RECORD_NAME} == {path.name for path in find_model("ours").iterdir()}
    assert (4, 2) == (len(verify_model("ours").files), len(verify_model("toy").files))
    assert {"ours", "whisper-toy", ".pull.lock"} == {path.name for path in there.iterdir()}


def test_the_digest_that_is_told_is_that_of_the_file(ours: Path, tmp_path: Path) -> None:
    """What `models pack` prints is what `sha256sum` says on the other machine."""
    pack = tmp_path / "models.tar"
    told = pack_models(["ours"], pack)
    assert hash_file(pack) == told


def test_a_broken_model_is_not_packed(ours: Path, tmp_path: Path) -> None:
    """What would be refused on the other machine is refused here."""
    (ours / "config.json").write_bytes(b"[]")
    with pytest.raises(ModelBad, match=r"config.json has SHA-256"):
        pack_models(["ours"], tmp_path / "models.tar")
    assert not (tmp_path / "models.tar").exists()


def rewrite(pack: Path, change: Callable[[str, bytes], bytes | None]) -> None:
    """The same pack with members changed, or left out where `change` gives None."""
    with tarfile.open(pack) as old:
        members = [(member.name, old.extractfile(member).read()) for member in old]  # type: ignore[union-attr]
    with tarfile.open(pack, "w") as new:
        for name, data in members:
            if (changed := change(name, data)) is not None:
                member = tarfile.TarInfo(name)
                member.size = len(changed)
                new.addfile(member, io.BytesIO(changed))


def other_path(name: str, data: bytes) -> bytes:
    return data.replace(b'"config.json"', b'"../config.json"') if name == "pack.json" else data


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda name, data: b"x" * len(data) if name == "ours/model.bin" else data, "has SHA-256"),
        (
            lambda name, data: data + b"x" if name == "ours/model.bin" else data,
            "has no ours/model.bin of 8 bytes",
        ),
        (
            lambda name, data: None if name == "ours/config.json" else data,
            "has no ours/config.json of 2 bytes",
        ),
        (lambda name, data: b"{}" if name == "pack.json" else data, "cannot be unpacked"),
        (lambda name, data: None if name == "pack.json" else data, "does not begin with pack.json"),
        (other_path, "stays inside the model's folder"),
    ],
)
def test_a_changed_pack_is_refused(
    ours: Path,
    elsewhere: Callable[[], Path],
    tmp_path: Path,
    change: Callable[[str, bytes], bytes | None],
    message: str,
) -> None:
    """Other bytes, missing files and paths that lead out put nothing in place."""
    pack = tmp_path / "models.tar"
    pack_models(["ours"], pack)
    rewrite(pack, change)
    there = elsewhere()
    with pytest.raises(ModelBad, match=message):
        unpack_models(pack)
    assert not (there / "ours").exists()


def test_a_name_of_the_manifest_cannot_bring_other_bytes(
    toy: Path, elsewhere: Callable[[], Path], tmp_path: Path
) -> None:
    """A pack that calls its own weights `whisper-toy` is refused, however well it is made."""
    pack = tmp_path / "models.tar"
    pack_models(["toy"], pack)
    digest = hash_file(toy / "config.json")

    def change(name: str, data: bytes) -> bytes:
        document = json.loads(data) if name == "pack.json" else {}
        if not document:
            return b"[]" if name.endswith("config.json") else data
        for file in document["models"][0]["files"]:
            if file["sha256"] == digest:
                file["sha256"] = "4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945"
        return json.dumps(document).encode()

    rewrite(pack, change)
    elsewhere()
    with pytest.raises(ModelBad, match="other files for whisper-toy than the manifest"):
        unpack_models(pack)


@pytest.mark.parametrize("keep", [0, 100, 2600, 3100])
def test_a_pack_that_was_cut_is_refused(
    ours: Path, elsewhere: Callable[[], Path], tmp_path: Path, keep: int
) -> None:
    """A copy that broke off is no traceback and no model."""
    pack = tmp_path / "models.tar"
    pack_models(["ours"], pack)
    pack.write_bytes(pack.read_bytes()[:keep])
    there = elsewhere()
    with pytest.raises(ModelBad):
        unpack_models(pack)
    assert not (there / "ours").exists()
