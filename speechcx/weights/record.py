"""What a pull wrote down about a model: where it came from, at which revision, and every file's digest.

The record lies in the model's folder as ``speechcx-model.json`` and travels with it. From the first pull on, the
folder has to be what its record says.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path

from speechcx.errors import ModelBad
from speechcx.private_files import write_private
from speechcx.weights.digest_cache import sealed_digests
from speechcx.weights.manifest import WeightFile, is_safe_name

RECORD_NAME = "speechcx-model.json"

_FORMAT = 1


@dataclass(frozen=True, slots=True)
class PulledModel:
    """One pulled model.

    Parameters
    ----------
    name
        Of the model and of its folder.
    source
        Repository on the Hub, or the folder it was copied from.
    revision
        Full commit of the repository; empty for a folder.
    licence
        Of the weights, as the source states it; empty where it states none.
    pulled_at
        Time of the first pull, UTC, ISO 8601.
    files
        Every file of the model, by path.
    """

    name: str
    source: str
    revision: str
    licence: str
    pulled_at: str
    files: tuple[WeightFile, ...]

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}", self.name):
            raise ValueError(f"a model's name is also that of its folder, got {self.name!r}")
        if not self.files:
            raise ValueError(f"model {self.name!r} needs a file")

    @property
    def size_bytes(self) -> int:
        """Sum of all files."""
        return sum(file.size_bytes for file in self.files)

    @property
    def label(self) -> str:
        """Where it came from, in words."""
        return f"hub {self.source}@{self.revision[:8]}" if self.revision else f"folder {self.source}"

    def to_json(self) -> str:
        """As it is written into the model's folder, and into packs."""
        return json.dumps({"format": _FORMAT, **asdict(self)}, indent=1) + "\n"


def parse_record(text: str, origin: str) -> PulledModel:
    """The record in `text`; `origin` says in messages where it lies.

    Raises
    ------
    ModelBad
        It cannot be used.
    """
    try:
        raw = json.loads(text)
        if raw.pop("format") != _FORMAT:
            raise ValueError(f"format must be {_FORMAT}")
        files = tuple(WeightFile(**file) for file in raw.pop("files"))
        if not all(isinstance(value, str) for value in raw.values()):
            raise ValueError("every field but files is text")
        return PulledModel(**raw, files=files)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelBad(
            f"the record of a model cannot be used: {error} ({origin})",
            "the record as `speechcx models pull` wrote it",
            "run `speechcx models pull NAME --force`, or take the pack again",
        ) from error


def read_record(folder: Path) -> PulledModel | None:
    """The record in a model's folder, None if there is none; raises as :func:`parse_record` does."""
    path = folder / RECORD_NAME
    if not path.is_file():
        return None
    return parse_record(path.read_text(encoding="utf-8", errors="replace"), str(path))


def write_record(folder: Path, record: PulledModel) -> None:
    """Put the record into the model's folder."""
    write_private(folder / RECORD_NAME, record.to_json().encode())


def compare_files(files: tuple[WeightFile, ...], folder: Path, *, trust: bool) -> tuple[str, ...]:
    """A sentence for each file in `folder` that is missing or is not what `files` says.

    Parameters
    ----------
    files
        What has to lie there.
    folder
        The model's folder.
    trust
        Whether digests of unchanged files may be remembered; False reads every byte.
    """
    problems = []
    for file in files:
        path = folder / file.path
        if not path.is_file():
            problems.append(f"{file.path} is missing")
        elif path.stat().st_size != file.size_bytes:
            problems.append(f"{file.path} has {path.stat().st_size} bytes, not {file.size_bytes}")
    if problems:
        return tuple(problems)
    digests = sealed_digests(folder, tuple(file.path for file in files), trust=trust)
    return tuple(
        f"{file.path} has SHA-256 {digests[file.path][:12]}..., not {file.sha256[:12]}..."
        for file in files
        if digests[file.path] != file.sha256
    )


def compare_record(record: PulledModel, folder: Path, *, trust: bool) -> tuple[str, ...]:
    """A sentence for each file that differs from the record, and for each that was put in since."""
    known = {file.path for file in record.files} | {RECORD_NAME}
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    added = sorted(name for name in found - known if is_safe_name(name) and not name.endswith(".md"))
    return (
        *compare_files(record.files, folder, trust=trust),
        *(f"{name} is not in its record" for name in added),
    )
