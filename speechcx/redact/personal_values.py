"""E-mail addresses, street addresses and names, which are taken out only where the settings ask for it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from speechcx.call import Details, RedactedKind
from speechcx.redact.token_row import RowToken, SpokenTurn
from speechcx.redact.written_values import WordRange
from speechcx.rules.language.normal import normal_tokens, word_set
from speechcx.rules.matching.slots import given_names

_DOMAINS = word_set("com net org edu gov co uk us io info biz ca au de ie fr es it nl eu me")
_BEFORE_ADDRESS = word_set(
    "is email address at to it my the its use on under was and a an mail send that so yes yeah okay sure"
)
_STREETS = word_set(
    "street road avenue lane drive court boulevard close terrace crescent square parkway highway circle grove gardens "
    "rd ave blvd ln"
)
_POSTCODE = re.compile(r"(?<!\w)[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}(?!\w)", re.IGNORECASE)
_TITLES = word_set("mr mrs ms miss mister doctor dr sir madam")
_SAYS_NAME = (("my", "name", "is"), ("name", "is"), ("speaking", "with"), ("this", "is"), ("speaking", "to"))
_NOT_NAMES = word_set(
    "i okay yes no the a an not calling your my just for about from with on in so it that correct"
)


def find_known_names(details: Details) -> dict[str, RedactedKind]:
    """Names of the agent and the customer of a call, as far as its details tell them."""
    names: dict[str, RedactedKind] = {}
    told = (("agent", details.agent), ("customer", details.customer), *details.extras)
    for field, text in told:
        column = field.casefold().replace(" ", "_")
        if text is None or column not in ("agent", "customer", "agent_name", "customer_name"):
            continue
        kind: RedactedKind = "agent_name" if column.startswith("agent") else "customer_name"
        for word in text.replace(".", " ").replace("_", " ").replace("-", " ").split():
            for token in normal_tokens(word):
                if token.isalpha() and len(token) > 2:
                    names[token] = kind
    return names


def find_personal(
    row: Sequence[RowToken],
    turns: Sequence[SpokenTurn],
    wanted: Collection[str],
    names: Mapping[str, RedactedKind],
) -> Iterator[WordRange]:
    """Spoken e-mail addresses, street addresses and names, of the kinds that are wanted.

    Parameters
    ----------
    row, turns
        The call's words.
    wanted
        Names of kinds.
    names
        Names that are known, normalised, each with the kind that it is.
    """
    if "email" in wanted:
        yield from _spoken_emails(row)
    if "address" in wanted:
        yield from _addresses(row)
        yield from _postcodes(turns)
    if "name" in wanted:
        yield from _names(row, turns, names)


def _spoken_emails(row: Sequence[RowToken]) -> Iterator[WordRange]:
    texts = [token.text for token in row]
    for place, text in enumerate(texts[:-1]):
        if text != "dot" or texts[place + 1] not in _DOMAINS or row[place].turn != row[place + 1].turn:
            continue
        end = place + 1
        if texts[end + 1 : end + 2] == ["dot"] and texts[end + 2 : end + 3] and texts[end + 2] in _DOMAINS:
            end += 2
        turn = row[place].turn
        near = range(place - 1, max(-1, place - 7), -1)
        at = next((spot for spot in near if texts[spot] == "at" and row[spot].turn == turn), None)
        if at is None:
            continue
        start = at
        while start > 0 and place - start < 16 and row[start - 1].turn == turn:
            if texts[start - 1] in _BEFORE_ADDRESS:
                break
            start -= 1
        yield WordRange(turn, row[start].first, row[end].last, "email")


def _addresses(row: Sequence[RowToken]) -> Iterator[WordRange]:
    """A number, up to four words and a kind of street: "12 Old Mill Road"."""
    for place, token in enumerate(row):
        if token.text not in _STREETS:
            continue
        for start in range(place - 1, max(-1, place - 6), -1):
            if row[start].turn != token.turn:
                break
            if row[start].groups and len(row[start].text) <= 5:
                yield WordRange(token.turn, row[start].first, token.last, "address")
                break


def _postcodes(turns: Sequence[SpokenTurn]) -> Iterator[WordRange]:
    for turn in turns:
        for number, word in enumerate(turn.words):
            pair = " ".join(turn.words[number : number + 2]).strip(" .,;:!?")
            if _POSTCODE.fullmatch(word.strip(" .,;:!?")):
                yield WordRange(turn.no, number, number, "address")
            elif _POSTCODE.fullmatch(pair):
                yield WordRange(turn.no, number, number + 1, "address")


def _names(
    row: Sequence[RowToken], turns: Sequence[SpokenTurn], names: Mapping[str, RedactedKind]
) -> Iterator[WordRange]:
    words = {turn.no: turn.words for turn in turns}
    for place, token in enumerate(row):
        kind = names.get(token.text)
        said = tuple(each.text for each in row[max(0, place - 3) : place] if each.turn == token.turn)
        told = any(said[-len(phrase) :] == phrase for phrase in _SAYS_NAME) or (
            said[-1:] and said[-1] in _TITLES
        )
        written = words[token.turn][token.first]
        if kind is None:
            is_told = told and token.text not in _NOT_NAMES and token.text.isalpha() and written[:1].isupper()
            if token.text not in given_names() and not is_told:
                continue
            kind = "name"
        last = token.last
        following = row[place + 1] if place + 1 < len(row) else None
        if (
            following is not None
            and following.turn == token.turn
            and not written.endswith((".", "?", "!", ","))
        ):
            after = words[token.turn][following.first]
            if after[:1].isupper() and following.text not in _NOT_NAMES and following.text.isalpha():
                last = following.last
        yield WordRange(token.turn, token.first, last, kind)
