"""Commands about what other systems know: call records, surveys, accounts, and what can be answered from them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from speechcx.cli import options
from speechcx.cli.command_examples import example
from speechcx.cli.output import print_answer, print_raw
from speechcx.cli.question_options import Asked, asks

if TYPE_CHECKING:
    from speechcx.imports import ImportKind, ImportOptions

imports = typer.Typer(
    name="import",
    help="Bring in what other systems know: call records, surveys, accounts.",
    no_args_is_help=True,
)

_File = Annotated[Path, typer.Argument(metavar="FILE", help="The export: a CSV or workbook with headings.")]
_Mapping = Annotated[
    str,
    typer.Option("--mapping", metavar="NAME", help="A mapping file, or a preset; default: by the headings."),
]
_Suggest = Annotated[
    bool, typer.Option("--suggest", help="Print a mapping for this file, to correct and give by --mapping.")
]
_DryRun = Annotated[bool, typer.Option("--dry-run", help="Read and check the file; store nothing.")]
_Anyway = Annotated[bool, typer.Option("--anyway", help="Import the other rows even if some cannot be used.")]
_Zone = Annotated[
    str | None,
    typer.Option("--zone", metavar="ZONE", help="Zone of times without one; default: discover.zone."),
]
_Tolerance = Annotated[
    float,
    typer.Option(
        "--tolerance", min=0.0, max=3600.0, help="Seconds by which its clock and the recorder's may differ."
    ),
]
_Who = Annotated[str | None, typer.Option("--as", metavar="NAME", help="Who imports it; default: the login.")]


def register(app: typer.Typer) -> None:
    """Add these commands to the app."""
    app.add_typer(imports)
    for command in (reconcile, handling, surveys, calibrate, repeats, accounts):
        app.command()(command)


@imports.command("calls")
@example("import calls records.csv")
def import_calls(
    file: _File,
    mapping: _Mapping = "",
    suggest: _Suggest = False,
    dry_run: _DryRun = False,
    anyway: _Anyway = False,
    zone: _Zone = None,
    tolerance: _Tolerance = 30.0,
    who: _Who = None,
    db: options.Database = None,
    config: options.Config = None,
    as_json: options.AsJson = False,
) -> None:
    """Import call records of the phone system (CDR): legs are joined, and each call finds its recording."""
    from speechcx.imports import ImportOptions
    from speechcx.store.decisions.audit import read_who

    wanted = ImportOptions(mapping, zone, tolerance, anyway, dry_run, read_who(who))
    _import("calls", file, None if suggest else wanted, db=db, config=config, as_json=as_json)


@imports.command("surveys")
@example("import surveys answers.csv")
def import_surveys(
    file: _File,
    mapping: _Mapping = "",
    suggest: _Suggest = False,
    dry_run: _DryRun = False,
    anyway: _Anyway = False,
    zone: _Zone = None,
    who: _Who = None,
    db: options.Database = None,
    config: options.Config = None,
    as_json: options.AsJson = False,
) -> None:
    """Import answers to surveys (CSAT, NPS, CES); a blank one counts as an invitation without an answer."""
    from speechcx.imports import ImportOptions
    from speechcx.store.decisions.audit import read_who

    wanted = ImportOptions(mapping, zone, anyway=anyway, dry_run=dry_run, who=read_who(who))
    _import("surveys", file, None if suggest else wanted, db=db, config=config, as_json=as_json)


@imports.command("accounts")
@example("import accounts customers.xlsx")
def import_accounts(
    file: _File,
    mapping: _Mapping = "",
    suggest: _Suggest = False,
    dry_run: _DryRun = False,
    anyway: _Anyway = False,
    who: _Who = None,
    db: options.Database = None,
    config: options.Config = None,
    as_json: options.AsJson = False,
) -> None:
    """Import customers' accounts: since when, until when, kept or lost, and what they are worth."""
    from speechcx.imports import ImportOptions
    from speechcx.store.decisions.audit import read_who

    wanted = ImportOptions(mapping, anyway=anyway, dry_run=dry_run, who=read_who(who))
    _import("accounts", file, None if suggest else wanted, db=db, config=config, as_json=as_json)


def _import(
    kind: ImportKind,
    file: Path,
    wanted: ImportOptions | None,
    *,
    db: Path | None,
    config: Path | None,
    as_json: bool,
) -> None:
    """Import a file, or print a mapping for it where nothing is `wanted` yet."""
    from speechcx.imports import CommentSettings, open_export, run_import, suggest_mapping, write_mapping
    from speechcx.present.imported_facts import present_import
    from speechcx.project import load_rulebook
    from speechcx.store import Store

    if wanted is None:
        table, rows, headings = open_export(file, kind)
        print_raw(write_mapping(suggest_mapping(table, rows, kind), headings))
        return
    loaded = options.load(config, None)
    with Store.open(options.database(loaded, db), read_only=wanted.dry_run) as store:
        settings = loaded.settings
        comments = CommentSettings(lambda: load_rulebook(loaded), settings.sentiment, settings.redact)
        report = run_import(store, file, kind, settings=settings.discover, options=wanted, comments=comments)
    print_answer(present_import(report), options.style(as_json, False))
    raise typer.Exit(report.exit_code)


@asks("driver", "where", "flagged", "judged_by")
@example("reconcile --period 2026-03")
def reconcile(asked: Asked) -> None:
    """Compare call records with recordings: every gap with its reason. Exits with 3 if there is one."""
    from speechcx.ask.operations import reconcile as hold_against
    from speechcx.present.imported_facts import present_reconciliation

    found = hold_against(asked.where, asked.filters)
    print_answer(present_reconciliation(found), asked.style)
    raise typer.Exit(found.exit_code)


@asks("driver", "where", "flagged", "judged_by")
@example("handling --by day --period 2026-03")
def handling(
    asked: Asked,
    by: Annotated[
        str,
        typer.Option(
            "--by", help="agent, team, center, queue, direction, day, week, month, weekday or hour."
        ),
    ] = "agent",
    service: Annotated[
        float,
        typer.Option("--service", min=0.0, help="Service level: answered within this many seconds."),
    ] = 20.0,
    short: Annotated[
        float,
        typer.Option("--short", min=0.0, help="Calls abandoned within this many seconds are not counted."),
    ] = 5.0,
) -> None:
    """Handle time, waiting, service level, abandoned and transferred calls, by the phone system's records."""
    from speechcx.ask.operations import read_handling
    from speechcx.present.imported_facts import present_handling

    found = read_handling(asked.where, asked.filters, by=by, service_s=service, short_s=short)  # type: ignore[arg-type]
    print_answer(present_handling(found), asked.style)


@asks("driver", "where", "flagged", "judged_by")
@example("surveys --by agent")
def surveys(
    asked: Asked,
    by: Annotated[
        str, typer.Option("--by", help="all, agent, team, center, queue, day, week or month.")
    ] = "all",
    satisfied: Annotated[
        float | None,
        typer.Option("--satisfied", help="The lowest CSAT rating that counts as satisfied; default: 4 of 5."),
    ] = None,
) -> None:
    """CSAT, NPS and CES with their number of answers, response rate and 95 % interval."""
    from speechcx.ask.customers import read_satisfaction
    from speechcx.present.imported_facts import present_satisfaction

    found = read_satisfaction(asked.where, asked.filters, by=by, satisfied_from=satisfied)  # type: ignore[arg-type]
    print_answer(present_satisfaction(found), asked.style)


@asks()
@example("calibrate --survey csat")
def calibrate(
    asked: Asked,
    survey: Annotated[str, typer.Option("--survey", help="csat, nps or ces.")] = "csat",
    score: Annotated[
        str, typer.Option("--score", help="customer_sentiment or customer_sentiment_shift.")
    ] = "customer_sentiment",
    each: Annotated[bool, typer.Option("--each", help="Every call with its fitted probability.")] = False,
) -> None:
    """Does our customer score predict the survey? Curve, rank correlation, fitted probabilities (extra learn)."""
    from speechcx.ask.customers import calibrate as hold_against
    from speechcx.present.calibration_tables import present_calibration

    found = hold_against(asked.where, asked.filters, survey=survey, score=score, with_calls=each)  # type: ignore[arg-type]
    print_answer(present_calibration(found), asked.style)


@asks()
@example("repeats --by driver --period 2026-03")
def repeats(
    asked: Asked,
    by: Annotated[
        str, typer.Option("--by", help="all, agent, team, center, queue, driver, day, week or month.")
    ] = "all",
    days: Annotated[
        int, typer.Option("--days", min=1, max=90, help="Another call within this many days is a repeat.")
    ] = 7,
    words: Annotated[
        str | None, typer.Option("--words", metavar="RULE", help="A rule that finds `I called before`.")
    ] = None,
) -> None:
    """First contact resolution: who calls again, about the same thing or anything, and how long an issue takes."""
    from speechcx.ask.customers import read_repeats
    from speechcx.present.imported_facts import present_repeats

    found = read_repeats(asked.where, asked.filters, by=by, days=days, word_rule=words)  # type: ignore[arg-type]
    print_answer(present_repeats(found), asked.style)


@asks()
@example("accounts --by driver")
def accounts(
    asked: Asked,
    by: Annotated[str, typer.Option("--by", help="all, agent, team, center, queue or driver.")] = "all",
    intent: Annotated[
        options.Names,
        typer.Option(
            "--intent", metavar="RULE", help="A rule that shows an intent to cancel; may be repeated."
        ),
    ] = None,
    days: Annotated[int, typer.Option("--days", min=1, help="Days after which a customer was kept.")] = 30,
) -> None:
    """Customers kept and lost, saved after they wanted to cancel, and what they are worth, by imported accounts."""
    from speechcx.ask.customers import summarise_accounts
    from speechcx.present.imported_facts import present_account_summary

    found = summarise_accounts(asked.where, asked.filters, by=by, intents=tuple(intent or ()), days=days)  # type: ignore[arg-type]
    print_answer(present_account_summary(found), asked.style)
