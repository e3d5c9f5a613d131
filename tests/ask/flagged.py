"""An archive with flags of every kind, and what they are by plain Python."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from speechcx.call import Call, RuleResult
from speechcx.store import Store
from tests.factories import (
    make_answer,
    make_assessment,
    make_conversation,
    make_hit,
    make_recording,
    make_result,
    make_score,
)

SOURCE = """rulebook: northwind-bank
version: 1
rules:
  - id: notice
    title: Recording notice
    kind: compliance
    said: '"recorded line"'
    expect: present
"""


@dataclass(frozen=True)
class Rule:
    """A rule of the archive."""

    rule: str
    kind: str
    severity: str
    expect: str | None = None


RULES = (
    Rule("notice", "compliance", "critical", "present"),
    Rule("verify", "compliance", "minor", "present"),
    Rule("threat", "risk", "major"),
    Rule("greet", "behaviour", "minor", "present"),
    Rule("pay", "driver", "critical"),
    Rule("why-call", "driver", "info"),
    Rule("card.q.applies_if", "hidden", "info"),
)


def make_rule_result(rule: Rule, value: str) -> RuleResult:
    """What a rule found, flagged as the rules' room flags it."""
    unwanted = rule.expect is not None and value != rule.expect
    flagged = value != "cannot_tell" and (unwanted or (rule.kind == "risk" and value == "present"))
    hits = (make_hit(rule.rule),) if value == "present" else ()
    return make_result(
        rule.rule, title=f"Title of {rule.rule}", kind=rule.kind, severity=rule.severity, value=value,
        expect=rule.expect, flagged=flagged, why=f"{value} it is", hits=hits,
    )  # fmt: skip


def make_flagged(
    name: str | int, values: dict[str, str], *, answer: str = "yes", version: str = "1", **who: object
) -> Call:
    """A call whose rules came out so (``present`` where not said), with a critical question answered so."""
    heard = make_conversation(recording=make_recording(name, **who))
    results = tuple(
        make_rule_result(rule, values.get(rule.rule, "present" if rule.expect else "absent"))
        for rule in RULES
    )
    card = make_score(
        critical_errors=("customer",) if answer == "no" else (),
        answers=(
            make_answer("polite", critical="customer", answer=answer),
            make_answer("asked", answer="n-a", hits=(make_hit("card.q.applies_if", result="absent"),)),
        ),
    )
    return Call(heard, make_assessment(heard, results=results, scores=(card,), version=version))


def is_flag(result: RuleResult) -> bool:
    """Whether a result belongs into the queue."""
    unsure = result.value == "cannot_tell" and (result.kind == "compliance" or result.severity == "critical")
    return result.kind != "hidden" and (result.flagged or unsure)


def expected_flags(call: Call) -> set[tuple[str, str, str]]:
    """(call, rule, result) of every flag of a call."""
    call_id = call.conversation.recording.id
    found = {(call_id, r.rule, r.value) for r in call.assessment.results if is_flag(r)}
    return found | {
        (call_id, f"{score.scorecard}.{answer.question}", "no")
        for score in call.assessment.scores
        for answer in score.answers
        if answer.critical and answer.answer == "no"
    }


def make_any(rng: random.Random, name: str | int, **who: object) -> Call:
    """A call drawn at random."""
    values = {rule.rule: rng.choice(("present", "absent", "cannot_tell")) for rule in RULES}
    start = datetime(2025, 3, 1, 9, tzinfo=UTC) + timedelta(days=rng.randrange(40))
    given = {"agent": rng.choice(("ann", "bea")), "team": rng.choice(("blue", "red")), "started_at": start}
    return make_flagged(
        name, values, answer=rng.choice(("yes", "no")), version=rng.choice("12"), **(given | who)
    )


def fill_flagged(store: Store, calls: int = 40, seed: int = 3) -> list[Call]:
    """An archive of such calls."""
    rng = random.Random(seed)
    made = [make_any(rng, number) for number in range(calls)]
    for call in made:
        store.save_call(call)
    digest = make_flagged("x", {}).assessment.digest
    store.save_rulebook(digest, name="northwind-bank", version="1", source=SOURCE)
    return made
