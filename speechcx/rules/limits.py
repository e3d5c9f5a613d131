"""Every bound on a rulebook, in one place: what keeps matching linear whatever the user writes.

A rulebook over a bound is refused with a message that names the bound. Matching costs at most
(tokens of the call) x (elements of the phrase), and the elements are bounded here.
"""

from __future__ import annotations

FILE_BYTES = 1_000_000
"""Size of a rulebook file."""

INCLUDE_DEPTH = 5
"""Rulebooks that include each other one behind the other."""

INCLUDES = 20
"""Rulebooks that one includes, those of its included ones among them."""

YAML_DEPTH = 40
"""Brackets or indentations inside each other in the YAML."""

YAML_NODES = 200_000
"""Values in the YAML, counted again for each alias."""

YAML_ALIASES = 100
"""Uses of ``*name`` in the YAML."""

RULES = 2_000
"""Rules in one rulebook."""

LIST_ITEMS = 20_000
"""Phrases in all lists together."""

PHRASE_CHARACTERS = 20_000
"""Length of one ``said``."""

PHRASE_DEPTH = 20
"""Brackets inside each other in one ``said``."""

OPERATORS = 8
"""``&``, ``NEAR``, ``BEFORE`` and ``AFTER`` in one ``said``."""

PHRASE_WORDS = 60
"""Words of one quoted phrase, the longest way through it."""

PHRASE_ELEMENTS = 400
"""Words, alternatives, optional words and steps of gaps in one quoted phrase."""

GAP_WORDS = 20
"""``*20``: words a gap may skip."""

NEAR_WORDS = 100
"""``NEAR/100``: distance in words."""

NEAR_SECONDS = 600
"""``NEAR/600s``: distance in seconds."""

DIGITS = 60
"""``{digits:60}``: digits of one read-out."""

CONDITION_DEPTH = 10
"""``all``, ``any``, ``not``, ``sequence`` inside each other."""

CONDITIONS = 5_000
"""Conditions in one rulebook."""

HITS_KEPT = 50
"""Hits of one rule kept as evidence in one call; all are counted."""

PASSAGE_GAP_S = 3.0
"""One speaker's turns are read on as one passage over silences shorter than this (the non-talk limit)."""

WORD_FLOOR = 0.4
"""Default confidence under which a word is not trusted (Genesys greys words under 40 % by default)."""

UNREAD_SHARE = 0.1
"""More of the speech than this in a language the rulebook does not read: nothing is certainly absent."""

UNTRUSTED_SHARE = 0.3
"""From this share of untrusted words in the searched window on, "nobody said it" is not believed."""
