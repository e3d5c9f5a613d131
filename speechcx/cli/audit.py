"""The command that shows and checks the trail of what people decided, exported and erased."""

from __future__ import annotations

from typing import Annotated

import typer

from speechcx.cli import options
from speechcx.cli.output import SCHEMA_VERSION, Column, note, print_json, print_rows, print_text

_AUDIT_COLUMNS = (
    Column("audit_id", "no"),
    Column("at", "when"),
    Column("who", "who"),
    Column("action", "what"),
    Column("call_id", "call"),
    Column("rule", "rule"),
    Column("detail", "detail"),
)


def register(app: typer.Typer) -> None:
    """Add this command to the app."""
    app.command(rich_help_panel="Compliance")(audit)


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
    from speechcx.ask.compliance.audit_trail import check_trail, list_trail

    where = options.database(options.load(config, None), db)
    style = options.style(as_json, as_csv)
    if verify:
        verdict = check_trail(where)
        if style == "json":
            print_json({"schema_version": SCHEMA_VERSION, "kind": "audit-check", **options.row(verdict)})
        elif not verdict.problems:
            print_text(f"{verdict.rows} rows, all as they were written. Last digest: {verdict.digest}")
            print_text(
                f"Decision chain: {verdict.chain_entries} entries, the last with digest {verdict.chain_digest}"
            )
        else:
            for problem in verdict.problems:
                print_text(f"{problem[:1].upper()}{problem[1:]}.")
            note(
                "Something else than speechcx wrote to these rows."
                " Compare with a backup: speechcx audit --verify --db COPY"
            )
        raise typer.Exit(1 if verdict.problems else 0)
    found = list_trail(where, call=call, action=action)
    rows = [options.row(row) for row in found[-limit:]]
    print_rows(
        "audit", rows, _AUDIT_COLUMNS, style=style, empty="Nothing was decided, exported or erased yet."
    )
    if len(rows) < len(found):
        note(f"The newest {len(rows)} of {len(found)} rows; --limit shows more.")
