"""What each quality flag of a recording says, in a sentence for people.

One list for the terminal, pages, JSON and the packet of evidence. docs/recordings.md says more of each.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from speechcx.call.languages import LANGUAGES

SENTENCES: Mapping[str, str] = {
    "another_voice": "a third voice speaks over the other party in one channel; it counts as nobody's words",
    "background_voice": "somebody speaks in the background of a channel; it counts as nobody's words",
    "channel_died": "one channel holds no signal for a part of the call; nothing was heard of it there",
    "channel_late": "the two channels were recorded apart, one of them late; they were moved to fit",
    "clipped": "the sound of a speaker is cut off at full scale, so that loudness is not right",
    "closing_missing": "it does not end as calls do; what was said at the end was not heard",
    "crosstalk": "one channel leaks into the other; the copy was left out",
    "damaged": "parts of the file could not be read; they count as silence",
    "dual_mono": "both channels hold the same sound; it was heard as one",
    "gaps": "the file leaves out stretches of time; they count as silence",
    "joined": "several recordings stand one behind the other in the file; all were read in order",
    "language_unsure": "the language of a speaker could not be told",
    "length_unverified": "the file does not say how long it is, so that a missing end would not be seen",
    "longer_than_declared": "the file holds more sound than its header says; everything was read",
    "loose_end": "bytes behind the sound could not be read; the end counts as not heard",
    "low_level": "a speaker is very soft, so that words may be missed",
    "mixed_channel": "one of three or more channels only mixes or repeats the others; it was left out",
    "more_streams": "the file holds several recordings side by side; only the first was read",
    "music": "hold music was found; it counts as hold",
    "no_person": "the only person speaks after a machine, as on a voicemail",
    "noisy": "there is much noise under a speaker, so that words may be missed",
    "one_leg": "only one speaker is heard in the whole call",
    "one_sided": "only one channel holds speech",
    "open_length": "the recorder never wrote the length, as after a crash; everything was read",
    "opening_missing": "nothing shows that it begins where the call began; the opening counts as not heard",
    "partly_mixed": "for a part of the call both channels hold both parties; there the voices were told apart by sound",
    "timing_unsure": "by how much one channel is late is not known; interruptions and silences were not measured",
    "too_short": "it is too short to judge",
    "truncated": "it ends earlier than it says; the end counts as not heard",
    "word_times_shared": "the model does not tell when each word was said; times inside a turn are guesses",
}
"""By the flag's name; ``language:es`` and its like are made by :func:`tell_flag`."""


def tell_flag(flag: str) -> str:
    """A quality flag as a sentence without its full stop.

    Raises
    ------
    KeyError
        No such flag is ever set.

    Examples
    --------
    >>> tell_flag("one_leg")
    'only one speaker is heard in the whole call'
    >>> tell_flag("language:es")
    'somebody speaks Spanish where another language is expected'
    """
    name, _, code = flag.partition(":")
    if name == "language" and code:
        return f"somebody speaks {LANGUAGES.get(code, code)} where another language is expected"
    return SENTENCES[flag]


def tell_flags(flags: Iterable[str]) -> dict[str, str]:
    """Each flag with its sentence, in the order given; one of an older version says only its name."""
    return {flag: tell_flag(flag) if _is_known(flag) else flag.replace("_", " ") for flag in flags}


def _is_known(flag: str) -> bool:
    return flag in SENTENCES or flag.startswith("language:")
