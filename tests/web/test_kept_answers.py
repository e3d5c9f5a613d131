"""Answers that take long are worked out once a minute, for each question and each view of the calls."""

from speechcx.web.kept_answers import KEEP_S, MOST_KEPT, KeptAnswers
from speechcx.web.visit import Reply
from tests.web.house import House


def test_an_answer_is_made_once_a_minute() -> None:
    """The same key within a minute gives the same reply; after it, or after a change, a new one."""
    now = [0.0]
    kept = KeptAnswers(lambda: now[0])
    first = kept.get("a", Reply)
    assert kept.get("a", Reply) is first
    assert kept.get("b", Reply) is not first
    now[0] = KEEP_S + 1
    second = kept.get("a", Reply)
    assert second is not first
    kept.forget()
    assert kept.get("a", Reply) is not second


def test_few_answers_are_kept() -> None:
    """The oldest go when there are many, so that memory stays small."""
    kept = KeptAnswers(lambda: 0.0)
    first = kept.get(0, Reply)
    for number in range(MOST_KEPT + 1):
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
