"""Commands of the administrator: is this machine fit, which models are here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from speechcx.cli import options
from speechcx.cli.output import note, print_rows, print_text
from speechcx.present.table import Column

if TYPE_CHECKING:
    from speechcx.config import LoadedSettings

models = typer.Typer(name="models", help="Model weights: list, fetch, verify.", no_args_is_help=True)

_MODEL_COLUMNS = (
    Column("name", "model"),
    Column("task", "task"),
    Column("size_mb", "MB", digits=1),
    Column("licence", "licence"),
    Column("state", "state"),
    Column("folder", "folder"),
)
_FINDING_COLUMNS = (
    Column("check", "check"),
    Column("verdict", "verdict"),
    Column("found", "found"),
    Column("cure", "to do"),
)
_SETTING_COLUMNS = (Column("setting", "setting"), Column("value", "value"), Column("origin", "from"))


def register(app: typer.Typer) -> None:
    """Add these commands to the app."""
    app.command(rich_help_panel="Administrator")(doctor)
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


@models.command("list")
def list_(as_json: options.AsJson = False) -> None:
    """All models the manifest knows, and which are on this machine."""
    from speechcx.weights import list_models

    rows = [
        {
            "name": model.name,
            "task": model.task,
            "size_mb": model.size_bytes / 1e6,
            "licence": model.licence,
            "state": "here" if model.folder else "missing",
            "folder": str(model.folder) if model.folder else None,
        }
        for model in list_models()
    ]
    print_rows("models", rows, _MODEL_COLUMNS, style=options.style(as_json, False))


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
