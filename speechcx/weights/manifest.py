"""The manifest of model weights: ``models/models.toml`` read into records and checked.

A *model* is a name people use. A *build* is one exact set of bytes of it, and each build has
*sources* that give those bytes. Only formats that cannot run code are let in.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from speechcx.errors import ModelBad

SourceKind = Literal["packages", "hub", "bundled"]

SAFE_SUFFIXES = frozenset({".safetensors", ".onnx", ".json", ".txt", ".toml", ".md"})
"""Formats that hold numbers or text and nothing that runs; ``model.bin`` is CTranslate2's own format."""

SAFE_NAMES = frozenset({"model.bin"})

_SAFE_ENDS = (".onnx.data", ".onnx_data")
"""Numbers that ONNX keeps beside a graph too large for one file."""


def is_safe_name(name: str) -> bool:
    """Whether a file of that name stays in its folder, and holds numbers or text and nothing that runs."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts:
        return False
    return path.suffix in SAFE_SUFFIXES or path.name in SAFE_NAMES or name.endswith(_SAFE_ENDS)


@dataclass(frozen=True, slots=True)
class WeightFile:
    """One file of a build: path inside the model's folder, size in bytes, SHA-256 in hex."""

    path: str
    size_bytes: int
    sha256: str

    def __post_init__(self) -> None:
        path = PurePosixPath(self.path)
        if path.is_absolute() or ".." in path.parts or not path.parts:
            raise ValueError(f"a file's path stays inside the model's folder, got {self.path!r}")
        if not is_safe_name(self.path):
            raise ValueError(
                f"{self.path!r} is no safe format; one of {sorted(SAFE_SUFFIXES | SAFE_NAMES)} is (pickles run code)"
            )
        if self.size_bytes < 0 or len(self.sha256) != 64 or set(self.sha256) - set("0123456789abcdef"):
            raise ValueError(f"{self.path!r} needs a size >= 0 and 64 hex digits of SHA-256")


@dataclass(frozen=True, slots=True)
class PackagePart:
    """A piece of one file inside a package: `path` in `package` at `version` gives (part of) `file`."""

    file: str
    package: str
    version: str
    path: str


@dataclass(frozen=True, slots=True)
class WeightSource:
    """Where a build's bytes come from.

    Parameters
    ----------
    kind
        ``packages``: carried by packages of the Python index; ``hub``: a pinned revision on the
        Hugging Face Hub; ``bundled``: lies beside the manifest.
    parts
        For ``packages``: every file, in pieces to be joined in this order.
    repo, revision
        For ``hub``: the repository and its full commit.
    """

    kind: SourceKind
    parts: tuple[PackagePart, ...] = ()
    repo: str = ""
    revision: str = ""

    def __post_init__(self) -> None:
        if self.kind == "packages" and not self.parts:
            raise ValueError("a source of kind 'packages' needs parts")
        if self.kind == "hub" and (not self.repo or len(self.revision) != 40):
            raise ValueError(
                f"a hub source needs repo and a revision of 40 hex digits, got {self.revision!r}"
            )

    @property
    def packages(self) -> tuple[tuple[str, str], ...]:
        """(package, version) pairs, each once, in order."""
        return tuple(dict.fromkeys((part.package, part.version) for part in self.parts))

    @property
    def label(self) -> str:
        """In words, for tables and messages."""
        if self.kind == "packages":
            return "packages " + ", ".join(f"{name}=={version}" for name, version in self.packages)
        if self.kind == "hub":
            return f"hub {self.repo}@{self.revision[:8]}"
        return "comes with speechcx"


@dataclass(frozen=True, slots=True)
class Build:
    """One exact set of bytes of a model, and where it can be had."""

    files: tuple[WeightFile, ...]
    sources: tuple[WeightSource, ...]

    def __post_init__(self) -> None:
        if not self.files or not self.sources:
            raise ValueError("a build needs at least one file and one source")
        names = {file.path for file in self.files}
        for source in self.sources:
            if source.kind == "packages" and {part.file for part in source.parts} != names:
                raise ValueError(f"{source.label} must give exactly the files {sorted(names)}")

    @property
    def size_bytes(self) -> int:
        """Sum of all files."""
        return sum(file.size_bytes for file in self.files)


@dataclass(frozen=True, slots=True)
class Model:
    """A model people can name; `builds` in order of preference."""

    name: str
    task: str
    about: str
    licence: str
    builds: tuple[Build, ...]
    aliases: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.builds:
            raise ValueError(f"model {self.name!r} needs a build")
        if not self.licence:
            raise ValueError(f"model {self.name!r} needs a licence")

    @property
    def size_bytes(self) -> int:
        """Size of the preferred build."""
        return self.builds[0].size_bytes


def models_home() -> Path:
    """The folder of the manifest: inside an installed package, else beside the checkout's package."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "_models"
    return installed if installed.is_dir() else package.parent / "models"


def read_manifest(path: Path | None = None) -> tuple[Model, ...]:
    """Every model in the manifest, in its order.

    Parameters
    ----------
    path
        Another manifest than the one that came with speechcx.

    Raises
    ------
    ModelBad
        The manifest is missing or says something impossible.
    """
    return _read(path or models_home() / "models.toml")


@lru_cache(maxsize=4)
def _read(path: Path) -> tuple[Model, ...]:
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
        if document.get("format") != 1:
            raise ValueError(f"format must be 1, got {document.get('format')!r}")
        models = tuple(_model(raw) for raw in document["model"])
        names = [name for model in models for name in (model.name, *model.aliases)]
        if len(set(names)) != len(names):
            raise ValueError("two models share a name or alias")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelBad(
            f"the manifest of models cannot be used: {error} ({path})",
            "models.toml as it came with speechcx",
            "install speechcx again",
        ) from error
    return models


def _model(raw: Mapping[str, Any]) -> Model:
    rows = dict(raw)
    builds = tuple(_build(build) for build in rows.pop("build"))
    return Model(**rows | {"builds": builds, "aliases": tuple(rows.get("aliases", ()))})


def _build(raw: Mapping[str, Any]) -> Build:
    files = tuple(WeightFile(**file) for file in raw["files"])
    return Build(files, tuple(_source(source) for source in raw["source"]))


def _source(raw: Mapping[str, Any]) -> WeightSource:
    make: Callable[..., WeightSource] = WeightSource
    return make(**{**raw, "parts": tuple(PackagePart(**part) for part in raw.get("parts", ()))})
