"""Takes folders, globs and files; gives each recording once, with what is known of the call.

Takes: names of folders, globs and files; sidecars, calls tables, name patterns and a roster.
Gives: ``FoundFile`` for each file that looks like a recording, with a reason where it is left out, and
``Recording`` for those at rest, with an id made of their bytes and every detail with its source.
Never: waits for a pipe, follows a link unasked, takes a file that is still growing, invents an agent or
a time.

``files`` finds and hashes; ``settling`` tells files at rest from those still written; ``sidecar``, ``table`` and
``name_pattern`` each read one kind of source; ``clock`` places times in zones; ``details`` merges; ``identity`` makes
the Recording; ``roster`` knows teams; ``other_files`` tells what all other files are. One more kind of source: a
module that reads it into (name, text) pairs, and a rank in ``details``.
"""

from speechcx.discover.calls_table import SourceWarning
from speechcx.discover.details import ExplainRow, explain, read_details
from speechcx.discover.files import SKIP_REASONS, FoundFile, find_files, hash_file
from speechcx.discover.identity import identify
from speechcx.discover.names import exact_name, name_bytes, printable_name
from speechcx.discover.other_files import OtherFile, describe_others
from speechcx.discover.other_names import OTHER_REASONS, USED_REASONS
from speechcx.discover.roster import Roster, RosterEntry, read_roster, team_of
from speechcx.discover.settings import NOT_IN_DIGEST, DiscoverSettings
from speechcx.discover.settling import settle
from speechcx.discover.sources import Sources, read_sources

__all__ = [
    "NOT_IN_DIGEST",
    "OTHER_REASONS",
    "SKIP_REASONS",
    "USED_REASONS",
    "DiscoverSettings",
    "ExplainRow",
    "FoundFile",
    "OtherFile",
    "Roster",
    "RosterEntry",
    "SourceWarning",
    "Sources",
    "describe_others",
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
    "settle",
    "team_of",
]
