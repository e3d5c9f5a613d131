"""What every question about calls takes besides its own options: which calls, which database, which form.

A command marked :func:`asks` takes an :class:`Asked` first; the person types the options for it. So every command
that filters calls has the same filters under the same names, and reads them the same way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from speechcx.cli import options
from speechcx.cli.name_completion import offer

if TYPE_CHECKING:
    from datetime import date

    from speechcx.ask.ground import OfferedKind
    from speechcx.cli.output import OutputFormat
    from speechcx.config import LoadedSettings
    from speechcx.store import CallFilter


def _only(what: str, flag: str, *, offered: OfferedKind | None = None) -> Any:
    metavar, names = flag.lstrip("-").upper(), offer(offered) if offered else None
    return Annotated[
        options.Names,
        typer.Option(flag, metavar=metavar, help=f"Only {what}; may be repeated.", autocompletion=names),
    ]


FILTERS: dict[str, Any] = {
    "period": Annotated[
        str | None,
        typer.Option("--period", metavar="PERIOD", help="2026-09, 2026-W38, 2026-Q3, 2026-09-01:2026-09-14."),
    ],
    "since": Annotated[
        str | None, typer.Option("--since", metavar="DATE", help="From this day on, YYYY-MM-DD.")
    ],
    "until": Annotated[
        str | None, typer.Option("--until", metavar="DATE", help="Up to this day, YYYY-MM-DD.")
    ],
    "agent": _only("this agent, by id or name", "--agent", offered="agent"),
    "team": _only("this team", "--team", offered="team"),
    "center": _only("this centre", "--center", offered="center"),
    "queue": _only("this queue", "--queue", offered="queue"),
    "direction": _only("inbound or outbound", "--direction", offered="direction"),
    "driver": Annotated[
        options.Names,
        typer.Option(
            "--driver",
            metavar="RULE",
            help="Only calls in which this rule was found.",
            autocompletion=offer("driver"),
        ),
    ],
    "customer": _only("this customer", "--customer"),
    "where": Annotated[
        options.Names,
        typer.Option(
            "--where", metavar="KEY=VALUE", help="Only calls with this value in a column of the source."
        ),
    ],
    "flagged": Annotated[
        bool | None,
        typer.Option("--flagged/--not-flagged", help="Only calls with a flagged rule, or without."),
    ],
    "judged_by": Annotated[
        str | None,
        typer.Option(
            "--judged-by",
            metavar="VERSION",
            help="Only calls judged by this version of the rulebook, or its digest.",
        ),
    ],
}
"""Every filter of calls, by the name a command may leave it out under."""

_OUTPUT: dict[str, Any] = {
    "db": options.Database,
    "config": options.Config,
    "overrides": options.Overrides,
    "wide": options.Wide,
    "columns": options.ColumnsOption,
    "as_json": options.AsJson,
    "as_csv": options.AsCsv,
}
_NAMED = ("agent", "team", "center", "queue", "direction", "customer")


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked: the database, which calls, in which form to answer, and the settings of this command."""

    where: Path
    filters: CallFilter
    style: OutputFormat
    loaded: LoadedSettings


def asks(*without: str, with_settings: bool = False) -> Callable[[options.Command], options.Command]:
    """Give a command the options every question has, and call it with what was asked.

    Parameters
    ----------
    without
        Filters the command does not take, such as ``agent`` where it is named anyway, ``as_csv``
        where there is no table, and ``columns`` where the command reads that option itself.
    with_settings
        Whether it takes ``--set``, since settings change the answer.
    """
    left_out = {*without} if with_settings else {*without, "overrides"}
    filters, output = (
        {name: kind for name, kind in kinds.items() if name not in left_out} for kinds in (FILTERS, _OUTPUT)
    )

    def give(command: options.Command) -> options.Command:
        return options.give(command, before=filters, after=output, call=_call)

    return give


def _call(command: options.Command, own: dict[str, Any], given: dict[str, Any]) -> None:
    style = options.style(given.pop("as_json", False), given.pop("as_csv", False))
    loaded = options.load(given.pop("config", None), given.pop("overrides", None))
    where = options.database(loaded, given.pop("db", None))
    options.show(wide=given.pop("wide", False), columns=given.pop("columns", None))
    command(Asked(where, _read_filters(given), style, loaded), **own)


def _read_filters(given: Mapping[str, Any]) -> CallFilter:
    """The calls the filter options ask for.

    Raises
    ------
    UsageError
        A day, a period or a pair cannot be read, or a period is given twice.
    """
    since, until = _read_days(given.get("period"), given.get("since"), given.get("until"))
    named: dict[str, Any] = {name: tuple(given.get(name) or ()) for name in _NAMED}
    pairs = [_read_pair(text) for text in given.get("where") or ()]
    for key, value in pairs:
        if key in named:
            named[key] += (value,)
    from speechcx.store import CallFilter

    return CallFilter(
        since=since, until=until, extras=tuple(pair for pair in pairs if pair[0] not in named),
        results=tuple((rule, "present") for rule in given.get("driver") or ()),
        flagged=given.get("flagged"), rulebook_digest=given.get("judged_by"), **named,
    )  # fmt: skip


def _read_days(period: str | None, since: str | None, until: str | None) -> tuple[date | None, date | None]:
    from speechcx.ask.ground import read_period
    from speechcx.errors import UsageError

    if period is not None:
        if since is not None or until is not None:
            raise UsageError("--period beside --since or --until", "one of them", "leave one out")
        found = read_period(period)
        return found.since, found.until
    first, last = options.day("--since", since), options.day("--until", until)
    if first and last and first > last:
        raise UsageError(f"--since {first} is after --until {last}", "the first day first", "swap them")
    return first, last


def _read_pair(text: str) -> tuple[str, str]:
    from speechcx.errors import UsageError

    key, sign, value = text.partition("=")
    if not sign or not key.strip():
        raise UsageError(
            f"--where {text!r}", "KEY=VALUE, as in campaign=spring", "write the name, = and the value"
        )
    return key.strip(), value.strip()
