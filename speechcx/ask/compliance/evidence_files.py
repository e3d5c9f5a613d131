"""The evidence of one call: transcript, hits with words and rules, what could not be told, decisions; as files.

The same call under the same decisions gives the same bytes, whenever it is exported.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, replace

from speechcx.ask.compliance.flags import FlagRow, list_call_flags
from speechcx.ask.compliance.rule_text import find_rule_text
from speechcx.ask.compliance.transcript import write_page, write_text
from speechcx.call import Assessment, Call, QuestionAnswer, RuleResult, collect_metrics
from speechcx.document import call_document
from speechcx.store import Store
from speechcx.store.decisions.audit import read_trail


def write_evidence(store: Store, call_id: str, *, with_hidden: bool = False) -> dict[str, bytes]:
    """The files of one call by name.

    Parameters
    ----------
    store
        Open store.
    call_id
        A stored call.
    with_hidden
        Also results that only stand for a condition of a scorecard's question.

    Returns
    -------
    dict
        ``call.json`` (the whole document of the call), ``evidence.json``, ``transcript.txt``,
        ``transcript.html`` and the rulebook as it was, where its text was kept.
    """
    call = _without_paths(store.load(call_id))
    if not with_hidden:
        call = replace(call, assessment=_without_hidden(call.assessment))
    results = call.assessment.results
    source = read_rulebook(store, call.assessment.digest)
    files = {
        "call.json": to_json(call_document(call, with_hidden=True)),
        "evidence.json": to_json(_evidence(store, call, source)),
        "transcript.txt": write_text(call, results).encode("utf-8", "replace"),
        "transcript.html": write_page(call, results).encode("utf-8", "replace"),
    }
    return files if source is None else files | {"rulebook.yaml": source.encode("utf-8", "replace")}


def read_rulebook(store: Store, digest: str) -> str | None:
    """The text of a rulebook, None where it was not kept."""
    row = store.db.execute(
        "SELECT source FROM rulebooks WHERE digest = ? AND source IS NOT NULL", (digest,)
    ).fetchone()
    return None if row is None else str(row[0])


def to_json(document: object) -> bytes:
    """A document as JSON, always with the same bytes."""
    return (json.dumps(document, indent=2, ensure_ascii=True, default=_plain) + "\n").encode("ascii")


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple | set | frozenset) else str(value)


def _without_paths(call: Call) -> Call:
    """The recording by the name of its file alone: folders tell of the machine, and change."""
    heard = call.conversation
    name = os.path.basename(heard.recording.path)
    return replace(call, conversation=replace(heard, recording=replace(heard.recording, path=name)))


def _without_hidden(judged: Assessment) -> Assessment:
    """The assessment without results that only stand for a question's condition, and without their hits."""
    hidden = {result.rule for result in judged.results if result.kind == "hidden"}

    def keep(answer: QuestionAnswer) -> QuestionAnswer:
        return replace(answer, hits=tuple(hit for hit in answer.hits if hit.rule not in hidden))

    return replace(
        judged,
        results=tuple(result for result in judged.results if result.rule not in hidden),
        scores=tuple(replace(score, answers=tuple(map(keep, score.answers))) for score in judged.scores),
    )


def _evidence(store: Store, call: Call, source: str | None) -> dict[str, object]:
    heard, judged = call.conversation, call.assessment
    recording = heard.recording
    flags = list_call_flags(store, recording.id)
    return {
        "schema_version": 1,
        "kind": "evidence",
        "call_id": recording.id,
        "recording": {"name": recording.path, "sha256": recording.sha256, "size_bytes": recording.size_bytes},
        "heard_with": {
            "speechcx": heard.provenance.speechcx,
            "engines": dict(heard.provenance.engines),
            "settings_digest": heard.provenance.settings_digest,
        },
        "judged_by": {"rulebook": judged.rulebook, "version": judged.version, "digest": judged.digest},
        "rules": [_rule(result, source) for result in judged.results],
        "could_not_tell": _unsure(call, judged.results),
        "flags": [_flag(flag) for flag in flags],
        "decisions": [asdict(row) for row in read_trail(store, call_id=recording.id, action="flag")],
    }


def _rule(result: RuleResult, source: str | None) -> dict[str, object]:
    found = {name: value for name, value in asdict(result).items() if name != "value"}
    return found | {"result": result.value, "rule_text": find_rule_text(source, result.rule)}


def _flag(flag: FlagRow) -> dict[str, object]:
    names = ("flag", "rule", "title", "kind", "severity", "result", "status", "owner", "reason", "due",
             "changed_at", "changed_by", "standing")  # fmt: skip
    return {name: getattr(flag, name) for name in names}


def _unsure(call: Call, results: Sequence[RuleResult]) -> dict[str, object]:
    metrics = collect_metrics(call.assessment.reading)
    return {
        "rules": [{"rule": r.rule, "why": r.why} for r in results if r.value == "cannot_tell"],
        "measures": {name: metric.why_missing for name, metric in metrics.items() if metric.value is None},
        "turns_without_words": [said.no for said in call.conversation.utterances if not said.text],
        "recording": list(call.conversation.flags),
    }
