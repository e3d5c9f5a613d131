"""Files in the recordings folders that are not recordings, and what each was taken for: none goes unmentioned."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from speechcx.discover.files import FoundFile
from speechcx.discover.settings import DiscoverSettings
from speechcx.discover.sidecar import describe_json
from speechcx.discover.sources import Sources


@dataclass(frozen=True, slots=True)
class OtherFile:
    """A file that is no recording.

    Parameters
    ----------
    path
        Absolute.
    size_bytes, mtime_ns
        As found.
    reason
        A key of :data:`speechcx.discover.other_names.OTHER_REASONS`.
    why
        More about this one file; empty where the reason says it all.
    """

    path: str
    size_bytes: int
    mtime_ns: int
    reason: str
    why: str = ""


def describe_others(
    files: Iterable[FoundFile],
    sources: Sources,
    settings: DiscoverSettings,
    *,
    known: Mapping[str, OtherFile],
) -> tuple[OtherFile, ...]:
    """What each of `files` is; what was known of one that has not changed since is not asked again."""
    passed_over = dict(sources.passed_over)
    tables = {table.path for table in sources.tables}
    found = []
    for file in files:
        reason, why = file.skip or "unknown_extension", ""
        before = known.get(file.path)
        if reason == "sidecar":
            if before is not None and (before.size_bytes, before.mtime_ns) == (
                file.size_bytes,
                file.mtime_ns,
            ):
                reason, why = before.reason, before.why
            else:
                why = describe_json(file.path, settings)
                reason = "other_json" if why else "sidecar"
        elif reason == "other_table":
            reason, why = (
                ("calls_table", "") if file.path in tables else (reason, passed_over.get(file.path, ""))
            )
        found.append(OtherFile(file.path, file.size_bytes, file.mtime_ns, reason, why))
    return tuple(found)
