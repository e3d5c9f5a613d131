"""Models and turns made up for the tests of the sentiment room."""

from __future__ import annotations

from collections.abc import Sequence

from speechcx.call import Span, Turn, TurnVoice
from speechcx.sentiment import ClassShares


class WordModel:
    """Reads 'good' as positive, 'bad' as negative, both as torn, all else as neutral; keeps what it was given."""

    name = "word-model"
    digest = "0" * 16

    def __init__(self) -> None:
        self.seen: list[str] = []

    def read(self, texts: Sequence[str]) -> tuple[ClassShares, ...]:
        """Shares of each text."""
        self.seen += texts
        return tuple(self._shares(text.lower()) for text in texts)

    def _shares(self, text: str) -> ClassShares:
        if "bad" in text and "good" in text:
            return ClassShares(0.45, 0.1, 0.45)
        if "bad" in text:
            return ClassShares(0.9, 0.1, 0.0)
        return ClassShares(0.0, 0.1, 0.9) if "good" in text else ClassShares(0.05, 0.9, 0.05)


def turn(no: int, start_s: float, length_s: float = 2.0, speaker: str = "ch1") -> Turn:
    """A turn of unbroken speech."""
    span = Span(start_s, start_s + length_s)
    return Turn(no, speaker, int(speaker[-1]), span, (span,))


def voice(no: int, **given: float | str | None) -> TurnVoice:
    """A turn's voice like its speaker's usual; any field by name."""
    usual: dict[str, float | str | None] = {
        "level_rel_db": 0.0, "pitch_rel_st": 0.0, "pitch_range_st": 4.0, "pace_wpm": 160.0, "pause_share": 0.1,
    }  # fmt: skip
    return TurnVoice(no, **(usual | given))  # type: ignore[arg-type]
