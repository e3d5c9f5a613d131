"""Evidence folders: the files of calls with their digests, written whole or not at all, never over anything."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from speechcx import __version__
from speechcx.ask.compliance.evidence_files import to_json, write_evidence
from speechcx.ask.ground.opening import Where, reading
from speechcx.errors import UsageError
from speechcx.private_files import make_private_folder, new_private_file, sync_folder
from speechcx.store import Store

RecordingState = Literal["copied", "not asked for", "gone", "changed"]
"""What became of a recording: ``changed`` where no file holds the bytes that were heard any more."""

README = """Evidence of recorded calls, written by speechcx {version}.

calls/CALL/transcript.html, transcript.txt   what was said, when and by whom, with what the rules found
calls/CALL/evidence.json                     rules as written, their results and hits, what could not be told,
                                             decisions of people with who and when
calls/CALL/call.json                         the whole of the call: words with times, voice, feeling, scores
calls/CALL/rulebook.yaml                     the rulebook it was judged by
calls/CALL/recording.*                       the recording, where it was asked for and is unchanged
manifest.json                                every file with its size and SHA-256, versions, settings
SHA256SUMS                                   the same digests, to be checked by: sha256sum -c SHA256SUMS

The same calls under the same decisions give the same bytes. The audit trail of the database has the SHA-256
of manifest.json, with who exported it and when.
"""


@dataclass(frozen=True, slots=True)
class ExportedCall:
    """One call in an evidence folder, and what became of its recording."""

    call_id: str
    recording_sha256: str
    recording: RecordingState
    speechcx: str
    settings_digest: str
    rulebook: str
    version: str
    rulebook_digest: str


@dataclass(frozen=True, slots=True)
class Exported:
    """An evidence folder: where it is, its calls, its files, and the digest of its manifest."""

    folder: str
    calls: tuple[ExportedCall, ...]
    files: int
    manifest_sha256: str


def export_evidence(
    where: Where, call_ids: Sequence[str], to: Path, *, with_audio: bool = False, with_hidden: bool = False
) -> Exported:
    """Write the evidence of calls into a new folder.

    Parameters
    ----------
    where
        Store or database.
    call_ids
        Ids of stored calls; the order does not matter.
    to
        The folder; must not exist. It appears when it is whole.
    with_audio
        Copy each recording too, where a file still holds the bytes that were heard.
    with_hidden
        Also results that only stand for a condition of a scorecard's question.

    Raises
    ------
    UsageError
        There is no call to export, or `to` exists, or cannot be written.
    """
    ids = sorted(set(call_ids))
    if not ids:
        raise UsageError("no call to export", "calls, flags or a saved search with matches", "name one")
    if to.exists() or to.is_symlink():
        raise UsageError(f"{to} exists", "a folder that does not: nothing is written over", "name a new one")
    with reading(where) as store, _whole(to) as folder:
        return _write_folder(store, ids, folder, to, with_audio=with_audio, with_hidden=with_hidden)


def _write_folder(
    store: Store, ids: Sequence[str], folder: Path, to: Path, *, with_audio: bool, with_hidden: bool
) -> Exported:
    digests: dict[str, tuple[str, int]] = {}
    calls = []
    for call_id in ids:
        place = f"calls/{call_id}"
        for name, content in sorted(write_evidence(store, call_id, with_hidden=with_hidden).items()):
            _write(folder, f"{place}/{name}", content, digests)
        sound: RecordingState = "not asked for"
        if with_audio:
            sound = _copy_recording(store, call_id, folder, place, digests)
        calls.append(_describe(store, call_id, sound))
    _write(folder, "README.txt", README.format(version=__version__).encode(), digests)
    manifest = to_json({
        "schema_version": 1, "kind": "evidence-folder", "speechcx": __version__,
        "database_schema": store.db.execute("PRAGMA user_version").fetchone()[0],
        "calls": [asdict(call) for call in calls],
        "files": [{"path": path, "sha256": sha, "size_bytes": size} for path, (sha, size) in sorted(digests.items())],
    })  # fmt: skip
    _write(folder, "manifest.json", manifest, digests)
    sums = "".join(f"{sha}  {path}\n" for path, (sha, _) in sorted(digests.items()))
    _write(folder, "SHA256SUMS", sums.encode(), {})
    return Exported(str(to), tuple(calls), len(digests) + 1, digests["manifest.json"][0])


def _describe(store: Store, call_id: str, sound: RecordingState) -> ExportedCall:
    row = store.db.execute(
        "SELECT r.sha256, p.speechcx, p.settings_digest, b.name, b.version, b.digest FROM calls c"
        " JOIN recordings r ON r.call_no = c.call_no JOIN provenances p ON p.provenance_no = c.provenance_no"
        " JOIN rulebooks b ON b.rulebook_no = c.rulebook_no WHERE c.call_id = ?",
        (call_id,),
    ).fetchone()
    return ExportedCall(call_id, row[0], sound, *row[1:])


def _copy_recording(
    store: Store, call_id: str, folder: Path, place: str, digests: dict[str, tuple[str, int]]
) -> RecordingState:
    """Copy the recording from the first file that still holds what was heard; its digest is that of the copy."""
    recording = store.load_conversation(call_id).recording
    paths = dict.fromkeys((*store.ledger.find_paths(call_id), recording.path))
    ending = re.sub(r"[^a-z0-9]", "", os.path.splitext(recording.path)[1].lower())[:8]
    name = f"{place}/recording{'.' + ending if ending else ''}"
    found: RecordingState = "gone"
    for path in paths:
        try:
            sha, size = _copy(path, folder / name)
        except OSError:
            (folder / name).unlink(missing_ok=True)
            continue
        if sha == recording.sha256:
            digests[name] = (sha, size)
            return "copied"
        (folder / name).unlink()
        found = "changed"
    return found


def _copy(source: str, target: Path) -> tuple[str, int]:
    """Copy a file; the digest and size of what was written."""
    digest, size = hashlib.sha256(), 0
    # A pipe of that name would wait for ever.
    if not os.path.isfile(source):
        raise FileNotFoundError(source)
    with open(source, "rb") as reader, new_private_file(target) as writer:
        while chunk := reader.read(1 << 20):
            digest.update(chunk)
            size += len(chunk)
            writer.write(chunk)
    return digest.hexdigest(), size


def _write(folder: Path, name: str, content: bytes, digests: dict[str, tuple[str, int]]) -> None:
    path = folder / name
    for parent in (*reversed(path.relative_to(folder).parents[:-1]),):
        make_private_folder(folder / parent)
    with new_private_file(path) as writer:
        writer.write(content)
    digests[name] = (hashlib.sha256(content).hexdigest(), len(content))


@contextmanager
def _whole(to: Path) -> Iterator[Path]:
    """A folder that takes the name `to` when the block ends well, and vanishes when it does not."""
    partial = to.with_name(f".{to.name}.partial-{os.getpid()}")
    try:
        make_private_folder(to.parent)
        partial.mkdir(mode=0o700)
    except OSError as error:
        raise UsageError(
            f"cannot write {to}: {error.strerror}", "a folder that can be made", "name another"
        ) from error
    try:
        yield partial
        os.rename(partial, to)
        sync_folder(to.parent)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
