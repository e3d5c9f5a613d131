import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speechcx.store.paths import plain_text, read_path, write_path


@given(st.binary(max_size=40))
def test_any_path_comes_back_byte_for_byte(raw: bytes) -> None:
    """Names that are not UTF-8 are kept as bytes, all others as text."""
    kept = write_path(os.fsdecode(raw))
    assert raw == os.fsencode(read_path(kept))
    assert isinstance(kept, bytes) == (raw.decode("utf-8", "ignore").encode() != raw)


@pytest.mark.parametrize(("text", "kept"), [("grün", "grün"), ("a\udcffb", "a?b"), ("nul\0", "nul\0")])
def test_text_is_what_utf8_can_say(text: str, kept: str) -> None:
    """Half characters of odd file names do not stop a row from being written."""
    assert kept == plain_text(text)
