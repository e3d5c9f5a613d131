"""One flag on the screen: what was found, the words around it, the rule as written, what people decided."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from speechcx.cli.output import clean, clock, print_text, start_text

if TYPE_CHECKING:
    from speechcx.ask.compliance.flag_counts import Precision
    from speechcx.ask.compliance.one_flag import Evidence, FlagView, SaidTurn
    from speechcx.store.decisions.audit import AuditRow

_STANDINGS = {
    "changed": "The evidence is not the one that was decided about: look again.",
    "gone": "The call is no longer flagged for this; the decision is kept.",
}


def _line(text: str, *, indent: int = 0) -> None:
    """One line; whatever people or calls put into it, no control character comes out."""
    print_text(clean(text), indent=indent)


def say_precision(found: Precision | None) -> str | None:
    """How often a rule was right, with its interval and n; None where nobody looked."""
    if found is None or found.share is None or found.interval is None:
        return None
    low, high = found.interval
    return f"{100 * found.share:.0f} % ({100 * low:.0f}-{100 * high:.0f} %), n={found.confirmed + found.dismissed}"


def print_flag(found: FlagView) -> None:
    """Print one flag in full."""
    flag = found.flag
    _line(f"{flag.flag}  {flag.severity or ''} {flag.kind or ''}".rstrip())
    _line(f"{flag.title or flag.rule}: {flag.result.replace('_', ' ')}. {flag.why}", indent=2)
    who = f"agent {flag.agent or 'unknown'}, customer {flag.customer or 'unknown'}"
    where = ", ".join(part for part in (flag.team, flag.center, flag.queue) if part)
    when = start_text(flag.started)
    _line(f"{when}  {who}{f', {where}' if where else ''}", indent=2)
    for path in found.paths:
        _line(f"recording {path}", indent=2)
    for evidence in found.evidence:
        _print_evidence(evidence)
    if not found.evidence and flag.standing != "gone":
        _line(
            "No words to point at: it rests on what was not said, or on a measure. The call begins:", indent=2
        )
        _print_turns(found.opening)
    _print_rule(found)
    _print_state(found)


def _print_evidence(evidence: Evidence) -> None:
    kind = "Nearest" if evidence.is_nearest else "Hit" if evidence.result == "present" else "Evidence"
    at = "" if evidence.start_s is None else f" at {clock(evidence.start_s)} to {clock(evidence.end_s)}"
    offset = "" if evidence.start_s is None else f" ({evidence.start_s:.2f} s into the recording)"
    words = f' "{evidence.quote}"' if evidence.quote else ""
    _line(f"{kind}{at}{offset}, {evidence.party or 'no party'}:{words} ({evidence.why})", indent=2)
    _print_turns(evidence.turns)


def _print_turns(turns: tuple[SaidTurn, ...]) -> None:
    for turn in turns:
        mark = ">" if turn.is_hit else " "
        _line(f"{mark} {clock(turn.start_s):>7} {turn.party:9} {turn.text}", indent=4)


def _print_rule(found: FlagView) -> None:
    _line(f"Judged by rulebook {found.rulebook} version {found.version}, {found.digest[:16]}", indent=2)
    for line in (found.rule_text or "").splitlines():
        _line(line.lstrip(), indent=4 + len(line) - len(line.lstrip()))
    right = say_precision(found.precision)
    looked = right or "nobody confirmed or dismissed a flag of it yet"
    _line(f"Right so far: {looked}", indent=2)


def _print_state(found: FlagView) -> None:
    flag = found.flag
    parts = [flag.status, f"owner {flag.owner}" if flag.owner else "", f"due {flag.due}" if flag.due else ""]
    _line(f"Status: {', '.join(part for part in parts if part)}", indent=2)
    if flag.standing in _STANDINGS:
        _line(_STANDINGS[flag.standing], indent=2)
    for row in found.trail:
        _line(_say(row), indent=4)


def _say(row: AuditRow) -> str:
    if row.detail is None:
        return f"{row.at[:16].replace('T', ' ')} {row.who}: taken out when the call was erased"
    told = json.loads(row.detail)
    parts = [
        f"{told['was']} to {told['status']}" if told["was"] != told["status"] else f"stays {told['status']}"
    ]
    parts += [f"{name} {told[name]}" for name in ("owner", "due") if told.get(name)]
    reason = f': "{told["reason"]}"' if told.get("reason") else ""
    return f"{row.at[:16].replace('T', ' ')} {row.who}: {', '.join(parts)}{reason} [{told['rulebook']}]"
