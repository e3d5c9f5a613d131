"""A conversation with marks in the place of values: words, text, outline of the waveform, details of the call."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from speechcx.call import (
    MARKS,
    Conversation,
    Details,
    Peaks,
    RedactedKind,
    RedactedSpan,
    Redaction,
    Span,
    Turn,
    Utterance,
    Word,
)
from speechcx.redact.number_values import find_numbers_in, spread_over_turns
from speechcx.redact.personal_values import find_personal
from speechcx.redact.settings import RedactSettings
from speechcx.redact.token_row import SpokenTurn, make_row, spoken_turn
from speechcx.redact.written_values import WordRange, find_written
from speechcx.rules.language.normal import normal_tokens

_ENDINGS = ".,;:!?"


def find_values(
    turns: Sequence[SpokenTurn], wanted: Collection[str], names: Mapping[str, RedactedKind] | None = None
) -> dict[int, list[WordRange]]:
    """The words of values by turn, apart from each other and in order.

    Parameters
    ----------
    turns
        Words in the order they were said.
    wanted
        Names of kinds, as settings have them.
    names
        Names that are known, for the kind ``name``.
    """
    row = make_row(turns)
    found = [
        WordRange(turn, first, last, value.kind)
        for value in find_numbers_in(row, wanted, {turn.no: turn.unheard_s for turn in turns})
        for turn, first, last in spread_over_turns(row, value)
    ]
    found += find_written(turns, wanted)
    found += find_personal(row, turns, wanted, names or {})
    by_turn: dict[int, list[WordRange]] = {}
    for each in sorted(found, key=lambda one: (one.turn, one.first, -one.last)):
        some = by_turn.setdefault(each.turn, [])
        if some and each.first <= some[-1].last:
            some[-1] = some[-1]._replace(last=max(some[-1].last, each.last))
        elif some and each.first == some[-1].last + 1 and each.kind == some[-1].kind:
            some[-1] = some[-1]._replace(last=each.last)
        else:
            some.append(each)
    return by_turn


def list_values(heard: Conversation, wanted: Collection[str]) -> tuple[str, ...]:
    """The digits of the numbers that are taken out of a conversation; only for a search of what is left of them."""
    turns = [spoken_turn(turn, said) for turn, said in zip(heard.speech.turns, heard.utterances, strict=True)]
    unheard_s = {turn.no: turn.unheard_s for turn in turns}
    return tuple(value.digits for value in find_numbers_in(make_row(turns), wanted, unheard_s))


def list_text_values(text: str, wanted: Collection[str]) -> tuple[str, ...]:
    """The digits of the numbers in a text; without numbers that are only long, which may be those of a file or call."""
    words = tuple(text.split())
    turn = SpokenTurn(0, "", "en", words, ((0.0, 0.0),) * len(words))
    return tuple(
        value.digits for value in find_numbers_in(make_row([turn]), wanted) if value.kind != "long_number"
    )


def redact_conversation(
    heard: Conversation, settings: RedactSettings, names: Mapping[str, RedactedKind] | None = None
) -> Conversation:
    """The same conversation without the values that the settings name.

    Parameters
    ----------
    heard
        What ``listen`` heard, or what is stored of it. What was taken out before stays out.
    settings
        Which kinds.
    names
        Names that are known of the call, normalised, for the kind ``name``.
    """
    wanted = settings.wanted
    if not wanted:
        return heard
    turns = [spoken_turn(turn, said) for turn, said in zip(heard.speech.turns, heard.utterances, strict=True)]
    values = find_values(turns, wanted, names)
    utterances = list(heard.utterances)
    spans = list(heard.redaction.spans)
    for no, ranges in values.items():
        utterances[no], new = _mark_turn(heard.speech.turns[no], heard.utterances[no], ranges)
        spans += new
    for turn in heard.speech.turns:
        if (
            turn.no not in values
            and (taken := _take_whole(turn, heard.utterances[turn.no], wanted)) is not None
        ):
            utterances[turn.no], span = taken
            spans.append(span)
    spans.sort(key=lambda each: (each.turn_no, each.span))
    kinds = tuple(sorted({*heard.redaction.kinds, *wanted}))
    new_spans = [each.span for each in spans]
    return replace(
        heard,
        recording=replace(heard.recording, details=redact_details(heard.recording.details, wanted)),
        peaks=flatten_peaks(heard.peaks, new_spans, settings.margin_s) if new_spans else heard.peaks,
        utterances=tuple(utterances),
        redaction=Redaction(kinds, tuple(spans)),
    )


def redact_text(text: str, wanted: Collection[str]) -> str:
    """A text with marks in the place of values, as one turn that somebody might say."""
    if not any(sign.isalnum() for sign in text):
        return text
    words = tuple(text.split())
    found = find_values([SpokenTurn(0, "", "en", words, ((0.0, 0.0),) * len(words))], wanted).get(0)
    return " ".join(_with_marks(words, found)) if found else text


def redact_details(details: Details, wanted: Collection[str]) -> Details:
    """The details of a call with marks in further columns of its source that hold a value."""
    extras = tuple((name, _redact_field(name, value, wanted)) for name, value in details.extras)
    return details if extras == details.extras else replace(details, extras=extras)


def _redact_field(name: str, value: str, wanted: Collection[str]) -> str:
    """A field's value, read after its name: ``card_number`` asks for what follows it."""
    asked = tuple(name.replace("_", " ").replace("-", " ").split())
    words = (*asked, *value.split())
    times = ((0.0, 0.0),) * len(words)
    found = find_values([SpokenTurn(0, "", "en", words, times)], wanted).get(0, [])
    inside = [
        each._replace(first=max(each.first, len(asked)) - len(asked), last=each.last - len(asked))
        for each in found
        if each.last >= len(asked) and each.kind != "long_number"
    ]
    return " ".join(_with_marks(value.split(), inside)) if inside else value


def _with_marks(words: Sequence[str], ranges: Sequence[WordRange]) -> list[str]:
    marked = list(words)
    for each in reversed(ranges):
        marked[each.first : each.last + 1] = [_mark(each.kind, words[each.last])]
    return marked


def _mark(kind: RedactedKind, last_word: str) -> str:
    """The mark, with the punctuation that the last word had."""
    bare = last_word.strip().rstrip("\"')")
    ending = bare[-1] if bare and bare[-1] in _ENDINGS and len(bare) > 1 else ""
    return MARKS[kind] + ending


def _mark_turn(
    turn: Turn, said: Utterance, ranges: Sequence[WordRange]
) -> tuple[Utterance, list[RedactedSpan]]:
    """A turn with marks; as a whole, where its words have no times or its text is not made of them."""
    if not said.words or not _text_is_of_words(said):
        whole, span = _take_turn(turn, said, ranges[0].kind)
        return whole, [span]
    words = list(said.words)
    spans = []
    for each in reversed(ranges):
        inside = said.words[each.first : each.last + 1]
        spans.append(RedactedSpan(turn.no, each.kind, _span_around(turn, said.words, each), len(inside)))
        sure = sum(word.confidence for word in inside) / len(inside)
        mark = _mark(each.kind, inside[-1].text)
        words[each.first : each.last + 1] = [
            Word(mark, inside[0].start_s, max(inside[0].start_s, inside[-1].end_s), round(sure, 3))
        ]
    text = " ".join(word.text.strip() for word in words)
    return replace(said, text=text, words=tuple(words)), spans[::-1]


def _span_around(turn: Turn, words: Sequence[Word], value: WordRange) -> Span:
    """When a value was said: from the end of the word before it, or of the turn, to the start of the one behind it.

    A recogniser tells the time of a word to some tenths of a second, and there is nobody else's word to lose between.
    The whole turn, where the times lie outside of it or are no stretch.
    """
    inside = words[value.first : value.last + 1]
    start_s, end_s = min(word.start_s for word in inside), max(word.end_s for word in inside)
    low_s = words[value.first - 1].end_s if value.first else turn.span.start_s
    high_s = words[value.last + 1].start_s if value.last + 1 < len(words) else turn.span.end_s
    start_s = max(min(start_s, low_s), turn.span.start_s - 0.5, 0.0)
    end_s = min(max(end_s, high_s), turn.span.end_s + 0.5)
    return Span(start_s, end_s) if end_s > start_s else turn.span


def _text_is_of_words(said: Utterance) -> bool:
    """Whether a turn's text says no more than its words."""
    of_text = [token for word in said.text.split() for token in normal_tokens(word)]
    return of_text == [token for word in said.words for token in normal_tokens(word.text)]


def _take_whole(
    turn: Turn, said: Utterance, wanted: Collection[str]
) -> tuple[Utterance, RedactedSpan] | None:
    """A turn whose text holds a value that its words do not show: all of it goes."""
    if not said.words or said.text == " ".join(word.text for word in said.words) or _text_is_of_words(said):
        return None
    words = tuple(said.text.split())
    found = find_values(
        [SpokenTurn(turn.no, turn.speaker, said.language, words, ((0.0, 0.0),) * len(words))], wanted
    )
    return _take_turn(turn, said, found[turn.no][0].kind) if found else None


def _take_turn(turn: Turn, said: Utterance, kind: RedactedKind) -> tuple[Utterance, RedactedSpan]:
    count = max(1, len(said.words) or len(said.text.split()))
    sure = said.confidence or 0.0
    word = Word(MARKS[kind], turn.span.start_s, turn.span.end_s, round(sure, 3))
    return (
        replace(said, text=MARKS[kind], words=(word,)),
        RedactedSpan(turn.no, kind, turn.span, count),
    )


def flatten_peaks(peaks: Peaks, spans: Sequence[Span], margin_s: float) -> Peaks:
    """The outline of the waveform, level over each stretch: that somebody spoke can be seen, not what."""
    values = []
    for channel in peaks.values:
        points = bytearray(channel)
        for span in spans:
            first = max(0, int((span.start_s - margin_s) * peaks.rate_hz))
            end = min(len(points), int((span.end_s + margin_s) * peaks.rate_hz) + 1)
            if first < end:
                mean = round(sum(points[first:end]) / (end - first))
                points[first:end] = bytes([mean]) * (end - first)
        values.append(bytes(points))
    return replace(peaks, values=tuple(values))
