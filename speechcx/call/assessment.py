"""What is made of what was heard: roles, flow, feeling, hits, scores, and the call as a whole.

Everything here is made by ``judge`` from a Conversation, without audio, and can be made again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from speechcx.call.conversation import Conversation, SentimentLabel
from speechcx.call.languages import CallLanguage
from speechcx.call.recording import Party, Recording, Span

RuleValue = Literal["present", "absent", "cannot_tell"]
RESULTS: tuple[RuleValue, ...] = ("absent", "present", "cannot_tell")
"""In the order in which :class:`RuleResult` has its titles."""

Titles = tuple[str, str, str]
AnswerValue = Literal["yes", "no", "n-a", "cannot-tell", "person"]
"""An answer on a scorecard; ``person`` waits for somebody to answer it."""

Reasons = tuple[tuple[str, str], ...]
"""(name of a measure that is None, why) pairs."""


@dataclass(frozen=True, slots=True)
class Role:
    """Which party a speaker is.

    Parameters
    ----------
    speaker
        A name out of ``Speech.speakers``.
    party
        ``unknown`` where the confidence is under the threshold.
    confidence
        0 to 1.
    how
        ``config``, ``sidecar``, ``relabel``, ``words``, ``none``, ...: what decided.
    why
        The evidence in a sentence, or why it is unknown.
    """

    speaker: str
    party: Party
    confidence: float
    how: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Partition:
    """The file's time, cut into classes that add up to `audio_duration_s` within 10 ms.

    ``speech_s + hold_s + ivr_s + silence_s = audio_duration_s`` always. Where the parties are
    trusted, ``agent_only_s + customer_only_s + both_s = speech_s``; else those three are None.
    """

    audio_duration_s: float
    speech_s: float
    hold_s: float
    ivr_s: float
    silence_s: float
    agent_only_s: float | None = None
    customer_only_s: float | None = None
    both_s: float | None = None

    def __post_init__(self) -> None:
        total = self.speech_s + self.hold_s + self.ivr_s + self.silence_s
        if abs(total - self.audio_duration_s) > 0.01:
            raise ValueError(f"the partition adds up to {total:.3f} s of {self.audio_duration_s:.3f} s")


@dataclass(frozen=True, slots=True)
class Overlap:
    """Both parties at once for 0.1 s or more; `kind` tells interruptions and back-channels apart.

    `by` is the party who came in second, `speaker` its speaker.
    """

    span: Span
    by: Party
    speaker: str
    kind: Literal["interruption", "backchannel", "overlap"]


@dataclass(frozen=True, slots=True)
class PartyFlow:
    """One party's share in the talk; None where it cannot be told, with the reason in `reasons`."""

    party: Party
    talk_s: float
    talk_share: float | None
    turns: int
    words: int
    interruptions: int | None
    pace_wpm: float | None
    articulation_wpm: float | None
    pauses_per_min: float | None
    pause_median_s: float | None
    pause_p90_s: float | None
    pause_share: float | None
    response_latency_s: float | None
    longest_monologue_s: float | None
    level_dbov: float | None
    pitch_hz: float | None
    pitch_range_st: float | None
    voiced_share: float | None
    reasons: Reasons = ()
    overtalk_share: float | None = None
    dead_air_share: float | None = None


@dataclass(frozen=True, slots=True)
class Flow:
    """The course of the talk in time."""

    partition: Partition
    conversation: Span | None
    non_talk: tuple[Span, ...]
    longest_silence_s: float | None
    non_talk_share: float | None
    overlaps: tuple[Overlap, ...]
    greeting_latency_s: float | None
    parties: tuple[PartyFlow, ...]
    reasons: Reasons = ()


NOT_ALLOWED = "not inferred: "
"""What the reason begins with where the inference policy of the settings leaves something out."""


@dataclass(frozen=True, slots=True)
class TurnFeeling:
    """Words and voice of one turn together.

    Parameters
    ----------
    agitation
        0 to 1, from the voice alone; None with `why_no_agitation`.
    sentiment
        -1 to 1; None with `why_missing`.
    voice_part
        How much of `sentiment` the voice added or took away, against the same words in the usual voice.
    """

    no: int
    agitation: float | None
    sentiment: float | None
    label: SentimentLabel | None
    voice_part: float | None = None
    why_no_agitation: str | None = None
    why_missing: str | None = None


@dataclass(frozen=True, slots=True)
class PartyFeeling:
    """How one party felt over the call, on -5 to 5; None with a reason.

    `quarters` are quarters of the conversation. `most_negative` and `most_positive` are turn numbers.
    """

    party: Party
    sentiment_score: float | None
    quarters: tuple[float | None, float | None, float | None, float | None]
    sentiment_shift: float | None
    end_state: SentimentLabel | None
    most_negative: int | None
    most_positive: int | None
    reasons: Reasons = ()


@dataclass(frozen=True, slots=True)
class Feeling:
    """Feeling by turn (parallel to the turns) and by party."""

    turns: tuple[TurnFeeling, ...]
    parties: tuple[PartyFeeling, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What the call tells before any rule is asked: who is who, how the talk flowed, how it felt, in which language."""

    roles: tuple[Role, ...]
    flow: Flow
    feeling: Feeling
    language: CallLanguage = field(default_factory=CallLanguage)

    def party_of(self, speaker: str) -> Party:
        """Party of a speaker, ``unknown`` for one without a role."""
        return next((role.party for role in self.roles if role.speaker == speaker), "unknown")


NEAREST = "nearest miss: "
"""What the reason of a nearest miss begins with."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One piece of evidence: the words, by whom and when.

    Parameters
    ----------
    rule
        Id of the rule.
    result
        ``present`` for a match; ``absent`` and ``cannot_tell`` for a nearest miss kept as evidence.
    party
        Who spoke; None where the evidence is not speech.
    turn_no
        The turn; None where the evidence is a measure of the call.
    quote
        The original words.
    why
        The phrase or condition that matched, in words people read.
    """

    rule: str
    result: RuleValue
    party: Party | None
    turn_no: int | None
    start_s: float | None
    end_s: float | None
    quote: str
    why: str

    @property
    def is_nearest(self) -> bool:
        """Whether it is no evidence, but the nearest miss of something that was not found."""
        return self.why.startswith(NEAREST)


@dataclass(frozen=True, slots=True)
class RuleResult:
    """What one rule found in one call.

    `flagged` is set where the result is not what the rule expects (``expect: present`` and it is
    absent, or the reverse), or a risk was found. `hits` carry the evidence, also for a miss. `titles`
    say what happened for each of :data:`RESULTS`.
    """

    rule: str
    title: str
    kind: str
    severity: str
    value: RuleValue
    expect: RuleValue | None
    flagged: bool
    why: str
    hits: tuple[Hit, ...] = ()
    titles: Titles | None = None

    @property
    def headline(self) -> str:
        """What happened, in a few words: the rule's title for this result."""
        return self.title if self.titles is None else self.titles[RESULTS.index(self.value)]


@dataclass(frozen=True, slots=True)
class QuestionAnswer:
    """One question of a scorecard, answered.

    `points` of `out_of`: the weight earned and the weight that counted after n-a was re-based.
    `evidence` are indexes into the assessment's results by rule id.
    """

    question: str
    section: str
    text: str
    answer: AnswerValue
    points: float | None
    out_of: float | None
    critical: str | None
    auto_fail: bool
    rule: str | None
    why: str
    hits: tuple[Hit, ...] = ()


@dataclass(frozen=True, slots=True)
class ScoreResult:
    """A filled scorecard.

    Parameters
    ----------
    score
        0 to 100 over the questions that could be answered; 0 on an auto-fail; None with `why`.
    answered_share
        Weight of the answered questions over the weight of all that apply, 0 to 1.
    critical_errors
        Kinds of critical questions answered against the call (``customer``, ``business``, ``compliance``).
    """

    scorecard: str
    title: str
    score: float | None
    answered_share: float
    auto_failed: bool
    critical_errors: tuple[str, ...]
    answers: tuple[QuestionAnswer, ...]
    why: str = ""


@dataclass(frozen=True, slots=True)
class Assessment:
    """A conversation judged under one rulebook."""

    rulebook: str
    version: str
    digest: str
    reading: Reading
    results: tuple[RuleResult, ...]
    scores: tuple[ScoreResult, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """A call, heard and judged."""

    conversation: Conversation
    assessment: Assessment


@dataclass(frozen=True, slots=True)
class Failure:
    """A call that could not be analysed: stored like any other result.

    Parameters
    ----------
    recording
        The recording, None where not even its bytes could be read.
    path
        The file.
    stage
        Where it happened: a room's name, or ``batch``.
    kind
        A key of ``speechcx.errors.FAILURE_KINDS``.
    message
        What was found and expected.
    cure
        What to do.
    detail
        For developers: the traceback of an internal fault, without words of the call.
    """

    recording: Recording | None
    path: str
    stage: str
    kind: str
    message: str
    cure: str
    detail: str = ""


Outcome = Call | Failure
"""What comes back from a worker for each recording."""
