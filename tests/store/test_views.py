"""The views people query say the same as the nouns."""

from dataclasses import astuple

import pytest

from speechcx.call import Call
from speechcx.store import Store
from tests.factories import make_call
from tests.odd_calls import odd_call


def rows(store: Store, sql: str, call: Call) -> list[tuple[object, ...]]:
    return store.db.execute(sql, (call.conversation.recording.id,)).fetchall()


@pytest.fixture(params=range(12))
def call(store: Store, request: pytest.FixtureRequest) -> Call:
    store.save_call(make_call("another"))
    found = odd_call(request.param)
    store.save_call(found)
    return found


def test_turns_are_those_of_the_call(store: Store, call: Call) -> None:
    """Every measure in its unit."""
    heard, reading = call.conversation, call.assessment.reading
    wanted = []
    for turn in heard.speech.turns:
        said, voice, read = heard.utterances[turn.no], heard.voices[turn.no], heard.sentiments[turn.no]
        felt = reading.feeling.turns[turn.no]
        wanted.append(
            (
                turn.no, turn.speaker, reading.party_of(turn.speaker), turn.channel, turn.confidence,
                turn.span.start_s, turn.span.end_s, said.text, said.language, said.confidence,
                *astuple(voice)[1:-1], read.value, read.label, read.confidence, felt.agitation, felt.sentiment,
                felt.label, felt.voice_part,
            )
        )  # fmt: skip
    sql = (
        "SELECT no, speaker, party, channel, speaker_confidence, start_s, end_s, text, language, confidence,"
        " level_dbov, level_rel_db, pitch_hz, pitch_rel_st, pitch_range_st, pitch_slope_st_s, voiced_share, pace_wpm,"
        " articulation_wpm, pause_share, text_sentiment, text_label, text_confidence, agitation, sentiment,"
        " sentiment_label, voice_part FROM turns WHERE call_id = ? ORDER BY no"
    )
    assert wanted == rows(store, sql, call)


def test_the_words_of_a_turn_are_those_of_the_call(store: Store, call: Call) -> None:
    """By the number of the turn, as the search index gives it; a turn that is not there is a KeyError."""
    numbers = rows(store, "SELECT turn_id FROM turns WHERE call_id = ? ORDER BY no", call)
    assert [said.words for said in call.conversation.utterances] == [store.load_words(n) for (n,) in numbers]  # type: ignore[arg-type]
    with pytest.raises(KeyError):
        store.load_words(-1)


def test_results_and_hits_are_those_of_the_call(store: Store, call: Call) -> None:
    """By names, not by numbers."""
    results = call.assessment.results
    wanted = [(r.rule, r.title, r.value, r.expect, int(r.flagged), r.why) for r in results]
    sql = "SELECT rule, title, value, expect, flagged, why FROM results WHERE call_id = ?"
    assert sorted(map(repr, wanted)) == sorted(map(repr, rows(store, sql, call)))
    hits = [astuple(hit) for result in results for hit in result.hits]
    sql = "SELECT rule, result, party, turn_no, start_s, end_s, quote, why FROM hits WHERE call_id = ?"
    assert sorted(map(repr, hits)) == sorted(map(repr, rows(store, sql, call)))


def test_answers_are_those_of_the_call(store: Store, call: Call) -> None:
    """Also where the reason is that of the rule."""
    wanted = [
        (
            score.scorecard, a.section, a.question, a.text, a.answer, a.points, a.out_of, a.critical,
            int(a.auto_fail), a.why,
        )
        for score in call.assessment.scores for a in score.answers
    ]  # fmt: skip
    sql = (
        "SELECT scorecard, section, question, text, answer, points, out_of, critical, auto_fail, why FROM answers"
        " WHERE call_id = ?"
    )
    assert sorted(map(repr, wanted)) == sorted(map(repr, rows(store, sql, call)))


def test_overlaps_are_those_of_the_call(store: Store, call: Call) -> None:
    """In order, with who came in second and what it was."""
    overlaps = call.assessment.reading.flow.overlaps
    wanted = [(o.span.start_s, o.span.end_s, o.by, o.speaker, o.kind) for o in overlaps]
    found = rows(store, "SELECT start_s, end_s, by, speaker, kind FROM overlaps WHERE call_id = ?", call)
    assert wanted == found


def test_flagged_calls_are_one_row_a_flagged_rule(store: Store, call: Call) -> None:
    """With the first evidence beside it."""
    wanted = sorted(result.rule for result in call.assessment.results if result.flagged)
    assert wanted == sorted(
        rule for (rule,) in rows(store, "SELECT rule FROM flagged_calls WHERE call_id = ?", call)
    )


def test_a_turn_is_found_without_looking_at_every_turn(store: Store) -> None:
    """By call and by the number the search index gives, the plan is a search and no scan."""
    for sql in (
        "SELECT * FROM turns WHERE call_id = 'x'",
        "SELECT * FROM turns WHERE turn_id IN (SELECT rowid FROM turns_fts WHERE turns_fts MATCH 'x')",
        "SELECT * FROM results WHERE call_id = 'x'",
        "SELECT * FROM hits WHERE call_id = 'x'",
        "SELECT * FROM answers WHERE call_id = 'x'",
    ):
        plan = [row[3] for row in store.db.execute(f"EXPLAIN QUERY PLAN {sql}")]
        assert [] == [step for step in plan if step.startswith("SCAN") and "VIRTUAL TABLE" not in step]
