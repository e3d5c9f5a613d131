"""Commands of reviews share who, which database and which form."""

from __future__ import annotations

import pytest
import typer
from typer.testing import CliRunner

from speechcx.cli.review_options import Desk, Number, at_desk, read_who
from speechcx.errors import UsageError
from speechcx.store import Store


def test_a_command_gets_its_own_options_and_the_desk(tmp_path) -> None:
    """What the person typed comes as named, beside an open store under the person's name; it is closed after."""
    Store.open(tmp_path / "calls.db", create=True).close()
    seen: list[tuple] = []

    def look(desk: Desk, number: Number, loud: bool = False) -> None:
        seen.append((desk.who, desk.style, number, loud, desk.store.db.execute("SELECT 1").fetchone()))

    app = typer.Typer()
    app.command()(at_desk(look, read_only=True))
    ran = CliRunner().invoke(
        app, ["7", "--loud", "--as", "rita", "--json", "--db", str(tmp_path / "calls.db")]
    )
    assert 0 == ran.exit_code, ran.output
    assert [("rita", "json", 7, True, (1,))] == seen
    assert 2 == CliRunner().invoke(app, ["0", "--as", "rita"]).exit_code


def test_nobody_has_no_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty name is refused, whoever is logged in; an empty variable is none."""
    with pytest.raises(UsageError, match="--as NAME"):
        read_who(" ")
    monkeypatch.setenv("SPEECHCX_REVIEWER", "")
    monkeypatch.setenv("LOGNAME", "tom")
    assert "tom" == read_who(None)
