"""Evidence encrypted by age (https://age-encryption.org), where its program is there, in one file."""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from speechcx.ask.compliance.export import Exported
from speechcx.errors import UsageError
from speechcx.private_files import new_private_file, partial_of

PROGRAM = "age"


@contextmanager
def unsealed(target: Path, recipients: Sequence[str]) -> Iterator[Path]:
    """A name for a folder, beside `target` and for the owner alone, that is gone when the block ends.

    Raises
    ------
    UsageError
        There is no program age, a recipient is none, or `target` is there; nothing was written.
    """
    _encrypt_nothing(recipients)
    if os.path.lexists(target):
        raise UsageError(
            f"{target} exists", "a file that does not: nothing is written over", "name a new one"
        )
    folder = target.with_name(f".{target.name}.plain-{os.getpid()}")
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def seal(found: Exported, folder: Path, target: Path, recipients: Sequence[str]) -> Exported:
    """Encrypt a folder into one file, whole or not at all.

    Parameters
    ----------
    found
        What was exported into the folder.
    folder
        It.
    target
        The file; inside it is a tar archive with a folder of its name.
    recipients
        As age takes them: ``age1...``, an SSH public key, or a file of them.

    Raises
    ------
    UsageError
        The program age failed.
    """
    name = target.name.removesuffix(".age").removesuffix(".tar")
    with partial_of(target) as partial, new_private_file(partial) as writer:
        process = subprocess.Popen(
            _command(recipients), stdin=subprocess.PIPE, stdout=writer, stderr=subprocess.PIPE
        )
        assert process.stdin is not None
        try:
            with process.stdin, tarfile.open(fileobj=process.stdin, mode="w|") as archive:
                archive.add(folder, arcname=name)
        except BrokenPipeError:
            # Why it ended is told below.
            pass
        _expect_success(process)
    return replace(found, folder=str(target))


def name_sealed(to: Path) -> Path:
    """The file that stands for a folder: itself where it ends with ``.age``, else with ``.tar.age`` behind it."""
    return to if to.suffix == ".age" else to.with_name(f"{to.name}.tar.age")


def _encrypt_nothing(recipients: Sequence[str]) -> None:
    """Find out whether the program and the recipients are there before a word of a call is written."""
    if shutil.which(PROGRAM) is None:
        raise UsageError(
            f"there is no program {PROGRAM!r} on this machine", "age, which encrypts files for a recipient",
            "install it (Debian: apt install age), or export without --age and encrypt the folder yourself",
        )  # fmt: skip
    _expect_success(
        subprocess.Popen(
            _command(recipients), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
    )


def _expect_success(process: subprocess.Popen[bytes]) -> None:
    assert process.stderr is not None
    with process.stderr:
        told = process.stderr.read().decode("utf-8", "replace").strip()
    if process.wait():
        first = told.splitlines()[0] if told else f"exit code {process.returncode}"
        raise UsageError(
            f"age: {first.removeprefix('age: ')}", "a recipient: age1..., an SSH public key, or a file of them",
            "correct --age",
        )  # fmt: skip


def _command(recipients: Sequence[str]) -> list[str]:
    found = [PROGRAM, "--encrypt"]
    for one in recipients:
        found += ["--recipients-file", one] if os.path.isfile(one) else ["--recipient", one]
    return found
