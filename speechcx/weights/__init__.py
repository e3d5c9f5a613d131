"""Where model weights lie on this machine, and whether they are what the manifest says.

Takes a model's name (``base``, ``large-v3-turbo``, ``owner/repository``) or a folder; gives the folder to
load from. Never goes to the network: only :func:`speechcx.weights.fetch.pull_model` does, when
asked to. To add a model whose every byte is pinned, write its files, sizes, digests and sources into
``models/models.toml``; one that the first pull pins is a line in :mod:`speechcx.weights.catalogue`.
"""

from __future__ import annotations

import difflib
import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from typing import Literal, NoReturn

from speechcx.errors import ModelBad, ModelMissing
from speechcx.weights.catalogue import CATALOGUE, HubModel, RecognitionEngine, find_in_catalogue
from speechcx.weights.digest_cache import sealed_digests
from speechcx.weights.manifest import (
    SAFE_NAMES,
    Build,
    Model,
    WeightSource,
    is_safe_name,
    models_home,
    read_manifest,
)
from speechcx.weights.record import (
    RECORD_NAME,
    PulledModel,
    compare_files,
    compare_record,
    read_record,
)

__all__ = [
    "ModelCheck",
    "ModelStatus",
    "find_model",
    "list_models",
    "model_digest",
    "models_folder",
    "named_model",
    "verify_model",
    "where",
]

MODELS_VARIABLE = "SPEECHCX_MODELS"
"""Environment variable that names a folder with one folder for each model."""

State = Literal["ready", "missing", "bad"]


@dataclass(frozen=True, slots=True)
class ModelStatus:
    """One line of ``speechcx models list``; `folder` is None where the model is not on this machine.

    `size_bytes` of a model of the catalogue that was never pulled is about right; `languages` is empty where they
    are not known. `engine` means something for models of speech recognition only.
    """

    name: str
    aliases: tuple[str, ...]
    task: str
    about: str
    licence: str
    size_bytes: int
    state: State
    folder: Path | None
    sources: tuple[str, ...]
    languages: str = ""
    engine: RecognitionEngine = "whisper"


@dataclass(frozen=True, slots=True)
class ModelCheck:
    """A model every byte of which was read and found right: `files` are paths inside `folder`."""

    name: str
    folder: Path
    files: tuple[str, ...]
    size_bytes: int

    def __str__(self) -> str:
        return f"{len(self.files)} files, {self.size_bytes / 1e6:.1f} MB in {self.folder}"


def models_folder() -> Path:
    """Where pulled models go: ``$SPEECHCX_MODELS``, else the user's data folder."""
    chosen = os.environ.get(MODELS_VARIABLE)
    return Path(chosen).expanduser() if chosen else _user_folder()


def named_model(name: str) -> Model | None:
    """The manifest's model of that name or alias, None if there is none."""
    return next((model for model in read_manifest() if name == model.name or name in model.aliases), None)


def find_model(name: str) -> Path:
    """The folder of a model, checked: sizes always, digests when a file is new or changed.

    Looked for in this order: a folder given as such; ``$SPEECHCX_MODELS``; the user's data folder;
    beside the manifest; an installed package that carries the weights.

    Parameters
    ----------
    name
        A name or alias of the manifest or the catalogue, the name of a folder in a models folder, a repository on the
        Hub that was pulled, or a path (anything with a path separator in it, or beginning with ``~`` or ``.``).

    Raises
    ------
    ModelMissing
        It is on this machine nowhere; the message says how to get it.
    ModelBad
        It is there, but is not what the manifest says, or is in a format that can run code.
    """
    if is_folder_name(name):
        folder = Path(name).expanduser()
        pulled = None if folder.is_dir() or not is_repository(name) else _named_folder(folder_name(name))
        return _explicit_folder(pulled or folder)
    model = named_model(name)
    if model is None:
        return _unlisted_folder(name)
    found = _first_folder(model)
    if found is not None:
        _require(model, found, trust=True)
        return found
    return _missing(model)


def where(name: str) -> Path:
    """The folder a run would load `name` from; raises as :func:`find_model` does."""
    return find_model(name)


def list_models(*, available: bool = False) -> tuple[ModelStatus, ...]:
    """Every model of the manifest and every pulled one, and whether it is on this machine.

    Parameters
    ----------
    available
        The whole catalogue too: what could be pulled by a short name.
    """
    pinned = tuple(_status(model) for model in read_manifest())
    known = {name for status in pinned for name in (status.name, *status.aliases)}
    pulled = {
        folder.name: _pulled_status(folder)
        for root in reversed(_roots())
        for folder in (sorted(root.iterdir()) if root.is_dir() else ())
        if folder.name not in known and (folder / RECORD_NAME).is_file()
    }
    others = [
        _available_status(model)
        for model in CATALOGUE
        if available and model.name not in known and model.name not in pulled
    ]
    return (*pinned, *(pulled[name] for name in sorted(pulled)), *others)


def verify_model(name: str) -> ModelCheck:
    """Read every file of a model whole and compare it with the manifest, or with what its first pull recorded.

    Raises
    ------
    ModelMissing
        The model is not on this machine.
    ModelBad
        A file is missing, or is not what it should be; all such files are named. Or nothing says what it
        should be: the folder was put there by hand.
    """
    model = named_model(name)
    if model is None:
        return _verify_pulled(name)
    folder = _first_folder(model)
    if folder is None:
        return _missing(model)
    build = _require(model, folder, trust=False)
    return ModelCheck(model.name, folder, tuple(file.path for file in build.files), build.size_bytes)


def model_digest(folder: Path) -> str:
    """Identity of the weights in a folder: 16 hex digits over the digests of all its files but notes."""
    files = (path for path in folder.rglob("*") if path.is_file() and is_safe_name(path.name))
    # Where weights came from does not change the words they give.
    names = tuple(
        sorted(
            str(path.relative_to(folder))
            for path in files
            if path.suffix != ".md" and path.name != RECORD_NAME
        )
    )
    digests = sealed_digests(folder, names)
    lines = "".join(f"{digests[name]}  {name}\n" for name in names)
    return hashlib.sha256(lines.encode()).hexdigest()[:16]


def is_folder_name(name: str) -> bool:
    """Whether a model was named by a path and not by a name of the manifest."""
    return os.sep in name or name.startswith(("~", "."))


def is_repository(name: str) -> bool:
    """Whether a name can be that of a repository on the Hub: ``owner/name``."""
    return re.fullmatch(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*", name, re.ASCII) is not None


def folder_name(name: str) -> str:
    """The folder, in a models folder, of a model of the catalogue or of a repository."""
    known = find_in_catalogue(name)
    return known.name if known else name.replace("/", "--")


def _explicit_folder(folder: Path) -> Path:
    if not folder.is_dir():
        is_hub = is_repository(str(folder))
        raise ModelMissing(
            f"{folder} is no folder" + (", nor a repository that was pulled" if is_hub else ""),
            "a folder with the model's files, or a model's name",
            (f"run `speechcx models pull {folder}`, or " if is_hub else "")
            + "correct the path; `speechcx models list` shows the names",
        )
    record = read_record(folder)
    if record is not None:
        _require_record(record, folder, trust=True)
    unsafe = sorted(
        path.name for path in folder.iterdir() if path.suffix in {".bin", ".pt", ".pth", ".pkl", ".ckpt"}
    )
    unsafe = [name for name in unsafe if name not in SAFE_NAMES or _is_pickle(folder / name)]
    loadable = any(path.suffix in {".onnx", ".safetensors"} for path in folder.iterdir())
    if unsafe and not (loadable or _has_ctranslate2(folder)):
        raise ModelBad(
            f"{folder} holds only weights that can run code when loaded: {', '.join(unsafe)}",
            "CTranslate2 (model.bin), ONNX or safetensors",
            "convert the model first (ct2-transformers-converter for Whisper)",
        )
    return folder


def _has_ctranslate2(folder: Path) -> bool:
    return (folder / "model.bin").is_file() and not _is_pickle(folder / "model.bin")


def _is_pickle(path: Path) -> bool:
    with path.open("rb") as file:
        head = file.read(4)
    # A torch checkpoint is a zip archive or a bare pickle of protocol 2 to 5; CTranslate2 begins
    # with its small version number.
    return head[:2] == b"PK" or (head[:1] == b"\x80" and head[1:2] in b"\x02\x03\x04\x05")


def _named_folder(name: str) -> Path | None:
    """A folder of that name in one of the models folders."""
    if name in {"", ".", ".."}:
        return None
    return next((root / name for root in _roots() if (root / name).is_dir()), None)


def _unlisted_folder(name: str) -> Path:
    folder = _named_folder(name) or _named_folder(folder_name(name))
    if folder is not None:
        return _explicit_folder(folder)
    known = find_in_catalogue(name)
    if known is not None:
        return _missing(known)
    raise no_such_model(name)


def no_such_model(name: str) -> ModelMissing:
    """The error for a name that means nothing here."""
    known: tuple[Model | HubModel, ...] = (*read_manifest(), *CATALOGUE)
    names = [each for model in known for each in (model.name, *model.aliases)]
    near = difflib.get_close_matches(name, names, n=1)
    return ModelMissing(
        f"no model {name!r} in the manifest, in the catalogue nor in {' or '.join(str(root) for root in _roots())}",
        "a name of `speechcx models list --available`, owner/name of a repository on the Hub, or a folder with "
        "CTranslate2 files",
        f"use {near[0]!r}" if near else "name the folder with its path, or put it into a models folder",
    )


def _verify_pulled(name: str) -> ModelCheck:
    # Sizes and digests that are remembered would do for a run, not here.
    folder = find_model(name)
    record = read_record(folder)
    if record is None:
        raise ModelBad(
            f"nothing says what the files in {folder} should be: they were not pulled",
            "a model of the manifest, or one with a record of its first pull",
            f"record it: speechcx models pull {folder} --as NAME",
        )
    _require_record(record, folder, trust=False)
    return ModelCheck(record.name, folder, tuple(file.path for file in record.files), record.size_bytes)


def _require_record(record: PulledModel, folder: Path, *, trust: bool) -> None:
    problems = compare_record(record, folder, trust=trust)
    if problems:
        raise ModelBad(
            f"the model in {folder} is not what its first pull recorded: {'; '.join(problems)}",
            f"the files of {record.label}, as {RECORD_NAME} lists them",
            f"run `speechcx models pull {record.name} --force`",
        )


def _user_folder() -> Path:
    import platformdirs

    return platformdirs.user_data_path("speechcx") / "models"


def _roots() -> tuple[Path, ...]:
    """Folders that hold one folder for each model, in the order they are searched."""
    return tuple(dict.fromkeys((models_folder(), _user_folder(), models_home())))


def _candidates(model: Model) -> tuple[Path, ...]:
    named = (root / name for root in _roots() for name in (model.name, *model.aliases))
    return (*named, *_installed_folders(model))


def _installed_folders(model: Model) -> Iterator[Path]:
    """Folders inside installed packages that hold a whole build under the manifest's own file names."""
    for build in model.builds:
        for source in build.sources:
            folder = _package_folder(source)
            if folder is not None:
                yield folder


def _package_folder(source: WeightSource) -> Path | None:
    paths = [PurePosixPath(part.path) for part in source.parts]
    folders = {path.parent for path in paths}
    # Joined parts need a pull: no package then holds the file as it is loaded.
    if len(folders) != 1 or any(
        path.name != part.file for path, part in zip(paths, source.parts, strict=True)
    ):
        return None
    (folder,) = folders
    spec = find_spec(folder.parts[0])
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(next(iter(spec.submodule_search_locations))).joinpath(*folder.parts[1:])


def _first_folder(model: Model) -> Path | None:
    return next((folder for folder in _candidates(model) if folder.is_dir()), None)


def _missing(model: Model | HubModel) -> NoReturn:
    raise ModelMissing(
        f"model {model.name!r} is not on this machine",
        f"its files in {models_folder() / model.name}",
        f"run `speechcx models pull {model.name}`, or set {MODELS_VARIABLE} to a folder that holds it",
    )


def _require(model: Model, folder: Path, *, trust: bool) -> Build:
    """The build that lies in `folder`, compared with the manifest."""
    build = _nearest_build(model, folder)
    problems = compare_files(build.files, folder, trust=trust)
    if problems:
        raise ModelBad(
            f"model {model.name!r} in {folder} is not what the manifest says: {'; '.join(problems)}",
            f"the files of {model.name} as models.toml lists them",
            f"run `speechcx models pull {model.name} --force`; give weights of your own by their path",
        )
    return build


def _nearest_build(model: Model, folder: Path) -> Build:
    def distance(build: Build) -> int:
        return sum(not _has_size(folder / file.path, file.size_bytes) for file in build.files)

    return min(model.builds, key=distance)


def _has_size(path: Path, size_bytes: int) -> bool:
    return path.is_file() and path.stat().st_size == size_bytes


def _status(model: Model) -> ModelStatus:
    folder = _first_folder(model)
    known = find_in_catalogue(model.name)
    state: State = "missing" if folder is None else "ready"
    if folder is not None and compare_files(_nearest_build(model, folder).files, folder, trust=True):
        state = "bad"
    return ModelStatus(
        name=model.name,
        aliases=model.aliases,
        task=model.task,
        about=model.about,
        licence=model.licence,
        size_bytes=model.size_bytes,
        state=state,
        folder=folder,
        sources=tuple(source.label for build in model.builds for source in build.sources),
        languages=known.languages if known else "",
    )


def _pulled_status(folder: Path) -> ModelStatus:
    known = find_in_catalogue(folder.name)
    try:
        record = read_record(folder)
    except ModelBad:
        record = None
    is_good = record is not None and not compare_record(record, folder, trust=True)
    return ModelStatus(
        name=folder.name,
        aliases=known.aliases if known else (),
        task="recognition",
        about="",
        licence=(record.licence if record else "") or (known.licence if known else "not stated"),
        size_bytes=record.size_bytes if record else 0,
        state="ready" if is_good else "bad",
        folder=folder,
        sources=(record.label,) if record else (),
        languages=known.languages if known else "",
        engine="whisper" if (folder / "model.bin").is_file() else "onnx-asr",
    )


def _available_status(model: HubModel) -> ModelStatus:
    return ModelStatus(
        name=model.name,
        aliases=model.aliases,
        task="recognition",
        about="",
        licence=model.licence,
        size_bytes=model.size_bytes,
        state="missing",
        folder=None,
        sources=(f"hub {model.repo}",),
        languages=model.languages,
        engine=model.engine,
    )
