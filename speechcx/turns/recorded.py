"""What of a call was recorded: channels that went dead, one leg only, an opening or a closing that is not there.

A rule that found nothing may say "absent" only of what could be heard. A dead channel shows in the samples: even
a quiet line has noise, a channel without a signal is constant. Whether a recording begins with the call's
beginning shows in its first words, and whether it ends with its end in the last ones: a greeting, a farewell.
Where nobody greets and nobody takes leave, the recording may have been cut, and nobody is blamed for it.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from speechcx.call import Audio, Span, Speech, Turn, Unheard, Utterance
from speechcx.call.courtesies import (
    FAREWELLS,
    GREETINGS,
    THANKS_FOR_CALLING,
    THANKS_FOR_WAITING,
    any_of,
)
from speechcx.call.spans import join_spans
from speechcx.turns.speech_spans import runs_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

FRAME_S = 0.05
"""Samples are looked at in frames of this length."""

CONSTANT_RANGE = 4
"""Largest difference of two samples (of 65,536 steps) in a frame without a signal: codecs leave a step or two."""

NOISE_RANGE = 12
"""Where a channel's quietest tenth of other frames keeps under this, its pauses are nearly as still as a dead line."""

EDGE_S = 0.5
INSIDE_S = 1.0
"""Shortest dead stretch at the start or end of a channel, and inside it."""

GATED_RUNS = 2
GATED_RUN_S = 0.3
"""A channel with so many dead stretches of this length and more is silent between words by its recorder's doing."""

GATED_EDGE_S = 10.0
GATED_FACTOR = 1.5
"""Of such a channel only an end this long, and so much longer than any other dead stretch, was not recorded."""

SHORT_CALL_S = 5.0
SHORT_SPEECH_S = 2.0
"""A recording, or the speech in it, that is shorter holds no call to judge."""

OPENING_TURNS = 3
CLOSING_TURNS = 4
"""Turns at the start and the end that may open and close a call."""

GREETING_WORDS = 8
"""A greeting stands within this many words of the first turn: a company name may come first."""

MIN_THANKS_WORDS = 3
"""Thanks of no more words may go on."""

SERVICE_WORDS = 25
"""An introduction, an offer or a notice stands in so many first words of a turn."""

SHORT_WORDS = 4
"""A greeting of no more words is that of somebody who picks up or is put through, not a caller's introduction."""

LONG_LINE_S, LONG_LINE_FACTOR = 4.0, 1.5
"""A line without speech this long before a short first turn, and so much longer than any silence after it, is that
of a call which begins."""

TOGETHER_S = 0.3
"""Two who begin to speak within this time begin at once."""

LINE_S = 0.8
"""So long a line without speech before the first turn is no pause inside a turn."""

ANNOUNCED_S = 1.0
"""A machine that speaks for so long before anybody else does so at the start of a call."""

CUT_OFF_S, LAST_WORDS = 0.1, 4
"""Speech that ends so near to the recording's end may have gone on, unless one of its last words is a farewell."""

HANG_UP_S = 0.8
"""Where only one party took leave, so much silence must follow before the other is known to have said nothing."""

READ_LANGUAGES = frozenset(FAREWELLS)
"""Languages whose greetings and farewells are known here."""

_GREETING = re.compile(rf"\b({any_of(GREETINGS)}|{any_of(THANKS_FOR_CALLING)}|welcome to)\b")
_SERVICE = re.compile(
    rf"\b({any_of(THANKS_FOR_CALLING)}|welcome to|how (can|may) (i|we)|"
    r"what can (i|we)|what's going on|"
    r"speaking|recorded|calling from|(may|can|could) i speak (to|with)|"
    r"(am i|are you) speaking (to|with)|this is \w+ (\w+ )?(from|with|at|in|calling)|"
    r"en que (puedo|podemos|le)|le atiende|(wie|womit|was) (kann|darf) ich|puis je|je peux vous)\b"
)
_NAME = re.compile(r"\b(my name|mi nombre|mein name|je m'appelle)\b")
_GOES_ON = re.compile(
    rf"\b{THANKS_FOR_WAITING}|\b(still|anybody|anyone|somebody|someone|you) there\b|"
    r"\b(hear me|i'm (still )?here)\b"
)
_THANKS = re.compile(r"\b(thanks|thank you) for (calling|your call|contacting)\b")
_LAST_THANKS = re.compile(r"\b(thank you|thanks|cheers|gracias|danke|merci)\b")
_FAREWELL = re.compile(rf"\b({any_of(FAREWELLS)})\b")


def find_unheard(audio: Audio) -> tuple[Unheard, ...]:
    """Stretches in which a channel holds no signal although it does elsewhere, by channel and time."""
    return tuple(
        Unheard(channel, span)
        for channel in range(audio.samples.shape[0])
        for span in _dead_spans(audio.samples[channel], audio.rate_hz)
    )


def _dead_spans(samples: NDArray[np.int16], rate_hz: int) -> list[Span]:
    width = max(1, round(FRAME_S * rate_hz))
    count = samples.size // width
    if not count:
        return []
    frames = samples[: count * width].reshape(count, width)
    ranges = frames.max(axis=1).astype(np.int32) - frames.min(axis=1)
    dead = ranges <= CONSTANT_RANGE
    if dead.all():
        return []
    is_still = float(np.percentile(ranges[~dead], 10)) < NOISE_RANGE
    step_s, length_s = width / rate_hz, samples.size / rate_hz
    runs = [
        Span(first * step_s, length_s if last == count else last * step_s) for first, last in runs_of(dead)
    ]
    found = []
    for run in runs:
        others = [each.duration_s for each in runs if each is not run and each.duration_s >= GATED_RUN_S]
        at_edge = run.start_s == 0 or run.end_s == length_s
        if len(others) < GATED_RUNS and not is_still:
            is_lost = run.duration_s >= (EDGE_S if at_edge else INSIDE_S)
        else:
            longest_s = max(others, default=0.0)
            is_lost = at_edge and run.duration_s >= max(GATED_EDGE_S, GATED_FACTOR * longest_s)
        if is_lost:
            found.append(run)
    return found


def mark_unheard(audio: Audio, speech: Speech, utterances: Sequence[Utterance]) -> Speech:
    """The same speech with the stretches and flags of what was not recorded.

    Parameters
    ----------
    audio
        Decoded sound.
    speech, utterances
        Turns and their words, machines taken out.

    Returns
    -------
    Speech
        With ``unheard``, and of the flags ``channel_died``, ``too_short``, ``no_person``, ``one_leg``,
        ``opening_missing`` and ``closing_missing`` those that hold.
    """
    unheard = find_unheard(audio) if speech.split == "channels" else ()
    flags = {*speech.flags, *(stretch.why for stretch in unheard)}
    spoken_s = sum(stretch.duration_s for turn in speech.turns for stretch in turn.speech)
    if audio.duration_s < SHORT_CALL_S or spoken_s < SHORT_SPEECH_S:
        flags.add("too_short")
    elif len({turn.speaker for turn in speech.turns}) == 1:
        flags.add("no_person" if speech.ivr and _is_machine_call(speech) else "one_leg")
    if speech.turns and _is_read(utterances):
        flags.update(_cut_flags(audio.duration_s, speech, utterances))
    return replace(speech, unheard=tuple(sorted((*speech.unheard, *unheard))), flags=tuple(sorted(flags)))


def _is_machine_call(speech: Speech) -> bool:
    """Whether the only person speaks after a machine: a message left, or a menu that nobody took over from."""
    return any(span.duration_s >= 1.0 for span in speech.ivr)


def _is_read(utterances: Sequence[Utterance]) -> bool:
    """Whether there are words, and all in languages whose greetings are known."""
    spoken = {said.language for said in utterances if said.words}
    return bool(spoken) and spoken <= READ_LANGUAGES


def _cut_flags(duration_s: float, speech: Speech, utterances: Sequence[Utterance]) -> set[str]:
    worded = [(turn, plain_words(utterances[turn.no].text)) for turn in speech.turns]
    worded = [(turn, text) for turn, text in worded if text]
    flags = set() if _is_opening(worded, speech) else {"opening_missing"}
    return flags if _is_closing(worded, duration_s) else flags | {"closing_missing"}


def _is_closing(worded: Sequence[tuple[Turn, str]], duration_s: float) -> bool:
    """Whether a recording's last turns are those of a call: both parties take leave, or one does and nobody answers.

    A sentence that runs into the end of the recording may have been cut, unless it ends with a farewell.
    """
    leaving = {
        turn.speaker
        for no, (turn, text) in enumerate(worded)
        if no >= len(worded) - CLOSING_TURNS
        and (_FAREWELL.search(text) or (no >= OPENING_TURNS and _THANKS.search(text)))
    }
    last = worded[-1][1]
    everybody = {turn.speaker for turn, _ in worded}
    rest_s = duration_s - max(turn.span.end_s for turn, _ in worded)
    # Two words of thanks may be for an answer; a sentence of thanks that nobody answers is an end.
    is_thanked = len(last.split()) > MIN_THANKS_WORDS and bool(_LAST_THANKS.search(last))
    if len(worded) >= OPENING_TURNS and is_thanked and rest_s >= HANG_UP_S:
        leaving.add(worded[-1][0].speaker)
    if rest_s < CUT_OFF_S and not _FAREWELL.search(" ".join(last.split()[-LAST_WORDS:])):
        return False
    return bool(leaving) and (leaving == everybody or rest_s >= HANG_UP_S)


def _is_opening(worded: Sequence[tuple[Turn, str]], speech: Speech) -> bool:
    """Whether a recording's first turns are those of a call.

    The first must neither go on with what was before nor take leave. What comes before it may show the beginning:
    ringing, an announcement, a long quiet line before a short turn. Else the turn opens a call by an offer of help,
    a notice or the name of a company, with a greeting or a quiet line before it; by a short greeting, answered with
    one of these or after a quiet line; or, after a quiet line, by greetings of both parties, since people greet
    once. Any other greeting may answer one that was not recorded.
    """
    starts_s = [turn.span.start_s for turn, _ in worded[:2]]
    if len(worded) > 1 and starts_s[1] - starts_s[0] < TOGETHER_S <= starts_s[0]:
        # Two who begin at once: either may be the first.
        return any(_opens(order, speech) for order in (worded, [worded[1], worded[0], *worded[2:]]))
    return _opens(worded, speech)


def _opens(worded: Sequence[tuple[Turn, str]], speech: Speech) -> bool:
    """Whether turns in this order begin a call; see :func:`_is_opening`."""
    first, text = worded[0]
    answer = next((said for turn, said in worded[1:OPENING_TURNS] if turn.speaker != first.speaker), "")
    if _GOES_ON.search(text) or _FAREWELL.search(text):
        return False
    begins = _has_greeting(text)
    is_short = len(text.split()) <= SHORT_WORDS
    if _is_connected(first.span.start_s, speech):
        return True
    if is_short and first.span.start_s >= max(LONG_LINE_S, LONG_LINE_FACTOR * _longest_silence(speech)):
        return True
    waited = first.span.start_s >= LINE_S
    if _SERVICE.search(" ".join(text.split()[:SERVICE_WORDS])):
        return begins or waited
    if _GOES_ON.search(answer) or _FAREWELL.search(answer):
        return False
    if begins and is_short:
        return waited or bool(_SERVICE.search(answer) or _NAME.search(answer))
    return waited and _has_greeting(answer)


def _is_connected(start_s: float, speech: Speech) -> bool:
    """Whether the call is seen to be put through before the first words at `start_s`."""
    held = [span for span in speech.hold if span.start_s < start_s]
    if any(span.duration_s >= ANNOUNCED_S and span.end_s <= start_s for span in speech.ivr):
        return True
    # Hold without music is ringing or another tone of the line.
    return bool(held) and "music" not in speech.flags


def _longest_silence(speech: Speech) -> float:
    """The longest time between turns; infinite where only one party is heard, whose pauses are the other's words."""
    if len({turn.speaker for turn in speech.turns}) < 2:
        return math.inf
    heard = join_spans((*(turn.span for turn in speech.turns), *speech.hold, *speech.ivr))
    return max((after.start_s - before.end_s for before, after in pairwise(heard)), default=0.0)


def _has_greeting(text: str) -> bool:
    return bool(_GREETING.search(" ".join(text.split()[:GREETING_WORDS])))


def plain_words(text: str) -> str:
    """Lower-case words without accents and marks, apostrophes kept."""
    letters = unicodedata.normalize("NFKD", text.casefold().replace("’", "'"))
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(re.findall(r"[\w']+", plain))
