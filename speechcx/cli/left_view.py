"""What a run left for later, passed over or could not use: the same words in ``run``, ``status`` and ``failures``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from speechcx.cli.output import note, print_text

MAX_SHOWN = 10
"""So many lines of tables are shown; all of them are in JSON."""


def later_text(count: int, again_at: str, example: str | None = None) -> str:
    """That files are left for later, why, and when to run again, on this machine's clock."""
    when = datetime.fromisoformat(again_at).astimezone()
    files = "1 file is" if count == 1 else f"{count} files are"
    named = f" (the last {example})" if example else ""
    return (
        f"{files} left for later: still being written{named}. Run again after {when:%Y-%m-%d %H:%M:%S %Z}, or set"
        " discover.settle_s."
    )


def others_text(reasons: Iterable[tuple[str, int]]) -> str:
    """Counts of files that are not recordings; empty where there are none besides those in use."""
    from speechcx.discover import OTHER_REASONS, USED_REASONS

    left = [(reason, count) for reason, count in reasons if reason not in USED_REASONS]
    if not left:
        return ""
    parts = (f"{count} {OTHER_REASONS.get(reason, reason)}" for reason, count in left)
    return f"Not taken: {'; '.join(parts)}."


def print_warnings(warnings: Sequence[str], *, on_stdout: bool = False) -> None:
    """Lines of tables that were not used, the first of them in full."""
    if not warnings:
        return
    show = print_text if on_stdout else note
    lines = (
        "1 line of a table was not used"
        if len(warnings) == 1
        else f"{len(warnings)} lines of tables were not used"
    )
    show(f"{lines}:")
    for warning in warnings[:MAX_SHOWN]:
        show(f"  {warning}")
    if len(warnings) > MAX_SHOWN:
        show(f"  and {len(warnings) - MAX_SHOWN} more: speechcx failures --json lists all of them")
