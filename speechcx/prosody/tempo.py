"""How fast a voice speaks: pace with and without pauses, and the pauses themselves.

Pauses come from the stretches of speech found in the sound, not from the word times: a recogniser
spreads its words over the silence between them, so that a pause of half a second often vanishes.
"""

from __future__ import annotations

from collections.abc import Iterable

from speechcx.call import Span, Turn, Utterance


def find_pauses(turn: Turn, *, pause_s: float) -> tuple[Span, ...]:
    """Silences of at least `pause_s` seconds between the stretches of speech of one turn."""
    gaps = zip(turn.speech, turn.speech[1:], strict=False)
    return tuple(
        Span(before.end_s, after.start_s)
        for before, after in gaps
        if after.start_s - before.end_s >= pause_s - 1e-6
    )


def speech_in(turns: Iterable[Turn]) -> float:
    """Seconds of speech in `turns`, all gaps between stretches left out."""
    return sum(span.duration_s for turn in turns for span in turn.speech)


def count_words(utterance: Utterance) -> int:
    """Number of recognised words."""
    return len(utterance.words) or len(utterance.text.split())


def words_per_minute(words: int, seconds: float) -> float | None:
    """Words a minute; None without time or words."""
    return 60.0 * words / seconds if seconds > 0 and words > 0 else None
