"""Files that other systems export, read into facts: call records of the telephone system, answers to surveys, accounts.

Takes: a CSV or a workbook of one kind, with a mapping from its headings to our fields. Gives: the nouns of
:mod:`speechcx.call.imported`, ``CallLeg``, ``SurveyAnswer`` and ``CustomerAccount``, and every row that cannot
be used, by its line. Never decodes or hears; nothing of a file is kept
unless all of it can be read, or the person says so.

``mapping`` knows headings, by presets (one TOML file each in ``presets/``) or by their usual spellings; ``values``
reads durations, outcomes and ratings; ``read_facts`` makes facts of rows; ``run_import`` is the whole way into the
database.
"""

from speechcx.imports.mapping import (
    ImportKind,
    ImportMapping,
    list_presets,
    read_mapping,
    suggest_mapping,
    write_mapping,
)
from speechcx.imports.read_facts import RefusedRow
from speechcx.imports.run_import import ImportOptions, ImportReport, open_export, run_import

__all__ = [
    "ImportKind",
    "ImportMapping",
    "ImportOptions",
    "ImportReport",
    "RefusedRow",
    "list_presets",
    "open_export",
    "read_mapping",
    "run_import",
    "suggest_mapping",
    "write_mapping",
]
