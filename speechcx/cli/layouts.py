"""Commands about recorders' layouts: which are known, and which one reads the names in a folder."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from speechcx.cli import options
from speechcx.cli.command_examples import example
from speechcx.cli.output import note, print_answer

if TYPE_CHECKING:
    from speechcx.discover import DiscoverSettings

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
    """Guess the layout of a folder and show names beside what it reads of them. Exits with 1 where none fits."""
    from speechcx.discover.layouts import find_layout, guess_layouts, read_names
    from speechcx.present.layouts import present_names

    settings = options.load(config, overrides).settings.discover
    paths = list_recordings(folder, settings)
    fits = guess_layouts(paths)
    chosen = find_layout(layout) if layout else (fits[0].layout if fits else None)
    if chosen is None:
        note(
            f"No known layout reads the {len(paths)} names in {folder}.\n"
            "  To do: write a pattern of your own (docs/recordings.md), or export a calls table with a file column"
        )
        raise typer.Exit(1)
    read = read_names(chosen, paths, zone=settings.zone or "UTC")
    _say_fit(folder, len(paths), sum(one.is_read for one in read), chosen.name)
    print_answer(present_names(read[:SHOWN_NAMES]), options.style(as_json, False))


def propose_layout(recordings: Path) -> str | None:
    """The layout of recordings that are there already, shown with what it reads; None where nothing is told."""
    if not recordings.is_dir():
        return None
    from speechcx.discover.layouts import guess_layouts, read_names
    from speechcx.present.layouts import values_text

    paths = list_recordings(recordings)
    fits = guess_layouts(paths)
    if not fits:
        if paths:
            note(
                f"No known layout reads the names in {recordings}, such as {Path(paths[0]).name}.\n"
                "  To do: write a pattern of your own (docs/recordings.md), or a calls table with a file column"
            )
        return None
    best = fits[0].layout
    note(f"{recordings} looks like {best.title} ({fits[0].read} of {fits[0].names} names are read by it):")
    for one in read_names(best, paths[:PROPOSED_NAMES], zone="UTC"):
        note(f"  {one.name}: {values_text(one.values) or 'not read'}")
    return best.name


def list_recordings(folder: Path, settings: DiscoverSettings | None = None) -> list[str]:
    """Paths of the recordings below a folder, up to :data:`MAX_NAMES`; by the usual settings where none are given."""
    from speechcx.discover import DiscoverSettings, find_files

    found = find_files([folder], settings or DiscoverSettings())
    return [one.path for one in islice(found, MAX_NAMES)]


def _say_fit(folder: Path, names: int, read: int, layout: str) -> None:
    note(
        f'{folder}: the layout {layout} reads {read} of {names} names. To use it: layouts = ["{layout}"] in [discover]'
    )
