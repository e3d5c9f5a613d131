"""What is known of calls from outside their own folder entry, read once for a run: the calls tables."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from speechcx.discover.settings import DiscoverSettings
from speechcx.discover.table import CallsTable, TableRow, read_calls_table


@dataclass(frozen=True, slots=True)
class Sources:
    """The calls tables of a run.

    Parameters
    ----------
    tables
        Those nearest to the recordings last.
    agent_names
        What each agent is called, by the roster: an agent who says this name in a call is that agent.
    """

    tables: tuple[CallsTable, ...] = ()
    agent_names: Mapping[str, str] = field(default_factory=dict)

    def rows_for(self, path: str) -> tuple[TableRow, ...]:
        """Rows about the recording at the absolute `path`, from all tables."""
        return tuple(row for table in self.tables for row in table.rows_for(path))


def read_sources(paths: Iterable[str | os.PathLike[str]], settings: DiscoverSettings) -> Sources:
    """Read every calls table in and below the folders of `paths`, and beside the files among them.

    Parameters
    ----------
    paths
        As for :func:`speechcx.discover.find_files`.
    settings
        Limits, and whether folders inside folders are looked into.

    Raises
    ------
    ConfigError
        A CSV with a ``file`` column cannot be read.
    """
    tables = {}
    for folder, is_deep in _folders(paths, settings):
        for path in _csv_files(folder, is_deep=is_deep):
            if path not in tables:
                tables[path] = read_calls_table(path, max_bytes=settings.max_table_bytes)
    return Sources(tuple(table for _, table in sorted(tables.items()) if table is not None))


def _folders(
    paths: Iterable[str | os.PathLike[str]], settings: DiscoverSettings
) -> Iterator[tuple[str, bool]]:
    for named in paths:
        path = os.path.abspath(os.fspath(named))
        matches = [path] if os.path.lexists(path) else glob.glob(path, recursive=True)
        beside = set()
        for match in matches:
            if os.path.isdir(match):
                yield match, settings.recursive
            else:
                beside.add(os.path.dirname(match))
        for folder in sorted(beside):
            yield folder, False


def _csv_files(folder: str, *, is_deep: bool) -> Iterator[str]:
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if is_deep and not name.startswith("."))
        for name in sorted(files):
            path = os.path.join(parent, name)
            if name.lower().endswith(".csv") and not name.startswith(".") and os.path.isfile(path):
                yield path
