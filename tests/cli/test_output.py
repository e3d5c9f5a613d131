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
from speechcx.cli.output import OutputFormat, print_answer
from speechcx.errors import UsageError
from speechcx.present.table import Answer, Column, Table, Text, make_table
from speechcx.store import Store
from tests.ask.archive import make

COLUMNS = (Column("agent", "agent"), Column("score", "score", digits=1), Column("talk", "talk", kind="share"))


def print_agents(
    records: list[dict[str, object]],
    style: OutputFormat = "table",
    columns: tuple[Column, ...] = COLUMNS,
    empty: str = "",
) -> None:
    """Print rows as a command does."""
    shown = make_table("agents", columns, records, empty=empty)
    document = {"schema_version": 1, "kind": "agents", "hint": None, "rows": records}
    print_answer(Answer(lambda: document, (shown,)), style)


@pytest.mark.parametrize("text", ["[/b]", "[link=http://x]y[/link]", "\x1b[31mred", "a\u202eb"])
@pytest.mark.parametrize("style", ["table", "csv", "json"])
def test_markup_and_escapes_are_only_text(text: str, style, capsys: pytest.CaptureFixture[str]) -> None:
    """Markup and terminal escapes in a name neither crash a table nor pass through it."""
    print_agents([{"agent": text, "score": 1.0, "talk": 0.5}], style)
    out = capsys.readouterr().out
    assert "\x1b" not in out
    if style == "table":
        assert text.split("\x1b")[0].split("\u202e")[0] in out


@pytest.mark.parametrize("start", ["=", "+", "-", "@"])
def test_csv_holds_no_live_formula(start: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Text that a spreadsheet would run is quoted; numbers stay numbers."""
    print_agents([{"agent": f"{start}1+1", "score": -2.5, "talk": None}], "csv")
    rows = list(csv.reader(io.StringIO(capsys.readouterr().out)))
    assert ["agent", "score", "talk"] == rows[0]
    assert [f"'{start}1+1", "-2.5", ""] == rows[1]


def test_json_rows_keep_every_key(capsys: pytest.CaptureFixture[str]) -> None:
    """The JSON document has a version, a kind and whole rows; nothing on stderr."""
    print_agents([{"agent": "a", "more": [1]}], "json")
    out, err = capsys.readouterr()
    wanted = {"schema_version": 1, "kind": "agents", "hint": None, "rows": [{"agent": "a", "more": [1]}]}
    assert wanted == json.loads(out)
    assert "" == err


def test_empty_table_says_what_would_widen(capsys: pytest.CaptureFixture[str]) -> None:
    """An empty result leaves stdout empty and advises on stderr."""
    print_agents([], empty="No calls in May; there are calls in June.")
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
    print_agents(ROWS, columns=WIDE)
    assert "cards, Berlin" in capsys.readouterr().out
    window(34)
    print_agents(ROWS, columns=WIDE)
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
    print_agents(ROWS, columns=WIDE)
    out, err = capsys.readouterr()
    words = out.split()
    assert {"agent", "Maria", "81.2", "cards,", "10"} <= set(words)
    assert err == ""


def test_hints_are_for_terminals(capsys: pytest.CaptureFixture[str]) -> None:
    """What to type next stands on stderr, below the table and also where it is empty."""
    for cell in ([], [{"agent": "a", "score": 1, "talk": 1}]):
        shown = make_table("agents", COLUMNS, cell).with_hints(["To go on: speechcx calls"])
        print_answer(Answer(dict, (shown, Text("Or: speechcx run", is_note=True, is_hint=True))), "table")
        assert capsys.readouterr().err.endswith("To go on: speechcx calls\nOr: speechcx run\n")


def test_a_cut_table_says_how_to_see_the_rest(capsys: pytest.CaptureFixture[str]) -> None:
    """In every form."""
    shown = Table("agents", COLUMNS, (), cut="2 of 3 agents.")
    for style in ("table", "csv", "json"):
        print_answer(Answer(dict, (shown,)), style)
        assert "2 of 3 agents. --limit shows more." in capsys.readouterr().err


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


def test_columns_are_chosen_by_key_or_heading_in_the_order_given(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """`--columns` takes what stands above a column or its name in CSV; an unknown one is told with those there are."""
    table = make_table("agents", WIDE, ROWS)
    output.show_as(output.Display(columns=("silent share", "name")))
    try:
        output.print_answer(Answer(dict, (table,)), "table")
        assert ["silent", "share", "agent"] == capsys.readouterr().out.split()[:3]
        output.show_as(output.Display(columns=("nmae",)))
        with pytest.raises(UsageError, match="name, score, place, silent"):
            output.print_answer(Answer(dict, (table,)), "table")
    finally:
        output.show_as(output.Display())
