"""The sound of a call, whole or the stretch that a player asks for."""

from __future__ import annotations

import io
import re

from speechcx.ask.ground import show_call
from speechcx.errors import UsageError
from speechcx.web.visit import NotThere, Reply, Visit

_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


def send_audio(visit: Visit) -> Reply:
    """The recording as it was heard; 404 where it is gone or another file has its name."""
    try:
        found = show_call(visit.store, visit.parts["call_id"] or "")
    except UsageError:
        raise NotThere from None
    sound = visit.site.recordings.open(found.call, found.paths)
    if sound is None:
        raise NotThere
    visit.note("play", found.call.conversation.recording.id)
    span = read_range(visit.headers.get("range", ""), sound.length)
    headers = (("accept-ranges", "bytes"),)
    if span is None:
        return Reply(file=sound.file, length=sound.length, content_type=sound.content_type, headers=headers)
    start, end = span
    if start >= end:
        sound.file.close()
        return Reply(
            file=io.BytesIO(b""), status=416, content_type="text/plain; charset=utf-8",
            headers=(*headers, ("content-range", f"bytes */{sound.length}")),
        )  # fmt: skip
    sound.file.seek(start)
    return Reply(
        file=sound.file, length=end - start, status=206, content_type=sound.content_type,
        headers=(*headers, ("content-range", f"bytes {start}-{end - 1}/{sound.length}")),
    )  # fmt: skip


def read_range(text: str, length: int) -> tuple[int, int] | None:
    """The first byte and the one after the last that a ``Range`` header asks for (RFC 9110, section 14).

    Returns
    -------
    (int, int) or None
        None for the whole: without a range, with several, or with one that cannot be read. An empty span
        where there is no such stretch.
    """
    found = _RANGE.fullmatch(text.strip())
    if found is None or found.groups() == ("", ""):
        return None
    first, last = found.groups()
    if not first:
        return (max(0, length - int(last)), length) if int(last) else (0, 0)
    start = int(first)
    if last and int(last) < start:
        return None
    end = min(length, int(last) + 1) if last else length
    return (start, end) if start < length else (0, 0)
