"""``speechcx demo``: from nothing to scored calls."""

from __future__ import annotations

from pathlib import Path

import pytest

import speechcx.demo
from speechcx.errors import ModelMissing
from speechcx.web.accounts import accounts_beside, is_password
from speechcx.weights import find_model
from tests.cli.conftest import Speechcx


@pytest.mark.e2e
def test_the_demonstration_ends_with_scored_calls_and_one_explained(
    speechcx: Speechcx, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Real models over two of its calls: a table, a call with its reasons, and what to type next."""
    try:
        find_model("tiny.en")
    except ModelMissing as error:
        pytest.skip(f"tiny.en: {error.found}; run speechcx models pull whisper-tiny.en")
    monkeypatch.setattr("speechcx.demo.DEMO_CALLS", speechcx_demo_calls())
    shown = speechcx("demo", tmp_path / "demo")
    assert 0 == shown.code, shown.err
    assert "James Carter" in shown.out or "james.carter" in shown.out
    assert "Recording notice: not said" in " ".join(shown.out.split())
    assert "speechcx calls --flagged" in shown.out
    assert "http://127.0.0.1:8001/, name admin, password " in shown.out
    password = shown.out.partition("name admin, password ")[2].split()[0]
    assert is_password(accounts_beside(tmp_path / "demo" / "speechcx.db").find("admin"), password)


def speechcx_demo_calls() -> tuple[str, ...]:
    """The explained call and one more, to keep the test short."""
    return (speechcx.demo.DEMO_CALLS[0], speechcx.demo.DEMO_CALLS[2])


def test_a_folder_with_other_things_is_told(speechcx: Speechcx, tmp_path: Path) -> None:
    """The message says what to type instead."""
    (tmp_path / "thesis.txt").write_text("mine")
    told = speechcx("demo", tmp_path)
    assert 2 == told.code
    assert "speechcx demo FOLDER" in told.err
