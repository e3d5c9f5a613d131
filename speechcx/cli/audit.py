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
        typer.Option("--action", metavar="ACTION", help="Only flag, export, erase, backup or restore."),
    ] = None,
    verify: Annotated[
        bool, typer.Option("--verify", help="Compute every digest again; exits with 1 where one is wrong.")
    ] = False,
    limit: options.Limit = 200,
    db: options.Database = None,
    config: options.Config = None,
    as_json: options.AsJson = False,
    as_csv: options.AsCsv = False,
) -> None:
    """The trail of what people decided, exported and erased; rows are added and never changed."""
    from speechcx.ask.compliance import check_trail, count_trail, list_trail
    from speechcx.present.flags import present_trail, present_trail_check

    where = options.database(options.load(config, None), db)
    style = options.style(as_json, as_csv)
    if verify:
        verdict = check_trail(where)
        print_answer(present_trail_check(verdict), style)
        raise typer.Exit(1 if verdict.problems else 0)
    rows = list_trail(where, call=call, action=action, limit=limit)
    print_answer(present_trail(rows, total=count_trail(where, call=call, action=action)), style)
