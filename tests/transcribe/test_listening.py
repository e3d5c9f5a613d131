"""Which language single turns are in, where a speaker uses two."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from speechcx.call import UNDETERMINED, Span
from speechcx.transcribe.listening import Listening
from speechcx.transcribe.recognizer import Hints
from speechcx.transcribe.windows import RecognitionWindow, WindowPiece


def one_turn(shares: dict[str, float], *, seconds: float = 4.0, gain: float = 0.3) -> Listening:
    """A turn whose language has these shares, written down with so much more certainty in any language but English."""

    class Decoder:
        def encode(self, sounds: Any) -> list[SimpleNamespace]:
            return [SimpleNamespace(numbers=(0,))]

        def language_shares(self, encoded: Any) -> list[dict[str, float]]:
            return [shares]

        def decode(self, encoded: Any, *, language: str, **_: Any) -> list[SimpleNamespace]:
            logprob = -0.8 if language == "en" else -0.8 + gain
            words = ["one", "two", "three"]
            return [SimpleNamespace(mean_logprob=logprob, no_speech=0.1, words=words, compression_ratio=1.0)]

    span = Span(0.0, seconds)
    window = RecognitionWindow((WindowPiece(0, span, 0.0),), (span,))
    sounds: Any = {0: np.zeros(16_000 * 10, np.float32)}
    decoder: Any = Decoder()
    return Listening(decoder, (window,), sounds, Hints("en"))


@pytest.mark.parametrize("whole", ["es", UNDETERMINED])
def test_english_turns_beside_a_spanish_one_stay_english(whole: str) -> None:
    """What is plainly English is, whatever the stretch around it was taken for."""
    assert "en" == one_turn({"en": 0.95, "es": 0.02}).find_turn("en", whole)


def test_one_spanish_turn_among_english_ones_is_found() -> None:
    """A turn that is plainly Spanish is Spanish, also where the stretch as a whole could not be told."""
    assert "es" == one_turn({"en": 0.03, "es": 0.92}).find_turn("en", UNDETERMINED)


@pytest.mark.parametrize("shares", [{"en": 0.5, "es": 0.3}, {"en": 0.2, "es": 0.45}])
def test_a_turn_that_is_not_plain_goes_with_the_stretch(shares: dict[str, float]) -> None:
    """Nothing is believed of a turn whose shares are divided."""
    assert "es" == one_turn(shares).find_turn("en", "es")
    assert UNDETERMINED == one_turn(shares).find_turn("en", UNDETERMINED)


def test_a_word_goes_with_the_stretch() -> None:
    """ "S\u00ed" in a Spanish stretch is not English for its shares."""
    assert "es" == one_turn({"en": 0.9}, seconds=0.6).find_turn("en", "es")
