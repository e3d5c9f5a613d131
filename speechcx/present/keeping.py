"""Keeping the database: checks, copies, merges, what is taken out as evidence, what is erased."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from speechcx.ask.compliance import Exported
from speechcx.batch import ErasedCalls
from speechcx.batch.backup import BackupReport, RestoreReport
from speechcx.batch.check import CheckReport
from speechcx.batch.merge import MergeReport
from speechcx.batch.recordings import Compared
from speechcx.batch.retention_run import OverdueCall, RetentionReport
from speechcx.present.envelope import Envelopes, record, rows
from speechcx.present.table import Answer, Column, Table, Text, make_table
from speechcx.present.units import count_text
from speechcx.present.wording import minute_text
from speechcx.store.decisions.certificates import Certificate
from speechcx.store.decisions.legal_holds import HoldRecord
from speechcx.store.integrity import DatabaseProblem
from speechcx.store.merging import Merged

MAX_SHOWN = 40
"""Problems that people are shown; the JSON document has them all."""


@dataclass(frozen=True, slots=True)
class Compacted:
    """Size of the database before and after; `is_log_empty` is false while another program goes on reading."""

    bytes_before: int
    bytes_after: int
    is_log_empty: bool


_BACKUP = record("backup", BackupReport)
_CHECK = record("check", CheckReport)
_COMPACT = record("compact", Compacted)
_ERASE = record("erase", ErasedCalls)
_EXPORT = record("export", Exported)
CERTIFICATE = record("certificate", Certificate)
_RETENTION = record("retention", RetentionReport)
_CERTIFICATES = rows("certificates", Certificate)
_HOLDS = rows("holds", HoldRecord, about=str)
_MERGE = record("merge", MergeReport)
_RESTORE = record("restore", RestoreReport)

ENVELOPES: dict[str, Envelopes] = {
    "backup": _BACKUP,
    "check": _CHECK,
    "compact": _COMPACT,
    "erase": _ERASE,
    "export": _EXPORT,
    "hold list": _HOLDS,
    "hold release": _HOLDS,
    "hold set": _HOLDS,
    "merge": _MERGE,
    "restore": _RESTORE,
    "retention apply": _RETENTION,
    "retention plan": _RETENTION,
}


def present_check(found: CheckReport) -> Answer:
    """What a check of the database found."""
    return Answer(partial(_CHECK.wrap, found), tuple(_check(found)))


def _check(found: CheckReport) -> Iterator[Text]:
    size = f"{found.size_bytes / 1e6:.1f} MB, {count_text(found.calls, 'call')}, {count_text(found.files, 'file')}"
    yield Text(f"{found.database}: {size}, checked in {found.seconds:.1f} s")
    yield from (Text(f"Repaired: {line}.") for line in found.repaired)
    if found.kept is not None:
        yield Text(f"As it was before the repair: {found.kept}", is_note=True)
    if found.compared is not None:
        yield from _compared(found.compared)
    yield from _problems(found.problems)
    if len(found.problems) > MAX_SHOWN:
        more = f"{len(found.problems) - MAX_SHOWN} more problems: speechcx check --json has all of them."
        yield Text(more, is_note=True, is_hint=True)
    if not found.problems:
        yield Text("No problem found." if not found.repaired else "No problem is left.")
    if found.chain is not None:
        yield Text(f"Decision chain: {found.chain.entries} entries, last digest {found.chain.digest}")


def _compared(compared: Compared) -> Iterator[Text]:
    parts = [f"{compared.same:,} recordings as they were heard"]
    parts += [f"{len(compared.changed):,} changed"] if compared.changed else []
    parts += [f"{compared.newer:,} with another size or time, for the next run"] if compared.newer else []
    parts += [f"{compared.gone:,} no longer there"] if compared.gone else []
    parts += [f"{len(compared.unreadable):,} that cannot be read"] if compared.unreadable else []
    parts += [f"{compared.left:,} not looked at"] if compared.left else []
    yield Text("; ".join(parts) + ".")
    for path in compared.unreadable[:MAX_SHOWN]:
        yield Text(f"Cannot be read: {path}", is_note=True)


def _problems(problems: Iterable[DatabaseProblem]) -> Iterator[Text]:
    for problem in tuple(problems)[:MAX_SHOWN]:
        what = problem.what[:1].upper() + problem.what[1:]
        yield Text(f"{problem.area.replace('_', ' ')}: {what}.")
        yield Text(f"It means: {problem.means}.", indent=2)
        yield Text(f"To do: {problem.cure}.", indent=2)


def present_backup(made: BackupReport) -> Answer:
    """A copy of the database, and whether it is good."""
    blocks = [
        Text(
            f"{made.backup}: {count_text(made.calls, 'call')}, {made.size_bytes / 1e6:.1f} MB, checked, in"
            f" {made.seconds:.1f} s"
        ),
        Text(f"Decision chain: {made.chain.entries} entries, last digest {made.chain.digest}"),
        *_problems(made.problems),
    ]
    if not made.is_in_trail:
        blocks.append(
            Text("The audit trail does not tell of it: the database cannot be written.", is_note=True)
        )
    return Answer(partial(_BACKUP.wrap, made), tuple(blocks))


def present_restored(done: RestoreReport) -> Answer:
    """A copy that took the place of the database, and what only the database before it had."""
    return Answer(partial(_RESTORE.wrap, done), tuple(_restored(done)))


def _restored(done: RestoreReport) -> Iterator[Text]:
    yield Text(
        f"{done.database} is {done.backup} now: {count_text(done.calls, 'call')}, in {done.seconds:.1f} s"
    )
    if done.kept is not None:
        yield Text(f"The database before is kept as {done.kept}")
    if done.lost is None:
        yield Text("What it had besides is not known: it could not be read.", is_note=True)
    elif done.lost.is_anything:
        yield Text(f"Only there: {done.lost}.", is_note=True)
    if done.carried is None:
        yield Text(
            "What was erased or held since the copy was made is not known: erase it again.", is_note=True
        )
    elif done.carried.erased:
        count = count_text(len(done.carried.erased), "call")
        yield Text(f"{count} erased since the copy was made: erased in it too.", is_note=True)
    yield from _problems(done.problems)


def present_merged(done: MergeReport) -> Answer:
    """What each database brought into one, or where they disagree."""
    return Answer(partial(_MERGE.wrap, done), tuple(_merged(done)))


def _merged(done: MergeReport) -> Iterator[Text]:
    for merged in done.sources:
        yield Text(f"{merged.source}: {_brought(merged)}")
        yield from (Text(line, indent=2) for line in merged.notes)
    if done.disagreements:
        yield from _disagreements(done)
        return
    what = "brought together" if done.is_changed else "nothing was new"
    yield Text(f"{done.database}: {count_text(done.calls, 'call')}, {what}, in {done.seconds:.1f} s")
    if done.files_left:
        shards = f": shard {', '.join(done.shards_missing)} is missing" if done.shards_missing else ""
        yield Text(f"{done.files_left} files are not analysed in any of them{shards}.", is_note=True)
        yield Text("To do: merge it too, or: speechcx run", is_note=True, is_hint=True)


def _brought(merged: Merged) -> str:
    counts = (
        (merged.new_calls, "new calls"), (merged.newer_calls, "calls in a later form"),
        (merged.known_calls, "calls known"), (merged.erased_calls, "calls erased"), (merged.runs, "runs"),
        (merged.flags, "decisions about flags"), (merged.plans, "review plans"), (merged.reviews, "reviews"),
        (merged.searches, "saved searches"), (merged.audit_rows, "rows of its audit trail"),
    )  # fmt: skip
    return ", ".join(f"{count} {name}" for count, name in counts if count) or "nothing"


def _disagreements(done: MergeReport) -> Iterator[Text]:
    for one in done.disagreements[:MAX_SHOWN]:
        yield Text(f"{one.about} {one.key}, in {one.source}: {one.what}.")
    count = len(done.disagreements)
    if count > MAX_SHOWN:
        yield Text(f"{count - MAX_SHOWN} more: --json has all of them.", is_note=True, is_hint=True)


def present_exported(found: Exported, *, with_audio: bool) -> Answer:
    """An evidence folder, and how to check it where it is taken."""
    blocks = [
        Text(f"{count_text(len(found.calls), 'call')} in {count_text(found.files, 'file')}: {found.folder}"),
        Text(f"manifest.json: SHA-256 {found.manifest_sha256}"),
        Text(_how_to_check(found.folder), is_note=True, is_hint=True),
    ]
    blocks += [
        Text(f"{call.call_id}: the recording is {call.recording}, and not in the folder", is_note=True)
        for call in found.calls
        if with_audio and call.recording not in ("copied", "muted")
    ]
    return Answer(partial(_EXPORT.wrap, found), tuple(blocks))


def _how_to_check(folder: str) -> str:
    opened = "age --decrypt -i KEY FILE | tar x, then " if folder.endswith(".age") else ""
    return f"Check it there by: {opened}sha256sum -c SHA256SUMS"


def present_erased(erased: ErasedCalls) -> Answer:
    """Calls that are gone, and where something of them may still lie."""
    return Answer(partial(_ERASE.wrap, erased), tuple(_erased(erased)))


def _erased(erased: ErasedCalls) -> Iterator[Text]:
    certificate = erased.certificate
    yield Text(
        f"{count_text(len(erased.call_ids), 'call')} erased: certificate {certificate.certificate_id}."
    )
    yield Text(
        f"To show it: speechcx audit --certificate {certificate.certificate_id}", is_note=True, is_hint=True
    )
    if erased.facts:
        yield Text(f"{count_text(erased.facts, 'fact')} of other systems erased.")
    notes = [
        f"Their recording is still there, with what lies beside it: {path}" for path in erased.recordings
    ]
    notes += [f"Evidence of it was exported on {at[:10]} to {folder}" for folder, at in erased.exports]
    notes += [f"A copy of the database from before still holds them: {path}" for path in erased.backups]
    if not erased.is_compacted:
        notes.append("Words may be left in free parts of the file until `speechcx compact`.")
    elif not erased.is_log_empty:
        notes.append(
            "Another program is reading: the log still holds old pages. Run `speechcx compact` when it is done."
        )
    yield from (Text(note, is_note=True) for note in notes)


def present_certificate(one: Certificate) -> Answer:
    """What an erasure did, for somebody who may not know which calls those were."""
    removed = ", ".join(f"{count:,} {table}" for table, count in one.removed) or "nothing"
    blocks = [
        Text(
            f"Certificate {one.certificate_id}: {count_text(len(one.calls), 'call')} erased {one.at} by {one.who}"
        ),
        Text(f"Reason: {one.reason}", indent=2),
        Text(f"Rows removed: {removed}", indent=2),
        Text(f"Before: {one.before_digest}", indent=2),
        Text(f"After:  {one.after_digest}", indent=2),
        Text(f"A call is in it if the SHA-256 of {one.salt} and its id is one of:", indent=2),
        *(Text(hash_, indent=4) for hash_ in one.calls),
        Text("Checked by: speechcx audit --verify", is_note=True, is_hint=True),
    ]
    return Answer(partial(CERTIFICATE.wrap, one), tuple(blocks))


_CERTIFICATE_COLUMNS = (
    Column("certificate_id", "certificate"),
    Column("at", "erased", value=lambda one: one.at, text=lambda one: minute_text(one.at)),
    Column("who", "by"),
    Column("calls", "calls", value=lambda one: len(one.calls)),
    Column("rows", "rows removed", value=lambda one: sum(count for _, count in one.removed)),
    Column("reason", "reason"),
)


def present_certificates(found: Sequence[Certificate]) -> Answer:
    """Certificates of erasure in the order given, a row for each."""
    shown = make_table("certificates", _CERTIFICATE_COLUMNS, found, empty="Nothing was erased yet.")
    return Answer(partial(_CERTIFICATES.wrap_rows, found, hint=shown.empty), (shown,))


_HOLD_COLUMNS = (
    Column("hold_id", "no"),
    Column("name", "hold"),
    Column("about", "about"),
    Column("calls", "calls"),
    Column("reason", "reason"),
    Column("set_at", "set", text=lambda one: minute_text(one.set_at)),
    Column("set_by", "by"),
    Column("released_at", "released", text=lambda one: one.released_at and minute_text(one.released_at)),
)


def present_holds(found: Sequence[HoldRecord]) -> Answer:
    """Legal holds, oldest first."""
    shown = make_table(
        "holds", _HOLD_COLUMNS, found, empty="No legal hold. Set one: speechcx hold set NAME ..."
    )
    also = [{"about": one.about} for one in found]
    return Answer(partial(_HOLDS.wrap_rows, found, hint=shown.empty, also=also), (shown,))


def present_overdue(found: RetentionReport) -> Answer:
    """What has outlived its period, or what was removed."""
    return Answer(partial(_RETENTION.wrap, found), tuple(_retention(found)))


def _retention(found: RetentionReport) -> Iterator[Text]:
    done = "removed" if found.is_applied else "to be removed"
    if not found.calls and not found.audit_rows:
        yield Text("Nothing has outlived its period.")
    for kind, count in found.counts:
        yield Text(f"{kind}: of {count_text(count, 'call')} {done}")
    erased = sum(one.is_erased for one in found.calls)
    if erased:
        certificate = "" if found.certificate is None else f": certificate {found.certificate}"
        yield Text(
            f"{count_text(erased, 'call')} of which nothing would be left, erased as a whole{certificate}."
        )
    if found.audit_rows:
        yield Text(f"audit: details of {count_text(found.audit_rows, 'row')} {done}")
    for one in found.calls[:MAX_SHOWN]:
        files = f", {count_text(len(one.recordings), 'recording')}" if one.recordings else ""
        yield Text(f"{one.call_id} of {one.day}: {', '.join(one.kinds)} ({one.why}){files}", indent=2)
    if len(found.calls) > MAX_SHOWN:
        yield Text(
            f"{len(found.calls) - MAX_SHOWN} more: --json has all of them.", is_note=True, is_hint=True
        )
    for one in found.held[:MAX_SHOWN]:
        yield Text(f"{one.call_id} of {one.day} stays: legal hold {one.hold}.", is_note=True)
    for rule, count in found.kept_by_rule:
        yield Text(f"{count_text(count, 'call')} kept longer: {rule} was found.", is_note=True)
    if found.recordings_left:
        left = f"{count_text(found.recordings_left, 'recording')} over the period stay on the disk"
        yield Text(f"{left}: retention.delete_recordings is off.", is_note=True)
    if not found.is_applied and (found.calls or found.audit_rows):
        yield Text("To remove it: speechcx retention apply", is_note=True, is_hint=True)
    if found.is_applied and found.calls and not found.is_compacted:
        yield Text("Bytes may be left in free parts of the file until `speechcx compact`.", is_note=True)


_OVERDUE_COLUMNS = (
    Column("call_id", "call"),
    Column("day", "day"),
    Column("kinds", "goes", value=lambda one: ", ".join(one.kinds)),
    Column("erased", "whole call", value=lambda one: "yes" if one.is_erased else None),
    Column("recordings", "recordings", value=lambda one: len(one.recordings)),
    Column("why", "why"),
    Column("hold", "legal hold"),
)


def make_overdue(calls: Sequence[OverdueCall]) -> Table:
    """Calls of which something has outlived its period."""
    return make_table("overdue", _OVERDUE_COLUMNS, calls, empty="Nothing has outlived its period.")


def present_compacted(told: Compacted) -> Answer:
    """How much smaller the database is."""
    blocks = [Text(f"{told.bytes_before / 1e6:.1f} MB are now {told.bytes_after / 1e6:.1f} MB.")]
    if not told.is_log_empty:
        waits = "Another program is reading: its log still holds old pages. Run this again when it is done."
        blocks.append(Text(waits, is_note=True))
    return Answer(partial(_COMPACT.wrap, told), tuple(blocks))
