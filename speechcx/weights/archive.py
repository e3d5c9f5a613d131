"""Models in one file, for machines without a network: packed on one, checked and put in place on the other.

A pack is a plain tar: first ``pack.json`` with every model's record, then the files. Unpacking believes nothing
but digests: a model of the manifest has to be what the manifest says, another what its record says.
"""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import tarfile
from collections.abc import Callable, Sequence
from pathlib import Path, PurePosixPath
from typing import IO

from speechcx.errors import ModelBad
from speechcx.private_files import partial_of
from speechcx.weights import find_model, models_folder, named_model, verify_model
from speechcx.weights.digest_cache import hash_file
from speechcx.weights.manifest import WeightFile
from speechcx.weights.place import expect_room, move_in, one_at_a_time
from speechcx.weights.record import PulledModel, parse_record, read_record, write_record

_CONTENTS = "pack.json"
_FORMAT = 1
_MAX_CONTENTS_BYTES = 4 << 20
_BLOCK = 1 << 20


def pack_models(names: Sequence[str], path: Path, *, tell: Callable[[str], None] | None = None) -> str:
    """Write models into one file; gives its SHA-256, to be compared on the other machine.

    Parameters
    ----------
    names
        As :func:`speechcx.weights.find_model` takes them; each is read whole and verified first.
    path
        The file to write; it appears when it is whole.
    tell
        Called with a sentence for each model.

    Raises
    ------
    ModelMissing, ModelBad
        A model is not here, or not what it should be, or was put here by hand and has no record.
    DiskLow
        Too little room beside `path`.
    """
    say = tell or (lambda _: None)
    found = {record.name: (record, folder) for record, folder in map(_checked, names)}
    expect_room(
        path.absolute().parent, sum(record.size_bytes for record, _ in found.values()), f"write {path}"
    )
    contents = {"format": _FORMAT, "models": [json.loads(record.to_json()) for record, _ in found.values()]}
    with partial_of(path) as partial, tarfile.open(partial, "w") as pack:
        _add(pack, _CONTENTS, io.BytesIO(data := json.dumps(contents, indent=1).encode()), len(data))
        for record, folder in found.values():
            for file in record.files:
                with (folder / file.path).open("rb") as stream:
                    _add(pack, f"{record.name}/{file.path}", stream, file.size_bytes)
            say(
                f"{record.name}: {len(record.files)} files, {record.size_bytes / 1e6:,.1f} MB, {record.label}"
            )
    return hash_file(path)


def unpack_models(path: Path, *, tell: Callable[[str], None] | None = None) -> tuple[Path, ...]:
    """Put the models of a pack into the models folder; gives their folders.

    A model that is here already is replaced, once the new one is whole and right.

    Raises
    ------
    ModelBad
        The file is no pack, is cut off, or holds other bytes than it should; nothing was put in place of that
        model.
    DiskLow
        Too little room.
    """
    say = tell or (lambda _: None)
    root = models_folder()
    try:
        with tarfile.open(path, "r:") as pack, one_at_a_time(root):
            records = _read_contents(pack, path)
            expect_room(root, sum(record.size_bytes for record in records), f"unpack {path}")
            return tuple(_unpack(pack, record, root, say) for record in records)
    except (tarfile.TarError, EOFError) as error:
        raise _no_pack(path, str(error)) from error


def _checked(name: str) -> tuple[PulledModel, Path]:
    check = verify_model(name)
    folder = find_model(name)
    record = read_record(folder)
    if record is not None:
        return record, folder
    files = tuple(
        WeightFile(each, (folder / each).stat().st_size, hash_file(folder / each)) for each in check.files
    )
    model = named_model(name)
    licence = model.licence if model else ""
    return PulledModel(check.name, "models.toml", "", licence, "", files), folder


def _add(pack: tarfile.TarFile, name: str, stream: IO[bytes], size: int) -> None:
    member = tarfile.TarInfo(name)
    member.size = size
    member.mode = 0o644
    pack.addfile(member, stream)


def _read_contents(pack: tarfile.TarFile, path: Path) -> tuple[PulledModel, ...]:
    member = pack.next()
    if member is None or member.name != _CONTENTS or member.size > _MAX_CONTENTS_BYTES:
        raise _no_pack(path, f"it does not begin with {_CONTENTS}")
    stream = pack.extractfile(member)
    try:
        contents = json.loads(stream.read() if stream else b"")
        if contents["format"] != _FORMAT:
            raise ValueError(f"format must be {_FORMAT}")
        return tuple(parse_record(json.dumps(each), str(path)) for each in contents["models"])
    except (ValueError, KeyError, TypeError) as error:
        raise _no_pack(path, str(error)) from error


def _unpack(pack: tarfile.TarFile, record: PulledModel, root: Path, say: Callable[[str], None]) -> Path:
    _expect_manifest(record)
    ready = root / f".pull-{record.name}" / "pack"
    shutil.rmtree(ready, ignore_errors=True)
    ready.mkdir(parents=True)
    try:
        for file in record.files:
            _write_member(pack, f"{record.name}/{file.path}", file, ready / file.path)
        if record.pulled_at:
            write_record(ready, record)
        move_in(ready, root / record.name)
    finally:
        shutil.rmtree(ready.parent, ignore_errors=True)
    say(f"{record.name}: {len(record.files)} files verified, in {root / record.name}")
    return root / record.name


def _expect_manifest(record: PulledModel) -> None:
    """A pack may not bring other bytes under a name that the manifest pins."""
    model = named_model(record.name)
    if model is None:
        return
    builds = [{(file.path, file.sha256) for file in build.files} for build in model.builds]
    if record.name != model.name or {(file.path, file.sha256) for file in record.files} not in builds:
        raise ModelBad(
            f"the pack holds other files for {model.name} than the manifest",
            f"the files of {model.name} as models.toml lists them",
            "pack it again with the same version of speechcx",
        )


def _write_member(pack: tarfile.TarFile, name: str, file: WeightFile, path: Path) -> None:
    # Members are asked for by the record's names and written under them: a path in the pack leads nowhere.
    try:
        member = pack.getmember(name)
    except KeyError:
        member = None
    stream = pack.extractfile(member) if member is not None and member.isreg() else None
    if member is None or stream is None or member.size != file.size_bytes:
        raise ModelBad(f"the pack has no {name} of {file.size_bytes} bytes", "a whole pack", "copy it again")
    path.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with path.open("wb") as out:
        while block := stream.read(_BLOCK):
            digest.update(block)
            out.write(block)
    if digest.hexdigest() != file.sha256:
        raise ModelBad(
            f"{PurePosixPath(name)} in the pack has SHA-256 {digest.hexdigest()[:12]}...",
            f"{file.sha256[:12]}..., as its record says",
            "compare the pack's SHA-256 with what `models pack` printed, and copy it again",
        )


def _no_pack(path: Path, why: str) -> ModelBad:
    return ModelBad(
        f"{path} cannot be unpacked: {why}", "a file of `speechcx models pack`", "copy or make it again"
    )
