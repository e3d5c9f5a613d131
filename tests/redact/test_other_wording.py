"""Values in the wording of other people: what was missed when the three sets were first looked at stays found."""

from __future__ import annotations

from collections import Counter

import pytest

from speechcx.call import PAYMENT
from speechcx.redact.conversation_marks import find_values
from tests.redact.other_wording import FIRST, SECOND, THIRD, draw


@pytest.mark.parametrize("lines", [FIRST, SECOND, THIRD], ids=["first", "second", "third"])
def test_values_in_other_wording_are_taken_out(lines: str) -> None:
    """Cards and codes in 97 of 100 calls, the rest in 95; no turn without a value more than one in 200 is touched."""
    told: Counter[str] = Counter()
    whole: Counter[str] = Counter()
    turns = touched = 0
    for call in draw(lines, 6, seed=7):
        found = find_values(call.spoken(), PAYMENT)
        missed = False
        for no, (_, words) in enumerate(call.turns):
            places = {at for each in found.get(no, ()) for at in range(each.first, each.last + 1)}
            of_value = {at for at, (_, is_value) in enumerate(words) if is_value}
            missed |= not of_value <= places
            if not of_value:
                turns += 1
                touched += bool(places)
        told[call.kind] += 1
        whole[call.kind] += not missed
    shares = {kind: whole[kind] / told[kind] for kind in told}
    low = {
        kind: share
        for kind, share in shares.items()
        if share < (0.97 if kind in ("card", "security_code") else 0.95)
    }
    assert {} == low
    assert touched <= turns / 200
