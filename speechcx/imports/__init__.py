"""Files that other systems export, read into facts: call records of the telephone system, answers to surveys, accounts.

Takes: a CSV or a workbook of one kind, with a mapping from its headings to our fields. Gives: the nouns of
:mod:`speechcx.call.imported`, ``CallLeg``, ``SurveyAnswer`` and ``CustomerAccount``, and every row that cannot
be used, by its line. Never decodes or hears; nothing of a file is kept
unless all of it can be read, or the person says so.

``export_headings`` lists the usual headings of each field; ``mapping`` is how a file is read; ``suggest`` finds it, by
presets (one TOML file each in ``presets/``) or by the usual headings; ``values`` reads durations, outcomes and ratings;
``read_facts`` makes facts of rows; ``survey_comments`` reads what customers wrote; ``run_import`` is the whole way into
the database.
"""

from speechcx.imports.export_headings import ImportKind
from speechcx.imports.mapping import ImportMapping, read_mapping, write_mapping
from speechcx.imports.read_facts import RefusedRow
from speechcx.imports.run_import import ImportOptions, ImportReport, open_export, run_import
from speechcx.imports.suggest import ImportPreset, find_mapping, list_presets, suggest_mapping
from speechcx.imports.survey_comments import CommentSettings

__all__ = [
    "CommentSettings",
    "ImportKind",
    "ImportMapping",
    "ImportOptions",
    "ImportPreset",
    "ImportReport",
    "RefusedRow",
    "find_mapping",
    "list_presets",
    "open_export",
    "read_mapping",
    "run_import",
    "suggest_mapping",
    "write_mapping",
]
