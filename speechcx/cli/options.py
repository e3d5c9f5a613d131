"""Options that several commands share, declared once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from speechcx.cli.output import Format
    from speechcx.config import LoadedSettings

Config = Annotated[
    Path | None, typer.Option("--config", help="Settings file; default: speechcx.toml in this folder.")
]
Overrides = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="SECTION.KEY=VALUE", help="A setting for this command; may be repeated."),
]
Database = Annotated[Path | None, typer.Option("--db", help="The database; default: files.database.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]
AsCsv = Annotated[bool, typer.Option("--csv", help="CSV on stdout.")]
Since = Annotated[str | None, typer.Option("--since", metavar="DATE", help="From this day on, YYYY-MM-DD.")]
Until = Annotated[str | None, typer.Option("--until", metavar="DATE", help="Up to this day, YYYY-MM-DD.")]
Agent = Annotated[str | None, typer.Option("--agent", help="Only this agent.")]
Team = Annotated[str | None, typer.Option("--team", help="Only this team.")]
Center = Annotated[str | None, typer.Option("--center", help="Only this centre.")]
Queue = Annotated[str | None, typer.Option("--queue", help="Only this queue.")]
Limit = Annotated[int, typer.Option("--limit", min=1, help="At most so many rows.")]
Model = Annotated[
    str | None,
    typer.Option("--model", metavar="NAME", help="Recognition model: base, tiny.en, a name or a folder."),
]
Channels = Annotated[
    str | None,
    typer.Option("--channels", metavar="agent,customer", help="The party of each channel, in order."),
]


def load(config: Path | None, overrides: list[str] | None, **given: object) -> LoadedSettings:
    """Settings of this command; `given` flags (``transcribe_model="base"``) win where not None."""
    from speechcx.config import load_settings

    flags = []
    for name, value in given.items():
        if value is not None:
            section, _, key = name.partition("_")
            flags.append(f"{section}.{key}={_toml(value)}")
    return load_settings(config, overrides=[*(overrides or ()), *flags])


def _toml(value: object) -> str:
    import json

    return json.dumps(list(value) if isinstance(value, tuple) else value)


def database(loaded: LoadedSettings, given: Path | None) -> Path:
    """The database named by ``--db``, else the one of the settings."""
    return given if given is not None else loaded.resolve(loaded.files.database)


def style(as_json: bool, as_csv: bool) -> Format:
    """The output form the flags ask for.

    Raises
    ------
    UsageError
        Both were given.
    """
    from speechcx.errors import UsageError

    if as_json and as_csv:
        raise UsageError("--json and --csv together", "one of them", "leave one away")
    return "json" if as_json else "csv" if as_csv else "table"


def parties(channels: str | None) -> tuple[str, ...] | None:
    """``agent,customer`` as a tuple of parties.

    Raises
    ------
    UsageError
        One of them is no party.
    """
    from speechcx.call import PARTIES
    from speechcx.errors import UsageError

    if channels is None:
        return None
    named = tuple(part.strip().lower() for part in channels.split(","))
    for party in named:
        if party not in PARTIES:
            raise UsageError(
                f"--channels names {party!r}",
                f"one of {', '.join(PARTIES)}",
                "write --channels agent,customer",
            )
    return named
