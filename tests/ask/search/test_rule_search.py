"""Searches without words against a look at every call."""

from __future__ import annotations

import pytest

from speechcx.ask.search.search_filters import SearchHit
from speechcx.ask.search.word_search import SearchFilter, count_matches, search
from speechcx.call import Call
from speechcx.store import CallFilter, Store
from tests.ask.flagged import fill_flagged, make_flagged


@pytest.fixture
def calls(store: Store) -> list[Call]:
    """Newest first, as a search finds them; where two begin at once, the later stored comes first."""
    made = fill_flagged(store, calls=15)
    order = [call_id for (call_id,) in store.db.execute("SELECT call_id FROM calls ORDER BY call_no DESC")]
    return sorted(made, key=lambda call: order.index(call.conversation.recording.id))


def pages(store: Store, filters: SearchFilter, limit: int = 4) -> list[SearchHit]:
    found: list[SearchHit] = []
    after = None
    while True:
        page = search(store, "", filters, limit=limit, after=after)
        found += page.hits
        if page.next is None:
            return found
        after = page.next


@pytest.mark.parametrize("value", ["present", "absent", "cannot_tell"])
def test_results_of_a_rule_come_newest_first(store: Store, calls: list[Call], value: str) -> None:
    """With why, and the first words of the evidence where there are any; page by page."""
    wanted = [
        (call.conversation.recording.id, result.why, [hit.quote for hit in result.hits])
        for call in calls
        for result in call.assessment.results
        if (result.rule, result.value) == ("notice", value)
    ]
    filters = SearchFilter(rule="notice", result=value)  # type: ignore[arg-type]
    found = pages(store, filters)
    assert wanted == [(hit.call_id, hit.why, [piece.text for piece in hit.pieces]) for hit in found]
    assert {("rule", "notice", value)} == {(hit.found, hit.rule, hit.result) for hit in found}
    assert len(wanted) == count_matches(store, "", filters)


def test_evidence_carries_its_turn(store: Store) -> None:
    """Party, time and turn of the first hit, as a search for its words would find it."""
    store.save_call(make_flagged("x", {"threat": "present"}))
    (hit,) = search(store, "", SearchFilter(rule="threat")).hits
    assert (1, "customer", "ch1", 5.6, 5.0) == (
        hit.turn_no, hit.party, hit.speaker, hit.start_s, hit.turn_start_s
    )  # fmt: skip


def test_everything_that_could_not_be_told(store: Store, calls: list[Call]) -> None:
    """Of all rules but hidden ones; with words, in which calls to look for them."""
    filters = SearchFilter(result="cannot_tell")
    wanted = {
        (call.conversation.recording.id, result.rule)
        for call in calls
        for result in call.assessment.results
        if result.value == "cannot_tell" and result.kind != "hidden"
    }
    found = pages(store, filters)
    assert (wanted, len(wanted)) == ({(hit.call_id, hit.rule) for hit in found}, len(found))
    said = search(store, "cancel", filters, limit=1000).hits
    assert {call_id for call_id, _ in wanted} == {hit.call_id for hit in said}


def test_turns_of_a_party_or_a_feeling(store: Store, calls: list[Call]) -> None:
    """All of them, newest call first and in it the last turn first."""
    found = pages(store, SearchFilter(party="customer"))
    wanted = [(call.conversation.recording.id, no) for call in calls for no in (3, 1)]
    assert wanted == [(hit.call_id, hit.turn_no) for hit in found]
    labels = {turn.label for call in calls for turn in call.assessment.reading.feeling.turns}
    for label in ("negative", "neutral", "positive", "mixed"):
        n = sum(turn.label == label for call in calls for turn in call.assessment.reading.feeling.turns)
        assert n == len(pages(store, SearchFilter(label=label), limit=100))  # type: ignore[arg-type]
    assert labels


def test_silences(store: Store, calls: list[Call]) -> None:
    """Each stretch that is long enough, with its time; nobody's words."""
    spans = [span for call in calls for span in call.assessment.reading.flow.non_talk]
    assert spans
    longest = max(span.duration_s for span in spans)
    for bound in (0.5, longest, longest + 0.01):
        found = pages(store, SearchFilter(min_silence_s=bound))
        calls_long = [
            call for call in calls if (call.assessment.reading.flow.longest_silence_s or 0) >= bound
        ]
        wanted = [s for c in calls_long for s in c.assessment.reading.flow.non_talk if s.duration_s >= bound]
        assert len(wanted) == len(found)
        assert all(hit.party is None and hit.found == "silence" for hit in found)


def test_filters_of_calls_alone_find_nothing(store: Store, calls: list[Call]) -> None:
    """There is nothing to point at; `calls` lists calls."""
    assert calls
    assert () == search(store, "", SearchFilter(CallFilter(agent=("ann",)))).hits


def test_a_rule_nobody_wrote_names_the_nearest(store: Store, calls: list[Call]) -> None:
    """And a rule that is merely never so gives no wrong advice."""
    assert calls
    hint = search(store, "", SearchFilter(rule="notise")).hint
    assert hint is not None
    assert "No rule 'notise'; the nearest is 'notice'." == hint.rule
