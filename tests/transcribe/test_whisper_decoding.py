"""The loop over chunks, with a model whose answers are known."""

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from speechcx.transcribe import Hints, TranscribeSettings
from speechcx.transcribe.whisper_decoding import WHOLE_WINDOW, Decoder, compression_ratio, ends_twice

END = 100_000
SETTINGS = TranscribeSettings(batch_size=2)


class Words:
    """A tokenizer whose tokens are the positions of words in its list."""

    eot = END

    def __init__(self) -> None:
        self.known: list[str] = []

    def encode(self, text: str) -> list[int]:
        """Tokens of a text."""
        for word in text.split():
            if word not in self.known:
                self.known.append(word)
        return [self.known.index(word) for word in text.split()]

    def decode(self, tokens: list[int]) -> str:
        """The text of tokens."""
        return " ".join(self.known[token] for token in tokens)


Answer = tuple[str, float, float]
"""Text, mean log probability and probability of no speech."""


class Features:
    """One value for each 10 ms: the sounds are ones and the silence after them zeros."""

    hop_length = 160

    def __call__(self, sound: NDArray[np.float32]) -> NDArray[np.float32]:
        """The same value in each of 80 bands."""
        return np.repeat(sound[None, ::160], 80, axis=0)


@dataclass
class FakeModel:
    """A Whisper that answers by the length of the sound in whole seconds, and remembers what it was asked.

    `answers` are taken in order for each length; the last one is given again and again.
    """

    answers: dict[int, list[Answer]]
    tokenizer: Words = field(default_factory=Words)
    windows: list[tuple[int, int]] = field(default_factory=list)
    ways: list[dict[str, Any]] = field(default_factory=list)
    timed: list[list[str]] = field(default_factory=list)
    is_multilingual: bool = True
    device: str = "cpu"

    def __post_init__(self) -> None:
        self.model = self
        self.feature_extractor = Features()

    def encode(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Seconds of sound in each row."""
        self.windows.append((features.shape[0], features.shape[2]))
        return features[:, 0].sum(axis=1) / 100

    def generate(self, encoded: Any, prompts: list[list[int]], **way: Any) -> list[SimpleNamespace]:
        """The next answer for each row."""
        rows = [round(float(seconds)) for seconds in np.asarray(encoded)]
        self.ways.append({**way, "rows": rows})
        results = []
        for seconds in rows:
            left = self.answers[seconds]
            text, logprob, no_speech = left.pop(0) if len(left) > 1 else left[0]
            tokens = [*self.tokenizer.encode(text), END]
            score = logprob * (len(tokens) + 1) / len(tokens)
            results.append(SimpleNamespace(sequences_ids=[tokens], scores=[score], no_speech_prob=no_speech))
        return results

    def find_alignment(
        self, tokenizer: Words, tokens: list[list[int]], encoded: Any, frames: list[int]
    ) -> list[list[dict[str, Any]]]:
        """Every word 0.2 s long, 0.3 s apart."""
        self.frames = frames
        self.timed.append([tokenizer.decode(said) for said in tokens])
        return [
            [
                {"word": f" {tokenizer.decode([token])}", "tokens": [token], "start": no * 0.3, "end": no * 0.3 + 0.2,
                 "probability": 0.9}
                for no, token in enumerate(said)
            ]
            for said in tokens
        ]  # fmt: skip

    def get_prompt(self, tokenizer: Words, before: list[int], **given: Any) -> list[int]:
        """Three tokens, whatever is asked."""
        self.prompted = (tokenizer.decode(before), given)
        return [1, 2, 3]


def sound(seconds: float) -> NDArray[np.float32]:
    return np.ones(round(seconds * 16_000), np.float32)


def make(
    monkeypatch: pytest.MonkeyPatch, answers: dict[int, list[Answer]], settings: TranscribeSettings = SETTINGS
) -> tuple[FakeModel, Decoder]:
    fake = FakeModel({seconds: list(left) for seconds, left in answers.items()})
    monkeypatch.setattr(Decoder, "_tokenizer", lambda *_: fake.tokenizer)
    monkeypatch.setattr(Decoder, "_suppressed", lambda _: [])
    return fake, Decoder(fake, settings)


def decode(decoder: Decoder, *seconds: float, hints: Hints | None = None) -> list[str]:
    drafts: dict[int, str] = {}
    for batch in decoder.encode([sound(each) for each in seconds]):
        found = decoder.decode(batch, language="en", hints=hints or Hints())
        drafts.update(zip(batch.numbers, [draft.text for draft in found], strict=True))
    return [drafts[no] for no in range(len(seconds))]


GOOD: dict[int, list[Answer]] = {
    2: [("two seconds", -0.2, 0.0)],
    3: [("three seconds", -0.2, 0.0)],
    9: [("nine seconds", -0.2, 0.0)],
    28: [("many seconds", -0.2, 0.0)],
}


def test_drafts_come_in_the_order_of_the_sounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chunks are decoded sorted by length and given back as they came."""
    _, decoder = make(monkeypatch, GOOD)
    assert ["nine seconds", "two seconds", "many seconds", "three seconds"] == decode(decoder, 9, 2, 28, 3)


def test_on_a_gpu_a_batch_shares_the_window_of_its_longest(monkeypatch: pytest.MonkeyPatch) -> None:
    """Short chunks get a short window: their batch's longest and five seconds of silence, 30 s at most."""
    fake, decoder = make(monkeypatch, GOOD)
    fake.device = "cuda"
    decode(decoder, 9, 2, 28, 3)
    assert [(2, 800), (2, 3000)] == fake.windows


@pytest.mark.parametrize(("device", "batches"), [("cpu", [2, 1, 2]), ("cuda", [5])])
def test_the_device_chooses_the_batch(
    monkeypatch: pytest.MonkeyPatch, device: str, batches: list[int]
) -> None:
    """By itself a CPU decodes together what needs the same window, a GPU all there is."""
    fake, decoder = make(monkeypatch, GOOD, TranscribeSettings())
    fake.device = device
    decode(decoder, 28, 9, 1.6, 28, 2)
    assert batches == [count for count, _ in fake.windows]


def test_thirty_seconds_of_tail_fill_the_window(monkeypatch: pytest.MonkeyPatch) -> None:
    """The setting that always gives a whole window does."""
    fake, decoder = make(monkeypatch, GOOD, TranscribeSettings(tail_s=30.0))
    decode(decoder, 2)
    assert [(1, WHOLE_WINDOW)] == fake.windows


def test_words_are_aligned_inside_the_sound(monkeypatch: pytest.MonkeyPatch) -> None:
    """No word can be placed into the silence after a chunk."""
    fake, decoder = make(monkeypatch, GOOD)
    decode(decoder, 2)
    assert [200] == fake.frames


def test_a_loop_is_decoded_again_in_a_whole_window(monkeypatch: pytest.MonkeyPatch) -> None:
    """What loops in a short window is taken from a whole one."""
    loop = " ".join(["operator"] * 60)
    fake, decoder = make(monkeypatch, {3: [(loop, -0.04, 0.0)] * 2 + [("operator please", -0.3, 0.0)]})
    assert ["operator please"] == decode(decoder, 3)
    assert [(1, 800), (1, WHOLE_WINDOW)] == fake.windows
    assert [2, 5, 5] == [way["beam_size"] for way in fake.ways]


def test_a_loop_in_a_whole_window_is_not_encoded_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was heard in a whole window is tried again as it stands, also beside another."""
    loop = " ".join(["operator"] * 60)
    answers: dict[int, list[Answer]] = {
        27: [(loop, -0.04, 0.0)] * 2 + [("operator please", -0.3, 0.0)],
        28: [("many seconds", -0.2, 0.0)],
    }
    fake, decoder = make(monkeypatch, answers)
    assert ["many seconds", "operator please"] == decode(decoder, 28, 27)
    assert [(2, WHOLE_WINDOW)] == fake.windows


def test_sure_words_are_decoded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a batch only the chunk that came out doubtful is decoded again, with more candidates."""
    answers: dict[int, list[Answer]] = {
        2: [("sure", -0.1, 0.0)],
        3: [("eh", -0.9, 0.0), ("a pear", -0.8, 0.0)],
    }
    fake, decoder = make(monkeypatch, answers, TranscribeSettings(tail_s=30.0))
    assert ["sure", "a pear", "sure"] == decode(decoder, 2, 3, 2)
    assert [(2, 3), (5, 1)] == [(way["beam_size"], len(way["rows"])) for way in fake.ways]


@pytest.mark.parametrize(("device", "beam_below"), [("cpu", 0.0), ("cuda", -0.3)])
def test_all_candidates_at_once(monkeypatch: pytest.MonkeyPatch, device: str, beam_below: float) -> None:
    """Where a beam costs little more, or the settings ask for it, it is used at once."""
    fake, decoder = make(monkeypatch, GOOD, TranscribeSettings(beam_below=beam_below))
    fake.device = device
    decode(decoder, 2)
    assert [5] == [way["beam_size"] for way in fake.ways]


@pytest.mark.parametrize(("device", "batches"), [("cpu", [1, 1]), ("cuda", [2])])
def test_the_device_chooses_how_many_are_timed_at_once(
    monkeypatch: pytest.MonkeyPatch, device: str, batches: list[int]
) -> None:
    """A CPU times the words of each chunk by itself; words and chunks stay together."""
    answers: dict[int, list[Answer]] = {2: [("two", -0.1, 0.0)], 3: [("three", -0.1, 0.0)]}
    fake, decoder = make(monkeypatch, answers, TranscribeSettings(tail_s=30.0))
    fake.device = device
    assert ["three", "two"] == decode(decoder, 3, 2)
    assert batches == [len(batch) for batch in fake.timed]
    assert ["two", "three"] == [text for batch in fake.timed for text in batch]


def test_words_are_timed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what is kept is aligned, however often a chunk was decoded."""
    poor = ("what", -1.5, 0.1)
    fake, decoder = make(monkeypatch, {3: [poor] * 4 + [("that is it", -0.6, 0.1)]})
    decode(decoder, 3)
    assert [["that is it"]] == fake.timed


def test_an_end_said_twice_is_decoded_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Last words that come twice are the other sign of a window too short."""
    twice = "I use a thing a thing"
    _, decoder = make(monkeypatch, {3: [(twice, -0.2, 0.0)] * 2 + [("I use a thing", -0.3, 0.0)]})
    assert ["I use a thing"] == decode(decoder, 3)


def test_what_is_said_twice_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sentence that comes twice in a whole window too was said twice: no more tries."""
    fake, decoder = make(monkeypatch, {3: [("I am here I am here", -0.2, 0.0)]})
    assert ["I am here I am here"] == decode(decoder, 3)
    assert 3 == len(fake.ways)


def test_improbable_text_is_tried_at_rising_temperature(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whisper's own fallback: samples at 0.2, 0.4, ... until one is probable enough."""
    poor = ("what", -1.5, 0.1)
    fake, decoder = make(monkeypatch, {3: [poor] * 4 + [("that is it", -0.6, 0.1)]})
    assert ["that is it"] == decode(decoder, 3)
    assert [None, None, None, 0.2, 0.4] == [way.get("sampling_temperature") for way in fake.ways]


def test_when_all_tries_are_poor_the_likeliest_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """After the last temperature the most probable try that does not loop is kept."""
    loop = " ".join(["so"] * 80)
    tries: list[Answer] = [
        ("first", -1.3, 0.1),
        ("with more", -1.6, 0.1),
        (loop, -0.1, 0.1),
        ("second", -1.2, 0.1),
        ("third", -1.9, 0.1),
    ]
    _, decoder = make(monkeypatch, {3: tries})
    assert ["second"] == decode(decoder, 3)


def test_likely_silence_is_not_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Improbable words where no speech is likely are left to the guard."""
    fake, decoder = make(monkeypatch, {3: [("Thanks", -1.5, 0.9)]})
    decode(decoder, 3)
    assert 1 == len(fake.ways)


def test_retries_can_be_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without retry_poor nothing is tried at a temperature or in a whole window."""
    fake, decoder = make(monkeypatch, {3: [("what", -1.5, 0.1)]}, TranscribeSettings(retry_poor=False))
    assert ["what"] == decode(decoder, 3)
    assert [2, 5] == [way["beam_size"] for way in fake.ways]
    assert [(1, 800)] == fake.windows


def test_a_loop_cannot_cost_more_than_speech(monkeypatch: pytest.MonkeyPatch) -> None:
    """The number of tokens is bounded by the seconds of sound."""
    fake, decoder = make(monkeypatch, GOOD)
    decode(decoder, 2)
    decode(decoder, 28)
    assert [3 + 16 + 24, 3 + 16 + 336] == [way["max_length"] for way in fake.ways]


def test_hints_reach_the_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hotwords are given as one list, and the initial prompt before them."""
    fake, decoder = make(monkeypatch, GOOD)
    decode(decoder, 2, hints=Hints(hotwords=("Onword", "Larkspur Mobile"), initial_prompt="A call."))
    assert ("A call.", {"without_timestamps": True, "hotwords": "Onword, Larkspur Mobile"}) == fake.prompted


def test_silence_gives_an_empty_draft(monkeypatch: pytest.MonkeyPatch) -> None:
    """No tokens: no text, no words, no loop."""
    _, decoder = make(monkeypatch, {3: [("", -0.5, 0.9)]})
    (batch,) = decoder.encode([sound(3)])
    (draft,) = decoder.decode(batch, language="en", hints=Hints())
    assert ("", (), 0.0) == (draft.text, draft.words, draft.compression_ratio)


def test_an_english_model_has_one_language(monkeypatch: pytest.MonkeyPatch) -> None:
    """A model that knows only English is not asked what is spoken."""
    fake, decoder = make(monkeypatch, GOOD)
    fake.is_multilingual = False
    (batch,) = decoder.encode([sound(3)])
    assert ({},) == decoder.language_shares(batch)


def test_shares_of_languages_come_by_plain_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whisper's language tokens become plain codes, each with its share, without encoding again."""
    fake, decoder = make(monkeypatch, GOOD)
    fake.detect_language = lambda _: [[("<|de|>", 0.9), ("<|en|>", 0.1)]]  # type: ignore[attr-defined]
    (batch,) = decoder.encode([sound(3)])
    assert ({"de": 0.9, "en": 0.1},) == decoder.language_shares(batch)
    assert 1 == len(fake.windows)


def test_repetition_shows_in_the_compression() -> None:
    """Text that repeats itself has a high ratio, speech a low one, no text none."""
    assert (
        compression_ratio("operator " * 60) > 2.4 > compression_ratio("I would like to talk to the operator.")
    )
    assert 0.0 == compression_ratio("")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I use a thing. I use a thing.", True),
        ("Operator Operator", True),
        ("Let me invoke my assistant operator. Operator.", True),
        ("See you, bye-bye!", True),
        ("I use a thing I used a thing", False),
        ("No, no, I said so.", False),
        ("Operator.", False),
        ("", False),
    ],
)
def test_what_ends_twice(text: str, expected: bool) -> None:
    """Only words repeated at the very end count, whatever their case and marks."""
    assert expected is ends_twice(text)
