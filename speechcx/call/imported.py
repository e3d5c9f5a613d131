"""What other systems know of a call or a customer: legs of call records, answers to surveys, accounts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, get_args

LegOutcome = Literal["answered", "abandoned", "no_answer", "busy", "failed", "voicemail"]
LEG_OUTCOMES: tuple[LegOutcome, ...] = get_args(LegOutcome)

SurveyKind = Literal["csat", "nps", "ces"]
SURVEY_KINDS: tuple[SurveyKind, ...] = get_args(SurveyKind)
SURVEY_SCALES: dict[SurveyKind, tuple[float, float]] = {"csat": (1, 5), "nps": (0, 10), "ces": (1, 7)}
"""The usual scale of each kind, where a source does not say another."""


AccountStatus = Literal["kept", "lost"]
ACCOUNT_STATUSES: tuple[AccountStatus, ...] = get_args(AccountStatus)


EffortEnd = Literal["easy", "difficult"]
EFFORT_ENDS: tuple[EffortEnd, ...] = get_args(EffortEnd)

_LOW_UNTIL = {"csat": 0.25, "nps": 0.6, "ces": 0.25}
"""An answer is a low one in this part of its scale: 1 and 2 of 5, 0 to 6 of 10, the difficult quarter of effort."""


@dataclass(frozen=True, slots=True)
class CallLeg:
    """A part of a call as the telephone system has it: it rang at one agent, queue or machine.

    Parameters
    ----------
    record_id, leg_id
        The call, and this part of it, in that system.
    started_at
        Start of the leg, aware of its zone.
    agent, customer, queue, direction
        As the source writes them; None where it does not.
    outcome
        How it ended; None where the source does not say.
    wait_s, talk_s, hold_s, wrap_s, duration_s
        Seconds until it was answered or given up, of talk, on hold, of after-call work, and in all; 0 or more.
    recording
        Name of the recording's file, where the source tells it.
    extras
        Further columns, sorted by name.
    row
        Line or row of the file, counted from 1.
    """

    record_id: str
    leg_id: str
    started_at: datetime
    agent: str | None = None
    customer: str | None = None
    queue: str | None = None
    direction: str | None = None
    outcome: LegOutcome | None = None
    wait_s: float | None = None
    talk_s: float | None = None
    hold_s: float | None = None
    wrap_s: float | None = None
    duration_s: float | None = None
    recording: str | None = None
    extras: tuple[tuple[str, str], ...] = ()
    row: int = 0


@dataclass(frozen=True, slots=True)
class CommentReading:
    """What the comment of an answer says.

    Parameters
    ----------
    language
        Its language, where it is another than those that are read; None otherwise.
    sentiment, label
        What the words say, -1 to 1, and in a word; None where they were not read.
    drivers
        Ids of the contact drivers found in it; None where none could be looked for.
    read_with
        Text model and rulebook; None where it was not read.
    why
        Why there is no sentiment or no driver; None where there is nothing to say.
    """

    language: str | None = None
    sentiment: float | None = None
    label: str | None = None
    drivers: tuple[str, ...] | None = None
    read_with: str | None = None
    why: str | None = None


@dataclass(frozen=True, slots=True)
class SurveyAnswer:
    """What a customer answered to a survey, or that they did not.

    Parameters
    ----------
    answer_id
        The answer in the survey tool.
    kind
        ``csat`` (satisfaction), ``nps`` (recommendation) or ``ces`` (effort).
    value
        On its scale; None where there was no answer.
    low, high
        Ends of the scale.
    answered_at
        When, aware of its zone; None where not told.
    reference
        Id of the call in the source.
    customer, agent
        As the source writes them.
    comment
        What the customer wrote.
    row
        Line or row of the file, counted from 1.
    high_is
        Of ``ces``: what the upper end of the scale means; None where not told, and for other kinds.
    reading
        What the comment says; empty where there is none, or it was not read.
    """

    answer_id: str
    kind: SurveyKind
    value: float | None
    low: float
    high: float
    answered_at: datetime | None = None
    reference: str | None = None
    customer: str | None = None
    agent: str | None = None
    comment: str | None = None
    row: int = 0
    high_is: EffortEnd | None = None
    reading: CommentReading = CommentReading()

    @property
    def is_low(self) -> bool:
        """Whether somebody should look at it; never of an effort score whose direction is not told."""
        if self.value is None or self.high <= self.low or (self.kind == "ces" and self.high_is is None):
            return False
        place = (self.value - self.low) / (self.high - self.low)
        if self.high_is == "difficult":
            place = 1.0 - place
        return place <= _LOW_UNTIL[self.kind]


@dataclass(frozen=True, slots=True)
class CustomerAccount:
    """What a CRM or a billing system knows of a customer.

    Parameters
    ----------
    account_id
        The account there; the customer where the source names none.
    customer
        As the source writes it.
    status
        Whether the customer stayed; None where not told.
    opened, closed
        First and last day; None where not told.
    as_of
        The day of which this is told; None where not told.
    value, lifetime_value
        What the customer is worth, and over the whole time, as the source counts it.
    currency
        Of both.
    row
        Line or row of the file, counted from 1.
    """

    account_id: str
    customer: str
    status: AccountStatus | None = None
    opened: date | None = None
    closed: date | None = None
    as_of: date | None = None
    value: float | None = None
    lifetime_value: float | None = None
    currency: str | None = None
    row: int = 0
