"""Rules: how often each flags calls and how often it was right; one rule as it is written."""

from __future__ import annotations

from speechcx.ask.compliance import FlagFilter, count_flags, describe_rule
from speechcx.errors import UsageError
from speechcx.present.flags import present_flag_counts
from speechcx.present.wording import precision_text
from speechcx.web.asked import read_filters
from speechcx.web.visit import NotThere, Part, Reply, Visit


def show_rules(visit: Visit) -> Reply:
    """Every rule with flags: how far they reach, rising or falling, how often right."""
    answer = present_flag_counts(count_flags(visit.store, FlagFilter(calls=read_filters(visit), status=())))
    shown = {
        "title": "Rules", "lead": "How often each rule flags calls, and how often people said it was right.",
        "parts": [Part("", answer.blocks)], "filters": True, "data": True,
    }  # fmt: skip
    return Reply("page.html", shown, answer)


def show_rule(visit: Visit) -> Reply:
    """One rule: its wording, its tests, how often it was right."""
    try:
        rule = describe_rule(visit.store, visit.first("rule"))
    except UsageError:
        raise NotThere from None
    calls = count_flags(visit.store, FlagFilter(calls=read_filters(visit), rule=(rule.rule,), status=()))
    answer = present_flag_counts(calls)
    shown = {"rule": rule, "right": precision_text(rule.precision), "answer": answer, "data": True}
    return Reply("rule.html", shown, answer)
