"""What a run will take up: found files against the ledger, fixed before the first call is claimed.

A file whose size and modification time are as the ledger knows them is not opened. Everything else
about a file (its bytes, its call, whether it is a copy) is found out when its turn comes.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from speechcx.batch.analyse import make_failure
from speechcx.batch.capacity import guess_length_s
from speechcx.batch.recordings import MissingFiles
from speechcx.call import Details, Failure
from speechcx.errors import FAILURE_KINDS, CallError
from speechcx.store import FileStats, KnownFile, digest_details

if TYPE_CHECKING:
    from speechcx.discover import FoundFile, OtherFile, SourceWarning

Redo = Literal["none", "failed", "outdated", "all"]
"""Which of the files already dealt with are done again.

``failed``: what failed or was quarantined. ``outdated``: what was heard with other settings or by a speechcx
that heard otherwise, or whose details have changed. ``all``: everything.
"""

Why = Literal["new", "changed_file", "unfinished", "failed_before", "retry_asked", "outdated", "redo"]

_MANY_CLAIMS = 3
"""A file claimed this often and never finished may be what ended those runs: it goes last."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a run was asked to take.

    Parameters
    ----------
    redo
        What to do again.
    limit
        Most files to take; None for all.
    listen_digest
        Digest of the settings it listens with.
    """

    redo: Redo = "none"
    limit: int | None = None
    listen_digest: str = ""

    def __post_init__(self) -> None:
        if self.limit is not None and self.limit < 1:
            raise ValueError(f"limit must be 1 or more, got {self.limit}")


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """A file to be taken up, as it was when the plan was made, and why. A suspect goes last."""

    path: str
    stats: FileStats
    why: Why
    is_suspect: bool = False

    @property
    def length_s(self) -> float:
        """Guessed length in seconds."""
        return guess_length_s(self.path, self.stats.size_bytes)


@dataclass(frozen=True, slots=True)
class SetAside:
    """A file that is not taken up: the `failure` of its metadata, or the reason it was `skipped`.

    `is_news` is false where the ledger says the same already.
    """

    path: str
    stats: FileStats
    failure: Failure | None = None
    skipped: str | None = None
    is_news: bool = True


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run will do.

    Parameters
    ----------
    files
        Files to take up, the oldest first, suspects last.
    waiting
        Files whose agent or time is not known, or told in two ways.
    ignored
        Files that are not taken as they are: still growing, temporary, ...
    done, given_up, copies, erased
        Numbers of files left alone: analysed, failed for good, copies of those, of calls that were erased.
    beyond_limit
        Number of files a limit leaves for another run.
    others
        Files of the folders that are no recordings.
    warnings
        Lines of tables that are not used.
    missing
        Known files in the folders it was given that are not there.
    """

    files: tuple[PlannedFile, ...]
    waiting: tuple[SetAside, ...] = ()
    ignored: tuple[SetAside, ...] = ()
    done: int = 0
    given_up: int = 0
    copies: int = 0
    erased: int = 0
    beyond_limit: int = 0
    others: tuple[OtherFile, ...] = ()
    warnings: tuple[SourceWarning, ...] = ()
    missing: MissingFiles = field(default_factory=MissingFiles)

    @property
    def skipped(self) -> int:
        """Files left alone because nothing has changed."""
        return self.done + self.given_up + self.copies + self.erased

    @property
    def audio_s(self) -> float:
        """Guessed seconds of audio in all files to take up."""
        return sum(file.length_s for file in self.files)


class Planner:
    """Compares files that are there with what the ledger knows of them.

    Parameters
    ----------
    known
        The ledger's files by the bytes of their path.
    choice
        What to take.
    read_details
        Details of the call in a file, without opening it.
    """

    def __init__(
        self, known: Mapping[bytes, KnownFile], choice: Choice, read_details: Callable[[str], Details]
    ) -> None:
        self.known = known
        self.choice = choice
        self.read_details = read_details
        self.owners = find_owners(known)
        self.files: list[PlannedFile] = []
        self.waiting: list[SetAside] = []
        self.ignored: list[SetAside] = []
        self.counts = {"done": 0, "given_up": 0, "copies": 0, "erased": 0}

    def plan(
        self,
        found: Iterable[FoundFile],
        *,
        give_up: Callable[[], bool] = lambda: False,
        look_again: Callable[[Sequence[FoundFile]], Sequence[FoundFile]] = tuple,
    ) -> Plan:
        """Look at every file found.

        Parameters
        ----------
        found
            What is there.
        give_up
            Asked for each file; true ends it early.
        look_again
            Tells which of the files that were changed moments ago are at rest; called once, for those the
            ledger does not know as they are.
        """
        found = tuple(found)
        young = [file for file in found if file.skip == "still_growing" and not self._is_done_with(file)]
        settled = {file.path: file for file in look_again(young)} if young else {}
        for file in (settled.get(file.path, file) for file in found):
            if give_up():
                break
            self._look_at(file)
        # The oldest first: calls of one time lie together in the database, and a limit takes the backlog.
        self.files.sort(key=lambda file: (file.is_suspect, file.stats.mtime_ns, file.path))
        taken = self.files if self.choice.limit is None else self.files[: self.choice.limit]
        return Plan(
            tuple(taken),
            tuple(self.waiting),
            tuple(self.ignored),
            beyond_limit=len(self.files) - len(taken),
            done=self.counts["done"],
            given_up=self.counts["given_up"],
            copies=self.counts["copies"],
            erased=self.counts["erased"],
        )

    def has_grown(self, file: FoundFile) -> bool:
        """Whether an earlier run saw the file being written, and it has changed since."""
        before = self.known.get(os.fsencode(file.path))
        return before is not None and before.kind == "still_growing" and not _is_as_known(file, before)

    def _is_done_with(self, file: FoundFile) -> bool:
        before = self.known.get(os.fsencode(file.path))
        if before is None or before.retry_asked or self.choice.redo != "none":
            return False
        is_final = before.state in ("done", "duplicate", "quarantined") or (
            before.state == "failed" and not _is_retried(before.kind)
        )
        return is_final and _is_as_known(file, before)

    def _look_at(self, file: FoundFile) -> None:
        stats = FileStats(file.size_bytes, file.mtime_ns)
        before = self.known.get(os.fsencode(file.path))
        why: Why | None
        if before is not None and not stats.is_as(before):
            before, why = None, "changed_file"
        else:
            why = self._why(before, file.path)
        if why is None:
            return
        if file.skip is not None:
            # When it was last seen to be written tells when to run again.
            is_news = file.skip == "still_growing" or before is None or before.kind != file.skip
            self.ignored.append(SetAside(file.path, stats, skipped=file.skip, is_news=is_news))
            return
        failure = self._find_failure(file.path)
        if failure is not None:
            is_news = before is None or (before.kind, before.retry_asked) != (failure.kind, 0)
            self.waiting.append(SetAside(file.path, stats, failure, is_news=is_news))
            return
        self.files.append(PlannedFile(file.path, stats, why, is_suspect=_is_suspect(before)))

    def _why(self, before: KnownFile | None, path: str) -> Why | None:
        """Why to take a file whose bytes are as they were; None to leave it alone."""
        if before is None:
            return "new"
        if (before.state, before.kind) == ("skipped", "erased"):
            self.counts["erased"] += 1
            return None
        if before.retry_asked:
            return "retry_asked"
        if before.state == "done":
            return self._why_again(before, path, "done")
        if before.state == "duplicate":
            return self._why_copy(before)
        if before.state == "quarantined" or (before.state == "failed" and not _is_retried(before.kind)):
            if self.choice.redo == "failed":
                return "redo"
            return self._why_again(before, path, "given_up")
        return "failed_before" if before.state in ("failed", "needs_metadata") else "unfinished"

    def _why_again(self, before: KnownFile, path: str, left_as: Literal["done", "given_up"]) -> Why | None:
        if self.choice.redo == "all":
            return "redo"
        if self.choice.redo == "outdated" and self._has_changed(before, path):
            return "outdated"
        self.counts[left_as] += 1
        return None

    def _why_copy(self, before: KnownFile) -> Why | None:
        owner = self.owners.get(before.call_id or "")
        if owner is None:
            return "unfinished"
        if self.choice.redo == "all" and not os.path.exists(owner):
            return "redo"
        self.counts["copies"] += 1
        return None

    def _has_changed(self, before: KnownFile, path: str) -> bool:
        if before.listen_digest != self.choice.listen_digest:
            return True
        try:
            return before.details_digest != digest_details(self.read_details(path))
        except Exception:  # noqa: BLE001  told as the call's failure when its turn comes
            return True

    def _find_failure(self, path: str) -> Failure | None:
        """What is wrong with the metadata of a call; None where all is known."""
        try:
            details = self.read_details(path)
        except Exception as error:  # noqa: BLE001  details that cannot be read cost this file only
            return make_failure(error, path, stage="discover")
        return missing_details(path, details)


def _is_as_known(file: FoundFile, known: KnownFile) -> bool:
    return FileStats(file.size_bytes, file.mtime_ns).is_as(known)


def missing_details(path: str, details: Details) -> Failure | None:
    """The failure of a call whose agent or time is not known, saying why; None where both are."""
    if not details.missing:
        return None
    reasons = dict(details.sources)
    found = ". ".join(f"{name}: {reasons.get(name, 'missing')}" for name in details.missing)
    return make_failure(CallError("metadata_missing", found), path, stage="discover")


def find_owners(known: Mapping[bytes, KnownFile]) -> dict[str, bytes]:
    """Path of the file that stands for each call: other files with its bytes are copies."""
    owners: dict[str, bytes] = {}
    for path, file in known.items():
        settled = file.state in ("done", "quarantined") or (
            file.state == "failed" and not _is_retried(file.kind)
        )
        if settled and file.call_id is not None and (file.state == "done" or file.call_id not in owners):
            owners[file.call_id] = path
    return owners


def _is_retried(kind: str | None) -> bool:
    return kind not in FAILURE_KINDS or FAILURE_KINDS[kind].retry != "never"


def _is_suspect(before: KnownFile | None) -> bool:
    if before is None:
        return False
    if before.state == "claimed":
        return before.attempts >= _MANY_CLAIMS
    kind = FAILURE_KINDS.get(before.kind or "internal")
    return before.state == "failed" and kind is not None and kind.retry == "back_off"
