"""Takes folders, globs and files; gives each recording once, with what is known of the call.

Takes: names of folders, globs and files; sidecars, calls tables, name patterns and a roster.
Gives: ``FoundFile`` for each file that looks like a recording, with a reason where it is left out, and
``Recording`` for those at rest, with an id made of their bytes and every detail with its source.
Never: waits for a pipe, follows a link unasked, takes a file that is still growing, invents an agent or
a time.

``files`` finds and hashes; ``sidecar``, ``table`` and ``name_pattern`` each read one kind of source;
``clock`` places times in zones; ``details`` merges; ``identity`` makes the Recording; ``roster`` knows
teams. One more kind of source: a module that reads it into (name, text) pairs, and a rank in ``details``.
"""

from speechcx.discover.details import ExplainRow, explain, read_details
from speechcx.discover.files import SKIP_REASONS, FoundFile, find_files, hash_file
from speechcx.discover.identity import identify
from speechcx.discover.names import exact_name, name_bytes, printable_name
from speechcx.discover.roster import RosterEntry, read_roster, team_of
from speechcx.discover.settings import NOT_IN_DIGEST, DiscoverSettings
from speechcx.discover.sources import Sources, read_sources

__all__ = [
    "NOT_IN_DIGEST",
    "SKIP_REASONS",
    "DiscoverSettings",
    "ExplainRow",
    "FoundFile",
    "RosterEntry",
    "Sources",
    "exact_name",
    "explain",
    "find_files",
    "hash_file",
    "identify",
    "name_bytes",
    "printable_name",
    "read_details",
    "read_roster",
    "read_sources",
    "team_of",
]
