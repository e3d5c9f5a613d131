"""What of a call was recorded: channels that went dead, one leg only, an opening or a closing that is not there.

A rule that found nothing may say "absent" only of what could be heard. A dead channel shows in the samples: even
a quiet line has noise, a channel without a signal is constant. Whether a recording begins with the call's
beginning shows in its first words, and whether it ends with its end in the last ones: a greeting, a farewell.
Where nobody greets and nobody takes leave, the recording may have been cut, and nobody is blamed for it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from speechcx.call import Audio, Span, Speech, Turn, Unheard, Utterance
from speechcx.turns.spans import runs_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

FRAME_S = 0.05
"""Samples are looked at in frames of this length."""

CONSTANT_RANGE = 4
"""Largest difference of two samples (of 65,536 steps) in a frame without a signal: codecs leave a step or two."""

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

LONG_LINE_S = 4.0
"""A line without speech this long before the first turn is that of a call which begins."""

LINE_S = 0.8
"""So long a line without speech before the first turn is no pause inside a turn."""

HANG_UP_S = 0.8
"""Where only one party took leave, so much silence must follow before the other is known to have said nothing."""

READ_LANGUAGES = frozenset({"en", "es", "de", "fr"})
"""Languages whose greetings and farewells are known here."""

_GREETING = re.compile(
    r"\b(hello|hi|hey|good (morning|afternoon|evening|day)|"
    r"(thanks|thank you) for (calling|contacting|choosing|your call)|welcome to|"
    r"hola|buen[oa]s (dias|tardes|noches)|gracias por (llamar|su llamada)|"
    r"guten (tag|morgen|abend)|hallo|gruss gott|bonjour|bonsoir|allo|merci (de|pour) votre appel)\b"
)
_SERVICE = re.compile(
    r"\b((thanks|thank you) for (calling|contacting|choosing|your call)|welcome to|how (can|may) (i|we)|"
    r"what can (i|we)|what's going on|"
    r"speaking|recorded|calling from|(may|can|could) i speak (to|with)|"
    r"(am i|are you) speaking (to|with)|this is \w+ (\w+ )?(from|with|at|in|calling)|my name|my name's|"
    r"en que (puedo|podemos|le)|mi nombre|gracias por (llamar|su llamada)|le atiende|"
    r"(wie|womit|was) (kann|darf) ich|mein name|danke? fur (ihren|deinen) anruf|dank fur ihren anruf|"
    r"puis je|je peux vous|je m'appelle|merci (de|pour) votre appel)\b"
)
_GOES_ON = re.compile(r"\b(thanks|thank you) for (waiting|holding|your patience)|\bstill there\b")
_THANKS = re.compile(r"\b(thanks|thank you) for (calling|your call|contacting)\b")
_LAST_THANKS = re.compile(r"\b(thank you|thanks|cheers|gracias|danke|merci)\b")
_FAREWELL = re.compile(
    r"\b(bye|goodbye|good night|take care|that (is|was) (all|it|everything)|that's (all|it|everything)|"
    r"have (a|an) (\w+ )?(day|one|evening|weekend|afternoon|night|rest|time)|"
    r"(enjoy|have) (the rest of )?your (day|evening|weekend|afternoon)|talk to you (later|soon)|"
    r"adios|hasta (luego|pronto)|(buen dia|buena tarde|buenas noches)|"
    r"(auf )?wieder(horen|sehen)|tschuss|schonen (tag|abend|nachmittag)|"
    r"au revoir|bonne (journee|soiree|fin de journee))\b"
)


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
    dead = frames.max(axis=1).astype(np.int32) - frames.min(axis=1) <= CONSTANT_RANGE
    if dead.all():
        return []
    step_s, length_s = width / rate_hz, samples.size / rate_hz
    runs = [
        Span(first * step_s, length_s if last == count else last * step_s) for first, last in runs_of(dead)
    ]
    found = []
    for run in runs:
        others = [each.duration_s for each in runs if each is not run and each.duration_s >= GATED_RUN_S]
        at_edge = run.start_s == 0 or run.end_s == length_s
        if len(others) < GATED_RUNS:
            is_lost = run.duration_s >= (EDGE_S if at_edge else INSIDE_S)
        else:
            is_lost = at_edge and run.duration_s >= max(GATED_EDGE_S, GATED_FACTOR * max(others))
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
    flags = set() if _is_opening(worded, speech.hold) else {"opening_missing"}
    leaving = {
        turn.speaker
        for no, (turn, text) in enumerate(worded)
        if no >= len(worded) - CLOSING_TURNS
        and (_FAREWELL.search(text) or (no >= OPENING_TURNS and _THANKS.search(text)))
    }
    last = worded[-1][1]
    # Two words of thanks may be for an answer; a sentence of thanks that nobody answers is an end.
    if len(worded) >= OPENING_TURNS and len(last.split()) > MIN_THANKS_WORDS and _LAST_THANKS.search(last):
        leaving.add(worded[-1][0].speaker)
    everybody = {turn.speaker for turn, _ in worded}
    rest_s = duration_s - max(turn.span.end_s for turn, _ in worded)
    if not leaving or (leaving != everybody and rest_s < HANG_UP_S):
        flags.add("closing_missing")
    return flags


def _is_opening(worded: Sequence[tuple[Turn, str]], hold: Sequence[Span]) -> bool:
    """Whether a recording's first turns are those of a call.

    The first must neither go on with what was before nor take leave. It opens a call by an introduction, an
    offer of help or a notice, with a line without speech or a greeting before that; or by a greeting that is
    answered with one of these. A greeting alone may answer one that was not recorded.
    """
    first, text = worded[0]
    if _GOES_ON.search(text) or _FAREWELL.search(text):
        return False
    held = any(span.start_s < first.span.start_s for span in hold)
    if first.span.start_s >= LONG_LINE_S and not held:
        return True
    greets = bool(_GREETING.search(" ".join(text.split()[:GREETING_WORDS])))
    if _SERVICE.search(" ".join(text.split()[:SERVICE_WORDS])):
        return greets or first.span.start_s >= LINE_S
    answer = next((said for turn, said in worded[1:OPENING_TURNS] if turn.speaker != first.speaker), "")
    return greets and bool(_SERVICE.search(answer)) and not _GOES_ON.search(answer)


def plain_words(text: str) -> str:
    """Lower-case words without accents and marks, apostrophes kept."""
    letters = unicodedata.normalize("NFKD", text.casefold().replace("’", "'"))
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(re.findall(r"[\w']+", plain))
