"""A call as people read it: who said what when, with what the rules found beside the words; as text and as a page."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from html import escape

from speechcx.call import Call, Hit, RuleResult, Turn
from speechcx.call.quality_flags import tell_flags

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse}td,th{padding:.2rem .8rem .2rem 0;text-align:left;vertical-align:top}"
    ".t{white-space:nowrap;font-variant-numeric:tabular-nums}.flagged{background:#fff3cd}"
    ".hit{font-size:.9rem;color:#7a4b00}@media(prefers-color-scheme:dark){body{background:#111;color:#eee}"
    ".flagged{background:#4a3b00}.hit{color:#ffd27a}}"
)


def write_text(call: Call, results: Sequence[RuleResult]) -> str:
    """The call as plain text; line breaks inside of what was said become spaces."""
    lines = [*_head(call), ""]
    hits = _hits_by_turn(results)
    for turn in call.conversation.speech.turns:
        lines.append(f"{_clock(turn.span.start_s)}  {_party(call, turn)}: {plain(_words(call, turn))}")
        lines += [f"          ^ {plain(text)}" for text in hits.get(turn.no, ())]
    lines += ["", "What the rules found:"]
    lines += [f"  {plain(_say(result))}" for result in results] or ["  no rules"]
    unsure = [result for result in results if result.value == "cannot_tell"]
    lines += ["", "What could not be told:"]
    lines += [f"  {plain(result.headline)}: {plain(result.why)}" for result in unsure] or ["  nothing"]
    return "\n".join(lines) + "\n"


def write_page(call: Call, results: Sequence[RuleResult]) -> str:
    """The call as one HTML page that loads nothing and runs nothing."""
    hits = _hits_by_turn(results)
    rows = []
    for turn in call.conversation.speech.turns:
        found = "".join(f'<div class="hit">{_html(text)}</div>' for text in hits.get(turn.no, ()))
        mark = ' class="flagged"' if found else ""
        rows.append(
            f'<tr{mark}><td class="t">{_clock(turn.span.start_s)}</td><td>{_html(_party(call, turn))}</td>'
            f"<td>{_html(_words(call, turn))}{found}</td></tr>"
        )
    unsure = [f"{result.headline}: {result.why}" for result in results if result.value == "cannot_tell"]
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>Call {_html(call.conversation.recording.id)}</title><style>{_STYLE}</style></head><body>\n"
        f"<h1>Call {_html(call.conversation.recording.id)}</h1>\n"
        f"{_list(_head(call)[1:])}<h2>What was said</h2>\n"
        f"<table><tr><th>time</th><th>party</th><th>words</th></tr>\n{chr(10).join(rows)}\n</table>\n"
        f"<h2>What the rules found</h2>\n{_list([_say(result) for result in results] or ['no rules'])}"
        f"<h2>What could not be told</h2>\n{_list(unsure or ['nothing'])}</body></html>\n"
    )


def plain(text: str) -> str:
    """Text on one line, without control characters."""
    spaced = " ".join(text.split())
    kept = ("Cc", "Cf", "Cs")
    return "".join(
        "\N{REPLACEMENT CHARACTER}" if unicodedata.category(char) in kept else char for char in spaced
    )


def _head(call: Call) -> list[str]:
    heard, judged = call.conversation, call.assessment
    details = heard.recording.details
    started = details.started.replace("T", " ") if details.started else "unknown"
    return [
        f"Call {heard.recording.id}",
        f"Start: {started}",
        f"Agent: {plain(details.agent or 'unknown')}",
        f"Customer: {plain(details.customer or 'unknown')}",
        f"Length: {_clock(heard.origin.duration_s)}",
        f"Recording: SHA-256 {heard.recording.sha256}",
        f"Quality: {'; '.join(tell_flags(heard.flags).values()) or 'nothing to remark'}",
        f"Judged by: rulebook {plain(judged.rulebook)} version {plain(judged.version)}, {judged.digest}",
    ]


def _hits_by_turn(results: Sequence[RuleResult]) -> Mapping[int, list[str]]:
    """What is said beside each turn: hits, and nearest misses where it matters that nothing was found."""
    found: dict[int, list[str]] = {}
    for result in results:
        is_missed = result.flagged or result.value == "cannot_tell"
        for hit in result.hits:
            if hit.turn_no is not None and (is_missed or (hit.result == "present" and not hit.is_nearest)):
                found.setdefault(hit.turn_no, []).append(_say_hit(result, hit))
    return found


def _say_hit(result: RuleResult, hit: Hit) -> str:
    kind = "nearest miss of " if hit.is_nearest else ""
    at = f" at {_clock(hit.start_s)}" if hit.start_s is not None else ""
    return f'{kind}{result.title if hit.is_nearest else result.headline}{at}: "{hit.quote}"'


def _say(result: RuleResult) -> str:
    flagged = f", flagged {result.severity}" if result.flagged else ""
    return f"{result.headline} ({result.kind}): {result.value.replace('_', ' ')}{flagged}. {result.why}"


def _party(call: Call, turn: Turn) -> str:
    return call.assessment.reading.party_of(turn.speaker)


def _words(call: Call, turn: Turn) -> str:
    return call.conversation.utterances[turn.no].text or "(no words)"


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds, 1), 60)
    return f"{int(minutes)}:{rest:04.1f}"


def _html(text: str) -> str:
    return escape(plain(text), quote=True)


def _list(lines: Sequence[str]) -> str:
    return f"<ul>{''.join(f'<li>{_html(line)}</li>' for line in lines)}</ul>\n"
