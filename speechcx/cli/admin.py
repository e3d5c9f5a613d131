"""Commands of the administrator: is this machine fit, how fast is it, which models are here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from speechcx.cli import options
from speechcx.cli.output import note, print_answer, print_text

if TYPE_CHECKING:
    from speechcx.config import LoadedSettings
    from speechcx.present.machine import SettingRow

models = typer.Typer(name="models", help="Model weights: list, fetch, verify.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add these commands to the app."""
    app.command(rich_help_panel="Administrator")(doctor)
    app.command(rich_help_panel="Administrator")(bench)
    app.add_typer(models, rich_help_panel="Administrator")


def doctor(
    settings: Annotated[
        bool, typer.Option("--settings", help="Print every setting and its origin instead.")
    ] = False,
    config: options.Config = None,
    overrides: options.Overrides = None,
    as_json: options.AsJson = False,
) -> None:
    """Look whether this machine can do the work; every fault names its cure. Exits with 1 on a fault."""
    from speechcx.doctor import examine
    from speechcx.present.machine import present_findings, present_settings

    loaded = options.load(config, overrides)
    style = options.style(as_json, False)
    if settings:
        print_answer(present_settings(_list_settings(loaded)), style)
        return
    findings = examine(loaded)
    print_answer(present_findings(findings), style)
    if any(finding.verdict == "fault" for finding in findings):
        raise typer.Exit(1)


def _list_settings(loaded: LoadedSettings) -> list[SettingRow]:
    from dataclasses import asdict

    from speechcx.present.machine import SettingRow

    origins = dict(loaded.origins)
    return [
        SettingRow(f"{section}.{key}", value, origins.get(f"{section}.{key}", "default"))
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


@models.command("list")
def list_(as_json: options.AsJson = False) -> None:
    """All models the manifest knows, and which are on this machine."""
    from speechcx.present.machine import ModelRow, present_models
    from speechcx.weights import list_models

    rows = [
        ModelRow(
            model.name, model.task, model.size_bytes / 1e6, model.licence,
            "here" if model.folder else "missing", str(model.folder) if model.folder else None,
        )
        for model in list_models()
    ]  # fmt: skip
    print_answer(present_models(rows), options.style(as_json, False))


@models.command()
def pull(
    names: Annotated[
        list[str] | None, typer.Argument(help="Models; default: those the settings need.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Fetch again even if present.")] = False,
    config: options.Config = None,
    overrides: options.Overrides = None,
) -> None:
    """Fetch models from the sources of the manifest and verify them. The only command that uses a network."""
    from speechcx.transcribe.encoder import make_encoder
    from speechcx.weights.fetch import pull_model

    for name in names or _needed(options.load(config, overrides)):
        folder = pull_model(name, force=force)
        print_text(f"{name}: {folder}")
        if encoder := make_encoder(folder):
            print_text(f"{name}: {encoder}")


@models.command()
def verify(
    names: Annotated[
        list[str] | None, typer.Argument(help="Models; default: those the settings need.")
    ] = None,
    config: options.Config = None,
    overrides: options.Overrides = None,
) -> None:
    """Hash every file of the models and compare with the manifest."""
    from speechcx.weights import verify_model

    for name in names or _needed(options.load(config, overrides)):
        print_text(f"{name}: ok, {verify_model(name)}")


@models.command()
def where(name: Annotated[str, typer.Argument(help="Model.")]) -> None:
    """Print the folder a model is read from."""
    from speechcx.weights import find_model

    print(find_model(name))


def _needed(loaded: LoadedSettings) -> tuple[str, ...]:
    from speechcx.pipeline import needed_models

    names = needed_models(loaded.settings)
    if not names:
        note("These settings need no model.")
    return names
