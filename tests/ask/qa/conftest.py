"""An archive for reviews: three agents over two months, with flags, scores, moods, queues and doubts."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from speechcx.call import Call
from speechcx.store import Store
from tests.ask.archive import ROSTER, at, make
from tests.factories import make_answer, make_result


def reviewable(
    name: str, *, doubt: bool = False, driver: str | None = None, end: str = "neutral", **given: object
) -> Call:
    """A call whose scorecard has two machine questions and one for a person."""
    call = make(name, **given)
    judged = call.assessment
    answers = (
        make_answer("greeted", points=50.0, out_of=50.0),
        make_answer(
            "closed", answer="cannot-tell" if doubt else "no", points=None if doubt else 0.0, out_of=50.0
        ),
        make_answer("polite", answer="person", rule=None, points=None, out_of=None),
    )
    results = judged.results
    if driver:
        results = (*results, make_result(driver, kind="driver", flagged=False, title=driver))
    felt = replace(judged.reading.feeling.parties[0], end_state=end)
    reading = replace(judged.reading, feeling=replace(judged.reading.feeling, parties=(felt,)))
    score = replace(judged.scores[0], answers=answers)
    return Call(call.conversation, replace(judged, reading=reading, results=results, scores=(score,)))


def fill_for_reviews(store: Store) -> None:
    """ann: 24 calls in March, 2 in April; bea: 8 in March; cid: 1 in March; one without agent."""
    store.sync_roster(ROSTER)
    queues = ("billing", "sales", "billing", "tech")
    for n in range(24):
        call = reviewable(
            f"a{n}", agent="ann", started_at=at(n + 1), queue=queues[n % 4], flagged=n % 6 == 0,
            score=40.0 if n % 8 == 0 else 80.0, doubt=n % 12 == 0, driver="refund" if n % 2 else "delivery",
            end="negative" if n == 5 else "neutral",
        )  # fmt: skip
        store.save_call(call)
    for n in range(2):
        store.save_call(reviewable(f"ap{n}", agent="ann", started_at=at(n + 1, month=4)))
    for n in range(8):
        store.save_call(reviewable(f"b{n}", agent="bea", started_at=at(n + 1, 11)))
    store.save_call(reviewable("c0", agent="cid", started_at=at(3, 13)))
    store.save_call(reviewable("x0", agent=None, started_at=at(3, 15)))


@pytest.fixture(scope="session")
def review_archive(empty: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive above, not to be changed."""
    path = tmp_path_factory.mktemp("reviews") / "calls.db"
    shutil.copy(empty, path)
    with Store.open(path) as opened:
        opened.db.execute("PRAGMA synchronous = OFF")
        fill_for_reviews(opened)
    return path


@pytest.fixture
def reviewed(review_archive: Path, tmp_path: Path) -> Iterator[Store]:
    """A copy of it to write to."""
    shutil.copy(review_archive, tmp_path / "calls.db")
    with Store.open(tmp_path / "calls.db") as opened:
        opened.db.execute("PRAGMA synchronous = OFF")
        yield opened
