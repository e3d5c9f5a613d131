import re
from datetime import date
from pathlib import Path

import pytest

from speechcx.ask.ground.score_rows import TableForm
from speechcx.ask.people.aggregate import score_agents, score_centers, score_teams
from speechcx.errors import UsageError
from speechcx.store import CallFilter, Store
from tests.ask.archive import make

MARCH = CallFilter(since=date(2025, 3, 1), until=date(2025, 3, 31))
SCHEMA_PAGE = Path(__file__).resolve().parents[3] / "docs" / "schema.md"


def test_agents_have_means_counts_and_ranks(archive: Store) -> None:
    """Best first; a rank needs five calls with a score."""
    table = score_agents(archive, MARCH)
    rows = [(row.key, row.name, row.teams, row.n, row.rank, row.get("score").mean) for row in table.rows]
    assert [
        ("ann", "Ann Hall", ("blue",), 6, 1, 85.0), ("bea", "Bea Low", ("blue",), 5, 2, 60.0),
        ("cid", None, ("red",), 3, None, 40.0),
    ] == rows  # fmt: skip
    assert ("service-quality", None) == (table.scorecard, table.hint)


def test_what_is_left_out_is_counted_with_its_reason(archive: Store) -> None:
    """No mean hides how many calls it could not use, and why."""
    ann, bea, cid = score_agents(archive, MARCH).rows
    score = cid.get("score")
    assert (2, 1, (("no question could be answered", 1),)) == (score.n, score.n_missing, score.reasons)
    mood = bea.get("customer_sentiment")
    assert (None, 0, 5, (("under 3 turns", 5),)) == (mood.mean, mood.n, mood.n_missing, mood.reasons)
    assert (2.5, 6, 0, ()) == (
        ann.get("customer_sentiment").mean, ann.get("customer_sentiment").n,
        ann.get("customer_sentiment").n_missing, ann.get("customer_sentiment").reasons,
    )  # fmt: skip


def test_shares_of_calls_count_calls(archive: Store) -> None:
    """Critical accuracy over calls with a score, flags over all calls."""
    ann, _, cid = score_agents(archive, MARCH).rows
    assert (1.0, 0.0) == (ann.get("critical_accuracy").mean, cid.get("critical_accuracy").mean)
    assert (0.0, 2 / 3, 2) == (ann.get("flagged_share").mean, cid.get("flagged_share").mean, cid.n_flagged)


def test_the_trend_is_against_the_period_before(archive: Store) -> None:
    """Thirty-one days before March begin on the 29th of January."""
    table = score_agents(archive, MARCH)
    assert (date(2025, 1, 29), date(2025, 2, 28)) == table.before
    ann, bea, _ = table.rows
    score = ann.get("score")
    assert (70.0, 15.0) == (score.before, score.change)
    assert score.change_interval is not None
    assert score.change_interval[0] < 15.0 < score.change_interval[1]
    assert (None, None) == (bea.get("score").before, bea.get("score").change)


def test_a_trend_can_be_against_any_period(archive: Store) -> None:
    """Two periods are compared as asked."""
    form = TableForm(before=(date(2025, 3, 1), date(2025, 3, 2)))
    ann = score_agents(archive, CallFilter(since=date(2025, 3, 5), agent=("ann",)), form).rows[0]
    assert (89.0, 81.0) == (ann.get("score").mean, ann.get("score").before)


def test_without_a_first_day_there_is_no_trend(archive: Store) -> None:
    """All time has nothing before it."""
    table = score_agents(archive)
    assert (None, 8) == (table.before, table.rows[0].n)


def test_an_open_period_ends_with_the_newest_call(archive: Store) -> None:
    """Since the 11th of March is ten days, to the 20th."""
    table = score_agents(archive, CallFilter(since=date(2025, 3, 11)))
    assert (date(2025, 3, 1), date(2025, 3, 10)) == table.before


def test_teams_weigh_calls_and_agents(archive: Store) -> None:
    """Both means stand beside each other: (6 x 85 + 5 x 60) / 11, and (85 + 60) / 2."""
    blue, red = score_teams(archive, MARCH).rows
    assert ("blue", ("Leeds",), 11, 2, 72.5) == (
        blue.key,
        blue.centers,
        blue.n,
        blue.n_agents,
        blue.score_by_agent,
    )
    assert (6 * 85 + 5 * 60) / 11 == pytest.approx(blue.get("score").mean)
    assert ("red", 1, 40.0) == (red.key, red.n_agents, red.score_by_agent)


def test_centers_and_the_total(archive: Store) -> None:
    """The total is over calls, whatever the rows are."""
    table = score_centers(archive, MARCH)
    assert [("Leeds", 11), ("Porto", 3)] == [(row.key, row.n) for row in table.rows]
    total = table.total
    assert (14, 13, 1, 3) == (total.n, total.get("score").n, total.get("score").n_missing, total.n_agents)


def test_calls_of_no_team_are_a_row_without_rank(store: Store) -> None:
    """They are not lost, and they are no team."""
    for number in range(6):
        store.save_call(make(number, agent="zoe"))
    (row,) = score_teams(store).rows
    assert (None, 6, None) == (row.key, row.n, row.rank)


def test_sorting_by_a_measure_where_less_is_better(archive: Store) -> None:
    """The lowest share of flagged calls comes first; equal values share a rank."""
    rows = score_agents(archive, MARCH, TableForm(sort="flagged_share", min_n=3)).rows
    assert [("ann", 1), ("bea", 1), ("cid", 3)] == [(row.key, row.rank) for row in rows]


@pytest.mark.parametrize(("sort", "keys"), [("name", ["ann", "bea", "cid"]), ("n", ["ann", "bea", "cid"])])
def test_sorting_by_name_and_number(archive: Store, sort: str, keys: list[str]) -> None:
    """Without ranks."""
    rows = score_agents(archive, MARCH, TableForm(sort=sort)).rows
    assert (keys, {None}) == ([row.key for row in rows], {row.rank for row in rows})


def test_an_unknown_order_names_the_nearest() -> None:
    """A slip of the pen is answered with the right name."""
    with pytest.raises(UsageError, match="use customer_sentiment"):
        TableForm(sort="customer_sentimant")


def test_filters_reach_the_calls(archive: Store) -> None:
    """By queue, and by team."""
    assert [("cid", 1)] == [
        (row.key, row.n) for row in score_agents(archive, CallFilter(queue=("sales",))).rows
    ]
    assert ["cid"] == [row.key for row in score_agents(archive, CallFilter(team=("red",))).rows]


def test_an_empty_answer_says_what_would_widen_it(archive: Store) -> None:
    """The days there are, and the filter that shut all out."""
    table = score_agents(archive, CallFilter(since=date(2030, 1, 1), agent=("an",)))
    assert ((), 0) == (table.rows, table.total.n)
    assert table.hint is not None
    assert "16 calls from 2025-02-01 to 2025-03-20" in str(table.hint)
    assert "No agent 'an'; the nearest is 'ann'." in str(table.hint)


def test_two_versions_are_never_averaged_silently(store: Store) -> None:
    """Calls judged under two rulebooks say so beside the mean."""
    from tests.factories import make_assessment

    store.save_call(make("x"))
    assert 1 == len(score_agents(store).versions)
    store.save_call(make("y"))
    other = make("y")
    store.save_assessment(other.conversation.recording.id, make_assessment(other.conversation, version="2"))
    versions = score_agents(store).versions
    assert [1, 1] == [n for _, n in versions]
    assert {"northwind-bank version 1", "northwind-bank version 2"} == {
        text.split(";")[0] for text, _ in versions
    }


def test_a_database_file_can_be_asked(archive: Store) -> None:
    """A path is as good as an open store."""
    assert score_agents(archive, MARCH) == score_agents(archive.path, MARCH)


def test_a_question_by_hand_says_what_agents_says(archive: Store) -> None:
    """The SQL of docs/schema.md, in any SQLite program, gives the numbers of `speechcx agents`."""
    (sql,) = re.findall(r"```sql\n(SELECT c\.agent.*?)```", SCHEMA_PAGE.read_text(encoding="utf-8"), re.S)
    cursor = archive.db.execute(sql)
    names = [column[0] for column in cursor.description]
    by_hand = {row[0]: dict(zip(names, row, strict=True)) for row in cursor}
    table = score_agents(archive, CallFilter(), TableForm(scorecard="service-quality"))
    assert {row.key for row in table.rows} == set(by_hand)
    for row in table.rows:
        told = by_hand[row.key]
        assert (row.n, row.get("score").n) == (told["n"], told["n_scored"])
        for name in names[3:]:
            assert row.get(name).mean == pytest.approx(told[name]), (row.key, name)
