"""What the commands of whoever runs the floor print with ``--json``."""

from __future__ import annotations

from speechcx.cli.shapes import Shapes, record


def list_operate_shapes() -> dict[str, Shapes]:
    """`alerts`, `outreach`, `causes` and `topics`."""
    from speechcx.ask.operations.alerts import Alerts
    from speechcx.ask.operations.causes import Causes
    from speechcx.ask.operations.outreach import Outreach
    from speechcx.ask.operations.topics import Topics

    hint = str | None
    return {
        "alerts": record("alerts", Alerts, swapped={"Alerts.hint": hint}),
        "causes": record("causes", Causes, swapped={"Causes.hint": hint}),
        "outreach": record("outreach", Outreach, swapped={"Outreach.hint": hint}),
        "topics": record("topics", Topics, swapped={"Topics.hint": hint}),
    }
