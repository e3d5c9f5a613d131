"""Whatever a session writes is for its owner alone, under any umask."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from speechcx.private_files import mode_of
from tests.cli.conftest import BOB, CONFIG, RULEBOOK, TALK, Speechcx, write_call

SESSION = (
    "init project",
    "run",
    "run --redo all",
    "status",
    "show CALL --plot picture.png",
    "show CALL --plot picture.svg",
    "flags set CALL:greeting --status confirmed --as lead",
    "export CALL --to evidence/one --with-audio --as lead",
    "review open CALL --as rita",
    "backup copies.db --as lead",
    "backup copies.db --replace --as lead",
    "restore copies.db --db put/back/calls.db --as lead",
    "check --recordings",
    "rejudge --again",
    "compact",
    "erase CALL --reason asked --yes --as lead",
    "check --repair",
)
"""What people type in a day, in a folder that everybody may enter."""


@pytest.fixture(params=[0o000, 0o022, 0o077])
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


@pytest.mark.usefixtures("umask")
def test_a_whole_session_writes_for_its_owner_alone(
    speechcx: Speechcx, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every file 0600 and every folder 0700, but for what was there before."""
    pytest.importorskip("matplotlib")
    monkeypatch.chdir(tmp_path)
    write_call(tmp_path / "calls" / BOB, talk=TALK[1:])
    (tmp_path / "speechcx.toml").write_text(CONFIG)
    (tmp_path / "rulebook.yaml").write_text(RULEBOOK)
    before = set(tmp_path.rglob("*"))
    for typed in SESSION:
        ran = speechcx(*typed.replace("CALL", f"calls/{BOB}").split())
        assert 0 == ran.code, (typed, ran.out, ran.err)
    made = set(tmp_path.rglob("*")) - before
    assert len(made) > 20
    wrong = {
        str(path.relative_to(tmp_path)): oct(mode_of(path))
        for path in made
        if mode_of(path) != (0o700 if path.is_dir() else 0o600)
    }
    assert {} == wrong
