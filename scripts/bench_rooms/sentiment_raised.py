"""Recorded turns made louder, higher and faster in the sound itself: does agitation follow?

Takes two-channel calls of a finished run over ``samples/``. One turn of the customer after another is
changed in the samples, everything else in the call stays, and the voice is measured anew. The whole
channel is first made 11 dB softer, so that the raised turn is not clipped.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from scripts.bench_rooms.sentiment_pairs import Pairs, find_followed, share_followed

SAMPLES = Path(__file__).resolve().parents[2] / "samples" / "calls"
ROOM_DB = 11.0
TURNS = 3
"""Turns of a call that are raised: the longest ones."""
MIN_SPEECH_S = 1.0


@dataclass(frozen=True)
class Raise:
    """What is done to a turn."""

    level_db: float
    pitch_st: float
    pace: float


RAISES = (
    Raise(6.0, 0.0, 1.0),
    Raise(10.0, 0.0, 1.0),
    Raise(6.0, 2.0, 1.0),
    Raise(10.0, 4.0, 1.0),
    Raise(6.0, 2.0, 1.2),
    Raise(0.0, 4.0, 1.0),
)


def count_raised(database: Path) -> Pairs:
    """Count over the calls of ``database`` whose parties have channels of their own.

    A raised turn whose agitation cannot be measured counts as one where nothing followed.
    """
    from speechcx.sentiment import SentimentSettings

    settings = SentimentSettings()
    return share_followed([find_followed(calm, loud, 0.7, settings) for calm, loud in find_pairs(database)])


def find_pairs(database: Path) -> Iterator[tuple[Any, Any]]:
    """Agitation of a turn as it was said and raised, for every turn and raise."""
    from speechcx.audio import decode
    from speechcx.config import Settings
    from speechcx.store import Store

    settings = Settings()
    with Store.open(database, read_only=True) as store:
        calls = [store.load(call_id) for call_id in store.iter_call_ids()]
    for call in calls:
        heard = call.conversation
        path = SAMPLES / Path(heard.recording.path).name
        customers = {r.speaker for r in call.assessment.reading.roles if r.party == "customer"}
        if heard.origin.channels < 2 or not path.is_file():
            continue
        audio = decode(replace(heard.recording, path=str(path)), settings.audio)
        samples = np.rint(audio.samples * 10 ** (-ROOM_DB / 20)).astype(np.int16)
        audio = replace(audio, samples=samples)
        calm = measure(audio, heard.speech, heard.utterances, settings)
        chosen = [
            turn
            for turn in heard.speech.turns
            if turn.speaker in customers
            and calm[turn.no].value is not None
            and length_s(turn) >= MIN_SPEECH_S
        ]
        for turn in sorted(chosen, key=length_s, reverse=True)[:TURNS]:
            for raised in RAISES:
                loud = measure(*lift(audio, heard.speech, heard.utterances, turn.no, raised), settings)
                yield calm[turn.no], loud[turn.no]


def measure(audio: Any, speech: Any, said: Any, settings: Any) -> Any:
    """Agitation of every turn."""
    from speechcx.prosody import measure_voice
    from speechcx.sentiment import measure_agitation

    voices, speakers = measure_voice(audio, speech, said, settings.prosody)
    return measure_agitation(speech.turns, voices, speakers)


def lift(audio: Any, speech: Any, said: Any, no: int, raised: Raise) -> tuple[Any, Any, Any]:
    """The same call with turn ``no`` raised; a faster turn ends sooner and leaves silence behind."""
    import librosa

    turn = speech.turns[no]
    first, last = (round(t * audio.rate_hz) for t in (turn.span.start_s, turn.span.end_s))
    sound = audio.samples[turn.channel, first:last].astype(np.float32)
    if raised.pitch_st:
        sound = librosa.effects.pitch_shift(sound, sr=audio.rate_hz, n_steps=raised.pitch_st, n_fft=512)
    if raised.pace != 1.0:
        sound = librosa.effects.time_stretch(sound, rate=raised.pace, n_fft=512)
    samples = audio.samples.copy()
    samples[turn.channel, first:last] = 0
    sound = np.clip(np.rint(sound * 10 ** (raised.level_db / 20)), -32000, 32000)[: last - first]
    samples[turn.channel, first : first + len(sound)] = sound.astype(np.int16)
    turns, utterances = list(speech.turns), list(said)
    turns[no], utterances[no] = hurry(turn, said[no], raised.pace)
    return replace(audio, samples=samples), replace(speech, turns=tuple(turns)), tuple(utterances)


def hurry(turn: Any, said: Any, pace: float) -> tuple[Any, Any]:
    """Turn and words with all times after the turn's start divided by ``pace``."""
    from speechcx.call import Span

    start = turn.span.start_s

    def at(time_s: float) -> float:
        return start + (time_s - start) / pace

    def span(old: Any) -> Any:
        return Span(at(old.start_s), at(old.end_s))

    words = tuple(replace(w, start_s=at(w.start_s), end_s=at(w.end_s)) for w in said.words)
    turn = replace(turn, span=span(turn.span), speech=tuple(span(part) for part in turn.speech))
    return turn, replace(said, words=words)


def length_s(turn: Any) -> float:
    """Seconds of speech in a turn."""
    return float(sum(part.end_s - part.start_s for part in turn.speech))
