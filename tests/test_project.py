"""A started project can be read back whole, and nothing in it is ever overwritten."""

from pathlib import Path

import pytest

from speechcx.config import load_settings
from speechcx.errors import RulebookError, UsageError
from speechcx.project import STARTED_WITH, KnownCalls, copy_roster, load_roster, load_rulebook, start_project
from speechcx.rules import lint_file
from speechcx.rules.starter import starter_rulebooks


@pytest.mark.parametrize("name", starter_rulebooks())
def test_every_starter_can_be_started_with(tmp_path: Path, name: str) -> None:
    """A project with any starter rulebook loads without a problem."""
    started = start_project(tmp_path, rulebooks=[name], zone="Europe/Berlin", model="base")
    assert {"speechcx.toml", "rulebook.yaml", "roster.csv"} == {path.name for path in started.written}
    loaded = load_settings(tmp_path / "speechcx.toml", environment={})
    assert load_rulebook(loaded).rules
    assert () == load_roster(loaded).entries
    assert () == lint_file(tmp_path / "rulebook.yaml")
    again = start_project(tmp_path, rulebooks=[name], zone="UTC", model="base")
    assert ((), 3) == (again.written, len(again.kept))


def test_without_a_rulebook_the_usual_one_judges(tmp_path: Path) -> None:
    """Settings that name no rulebook judge by a starter."""
    assert load_rulebook(load_settings(None, environment={})).scorecards


def test_wrong_zone_is_refused(tmp_path: Path) -> None:
    """A zone that does not exist starts nothing."""
    with pytest.raises(UsageError, match="no time zone 'Mars/Olympus'"):
        start_project(tmp_path / "x", rulebooks=starter_rulebooks()[:1], zone="Mars/Olympus", model="base")
    assert not (tmp_path / "x").exists()


def test_missing_rulebook_file_is_an_error(tmp_path: Path) -> None:
    """A rulebook that is not there is told, not linted as empty."""
    with pytest.raises(RulebookError, match="cannot be read"):
        lint_file(tmp_path / "nowhere.yaml")


def test_a_project_begins_with_why_customers_call(tmp_path: Path) -> None:
    """By default the rulebook includes a scorecard and contact drivers; any others may be combined."""
    start_project(tmp_path, rulebooks=STARTED_WITH, zone="UTC", model="base")
    book = load_rulebook(load_settings(tmp_path / "speechcx.toml", environment={}))
    assert ("service-quality",) == tuple(card.id for card in book.scorecards)
    assert "driver" in {rule.kind for rule in book.rules if rule.id == "billing-question"}
    assert () == lint_file(tmp_path / "rulebook.yaml")
    start_project(
        tmp_path / "x", rulebooks=["compliance", "risk", "drivers-telecom"], zone="UTC", model="base"
    )
    assert () == lint_file(tmp_path / "x" / "rulebook.yaml")


def test_a_starter_that_is_not_there_is_named(tmp_path: Path) -> None:
    """With the nearest."""
    with pytest.raises(UsageError, match="use compliance"):
        start_project(tmp_path, rulebooks=["risk", "complience"], zone="UTC", model="base")


def test_a_roster_is_checked_and_taken_over(tmp_path: Path) -> None:
    """A table of another program, semicolons and all, becomes roster.csv; lines that cannot be used are told."""
    given = tmp_path / "people.csv"
    given.write_text(
        "\ufeffAgent;Full name;Team;From\na7;Ann Hall;cards;2026-01-01\na8;Bo;loans;no day\n", "utf-8"
    )
    copied = copy_roster(given)
    assert (copied.agents, copied.teams, len(copied.warnings)) == (1, 1, 1)
    start_project(
        tmp_path / "p", rulebooks=["risk"], zone="UTC", model="base", calls=KnownCalls(roster=copied.text)
    )
    (entry,) = load_roster(load_settings(tmp_path / "p" / "speechcx.toml", environment={})).entries
    assert (entry.agent, entry.name, entry.team, str(entry.valid_from)) == (
        "a7",
        "Ann Hall",
        "cards",
        "2026-01-01",
    )
    with pytest.raises(UsageError, match="no roster '.*nowhere.csv'"):
        copy_roster(tmp_path / "nowhere.csv")


def test_recordings_may_lie_elsewhere(tmp_path: Path) -> None:
    """The settings name the folder, also one with a quote in its name, and none is made in the project."""
    place = tmp_path / 'the "old" calls'
    start_project(
        tmp_path / "p", rulebooks=["risk"], zone="UTC", model="base", calls=KnownCalls(recordings=place)
    )
    loaded = load_settings(tmp_path / "p" / "speechcx.toml", environment={})
    assert [str(path) for path in loaded.files.recordings] == [str(place)]
    assert not (tmp_path / "p" / "recordings").exists()
    assert loaded.resolve("speechcx.db").parent == tmp_path / "p"
