"""The command ``demo``: from nothing to five scored calls, in a folder of its own."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from speechcx.cli.command_examples import example
from speechcx.cli.output import note, print_text

if TYPE_CHECKING:
    from speechcx.config import LoadedSettings

_SHOWN = "james.carter_C1042_2026-03-06T09-02-47.mp3"
"""The call that is explained: no recording notice, a legal threat, a second call about the same card."""


def register(app: typer.Typer) -> None:
    """Add this command to the app."""
    app.command(rich_help_panel="Operator")(demo)


@example("demo")
def demo(
    folder: Annotated[Path, typer.Argument(help="A new folder for the demonstration.")] = Path(
        "speechcx-demo"
    ),
    model: Annotated[str | None, typer.Option(help="Recognition model; default: the smallest.")] = None,
) -> None:
    """Score five made-up calls in a folder of their own, and explain one of them."""
    from speechcx.config import load_settings
    from speechcx.demo import DEMO_CALLS, DEMO_MODEL, start_demo

    note(f"1 of 4  Writing {len(DEMO_CALLS)} made-up calls, a rulebook and a roster to {folder}")
    config = start_demo(folder, model=model or DEMO_MODEL)
    loaded = load_settings(config)
    _fetch_models(loaded)
    note("3 of 4  Listening to 7 minutes of calls; a minute or so on two cores")
    code = _type(config, "run")
    note("4 of 4  What came of it")
    _type(config, "agents", "--min-n", "1")
    _type(config, "show", _SHOWN, "--why")
    _say_next(folder, loaded)
    raise typer.Exit(code)


def _fetch_models(loaded: LoadedSettings) -> None:
    from speechcx.pipeline import needed_models
    from speechcx.weights import list_models
    from speechcx.weights.fetch import pull_model

    here = {name for model in list_models() if model.folder for name in (model.name, *model.aliases)}
    missing = [name for name in needed_models(loaded.settings) if name not in here]
    if not missing:
        note("2 of 4  The models are on this machine already")
        return
    note(f"2 of 4  Fetching {', '.join(missing)}: once, verified by hash")
    for name in missing:
        note(f"        {name}: {pull_model(name)}")


def _say_next(folder: Path, loaded: LoadedSettings) -> None:
    print_text("")
    print_text(f"Now yours to look at: cd {folder}, then:")
    for line in (
        "speechcx calls --flagged            # which calls were flagged, worst first",
        "speechcx flags                      # the queue of flags, with the words they rest on",
        'speechcx search "supervisor"        # who said it, when, in which call',
        "speechcx customer L2001             # one customer who had to call twice",
        "speechcx init ../my-calls           # a project for your own recordings",
        "speechcx serve                      # the pages, with the extra [web]:"
        f" http://127.0.0.1:8001/, {_make_login(loaded)}",
    ):
        print_text(line, indent=2)


def _make_login(loaded: LoadedSettings) -> str:
    """How to sign in to the pages: the first login, made here and shown once."""
    from speechcx.cli.options import database
    from speechcx.web.accounts import accounts_beside

    password = accounts_beside(database(loaded, None)).make_first()
    return "name admin, the password as before" if password is None else f"name admin, password {password}"


def _type(config: Path, *words: str) -> int:
    """A command as the reader would type it, said above what it prints; its exit code."""
    from typer.main import get_command

    from speechcx.cli import app

    note(f"$ speechcx {' '.join(words)}")
    sys.stdout.flush()
    # Without standalone mode an exit code comes back as the result, and None for a plain end.
    done = get_command(app).main(
        [*words, "--config", str(config)], standalone_mode=False, prog_name="speechcx"
    )
    return done if isinstance(done, int) else 0
