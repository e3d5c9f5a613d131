"""Low answers to surveys as flags, beside those of rules: listed, decided, counted, gone."""

from __future__ import annotations

from pathlib import Path

import pytest

from speechcx.ask.compliance import FlagFilter, count_flags, find_flag, list_flags, see_flag, show_flag
from speechcx.ask.customers import list_callbacks, read_satisfaction
from speechcx.store import Store
from speechcx.store.decisions.flags import FlagChange, set_flags
from tests.ask.archive import at, make
from tests.imports.exports import import_text

SURVEYS = FlagFilter(kind=("survey",))
HEAD = "id,date,customer,csat,nps,comment\n"


@pytest.fixture
def calls(store: Store) -> Store:
    """A call of each of three customers."""
    with store.write():
        for day, name in enumerate(("ann", "bob", "cid"), start=1):
            store.save_call(make(name, customer=name, started_at=at(day)))
    return store


def test_a_low_answer_is_a_flag_and_a_reason_to_call_back(calls: Store, tmp_path: Path) -> None:
    """1 of 5 and 6 of 10 are low, 3 and 7 are not, and blank is none; the comment is the reason."""
    rows = "1,2025-03-04 12:00,ann,1,6,rude\n2,2025-03-04 12:00,bob,3,7,fine\n3,2025-03-04 12:00,cid,,,\n"
    import_text(calls, tmp_path, "surveys", HEAD + rows)
    found = list_flags(calls, SURVEYS)
    assert [(row.customer, row.rule, row.title, row.why, row.severity) for row in found.rows] == [
        ("ann", "survey.csat", "CSAT answer 1 on 1 to 5", "rude", "major"),
        ("ann", "survey.nps", "NPS answer 6 on 0 to 10", "rude", "major"),
    ]
    assert [(row.customer, row.why) for row in list_callbacks(calls).rows] == [
        ("ann", ("CSAT answer 1 on 1 to 5", "NPS answer 6 on 0 to 10"))
    ]
    assert find_flag(calls, f"#{found.rows[0].number}").flag == found.rows[0].flag
    assert [row.low_answers for row in read_satisfaction(calls).rows] == [1, 1]


def test_what_is_decided_stays_and_a_corrected_answer_takes_the_flag_away(
    calls: Store, tmp_path: Path
) -> None:
    """Dismissed: no reason to call back any more. Corrected: the decision is left, and the flag is gone."""
    import_text(calls, tmp_path, "surveys", f"{HEAD}1,2025-03-04 12:00,ann,1,,bad\n")
    name = list_flags(calls, SURVEYS).rows[0].flag
    set_flags(calls, [see_flag(calls, name)], FlagChange(status="dismissed", reason="by mistake"), who="mia")
    assert (find_flag(calls, name).status, find_flag(calls, name).standing) == ("dismissed", "found")
    assert list_callbacks(calls).rows == ()
    assert show_flag(calls, name).flag.title == "CSAT answer 1 on 1 to 5"
    import_text(calls, tmp_path, "surveys", f"{HEAD}1,2025-03-04 12:00,ann,5,,bad\n")
    assert find_flag(calls, name).standing == "gone"
    assert list_flags(calls, FlagFilter(status=("dismissed",), standing=("gone",))).total == 1


def test_flags_in_numbers_know_low_answers(calls: Store, tmp_path: Path) -> None:
    """By rule, with a title of their own; a second low answer about one call is no second flag."""
    rows = "1,2025-03-04 12:00,ann,1,,x\n2,2025-03-04 13:00,ann,2,,y\n"
    import_text(calls, tmp_path, "surveys", HEAD + rows)
    counted = count_flags(calls, SURVEYS).rows
    assert [(row.key, row.title, row.flags, row.calls) for row in counted] == [
        ("survey.csat", "low CSAT answer", 1, 1)
    ]
    assert [row.why for row in list_flags(calls, SURVEYS).rows] == ["y"]
    view = calls.db.execute("SELECT rule, title, standing FROM flags WHERE kind = 'survey'").fetchall()
    assert view == [("survey.csat", "CSAT answer 2 on 1 to 5", "found")]


@pytest.mark.parametrize(("direction", "low"), [("easy", ["ann"]), ("difficult", ["bob"]), (None, [])])
def test_effort_is_low_by_its_direction(
    calls: Store, tmp_path: Path, direction: str | None, low: list[str]
) -> None:
    """1 of 7 where high is easy, 7 of 7 where high is difficult; nothing where that is not told."""
    mapping = tmp_path / "mapping.toml"
    said = f'ces_high = "{direction}"\n' if direction else ""
    mapping.write_text(
        f'kind = "surveys"\n{said}[columns]\nanswer_id = "id"\nanswered_at = "date"\ncustomer = "customer"\n'
        'ces = "ces"\n'
    )
    text = "id,date,customer,ces\n1,2025-03-04 12:00,ann,1\n2,2025-03-04 12:00,bob,7\n"
    import_text(calls, tmp_path, "surveys", text, mapping=str(mapping))
    assert [row.customer for row in list_flags(calls, SURVEYS).rows] == low
    assert [row.high_is for row in read_satisfaction(calls).rows] == [direction]


def test_what_counts_as_satisfied_can_be_set(calls: Store, tmp_path: Path) -> None:
    """4 and 5 of 5 unless it is said otherwise."""
    rows = "".join(f"{n},2025-03-04 12:00,ann,{n},,\n" for n in (3, 4, 5))
    import_text(calls, tmp_path, "surveys", HEAD + rows)
    csat = [read_satisfaction(calls, satisfied_from=limit).rows[0].value for limit in (None, 5, 3)]
    assert csat == pytest.approx([2 / 3, 1 / 3, 1.0])
