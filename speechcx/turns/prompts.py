"""What a machine says on the line, told by its words and place: menus, queue announcements, voicemail.

Pure: from turns, hold, keypad entries and words. A sentence that only machines say is not enough, since
people read sentences out: it must also stand where machines speak, before anybody answered or beside
hold or keypad tones, or not stand alone. What people and machines both say ("this call may be
recorded") never moves a turn by itself.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from speechcx.call import Span, Speech, Turn, Utterance
from speechcx.call.courtesies import THANKS_FOR_CALLING, THANKS_FOR_WAITING
from speechcx.call.spans import join_spans

_NUMBER = r"(one|two|three|four|five|six|seven|eight|nine|zero|[0-9*#]|star|pound|hash)"
_ONLY_MACHINES: tuple[str, ...] = (
    rf"\b(press|dial|push) (or say )?{_NUMBER}\b|\bsay {_NUMBER} (for|to)\b",
    r"\byour (call|business) is (very )?(important|valuable) to us\b",
    r"\ball (of )?(our |the )?(agents|representatives|operators|advisors|advisers|lines|associates|specialists|"
    r"colleagues) are (currently |presently |still |all )?(busy|assisting|helping|engaged|speaking|on)\b",
    r"\b(our|the) (menu )?options have (recently )?changed\b",
    r"\b(listen|choose|select) (carefully )?(to|from) the following (menu|options)\b",
    r"\byou are (currently )?(caller )?(number )?([a-z]+ )?in (the |our )?(queue|line)\b",
    r"\byour (current |estimated |expected |approximate |average )*(wait|waiting|hold) time\b|"
    r"\b(estimated|expected|approximate|average) (wait|waiting|hold) time is\b",
    r"\b(calls?|caller) (will be|is|are) answered (in the order|by the next|shortly|as soon)\b",
    r"\bnext available (agent|representative|operator|advisor|adviser|associate|specialist|person|colleague)\b",
    r"\bplease (remain|stay|continue to hold)( on the line)? (and|for|until|while)\b",
    r"\b(oprima|marque|pulse) (el )?(numero )?(uno|dos|tres|1|2|3)\b",
    r"\bthe (number|person|subscriber|customer|party) you (have |are )?(diall?ed|called|calling|trying to reach)\b",
    r"\b(leave|record) (a |your |us a )(brief |short )?(message|name)\b.{0,40}\b(tone|beep)\b",
    r"\bat the (tone|beep)\b|\bafter the (tone|beep)\b",
    r"\bwhen you('ve| have| are) finished( recording)?.{0,30}\b(hang up|press)\b",
    r"\b(enter|key in) your .{0,40}\b(followed by|using|on) (the |your )?(pound|hash|keypad|key pad|telephone)\b",
)  # fmt: skip
_ALSO_MACHINES = (
    r"\b(hold|line|queue|options?|menu|recorded|monitored|keypad|operator|representative|website|dot com|"
    rf"press|{THANKS_FOR_CALLING['en']}|{THANKS_FOR_WAITING})\b"
)
_PEOPLE = re.compile(
    r"\b(this is|my name is|my name's|you're (speaking|talking) (to|with)) (?!the|an?\b|our)[a-z]+\b|"
    r"\bi'm (?!sorry|unable|having|here|not)[a-z]+\b|"
    r"\b[a-z]+ speaking\b|\b(how|what) (can|may) i\b|\b(sorry|apologi[sz]e) (for|about) (the|your) wait\b"
)
_MACHINE = re.compile("|".join(f"(?:{pattern})" for pattern in _ONLY_MACHINES))
_LIKELY = re.compile(_ALSO_MACHINES)
BESIDE_S = 4.0
"""Machine sentences this near to hold music, tones or keys stand where machines speak."""
KEYS_AFTER_S = 15.0
"""Keys follow a menu within this time."""
MAX_BEFORE = 40
"""Words before the first machine sentence of a turn: with more, somebody is telling of it."""
PAUSE_S = 0.8
"""Pauses of a machine that belong to its prompt."""
ANSWERED_WORDS = 2
"""Another speaker who said this many words has answered."""


@dataclass(frozen=True, slots=True)
class _Found:
    """How much of a turn's words is a machine's, and how many of its sentences only machines say."""

    words: int
    sentences: int


def set_prompts_apart(
    speech: Speech, utterances: Sequence[Utterance]
) -> tuple[Speech, tuple[Utterance, ...]]:
    """Move what a machine says out of the turns into ``ivr``.

    Parameters
    ----------
    speech
        Who speaks when, with hold and keypad entries.
    utterances
        The words, one for each turn.

    Returns
    -------
    tuple
        The same without the machine's turns, renumbered, and the words that are left. A turn that
        begins with a machine and goes on with a person is cut between the two. Words of machines are not kept.
    """
    turns: list[Turn] = []
    left: list[Utterance] = []
    machine: list[Span] = []
    answered: dict[str, int] = {}
    for turn, said in zip(speech.turns, utterances, strict=True):
        found = _find_prompt(said.text)
        if found is None or not _stands_right(turn, found, speech, answered):
            answered[turn.speaker] = answered.get(turn.speaker, 0) + len(said.text.split())
            turns.append(turn)
            left.append(said)
            continue
        cut = _cut(turn, said, found.words)
        if cut is None:
            machine.extend(turn.speech)
            continue
        rest, words, prompt = cut
        machine.extend(prompt)
        turns.append(rest)
        left.append(words)
    if not machine:
        return speech, tuple(utterances)
    order = sorted(range(len(turns)), key=lambda i: (turns[i].span, turns[i].speaker))
    kept = tuple(replace(turns[i], no=no) for no, i in enumerate(order))
    named = {turn.speaker for turn in kept}
    speakers = tuple(name for name in speech.speakers if name in named or speech.split == "channels")
    return (
        replace(speech, speakers=speakers, turns=kept, ivr=join_spans((*speech.ivr, *machine), PAUSE_S)),
        tuple(replace(left[i], no=no) for no, i in enumerate(order)),
    )


def _find_prompt(text: str) -> _Found | None:
    """The machine's part at the beginning of a turn; None where no sentence is a machine's alone."""
    tokens = [re.sub(r"[^\w'*#]+", "", word.lower().replace("’", "'")) for word in text.split()]
    line = " ".join(tokens)
    matches = list(_MACHINE.finditer(line))
    if not matches or line[: matches[0].start()].count(" ") > MAX_BEFORE:
        return None
    person = _PEOPLE.search(line)
    if person is not None and person.start() < matches[0].start():
        return None
    if person is not None:
        matches = [match for match in matches if match.start() < person.start()]
        limit = line[: person.start()].count(" ")
    else:
        limit = len(tokens)
    end = _end_of_sentence(text.split(), line[: matches[-1].end()].count(" "), limit)
    while end < limit:
        following = _end_of_sentence(text.split(), end, limit)
        if not _LIKELY.search(" ".join(tokens[end:following])):
            break
        end = following
    return _Found(end, len({match.group() for match in matches}))


def _end_of_sentence(words: Sequence[str], at: int, limit: int) -> int:
    """Index after the sentence that word `at` is in, at most `limit`; without marks the limit."""
    for i in range(at, limit):
        if words[i].endswith((".", "?", "!")):
            return i + 1
    return limit


def _stands_right(turn: Turn, found: _Found, speech: Speech, answered: dict[str, int]) -> bool:
    """Whether the machine's sentence stands where machines speak."""
    if found.sentences > 1:
        return True
    beside = Span(max(0.0, turn.span.start_s - BESIDE_S), turn.span.end_s + BESIDE_S)
    if any(beside.overlap_s(span) > 0 for span in (*speech.hold, *speech.ivr)):
        return True
    if any(0 <= keys.start_s - turn.span.end_s <= KEYS_AFTER_S for keys in speech.ivr):
        return True
    if speech.split == "unsplit":
        return turn.no == 0
    return all(words < ANSWERED_WORDS for name, words in answered.items() if name != turn.speaker)


def _cut(turn: Turn, said: Utterance, count: int) -> tuple[Turn, Utterance, tuple[Span, ...]] | None:
    """The person's part of a turn after `count` words of a machine, and the machine's; None without one."""
    if count >= len(said.words) or len(said.words) != len(said.text.split()):
        return None
    at_s = said.words[count].start_s
    own = [Span(max(span.start_s, at_s), span.end_s) for span in turn.speech if span.end_s > at_s]
    if not own:
        return None
    prompt = tuple(Span(s.start_s, min(s.end_s, at_s)) for s in turn.speech if s.start_s < at_s)
    words = said.words[count:]
    rest = replace(turn, span=Span(own[0].start_s, own[-1].end_s), speech=tuple(own))
    text = " ".join(said.text.split()[count:])
    confidence = sum(word.confidence for word in words) / len(words)
    return rest, replace(said, text=text, words=words, confidence=confidence), prompt
