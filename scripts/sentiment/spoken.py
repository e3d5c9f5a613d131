"""Written text made to look as a speech recogniser prints it.

Recognised speech has few commas and no emoji, numbers often as words, fillers,
repeated words and now and then a wrong one. Each change is drawn anew for every
epoch, so that the model never learns to lean on an exclamation mark.
"""

from __future__ import annotations

import random
import re

_FILLERS = ("um", "uh", "well", "so", "you know", "i mean", "like", "okay so", "yeah", "look")
_EMOTICON = re.compile(r"[:;=8][\-o*']?[)\](\[dDpP/:}{@|\\]|<3|[\U0001F300-\U0001FAFF\u2600-\u27BF]")
_SOUNDALIKE = {
    "their": "there", "they're": "their", "your": "you're", "you're": "your", "it's": "its",
    "to": "too", "than": "then", "then": "than", "of": "have", "for": "four", "know": "no",
    "here": "hear", "bill": "build", "billed": "build", "fee": "feet", "wait": "weight",
    "waited": "weighted", "charge": "charged", "and": "in", "an": "and", "cancelled": "canceled",
    "hold": "old", "by": "buy", "right": "write", "through": "threw", "would": "wood",
}  # fmt: skip
_TYPED = {
    "you": "u", "your": "ur", "are": "r", "please": "pls", "thanks": "thx", "thank": "thnk",
    "because": "cuz", "going": "goin", "to": "2", "for": "4", "with": "w", "people": "ppl",
    "don't": "dont", "can't": "cant", "won't": "wont", "i'm": "im", "it's": "its", "what": "wat",
    "customer": "cust", "service": "svc", "minutes": "mins", "hours": "hrs", "flight": "flt",
}  # fmt: skip
_DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def make_spoken(text: str, rng: random.Random) -> str:
    """Return ``text`` as a recogniser might print it; never changes its meaning."""
    spoken = _EMOTICON.sub(" ", text)
    if rng.random() < 0.85:
        spoken = spoken.lower()
    if rng.random() < 0.7:
        spoken = re.sub(r"[^\w\s'\[\]]", " ", spoken)
    elif rng.random() < 0.5:
        spoken = spoken.replace("!", ".")
    if rng.random() < 0.5:
        spoken = re.sub(r"\b\d{1,6}\b", _say_digits, spoken)
    words = spoken.split()
    if len(words) > 3 and rng.random() < 0.35:
        words = _stumble(words, rng)
    if words and rng.random() < 0.25:
        words = [_SOUNDALIKE.get(w, w) if rng.random() < 0.3 else w for w in words]
    return " ".join(words) or text


def drop_marks(text: str, rng: random.Random) -> str:
    """Return ``text`` with lighter damage: case or the last mark gone."""
    changed = text.lower() if rng.random() < 0.6 else text
    return changed.rstrip(" .!?") if rng.random() < 0.5 else changed


def make_message(text: str, rng: random.Random) -> str:
    """Return ``text`` as somebody might type it to a company: a name, a slip, a sign, a link."""
    typed = text if rng.random() < 0.5 else text.lower()
    words = typed.split()
    for _ in range(rng.choice((0, 0, 1, 2))):
        at = rng.randrange(len(words))
        words[at] = _TYPED.get(words[at].lower(), _slip(words[at], rng))
    typed = " ".join(words)
    if rng.random() < 0.6 and "@" not in typed:
        typed = f"@user {typed}" if rng.random() < 0.8 else f"{typed.rstrip(' .')} @user"
    if rng.random() < 0.2:
        typed = typed.rstrip(".") + rng.choice(("..", "...", " #help", " http://t.co/x", "!", "?!", " pls"))
    return typed


def _slip(word: str, rng: random.Random) -> str:
    if len(word) < 4 or not word.isalpha():
        return word
    at = rng.randrange(1, len(word) - 1)
    if rng.random() < 0.5:
        return word[:at] + word[at + 1 :]
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def _stumble(words: list[str], rng: random.Random) -> list[str]:
    out = list(words)
    for _ in range(rng.choice((1, 1, 2))):
        at = rng.choice((0, rng.randrange(len(out))))
        if rng.random() < 0.65:
            out[at:at] = rng.choice(_FILLERS).split()
        else:
            out.insert(at, out[at])
    return out


def _say_digits(match: re.Match[str]) -> str:
    return " ".join(_DIGITS[int(digit)] for digit in match.group())
