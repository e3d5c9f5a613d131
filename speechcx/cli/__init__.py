"""The command line: reads arguments, calls one library function, shows the result.

Commands are grouped in files by the person who types them: ``run`` and ``layouts`` (operator), ``explore``
(supervisor and reviewer), ``operations`` and ``import_facts`` (operations managers), ``search`` (people searching
for words), ``flags`` and ``data_requests`` (compliance reviewer), ``rulebooks`` and ``relabel`` (quality lead),
``admin``, ``models`` and ``keep`` (administrator). ``output`` is the only place that prints, through ``streams``.
Errors become words and exit codes here and nowhere else. To add a command, write it in the file of
the person who types it; heavy imports stay inside the function.
"""

from __future__ import annotations

import os
import sys

import typer

from speechcx.cli import streams
from speechcx.cli.admin import register as register_admin
from speechcx.cli.audit import register as register_audit
from speechcx.cli.command_choice import CommandGroup, narrow
from speechcx.cli.command_examples import add_examples
from speechcx.cli.data_requests import register as register_data_requests
from speechcx.cli.demo import register as register_demo
from speechcx.cli.explore import register as register_explore
from speechcx.cli.flags import register as register_flags
from speechcx.cli.import_facts import register as register_imports
from speechcx.cli.init import register as register_init
from speechcx.cli.keep import register as register_keep
from speechcx.cli.layouts import register as register_layouts
from speechcx.cli.models import register as register_models
from speechcx.cli.operations import register as register_operations
from speechcx.cli.output import Display, note, show_as
from speechcx.cli.qa import register as register_qa
from speechcx.cli.relabel import register as register_relabel
from speechcx.cli.report import register as register_report
from speechcx.cli.review import register as register_review
from speechcx.cli.rulebooks import register as register_rulebooks
from speechcx.cli.run import register as register_run
from speechcx.cli.search import register as register_search
from speechcx.cli.serve import register as register_serve
from speechcx.cli.take_out import register as register_redact
from speechcx.errors import EXIT_OK, SpeechcxError

app = typer.Typer(
    name="speechcx",
    cls=CommandGroup,
    help="Turn a folder of recorded calls into scored calls, on this machine and without a network.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        from speechcx import __version__

        typer.echo(f"speechcx {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    context: typer.Context,
    version: bool = typer.Option(
        False, "--version", callback=_print_version, is_eager=True, help="Print the version and stop."
    ),
) -> None:
    """Turn a folder of recorded calls into scored calls, on this machine and without a network."""
    # For commands that type others, since only one was built.
    context.obj = app


for register in (
    register_demo,
    register_init,
    register_run,
    register_layouts,
    register_explore,
    register_report,
    register_serve,
    register_operations,
    register_imports,
    register_search,
    register_flags,
    register_audit,
    register_data_requests,
    register_redact,
    register_review,
    register_qa,
    register_rulebooks,
    register_relabel,
    register_keep,
    register_admin,
    register_models,
):
    register(app)
for group in app.registered_groups:
    group.cls = CommandGroup
add_examples(app)


def main() -> None:
    """Entry point: runs a command and turns every error into words and an exit code."""
    streams.take_over()
    code = _run()
    lost = streams.lost_output()
    if lost is not None and code == EXIT_OK:
        note(f"speechcx: {lost}")
        code = lost.exit_code
    sys.exit(code)


def _run() -> int:
    """Run the command that was typed; returns its exit code."""
    show_as(Display())
    try:
        narrow(app, sys.argv[1:])()
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader of our output went away (`| head`): nothing is wrong, and nothing more can be said.
        return EXIT_OK
    except Exception as error:
        told = error if isinstance(error, SpeechcxError) else _explain(error)
        if told is not None:
            note(f"speechcx: {told}")
            return told.exit_code
        if os.environ.get("SPEECHCX_DEBUG"):
            raise
        note(
            f"speechcx: unexpected {type(error).__name__}: {error}\n  To do: set SPEECHCX_DEBUG=1 and report it"
        )
        return 1
    return EXIT_OK


def _explain(error: Exception) -> SpeechcxError | None:
    """An error of the disk, told by what is in the way; None for a fault of our own."""
    if isinstance(error, OSError):
        from speechcx.store.trouble import explain_file

        return explain_file(error)
    if type(error).__module__ == "sqlite3":
        from pathlib import Path

        from speechcx.store.trouble import explain

        # Raised where no ``with`` block of a store was left, so that its path is not known here.
        return explain(error, Path("the database"), writing=False)
    return None
