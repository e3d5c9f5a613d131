"""Whatever people do in whatever order, the laws of reviews hold after every step."""

from __future__ import annotations

import shutil
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from speechcx.errors import UsageError
from speechcx.store import Store
from speechcx.store.decisions.review_disputes import acknowledge, add_note, decide, dispute
from speechcx.store.decisions.review_record import Given
from tests.store.reviewing import QUESTIONS, desk_of, fill, plan, reviewable

PEOPLE = st.sampled_from(("rita", "Sam", "tom", "ann", "lead"))
ANSWERS = st.lists(
    st.builds(Given, st.sampled_from((*QUESTIONS, "other")), st.sampled_from(("yes", "no", "n-a", "maybe"))),
    max_size=4,
)
STEPS = st.sampled_from(
    (
        "next", "next", "answer", "answer", "all", "all", "submit", "submit", "release", "second",
        "acknowledge", "dispute", "decide", "note", "judge", "erase",
    )
)  # fmt: skip
MOVES = {
    "opened": "open", "submitted": "submitted", "released": "released", "acknowledged": "acknowledged",
    "disputed": "disputed", "decided": "decided",
}  # fmt: skip


def step(store: Store, kind: str, who: str, number: int, given: list[Given]) -> None:
    """One thing somebody does; what may not be done is refused."""
    desk = desk_of(store)
    everything = [Given(name, "yes") for name in QUESTIONS]
    acts = {
        "next": lambda: desk.take_next(who),
        "answer": lambda: desk.answer(number, who, given),
        "all": lambda: desk.answer(number, reviewer_of(store, number), everything),
        "submit": lambda: desk.submit(number, reviewer_of(store, number)),
        "release": lambda: desk.release(number, who),
        "second": lambda: desk.take_second(who, number),
        "acknowledge": lambda: acknowledge(store, number, who),
        "dispute": lambda: dispute(store, number, who, "no"),
        "decide": lambda: decide(
            store, number, who, outcome="changed" if given else "upheld", changes=given, reason="so"
        ),
        "note": lambda: add_note(store, number, who, "well", 1.0),
        "judge": lambda: judge(store, number),
        "erase": lambda: store.delete_call(call_of(store, number)),
    }
    try:
        acts[kind]()
    except (UsageError, KeyError):
        return


def reviewer_of(store: Store, number: int) -> str:
    """Whose review it is."""
    row = store.db.execute("SELECT reviewer FROM reviews WHERE review_id = ?", (number,)).fetchone()
    return "nobody" if row is None else row[0]


def call_of(store: Store, number: int) -> str:
    """The call of a review."""
    row = store.db.execute("SELECT call_id FROM reviews WHERE review_id = ?", (number,)).fetchone()
    return "none" if row is None else row[0]


def judge(store: Store, number: int) -> None:
    """Judge a call anew, the other way round."""
    call = reviewable(number % 4, version=str(number), machine="no")
    store.save_assessment(call.conversation.recording.id, call.assessment)


def check(store: Store) -> None:
    """The laws."""
    rows = store.db.execute(
        "SELECT review_id, draw_id, round, call_id, reviewer, state, agent FROM reviews"
    ).fetchall()
    live = [row for row in rows if row[5] != "released"]
    assert len(live) == len({(row[1], row[2]) for row in live}), "one live review of each round of a draw"
    assert len(live) == len({(row[3], row[4].casefold()) for row in live}), "nobody reviews a call twice"
    assert all(row[4].casefold() != (row[6] or "").casefold() for row in rows), "nobody reviews themselves"
    for number, *_, state, _agent in rows:
        kinds = [
            kind
            for (kind,) in store.db.execute(
                "SELECT kind FROM review_events WHERE review_id = ? ORDER BY event_id", (number,)
            )
        ]
        moves = [MOVES[kind] for kind in kinds if kind in MOVES]
        # A decision stands, though the agent acknowledges it afterwards.
        expected = "decided" if "decided" in moves else moves[-1]
        assert expected == state
        answered = store.db.execute(
            "SELECT count(*) FROM review_answers WHERE review_id = ?", (number,)
        ).fetchone()
        assert (3 if "submitted" in moves else 0,) == answered, "answers stand exactly where handed in"


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(STEPS, PEOPLE, st.integers(1, 6), ANSWERS), max_size=35))
def test_the_laws_hold_after_every_step(empty: Path, tmp_path: Path, steps: list) -> None:
    """One live review a round and a person, states that follow from the steps, forms that never change."""
    path = tmp_path / "laws.db"
    for old in tmp_path.glob("laws.db*"):
        old.unlink()
    shutil.copy(empty, path)
    with Store.open(path) as store:
        store.db.execute("PRAGMA synchronous = OFF")
        plan(store, fill(store), reviews=2)
        forms: dict[tuple[int, int], tuple] = {}
        for kind, who, number, given in steps:
            step(store, kind, who, number, given)
            check(store)
            for row in store.db.execute(
                "SELECT review_id, position, question_no, way, machine_answer FROM review_questions"
            ):
                assert row == forms.setdefault(row[:2], row), "a form never changes"
