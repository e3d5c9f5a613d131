"""The closed list of ways in which a call can fail, each with who can act and the cure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Retry = Literal["never", "next_run", "back_off"]
"""When a failed call is tried again: never by itself, on the next run, or up to three times."""


@dataclass(frozen=True, slots=True)
class FailureKind:
    """One way in which a call can fail.

    Parameters
    ----------
    slug
        The name stored in the database and used in ``docs/messages.md``.
    retry
        Whether and when a run tries the call again by itself.
    who
        The person who can do something about it.
    sentence
        What it means, for people.
    cure
        What to do.
    """

    slug: str
    retry: Retry
    who: str
    sentence: str
    cure: str


_ROWS: tuple[tuple[str, Retry, str, str, str], ...] = (
    (
        "empty",
        "never",
        "recorder",
        "The file holds no audio at all.",
        "Ask the recorder for this call again; drop the new file in the folder.",
    ),
    (
        "not_audio",
        "never",
        "operator",
        "The file is not an audio recording.",
        "Move it out of the recordings folder, or export the call again.",
    ),
    (
        "unsupported_codec",
        "never",
        "operator",
        "The audio codec or container is not allowed.",
        "Convert the recording to WAV, FLAC, MP3, Opus, M4A or AMR.",
    ),
    (
        "truncated",
        "never",
        "recorder",
        "The file ends before its header says it should.",
        "Ask the recorder for the whole file; what was there is scored and flagged if long enough.",
    ),
    (
        "damaged",
        "never",
        "recorder",
        "Too much of the file cannot be decoded.",
        "Ask the recorder for an undamaged copy.",
    ),
    (
        "too_long",
        "never",
        "operator",
        "The recording is longer than audio.max_duration_s.",
        "Split it, or raise audio.max_duration_s.",
    ),
    (
        "too_big",
        "never",
        "operator",
        "The file is bigger than audio.max_file_bytes.",
        "Check that it is one call; raise audio.max_file_bytes if it is.",
    ),
    (
        "bad_header",
        "never",
        "recorder",
        "The header gives an impossible rate, length or channel count.",
        "Export the call again; name headerless files .ulaw or .alaw.",
    ),
    (
        "no_speech",
        "never",
        "nobody",
        "Nobody speaks in the recording.",
        "Nothing to do if the call was abandoned; else check the recording line.",
    ),
    (
        "metadata_missing",
        "next_run",
        "operator",
        "The agent or the time of the call is not known.",
        "Give it by sidecar JSON, calls.csv or file name; see `speechcx run --explain FILE`, "
        "and `speechcx layouts try FOLDER` for a pattern that reads your names.",
    ),
    (
        "metadata_conflict",
        "next_run",
        "operator",
        "Two sources disagree about the call.",
        "Correct one of the sources named in the message.",
    ),
    (
        "duplicate",
        "never",
        "nobody",
        "The same bytes were analysed under another path.",
        "Nothing: the call counts once.",
    ),
    (
        "still_growing",
        "next_run",
        "nobody",
        "The file was still being written.",
        "Nothing: the next run takes it.",
    ),
    (
        "vanished",
        "next_run",
        "operator",
        "The file was moved, removed or replaced while it was read.",
        "Let the recorder finish before the run, then run again.",
    ),
    (
        "unreadable",
        "next_run",
        "operator",
        "The file cannot be opened.",
        "Check its permissions and the disk it is on.",
    ),
    (
        "model_missing",
        "next_run",
        "operator",
        "Model weights are missing.",
        "Run `speechcx models pull`.",
    ),
    (
        "model_bad",
        "next_run",
        "operator",
        "Model weights are not what the manifest says.",
        "Run `speechcx models verify`, then `speechcx models pull --force`.",
    ),
    (
        "out_of_memory",
        "back_off",
        "operator",
        "The worker ran out of memory.",
        "Use fewer workers (`--workers 1`) or a smaller model.",
    ),
    (
        "timeout",
        "back_off",
        "operator",
        "The call took longer than its time limit.",
        "Raise batch.time_limit_factor, use a smaller model, or look at the recording.",
    ),
    (
        "worker_died",
        "back_off",
        "operator",
        "The worker process died on this call.",
        "Run `speechcx analyze FILE` on it; a file that killed two workers is quarantined.",
    ),
    ("disk_full", "next_run", "operator", "The disk is full.", "Free space, then run again."),
    (
        "db_busy",
        "next_run",
        "operator",
        "The database stayed locked by another program.",
        "Close programs that write to the database, then run again.",
    ),
    (
        "config",
        "next_run",
        "operator",
        "A setting is wrong for this call.",
        "Correct the setting named in the message.",
    ),
    (
        "internal",
        "next_run",
        "developers",
        "A fault in speechcx.",
        "Please report it with the detail shown by `speechcx failures show`.",
    ),
)

FAILURE_KINDS: dict[str, FailureKind] = {row[0]: FailureKind(*row) for row in _ROWS}
"""The closed list: every failed call has exactly one of these kinds."""
