"""Runs: what the last one did, what is done, what waits, what failed, and what was left out."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import PurePath

from speechcx.ask.operations import GAP_KINDS
from speechcx.ask.runs import FailureRow, LanguageCount, LeftOut, NightGaps, RunStatus
from speechcx.batch import Plan, PlannedFile, RunSummary
from speechcx.batch.recordings import Compared, MissingFiles
from speechcx.batch.run import summarise_plan
from speechcx.call import language_name
from speechcx.discover import OTHER_REASONS, SKIP_REASONS, USED_REASONS, ExplainRow
from speechcx.present.envelope import Envelopes, record, rows
from speechcx.present.failure_causes import FailureCause, group_by_cause, list_causes
from speechcx.present.table import Answer, Column, Table, Text, make_table
from speechcx.present.units import clock, count_text, length

MAX_FOLDERS = 10
"""Folders and files that people are shown; the JSON document has them all."""
MAX_WARNINGS = 10
"""So many lines of tables are shown; all of them are in the JSON document."""

_REASONS = {"same_call": "second recordings of one call; kept, and not counted"} | OTHER_REASONS
_NAMED = frozenset({"same_call", "other_table"})
"""Reasons whose files are named one by one, with what is to be said of each."""

_FAILURES = rows("failures", FailureRow, facts={"left_out": LeftOut, "causes": tuple[FailureCause, ...]})
_RUN = record("run", RunSummary)
_DRY_RUN = record("run", RunSummary, files=tuple[PlannedFile, ...], causes=tuple[FailureCause, ...])
_FIELDS = rows("fields", ExplainRow)
_STATUS = record("status", RunStatus, missing=MissingFiles)

ENVELOPES: dict[str, Envelopes] = {
    "failures": _FAILURES,
    "failures list": _FAILURES,
    "run": (_RUN, _DRY_RUN, _FIELDS),
    "status": _STATUS,
}

_FAILURE_COLUMNS = (
    Column("path", "file"),
    Column("kind", "kind"),
    Column("stage", "stage"),
    Column("attempts", "tries"),
    Column("message", "found"),
    Column("cure", "to do"),
)
_FIELD_COLUMNS = (Column("field", "field"), Column("value", "value"), Column("source", "from"))


def present_fields(found: Sequence[ExplainRow]) -> Answer:
    """Where each field of a recording comes from."""
    shown = make_table("fields", _FIELD_COLUMNS, found)
    return Answer(partial(_FIELDS.wrap_rows, found), (shown,))


def present_failures(found: Sequence[FailureRow], left: LeftOut, *, each: bool = False) -> Answer:
    """Calls that could not be scored, by cause with what to do, or `each` of them; then what was left out."""
    shown = make_table("failures", _FAILURE_COLUMNS, found, empty="No call has failed.")
    causes = group_by_cause(found)
    document = partial(_FAILURES.wrap_rows, found, hint=shown.empty, left_out=left, causes=causes)
    notes = [Text(text, is_note=True) for text in _list_left_out(left)]
    if each or not found:
        return Answer(document, (shown, *notes))
    told = list_causes(causes, "speechcx failures --all --kind KIND")
    return Answer(document, (*told, *notes, *_list_retries(found)), shown)


def _list_retries(found: Sequence[FailureRow]) -> Iterator[Text]:
    """Which of the failures a run takes again by itself, and how to have the others taken."""
    waiting = sum(one.retry == "never" and not one.retry_asked for one in found)
    if waiting < len(found):
        yield Text(f"The next run takes {len(found) - waiting} of them again by itself.", is_note=True)
    if waiting:
        yield Text(
            f"No run takes {waiting} of them again by itself. When their cause is gone: speechcx failures retry",
            is_note=True, is_hint=True,
        )  # fmt: skip


def _list_left_out(left: LeftOut) -> Iterator[str]:
    if left.growing and left.again_at:
        yield later_text(left.growing, left.again_at, left.growing_example)
    if others := others_text(left.reasons):
        yield others
    yield from list_warnings([str(warning) for warning in left.warnings])


def present_status(status: RunStatus, missing: MissingFiles) -> Answer:
    """The state of a database: last run, what is done, what waits, what failed, what is gone."""
    return Answer(partial(_STATUS.wrap, status, missing=missing), tuple(_status(status, missing)))


def _status(status: RunStatus, missing: MissingFiles) -> Iterator[Text]:
    yield Text(f"{status.database}, {status.size_bytes / 1e6:.1f} MB, schema {status.schema}")
    days = f" from {status.first_day} to {status.last_day}" if status.first_day else ""
    yield Text(
        f"{count_text(status.calls, 'call')}{days}, {clock(status.audio_s)} of audio, {status.flagged_calls} flagged"
    )
    yield from _languages(status.languages)
    if status.outdated:
        yield Text(
            f"{status.outdated} calls were heard with other settings, or by an older speechcx, than a run would use"
            " now."
        )
        yield Text("To hear them again: speechcx run --redo outdated", is_hint=True)
    yield from _last_run(status)
    states = ", ".join(f"{count} {state}" for state, count in status.files)
    yield Text(f"Files: {states or 'none seen'}")
    for line in list_missing(missing):
        yield Text(line)
    if status.backlog:
        yield Text(f"Waiting for the next run: {status.backlog}, the oldest {status.oldest_waiting}")
    for kind in status.failures:
        yield Text(f"{kind.n} {kind.kind}: {kind.sentence} {kind.cure}", indent=2)
    yield from _left_out(status.left_out)
    yield from _reconciled(status.reconciled)


def _reconciled(found: NightGaps | None) -> Iterator[Text]:
    if found is None:
        return
    days = found.first_day if found.first_day == found.last_day else f"{found.first_day} to {found.last_day}"
    yield Text(f"Call records of {days}: {found.records}, {found.matched} with their recording")
    for kind, number in found.counts:
        yield Text(f"{number} {GAP_KINDS[kind]}", indent=2)
    if found.counts:
        yield Text(
            f"Each of them: speechcx reconcile --period {found.first_day}:{found.last_day}", is_hint=True
        )


def _languages(found: Sequence[LanguageCount]) -> Iterator[Text]:
    """Calls by language, with those left without rulebook or sentiment; nothing where all are in one and have both."""
    if not any(one.without_rulebook for one in found) and len(found) < 2:
        return
    yield Text("Languages:")
    for one in found:
        name = "no words" if one.language is None else language_name(one.language)
        left = [
            f"{count} without {what}"
            for count, what in ((one.without_rulebook, "rulebook"), (one.without_sentiment, "sentiment"))
            if count
        ]
        yield Text(f"{name}: {', '.join([f'{one.calls} call' + 's' * (one.calls != 1), *left])}", indent=2)
    if any(one.without_rulebook for one in found):
        yield Text(
            "Words of calls without a rulebook are not judged; files.rulebook may name one for each language:"
            ' {en = "rules.yaml", es = "reglas.yaml"}',
            indent=2,
        )


def _last_run(status: RunStatus) -> Iterator[Text]:
    run = status.run
    if run is None:
        yield Text("No run yet.")
        return
    end = f"{run.outcome}, exit code {run.exit_code}" if run.finished_at else "still running, or killed"
    yield Text(f"Last run {run.run_id} ({run.command}) began {run.started_at}: {end}")
    if run.finished_at:
        speed = f", {run.times_realtime:.1f} x real time" if run.times_realtime else ""
        yield Text(f"{run.done} done, {run.failed} failed, {run.skipped} skipped{speed}", indent=2)
    if status.interrupted_runs or status.redone:
        again = f"files taken up again after one: {status.redone}"
        yield Text(f"Killed runs: {status.interrupted_runs}; {again}", indent=2)


def _left_out(left: LeftOut) -> Iterator[Text]:
    if left.growing and left.again_at:
        yield Text(later_text(left.growing, left.again_at, left.growing_example))
    for reason, count in left.reasons:
        words = _REASONS.get(reason) or f"files left out: {SKIP_REASONS.get(reason, reason)}"
        yield Text(f"{count} {words}", indent=2)
        if reason in _NAMED:
            files = [file for file in left.not_taken if file.reason == reason]
            yield from (Text(f"{file.path}: {file.why}", indent=4) for file in files[:MAX_FOLDERS])
    for line in list_warnings([str(warning) for warning in left.warnings]):
        yield Text(line)


def present_run(summary: RunSummary) -> Answer:
    """What a run did, what it left, and what is missing."""
    return Answer(partial(_RUN.wrap, summary), tuple(_run(summary)))


def present_dry_run(plan: Plan, *, settle_s: float) -> Answer:
    """What a run would do now: which files, what it would set aside and why, and what it would leave.

    Parameters
    ----------
    plan
        As :func:`speechcx.batch.plan_run` has it.
    settle_s
        ``discover.settle_s``, which tells when files that are being written can be taken.
    """
    summary = summarise_plan(plan, settle_s=settle_s)
    causes = group_by_cause(one.failure for one in plan.waiting if one.failure is not None)
    document = partial(_DRY_RUN.wrap, summary, files=plan.files, causes=causes)
    return Answer(document, tuple(_dry_run(plan, summary, causes)))


_WHY_TAKEN = {
    "new": "new",
    "changed_file": "changed since it was heard",
    "unfinished": "not finished by an earlier run",
    "failed_before": "failed before",
    "retry_asked": "to be tried again, as asked",
    "outdated": "heard with other settings or an older speechcx",
    "redo": "to be done again, as asked",
}
_PLAN_COLUMNS = (
    Column("path", "file", is_read=True, text=lambda file: _short_path(file.path)),
    Column("why", "why", text=lambda file: _WHY_TAKEN[file.why]),
    Column(
        "length_s",
        "about",
        kind="length",
        text=lambda file: file.length_s if file.length_s >= 1 else "under 1 s",
    ),
)


def _dry_run(plan: Plan, summary: RunSummary, causes: Sequence[FailureCause]) -> Iterator[Text | Table]:
    if plan.files:
        yield Text(
            f"To do: {count_text(len(plan.files), 'recording')}, about {length(plan.audio_s)} of audio"
        )
        shown = make_table("files", _PLAN_COLUMNS, plan.files[:MAX_FOLDERS])
        rest = len(plan.files) - len(shown.rows)
        yield replace(shown, notes=(f"and {rest} more; --json lists all of them",) if rest else ())
    else:
        yield Text("To do: nothing. No new recording was found.")
    if summary.details_changed:
        calls = count_text(summary.details_changed, "call")
        yield Text(f"To judge again, without hearing it, since its details changed: {calls}")
    yield Text(f"Done before: {_done_text(plan)}")
    if causes:
        yield Text(f"Set aside: {count_text(len(plan.waiting), 'recording')}")
        yield from list_causes(causes, "")
    yield from _left_files(plan, summary)
    yield Text("Nothing was done or written. To do it: speechcx run", is_hint=True, is_note=True)


def _short_path(path: str) -> str:
    """A path as a person in this folder would type it."""
    return os.path.relpath(path) if path.startswith(os.getcwd() + os.sep) else path


def _done_text(plan: Plan) -> str:
    parts = [
        (plan.done, "scored"), (plan.copies, "copies of those"), (plan.given_up, "that failed and are not tried again"),
        (plan.erased, "of erased calls"), (plan.elsewhere, "of other shards"),
    ]  # fmt: skip
    return ", ".join(f"{count} {what}" for count, what in parts if count) or "nothing"


def _left_files(plan: Plan, summary: RunSummary) -> Iterator[Text]:
    """What a run would leave: by --limit, by its name or state, and what is no recording."""
    if plan.beyond_limit:
        yield Text(f"Left for another run by --limit: {count_text(plan.beyond_limit, 'recording')}")
    if summary.again_at:
        growing = [one.path for one in plan.ignored if one.skipped == "still_growing"]
        yield Text(later_text(len(growing), summary.again_at, PurePath(growing[0]).name))
    for reason, count in summary.ignored:
        if reason != "still_growing":
            example = next(PurePath(one.path).name for one in plan.ignored if one.skipped == reason)
            why = SKIP_REASONS.get(reason, reason)
            yield Text(f"Left out: {count_text(count, 'file')}: {why}, such as {example}")
    if others := others_text(summary.other_files):
        yield Text(others)
    notes = [*list_warnings(summary.warnings), *list_missing(summary.missing)]
    notes += [_lost_details_text(summary.lost_details)] if summary.lost_details else []
    notes += _list_held(summary.held)
    for text in notes:
        yield Text(text, is_note=True)


def _run(summary: RunSummary) -> Iterator[Text]:
    if summary.run_id is None:
        yield from _nothing_found(summary)
        return
    speed = (
        f", {summary.audio_s / summary.seconds:.1f} x real time" if summary.seconds and summary.done else ""
    )
    took = f"{clock(summary.audio_s)} of audio in {clock(summary.seconds)}{speed}."
    yield Text(f"{'; '.join(_counts(summary))}. {took}")
    growing = dict(summary.ignored).get("still_growing", 0) + dict(summary.failed).get("still_growing", 0)
    if growing and summary.again_at:
        yield Text(later_text(growing, summary.again_at))
    if others := others_text(summary.other_files):
        yield Text(others)
    for path, why in summary.passed_over[:MAX_FOLDERS]:
        yield Text(f"{path}: {why or 'no calls table'}", indent=2)
    notes = [*list_warnings(summary.warnings), *summary.notes]
    if summary.failed or summary.needs_metadata:
        yield Text("See: speechcx failures", is_note=True, is_hint=True)
    if summary.lost_details:
        yield Text(_lost_details_text(summary.lost_details), is_note=True)
        yield Text("What is read of a file: speechcx run --explain FILE", is_note=True, is_hint=True)
    notes += [*_list_held(summary.held), *list_missing(summary.missing), *list_changed(summary.compared)]
    for note in notes:
        yield Text(note, is_note=True)
    yield from _next_step(summary)


def _next_step(summary: RunSummary) -> Iterator[Text]:
    """What is kept and left of a run that was stopped, and what to type next."""
    if summary.run_id is None:
        return
    if summary.left and not summary.elsewhere:
        kept = f"Kept: {count_text(summary.done, 'call')}. Left: {count_text(summary.left, 'file')}."
        yield Text(kept, is_note=True)
        yield Text("Next: speechcx run", is_note=True, is_hint=True)
    elif summary.done:
        yield Text("Next: speechcx calls --flagged, speechcx agents", is_note=True, is_hint=True)


def _nothing_found(summary: RunSummary) -> Iterator[Text]:
    """A run that found no recording, and so made no database."""
    yield Text("No recording was found: nothing was scored, and no database was made.")
    if others := others_text(summary.other_files):
        yield Text(others)
    yield Text(
        "To do: put recordings into files.recordings (speechcx.toml), or name a folder: speechcx run FOLDER",
        is_note=True,
    )


def _counts(summary: RunSummary) -> Iterator[str]:
    yield f"{count_text(summary.done, 'call')} scored"
    for kind, number in summary.failed:
        yield f"{number} {kind}"
    if summary.needs_metadata:
        yield f"{summary.needs_metadata} without agent or time"
    if summary.duplicates:
        yield count_text(summary.duplicates, "duplicate")
    if summary.same_calls:
        yield f"{count_text(summary.same_calls, 'second recording')} of a call, not counted"
    if summary.elsewhere:
        yield f"{summary.elsewhere} of other shards"
    if summary.skipped:
        yield f"{summary.skipped} done before"
    if summary.details_changed:
        yield f"{count_text(summary.details_changed, 'call')} with new details judged again without being heard"
    for reason, number in summary.ignored:
        if reason != "still_growing":
            yield f"{number} ignored ({reason})"
    if summary.beyond_limit:
        yield f"{summary.beyond_limit} left by --limit"


def _list_held(held: Sequence[tuple[str, str]]) -> list[str]:
    """Calls that were not heard again, and the holds that keep them."""
    if not held:
        return []
    calls = "1 call is" if len(held) == 1 else f"{len(held)} calls are"
    lines = [
        f"{calls} under a legal hold and not heard again: that would replace what is held. To hear them again, have"
        " the hold released: speechcx hold release NAME --reason WORDS"
    ]
    lines += [f"  {_short_path(path)} (hold {hold})" for path, hold in held[:MAX_FOLDERS]]
    if len(held) > MAX_FOLDERS:
        lines.append(f"  and {len(held) - MAX_FOLDERS} more; --json lists all of them")
    return lines


def _lost_details_text(paths: Sequence[str]) -> str:
    """That calls keep details which no source gives any more."""
    calls = "1 call keeps" if len(paths) == 1 else f"{len(paths)} calls keep"
    return (
        f"{calls} the stored agent and time: their sidecar or table no longer gives them, or gives two that differ"
        f" (the first: {paths[0]})."
    )


def list_missing(missing: MissingFiles) -> list[str]:
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


def list_changed(compared: Compared) -> list[str]:
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


def later_text(count: int, again_at: str, example: str | None = None) -> str:
    """That files are left for later, why, and when to run again, on this machine's clock."""
    when = datetime.fromisoformat(again_at).astimezone()
    files = "1 file is" if count == 1 else f"{count} files are"
    named = f" (the last {example})" if example else ""
    return (
        f"{files} left for later: still being written{named}. Run again after {when:%Y-%m-%d %H:%M:%S %Z}, or set"
        " discover.settle_s."
    )


def others_text(reasons: Iterable[tuple[str, int]]) -> str:
    """Counts of files that are not recordings; empty where there are none besides those in use."""
    left = [(reason, count) for reason, count in reasons if reason not in USED_REASONS]
    if not left:
        return ""
    parts = (f"{count} {_REASONS.get(reason, reason)}" for reason, count in left)
    return f"Not taken: {'; '.join(parts)}."


def list_warnings(warnings: Sequence[str]) -> Iterator[str]:
    """Lines of tables that were not used, the first of them in full."""
    if not warnings:
        return
    one = len(warnings) == 1
    yield f"{'1 line of a table was' if one else f'{len(warnings)} lines of tables were'} not used:"
    for warning in warnings[:MAX_WARNINGS]:
        yield f"  {warning}"
    if len(warnings) > MAX_WARNINGS:
        yield f"  and {len(warnings) - MAX_WARNINGS} more: speechcx failures --json lists all of them"
