"""Evidence encrypted with age: readable by its recipient, whole or not at all, and nothing of it in clear beside."""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

from speechcx.ask.compliance import export_evidence, name_sealed, seal, unsealed
from speechcx.errors import UsageError
from speechcx.private_files import mode_of
from speechcx.store import Store
from tests.factories import make_call

SECRET = b"cancel my account"


@pytest.fixture
def stored(tmp_path: Path) -> tuple[Path, str]:
    """A database with a call."""
    call = make_call("a")
    with Store.open(tmp_path / "calls.db", create=True) as store:
        store.save_call(call)
    return tmp_path / "calls.db", call.conversation.recording.id


def put_fake(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """A program of the name age that is a shell script."""
    folder.mkdir()
    (folder / "age").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "age").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


def others(folder: Path) -> set[str]:
    """What lies beside the database and its log."""
    return {path.name for path in folder.iterdir() if not path.name.startswith("calls.db")}


def export(stored: tuple[Path, str], target: Path, *recipients: str) -> Path:
    """As the command does it."""
    with unsealed(target, recipients) as folder:
        found = export_evidence(stored[0], [stored[1]], folder)
        return Path(seal(found, folder, target, recipients).folder)


@pytest.mark.skipif(shutil.which("age") is None, reason="the program age is not installed")
def test_the_recipient_opens_it_and_nobody_else(stored: tuple[Path, str], tmp_path: Path) -> None:
    """One file for its owner alone, with the folder inside; no file in clear is left beside it."""
    subprocess.run(["age-keygen", "-o", str(tmp_path / "key")], check=True, capture_output=True)
    public = subprocess.run(
        ["age-keygen", "-y", str(tmp_path / "key")], check=True, capture_output=True, text=True
    )
    target = export(stored, name_sealed(tmp_path / "case-17"), public.stdout.strip())
    assert target == tmp_path / "case-17.tar.age"
    assert 0o600 == mode_of(target)
    assert SECRET not in target.read_bytes()
    assert {"key", "case-17.tar.age"} == others(tmp_path)
    opened = subprocess.run(
        ["age", "-d", "-i", str(tmp_path / "key"), str(target)], check=True, capture_output=True
    )
    (tmp_path / "opened.tar").write_bytes(opened.stdout)
    with tarfile.open(tmp_path / "opened.tar") as archive:
        names = archive.getnames()
    assert "case-17/manifest.json" in names
    assert f"case-17/calls/{stored[1]}/transcript.txt" in names


def test_a_recipient_that_is_none_costs_nothing(
    stored: tuple[Path, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What age says is told, before a word of the call is written anywhere."""
    put_fake(tmp_path / "bin", monkeypatch, 'echo "age: error: malformed recipient" >&2; exit 1')
    before = others(tmp_path)
    with pytest.raises(UsageError, match=r"malformed recipient[\s\S]*--age"):
        export(stored, tmp_path / "case.tar.age", "zoe")
    assert before == others(tmp_path)


def test_a_program_that_fails_midway_leaves_nothing(
    stored: tuple[Path, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither a part of the file nor the folder in clear."""
    put_fake(tmp_path / "bin", monkeypatch, 'read -r line && echo "age: error: disk" >&2 && exit 3; exit 0')
    before = others(tmp_path)
    with pytest.raises(UsageError, match="error: disk"):
        export(stored, tmp_path / "case.tar.age", "zoe")
    assert before == others(tmp_path)


def test_without_the_program_it_says_how_to_get_it(
    stored: tuple[Path, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And that the folder can be encrypted otherwise."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UsageError, match=r"no program 'age'[\s\S]*apt install age"):
        export(stored, tmp_path / "case.tar.age", "age1x")


def test_nothing_is_written_over(
    stored: tuple[Path, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that is there stays as it is."""
    put_fake(tmp_path / "bin", monkeypatch, "cat")
    (tmp_path / "case.tar.age").write_text("kept")
    with pytest.raises(UsageError, match="exists"):
        export(stored, tmp_path / "case.tar.age", "zoe")
    assert (tmp_path / "case.tar.age").read_text() == "kept"
    assert name_sealed(Path("case.age")) == Path("case.age")
