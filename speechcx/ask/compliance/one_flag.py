"""One flag in full: the words before and after each piece of evidence, the rule as written, and what was decided."""

from __future__ import annotations

from dataclasses import dataclass

from speechcx.ask.compliance.flag_counts import NOBODY_LOOKED, Precision, measure_precision
from speechcx.ask.compliance.flags import FlagRow, find_flag, read_hits
from speechcx.ask.compliance.rule_text import find_rule_text
from speechcx.ask.ground.opening import Where, reading
from speechcx.call import Party, RuleValue
from speechcx.store import Store
from speechcx.store.decisions.audit import AuditRow, read_trail

AROUND, OPENING = 2, 4
"""Turns shown before and after the turn of a hit; and at the beginning of a call without one."""


@dataclass(frozen=True, slots=True)
class QuotedTurn:
    """What somebody said: the turn, who, when, the words; `is_hit` for the turn the evidence lies in."""

    no: int
    party: Party
    start_s: float
    end_s: float
    text: str
    is_hit: bool


@dataclass(frozen=True, slots=True)
class FlagEvidence:
    """A piece of evidence: the words, by whom and when; what matched; the turns around it.

    With `is_nearest` it is no evidence, but what comes nearest to what was not found.
    """

    result: RuleValue
    party: Party | None
    start_s: float | None
    end_s: float | None
    quote: str
    why: str
    is_nearest: bool
    turns: tuple[QuotedTurn, ...]


@dataclass(frozen=True, slots=True)
class FlagView:
    """A flag in full.

    Parameters
    ----------
    flag
        As in the queue.
    evidence
        Of the rule, as it found the call last.
    opening
        Where there is none: how the call begins.
    rulebook, version, digest
        The rulebook the call is judged under now.
    rule_text
        The rule as the rulebook writes it; None where its text was not kept.
    precision
        How often the rule was right.
    paths
        Files that hold the recording.
    trail
        What was decided, oldest first.
    """

    flag: FlagRow
    evidence: tuple[FlagEvidence, ...]
    opening: tuple[QuotedTurn, ...]
    rulebook: str
    version: str
    digest: str
    rule_text: str | None
    precision: Precision
    paths: tuple[str, ...]
    trail: tuple[AuditRow, ...]


def show_flag(where: Where, name: str) -> FlagView:
    """The flag of a name, in full; errors as :func:`speechcx.ask.compliance.flags.find_flag`."""
    with reading(where) as store:
        flag = find_flag(store, name)
        call_no, rulebook, version, digest, source = store.db.execute(
            "SELECT c.call_no, b.name, b.version, b.digest, b.source FROM calls c"
            " JOIN rulebooks b ON b.rulebook_no = c.rulebook_no WHERE c.call_id = ?",
            (flag.call_id,),
        ).fetchone()
        evidence = _read_evidence(store, call_no, flag)
        return FlagView(
            flag=flag,
            evidence=evidence,
            opening=() if evidence else _read_turns(store, call_no, 0, OPENING - 1),
            rulebook=rulebook,
            version=version,
            digest=digest,
            rule_text=find_rule_text(source, flag.rule),
            precision=measure_precision(store).get(flag.rule, NOBODY_LOOKED),
            paths=store.ledger.find_paths(flag.call_id),
            trail=read_trail(store, call_id=flag.call_id, rule=flag.rule, action="flag"),
        )


def _read_evidence(store: Store, call_no: int, flag: FlagRow) -> tuple[FlagEvidence, ...]:
    row = store.db.execute(
        "SELECT rule_no FROM flags_found WHERE call_no = ? AND rule = ?", (call_no, flag.rule)
    ).fetchone()
    if row is None or row[0] is None:
        return ()
    return tuple(
        FlagEvidence(
            hit.result, hit.party, hit.start_s, hit.end_s, hit.quote, hit.why, hit.is_nearest,
            _turns_around(store, call_no, hit.turn_no),
        )
        for hit in read_hits(store, call_no, row[0])
    )  # fmt: skip


def _turns_around(store: Store, call_no: int, turn_no: int | None) -> tuple[QuotedTurn, ...]:
    if turn_no is None:
        return ()
    return _read_turns(store, call_no, turn_no - AROUND, turn_no + AROUND, hit=turn_no)


def _read_turns(
    store: Store, call_no: int, first: int, last: int, *, hit: int | None = None
) -> tuple[QuotedTurn, ...]:
    rows = store.db.execute(
        "SELECT no, party, start_s, end_s, text FROM turns WHERE call_no = ? AND no BETWEEN ? AND ? ORDER BY no",
        (call_no, first, last),
    )
    return tuple(QuotedTurn(no, party, start, end, text, no == hit) for no, party, start, end, text in rows)
