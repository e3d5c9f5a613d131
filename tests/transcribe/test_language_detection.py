"""Tests of the decision which language is spoken, on shares and certainties as models gave them."""

from __future__ import annotations

import pytest

from speechcx.call import UNDETERMINED
from speechcx.transcribe.language_detection import (
    LanguageTrial,
    Vote,
    find_rival,
    fits_partner,
    mean_share,
    settle,
    settle_change,
    sounds_foreign,
)


def test_clear_english_is_not_doubted() -> None:
    """With four fifths of the shares English has no rival, and nothing is written down twice."""
    assert find_rival([Vote(8.0, {"en": 0.85, "cy": 0.15})], "en") is None


def test_shares_count_by_the_speech_behind_them() -> None:
    """A second of doubtful speech does not outweigh half a minute of clear speech."""
    votes = [Vote(28.0, {"en": 0.95, "es": 0.02}), Vote(1.0, {"en": 0.01, "es": 0.95})]
    assert find_rival(votes, "en") is None
    assert 0.918 == pytest.approx(mean_share(votes, "en"), abs=0.001)


def test_a_rival_is_the_language_that_fits_all_of_the_speech() -> None:
    """What is likely in one chunk and impossible in another is no rival."""
    votes = [Vote(17.0, {"en": 0.02, "it": 0.63, "es": 0.3}), Vote(10.0, {"en": 0.08, "es": 0.62})]
    assert "es" == find_rival(votes, "en")


def test_noise_has_no_language() -> None:
    """Shares spread over many languages name none of them."""
    assert find_rival([Vote(9.0, {"en": 0.1, **{f"x{no}": 0.09 for no in range(10)}})], "en") is None


def test_a_model_of_one_language_names_no_rival() -> None:
    """Without shares there is nothing to doubt with."""
    assert find_rival([Vote(30.0, {})], "en") is None


def test_a_word_says_nothing_of_its_language() -> None:
    """Under a second of speech is in the language expected; under three much is asked of a rival."""
    assert find_rival([Vote(0.6, {"es": 0.99})], "en") is None
    assert find_rival([Vote(2.0, {"en": 0.1, "es": 0.7})], "en") is None
    assert "es" == find_rival([Vote(2.0, {"en": 0.02, "es": 0.9})], "en")


REAL_ENGLISH = [
    (7.1, "tr", 0.769, 0.004, -0.14, -0.41),
    (3.3, "ru", 0.637, 0.102, -0.25, -1.06),
    (3.0, "ru", 0.362, 0.194, -1.02, -1.25),
    (5.1, "ar", 0.307, 0.245, -0.52, -0.60),
    (6.7, "es", 0.245, 0.311, -0.54, -0.77),
    (6.9, "la", 0.201, 0.503, -0.27, -0.54),
    (7.1, "ms", 0.271, 0.519, -0.27, -0.89),
    (6.4, "ar", 0.232, 0.527, -0.14, -0.65),
    (6.3, "ur", 0.215, 0.683, -0.19, -0.46),
]
"""Seconds, rival, its share, the share of English, and log probabilities in English and in the rival: the most
doubtful of 368 real telephone sentences, as whisper-base heard them."""


@pytest.mark.parametrize(("speech_s", "rival", "share", "english", "before", "after"), REAL_ENGLISH)
def test_accented_english_stays_english(
    speech_s: float, rival: str, share: float, english: float, before: float, after: float
) -> None:
    """What a model writes down best in English is English, whatever the shares say."""
    votes = [Vote(speech_s, {"en": english, rival: share})]
    assert rival == find_rival(votes, "en")
    assert "en" == settle(votes, "en", rival, [LanguageTrial(speech_s, before, after, 0.1, 6)])


MADE_FOREIGN = [
    (7.5, "es", 0.632, 0.046, -0.77, -0.57),
    (7.0, "es", 0.493, 0.069, -1.27, -0.82),
    (26.6, "es", 0.974, 0.011, -0.81, -0.56),
    (23.4, "de", 0.269, 0.493, -0.57, -0.14),
    (25.4, "de", 0.956, 0.026, -1.02, -0.41),
    (17.1, "fr", 0.345, 0.160, -0.74, -0.48),
    (23.5, "fr", 0.968, 0.008, -0.79, -0.57),
]
"""The same of made speakers of other languages."""


@pytest.mark.parametrize(("speech_s", "rival", "share", "english", "before", "after"), MADE_FOREIGN)
def test_another_language_is_found(
    speech_s: float, rival: str, share: float, english: float, before: float, after: float
) -> None:
    """Shares and certainty together tell another language."""
    votes = [Vote(speech_s, {"en": english, rival: share})]
    assert rival == settle(votes, "en", rival, [LanguageTrial(speech_s, before, after, 0.2, 20)])


def test_a_language_the_model_hears_badly_is_left_open() -> None:
    """Poorly written in both languages, and English is not likely: nothing is claimed."""
    votes = [Vote(19.4, {"en": 0.526, "de": 0.184}), Vote(22.7, {"en": 0.093, "de": 0.432})]
    trials = [LanguageTrial(19.4, -0.92, -1.04, 0.36, 40), LanguageTrial(22.7, -0.93, -1.13, 0.42, 40)]
    assert UNDETERMINED == settle(votes, "en", "de", trials)


def test_the_same_holds_for_any_expected_language() -> None:
    """Where Spanish is expected, English is the rival."""
    votes = [Vote(20.0, {"en": 0.95, "es": 0.01})]
    assert "en" == find_rival(votes, "es")
    assert "en" == settle(votes, "es", "en", [LanguageTrial(20.0, -0.9, -0.3, 0.1, 40)])


def test_one_turn_of_a_german_speaker_does_not_become_english() -> None:
    """With a share of 0.34 a turn of a few seconds is in a language that cannot be told: no sentiment, no blame."""
    votes = [Vote(3.5, {"de": 0.155, "en": 0.338})]
    trials = [LanguageTrial(3.5, -1.17, -0.9, 0.49, 13)]
    assert "en" == settle(votes, "de", "en", trials)
    assert UNDETERMINED == settle_change(votes, "de", "en", trials)


def test_a_plain_change_of_language_is_believed() -> None:
    """Somebody who goes over to English is heard in English."""
    votes = [Vote(4.0, {"es": 0.03, "en": 0.93})]
    trials = [LanguageTrial(4.0, -1.1, -0.3, 0.1, 12)]
    assert "en" == settle_change(votes, "es", "en", trials)
    assert "es" == settle_change([Vote(4.0, {"es": 0.9})], "es", "en", trials[:0])


def test_a_voice_that_is_heard_badly_speaks_the_language_of_the_other() -> None:
    """Written down better in the language of the person it talks to, it is believed to speak that."""
    assert fits_partner([LanguageTrial(20.0, -1.0, -0.8, 0.1, 30)])
    assert not fits_partner([LanguageTrial(20.0, -1.0, -0.98, 0.1, 30)])
    assert not fits_partner([LanguageTrial(20.0, -1.0, -0.3, 0.1, 1)])


def test_nothing_written_is_no_evidence() -> None:
    """A rival in which hardly a word comes out is not believed."""
    votes = [Vote(8.0, {"en": 0.1, "ja": 0.8})]
    assert "en" == settle(votes, "en", "ja", [LanguageTrial(8.0, -0.9, -0.2, 0.1, 1)])


@pytest.mark.parametrize(
    ("speech_s", "logprob", "no_speech", "is_loop", "foreign"),
    [
        (9.0, -0.25, 0.03, False, False),
        (60.0, -0.79, 0.02, False, False),
        (20.0, -0.41, 0.48, False, False),
        (16.6, -1.23, 0.55, False, True),
        (16.4, -0.21, 0.74, True, True),
        (3.0, -2.00, 0.90, False, False),
    ],
)
def test_an_english_model_doubts_what_it_hears_badly(
    speech_s: float, logprob: float, no_speech: float, is_loop: bool, foreign: bool
) -> None:
    """Improbable words over sound that hardly is speech to it, or a loop over such: no English."""
    assert foreign == sounds_foreign(speech_s, logprob, no_speech, is_loop=is_loop)
