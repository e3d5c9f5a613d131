"""The commands ``serve`` and ``users``: the pages, and who may sign in to them."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from speechcx.cli import options
from speechcx.cli.command_examples import example
from speechcx.cli.output import note, print_answer

if TYPE_CHECKING:
    from speechcx.web.accounts import Accounts

_PANEL = "Supervisor and reviewer"
users = typer.Typer(no_args_is_help=True, help="Who may sign in to the pages.")

Name = Annotated[str, typer.Argument(metavar="NAME", help="Their login name.")]
FromInput = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input; default: make one.")
]


def register(app: typer.Typer) -> None:
    """Add these commands to the app."""
    app.command(rich_help_panel=_PANEL)(serve)
    app.add_typer(users, name="users", rich_help_panel="Administrator")


@example("serve --port 8001")
def serve(
    host: Annotated[
        str,
        typer.Option("--host", help="Address to listen at; any other than this machine only behind a proxy."),
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="Port to listen at.")] = 8001,
    base_url: Annotated[
        str,
        typer.Option("--base-url", metavar="/PATH/", help="The path under which a proxy shows the pages."),
    ] = "/",
    db: options.Database = None,
    config: options.Config = None,
) -> None:
    """Show calls, scores, flags and reviews as pages in the browser, to people who sign in.

    Ctrl-C stops it. The first start makes a login and prints it once; `speechcx users add` makes others.
    """
    from speechcx.web.site import make_site
    from speechcx.web.site import serve as serve_site

    loaded = options.load(config, None)
    settings = loaded.settings
    site = make_site(
        options.database(loaded, db), base_url=base_url, redacted_kinds=settings.redact.wanted,
        retention=settings.retention,
    )  # fmt: skip
    serve_site(site, host=host, port=port, announce=_announce)


def _announce(lines: Sequence[str]) -> None:
    for line in lines:
        note(line)


@users.command("add")
@example("users add kim --role qa")
def add(
    name: Name,
    role: Annotated[str, typer.Option("--role", help="agent, supervisor, qa, compliance or admin.")],
    agent: Annotated[
        list[str] | None, typer.Option("--agent", metavar="ID", help="Whose calls an agent sees.")
    ] = None,
    team: Annotated[
        list[str] | None,
        typer.Option("--team", metavar="TEAM", help="Whose calls a supervisor sees; may be repeated."),
    ] = None,
    password_stdin: FromInput = False,
    db: options.Database = None,
    config: options.Config = None,
) -> None:
    """Let somebody sign in; prints their first password, which they can change on their page."""
    password = _read_password(password_stdin)
    accounts = _accounts(db, config)
    made = accounts.add(name, role, password, agents=tuple(agent or ()), teams=tuple(team or ()))
    _warn_of_unknown(db, config, made.agents, made.teams)
    note(f"{made.name} may sign in as {made.role}." + ("" if password_stdin else f" Password: {password}"))


@users.command("list")
@example("users list")
def list_(
    db: options.Database = None,
    config: options.Config = None,
    as_json: options.AsJson = False,
    as_csv: options.AsCsv = False,
) -> None:
    """Who may sign in, in which role, and whose calls they see."""
    from speechcx.present.accounts import present_accounts

    print_answer(present_accounts(_accounts(db, config).read()), options.style(as_json, as_csv))


@users.command("disable")
@example("users disable kim")
def disable(name: Name, db: options.Database = None, config: options.Config = None) -> None:
    """Stop somebody from signing in; sessions end at once, and what they did stays under their name."""
    _accounts(db, config).change(name, is_disabled=True)
    note(f"{name} may not sign in any more.")


@users.command("reset")
@example("users reset kim")
def reset(
    name: Name,
    password_stdin: FromInput = False,
    db: options.Database = None,
    config: options.Config = None,
) -> None:
    """Give somebody a new password, and reopen the account if it was disabled."""
    password = _read_password(password_stdin)
    _accounts(db, config).change(name, is_disabled=False, password=password)
    note(f"{name} has a new password." + ("" if password_stdin else f" Password: {password}"))


def _accounts(db: options.Database, config: options.Config) -> Accounts:
    from speechcx.web.accounts import accounts_beside

    return accounts_beside(options.database(options.load(config, None), db))


def _read_password(from_input: bool) -> str:
    from speechcx.web.accounts import make_password

    return sys.stdin.readline().rstrip("\r\n") if from_input else make_password()


def _warn_of_unknown(
    db: options.Database, config: options.Config, agents: tuple[str, ...], teams: tuple[str, ...]
) -> None:
    """Say which named agents and teams have no calls: names are compared to the letter."""
    from speechcx.ask.search import list_calls
    from speechcx.errors import SpeechcxError
    from speechcx.store import Store, VisibleCalls

    where = options.database(options.load(config, None), db)
    for kind, names in (("agent", agents), ("team", teams)):
        for name in names:
            visible = VisibleCalls(agents=(name,)) if kind == "agent" else VisibleCalls(teams=(name,))
            try:
                with Store.open_for(where, visible) as store:
                    total = list_calls(store, limit=1).total
            except SpeechcxError:
                return
            if not total:
                note(f"No stored call has the {kind} {name!r} yet; names are compared to the letter.")
