"""Odd but valid calls by seed: any text UTF-8 has, any finite number, every None, every shape the nouns allow.

Drawn by `random` rather than by Hypothesis' own strategies: a call has thousands of parts, and those
would draw it a hundred times slower. Hypothesis draws the seeds.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from speechcx.call import (
    PARTIES,
    PAYMENT,
    Assessment,
    Call,
    Conversation,
    Details,
    Feeling,
    Flow,
    Hit,
    Origin,
    Overlap,
    Partition,
    PartyFeeling,
    PartyFlow,
    Peaks,
    Provenance,
    QuestionAnswer,
    Reading,
    Recording,
    RedactedSpan,
    Redaction,
    Role,
    RuleResult,
    ScoreResult,
    Span,
    SpeakerVoice,
    Speech,
    TextSentiment,
    Turn,
    TurnFeeling,
    TurnVoice,
    Unheard,
    Utterance,
    Word,
)
from speechcx.call.measures import round_assessment, to_resolution

T = TypeVar("T")

ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata")
LETTERS = "ab é' \"\0\n\t\x1f%_*()-:^{}[]\\日ı\u0301\u2028\U0001f600"
FLOATS = (0.0, 1.0, 5e-324, 1.7976931348623157e308, -1e-9, 0.1 + 0.2, 1 / 3, 2.0**53, 1e16, 123456.789)


def odd_call(seed: int) -> Call:
    """A whole call, at the resolution at which ``listen`` and ``judge`` give calls back."""
    call = _Draw(seed).call()
    return Call(to_resolution(call.conversation), round_assessment(call.assessment))


def odd_conversation(seed: int) -> Conversation:
    """What is heard in the call of that seed, with all its digits."""
    return _Draw(seed).call().conversation


class _Draw:
    """Draws parts of a call."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)

    # --- small things

    def pick(self, options: Any) -> Any:
        return self.rng.choice(tuple(options))

    def none_or(self, draw: Callable[[], T]) -> T | None:
        return None if self.rng.random() < 0.25 else draw()

    def several(self, draw: Callable[[], T], most: int = 3) -> tuple[T, ...]:
        return tuple(draw() for _ in range(self.rng.randint(0, most)))

    def some_of(self, options: Any) -> tuple[Any, ...]:
        return tuple(self.rng.sample(tuple(options), self.rng.randint(0, len(tuple(options)))))

    def text(self) -> str:
        return "".join(self.rng.choices(LETTERS, k=self.rng.randint(0, 10)))

    def number(self) -> float:
        kind = self.rng.random()
        if kind < 0.6:
            # Adding 0 takes the sign off a zero, which SQLite does not keep.
            return round(self.rng.uniform(-400, 400), self.rng.randint(0, 4)) + 0.0
        return self.rng.uniform(-1e6, 1e6) if kind < 0.8 else self.pick(FLOATS)

    def maybe(self) -> float | None:
        return self.none_or(self.number)

    def measure(self) -> float | None:
        """A measure of a turn or a place in it: any number that has a place in seconds, decibels, hertz."""
        value = self.maybe()
        return value if value is None or abs(value) < 1e9 else 1e9 / 3

    def second(self) -> float:
        value = self.rng.uniform(0, 4000)
        return value if self.rng.random() < 0.2 else round(value, self.rng.randint(0, 3))

    def share(self) -> float:
        value = self.rng.random()
        return self.pick((0.0, 1.0, round(value, 2), round(value, 3), value))

    def span(self) -> Span:
        return Span(*sorted((self.second(), self.second())))

    def pairs(self) -> tuple[tuple[str, str], ...]:
        return self.several(lambda: (self.text(), self.text()))

    def flags(self) -> tuple[str, ...]:
        return tuple(sorted(self.some_of(("clipped", "music", "noisy"))))

    def label(self) -> Any:
        return self.none_or(lambda: self.pick(("negative", "neutral", "positive", "mixed")))

    def moment(self) -> datetime | None:
        naive = datetime(1960, 1, 1) + timedelta(microseconds=self.rng.randrange(100 * 365 * 86_400 * 10**6))
        if self.rng.random() < 0.4:
            # The hours around the change of the clocks in autumn.
            naive = datetime(2025, 10, 26, 0, 30) + timedelta(minutes=self.rng.randrange(300))
        offset = timezone(timedelta(minutes=self.rng.randint(-800, 800)))
        zone = ZoneInfo(self.pick(ZONES))
        found = self.pick(
            (None, naive.replace(tzinfo=UTC), naive.replace(tzinfo=offset), naive.replace(tzinfo=zone))
        )
        return found.replace(fold=self.rng.randint(0, 1)) if found and found.tzinfo is zone else found

    # --- what was heard

    def recording(self) -> Recording:
        sha256 = hashlib.sha256(str(self.rng.random()).encode()).hexdigest()
        name = self.text().replace("\0", "") + self.pick((".wav", "\udcff.wav"))
        words = [self.none_or(self.text) for _ in range(6)]
        details = Details(
            words[0], words[1], self.moment(), self.none_or(lambda: self.pick((*ZONES, "+02:00", "Nowhere"))),
            *words[2:], self.none_or(lambda: self.several(lambda: self.pick(PARTIES))), self.pairs(), self.pairs(),
        )  # fmt: skip
        return Recording(sha256[:16], "/in/" + name, sha256, self.rng.randrange(2**40), details)

    def unheard(self) -> Unheard:
        return Unheard(self.rng.randrange(3), self.span(), self.pick(("channel_died", "background_voice")))

    def redacted(self) -> RedactedSpan:
        return RedactedSpan(self.rng.randrange(3), self.pick(PAYMENT), self.span(), self.rng.randint(1, 20))

    def turn(self, no: int) -> Turn:
        edges = sorted(self.second() for _ in range(2 * self.rng.randint(1, 4)))
        speech = tuple(Span(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True))
        speaker = self.pick(("ch0", "ch1", "s0", "s1"))
        whole = Span(speech[0].start_s, speech[-1].end_s)
        return Turn(no, speaker, self.rng.randint(0, 3), whole, speech, self.share())

    def word(self) -> Word:
        text = self.pick((self.text(), "hello", "it's", "Ja."))
        return Word(text, self.second(), self.second(), self.share())

    def utterance(self, no: int) -> Utterance:
        words = tuple(self.word() for _ in range(self.pick((0, 1, 5, 40, 300))))
        if self.rng.random() < 0.5:
            # As recognisers give them: one after the other on a grid.
            at = self.rng.randrange(10**5)
            edges = [at := at + self.pick((0, 0, 0, 20, 400)) for _ in range(2 * len(words))]
            words = tuple(
                Word(word.text, edges[2 * i] / 100, edges[2 * i + 1] / 100, round(word.confidence, 2))
                for i, word in enumerate(words)
            )
        text = " ".join(word.text for word in words) if self.rng.random() < 0.7 else self.text()
        return Utterance(no, text, words, self.pick(("en", "de", "")), self.none_or(self.share))

    def conversation(self) -> Conversation:
        count, length = self.rng.randint(0, 4), self.pick((0, 20, 3000))
        names = self.some_of(("ch0", "ch1", "s0"))
        return Conversation(
            recording=self.recording(),
            origin=Origin(
                self.text(), self.text(), self.rng.randint(0, 9), self.rng.randint(0, 192_000), self.number(),
                self.maybe(), self.rng.randint(0, 99), self.number(), self.pick((True, False)), self.flags(),
                self.several(self.span),
            ),
            peaks=Peaks(self.number(), tuple(self.rng.randbytes(length) for _ in names)),
            speech=Speech(
                self.pick(("channels", "diarized", "unsplit")), names, tuple(self.turn(no) for no in range(count)),
                self.several(self.span), self.several(self.span), self.flags(), self.several(self.unheard),
            ),
            utterances=tuple(self.utterance(no) for no in range(count)),
            voices=tuple(
                TurnVoice(no, *[self.measure() for _ in range(10)], self.none_or(self.text)) for no in range(count)
            ),
            speaker_voices=tuple(
                SpeakerVoice(name, *[self.maybe() for _ in range(6)], self.flags(), self.none_or(self.text))
                for name in names
            ),
            sentiments=tuple(
                TextSentiment(no, self.measure(), self.label(), self.measure(), self.none_or(self.text))
                for no in range(count)
            ),
            provenance=Provenance(
                self.text(), self.pairs(), self.text(), self.several(lambda: (self.text(), self.number()))
            ),
            redaction=Redaction(self.some_of(PAYMENT), self.several(self.redacted)),
        )  # fmt: skip

    # --- what was made of it

    def reading(self, count: int) -> Reading:
        speech, hold, ivr, silence = (self.second() for _ in range(4))
        partition = Partition(
            speech + hold + ivr + silence,
            speech,
            hold,
            ivr,
            silence,
            self.maybe(),
            self.maybe(),
            self.maybe(),
        )
        overlaps = self.several(
            lambda: Overlap(
                self.span(),
                self.pick(PARTIES),
                self.text(),
                self.pick(("interruption", "backchannel", "overlap")),
            )
        )
        flow = Flow(
            partition, self.none_or(self.span), self.several(self.span), self.maybe(), self.maybe(), overlaps,
            self.maybe(), tuple(self.party_flow(party) for party in self.some_of(PARTIES)), self.pairs(),
        )  # fmt: skip
        felt = tuple(
            TurnFeeling(
                no, self.measure(), self.measure(), self.label(), self.measure(), self.none_or(self.text),
                self.none_or(self.text),
            )
            for no in range(count)
        )  # fmt: skip
        feelings = tuple(self.party_feeling(party) for party in self.some_of(PARTIES))
        roles = tuple(
            Role(name, self.pick(PARTIES), self.share(), self.text(), self.text())
            for name in self.some_of(("ch0", "ch1", "s0", "s1"))
        )
        return Reading(roles, flow, Feeling(felt, feelings))

    def party_flow(self, party: Any) -> PartyFlow:
        count = self.rng.randrange
        return PartyFlow(
            party, self.number(), self.maybe(), count(99), count(99), self.none_or(lambda: count(9)),
            *[self.maybe() for _ in range(12)], self.pairs(),
        )  # fmt: skip

    def party_feeling(self, party: Any) -> PartyFeeling:
        quarters = (self.maybe(), self.maybe(), self.maybe(), self.maybe())
        turns = [self.none_or(lambda: self.rng.randrange(99)) for _ in range(2)]
        return PartyFeeling(
            party, self.maybe(), quarters, self.maybe(), self.label(), turns[0], turns[1], self.pairs()
        )

    def hit(self) -> Hit:
        return Hit(
            self.pick(("r0", "r1", "other")), self.value(), self.none_or(lambda: self.pick(PARTIES)),
            self.none_or(lambda: self.rng.randrange(99)), self.measure(), self.measure(), self.text(), self.text(),
        )  # fmt: skip

    def value(self) -> Any:
        return self.pick(("present", "absent", "cannot_tell"))

    def assessment(self, count: int) -> Assessment:
        results = tuple(
            RuleResult(
                rule, self.text(), self.text(), self.text(), self.value(), self.none_or(self.value),
                self.pick((True, False)), self.text(), self.several(self.hit),
            )
            for rule in self.some_of(("r0", "r1", "r2"))
        )  # fmt: skip
        scores = tuple(self.score(card, results) for card in self.some_of("ab"))
        return Assessment(self.text(), self.text(), self.text(), self.reading(count), results, scores)

    def score(self, card: str, results: tuple[RuleResult, ...]) -> ScoreResult:
        answers = tuple(self.answer(question, results) for question in self.some_of(("q0", "q1", "q2")))
        errors = self.some_of(("customer", "business", "compliance"))
        return ScoreResult(
            card,
            self.text(),
            self.maybe(),
            self.number(),
            self.pick((True, False)),
            errors,
            answers,
            self.text(),
        )

    def answer(self, question: str, results: tuple[RuleResult, ...]) -> QuestionAnswer:
        own: RuleResult | None = self.pick((None, *results))
        why = own.why if own and self.rng.random() < 0.5 else self.text()
        evidence = own.hits if own and self.rng.random() < 0.5 else self.several(self.hit)
        return QuestionAnswer(
            question, self.text(), self.text(), self.pick(("yes", "no", "n-a", "cannot-tell", "person")),
            self.maybe(), self.maybe(), self.none_or(self.text), self.pick((True, False)),
            own.rule if own else self.pick((None, "r9")), why, evidence,
        )  # fmt: skip

    def call(self) -> Call:
        heard = self.conversation()
        return Call(heard, self.assessment(len(heard.speech.turns)))
