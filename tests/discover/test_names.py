"""File names as safe text, and back."""

import os
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speechcx.discover import exact_name, printable_name


@given(st.binary(min_size=1, max_size=255))
def test_every_byte_survives(name: bytes) -> None:
    """Any bytes that a file name can hold come back exactly, and the text between can be stored."""
    path = os.fsdecode(name)
    shown = printable_name(path)
    assert os.fsencode(exact_name(shown)) == name
    shown.encode("utf-8")
    assert not {unicodedata.category(char) for char in shown} & {"Cc", "Cf", "Cs", "Zl", "Zp"}


@given(st.text(max_size=50))
def test_any_text_survives(name: str) -> None:
    """Text that looks like an escape already comes back as it was."""
    shown = printable_name(name)
    if not any(0xD800 <= ord(char) <= 0xDFFF for char in name):
        assert exact_name(shown) == name


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("plain name.wav", "plain name.wav"),
        ("Grüße 😀.wav", "Grüße 😀.wav"),
        ("tab\there\n.wav", r"tab\u{9}here\u{a}.wav"),
        ("\x1b[31mred.wav", r"\u{1b}[31mred.wav"),
        ("gnp\u202efdp.wav", r"gnp\u{202e}fdp.wav"),
        (os.fsdecode(b"caf\xe9.wav"), r"caf\xe9.wav"),
        (r"back\slash.wav", r"back\\slash.wav"),
    ],
)
def test_what_acts_is_written_out(name: str, shown: str) -> None:
    """Escape sequences, line breaks and direction marks are shown, not done."""
    assert printable_name(name) == shown
