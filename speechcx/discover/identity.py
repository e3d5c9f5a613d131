"""From a found file to a Recording: its id from its bytes, and what is known of it."""

from __future__ import annotations

import os
import time

from speechcx.call import Recording
from speechcx.discover.details import read_details
from speechcx.discover.files import SKIP_REASONS, FoundFile, hash_at_rest, open_regular
from speechcx.discover.settings import DiscoverSettings
from speechcx.discover.settling import sees_writers
from speechcx.discover.sources import Sources
from speechcx.errors import CallError

_HEADER_BYTES = 4096


def identify(found: FoundFile, sources: Sources, settings: DiscoverSettings) -> Recording:
    """Hash a found file and read what is known of it.

    Parameters
    ----------
    found
        From :func:`speechcx.discover.find_files`, not one that is to be skipped.
    sources
        From :func:`speechcx.discover.read_sources`.
    settings
        Patterns, zone, settling time.

    Returns
    -------
    Recording
        Its details may lack agent or time (``details.missing``): such a call is set aside.

    Raises
    ------
    CallError
        ``still_growing``, ``vanished``, ``unreadable``, ``not_audio``, ``metadata_conflict`` or
        ``metadata_missing``.
    """
    if found.skip is not None:
        kind = found.skip if found.skip == "still_growing" else "unreadable"
        raise CallError(kind, f"{found.shown} is left out: {SKIP_REASONS[found.skip]}")
    _check_header(found, settings)
    sha256, size_bytes = hash_at_rest(found)
    details = read_details(found.path, sources, settings)
    return Recording(sha256[:16], found.path, sha256, size_bytes, details)


def _check_header(found: FoundFile, settings: DiscoverSettings) -> None:
    """Refuse a young WAV whose header and size do not agree yet, where its writer could not be seen.

    An old one is cut off, and so is a young one that nobody has open: decoding says so.
    """
    age_s = abs(time.time() - found.mtime_ns / 1e9)
    if age_s > settings.settle_s or sees_writers(found.path):
        return
    descriptor = open_regular(found.path)
    try:
        head = os.pread(descriptor, _HEADER_BYTES, 0)
    finally:
        os.close(descriptor)
    at = head.find(b"data") + 4
    if head[:4] != b"RIFF" or head[8:12] != b"WAVE" or at < 16 or len(head) < at + 4:
        return
    claimed = int.from_bytes(head[at : at + 4], "little")
    there = found.size_bytes - at - 4
    if claimed > there:
        raise CallError(
            "still_growing",
            f"a young file of {there:,} bytes of sound, where its header says {claimed:,}",
            "a file that is not changing",
        )
