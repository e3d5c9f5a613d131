"""E-mail and street addresses and telephone numbers are taken out where the settings ask for it, and only there."""

from __future__ import annotations

import pytest

from speechcx.call import PAYMENT
from speechcx.redact import redact_text


@pytest.mark.parametrize(
    ("kind", "text", "marked"),
    [
        ("email", "my email is john dot smith at gmail dot com okay", "my email is [e-mail] okay"),
        ("email", "it's sarah_jones42@mail.example.co.uk.", "it's [e-mail]."),
        ("address", "I live at 12 Old Mill Road, it is red", "I live at [address], it is red"),
        ("address", "the postcode is SW1A 1AA.", "the postcode is [address]."),
        (
            "phone",
            "my phone number is oh two oh seven nine four six oh one two three",
            "my phone number is [phone number]",
        ),
        ("name", "my name is Wilhelmina Okafor.", "my name is [name]."),
    ],
)
def test_personal_kinds_are_off_until_they_are_named(kind: str, text: str, marked: str) -> None:
    """A personal value stays by default, and goes where its kind is named."""
    assert text == redact_text(text, PAYMENT)
    assert marked == redact_text(text, (kind,))
