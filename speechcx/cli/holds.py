"""Commands that say what has to stay and what has to go: legal holds, periods of retention."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from speechcx.cli import options
from speechcx.cli.command_examples import example
from speechcx.cli.output import print_answer
from speechcx.present.units import count_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from speechcx.config.retention_settings import RetentionSettings
    from speechcx.store import Store
    from speechcx.store.decisions.legal_holds import Held

hold_app = typer.Typer(name="hold", help="Legal holds: calls that nothing erases until they are released.")
retention_app = typer.Typer(
    name="retention",
    help="Periods of retention: what is kept for how long, and removed after that.",
    no_args_is_help=True,
)


def register(app: typer.Typer) -> None:
    """Add these commands to the app."""
    hold_app.command("set")(hold_set)
    hold_app.command("list")(hold_list)
    hold_app.command("release")(hold_release)
    app.add_typer(hold_app, rich_help_panel="Compliance")
    retention_app.command("plan")(retention_plan)
    retention_app.command("apply")(retention_apply)
    app.add_typer(retention_app, rich_help_panel="Compliance")


@example("hold set case-17 --customer C1042 --reason 'claim of 2 March'")
def hold_set(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="What to call it, for example the case number.")
    ],
    reason: options.KeptReason,
    calls: options.Calls = None,
    customer: Annotated[
        options.Names,
        typer.Option("--customer", metavar="KEY", help="Every call of this customer; may be repeated."),
    ] = None,
    period: Annotated[
        str | None,
        typer.Option(
            "--period", metavar="PERIOD", help="Every call of 2026-09, 2026-Q3, 2026-09-01:2026-09-14."
        ),
    ] = None,
    since: Annotated[
        str | None, typer.Option("--since", metavar="DAY", help="Every call since this day, without an end.")
    ] = None,
    who: options.Who = None,
    db: options.Database = None,
    config: options.Config = None,
    as_json: options.AsJson = False,
) -> None:
    """Keep calls from being erased: those stored now, and later ones that match."""
    from speechcx.errors import UsageError
    from speechcx.present.keeping import present_holds
    from speechcx.store import Store
    from speechcx.store.decisions.audit import read_who
    from speechcx.store.decisions.legal_holds import set_hold

    with Store.open(options.database(options.load(config, None), db)) as store, store.write():
        wanted = [*_held_calls(store, calls, customer), *_held_period(period, since)]
        if not wanted:
            raise UsageError("nothing to hold", "calls, --customer, --period or --since", "name one of them")
        found = [set_hold(store, name, held, who=read_who(who), reason=reason) for held in wanted]
    print_answer(present_holds(found), options.style(as_json, False))


def _held_calls(store: Store, calls: options.Names, customers: options.Names) -> Iterator[Held]:
    from speechcx.ask.ground import find_call_id, find_name
    from speechcx.store.decisions.legal_holds import Held
    from speechcx.store.facts.forget_facts import knows_customer

    for call in calls or ():
        whole = call.strip().lower()
        is_known = len(whole) == 16 and bool(store.ledger.find_paths(whole))
        yield Held(call_id=whole if is_known else find_call_id(store, call))
    for customer in customers or ():
        known = knows_customer(store.db, customer)
        yield Held(customer=customer if known else find_name(store, "customer", customer))


def _held_period(period: str | None, since: str | None) -> Iterator[Held]:
    from speechcx.ask.ground import read_period
    from speechcx.errors import UsageError
    from speechcx.store.decisions.legal_holds import Held

    if period is not None and since is not None:
        raise UsageError("--period beside --since", "one of them", "leave one out")
    if period is not None:
        found = read_period(period)
        yield Held(since=found.since, until=found.until)
    if since is not None:
        yield Held(since=read_period(since, flag="--since").since)


@example("hold list")
def hold_list(
    released: Annotated[bool, typer.Option("--all", help="Also those that were released.")] = False,
    db: options.Database = None,
    config: options.Config = None,
    as_json: options.AsJson = False,
    as_csv: options.AsCsv = False,
) -> None:
    """Legal holds with what they are about, why, and how many calls they keep."""
    from speechcx.present.keeping import present_holds
    from speechcx.store import Store
    from speechcx.store.decisions.legal_holds import list_holds

    with Store.open(options.database(options.load(config, None), db), read_only=True) as store:
        found = list_holds(store, with_released=released)
    print_answer(present_holds(found), options.style(as_json, as_csv))


@example("hold release case-17 --reason 'settled'")
def hold_release(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The hold, or the number of one.")],
    reason: options.KeptReason,
    who: options.Who = None,
    db: options.Database = None,
    config: options.Config = None,
    as_json: options.AsJson = False,
) -> None:
    """Release a hold; nothing is erased by it."""
    from speechcx.present.keeping import present_holds
    from speechcx.store import Store
    from speechcx.store.decisions.audit import read_who
    from speechcx.store.decisions.legal_holds import release_hold

    with Store.open(options.database(options.load(config, None), db)) as store:
        found = release_hold(store, name, who=read_who(who), reason=reason)
    print_answer(present_holds(found), options.style(as_json, False))


@example("retention plan")
def retention_plan(
    db: options.Database = None,
    config: options.Config = None,
    overrides: options.Overrides = None,
    as_json: options.AsJson = False,
) -> None:
    """List what has outlived its period in [retention] and why; nothing is removed."""
    from datetime import date

    from speechcx.batch.retention_run import plan_retention
    from speechcx.present.keeping import present_overdue
    from speechcx.store import Store

    loaded = options.load(config, overrides)
    _expect_periods(loaded.settings.retention)
    with Store.open(options.database(loaded, db), read_only=True) as store:
        found = plan_retention(store, loaded.settings.retention, today=date.today())
    print_answer(present_overdue(found), options.style(as_json, False))


@example("retention apply")
def retention_apply(
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")] = False,
    later: Annotated[
        bool, typer.Option("--compact-later", help="Leave rewriting the file to `speechcx compact`.")
    ] = False,
    who: options.Who = None,
    db: options.Database = None,
    config: options.Config = None,
    overrides: options.Overrides = None,
    as_json: options.AsJson = False,
) -> None:
    """Remove what has outlived its period, for good; what a legal hold keeps stays."""
    from datetime import date

    from speechcx.batch.retention_run import apply_retention, plan_retention
    from speechcx.cli.flags import confirm
    from speechcx.present.keeping import present_overdue
    from speechcx.store import Store
    from speechcx.store.decisions.audit import read_who

    loaded, name = options.load(config, overrides), read_who(who)
    wanted = loaded.settings.retention
    _expect_periods(wanted)
    with Store.open(options.database(loaded, db)) as store:
        if not yes:
            planned = plan_retention(store, wanted, today=date.today())
            count = len(planned.calls) + planned.audit_rows
            if count:
                what = ", ".join(f"{kind} of {count_text(calls, 'call')}" for kind, calls in planned.counts)
                confirm(f"Remove {what or f'details of {planned.audit_rows} audit rows'} for good?", count)
        done = apply_retention(store, wanted, today=date.today(), who=name, compact=not later)
    print_answer(present_overdue(done), options.style(as_json, False))


def _expect_periods(wanted: RetentionSettings) -> None:
    from speechcx.errors import UsageError

    if not wanted.is_anything:
        raise UsageError(
            "no period is set in [retention]: everything is kept for ever",
            'for example words = "2 years" in speechcx.toml',
            "see docs/keeping.md",
        )
