"""Commands of the administrator: is this machine fit, and how fast is it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from speechcx.cli import options
from speechcx.cli.output import note, print_rows, print_text
from speechcx.present.table import Column

if TYPE_CHECKING:
    from speechcx.batch import BenchReport
    from speechcx.config import LoadedSettings

_FINDING_COLUMNS = (
    Column("check", "check"),
    Column("verdict", "verdict"),
    Column("found", "found"),
    Column("cure", "to do"),
)
_SPEED_COLUMNS = (
    Column("workers", "workers"),
    Column("threads", "threads each"),
    Column("batch_size", "chunks at once"),
    Column("encoder", "encoder"),
    Column("times_real_time", "x real time", digits=1),
    Column("memory_mb", "MB a worker", digits=0),
    Column("pieces", "pieces"),
)
_NEED_COLUMNS = (
    Column("calls", "calls a night"),
    Column("audio_hours", "hours of audio", digits=0),
    Column("hours", "hours here", digits=1),
    Column("machines", "machines like this"),
)
_SETTING_COLUMNS = (Column("setting", "setting"), Column("value", "value"), Column("origin", "from"))


def register(app: typer.Typer) -> None:
    """Add these commands to the app."""
    app.command(rich_help_panel="Administrator")(doctor)
    app.command(rich_help_panel="Administrator")(bench)


def doctor(
    settings: Annotated[
        bool, typer.Option("--settings", help="Print every setting and its origin instead.")
    ] = False,
    config: options.Config = None,
    overrides: options.Overrides = None,
    as_json: options.AsJson = False,
) -> None:
    """Look whether this machine can do the work; every fault names its cure. Exits with 1 on a fault."""
    loaded = options.load(config, overrides)
    style = options.style(as_json, False)
    if settings:
        print_rows("settings", _setting_rows(loaded), _SETTING_COLUMNS, style=style)
        return
    from dataclasses import asdict

    from speechcx.doctor import examine

    findings = examine(loaded)
    print_rows("findings", [asdict(finding) for finding in findings], _FINDING_COLUMNS, style=style)
    if any(finding.verdict == "fault" for finding in findings):
        raise typer.Exit(1)


def _setting_rows(loaded: LoadedSettings) -> list[dict[str, object]]:
    from dataclasses import asdict

    origins = dict(loaded.origins)
    return [
        {"setting": f"{section}.{key}", "value": value, "origin": origins.get(f"{section}.{key}", "default")}
        for section, values in asdict(loaded.settings).items()
        for key, value in values.items()
    ]


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
    from speechcx.cli.output import print_json
    from speechcx.config import write_settings
    from speechcx.present.envelope import SCHEMA_VERSION
    from speechcx.project import load_rulebook

    loaded = options.load(config, overrides)
    where = files or [str(loaded.resolve(path)) for path in loaded.files.recordings]
    found = batch.bench(
        where, loaded.settings, load_rulebook(loaded), seconds=seconds, night_hours=night, report=note
    )
    if write:
        written = write_settings(loaded.config, found.best_settings)
        found = replace(found, written=str(written))
    if as_json:
        print_json({"schema_version": SCHEMA_VERSION, "kind": "bench", **options.row(found)})
    else:
        _print_bench(found)


def _print_bench(found: BenchReport) -> None:
    from dataclasses import asdict

    from speechcx.present.units import clock

    print_rows("speeds", [asdict(speed) for speed in found.speeds], _SPEED_COLUMNS)
    best = found.best.times_real_time
    print_text(
        f"{best:.1f} hours of audio an hour, by {found.files} recordings of {clock(found.mean_call_s)} on average,"
        f" model {found.model}, {found.cores} cores. A night of {found.night_hours:g} hours:"
        f" {found.calls_a_night:,} such calls."
    )
    print_rows("needs", [asdict(need) for need in found.needs], _NEED_COLUMNS)
    if found.written is not None:
        print_text(f"Written into {found.written}: {found.best.text}.")
    else:
        note(f"The fastest: {found.best.text}. To write that into the settings: speechcx bench --write")
