from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speechcx.batch.plan import Choice, Plan, Planner, Redo
from speechcx.call import Details
from speechcx.discover import FoundFile
from speechcx.errors import FAILURE_KINDS, CallError
from speechcx.store import FileState, KnownFile, digest_details

DETAILS = Details(agent="ann", started_at=datetime(2025, 3, 4, tzinfo=UTC))
STATES = get_args(FileState)


def make_known(state: str = "done", **fields: object) -> KnownFile:
    usual: dict[str, object] = {
        "size_bytes": 10, "mtime_ns": 20, "call_id": "c1", "state": state, "kind": None, "attempts": 1,
        "listen_digest": "L", "rulebook_digest": "R", "details_digest": digest_details(DETAILS),
        "retry_asked": 0, "run_id": 1,
    }  # fmt: skip
    return KnownFile(**(usual | fields))  # type: ignore[arg-type]


def plan_one(
    known: KnownFile | None = None, *, redo: Redo = "none", details: Details = DETAILS, **file: object
) -> Plan:
    found = FoundFile(**({"path": "/a.wav", "size_bytes": 10, "mtime_ns": 20, "skip": None} | file))  # type: ignore[arg-type]
    planner = Planner({} if known is None else {b"/a.wav": known}, Choice(redo, None, "L"), lambda _: details)
    return planner.plan([found])


def why(plan: Plan) -> str | None:
    return plan.files[0].why if plan.files else None


@pytest.mark.parametrize(
    ("known", "redo", "expected"),
    [
        (None, "none", "new"),
        (make_known(), "none", None),
        (make_known(), "failed", None),
        (make_known(), "outdated", None),
        (make_known(), "all", "redo"),
        (make_known(listen_digest="other"), "none", None),
        (make_known(listen_digest="other"), "outdated", "outdated"),
        (make_known(details_digest="other"), "outdated", None),
        (make_known(size_bytes=11), "none", "changed_file"),
        (make_known(mtime_ns=21), "none", "changed_file"),
        (make_known("seen"), "none", "unfinished"),
        (make_known("claimed"), "none", "unfinished"),
        (make_known("skipped"), "none", "unfinished"),
        (make_known("quarantined", kind="worker_died"), "none", None),
        (make_known("quarantined", kind="worker_died"), "failed", "redo"),
        (make_known("quarantined", kind="worker_died", retry_asked=1), "none", "retry_asked"),
        (make_known("failed", kind="truncated"), "none", None),
        (make_known("failed", kind="truncated"), "failed", "redo"),
        (make_known("failed", kind="truncated", listen_digest="other"), "outdated", "outdated"),
        (make_known("failed", kind="unreadable"), "none", "failed_before"),
        (make_known("failed", kind="worker_died"), "none", "failed_before"),
        (make_known("needs_metadata", kind="metadata_missing"), "none", "failed_before"),
        (make_known("duplicate", call_id="c9"), "none", "unfinished"),
    ],
)  # fmt: skip
def test_what_is_taken_and_why(known: KnownFile | None, redo: Redo, expected: str | None) -> None:
    """By state, failure policy, digests and what was asked for."""
    assert why(plan_one(known, redo=redo)) == expected


@pytest.mark.parametrize("kind", FAILURE_KINDS)
def test_each_failure_kind_is_taken_by_its_policy(kind: str) -> None:
    """Never, or on the next run."""
    taken = why(plan_one(make_known("failed", kind=kind)))
    assert taken == (None if FAILURE_KINDS[kind].retry == "never" else "failed_before")


def test_files_left_alone_are_counted_by_what_they_are() -> None:
    """Done, failed for good, copies: all skipped."""
    known = {
        b"/1.wav": make_known("done", call_id="c1"),
        b"/2.wav": make_known("duplicate", call_id="c1"),
        b"/3.wav": make_known("failed", kind="damaged", call_id="c3"),
        b"/4.wav": make_known("duplicate", call_id="c3"),
    }
    plan = Planner(known, Choice(), lambda _: DETAILS).plan(FoundFile(p.decode(), 10, 20) for p in known)
    assert (plan.done, plan.copies, plan.given_up, plan.skipped) == (1, 2, 1, 4)
    assert plan.files == ()


def test_a_file_still_growing_is_ignored_unless_it_is_done() -> None:
    """A finished call stays finished when its file was touched moments ago."""
    growing = plan_one(skip="still_growing")
    assert [aside.skipped for aside in growing.ignored] == ["still_growing"]
    assert growing.files == ()
    assert plan_one(make_known(), skip="still_growing").done == 1


def test_what_the_ledger_knows_already_is_no_news() -> None:
    """Nothing is written twice for a file that waits."""
    nobody = Details(sources=(("agent", "missing: no sidecar"),))
    [first] = plan_one(details=nobody).waiting
    assert first.is_news
    assert first.failure is not None
    assert first.failure.message == "agent: missing: no sidecar. started_at: missing"
    [again] = plan_one(make_known("needs_metadata", kind="metadata_missing"), details=nobody).waiting
    assert not again.is_news
    [skipped] = plan_one(make_known("skipped", kind="partial"), skip="partial").ignored
    assert not skipped.is_news


def test_metadata_told_in_two_ways_is_set_aside() -> None:
    """A conflict is shown to a person, never decided by luck."""

    def conflict(_: str) -> Details:
        raise CallError("metadata_conflict", "agent ann in the sidecar, bob in the table")

    plan = Planner({}, Choice(), conflict).plan([FoundFile("/a.wav", 10, 20)])
    assert [aside.failure.kind for aside in plan.waiting if aside.failure] == ["metadata_conflict"]


def test_what_may_have_ended_runs_before_goes_last() -> None:
    """A file claimed three times and never finished, or that cost its worker, waits for the others."""
    known = {
        b"/1.wav": make_known("claimed", attempts=3),
        b"/2.wav": make_known("failed", kind="timeout"),
        b"/3.wav": make_known("claimed", attempts=2),
    }
    found = [FoundFile(f"/{n}.wav", 10, 20) for n in (1, 2, 3, 4)]
    plan = Planner(known, Choice(), lambda _: DETAILS).plan(found)
    assert [file.path for file in plan.files] == ["/3.wav", "/4.wav", "/1.wav", "/2.wav"]


def test_a_limit_cuts_the_plan() -> None:
    """And says how many are left."""
    found = [FoundFile(f"/{n}.wav", 10, 20) for n in range(5)]
    plan = Planner({}, Choice(limit=2), lambda _: DETAILS).plan(found)
    assert (len(plan.files), plan.beyond_limit) == (2, 3)
    with pytest.raises(ValueError, match="limit must be 1 or more, got 0"):
        Choice(limit=0)


def test_changed_details_of_a_call_that_is_done_are_changes_not_work() -> None:
    """Nothing is taken up for them, and nothing is read where the sources are known to be as they were."""
    found = [FoundFile("/a.wav", 10, 20, None)]
    for compares, expected in ((True, ["c1"]), (False, [])):
        planner = Planner(
            {b"/a.wav": make_known(details_digest="other")}, Choice("none", None, "L"), lambda _: DETAILS,
            compare_details=compares,
        )  # fmt: skip
        plan = planner.plan(found)
        assert (plan.files, [change.call_id for change in plan.changes]) == ((), expected)


def test_a_copy_of_a_call_whose_file_is_gone_stands_for_it_when_all_is_redone(tmp_path: Path) -> None:
    """Else a moved call could never be heard again."""
    there, gone = tmp_path / "there.wav", tmp_path / "gone.wav"
    there.touch()
    for owner, expected in ((there, None), (gone, "redo")):
        known = {
            str(owner).encode(): make_known("done", call_id="c1"),
            b"/a.wav": make_known("duplicate", call_id="c1"),
        }
        plan = Planner(known, Choice("all"), lambda _: DETAILS).plan([FoundFile("/a.wav", 10, 20)])
        assert why(plan) == expected


def test_planning_can_be_stopped() -> None:
    """Ctrl-C while a hundred thousand names are looked at."""
    found = (FoundFile(f"/{n}.wav", 10, 20) for n in range(100))
    asked = iter([False, False, True])
    plan = Planner({}, Choice(), lambda _: DETAILS).plan(found, give_up=lambda: next(asked))
    assert len(plan.files) == 2


@given(
    st.lists(
        st.tuples(
            st.sampled_from(STATES), st.sampled_from([None, *FAILURE_KINDS]), st.sampled_from(["c1", "c2", None]),
            st.booleans(), st.booleans(),
        ),
        max_size=12,
    ),
    st.sampled_from(get_args(Redo)),
)  # fmt: skip
def test_every_file_is_accounted_for_once(
    rows: list[tuple[str, str | None, str | None, bool, bool]], redo: Redo
) -> None:
    """Taken, waiting, ignored or left alone: exactly one of them, whatever the ledger says."""
    known, found = {}, []
    for number, (state, kind, call_id, is_known, is_skipped) in enumerate(rows):
        path = f"/{number}.wav"
        found.append(FoundFile(path, 10, 20, "partial" if is_skipped else None))
        if is_known:
            known[path.encode()] = make_known(state, kind=kind, call_id=call_id)
    plan = Planner(known, Choice(redo, None, "L"), lambda _: DETAILS).plan(found)
    assert len(plan.files) + len(plan.waiting) + len(plan.ignored) + plan.skipped == len(rows)
