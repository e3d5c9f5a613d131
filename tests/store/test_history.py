"""Random histories of an archive against a recount by plain Python."""

import random
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from speechcx.call import Call
from speechcx.store import FileStats, RunInfo, Store
from speechcx.store.calls.row_digests import find_changed
from speechcx.store.integrity.recount import find_wrong_sums
from tests.factories import (
    make_assessment,
    make_call,
    make_conversation,
    make_details,
    make_party_feeling,
    make_reading,
    make_recording,
    make_score,
)

STEPS = 200
AGENTS = ("ann", "bea", "cid")
DAY = datetime(2025, 3, 1, 9, tzinfo=UTC)


@dataclass(frozen=True)
class Line:
    agent: str
    team: str
    center: str = "Leeds"
    valid_from: date | None = None
    valid_to: date | None = None
    name: str | None = None


class _Archive:
    """What should be stored, in plain Python."""

    def __init__(self, store: Store, seed: int) -> None:
        self.store, self.rng = store, random.Random(seed)
        self.calls: dict[str, Call] = {}
        self.at_path: dict[str, str] = {}
        self.roster: list[Line] = []
        self.run_id = store.ledger.begin_run(RunInfo())
        self.version = 1

    def step(self) -> None:
        self.rng.choice(
            (self.add, self.add, self.redo, self.relabel, self.correct, self.move, self.rejudge, self.swap)
        )()

    def some(self) -> Call | None:
        return self.calls[self.rng.choice(sorted(self.calls))] if self.calls else None

    def details(self) -> dict[str, Any]:
        start = DAY + timedelta(minutes=self.rng.randrange(20 * 1440))
        return {
            "agent": self.rng.choice(AGENTS),
            "started_at": start,
            "team": self.rng.choice((None, None, "loan")),
        }

    def judged(self, call: Call) -> Call:
        heard = call.conversation
        score = self.rng.choice((None, round(self.rng.uniform(0, 100), 2)))
        errors = self.rng.choice(((), ("compliance",)))
        feeling = make_party_feeling(
            "customer", sentiment_score=self.rng.choice((None, round(self.rng.uniform(-5, 5), 3)))
        )
        reading = make_reading(heard)
        reading = replace(reading, feeling=replace(reading.feeling, parties=(feeling,)))
        card = make_score(score, critical_errors=errors if score is not None else ())
        return replace(
            call,
            assessment=make_assessment(heard, version=str(self.version), reading=reading, scores=(card,)),
        )

    def save(self, call: Call) -> None:
        recording = call.conversation.recording
        self.store.ledger.save_outcome(self.run_id, call, FileStats(1, self.rng.randrange(10**9)))
        self.calls[recording.id] = call
        self.at_path[recording.path] = recording.id

    def add(self) -> None:
        self.save(self.judged(make_call(self.rng.random(), **self.details())))

    def redo(self) -> None:
        call = self.some()
        if call and call.conversation.recording.id in self.at_path.values():
            self.save(self.judged(call))

    def relabel(self) -> None:
        if call := self.some():
            again = self.judged(call)
            again = replace(
                again,
                assessment=replace(
                    again.assessment, version=call.assessment.version, digest=call.assessment.digest
                ),
            )
            self.keep_assessment(again)

    def rejudge(self) -> None:
        self.version += 1
        for call in list(self.calls.values()):
            self.keep_assessment(self.judged(call))

    def keep_assessment(self, call: Call) -> None:
        call_id = call.conversation.recording.id
        self.store.save_assessment(call_id, call.assessment)
        self.calls[call_id] = call

    def correct(self) -> None:
        if call := self.some():
            recording = replace(call.conversation.recording, details=make_details(**self.details()))
            self.store.update_details(recording.id, recording.details)
            self.calls[recording.id] = replace(
                call, conversation=replace(call.conversation, recording=recording)
            )

    def move(self) -> None:
        cut = (DAY + timedelta(days=self.rng.randrange(20))).date()
        agent, teams = self.rng.choice(AGENTS), self.rng.sample(("blue", "red", "green"), 2)
        self.roster = [line for line in self.roster if line.agent != agent]
        self.roster += [
            Line(agent, teams[0], valid_to=cut),
            Line(agent, teams[1], valid_from=cut + timedelta(days=1)),
        ]
        self.store.sync_roster(self.roster)

    def swap(self) -> None:
        """New bytes under the path of a call."""
        if call := self.some():
            path = call.conversation.recording.path
            heard = make_conversation(
                recording=make_recording(self.rng.random(), path=path, **self.details())
            )
            self.save(self.judged(Call(heard, make_assessment(heard))))

    # --- the recount

    def team(self, call: Call) -> str | None:
        details = call.conversation.recording.details
        assert details.started_at is not None
        day = details.started_at.date()
        for line in self.roster:
            fits = (line.valid_from is None or line.valid_from <= day) and (
                line.valid_to is None or day <= line.valid_to
            )
            if line.agent == details.agent and fits:
                return details.team or line.team
        return details.team

    def recount(self) -> dict[tuple[str | None, str | None], tuple[object, ...]]:
        groups: dict[tuple[str | None, str | None], list[Call]] = {}
        for call_id in self.at_path.values():
            call = self.calls[call_id]
            groups.setdefault((call.conversation.recording.details.agent, self.team(call)), []).append(call)
        return {key: self.sums(calls) for key, calls in groups.items()}

    @staticmethod
    def sums(calls: list[Call]) -> tuple[object, ...]:
        scores = [call.assessment.scores[0] for call in calls]
        known = [score.score for score in scores if score.score is not None]
        moods = [call.assessment.reading.feeling.parties[0].sentiment_score for call in calls]
        felt = [mood for mood in moods if mood is not None]
        wrong = [bool(score.critical_errors) for score in scores if score.score is not None]
        return (
            len(calls), len(known), pytest.approx(sum(known) / len(known), rel=1e-12) if known else None,
            pytest.approx(1 - sum(wrong) / len(wrong), rel=1e-12) if wrong else None,
            len(felt), pytest.approx(sum(felt) / len(felt), rel=1e-12, abs=1e-12) if felt else None,
        )  # fmt: skip


@pytest.mark.parametrize("seed", range(2))
def test_scores_always_equal_a_recount(store: Store, seed: int) -> None:
    """Adding, redoing, relabelling, correcting, moving agents, new rulebooks, new bytes: to the last digit."""
    from speechcx.ask.ground import sum_calls
    from speechcx.store import CallFilter

    archive = _Archive(store, seed)
    for number in range(STEPS):
        archive.step()
        if number % 10:
            continue
        found = {}
        for (agent, team, _), sums in sum_calls(store, CallFilter(), "service-quality").items():
            score, critical, mood = sums.measures[0], sums.measures[1], sums.measures[2]
            found[agent, team] = (sums.n, score.n, score.mean, critical.mean, mood.n, mood.mean)
        assert archive.recount() == found
    for call_id, call in archive.calls.items():
        assert call == store.load(call_id)
    assert [] == store.db.execute("PRAGMA foreign_key_check").fetchall()
    assert set() == find_changed(store.db)
    assert [] == list(find_wrong_sums(store.db))
    store.db.execute("INSERT INTO turns_fts (turns_fts, rank) VALUES ('integrity-check', 1)")
    count = store.db.execute(
        "SELECT c.agent, count(*) FROM calls c LEFT JOIN call_scores s ON s.call_no = c.call_no"
        " AND s.scorecard = 'service-quality' WHERE c.superseded_by IS NULL GROUP BY 1"
    ).fetchall()
    total = sum(values[0] for values in archive.recount().values())
    assert total == sum(n for _, n in count)
