"""One rule tried on stored calls before it is saved: where it holds, where it cannot tell, where it nearly holds."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

from speechcx.batch.progress import ReportProgress, say_nothing
from speechcx.batch.what_if.survey import CallChoice, read_view, survey
from speechcx.call import Failure, Hit, RuleValue
from speechcx.config import Settings
from speechcx.rules import (
    Rulebook,
    Rulebooks,
    RuleTest,
    parties_asked,
    try_on,
    type_lines,
    view_test,
    why_unknown,
)
from speechcx.store import Store


@dataclass(frozen=True, slots=True)
class TriedCall:
    """What the rule finds in one call.

    Parameters
    ----------
    call_id, file, agent, started_at
        The call; the time as it was recorded, None where it is not known.
    value, why
        The result and its reason.
    hits
        Matches with words, party and time; for an absent rule the nearest miss.
    closeness
        How near an absent rule came to being present, 0 to 1.
    doubt
        Why it could not tell, alike for calls alike; '' where it could.
    """

    call_id: str
    file: str
    agent: str | None
    started_at: str | None
    value: RuleValue
    why: str
    hits: tuple[Hit, ...]
    closeness: float
    doubt: str


@dataclass(frozen=True, slots=True)
class TryReport:
    """What a rule finds in many calls.

    Parameters
    ----------
    condition
        The rule, as it was typed or by its id.
    searched, stored
        Calls it was tried on, and calls that satisfy the filter.
    present, absent, cannot_tell
        Calls, by what it found.
    failed
        Calls that could not be judged.
    doubts
        (why it could not tell, calls) pairs, most frequent first.
    calls
        Calls in which it holds, newest first.
    unsure
        Calls in which it cannot tell, newest first.
    misses
        Calls in which it nearly holds, the nearest first.
    hint
        Where it holds nowhere: what would widen it.
    """

    condition: str
    searched: int
    stored: int
    present: int
    absent: int
    cannot_tell: int
    failed: int
    doubts: tuple[tuple[str, int], ...]
    calls: tuple[TriedCall, ...]
    unsure: tuple[TriedCall, ...]
    misses: tuple[TriedCall, ...]
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class TryOne:
    """A rule, to be asked of stored calls; of rulebooks of several languages, the rule of that id in each."""

    rulebook: Rulebooks
    rule: str
    settings: Settings

    def __call__(self, store: Store, call_id: str) -> TriedCall:
        """What it finds in one."""
        conversation, facts = read_view(store, call_id)
        trial = try_on(self.rulebook.for_language(facts.language), self.rule, facts)
        result, details = trial.result, conversation.recording.details
        return TriedCall(
            call_id, conversation.recording.path, details.agent,
            details.started, result.value, result.why, result.hits,
            trial.closeness, why_unknown(result) if result.value == "cannot_tell" else "",
        )  # fmt: skip


def try_on_calls(
    chosen: CallChoice, ask: TryOne, *, limit: int, report: ReportProgress = say_nothing
) -> TryReport:
    """Try a rule on stored calls; nothing is written.

    Parameters
    ----------
    chosen
        Which calls.
    ask
        The rule.
    limit
        At most this many calls of each kind are listed; all are counted.
    report
        Called for each call.
    """
    counts: Counter[str] = Counter()
    doubts: Counter[str] = Counter()
    kept: list[TriedCall] = []
    for _, tried in survey(chosen, ask, ask.settings, report=report):
        counts["failed" if isinstance(tried, Failure) else tried.value] += 1
        if isinstance(tried, Failure):
            continue
        doubts.update([tried.doubt] if tried.value == "cannot_tell" else [])
        if tried.value != "absent" or tried.hits:
            kept.append(tried)
    places = {call_id: place for place, call_id in enumerate(chosen.call_ids)}
    kept.sort(key=lambda tried: -places[tried.call_id])
    near = sorted((tried for tried in kept if tried.value == "absent"), key=lambda tried: -tried.closeness)
    calls, unsure = (
        [tried for tried in kept if tried.value == value] for value in ("present", "cannot_tell")
    )
    title = ask.rulebook.books[0].rule(ask.rule).title
    found = TryReport(
        title, len(chosen.call_ids), chosen.stored, counts["present"], counts["absent"],
        counts["cannot_tell"], counts["failed"], tuple(doubts.most_common()), tuple(calls[:limit]),
        tuple(unsure[:limit]), tuple(near[:limit]),
    )  # fmt: skip
    return replace(found, hint=chosen.hint or _hint(found, len(near)))


def try_on_text(rulebook: Rulebook, rule: str, text: str) -> TryReport:
    """One rule tried on typed talk, a line for each turn."""
    lines = type_lines(text, parties_asked(rulebook, rule))
    trial = try_on(rulebook, rule, view_test(RuleTest(rule, "present", lines)))
    result = trial.result
    doubt = why_unknown(result) if result.value == "cannot_tell" else ""
    tried = TriedCall("", "", None, None, result.value, result.why, result.hits, trial.closeness, doubt)
    calls, unsure, misses = (
        (tried,) if result.value == value else () for value in ("present", "cannot_tell", "absent")
    )
    return TryReport(
        rulebook.rule(rule).title, 1, 1, len(calls), len(misses), len(unsure), 0, ((doubt, 1),) if doubt else (),
        calls, unsure, misses,
    )  # fmt: skip


def _hint(report: TryReport, near: int) -> str | None:
    """What would widen a rule that holds nowhere."""
    if report.present or not report.searched:
        return None
    parts = []
    if near:
        many = f"{near} calls come" if near > 1 else "1 call comes"
        parts.append(f"{many} near: leave words out, or let more stand between (NEAR/8, *2).")
    else:
        parts.append("Nothing comes near: try one word of it alone, another form (cancel*), or ~sound.")
    if report.cannot_tell:
        parts.append(f"In {report.cannot_tell} calls it cannot be told.")
    if report.searched < report.stored:
        parts.append(
            f"Only the newest {report.searched} of {report.stored} calls were searched: --newest 0 takes all."
        )
    return " ".join(parts)
