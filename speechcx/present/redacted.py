"""What was taken out of recordings and of a database, and whether anything of it is left."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from speechcx.batch.muted_copies import RedactedRecording
from speechcx.batch.stored_values import RedactedStore
from speechcx.present.envelope import Envelopes, record, rows
from speechcx.present.table import Answer, Text
from speechcx.present.units import count_text

MAX_HELD = 20
"""Held calls that are named; JSON names all of them."""

_RECORDINGS = rows("redact", RedactedRecording)
_STORED = record("redact-stored", RedactedStore)

ENVELOPES: dict[str, Envelopes] = {"redact": (_RECORDINGS, _STORED)}


def present_redacted(found: Sequence[RedactedRecording]) -> Answer:
    """What became of each recording."""
    return Answer(partial(_RECORDINGS.wrap_rows, found), tuple(Text(_tell(one)) for one in found))


def _tell(one: RedactedRecording) -> str:
    if one.state == "failed":
        return f"{one.source}: {one.why}. Nothing was written."
    if one.state == "nothing to mute":
        return f"{one.source}: nothing to mute" + (f"; copied to {one.target}" if one.target else "")
    muted_s = sum(span.duration_s for span in one.muted)
    kinds = ", ".join(one.kinds)
    if one.state == "still heard":
        left = ", ".join(dict.fromkeys(each.kind for each in one.left))
        return f"{one.source}: {left} can still be heard with {muted_s:.1f} s muted ({kinds}). Nothing was written."
    heard = "heard again: nothing is left" if one.is_checked else "not heard again"
    return f"{one.source}: {muted_s:.1f} s muted ({kinds}), {heard}: {one.target}"


def present_redacted_store(found: RedactedStore) -> Answer:
    """What was taken out of a database, and the proof."""
    return Answer(partial(_STORED.wrap, found), tuple(_stored(found)))


def _stored(found: RedactedStore) -> Iterator[Text]:
    kinds = ", ".join(f"{count} {kind}" for kind, count in found.kinds) or "nothing"
    yield Text(
        f"{count_text(found.calls, 'call')} looked through, {found.changed_calls} changed: {kinds} taken out."
    )
    if found.other_rows:
        rows_told = ", ".join(f"{count} of {table}" for table, count in found.other_rows)
        yield Text(f"Rows beside the calls that lost a value: {rows_told}.")
    if found.held:
        calls = count_text(len(found.held), "call")
        yield Text(f"Left as they are, since a legal hold keeps them: {calls} with a value in them:")
        for call_id, hold in found.held[:MAX_HELD]:
            yield Text(f"{call_id} (hold {hold})", indent=2)
        if len(found.held) > MAX_HELD:
            yield Text(f"and {len(found.held) - MAX_HELD} more; --json names them", indent=2)
        yield Text(
            "Payment data can be taken out of held calls: speechcx redact --stored --despite-holds REASON",
            is_note=True, is_hint=True,
        )  # fmt: skip
    if found.left:
        for path in found.left:
            yield Text(f"Still holds a value: {path}")
    else:
        yield Text(f"Searched byte by byte, and none is left: {', '.join(found.searched)}")
    if not found.is_log_empty:
        waits = "Another program is reading: its log still holds old pages. Run this again when it is done."
        yield Text(waits, is_note=True)
    if any(path in found.left for path in found.backups):
        told = "Copies from before a change of the database's form are never changed: delete those that hold a value."
        yield Text(told, is_note=True)
