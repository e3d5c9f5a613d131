"""Runs: what the last one did, what is done, what waits, what failed, and what was left out."""

from __future__ import annotations

from speechcx.ask.runs.failures import FailureRow
from speechcx.ask.runs.left_out import LeftOut
from speechcx.ask.runs.status import Status
from speechcx.batch import RunSummary
from speechcx.batch.recordings import MissingFiles
from speechcx.discover import ExplainRow
from speechcx.present.envelope import Envelopes, record, rows

_FAILURES = rows("failures", FailureRow, facts={"left_out": LeftOut})
_RUN = record("run", RunSummary)
_FIELDS = rows("fields", ExplainRow)
_STATUS = record("status", Status, missing=MissingFiles)

ENVELOPES: dict[str, Envelopes] = {
    "failures": _FAILURES,
    "failures list": _FAILURES,
    "run": (_RUN, _FIELDS),
    "status": _STATUS,
}
