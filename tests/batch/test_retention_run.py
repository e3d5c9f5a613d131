"""Retention: what goes when, what stays and why, and that nothing of it comes back."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from speechcx.ask.compliance import FlagFilter, list_flags, see_flag
from speechcx.batch import rejudge, relabel
from speechcx.batch.backup import back_up, restore
from speechcx.batch.merge import merge
from speechcx.batch.retention_run import RetentionReport, apply_retention, plan_retention
from speechcx.call import Call
from speechcx.config import load_settings
from speechcx.config.retention_settings import RetentionSettings
from speechcx.errors import ConfigError, LegalHold, UsageError
from speechcx.store import FileStats, RunInfo, Store
from speechcx.store.calls.removed_parts import list_removed, remove_parts
from speechcx.store.decisions.audit import AuditEntry, add_entries, read_trail
from speechcx.store.decisions.flags import FlagChange, set_flags
from speechcx.store.decisions.legal_holds import Held, set_hold
from speechcx.store.decisions.trail_check import verify_trail
from speechcx.store.integrity import Examined, examine
from tests.batch.folders import make_rulebook, make_settings
from tests.store.tampering import full_call

TODAY = date(2026, 3, 1)
SECRET = "cancel my account"


def keep(database: Path, *days: date) -> list[str]:
    """A database with a call for each day; returns their ids."""
    ids = []
    with Store.open(database, create=True) as store:
        run = store.ledger.begin_run(RunInfo())
        for number, day in enumerate(days):
            call = dated_call(number, day)
            store.ledger.save_outcome(run, call, FileStats(1, 1))
            ids.append(call.conversation.recording.id)
    return ids


def dated_call(number: int, day: date) -> Call:
    """A call with everything in it, of a day."""
    call = full_call(number)
    started = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    recording = call.conversation.recording
    details = replace(recording.details, started_at=started, zone="UTC")
    return replace(
        call, conversation=replace(call.conversation, recording=replace(recording, details=details))
    )


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "calls.db"


@pytest.fixture
def ids(database: Path) -> list[str]:
    """An old call and a new one."""
    return keep(database, date(2025, 1, 1), date(2026, 2, 20))


def apply(database: Path, *, today: date = TODAY, **periods: object) -> RetentionReport:
    """Remove what is over these periods."""
    with Store.open(database) as store:
        return apply_retention(store, RetentionSettings(**periods), today=today, who="zoe")  # type: ignore[arg-type]


def problems(database: Path) -> list[str]:
    """What a check finds."""
    with Store.open(database, read_only=True) as store:
        return [one.what for one in examine(store, Examined(every_call=True))] + list(
            verify_trail(store).problems
        )


def test_the_plan_lists_what_goes_and_why_and_removes_nothing(database: Path, ids: list[str]) -> None:
    """Only the old call is in it, with the kinds whose period is over; the file stays as it is."""
    before = database.read_bytes()
    with Store.open(database, read_only=True) as store:
        found = plan_retention(store, RetentionSettings(words="90 days", scores="6 years"), today=TODAY)
    (one,) = found.calls
    assert (one.call_id, one.day, one.kinds) == (ids[0], "2025-01-01", ("words",))
    assert one.why == "words are kept 90 days"
    assert (found.counts, found.is_applied) == ((("words", 1),), False)
    assert before == database.read_bytes()


@pytest.mark.parametrize(
    ("kinds", "gone", "left"),
    [
        (("index",), "search", "text"),
        (("words",), "text", "scores"),
        (("evidence",), "quotes", "text"),
        (("measures",), "pace", "text"),
        (("scores",), "scores", "text"),
        (("words", "evidence", "measures"), "quotes", "scores"),
    ],
)
def test_each_kind_goes_alone(
    database: Path, ids: list[str], kinds: tuple[str, ...], gone: str, left: str
) -> None:
    """What is over its period is gone, the rest is there; the call can be read and the database is sound."""
    told = {
        "text": "SELECT count(*) FROM turns WHERE text <> '' AND call_id = ?",
        "search": "SELECT count(*) FROM turns_fts f JOIN turns t ON t.turn_id = f.rowid"
        " WHERE turns_fts MATCH 'account' AND t.call_id = ?",
        "quotes": "SELECT count(*) FROM hits WHERE quote <> '' AND call_id = ?",
        "pace": "SELECT count(*) FROM party_measures JOIN calls USING (call_no) WHERE talk_share IS NOT NULL"
        " AND call_id = ?",
        "scores": "SELECT count(*) FROM scores JOIN calls USING (call_no) WHERE call_id = ?",
    }
    done = apply(database, **dict.fromkeys(kinds, "1 year"))
    assert done.is_applied
    assert (kinds, False) == (tuple(sorted(done.calls[0].kinds, key=kinds.index)), done.calls[0].is_erased)
    with Store.open(database, read_only=True) as store:
        counts = {
            name: [store.db.execute(sql, (one,)).fetchone()[0] for one in ids] for name, sql in told.items()
        }
        store.load(ids[0])
        assert set(kinds) == list_removed(store.db, ids[0])
    assert counts[gone][0] == 0
    assert counts[gone][1] > 0
    assert counts[left][0] > 0
    assert [] == problems(database)
    assert () == apply(database, **dict.fromkeys(kinds, "1 year")).calls


def test_no_byte_of_removed_words_is_left(database: Path) -> None:
    """Text, quotes, reasons and index: nothing of what was said is in the file."""
    keep(database, date(2025, 1, 1))
    assert SECRET.encode() in database.read_bytes().lower()
    apply(database, words="1 year", evidence="1 year")
    found = b"".join(path.read_bytes() for path in database.parent.glob("calls.db*")).lower()
    assert SECRET.encode() not in found


def test_a_call_of_which_nothing_would_be_left_is_erased(database: Path, ids: list[str]) -> None:
    """With a certificate, so that its recording is never taken up again."""
    done = apply(database, words="1 year", measures="1 year", scores="1 year", evidence="1 year")
    assert (done.calls[0].is_erased, done.certificate) == (True, 1)
    with Store.open(database) as store:
        assert not store.has_call(ids[0])
        assert store.has_call(ids[1])
        (row,) = read_trail(store, action="erase")
        assert "retention" in str(row.detail)
    assert [] == problems(database)


def test_a_rule_keeps_a_call_longer(database: Path, ids: list[str]) -> None:
    """Calls in which the rule was found stay for its period, and are counted; a wrong name stops everything."""
    with Store.open(database) as store:
        rule = store.db.execute("SELECT rule FROM results WHERE value = 'present' LIMIT 1").fetchone()[0]
        found = plan_retention(
            store, RetentionSettings(words="90 days", rules={rule: "6 years"}), today=TODAY
        )
        assert ((), ((rule, 1),)) == (found.calls, found.kept_by_rule)
        late = plan_retention(
            store, RetentionSettings(words="90 days", rules={rule: "6 years"}), today=date(2031, 1, 2)
        )
        assert len(late.calls) == 1
        with pytest.raises(UsageError, match=r"'complaints'.*would not be kept"):
            plan_retention(
                store, RetentionSettings(words="90 days", rules={"complaints": "6 years"}), today=TODAY
            )


def test_what_a_hold_keeps_is_told_and_stays(database: Path, ids: list[str]) -> None:
    """The plan names the hold, and applying leaves the call whole."""
    with Store.open(database) as store:
        set_hold(store, "case 17", Held(call_id=ids[0]), who="zoe", reason="claim")
    done = apply(database, words="90 days")
    assert ((), [(ids[0], "case 17")]) == (done.calls, [(one.call_id, one.hold) for one in done.held])
    with Store.open(database) as store, pytest.raises(LegalHold, match="nothing was removed"):
        remove_parts(store, ids[0], ["words"])


def test_recordings_go_only_where_the_settings_say_so(database: Path, tmp_path: Path) -> None:
    """Off, they are counted; on, the file goes if it holds the bytes that were heard, and stays if not."""
    call = dated_call(0, date(2025, 1, 1))
    paths = [tmp_path / "a.wav", tmp_path / "b.wav"]
    sound = b"sound"
    sha = hashlib.sha256(sound).hexdigest()
    told = {"id": sha[:16], "path": str(paths[0]), "sha256": sha, "size_bytes": len(sound)}
    recording = replace(call.conversation.recording, **told)
    paths[0].write_bytes(sound)
    paths[1].write_bytes(b"other")
    call = replace(call, conversation=replace(call.conversation, recording=recording))
    with Store.open(database, create=True) as store:
        run = store.ledger.begin_run(RunInfo())
        store.ledger.save_outcome(run, call, FileStats(len(sound), 1))
        store.ledger.skip(run, str(paths[1]), FileStats(5, 1), reason="duplicate", call_id=recording.id)
    kept = apply(database, audio="90 days")
    assert ((), 2) == (kept.calls, kept.recordings_left)
    assert paths[0].exists()
    done = apply(database, audio="90 days", delete_recordings=True)
    assert ("audio",) == done.calls[0].kinds
    assert [False, True] == [path.exists() for path in paths]


def test_a_call_without_its_words_is_not_judged_again(database: Path, ids: list[str]) -> None:
    """`rejudge` leaves it as it was judged, `relabel` says why, and what it shows says that the words are gone."""
    with Store.open(database) as store:
        before = store.load_assessment(ids[0])
    apply(database, words="90 days")
    with Store.open(database) as store:
        assert 1 == rejudge(store, make_rulebook(), make_settings(), again=True).done
        after = store.load(ids[0])
        assert before is not None
        assert [one.value for one in before.results] == [one.value for one in after.assessment.results]
        assert "words_removed" in after.conversation.flags
        with pytest.raises(UsageError, match="has lost parts to retention"):
            relabel(store, ids[0], ("customer", "agent"), make_rulebook(), make_settings())


def test_a_restored_or_merged_copy_brings_nothing_back(
    database: Path, ids: list[str], tmp_path: Path
) -> None:
    """A backup from before loses the same parts when it is put back, and when it is merged."""
    copy = tmp_path / "copy.db"
    back_up(database, copy, who="zoe")
    apply(database, words="90 days")
    merge(database, (copy,), who="zoe")
    with Store.open(database, read_only=True) as store:
        assert {""} == {said.text for said in store.load_conversation(ids[0]).utterances}
    done = restore(database, copy, who="zoe", lose_newer=True)
    assert done.carried is not None
    assert done.carried.removed == 1
    with Store.open(database, read_only=True) as store:
        assert {""} == {said.text for said in store.load_conversation(ids[0]).utterances}
    assert SECRET.encode() in copy.read_bytes().lower()
    assert [] == problems(database)


def test_details_of_the_trail_go_and_the_chain_still_verifies(database: Path, ids: list[str]) -> None:
    """Who did what and when stays; a detail that is taken out otherwise is still found."""
    with Store.open(database) as store:
        for number in range(3):
            at = f"202{number + 3}-01-01T00:00:00Z"
            add_entries(store, "zoe", [AuditEntry("view", ids[1], None, {"page": f"secret {number}"})], at=at)
    done = apply(database, audit="1 year")
    assert done.audit_rows == 2 + 1 * (TODAY > date(2026, 1, 1))
    with Store.open(database) as store:
        rows = read_trail(store, action="view")
        assert ["zoe"] * 3 == [row.who for row in rows]
        assert [None, None] == [row.detail for row in rows[:2]]
        assert () == verify_trail(store).problems
        add_entries(store, "zoe", [AuditEntry("view", ids[1], None, {"page": "new"})])
        store.db.execute(
            "UPDATE audit SET detail = NULL, salt = NULL WHERE audit_id = (SELECT max(audit_id) FROM audit)"
        )
        assert verify_trail(store).problems


def test_a_decided_flag_is_not_called_changed_when_its_quote_goes(database: Path) -> None:
    """The decision stands as one about what was found."""
    keep(database, date(2025, 1, 1))
    with Store.open(database) as store:
        flags = [row.flag for row in list_flags(store, FlagFilter()).rows]
        set_flags(store, [see_flag(store, flag) for flag in flags], FlagChange("confirmed"), who="zoe")
    apply(database, evidence="90 days")
    with Store.open(database) as store:
        rows = list_flags(store, FlagFilter(status=("confirmed",))).rows
    assert rows
    assert {"found"} == {row.standing for row in rows}


@pytest.mark.parametrize("period", ["90", "6 yrs", "-1 days", "0 days", "soon"])
def test_a_period_that_cannot_be_read_is_refused(period: str) -> None:
    """With the setting and an example."""
    with pytest.raises(ConfigError, match=r"retention\.words[\s\S]*90 days or 6 years"):
        load_settings(None, overrides=[f"retention.words={json.dumps(period)}"], environment={})


def test_months_and_years_end_on_days_that_there_are() -> None:
    """A month before 31 March is the end of February; a period longer than the calendar keeps everything."""
    wanted = RetentionSettings(
        words="1 month", scores="1 year", audio="99999 years", index="", measures="2 weeks"
    )
    assert wanted.find_cutoffs(date(2024, 3, 31)) == {
        "words": date(2024, 2, 29), "scores": date(2023, 3, 31), "audio": date.min, "measures": date(2024, 3, 17),
    }  # fmt: skip
