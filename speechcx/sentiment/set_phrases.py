"""Set phrases of English whose words say another feeling than the phrase: script, mock thanks, disbelief, parting.

A text model takes "We really appreciate your business" for joy and "You're having a laugh" for fun, since
the words are friendly. What such a phrase says is known, so where a passage is one sentence that is such a phrase,
the phrase decides. In longer passages the model has the neighbours to go by, and reads them as ever.
"""

from __future__ import annotations

import re

from speechcx.sentiment.protocol import ClassShares

LANGUAGE = "en"
"""The language these phrases are in."""

MAX_WORDS = 14
"""A longer sentence says more than its set phrase."""

NEUTRAL = ClassShares(0.1, 0.8, 0.1)
NEGATIVE = ClassShares(0.8, 0.15, 0.05)
"""What a set phrase is taken to say: sure of the class, milder than the strongest words."""

_THANKS = r"(?:thank you|thanks)(?: (?:so|very) much)?"
_VERY = r"(?:(?:really|truly|greatly|do|certainly|always) )*"
_SOMEBODY = r"(?:somebody|someone|anybody|anyone)"

_SCRIPT = (
    rf"{_THANKS} for (?:calling|choosing|contacting|holding|banking with)(?: us| \w+){{0,3}}",
    rf"{_THANKS} for your (?:call|custom|business|loyalty|patience)(?: \w+){{0,2}}",
    rf"{_THANKS} for being a (?:\w+ )*(?:customer|member)(?: \w+){{0,2}}",
    rf"(?:we|i) {_VERY}(?:appreciate|value) your (?:\w+ )?(?:business|custom|loyalty|call)",
    rf"(?:we|i) {_VERY}(?:appreciate|value) you (?:calling|choosing us|being (?:a|such an?) .*customer)",
    r"your (?:call|business|custom|satisfaction) is (?:very )?(?:important|valuable) to us",
    r"it (?:was|has been|is) (?:a |my )?pleasure (?:speaking|talking|helping|to (?:help|assist|speak))(?: \w+){0,3}",
    r"(?:i|we)(?:'d|'ll| would| will) be (?:more than )?happy to (?:help|assist)(?: you)?(?: with (?:that|this))?",
    r"is there anything else (?:that )?(?:i|we) can (?:help|assist)(?: you)?(?: with)?(?: today)?",
)
"""What agents say by script; our guideline calls it neutral."""

_BAD_ACT = (
    r"(?:hanging up|cutting me off|nothing|absolutely nothing|wasting|ignoring|losing|leaving me|making me|keeping me|"
    r"lying|messing|ruining|no help|passing me|putting me on hold|charging me|overcharging|forgetting|breaking|"
    r"wrecking|costing me|the (?:runaround|run around|lecture|lies|(?:empty|false|broken) promises?)|"
    r"not (?:listening|helping|calling|bothering)|getting my hopes up|talking over me|letting me down)"
)
_FRIENDLY_COMPLAINTS = (
    rf"(?:well |oh |gee |yeah )?(?:{_THANKS}|cheers)(?: a lot| ever so much)? for {_BAD_ACT}\b.*",
    r"(?:oh )?(?:you are|you're|you must be|are you|they are|they're) (?:having (?:a laugh|me on)|pulling my leg)",
    r"(?:oh )?(?:you are|you're|are you|they are|they're) taking the (?:mick|mickey|piss)",
    r"(?:you have got to|you've got to|you must) be (?:kidding|joking)(?: me)?",
    r"(?:oh )?(?:do not|don't) make me laugh|pull the other one.*|you (?:could not|couldn't) make it up",
    r"what a (?:laugh|farce|joke|circus)|is (?:this|that) (?:meant|supposed) to be (?:a joke|funny)",
    r".*\b(?:part ways|go our separate ways|part company)\b.*",
    rf"i(?:'ll| will|'d| would) be (?:much )?(?:happier|better off) (?:somewhere else|elsewhere|with {_SOMEBODY} else)",
    r".*\btak(?:e|ing) (?:my|our) (?:business|money|custom) (?:elsewhere|somewhere else)\b.*",
    r"(?:i|we) (?:just |only |really )?(?:want|wanted|need) to (?:speak|talk) to a (?:real|actual|live|human) .*",
    r"(?:i|we) wish (?:i'd|we'd|i had|we had) never .*|(?:i|we) (?:loved|liked|trusted) (?:this|your|the) \w+ once",
    r"(?:you|it|this|they|your \w+) used to be (?:so |such |really )?(?:a )?(?:good|great|nice|brilliant|pleasure).*",
)
"""Complaints made of friendly words: mock thanks, disbelief, parting, wishes, praise of what is no more."""

_SCRIPTED, _COMPLAINT = (re.compile("|".join(phrases)) for phrases in (_SCRIPT, _FRIENDLY_COMPLAINTS))


def read_set_phrase(text: str) -> ClassShares | None:
    """What a text says that is one set phrase; None for any other.

    Parameters
    ----------
    text
        One sentence.
    """
    plain = " ".join(re.findall(r"[a-z']+", text.casefold().replace("’", "'")))
    if not plain or len(plain.split()) > MAX_WORDS:
        return None
    if _COMPLAINT.fullmatch(plain):
        return NEGATIVE
    return NEUTRAL if _SCRIPTED.fullmatch(plain) else None
