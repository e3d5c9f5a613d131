"""One written word to the normalised tokens that phrases and transcripts are compared by.

Case, punctuation and apostrophes go; contractions are written out (``don't`` is ``do not``),
British spellings follow American ones, fillers (``uh``, ``um``) vanish, written numbers become bare
digits (number *words* join them in ``numerals``). Phrases and transcripts pass the same function, so
whatever it does, it does to both.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from speechcx.call import find_mark


def word_set(text: str) -> frozenset[str]:
    """The words of a text as a set."""
    return frozenset(text.split())


FILLERS = word_set("uh um uhm umm er err erm ehm eh hm hmm hmmm mm mmm uhh ah ahh")
"""Hesitations that no phrase needs to mention."""

BACKCHANNELS = word_set(
    "mmhm mmhmm uhhuh yeah yep yes yup okay right sure aha i see got it go ahead all alright good great"
)
"""Words of a listener; a turn of nothing else does not end the other speaker's passage."""

_WHOLE = {
    "can't": "can not", "cant": "can not", "cannot": "can not", "won't": "will not", "wont": "will not",
    "shan't": "shall not", "ain't": "is not", "let's": "let us", "y'all": "you all", "ma'am": "madam",
    "dont": "do not", "didnt": "did not", "doesnt": "does not", "isnt": "is not", "wasnt": "was not",
    "couldnt": "could not", "wouldnt": "would not", "shouldnt": "should not", "havent": "have not",
    "hasnt": "has not", "hadnt": "had not", "arent": "are not", "werent": "were not", "im": "i am",
    "ive": "i have", "youre": "you are", "youve": "you have", "thats": "that is", "whats": "what is",
    "theyre": "they are", "gonna": "going to", "wanna": "want to", "gotta": "got to", "lemme": "let me",
    "gimme": "give me", "kinda": "kind of", "ok": "okay", "alright": "all right", "o'clock": "oclock",
    "uh-huh": "uhhuh", "mm-hm": "mmhm", "mm-hmm": "mmhm", "mhm": "mmhm", "mmhmm": "mmhm", "e-mail": "email",
    "e-mails": "emails", "wi-fi": "wifi", "'cause": "because", "cuz": "because", "'em": "them",
}  # fmt: skip
_ENDINGS = (("n't", "not"), ("'re", "are"), ("'ve", "have"), ("'ll", "will"), ("'m", "am"), ("'d", "would"))
_IS_AFTER = word_set(
    "it that what here there who where how he she when why this everything something nothing name "
    "somebody someone nobody everybody everyone anybody anyone internet broadband wifi phone signal line "
    "card account bill order parcel money transfer payment connection service app package delivery driver courier "
    "refund contract policy plan data sim number code password pin bank shop store price wages company "
    "wife husband mom mum dad mother father son daughter partner friend man woman lady bloke guy engineer "
    "table screen zip sofa bed fridge freezer boiler heating car machine washer dishwasher hoover kettle oven tv telly "
    "battery charger laptop computer tablet handset router hub box light meter website site page system port"
)
SPELLINGS = {
    "apologise": "apologize", "apologised": "apologized", "apologises": "apologizes",
    "apologising": "apologizing", "authorise": "authorize", "authorised": "authorized",
    "authorising": "authorizing", "authorisation": "authorization", "recognise": "recognize",
    "recognised": "recognized", "realise": "realize", "realised": "realized", "organise": "organize",
    "organised": "organized", "finalise": "finalize", "finalised": "finalized", "prioritise": "prioritize",
    "cancelled": "canceled", "cancelling": "canceling", "labelled": "labeled", "travelled": "traveled",
    "travelling": "traveling", "favour": "favor", "favourite": "favorite", "honour": "honor",
    "behaviour": "behavior", "colour": "color", "neighbour": "neighbor", "centre": "center",
    "cheque": "check", "cheques": "checks", "programme": "program", "licence": "license",
    "defence": "defense", "offence": "offense", "grey": "gray", "fulfil": "fulfill", "enrol": "enroll",
    "enrolment": "enrollment", "judgement": "judgment", "customise": "customize", "minimise": "minimize",
    "maximise": "maximize", "emphasise": "emphasize", "sympathise": "sympathize", "empathise": "empathize",
    "solicitors": "solicitors", "mum": "mom", "tyre": "tire", "tyres": "tires",
}  # fmt: skip
_ORDINALS = (
    "zeroth", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
    "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth",
    "nineteenth", "twentieth",
)  # fmt: skip
_CURRENCIES = {
    "$": "dollars", "£": "pounds", "€": "euros", "¢": "cents", "₹": "rupees", "¥": "yen",
    "usd": "dollars", "gbp": "pounds", "eur": "euros", "inr": "rupees", "cad": "dollars", "aud": "dollars",
    "nzd": "dollars", "sgd": "dollars", "hkd": "dollars", "chf": "francs", "aed": "dirhams", "zar": "rand",
    "jpy": "yen",
}  # fmt: skip
_CODES = "|".join(code for code in _CURRENCIES if code.isalpha())
_CODE = re.compile(rf"(?:(?<![^\W\d_])(?:{_CODES}))(?=\W*\d)|(?<=\d)\s*(?:{_CODES})\b")
_SIGN_ALONE = re.compile(r"(?:us|ca?|aud?|a|nz|hk|s)?([$£€¢₹¥])")
"""A currency's sign that the recogniser wrote as a word of its own: ``US$ 40``, ``40 €``."""
_THOUSANDS_IN_K = re.compile(r"\d+\.\d+k")
_GROUPED = re.compile(r"\d+(?:\.\d+){2,}|\d{3,6}\.\d{4,}")
"""Digits in groups that dots part, as card and telephone numbers are written: ``4111.1111.1111.1111``."""
_DECIMAL_COMMA = re.compile(r"(?<![\d,.])\d{1,3}(?:\.\d{3})+,\d{2}(?![\d,])")
"""``1.299,00``, as most of Europe writes what is ``1,299.00`` in English."""
_THOUSANDS = {"k": 1_000, "m": 1_000_000, "mn": 1_000_000, "bn": 1_000_000_000}
_MARKS = re.compile("[\u0300-\u036f]")
_NUMBER = re.compile(r"\d{1,3}(?:,\d{2,3})*,\d{3}(?:\.\d+)?|\d+(?:\.\d+)?")
_PIECES = re.compile(r"[^\W_]+(?:'[^\W_]+)*|'[^\W_]+", re.UNICODE)
_REDACTED = re.compile(r"^\W*(?:\[[\w :_-]+\]|<[\w :_-]+>|[*#█x]{3,})\W*$", re.IGNORECASE)
REDACTED = "\N{FULL BLOCK}"
"""The token of a word somebody took out: no phrase matches it. Our own marks have their kind behind it."""


@lru_cache(maxsize=65536)
def normal_tokens(written: str) -> tuple[str, ...]:
    """Normalised tokens of one written word; none for a filler or mere punctuation.

    Parameters
    ----------
    written
        A word as a recogniser or a rule's author wrote it; may hold hyphens or digits.

    Examples
    --------
    >>> normal_tokens("Don't"), normal_tokens("um"), normal_tokens("$1,200.50")
    (('do', 'not'), (), ('1200.50', 'dollars'))
    """
    if _REDACTED.match(written):
        kind = find_mark(written)
        return (REDACTED,) if kind in (None, "words") else (f"{REDACTED}{kind}",)
    text = unicodedata.normalize("NFKC", written[:200]).casefold()
    if not text.isascii():
        text = bare_letters(text)
    text = text.replace("’", "'").replace("‘", "'").replace("`", "'").strip()
    whole = _WHOLE.get(text.strip('.,!?;:"-'))
    if whole is not None:
        return tuple(whole.split())
    alone = _SIGN_ALONE.fullmatch(text)
    if alone is not None:
        return (_CURRENCIES[alone[1]],)
    if "@" in text or re.search(r"\w\.(com|net|org|co|io|gov|edu)\b", text):
        text = text.rstrip(".,!?;:").replace("@", " at ").replace(".", " dot ")
    tokens: list[str] = []
    if any(character.isdigit() for character in text):
        if _THOUSANDS_IN_K.fullmatch(text.strip(".,!?;:")):
            return (text.strip(".,!?;:"),)
        text = _take_numbers(_DECIMAL_COMMA.sub(_with_point, text), tokens)
    for piece in _PIECES.findall(text):
        tokens.extend(_tokens_of_piece(piece))
    return tuple(token for token in tokens if token not in FILLERS)


def bare_letters(text: str) -> str:
    """The text with Latin letters' accents taken off, as the search index does it: ``café`` is ``cafe``."""
    return unicodedata.normalize("NFC", _MARKS.sub("", unicodedata.normalize("NFKD", text)))


def _with_point(found: re.Match[str]) -> str:
    return found[0].replace(".", "").replace(",", ".")


def _take_numbers(text: str, tokens: list[str]) -> str:
    """Move the numbers at the front of `text` into `tokens`; give back what follows them."""
    text = _GROUPED.sub(lambda found: found[0].replace(".", " "), text)
    code = _CODE.search(text)
    currency = next((word for sign, word in _CURRENCIES.items() if sign in text), None)
    if code is not None:
        currency = _CURRENCIES[code[0].strip()]
        text = _CODE.sub(" ", text)
    elif currency is not None and not any(sign in text for sign in "$£€¢₹¥"):
        currency = None
    place = 0
    for found in _NUMBER.finditer(text):
        before, after = text[place : found.start()], text[found.end() :]
        letters = re.match(r"[^\W\d_]+", after)
        if re.search(r"[^\W\d_]$", before) or (
            letters
            and letters[0] not in _UNITS
            and not _ends_words(letters[0])
            and not (currency is not None and letters[0] in _THOUSANDS)
        ):
            continue  # part of a name such as "5g" or "a17": left to the caller
        for piece in _PIECES.findall(before):
            tokens.extend(_tokens_of_piece(piece))
        digits = found[0].replace(",", "")
        place = found.end()
        if letters and letters[0] in _THOUSANDS and currency is not None:
            digits = _times(digits, _THOUSANDS[letters[0]])
            place += len(letters[0])
        elif letters and letters[0] == "p":
            tokens += [digits, "pence"]
            place += 1
            continue
        if letters and _ends_words(letters[0]):
            tokens.extend(ordinal_tokens(int(digits.split(".")[0])))
            place += len(letters[0])
            continue
        tokens.append(digits)
        if currency is not None:
            tokens.append(currency)
        if text[place : place + 1] == "%":
            tokens.append("percent")
    return text[place:]


_UNITS = word_set("am pm s x km kg gb mb p")


def _times(digits: str, factor: int) -> str:
    """``1.2`` times a million as ``1200000``."""
    whole, _, part = digits.partition(".")
    zeros = len(str(factor)) - 1
    return (whole + part.ljust(zeros, "0")[:zeros]).lstrip("0") or "0"


def _ends_words(letters: str) -> bool:
    return letters in ("st", "nd", "rd", "th")


def ordinal_tokens(number: int) -> tuple[str, ...]:
    """``21`` as ``('20', 'first')``: the tokens of "twenty first"."""
    if number <= 20:
        return (_ORDINALS[number],)
    if number == 30:
        return ("thirtieth",)
    if number < 100 and number % 10:
        return (str(number - number % 10), _ORDINALS[number % 10])
    return (str(number),)


def _tokens_of_piece(piece: str) -> tuple[str, ...]:
    whole = _WHOLE.get(piece)
    if whole is not None:
        return tuple(whole.split())
    for ending, word in _ENDINGS:
        if piece.endswith(ending) and len(piece) > len(ending):
            return (piece[: -len(ending)].replace("'", ""), word)
    if piece.endswith("'s") and piece[:-2] in _IS_AFTER:
        return (piece[:-2], "is")
    bare = piece.replace("'", "")
    return (SPELLINGS.get(bare, bare),) if bare else ()
