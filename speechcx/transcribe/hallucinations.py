"""Hallucinated text taken out: what a recogniser writes over silence, music, noise and in loops.

Whisper always has something to say. Each rule here needs weak evidence besides its sign, so that
what was said clearly is never dropped; what is dropped is counted and can be seen in the log.

Sources: the no-speech and improbable gates are Whisper's own (Radford et al. 2022, section 4.5);
stock phrases and loops over non-speech are described by Koenecke et al. 2024 (*Careless Whisper*)
and Baranski et al. 2025 (*Investigation of Whisper ASR hallucinations induced by non-speech audio*).
"""

from __future__ import annotations

import re
import zlib
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from speechcx.call import Span, Word
from speechcx.transcribe.recognizer import Dropped, DropReason

NEAR_SPEECH_S = 0.3
"""A word this near to speech counts as spoken in it: word times are right to a few tenths."""

DOUBTFUL = 0.5
"""Mean confidence under which words without speech under them are not believed."""

SENTENCE_DOUBTFUL = 0.7
"""The same for whole sentences that have another sign of being invented."""

STRETCHED_S = 2.0
STRETCHED_DOUBTFUL = 0.3
"""A doubtful word longer than anybody speaks one has been spread over silence (the same bound as in
OpenAI's ``hallucination_silence_threshold``)."""

LOOP_REPEATS = 4
LOOP_WORDS = 8
"""So many repeats of the same words, and so many words in all, make a loop."""

BABBLE_LETTERS = 24
BABBLE_RATIO = 1.5
"""A "word" so long that compresses so well is a loop without spaces: ``A-O-A-O-A-O-A-O``."""

FASTEST_WORD_S = 0.06
"""Nobody speaks words shorter than this on average; a loop invented by the model has no time for them."""

STOCK_PHRASES = re.compile(
    r"""^(
        (thanks|thank\ you)(\ (so|very)\ much)?(\ (all|everyone))?\ for\ (watching|listening|viewing)(\ .*)?
      | (please\ )?(like\ and\ )?subscribe(\ .*)?
      | (don't|do\ not)\ forget\ to\ (like|subscribe)(\ .*)?
      | (i'll\ |i\ will\ )?see\ you\ (in\ the\ )?next\ (video|time|one|week)
      | (sub)?titles?\ (by|from)(\ .*)? | subtitled\ by(\ .*)? | captions?\ by(\ .*)? | transcript(ion)?\ by(\ .*)?
      | (subtitles|captions)\ .*\ amara\.?\ ?org(\ .*)? | .*amara\.org.* | www\.\S+(\ .*)?
      | bye | bye\ bye | you | thank\ you | thanks | so | the\ end | music | applause | silence
    )$""",
    re.VERBOSE,
)
"""Whole sentences Whisper writes over sounds without speech."""


@dataclass(frozen=True, slots=True)
class RecognisedStretch:
    """What a recogniser wrote down at once, with its own measures of it.

    Parameters
    ----------
    words
        By start time, on the file's clock, with the times the recogniser gave: not yet cut to speech.
    mean_logprob
        Mean log probability of a token.
    no_speech
        Probability that nothing is said, 0 to 1.
    compression_ratio
        Length of the text over its compressed length: over about 2.4, the text repeats itself.
    """

    words: tuple[Word, ...]
    mean_logprob: float
    no_speech: float
    compression_ratio: float


@dataclass(frozen=True, slots=True)
class Gates:
    """Thresholds; see the settings of the same names."""

    no_speech_at: float = 0.6
    improbable_at: float = -1.0
    repetitive_at: float = 2.4


def drop_invented(
    stretches: Sequence[RecognisedStretch], speech: Sequence[Span], gates: Gates
) -> tuple[tuple[Word, ...], tuple[Dropped, ...]]:
    """Take out the words that were most likely never said.

    Parameters
    ----------
    stretches
        What was recognised in one channel.
    speech
        Stretches of speech in it, sorted and apart.
    gates
        Thresholds.

    Returns
    -------
    words
        The words believed, in order.
    dropped
        The others, counted.
    """
    believed: list[Word] = []
    dropped: list[Dropped] = []
    for stretch in stretches:
        for words, reason in _judge(stretch, speech, gates):
            if reason is None:
                believed.extend(words)
            else:
                span = Span(words[0].start_s, max(word.end_s for word in words))
                dropped.append(Dropped(span, len(words), reason, _confidence(words)))
    believed.sort(key=lambda word: (word.start_s, word.end_s))
    return tuple(believed), tuple(dropped)


def _judge(
    stretch: RecognisedStretch, speech: Sequence[Span], gates: Gates
) -> Iterator[tuple[Sequence[Word], DropReason | None]]:
    """The words of a stretch in parts, each with the reason not to believe it, or None."""
    if not stretch.words:
        return
    if stretch.no_speech > gates.no_speech_at and stretch.mean_logprob < gates.improbable_at:
        yield stretch.words, "no_speech"
        return
    kept, loops = _split_loops(stretch, gates)
    for word in filter(_is_babble, kept):
        loops.append([word])
    for loop in loops:
        yield loop, "loop"
    kept = [word for word in kept if not _is_babble(word)]
    for sentence in _sentences(kept):
        if _is_invented(sentence, stretch, speech, gates):
            yield sentence, "stock_phrase"
        elif _is_stretched(sentence):
            yield sentence, "no_speech"
        else:
            yield from _split_outside(sentence, speech)


def _is_invented(
    sentence: Sequence[Word], stretch: RecognisedStretch, speech: Sequence[Span], gates: Gates
) -> bool:
    """Whether a sentence is a stock phrase, and there is little sign that it was said."""
    if not _is_stock(sentence):
        return False
    confidence = _confidence(sentence)
    spoken_share = sum(_is_near(word, speech) for word in sentence) / len(sentence)
    return (confidence < SENTENCE_DOUBTFUL and spoken_share < 0.5) or (
        confidence < DOUBTFUL and stretch.no_speech > gates.no_speech_at
    )


def _is_stretched(sentence: Sequence[Word]) -> bool:
    """Whether a doubtful sentence has a doubtful word spread over silence."""
    return _confidence(sentence) < SENTENCE_DOUBTFUL and any(
        word.end_s - word.start_s > STRETCHED_S and word.confidence < STRETCHED_DOUBTFUL for word in sentence
    )


def _split_outside(
    sentence: Sequence[Word], speech: Sequence[Span]
) -> Iterator[tuple[Sequence[Word], DropReason | None]]:
    """Runs of doubtful words with no speech under them apart from the others."""
    run: list[Word] = []
    outside = False
    for word in sentence:
        is_outside = not _is_near(word, speech)
        if run and is_outside != outside:
            yield run, _doubt(run, outside)
            run = []
        run.append(word)
        outside = is_outside
    if run:
        yield run, _doubt(run, outside)


def _doubt(run: Sequence[Word], outside: bool) -> DropReason | None:
    return "outside_speech" if outside and _confidence(run) < DOUBTFUL else None


def _split_loops(stretch: RecognisedStretch, gates: Gates) -> tuple[list[Word], list[list[Word]]]:
    """Words without the repeats of a loop; the first round of it stays.

    People do repeat themselves. A loop is only taken for invented where the whole text is repetitive,
    or the repeats come faster than anybody speaks, or are doubtful.
    """
    words = list(stretch.words)
    tokens = [_plain(word.text) for word in words]
    kept: list[Word] = []
    loops: list[list[Word]] = []
    at = 0
    while at < len(words):
        size, repeats = _longest_loop(tokens, at)
        rest = words[at + size : at + size * repeats]
        if repeats >= LOOP_REPEATS and size * repeats >= LOOP_WORDS and _is_weak(rest, stretch, gates):
            kept.extend(words[at : at + size])
            loops.append(rest)
            at += size * repeats
        else:
            kept.append(words[at])
            at += 1
    return kept, loops


def _longest_loop(tokens: Sequence[str], at: int) -> tuple[int, int]:
    """(words in one round, rounds) of the longest repetition that begins at `at`."""
    best = (1, 1)
    for size in range(1, min(12, (len(tokens) - at) // 2) + 1):
        unit = tokens[at : at + size]
        repeats = 1
        while tokens[at + size * repeats : at + size * (repeats + 1)] == unit:
            repeats += 1
        if repeats > 1 and size * repeats > best[0] * best[1]:
            best = (size, repeats)
    return best


def _is_babble(word: Word) -> bool:
    data = word.text.encode()
    return len(data) >= BABBLE_LETTERS and len(data) / len(zlib.compress(data)) > BABBLE_RATIO


def _is_weak(words: Sequence[Word], stretch: RecognisedStretch, gates: Gates) -> bool:
    seconds = max(word.end_s for word in words) - words[0].start_s
    return (
        stretch.compression_ratio > gates.repetitive_at
        or seconds < FASTEST_WORD_S * len(words)
        or _confidence(words) < DOUBTFUL
    )


def _sentences(words: Sequence[Word]) -> Iterator[list[Word]]:
    """Words up to each full stop, question or exclamation mark."""
    sentence: list[Word] = []
    for word in words:
        sentence.append(word)
        if word.text.endswith((".", "?", "!", "。", "？", "！")):
            yield sentence
            sentence = []
    if sentence:
        yield sentence


def _is_stock(sentence: Sequence[Word]) -> bool:
    return STOCK_PHRASES.match(" ".join(filter(None, (_plain(word.text) for word in sentence)))) is not None


def _plain(text: str) -> str:
    return re.sub(r"^[^\w]+|[^\w]+$", "", text.lower().replace("’", "'"))


def _is_near(word: Word, speech: Sequence[Span]) -> bool:
    after = bisect_right(speech, word.end_s + NEAR_SPEECH_S, key=lambda span: span.start_s)
    return after > 0 and speech[after - 1].end_s >= word.start_s - NEAR_SPEECH_S


def _confidence(words: Sequence[Word]) -> float:
    return sum(word.confidence for word in words) / len(words)
