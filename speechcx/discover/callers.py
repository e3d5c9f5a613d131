"""Who called: telephone numbers in one form, and withheld numbers as what they are, no customer."""

from __future__ import annotations

import re
import unicodedata

_SPELLED = """anonymous anonymouscaller anonymoususer anonymousinvalid restricted private privatenumber privatecaller
unavailable unknown unknowncaller unknownnumber callerunknown withheld withheldnumber numberwithheld
blocked blockednumber blockedid callerblocked nocallerid noid nonumber notavailable idunavailable outofarea
suppressed hidden hiddennumber numberhidden callerid nullnull asreceived
anonym unbekannt unterdruckt unterdrückt privat anonyme inconnu masque masqué prive privé anonimo anónimo
desconocido privado oculto sconosciuto privato anoniem onbekend geheim
266696687 7378742833 86282452253 8656696"""
_WITHHELD = frozenset(_SPELLED.split())
"""What exchanges write instead of a number, without blanks and marks; the digits spell ANONYMOUS, RESTRICTED,
UNAVAILABLE and UNKNOWN on a telephone's keys, as some networks send them."""

_SAYING = """anonymous anonym anonyme anonimo restricted private privat prive privado privato unavailable unknown
undisclosed undefined unbekannt unbekannter unbekannte inconnu desconocido sconosciuto withheld blocked unterdruckt
oculto masque hidden suppressed"""
_GIVEN = frozenset(("provided", "available", "disclosed", "identified", "known", "displayed"))
_WITHHOLDING = _GIVEN.union(_SAYING.split())
_NOT = frozenset(("not", "no", "non", "un", "keine", "kein"))
_BESIDE = """caller call callers id number name is the by user subscriber party customer cli anrufer rufnummer nummer
numero numer de appelant llamante cid network presentation uri sip"""
_AROUND = _NOT.union(_BESIDE.split())
"""Words that stand beside one that says that a number is withheld: "caller ID withheld"."""
_EMPTY = frozenset(("na", "none", "null", "nan", "nil", "undefined", "tbd", "empty", "blank"))
"""What programs write into a cell that holds nothing."""

_NAMED = re.compile(r'"?(?P<name>[^"<>]*)"?\s*<(?P<address>[^<>]*)>')
_SCHEME = re.compile(r"(?:sips?|tel|callto):", re.IGNORECASE)
_NUMBER = re.compile(r"\+?[\d\s().\-/\u00a0\u2010-\u2015]+")
_MIN_DIGITS = 7
"""Shorter ones are extensions or account numbers, whose marks may mean something."""


def read_customer(text: str, *, country: str | None = None) -> str | None:
    """A customer's identifier in the form in which it is compared; None for a withheld number.

    Parameters
    ----------
    text
        As the source wrote it: an identifier, a number with any marks, or a SIP address with or without
        a name (``"Smith" <sip:+4930123456@host>``).
    country
        ISO 3166 code of the country whose numbers are written without a country code; None compares
        numbers as they are written, without marks.
    """
    named = _NAMED.fullmatch(text.strip())
    address = (named["address"] if named else text).strip()
    is_address = _SCHEME.match(address) is not None
    if is_address or named:
        address = re.split(r"[;?]", _SCHEME.sub("", address, count=1))[0].split("@")[0].strip()
    if _is_withheld(address.split("@")[0]) or (
        named is not None and _is_withheld(named["name"]) and not address
    ):
        return None
    digits = re.sub(r"\D", "", address)
    if not _NUMBER.fullmatch(address) or (len(digits) < _MIN_DIGITS and not is_address):
        return address
    plain = ("+" if address.startswith("+") else "") + digits
    return plain if country is None else _in_country(plain, country)


def is_country(code: str) -> bool:
    """Whether numbers of the country of this ISO 3166 code can be told."""
    import phonenumbers

    return code in phonenumbers.SUPPORTED_REGIONS


def _is_withheld(text: str) -> bool:
    squeezed = re.sub(r"[\W_]", "", text.casefold())
    is_filler = not squeezed.strip("0") or (len(squeezed) >= _MIN_DIGITS and len(set(squeezed)) == 1)
    spelled = squeezed in _WITHHELD or squeezed.removeprefix("1") in _WITHHELD
    return is_filler or spelled or squeezed in _EMPTY or _says_withheld(text)


def _says_withheld(text: str) -> bool:
    """Whether a text of several words says that there is no number: "number unavailable", "not provided"."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    words = re.findall(r"[a-z]+", "".join(sign for sign in plain if not unicodedata.combining(sign)))
    said = _WITHHOLDING.intersection(words)
    # "Provided" alone is a company; "not provided" is none.
    if said <= _GIVEN and _NOT.isdisjoint(words):
        return False
    return bool(said) and not re.search(r"\d", text) and _WITHHOLDING.union(_AROUND).issuperset(words)


def _in_country(number: str, country: str) -> str:
    """The number with its country code (E.164), or as it is where it is no number of that country."""
    # Imported here: its tables of all countries are read only where somebody asks for them.
    import phonenumbers

    try:
        parsed = phonenumbers.parse(number, country)
    except phonenumbers.NumberParseException:
        return number
    if not phonenumbers.is_possible_number(parsed):
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
