"""What a run will take up: found files against the ledger, fixed before the first call is claimed.

A file whose size and modification time are as the ledger knows them is not opened. Everything else
about a file (its bytes, its call, whether it is a copy) is found out when its turn comes.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Literal

from speechcx.batch.analyse import make_failure
from speechcx.batch.capacity import guess_length_s, learn_rates
from speechcx.batch.later_details import DetailsChange
from speechcx.batch.recordings import MissingFiles
from speechcx.call import Details, Failure
from speechcx.errors import FAILURE_KINDS, CallError, UsageError
from speechcx.store import FileStats, KnownFile, digest_details

if TYPE_CHECKING:
    from speechcx.discover import FoundFile, OtherFile, SourceWarning

Redo = Literal["none", "failed", "outdated", "all"]
"""Which of the files already dealt with are done again.

``failed``: what failed or was quarantined. ``outdated``: what was heard with other settings or by a speechcx
that heard otherwise. ``all``: everything. Details that have changed are applied by every run, without hearing
the call again.
"""

Why = Literal["new", "changed_file", "unfinished", "failed_before", "retry_asked", "outdated", "redo"]

_MANY_CLAIMS = 3
"""A file claimed this often and never finished may be what ended those runs: it goes last."""


@dataclass(frozen=True, slots=True)
class Shard:
    """One of several equal parts of all recordings, by a digest of their bytes.

    Wherever a recording lies and whatever it is called, it belongs to the same part, and so do its copies.

    Parameters
    ----------
    number
        Which part, counted from 1.
    count
        How many parts there are.
    """

    number: int
    count: int

    @classmethod
    def parse(cls, text: str) -> Shard:
        """The part that ``2/5`` names.

        Raises
        ------
        UsageError
            It names none.
        """
        found = re.fullmatch(r"\s*(\d{1,6})\s*/\s*(\d{1,6})\s*", text)
        number, count = (int(found[1]), int(found[2])) if found else (0, 0)
        if not 1 <= number <= count:
            raise UsageError(
                f"shard {text!r}",
                "NUMBER/COUNT with 1 <= NUMBER <= COUNT",
                "for the second of five: --shard 2/5",
            )
        return cls(number, count)

    def holds(self, call_id: str) -> bool:
        """Whether the recording with this id belongs to it."""
        return int(call_id, 16) % self.count == self.number - 1

    def name_database(self, database: Path) -> Path:
        """The database of this shard alone, beside the one that all are merged into."""
        return database.with_name(f"{database.stem}.shard-{self.number}-of-{self.count}{database.suffix}")

    def __str__(self) -> str:
        return f"{self.number}/{self.count}"


def find_shard_databases(database: Path) -> tuple[Path, ...]:
    """Databases beside `database` that :meth:`Shard.name_database` has named, in the order of their shards."""
    pattern = re.compile(rf"{re.escape(database.stem)}\.shard-(\d+)-of-(\d+){re.escape(database.suffix)}")
    found = [(pattern.fullmatch(path.name), path) for path in database.absolute().parent.glob("*.shard-*")]
    numbered = [(int(match[2]), int(match[1]), path) for match, path in found if match]
    return tuple(path for _, _, path in sorted(numbered))


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
    shard
        The part of the recordings to take; None for all.
    frozen
        Calls that are not heard again, since retention has removed something of them.
    held
        Calls under a legal hold, each with the name of one: what was heard of them is not replaced.
    """

    redo: Redo = "none"
    limit: int | None = None
    listen_digest: str = ""
    shard: Shard | None = None
    frozen: frozenset[str] = frozenset()
    held: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.limit is not None and self.limit < 1:
            raise ValueError(f"limit must be 1 or more, got {self.limit}")

    @property
    def share(self) -> float:
        """The part of all recordings that it takes, 0 to 1."""
        return 1.0 if self.shard is None else 1.0 / self.shard.count


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """A file to be taken up, as it was when the plan was made, and why. A suspect goes last."""

    path: str
    stats: FileStats
    why: Why
    is_suspect: bool = False
    bytes_per_s: float | None = None

    @property
    def length_s(self) -> float:
        """Guessed length in seconds; by `bytes_per_s` where headers of such files told that."""
        size_bytes = self.stats.size_bytes
        return size_bytes / self.bytes_per_s if self.bytes_per_s else guess_length_s(self.path, size_bytes)


@dataclass(frozen=True, slots=True)
class SetAside:
    """A file that is not taken up: the `failure` of its metadata, or the reason it was `skipped`.

    `is_news` is false where the ledger says the same already. `call_id` is that of its bytes, where they were read.
    """

    path: str
    stats: FileStats
    failure: Failure | None = None
    skipped: str | None = None
    is_news: bool = True
    call_id: str | None = None


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
    elsewhere
        Number of known files that belong to another shard.
    choice
        What was asked for. Of `files`, those of its shard are to be taken, which is known when they are read.
    changes
        Calls done before whose details are others now: they are judged again, not heard.
    lost_details
        Files of calls done before whose agent or time no source tells any more: they keep what they have.
    held
        (file, hold) pairs of calls that were to be heard again, and are not, since a legal hold keeps them.
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
    elsewhere: int = 0
    choice: Choice = field(default_factory=Choice)
    changes: tuple[DetailsChange, ...] = ()
    lost_details: tuple[str, ...] = ()
    held: tuple[tuple[str, str], ...] = ()

    @property
    def skipped(self) -> int:
        """Files left alone because nothing has changed."""
        return self.done + self.given_up + self.copies + self.erased

    @property
    def audio_s(self) -> float:
        """Guessed seconds of audio in all files to take up; of a shard, its part of all that may be of it."""
        return sum(file.length_s for file in self.files) * self.choice.share


def learn_lengths(plan: Plan) -> Plan:
    """The plan with lengths that headers of some of its files tell: what is usual may be wrong by half."""
    rates = learn_rates([(file.path, file.stats.size_bytes) for file in plan.files])
    if not rates:
        return plan
    files = tuple(
        replace(file, bytes_per_s=rates.get(PurePath(file.path).suffix.lower())) for file in plan.files
    )
    return replace(plan, files=files)


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
    compare_details
        Whether to look for calls done before whose details are others now; false where nothing that details are
        read from has changed since they were applied.
    """

    def __init__(
        self,
        known: Mapping[bytes, KnownFile],
        choice: Choice,
        read_details: Callable[[str], Details],
        *,
        compare_details: bool = True,
    ) -> None:
        self.known = known
        self.choice = choice
        self.read_details = read_details
        self.compare_details = compare_details
        self.changes: list[DetailsChange] = []
        self.lost_details: list[str] = []
        self.held: list[tuple[str, str]] = []
        self.owners = find_owners(known)
        self.files: list[PlannedFile] = []
        self.waiting: list[SetAside] = []
        self.ignored: list[SetAside] = []
        self.counts = {"done": 0, "given_up": 0, "copies": 0, "erased": 0, "elsewhere": 0}

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
        # Which of them belong to a shard is known when their bytes are read: the limit is kept then.
        limit = None if self.choice.shard is not None else self.choice.limit
        taken = self.files if limit is None else self.files[:limit]
        return Plan(
            tuple(taken),
            tuple(self.waiting),
            tuple(self.ignored),
            beyond_limit=len(self.files) - len(taken),
            done=self.counts["done"],
            given_up=self.counts["given_up"],
            copies=self.counts["copies"],
            erased=self.counts["erased"],
            elsewhere=self.counts["elsewhere"],
            choice=self.choice,
            changes=tuple(self.changes),
            lost_details=tuple(self.lost_details),
            held=tuple(self.held),
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
        shard = self.choice.shard
        if shard and before is not None and before.call_id is not None and not shard.holds(before.call_id):
            self.counts["elsewhere"] += 1
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
        is_frozen = before.call_id in self.choice.frozen
        why: Why | None = None
        if self.choice.redo == "all" and not is_frozen:
            why = "redo"
        elif self.choice.redo == "outdated" and not is_frozen and self._would_differ(before, path, left_as):
            why = "outdated"
        hold = self.choice.held.get(before.call_id or "") if why and left_as == "done" else None
        if hold is not None:
            self.held.append((path, hold))
        elif why is not None:
            return why
        self.counts[left_as] += 1
        if left_as == "done" and self.compare_details:
            self._compare_details(before, path)
        return None

    def _why_copy(self, before: KnownFile) -> Why | None:
        owner = self.owners.get(before.call_id or "")
        if owner is None:
            return "unfinished"
        if self.choice.redo == "all" and not os.path.exists(owner):
            return "redo"
        self.counts["copies"] += 1
        return None

    def _would_differ(self, before: KnownFile, path: str, left_as: Literal["done", "given_up"]) -> bool:
        """Whether a file would be heard otherwise now; one that failed may also do so by its details."""
        if before.listen_digest != self.choice.listen_digest:
            return True
        try:
            return left_as == "given_up" and self._read_changed(before, path) is not None
        except Exception:  # noqa: BLE001  told as the call's failure when its turn comes
            return True

    def _compare_details(self, before: KnownFile, path: str) -> None:
        """Note a call done before whose details are others now."""
        shard = self.choice.shard
        if before.call_id is None or (shard is not None and not shard.holds(before.call_id)):
            return
        try:
            details = self._read_changed(before, path)
        except Exception:  # noqa: BLE001  told in two ways, or not readable: as gone
            self.lost_details.append(path)
            return
        if details is None:
            return
        if details.missing:
            self.lost_details.append(path)
        else:
            self.changes.append(DetailsChange(before.call_id, path, details))

    def _read_changed(self, before: KnownFile, path: str) -> Details | None:
        """What is known of a call now; None where it is what was known when it was stored."""
        details = self.read_details(path)
        return None if before.details_digest == digest_details(details) else details

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
