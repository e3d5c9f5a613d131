from speechcx.ask.people.talking_points import ANGRIEST, SHOWN, find_moments
from speechcx.store import CallFilter, Store
from tests.ask.archive import at, make
from tests.factories import make_result


def test_flagged_rules_come_first_then_the_angriest_turns(archive: Store) -> None:
    """cid's two flagged calls give two moments with words and time, and their worst turns."""
    flagged, angry = (
        [
            one
            for one in find_moments(archive, CallFilter(agent=("cid",)))
            if (one.severity is None) == is_turn
        ]
        for is_turn in (False, True)
    )
    assert [("major", "customer", "cancel my account", 5.6)] * 2 == [
        (one.severity, one.party, one.quote, one.start_s) for one in flagged
    ]
    assert {"I want to cancel my account, it's ridiculous."} == {one.quote for one in angry}
    assert 2 == len(angry) <= ANGRIEST


def test_the_most_severe_rule_first_and_no_rule_more_than_twice(store: Store) -> None:
    """Thirty calls with the same major flag, one with a critical one."""
    from dataclasses import replace

    for n in range(30):
        store.save_call(make(n, flagged=True, started_at=at(1 + n % 28)))
    call = make("worst", started_at=at(1))
    bad = make_result("promise", title="A promise", severity="critical")
    store.save_call(replace(call, assessment=replace(call.assessment, results=(bad,))))
    found = find_moments(store, CallFilter())
    assert ["A promise", "Customer wants to cancel", "Customer wants to cancel"] == [one.why for one in found]
    assert len(found) <= SHOWN + ANGRIEST


def test_nothing_flagged_and_nobody_angry(archive: Store) -> None:
    """Gives nothing to talk about."""
    assert () == find_moments(archive, CallFilter(agent=("bea",)))
