"""Which language is spoken: the model's own shares over a speaker's whole speech, and what it writes under each.

The shares Whisper gives to its languages are right over a minute and often wrong over one sentence: of 368
real telephone sentences of 3 to 10 s in accented English, seven looked most like another language. So the
shares only name a rival. It is believed where the model also writes the same sound down with more certainty
in the rival's language than in the expected one: of those seven sentences that held for none.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from speechcx.call import UNDETERMINED

SURELY_EXPECTED = 0.8
"""With this mean share, the expected language is not doubted."""

MIN_RIVAL = 0.15
"""Less than this mean share is no sign of a language, but of noise."""

MIN_S = 1.0
"""Less speech than this says nothing of its language."""

SHORT_S = 3.0
SHORT_RIVAL = 0.8
SHORT_GAIN = 0.2
"""Under three seconds of speech, another language needs this share and this gain."""

MIN_GAIN = 0.05
GAIN_WEIGHT = 6.0
MIN_SCORE = 1.0
"""A rival is believed from this gain (in mean log probability of a token) and this score: the log ratio of the
shares plus the weighted gain. Real English sentences that were looked at because of their shares scored -0.3 at
most; made Spanish, German and French speakers mostly 2 to 6."""

UNSURE_SCORE = 0.0
UNSURE_GAIN = -0.1
"""From this score and gain on nothing is certain, where the expected language's share is small too."""

POOR = -1.0
POOR_S = 6.0
"""So much speech, written down in the expected language with no more log probability less probability of no
speech: it is in a language that the model hears badly. Real English sentences had -0.1 to -0.8."""

UNSURE_EXPECTED = 0.6
"""Over this mean share of the expected language nothing is called unsure."""

LONG_S = 10.0
LONG_EXPECTED = 0.5
"""Over so much speech a mean share under this is never the expected language alone: real English speakers had 0.71
and more over 10 s, and 0.93 and more over a call."""

ENGLISH_ONLY_S = 4.0
ENGLISH_ONLY_SCORE = -1.1
ENGLISH_ONLY_LOOP = 0.4
"""Of an English-only model: so much speech, and log probability less probability of no speech. With tiny.en the
score of 43 real English sentences was -0.05 to -0.81, of 27 made speakers of other languages -0.95 to -3.2, where
those over -1.1 were loops."""

LOOP_LOGPROB = -1.0
"""A loop is written with great certainty, which says nothing: it counts as no more than this."""

MIN_WORDS = 3
"""Fewer words written in a rival's language are no evidence of it."""

CHANGE_RIVAL = 0.6
"""A few seconds in which somebody changes the language are in the new one from this mean share on, else in a language
that could not be told: of a German speaker's one turn of 3.5 s looked English with 0.34."""

_FLOOR = 0.002
"""No single chunk rules a language out."""


@dataclass(frozen=True, slots=True)
class Vote:
    """What one chunk of a speaker's sound says of its language.

    Parameters
    ----------
    speech_s
        Seconds of speech in it.
    shares
        Probability of each language by its ISO 639-1 code; empty from a model that knows only one.
    """

    speech_s: float
    shares: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class LanguageTrial:
    """The same sound written down in two languages.

    Parameters
    ----------
    speech_s
        Seconds of speech in it.
    expected_logprob, rival_logprob
        Mean log probability of a token in each.
    no_speech
        Probability of no speech, 0 to 1.
    words
        Words written in the rival's language.
    """

    speech_s: float
    expected_logprob: float
    rival_logprob: float
    no_speech: float
    words: int


def mean_share(votes: Sequence[Vote], language: str) -> float:
    """Mean share of a language, 0 to 1, weighted with the speech; 0 without speech."""
    total_s = sum(vote.speech_s for vote in votes)
    shares = (vote.speech_s * vote.shares.get(language, 0.0) for vote in votes)
    return sum(shares) / total_s if total_s else 0.0


def find_rival(votes: Sequence[Vote], expected: str) -> str | None:
    """The language that may be spoken in place of the expected one; None where there is no cause for doubt.

    Parameters
    ----------
    votes
        Of all chunks of one speaker, or of one chunk.
    expected
        ISO 639-1 code.
    """
    total_s = sum(vote.speech_s for vote in votes)
    languages = {language for vote in votes for language in vote.shares} - {expected}
    if total_s < MIN_S or not languages or mean_share(votes, expected) >= SURELY_EXPECTED:
        return None

    def evidence(language: str) -> float:
        return sum(vote.speech_s * math.log(max(vote.shares.get(language, 0.0), _FLOOR)) for vote in votes)

    rival = max(sorted(languages), key=evidence)
    least = MIN_RIVAL if total_s >= SHORT_S else SHORT_RIVAL
    return rival if mean_share(votes, rival) >= least else None


def settle(votes: Sequence[Vote], expected: str, rival: str, trials: Sequence[LanguageTrial]) -> str:
    """The language spoken: the expected one, its rival, or :data:`UNDETERMINED`.

    Parameters
    ----------
    votes, expected, rival
        As for :func:`find_rival`, and its answer.
    trials
        Of the chunks with most speech.
    """
    total_s = sum(trial.speech_s for trial in trials)
    if not total_s or sum(trial.words for trial in trials) < MIN_WORDS:
        return expected
    before, gain = _gain(trials)
    no_speech = sum(trial.speech_s * trial.no_speech for trial in trials) / total_s
    speech_s = sum(vote.speech_s for vote in votes)
    share = mean_share(votes, expected)
    score = math.log(max(mean_share(votes, rival), _FLOOR) / max(share, _FLOOR)) + GAIN_WEIGHT * gain
    if score >= MIN_SCORE and gain >= (MIN_GAIN if speech_s >= SHORT_S else SHORT_GAIN):
        return rival
    is_even = speech_s >= SHORT_S and score >= UNSURE_SCORE and gain >= UNSURE_GAIN
    is_poor = speech_s >= POOR_S and before - no_speech <= POOR
    is_unlikely = speech_s >= LONG_S and share < LONG_EXPECTED
    return UNDETERMINED if is_unlikely or (share < UNSURE_EXPECTED and (is_even or is_poor)) else expected


def settle_change(votes: Sequence[Vote], spoken: str, rival: str, trials: Sequence[LanguageTrial]) -> str:
    """The language of a stretch of somebody who otherwise speaks `spoken`; as :func:`settle` does."""
    found = settle(votes, spoken, rival, trials)
    is_sure = found != rival or mean_share(votes, rival) >= CHANGE_RIVAL
    return found if is_sure else UNDETERMINED


def fits_partner(trials: Sequence[LanguageTrial]) -> bool:
    """Whether a voice whose language could not be told is written down better in that of the person it talks to.

    Parameters
    ----------
    trials
        The other's language as the rival.
    """
    return sum(trial.words for trial in trials) >= MIN_WORDS and _gain(trials)[1] >= MIN_GAIN


def _gain(trials: Sequence[LanguageTrial]) -> tuple[float, float]:
    """Mean log probability in the expected language, and how much more it is in the rival's."""
    total_s = sum(trial.speech_s for trial in trials)
    before = sum(trial.speech_s * trial.expected_logprob for trial in trials) / total_s
    return before, sum(trial.speech_s * trial.rival_logprob for trial in trials) / total_s - before


def sounds_foreign(speech_s: float, logprob: float, no_speech: float, *, is_loop: bool) -> bool:
    """Whether speech does not sound like English to a model that knows nothing else.

    Parameters
    ----------
    speech_s
        Seconds of speech in the channel.
    logprob
        Mean log probability of a token over it.
    no_speech
        Mean probability of no speech over it, 0 to 1: high where speech is heard that makes no words.
    is_loop
        Whether most of what was written repeats itself.
    """
    if speech_s < ENGLISH_ONLY_S:
        return False
    return logprob - no_speech <= ENGLISH_ONLY_SCORE or (is_loop and no_speech >= ENGLISH_ONLY_LOOP)
