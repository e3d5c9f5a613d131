"""The text model over the turns of a call: load it once, read by passage, join by turn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from speechcx.call import UNDETERMINED, SentimentLabel, TextSentiment, Utterance
from speechcx.engines import find_factory
from speechcx.sentiment.feeling import name_label
from speechcx.sentiment.protocol import ClassShares, SentimentModel
from speechcx.sentiment.sentences import join_passages, join_shares, split_sentences
from speechcx.sentiment.set_phrases import LANGUAGE, read_set_phrase
from speechcx.sentiment.settings import SentimentSettings


@lru_cache(maxsize=2)
def load_sentiment(settings: SentimentSettings) -> SentimentModel:
    """Return the text model of `settings`, loaded once in a process.

    Raises
    ------
    ConfigError
        No engine has that name, or the model's labels cannot be mapped.
    ModelMissing, ModelBad
        The weights are not here, or in a format that can run code.
    """
    model: SentimentModel = find_factory("sentiment", settings.engine)(settings)
    return model


def read_sentiment(
    utterances: Sequence[Utterance], model: SentimentModel, settings: SentimentSettings
) -> tuple[TextSentiment, ...]:
    """Return what the words of each utterance say, in order.

    Without words, or in a language the model does not read, the value is None with the reason.
    """
    reasons = [_why_not(utterance, settings) for utterance in utterances]
    found = read_allowed([u.text for u in utterances], reasons, model, settings)
    return tuple(replace(read, no=u.no) for read, u in zip(found, utterances, strict=True))


def read_allowed(
    texts: Sequence[str], reasons: Sequence[str | None], model: SentimentModel, settings: SentimentSettings
) -> tuple[TextSentiment, ...]:
    """Return what each text says, in order; where there is a reason not to read it, the reason alone."""
    readable = [text for text, reason in zip(texts, reasons, strict=True) if reason is None]
    found = iter(read_texts(readable, model, settings))
    return tuple(
        replace(next(found), no=no) if reason is None else TextSentiment(no, None, None, None, reason)
        for no, reason in enumerate(reasons)
    )


def why_unread(language: str) -> str:
    """Return the reason of a text in a language that the model does not read."""
    return f"the text model does not read language {language!r}"


def read_texts(
    texts: Sequence[str], model: SentimentModel, settings: SentimentSettings
) -> tuple[TextSentiment, ...]:
    """Return what each text says; numbers count from 0. An empty text has no value.

    The value comes from passages of up to 40 words, read whole. Where a text has several sentences these
    are read too, only to see whether it holds strong feelings of both kinds.
    """
    parted = [_part(text) for text in texts]
    wanted = tuple({piece: None for pieces in parted for piece in (*pieces.passages, *pieces.sentences)})
    known = _read_set_phrases(wanted, settings)
    unknown = tuple(piece for piece in wanted if piece not in known)
    shares = known | dict(zip(unknown, model.read(unknown), strict=True))
    return tuple(_join(no, pieces, shares, settings) for no, pieces in enumerate(parted))


def _read_set_phrases(pieces: Iterable[str], settings: SentimentSettings) -> dict[str, ClassShares]:
    """What set phrases among the pieces say; none where the model reads another language."""
    if settings.languages and LANGUAGE not in settings.languages:
        return {}
    found = ((piece, read_set_phrase(piece)) for piece in pieces)
    return {piece: shares for piece, shares in found if shares is not None}


@dataclass(frozen=True, slots=True)
class _Parted:
    """One text as it is read; a text without letters has neither."""

    passages: tuple[str, ...]
    sentences: tuple[str, ...]


def _part(text: str) -> _Parted:
    if not _has_letters(text):
        return _Parted((), ())
    sentences = split_sentences(text)
    return _Parted(join_passages(sentences), sentences)


def _join(
    no: int, pieces: _Parted, shares: Mapping[str, ClassShares], settings: SentimentSettings
) -> TextSentiment:
    if not pieces.passages:
        return TextSentiment(no, None, None, None, "no words")
    joined = join_shares(pieces.passages, [shares[passage] for passage in pieces.passages])
    each = [shares[sentence] for sentence in pieces.sentences]
    value = round(joined.value, 4)
    lowest, highest = min(s.value for s in each), max(s.value for s in each)
    if lowest <= -settings.mixed_at and highest >= settings.mixed_at:
        strength = min(max(s.negative for s in each), max(s.positive for s in each))
        return TextSentiment(no, value, "mixed", round(strength, 4))
    label: SentimentLabel = name_label(value, settings)
    return TextSentiment(no, value, label, round(float(getattr(joined, label)), 4))


def _why_not(utterance: Utterance, settings: SentimentSettings) -> str | None:
    if not _has_letters(utterance.text):
        return "no words recognised in this turn"
    if settings.languages and utterance.language == UNDETERMINED:
        return "the language of this turn could not be told"
    if settings.languages and utterance.language not in settings.languages:
        return why_unread(utterance.language)
    return None


def _has_letters(text: str) -> bool:
    return any(letter.isalpha() for letter in text)
