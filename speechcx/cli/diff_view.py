"""What ``rules diff`` prints: what another rulebook would change on stored calls."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from speechcx.cli.output import Format, note, print_json, print_rows, print_text
from speechcx.present.rulebooks import BookName, RulebookDiff
from speechcx.present.table import Column

if TYPE_CHECKING:
    from speechcx.ask.people import Move
    from speechcx.batch import CompareOne, Comparison, RuleFlips
    from speechcx.rules import Rulebooks

_FLIP_COLUMNS = (
    Column("call_id", "call"),
    Column("rule", "rule"),
    Column("before", "before"),
    Column("after", "after"),
    Column("flagged_before", "flagged"),
    Column("flagged_after", "then"),
    Column("why", "why"),
)
_RULE_COLUMNS = (
    Column("rule", "rule"),
    Column("calls", "calls"),
    Column("steps", "results"),
    Column("flags_raised", "newly flagged"),
    Column("flags_cleared", "no longer"),
)
_MOVE_COLUMNS = (
    Column("scorecard", "scorecard"),
    Column("by", "of"),
    Column("key", "name"),
    Column("n", "calls"),
    Column("score_before", "score", digits=1),
    Column("score_after", "then", digits=1),
    Column("change", "change", digits=1),
    Column("critical_before", "critical accuracy", kind="share"),
    Column("critical_after", "then", kind="share"),
    Column("flagged_before", "flagged"),
    Column("flagged_after", "then"),
)


def make_diff(ask: CompareOne, found: Comparison, moves: tuple[Move, ...], hint: str | None) -> RulebookDiff:
    """The answer of ``rules diff``."""
    return RulebookDiff(
        None if ask.old is None else _name(ask.old), _name(ask.new), len(found.standings), found.changed,
        len(found.failed), found.rules, moves, found.flips, hint,
    )  # fmt: skip


def print_diff(diff: RulebookDiff, style: Format, *, limit: int) -> None:
    """Print a comparison: JSON has all of it, CSV the results that flip, tables what moves most."""
    if style == "json":
        print_json({"schema_version": 1, "kind": "rules-diff", **asdict(diff)})
        return
    flips = [asdict(flip) for flip in diff.flips]
    if style == "csv":
        print_rows("flips", flips, _FLIP_COLUMNS, style="csv", empty="No result would be another.")
        return
    print_text(_headline(diff))
    if diff.failed:
        note(f"{diff.failed} calls could not be judged; they would keep what they have.")
    if not diff.changed:
        return
    rules = [asdict(rule) | {"steps": _steps(rule)} for rule in diff.rules]
    print_rows("rules", rules, _RULE_COLUMNS, empty="No rule's result would be another; only scores would.")
    named = {move.by for move in diff.moves if move.key is not None}
    moving = [move for move in diff.moves if move.by == "all" or (move.moves and move.by in named)]
    rows = [asdict(move) | {"key": move.key or ("" if move.by == "all" else "(unknown)")} for move in moving]
    print_rows("moves", rows[:limit], _MOVE_COLUMNS)
    print_rows("flips", flips[:limit], _FLIP_COLUMNS, empty="No result of a rule would be another.")
    for count, what in ((len(rows), "scores"), (len(flips), "results")):
        if count > limit:
            note(f"{limit} of {count} {what}; --limit shows more, --json and --csv all.")


def _name(book: Rulebooks) -> BookName:
    """Names and versions of several rulebooks stand in the order of the settings."""
    names, versions = ("; ".join(getattr(one, part) for one in book.books) for part in ("name", "version"))
    return BookName(names, versions, book.digest)


def _headline(diff: RulebookDiff) -> str:
    old = "what is stored" if diff.old is None else f"{diff.old.name} version {diff.old.version}"
    found = f"{_many(len(diff.flips), 'result')} in {_many(len(diff.rules), 'rule')}"
    return (
        f"From {old} to {diff.new.name} version {diff.new.version}: {diff.changed} of {_many(diff.calls, 'call')}"
        f" would change, {found}. Nothing was written."
    )


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' * (count != 1)}"


def _steps(rule: RuleFlips) -> str:
    shown = [
        f"{before or '(no rule)'} to {after or '(no rule)'}: {n}"
        if before != after
        else f"{before}, flag only: {n}"
        for before, after, n in rule.steps
    ]
    return ", ".join(shown).replace("cannot_tell", "cannot tell")
