"""Languages by code and by name, and the language of a call: as its source says, else as most of it is spoken."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from speechcx.call.conversation import Conversation
    from speechcx.call.recording import Details

UNDETERMINED = "und"
"""Language of speech whose language could not be told (ISO 639-2)."""

_NAMES = """
af=afrikaans am=amharic ar=arabic as=assamese az=azerbaijani ba=bashkir be=belarusian
bg=bulgarian bn=bengali bo=tibetan br=breton bs=bosnian ca=catalan cs=czech cy=welsh da=danish
de=german el=greek en=english es=spanish et=estonian eu=basque fa=persian fi=finnish fo=faroese
fr=french gl=galician gu=gujarati ha=hausa haw=hawaiian he=hebrew hi=hindi hr=croatian
ht=haitian_creole hu=hungarian hy=armenian id=indonesian is=icelandic it=italian ja=japanese
jw=javanese ka=georgian kk=kazakh km=khmer kn=kannada ko=korean la=latin lb=luxembourgish
ln=lingala lo=lao lt=lithuanian lv=latvian mg=malagasy mi=maori mk=macedonian ml=malayalam
mn=mongolian mr=marathi ms=malay mt=maltese my=burmese ne=nepali nl=dutch nn=nynorsk
no=norwegian oc=occitan pa=punjabi pl=polish ps=pashto pt=portuguese ro=romanian ru=russian
sa=sanskrit sd=sindhi si=sinhala sk=slovak sl=slovenian sn=shona so=somali sq=albanian
sr=serbian su=sundanese sv=swedish sw=swahili ta=tamil te=telugu tg=tajik th=thai tk=turkmen
tl=tagalog tr=turkish tt=tatar uk=ukrainian ur=urdu uz=uzbek vi=vietnamese yi=yiddish yo=yoruba
yue=cantonese zh=chinese
"""

LANGUAGES = {
    code: name.replace("_", " ").title()
    for code, _, name in (entry.partition("=") for entry in _NAMES.split())
}
"""English name of each language that Whisper knows, by the code it uses: ISO 639-1, else ISO 639-3."""

_CODES = {name.casefold(): code for code, name in LANGUAGES.items()} | {
    "castilian": "es", "espanol": "es", "espa\u00f1ol": "es", "deutsch": "de", "francais": "fr", "fran\u00e7ais": "fr",
    "mandarin": "zh", "farsi": "fa", "flemish": "nl", "italiano": "it", "portugu\u00eas": "pt", "nederlands": "nl",
    "eng": "en", "spa": "es", "deu": "de", "ger": "de", "fra": "fr", "fre": "fr", "ita": "it", "por": "pt",
    "nld": "nl", "dut": "nl", "pol": "pl", "rus": "ru", "tur": "tr", "ara": "ar", "zho": "zh", "chi": "zh",
    "hin": "hi", "jpn": "ja", "kor": "ko", "nb": "no", "fil": "tl", "filipino": "tl", "iw": "he", "in": "id",
}  # fmt: skip
"""Other names that systems write: three letters, the language's own name."""

LANGUAGE_FIELDS = ("language", "lang", "call_language")
"""Columns of a calls table, and keys of a sidecar, that say the language of a call."""


def plain_language(code: str) -> str:
    """A language without its region: ``en`` of ``en-GB``."""
    return code.replace("_", "-").partition("-")[0].strip().casefold()


def find_language_code(text: str) -> str | None:
    """The code of a language that people name in any usual way: ``es``, ``es-MX``, ``Spanish``, ``spa``; else None."""
    wanted = " ".join(text.split()).casefold()
    for name in (plain_language(wanted), wanted, wanted.partition("(")[0].strip()):
        if name in LANGUAGES:
            return name
        if name in _CODES:
            return _CODES[name]
    return None


def language_name(code: str) -> str:
    """A language as people read it: ``es, Spanish``; a code without a name as it is."""
    name = "could not be told" if code == UNDETERMINED else LANGUAGES.get(code)
    return code if name is None else f"{code}, {name}"


def suggest_language(text: str) -> str:
    """The code that `text` may have meant, '' where none comes near."""
    near = difflib.get_close_matches(text.casefold(), [*_CODES, *LANGUAGES], n=1)
    return (_CODES.get(near[0]) or near[0]) if near else ""


@dataclass(frozen=True, slots=True)
class CallLanguage:
    """The language of a call.

    Parameters
    ----------
    code
        ISO 639-1 code; ``und`` where most of the speech is in one that could not be told; None where no words
        were recognised and no source says it.
    share
        Part of the speech with words that was heard in it, 0 to 1; None without such speech.
    is_set
        Whether a sidecar or a calls table says so, not the sound.
    """

    code: str | None = None
    share: float | None = None
    is_set: bool = False


def find_call_language(conversation: Conversation) -> CallLanguage:
    """The language of a call: what its source says, else that of most of the speech with words."""
    shares = dict(language_shares(conversation))
    told = _set_language(conversation.recording.details)
    code = told or next(iter(shares), None)
    # Rounded as it is stored.
    share = round(shares.get(code, 0.0), 3) if shares and code is not None else None
    return CallLanguage(code, share, is_set=told is not None)


def language_shares(conversation: Conversation) -> tuple[tuple[str, float], ...]:
    """(code, share) pairs of the languages a call is spoken in, most speech first; a share is of the speech with words.

    Of two with as much, one that could be told stands before ``und``, else the first by code.
    """
    # In whole milliseconds, as spans are kept, so that equal is equal.
    spoken_ms: dict[str, int] = {}
    for turn, said in zip(conversation.speech.turns, conversation.utterances, strict=True):
        if said.words:
            # A turn of no length counts for a little.
            code, length_ms = plain_language(said.language), max(round(turn.span.duration_s * 1000), 10)
            spoken_ms[code] = spoken_ms.get(code, 0) + length_ms
    whole_ms = sum(spoken_ms.values())
    ranked = sorted(spoken_ms, key=lambda code: (-spoken_ms[code], code == UNDETERMINED, code))
    return tuple((code, spoken_ms[code] / whole_ms) for code in ranked)


def _set_language(details: Details) -> str | None:
    """The language a source names; None where it names none that is known."""
    for name, value in details.extras:
        if name.casefold() in LANGUAGE_FIELDS and (code := find_language_code(value)) is not None:
            return code
    return None
