"""Answers that take long are worked out once a minute, for each question and each view of the calls."""

from concurrent.futures import Executor, Future
from typing import Any

import pytest

from speechcx.errors import UsageError
from speechcx.store import Store
from speechcx.store.decisions.audit import read_trail
from speechcx.web.kept_answers import FRESH_S, KEPT_S, MAX_KEPT, UNCHANGED_S, KeptAnswers
from speechcx.web.pages import customers
from speechcx.web.replying import prepare_pages
from speechcx.web.visit import Reply
from tests.web.house import House


class Later(Executor):
    """Does nothing before it is told to."""

    def __init__(self) -> None:
        self.waiting: list[Any] = []

    def submit(self, work: Any, /, *args: Any, **named: Any) -> Future[Any]:
        """Remember what is to be done."""
        self.waiting.append(lambda: work(*args, **named))
        return Future()


def test_an_answer_is_made_once_a_minute() -> None:
    """The same key within a minute gives the same reply; after it a new one."""
    now = [0.0]
    kept = KeptAnswers(lambda: now[0])
    first = kept.get("a", Reply)
    assert kept.get("a", Reply) is first
    assert kept.get("b", Reply) is not first
    now[0] = FRESH_S + 1
    assert kept.get("a", Reply) is not first


def test_nobody_waits_for_an_answer_that_was_given_some_minutes_ago() -> None:
    """After a minute the old answer is given once more and a new one made meanwhile, once; after ten it is too old."""
    now, later = [0.0], Later()
    kept = KeptAnswers(lambda: now[0], later)
    first, second = Reply(), Reply()
    kept.get("a", lambda: first, renew=lambda: second)
    now[0] = FRESH_S + 1
    for _ in range(3):
        assert kept.get("a", Reply, renew=lambda: second) is first
    (work,) = later.waiting
    work()
    assert kept.get("a", Reply, renew=lambda: second) is second
    now[0] += KEPT_S + 1
    third = Reply()
    assert kept.get("a", lambda: third, renew=lambda: second) is third


def test_what_takes_long_is_made_again_less_often() -> None:
    """An answer that took two seconds is not made again before 200 have passed."""
    now, later = [0.0], Later()
    kept = KeptAnswers(lambda: now[0], later)

    def make() -> Reply:
        now[0] += 2.0
        return Reply()

    first = kept.get("a", make, renew=Reply)
    now[0] += 190.0
    assert kept.get("a", make, renew=Reply) is first
    assert [] == later.waiting
    now[0] += 20.0
    assert kept.get("a", make, renew=Reply) is first
    assert 1 == len(later.waiting)


def test_a_decision_is_shown_by_what_shows_decisions() -> None:
    """After a decision answers that show decisions are made again, and no others."""
    kept = KeptAnswers(lambda: 0.0)
    plain, decided = kept.get("plain", Reply), kept.get("decided", Reply, shows_decisions=True)
    kept.forget_decisions()
    assert kept.get("plain", Reply) is plain
    assert kept.get("decided", Reply, shows_decisions=True) is not decided


def test_few_answers_are_kept() -> None:
    """The oldest go when there are many, so that memory stays small."""
    kept = KeptAnswers(lambda: 0.0)
    first = kept.get(0, Reply)
    for number in range(MAX_KEPT + 1):
        kept.get(number + 1, Reply)
    assert kept.get(0, Reply) is not first


def test_a_decision_shows_at_once(own_house: House) -> None:
    """After a decision the first page shows one flag fewer, not a kept answer; and people do not get each other's."""
    assert "9 flags wait" in own_house.ask("qa", "/").text
    assert "6 flags wait" in own_house.ask("own", "/").text
    assert "3 flags wait" in own_house.ask("other", "/").text
    flag = f"{own_house.calls['ann'][0]}:legal-threat"
    assert 303 == own_house.post("qa", "/flags", flag=flag, status="confirmed").status_code
    assert "8 flags wait" in own_house.ask("qa", "/").text
    assert "5 flags wait" in own_house.ask("own", "/").text
    assert "<strong>8</strong> open" in own_house.ask("qa", "/flags").text


def test_first_pages_are_there_before_anybody_asks(own_house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Prepared once, they are given to each role without a question to the calls; a server that stops prepares none."""
    prepare_pages(own_house.site, is_over=lambda: True)

    def refuse(*_: object) -> None:
        raise UsageError("asked", "nothing", "wait")

    with monkeypatch.context() as patched:
        patched.setattr(customers, "list_driver_rows", refuse)
        assert 400 == own_house.ask("qa", "/why").status_code
    prepare_pages(own_house.site)
    monkeypatch.setattr(customers, "list_driver_rows", refuse)
    assert all(
        own_house.ask(who, "/why").status_code == 200 for who in ("qa", "compliance", "admin", "own", "other")
    )
    assert 403 == own_house.ask("ann", "/why").status_code


def test_an_answer_about_an_unchanged_database_is_kept_for_an_hour() -> None:
    """Nobody waits for what nothing has changed; after a change the usual minutes hold."""
    now, stamp = [0.0], [1]
    kept = KeptAnswers(lambda: now[0], find_stamp=lambda: stamp[0])
    first = kept.get("a", Reply)
    now[0] = UNCHANGED_S - 1
    assert kept.get("a", Reply) is first
    stamp[0] = 2
    second = kept.get("a", Reply)
    assert second is not first
    now[0] += UNCHANGED_S + 1
    assert kept.get("a", Reply) is not second


def test_an_answer_made_of_an_older_one_is_not_taken_for_new() -> None:
    """A page that was made after a change of a count from before it is made again when the count is too old."""
    now, stamp = [0.0], [1]
    kept = KeptAnswers(lambda: now[0], find_stamp=lambda: stamp[0])

    def make_page() -> tuple[Reply, Reply]:
        return kept.get("count", Reply), Reply()

    old = kept.get("count", Reply)
    stamp[0] = 2
    page = kept.get("page", make_page)
    assert page[0] is old, "a count may be a minute old"
    now[0] = FRESH_S + 1
    again = kept.get("page", make_page)
    assert again[0] is not old
    now[0] = UNCHANGED_S
    assert kept.get("page", make_page) is again


def test_pages_are_kept_while_people_only_read(own_house: House) -> None:
    """What is noted in the audit trail changes no page; a run, a decision or a roster may."""
    site = own_house.site
    before = site.trail.find_stamp()
    assert before is not None
    assert 200 == own_house.ask("qa", f"/call/{own_house.calls['ann'][0]}").status_code
    site.trail.flush()
    assert before == site.trail.find_stamp()
    with Store.open(site.database) as store:
        assert read_trail(store, action="view"), "it was noted"
        store.sync_roster([])
        store.db.execute("UPDATE calls SET queue = 'other' WHERE call_no = 1")
    assert before != site.trail.find_stamp()
