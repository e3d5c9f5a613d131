"""Commands of the administrator: is this machine fit, and how fast is it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from speechcx.cli import options
from speechcx.cli.command_examples import example
from speechcx.cli.output import note, print_answer

if TYPE_CHECKING:
    from speechcx.config import LoadedSettings
    from speechcx.doctor import MachineFinding
    from speechcx.present.machine import SettingRow


def register(app: typer.Typer) -> None:
    """Add these commands to the app."""
    app.command(rich_help_panel="Administrator")(doctor)
    app.command(rich_help_panel="Administrator")(bench)


@example("doctor")
def doctor(
    settings: Annotated[
        bool, typer.Option("--settings", help="Print every setting and its origin instead.")
    ] = False,
    config: options.Config = None,
    overrides: options.Overrides = None,
    as_json: options.AsJson = False,
) -> None:
    """Check that this machine is ready; every problem comes with a fix. Exits with 1 on a fault."""
    from speechcx.doctor import examine
    from speechcx.present.machine import present_findings, present_settings

    loaded = options.load(config, overrides)
    style = options.style(as_json, False)
    if settings:
        print_answer(present_settings(_list_settings(loaded)), style)
        return
    findings = (*examine(loaded), *_look_for_run(loaded))
    print_answer(present_findings(findings), style)
    if any(finding.verdict == "fault" for finding in findings):
        raise typer.Exit(1)


def _look_for_run(loaded: LoadedSettings) -> tuple[MachineFinding, ...]:
    """Another run on this database, which a new one would have to wait for."""
    from speechcx.batch import is_locked, read_holder
    from speechcx.doctor import MachineFinding

    database = loaded.resolve(loaded.files.database)
    if not is_locked(database):
        return ()
    cure = "wait for it, or give the next run --wait"
    return (MachineFinding("another run", "warning", str(read_holder(database)), cure),)


def _list_settings(loaded: LoadedSettings) -> list[SettingRow]:
    from dataclasses import asdict

    from speechcx.present.machine import SettingRow

    origins = dict(loaded.origins)
    return [
        SettingRow(f"{section}.{key}", value, origins.get(f"{section}.{key}", "default"))
        for section, values in asdict(loaded.settings).items()
        for key, value in values.items()
    ]


@example("bench --seconds 60 --write")
def bench(
    files: Annotated[
        list[str] | None,
        typer.Argument(help="Recordings of your own, or folders; default: files.recordings."),
    ] = None,
    seconds: Annotated[
        float, typer.Option("--seconds", min=1, max=86_400, help="How long to measure.")
    ] = 120,
    night: Annotated[
        float, typer.Option("--night", min=0.1, max=24, metavar="HOURS", help="Length of a night.")
    ] = 8,
    write: Annotated[
        bool, typer.Option("--write", help="Write the fastest choice into the settings file.")
    ] = False,
    config: options.Config = None,
    overrides: options.Overrides = None,
    as_json: options.AsJson = False,
) -> None:
    """Measure how fast this machine analyses your recordings, under several settings, and what a night needs."""
    from dataclasses import replace

    from speechcx import batch
    from speechcx.config import write_settings
    from speechcx.present.machine import present_bench
    from speechcx.project import load_rulebook

    loaded = options.load(config, overrides)
    where = files or [str(loaded.resolve(path)) for path in loaded.files.recordings]
    found = batch.bench(
        where, loaded.settings, load_rulebook(loaded), seconds=seconds, night_hours=night, report=note
    )
    if write:
        written = write_settings(loaded.config, found.best_settings)
        found = replace(found, written=str(written))
    print_answer(present_bench(found), options.style(as_json, False))
