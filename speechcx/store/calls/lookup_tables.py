"""Things that many calls share, kept once and referred to by number: provenances, rulebooks, rules, questions."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from typing import TYPE_CHECKING

from speechcx.store.calls.row_digests import note_shared
from speechcx.store.filters import SqlValue
from speechcx.store.moments import utc_text

if TYPE_CHECKING:
    from speechcx.call import Assessment, Provenance, QuestionAnswer, RuleResult

_TITLES = ("title_absent", "title_present", "title_cannot_tell")


class LookupTable:
    """Finds the number of a thing, writing the thing down the first time it is met.

    Numbers are remembered; :meth:`forget` them when a transaction is rolled back, since what it
    wrote is gone.
    """

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._known: dict[tuple[SqlValue, ...], int] = {}

    def forget(self) -> None:
        """Forget every remembered number."""
        self._known.clear()

    def provenance_no(self, made: Provenance) -> int:
        """Number of the package, engines and settings; the seconds of the stages are not among them."""
        row = {
            "speechcx": made.speechcx,
            "engines": json.dumps(made.engines),
            "settings_digest": made.settings_digest,
        }
        return self.number_of("provenances", "provenance_no", row)

    def rulebook_no(self, judged: Assessment) -> int:
        """Number of the rulebook of an assessment."""
        return self.rulebook_no_of(judged.digest, judged.rulebook, judged.version)

    def rulebook_no_of(self, digest: str, name: str, version: str) -> int:
        """Number of a rulebook."""
        key: tuple[SqlValue, ...] = ("rulebook", digest, name, version)
        if key not in self._known:
            made = self._db.execute(
                "INSERT INTO rulebooks (digest, name, version, first_used_at) VALUES (?, ?, ?, ?)"
                " ON CONFLICT DO NOTHING RETURNING rulebook_no",
                (digest, name, version, utc_text()),
            ).fetchone()
            if made is not None:
                note_shared(self._db, "rulebooks", made[0])
            row = self._db.execute(
                "SELECT rulebook_no FROM rulebooks WHERE digest = ? AND name = ? AND version = ?", key[1:]
            ).fetchone()
            self._known[key] = int(row[0])
        return self._known[key]

    def rule_no(self, rulebook_no: int, result: RuleResult) -> int:
        """Number of a rule as a result names it."""
        row: dict[str, SqlValue] = {
            "rulebook_no": rulebook_no,
            "rule": result.rule,
            "title": result.title,
            "kind": result.kind,
            "severity": result.severity,
            "expect": result.expect,
            **dict(zip(_TITLES, result.titles or (None, None, None), strict=True)),
        }
        return self.number_of("rules", "rule_no", row)

    def question_no(self, rulebook_no: int, scorecard: str, answer: QuestionAnswer) -> int:
        """Number of a question as an answer names it."""
        row: dict[str, SqlValue] = {
            "rulebook_no": rulebook_no,
            "scorecard": scorecard,
            "question": answer.question,
            "section": answer.section,
            "text": answer.text,
            "critical": answer.critical,
            "auto_fail": int(answer.auto_fail),
            "rule": answer.rule,
        }
        return self.number_of("questions", "question_no", row)

    def reason_no(self, text: str) -> int:
        """Number of a reason in words."""
        return self.number_of("reasons", "reason_no", {"text": text})

    def reasons_no(self, reasons: dict[str, str | None]) -> int | None:
        """Number of the reasons for several measures, None where there are none."""
        given = {name: text for name, text in reasons.items() if text is not None}
        return self.reason_no(json.dumps(given)) if given else None

    def number_of(self, table: str, number: str, row: Mapping[str, SqlValue]) -> int:
        """Number of a row by all of its other columns; `number` names the column that holds it."""
        key: tuple[SqlValue, ...] = (table, *row.values())
        if key not in self._known:
            # IS, since null is a value like another here, which a UNIQUE index does not see.
            same = " AND ".join(f"{column} IS ?" for column in row)
            found = self._db.execute(f"SELECT {number} FROM {table} WHERE {same}", key[1:]).fetchone()
            if found is None:
                columns, places = ", ".join(row), ", ".join("?" * len(row))
                found = self._db.execute(
                    f"INSERT INTO {table} ({columns}) VALUES ({places}) RETURNING {number}", key[1:]
                ).fetchone()
                note_shared(self._db, table, found[0])
            self._known[key] = int(found[0])
        return self._known[key]
