"""Commands of the operator: run the night's calls, look at one file, see what failed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from speechcx.cli import options
from speechcx.cli.command_examples import example
from speechcx.cli.output import note, print_answer, print_json, print_text
from speechcx.cli.progress_view import progress_view
from speechcx.cli.streams import is_reader_gone, is_summary

if TYPE_CHECKING:
    from speechcx.batch import Redo, RunOptions, RunSummary, Shard
    from speechcx.call import Outcome
    from speechcx.cli.output import OutputFormat
    from speechcx.config import LoadedSettings

FailureKindOption = Annotated[str | None, typer.Option("--kind", help="Only this kind.")]
EachFailureOption = Annotated[bool, typer.Option("--all", help="Each failed call, not grouped by cause.")]

failures = typer.Typer(name="failures", help="Calls that could not be scored, why, and what to do.")


def register(app: typer.Typer) -> None:
    """Add these commands to the app."""
    for command in (run, analyze, status):
        app.command(rich_help_panel="Operator")(command)
    app.add_typer(failures, rich_help_panel="Operator")


@example("run --dry-run")
def run(
    paths: Annotated[
        list[str] | None, typer.Argument(help="Folders, files, globs; default: files.recordings.")
    ] = None,
    db: options.Database = None,
    model: options.ModelOption = None,
    workers: Annotated[int | None, typer.Option("--workers", min=0, help="Worker processes.")] = None,
    executor: Annotated[
        str | None, typer.Option("--executor", help="How to spread the work: processes, serial or ray.")
    ] = None,
    address: Annotated[
        str | None, typer.Option("--address", metavar="HOST:PORT", help="Head node of a Ray cluster.")
    ] = None,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="Maximum files.")] = None,
    shard: Annotated[
        str | None,
        typer.Option(
            "--shard",
            metavar="N/OF",
            help="Take this part of the recordings, into a database of its own; see `merge`.",
        ),
    ] = None,
    redo: Annotated[
        str,
        typer.Option(
            "--redo",
            help="Do again: none, failed, outdated (heard with other settings or an older speechcx) or all.",
        ),
    ] = "none",
    wait: Annotated[bool, typer.Option("--wait", help="Wait for another run to end.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", "-n", help="Only say what would be done.")] = False,
    explain: Annotated[
        Path | None,
        typer.Option("--explain", metavar="FILE", help="Show where each field of FILE comes from."),
    ] = None,
    config: options.Config = None,
    overrides: options.Overrides = None,
    as_json: options.AsJson = False,
) -> None:
    """Analyse every new recording and keep the results; stop with Ctrl-C, and the next run resumes."""
    from speechcx import batch
    from speechcx.project import load_roster, load_rulebook

    loaded = options.load(
        config, overrides, transcribe_model=model, batch_workers=workers, batch_ray_address=address,
        batch_executor=executor or ("ray" if address else None),
    )  # fmt: skip
    where = paths or [str(loaded.resolve(path)) for path in loaded.files.recordings]
    if explain is not None:
        _print_explanation(explain, where, loaded, as_json)
        return
    part = None if shard is None else batch.Shard.parse(shard)
    wanted = batch.RunOptions(
        redo=_redo(redo), limit=limit, wait=wait, roster=load_roster(loaded), shard=part
    )
    database = _own_database(options.database(loaded, db), db, part)
    if dry_run:
        _print_plan(database, where, loaded, wanted, as_json=as_json)
        return
    is_new = not database.exists()
    with progress_view() as report:
        summary = batch.run(
            database, where, loaded.settings, load_rulebook(loaded), options=wanted, report=report
        )
    is_summary()
    _print_summary(summary, as_json)
    if is_new and loaded.config is None and summary.run_id is not None:
        note(f"There is no speechcx.toml here: the usual settings were used. The results are in {database}.")
    if loaded.files.report:
        _write_report(options.database(loaded, db), loaded.resolve(loaded.files.report))
    raise typer.Exit(summary.exit_code)


def _print_plan(
    database: Path, where: list[str], loaded: LoadedSettings, wanted: RunOptions, *, as_json: bool
) -> None:
    """What a run would do now; nothing is written."""
    from speechcx.batch import plan_run
    from speechcx.present.runs import present_dry_run

    plan = plan_run(database, where, loaded.settings, options=wanted)
    shown = present_dry_run(plan, settle_s=loaded.settings.discover.settle_s)
    print_answer(shown, options.style(as_json, False))


def _own_database(database: Path, given: Path | None, shard: Shard | None) -> Path:
    """The database to write: of a shard its own, since several machines may not write one."""
    if shard is None or given is not None:
        return database
    own = shard.name_database(database)
    note(f"Shard {shard} goes into {own}")
    return own


def _redo(text: str) -> Redo:
    from typing import get_args

    from speechcx.batch import Redo

    # An older name, which nightly jobs may still give.
    asked = "outdated" if text == "changed" else text
    options.expect("--redo", asked, get_args(Redo))
    wanted: Redo = next(known for known in get_args(Redo) if known == asked)
    return wanted


def _print_explanation(file: Path, where: list[str], loaded: LoadedSettings, as_json: bool) -> None:
    from speechcx.discover import explain, read_sources
    from speechcx.present.runs import present_fields

    settings = loaded.settings.discover
    found = explain(str(file), read_sources([*where, str(file)], settings), settings)
    print_answer(present_fields(found), options.style(as_json, False))


def _write_report(database: Path, out: Path) -> None:
    """The morning report after a run; where it cannot be written, the run's work and exit code stand all the same."""
    from speechcx.cli.report import write_report
    from speechcx.errors import SpeechcxError

    try:
        write_report(database, None, out)
    except (SpeechcxError, OSError) as error:
        note(f"The report was not written: {error}")


def _print_summary(summary: RunSummary, as_json: bool) -> None:
    from speechcx.present.runs import present_run

    print_answer(present_run(summary), options.style(as_json, False))
    if summary.stopped_by:
        note(f"speechcx: stopped early: {summary.stopped_by}")


@example("analyze call.wav --channels agent,customer")
def analyze(
    files: Annotated[list[Path], typer.Argument(help="Recordings.")],
    channels: options.Channels = None,
    model: options.ModelOption = None,
    config: options.Config = None,
    overrides: options.Overrides = None,
    as_json: options.AsJson = False,
    why: Annotated[bool, typer.Option("--why", help="Show every answer with its evidence.")] = False,
) -> None:
    """Everything that can be measured on a recording, without a database; several give JSON lines."""
    from speechcx.batch import analyse_files
    from speechcx.project import load_rulebook

    loaded = options.load(config, overrides, transcribe_model=model, turns_channels=options.parties(channels))
    failed = 0
    for outcome in analyse_files(files, loaded.settings, load_rulebook(loaded)):
        try:
            failed += _print_outcome(outcome, as_json=as_json, lines=len(files) > 1, why=why)
        except Exception as error:  # noqa: BLE001  a call that cannot be shown costs itself only
            failed += 1
            note(f"internal: one call cannot be shown: {type(error).__name__}")
        if is_reader_gone():
            break
    raise typer.Exit(3 if failed else 0)


def _print_outcome(outcome: Outcome, *, as_json: bool, lines: bool, why: bool) -> bool:
    """Print one call or say why it failed; returns whether it failed."""
    from speechcx.call import Failure
    from speechcx.document import call_document, failure_document
    from speechcx.present.one_call import present_call

    if isinstance(outcome, Failure):
        if as_json:
            print_json(failure_document(outcome), lines=lines)
        note(f"{outcome.kind}: {outcome.path} ({outcome.stage}): {outcome.message}\n  To do: {outcome.cure}")
        return True
    if as_json:
        print_json(call_document(outcome), lines=lines)
    else:
        print_answer(present_call(outcome, why=why), "table")
    return False


@example("status")
def status(
    db: options.Database = None,
    config: options.Config = None,
    overrides: options.Overrides = None,
    as_json: options.AsJson = False,
) -> None:
    """The last run, what is done, what waits, what failed."""
    from speechcx.ask.runs import read_status
    from speechcx.batch.recordings import read_missing
    from speechcx.config import listen_digest
    from speechcx.present.runs import present_status

    loaded = options.load(config, overrides)
    where = options.database(loaded, db)
    missing = read_missing(where, [loaded.resolve(path) for path in loaded.files.recordings])
    settings = loaded.settings
    stands = read_status(where, settle_s=settings.discover.settle_s, listen_digest=listen_digest(settings))
    print_answer(present_status(stands, missing), options.style(as_json, False))


@failures.callback(invoke_without_command=True)
def list_failures(
    context: typer.Context,
    kind: FailureKindOption = None,
    each: EachFailureOption = False,
    db: options.Database = None,
    config: options.Config = None,
    wide: options.Wide = False,
    as_json: options.AsJson = False,
    as_csv: options.AsCsv = False,
) -> None:
    """Calls that could not be scored, by cause: how many, what to do, examples."""
    if context.invoked_subcommand is None:
        options.show(wide=wide)
        _print_failures(_Wanted(kind, each), options.load(config, None), db, options.style(as_json, as_csv))


@failures.command("list")
@example("failures list --kind metadata_missing")
def list_again(
    kind: FailureKindOption = None,
    each: EachFailureOption = False,
    db: options.Database = None,
    config: options.Config = None,
    wide: options.Wide = False,
    as_json: options.AsJson = False,
    as_csv: options.AsCsv = False,
) -> None:
    """Calls that could not be scored, by cause: how many, what to do, examples."""
    options.show(wide=wide)
    _print_failures(_Wanted(kind, each), options.load(config, None), db, options.style(as_json, as_csv))


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Which failures to list: of one kind or all, and whether each of them or by cause."""

    kind: str | None
    each: bool


def _print_failures(wanted: _Wanted, loaded: LoadedSettings, db: Path | None, style: OutputFormat) -> None:
    from speechcx.ask.runs import list_failures, read_left_out
    from speechcx.present.runs import present_failures

    database = options.database(loaded, db)
    left = read_left_out(database, settle_s=loaded.settings.discover.settle_s)
    found = list_failures(database, kind=wanted.kind)
    print_answer(present_failures(found, left, each=wanted.each), style)


@failures.command()
@example("failures retry --kind timeout")
def retry(
    calls: Annotated[
        list[str] | None, typer.Argument(help="Call ids, paths or file names; default: all.")
    ] = None,
    kind: Annotated[list[str] | None, typer.Option("--kind", help="Only these kinds.")] = None,
    db: options.Database = None,
    config: options.Config = None,
) -> None:
    """Have the next run retry failed calls, quarantined ones included."""
    from speechcx.ask.runs import find_failure
    from speechcx.batch import retry_failures
    from speechcx.store import Store

    with Store.open(options.database(options.load(config, None), db)) as store:
        places = (str(Path(name).resolve()) if Path(name).exists() else name for name in calls or ())
        paths = [find_failure(store, place).path for place in places]
        count = retry_failures(store, kinds=kind or (), paths=paths)
    print_text(f"{count} files will be taken again by the next run.")
