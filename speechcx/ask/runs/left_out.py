"""What the last run left for later, took for no recording, or could not use of tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from speechcx.ask.ground.opening import Where, reading
from speechcx.discover import SKIP_REASONS, SourceWarning
from speechcx.store.calls.file_versions import IS_COPY, as_long, starts_at_once
from speechcx.store.left_out import read_other_files
from speechcx.store.moments import CALLS_A_SECOND
from speechcx.store.paths import read_path

SAME_CALL = "same_call"
"""Why a recording is analysed and does not count: another recording of the same call does."""


@dataclass(frozen=True, slots=True)
class NotTaken:
    """A file that is no recording, or one that is not taken as it is.

    `reason` is a key of ``discover.SKIP_REASONS`` or ``discover.OTHER_REASONS``, or :data:`SAME_CALL`; `why`
    says more.
    """

    path: str
    reason: str
    why: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What the last run did not use.

    Parameters
    ----------
    growing
        Files that were still being written, and the path of one of them.
    growing_example, again_at
        One of them, and from when on they can be taken, UTC; None where there are none.
    not_taken
        Files that were not taken, those in use (sidecars, calls tables) among them.
    reasons
        (reason, files) pairs of those, most frequent first.
    warnings
        Lines of calls tables and of the roster that were not used.
    """

    growing: int
    growing_example: str | None
    again_at: str | None
    not_taken: tuple[NotTaken, ...]
    reasons: tuple[tuple[str, int], ...]
    warnings: tuple[SourceWarning, ...]


def read_left_out(where: Where, *, settle_s: float = 0.0) -> LeftOut:
    """What the last run did not use.

    Parameters
    ----------
    where
        Store or database.
    settle_s
        ``discover.settle_s``: how long a file that was seen to grow must not change.
    """
    with reading(where) as store:
        skipped = store.db.execute(
            "SELECT path, reason, changed_at FROM files WHERE (state = 'skipped' OR reason = 'still_growing')"
            " ORDER BY changed_at DESC, path"
        ).fetchall()
        warnings = store.db.execute(
            "SELECT path, line, found, cure FROM source_warnings ORDER BY warning_id"
        ).fetchall()
        others = read_other_files(store.db)
        copies = store.db.execute(
            "SELECT f.path, c.superseded_by, x.path, c.call_no, n.call_no, c.agent IS n.agent,"
            " c.audio_duration_s, n.audio_duration_s FROM calls c JOIN files f ON f.call_id = c.call_id"
            " LEFT JOIN calls n ON n.call_id = c.superseded_by LEFT JOIN recordings x ON x.call_no = n.call_no"
            f" WHERE {IS_COPY} AND f.state = 'done' ORDER BY c.call_no DESC"
        ).fetchall()
    growing = [(read_path(path), at) for path, reason, at in skipped if reason == "still_growing"]
    taken = [
        NotTaken(read_path(path), reason, SKIP_REASONS.get(reason, ""))
        for path, reason, _ in skipped
        if reason in SKIP_REASONS and reason != "still_growing"
    ]
    taken += [NotTaken(path, reason, why) for path, _, _, reason, why in others]
    taken += [
        NotTaken(read_path(path), SAME_CALL, _say_same(call_id, other, compared))
        for path, call_id, other, *compared in copies
    ]
    counts: dict[str, int] = {}
    for file in taken:
        counts[file.reason] = counts.get(file.reason, 0) + 1
    last = max((at for _, at in growing), default=None)
    again = None if last is None else datetime.fromisoformat(last) + timedelta(seconds=settle_s)
    return LeftOut(
        growing=len(growing),
        growing_example=growing[0][0] if growing else None,
        again_at=None if again is None else again.isoformat(timespec="seconds"),
        not_taken=tuple(taken),
        reasons=tuple(sorted(counts.items(), key=lambda one: (-one[1], one[0]))),
        warnings=tuple(SourceWarning(*row) for row in warnings),
    )


def _say_same(call_id: str, path: str | bytes | None, compared: Sequence[Any]) -> str:
    """Which call that counts a recording is of, and by what that is known."""
    where = "" if path is None else f" ({read_path(path)})"
    this_no, other_no, is_agent, length_s, other_s = compared
    if other_no is None:
        return f"the same call as {call_id}{where}; that one counts"
    later_s = this_no // CALLS_A_SECOND - other_no // CALLS_A_SECOND
    if is_agent and starts_at_once(later_s) and as_long(length_s, other_s):
        known = "agent, customer, start, length and words"
    else:
        begins = f"begins {abs(later_s)} s {'later' if later_s > 0 else 'earlier'}, " if later_s else ""
        known = f"the same words at the same distances ({begins}{length_s:.0f} s for {other_s:.0f} s)"
    return f"the same call as {call_id}{where}: {known}; that one counts"
