"""Recordings that vanish or change behind our backs are told; those deleted by age are usual."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from speechcx.batch import RunOptions, RunSummary, run
from speechcx.batch.check import check
from speechcx.batch.recordings import compare_files, find_missing
from speechcx.errors import UsageError
from speechcx.store import KnownFile, Store
from speechcx.store.heard_files import list_heard_files
from tests.batch.folders import known, make_rulebook, make_settings, write_call, write_calls

Run = Callable[..., RunSummary]
DAY_S = 86_400


def known_file(mtime_s: float = 0.0) -> KnownFile:
    return KnownFile(1, int(mtime_s * 1e9), "0" * 16, "done", None, 1, None, None, None, 0, 1)


def known_in(
    folder: Path, days: range, per_day: int = 3, *, make: range = range(0)
) -> dict[bytes, KnownFile]:
    """Known files in one folder a day; those of the days `make` are made."""
    found = {}
    for day in days:
        for number in range(per_day):
            path = folder / f"day-{day:03d}" / f"{number}.wav"
            if day in make:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text("x")
            found[os.fsencode(path)] = known_file(day * DAY_S)
    return found


def test_an_empty_folder_with_known_files_is_no_quiet_night(run_inbox: Run, inbox: Path) -> None:
    """Zero calls scored and exit code 0 would hide a disk that is not mounted: 3, with the number."""
    files = write_calls(inbox, 3)
    assert 0 == run_inbox().exit_code
    for path in files:
        path.unlink()
    summary = run_inbox()
    (alarm,) = summary.missing.alarms
    assert (3, 3, "empty", str(inbox)) == (summary.exit_code, alarm.files, alarm.state, alarm.folder)


@pytest.mark.parametrize(("setting", "code", "alarms"), [("fail", 3, 1), ("warn", 0, 1), ("ignore", 0, 0)])
def test_what_an_empty_folder_means_can_be_set(
    run_inbox: Run, inbox: Path, setting: str, code: int, alarms: int
) -> None:
    """Told and counted as a fault, only told, or taken as usual."""
    write_call(inbox, 1)
    settings = make_settings(missing_files=setting)
    run_inbox(settings)
    for path in inbox.iterdir():
        path.unlink()
    summary = run_inbox(settings)
    assert (code, alarms) == (summary.exit_code, len(summary.missing.alarms))


def test_a_folder_that_is_not_there_any_more_costs_only_itself(
    run_inbox: Run, inbox: Path, database: Path
) -> None:
    """Its known files are counted, the other folders are scored; never met, it is a wrong path."""
    write_calls(inbox / "north", 2)
    south = write_call(inbox / "south", 7)
    folders = [inbox / "north", inbox / "south"]
    go = partial(run, database, folders, make_settings(), make_rulebook())
    assert 3 == go().done
    south.unlink()
    south.parent.rmdir()
    write_call(inbox / "north", 8)
    planned = go(options=RunOptions(dry_run=True))
    summary = go()
    (alarm,) = summary.missing.alarms
    assert (3, 1, "not there", 1) == (summary.exit_code, summary.done, alarm.state, alarm.files)
    assert summary.missing == planned.missing
    with pytest.raises(UsageError, match="no file or folder"):
        run(database, [inbox / "west"], make_settings(), make_rulebook())


def test_recordings_deleted_by_age_are_a_note(tmp_path: Path) -> None:
    """Old days are gone, the new ones are there: told, and no fault."""
    files = known_in(tmp_path, range(100), make=range(90, 100))
    missing = find_missing(files, [tmp_path])
    assert (270, ()) == (missing.files, missing.alarms)


def test_recordings_moved_away_after_scoring_are_a_note(tmp_path: Path) -> None:
    """Every known file is gone, and new ones lie there: somebody clears the folder each day."""
    files = known_in(tmp_path, range(5))
    (tmp_path / "new.wav").write_text("x")
    missing = find_missing(files, [tmp_path])
    assert (15, ()) == (missing.files, missing.alarms)


def test_one_site_that_vanishes_among_others_is_an_alarm(tmp_path: Path) -> None:
    """The share of one site is not mounted, with its newest recordings; the other site's are there."""
    north = known_in(tmp_path / "north", range(90, 100), make=range(90, 100))
    south = known_in(tmp_path / "south", range(90, 100))
    (tmp_path / "south").mkdir()
    (alarm,) = find_missing(north | south, [tmp_path]).folders
    assert (str(tmp_path / "south"), 30, "empty", True) == (
        alarm.folder,
        alarm.files,
        alarm.state,
        alarm.is_alarm,
    )


def test_a_site_with_an_earlier_deletion_is_a_note(tmp_path: Path) -> None:
    """One site keeps recordings for 90 days, the other for 30 and had no calls since."""
    north = known_in(tmp_path / "north", range(10, 100), make=range(10, 100))
    south = known_in(tmp_path / "south", range(10, 60))
    missing = find_missing(north | south, [tmp_path])
    assert (150, ()) == (missing.files, missing.alarms)


def test_some_files_gone_of_a_folder_are_a_note(tmp_path: Path) -> None:
    """The folder is named with the number."""
    files = known_in(tmp_path, range(1), per_day=10, make=range(1))
    (tmp_path / "day-000" / "3.wav").unlink()
    (folder,) = find_missing(files, [tmp_path]).folders
    assert (1, "some files gone", False) == (folder.files, folder.state, folder.is_alarm)


def test_only_what_a_run_looks_into_is_missed(tmp_path: Path) -> None:
    """Another folder, a single file, and files that were never taken are none of its business; globs count."""
    files = known_in(tmp_path / "a", range(1)) | known_in(tmp_path / "b", range(1))
    (tmp_path / "a").mkdir()
    (tmp_path / "one.wav").write_text("x")
    assert (3, 3, 0) == tuple(
        find_missing(files, [root]).files
        for root in (tmp_path / "a", tmp_path / "a" / "**" / "*.wav", tmp_path / "one.wav")
    )
    skipped = {path: KnownFile(1, 1, None, "skipped", "partial", 0, None, None, None, 0, 1) for path in files}
    assert 0 == find_missing(skipped, [tmp_path]).files


def test_ten_thousand_known_files_need_one_look_a_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not one for each file: a folder on a slow share is listed once."""
    files = known_in(tmp_path, range(100), per_day=100, make=range(99, 100))
    looks = []
    real = os.listdir
    monkeypatch.setattr(os, "listdir", lambda folder: looks.append(folder) or real(folder))
    assert 9_900 == find_missing(files, [tmp_path]).files
    assert 100 == len(looks)


def overwrite(path: Path, text: str) -> None:
    """Other bytes of the same length, under the same name and time."""
    before = path.stat()
    assert len(text) == before.st_size
    path.write_text(text)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def test_bytes_that_changed_under_the_same_name_size_and_time_are_told(
    run_inbox: Run, inbox: Path, database: Path
) -> None:
    """Each run tells of it until it is settled, and changes nothing itself; heard again, both calls are kept."""
    path = write_call(inbox, 1)
    run_inbox()
    before = known(database)[path.name]
    overwrite(path, "call X")
    for _ in range(2):
        summary = run_inbox()
        (changed,) = summary.compared.changed
        assert (3, str(path), before.call_id) == (summary.exit_code, changed.path, changed.call_id)
    assert (before.call_id, "done") == (known(database)[path.name].call_id, known(database)[path.name].state)
    assert 1 == run_inbox(redo="all").done
    assert 0 == run_inbox().exit_code
    with Store.open(database, read_only=True) as store:
        assert 2 == store.db.execute("SELECT count(*) FROM calls").fetchone()[0]
        assert 1 == store.db.execute("SELECT count(*) FROM calls WHERE superseded_by IS NULL").fetchone()[0]


def test_spot_checks_come_to_every_file_in_turn(run_inbox: Run, inbox: Path) -> None:
    """Two a run: the fourth run has been at all seven."""
    files = write_calls(inbox, 7)
    settings = make_settings(spot_check_files=2)
    run_inbox(settings)
    overwrite(files[6], "call X")
    found = [len(run_inbox(settings).compared.changed) for _ in range(4)]
    assert [0, 0, 1] == found[:3] or 1 in found
    assert 1 == found[-1]


def test_spot_checks_can_be_bounded_and_left_out(run_inbox: Run, inbox: Path) -> None:
    """By number and by time."""
    write_calls(inbox, 5)
    run_inbox(make_settings(spot_check_files=0))
    assert 0 == run_inbox(make_settings(spot_check_files=0)).compared.looked_at
    timed = run_inbox(make_settings(spot_check_files=5, spot_check_s=0.0)).compared
    assert (0, 5) == (timed.looked_at, timed.left)
    assert 5 == run_inbox(make_settings(spot_check_files=50)).compared.same


def test_a_check_of_all_recordings_names_what_changed(run_inbox: Run, inbox: Path, database: Path) -> None:
    """Changed, written anew, gone and unreadable are told apart; only the first is a problem."""
    files = write_calls(inbox, 6)
    run_inbox()
    overwrite(files[0], "call X")
    files[1].write_text("longer than it was")
    files[2].unlink()
    files[3].unlink()
    files[3].mkdir()
    found = check(database, recordings=True)
    assert found.compared is not None
    assert (2, 1, 1, 0) == (
        found.compared.same,
        found.compared.gone,
        len(found.compared.changed),
        found.compared.left,
    )
    assert 2 == found.compared.newer + len(found.compared.unreadable)
    (problem,) = found.problems
    assert ("recordings", 3, True) == (problem.area, found.exit_code, problem.what.startswith(str(files[0])))


def test_comparing_can_be_stopped(run_inbox: Run, inbox: Path, database: Path) -> None:
    """What was looked at until then is told, and how many are left."""
    write_calls(inbox, 4)
    run_inbox()
    with Store.open(database, read_only=True) as store:
        files = list_heard_files(store)
    seen: list[int] = []
    compared, _ = compare_files(files, give_up=lambda: len(seen) == 2, report=seen.append)
    assert (2, 2) == (compared.same, compared.left)
