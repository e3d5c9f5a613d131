"""Tests of what another rulebook would change, against what a rejudging then changes."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from speechcx.ask.ground import TableForm
from speechcx.ask.people import move_scores, score_agents, score_centers, score_teams
from speechcx.batch import CompareOne, compare_rulebooks, rejudge
from speechcx.rules import Rulebook, parse_rulebook
from speechcx.store import Store
from tests.batch.stored import BOOK, SETTINGS, WORDS, choose, content, store_talks, talk


def change(rng: random.Random) -> Rulebook:
    """The rulebook with some words, parties, expectations, rules or weights exchanged."""
    text = BOOK.source.replace("version: 1", "version: 2")
    for _ in range(rng.randint(1, 3)):
        old, new = rng.choice((
            ("said: hello", f"said: {rng.choice(WORDS)}"), ("said: supervisor", f"said: '{rng.choice(WORDS)}*'"),
            ("by: agent, expect", "by: customer, expect"), ("NEAR/3", "NEAR/9"), ("expect: present", "expect: absent"),
            ("weight: 2", "weight: 5"), ("id: leave", "id: gone"), ("first: 20s", "first: 1s"),
            ("critical: compliance", "critical: business, auto_fail: true"), ("id: quality", "id: other"),
        ))  # fmt: skip
        text = text.replace(old, new)
    return parse_rulebook(text)


def results(path: Path) -> dict[str, dict[str, tuple[str, bool]]]:
    """Value and flag of every rule of every call."""
    found = {}
    with Store.open(path, read_only=True) as store:
        for call_id in store.iter_call_ids():
            rules = store.load(call_id).assessment.results
            found[call_id] = {rule.rule: (rule.value, rule.flagged) for rule in rules}
    return found


@pytest.mark.parametrize("seed", range(12))
def test_diff_is_what_rejudge_does(tmp_path: Path, seed: int) -> None:
    """The same results flip, and every agent, team and center ends at the score, accuracy and flags it said."""
    rng = random.Random(seed)
    path = tmp_path / "calls.db"
    ids = store_talks(path, [talk(rng) for _ in range(16)])
    new = change(rng)
    before, stored = content(path), results(path)
    told = compare_rulebooks(choose(path, ids), CompareOne(None, new, SETTINGS))
    moves = move_scores(path, told.standings)
    assert before == content(path)

    with Store.open(path) as store:
        tables_before = tables(store)
        assert 16 == rejudge(store, new, SETTINGS).done
        tables_after = tables(store)
    judged = results(path)
    expected = {
        (call_id, rule): (stored[call_id].get(rule), judged[call_id].get(rule))
        for call_id in ids
        for rule in {**stored[call_id], **judged[call_id]}
        if stored[call_id].get(rule) != judged[call_id].get(rule)
    }
    assert expected == {
        (flip.call_id, flip.rule): (
            flip.before and (flip.before, flip.flagged_before),
            flip.after and (flip.after, flip.flagged_after),
        )
        for flip in told.flips
    }
    for move in moves:
        if move.by != "all":
            for side, table in ((0, tables_before), (1, tables_after)):
                row = table.get((move.scorecard, move.by, move.key), (None, None, None, 0))
                shown = (
                    (move.score_before, move.critical_before, move.flagged_before, move.n_before),
                    (move.score_after, move.critical_after, move.flagged_after, move.n_after),
                )[side]
                # Tables add up scores in whole ten-thousandths of a point.
                assert row[:2] == pytest.approx(shown[:2], abs=1e-4)
                assert row[3] == shown[3]
                assert row[2] in (shown[2], None)


def tables(
    store: Store,
) -> dict[tuple[str, str, str | None], tuple[float | None, float | None, int | None, int]]:
    """Score, critical accuracy, flagged calls and calls with a score, as the tables of people say."""
    found = {}
    cards = store.db.execute("SELECT DISTINCT scorecard FROM scores").fetchall()
    for (card,) in cards:
        for by, ask in (("agent", score_agents), ("team", score_teams), ("center", score_centers)):
            for row in ask(store, None, TableForm(scorecard=card)).rows:
                score, critical = row.get("score"), row.get("critical_accuracy")
                found[card, by, row.key] = (score.mean, critical.mean, row.n_flagged, score.n)
    return found


def test_calls_judged_already_are_left_as_rejudge_leaves_them(tmp_path: Path) -> None:
    """Only with `again` they are judged anew, here after settings made another party speak."""
    path = tmp_path / "calls.db"
    ids = store_talks(path, [[("ch0", 0.5, "hello"), ("ch1", 5.0, "cancel my card")]] * 2)
    with Store.open(path) as store, store.write():
        store.db.execute("UPDATE results_data SET value = 0")
    same = compare_rulebooks(choose(path, ids), CompareOne(None, BOOK, SETTINGS))
    assert ((), 0) == (same.flips, same.changed)
    anew = compare_rulebooks(choose(path, ids), CompareOne(None, BOOK, SETTINGS, again=True))
    assert {ids[0], ids[1]} == {flip.call_id for flip in anew.flips}


def test_two_files_are_compared_whatever_is_stored(tmp_path: Path) -> None:
    """As their judgements of the same calls differ, and the other way round the other way round."""
    path = tmp_path / "calls.db"
    rng = random.Random(3)
    ids = store_talks(path, [talk(rng) for _ in range(10)])
    first, second = change(rng), change(rng)
    there = compare_rulebooks(choose(path, ids), CompareOne(first, second, SETTINGS))
    back = compare_rulebooks(choose(path, ids), CompareOne(second, first, SETTINGS))
    assert {(flip.call_id, flip.rule, flip.before, flip.after) for flip in there.flips} == {
        (flip.call_id, flip.rule, flip.after, flip.before) for flip in back.flips
    }
    assert {rule.rule: (rule.flags_raised, rule.flags_cleared) for rule in there.rules} == {
        rule.rule: (rule.flags_cleared, rule.flags_raised) for rule in back.rules
    }
    assert sum(rule.calls for rule in there.rules) == len(there.flips)
    assert all(sum(n for _, _, n in rule.steps) == rule.calls for rule in there.rules)


def test_a_call_that_cannot_be_judged_is_told(tmp_path: Path) -> None:
    """It would keep what it has, and counts on neither side."""
    path = tmp_path / "calls.db"
    ids = store_talks(path, [[("ch0", 0.5, "hello"), ("ch1", 5.0, "card")]] * 2)
    with Store.open(path) as store, store.write():
        store.db.execute("DELETE FROM peaks WHERE piece_id IN (SELECT min(piece_id) FROM peaks)")
    told = compare_rulebooks(choose(path, ids), CompareOne(BOOK, BOOK, SETTINGS))
    assert (1, 1) == (len(told.failed), len(told.standings))
