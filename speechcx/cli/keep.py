"""Commands that keep the database: check it, copy it, put a copy back, bring several into one."""

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
    from speechcx.batch.merge import MergeReport
    from speechcx.batch.recordings import Compared
    from speechcx.store.integrity import Problem
    from speechcx.store.merging import Merged

MAX_SHOWN = 40
"""Problems shown on a screen; --json has them all."""

Who = Annotated[str | None, typer.Option("--as", metavar="NAME", help="Who does this; default: the login.")]


def register(app: typer.Typer) -> None:
    """Add these commands to the app."""
    for command in (check, backup, restore, merge):
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
        typer.Option("--prefer", metavar="DATABASE", help="Whose word holds where databases disagree."),
    ] = None,
    mixed: Annotated[
        bool, typer.Option("--mixed", help="Also databases made with other settings, rulebooks or versions.")
    ] = False,
    anyway: Annotated[
        bool, typer.Option("--anyway", help="Also databases whose check finds problems.")
    ] = False,
    who: Who = None,
    config: options.Config = None,
    as_json: options.AsJson = False,
) -> None:
    """Bring databases of several machines into one, with every decision; exits with 17 where they disagree."""
    from speechcx import batch
    from speechcx.store.decisions.audit import read_who

    target = options.database(options.load(config, None), into)
    sources = tuple(databases or batch.find_shard_databases(target))
    wanted = batch.MergeOptions(prefer, mixed, anyway)
    done = batch.merge(target, sources, who=read_who(who), options=wanted, report=note)
    if as_json:
        print_json({"schema_version": SCHEMA_VERSION, "kind": "merge", **options.row(done)})
    else:
        _print_merged(done)
    raise typer.Exit(done.exit_code)


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


def _print_merged(done: MergeReport) -> None:
    for merged in done.sources:
        print_text(f"{clean(merged.source)}: {_brought(merged)}")
        for line in merged.notes:
            print_text(clean(line), indent=2)
    if done.disagreements:
        _print_disagreements(done)
        return
    what = "brought together" if done.is_changed else "nothing was new"
    print_text(f"{clean(done.database)}: {done.calls} calls, {what}, in {done.seconds:.1f} s")
    if done.files_left:
        shards = f": shard {', '.join(done.shards_missing)} is missing" if done.shards_missing else ""
        note(
            f"{done.files_left} files are not analysed in any of them{shards}. To do: merge it too, or: speechcx run"
        )


def _brought(merged: Merged) -> str:
    counts = (
        (merged.new_calls, "new calls"), (merged.newer_calls, "calls in a later form"),
        (merged.known_calls, "calls known"), (merged.erased_calls, "calls erased"), (merged.runs, "runs"),
        (merged.flags, "decisions about flags"), (merged.plans, "review plans"), (merged.reviews, "reviews"),
        (merged.searches, "saved searches"), (merged.audit_rows, "rows of its audit trail"),
    )  # fmt: skip
    return ", ".join(f"{count} {name}" for count, name in counts if count) or "nothing"


def _print_disagreements(done: MergeReport) -> None:
    for one in done.disagreements[:MAX_SHOWN]:
        print_text(f"{one.about} {clean(one.key)}, in {clean(one.source)}: {clean(one.what)}.")
    count = len(done.disagreements)
    if count > MAX_SHOWN:
        note(f"{count - MAX_SHOWN} more: --json has all of them.")
    note(
        f"speechcx: the databases disagree in {count} case{'s' * (count > 1)}; nothing was merged"
        "\n  Expected: one form of each call, flag and review"
        "\n  To do: look at both (speechcx show CALL --db DATABASE), then name the one that holds: --prefer DATABASE"
    )
