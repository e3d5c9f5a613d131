"""What is looked for besides the words, and what is found: filters, hits and pages of a search."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from speechcx.ask.ground.empty_answer_hints import Hint
from speechcx.ask.ground.resolve_names import settle_names, settle_rule
from speechcx.ask.ground.typed_words import Words
from speechcx.ask.search.snippets import SnippetPiece
from speechcx.call import Party, RuleValue, SentimentLabel
from speechcx.store import CallFilter, Store
from speechcx.store.paths import plain_text


@dataclass(frozen=True, slots=True)
class SearchFilter:
    """Where to look besides the words; every field that is given must fit.

    Parameters
    ----------
    calls
        Which calls.
    party
        Who speaks.
    sentiment_at_most, sentiment_at_least
        Bounds on the turn's sentiment, -1 to 1.
    label
        The turn's feeling: negative, neutral, positive or mixed.
    rule, result
        A rule by id and its result in the call; `rule` alone asks for ``present``. ``cannot_tell`` alone asks
        for calls in which any rule could not tell; another result needs its rule.
    min_silence_s
        The call has a silence at least so long.
    near
        The words stand within this many words of each other.
    stored_after
        Only calls stored after this moment, UTC: what is new since.
    """

    calls: CallFilter = field(default_factory=CallFilter)
    party: Party | None = None
    sentiment_at_most: float | None = None
    sentiment_at_least: float | None = None
    label: SentimentLabel | None = None
    rule: str | None = None
    result: RuleValue | None = None
    min_silence_s: float | None = None
    near: int | None = None
    stored_after: str | None = None

    def __post_init__(self) -> None:
        if self.near is not None and not 0 <= self.near <= 1000:
            raise ValueError(f"near must be 0 to 1000 words, got {self.near}")
        if self.result not in (None, "cannot_tell") and self.rule is None:
            raise ValueError(f"a result ({self.result}) needs the rule whose result it is")

    @property
    def is_about_turns(self) -> bool:
        """Whether a match must be looked at before it is known to fit."""
        asked = (self.party, self.sentiment_at_most, self.sentiment_at_least, self.label)
        return any(value is not None for value in asked)

    @property
    def is_about_rules(self) -> bool:
        """Whether results of rules are asked for."""
        return self.rule is not None or self.result is not None

    def settle(self, store: Store) -> SearchFilter:
        """The filter with names and the rule as they are stored."""
        rule = None if self.rule is None else settle_rule(store, self.rule)
        return replace(self, calls=settle_names(store, self.calls), rule=rule)

    def call_sql(self) -> tuple[str, list[str | int | float | bytes | None]]:
        """A condition on ``calls c``, and its values."""
        calls = self.calls
        if self.rule is not None:
            rule = plain_text(self.rule)
            calls = replace(calls, results=(*calls.results, (rule, self.result or "present")))
        where, values = calls.to_sql()
        parts = [where]
        if self.rule is None and self.result is not None:
            parts.append(
                "EXISTS (SELECT 1 FROM rule_results u JOIN rules k ON k.rule_no = u.rule_no"
                " WHERE u.call_no = c.call_no AND u.is_unsure AND k.kind <> 'hidden')"
            )
        if self.min_silence_s is not None:
            parts.append("c.longest_silence_s >= ?")
            values.append(self.min_silence_s)
        if self.stored_after is not None:
            parts.append("c.stored_at > ?")
            values.append(self.stored_after)
        return " AND ".join(parts), values

    def turn_sql(self) -> tuple[str, list[str | float]]:
        """A condition on ``turn_feelings t``, and its values."""
        parts: list[str] = ["1"]
        values: list[str | float] = []
        if self.party is not None:
            parts.append("t.party = ?")
            values.append(self.party)
        if self.label is not None:
            parts.append("t.sentiment_label = ?")
            values.append(self.label)
        if self.sentiment_at_most is not None:
            parts.append("t.sentiment <= ?")
            values.append(self.sentiment_at_most)
        if self.sentiment_at_least is not None:
            parts.append("t.sentiment >= ?")
            values.append(self.sentiment_at_least)
        return " AND ".join(parts), values


@dataclass(frozen=True, slots=True)
class SearchHit:
    """One turn with the words; or, where no words were looked for, a result of a rule, or a silence.

    Parameters
    ----------
    found
        ``turn``, ``rule`` or ``silence``.
    call_id, turn_no
        Where; no turn for a silence, and for a result without evidence in one.
    party, speaker
        Who speaks; None likewise.
    start_s
        When the first match is said; the start of the turn where its words carry no times; of a result, when
        its first evidence is said, None if there is none.
    turn_start_s, turn_end_s
        The turn, or the silence.
    pieces
        The snippet, cut at the matches; of a result, its first evidence.
    rule, result, why
        The rule, what it found and why; None for turns and silences.
    sentiment
        Of the turn, -1 to 1; None where it could not be told.
    agent, team, center, customer, queue, occurred_at, local_day, started
        Of the call; its start in UTC, and on the clock of its own zone with the offset.
    """

    found: Literal["turn", "rule", "silence"]
    call_id: str
    turn_no: int | None
    party: Party | None
    speaker: str | None
    start_s: float | None
    turn_start_s: float | None
    turn_end_s: float | None
    pieces: tuple[SnippetPiece, ...]
    rule: str | None
    result: RuleValue | None
    why: str | None
    sentiment: float | None
    agent: str | None
    team: str | None
    center: str | None
    customer: str | None
    queue: str | None
    occurred_at: str | None
    local_day: str | None
    started: str | None


@dataclass(frozen=True, slots=True)
class SearchPage:
    """A page of matches.

    Parameters
    ----------
    hits
        Newest call first, in a call its last turn first.
    words
        The search as understood.
    next
        What to give as `after` for the next page; None on the last one.
    hint
        Where no call at all fits the filter: what would widen it.
    """

    hits: tuple[SearchHit, ...]
    words: Words
    next: int | None
    hint: Hint | None
