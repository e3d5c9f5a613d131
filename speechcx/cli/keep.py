"""Commands that keep the database: check it, copy it, put a copy back, bring several into one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from speechcx.cli import options
from speechcx.cli.command_examples import example
from speechcx.cli.output import note, print_answer


def register(app: typer.Typer) -> None:
    """Add these commands to the app."""
    for command in (check, backup, restore, merge):
        app.command(rich_help_panel="Administrator")(command)


@example("check --recordings")
def check(
    repair: Annotated[
        bool,
        typer.Option("--repair", help="Rebuild what can be derived from other rows, after making a copy."),
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
    from speechcx.present.keeping import present_check

    where = options.database(options.load(config, None), db)
    found = check_database(where, every_call=every_call, do_repair=repair, recordings=recordings, report=note)
    print_answer(present_check(found), options.style(as_json, False))
    raise typer.Exit(found.exit_code)


@example("backup /backup/calls.db --replace")
def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to write the copy.")],
    replace: Annotated[bool, typer.Option("--replace", help="Replace an existing file.")] = False,
    anyway: Annotated[
        bool, typer.Option("--anyway", help="Keep the copy even if its check finds problems.")
    ] = False,
    who: options.Who = None,
    db: options.Database = None,
    config: options.Config = None,
    as_json: options.AsJson = False,
) -> None:
    """Copy the database, also while a run writes, and check the copy; readable by its owner only."""
    from speechcx.batch.backup import back_up
    from speechcx.present.keeping import present_backup
    from speechcx.store.decisions.audit import read_who

    where = options.database(options.load(config, None), db)
    made = back_up(where, file, who=read_who(who), replace=replace, anyway=anyway, report=note)
    print_answer(present_backup(made), options.style(as_json, False))
    raise typer.Exit(3 if made.problems else 0)


@example("restore /backup/calls.db")
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A copy made by `speechcx backup`.")],
    lose_newer: Annotated[
        bool,
        typer.Option(
            "--lose-newer", help="Restore even if the database has calls or decisions that the copy lacks."
        ),
    ] = False,
    who: options.Who = None,
    db: options.Database = None,
    config: options.Config = None,
    as_json: options.AsJson = False,
) -> None:
    """Check a copy and replace the database with it; the old one is kept beside it."""
    from speechcx.batch.backup import restore as put_back
    from speechcx.present.keeping import present_restored
    from speechcx.store.decisions.audit import read_who

    where = options.database(options.load(config, None), db)
    done = put_back(where, file, who=read_who(who), lose_newer=lose_newer, report=note)
    print_answer(present_restored(done), options.style(as_json, False))
    raise typer.Exit(3 if done.problems else 0)


@example("merge a.db b.db --into all.db")
def merge(
    databases: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="DATABASES", help="Databases to bring in; default: all shards beside the target."
        ),
    ] = None,
    into: Annotated[
        Path | None,
        typer.Option(
            "--into",
            metavar="FILE",
            help="Merge into this; default: files.database.",
        ),
    ] = None,
    prefer: Annotated[
        Path | None,
        typer.Option("--prefer", metavar="DATABASE", help="Which one is right where databases disagree."),
    ] = None,
    mixed: Annotated[
        bool, typer.Option("--mixed", help="Also databases made with other settings, rulebooks or versions.")
    ] = False,
    anyway: Annotated[
        bool, typer.Option("--anyway", help="Also databases whose check finds problems.")
    ] = False,
    who: options.Who = None,
    config: options.Config = None,
    as_json: options.AsJson = False,
) -> None:
    """Bring databases of several machines into one, with every decision; exits with 17 where they disagree."""
    from speechcx import batch
    from speechcx.present.keeping import present_merged
    from speechcx.store.decisions.audit import read_who

    target = options.database(options.load(config, None), into)
    sources = tuple(databases or batch.find_shard_databases(target))
    wanted = batch.MergeOptions(prefer, mixed, anyway)
    done = batch.merge(target, sources, who=read_who(who), options=wanted, report=note)
    style = options.style(as_json, False)
    print_answer(present_merged(done), style)
    if done.disagreements and style == "table":
        _say_disagreements(len(done.disagreements))
    raise typer.Exit(done.exit_code)


def _say_disagreements(count: int) -> None:
    note(
        f"speechcx: the databases disagree in {count} case{'s' * (count > 1)}; nothing was merged"
        "\n  Expected: one form of each call, flag and review"
        "\n  To do: look at both (speechcx show CALL --db DATABASE), then name the one that holds: --prefer DATABASE"
    )
