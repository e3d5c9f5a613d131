"""A draft of one rule beside what is stored: which calls it would flag, and which no more, and what its tests say."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from speechcx.batch.what_if.survey import read_view
from speechcx.call import Hit, RuleValue
from speechcx.errors import SpeechcxError
from speechcx.rules import Rulebook, TestOutcome, run_rulebook_tests, try_on
from speechcx.store import Store


@dataclass(frozen=True, slots=True)
class DraftChange:
    """A call in which the draft finds something else than is stored.

    Parameters
    ----------
    call_id, agent, started_at
        The call.
    before, after
        The stored result, and that of the draft.
    flagged_before, flagged_after
        Whether the rule flags the call by each.
    why, hits
        What the draft says, with its evidence.
    """

    call_id: str
    agent: str | None
    started_at: str | None
    before: RuleValue
    after: RuleValue
    flagged_before: bool
    flagged_after: bool
    why: str
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class DraftReport:
    """What a draft of a rule would change.

    Parameters
    ----------
    judged
        Calls it was tried on.
    left_out
        Calls that another rulebook judged, that were judged without the rule, or that the time did not suffice for.
    present, absent, cannot_tell
        Judged calls by what the draft finds.
    changes
        Calls in which it finds something else, in the order of the calls.
    tests
        What the rulebook's own tests of the rule give.
    """

    judged: int
    left_out: int
    present: int
    absent: int
    cannot_tell: int
    changes: tuple[DraftChange, ...]
    tests: tuple[TestOutcome, ...]

    @property
    def flagged(self) -> int:
        """Calls that would be flagged and are not now."""
        return sum(one.flagged_after and not one.flagged_before for one in self.changes)

    @property
    def unflagged(self) -> int:
        """Calls that are flagged now and would not be; the page of a rule says so."""
        return sum(one.flagged_before and not one.flagged_after for one in self.changes)


def try_draft(
    store: Store, call_ids: Sequence[str], book: Rulebook, rule: str, *,
    limit_s: float, clock: Callable[[], float] = time.monotonic,
) -> DraftReport:  # fmt: skip
    """Judge stored calls by one rule of a rulebook that nobody uses yet; nothing is written.

    Parameters
    ----------
    store
        Holds the calls; only read.
    call_ids
        Which calls, the most telling first.
    book, rule
        The rulebook with the draft in it, and the rule's id.
    limit_s
        After so many seconds no further call is tried.
    clock
        Seconds that only go forward.

    Raises
    ------
    RulebookError
        The rulebook has no such rule.
    """
    end = clock() + limit_s
    counts: Counter[RuleValue] = Counter()
    changes = []
    tests = tuple(one for one in run_rulebook_tests(book) if one.rule == rule)
    for call_id in call_ids:
        if clock() > end:
            break
        stored = store.load_assessment(call_id)
        if stored is None or stored.rulebook != book.name:
            continue
        before = next((one for one in stored.results if one.rule == rule), None)
        if before is None:
            continue
        try:
            conversation, facts = read_view(store, call_id)
        except SpeechcxError:
            continue
        after, details = try_on(book, rule, facts).result, conversation.recording.details
        counts[after.value] += 1
        if (before.value, before.flagged) != (after.value, after.flagged):
            changes.append(
                DraftChange(
                    call_id, details.agent, details.started, before.value, after.value, before.flagged, after.flagged,
                    after.why, after.hits,
                )
            )  # fmt: skip
    judged = counts.total()
    return DraftReport(
        judged,
        len(call_ids) - judged,
        counts["present"],
        counts["absent"],
        counts["cannot_tell"],
        tuple(changes),
        tests,
    )
