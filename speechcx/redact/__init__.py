"""Takes what ``listen`` heard, gives the same without card numbers, codes, accounts and ids.

Takes: a ``Conversation`` and the settings ``[redact]``.
Gives: the conversation with a mark of its kind in the place of each value (``[card number]``), and where each
stood. Recordings with these stretches muted.
Never: keeps a value, or tells it in an error; lets a checksum decide whether a number is one; leaves the words
of a value whose place in the turn is not known, for then the whole turn goes.

``token_row`` lays out the words with numbers read as digits, ``number_topics`` tells what a number was asked
for, ``number_values`` puts numbers together, ``written_values`` and ``personal_values`` find the rest,
``conversation_marks`` takes it all out. One more kind: a name and a mark in ``call/redaction.py``, the words that
ask for it in ``number_topics``, its length in ``number_values``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from speechcx.redact.settings import RedactSettings

if TYPE_CHECKING:
    from speechcx.call import Conversation, Details, RedactedKind

__all__ = ["RedactSettings", "find_known_names", "redact_conversation", "redact_text", "redact_typed"]


def redact_conversation(
    heard: Conversation, settings: RedactSettings, names: Mapping[str, RedactedKind] | None = None
) -> Conversation:
    """The same conversation without the values that the settings name.

    Parameters
    ----------
    heard
        What was heard; what was taken out before stays out.
    settings
        Which kinds.
    names
        Names that are known of the call, normalised, each with the kind it is; for the kind ``name``.
    """
    # Imported here: who reads settings needs no search for numbers.
    from speechcx.redact.conversation_marks import redact_conversation as redact

    return redact(heard, settings, names)


def redact_text(text: str, wanted: Collection[str]) -> str:
    """A text that somebody typed, with marks in the place of values of the kinds `wanted`."""
    from speechcx.redact.conversation_marks import redact_text as redact

    return redact(text, wanted)


def redact_typed(text: str, wanted: Collection[str]) -> str:
    """What somebody typed into a search, with marks as of :func:`redact_text`; filters may be a JSON object."""
    if not wanted or not (len(text.split()) > 2 or any(sign.isdigit() or sign == "@" for sign in text)):
        # No value has fewer words without a digit in them, and the search for numbers takes long to load.
        return text
    from speechcx.redact.scrubbing import scrub_written

    return scrub_written(text, lambda part: redact_text(part, wanted))


def find_known_names(details: Details) -> dict[str, RedactedKind]:
    """Names of the agent and the customer of a call, as far as its details tell them."""
    from speechcx.redact.personal_values import find_known_names as find

    return find(details)
