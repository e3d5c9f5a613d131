"""Values that their written form tells."""

from __future__ import annotations

import pytest

from speechcx.call import PAYMENT
from speechcx.redact import redact_text


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("use DE89370400440532013000 then", "use [IBAN] then"),
        ("use DE89370400440532013001 then", "use DE89370400440532013001 then"),
        ("it is 123-45-6789.", "it is [national id]."),
        ("it is 555-123-4567.", "it is 555-123-4567."),
        ("that's AB 12 34 56 C, yes", "that's [national id], yes"),
    ],
)
def test_a_form_tells_the_kind(text: str, marked: str) -> None:
    """An IBAN by its check, a social security or national insurance number by its form; others stay."""
    assert marked == redact_text(text, PAYMENT)
