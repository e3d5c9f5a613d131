"""Opening the database file: safe settings, migrations with a backup, one kind of write transaction."""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

from speechcx.errors import AccessDenied, DatabaseBad, DatabaseBusy, DatabaseMissing
from speechcx.private_files import make_private_folder
from speechcx.store.busy import BUSY_LIMIT_S, STEP_MS, Patience
from speechcx.store.trouble import besides, damaged, expect_room_for_tables, explain, explain_place

APPLICATION_ID = 0x53504358
"""Marks the file as ours: the letters SPCX."""

OLDEST_SQLITE = (3, 37, 0)
"""The first with STRICT tables."""

_NO_LOCKS = (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY)
"""What SQLite says where it cannot make the files beside a database by which readers are known to writers."""

K = TypeVar("K", bound=sqlite3.Connection)

_NAME = re.compile(r"(\d{4})_[a-z_]+\.sql")


@cache
def read_migrations() -> tuple[tuple[str, str], ...]:
    """(name, SQL) of every migration, in order of their numbers."""
    folder = resources.files("speechcx.store") / "migrations"
    found = sorted(entry.name for entry in folder.iterdir() if _NAME.fullmatch(entry.name))
    return tuple((name.removesuffix(".sql"), (folder / name).read_text(encoding="utf-8")) for name in found)


def open_database(
    path: Path,
    *,
    create: bool,
    read_only: bool,
    patience: Patience | None = None,
    kind: type[K] | None = None,
) -> sqlite3.Connection:
    """A connection with safe settings to a database of this version's schema.

    `kind` is the class of a connection that more than one thread will use, one after another.

    Raises
    ------
    DatabaseMissing
        There is no file, and `create` is not set.
    DatabaseBad
        The file is not ours, damaged, or written by a newer version.
    DatabaseBusy
        Another program held it longer than `patience` lasts.
    AccessDenied, DiskFull, DiskError
        The file, its folder or its disk does not let it be used.
    """
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise DatabaseBad(
            f"this Python carries SQLite {sqlite3.sqlite_version}",
            f"SQLite {'.'.join(map(str, OLDEST_SQLITE))} or newer",
            "use a newer Python, or a newer system library",
        )
    try:
        _expect_file(path, create=create and not read_only)
        return (patience or Patience()).wait(lambda: _open(path, read_only=read_only, kind=kind), path)
    except UnicodeDecodeError as error:
        # SQLite's message itself quotes damaged text, which Python cannot read.
        raise damaged(path, "its schema holds text that is no UTF-8") from error
    except (sqlite3.Error, OSError) as error:
        found = explain(error, path, writing=not read_only)
        if found is None and isinstance(error, sqlite3.DatabaseError):
            # Our own statements fail on it: its tables are not those that its number promises.
            found = DatabaseBad(
                f"{path} is not as this speechcx makes it: {error}",
                "a database made by `speechcx init` or `speechcx run`",
                "name another file with --db, or restore this one from a backup",
            )
        if found is None:
            raise
        raise found from error


def _open(path: Path, *, read_only: bool, kind: type[K] | None = None) -> sqlite3.Connection:
    """One attempt to open; a sqlite3 error where it fails."""
    db = _connect(path, read_only=read_only, kind=kind)
    try:
        # Looked at before anything is set: another program's file stays as it is, to the byte.
        version = _read_version(db, path)
        _set_up(db, read_only=read_only)
        _bring_up_to_date(db, path, version, read_only=read_only)
        if read_only:
            db.execute("PRAGMA query_only = ON")
            db.execute("PRAGMA trusted_schema = OFF")
        db.execute(f"PRAGMA busy_timeout = {round(1000 * BUSY_LIMIT_S)}")
    except BaseException:
        db.close()
        raise
    return db


def begin_write(db: sqlite3.Connection) -> None:
    """``BEGIN IMMEDIATE``, waiting no longer for another writer than a signal may wait for us."""
    (usual,) = db.execute("PRAGMA busy_timeout").fetchone()
    db.execute(f"PRAGMA busy_timeout = {STEP_MS}")
    try:
        db.execute("BEGIN IMMEDIATE")
    finally:
        db.execute(f"PRAGMA busy_timeout = {usual}")


@contextmanager
def write_transaction(db: sqlite3.Connection, *, begin: Callable[[], None] | None = None) -> Iterator[None]:
    """``BEGIN IMMEDIATE`` to ``COMMIT``; inside an open one, part of it.

    Immediate, because a deferred transaction that reads before it writes fails at once when another
    writer comes between, whatever the busy timeout says. `begin` may wait for the lock in its own way.
    """
    if db.in_transaction:
        yield
        return
    if begin is None:
        db.execute("BEGIN IMMEDIATE")
    else:
        begin()
    try:
        yield
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise
    try:
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def _expect_file(path: Path, *, create: bool) -> None:
    try:
        os.stat(path)
    except FileNotFoundError:
        if not create:
            raise DatabaseMissing(
                f"there is no database at {path}", "a database", "run `speechcx init` or `speechcx run` first"
            ) from None
    except OSError:
        # A loop of links, a folder that may not be entered: told as what it is.
        found = explain_place(path, writing=create)
        if found is None:
            raise
        raise found from None
    else:
        return
    make_private_folder(path.parent)
    # The log and index files SQLite makes beside it take over this mode.
    handle = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    os.fchmod(handle, 0o600)
    os.close(handle)


def _connect(path: Path, *, read_only: bool, kind: type[K] | None = None) -> sqlite3.Connection:
    place = f"file:{quote(os.fsencode(path.absolute()))}?mode={'ro' if read_only else 'rw'}"
    db = sqlite3.connect(
        place, uri=True, isolation_level=None, timeout=STEP_MS / 1000, check_same_thread=kind is None,
        factory=kind or sqlite3.Connection,
    )  # fmt: skip
    if not read_only:
        return db
    try:
        db.execute("PRAGMA schema_version").fetchone()
    except sqlite3.OperationalError as error:
        db.close()
        if error.sqlite_errorcode & 0xFF not in _NO_LOCKS or not can_be_unchanging(path):
            raise
        # SQLite wants to make files beside a database in WAL mode even to read it, unless it is told
        # that nobody writes; :func:`expect_unchanged` looks afterwards whether that was true.
        db = sqlite3.connect(
            f"{place}&immutable=1",
            uri=True,
            isolation_level=None,
            factory=Unchanging,
            check_same_thread=kind is None,
        )
        db.as_found = _look(path)
    except sqlite3.Error:
        db.close()
        raise
    return db


class Unchanging(sqlite3.Connection):
    """A connection that reads a file as it lies there, without locks, since none can be taken."""

    as_found: tuple[object, ...] = ()


def expect_unchanged(db: sqlite3.Connection, path: Path) -> None:
    """After reading without locks: nobody may have written meanwhile.

    Raises
    ------
    DatabaseBusy
        Somebody has.
    """
    if isinstance(db, Unchanging) and db.as_found != _look(path):
        raise DatabaseBusy(
            f"{path} was written by another program while it was read",
            "a database that rests, since its folder lets no lock be taken",
            "ask again",
        )


def _look(path: Path) -> tuple[object, ...]:
    status = os.stat(path)
    log, _ = besides(path)
    return status.st_ino, status.st_size, status.st_mtime_ns, log.exists() and log.stat().st_size > 0


def can_be_unchanging(path: Path) -> bool:
    """Whether a database that cannot be opened in the usual way may be read as it lies there.

    Raises
    ------
    AccessDenied
        It lies on a read-only disk with a log beside it whose last changes are not in it yet.
    """
    if explain_place(path, writing=False) is not None:
        return False
    log, _ = besides(path)
    if log.exists() and log.stat().st_size:
        raise AccessDenied(
            f"{path} was not closed by the program that wrote it, and the last changes stand in {log.name}"
            " beside it, which cannot be brought together here",
            "a folder that can be written",
            "copy both files into such a folder, and open the copy",
        )
    return True


def _set_up(db: sqlite3.Connection, *, read_only: bool) -> None:
    db.execute("PRAGMA foreign_keys = ON")
    db.execute("PRAGMA temp_store = MEMORY")
    if read_only:
        db.execute("PRAGMA cache_size = -65536")
        return
    # SQLite's own default: more would only make a run's memory grow by that much through the night.
    db.execute("PRAGMA cache_size = -2000")
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    db.execute("PRAGMA secure_delete = ON")
    db.execute("PRAGMA journal_size_limit = 67108864")


def _read_version(db: sqlite3.Connection, path: Path) -> int:
    """Number of the schema; 0 for an empty file. DatabaseBad where it is not one we can use."""
    newest = len(read_migrations())
    mark = db.execute("PRAGMA application_id").fetchone()[0]
    version = int(db.execute("PRAGMA user_version").fetchone()[0])
    if mark != APPLICATION_ID and db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        raise DatabaseBad(
            f"{path} is a database of another program",
            "a database made by `speechcx init` or `speechcx run`",
            "name another file with --db",
        )
    if version > newest:
        raise DatabaseBad(
            f"{path} has schema {version}, written by a newer speechcx",
            f"schema {newest} or older",
            "upgrade speechcx on this machine",
        )
    return version


def _bring_up_to_date(db: sqlite3.Connection, path: Path, version: int, *, read_only: bool) -> None:
    newest = len(read_migrations())
    if version == newest:
        return
    if read_only and not version:
        raise DatabaseBad(
            f"{path} is empty",
            "a database made by `speechcx init` or `speechcx run`",
            "name another file with --db, or fill this one by `speechcx run`",
        )
    if read_only:
        raise DatabaseBad(
            f"{path} has schema {version}, older than this speechcx reads",
            f"schema {newest}",
            "run `speechcx run` or `speechcx init` once: it keeps a backup and brings the database up to date",
        )
    expect_room_for_tables(path)
    with write_transaction(db):
        # Asked again with the write lock held: another program may have been quicker, and its
        # backup of the old state must not be written over by one of the new.
        if db.execute("PRAGMA user_version").fetchone()[0] == newest:
            return
        if version:
            back_up(path, path.with_name(f"{path.name}.schema-{version:04d}.bak"))
        migrate(db)


def back_up(path: Path, target: Path) -> None:
    """A whole copy of a database at `target`, readable by its owner only."""
    target.unlink(missing_ok=True)
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    source, copy = sqlite3.connect(path), sqlite3.connect(target)
    try:
        source.backup(copy)
    finally:
        source.close()
        copy.close()


def migrate(db: sqlite3.Connection, *, stop_after: int | None = None) -> None:
    """Apply every migration that is missing, all in one transaction.

    ``executescript`` of Python itself would commit first, and the one of sqlite-utils asks after every letter
    whether the statement ends there, which takes longer than all else. Opening the transaction here,
    immediately, keeps two programs that start at once from migrating twice.
    """
    # Imported here: 0.1 s that an up-to-date database need not pay.
    from sqlite_utils import Database, Migrations

    from speechcx.store.calls.customer_phrases import keep_missing_phrases
    from speechcx.store.comments import write_comments
    from speechcx.store.daily_sums import create_sums, drop_sums, sums_sql
    from speechcx.store.facts.handling_sums import create_handling_sums, handling_sums_sql
    from speechcx.store.views import create_views, drop_views, views_sql

    scripts = read_migrations()[:stop_after]
    steps = Migrations("speechcx")
    for name, sql in scripts:

        def step(database: Database, sql: str = sql) -> None:
            for statement in split_statements(sql):
                database.conn.execute(statement)

        steps(name=name)(step)
    with write_transaction(db):
        with _digests_kept(db):
            drop_views(db)
            drop_sums(db)
            steps.apply(Database(db))
            if len(scripts) == len(read_migrations()):
                create_views(db)
                create_sums(db)
                create_handling_sums(db)
                keep_missing_phrases(db)
        write_comments(db, [sql for _, sql in scripts] + [views_sql(), sums_sql(), handling_sums_sql()])
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.execute(f"PRAGMA user_version = {len(scripts)}")


def split_statements(sql: str) -> Iterator[str]:
    """The statements of a script; a trigger is one, whatever stands in it."""
    statement = ""
    for piece in re.split(r"(?<=;)", sql):
        statement += piece
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
    if statement.strip():
        yield statement


@contextmanager
def _digests_kept(db: sqlite3.Connection) -> Iterator[None]:
    """Rebuild the digests after a change of the schema; what was wrong before stays wrong."""
    from speechcx.store.calls import row_digests
    from speechcx.store.decisions import chain

    changed: set[tuple[str, int]] = set()
    broken: set[tuple[str, str]] = set()
    if _has_digests(db):
        changed = row_digests.find_changed(db)
        broken = {(row.about, row.key) for row in chain.find_broken(db)}
    yield
    if _has_digests(db):
        row_digests.note_all(db, but=changed)
        chain.note_missing(db, but=broken)


def _has_digests(db: sqlite3.Connection) -> bool:
    return db.execute("SELECT 1 FROM sqlite_master WHERE name = 'decision_chain_end'").fetchone() is not None
