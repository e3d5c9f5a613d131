"""One call, found by its short number, its id, the beginning of its id, or the name of its file."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from speechcx.ask.ground.opening import Where, reading
from speechcx.ask.ground.resolve_names import MIN_DIGEST
from speechcx.call import Call
from speechcx.errors import UsageError
from speechcx.store import Store
from speechcx.store.paths import read_path, write_path

_SHOWN = 5
"""Calls that a message about an ambiguous name lists."""


@dataclass(frozen=True, slots=True)
class ShownCall:
    """A call and how it stands in the database.

    Parameters
    ----------
    call
        The whole of it.
    team, center
        Where it counts.
    stored_at, judged_at
        When its heard and its judged part were kept, UTC.
    superseded_by
        The call that took its place; None for every call that counts.
    paths
        All files that hold its bytes.
    past
        (rulebook, version, digest) of other rulebooks it was judged under before.
    """

    call: Call
    team: str | None
    center: str | None
    stored_at: str
    judged_at: str
    superseded_by: str | None
    paths: tuple[str, ...]
    past: tuple[tuple[str, str, str], ...]


def find_call(where: Where, name: str, *, version: str | None = None) -> Call:
    """The call of a name, whole.

    Parameters
    ----------
    where
        Store or database.
    name
        As :func:`find_call_id` takes it.
    version
        Of the rulebook it was judged by, or the beginning of that rulebook's digest; None for the present one.

    Raises
    ------
    UsageError
        No call, or several, have that name, or it was not judged by that version; the message lists
        what there is.
    """
    with reading(where) as store:
        call = store.load(find_call_id(store, name))
        if version is None:
            return call
        digest = _find_digest(store, call, version)
        judged = store.load_assessment(call.conversation.recording.id, digest=digest)
        assert judged is not None
        return replace(call, assessment=judged)


def _find_digest(store: Store, call: Call, version: str) -> str:
    """Digest of the rulebook of a version (or the beginning of a digest) that a call was judged by."""
    now = call.assessment
    past = list_past(store, call.conversation.recording.id)
    known = dict.fromkeys([(now.rulebook, now.version, now.digest), *past])
    found = [one for one in known if one[1] == version]
    if not found and len(version) >= MIN_DIGEST:
        found = [one for one in known if one[2].startswith(version)]
    if len(found) == 1:
        return found[0][2]
    listed = ", ".join(f"{number} ({name}, {digest[:12]})" for name, number, digest in found or known)
    raise UsageError(
        f"{'no' if not found else len(found)} rulebook{'s' * bool(found)} of version {version!r} judged this call",
        f"one of {listed}", "give the version, or the beginning of the digest in brackets",
    )  # fmt: skip


def list_past(store: Store, call_id: str) -> tuple[tuple[str, str, str], ...]:
    """(rulebook, version, digest) of other rulebooks a call was judged under before, the last one first."""
    rows = store.db.execute(
        "SELECT b.name, b.version, b.digest FROM past_assessments p JOIN calls c USING (call_no)"
        " JOIN rulebooks b ON b.rulebook_no = p.rulebook_no WHERE c.call_id = ? ORDER BY p.replaced_at DESC",
        (call_id,),
    )
    return tuple(rows)


def show_call(where: Where, name: str) -> ShownCall:
    """The call of a name, and how it stands; errors as :func:`find_call`."""
    with reading(where) as store:
        call_id = find_call_id(store, name)
        row = store.db.execute(
            "SELECT team, center, stored_at, judged_at, superseded_by FROM calls WHERE call_id = ?",
            (call_id,),
        ).fetchone()
        past = list_past(store, call_id)
        call = store.load(call_id)
        paths = store.ledger.find_paths(call_id) or (call.conversation.recording.path,)
        team, center, stored_at, judged_at, superseded_by = row
        return ShownCall(call, team, center, stored_at, judged_at, superseded_by, paths, past)


def find_call_id(where: Where, name: str) -> str:
    """Id of the call of a name: ``#12``, an id, the unique beginning of one, or a file by path or by name.

    ``12`` alone is the call of that number too, where there is one.

    Raises
    ------
    UsageError
        No call, or several, have that name; the message lists the nearest.
    """
    with reading(where) as store:
        for find in (_by_number, _by_id, _by_path):
            found = find(store, name)
            if len(found) == 1:
                return found[0]
            if found:
                raise UsageError(
                    f"{len(found)} calls are named {name!r}",
                    "the name of one",
                    "use the id of one of them: "
                    + ", ".join(found[:_SHOWN])
                    + (", ..." if len(found) > _SHOWN else ""),
                )
        raise UsageError(
            f"no call is named {name!r}",
            "a number such as #12, an id, its beginning, or a file",
            _advice(store, name),
        )


_NUMBER = re.compile(r"#\s*(\d{1,15})(?:\.\d+)?|(\d{1,7})")
"""A short number; without its sign, seven digits at most: longer ones are beginnings of ids. That of a flag names
its call too."""


def read_number(store: Store, call_id: str) -> int | None:
    """The short number of a call: ``#12`` for people."""
    row = store.db.execute("SELECT number FROM call_numbers WHERE call_id = ?", (call_id,)).fetchone()
    return None if row is None else int(row[0])


def read_numbers(store: Store, call_ids: Iterable[str]) -> dict[str, int]:
    """The short numbers of some calls, as far as they have one."""
    found = ((call_id, read_number(store, call_id)) for call_id in call_ids)
    return {call_id: number for call_id, number in found if number is not None}


def _by_number(store: Store, name: str) -> list[str]:
    found = _NUMBER.fullmatch(name.strip())
    if found is None:
        return []
    rows = store.db.execute(
        "SELECT call_id FROM call_numbers JOIN calls USING (call_id) WHERE number = ?",
        (int(found[1] or found[2]),),
    )
    return [call_id for (call_id,) in rows]


def _by_id(store: Store, name: str) -> list[str]:
    folded = name.strip().lower()
    if not folded or not set(folded) <= set("0123456789abcdef") or len(folded) > 16:
        return []
    rows = store.db.execute(
        "SELECT call_id FROM calls WHERE call_id >= ? AND call_id < ? ORDER BY call_id LIMIT 100",
        (folded, folded + "g"),
    )
    return [call_id for (call_id,) in rows]


def _by_path(store: Store, name: str) -> list[str]:
    """Calls of a path, given whole or from its last folders on; those that count before older ones."""
    if not name or "\0" in name:
        return []
    exact = [write_path(os.path.abspath(name)), write_path(name)]
    tail = write_path("/" + name.lstrip("/"))
    rows = (
        store.db.execute(
            "SELECT DISTINCT call_id FROM files WHERE call_id IS NOT NULL AND"
            " (path IN (?, ?) OR substr(path, -length(?)) = ?)",
            (*exact, tail, tail),
        ).fetchall()
        or store.db.execute(
            "SELECT c.call_id FROM recordings r JOIN calls c USING (call_no)"
            " WHERE r.path IN (?, ?) OR substr(r.path, -length(?)) = ?",
            (*exact, tail, tail),
        ).fetchall()
    )
    stored = [call_id for (call_id,) in rows if store.has_call(call_id)]
    return sorted(stored)


def _advice(store: Store, name: str) -> str:
    tail = write_path("/" + name)
    failed = store.db.execute(
        "SELECT f.kind FROM failures f JOIN files USING (file_id) WHERE f.call_id = ? OR substr(path, -length(?)) = ?",
        (write_path(name), tail, tail),
    ).fetchone()
    if failed:
        return f"it failed ({failed[0]}): see `speechcx failures`"
    rows = store.db.execute("SELECT path FROM recordings ORDER BY call_no DESC LIMIT 2000")
    names = [os.path.basename(read_path(path)) for (path,) in rows]
    near = difflib.get_close_matches(os.path.basename(name), names, n=1)
    return f"did you mean {near[0]}?" if near else "list calls by `speechcx calls`"
