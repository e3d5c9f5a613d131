from dataclasses import replace

from speechcx.ask.people.questions import compare_questions
from speechcx.call import Call
from speechcx.store import CallFilter, Store
from tests.ask.archive import at, make
from tests.factories import make_answer, make_score


def answered(name: str, agent: str, *answers: str) -> Call:
    """A call with a question for each answer."""
    call = make(name, agent=agent, started_at=at(1))
    card = make_score(
        80.0, answers=tuple(make_answer(f"q{n}", text=f"Q{n}?", answer=a) for n, a in enumerate(answers))
    )
    return replace(call, assessment=replace(call.assessment, scores=(card,)))


def test_questions_beside_the_peers_weakest_first(store: Store) -> None:
    """ann misses q1 in all of ten calls, the peers in none; answers that are neither yes nor no are left out."""
    for n in range(10):
        store.save_call(answered(f"a{n}", "ann", "yes", "no", "n-a" if n else "yes"))
        store.save_call(answered(f"b{n}", "bea", "yes", "yes", "yes"))
    weak, *others = compare_questions(store, CallFilter(agent=("ann",)), CallFilter(), "service-quality")
    assert ("q1", "Q1?", 10, 0.0, 10, 1.0, -1.0, "worse") == (
        weak.question, weak.text, weak.n, weak.yes_share, weak.peers_n, weak.peers_share, weak.difference,
        weak.verdict,
    )  # fmt: skip
    by_name = {row.question: row for row in others}
    assert ((("n-a", 9),), 1, "too few calls") == (
        by_name["q2"].left_out, by_name["q2"].n, by_name["q2"].verdict,
    )  # fmt: skip
    assert "cannot tell" == by_name["q0"].verdict


def test_questions_of_another_scorecard_are_not_mixed_in(store: Store) -> None:
    """Each scorecard has its own."""
    store.save_call(answered("a", "ann", "yes"))
    assert () == compare_questions(store, CallFilter(), CallFilter(), "another")
