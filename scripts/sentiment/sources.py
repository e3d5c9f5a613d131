"""Labelled text for training, each source read into one record type.

Every example carries three class weights in the order of :data:`LABELS` that
sum to one, so that a text on which its raters disagreed teaches a spread and
not a false certainty.
"""

from __future__ import annotations

import csv
import io
import json
import random
import re
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from scripts.packages import fetch_packages

WRITTEN = Path(__file__).parent / "data"
"""Our own sentences, and what teachers said of public text."""
LABELS = ("negative", "neutral", "positive")
Spread = tuple[float, float, float]
_ONE_HOT: dict[str, Spread] = {
    "negative": (1.0, 0.0, 0.0),
    "neutral": (0.0, 1.0, 0.0),
    "positive": (0.0, 0.0, 1.0),
}
_UNKNOWN: Spread = (1 / 3, 1 / 3, 1 / 3)
_GOEMOTIONS_GROUPS = {"1": "negative", "2": "neutral", "3": "positive"}
FINE_LABELS = 28
RATED_PACKAGE = "vaderSentiment==0.5"
"""MIT; its source distribution carries texts rated by about twenty people each."""

# Intents whose wording is a question or a need. Those that tell of something
# that went wrong are left out: they are neither clearly neutral nor clearly not.
_PLAIN_BANKING = frozenset(
    [
        "activate_my_card",
        "age_limit",
        "apple_pay_or_google_pay",
        "atm_support",
        "automatic_top_up",
        "cancel_transfer",
        "card_acceptance",
        "card_linking",
        "change_pin",
        "country_support",
        "disposable_card_limits",
        "edit_personal_details",
        "exchange_charge",
        "exchange_rate",
        "exchange_via_app",
        "fiat_currency_support",
        "get_disposable_virtual_card",
        "get_physical_card",
        "getting_spare_card",
        "getting_virtual_card",
        "lost_or_stolen_phone",
        "order_physical_card",
        "passcode_forgotten",
        "receiving_money",
        "supported_cards_and_currencies",
        "terminate_account",
        "top_up_by_bank_transfer_charge",
        "top_up_by_card_charge",
        "top_up_by_cash_or_cheque",
        "top_up_limits",
        "transfer_into_account",
        "transfer_timing",
        "verify_source_of_funds",
        "verify_top_up",
        "visa_or_mastercard",
        "why_verify_identity",
    ]
)
_NOT_PLAIN_CLINC = frozenset(
    [
        "account_blocked",
        "accept_reservations",
        "card_declined",
        "damaged_card",
        "fun_fact",
        "goodbye",
        "greeting",
        "how_busy",
        "lost_luggage",
        "oil_change_when",
        "report_fraud",
        "smart_home",
        "tell_joke",
        "thank_you",
        "tire_pressure",
        "what_are_your_hobbies",
        "yes",
        "no",
        "maybe",
    ]
)
_COMPLAINT = re.compile(
    r"\b(not|n't|dont|wont|never|no longer|still|wrong|why (is|was|did|has|have|am)|problem|issue|"
    r"fail\w*|declin\w*|reject\w*|stole\w*|stolen|lost|fraud\w*|scam|angry|upset|bad|terribl\w*|"
    r"worst|awful|hate|broken|broke|great|love|thank\w*|awesome|unfair|ridiculous|disappear\w*)\b"
    r"|n't|!",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Example:
    """One labelled text."""

    text: str
    spread: Spread
    weight: float
    source: str
    domain: str = ""
    fine: tuple[int, ...] = ()
    """GoEmotions' own labels, where the text has them: a second task for the same encoder."""
    labelled: bool = True
    """False where nobody has said what it is: then only a teacher's opinion counts."""

    @property
    def label(self) -> str:
        """The class with the largest share."""
        return LABELS[self.spread.index(max(self.spread))]


def read_goemotions(folder: Path, part: str) -> list[Example]:
    """Read the rows of GoEmotions whose raters named exactly one of the three groups, *ambiguous* left out."""
    examples = []
    fine = _tsv(folder / f"{part}.tsv")
    for group_row, fine_row in zip(_tsv(folder / f"group_{part}.tsv"), fine, strict=True):
        named = _GOEMOTIONS_GROUPS.get(group_row[1])
        if named:
            feelings = tuple(int(f) for f in fine_row[1].split(","))
            examples.append(Example(group_row[0], _ONE_HOT[named], 1.0, "goemotions", fine=feelings))
    return examples


def read_intents(folder: Path, *, seed: int, limit: int) -> list[Example]:
    """Read plain requests as neutral, without those that sound like a complaint."""
    found: list[Example] = []
    for name, keep in (
        ("BANKING77", lambda label: label in _PLAIN_BANKING),
        ("CLINC150", lambda label: label not in _NOT_PLAIN_CLINC),
    ):
        plain = [
            Example(text, _ONE_HOT["neutral"], 0.6, "intents", name)
            for label, text in _intent_rows(folder / name)
            if keep(label) and not _COMPLAINT.search(text)
        ]
        random.Random(seed).shuffle(plain)
        found += plain[: limit // 2]
    return found


def read_requests(folder: Path, *, seed: int, limit: int) -> list[Example]:
    """Read requests to a bank that tell of trouble, some neutral and some not: nobody has labelled them."""
    found = [
        Example(text, _UNKNOWN, 0.6, "requests", labelled=False)
        for label, text in _intent_rows(folder / "BANKING77")
        if label not in _PLAIN_BANKING
    ]
    random.Random(seed).shuffle(found)
    return found[:limit]


def fetch_rated(folder: Path) -> Path:
    """Return the package of rated texts as a file in ``folder``, fetched if not there."""
    there = sorted(folder.glob("vaderSentiment-0.5*"))
    return (there or fetch_packages([RATED_PACKAGE], folder, from_source=True))[0]


def read_rated(package: Path, *, seed: int) -> list[Example]:
    """Read the texts that people rated from -4 to 4, as the spread of their ratings."""
    with tempfile.TemporaryDirectory() as scratch:
        inner = _unpack(package, Path(scratch))
        rng = random.Random(seed)
        found: list[Example] = []
        for name in ("tweets", "amazonReviewSnippets"):
            found += _rated_rows(inner, name)
        rng.shuffle(found)
    return found


def read_written(path: Path) -> list[Example]:
    """Read our own sentences: ``label<TAB>domain<TAB>text`` with a header line."""
    rows = list(csv.DictReader(path.open(encoding="utf-8"), delimiter="\t", quoting=csv.QUOTE_NONE))
    for number, row in enumerate(rows, start=2):
        if row["label"] not in LABELS or not row["text"]:
            raise ValueError(f"{path.name}:{number}: {row} (expected one of {LABELS} and a text)")
    return [Example(row["text"], _ONE_HOT[row["label"]], 1.0, "written", row["domain"]) for row in rows]


def _intent_rows(folder: Path) -> Iterator[tuple[str, str]]:
    """Intent and text of each training request of a set."""
    labels = (folder / "train" / "label").read_text("utf-8").splitlines()
    texts = (folder / "train" / "seq.in").read_text("utf-8").splitlines()
    return ((label.strip(), text.strip()) for label, text in zip(labels, texts, strict=True))


def _rated_rows(folder: Path, name: str) -> Iterator[Example]:
    ratings = {
        row[0]: [int(r) for r in json.loads(row[-1])] for row in _tsv(folder / f"{name}_anonDataRatings.txt")
    }
    for row in _tsv(folder / f"{name}_GroundTruth.txt"):
        given = ratings.get(row[0])
        text = row[2].replace("&amp;", "&").replace("@anonymous", "@user")
        text = text.replace("http://url_removed", "").strip()
        if given and text:
            yield Example(text, _mean([_rating_spread(r) for r in given]), 0.8, name)


def _rating_spread(rating: int) -> Spread:
    """Half a vote of 1 is *neutral*: raters gave it to the faintest tint."""
    strength = min(abs(rating), 2) / 2
    if rating < 0:
        return (strength, 1 - strength, 0.0)
    return (0.0, 1 - strength, strength)


def _mean(spreads: Sequence[Spread]) -> Spread:
    n = len(spreads)
    return (
        sum(s[0] for s in spreads) / n,
        sum(s[1] for s in spreads) / n,
        sum(s[2] for s in spreads) / n,
    )


def _tsv(path: Path) -> list[list[str]]:
    text = path.read_bytes().decode("utf-8", errors="replace")
    return [line.rstrip("\r").split("\t") for line in text.split("\n") if line.strip()]


def _unpack(package: Path, folder: Path) -> Path:
    """Unpack the archive of ratings inside the source distribution."""
    if package.suffix == ".zip":
        with zipfile.ZipFile(package) as outer:
            name = next(n for n in outer.namelist() if n.endswith("hutto_ICWSM_2014.tar.gz"))
            data = outer.read(name)
    else:
        with tarfile.open(package) as outer_tar:
            member = next(m for m in outer_tar.getmembers() if m.name.endswith("hutto_ICWSM_2014.tar.gz"))
            extracted = outer_tar.extractfile(member)
            assert extracted is not None, member.name
            data = extracted.read()
    with tarfile.open(fileobj=io.BytesIO(data)) as inner:
        inner.extractall(folder, filter="data")
    return folder / "hutto_ICWSM_2014"
