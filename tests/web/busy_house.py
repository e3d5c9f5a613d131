"""A centre as it looks on a working day: three teams, six weeks, and one call with a real sound to open."""

from __future__ import annotations

import hashlib
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from speechcx.audio import AudioSettings, decode
from speechcx.call import Call, Peaks, Recording, RuleResult
from speechcx.demo import samples_home
from speechcx.store import FileStats, RunInfo, RunTotals, Store
from tests.ask.archive import Line
from tests.factories import (
    make_answer,
    make_assessment,
    make_call,
    make_conversation,
    make_details,
    make_failure,
    make_flow,
    make_hit,
    make_party_feeling,
    make_party_flow,
    make_reading,
    make_result,
    make_score,
)

RULEBOOK = """\
rulebook: northwind-bank
version: 1
language: en
rules:
  - id: legal-threat
    title: Customer threatens with a lawyer
    kind: risk
    severity: critical
    said: '"my lawyer" | "take you to court"'
    by: customer
scorecards:
  - id: service-quality
    title: Service quality
    sections:
      - title: Handling
        questions:
          - {id: greeted, text: "Did the agent greet and give a name?", ask: person, weight: 1}
          - {id: notice, text: "Was the caller told that the call is recorded?", ask: person, weight: 2}
          - {id: promises, text: No promises or guarantees, ask: person, weight: 1}
          - {id: solved, text: "Was the matter solved?", ask: person, weight: 2}
tests:
  - {rule: legal-threat, says: [[customer, 0.0, "You hear from my lawyer."]], expect: present}
"""
PEOPLE = {
    "maria.lopez": ("Maria Lopez", "bank-cards"), "ewan.mackay": ("Ewan Mackay", "bank-cards"),
    "james.carter": ("James Carter", "bank-accounts"), "aisha.khan": ("Aisha Khan", "bank-accounts"),
    "priya.shah": ("Priya Shah", "mobile-care"), "nina.brooks": ("Nina Brooks", "mobile-care"),
}  # fmt: skip
QUALITY = {
    "maria.lopez": 92,
    "ewan.mackay": 78,
    "james.carter": 61,
    "aisha.khan": 84,
    "priya.shah": 80,
    "nina.brooks": 77,
}
DRIVERS = (("billing-question", "A charge or bill is disputed"), ("card-late", "The card has not arrived"),
           ("no-service", "Connection does not work"))  # fmt: skip
LAST_DAY = datetime(2026, 3, 6, 9, 2, tzinfo=UTC)
SHOWN = "james.carter_C1042_2026-03-06T09-02-47.mp3"
SAID = (
    ("ch0", 0.9, "Northwind Bank. James here. What's going on?"),
    ("ch1", 4.1, "This is the second time I'm calling this week. My new card was supposed to be in the mail."),
    ("ch0", 12.4, "Okay. What's your name and the last four of the account?"),
    ("ch1", 15.7, "Daniel Price. 6192."),
    ("ch0", 23.6, "Yeah. I don't see any order. Somebody blocked the card, but nobody ordered the new one."),
    ("ch1", 29.8, "That is unacceptable. I have been without a card for four days because nobody did their job."),
    ("ch0", 35.2, "Well, I wasn't the one who took that call, so I can't really tell you what happened there."),
    ("ch1", 40.3, "I don't care who took the call. I couldn't even pay for groceries this morning."),
    ("ch0", 46.0, "Okay. I'm ordering it now with express delivery. I promise you it will be there on Monday."),
    ("ch1", 53.6, "That's exactly what the last person told me, and it was useless."),
    ("ch0", 58.1, "I know, but this time I can see it in the system."),
    ("ch1", 61.1, "If it's not there by Monday, you are going to hear from my lawyer. I mean it."),
    ("ch0", 65.7, "You won't need to do that, sir."),
    ("ch1", 68.0, "And I want to make a formal complaint about how this was handled."),
    ("ch0", 72.2, "I'll note that on the account. The complaint team is going to call you back."),
    ("ch1", 76.2, "They had better. Terrible, just terrible."),
)  # fmt: skip


def fill_busy(store: Store, folder: Path) -> str:
    """Put the centre into a store; returns the id of the call with a sound."""
    store.sync_roster(Line(agent, team, "Columbus", name) for agent, (name, team) in PEOPLE.items())
    run_id = store.ledger.begin_run(RunInfo())
    chance, number = random.Random(7), 0
    for week in range(6):
        for agent in PEOPLE:
            for _ in range(4):
                number += 1
                at = LAST_DAY - timedelta(weeks=week, days=chance.randrange(5), minutes=chance.randrange(480))
                store.ledger.save_outcome(
                    run_id, _make_usual(number, agent, at, chance), FileStats(1, number)
                )
    shown = make_shown(folder)
    store.ledger.save_outcome(run_id, shown, FileStats(shown.conversation.recording.size_bytes, 1))
    store.ledger.save_outcome(run_id, make_failure("C9 broken", "empty"), FileStats(1, 2))
    store.ledger.finish_run(run_id, RunTotals(146, 145, 1, 0, 40_000.0, 4_000.0), 3)
    store.save_rulebook(shown.assessment.digest, name="northwind-bank", version="1", source=RULEBOOK)
    return shown.conversation.recording.id


def _make_usual(number: int, agent: str, at: datetime, chance: random.Random) -> Call:
    rule, title = DRIVERS[number % len(DRIVERS)]
    driver = make_result(rule, title=title, kind="driver", severity="info", flagged=False, hits=())
    others = [
        make_result(key, title=name, kind="driver", severity="info", flagged=False, value="absent", hits=())
        for key, name in DRIVERS
        if key != rule
    ]
    flags: list[RuleResult] = []
    if chance.random() < 0.2:
        flags.append(make_result("complaint", title="Customer complains formally", severity="major",
                                 hits=(make_hit("complaint"),)))  # fmt: skip
    score = round(min(100.0, max(0.0, chance.gauss(QUALITY[agent], 9))), 1)
    call = make_call(number, agent=agent, customer=f"C{1000 + number % 60}", started_at=at,
                     queue="cards" if "bank" in PEOPLE[agent][1] else "mobile")  # fmt: skip
    mood = make_party_feeling(sentiment_score=round(chance.gauss(0.5, 1.5), 1))
    flow = make_flow(make_party_flow("agent"), make_party_flow("customer"))
    reading = make_reading(call.conversation, flow=flow)
    reading = replace(reading, feeling=replace(reading.feeling, parties=(mood,)))
    judged = make_assessment(
        call.conversation, reading=reading, results=(driver, *others, *flags), scores=(make_score(score),)
    )
    return replace(call, assessment=judged)


def make_shown(folder: Path) -> Call:
    """The call with a sound: a lawyer is threatened, the recording notice is missing."""
    body = (samples_home() / "calls" / SHOWN).read_bytes()
    path = folder / SHOWN
    path.write_bytes(body)
    sha256 = hashlib.sha256(body).hexdigest()
    details = make_details(agent="james.carter", customer="C1042", started_at=LAST_DAY, queue="cards")
    recording = Recording(sha256[:16], str(path), sha256, len(body), details)
    audio = decode(recording, AudioSettings())
    heard = make_conversation(SAID, recording=recording, duration_s=audio.origin.duration_s)
    levels = (0.0, -1.0, 0.5, 0.0, 0.0, 7.0, 1.0, 6.5, 0.0, 3.0, -1.0, 5.0, 0.0, 2.0, 0.0, 1.0)
    voices = tuple(
        replace(voice, level_rel_db=level, pitch_rel_st=round(level / 3, 1))
        for voice, level in zip(heard.voices, levels, strict=True)
    )
    peaks = Peaks(audio.peaks.rate_hz, audio.peaks.values[::-1])
    heard = replace(heard, origin=audio.origin, peaks=peaks, voices=voices)
    lawyer = make_hit("legal-threat", 11, start_s=63.6, end_s=64.4, quote="from my lawyer", why="my lawyer")
    promise = make_hit(
        "promise", 8, party="agent", start_s=50.4, end_s=51.0, quote="I promise", why="I promise"
    )
    results = (
        make_result("legal-threat", title="Customer threatens with a lawyer", severity="critical",
                    why="said by the customer",                    hits=(lawyer,)),
        make_result("promise", title="Result promised or guaranteed", severity="major", hits=(promise,)),
        make_result("recording-notice", title="Recording notice", kind="compliance", severity="critical",
                    value="absent", expect="present", why="not heard within the first 60 s", hits=(),
                    titles=("Recording notice: not said", "Recording notice", "Recording notice: cannot tell")),
        make_result("verification", title="Identity check", kind="compliance", severity="major", value="cannot_tell",
                    expect="present", why="the words around 0:15 are too unsure", hits=(),
                    titles=("Identity check: missing", "Identity check: done", "Identity check: cannot tell")),
        *(make_result(key, title=name, kind="driver", severity="info", flagged=False,
                      value="present" if key == "card-late" else "absent", hits=()) for key, name in DRIVERS),
    )  # fmt: skip
    answers = (
        make_answer("greeted", text="Did the agent greet and give a name?", points=10.0, out_of=10.0),
        make_answer("notice", text="Was the caller told that the call is recorded?", answer="no", points=0.0,
                    out_of=20.0, why="not heard within the first 60 s", critical="compliance"),
        make_answer("promises", text="No promises or guarantees", answer="no", points=0.0, out_of=10.0,
                    hits=(promise,)),
        make_answer("solved", text="Was the matter solved?", answer="person", points=None, out_of=20.0, rule=None,
                    why="a person answers this"),
    )  # fmt: skip
    score = make_score(25.0, answers=answers, answered_share=0.67)
    reading = make_reading(heard)
    felt = tuple(
        replace(
            turn,
            sentiment=(-0.7 if no % 2 and no > 4 else 0.1),
            label="negative" if no % 2 and no > 4 else "neutral",
        )
        for no, turn in enumerate(reading.feeling.turns)
    )
    reading = replace(reading, feeling=replace(reading.feeling, turns=felt))
    return Call(heard, make_assessment(heard, reading=reading, results=results, scores=(score,)))
