"""Evidence folders: the files of calls with their digests, written whole or not at all, never over anything."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

from speechcx import __version__
from speechcx.ask.compliance.evidence_files import to_json, write_evidence
from speechcx.ask.ground.opening import Where, reading
from speechcx.call import Conversation
from speechcx.errors import CallError, UsageError
from speechcx.private_files import make_private_folder, new_private_file, sync_folder
from speechcx.redact.muting import HearAgain, MutingSettings, usual_muting, write_muted_copy
from speechcx.store import Store

RecordingState = Literal["copied", "muted", "still heard", "unreadable", "not asked for", "gone", "changed"]
"""What became of a recording: ``muted`` where a value was taken out of its words, ``still heard`` where one could be
heard in the muted copy, which is left out then, ``changed`` where no file holds the bytes that were heard any more."""

AudioWanted = Literal["none", "muted", "redacted", "original"]
"""Recordings in a folder: none; muted where a value was taken out; the same, and heard again; or as they are."""

README = """Evidence of recorded calls, written by speechcx {version}.

calls/CALL/transcript.html, transcript.txt   what was said, when and by whom, with what the rules found
calls/CALL/evidence.json                     rules as written, their results and hits, what could not be told,
                                             decisions of people with who and when
calls/CALL/call.json                         the whole of the call: words with times, voice, feeling, scores
calls/CALL/rulebook.yaml                     the rulebook it was judged by
calls/CALL/recording.*                       the recording, where it was asked for and is unchanged; silent where a card
                                             number or the like was taken out of the words
calls/CALL/muting.json                       which stretches are silent, and whether the copy was heard again
manifest.json                                every file with its size and SHA-256, versions, settings
SHA256SUMS                                   the same digests, to be checked by: sha256sum -c SHA256SUMS

The same calls under the same decisions give the same bytes. The audit trail of the database has the SHA-256
of manifest.json, with who exported it and when.
"""


@dataclass(frozen=True, slots=True)
class SoundWanted:
    """How recordings are copied.

    Parameters
    ----------
    audio
        Which form of them.
    hear
        Hears a muted copy again; None where nobody does.
    muting
        How they are decoded, and the margin.
    """

    audio: AudioWanted
    hear: HearAgain | None = None
    muting: MutingSettings = field(default_factory=usual_muting)


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
    where: Where,
    call_ids: Sequence[str],
    to: Path,
    *,
    with_audio: bool = False,
    with_hidden: bool = False,
    sound: SoundWanted | None = None,
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
        Copy each recording too, where a file still holds the bytes that were heard; muted where a value was
        taken out of its words.
    with_hidden
        Also results that only stand for a condition of a scorecard's question.
    sound
        How recordings are copied, where not as `with_audio` says.

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
        wanted = sound or SoundWanted("muted" if with_audio else "none")
        return _write_folder(store, ids, folder, to, sound=wanted, with_hidden=with_hidden)


def _write_folder(
    store: Store, ids: Sequence[str], folder: Path, to: Path, *, sound: SoundWanted, with_hidden: bool
) -> Exported:
    digests: dict[str, tuple[str, int]] = {}
    calls = []
    for call_id in ids:
        place = f"calls/{call_id}"
        for name, content in sorted(write_evidence(store, call_id, with_hidden=with_hidden).items()):
            _write(folder, f"{place}/{name}", content, digests)
        state: RecordingState = "not asked for"
        if sound.audio != "none":
            state = _copy_recording(store, call_id, folder, (place, digests), sound)
        calls.append(_describe(store, call_id, state))
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
    store: Store, call_id: str, folder: Path, into: tuple[str, dict[str, tuple[str, int]]], sound: SoundWanted
) -> RecordingState:
    """Copy the recording from the first file that still holds what was heard; its digest is that of the copy."""
    place, digests = into
    heard = store.load_conversation(call_id)
    recording = heard.recording
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
            if heard.redaction.spans and sound.audio != "original":
                return _mute_copy(heard, folder, name, into, sound)
            digests[name] = (sha, size)
            return "copied"
        (folder / name).unlink()
        found = "changed"
    return found


def _mute_copy(
    heard: Conversation,
    folder: Path,
    name: str,
    into: tuple[str, dict[str, tuple[str, int]]],
    sound: SoundWanted,
) -> RecordingState:
    """Put a muted WAV in the place of a copied recording, and write down what was muted and heard again."""
    place, digests = into
    # Its ending stays: of some formats nothing else tells what they are.
    whole = (folder / name).rename(folder / name.replace("/recording", "/whole"))
    target = f"{place}/recording.wav"
    try:
        made = write_muted_copy(heard, str(whole), folder / target, sound.muting, sound.hear)
    except CallError:
        return "unreadable"
    finally:
        whole.unlink()
    told = {
        "is_checked": made.is_checked,
        "muted": [asdict(span) for span in made.muted],
        "left": [asdict(each) for each in made.left],
        "sha256_before": heard.recording.sha256,
    }
    if made.left:
        (folder / target).unlink()
    else:
        digests[target] = (made.sha256, made.size_bytes)
    _write(folder, f"{place}/muting.json", to_json({"schema_version": 1, "kind": "muting", **told}), digests)
    return "still heard" if made.left else "muted"


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
