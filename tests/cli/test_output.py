"""What reaches the screen: hostile text is harmless, missing is a dash, formats parse back."""

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from speechcx.cli import output
from speechcx.cli.output import print_rows
from speechcx.present.table import Column
from speechcx.store import Store
from tests.ask.archive import make

COLUMNS = (Column("agent", "agent"), Column("score", "score", digits=1), Column("talk", "talk", kind="share"))


@pytest.mark.parametrize("text", ["[/b]", "[link=http://x]y[/link]", "\x1b[31mred", "a\u202eb"])
@pytest.mark.parametrize("style", ["table", "csv", "json"])
def test_markup_and_escapes_are_only_text(text: str, style, capsys: pytest.CaptureFixture[str]) -> None:
    """Markup and terminal escapes in a name neither crash a table nor pass through it."""
    print_rows("agents", [{"agent": text, "score": 1.0, "talk": 0.5}], COLUMNS, style=style)
    out = capsys.readouterr().out
    assert "\x1b" not in out
    if style == "table":
        assert text.split("\x1b")[0].split("\u202e")[0] in out


@pytest.mark.parametrize("start", ["=", "+", "-", "@"])
def test_csv_holds_no_live_formula(start: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Text that a spreadsheet would run is quoted; numbers stay numbers."""
    print_rows("agents", [{"agent": f"{start}1+1", "score": -2.5, "talk": None}], COLUMNS, style="csv")
    rows = list(csv.reader(io.StringIO(capsys.readouterr().out)))
    assert ["agent", "score", "talk"] == rows[0]
    assert [f"'{start}1+1", "-2.5", ""] == rows[1]


def test_json_rows_keep_every_key(capsys: pytest.CaptureFixture[str]) -> None:
    """The JSON document has a version, a kind and whole rows; nothing on stderr."""
    print_rows("agents", [{"agent": "a", "more": [1]}], COLUMNS, style="json")
    out, err = capsys.readouterr()
    wanted = {"schema_version": 1, "kind": "agents", "hint": None, "rows": [{"agent": "a", "more": [1]}]}
    assert wanted == json.loads(out)
    assert "" == err


def test_empty_table_says_what_would_widen(capsys: pytest.CaptureFixture[str]) -> None:
    """An empty result leaves stdout empty and advises on stderr."""
    print_rows("agents", [], COLUMNS, empty="No calls in May; there are calls in June.")
    out, err = capsys.readouterr()
    assert ("", "No calls in May; there are calls in June.\n") == (out, err)


WIDE = (
    Column("name", "agent"),
    Column("score", "score", digits=1),
    Column("place", "team,\ncentre", rank=2),
    Column("silent", "silent\nshare", kind="share", rank=1),
)
ROWS = [{"name": "Maria Lopez", "score": 81.25, "place": "cards, Berlin", "silent": 0.1}]


@pytest.fixture
def window(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """A terminal of so many columns."""

    def open_window(width: int) -> None:
        monkeypatch.setattr(output, "_width", lambda: width)

    return open_window


def test_a_narrow_window_leaves_out_the_least_important_columns(
    window: Callable[[int], None], capsys: pytest.CaptureFixture[str]
) -> None:
    """Those of the highest rank first, and names them."""
    window(80)
    print_rows("agents", ROWS, WIDE)
    assert "cards, Berlin" in capsys.readouterr().out
    window(34)
    print_rows("agents", ROWS, WIDE)
    out, err = capsys.readouterr()
    assert ("cards" in out, "10 %" in out, "Hidden to fit the window: team, centre." in err) == (
        False,
        True,
        True,
    )
    assert max(map(len, out.splitlines())) <= 34


def test_a_very_narrow_window_gets_a_list(
    window: Callable[[int], None], capsys: pytest.CaptureFixture[str]
) -> None:
    """One value a line, none left out."""
    window(15)
    print_rows("agents", ROWS, WIDE)
    out, err = capsys.readouterr()
    words = out.split()
    assert {"agent", "Maria", "81.2", "cards,", "10"} <= set(words)
    assert err == ""


def test_facts_and_records_in_json(capsys: pytest.CaptureFixture[str]) -> None:
    """Facts stand beside the rows; a record inside a row is an object; an empty answer carries its hint."""
    print_rows("x", [{"column": Column("a", "b")}], COLUMNS, style="json", facts={"total": 7})
    found = json.loads(capsys.readouterr().out)
    assert (7, None, "a") == (found["total"], found["hint"], found["rows"][0]["column"]["key"])
    print_rows("x", [], COLUMNS, style="json", empty="wider")
    assert "wider" == json.loads(capsys.readouterr().out)["hint"]


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
def test_a_terminal_of_another_alphabet_is_no_reason_to_fail(tmp_path: Path, encoding: str) -> None:
    """What it cannot show is spelled out; JSON stays JSON; boxes are drawn with what there is."""
    with Store.open(tmp_path / "calls.db", create=True) as store:
        store.save_call(make("a", agent="José 日本", queue="ключ 🙂"))
    environment = {**os.environ, "PYTHONIOENCODING": encoding, "COLUMNS": "200"}
    for style in ((), ("--csv",), ("--json",)):
        ran = subprocess.run(
            [sys.executable, "-m", "speechcx", "calls", "--db", str(tmp_path / "calls.db"), *style],
            capture_output=True, env=environment, check=False,
        )  # fmt: skip
        assert (0, b"") == (ran.returncode, ran.stderr)
    assert "José 日本" == json.loads(ran.stdout)["rows"][0]["agent"]
