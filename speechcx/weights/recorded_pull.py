"""Pull what the manifest does not name: any model of the Hub, or a folder, in a layout that an engine loads.

The first pull pins it: the full commit and every file's digest go into a record in the model's folder. A later
pull mends it from the same commit and accepts the same bytes only; ``NAME@main`` moves on to what is there now.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from speechcx.errors import ConfigError, ModelBad, ModelMissing
from speechcx.weights import (
    folder_name,
    is_folder_name,
    is_repository,
    models_folder,
    named_model,
    no_such_model,
)
from speechcx.weights.catalogue import (
    WHISPER_FILES,
    RecognitionEngine,
    find_in_catalogue,
    memory_mb,
    wanted_files,
)
from speechcx.weights.digest_cache import hash_file
from speechcx.weights.hub import HubFile, RepositoryListing, download, endpoint, look_up
from speechcx.weights.manifest import WeightFile, is_safe_name
from speechcx.weights.place import expect_room, move_in, one_at_a_time
from speechcx.weights.record import PulledModel, compare_record, read_record, write_record

SayStep = Callable[[str], None]

_INT8 = ("*int8.onnx", "*.json", "*.txt")
_FULL = ("*.onnx", "*.json", "*.txt")


@dataclass(frozen=True, slots=True)
class _Target:
    """What to pull from the Hub: `patterns` are None where the repository's own layout decides."""

    name: str
    repo: str
    revision: str
    patterns: tuple[str, ...] | None
    licence: str = ""


def pull_recorded(name: str, *, force: bool = False, tell: SayStep, save_as: str = "") -> Path:
    """Make sure a model that the manifest does not name is on this machine, and what its first pull recorded.

    Parameters
    ----------
    name
        A name of the catalogue or a repository on the Hub, with ``@`` and a revision or without; or a folder.
    force
        Fetch it again even where it is here and right.
    tell
        Called with a sentence at each step.
    save_as
        Name for a copied folder; default: the folder's own.

    Returns
    -------
    Path
        The model's folder.

    Raises
    ------
    ModelMissing, ModelBad, DiskLow
        As :func:`speechcx.weights.fetch.pull_model` says.
    ConfigError
        `save_as` is the name of another model.
    """
    root = models_folder()
    if is_folder_name(name) and (
        Path(name).expanduser().is_dir() or not is_repository(name.partition("@")[0])
    ):
        return _copy_folder(Path(name).expanduser(), root, save_as=save_as, say=tell)
    if save_as:
        raise ConfigError(f"{name} is no folder", "--as with a folder only", "leave --as out")
    target = _find_target(name)
    with one_at_a_time(root):
        return _pull(target, root, force=force, say=tell)


def _find_target(name: str) -> _Target:
    plain, _, revision = name.partition("@")
    known = find_in_catalogue(plain)
    if known is not None:
        return _Target(known.name, known.repo, revision, known.files, known.licence)
    if is_repository(plain):
        return _Target(folder_name(plain), plain, revision, None)
    raise no_such_model(plain)


def _pull(target: _Target, root: Path, *, force: bool, say: SayStep) -> Path:
    place = root / target.name
    record = _old_record(place, force=force)
    if record is None and place.is_dir() and not force:
        say(f"{target.name}: already in {place}, put there by hand; --force fetches it from {target.repo}")
        return place
    # A pull without a revision never moves a model on: last month's scores stay comparable.
    revision = target.revision or (record.revision if record else "") or "main"
    is_whole = record is not None and not force and not compare_record(record, place, trust=False)
    if record and is_whole and revision == record.revision:
        say(f"{target.name}: already here, {record.label}")
        return place
    listing = look_up(target.repo, revision)
    if record and is_whole and listing.revision == record.revision:
        say(f"{target.name}: already here, {record.label}; {revision} is still that revision")
        return place
    return _fetch(target, listing, place, old=record, say=say)


def _fetch(
    target: _Target, listing: RepositoryListing, place: Path, *, old: PulledModel | None, say: SayStep
) -> Path:
    """Bring what is listed, beside its place, and move it in."""
    files = _choose(listing, target)
    licence = listing.licence or target.licence
    _announce(target.name, listing, files, licence=licence, say=say)
    staging = place.with_name(f".pull-{target.name}")
    ready = staging / listing.revision
    _forget_others(staging, ready)
    missing = sum(each.size_bytes for each in files) - _size_here(ready)
    expect_room(place.parent, missing, f"fetch {target.name}")
    written = tuple(download(listing, each, ready / each.path) for each in files)
    record = PulledModel(target.name, target.repo, listing.revision, licence, _now(), written)
    if old and old.revision == listing.revision:
        _expect_same_bytes(old, record, ready)
        record = replace(record, pulled_at=old.pulled_at)
    write_record(ready, record)
    move_in(ready, place)
    shutil.rmtree(staging, ignore_errors=True)
    say(f"{target.name}: ready in {place}, pinned to {record.label}")
    return place


def _old_record(place: Path, *, force: bool) -> PulledModel | None:
    try:
        return read_record(place)
    except ModelBad:
        if not force:
            raise
        return None


def _forget_others(staging: Path, ready: Path) -> None:
    """Only what came of the same revision may be gone on with."""
    if staging.is_dir():
        for other in staging.iterdir():
            if other != ready:
                shutil.rmtree(other, ignore_errors=True)
    ready.mkdir(parents=True, exist_ok=True)


def _size_here(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _choose(listing: RepositoryListing, target: _Target) -> tuple[HubFile, ...]:
    names = [each.path for each in listing.files if is_safe_name(each.path)]
    chosen = _wanted(names, target.patterns)
    _expect_layout(chosen, f"{endpoint()}/{listing.repo}", [each.path for each in listing.files])
    return tuple(each for each in listing.files if each.path in chosen)


def _wanted(names: Sequence[str], patterns: tuple[str, ...] | None) -> tuple[str, ...]:
    """The files to take, by the layout where nothing says which: int8 weights where ONNX has them."""
    if patterns is None:
        has_int8 = bool(wanted_files(names, _INT8[:1]))
        patterns = WHISPER_FILES if "model.bin" in names else _INT8 if has_int8 else _FULL
    chosen = wanted_files(names, patterns)
    if not any(name.endswith(".onnx") for name in chosen) and "model.bin" not in chosen:
        # The catalogue asks for int8 weights; a repository may have stopped to hold them.
        chosen = wanted_files(names, tuple(each.replace("?int8", "") for each in patterns))
    return chosen


def _expect_layout(chosen: Sequence[str], where: str, names: Sequence[str]) -> None:
    if "model.bin" in chosen:
        needed = {"config.json", "tokenizer.json"} - set(chosen)
        missing = sorted(needed) + (
            [] if any(name.startswith("vocabulary.") for name in chosen) else ["vocabulary.*"]
        )
    else:
        missing = [] if any(name.endswith(".onnx") for name in chosen) else ["model.bin"]
    if missing:
        torch = [
            name for name in names if name.endswith((".safetensors", ".pt", ".bin")) and name != "model.bin"
        ]
        raise ModelBad(
            f"{where} has no {', '.join(missing)}" + (f", but {torch[0]}" if torch else ""),
            "CTranslate2's layout (model.bin, config.json, tokenizer.json, vocabulary.*), or ONNX for onnx-asr",
            "convert it (ct2-transformers-converter --model ... --output_dir ...), or name a converted one",
        )


def _announce(
    name: str, listing: RepositoryListing, files: Sequence[HubFile], *, licence: str, say: SayStep
) -> None:
    size = sum(each.size_bytes for each in files)
    engine: RecognitionEngine = "whisper" if any(each.path == "model.bin" for each in files) else "onnx-asr"
    say(f"{name}: {size / 1e6:,.0f} MB from {endpoint()}/{listing.repo}, revision {listing.revision[:8]}")
    say(f"{name}: licence {licence or 'not stated: ask its makers before you use it'}")
    if "-nc" in licence.lower():
        say(f"{name}: NOT for commercial use, by its licence")
    say(f"{name}: about {memory_mb(size, engine):,} MB of memory for each worker on a CPU")


def _expect_same_bytes(old: PulledModel, new: PulledModel, ready: Path) -> None:
    before = {file.path: file.sha256 for file in old.files}
    changed = [file.path for file in new.files if before.get(file.path, file.sha256) != file.sha256]
    if changed:
        shutil.rmtree(ready, ignore_errors=True)
        raise ModelBad(
            f"{endpoint()} now gives other bytes for {old.label}: {', '.join(changed)}",
            f"those recorded on {old.pulled_at[:10]}: a commit never changes",
            "do not use it; ask who runs the proxy or mirror, or bring a good copy by `speechcx models unpack`",
        )


def _copy_folder(folder: Path, root: Path, *, save_as: str, say: SayStep) -> Path:
    if not folder.is_dir():
        raise ModelMissing(
            f"{folder} is no folder", "a folder with a model's files, or owner/name", "correct the path"
        )
    name = save_as or folder.resolve().name
    if named_model(name) or find_in_catalogue(name):
        raise ConfigError(
            f"{name} is the name of another model", "a name of its own", "give one with --as NAME"
        )
    names = [path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*")) if path.is_file()]
    chosen = _wanted([each for each in names if is_safe_name(each)], None)
    _expect_layout(chosen, str(folder), names)
    root.mkdir(parents=True, exist_ok=True)
    expect_room(root, sum((folder / each).stat().st_size for each in chosen), f"copy {name}")
    with one_at_a_time(root):
        ready = root / f".pull-{name}" / "copy"
        shutil.rmtree(ready, ignore_errors=True)
        for each in chosen:
            (ready / each).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(folder / each, ready / each)
        files = tuple(
            WeightFile(each, (ready / each).stat().st_size, hash_file(ready / each)) for each in chosen
        )
        write_record(ready, PulledModel(name, str(folder.resolve()), "", "", _now(), files))
        move_in(ready, root / name)
        shutil.rmtree(ready.parent, ignore_errors=True)
    say(f"{name}: copied from {folder}, {len(files)} files recorded; its licence is yours to know")
    return root / name


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
