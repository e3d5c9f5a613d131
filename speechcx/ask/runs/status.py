"""How the work stands: the last run, what is done, what waits, what failed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from speechcx.ask.ground.opening import Where, reading
from speechcx.ask.operations import GapKind, reconcile
from speechcx.ask.runs.failures import KindCount, count_failures
from speechcx.ask.runs.left_out import LeftOut, read_left_out
from speechcx.call import find_language_code
from speechcx.store import CallFilter, Store
from speechcx.store.calls.turns import IS_UNFELT
from speechcx.store.paths import read_path

BACKLOG = ("seen", "settled", "claimed")
"""States of files that the next run takes, beside those a person asked another try of."""


@dataclass(frozen=True, slots=True)
class RunRow:
    """One run; the numbers are None while it runs, and where it was killed.

    `times_realtime` is audio over elapsed time.
    """

    run_id: int
    command: str
    started_at: str
    finished_at: str | None
    outcome: str | None
    exit_code: int | None
    speechcx: str
    host: str
    pid: int
    workers: int | None
    planned: int | None
    done: int | None
    failed: int | None
    skipped: int | None
    audio_s: float | None
    elapsed_s: float | None
    times_realtime: float | None


@dataclass(frozen=True, slots=True)
class LanguageCount:
    """Calls in one language.

    Parameters
    ----------
    language
        ISO 639-1 code; ``und`` where it could not be told; None for calls without words.
    calls
        Calls that count.
    without_rulebook
        Those that no rulebook in their language judged: what asks for words could not tell.
    without_sentiment
        Those in which no turn has one: the text model does not read the language, or there are no words.
    """

    language: str | None
    calls: int
    without_rulebook: int
    without_sentiment: int


@dataclass(frozen=True, slots=True)
class NightGaps:
    """Gaps between call records and recordings of the last run's days.

    Parameters
    ----------
    first_day, last_day
        The days that were looked at.
    records, matched
        Call records of them, and those whose recording was found.
    counts
        (kind, number) pairs of the gaps.
    """

    first_day: str
    last_day: str
    records: int
    matched: int
    counts: tuple[tuple[GapKind, int], ...]


@dataclass(frozen=True, slots=True)
class RunStatus:
    """How the work stands.

    Parameters
    ----------
    database, size_bytes, schema
        The file, its size with its log, and the number of its schema.
    run
        The newest run, None before the first.
    interrupted_runs
        Runs that were killed.
    files
        (state, files) pairs.
    backlog, oldest_waiting
        Files the next run takes, and the path of the one that waits longest.
    failures
        How many files failed in which way.
    calls, superseded
        Calls that count, and older versions that do not.
    audio_s
        Seconds of audio in calls that count.
    first_day, last_day
        The days they are from.
    flagged_calls
        Calls with a flagged rule.
    languages
        Calls by language, most calls first.
    outdated
        Calls heard with other settings, or by a speechcx that heard otherwise, than a run would use now; None
        where that was not asked.
    redone
        Times a file was taken up by a run that died on it.
    left_out
        What the last run left for later, took for no recording, or could not use of tables.
    reconciled
        Call records against recordings, on the days of the calls of the last run; None where there are no records.
    """

    database: str
    size_bytes: int
    schema: int
    run: RunRow | None
    interrupted_runs: int
    files: tuple[tuple[str, int], ...]
    backlog: int
    oldest_waiting: str | None
    failures: tuple[KindCount, ...]
    calls: int
    superseded: int
    audio_s: float
    first_day: str | None
    last_day: str | None
    flagged_calls: int
    languages: tuple[LanguageCount, ...]
    outdated: int | None
    redone: int
    left_out: LeftOut
    reconciled: NightGaps | None = None


def read_status(where: Where, *, settle_s: float = 0.0, listen_digest: str | None = None) -> RunStatus:
    """How the work of a database stands.

    Parameters
    ----------
    where
        Store or database.
    settle_s
        As in :func:`speechcx.ask.runs.left_out.read_left_out`.
    listen_digest
        Digest of how a run would listen now, to count the calls that were heard otherwise.
    """
    with reading(where) as store:
        db = store.db
        calls = _read_calls(store)
        superseded = db.execute("SELECT count(*) FROM calls WHERE superseded_by IS NOT NULL").fetchone()[0]
        backlog, oldest = _read_backlog(store)
        redone = db.execute("SELECT count(*) FROM attempts WHERE outcome = 'interrupted'").fetchone()[0]
        killed = db.execute("SELECT count(*) FROM runs WHERE outcome = 'interrupted'").fetchone()[0]
        return RunStatus(
            database=str(store.path),
            size_bytes=_size(store),
            schema=int(db.execute("PRAGMA user_version").fetchone()[0]),
            run=_read_run(store),
            interrupted_runs=killed,
            files=tuple(
                db.execute("SELECT state, count(*) FROM files GROUP BY state ORDER BY 2 DESC").fetchall()
            ),
            backlog=backlog,
            oldest_waiting=oldest,
            failures=count_failures(store),
            calls=sum(row.calls for row in calls),
            superseded=superseded,
            audio_s=sum(row.audio_s for row in calls),
            first_day=min((row.first_day for row in calls if row.first_day is not None), default=None),
            last_day=max((row.last_day for row in calls if row.last_day is not None), default=None),
            flagged_calls=sum(row.flagged for row in calls),
            languages=_count_languages(store, calls),
            outdated=None if listen_digest is None else _count_outdated(store, listen_digest),
            redone=redone,
            left_out=read_left_out(store, settle_s=settle_s),
            reconciled=_reconcile_night(store),
        )


def read_last_day(where: Where) -> str | None:
    """The newest day on which there are calls; None if there is none."""
    with reading(where) as store:
        row = store.db.execute(
            "SELECT local_day FROM calls WHERE superseded_by IS NULL AND local_day IS NOT NULL"
            " ORDER BY local_day DESC LIMIT 1"
        ).fetchone()
        return None if row is None else str(row[0])


_RUN = (
    "run_id, command, started_at, finished_at, outcome, exit_code, speechcx, host, pid, workers, planned, done,"
    " failed, skipped, audio_s, elapsed_s"
)


def _read_run(store: Store) -> RunRow | None:
    row = store.db.execute(f"SELECT {_RUN} FROM runs ORDER BY run_id DESC LIMIT 1").fetchone()
    return None if row is None else _to_run(row)


def _to_run(row: tuple[Any, ...]) -> RunRow:
    audio_s, elapsed_s = row[-2:]
    speed = audio_s / elapsed_s if audio_s is not None and elapsed_s else None
    names = (name.strip() for name in _RUN.split(","))
    return RunRow(**dict(zip(names, row, strict=True)) | {"times_realtime": speed})


def _read_backlog(store: Store) -> tuple[int, str | None]:
    places = ", ".join("?" * len(BACKLOG))
    waiting = f"FROM files WHERE state IN ({places}) OR retry_asked = 1"
    count = store.db.execute(f"SELECT count(*) {waiting}", BACKLOG).fetchone()[0]
    row = store.db.execute(f"SELECT path {waiting} ORDER BY mtime_ns LIMIT 1", BACKLOG).fetchone()
    return int(count), None if row is None else read_path(row[0])


def _count_outdated(store: Store, listen_digest: str) -> int:
    (count,) = store.db.execute(
        "SELECT count(*) FROM calls JOIN provenances USING (provenance_no)"
        " WHERE superseded_by IS NULL AND settings_digest <> ?",
        (listen_digest,),
    ).fetchone()
    return int(count)


class _CallsOfLanguage(NamedTuple):
    """Calls that count, of a language and a rulebook: one pass over the calls answers all that is asked of them."""

    language: str | None
    rulebook_no: int
    calls: int
    unfelt: int
    audio_s: float
    first_day: str | None
    last_day: str | None
    flagged: int


def _read_calls(store: Store) -> tuple[_CallsOfLanguage, ...]:
    rows = store.db.execute(
        f"SELECT c.language, c.rulebook_no, count(*), sum({IS_UNFELT}), total(audio_duration_s), min(local_day),"
        " max(local_day), sum(flagged_count > 0) FROM calls c WHERE superseded_by IS NULL GROUP BY 1, 2"
    )
    return tuple(_CallsOfLanguage(*row) for row in rows)


def _count_languages(store: Store, calls: tuple[_CallsOfLanguage, ...]) -> tuple[LanguageCount, ...]:
    sources = dict(store.db.execute("SELECT rulebook_no, source FROM rulebooks"))
    counts: dict[str | None, LanguageCount] = {}
    for row in calls:
        before = counts.get(row.language, LanguageCount(row.language, 0, 0, 0))
        is_read = _reads(sources[row.rulebook_no], row.language)
        counts[row.language] = LanguageCount(
            row.language, before.calls + row.calls, before.without_rulebook + (0 if is_read else row.calls),
            before.without_sentiment + row.unfelt,
        )  # fmt: skip
    return tuple(sorted(counts.values(), key=lambda one: (-one.calls, one.language or "")))


def _reads(source: str | None, language: str | None) -> bool:
    """Whether a rulebook reads the words of a call; one whose text was not kept is taken to."""
    if source is None or language is None:
        return True
    # Imported here: most of what is asked of runs needs no rulebook, and its room is slow to load.
    from speechcx.rules import find_language

    return find_language_code(find_language(source)) in (language, None)


def _size(store: Store) -> int:
    log = store.path.with_name(store.path.name + "-wal")
    return sum(path.stat().st_size for path in (store.path, log) if path.exists())


def _reconcile_night(store: Store) -> NightGaps | None:
    """Gaps of the days of calls that the last run stored, or of the newest day with call records."""
    newest = store.db.execute("SELECT max(local_day) FROM call_records").fetchone()[0]
    if newest is None:
        return None
    days = store.db.execute(
        "SELECT min(local_day), max(local_day) FROM calls WHERE superseded_by IS NULL"
        " AND stored_at >= (SELECT started_at FROM runs WHERE finished_at IS NOT NULL ORDER BY run_id DESC LIMIT 1)"
    ).fetchone()
    first, last = days if days[0] else (newest, newest)
    found = reconcile(store, CallFilter(since=date.fromisoformat(first), until=date.fromisoformat(last)))
    return NightGaps(first, last, found.records, found.matched, found.counts)
