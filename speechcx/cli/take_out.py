"""The command that takes values out: of recordings, and of what was stored before."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from speechcx.cli import options
from speechcx.cli.command_examples import example
from speechcx.cli.output import print_answer

if TYPE_CHECKING:
    from speechcx.cli.output import OutputFormat
    from speechcx.config import Settings


def register(app: typer.Typer) -> None:
    """Add this command to the app."""
    app.command(rich_help_panel="Compliance")(redact)


@example("redact call.wav --to muted")
def redact(
    files: Annotated[list[Path] | None, typer.Argument(metavar="AUDIO", help="Recordings.")] = None,
    to: Annotated[Path | None, typer.Option("--to", metavar="DIR", help="Folder for muted copies.")] = None,
    in_place: Annotated[
        bool, typer.Option("--in-place", help="Replace each recording with its copy (WAV only).")
    ] = False,
    unchecked: Annotated[bool, typer.Option("--unchecked", help="Do not hear the copies again.")] = False,
    stored: Annotated[bool, typer.Option("--stored", help="Redact what is already in the database.")] = False,
    despite_holds: Annotated[
        str | None,
        typer.Option(
            "--despite-holds",
            metavar="REASON",
            help="With --stored: take payment data out of calls under a legal hold too, and keep this reason.",
        ),
    ] = None,
    who: options.Who = None,
    db: options.Database = None,
    config: options.Config = None,
    as_json: options.AsJson = False,
) -> None:
    """Mute card numbers and the like in recordings, and hear the copies again; or take them out of stored calls."""
    from speechcx.errors import UsageError

    if despite_holds is not None and not stored:
        raise UsageError("--despite-holds without --stored", "both", "add --stored, or leave it out")
    if stored == bool(files) or (stored and (to or in_place)) or (bool(files) and (to is None) != in_place):
        raise UsageError(
            "recordings need --to DIR or --in-place, stored calls need --stored alone",
            "one of them",
            "speechcx redact call.wav --to muted, or speechcx redact --stored",
        )
    loaded = options.load(config, None)
    where = options.database(loaded, db)
    style = options.style(as_json, False)
    if stored:
        raise typer.Exit(_redact_stored(where, loaded.settings, who, style, despite_holds))
    from speechcx.batch.muted_copies import redact_recordings
    from speechcx.present.redacted import present_redacted

    found = list(redact_recordings(files or (), loaded.settings, to=to, database=where, check=not unchecked))
    print_answer(present_redacted(found), style)
    raise typer.Exit(3 if any(one.state in ("failed", "still heard") for one in found) else 0)


def _redact_stored(
    where: Path, settings: Settings, who: str | None, style: OutputFormat, despite_holds: str | None
) -> int:
    """Take values out of a database and say what is left; gives the exit code."""
    from speechcx.batch.stored_values import redact_stored
    from speechcx.present.redacted import present_redacted_store
    from speechcx.store import Store
    from speechcx.store.decisions.audit import read_who

    with Store.open(where) as store:
        found = redact_stored(store, settings, who=read_who(who), despite_holds=despite_holds)
    print_answer(present_redacted_store(found), style)
    return found.exit_code
