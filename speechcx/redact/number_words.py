"""Numbers under a hundred as they are said in other languages, put into English words, which the search reads.

A number said in pairs is one word or up to four: ``vierundzwanzig``, ``treinta y dos``, ``quatre-vingt-dix-sept``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

from speechcx.rules.language.numerals import name_number


class _NumberNames(NamedTuple):
    """Names without accents: of 0 to 9, of 10 to 19 and of 20, 30, ... 90; and other names by their number."""

    units: str
    teens: str
    tens: str
    also: Mapping[str, int]


_LANGUAGES = {
    "de": _NumberNames(
        "null eins zwei drei vier funf sechs sieben acht neun",
        "zehn elf zwolf dreizehn vierzehn funfzehn sechzehn siebzehn achtzehn neunzehn",
        "zwanzig dreissig vierzig funfzig sechzig siebzig achtzig neunzig",
        {"zwo": 2},
    ),
    "es": _NumberNames(
        "cero uno dos tres cuatro cinco seis siete ocho nueve",
        "diez once doce trece catorce quince dieciseis diecisiete dieciocho diecinueve",
        "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa",
        {"una": 1, "veintiun": 21, "veintiuna": 21},
    ),
    "fr": _NumberNames(
        "zero un deux trois quatre cinq six sept huit neuf",
        "dix onze douze treize quatorze quinze seize dix-sept dix-huit dix-neuf",
        "vingt trente quarante cinquante soixante septante octante nonante",
        {"une": 1, "huitante": 80},
    ),
    "it": _NumberNames(
        "zero uno due tre quattro cinque sei sette otto nove",
        "dieci undici dodici tredici quattordici quindici sedici diciassette diciotto diciannove",
        "venti trenta quaranta cinquanta sessanta settanta ottanta novanta",
        {},
    ),
    "nl": _NumberNames(
        "nul een twee drie vier vijf zes zeven acht negen",
        "tien elf twaalf dertien veertien vijftien zestien zeventien achttien negentien",
        "twintig dertig veertig vijftig zestig zeventig tachtig negentig",
        {},
    ),
    "pt": _NumberNames(
        "zero um dois tres quatro cinco seis sete oito nove",
        "dez onze doze treze catorze quinze dezesseis dezessete dezoito dezenove",
        "vinte trinta quarenta cinquenta sessenta setenta oitenta noventa",
        {"uma": 1, "meia": 6, "quatorze": 14, "dezasseis": 16, "dezassete": 17, "dezanove": 19},
    ),
}


def _compound(language: str, names: _NumberNames, number: int) -> list[str]:
    """How 21 to 99 may be written, without round tens."""
    tens, unit = names.tens.split()[number // 10 - 2], names.units.split()[number % 10]
    if language in ("de", "nl"):
        and_, first = ("und", "ein" if unit == "eins" else unit) if language == "de" else ("en", unit)
        return [first + and_ + tens, f"{first} {and_} {tens}"]
    if language == "es":
        spaced = f"{tens} y {unit}"
        return [f"veinti{unit}", spaced] if number < 30 else [spaced, f"{tens[:-1]}i{unit}"]
    if language == "it":
        return [(tens[:-1] if unit[0] in "uo" else tens) + unit, f"{tens} {unit}"]
    if language == "pt":
        return [f"{tens} e {unit}"]
    return [f"{tens} et {unit}", f"{tens} {unit}"]


def _french_scores() -> dict[str, int]:
    """70 to 79 and 80 to 99, which French counts from sixty and from four twenties."""
    names = _LANGUAGES["fr"]
    below = [*names.units.split(), *names.teens.split()]
    found = {"quatre vingt": 80, "quatre vingts": 80, "soixante et onze": 71}
    found |= {f"soixante {below[number]}": 60 + number for number in range(10, 20)}
    return found | {f"quatre vingt {below[number]}": 80 + number for number in range(1, 20)}


@cache
def _phrases(language: str) -> dict[tuple[str, ...], tuple[str, ...]]:
    """English words of each number by the tokens it is said in."""
    names = _LANGUAGES.get(language)
    if names is None:
        return {}
    said = {name: number for number, name in enumerate(names.units.split())}
    said |= {name: 10 + number for number, name in enumerate(names.teens.split())}
    said |= {name: 20 + 10 * number for number, name in enumerate(names.tens.split())}
    for number in range(21, 100):
        if number % 10:
            said |= dict.fromkeys(_compound(language, names, number), number)
    if language == "fr":
        said |= _french_scores()
    said |= names.also
    return {tuple(name.replace("-", " ").split()): name_number(number) for name, number in said.items()}


def read_filler(written: str, language: str) -> tuple[str, ...]:
    """The number that a word names which English takes for a filler: ``um`` is one in Portuguese; else nothing."""
    name = (written.casefold().strip(".,!?;:-"),)
    return name if name in _phrases(language) else ()


def say_in_english(texts: Sequence[str], language: str) -> list[tuple[str, int, int]]:
    """Tokens with numbers under a hundred in English.

    Parameters
    ----------
    texts
        Normalised tokens, without accents.
    language
        Two letters; of a language that is not known here nothing is changed.

    Returns
    -------
    list
        Each token with the first and the last place in `texts` that it stands for.
    """
    phrases = _phrases(language)
    longest = max(map(len, phrases), default=0)
    found: list[tuple[str, int, int]] = []
    place = 0
    while place < len(texts):
        for length in range(min(longest, len(texts) - place), 0, -1):
            english = phrases.get(tuple(texts[place : place + length]))
            if english is not None:
                found += [(word, place, place + length - 1) for word in english]
                break
        else:
            length = 1
            found.append((texts[place], place, place))
        place += length
    return found
