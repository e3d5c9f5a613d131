"""How the work stands, on the screen."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from speechcx.cli.left_view import later_text, print_warnings
from speechcx.cli.output import print_json, print_text
from speechcx.present.table import clean
from speechcx.present.units import clock

if TYPE_CHECKING:
    from speechcx.ask.runs.left_out import LeftOut
    from speechcx.ask.runs.status import Status
    from speechcx.batch.recordings import Compared, MissingFiles


_SAME_CALLS = "second recordings of one call; kept, and not counted"
_NAMED = {"same_call": 10, "other_table": 10}
"""Of files of these reasons, so many are named on a screen with what is to be said of each."""

MAX_FOLDERS = 10
"""Folders and files named on a screen; --json has them all."""


def missing_lines(missing: MissingFiles) -> list[str]:
    """Known files that are not there: folders that look like a missing disk first, then how many others."""
    alarms = missing.alarms
    lines = [
        f"{alarm.folder} is {alarm.state}: {alarm.files:,} known files are not there; is the disk mounted?"
        for alarm in alarms[:MAX_FOLDERS]
    ]
    if len(alarms) > MAX_FOLDERS:
        lines.append(f"The same of {len(alarms) - MAX_FOLDERS} more folders; --json names them.")
    others = [folder for folder in missing.folders if not folder.is_alarm]
    if others:
        count = sum(folder.files for folder in others)
        where = others[0].folder if len(others) == 1 else f"{len(others)} folders"
        lines.append(
            f"{count:,} known files are no longer in {where}: their calls stay"
            " (usual where recordings are deleted by age)."
        )
    return lines


def changed_lines(compared: Compared) -> list[str]:
    """Files that hold other bytes than those that were heard, and what to do."""
    lines = [
        f"{file.path} holds other bytes than call {file.call_id}, under the same name, size and time."
        for file in compared.changed[:MAX_FOLDERS]
    ]
    if len(compared.changed) > MAX_FOLDERS:
        lines.append(f"The same of {len(compared.changed) - MAX_FOLDERS} more files; --json names them.")
    if compared.changed:
        lines.append(
            "To do: find out who changed them (speechcx check --recordings looks at all); to hear what is there"
            " now, speechcx run --redo all FILE: the call of before is kept and counts no longer."
        )
    lines += [f"{path} cannot be read any more." for path in compared.unreadable[:MAX_FOLDERS]]
    return lines


def print_status(status: Status, missing: MissingFiles, *, as_json: bool) -> None:
    """Print the state of a database: last run, what is done, what waits, what failed, what is gone."""
    if as_json:
        print_json({"schema_version": 1, "kind": "status", **asdict(status), "missing": asdict(missing)})
        return
    print_text(f"{status.database}, {status.size_bytes / 1e6:.1f} MB, schema {status.schema}")
    days = f" from {status.first_day} to {status.last_day}" if status.first_day else ""
    print_text(
        f"{status.calls} calls{days}, {clock(status.audio_s)} of audio, {status.flagged_calls} flagged"
    )
    if status.outdated:
        print_text(
            f"{status.outdated} calls were heard with other settings, or by an older speechcx, than a run would use"
            " now; `speechcx run --redo outdated` hears them again."
        )
    _print_run(status)
    states = ", ".join(f"{count} {state}" for state, count in status.files)
    print_text(f"Files: {states or 'none seen'}")
    for line in missing_lines(missing):
        print_text(clean(line))
    if status.backlog:
        print_text(f"Waiting for the next run: {status.backlog}, the oldest {status.oldest_waiting}")
    for kind in status.failures:
        print_text(f"{kind.n} {kind.kind}: {kind.sentence} {kind.cure}", indent=2)

    _print_left_out(status.left_out)


def _print_left_out(left: LeftOut) -> None:
    from speechcx.ask.runs.left_out import SAME_CALL
    from speechcx.discover import OTHER_REASONS, SKIP_REASONS

    if left.growing and left.again_at:
        print_text(later_text(left.growing, left.again_at, left.growing_example))
    for reason, count in left.reasons:
        words = OTHER_REASONS.get(reason) or f"files left out: {SKIP_REASONS.get(reason, reason)}"
        print_text(f"{count} {_SAME_CALLS if reason == SAME_CALL else words}", indent=2)
        for file in [file for file in left.not_taken if file.reason == reason][: _NAMED.get(reason, 0)]:
            print_text(clean(f"{file.path}: {file.why}"), indent=4)
    print_warnings([str(warning) for warning in left.warnings], on_stdout=True)


def _print_run(status: Status) -> None:
    run = status.run
    if run is None:
        print_text("No run yet.")
        return
    end = f"{run.outcome}, exit code {run.exit_code}" if run.finished_at else "still running, or killed"
    print_text(f"Last run {run.run_id} ({run.command}) began {run.started_at}: {end}")
    if run.finished_at:
        speed = f", {run.times_realtime:.1f} x real time" if run.times_realtime else ""
        print_text(f"{run.done} done, {run.failed} failed, {run.skipped} skipped{speed}", indent=2)
    if status.interrupted_runs or status.redone:
        print_text(
            f"Killed runs: {status.interrupted_runs}; files taken up again after one: {status.redone}",
            indent=2,
        )
