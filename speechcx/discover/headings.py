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

_IN_TABLES: dict[str, tuple[str, ...]] = {
    "file": (
        "recordings", "soundfile", "voicefile", "datei", "dateiname", "aufnahme", "aufnahmedatei", "archivo",
        "nombrearchivo", "nombredelarchivo", "grabacion", "grabaci\u00f3n", "fichier", "nomfichier", "nomdufichier",
        "enregistrement", "bestand", "bestandsnaam",
    ),
    "agent": (
        "localuserid", "employeeid", "agentname", "agentfullname", "employee", "employeename", "representative",
        "agente", "mitarbeiter", "extension", "ext", "extn",
    ),
    "customer": (
        "customerphoneno", "customertelephone", "customerendpoint", "customerendpointaddress", "remotenumber",
        "externalnumber", "contactnumber", "contactphone", "contactphonenumber", "phonenumber", "kunde",
        "kundennummer", "cliente", "client", "klant",
    ),
    "started_at": (
        "segmentstart", "segmentstarttime", "sessionstart", "sessionstarttime", "interactionstart",
        "interactionstarttime", "contactstart", "contactstarttime", "conversationstart", "conversationstarttime",
        "recordingstart", "recordingstarttime", "localstarttime", "initiateddatetime", "datestarted", "startzeit",
        "anrufbeginn", "beginn", "inicio", "fechahora", "fechayhora", "dateheure", "begintijd",
    ),
    "direction": ("calltype",),
    "queue": ("skill", "skillname", "acdqueue", "huntgroup", "warteschlange"),
    "team": ("agentteam", "agentgroup"),
    "date": ("datum", "fecha"),
    "time": ("uhrzeit", "hora", "heure", "tijd"),
}  # fmt: skip
"""Spellings of other systems that are understood in a calls table, where no other column has the field.

In the notes of other tools, which are JSON, the same words mean something else: ``client`` is a program there.
"""

DIRECTIONS = {
    "in": "inbound", "incoming": "inbound", "inbound": "inbound",
    "out": "outbound", "outgoing": "outbound", "outbound": "outbound",
}  # fmt: skip
"""Who placed the call, as sources write it."""

_EXTENSION = re.compile(r"\d{2,8}")


def _meanings(*tables: dict[str, tuple[str, ...]]) -> dict[str, tuple[tuple[str, int], ...]]:
    """The fields that each spelling can stand for, with its rank among the spellings of that field."""
    found: dict[str, tuple[tuple[str, int], ...]] = {}
    for field in _SPELLINGS:
        known = [spelling for table in tables for spelling in table.get(field, ())]
        for rank, spelling in enumerate(known):
            found[spelling] = (*found.get(spelling, ()), (field, rank))
    return found


_MEANINGS = {False: _meanings(_SPELLINGS), True: _meanings(_SPELLINGS, _IN_TABLES)}

_LOCAL = re.compile(r"[\s_([-]+local(?:[\s_]time)?[\s)\]]*$", re.IGNORECASE)
_UTC = re.compile(r"[\s_([-]*(utc|gmt)[\s)\]]*$", re.IGNORECASE)


@lru_cache(maxsize=4096)
def squeeze(name: str) -> str:
    """A name without blanks, marks, capitals and the zone in brackets: ``File Name`` and ``file_name`` are one."""
    return re.sub(r"[\W_]", "", _LOCAL.sub("", _UTC.sub("", name)).casefold())


def says_utc(name: str) -> bool:
    """Whether a heading says that its times are in UTC: ``Start Time (UTC)``."""
    return _UTC.search(name) is not None


def choose_columns(names: Iterable[str], *, in_table: bool = False) -> dict[str, int]:
    """Which of several columns stands for each field: the first of the preferred spelling.

    Also ``file``, and ``date`` and ``time``, where the start of a call may be written in two columns. Several
    columns may carry the same heading: the first counts. `in_table` adds the spellings of other systems' exports.
    """
    return dict(_choose(tuple(names), in_table))


@lru_cache(maxsize=4096)
def _choose(names: tuple[str, ...], in_table: bool) -> dict[str, int]:
    best: dict[str, tuple[int, int]] = {}
    for at, name in enumerate(names):
        for field, rank in _MEANINGS[in_table].get(squeeze(name), ()):
            best[field] = min(best.get(field, (rank, at)), (rank, at))
    return {field: at for field, (_, at) in best.items()}


def spellings_of(field: str, *, in_table: bool = False) -> tuple[str, ...]:
    """Squeezed headings of a field."""
    return (*_SPELLINGS[field], *(_IN_TABLES.get(field, ()) if in_table else ()))


def is_value_of(name: str, value: str) -> bool:
    """Whether a value fits a heading that means several things: an extension may be a telephone's or a file's."""
    squeezed = squeeze(name)
    if squeezed in ("extension", "ext", "extn"):
        return _EXTENSION.fullmatch(value) is not None
    return squeezed != "calltype" or value.lower() in DIRECTIONS
