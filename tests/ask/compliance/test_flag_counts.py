"""Flags in numbers against a recount by plain Python."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from speechcx.ask.compliance import flag_counts
from speechcx.ask.compliance.flag_counts import FLAG_GROUPS, count_flags, measure_precision
from speechcx.ask.compliance.flag_queue import FlagFilter
from speechcx.ask.compliance.flags import list_flags, see_flag
from speechcx.store import CallFilter, Store
from speechcx.store.decisions.flags import FlagChange, set_flags
from tests.ask.flagged import expected_flags, fill_flagged, make_flagged


@pytest.mark.parametrize("by", FLAG_GROUPS)
def test_sizes_and_scopes_are_those_of_a_recount(store: Store, by: str) -> None:
    """Flags, calls, agents, teams, customers, first and last day, and the share of all calls."""
    calls = fill_flagged(store)
    details = {call.conversation.recording.id: call.conversation.recording.details for call in calls}
    flags = [flag for call in calls for flag in expected_flags(call)]
    found = {row.key: row for row in count_flags(store, by=by).rows}  # type: ignore[arg-type]
    keys = {flag: flag[1] if by == "rule" else getattr(details[flag[0]], by) for flag in flags}
    assert set(keys.values()) == set(found)
    for key, row in found.items():
        mine = [flag for flag in flags if keys[flag] == key]
        about = [details[flag[0]] for flag in mine]
        days = sorted(str(one.started_at)[:10] for one in about)
        asked = len(calls) if by == "rule" else sum(getattr(one, by) == key for one in details.values())
        assert (len(mine), len({flag[0] for flag in mine}), sum(flag[2] == "cannot_tell" for flag in mine)) == (
            row.flags, row.calls, row.cannot_tell
        )  # fmt: skip
        assert (len({one.agent for one in about}), len({one.team for one in about}), days[0], days[-1]) == (
            row.agents, row.teams, row.first_day, row.last_day
        )  # fmt: skip
        lengths = {
            call.conversation.recording.id: call.assessment.reading.flow.partition.audio_duration_s
            for call in calls
        }
        assert pytest.approx(sum(lengths[call_id] for call_id in {flag[0] for flag in mine})) == row.audio_s
        queues, centers = ({getattr(one, name) for one in about} - {None} for name in ("queue", "center"))
        assert (len(queues), len(centers)) == (row.queues, row.centers)
        assert (asked, row.calls / asked, None) == (row.calls_asked, row.call_share, row.course)


def fill_months(store: Store, before: tuple[int, int], now: tuple[int, int]) -> None:
    """(flagged calls, calls) of February and of March."""
    for month, (flagged, n) in ((2, before), (3, now)):
        for number in range(n):
            start = datetime(2025, month, 1 + number % 28, 9, tzinfo=UTC)
            values = {"notice": "absent" if number < flagged else "present"}
            store.save_call(make_flagged(f"{month}-{number}", values, started_at=start))


@pytest.mark.parametrize(
    ("before", "now", "course"),
    [
        ((1, 30), (15, 30), "rising"),
        ((15, 30), (1, 30), "falling"),
        ((5, 30), (6, 30), "steady"),
        ((0, 0), (6, 30), None),
    ],
)
def test_a_rule_rises_or_falls_where_the_interval_leaves_out_zero(
    store: Store, before: tuple[int, int], now: tuple[int, int], course: str | None
) -> None:
    """Shares of calls are compared with the period of the same length before; without calls then, nothing is."""
    fill_months(store, before, now)
    march = FlagFilter(CallFilter(since=date(2025, 3, 1), until=date(2025, 3, 28)), status=())
    found = count_flags(store, march)
    (row,) = [row for row in found.rows if row.key == "notice"]
    assert (course, now[0] / now[1]) == (row.course, row.call_share)
    assert (date(2025, 2, 1), date(2025, 2, 28)) == found.before
    assert row.share_before == (before[0] / before[1] if before[1] else None)


def test_precision_counts_what_people_settled(store: Store) -> None:
    """Confirmed of confirmed and dismissed; escalated, unsure and gone ones are left out, the last with a number."""
    values = {"notice": "absent"}
    calls = [make_flagged(number, values) for number in range(8)]
    for call in calls:
        store.save_call(call)
    ids = [call.conversation.recording.id for call in calls]
    for at, status in (
        (0, "confirmed"),
        (1, "confirmed"),
        (2, "confirmed"),
        (3, "dismissed"),
        (4, "escalated"),
    ):
        set_flags(store, [see_flag(store, f"{ids[at]}:notice")], FlagChange(status, reason="x"), who="mia")  # type: ignore[arg-type]
    set_flags(store, [see_flag(store, f"{ids[5]}:notice")], FlagChange("dismissed", reason="x"), who="mia")
    store.save_assessment(ids[5], make_flagged(5, {}, version="2").assessment)
    store.save_assessment(ids[6], make_flagged(6, {"notice": "cannot_tell"}, version="2").assessment)
    set_flags(store, [see_flag(store, f"{ids[6]}:notice")], FlagChange("dismissed", reason="x"), who="mia")
    found = measure_precision(store)["notice"]
    assert (3, 1, 1, 0.75) == (found.confirmed, found.dismissed, found.gone, found.share)
    assert found.interval == pytest.approx((0.3006, 0.9544), abs=1e-4)
    assert found == next(row.precision for row in count_flags(store).rows if row.key == "notice")


def test_a_rule_nobody_looked_at_has_no_precision(store: Store) -> None:
    """No share, never 0 or 1."""
    store.save_call(make_flagged("x", {"notice": "absent"}))
    precision = count_flags(store).rows[0].precision
    assert precision is not None
    assert (None, None, 0) == (precision.share, precision.interval, precision.confirmed)


@pytest.mark.parametrize("by", [group for group in FLAG_GROUPS if group != "rule"])
def test_kept_sums_say_what_the_flags_themselves_say(
    store: Store, monkeypatch: pytest.MonkeyPatch, by: str
) -> None:
    """Settled flags and a period too: counted from the sums of calls, or flag by flag."""
    fill_flagged(store)
    rows = list_flags(store, FlagFilter(status=()), limit=6).rows
    for row, status in zip(rows, ("confirmed", "dismissed", "escalated", "confirmed"), strict=False):
        change = FlagChange(status, reason="x")  # type: ignore[arg-type]
        set_flags(store, [see_flag(store, row.flag)], change, who="mia")
    day = date.fromisoformat(max(str(row.local_day) for row in rows))
    wanted = [FlagFilter(status=()), FlagFilter(CallFilter(since=day), status=())]
    kept = [count_flags(store, one, by=by).rows for one in wanted]  # type: ignore[arg-type]
    assert sum(row.flags - row.waiting for row in kept[0]) == 3
    monkeypatch.setattr(flag_counts, "has_sums", lambda store, filters: False)
    counted = [count_flags(store, one, by=by).rows for one in wanted]  # type: ignore[arg-type]
    assert counted == [
        tuple(replace(row, audio_s=pytest.approx(row.audio_s)) for row in rows) for rows in kept
    ]
