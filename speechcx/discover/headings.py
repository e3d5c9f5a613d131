"""Names of columns and keys as people and programs write them, and the field each stands for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

FIELDS = (
    "agent", "customer", "started_at", "zone", "direction", "queue", "team", "center", "channels",
)  # fmt: skip
"""What is known of a call; every other name is kept as an extra."""

_SPELLINGS: dict[str, tuple[str, ...]] = {
    "file": (
        "file", "filename", "filepath", "path", "recording", "recordingfile", "recordingfilename",
        "recordingname", "recordingpath", "recordinguri", "recordingurl", "callrecording", "audiofile",
        "audio", "wav", "wavfile", "mediafile", "uri", "url", "s3uri",
    ),
    "agent": (
        "agent", "agentid", "agentlogin", "agentloginid", "agentuser", "agentusername", "agentextension",
        "loginid",
    ),
    "customer": (
        "customer", "customerid", "customernumber", "customerphone", "customerphonenumber", "caller",
        "callerid", "callernumber", "cli", "ani",
    ),
    "started_at": (
        "startedat", "started", "start", "starttime", "startdatetime", "startdateandtime", "starttimestamp",
        "callstart", "callstarted", "callstarttime", "calldate", "calldatetime", "begin", "begintime",
        "datetime", "dateandtime", "timestamp", "initiationtimestamp",
    ),
    "zone": ("zone", "timezone", "tz"),
    "direction": ("direction", "calldirection"),
    "queue": ("queue", "queuename"),
    "team": ("team", "teamname"),
    "center": ("center", "centre", "callcenter", "callcentre"),
    "channels": ("channels", "channelparties"),
    "date": ("date", "day", "startdate", "calldate", "recordingdate"),
    "time": ("time", "timeofday", "starttime", "calltime", "start", "begintime", "recordingtime"),
}  # fmt: skip
"""Spellings without blanks, marks and capitals; an earlier one is preferred where a source has several."""

_MEANINGS: dict[str, tuple[tuple[str, int], ...]] = {
    spelling: tuple(
        (field, known.index(spelling)) for field, known in _SPELLINGS.items() if spelling in known
    )
    for spellings in _SPELLINGS.values()
    for spelling in spellings
}
"""The fields that each spelling can stand for, with its rank among the spellings of that field."""

_UTC = re.compile(r"[\s_([-]+(utc|gmt)[\s)\]]*$", re.IGNORECASE)


@lru_cache(maxsize=4096)
def squeeze(name: str) -> str:
    """A name without blanks, marks, capitals and the zone in brackets: ``File Name`` and ``file_name`` are one."""
    return re.sub(r"[\W_]", "", _UTC.sub("", name).casefold())


def says_utc(name: str) -> bool:
    """Whether a heading says that its times are in UTC: ``Start Time (UTC)``."""
    return _UTC.search(name) is not None


def choose_columns(names: Iterable[str]) -> dict[str, int]:
    """Which of several columns stands for each field: the first of the preferred spelling.

    Also ``file``, and ``date`` and ``time``, where the start of a call may be written in two columns. Several
    columns may carry the same heading: the first counts.
    """
    return dict(_choose(tuple(names)))


@lru_cache(maxsize=4096)
def _choose(names: tuple[str, ...]) -> dict[str, int]:
    best: dict[str, tuple[int, int]] = {}
    for at, name in enumerate(names):
        for field, rank in _MEANINGS.get(squeeze(name), ()):
            best[field] = min(best.get(field, (rank, at)), (rank, at))
    return {field: at for field, (_, at) in best.items()}


def spellings_of(field: str) -> tuple[str, ...]:
    """Squeezed headings of a field."""
    return _SPELLINGS[field]
