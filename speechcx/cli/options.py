"""Options that several commands share, declared once."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from speechcx.cli.name_completion import offer_settings

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    from speechcx.call import Party, RuleValue
    from speechcx.cli.output import OutputFormat
    from speechcx.config import LoadedSettings

Command = Callable[..., None]
Names = list[str] | None

Config = Annotated[
    Path | None, typer.Option("--config", help="Settings file; default: speechcx.toml in this folder.")
]
Overrides = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="SECTION.KEY=VALUE",
        help="A setting for this command; may be repeated.",
        autocompletion=offer_settings,
    ),
]
Database = Annotated[Path | None, typer.Option("--db", help="The database; default: files.database.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]
AsCsv = Annotated[bool, typer.Option("--csv", help="CSV on stdout.")]
Wide = Annotated[
    bool, typer.Option("--wide", help="Every column, one line per row, even in a narrow window.")
]
ColumnsOption = Annotated[
    str | None, typer.Option("--columns", metavar="A,B,...", help="Only these columns, in this order.")
]
Who = Annotated[
    str | None, typer.Option("--as", metavar="NAME", help="Your name in the trail; default: your login.")
]
Calls = Annotated[
    Names, typer.Argument(metavar="CALL", help="Call id, the beginning of one, or the name of its file.")
]
KeptReason = Annotated[
    str, typer.Option("--reason", metavar="WORDS", help="Reason (kept permanently; do not quote the call).")
]
Limit = Annotated[int, typer.Option("--limit", min=1, help="Maximum rows.")]
SortOption = Annotated[str, typer.Option("--sort", help="A measure, name or n.")]
MinN = Annotated[int, typer.Option("--min-n", min=1, help="Minimum number of calls for a rank.")]
ScorecardOption = Annotated[
    str | None, typer.Option("--scorecard", help="Scorecard; default: the newest call's first.")
]
Against = Annotated[
    str | None,
    typer.Option(
        "--against", "--versus", metavar="PERIOD", help="Period to compare with; default: the one before."
    ),
]
Compare = Annotated[
    tuple[str, str] | None,
    typer.Option("--compare", metavar="A B", help="Only these two, measure by measure."),
]
CaseMix = Annotated[
    bool, typer.Option("--case-mix", help="Compare with what is usual for the same queue, driver and hour.")
]
ModelOption = Annotated[
    str | None,
    typer.Option("--model", metavar="NAME", help="Recognition model: base, tiny.en, a name or a folder."),
]
Channels = Annotated[
    str | None,
    typer.Option("--channels", metavar="agent,customer", help="The party of each channel, in order."),
]


def give(
    command: Command,
    *,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    call: Callable[[Command, dict[str, Any], dict[str, Any]], None],
) -> Command:
    """A command with options that many share, read in one place.

    Parameters
    ----------
    command
        Takes what `call` makes of the shared options first, then its own.
    before, after
        Options by name, before and after those of its own that may be left out.
    call
        Gets the command, its own arguments and the shared ones, and calls it.
    """
    _, *own = inspect.signature(command, eval_str=True).parameters.values()
    first, last = ([_parameter(name, kind) for name, kind in kinds.items()] for kinds in (before, after))
    # What must be typed comes first, then what narrows the question.
    typed = [one for one in own if one.default is one.empty]
    rest = [one for one in own if one.default is not one.empty]

    def run(**given: Any) -> None:
        mine = {one.name: given.pop(one.name) for one in own}
        call(command, mine, given)

    functools.update_wrapper(run, command)
    signature = inspect.Signature([*typed, *first, *rest, *last])
    run.__signature__ = signature  # type: ignore[attr-defined]
    run.__annotations__ = {one.name: one.annotation for one in signature.parameters.values()}
    return run


def _parameter(name: str, kind: Any) -> inspect.Parameter:
    default = False if name in ("as_json", "as_csv", "wide") else None
    return inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD, default=default, annotation=kind)


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


def style(as_json: bool, as_csv: bool) -> OutputFormat:
    """The output form the flags ask for.

    Raises
    ------
    UsageError
        Both were given.
    """
    from speechcx.errors import UsageError

    if as_json and as_csv:
        raise UsageError("--json and --csv together", "one of them", "remove one")
    return "json" if as_json else "csv" if as_csv else "table"


def show(*, wide: bool, columns: str | None = None) -> None:
    """Show this command's tables as ``--wide`` and ``--columns`` ask."""
    from speechcx.cli.output import Display, show_as

    names = (name.strip() for name in (columns or "").split(","))
    show_as(Display(wide, tuple(name for name in names if name)))


def parties(channels: str | None) -> tuple[Party, ...] | None:
    """``agent,customer`` as a tuple of parties.

    Raises
    ------
    UsageError
        One of them is no party.
    """
    if channels is None:
        return None
    named = (party("--channels", text.strip().lower()) for text in channels.split(","))
    return tuple(one for one in named if one is not None)


def expect(flag: str, value: str | None, legal: tuple[str, ...]) -> None:
    """Refuse a flag's value that is not among the legal ones.

    Raises
    ------
    UsageError
        Names the nearest legal value.
    """
    import difflib

    from speechcx.errors import UsageError

    if value is not None and value not in legal:
        near = difflib.get_close_matches(value, legal, n=1)
        cure = f"use {near[0]}" if near else "use one of these"
        raise UsageError(f"{flag} {value!r}", f"one of {', '.join(legal)}", cure)


def party(flag: str, value: str | None) -> Party | None:
    """The party a flag names; None where it names none."""
    from speechcx.call import PARTIES

    expect(flag, value, PARTIES)
    return next((known for known in PARTIES if known == value), None)


def rule_value(value: str | None, rule: str | None) -> RuleValue | None:
    """The rule result ``--result`` asks for, which needs a ``--rule``."""
    from typing import get_args

    from speechcx.call import RuleValue
    from speechcx.errors import UsageError

    expect("--result", value, get_args(RuleValue))
    if value is not None and rule is None:
        raise UsageError(f"--result {value} alone", "the rule it is the result of", "add --rule NAME")
    found: RuleValue | None = next((known for known in get_args(RuleValue) if known == value), None)
    return found


def day(flag: str, text: str | None) -> date | None:
    """The day a flag names; None where it names none."""
    from speechcx.errors import UsageError

    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{flag} {text!r}", "a day such as 2026-03-31", "write YYYY-MM-DD") from error


def read_against(text: str | None) -> tuple[date | None, date | None] | None:
    """First and last day of the period ``--against`` names; None where it is not given."""
    from speechcx.ask.ground import read_period

    if text is None:
        return None
    period = read_period(text, flag="--against")
    return period.since, period.until


def row(record: DataclassInstance) -> dict[str, object]:
    """A record's fields by name, one level deep, as tables and JSON show them."""
    return {field.name: getattr(record, field.name) for field in fields(record)}


def read_lines(file: str) -> tuple[str, ...]:
    """The lines of a text file that are not empty; ``-`` is standard input.

    Raises
    ------
    UsageError
        The file cannot be read as UTF-8.
    """
    import sys

    from speechcx.errors import UsageError

    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"cannot read {file}: {error}", "a text file in UTF-8", "name the right file"
        ) from error
    return tuple(line.strip() for line in text.splitlines() if line.strip())
