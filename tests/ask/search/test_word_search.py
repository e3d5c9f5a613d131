import random
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from speechcx.ask.search import word_search as module
from speechcx.ask.search.word_search import SearchFilter, SearchPage, search
from speechcx.call import Call, Party
from speechcx.store import CallFilter, Store
from tests.factories import make_assessment, make_conversation, make_recording, make_result

WORDS = ("cancel", "account", "refund", "card", "the", "please", "fee", "zoë", "don't")
SIGNS = "\"'*()-:^{}[]\\ +~|&%_;\0\x1f\té日\U0001f600"


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory) -> tuple[Store, list[Call]]:
    """Sixty calls of random words, stored in any order."""
    rng = random.Random(5)
    store = Store.open(tmp_path_factory.mktemp("search") / "calls.db", create=True)
    store.db.execute("PRAGMA synchronous = OFF")
    made = []
    for number in range(60):
        said = [(f"ch{i % 2}", 4.0 * i, " ".join(rng.choices(WORDS, k=6))) for i in range(8)]
        start = datetime(2025, 3, 1, tzinfo=UTC) + timedelta(minutes=rng.randrange(30 * 1440))
        recording = make_recording(
            number, started_at=start, agent=rng.choice(("ann", "bea")), queue=rng.choice("xy")
        )
        heard = make_conversation(said, recording=recording)
        result = make_result(value=rng.choice(("present", "absent")))
        made.append(Call(heard, make_assessment(heard, results=(result,))))
        store.save_call(made[-1])
    return store, sorted(
        made, key=lambda call: str(call.conversation.recording.details.started_at), reverse=True
    )


def expected(
    calls: list[Call], words: tuple[str, ...], party: Party | None = None, agent: str = ""
) -> list[tuple[str, int]]:
    found = []
    for call in calls:
        recording = call.conversation.recording
        for said in reversed(call.conversation.utterances):
            speaker = call.conversation.speech.turns[said.no].speaker
            fits = party is None or call.assessment.reading.party_of(speaker) == party
            if (
                fits
                and (not agent or recording.details.agent == agent)
                and set(words) <= set(said.text.split())
            ):
                found.append((recording.id, said.no))
    return found


def pages(
    store: Store, typed: str, filters: SearchFilter | None = None, limit: int = 7
) -> list[tuple[str, int]]:
    found, after = [], None
    while True:
        page = search(store, typed, filters, limit=limit, after=after)
        found += [(hit.call_id, hit.turn_no) for hit in page.hits]
        if page.next is None:
            return found
        after = page.next


@pytest.mark.parametrize("few", [0, 10_000])
@pytest.mark.parametrize("words", [("cancel",), ("cancel", "account"), ("the", "fee", "card"), ("don't",)])
def test_every_turn_with_the_words_is_found_newest_first(
    calls: tuple[Store, list[Call]], words: tuple[str, ...], few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Page by page, whichever of the two ways of looking is taken."""
    monkeypatch.setattr(module, "FEW_CALLS", few)
    store, made = calls
    assert expected(made, words) == pages(store, " ".join(words))
    filters = SearchFilter(CallFilter(agent=("ann",)), party="customer")
    assert expected(made, words, "customer", "ann") == pages(store, " ".join(words), filters)


@pytest.mark.parametrize("few", [0, 10_000])
def test_filters_of_all_kinds(
    calls: tuple[Store, list[Call]], few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Period, rule and result, silence, sentiment: as a look at every call says."""
    monkeypatch.setattr(module, "FEW_CALLS", few)
    store, made = calls
    days = CallFilter(since=date(2025, 3, 5), until=date(2025, 3, 12))
    in_period = [
        c
        for c in made
        if "2025-03-05" <= str(c.conversation.recording.details.started_at)[:10] <= "2025-03-12"
    ]
    assert expected(in_period, ("the",)) == pages(store, "the", SearchFilter(days))
    with_rule = [c for c in made if c.assessment.results[0].value == "absent"]
    assert expected(with_rule, ("the",)) == pages(
        store, "the", SearchFilter(rule="cancel-intent", result="absent")
    )
    everything = expected(made, ("the",))
    assert everything == pages(store, "the", SearchFilter(min_silence_s=5.0, sentiment_at_most=-0.2))
    for none in (
        SearchFilter(min_silence_s=5.1), SearchFilter(sentiment_at_most=-0.21), SearchFilter(sentiment_at_least=0.0),
        SearchFilter(rule="unknown"), SearchFilter(party="ivr"), SearchFilter(label="positive"),
        SearchFilter(result="cannot_tell"), SearchFilter(stored_after="9"), SearchFilter(rule="\udc80"),
    ):  # fmt: skip
        assert [] == pages(store, "the", none)


def test_a_hit_says_where_and_who(archive: Store) -> None:
    """The time of the word itself, the party, the call, and the words around it."""
    hit = search(archive, "ridiculous", SearchFilter(CallFilter(agent=("ann",)))).hits[0]
    assert (1, "customer", "ch1", "ann", "blue", "Leeds", "2025-03-06") == (
        hit.turn_no, hit.party, hit.speaker, hit.agent, hit.team, hit.center, hit.local_day,
    )  # fmt: skip
    assert (6.0, pytest.approx(6.0 + 7 * 0.3), -0.2) == (hit.turn_start_s, hit.start_s, hit.sentiment)
    assert [("I want to cancel my account, it's ", False), ("ridiculous", True), (".", False)] == [
        (piece.text, piece.is_match) for piece in hit.pieces
    ]


@pytest.mark.parametrize(
    ("typed", "turns"),
    [
        ('"cancel my account"', {1}),
        ('"cancel account"', set()),
        ("canc*", {1, 2}),
        ("CANCEL Account", {1, 2}),
        ("it's", {1}),
    ],
)
def test_phrases_and_beginnings(archive: Store, typed: str, turns: set[int]) -> None:
    """Words in that order, words that go on, any case, and signs inside of words."""
    assert turns == {hit.turn_no for hit in search(archive, typed, limit=100).hits}


@pytest.mark.parametrize(("near", "turns"), [(0, set()), (1, {1, 2}), (9, {1, 2})])
def test_words_near_each_other(archive: Store, near: int, turns: set[int]) -> None:
    """`cancel my account` and `cancel the account` have one word between."""
    found = search(archive, "account cancel", SearchFilter(near=near), limit=100).hits
    assert turns == {hit.turn_no for hit in found}


def test_searches_for_nothing_find_nothing(archive: Store) -> None:
    """An empty box, or signs alone, are no error and no list of everything."""
    for typed in ("", "   ", "***", '""', "-"):
        page = search(archive, typed, SearchFilter(near=3))
        assert ((), None) == (page.hits, page.next)


def test_an_empty_filter_says_what_would_widen_it(archive: Store) -> None:
    """But words that are simply not said need no advice."""
    assert search(archive, "zebra").hint is None
    hint = search(archive, "cancel", SearchFilter(CallFilter(agent=("anm",)))).hint
    assert hint is not None
    assert (("agent", "anm", "ann"),) == hint.near


def test_replaced_calls_are_not_found(store: Store) -> None:
    """A call whose file holds another one is kept, but not shown."""
    heard = make_conversation([("ch0", 1.0, "cancel this")])
    store.save_call(Call(heard, make_assessment(heard)))
    assert 1 == len(search(store, "cancel").hits)
    store.db.execute("UPDATE calls SET superseded_by = 'x'")
    assert 0 == len(search(store, "cancel").hits)


def test_words_of_a_redone_call_are_those_it_has_now(store: Store) -> None:
    """The index forgets what is no longer said."""
    for text in ("cancel this", "refund this"):
        heard = make_conversation([("ch0", 1.0, text)])
        store.save_call(Call(heard, make_assessment(heard)))
    assert (0, 1) == (len(search(store, "cancel").hits), len(search(store, "refund").hits))


def test_no_string_is_an_error(archive: Store) -> None:
    """Two thousand of them: letters, signs, operators, control characters, halves of characters."""
    rng = random.Random(7)
    parts = (*WORDS, "AND", "OR", "NOT", "NEAR(", ")", '"', "*", "^", ":", "-", "{", "}", "\0", "\ud800")
    for number in range(2000):
        if number % 3 == 0:
            typed = " ".join(rng.choices(parts, k=rng.randint(0, 8)))
        elif number % 3 == 1:
            typed = "".join(rng.choices(SIGNS + "abc", k=rng.randint(0, 30)))
        else:
            typed = "".join(chr(rng.randrange(0x110000)) for _ in range(rng.randint(0, 12)))
        near = rng.choice((None, None, 0, 5))
        assert isinstance(search(archive, typed, SearchFilter(near=near), limit=3), SearchPage)


odd = st.text(st.sampled_from(SIGNS + "abANDOR\ud800"), max_size=15) | st.text(max_size=8)


@given(odd, odd, odd, st.none() | st.integers(0, 1000), st.none() | st.floats(), st.booleans())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_filter_is_an_error(
    archive: Store, typed: str, name: str, rule: str, near: int | None, bound: float | None, has_rule: bool
) -> None:
    """Whatever is typed for words, people and rules, with any bound."""
    filters = SearchFilter(
        CallFilter(agent=(name,), extras=((name, rule),)), rule=rule if has_rule else None, near=near,
        min_silence_s=bound, sentiment_at_most=bound,
    )  # fmt: skip
    page = search(archive, typed, filters, limit=2)
    assert isinstance(page, SearchPage)
    assert () == page.hits


@pytest.mark.parametrize(
    ("wrong", "match"), [({"near": -1}, "near must be 0 to 1000"), ({"result": "absent"}, "needs the rule")]
)
def test_impossible_filters_are_refused(wrong: dict[str, object], match: str) -> None:
    """Before the database is asked."""
    with pytest.raises(ValueError, match=match):
        SearchFilter(**wrong)  # type: ignore[arg-type]
