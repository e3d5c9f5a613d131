"""The command ``report``: the morning report as one HTML page or a workbook."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from speechcx.cli.command_examples import example
from speechcx.cli.output import note
from speechcx.cli.question_options import Asked, asks

if TYPE_CHECKING:
    from speechcx.store import CallFilter


def register(app: typer.Typer) -> None:
    """Add this command to the app."""
    app.command(rich_help_panel="Supervisor and reviewer")(report)


@asks("as_json", "as_csv")
@example("report --out morning.html")
def report(
    asked: Asked,
    out: Annotated[
        Path,
        typer.Option(
            "--out", metavar="FILE", help="A .html page or an .xlsx workbook; replaced if it is there."
        ),
    ] = Path("morning.html"),
    title: Annotated[str, typer.Option("--title", help="Heading of the report.")] = "",
) -> None:
    """Write the morning report: headline numbers, failures, alerts, flags, teams, agents, drivers, trends.

    Without a period: the newest seven days on which there are calls.
    """
    write_report(asked.where, asked.filters, out, title=title)


def write_report(where: Path, filters: CallFilter | None, out: Path, *, title: str = "") -> None:
    """Write a report into a file, and say so; ``run`` ends with it where ``files.report`` names one.

    Raises
    ------
    UsageError
        The file is neither a page nor a workbook by its name.
    """
    from datetime import datetime

    from speechcx.errors import UsageError
    from speechcx.private_files import write_private
    from speechcx.report import make_report, write_page, write_workbook

    kind = out.suffix.lower()
    if kind not in (".html", ".htm", ".xlsx"):
        raise UsageError(f"the report {out}", "a name that ends in .html or .xlsx", "rename it")
    found = make_report(where, filters, now=datetime.now().astimezone(), title=title)
    data = write_workbook(found) if kind == ".xlsx" else write_page(found).encode()
    write_private(out, data)
    note(f"Written: {out} ({found.period}, {len(data) / 1e3:.0f} kB)")
