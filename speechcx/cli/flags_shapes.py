"""The shapes of what the compliance reviewer's commands print with ``--json``."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from speechcx.cli.shapes import Shapes


def list_comply_shapes() -> dict[str, Shapes]:
    """Search, flags, trail, evidence, erasing, as :func:`speechcx.cli.shapes.list_shapes` has them."""
    from speechcx.ask.compliance.export import Exported
    from speechcx.ask.compliance.flag_counts import FlagCount
    from speechcx.ask.compliance.flags import FlagRow
    from speechcx.ask.compliance.one_flag import FlagView
    from speechcx.ask.customers.callbacks import CallbackRow
    from speechcx.ask.search.saved import SavedRow
    from speechcx.ask.search.words import SearchHit
    from speechcx.batch import ErasedCalls
    from speechcx.cli.evidence import Compacted
    from speechcx.cli.find import ForgottenSearch
    from speechcx.cli.flags import ChangedFlags
    from speechcx.cli.shapes import record, rows
    from speechcx.store.decisions.audit import AuditRow, Verdict

    totals = {"total": int, "counts": dict[str, int]}
    against = {"by": str, "before": tuple[date, date] | None}
    return {
        "audit": (rows("audit", AuditRow), record("audit-check", Verdict)),
        "callbacks": rows("callbacks", CallbackRow, facts={"total": int, "left_out": dict[str, int]}),
        "compact": record("compact", Compacted),
        "erase": record("erase", ErasedCalls),
        "export": record("export", Exported),
        "flags": (
            rows("flags", FlagRow, facts=totals, time=str | None),
            rows(
                "flag-counts",
                FlagCount,
                facts=against,
                minutes=float,
                change_points=str | None,
                right=str | None,
            ),
        ),
        "flags set": record("flags-set", ChangedFlags),
        "flags show": record("flag", FlagView),
        "search": rows("turns", SearchHit, time=str | None, snippet=str),
        "searches": (rows("searches", SavedRow), record("search-forgotten", ForgottenSearch)),
    }
