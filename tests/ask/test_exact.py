"""Whatever happens to an archive, its tables equal a slow recount from the calls: 1,000 random steps."""

from __future__ import annotations

import math
import shutil
import tempfile
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from speechcx.ask.customers import describe_customer, list_driver_rows
from speechcx.ask.ground.score_rows import Estimate, ScoreRow, TableForm
from speechcx.ask.people import adjust_scores, score_agents, score_centers, score_over_time, score_teams
from speechcx.ask.search import list_calls
from speechcx.call import Call, collect_metrics
from speechcx.store import CallFilter, Store
from tests.ask.archive import DRIVERS, Line, make

STEPS, RUNS = 50, 23
MARCH = CallFilter(since=date(2025, 3, 1), until=date(2025, 3, 31))
FILTERS = (
    CallFilter(),
    MARCH,
    CallFilter(queue=("sales",)),
    CallFilter(team=("blue",)),
    CallFilter(flagged=False, since=date(2025, 3, 10)),
    CallFilter(results=(("billing", "present"),)),
    CallFilter(extras=(("campaign", "spring"),)),
)
TABLES = {"agent": score_agents, "team": score_teams, "center": score_centers}

numbers = st.integers(0, 24)
agents = st.sampled_from(("ann", "bea", "cid"))
teams = st.sampled_from(("blue", "red", None))
said = st.fixed_dictionaries({
    "score": st.sampled_from((None, 0.0, 37.5, 80.0, 91.25, 100.0)),
    "mood": st.sampled_from((None, -3.2, -0.1, 0.0, 2.75)),
    "flagged": st.booleans(),
    "drivers": st.sets(st.sampled_from(DRIVERS)).map(lambda found: tuple(sorted(found))),
})  # fmt: skip
who = st.fixed_dictionaries({
    "agent": agents,
    "queue": st.sampled_from(("billing", "sales")),
    "customer": st.sampled_from(("c1", "c2", None)),
    "started_at": st.builds(
        lambda day, hour: datetime(2025, 2, 20, tzinfo=UTC) + timedelta(days=day, hours=hour),
        st.integers(0, 45), st.integers(0, 23),
    ),
    "zone": st.sampled_from(("UTC", "America/Chicago")),
    "team": st.sampled_from((None, None, None, "green")),
    "extras": st.sampled_from(((), (("campaign", "spring"),))),
})  # fmt: skip


class Archive(RuleBasedStateMachine):
    """A store, and beside it everything that was put in, as plain objects."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        shutil.copy(_empty(), self.folder / "calls.db")
        self.store = Store.open(self.folder / "calls.db")
        self.store.db.execute("PRAGMA synchronous = OFF")
        self.calls: dict[str, Call] = {}
        self.replaced: set[str] = set()
        self.roster: dict[str, list[Line]] = {}
        self.version = 1
        self.steps = 0

    def teardown(self) -> None:
        """Remove the store."""
        self.store.close()
        shutil.rmtree(self.folder)

    # --- what can happen

    @initialize(number=numbers, details=who, verdict=said)
    def begin(self, number: int, details: dict, verdict: dict) -> None:
        """One call to begin with."""
        self.add(number, details, verdict)

    @rule(number=numbers, details=who, verdict=said)
    def add(self, number: int, details: dict, verdict: dict) -> None:
        """A new call, or an old one redone with other results."""
        self.save(make(f"call{number}", version=str(self.version), **details, **verdict))

    @precondition(lambda self: self.calls)
    @rule(data=st.data(), number=numbers, details=who, verdict=said)
    def overwrite_file(self, data: st.DataObject, number: int, details: dict, verdict: dict) -> None:
        """The file of a call gets the bytes of another one, which then counts in its place."""
        path = self.pick(data).conversation.recording.path
        self.save(make(f"other{number}", path=path, version=str(self.version), **details, **verdict))

    @precondition(lambda self: self.calls)
    @rule(data=st.data(), verdict=said)
    def relabel(self, data: st.DataObject, verdict: dict) -> None:
        """Agent and customer change places, and the call is judged anew."""
        call = self.pick(data)
        details = call.conversation.recording.details.relabel(("customer", "agent"))
        self.change(call, details, make("x", version=str(self.version), **verdict))

    @precondition(lambda self: self.calls)
    @rule(data=st.data(), details=who)
    def correct(self, data: st.DataObject, details: dict) -> None:
        """The source says another agent, queue or time of a call."""
        call = self.pick(data)
        self.change(call, replace(call.conversation.recording.details, **details), None)

    @rule(agent=agents, team=teams, day=st.integers(1, 40))
    def move_agent(self, agent: str, team: str | None, day: int) -> None:
        """An agent belongs to another team from a day on, or to none."""
        first = date(2025, 2, 20) + timedelta(days=day)
        center = {"blue": "Leeds", "red": "Porto", None: None}[team]
        entries = [line for line in self.roster.get(agent, []) if line.valid_from and line.valid_from < first]
        if entries:
            entries[-1] = replace(entries[-1], valid_to=first - timedelta(days=1))
        self.roster[agent] = [*entries, Line(agent, team, center, valid_from=first)]
        self.store.sync_roster([line for lines in self.roster.values() for line in lines])

    @precondition(lambda self: self.calls)
    @rule(verdict=said)
    def rejudge(self, verdict: dict) -> None:
        """A new version of the rulebook judges every other call."""
        self.version += 1
        with self.store.write():
            for call_id in sorted(self.calls)[:: 1 + self.version % 2]:
                self.change(self.calls[call_id], None, make("x", version=str(self.version), **verdict))

    @precondition(lambda self: self.calls)
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        """A call is erased."""
        call_id = self.pick(data).conversation.recording.id
        self.store.delete_call(call_id)
        del self.calls[call_id]
        self.replaced.discard(call_id)

    @rule()
    def compact(self) -> None:
        """The file is rewritten."""
        if self.steps % 10 == 0:
            self.store.compact()

    # --- what must hold

    @invariant()
    def tables_equal_a_recount(self) -> None:
        """Scores of people, changes, left out and why; in turn by agent, team and center, and under each filter."""
        self.steps += 1
        by = tuple(TABLES)[self.steps % 3]
        filters = FILTERS[self.steps % len(FILTERS)]
        february = (date(2025, 2, 1), date(2025, 2, 28))
        table = TABLES[by](self.store, filters, TableForm(before=february, scorecard=None))
        now = self.recount(by, filters)
        past = self.recount(by, replace(filters, since=february[0], until=february[1]))
        assert set(now) == {row.key for row in table.rows}
        for row in table.rows:
            check_row(row, now[row.key], past.get(row.key, []))
        check_row(table.total, [call for calls in now.values() for call in calls], None)

    @invariant()
    def other_questions_equal_a_recount(self) -> None:
        """Days, drivers, lists, one customer: each in its turn."""
        filters = FILTERS[self.steps % len(FILTERS)]
        found = [call for calls in self.recount("agent", filters).values() for call in calls]
        match self.steps % 5:
            case 0:
                rows = score_over_time(self.store, filters, by="day").rows
                assert count(local_day(call) for call in found) == {row.key: row.n for row in rows}
            case 1:
                rows = list_driver_rows(self.store, filters).rows
                drivers = [rule for call in found for rule in drivers_of(call) or (None,)]
                assert count(drivers) == {row.driver: row.calls for row in rows if row.calls}
            case 2:
                assert len(found) == list_calls(self.store, filters, limit=1).total
            case 3:
                rows = adjust_scores(self.store, "agent", filters).rows
                assert len(found) == sum(row.n + row.n_missing for row in rows)
            case 4:
                mine = [call for call in found if call.conversation.recording.details.customer == "c1"]
                if mine:
                    assert len(mine) == len(describe_customer(self.store, "c1", filters).calls)

    # --- the slow way

    def pick(self, data: st.DataObject) -> Call:
        """One of the calls."""
        return self.calls[data.draw(st.sampled_from(sorted(self.calls)))]

    def save(self, call: Call) -> None:
        """Save a call here and there."""
        self.store.save_call(call)
        recording = call.conversation.recording
        self.calls[recording.id] = call
        same = {i for i, one in self.calls.items() if one.conversation.recording.path == recording.path}
        self.replaced = (self.replaced | same) - {recording.id}

    def change(self, call: Call, details: object, verdict: Call | None) -> None:
        """Other details, another verdict, or both, here and there."""
        recording = call.conversation.recording
        with self.store.write():
            if details is not None:
                recording = replace(recording, details=details)
                self.store.update_details(recording.id, recording.details)
            if verdict is not None:
                self.store.save_assessment(recording.id, verdict.assessment)
        judged = call.assessment if verdict is None else verdict.assessment
        self.calls[recording.id] = Call(replace(call.conversation, recording=recording), judged)

    def recount(self, by: str, filters: CallFilter) -> dict[str | None, list[Call]]:
        """The calls that a filter wants, by agent, team or center, one after the other."""
        groups = defaultdict(list)
        for call_id, call in self.calls.items():
            if call_id not in self.replaced and self.is_wanted(call, filters):
                team, center = self.place(call)
                agent = call.conversation.recording.details.agent
                groups[{"agent": agent, "team": team, "center": center}[by]].append(call)
        return groups

    def is_wanted(self, call: Call, filters: CallFilter) -> bool:
        """Whether a call satisfies a filter."""
        details, day = call.conversation.recording.details, local_day(call)
        return (
            (filters.since is None or day >= filters.since.isoformat())
            and (filters.until is None or day <= filters.until.isoformat())
            and (not filters.queue or details.queue in filters.queue)
            and (not filters.team or self.place(call)[0] in filters.team)
            and (filters.flagged is None or filters.flagged == is_flagged(call))
            and all(rule in drivers_of(call) for rule, _ in filters.results)
            and all(pair in details.extras for pair in filters.extras)
        )

    def place(self, call: Call) -> tuple[str | None, str | None]:
        """Team and center of a call: its own, else those of the roster on its day."""
        details, team, center = call.conversation.recording.details, None, None
        for line in self.roster.get(details.agent or "", []):
            first, last = line.valid_from or date.min, line.valid_to or date.max
            if first <= date.fromisoformat(local_day(call)) <= last:
                team, center = line.team, line.center
        return details.team or team, details.center or center


def local_day(call: Call) -> str:
    """The day on the clock of the call's zone."""
    details = call.conversation.recording.details
    return details.started_at.astimezone(ZoneInfo(details.zone)).date().isoformat()


def is_flagged(call: Call) -> bool:
    """Whether a rule is not as it should be."""
    return any(result.flagged for result in call.assessment.results)


def drivers_of(call: Call) -> tuple[str, ...]:
    """Drivers that are present."""
    return tuple(
        result.rule
        for result in call.assessment.results
        if result.kind == "driver" and result.value == "present"
    )


def count(keys: object) -> dict[object, int]:
    """How often each key is there."""
    found: dict[object, int] = defaultdict(int)
    for key in keys:  # type: ignore[attr-defined]
        found[key] += 1
    return dict(found)


def values_of(call: Call) -> dict[str, float | None]:
    """Every measure of a call, from what was put in."""
    score = call.assessment.scores[0]
    metrics = collect_metrics(call.assessment.reading)
    return {
        "score": score.score,
        "critical_accuracy": None if score.score is None else float(not score.critical_errors),
        "customer_sentiment": metrics["customer.sentiment_score"].value,
        "agent_sentiment": metrics["agent.sentiment_score"].value,
        "agent_talk_share": metrics["agent.talk_share"].value,
        "agent_pace_wpm": metrics["agent.pace_wpm"].value,
        "agent_interruptions": metrics["agent.interruptions"].value,
        "agent_overtalk_share": metrics["agent.overtalk_share"].value,
        "agent_dead_air_share": metrics["agent.dead_air_share"].value,
        "non_talk_share": metrics["non_talk_share"].value,
        "hold_s": metrics["hold_s"].value,
        "recorded_duration_s": metrics["audio_duration_s"].value,
        "flagged_share": float(is_flagged(call)),
    }


def mean(values: list[float]) -> float | None:
    """The plain mean."""
    return math.fsum(values) / len(values) if values else None


def check_row(row: ScoreRow, now: list[Call], past: list[Call] | None) -> None:
    """A row against the calls it stands for."""
    assert (len(now), sum(map(is_flagged, now))) == (row.n, row.n_flagged)
    for one in row.measures:
        here = [values_of(call)[one.name] for call in now]
        check(one, [value for value in here if value is not None], len(here))
        if past is not None:
            there = [value for call in past if (value := values_of(call)[one.name]) is not None]
            assert close(mean(there), one.before) or (not here and one.before is None), one
    assert sum(n for _, n in row.get("score").reasons) == row.get("score").n_missing
    assert sum(n for _, n in row.get("customer_sentiment").reasons) == row.get("customer_sentiment").n_missing


def check(one: Estimate, known: list[float], n: int) -> None:
    """An estimate against its values."""
    assert (len(known), n - len(known)) == (one.n, one.n_missing), one
    assert close(mean(known), one.mean), (one, known)
    if one.interval is not None and one.mean is not None:
        assert one.interval[0] - 1e-9 <= one.mean <= one.interval[1] + 1e-9


def close(wanted: float | None, found: float | None) -> bool:
    """Equal but for rounding of the last digits."""
    if wanted is None or found is None:
        return wanted is found
    return math.isclose(wanted, found, rel_tol=1e-9, abs_tol=1e-9)


_EMPTY: list[Path] = []


def _empty() -> Path:
    """A new database, made once."""
    if not _EMPTY:
        path = Path(tempfile.mkdtemp()) / "calls.db"
        Store.open(path, create=True).close()
        _EMPTY.append(path)
    return _EMPTY[0]


TestExact = Archive.TestCase
TestExact.settings = settings(
    max_examples=RUNS,
    stateful_step_count=STEPS,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
