"""After a real run nothing that was written holds a value that was read out, in whatever spelling."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from speechcx.cli import app
from speechcx.redact.byte_search import find_in_files
from tests.cli.conftest import CONFIG, RULEBOOK, write_call

CARD, CODE_AND_EXPIRY = "4929123456781234", "0427918"
TALK = (
    ("agent", 0, 0.5, "Thank you for calling can I take the card number please"),
    ("customer", 1, 4.6, "It is four nine two nine one two three four"),
    ("agent", 0, 8.0, "4929 1234"),
    ("customer", 1, 9.0, "five six seven eight one two three four"),
    ("agent", 0, 11.6, "And the expiry date and the security code"),
    ("customer", 1, 14.4, "04 27 918"),
)
RULES = """
  - id: read-out
    title: Card number read out
    kind: compliance
    severity: critical
    said: '{digits:13-19}'
    expect: absent
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A project in which one call was heard, judged twice, shown, exported, reported and backed up."""
    root = tmp_path_factory.mktemp("card")
    (root / "speechcx.toml").write_text(CONFIG)
    (root / "rulebook.yaml").write_text(RULEBOOK.replace("scorecards:", RULES.strip("\n") + "\nscorecards:"))
    write_call(root / "calls" / "ann_c1_2026-03-02T09-15-00.wav", talk=TALK)
    before = os.getcwd()
    os.chdir(root)
    try:
        yield root
    finally:
        os.chdir(before)


def command(*arguments: str) -> str:
    """What a command prints; it has to end well."""
    result = CliRunner().invoke(app, list(arguments))
    assert result.exit_code in (0, 3), (arguments, result.output, result.exception)
    return result.output


def test_no_byte_of_a_value_is_left(folder: Path) -> None:
    """Database, log, backup, evidence, report, CSV and JSON hold marks in the place of card number, expiry and code."""
    command("run")
    call_id = json.loads(command("calls", "--json"))["rows"][0]["call_id"]
    shown = command("show", call_id, "--json")
    (folder / "out").mkdir()
    texts = {
        "show.json": shown, "show.txt": command("show", call_id, "--why"), "flags.csv": command("flags", "--csv"),
        "flags.json": command("flags", "--json"), "calls.csv": command("calls", "--csv"),
    }  # fmt: skip
    for name, text in texts.items():
        (folder / "out" / name).write_text(text)
    command("report", "--out", str(folder / "out" / "report.html"))
    command("export", call_id, "--to", str(folder / "out" / "evidence"))
    command("backup", str(folder / "out" / "copy.db"))
    command("rejudge", "--again")
    files = [path for path in folder.rglob("*") if path.is_file() and path.parent.name != "calls"]
    assert len(files) > 10
    assert [] == find_in_files(files, [CARD, CARD[:8], CARD[8:], CODE_AND_EXPIRY])

    document = json.loads(shown)
    kinds = {span["kind"] for span in document["redacted"]["spans"]}
    assert {"card"} < kinds <= {"card", "expiry", "security_code"}
    values = {rule["rule"]: rule["result"] for rule in document["rules"]}
    assert "present" == values["read-out"]
    assert "[card number]" in next(hit["quote"] for hit in document["hits"] if hit["rule"] == "read-out")
