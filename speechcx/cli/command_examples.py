"""An example for each command; its help begins with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from typer.core import TyperCommand

if TYPE_CHECKING:
    import typer

EXAMPLES = {
    "agent": "agent carter --period 2026-03",
    "agents": "agents --period 2026-W10 --team cards",
    "alerts": "alerts --day 2026-03-02",
    "analyze": "analyze call.wav --channels agent,customer",
    "audit": "audit --verify",
    "backup": "backup /backup/calls.db --replace",
    "bench": "bench --seconds 60 --write",
    "callbacks": "callbacks --period 2026-03",
    "calls": "calls --flagged --agent carter",
    "causes": "causes flagged --by queue",
    "centers": "centers --period 2026-Q1",
    "check": "check --recordings",
    "compact": "compact",
    "customer": "customer C1042",
    "demo": "demo",
    "doctor": "doctor",
    "drivers": "drivers --since 2026-03-01 --sort change",
    "erase": "erase C1042.wav --reason 'asked by letter of 2 March'",
    "export": "export 66ea3428 --to evidence --with-audio",
    "failures list": "failures list --kind metadata_missing",
    "failures retry": "failures retry --kind timeout",
    "flags set": "flags set 66ea3428:greeting --status dismissed --reason 'said before the recording'",
    "flags show": "flags show 66ea3428:greeting",
    "hold list": "hold list",
    "hold release": "hold release case-17 --reason 'settled'",
    "hold set": "hold set case-17 --customer C1042 --reason 'claim of 2 March'",
    "init": "init --recordings /var/spool/monitor --zone Europe/London",
    "layouts list": "layouts list",
    "layouts try": "layouts try recordings",
    "merge": "merge a.db b.db --into all.db",
    "models list": "models list",
    "models pull": "models pull small",
    "outcomes": "outcomes --by agent",
    "outreach": "outreach negative-end",
    "rejudge": "rejudge --since 2026-03-01",
    "relabel": "relabel 66ea3428 --swap",
    "report": "report --out morning.html",
    "restore": "restore /backup/calls.db",
    "retention apply": "retention apply",
    "retention plan": "retention plan",
    "rules lint": "rules lint",
    "rules starters": "rules starters",
    "rules try": "rules try 'cancel* NEAR/5 account'",
    "run": "run --dry-run",
    "search": "search supervisor --agent carter",
    "searches": "searches",
    "show": "show 66ea3428",
    "status": "status",
    "teams": "teams --against 2026-02",
    "topics": "topics --period 2026-03",
    "trends": "trends --by team --since 2026-01-01",
}
"""What to type after ``speechcx``, by the words of the command."""


class ExampleCommand(TyperCommand):
    """A command whose help begins with an example."""

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        """Write the example above the usage line."""
        words: list[str] = []
        parent = ctx
        while parent.parent is not None:
            words.insert(0, parent.info_name or "")
            parent = parent.parent
        example = EXAMPLES.get(" ".join(words))
        if example is not None:
            formatter.write(f"Example: speechcx {example}\n\n")
        super().format_usage(ctx, formatter)


def add_examples(app: typer.Typer) -> None:
    """Let the help of every command of an app begin with its example."""
    for command in app.registered_commands:
        command.cls = ExampleCommand
    for group in app.registered_groups:
        if group.typer_instance is not None:
            add_examples(group.typer_instance)
