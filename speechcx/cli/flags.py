"""Commands of the compliance reviewer: the queue of flags, one flag in full, decisions, whom to call back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from speechcx.cli import options
from speechcx.cli.command_examples import example
from speechcx.cli.name_completion import offer
from speechcx.cli.output import note, print_answer
from speechcx.cli.question_options import Asked, asks
from speechcx.cli.readings import note_reading, open_to_read
from speechcx.present.units import count_text

if TYPE_CHECKING:
    from speechcx.ask.compliance import FlagFilter
    from speechcx.store import CallFilter
    from speechcx.store.decisions.flags import FlagChange, SeenFlag

flags_app = typer.Typer(name="flags", help="The queue of flagged calls: list, count, show, decide.")
RuleOption = Annotated[
    options.Names,
    typer.Option(
        "--rule", metavar="RULE", help="Only of this rule; may be repeated.", autocompletion=offer("rule")
    ),
]
KindOption = Annotated[
    options.Names,
    typer.Option(
        "--kind", metavar="KIND", help="Only of this kind: compliance, risk, ..., question; may be repeated."
    ),
]
Severity = Annotated[
    options.Names,
    typer.Option(
        "--severity", metavar="SEVERITY", help="Only critical, major, minor or info; may be repeated."
    ),
]
ResultOption = Annotated[
    options.Names,
    typer.Option(
        "--result",
        metavar="RESULT",
        help="Only where the rule came out present, absent or cannot_tell; may be repeated.",
    ),
]
StatusOption = Annotated[
    options.Names,
    typer.Option(
        "--status",
        metavar="STATUS",
        help="open, confirmed, dismissed, escalated or all; default: open and escalated.",
    ),
]
Owner = Annotated[
    options.Names,
    typer.Option("--owner", metavar="OWNER", help="Only this owner's; '' for nobody's; may be repeated."),
]
Overdue = Annotated[bool, typer.Option("--overdue", help="Only what was due before today.")]
StandingOption = Annotated[
    str | None,
    typer.Option(
        "--standing", metavar="STANDING", help="found: still flagged; gone: only the decision is left."
    ),
]
FlagArgument = Annotated[
    str, typer.Argument(metavar="FLAG", help="CALL:RULE as `flags` lists it; CALL where it has only one.")
]


def register(app: typer.Typer) -> None:
    """Add these commands to the app."""
    flags_app.callback(invoke_without_command=True)(asks()(flags))
    flags_app.command("show")(show)
    flags_app.command("set")(asks("as_csv")(set_))
    app.add_typer(flags_app, rich_help_panel="Compliance")
    app.command(rich_help_panel="Compliance")(asks()(callbacks))


def flags(
    asked: Asked,
    ctx: typer.Context,
    rule: RuleOption = None,
    kind: KindOption = None,
    severity: Severity = None,
    result: ResultOption = None,
    status: StatusOption = None,
    owner: Owner = None,
    overdue: Overdue = False,
    standing: StandingOption = None,
    by: Annotated[
        str | None,
        typer.Option(
            "--by", metavar="GROUP", help="Count them by rule, agent, team, center or queue instead."
        ),
    ] = None,
    sort: Annotated[
        str, typer.Option("--sort", metavar="ORDER", help="severity, newest, oldest or due.")
    ] = "severity",
    limit: options.Limit = 50,
) -> None:
    """The queue of flags; `--by rule` counts them: how many, how far, rising or falling, how often right."""
    from speechcx.present.flags import present_flag_counts, present_flags

    if ctx.invoked_subcommand is not None:
        return
    given = {"rule": rule, "kind": kind, "severity": severity, "result": result, "owner": owner}
    filters = _filter(
        asked.filters, given, status, overdue=overdue, standing=standing, counting=by is not None
    )
    if by is not None:
        from speechcx.ask.compliance import FLAG_GROUPS, count_flags

        options.expect("--by", by, FLAG_GROUPS)
        counts = count_flags(asked.where, filters, by=next(g for g in FLAG_GROUPS if g == by))
        print_answer(present_flag_counts(counts), asked.style)
        return
    from speechcx.ask.compliance import list_flags

    print_answer(present_flags(list_flags(asked.where, filters, sort=sort, limit=limit)), asked.style)


@example("flags show 66ea3428:greeting")
def show(
    flag: FlagArgument,
    db: options.Database = None,
    config: options.Config = None,
    as_json: options.AsJson = False,
) -> None:
    """One flag in full: the words before and after, times, party, the rule as written, what was decided."""
    from speechcx.ask.compliance import show_flag
    from speechcx.present.flags import present_flag

    loaded = options.load(config, None)
    where = options.database(loaded, db)
    with open_to_read(loaded, where) as store:
        found = show_flag(store, flag)
        note_reading(loaded, store, "view", [found.flag.call_id], command="flags show", rule=found.flag.rule)
    print_answer(present_flag(found), options.style(as_json, False))


@example("flags set 66ea3428:greeting --status dismissed --reason 'said before the recording'")
def set_(
    asked: Asked,
    flag: Annotated[
        options.Names,
        typer.Argument(metavar="FLAG", help="CALL:RULE as `flags` lists them; - for standard input."),
    ] = None,
    to: Annotated[
        str | None,
        typer.Option("--status", metavar="STATUS", help="New status: open, confirmed, dismissed, escalated."),
    ] = None,
    reason: Annotated[
        str | None, typer.Option("--reason", metavar="WORDS", help="Why; needed to dismiss or escalate.")
    ] = None,
    owner: Annotated[
        str | None, typer.Option("--owner", metavar="OWNER", help="New owner; '' for nobody.")
    ] = None,
    due: Annotated[
        str | None, typer.Option("--due", metavar="DATE", help="Due day, YYYY-MM-DD; none for no due day.")
    ] = None,
    who: options.Who = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")] = False,
    rule: RuleOption = None,
    kind: KindOption = None,
    severity: Severity = None,
    result: ResultOption = None,
    was: Annotated[
        options.Names,
        typer.Option(
            "--was",
            metavar="STATUS",
            help="Only those that are open, ... now; all for all; default: open, escalated.",
        ),
    ] = None,
    owned_by: Annotated[
        options.Names, typer.Option("--owned-by", metavar="OWNER", help="Only this owner's; '' for nobody's.")
    ] = None,
    overdue: Overdue = False,
) -> None:
    """Decide about flags: those named, or all that filters choose (then it asks first)."""
    from speechcx.ask.compliance import find_flags_hint
    from speechcx.present.flags import ChangedFlags, present_changed_flags
    from speechcx.store import Store
    from speechcx.store.decisions.audit import read_who
    from speechcx.store.decisions.flags import set_flags

    change, name = _change(to, reason, owner, due), read_who(who)
    given = {"rule": rule, "kind": kind, "severity": severity, "result": result, "owner": owned_by}
    filters = _filter(asked.filters, given, was, overdue=overdue)
    with Store.open(asked.where) as store:
        chosen = _choose(store, flag, filters, is_filtered=any(given.values()) or overdue or was is not None)
        if not chosen:
            note(find_flags_hint(store, filters))
        if not flag and not yes:
            confirm(f"Change {count_text(len(chosen), 'flag')}?", len(chosen))
        changed = set_flags(store, chosen, change, who=name)
    print_answer(present_changed_flags(ChangedFlags(len(chosen), changed), to), asked.style)


@example("callbacks --period 2026-03")
def callbacks(
    asked: Asked,
    limit: options.Limit = 50,
    everything: Annotated[bool, typer.Option("--all", help="Also those marked as done or dropped.")] = False,
) -> None:
    """Whom to call back: customers whose newest call ended badly or at risk, and who have not been spoken to since."""
    from speechcx.ask.customers import list_callbacks
    from speechcx.present.customers import present_callbacks

    found = list_callbacks(asked.where, asked.filters, limit=limit, with_settled=everything)
    print_answer(present_callbacks(found), asked.style)


def _filter(
    calls: CallFilter,
    given: dict[str, options.Names],
    status: options.Names,
    *,
    overdue: bool = False,
    standing: str | None = None,
    counting: bool = False,
) -> FlagFilter:
    """The flags that the options ask for."""
    from datetime import date

    from speechcx.ask.compliance import STANDINGS, WAITING, FlagFilter

    options.expect("--standing", standing, STANDINGS)
    wanted: dict[str, Any] = {name: tuple(some) for name, some in given.items() if some}
    if status:
        wanted["status"] = () if "all" in status else tuple(status)
    else:
        wanted["status"] = () if counting else WAITING
    if standing is not None:
        wanted["standing"] = (standing,)
    return FlagFilter(calls, overdue_on=date.today().isoformat() if overdue else None, **wanted)


def _change(to: str | None, reason: str | None, owner: str | None, due: str | None) -> FlagChange:
    from datetime import date

    from speechcx.store.decisions.flags import FLAG_STATUSES, FlagChange

    options.expect("--status", to, FLAG_STATUSES)
    day: date | None = date.min if due in ("none", "") else options.day("--due", due)
    return FlagChange(next((known for known in FLAG_STATUSES if known == to), None), owner, reason, day)


def _choose(store: Any, names: options.Names, filters: FlagFilter, *, is_filtered: bool) -> list[SeenFlag]:
    """The flags that are named, or those of the filter."""
    from speechcx.ask.compliance import see_flag, see_flags
    from speechcx.errors import UsageError
    from speechcx.store import CallFilter

    if names:
        listed = [line for name in names for line in (options.read_lines("-") if name == "-" else (name,))]
        return [see_flag(store, name) for name in dict.fromkeys(listed)]
    if filters.calls == CallFilter() and not is_filtered:
        raise UsageError("no flag named", "flags, or filters that choose them", "name one, or add --rule ID")
    return list(see_flags(store, filters))


def confirm(question: str, n: int) -> None:
    """Ask before many things change; without a terminal to ask on, refuse."""
    import sys

    from speechcx.errors import UsageError

    if not n:
        return
    if not sys.stdin.isatty():
        raise UsageError(
            f"{question} There is no terminal to ask on",
            "a confirmation, or --yes",
            "add --yes if you are sure",
        )
    typer.confirm(question, abort=True, err=True)
