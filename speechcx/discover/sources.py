"""What is known of calls from outside their own folder entry, read once for a run: the calls tables."""

from __future__ import annotations

import difflib
import glob
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from speechcx.discover.calls_table import CallsTable, SourceWarning, TableRow, read_calls_table
from speechcx.discover.file_cells import NOT, how_well, name_key
from speechcx.discover.files import FoundFile
from speechcx.discover.names import printable_name
from speechcx.discover.settings import DiscoverSettings
from speechcx.discover.table_files import WORKBOOK_ENDINGS
from speechcx.errors import CallError, ConfigError

_MAX_HINTS = 20
"""For so many calls without a row the nearest row is looked for; they mostly have one reason."""

_MAX_COMPARED = 5_000


@dataclass(frozen=True, slots=True)
class Sources:
    """The calls tables of a run.

    Parameters
    ----------
    tables
        Those nearest to the recordings last.
    agent_names
        What each agent is called, by the roster: an agent who says this name in a call is that agent.
    passed_over
        (path, why) pairs of CSV files that are about something else.
    recordings
        (path, size) pairs of the recordings that are there, by the key of their names.
    """

    tables: tuple[CallsTable, ...] = ()
    agent_names: Mapping[str, str] = field(default_factory=dict)
    passed_over: tuple[tuple[str, str], ...] = ()
    recordings: Mapping[str, tuple[tuple[str, int], ...]] = field(default_factory=dict)
    _hints: list[str] = field(default_factory=list, compare=False)

    @property
    def warnings(self) -> tuple[SourceWarning, ...]:
        """Lines of all tables that cannot be used."""
        return tuple(warning for table in self.tables for warning in table.warnings)

    def beside(self, found: Iterable[FoundFile]) -> Sources:
        """The same tables, held against these recordings: a row that could be about two is about none."""
        if not self.tables:
            return self
        recordings: dict[str, list[tuple[str, int]]] = {}
        for file in found:
            recordings.setdefault(name_key(os.path.basename(file.path)), []).append(
                (file.path, file.size_bytes)
            )
        return replace(self, recordings={key: tuple(paths) for key, paths in recordings.items()})

    def rows_for(self, path: str) -> tuple[TableRow, ...]:
        """Rows about the recording at the absolute `path`, from all tables.

        Raises
        ------
        CallError
            ``metadata_conflict``: a row may be about this recording or about another.
        """
        return tuple(row for table in self.tables for row in self._rows_in(table, path))

    def _rows_in(self, table: CallsTable, path: str) -> list[TableRow]:
        folder, key = os.path.dirname(table.path), name_key(os.path.basename(path))
        fitting = [(how_well(row.file, path, folder), row) for row in table.named(key)]
        best = max((level for level, _ in fitting), default=NOT)
        if best == NOT:
            return []
        found = []
        for level, row in fitting:
            if level == best and self._is_about(row, path, level, folder):
                found.append(row)
        return found

    def _is_about(self, row: TableRow, path: str, level: int, folder: str) -> bool:
        """Whether no other recording fits a row better; two different ones that fit as well are a conflict."""
        group = self.recordings.get(name_key(os.path.basename(path)), ())
        mine = next((size for other, size in group if other == path), None)
        for other, size in group:
            other_level = NOT if other == path else how_well(row.file, other, folder)
            if other_level > level:
                return False
            if other_level == level and size != mine:
                raise CallError(
                    "metadata_conflict",
                    f"{row.source} names {printable_name(row.file)!r}, and so are called {printable_name(path)} and"
                    f" {printable_name(other)}",
                    "a file that can be told from all others",
                    "Write the folder and the ending into the table.",
                )
        return True

    def near_miss(self, path: str) -> str:
        """The row that is most like the name of a recording without one; empty where none is."""
        key = name_key(os.path.basename(path))
        for table in self.tables:
            for row in table.named(key):
                return f"{row.source} names {printable_name(row.file)!r}, another folder or ending"
        if path in self._hints or len(self._hints) >= _MAX_HINTS:
            return ""
        self._hints.append(path)
        for table in self.tables:
            near = difflib.get_close_matches(key, list(table.by_name)[:_MAX_COMPARED], n=1, cutoff=0.85)
            for row in table.named(near[0]) if near else ():
                return f"the nearest is {row.source} with {printable_name(row.file)!r}"
        return ""


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
        A CSV with a column of files cannot be read at all. A workbook that cannot is passed over with the reason.
    """
    tables: dict[str, CallsTable | str] = {}
    for folder, is_deep in _folders(paths, settings):
        for path in _table_files(folder, is_deep=is_deep):
            if path not in tables:
                tables[path] = _read_table(path, settings)
    read = sorted(tables.items())
    return Sources(
        tuple(table for _, table in read if isinstance(table, CallsTable)),
        passed_over=tuple((path, table) for path, table in read if isinstance(table, str)),
    )


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


def _read_table(path: str, settings: DiscoverSettings) -> CallsTable | str:
    """A calls table, or why a file is none; a workbook that cannot be opened may be about anything."""
    try:
        return read_calls_table(path, settings)
    except ConfigError as error:
        if not path.lower().endswith(WORKBOOK_ENDINGS):
            raise
        return f"{error.found}; expected: {error.expected}"


def _table_files(folder: str, *, is_deep: bool) -> Iterator[str]:
    """CSV files and workbooks; what a spreadsheet program keeps beside an open workbook is none."""
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if is_deep and not name.startswith("."))
        for name in sorted(files):
            path = os.path.join(parent, name)
            is_table = name.lower().endswith((".csv", ".tsv", *WORKBOOK_ENDINGS)) and not name.startswith(
                (".", "~$")
            )
            if is_table and os.path.isfile(path):
                yield path
