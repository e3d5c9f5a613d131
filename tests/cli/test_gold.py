"""Ten commands as people see them, at three widths and piped, held against files that were looked at.

After a change that is wanted: ``WRITE_GOLD=write pytest tests/cli/test_gold.py``, then read the difference.
"""

import os
from pathlib import Path

import pytest

from speechcx.call import Call
from speechcx.cli import output
from speechcx.store import Store
from tests.cli.conftest import Speechcx
from tests.present.test_story import make as make_told

ONE: Call = make_told()

GOLD = Path(__file__).parent / "gold"
COMMANDS = {
    "agents": ("agents", "--period", "2025-03"),
    "agents-compare": ("agents", "--compare", "ann", "bea", "--period", "2025-03"),
    "teams": ("teams", "--period", "2025-03"),
    "agent": ("agent", "hall", "--period", "2025-03"),
    "calls": ("calls", "--limit", "6"),
    "show": ("show", "call.wav", "--db", "one.db"),
    "flags": ("flags", "--limit", "6"),
    "flags-by-rule": ("flags", "--by", "rule"),
    "drivers": ("drivers", "--period", "2025-03"),
    "trends": ("trends", "--by", "team"),
}
WIDTHS = {"80": 80, "100": 100, "160": 160, "piped": None}


@pytest.fixture
def one_call(archive: Path) -> None:
    """A database of one call, which is judged in every way a rule can end."""
    with Store.open(archive / "one.db", create=True) as store:
        if not store.has_call(ONE.conversation.recording.id):
            store.save_call(ONE)


@pytest.mark.usefixtures("one_call")
@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("width", WIDTHS)
def test_what_people_see(speechcx: Speechcx, monkeypatch: pytest.MonkeyPatch, name: str, width: str) -> None:
    """Byte for byte what the file holds; no line is wider than the window."""
    monkeypatch.setattr(output, "_width", lambda: WIDTHS[width])
    ran = speechcx(*COMMANDS[name])
    assert ran.code == 0, ran.err
    file = GOLD / f"{name}.{width}.txt"
    if os.environ.get("WRITE_GOLD") == "write":
        file.parent.mkdir(exist_ok=True)
        file.write_text(ran.out, "utf-8")
    assert file.read_text("utf-8") == ran.out
    widest = max(map(len, ran.out.splitlines()), default=0)
    assert widest <= (WIDTHS[width] or widest)
