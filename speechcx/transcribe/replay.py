"""The engine ``replay``: reads a transcript that lies beside the recording, and listens to nothing.

For ``calls/a.wav`` it reads ``calls/a.transcript.json``: either one list of words ::

    {"language": "en",
     "words": [{"text": "Hello,", "start_s": 1.2, "end_s": 1.5, "confidence": 0.98, "channel": 0}]}

or segments as faster-whisper and whisperX write them ::

    {"language": "en",
     "segments": [{"start": 1.2, "end": 2.0, "text": "Hello there",
                   "words": [{"word": "Hello", "start": 1.2, "end": 1.5, "probability": 0.98}]}]}

A word without ``channel`` is in channel 0, a segment may carry ``channel`` for its words. A segment
without word times shares its time out among its words by their length.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from speechcx.call import Recording, Span, Word
from speechcx.errors import CallError
from speechcx.transcribe.recognizer import Hints, RecognisedChannel
from speechcx.transcribe.settings import TranscribeSettings

if TYPE_CHECKING:
    from speechcx.waveform import Sound

LARGEST_BYTES = 64 << 20
"""A transcript is read whole; ten hours of speech are about 10 MB."""

MAX_WORDS = 500_000

LONGEST_WORD = 1_000
"""Letters of a word; what is longer is data of another kind, and would hold up every rule for minutes."""

UNKNOWN_CONFIDENCE = 1.0
"""Of words whose source gives none: a transcript made elsewhere is taken at its word."""


class Replay:
    """Reads ``NAME.transcript.json`` beside each recording."""

    name = "replay"
    digest = "none"

    def __init__(self, suffix: str) -> None:
        self._suffix = suffix

    def recognize(
        self,
        samples: Sound,
        speech: tuple[Span, ...],
        *,
        hints: Hints,
        recording: Recording,
        channel: int,
    ) -> RecognisedChannel:
        """The words of one channel, as written down beside the recording.

        Raises
        ------
        CallError
            No transcript lies there or it cannot be used (``config``), or opened (``unreadable``).
        """
        path = Path(recording.path).with_suffix(self._suffix)
        document = _read(path)
        words = [word for place, word in _words(document, path) if place == channel]
        language = document.get("language")
        return RecognisedChannel(
            tuple(sorted(words, key=lambda word: (word.start_s, word.end_s))),
            language if isinstance(language, str) and language else hints.language,
        )


def load_replay(settings: TranscribeSettings) -> Replay:
    """The engine, for the engine table."""
    return Replay(settings.replay_suffix)


def _read(path: Path) -> Mapping[str, Any]:
    try:
        size = path.stat().st_size
        if size > LARGEST_BYTES:
            raise _wrong(path, f"it has {size >> 20} MB", f"at most {LARGEST_BYTES >> 20} MB")
        document = json.loads(path.read_text(encoding="utf-8"), parse_constant=_refuse_constant)
    except FileNotFoundError:
        raise CallError(
            "config",
            f"no transcript {path.name} beside the recording",
            "a transcript, since transcribe.engine is replay",
            "put it there, or set transcribe.engine to whisper",
        ) from None
    except OSError as error:
        raise CallError("unreadable", f"{path.name} cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise _wrong(path, f"it is no JSON: {error}", "one JSON object") from error
    if not isinstance(document, dict):
        raise _wrong(path, f"it holds a {type(document).__name__}", "one object with words or segments")
    return document


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not a valid time")


def _words(document: Mapping[str, Any], path: Path) -> Iterator[tuple[int, Word]]:
    """(channel, word) of every word in the transcript."""
    rows: list[tuple[str, Any, int | None]]
    if isinstance(document.get("words"), list):
        rows = [(f"words[{no}]", row, None) for no, row in enumerate(document["words"])]
    elif isinstance(document.get("segments"), list):
        rows = [each for no, row in enumerate(document["segments"]) for each in _segment(no, row, path)]
    else:
        raise _wrong(path, "it has neither a list words nor a list segments", "one of them")
    if len(rows) > MAX_WORDS:
        raise _wrong(path, f"it has {len(rows)} words", f"at most {MAX_WORDS}")
    for where, row, channel in rows:
        if not isinstance(row, dict):
            raise _wrong(path, f"{where} is {_shown(row)}", "an object with text, start_s and end_s")
        yield _word(row, where, path, channel)


def _segment(no: int, row: Any, path: Path) -> Iterator[tuple[str, Any, int | None]]:
    """The words of one segment as rows, each with its place in the file and its segment's channel."""
    where = f"segments[{no}]"
    if not isinstance(row, dict):
        raise _wrong(path, f"{where} is {_shown(row)}", "an object with words, or with text, start and end")
    channel = row.get("channel")
    if row.get("words"):
        timed = [word for word in row["words"] if isinstance(word, dict) and _start(word) is not None]
        if len(timed) == len(row["words"]):
            yield from ((f"{where}.words[{at}]", word, channel) for at, word in enumerate(timed))
            return
    # whisperX leaves words it could not align without times: then the segment's own time is shared out.
    whole = _word({**row, "text": row.get("text") or "-"}, where, path, channel)[1]
    texts = str(row.get("text") or "").split()
    letters = sum(len(text) for text in texts)
    at_s = whole.start_s
    for text in texts:
        end_s = at_s + (whole.end_s - whole.start_s) * len(text) / letters
        yield where, {"text": text, "start_s": at_s, "end_s": end_s, "confidence": whole.confidence}, channel
        at_s = end_s


def _start(row: Mapping[str, Any]) -> Any:
    return row.get("start_s", row.get("start"))


def _word(row: Mapping[str, Any], where: str, path: Path, channel: int | None) -> tuple[int, Word]:
    text = row.get("text", row.get("word"))
    if not isinstance(text, str) or not text.strip():
        raise _wrong(path, f"{where} has the text {_shown(text)}", "a word")
    if len(text) > LONGEST_WORD:
        raise _wrong(path, f"{where} has {len(text):,} letters", f"at most {LONGEST_WORD:,}")
    start_s = _number(_start(row), f"{where}.start_s", path)
    end_s = _number(row.get("end_s", row.get("end")), f"{where}.end_s", path)
    if not 0 <= start_s <= end_s:
        raise _wrong(path, f"{where} lasts from {start_s} to {end_s} s", "0 <= start_s <= end_s")
    given = next(
        (row[key] for key in ("confidence", "probability", "score") if row.get(key) is not None), None
    )
    confidence = UNKNOWN_CONFIDENCE if given is None else _number(given, f"{where}.confidence", path)
    if not 0 <= confidence <= 1:
        raise _wrong(path, f"{where} has the confidence {confidence}", "0 to 1")
    place = row.get("channel", channel)
    place = 0 if place is None else place
    if isinstance(place, bool) or not isinstance(place, int) or place < 0:
        raise _wrong(path, f"{where} has the channel {_shown(place)}", "0, 1, ...")
    return place, Word(text.strip(), start_s, end_s, confidence)


def _number(value: Any, where: str, path: Path) -> float:
    try:
        number = float(value) if isinstance(value, int | float) and not isinstance(value, bool) else math.nan
    except OverflowError:
        # An integer of hundreds of digits.
        number = math.inf
    if not math.isfinite(number):
        raise _wrong(path, f"{where} is {_shown(value)}", "a number")
    return number


def _shown(value: Any) -> str:
    """A value for a message: its beginning, if it is long."""
    if isinstance(value, int) and value.bit_length() > 200:
        return "a number of too many digits"
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:60]}..."


def _wrong(path: Path, found: str, expected: str) -> CallError:
    return CallError(
        "config",
        f"the transcript {path.name} cannot be used: {found}",
        expected,
        "correct the transcript, or set transcribe.engine to whisper",
    )
