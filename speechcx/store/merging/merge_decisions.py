"""What people decided in one database brought into another: flags, review plans, reviews, saved searches."""

from __future__ import annotations

from speechcx.store import Store
from speechcx.store.calls.row_digests import note_shared
from speechcx.store.decisions.chain import note_decision
from speechcx.store.decisions.review_steps import NewReviewStep, add_step, erase_words, set_state
from speechcx.store.filters import SqlValue
from speechcx.store.merging.merger import Merger
from speechcx.store.merging.rows import MergedRow, Numbers, insert_row, read_rows, update_row
from speechcx.store.merging.versions import About, MergeConflict, Preference

_STEP = ("at", "by", "kind", "question", "answer", "at_s")
"""What tells one step of a review from another; its text may be gone."""

_OTHER_COUNTS = "two databases were merged, and the other review counts"


class DecisionMerger(Merger):
    """Brings the decisions of one source into the target; inside a write, after calls and erasures."""

    def __init__(
        self, target: Store, source: Store, numbers: Numbers, *, name: str, preference: Preference
    ) -> None:
        super().__init__(target, source, numbers, name=name, preference=preference)
        self.flags = self.plans = self.reviews = self.searches = 0
        self.renamed: list[str] = []
        self.disagreements: list[MergeConflict] = []
        self._draws: dict[SqlValue, int] = {}
        self._reviews: dict[SqlValue, int] = {}

    def take(self) -> None:
        """Bring in everything."""
        for row in read_rows(self.source.db, "SELECT * FROM flag_states"):
            if row["call_id"] not in self._erased:
                self._take_flag(row)
        for row in read_rows(self.source.db, "SELECT * FROM review_plans ORDER BY plan_id"):
            self._take_plan(row)
        for row in read_rows(self.source.db, "SELECT * FROM reviews ORDER BY review_id"):
            self._take_review(row)
        for row in read_rows(self.source.db, "SELECT * FROM saved_searches ORDER BY name"):
            self._take_search(row)
        for row in read_rows(self.source.db, "SELECT * FROM follow_ups ORDER BY follow_no"):
            if row["call_id"] not in self._erased:
                self._take_follow_up(row)

    def _is_taken(self, about: About, key: str, call_id: str, what: str) -> bool:
        """Whether the source's form holds where the two differ; told where nobody said whose does."""
        if not self.preference.wins and call_id not in self.preference.settled:
            self.disagreements.append(MergeConflict(about, key, self.name, what))
        return self.preference.wins

    def _take_follow_up(self, row: MergedRow) -> None:
        """What was last said of an entry of callbacks, outreach or alerts; the later word counts."""
        del row["follow_no"]
        key = (row["kind"], row["key"])
        before = next(
            read_rows(self.target.db, "SELECT * FROM follow_ups WHERE (kind, key) = (?, ?)", key), None
        )
        if before is not None and str(before["changed_at"]) >= str(row["changed_at"]):
            return
        if before is None:
            number = insert_row(self.target.db, "follow_ups", row)
        else:
            number = int(str(before["follow_no"]))
            update_row(self.target.db, "follow_ups", row | {"follow_no": number}, key="follow_no")
        note_shared(self.target.db, "follow_ups", number)

    # --- flags

    def _take_flag(self, row: MergedRow) -> None:
        key = (str(row["call_id"]), str(row["rule"]))
        before = next(
            read_rows(self.target.db, "SELECT * FROM flag_states WHERE (call_id, rule) = (?, ?)", key), None
        )
        if before == row or (before is not None and _has_decided(self.target, row)):
            return
        if before is not None and not _has_decided(self.source, before):
            what = f"{_said(before)} and {_said(row)}"
            if not self._is_taken("flag", ":".join(key), key[0], what):
                return
        self.target.db.execute("DELETE FROM flag_states WHERE (call_id, rule) = (?, ?)", key)
        insert_row(self.target.db, "flag_states", row)
        note_decision(self.target.db, "flag_states", key)
        self.flags += 1

    # --- plans

    def _take_plan(self, row: MergedRow) -> None:
        number = row.pop("plan_id")
        draws = list(
            read_rows(
                self.source.db, "SELECT * FROM review_draws WHERE plan_id = ? ORDER BY position", (number,)
            )
        )
        known = self._find_plan(row, draws)
        if known is not None:
            places = self.target.db.execute(
                "SELECT position, draw_id FROM review_draws WHERE plan_id = ?", (known,)
            )
            by_place = dict(places.fetchall())
            self._draws |= {draw["draw_id"]: by_place[draw["position"]] for draw in draws}
            return
        name = str(row["name"])
        row["name"] = self._free_name("review_plans", name)
        if row["name"] != name:
            self.renamed.append(f"the review plan {name} is {row['name']!s} here")
        plan_id = insert_row(self.target.db, "review_plans", row)
        for draw in draws:
            old = draw.pop("draw_id")
            self._draws[old] = insert_row(self.target.db, "review_draws", draw | {"plan_id": plan_id})
        for short in read_rows(
            self.source.db, "SELECT * FROM review_shortfalls WHERE plan_id = ?", (number,)
        ):
            insert_row(self.target.db, "review_shortfalls", short | {"plan_id": plan_id})
        note_decision(self.target.db, "review_plans", (plan_id,))
        self.plans += 1

    def _find_plan(self, row: MergedRow, draws: list[MergedRow]) -> int | None:
        """The same plan in the target, whatever it is called there."""
        found = self.target.db.execute(
            "SELECT plan_id FROM review_plans WHERE (scorecard, made_at, made_by, spec) = (?, ?, ?, ?)",
            (row["scorecard"], row["made_at"], row["made_by"], row["spec"]),
        )
        wanted = [draw["call_id"] for draw in draws]
        for (plan_id,) in found.fetchall():
            rows = self.target.db.execute(
                "SELECT call_id FROM review_draws WHERE plan_id = ? ORDER BY position", (plan_id,)
            )
            if [call_id for (call_id,) in rows] == wanted:
                return int(plan_id)
        return None

    def _free_name(self, table: str, name: str) -> str:
        taken = {known for (known,) in self.target.db.execute(f"SELECT name FROM {table}")}
        number, free = 2, name
        while free in taken:
            free, number = f"{name}-{number}", number + 1
        return free

    # --- reviews

    def _take_review(self, row: MergedRow) -> None:
        number = row.pop("review_id")
        steps = self._read_steps(self.source, number)
        found = self.target.db.execute(
            "SELECT review_id FROM reviews WHERE (call_id, scorecard, reviewer, opened_at) = (?, ?, ?, ?)",
            (row["call_id"], row["scorecard"], row["reviewer"], row["opened_at"]),
        ).fetchone()
        if found is not None:
            self._reviews[number] = found[0]
            self._go_on(found[0], number, row, steps)
            return
        if row["state"] != "released" and not self._make_way(row):
            return
        review_id = self._insert_review(number, row)
        self._add_steps(review_id, number, steps)
        if row["state"] == "released" and steps and steps[-1]["kind"] not in ("released", "erased"):
            add_step(self.target.db, review_id, "speechcx", NewReviewStep("released", text=_OTHER_COUNTS))
        note_decision(self.target.db, "reviews", (review_id,))
        if row["call_id"] in self._erased:
            erase_words(self.target.db, str(row["call_id"]))
        self.reviews += 1

    def _make_way(self, row: MergedRow) -> bool:
        """Whether a review may stand in the target: a person has one that counts for each call and scorecard."""
        rival = self.target.db.execute(
            "SELECT review_id FROM reviews WHERE (call_id, scorecard, reviewer) = (?, ?, ?) AND state <> 'released'",
            (row["call_id"], row["scorecard"], row["reviewer"]),
        ).fetchone()
        if rival is None:
            return True
        what = f"{row['reviewer']!s} reviewed it in both, by {row['scorecard']!s}"
        call_id = str(row["call_id"])
        if self._is_taken("review", call_id, call_id, what):
            add_step(self.target.db, rival[0], "speechcx", NewReviewStep("released", text=_OTHER_COUNTS))
            set_state(self.target.db, rival[0], "released")
            return True
        row["state"] = "released"
        return call_id in self.preference.settled

    def _insert_review(self, number: SqlValue, row: MergedRow) -> int:
        row |= {
            "rulebook_no": self.numbers.rulebook_no(row["rulebook_no"]),
            "provenance_no": self.numbers.provenance_no(row["provenance_no"]),
            "draw_id": None if row["draw_id"] is None else self._draws[row["draw_id"]],
            "of_review": None if row["of_review"] is None else self._reviews.get(row["of_review"]),
        }
        if row["state"] != "released":
            row["round"] = self._free_round(row)
        review_id = self._reviews[number] = insert_row(self.target.db, "reviews", row)
        for table in ("review_questions", "review_answers"):
            for part in read_rows(self.source.db, f"SELECT * FROM {table} WHERE review_id = ?", (number,)):
                if "question_no" in part:
                    part["question_no"] = self.numbers.question_no(part["question_no"])
                insert_row(self.target.db, table, part | {"review_id": review_id})
        return review_id

    def _free_round(self, row: MergedRow) -> SqlValue:
        """Its round; the next free one where another person reviewed the same draw in the same round."""
        held = self.target.db.execute(
            "SELECT round FROM reviews WHERE draw_id = ? AND state <> 'released'", (row["draw_id"],)
        ).fetchall()
        return row["round"] if (row["round"],) not in held else max(number for (number,) in held) + 1

    def _go_on(self, review_id: int, number: SqlValue, row: MergedRow, steps: list[MergedRow]) -> None:
        """Bring a review that both have to the later of its two states."""
        ours = [_essence(step) for step in self._read_steps(self.target, review_id)]
        theirs = [_essence(step) for step in steps]
        if ours[: len(theirs)] == theirs:
            return
        call_id = str(row["call_id"])
        what = f"the review by {row['reviewer']!s} went on in both in different ways"
        if theirs[: len(ours)] != ours and not self._is_taken("review", call_id, call_id, what):
            return
        common = next(
            (at for at, pair in enumerate(zip(ours, theirs, strict=False)) if pair[0] != pair[1]), len(ours)
        )
        self._add_steps(review_id, number, steps[common:])
        known = self.target.db.execute(
            "SELECT 1 FROM review_answers WHERE review_id = ?", (review_id,)
        ).fetchone()
        if known is None:
            for part in read_rows(
                self.source.db, "SELECT * FROM review_answers WHERE review_id = ?", (number,)
            ):
                insert_row(self.target.db, "review_answers", part | {"review_id": review_id})
        state = {"review_id": review_id, "state": row["state"], "blind": row["blind"]}
        update_row(self.target.db, "reviews", state, key="review_id")
        note_decision(self.target.db, "reviews", (review_id,))
        self.reviews += 1

    def _read_steps(self, store: Store, number: SqlValue) -> list[MergedRow]:
        sql = "SELECT * FROM review_events WHERE review_id = ? ORDER BY event_id"
        return list(read_rows(store.db, sql, (number,)))

    def _add_steps(self, review_id: int, number: SqlValue, steps: list[MergedRow]) -> None:
        for step in steps:
            del step["event_id"]
            event_id = insert_row(self.target.db, "review_events", step | {"review_id": review_id})
            note_decision(self.target.db, "review_events", (event_id,))

    # --- searches

    def _take_search(self, row: MergedRow) -> None:
        same = ("words", "filters", "saved_at", "saved_by")
        known = self.target.db.execute(
            f"SELECT 1 FROM saved_searches WHERE ({', '.join(same)}) = (?, ?, ?, ?)",
            [row[name] for name in same],
        ).fetchone()
        if known is not None:
            return
        name = str(row["name"])
        row["name"] = self._free_name("saved_searches", name)
        if row["name"] != name:
            self.renamed.append(f"the saved search {name} is {row['name']!s} here")
        insert_row(self.target.db, "saved_searches", row)
        self.searches += 1


def _has_decided(store: Store, row: MergedRow) -> bool:
    """Whether a database's trail tells of a decision about a flag."""
    sql = "SELECT 1 FROM {} WHERE action = 'flag' AND (call_id, rule, at, who) = (?, ?, ?, ?)"
    key = (row["call_id"], row["rule"], row["changed_at"], row["changed_by"])
    return any(store.db.execute(sql.format(table), key).fetchone() for table in ("audit", "merged_audit"))


def _said(row: MergedRow) -> str:
    return f"{row['status']!s} by {row['changed_by']!s}"


def _essence(step: MergedRow) -> tuple[SqlValue, ...]:
    return tuple(step[name] for name in _STEP)
