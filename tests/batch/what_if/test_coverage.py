"""Tests of what a rulebook covers, and of its labels."""

from __future__ import annotations

import random
from pathlib import Path

from speechcx.batch import JudgeOnly, MeasureCoverage, measure_coverage, measure_labels
from speechcx.rules import Label, parse_rulebook
from speechcx.store import Store
from tests.batch.stored import BOOK, SETTINGS, choose, store_talks, talk


def test_counts_are_those_of_the_stored_results(tmp_path: Path) -> None:
    """Under the rulebook the calls are judged by, coverage says what the database does."""
    rng = random.Random(8)
    path = tmp_path / "calls.db"
    ids = store_talks(path, [talk(rng) for _ in range(25)])
    (report,) = measure_coverage(choose(path, ids), MeasureCoverage(BOOK, SETTINGS))
    counts: dict[str, dict[str, int]] = {}
    drivers = set(ids)
    with Store.open(path, read_only=True) as store:
        for call_id in ids:
            for result in store.load(call_id).assessment.results:
                counts.setdefault(result.rule, {"present": 0, "absent": 0, "cannot_tell": 0})[
                    result.value
                ] += 1
                if (result.rule, result.value) == ("leave", "present"):
                    drivers.discard(call_id)
    assert counts == {
        rule.rule: {"present": rule.present, "absent": rule.absent, "cannot_tell": rule.cannot_tell}
        for rule in report.rules
    }
    assert tuple(call_id for call_id in ids if call_id in drivers) == report.without_driver
    assert (25, 25, True) == (report.searched, report.stored, report.has_drivers)


def test_never_always_and_dead_phrases(tmp_path: Path) -> None:
    """Each is named; a rulebook without drivers explains no calls, which is said and not counted."""
    book = parse_rulebook(
        "rulebook: b\nversion: 1\nrules:\n"
        "  - {id: always, kind: behaviour, said: 'hello | bonjour'}\n"
        "  - {id: never, kind: behaviour, said: bonjour}\n"
        "  - {id: blind, kind: behaviour, meta: {campaign: x}}\n"
    )
    path = tmp_path / "calls.db"
    ids = store_talks(path, [[("ch0", 0.5, "hello"), ("ch1", 4.0, "card")]] * 3)
    (report,) = measure_coverage(choose(path, ids), MeasureCoverage(book, SETTINGS))
    assert (("always",), ("never", "blind"), ("blind",)) == (report.always, report.never, report.blind)
    assert [("always", "bonjour"), ("never", "bonjour")] == [
        (one.rule, one.phrase) for one in report.dead_phrases
    ]
    assert (False, ()) == (report.has_drivers, report.without_driver)


def test_no_calls_make_no_phrase_dead(tmp_path: Path) -> None:
    """Nothing is concluded from nothing."""
    path = tmp_path / "calls.db"
    store_talks(path, [])
    (report,) = measure_coverage(choose(path, ()), MeasureCoverage(BOOK, SETTINGS))
    assert ((), (), (), ()) == (report.rules, report.dead_phrases, report.never, report.without_driver)


def test_rules_are_measured_on_their_own_labels_only(tmp_path: Path) -> None:
    """Calls without a label of a rule say nothing of it; labels of people who could not tell are left out."""
    path = tmp_path / "calls.db"
    hello, quiet = [("ch0", 0.5, "hello"), ("ch1", 4.0, "card")], [("ch0", 0.5, "card"), ("ch1", 4.0, "card")]
    ids = store_talks(path, [hello, hello, quiet, quiet])
    labels = [
        Label(ids[0], "greet", "present", 2),
        Label(ids[1], "greet", "absent", 3),
        Label(ids[2], "greet", "present", 4),
        Label(ids[3], "greet", "cannot_tell", 5),
        Label(ids[3], "anger", "absent", 6),
    ]
    (anger, greet), failed = measure_labels(path, JudgeOnly(BOOK, SETTINGS), labels)
    assert () == failed
    assert (3, 1, 2, 2, 0.5, 0.5) == (
        greet.n, greet.right, greet.found, greet.there, greet.precision, greet.recall
    )  # fmt: skip
    assert ((ids[2],), (ids[1],)) == (greet.missed, greet.false)
    assert (1, None, None) == (anger.n, anger.precision, anger.recall)
