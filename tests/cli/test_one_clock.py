"""One clock: whatever command shows when a call began, it is the clock of the call's centre."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from speechcx.cli import main
from tests.cli.conftest import CONFIG, Speechcx, make_project
from tests.cli.test_shapes import BEFORE, BOB, EXAMPLES

STARTS = {"2026-03-02T09:15:00+11:00", "2026-03-03T10:00:00+11:00"}
"""When Ann's and Bob's calls began in Sydney; both lie on the day before in UTC."""
MOMENT = re.compile(r"2026-0[23]-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?")
NOT_ASKED = re.compile(
    r"run|rejudge|erase|restore|backup|compact|check|sentiment|doctor|models.*|rules (?!try).*"
)
"""Commands that answer nothing about a call, or take calls away."""
ASKED = ("show BOB", *(ways[0] for command, ways in EXAMPLES.items() if not NOT_ASKED.fullmatch(command)))
WITH_TIMES = (
    "calls", "customer c2", "agent bob", "flags show BOB", "review open BOB --as r9", "outreach cancel",
    "alerts --day 2026-03-03", "rules try cancel", "show BOB",
)  # fmt: skip
"""Commands whose text tells the time of a call."""


@pytest.fixture(scope="module")
def sydney(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The two calls of the small project, recorded in Sydney."""
    folder = make_project(tmp_path_factory.mktemp("sydney"))
    (folder / "speechcx.toml").write_text(CONFIG.replace("Europe/Berlin", "Australia/Sydney"))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for typed in ("run", *BEFORE):
            patch.setattr(sys, "argv", ["speechcx", *typed.replace("BOB", BOB).split()])
            with pytest.raises(SystemExit, match="0"):
                main()
    return folder


@pytest.fixture
def there(sydney: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it as working directory."""
    shutil.copytree(sydney, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def moments(text: str) -> Iterator[str]:
    """Every moment of the days of the calls."""
    return (found[0] for found in MOMENT.finditer(text))


def wrong_in_text(text: str) -> list[str]:
    """Moments that people would read as another hour than Sydney's."""
    shown = {start[:16].replace("T", " ") for start in STARTS}
    return [one for one in moments(text) if one.replace("T", " ")[:16] not in shown]


def wrong_in_json(text: str) -> list[str]:
    """Moments without an offset, or of another instant, or with an offset that is neither Sydney's nor UTC."""
    wrong = []
    instants = {datetime.fromisoformat(start) for start in STARTS}
    for one in moments(text):
        read = datetime.fromisoformat(one)
        is_local = one in STARTS
        if read.tzinfo is None or read not in instants or not (is_local or one.endswith("Z")):
            wrong.append(one)
    return wrong


@pytest.mark.parametrize("typed", WITH_TIMES)
def test_people_read_the_centres_clock(there: Path, speechcx: Speechcx, typed: str) -> None:
    """The same day and hour in lists, in flags, in reviews, in outreach, in alerts."""
    ran = speechcx(*typed.replace("BOB", BOB).split())
    assert ran.code == 0, ran.err
    assert list(moments(ran.out)) or typed.startswith("alerts"), f"{typed} tells no time"
    assert [] == wrong_in_text(ran.out)


def test_no_command_shows_another_clock(there: Path, speechcx: Speechcx) -> None:
    """Text, CSV and JSON of every command that answers; JSON has ISO 8601 with the offset."""
    asked = [typed.replace("BOB", BOB) for typed in ASKED]
    wrong: dict[str, list[str]] = {}
    for typed in asked:
        wrong[typed] = wrong_in_text(speechcx(*typed.split()).out)
        wrong[f"{typed} --json"] = wrong_in_json(speechcx(*typed.split(), "--json").out)
    for typed in ("calls", "customer c2", "outreach cancel", "rules try cancel"):
        wrong[f"{typed} --csv"] = wrong_in_text(speechcx(*typed.split(), "--csv").out)
    assert {} == {typed: found for typed, found in wrong.items() if found}


def test_evidence_tells_the_centres_clock(there: Path, speechcx: Speechcx) -> None:
    """Every file of an exported folder."""
    assert 0 == speechcx("export", BOB, "--to", "evidence", "--as", "lead").code
    texts = [path for path in (there / "evidence").rglob("*") if path.suffix in (".txt", ".csv", ".md")]
    assert texts
    for path in texts:
        assert [] == wrong_in_text(path.read_text("utf-8")), path.name
    for path in (there / "evidence").rglob("*.json"):
        assert [] == wrong_in_json(path.read_text("utf-8")), path.name


def test_a_call_counts_for_the_day_that_is_shown(there: Path, speechcx: Speechcx) -> None:
    """Day and hour of ``calls`` are those of its start, and a filter by that day finds it."""
    for row in speechcx("calls", "--json").json["rows"]:
        assert row["started"] in STARTS
        assert (row["local_day"], row["local_hour"]) == (row["started"][:10], int(row["started"][11:13]))
        day = row["local_day"]
        found = speechcx("calls", "--since", day, "--until", day, "--json").json["rows"]
        assert [row["call_id"]] == [one["call_id"] for one in found]
    assert json.loads(speechcx("trends", "--by", "hour", "--json").out)
