"""The command line: reads arguments, calls one library function, shows the result.

Commands are grouped in files by the person who types them: ``run`` and ``layouts`` (operator), ``explore``
(supervisor and reviewer), ``operations`` and ``import_facts`` (operations managers), ``search`` (people searching
for words), ``flags``, ``data_requests`` and ``holds`` (compliance reviewer), ``rulebooks``, ``relabel`` (quality lead),
``admin``, ``models`` and ``keep`` (administrator). ``output`` is the only place that prints, through ``streams``.
Errors become words and exit codes here and nowhere else. To add a command, write it in the file of
the person who types it, and its name in ``COMMANDS`` of ``command_choice``; heavy imports stay inside the function.
"""

from __future__ import annotations

import os
import sys
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

import typer

from speechcx.cli import streams
from speechcx.cli.command_choice import COMMANDS, CommandGroup, find_modules, narrow
from speechcx.cli.command_examples import add_examples
from speechcx.cli.output import Display, note, show_as
from speechcx.errors import EXIT_OK, SpeechcxError

if TYPE_CHECKING:
    app: typer.Typer
    """All commands; built when it is asked for."""


def _print_version(wanted: bool) -> None:
    if wanted:
        from speechcx import __version__

        typer.echo(f"speechcx {__version__}")
        raise typer.Exit


def _options(
    version: bool = typer.Option(
        False, "--version", callback=_print_version, is_eager=True, help="Print the version and stop."
    ),
) -> None:
    """Turn a folder of recorded calls into scored calls, on this machine and without a network."""


@cache
def build_app(modules: tuple[str, ...]) -> typer.Typer:
    """The app with the commands of some modules of this folder, in their order."""
    made = typer.Typer(
        name="speechcx",
        cls=CommandGroup,
        help="Turn a folder of recorded calls into scored calls, on this machine and without a network.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    made.callback()(_options)
    for module in modules:
        import_module(f"{__name__}.{module}").register(made)
    for group in made.registered_groups:
        group.cls = CommandGroup
    add_examples(made)
    return made


def __getattr__(name: str) -> typer.Typer:
    if name == "app":
        return build_app(tuple(COMMANDS))
    raise AttributeError(f"module {__name__} has no attribute {name!r}")


def __dir__() -> list[str]:
    # The manual of commands is made of what is listed here.
    return [*globals(), "app"]


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
        words = sys.argv[1:]
        narrow(build_app(find_modules(words)), words)()
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
