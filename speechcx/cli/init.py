"""The first command of a project: it asks what it cannot find out, on a terminal, or takes flags."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from speechcx.cli.command_examples import example
from speechcx.cli.layouts import list_recordings, propose_layout, propose_pattern
from speechcx.cli.output import note, print_text
from speechcx.present.units import count_text

if TYPE_CHECKING:
    from speechcx.project import KnownCalls


def register(app: typer.Typer) -> None:
    """Add this command to the app."""
    app.command(rich_help_panel="Operator")(init)


@example("init --recordings /var/spool/monitor --zone Europe/London")
def init(
    folder: Annotated[Path, typer.Argument(help="The project's folder.")] = Path(),
    rulebook: Annotated[
        list[str] | None,
        typer.Option(
            help="Starter rulebook; may be repeated; `rules starters` lists them. Asked for if left out."
        ),
    ] = None,
    zone: Annotated[
        str | None,
        typer.Option(help="Zone of the recorder's clock, e.g. Europe/Berlin. Asked for if left out."),
    ] = None,
    model: Annotated[str, typer.Option(help="Recognition model.")] = "base",
    layout: Annotated[
        str | None,
        typer.Option(
            help="The recorder's layout; `layouts list` names them. Found from recordings if left out."
        ),
    ] = None,
    pattern: Annotated[
        str | None,
        typer.Option(help="A name pattern, where no layout reads the names (docs/recordings.md)."),
    ] = None,
    recordings: Annotated[
        Path | None, typer.Option(help="Where the recordings are; default: recordings/ in the project.")
    ] = None,
    roster: Annotated[
        Path | None, typer.Option(help="A table of agents and teams; it is checked and copied.")
    ] = None,
    team: Annotated[
        str | None, typer.Option(help="Team of the agents whose names are found in the recordings.")
    ] = None,
) -> None:
    """Start a project: a commented speechcx.toml, a rulebook, a roster and a folder for recordings."""
    from speechcx.project import start_project

    chosen = rulebook or _ask_rulebooks(folder)
    place = recordings or folder / "recordings"
    if layout is None and pattern is None:
        layout, pattern = _settle_names(place)
    calls = _know_calls(place, layout, pattern, recordings, roster, team)
    zone = zone or _ask_zone()
    started = start_project(folder, rulebooks=chosen, zone=zone, model=model, calls=calls)
    for path in started.written:
        print_text(f"written: {path}")
    for path in started.kept:
        print_text(f"left as it was: {path}")
    _say_next(folder, place)


def _can_ask() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()


def _ask_rulebooks(folder: Path) -> list[str]:
    """Which starters to begin with; the usual ones where nobody can be asked, or a rulebook is there already."""
    from speechcx.project import STARTED_WITH, list_starters

    usual = ",".join(STARTED_WITH)
    if not sys.stdin.isatty() or (folder / "rulebook.yaml").exists():
        return list(STARTED_WITH)
    for starter in list_starters():
        note(f"  {starter.name:16} {starter.about}")
    answer = typer.prompt("Rulebooks to begin with, by comma", default=usual, err=True)
    return [name.strip() for name in str(answer).split(",") if name.strip()]


def _settle_names(place: Path) -> tuple[str | None, str | None]:
    """The layout of the recordings that are there, or a pattern drafted from them.

    A layout is taken unless a person says no. A drafted pattern is taken only if a person says yes: it may have
    taken the customer for the agent.
    """
    found = propose_layout(place)
    drafted = propose_pattern(place) if found is None else None
    if not _can_ask():
        return found, None
    if found is not None and typer.confirm("Read names so?", default=True, err=True):
        return found, None
    if drafted is not None and typer.confirm("Are agent and customer right?", default=False, err=True):
        return None, drafted
    note("`speechcx layouts list` has the recorders that are known.")
    answer = typer.prompt(
        "Layout of your recorder (plain: AGENT_CUSTOMER_TIME.wav)", default="plain", err=True
    )
    return str(answer).strip(), None


def _know_calls(
    place: Path,
    layout: str | None,
    pattern: str | None,
    recordings: Path | None,
    roster: Path | None,
    team: str | None,
) -> KnownCalls:
    """What is known of the calls: where they lie, how they are named, and whose they are."""
    from speechcx.project import KnownCalls, copy_roster, draft_roster

    where = None if recordings is None else recordings.resolve()
    if roster is None:
        agents = _list_agents(place, layout, pattern)
        drafted = draft_roster(agents, _ask_team(agents) if team is None else team)
        return KnownCalls(layout, where, drafted, pattern)
    copied = copy_roster(roster)
    note(f"{roster}: {count_text(copied.agents, 'agent')} in {count_text(copied.teams, 'team')}.")
    for warning in copied.warnings:
        note(f"  not used: {warning}")
    return KnownCalls(layout, where, copied.text, pattern)


def _list_agents(place: Path, layout: str | None, pattern: str | None) -> tuple[str, ...]:
    """Agents whose names stand in the names of the recordings."""
    if not place.is_dir():
        return ()
    from speechcx.discover.layouts import as_layout, find_layout, read_names

    known = as_layout(pattern) if pattern is not None else find_layout(layout or "plain")
    read = read_names(known, list_recordings(place), zone="UTC")
    found = {value for one in read for field, value in one.values if field == "agent"}
    return tuple(sorted(found))


def _ask_team(agents: Sequence[str]) -> str | None:
    if not agents or not _can_ask():
        return None
    note(f"Agents in the names of the recordings: {', '.join(agents)}.")
    answer = typer.prompt("Team of these agents (empty: fill in roster.csv later)", default="", err=True)
    return str(answer).strip() or None


def _ask_zone() -> str:
    """The zone of the recorder's clock: asked for until there is one of that name; else UTC, which is said."""
    from speechcx.errors import UsageError
    from speechcx.project import check_zone

    if not _can_ask():
        note(
            "Times without an offset are read as UTC; `--zone Europe/Berlin` or discover.zone says otherwise."
        )
        return "UTC"
    while True:
        zone = str(typer.prompt("Zone of the recorder's clock", default=_machine_zone(), err=True)).strip()
        try:
            check_zone(zone)
        except UsageError as error:
            note(str(error))
        else:
            return zone


def _machine_zone() -> str:
    """The zone this machine's clock is set to."""
    real = os.path.realpath("/etc/localtime")
    return os.environ.get("TZ") or (real.partition("zoneinfo/")[2] or "UTC")


def _say_next(folder: Path, place: Path) -> None:
    """The commands that follow, as they are to be typed."""
    has_calls = place.is_dir() and bool(list_recordings(place))
    steps = [] if folder == Path() else [f"cd {folder}"]
    steps += ["speechcx models pull", "speechcx doctor"]
    steps += [
        "speechcx run --dry-run"
        if has_calls
        else f"put recordings into {place}, then: speechcx run --dry-run"
    ]
    note(f"Next: {', then '.join(steps)}")
