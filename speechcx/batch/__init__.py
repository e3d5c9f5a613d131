"""Many recordings: plan what is new, map over workers that may die, keep each result, stop cleanly.

Takes folders, settings and a rulebook; gives a :class:`RunSummary`, and a database with a call or a
failure for every file. One run at a time writes a database, and each finished call is one
transaction, so that a kill at any moment loses nothing but the calls in work. Never decodes, judges
or prints itself: ``pipeline`` does the work of one call, the caller shows :class:`Progress`. To add
an executor, see :mod:`speechcx.executors`; to add a reason to take a file again, see ``plan``.
"""

from typing import TYPE_CHECKING

import lazy_loader

from speechcx.batch.analyse import AnalyseOne, analyse_files, make_failure
from speechcx.batch.bench import BenchReport, bench
from speechcx.batch.corrections import ErasedCalls, erase, relabel, retry_failures
from speechcx.batch.lock import LockHolder, hold_lock, is_locked, read_holder
from speechcx.batch.merge import MergeOptions, MergeReport, merge
from speechcx.batch.plan import Plan, PlannedFile, Redo, SetAside, Shard, find_shard_databases
from speechcx.batch.progress import Progress, ReportProgress, RunSummary, say_nothing
from speechcx.batch.rejudge import rejudge
from speechcx.batch.run import RunOptions, plan_run, run

if TYPE_CHECKING:
    from speechcx.batch.what_if.coverage import (
        CoverageReport,
        JudgeOnly,
        MeasureCoverage,
        measure_coverage,
        measure_labels,
    )
    from speechcx.batch.what_if.rule_draft import DraftChange, DraftReport, try_draft
    from speechcx.batch.what_if.rulebook_comparison import (
        CompareOne,
        Flip,
        RulebookComparison,
        RuleFlips,
        compare_rulebooks,
    )
    from speechcx.batch.what_if.survey import CallChoice
    from speechcx.batch.what_if.tryout import TriedCall, TryOne, TryReport, try_on_calls, try_on_text

# Loaded when asked for: with these questions come NumPy and the search for phrases, which a run does not need.
__getattr__, _, _ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "what_if.coverage": [
            "MeasureCoverage",
            "CoverageReport",
            "JudgeOnly",
            "measure_coverage",
            "measure_labels",
        ],
        "what_if.rulebook_comparison": [
            "CompareOne",
            "Flip",
            "RulebookComparison",
            "RuleFlips",
            "compare_rulebooks",
        ],
        "what_if.rule_draft": ["DraftChange", "DraftReport", "try_draft"],
        "what_if.survey": ["CallChoice"],
        "what_if.tryout": ["TriedCall", "TryOne", "TryReport", "try_on_calls", "try_on_text"],
    },
)

__all__ = [
    "AnalyseOne",
    "BenchReport",
    "CallChoice",
    "CompareOne",
    "CoverageReport",
    "DraftChange",
    "DraftReport",
    "ErasedCalls",
    "Flip",
    "JudgeOnly",
    "LockHolder",
    "MeasureCoverage",
    "MergeOptions",
    "MergeReport",
    "Plan",
    "PlannedFile",
    "Progress",
    "Redo",
    "ReportProgress",
    "RuleFlips",
    "RulebookComparison",
    "RunOptions",
    "RunSummary",
    "SetAside",
    "Shard",
    "TriedCall",
    "TryOne",
    "TryReport",
    "analyse_files",
    "bench",
    "compare_rulebooks",
    "erase",
    "find_shard_databases",
    "hold_lock",
    "is_locked",
    "make_failure",
    "measure_coverage",
    "measure_labels",
    "merge",
    "plan_run",
    "read_holder",
    "rejudge",
    "relabel",
    "retry_failures",
    "run",
    "say_nothing",
    "try_draft",
    "try_on_calls",
    "try_on_text",
]
