"""A shell is offered what is there: options, and names out of the database that the line is about."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from speechcx.cli.name_completion import offer, offer_settings
from speechcx.store import Store
from tests.ask.archive import fill


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database in its usual place."""
    path = tmp_path_factory.mktemp("completion")
    with Store.open(path / "speechcx.db", create=True) as store:
        fill(store)
    return path


class Line:
    """What the line has given so far."""

    def __init__(self, **params: object) -> None:
        self.params = params


@pytest.mark.parametrize(
    ("kind", "typed", "found"),
    [
        ("agent", "an", ["ann"]), ("agent", "low", ["bea"]), ("agent", "", ["ann", "bea", "cid"]),
        ("team", "BL", ["blue"]), ("rule", "can", ["cancel-intent"]), ("driver", "", ["billing", "network"]),
        ("queue", "zzz", []),
    ],
)  # fmt: skip
def test_names_are_offered(folder: Path, kind: str, typed: str, found: list[str]) -> None:
    """Those that begin so, agents by any of their names too."""
    assert found == [name for name, _ in offer(kind)(Line(db=folder / "speechcx.db"), typed)]


def test_nothing_is_offered_where_there_is_nothing(tmp_path: Path) -> None:
    """No database, no settings file: the line goes on without a message."""
    assert [] == offer("agent")(Line(db=tmp_path / "none.db"), "a")
    assert [] == offer("agent")(Line(config=tmp_path / "none.toml"), "a")


def test_settings_are_offered_with_their_section() -> None:
    """As `--set` takes them."""
    assert ["transcribe.model="] == [name for name, _ in offer_settings("transcribe.mod")]


@pytest.mark.parametrize(
    ("line", "found"),
    [("agents --ag", {"--agent", "--against"}), ("agents --team b", {"blue"}), ("backu", {"backup"})],
)
def test_a_shell_gets_them(folder: Path, line: str, found: set[str]) -> None:
    """By the protocol of bash, with the options of the command that the line begins with."""
    words = f"speechcx {line}"
    asked = {
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(words.split()) - 1),
        "_SPEECHCX_COMPLETE": "complete_bash",
    }
    program = str(Path(sys.executable).with_name("speechcx"))
    ran = subprocess.run(
        [program], capture_output=True, text=True, cwd=folder, env=os.environ | asked, check=False
    )
    assert found == set(ran.stdout.split()), ran.stderr
