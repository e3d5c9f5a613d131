"""What every question about calls takes besides its own options: which calls, which database, which form.

A command marked :func:`asks` takes an :class:`Asked` first; the person types the options for it. So
every such command has the same filters under the same names.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from speechcx.cli import options

if TYPE_CHECKING:
    from datetime import date

    from speechcx.cli.output import Format
    from speechcx.store import CallFilter

Names = list[str] | None


def _only(what: str, flag: str) -> Any:
    metavar = flag.lstrip("-").upper()
    return Annotated[Names, typer.Option(flag, metavar=metavar, help=f"Only {what}; may be repeated.")]


_FILTERS: dict[str, Any] = {
    "period": Annotated[
        str | None,
        typer.Option("--period", metavar="PERIOD", help="2026-09, 2026-W38, 2026-Q3, 2026-09-01:2026-09-14."),
    ],
    "since": options.Since,
    "until": options.Until,
    "agent": _only("this agent, by id or name", "--agent"),
    "team": _only("this team", "--team"),
    "center": _only("this centre", "--center"),
    "queue": _only("this queue", "--queue"),
    "direction": _only("inbound or outbound", "--direction"),
    "driver": Annotated[
        Names, typer.Option("--driver", metavar="RULE", help="Only calls in which this rule was found.")
    ],
    "customer": _only("this customer", "--customer"),
    "where": Annotated[
        Names,
        typer.Option(
            "--where", metavar="KEY=VALUE", help="Only calls with this value in a column of the source."
        ),
    ],
    "flagged": Annotated[
        bool | None,
        typer.Option("--flagged/--not-flagged", help="Only calls with a flagged rule, or without."),
    ],
}
_OUTPUT: dict[str, Any] = {
    "db": options.Database,
    "config": options.Config,
    "as_json": options.AsJson,
    "as_csv": options.AsCsv,
}


_NAMED = ("agent", "team", "center", "queue", "direction", "customer")


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked: the database, which calls, in which form to answer."""

    where: Path
    filters: CallFilter
    style: Format


Command = Callable[..., None]


def asks(*without: str) -> Callable[[Command], Command]:
    """Give a command the options every question has, and call it with what was asked.

    Parameters
    ----------
    without
        Filters the command does not take, such as ``agent`` where it is named anyway, and ``as_csv``
        where there is no table.
    """

    def give(command: Command) -> Command:
        _, *own = inspect.signature(command, eval_str=True).parameters.values()
        filters, output = (
            [_parameter(name, kind) for name, kind in kinds.items() if name not in without]
            for kinds in (_FILTERS, _OUTPUT)
        )
        # What must be typed comes first, then what narrows the question.
        typed = [one for one in own if one.default is one.empty]
        rest = [one for one in own if one.default is not one.empty]

        def ask(**given: Any) -> None:
            mine = {one.name: given.pop(one.name) for one in own}
            command(_read(given), **mine)

        ask.__name__, ask.__doc__, ask.__module__ = command.__name__, command.__doc__, command.__module__
        signature = inspect.Signature([*typed, *filters, *rest, *output])
        ask.__signature__ = signature  # type: ignore[attr-defined]
        ask.__annotations__ = {one.name: one.annotation for one in signature.parameters.values()}
        return ask

    return give


def _parameter(name: str, kind: Any) -> inspect.Parameter:
    default = False if name in ("as_json", "as_csv") else None
    return inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD, default=default, annotation=kind)


def _read(given: dict[str, Any]) -> Asked:
    style = options.style(given.pop("as_json", False), given.pop("as_csv", False))
    where = options.database(options.load(given.pop("config", None), None), given.pop("db", None))
    return Asked(where, _read_filters(given), style)


def _read_filters(given: dict[str, Any]) -> CallFilter:
    """The calls the filter options ask for.

    Raises
    ------
    UsageError
        A day, a period or a pair is none, or a period is given twice.
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
        flagged=given.get("flagged"), **named,
    )  # fmt: skip


def _read_days(period: str | None, since: str | None, until: str | None) -> tuple[date | None, date | None]:
    from speechcx.ask.ground.periods import read_period
    from speechcx.errors import UsageError

    if period is not None:
        if since is not None or until is not None:
            raise UsageError("--period beside --since or --until", "one of them", "leave one away")
        found = read_period(period)
        return found.since, found.until
    first, last = options.day("--since", since), options.day("--until", until)
    if first and last and first > last:
        raise UsageError(f"--since {first} is after --until {last}", "the first day first", "exchange them")
    return first, last


def _read_pair(text: str) -> tuple[str, str]:
    from speechcx.errors import UsageError

    key, sign, value = text.partition("=")
    if not sign or not key.strip():
        raise UsageError(
            f"--where {text!r}", "KEY=VALUE, as in campaign=spring", "write the name, = and the value"
        )
    return key.strip(), value.strip()
