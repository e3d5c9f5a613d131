"""What words tell about who is the agent: one table of clues, each with its weight.

A weight is a log-odds (natural logarithm): +2.3 makes "agent" ten times as likely as "customer" in the
eyes of that clue alone, -2.3 the reverse. They are judgements, not fitted to any set of calls. The clues
of one call are not independent, so their sum is taken times :data:`TRUST`.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from math import log

from speechcx.call.courtesies import (
    GREETINGS,
    OFFERS_HELP,
    THANKS_FOR_CALLING,
    THANKS_FOR_WAITING,
    any_of,
)

TRUST = 0.6
"""Clues of one call say partly the same thing twice: their sum counts for this much."""
OPENING_TURNS = 3
"""Greetings and introductions count in a speaker's first turns only."""


@dataclass(frozen=True, slots=True)
class Clue:
    """One kind of evidence.

    Parameters
    ----------
    name
        What it is, for the explanation.
    pattern
        Regular expression over lower-case words with apostrophes and question marks.
    weight
        Log-odds for "agent", each time it is found; negative speaks for "customer".
    most
        Times it counts at most.
    opening
        Whether it counts in a speaker's first turns only.
    inbound_only
        Whether it says nothing in an outbound call, where the agent is the one who wants something.
    """

    name: str
    pattern: str
    weight: float
    most: int = 1
    opening: bool = False
    inbound_only: bool = False


_ASK_FOR = (
    r"(name|number|address|account|pin|password|email|date of birth|zip|postcode|postal|security|order|"
    r"card|social|phone|birth|billing|reference)"
)
_OWN = (
    r"(card|account|bill|phone|order|address|number|plan|contract|payment|internet|service|check|checkbook|"
    r"balance|statement|money|car|booking|reservation|policy|claim|line|signal|package|loan|mortgage|fee|"
    r"refund|subscription|appointment|router|modem|password|paycheck|deposit)"
)

CLUES: tuple[Clue, ...] = (
    Clue("offers help", rf"\b({any_of(OFFERS_HELP)})", 2.5),
    Clue("thanks for calling", rf"\b({any_of(THANKS_FOR_CALLING)})\b", 2.5),
    Clue("fetches an interpreter", r"\b(get|call|find|add|connect|bring in) (you )?(an?|the) interpreter\b", 2.0),
    Clue("thanks for waiting", rf"\b{THANKS_FOR_WAITING}\b", 2.0),
    Clue("thanks a customer", r"\b(thanks|thank you) for being (a |our |with)", 2.0),
    Clue(
        "recording notice",
        r"\b(recorded line|(call|calls|line|conversation)s? (is|are|may be|will be|being|"
        r"might be|can be) (being )?(recorded|monitored))",
        2.5,
    ),
    Clue(
        "you are speaking with",
        r"\byou('re| are) (now )?(through|speaking|talking|connected) (to|with)\b",
        2.0, opening=True,
    ),
    Clue(
        "anything else",
        r"\banything else\b.*\?|\b(is there|was there) anything else\b|\banything else (i|"
        r"we) can\b",
        2.0,
    ),
    Clue(
        "asks to verify",
        r"\b(may|can|could) i (have|take|get|please have|also have|also get) (the|your|you)\b",
        1.2, 3,
    ),
    Clue(
        "asks to verify",
        r"\b(can|could|would) you (please )?(verify|confirm|spell|provide|read me|"
        r"tell me your|give me your|give me the)\b",
        1.2, 3,
    ),
    Clue("asks for details", rf"\bwhat('s| is| was) (your|the) ([a-z]+ ){{0,3}}{_ASK_FOR}\b", 1.0, 3),
    Clue("asks for details", rf"\b(your|and your) ([a-z]+ ){{0,2}}{_ASK_FOR}( please)? ?\?", 0.8, 2),
    Clue("verifies", r"\bto (verify|confirm|check it's you|make sure it's you|protect your)\b", 1.2),
    Clue(
        "looks it up",
        r"\b(let me|i'll|i will|i'm going to|i am going to) (just )?(check|look|pull|"
        r"take a look|see what|transfer|put you|get (you|that)|send you|go ahead|explain|"
        r"open)\b",
        0.8, 3,
    ),
    Clue(
        "asks to wait",
        r"\b(bear with me|one moment|please hold|hold the line|(place|"
        r"put) you on (a brief )?hold|just a moment|stay on the line)\b",
        1.2, 2,
    ),
    Clue(
        "reports it done",
        r"\b(i've|i have) (put|sent|ordered|added|updated|cancelled|canceled|removed|reset|"
        r"processed|refunded|blocked|got the)\b",
        0.8, 2,
    ),
    Clue(
        "sees the record",
        r"\b(i can see|i see here|according to our|our (system|records|policy)|on our (end|"
        r"side))\b",
        0.8, 2,
    ),
    Clue(
        "apologises",
        r"\bi('m| am) (so |very |really )?sorry (to hear|about that|about the|for the|you|"
        r"that)\b|\bi apologi[sz]e\b|\bi understand (how|that|your|why)\b|\bi can see why\b",
        1.0, 2,
    ),
    Clue(
        "promises to the customer",
        r"\byou('ll| will) (get|receive|see|be (charged|able|contacted))\b",
        0.7, 3,
    ),
    Clue("welcomes", r"\bwelcome to\b", 1.5, opening=True),
    Clue(
        "wishes a nice day",
        r"\b(have|enjoy) a (great|nice|good|lovely|wonderful|safe|fantastic) (day|one|evening|"
        r"weekend|afternoon|rest|trip|week|wonderful)\b",
        0.8,
    ),
    Clue(
        "calls from a company",
        r"\b(this is|it's) ([a-z]+ )?(calling )?(from|with|at) (the )?[a-z]+|"
        r"\b(i'm|i am) (calling|[a-z]+) (from|with) (the )?[a-z]+|"
        r"\b(calling )?on behalf of\b|\bcourtesy call\b",
        1.5, opening=True,
    ),
    Clue(
        "calls about the other's things",
        r"\b(calling|ringing|phoning) (you )?(about|regarding|in regards to) (your|you)\b|"
        r"\bfollowing up on (your|the [a-z]+ you)\b",
        2.0, opening=True,
    ),
    Clue(
        "says why it calls",
        r"\b(i('m| am| was)|i'm just) (calling|ringing|phoning) (about|because|to|regarding|"
        r"in regards|for)\b(?! you)|\bi (called|rang) (about|yesterday|last|before|on)\b",
        -2.0, inbound_only=True,
    ),
    Clue(
        "wants something",
        r"\b(i('d| would) like to|i (want|need|wanted|was hoping|was trying) (to|a|my)|"
        r"i (have|had|got) a (question|problem|complaint))\b",
        -1.0, 2, inbound_only=True,
    ),
    Clue("speaks of its own things", rf"\bmy ([a-z]+ ){{0,2}}{_OWN}s?\b", -0.7, 4),
    Clue(
        "tells a loss",
        r"\bi('ve| have)? (lost|forgot|never got|never received|didn't (get|receive)|"
        r"haven't (got|received|gotten)|can't (log|get|access))\b",
        -1.5,
    ),
    Clue(
        "wants a supervisor",
        r"\b(speak|talk) (to|with) (a|your|the|somebody|someone) ?(manager|supervisor|boss|"
        r"else|human|person|higher)?",
        -1.2,
    ),
    Clue(
        "complains",
        r"\b(you (people|guys)|your (company|bank|website|service)|ridiculous|unacceptable|"
        r"worst|i'm done with|cancel my)\b",
        -1.2, 2,
    ),
    Clue(
        "thanks for help",
        r"\b(thanks|thank you) (so much |very much )?for (your|the|all your|all the) help\b|"
        r"\byou('ve| have) been (a great|very|so|really) ?(help|helpful|kind)?",
        -1.5,
    ),
    Clue(
        "is helped",
        r"\bthat's (all|everything)\b(?! (done|set|sorted|booked|gone|been|taken|updated))( i need)?|"
        r"\bthat (is|was) (all|everything)\b(?! (done|set|sorted))|"
        r"\bno that('s| is) (it|all|everything)\b|\bthat was (going to be )?it\b",
        -1.2,
    ),
    Clue("wishes back", r"\byou too\b", -0.7),
)  # fmt: skip

NAME_SAID = 3.5
"""The agent's own name in an introduction."""
NAME_CALLED = -1.0
"""The agent's name, called by the other."""
FIRST_INBOUND, FIRST_OUTBOUND, FIRST_UNKNOWN = 0.8, -0.5, 0.3
"""Who speaks first: agents answer inbound calls, customers outbound ones."""
FIRST_LATER = 0.25
"""This much of it counts where the first words open no call: the recording may begin in the middle."""
UNKNOWN_DIRECTION = 0.6
"""This much of an inbound call's clues counts where nobody says who placed the call."""
NUMBER_READ = -0.8
"""A turn that reads out five digits or more; twice at most."""
QUESTION_SHARE = 0.4
"""Times the log-odds of questions per turn, against the other: agents ask more."""
SCRIPT_SAID = 2.5
"""A phrase of the settings' ``party_phrases``."""

_DIGIT_WORDS = r"(zero|oh|one|two|three|four|five|six|seven|eight|nine)"
_NUMBER = re.compile(rf"(?:\d\W{{0,2}}){{5,}}|(?:\b{_DIGIT_WORDS}\W+){{5,}}")
_OPENS = re.compile(
    rf"\b({any_of(GREETINGS)}|{any_of(THANKS_FOR_CALLING)}|{THANKS_FOR_WAITING}|{any_of(OFFERS_HELP)}|"
    r"welcome|this is|speaking|my name|how (can|may) (i|we)|what can i)\b"
)
_INTRODUCES = (
    r"(this is|my name is|my name's|i am|i'm|speaking with|speaking to|talking to|talking with|name is|with)"
)


@dataclass(frozen=True, slots=True)
class Weighed:
    """What speaks for or against one speaker being the agent: a log-odds, and the clues behind it."""

    log_odds: float
    clues: tuple[tuple[str, float], ...]


def weigh_words(
    turns: Sequence[str], *, names: Sequence[str], phrases: Sequence[str], outbound: bool | None
) -> Weighed:
    """Weigh one speaker's turns for being the agent.

    Parameters
    ----------
    turns
        What the speaker says, turn by turn.
    names
        The agent's names, lower case.
    phrases
        Script phrases of the agents.
    outbound
        Whether the agent placed the call; None where nobody says.
    """
    lines = [normalise(turn) for turn in turns]
    # No clue goes across a line break: one look through all turns finds what a look at each would.
    opening, whole = "\n".join(lines[:OPENING_TURNS]), "\n".join(lines)
    found: dict[str, float] = {}
    for clue in CLUES:
        if outbound and clue.inbound_only:
            continue
        times = min(clue.most, len(re.findall(clue.pattern, opening if clue.opening else whole)))
        if times:
            part = UNKNOWN_DIRECTION if clue.inbound_only and outbound is None else 1.0
            found[clue.name] = found.get(clue.name, 0.0) + times * clue.weight * part
    if any(script and script in line for script in map(normalise, phrases) for line in lines):
        found["script phrase"] = SCRIPT_SAID
    introduced, called = _name_use(lines, names)
    if introduced:
        found["says the agent's name as its own"] = NAME_SAID
    elif called:
        found["calls the other by the agent's name"] = NAME_CALLED
    numbers = min(2, sum(bool(_NUMBER.search(line)) for line in lines))
    if numbers:
        found["reads out a number"] = numbers * NUMBER_READ
    return Weighed(sum(found.values()), tuple(sorted(found.items(), key=lambda item: -abs(item[1]))))


def opens_call(turn: str) -> bool:
    """Whether a recording's first words are such as calls begin with: a greeting, a name, a question."""
    line = normalise(turn)
    return len(line.split()) <= 2 or bool(_OPENS.search(" ".join(line.split()[:25])))


def weigh_questions(own: Sequence[str], other: Sequence[str]) -> float:
    """Log-odds for "agent" from how much more one speaker asks than the other."""
    rates = [(sum(turn.count("?") for turn in turns) + 1) / (len(turns) + 2) for turns in (own, other)]
    return QUESTION_SHARE * log(rates[0] / rates[1])


def normalise(text: str) -> str:
    """Lower case, straight apostrophes, question marks kept, other marks as single spaces."""
    letters = unicodedata.normalize("NFKD", text.lower().replace("’", "'"))
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return re.sub(r"\s+", " ", re.sub(r"[^a-z0-9'?]+", " ", plain.replace("?", " ? "))).strip()


def _name_use(lines: Sequence[str], names: Sequence[str]) -> tuple[bool, bool]:
    """Whether the agent's name is said as one's own in the opening, and whether it is said at all."""
    said = {word for line in lines for word in line.split()}
    heard = {near for name in names for near in difflib.get_close_matches(name, said, n=3, cutoff=0.8)}
    if not heard:
        return False, False
    any_name = "(" + "|".join(map(re.escape, sorted(heard))) + ")"
    own = rf"\b{_INTRODUCES} {any_name}\b|\b{any_name} (speaking|here)\b"
    called = rf"\b(hi|hey|hello|yeah|yes|bye|thanks|thank you|okay|listen|well|look|no|oh) {any_name}\b"
    opening = lines[:OPENING_TURNS]
    introduced = any(re.search(own, re.sub(called, " ", line)) for line in opening)
    return introduced, any(re.search(called, line) for line in lines)
