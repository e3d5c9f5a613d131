"""Commands that keep the database: check it, copy it, put a copy back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from speechcx.cli import options
from speechcx.cli.output import note, print_json, print_text
from speechcx.present.envelope import SCHEMA_VERSION
from speechcx.present.table import clean

if TYPE_CHECKING:
    from speechcx.batch.backup import BackupReport, RestoreReport
    from speechcx.batch.check import CheckReport
    from speechcx.batch.recordings import Compared
    from speechcx.store.integrity import Problem

MAX_SHOWN = 40
"""Problems shown on a screen; --json has them all."""

Who = Annotated[str | None, typer.Option("--as", metavar="NAME", help="Who does this; default: the login.")]


def register(app: typer.Typer) -> None:
    """Add these commands to the app."""
    for command in (check, backup, restore):
        app.command(rich_help_panel="Administrator")(command)


def check(
    repair: Annotated[
        bool, typer.Option("--repair", help="Make again what follows from other rows, after a copy.")
    ] = False,
    every_call: Annotated[
        bool,
        typer.Option(
            "--every-call", help="Read every call back, not only a sample and those that look wrong."
        ),
    ] = False,
    recordings: Annotated[
        bool, typer.Option("--recordings", help="Also read every recording and compare it with its call.")
    ] = False,
    db: options.Database = None,
    config: options.Config = None,
    as_json: options.AsJson = False,
) -> None:
    """Check the database: file, search index, every call, ledger, sums, decisions. Exits with 3 on a problem."""
    from speechcx.batch.check import check as check_database

    where = options.database(options.load(config, None), db)
    found = check_database(where, every_call=every_call, do_repair=repair, recordings=recordings, report=note)
    if as_json:
        print_json({"schema_version": SCHEMA_VERSION, "kind": "check", **options.row(found)})
    else:
        _print_check(found)
    raise typer.Exit(found.exit_code)


def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to write the copy.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Take the place of a file that is there.")
    ] = False,
    anyway: Annotated[
        bool, typer.Option("--anyway", help="Keep the copy also where its check finds problems.")
    ] = False,
    who: Who = None,
    db: options.Database = None,
    config: options.Config = None,
    as_json: options.AsJson = False,
) -> None:
    """Copy the database, also while a run writes, and check the copy; readable by its owner only."""
    from speechcx.batch.backup import back_up
    from speechcx.store.decisions.audit import read_who

    where = options.database(options.load(config, None), db)
    made = back_up(where, file, who=read_who(who), replace=replace, anyway=anyway, report=note)
    if as_json:
        print_json({"schema_version": SCHEMA_VERSION, "kind": "backup", **options.row(made)})
    else:
        _print_backup(made)
    raise typer.Exit(3 if made.problems else 0)


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A copy made by `speechcx backup`.")],
    lose_newer: Annotated[
        bool,
        typer.Option("--lose-newer", help="Also where the database has calls or decisions the copy has not."),
    ] = False,
    who: Who = None,
    db: options.Database = None,
    config: options.Config = None,
    as_json: options.AsJson = False,
) -> None:
    """Check a copy and put it in the place of the database, which is kept beside it."""
    from speechcx.batch.backup import restore as put_back
    from speechcx.store.decisions.audit import read_who

    where = options.database(options.load(config, None), db)
    done = put_back(where, file, who=read_who(who), lose_newer=lose_newer, report=note)
    if as_json:
        print_json({"schema_version": SCHEMA_VERSION, "kind": "restore", **options.row(done)})
    else:
        _print_restored(done)
    raise typer.Exit(3 if done.problems else 0)


def _print_check(found: CheckReport) -> None:
    size = f"{found.size_bytes / 1e6:.1f} MB, {found.calls} calls, {found.files} files"
    print_text(f"{clean(found.database)}: {size}, checked in {found.seconds:.1f} s")
    for line in found.repaired:
        print_text(f"Repaired: {clean(line)}.")
    if found.kept is not None:
        note(f"As it was before the repair: {clean(found.kept)}")
    if found.compared is not None:
        _print_compared(found.compared)
    for problem in found.problems[:MAX_SHOWN]:
        _print_problem(problem)
    if len(found.problems) > MAX_SHOWN:
        note(f"{len(found.problems) - MAX_SHOWN} more problems: speechcx check --json has all of them.")
    if not found.problems:
        print_text("No problem found." if not found.repaired else "No problem is left.")
    if found.chain is not None:
        print_text(f"Decision chain: {found.chain.entries} entries, last digest {found.chain.digest}")


def _print_compared(compared: Compared) -> None:
    parts = [f"{compared.same:,} recordings as they were heard"]
    parts += [f"{len(compared.changed):,} changed"] if compared.changed else []
    parts += [f"{compared.newer:,} with another size or time, for the next run"] if compared.newer else []
    parts += [f"{compared.gone:,} no longer there"] if compared.gone else []
    parts += [f"{len(compared.unreadable):,} that cannot be read"] if compared.unreadable else []
    parts += [f"{compared.left:,} not looked at"] if compared.left else []
    print_text("; ".join(parts) + ".")
    for path in compared.unreadable[:MAX_SHOWN]:
        note(f"Cannot be read: {clean(path)}")


def _print_problem(problem: Problem) -> None:
    what = problem.what[:1].upper() + problem.what[1:]
    print_text(f"{problem.area.replace('_', ' ')}: {clean(what)}.")
    print_text(f"It means: {problem.means}.", indent=2)
    print_text(f"To do: {clean(problem.cure)}.", indent=2)


def _print_backup(made: BackupReport) -> None:
    print_text(
        f"{clean(made.backup)}: {made.calls} calls, {made.size_bytes / 1e6:.1f} MB, checked, in {made.seconds:.1f} s"
    )
    print_text(f"Decision chain: {made.chain.entries} entries, last digest {made.chain.digest}")
    for problem in made.problems[:MAX_SHOWN]:
        _print_problem(problem)
    if not made.is_in_trail:
        note("The audit trail does not tell of it: the database cannot be written.")


def _print_restored(done: RestoreReport) -> None:
    print_text(
        f"{clean(done.database)} is {clean(done.backup)} now: {done.calls} calls, in {done.seconds:.1f} s"
    )
    if done.kept is not None:
        print_text(f"The database before is kept as {clean(done.kept)}")
    if done.lost is None:
        note("What it had besides is not known: it could not be read.")
    elif done.lost.is_anything:
        note(f"Only there: {done.lost}.")
    for problem in done.problems[:MAX_SHOWN]:
        _print_problem(problem)
