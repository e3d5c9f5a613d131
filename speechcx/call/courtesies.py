"""What people say to open and to close a call, as parts of regular expressions; one list for every room that asks.

They match lower-case words without accents. By language, so that a room can tell which languages it reads.
"""

from __future__ import annotations

from collections.abc import Mapping

GREETINGS: Mapping[str, str] = {
    "en": r"hello|hi|hey|good (morning|afternoon|evening|day)",
    "es": r"hola|buen[oa]s (dias|tardes|noches)",
    "de": r"guten (tag|morgen|abend)|hallo|gruss gott",
    "fr": r"bonjour|bonsoir|allo",
}
"""Words of welcome of either party."""

THANKS_FOR_CALLING: Mapping[str, str] = {
    "en": r"(thanks|thank you) for (calling|contacting|choosing|your call)",
    "es": r"gracias por (llamar|su llamada|contactar)",
    "de": r"danke? fur (ihren|deinen) anruf",
    "fr": r"merci (de|pour) votre appel|merci d'avoir appele",
}
"""What an agent says at the beginning, and sometimes at the end."""

THANKS_FOR_WAITING = r"(thanks|thank you) for (waiting|holding|your patience)"
"""What an agent says to somebody who was there before; English."""

OFFERS_HELP: Mapping[str, str] = {
    "en": r"(how|what) (can|may|could) (i|we) (help|assist|do)",
    "es": r"(en que|como) (le |te |les )?(puedo|podemos) (ayudar|atender|servir)",
    "de": r"(wie|womit) (kann|darf) ich (ihnen|dir) (\w+ )?(weiter)?helfen",
    "fr": r"(comment|en quoi) (puis[ -]je|je peux|pouvons[ -]nous) vous (aider|etre utile)",
}
"""What an agent asks at the beginning."""

FAREWELLS: Mapping[str, str] = {
    "en": (
        r"bye|goodbye|good night|take care|that (is|was) (all|it|everything)|that's (all|it|everything)|"
        r"have (a|an) (\w+ )?(day|one|evening|weekend|afternoon|night|rest|time)|"
        r"(enjoy|have) (the rest of )?your (day|evening|weekend|afternoon)|talk to you (later|soon)"
    ),
    "es": r"adios|hasta (luego|pronto)|(buen dia|buena tarde|buenas noches)",
    "de": r"(auf )?wieder(horen|sehen)|tschuss|schonen (tag|abend|nachmittag)",
    "fr": r"au revoir|bonne (journee|soiree|fin de journee)",
}
"""What either party says at the end."""


def any_of(phrases: Mapping[str, str]) -> str:
    """One part of a regular expression for all languages."""
    return "|".join(phrases.values())
