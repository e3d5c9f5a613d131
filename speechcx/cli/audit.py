"""The command that shows and checks the trail of what people decided, exported and erased."""

from __future__ import annotations

from typing import Annotated

import typer

from speechcx.cli import options
from speechcx.cli.command_examples import example
from speechcx.cli.output import print_answer


def register(app: typer.Typer) -> None:
    """Add this command to the app."""
    app.command(rich_help_panel="Compliance")(audit)


@example("audit --verify")
def audit(
    call: Annotated[str | None, typer.Option("--call", metavar="CALL", help="Only about this call.")] = None,
    action: Annotated[
        str | None,
        typer.Option(
            "--action", metavar="ACTION", help="Only this action: flag, view, export, erase, hold, ..."
        ),
    ] = None,
    verify: Annotated[
        bool, typer.Option("--verify", help="Compute every digest again; exits with 1 where one is wrong.")
    ] = False,
    certificate: Annotated[
        int | None,
        typer.Option("--certificate", metavar="NUMBER", help="A certificate of erasure, to show to others."),
    ] = None,
    limit: options.Limit = 200,
    db: options.Database = None,
    config: options.Config = None,
    as_json: options.AsJson = False,
    as_csv: options.AsCsv = False,
) -> None:
    """The audit trail: what people decided, exported and erased; rows are added, never changed."""
    from speechcx.ask.compliance import check_trail, count_trail, list_trail
    from speechcx.present.flags import present_trail, present_trail_check

    where = options.database(options.load(config, None), db)
    style = options.style(as_json, as_csv)
    if certificate is not None:
        from speechcx.ask.compliance import find_certificate
        from speechcx.present.keeping import present_certificate

        print_answer(present_certificate(find_certificate(where, certificate)), style)
        return
    if verify:
        verdict = check_trail(where)
        print_answer(present_trail_check(verdict), style)
        raise typer.Exit(1 if verdict.problems else 0)
    rows = list_trail(where, call=call, action=action, limit=limit)
    print_answer(present_trail(rows, total=count_trail(where, call=call, action=action)), style)
