"""A database with everything its pages need, and the Datasette that serves them."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from speechcx.call import PAYMENT
from speechcx.config.retention_settings import RetentionSettings
from speechcx.errors import UsageError
from speechcx.store import Store
from speechcx.store.reader_pool import ReaderPool
from speechcx.web.accounts import Account, Accounts, accounts_beside
from speechcx.web.kept_answers import KeptAnswers
from speechcx.web.recording_file import Recordings
from speechcx.web.sessions import Sessions, SignInLimit
from speechcx.web.trail_writer import TrailWriter

if TYPE_CHECKING:
    from datasette.app import Datasette

_PREFIX = re.compile(r"/(?:[A-Za-z0-9._~-]+/)*")


@dataclass(frozen=True, slots=True)
class Site:
    """One database and who may see it.

    Parameters
    ----------
    database
        The calls.
    accounts
        Who may sign in.
    prefix
        What stands before every address behind a proxy, without a slash at its end; usually empty.
    redacted_kinds
        Values that the audit trail does not tell of what people typed; as the settings of ``[redact]``.
    retention
        How long things are kept, as the settings of ``[retention]``; for ever by default.
    """

    database: Path
    accounts: Accounts
    prefix: str = ""
    redacted_kinds: tuple[str, ...] = PAYMENT
    retention: RetentionSettings = field(default_factory=RetentionSettings)
    sessions: Sessions = field(default_factory=Sessions)
    limit: SignInLimit = field(default_factory=SignInLimit)
    recordings: Recordings = field(init=False)
    kept: KeptAnswers = field(init=False)
    trail: TrailWriter = field(init=False)
    readers: ReaderPool = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "recordings", Recordings(self.database.resolve().parent))
        object.__setattr__(self, "trail", TrailWriter(self.database))
        object.__setattr__(self, "kept", KeptAnswers(find_stamp=self.trail.find_stamp))
        object.__setattr__(self, "readers", ReaderPool(self.database))

    def close(self) -> None:
        """Write down what waits, and stop."""
        self.kept.close()
        self.readers.close()
        self.trail.close()

    def find_person(self, token: str) -> Account | None:
        """Whose session a token is; None for a stranger, and for an account closed or changed since."""
        found = self.sessions.find(token) if token else None
        account = None if found is None else self.accounts.find(found[0])
        if found is None or account is None or account.is_disabled or account.password != found[1]:
            return None
        return account


def make_site(
    database: Path,
    *,
    base_url: str = "/",
    accounts: Accounts | None = None,
    redacted_kinds: tuple[str, ...] = PAYMENT,
    retention: RetentionSettings | None = None,
) -> Site:
    """The site of a database; see :class:`Site`.

    Raises
    ------
    UsageError
        `base_url` is no path that begins and ends with a slash.
    DatabaseMissing, DatabaseBad
        As :meth:`speechcx.store.Store.open`.
    """
    if not _PREFIX.fullmatch(base_url):
        raise UsageError(
            f"--base-url {base_url!r}", "a path between slashes, as in /calls/", "write it with both slashes"
        )
    Store.open(database).close()  # Brings an older schema up to date, which readers cannot.
    return Site(
        database, accounts or accounts_beside(database), base_url.rstrip("/"), redacted_kinds,
        retention or RetentionSettings(),
    )  # fmt: skip


def make_datasette(site: Site) -> Datasette:
    """A Datasette of the database, closed to everybody but by our rules.

    Raises
    ------
    UsageError
        The extra ``web`` is not installed.
    """
    try:
        from datasette.app import Datasette
        from datasette.database import Database
        from datasette.plugins import pm
    except ImportError as error:
        raise UsageError(
            "the pages need Datasette, which is not installed",
            "the extra `web`",
            "pip install 'speechcx[web]'",
        ) from error
    from speechcx.web import plugin

    if not pm.is_registered(plugin):
        pm.register(plugin, name="speechcx")
    # The hooks ask for the site while the object is being made.
    kind: Any = type("Pages", (Datasette,), {plugin.ATTRIBUTE: site})
    made: Datasette = kind(
        [],
        memory=False,
        metadata={"title": "speechcx: tables", "allow": {"role": "admin"}, "allow_sql": {"role": "admin"}},
        settings={
            "base_url": site.prefix + "/",
            "default_allow_sql": True,
            "allow_download": True,
            "allow_signed_tokens": False,
            "max_returned_rows": 1000,
            "sql_time_limit_ms": 1000,
            "num_sql_threads": 3,
        },
    )
    made.add_database(Database(made, path=str(site.database), is_mutable=True), name="database")
    return made


def serve(site: Site, *, host: str, port: int, announce: Callable[[Sequence[str]], None]) -> None:
    """Serve the pages until somebody stops it.

    Parameters
    ----------
    site
        Of which database.
    host, port
        Where to listen.
    announce
        Is given lines to show before the first request is taken.
    """
    datasette = make_datasette(site)
    import uvicorn

    from speechcx.web.rendering import compile_templates
    from speechcx.web.replying import prepare_pages

    compile_templates()
    is_over = threading.Event()
    ahead = threading.Thread(
        target=prepare_pages, args=(site, is_over.is_set), name="first pages", daemon=True
    )

    first = site.accounts.make_first()
    lines = [f"Open http://{host}:{port}{site.prefix}/"]
    if first is not None:
        lines.append(f"First login, shown only this once: name admin, password {first}")
    announce(lines)
    ahead.start()
    try:
        # Log lines of requests hold what people looked for, and whom.
        uvicorn.run(
            datasette.app(), host=host, port=port, log_level="warning", access_log=False, server_header=False,
            proxy_headers=True, forwarded_allow_ips="127.0.0.1", timeout_keep_alive=20, limit_concurrency=200,
        )  # fmt: skip
    finally:
        is_over.set()
        ahead.join(10)
        site.close()
