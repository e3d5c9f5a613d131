"""Evidence folders: whole, checkable, and never over anything."""

import hashlib
import json
import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from speechcx.ask.compliance import export as module
from speechcx.ask.compliance.export import SoundWanted, export_evidence
from speechcx.call import RedactedSpan, Redaction, Span
from speechcx.errors import UsageError
from speechcx.store import Store
from tests.cli.stored import fill_project
from tests.web.house import make_marked_call, texts_of


@pytest.fixture
def project(tmp_path: Path) -> tuple[Path, list[str]]:
    """A database of two calls with their recordings, and their ids."""
    database = fill_project(tmp_path)
    with Store.open(database, read_only=True) as store:
        return database, list(store.iter_call_ids())


def digests(folder: Path) -> dict[str, str]:
    """SHA-256 of every file, by its path in the folder."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_every_file_is_in_the_sums(project: tuple[Path, list[str]], tmp_path: Path) -> None:
    """And in the manifest, but for the two that hold digests themselves."""
    database, ids = project
    found = export_evidence(database, ids, tmp_path / "out", with_audio=True)
    there = digests(tmp_path / "out")
    lines = (tmp_path / "out" / "SHA256SUMS").read_text().splitlines()
    told = {path: sha for sha, path in (line.split("  ") for line in lines)}
    assert {path: sha for path, sha in there.items() if path != "SHA256SUMS"} == told
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert {f["path"]: f["sha256"] for f in manifest["files"]} == {
        path: sha for path, sha in told.items() if path != "manifest.json"
    }
    assert (found.manifest_sha256, found.files) == (there["manifest.json"], len(there))
    assert sorted(ids) == [call["call_id"] for call in manifest["calls"]]


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="no sha256sum here")
def test_the_usual_program_checks_them(project: tuple[Path, list[str]], tmp_path: Path) -> None:
    """Whole, it says OK; with one byte changed, it fails."""
    database, ids = project
    export_evidence(database, ids, tmp_path / "out")
    check = ["sha256sum", "--quiet", "-c", "SHA256SUMS"]
    assert 0 == subprocess.run(check, cwd=tmp_path / "out", check=False).returncode
    path = next((tmp_path / "out").rglob("transcript.txt"))
    path.write_bytes(path.read_bytes().replace(b"cancel", b"cancer"))
    assert 0 != subprocess.run(check, cwd=tmp_path / "out", check=False, capture_output=True).returncode


def test_two_exports_are_the_same_to_the_byte(project: tuple[Path, list[str]], tmp_path: Path) -> None:
    """In any order of the calls."""
    database, ids = project
    for name, order in (("one", ids), ("two", [*ids[::-1], ids[0]])):
        export_evidence(database, order, tmp_path / name, with_audio=True)
    assert digests(tmp_path / "one") == digests(tmp_path / "two")


def test_only_the_owner_may_read_them(project: tuple[Path, list[str]], tmp_path: Path) -> None:
    """Whatever the mask of the process."""
    database, ids = project
    before = os.umask(0)
    try:
        export_evidence(database, ids, tmp_path / "out", with_audio=True)
    finally:
        os.umask(before)
    modes = {path.stat().st_mode & 0o777 for path in (tmp_path / "out").rglob("*") if path.is_file()}
    folders = {
        path.stat().st_mode & 0o777
        for path in (tmp_path / "out", *(tmp_path / "out").rglob("*"))
        if path.is_dir()
    }
    assert ({0o600}, {0o700}) == (modes, folders)


def test_recordings_are_copied_only_where_they_are_unchanged(
    project: tuple[Path, list[str]], tmp_path: Path
) -> None:
    """One that is gone, and one whose bytes are others, are named and left out."""
    database, ids = project
    with Store.open(database, read_only=True) as store:
        first, second = (Path(store.load_conversation(call_id).recording.path) for call_id in ids)
    whole = export_evidence(database, ids, tmp_path / "whole", with_audio=True)
    assert {"copied"} == {call.recording for call in whole.calls}
    first.unlink()
    second.write_bytes(b"another sound")
    found = export_evidence(database, ids, tmp_path / "out", with_audio=True)
    assert {ids[0]: "gone", ids[1]: "changed"} == {call.call_id: call.recording for call in found.calls}
    assert [] == list((tmp_path / "out").rglob("recording.*"))
    assert {"not asked for"} == {c.recording for c in export_evidence(database, ids, tmp_path / "x").calls}


@pytest.mark.parametrize("kind", ["file", "folder", "link"])
def test_nothing_is_written_over(project: tuple[Path, list[str]], tmp_path: Path, kind: str) -> None:
    """Not a file, not an empty folder, not a link to nowhere."""
    database, ids = project
    to = tmp_path / "out"
    {"file": lambda: to.write_text("mine"), "folder": to.mkdir, "link": lambda: to.symlink_to("nowhere")}[
        kind
    ]()
    with pytest.raises(UsageError, match="exists"):
        export_evidence(database, ids, to)
    assert kind != "file" or "mine" == to.read_text()


def test_an_export_that_fails_leaves_nothing(
    project: tuple[Path, list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A half folder would look like a whole one."""
    database, ids = project

    def fail(*_: object, **__: object) -> None:
        raise OSError("no room")

    monkeypatch.setattr(module, "_describe", fail)
    before = set(tmp_path.iterdir())
    with pytest.raises(OSError, match="no room"):
        export_evidence(database, ids, tmp_path / "out")
    assert before == set(tmp_path.iterdir())


def test_no_call_and_no_room_for_a_folder_are_told(project: tuple[Path, list[str]], tmp_path: Path) -> None:
    """Before anything is written."""
    database, ids = project
    with pytest.raises(UsageError, match="no call to export"):
        export_evidence(database, [], tmp_path / "out")
    with pytest.raises(UsageError, match="cannot write"):
        export_evidence(database, ids, tmp_path / "calls.db" / "out")


def test_recordings_are_muted_where_something_was_taken_out(
    project: tuple[Path, list[str]], tmp_path: Path
) -> None:
    """The copy is silent there and says whether it was heard again; one that cannot be muted is left out."""
    database, (second, _) = project
    span = RedactedSpan(0, "card", Span(1.0, 2.0), 4)
    call = make_marked_call(tmp_path, texts_of("ann", 0), 0)
    first = call.conversation.recording.id
    with Store.open(database) as store:
        store.save_call(
            replace(call, conversation=replace(call.conversation, redaction=Redaction(("card",), (span,))))
        )
    found = export_evidence(database, [first, second], tmp_path / "out", with_audio=True)
    assert {first: "muted", second: "copied"} == {one.call_id: one.recording for one in found.calls}
    told = json.loads((tmp_path / "out" / "calls" / first / "muting.json").read_text())
    assert (False, [{"start_s": 0.75, "end_s": 2.25}], []) == (
        told["is_checked"],
        told["muted"],
        told["left"],
    )
    listened = SoundWanted("redacted", hear=lambda _: (span,))
    left = export_evidence(database, [first], tmp_path / "left", sound=listened)
    assert ["still heard"] == [one.recording for one in left.calls]
    assert [] == list((tmp_path / "left").rglob("recording*"))
    whole = export_evidence(database, [first], tmp_path / "whole", sound=SoundWanted("original"))
    assert ["copied"] == [one.recording for one in whole.calls]
