"""The door of the room: turns in, utterances out, with a recogniser whose words are known."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from speechcx.call import Recording, Span, Speech, Turn, Unheard, Utterance, Word
from speechcx.errors import ConfigError
from speechcx.transcribe import (
    ChannelVoice,
    Dropped,
    Hints,
    LanguageStretch,
    RecognisedChannel,
    TranscribeSettings,
    find_language_flags,
    language_of,
    load_recognizer,
    transcribe,
)
from speechcx.waveform import Sound
from tests.factories import make_recording, make_turn
from tests.synth import audio_of, silence, tone

SETTINGS = TranscribeSettings()
RECORDING = make_recording()


@dataclass
class Fixed:
    """Gives the same words for each channel, and remembers what it was given."""

    said: dict[int, tuple[Word, ...]]
    language: str = "en"
    dropped: tuple[Dropped, ...] = ()
    asked: list[tuple[int, int, tuple[Span, ...], Hints]] = field(default_factory=list)
    first_heard: np.ndarray | None = None
    name: str = "fixed"
    digest: str = "0" * 16

    def recognize(
        self,
        samples: Sound,
        speech: tuple[Span, ...],
        *,
        hints: Hints,
        recording: Recording,
        channel: int,
    ) -> RecognisedChannel:
        """The words of the channel."""
        assert samples[:10].dtype == np.asarray(samples).dtype == np.float32
        self.first_heard = np.asarray(samples) if self.first_heard is None else self.first_heard
        self.asked.append((channel, samples.size, speech, hints))
        return RecognisedChannel(self.said.get(channel, ()), self.language, self.dropped)


def two_channels(seconds: float = 10.0) -> np.ndarray:
    return np.stack([tone(200, seconds), silence(seconds)])


def speech_of(*turns: Turn) -> Speech:
    return Speech("channels", ("ch0", "ch1"), turns)


SPEECH = speech_of(
    make_turn(0, "ch0", 1.0, 3.0), make_turn(1, "ch1", 3.5, 4.0), make_turn(2, "ch0", 5.0, 6.0)
)


def test_one_utterance_for_each_turn() -> None:
    """Words land in the turn of their channel, and a turn without words has an empty utterance."""
    engine = Fixed(
        {0: (Word("Hello", 1.1, 1.5, 0.8), Word("there", 1.5, 2.0, 0.6)), 1: (Word("Hi", 3.6, 3.9, 0.9),)}
    )
    said = transcribe(audio_of(two_channels()), SPEECH, RECORDING, engine, SETTINGS)
    assert [(0, "Hello there"), (1, "Hi"), (2, "")] == [(each.no, each.text) for each in said]
    assert [pytest.approx(0.7), 0.9, None] == [each.confidence for each in said]


def test_the_same_moment_in_two_channels() -> None:
    """Two people who speak at once do not get each other's words."""
    both = speech_of(make_turn(0, "ch0", 1.0, 3.0), make_turn(1, "ch1", 1.0, 3.0))
    engine = Fixed({0: (Word("mine", 1.5, 2.0, 0.9),), 1: (Word("yours", 1.5, 2.0, 0.9),)})
    said = transcribe(audio_of(two_channels()), both, RECORDING, engine, SETTINGS)
    assert ["mine", "yours"] == [each.text for each in said]


def test_the_engine_hears_sixteen_kilohertz_and_the_speech() -> None:
    """Each channel is given once, at 16 kHz, with the stretches of speech of its turns alone."""
    engine = Fixed({})
    transcribe(audio_of(two_channels()), SPEECH, RECORDING, engine, SETTINGS)
    assert [
        (0, 160_000, (Span(1.0, 3.0), Span(5.0, 6.0))),
        (1, 160_000, (Span(3.5, 4.0),)),
    ] == [asked[:3] for asked in engine.asked]


def test_two_voices_in_one_channel_are_heard_once() -> None:
    """Overlapping turns of two voices in one channel make one stretch for the engine."""
    mono = Speech("diarized", ("s0", "s1"), (make_turn(0, "s0", 1.0, 3.0), make_turn(1, "s1", 2.0, 4.0)))
    engine = Fixed({0: (Word("a", 1.2, 1.4, 0.9), Word("b", 3.2, 3.6, 0.9))})
    said = transcribe(audio_of(tone(200, 5.0)), mono, RECORDING, engine, SETTINGS)
    assert [(Span(1.0, 4.0),)] == [asked[2] for asked in engine.asked]
    assert ["a", "b"] == [each.text for each in said]


def test_hold_music_is_not_listened_to() -> None:
    """A stretch that belongs to no turn is not given to the engine."""
    speech = replace(SPEECH, hold=(Span(7.0, 9.0),))
    engine = Fixed({})
    transcribe(audio_of(two_channels()), speech, RECORDING, engine, SETTINGS)
    assert all(span.end_s <= 6.0 for asked in engine.asked for span in asked[2])


def test_words_of_hold_announcements_are_left_out() -> None:
    """A word in the music right after a turn is not the speaker's; one spoken over the music is."""
    speech = replace(SPEECH, hold=(Span(3.0, 4.5),), ivr=(Span(6.0, 7.0),))
    said = {
        0: (Word("wait", 2.5, 2.9, 0.9), Word("your", 3.1, 3.3, 0.9), Word("press", 6.1, 6.3, 0.9)),
        1: (Word("hmm", 3.6, 3.9, 0.9),),
    }
    found = transcribe(audio_of(two_channels()), speech, RECORDING, Fixed(said), SETTINGS)
    assert ["wait", "hmm", ""] == [each.text for each in found]


def test_a_silent_call_asks_nothing() -> None:
    """Without turns there is nothing to recognise."""
    engine = Fixed({})
    assert () == transcribe(audio_of(two_channels()), speech_of(), RECORDING, engine, SETTINGS)
    assert [] == engine.asked


def test_each_channel_has_a_language_of_its_own() -> None:
    """English is expected of each channel with speech enough to tell, whatever the other one speaks."""
    speech = speech_of(make_turn(0, "ch0", 1.0, 5.0), make_turn(1, "ch1", 2.0, 8.0))
    engine = Fixed({}, language="de")
    said = transcribe(audio_of(two_channels()), speech, RECORDING, engine, TranscribeSettings())
    assert [(1, "en"), (0, "en")] == [(asked[0], asked[3].language) for asked in engine.asked]
    assert ["de", "de"] == [each.language for each in said]


def test_a_word_or_two_are_taken_to_be_in_the_language_of_the_other_channel() -> None:
    """Half a second of speech does not tell its language: what the call's main speaker uses is expected."""
    speech = speech_of(make_turn(0, "ch0", 1.0, 1.5), make_turn(1, "ch1", 2.0, 8.0))
    engine = Fixed({}, language="de")
    transcribe(audio_of(two_channels()), speech, RECORDING, engine, TranscribeSettings())
    assert [(1, "en"), (0, "de")] == [(asked[0], asked[3].language) for asked in engine.asked]


def test_a_turn_has_the_language_of_the_stretch_it_lies_in() -> None:
    """Who changes the language in the middle of a call has turns in both."""
    heard = RecognisedChannel((), "en", stretches=(LanguageStretch(Span(4.0, 8.0), "es"),))
    assert ["en", "es", "en"] == [
        language_of(Span(*times), heard) for times in ((0.0, 3.0), (5.0, 9.0), (7.5, 12.0))
    ]


class Together(Fixed):
    """Hears all voices at once: Spanish where a voice begins before 2 s, and gives fixed words by channel."""

    def recognize_dialogue(
        self,
        sounds: Mapping[int, Sound],
        voices: Sequence[ChannelVoice],
        *,
        hints: Hints,
        recording: Recording,
    ) -> tuple[RecognisedChannel, ...]:
        """The words of each voice's channel."""
        self.voices = tuple(voices)
        self.lengths = [sounds[voice.channel].size for voice in voices]
        return tuple(
            RecognisedChannel(self.said.get(voice.channel, ()), "es" if voice.speech[0].start_s < 2 else "en")
            for voice in voices
        )


def test_an_engine_that_can_hears_all_voices_at_once() -> None:
    """It is given each voice with its channel and speech, and each channel at 16 kHz; words go to their turns."""
    engine = Together({0: (Word("Hola", 1.1, 1.5, 0.8),), 1: (Word("Hi", 3.6, 3.9, 0.9),)})
    said = transcribe(audio_of(two_channels()), SPEECH, RECORDING, engine, SETTINGS)
    assert [
        ChannelVoice("ch0", 0, (Span(1.0, 3.0), Span(5.0, 6.0))),
        ChannelVoice("ch1", 1, (Span(3.5, 4.0),)),
    ] == list(engine.voices)
    assert [160_000, 160_000] == engine.lengths
    assert [("Hola", "es"), ("Hi", "en"), ("", "es")] == [(each.text, each.language) for each in said]
    assert [] == engine.asked


def test_two_languages_in_one_channel_are_heard_apart() -> None:
    """In a mono call each speaker's turns have that speaker's language."""
    turns = (make_turn(0, "s0", 1.0, 3.0), make_turn(1, "s1", 3.5, 6.0), make_turn(2, "s0", 7.0, 9.0))
    mono = tuple(replace(turn, channel=0) for turn in turns)
    audio = audio_of(silence(10.0)[None, :])
    speech = Speech("diarized", ("s0", "s1"), mono)
    said = transcribe(audio, speech, RECORDING, Together({}), TranscribeSettings())
    assert ["es", "en", "es"] == [each.language for each in said]


def test_words_of_two_voices_in_one_channel_are_placed_by_time_among_both() -> None:
    """Whichever voice the engine gave a word to, it lies in the turn in which it was spoken."""
    turns = (make_turn(0, "s0", 2.5, 3.0), make_turn(1, "s1", 3.5, 6.0))
    mono = tuple(replace(turn, channel=0) for turn in turns)
    engine = Together({0: (Word("late", 5.0, 5.5, 0.9),)})
    speech = Speech("diarized", ("s0", "s1"), mono)
    said = transcribe(audio_of(silence(10.0)[None, :]), speech, RECORDING, engine, TranscribeSettings())
    assert ["", "late late"] == [each.text for each in said]


@pytest.mark.parametrize(
    ("setting", "spoken", "flags"),
    [
        ("auto", ("en", "en"), ()),
        ("auto", ("en", "es"), ("language:es",)),
        ("en", ("es", "fr"), ("language:es", "language:fr")),
        ("es", ("es", "es"), ()),
        ("es", ("es", "en"), ("language:en",)),
        ("auto", ("en", "und"), ("language_unsure",)),
    ],
)
def test_what_is_not_in_the_expected_language_is_flagged(
    setting: str, spoken: tuple[str, ...], flags: tuple[str, ...]
) -> None:
    """One flag for each other language that has words."""
    words = (Word("hm", 1.0, 1.2, 0.9),)
    said = [Utterance(no, "hm", words, language, 0.9) for no, language in enumerate(spoken)]
    silent = Utterance(2, "", (), "ja", None)
    assert flags == find_language_flags([*said, silent], TranscribeSettings(language=setting))


def test_a_set_language_that_the_sound_contradicts_is_warned_about(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The warning names the call, the language set and the one heard."""
    engine = Fixed({}, language="es")
    transcribe(audio_of(two_channels()), SPEECH, RECORDING, engine, TranscribeSettings(language="en"))
    assert f"call {RECORDING.id}: 'es' is spoken, transcribe.language is 'en'" in caplog.text
    caplog.clear()
    transcribe(audio_of(two_channels()), SPEECH, RECORDING, engine, TranscribeSettings())
    assert "" == caplog.text


def test_hotwords_of_the_call() -> None:
    """Hotwords are those of the settings and the asked details of the call, each once, missing ones left out."""
    settings = TranscribeSettings(
        hotwords=("Northwind", "ann"), hotwords_from=("agent", "product", "customer", "nothing")
    )
    recording = make_recording(agent="ann", customer=None, extras=(("product", "gold card"),))
    engine = Fixed({})
    transcribe(audio_of(two_channels()), SPEECH, recording, engine, settings)
    assert {("Northwind", "ann", "gold card")} == {asked[3].hotwords for asked in engine.asked}


def test_what_is_lost_is_logged_without_words(caplog: pytest.LogCaptureFixture) -> None:
    """Dropped words and words outside every turn are counted in the log; no word of a call is."""
    dropped = (Dropped(Span(7.0, 8.0), 3, "stock_phrase", 0.2),)
    engine = Fixed({0: (Word("secret", 8.5, 9.0, 0.9),)}, dropped=dropped)
    with caplog.at_level(logging.INFO, logger="speechcx.transcribe"):
        transcribe(audio_of(two_channels()), SPEECH, RECORDING, engine, SETTINGS)
    assert "3 hallucinated words dropped at 7.0 s (stock_phrase, confidence 0.20)" in caplog.text
    assert "1 words lie outside every turn" in caplog.text
    assert "secret" not in caplog.text


def test_engines_are_loaded_once() -> None:
    """The same settings give the same engine object."""
    settings = TranscribeSettings(engine="replay")
    assert load_recognizer(settings) is load_recognizer(TranscribeSettings(engine="replay"))


def test_an_unknown_engine() -> None:
    """A misspelt engine is answered with the right one."""
    with pytest.raises(ConfigError, match="use 'whisper'"):
        load_recognizer(TranscribeSettings(engine="wisper"))


def test_a_neighbour_is_not_listened_to() -> None:
    """Where somebody speaks in the background the engine is given silence, and no word of it is anybody's."""
    speech = replace(SPEECH, unheard=(Unheard(0, Span(3.2, 4.2), "background_voice"),))
    engine = Fixed({0: (Word("mine", 2.5, 2.9, 0.9), Word("theirs", 3.25, 3.4, 0.9))})
    said = transcribe(audio_of(two_channels()), speech, RECORDING, engine, SETTINGS)
    assert ["mine", "", ""] == [each.text for each in said]
    sound = np.abs(np.asarray(engine.first_heard))
    assert 0.0 == sound[int(3.3 * 16_000) : int(4.1 * 16_000)].max()
    assert 0.1 < sound[: int(3.2 * 16_000)].max()
