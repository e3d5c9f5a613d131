"""Commands of the supervisor and the reviewer: scores, calls, one call, search."""

from __future__ import annotations

from typing import Annotated

import typer

from speechcx.cli import options


def register(app: typer.Typer) -> None:
    """Add these commands to the app."""
    app.command(rich_help_panel="Supervisor and reviewer")(show)


def show(
    call: Annotated[str, typer.Argument(help="Call id, the beginning of one, or the name of its file.")],
    why: Annotated[bool, typer.Option("--why", help="Show every answer with its evidence, and what was not measured.")] = False,
    db: options.Database = None,
    config: options.Config = None,
    as_json: options.AsJson = False,
) -> None:
    """One call: who spoke when, words and feeling, rule hits, scores and how they came about."""
    from speechcx.ask.show import find_call
    from speechcx.cli.call_view import print_call
    from speechcx.cli.output import print_json
    from speechcx.document import call_document

    found = find_call(options.database(options.load(config, None), db), call)
    if as_json:
        print_json(call_document(found))
    else:
        print_call(found, why=why)
