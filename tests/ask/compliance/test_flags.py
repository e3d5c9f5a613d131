"""The queue of flags against a recount by plain Python."""

import itertools
import random
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from speechcx.ask.compliance.flag_queue import ORDERS, FlagFilter
from speechcx.ask.compliance.flags import find_flag, list_flags, see_flag, see_flags
from speechcx.call import Call
from speechcx.errors import UsageError
from speechcx.store import CallFilter, Store
from speechcx.store.decisions.flags import FlagChange, set_flags
from tests.ask.flagged import expected_flags, fill_flagged, make_any, make_flagged

ALL = FlagFilter(status=())


@pytest.fixture
def calls(store: Store) -> list[Call]:
    return fill_flagged(store)


def queue(store: Store, filters: FlagFilter = ALL, sort: str = "severity") -> list[tuple[str, str, str]]:
    return [
        (row.call_id, row.rule, row.result)
        for row in list_flags(store, filters, sort=sort, limit=10_000).rows
    ]


def test_the_queue_is_what_the_results_say(store: Store, calls: list[Call]) -> None:
    """Flagged results, compliance and critical rules that could not tell, critical questions; each once."""
    wanted = set().union(*map(expected_flags, calls))
    for sort in ORDERS:
        found = queue(store, sort=sort)
        assert (wanted, len(wanted)) == (set(found), len(found))
    found = list_flags(store, limit=3)
    assert (3, len(wanted), (("open", len(wanted)),)) == (len(found.rows), found.total, found.counts)
    seen = store.db.execute("SELECT call_id, rule, result FROM flags").fetchall()
    assert (wanted, len(wanted)) == (set(seen), len(seen))


def test_filters_choose_as_a_look_at_every_flag_does(store: Store, calls: list[Call]) -> None:
    """Rule, kind, severity, result, agent, period."""
    wanted = set().union(*map(expected_flags, calls))
    agents = {call.conversation.recording.id: call.conversation.recording.details.agent for call in calls}
    for filters, keep in (
        (FlagFilter(rule=("notice", "threat")), lambda f: f[1] in ("notice", "threat")),
        (FlagFilter(kind=("question",)), lambda f: f[2] == "no"),
        (FlagFilter(result=("cannot_tell",)), lambda f: f[2] == "cannot_tell"),
        (FlagFilter(severity=("critical",)), lambda f: f[1] in ("notice", "pay", "service-quality.polite")),
        (FlagFilter(CallFilter(agent=("ann",))), lambda f: agents[f[0]] == "ann"),
        (FlagFilter(rule=("hidden",)), lambda f: False),
    ):
        assert {flag for flag in wanted if keep(flag)} == set(queue(store, filters))


def test_the_first_page_is_the_worst_and_newest(store: Store, calls: list[Call]) -> None:
    """Critical before major, and among equals the newest call first; paging loses and doubles nothing."""
    ranks = ("critical", "major", "minor", "info")
    rows = list_flags(store, limit=500).rows
    order = [(ranks.index(str(row.severity)), row.occurred_at) for row in rows]
    assert sorted(rank for rank, _ in order) == [rank for rank, _ in order]
    assert all(a[0] < b[0] or str(a[1]) >= str(b[1]) for a, b in itertools.pairwise(order))
    pages = [row.flag for at in range(0, len(rows), 7) for row in list_flags(store, limit=7, offset=at).rows]
    assert [row.flag for row in rows] == pages


def test_a_flag_says_what_it_rests_on(store: Store) -> None:
    """The first words, by whom and when; why; and nobody's decision."""
    call = make_flagged("x", {"threat": "present", "notice": "present"})
    store.save_call(call)
    (row,) = list_flags(store).rows
    assert ("Title of threat", "risk", "major", "present", "present it is") == (
        row.title, row.kind, row.severity, row.result, row.why,
    )  # fmt: skip
    assert ("customer", 5.6, 6.8, "cancel my account", "open", None, "found") == (
        row.party, row.start_s, row.end_s, row.quote, row.status, row.owner, row.standing,
    )  # fmt: skip


def decide(store: Store, flag: str, change: FlagChange) -> None:
    assert 1 == set_flags(store, [see_flag(store, flag)], change, who="mia")


def test_a_flag_is_found_by_its_short_number(store: Store, calls: list[Call]) -> None:
    """Each row's own, with and without the sign; a number that no rule has lists the flags of the call."""
    rows = list_flags(store, ALL, limit=20).rows
    for row in rows:
        assert row.number is not None
        assert {row.flag} == {find_flag(store, typed).flag for typed in (f"#{row.number}", row.number)}
    with pytest.raises(UsageError, match="use one of"):
        find_flag(store, f"#{str(rows[0].number).partition('.')[0]}.999")


def test_settled_flags_leave_the_queue_and_can_be_asked_for(store: Store) -> None:
    """By status, owner, and overdue."""
    call = make_flagged("x", {"notice": "absent", "verify": "absent", "threat": "present"})
    store.save_call(call)
    call_id = call.conversation.recording.id
    decide(store, f"{call_id}:notice", FlagChange("dismissed", reason="heard it"))
    decide(
        store, f"{call_id}:threat", FlagChange("escalated", reason="legal", owner="zoe", due=date(2026, 5, 1))
    )
    assert {"verify", "threat"} == {rule for _, rule, _ in queue(store, FlagFilter())}
    assert ["notice"] == [rule for _, rule, _ in queue(store, FlagFilter(status=("dismissed",)))]
    assert ["threat"] == [rule for _, rule, _ in queue(store, FlagFilter(owner=("zoe",)))]
    assert {"verify"} == {rule for _, rule, _ in queue(store, FlagFilter(owner=("",)))}
    assert ["threat"] == [rule for _, rule, _ in queue(store, FlagFilter(overdue_on="2026-05-02"))]
    assert [] == queue(store, FlagFilter(overdue_on="2026-05-01"))
    assert (("open", 1), ("dismissed", 1), ("escalated", 1)) == list_flags(store, ALL).counts


def test_a_hit_found_again_reopens_nothing(store: Store) -> None:
    """Judged anew with the same outcome, also by a newer rulebook, a dismissed flag stays dismissed."""
    old = make_flagged("x", {"notice": "absent"})
    store.save_call(old)
    call_id = old.conversation.recording.id
    decide(store, f"{call_id}:notice", FlagChange("dismissed", reason="heard it"))
    new = make_flagged("x", {"notice": "absent"}, version="2")
    store.save_assessment(call_id, new.assessment)
    row = find_flag(store, f"{call_id}:notice")
    assert ("dismissed", "heard it", "found") == (row.status, row.reason, row.standing)


def test_a_hit_that_is_no_longer_found_keeps_the_decision(store: Store) -> None:
    """It is marked as gone; found again with other evidence, as changed, and never open by itself."""
    first = make_flagged("x", {"notice": "absent", "threat": "present"})
    store.save_call(first)
    call_id = first.conversation.recording.id
    for rule in ("notice", "threat"):
        decide(store, f"{call_id}:{rule}", FlagChange("confirmed", reason="so it is"))
    store.save_assessment(call_id, make_flagged("x", {}, version="2").assessment)
    rows = list_flags(store, ALL).rows
    assert {("notice", "gone", "confirmed", "absent"), ("threat", "gone", "confirmed", "present")} == {
        (row.rule, row.standing, row.status, row.result) for row in rows
    }
    assert [] == queue(store, FlagFilter(standing=("found",), status=()))
    assert {"gone"} == {standing for (standing,) in store.db.execute("SELECT standing FROM flags")}
    store.save_assessment(call_id, make_flagged("x", {"notice": "cannot_tell"}, version="3").assessment)
    row = find_flag(store, f"{call_id}:notice")
    assert ("changed", "confirmed", "cannot_tell") == (row.standing, row.status, row.result)


def test_a_flag_is_named_by_its_call_in_every_way_a_call_is(store: Store) -> None:
    """Id, beginning, file, with a rule or the beginning of one; the call alone where it has one flag."""
    one = make_flagged("one", {"notice": "absent"})
    two = make_flagged("two", {"notice": "absent", "verify": "absent"})
    for call in (one, two):
        store.save_call(call)
    first, second = (call.conversation.recording for call in (one, two))
    for name in (
        first.id,
        first.id[:5],
        f"{first.id[:5]}:notice",
        f" {first.id} : not",
        f"{first.path}:notice",
    ):
        assert f"{first.id}:notice" == find_flag(store, name).flag
    assert f"{second.id}:verify" == find_flag(store, f"{second.id}:v").flag
    with pytest.raises(UsageError, match="2 flags of call"):
        find_flag(store, second.id)
    with pytest.raises(UsageError, match="no flags of call .* are named 'zzz'"):
        find_flag(store, f"{second.id}:zzz")
    with pytest.raises(UsageError, match="no call is named"):
        find_flag(store, "ffffffff:notice")


@pytest.mark.parametrize(
    ("filters", "said"),
    [
        (FlagFilter(rule=("notise",)), "nearest is 'notice'"),
        (FlagFilter(status=("escalated",)), "--status all"),
        (FlagFilter(CallFilter(agent=("bea2",))), "nearest is 'bea'"),
        (FlagFilter(owner=("zoe",)), "Without --owner"),
    ],
)
@pytest.mark.usefixtures("calls")
def test_an_empty_queue_says_what_would_widen_it(store: Store, filters: FlagFilter, said: str) -> None:
    """Near names, and what is found without a filter."""
    assert said in str(list_flags(store, filters).hint)


def test_an_empty_database_has_no_flags(store: Store) -> None:
    """And says that there are no calls."""
    found = list_flags(store)
    assert ((), 0) == (found.rows, found.total)
    assert "no calls yet" in str(found.hint)


@pytest.mark.parametrize(
    "given",
    [{"status": ("closed",)}, {"severity": ("high",)}, {"result": ("maybe",)}, {"standing": ("x",)}],
)
def test_values_that_cannot_be_are_refused(given: dict[str, tuple[str, ...]]) -> None:
    """With the legal ones."""
    with pytest.raises(UsageError, match="one of|'"):
        FlagFilter(**given)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="cannot sort by"):
        list_flags(Path("nowhere"), sort="sevrity")


odd = st.text(st.sampled_from("ab0:.'\"%\0\ud800 é-"), max_size=12)


@given(odd, odd, odd)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_name_is_an_error_but_a_usage_error(store: Store, rule: str, owner: str, name: str) -> None:
    """Whatever is typed for a rule, an owner, a flag."""
    assert 0 == list_flags(store, FlagFilter(rule=(rule,), owner=(owner,))).total
    with pytest.raises(UsageError):
        find_flag(store, name)


@given(st.integers(0, 10_000))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_random_histories_keep_every_decision(store: Store, seed: int) -> None:
    """After any number of decisions and new judgements, the queue is that of the results, the decisions the last."""
    rng = random.Random(seed)
    calls = {f"{seed}-{n}": make_any(rng, f"{seed}-{n}", queue=str(seed)) for n in range(4)}
    for call in calls.values():
        store.save_call(call)
    mine = FlagFilter(CallFilter(queue=(str(seed),)), status=())
    said: dict[tuple[str, str], str] = {}
    for _ in range(12):
        if rng.random() < 0.4:
            name = rng.choice(sorted(calls))
            details = calls[name].conversation.recording.details
            calls[name] = make_any(rng, name, queue=str(seed), started_at=details.started_at)
            store.save_assessment(calls[name].conversation.recording.id, calls[name].assessment)
            continue
        flags = list(see_flags(store, mine))
        if flags:
            status = rng.choice(("confirmed", "dismissed", "escalated", "open"))
            some = rng.sample(flags, min(2, len(flags)))
            set_flags(store, some, FlagChange(status, reason="x"), who="mia")
            said |= {(flag.call_id, flag.rule): status for flag in some}
    rows = list_flags(store, mine, limit=1000).rows
    there = {(row.call_id, row.rule, row.result) for row in rows if row.standing != "gone"}
    assert set().union(*map(expected_flags, calls.values())) == there
    assert said == {(row.call_id, row.rule): row.status for row in rows if (row.call_id, row.rule) in said}
