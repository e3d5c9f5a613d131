"""A list of calls on the screen, with the columns asked for."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

from speechcx.cli.output import Column, Format, length, note, print_rows

if TYPE_CHECKING:
    from speechcx.ask.search.calls import CallList

_COLUMNS = (
    Column("call_id", "call"),
    Column("started", "start", is_start=True),
    Column("agent", "agent"),
    Column("team", "team", rank=3),
    Column("customer", "customer", rank=1),
    Column("queue", "queue", rank=2),
    Column("audio_duration_s", "length"),
    Column("score", "score", digits=1),
    Column("customer_sentiment", "customer\n-5..5", digits=1),
    Column("agent_talk_share", "agent\ntalks", share=True, rank=5),
    Column("non_talk_share", "nobody\ntalks", share=True, rank=4),
    Column("flagged_rules", "flagged"),
    Column("flags", "recording", rank=6),
)
_SHARES = ("agent_talk_share", "non_talk_share")


def print_calls(found: CallList, columns: str | None, style: Format) -> None:
    """The calls; `columns` names others than the usual ones, by comma.

    Raises
    ------
    UsageError
        There is no such column; the message names the nearest.
    """
    wanted = _COLUMNS if columns is None else _read_columns(found, columns)
    rows = []
    for call in found.rows:
        row: dict[str, object] = {field.name: getattr(call, field.name) for field in fields(call)}
        if style != "json":
            row = dict(call.extras) | row
        if style == "table":
            row["audio_duration_s"] = length(call.audio_duration_s)
        rows.append(row)
    facts = {"total": found.total, "scorecard": found.scorecard}
    print_rows("calls", rows, wanted, style=style, empty=str(found.hint), facts=facts)
    if len(rows) < found.total and style != "json":
        note(f"{len(rows)} of {found.total} calls; --limit shows more.")


def _read_columns(found: CallList, columns: str) -> list[Column]:
    from speechcx.ask.ground.resolve_names import expect_one
    from speechcx.ask.search.calls import CallRow

    legal = [field.name for field in fields(CallRow)]
    legal += sorted({name for call in found.rows for name, _ in call.extras} - set(legal))
    usual = {column.key: column for column in _COLUMNS}
    wanted = []
    for name in (text.strip() for text in columns.split(",")):
        # Without calls the columns of their source are not known.
        if found.rows or name in legal:
            expect_one("show the column", name, legal)
        wanted.append(usual.get(name, Column(name, name.replace("_", " "), share=name in _SHARES)))
    return wanted
