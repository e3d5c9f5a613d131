"""Nothing is undocumented, and every link and command of the manuals exists."""

import re
from pathlib import Path

import pytest

from speechcx.errors import FAILURE_KINDS

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*(ROOT / "docs").glob("*.md"), *ROOT.glob("*.md"), ROOT / "samples" / "README.md"])
CLI = (ROOT / "docs" / "cli.md").read_text("utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_links_lead_somewhere(page: Path) -> None:
    """Every relative link of a page leads to a file that exists."""
    targets = re.findall(r"\]\((?!https?:|#)([^)#\s]+)", page.read_text("utf-8"))
    assert [] == [target for target in targets if not (page.parent / target).exists()]


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_commands_shown_exist(page: Path) -> None:
    """Every `speechcx COMMAND` that a page shows is a command of the manual."""
    commands = set(re.findall(r"^## `speechcx ([a-z-]+)`", CLI, re.M))
    shown = set(re.findall(r"(?:^|`|\$ )speechcx ([a-z][a-z-]+)", page.read_text("utf-8"), re.M))
    assert set() == shown - commands - {"command", "settings", "call"}


@pytest.mark.parametrize("kind", FAILURE_KINDS)
def test_every_failure_kind_has_its_entry(kind: str) -> None:
    """Each kind of failure has an entry that messages can point to."""
    assert f"### {kind}\n" in (ROOT / "docs" / "messages.md").read_text("utf-8")
