"""Tests of who has the floor: each limit of the definitions from both sides."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speechcx.call import Overlap, Party, Span, Turn
from speechcx.prosody.interruptions import (
    FloorTurn,
    find_monologues,
    find_overlaps,
    find_replies,
    is_backchannel,
)
from speechcx.prosody.settings import ProsodySettings

SETTINGS = ProsodySettings()
WORDS = "that is not what I said"


def said(*lines: tuple[Party, float, float, str]) -> tuple[FloorTurn, ...]:
    found = []
    for no, (party, start_s, end_s, text) in enumerate(sorted(lines, key=lambda line: line[1])):
        span = Span(start_s, end_s)
        turn = Turn(no, {"agent": "ch0", "customer": "ch1"}.get(party, "s0"), 0, span, (span,))
        found.append(FloorTurn(turn, party, text, is_backchannel(text, SETTINGS.backchannels)))
    return tuple(found)


def overlaps(*lines: tuple[Party, float, float, str]) -> tuple[Overlap, ...]:
    return find_overlaps(said(*lines), SETTINGS)


@pytest.mark.parametrize(
    ("end_s", "start_s", "stop_s", "kind"),
    [
        (4.5, 4.0, 5.5, "interruption"),
        (4.4, 4.0, 5.5, "overlap"),  # 0.4 s of overlap
        (6.0, 4.0, 7.0, "interruption"),
        (6.1, 4.0, 7.5, "overlap"),  # the other goes on for 2.1 s
        (4.5, 4.0, 5.4, "overlap"),  # the floor is held for 0.9 s
    ],
)
def test_the_limits_of_an_interruption(end_s: float, start_s: float, stop_s: float, kind: str) -> None:
    """Overlap of 0.5 s, a stop within 2 s and 1 s of holding the floor make an interruption."""
    (found,) = overlaps(("agent", 0.0, end_s, WORDS), ("customer", start_s, stop_s, WORDS))
    assert found == Overlap(Span(start_s, end_s), "customer", "ch1", kind)  # type: ignore[arg-type]


def test_a_backchannel_interrupts_nobody() -> None:
    """Words that only show listening are a back-channel, however they fall."""
    (found,) = overlaps(("agent", 0.0, 4.6, WORDS), ("customer", 4.0, 5.8, "Mm-hmm. Yeah, okay."))
    assert found.kind == "backchannel"


def test_words_nobody_recognised_interrupt_nobody() -> None:
    """Without words it cannot be told that they were more than a back-channel."""
    (found,) = overlaps(("agent", 0.0, 4.6, WORDS), ("customer", 4.0, 5.8, ""))
    assert found.kind == "overlap"


def test_the_floor_is_not_held_when_the_other_starts_again() -> None:
    """Who stops for half a second and goes on has not lost the floor."""
    found = overlaps(("agent", 0.0, 4.6, WORDS), ("customer", 4.0, 7.0, WORDS), ("agent", 5.1, 6.0, WORDS))
    assert found[0].kind == "overlap"


def test_a_brush_is_no_overlap() -> None:
    """Under 0.1 s two voices do not overlap; at 0.1 s they do."""
    assert overlaps(("agent", 0.0, 1.09, WORDS), ("customer", 1.0, 3.0, WORDS)) == ()
    assert len(overlaps(("agent", 0.0, 1.1, WORDS), ("customer", 1.0, 3.0, WORDS))) == 1


def test_starting_together_interrupts_nobody() -> None:
    """Who starts at the same moment starts while nobody speaks."""
    (found,) = overlaps(("agent", 1.0, 2.0, WORDS), ("customer", 1.0, 4.0, WORDS))
    assert found.kind == "overlap"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mhm.", True),
        ("Uh-huh, uh-huh.", True),
        ("Okayyy... right.", True),
        ("I see. All right.", True),
        ("Yeah, but no.", False),
        ("I see the bill.", False),
        ("", False),
        ("...", False),
    ],
)
def test_backchannels_are_told_by_their_words(text: str, expected: bool) -> None:
    """Only words of the list make a back-channel; marks and drawn-out letters do not matter."""
    assert is_backchannel(text, SETTINGS.backchannels) is expected


def test_a_reply_is_the_gap_to_the_others_turn() -> None:
    """Gaps between the parties count, those of one party, over the limit or with hold in them do not."""
    lines = said(
        ("agent", 0.0, 2.0, WORDS),
        ("customer", 2.5, 4.0, WORDS),
        ("customer", 6.0, 7.0, WORDS),
        ("agent", 17.1, 18.0, WORDS),
        ("customer", 22.0, 23.0, WORDS),
        ("agent", 22.9, 24.0, WORDS),
    )
    assert find_replies(lines, [Span(19, 20)], latency_max_s=10.0) == (Span(2.0, 2.5),)


def test_a_monologue_goes_on_over_backchannels() -> None:
    """The other's "mm-hm" does not break a monologue; a sentence, hold or a long silence does."""
    lines = said(
        ("agent", 0.0, 5.0, WORDS),
        ("customer", 4.0, 4.3, "mm-hm"),
        ("agent", 6.0, 9.0, WORDS),
        ("customer", 9.5, 11.0, WORDS),
        ("agent", 12.0, 13.0, WORDS),
        ("agent", 17.0, 18.0, WORDS),
        ("agent", 20.0, 21.0, WORDS),
    )
    found = find_monologues(lines, "agent", [Span(18.5, 19.0)], non_talk_s=3.0)
    assert found == (Span(0, 9), Span(12, 13), Span(17, 18), Span(20, 21))


def test_a_word_in_between_parts_a_monologue() -> None:
    """A sentence of the other inside one's own turn parts the stretch there."""
    lines = said(("agent", 0.0, 10.0, WORDS), ("customer", 4.0, 5.0, WORDS))
    assert find_monologues(lines, "agent", (), non_talk_s=3.0) == (Span(0, 4), Span(5, 10))


def test_a_short_pause_does_not_make_two_attempts() -> None:
    """Who cuts in, catches breath while the other still speaks, and goes on, has cut in once: where it began."""
    found = overlaps(("agent", 0.0, 5.5, WORDS), ("customer", 4.0, 4.5, WORDS), ("customer", 5.1, 8.0, WORDS))
    assert [(o.kind, o.span.start_s) for o in found] == [("interruption", 4.0), ("overlap", 5.1)]


def test_going_on_after_a_breath_is_no_new_beginning() -> None:
    """Who has the floor and is parted by 0.2 s of silence does not cut in on the one who came in meanwhile."""
    found = overlaps(("customer", 0.0, 3.0, WORDS), ("agent", 2.6, 4.0, WORDS), ("customer", 3.2, 6.0, WORDS))
    assert [o.kind for o in found] == ["overlap", "overlap"]


LINES = st.lists(
    st.tuples(
        st.sampled_from(("agent", "customer")),
        st.integers(0, 120),
        st.integers(1, 60),
        st.sampled_from((WORDS, "mm-hm", "")),
    ),
    max_size=12,
)


@given(LINES)
def test_overlaps_of_any_turns(lines: list[tuple[Party, int, int, str]]) -> None:
    """Every overlap lies in a turn of each party, is 0.1 s long, and belongs to who came in second; an
    interruption keeps the definition's limits, and no turn is cut off twice by one attempt."""
    apart: list[tuple[Party, float, float, str]] = []
    for party, first, length, text in sorted(lines, key=lambda line: line[1]):
        if all(first / 10 >= end_s for who, _, end_s, _ in apart if who == party):
            apart.append((party, first / 10, (first + length) / 10, text))
    talk = said(*apart)
    found = find_overlaps(talk, SETTINGS)
    for overlap in found:
        assert overlap.span.duration_s >= 0.1 - 1e-6
        for name in ("agent", "customer"):
            mine = [s for s in talk if s.party == name]
            assert any(
                s.span.start_s <= overlap.span.start_s and s.span.end_s >= overlap.span.end_s for s in mine
            )
    cuts = [overlap for overlap in found if overlap.kind == "interruption"]
    for cut in cuts:
        (second,) = [s for s in talk if s.party == cut.by and s.span.start_s == cut.span.start_s]
        firsts = [s for s in talk if s.party != cut.by and s.span.start_s < cut.span.start_s < s.span.end_s]
        assert not second.backchannel
        assert any(first.span.end_s - cut.span.start_s <= 2.0 + 1e-6 for first in firsts)
    assert len({(cut.by, cut.span.start_s) for cut in cuts}) == len(cuts)
