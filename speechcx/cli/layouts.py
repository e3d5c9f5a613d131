"""Commands about recorders' layouts: which are known, and which one reads the names in a folder."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from speechcx.cli import options
from speechcx.cli.command_examples import example
from speechcx.cli.output import note, print_answer
from speechcx.discover.names import printable_name

if TYPE_CHECKING:
    from speechcx.config import LoadedSettings
    from speechcx.discover import DiscoverSettings
    from speechcx.discover.layouts import NameReading
    from speechcx.discover.pattern_draft import PatternDraft

layouts = typer.Typer(
    name="layouts", help="How known recorders name their files: list, try on a folder.", no_args_is_help=True
)
SHOWN_NAMES = 20
PROPOSED_NAMES = 10
MAX_NAMES = 2000
"""Names of a folder that are held against the layouts; a day of one recorder is enough to tell it."""


def register(app: typer.Typer) -> None:
    """Add these commands to the app."""
    app.add_typer(layouts, rich_help_panel="Operator")


@layouts.command("list")
@example("layouts list")
def list_(as_json: options.AsJson = False) -> None:
    """Every layout that is known, as `init --layout` and `discover.layouts` take it."""
    from speechcx.discover.layouts import describe_layouts
    from speechcx.present.layouts import present_layouts

    print_answer(present_layouts(tuple(describe_layouts())), options.style(as_json, False))


@layouts.command("try")
@example("layouts try recordings")
def try_(
    folder: Annotated[Path, typer.Argument(help="A folder of recordings.")],
    layout: Annotated[
        str | None, typer.Option("--layout", help="Read the names by this layout instead of guessing.")
    ] = None,
    config: options.Config = None,
    overrides: options.Overrides = None,
    as_json: options.AsJson = False,
) -> None:
    """Guess the layout of a folder and show names beside what it reads of them; where none fits, draft a pattern.

    Exits with 1 where no known layout fits.
    """
    from speechcx.discover.layouts import find_layout, guess_layouts, read_names
    from speechcx.present.layouts import present_names

    project = options.load(config, overrides)
    settings = project.settings.discover
    paths = list_recordings(folder, settings)
    if not paths:
        note(
            f"There are no recordings in {folder}: no file there has an ending in discover.extensions\n"
            "  To do: name the folder that the recorder writes to"
        )
        raise typer.Exit(1)
    fits = guess_layouts(paths)
    chosen = find_layout(layout) if layout else (fits[0].layout if fits else None)
    if chosen is None:
        draft = _draft_pattern(folder, paths, agents=_list_log_ins(project), zone=settings.zone or "UTC")
        if draft is not None:
            print_answer(present_names(draft.readings[:SHOWN_NAMES]), options.style(as_json, False))
        raise typer.Exit(1)
    read = read_names(chosen, paths, zone=settings.zone or "UTC")
    _say_fit(folder, len(paths), sum(one.is_read for one in read), chosen.name)
    print_answer(present_names(read[:SHOWN_NAMES]), options.style(as_json, False))


def propose_layout(recordings: Path) -> str | None:
    """The layout of recordings that are there already, shown with what it reads; None where nothing is told."""
    if not recordings.is_dir():
        return None
    from speechcx.discover.layouts import guess_layouts, read_names

    paths = list_recordings(recordings)
    fits = guess_layouts(paths)
    if not fits:
        return None
    best = fits[0].layout
    note(f"{recordings} looks like {best.title} ({fits[0].read} of {fits[0].names} names are read by it):")
    _show_readings(read_names(best, paths[:PROPOSED_NAMES], zone="UTC"))
    return best.name


def propose_pattern(recordings: Path) -> str | None:
    """A pattern drafted from recordings that no layout reads, shown with what it reads; None if there is none."""
    paths = list_recordings(recordings) if recordings.is_dir() else []
    if not paths:
        return None
    draft = _draft_pattern(recordings, paths)
    if draft is None:
        return None
    _show_readings(draft.readings[:PROPOSED_NAMES])
    return draft.pattern


def _draft_pattern(
    folder: Path, paths: Sequence[str], *, agents: Collection[str] = (), zone: str = "UTC"
) -> PatternDraft | None:
    """Draft a pattern for these names and say what a person must check, or what to do where there is none."""
    from speechcx.discover.pattern_draft import draft_pattern

    draft = draft_pattern(paths, zone=zone, agents=agents)
    if draft is None:
        names = "name" if len(paths) == 1 else f"{len(paths)} names"
        note(
            f"No known layout reads the {names} in {folder}"
            + (f", such as {printable_name(Path(paths[0]).name)}.\n" if paths else ".\n")
            + "  To do: write a pattern of your own (docs/recordings.md), or export a calls table with a file column"
        )
        return None
    note(
        f"No known layout reads the names in {folder}. A pattern drafted from them reads {draft.read} of "
        f"{len(paths)}:\n"
        f"  patterns = [{json.dumps(draft.pattern, ensure_ascii=False)}]\n"
        "  To do: check below that agent and customer are right, for names do not say which is which;\n"
        "  then put the line under [discover] in speechcx.toml"
    )
    return draft


def _list_log_ins(project: LoadedSettings) -> frozenset[str]:
    """Log-ins of the roster; none where it cannot be read, which other commands say."""
    from speechcx.errors import SpeechcxError
    from speechcx.project import load_roster

    try:
        return frozenset(entry.agent for entry in load_roster(project).entries)
    except SpeechcxError:
        return frozenset()


def _show_readings(readings: Iterable[NameReading]) -> None:
    from speechcx.present.layouts import values_text

    for one in readings:
        started = f", time {one.started_at[:19].replace('T', ' ')}" if one.started_at else ""
        note(f"  {one.name}: {values_text(one.values) + started if one.is_read else 'not read'}")


def list_recordings(folder: Path, settings: DiscoverSettings | None = None) -> list[str]:
    """Paths of the recordings below a folder, up to :data:`MAX_NAMES`; by the usual settings where none are given."""
    from speechcx.discover import DiscoverSettings, find_files

    found = find_files([folder], settings or DiscoverSettings())
    return [one.path for one in islice(found, MAX_NAMES)]


def _say_fit(folder: Path, names: int, read: int, layout: str) -> None:
    note(
        f'{folder}: the layout {layout} reads {read} of {names} names. To use it: layouts = ["{layout}"] in [discover]'
    )
