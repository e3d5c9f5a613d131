"""From the text of a ``said`` to its parts: a lark grammar, with errors that name the column."""

from __future__ import annotations

import difflib
import re
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from speechcx.call import MARKS
from speechcx.rules import limits
from speechcx.rules.language.normal import SPELLINGS, bare_letters, normal_tokens
from speechcx.rules.language.numerals import join_numbers
from speechcx.rules.language.pattern import (
    SLOTS,
    AnyWord,
    Choose,
    Either,
    Expression,
    Fuzzy,
    Gap,
    ItemSequence,
    ListRef,
    Literal,
    Near,
    Order,
    PatternItem,
    Phrase,
    Slot,
    Sounds,
    Together,
    Wildcard,
    count_elements,
    longest,
    shortest,
)

if TYPE_CHECKING:
    from lark import Lark
    from lark import Token as LarkToken

_MEANING = {
    "QUOTE": 'a "quoted phrase"', "WORD": "a word", "WILDCARD": "a wildcard such as cancel*",
    "SLOT": "a list or slot such as {product} or {digits:4}", "PROXIMITY": "NEAR/6, BEFORE/6 or AFTER/10s",
    "FUZZ": "~1 or ~sound", "GAP": "a gap such as *2", "ONE": "? for one word", "LPAR": "(", "RPAR": ")",
    "LSQB": "[optional words]", "RSQB": "]", "VBAR": "| for or", "AMPERSAND": "& for in the same turn", "NOT": "NOT",
    "$END": "the end",
}  # fmt: skip
_ORDERS: dict[str, Order] = {"NEAR": "near", "BEFORE": "before", "AFTER": "after"}
_SLOT = re.compile(r"\{\s*([A-Za-z_][\w-]*)\s*(?::\s*([\w-]+)\s*)?\}")


class PhraseError(Exception):
    """A phrase that cannot be read.

    Parameters
    ----------
    column
        Where in the phrase, from 0.
    found, expected
        What is there, and what would be legal there.
    """

    def __init__(self, column: int, found: str, expected: str) -> None:
        super().__init__(column, found, expected)
        self.column = column
        self.found = found
        self.expected = expected

    def __str__(self) -> str:
        return f"column {self.column + 1}: {self.found}; legal here: {self.expected}"


def parse_said(text: str) -> Expression:
    """The parts of a ``said`` expression such as ``"get rid of" NEAR/6 {product}``.

    Raises
    ------
    PhraseError
        It cannot be read, or is over a bound of ``limits``.
    """
    _check_size(text)
    return _Build(text).expression()


def parse_list_item(text: str) -> Phrase:
    """The parts of one entry of a list: what could stand between quotes.

    Raises
    ------
    PhraseError
        As in :func:`parse_said`.
    """
    found = _plain_item(text)
    if found is not None:
        return found
    bare = text if not (text.startswith('"') and text.endswith('"') and len(text) > 2) else text[1:-1]
    if '"' in bare:
        raise PhraseError(
            bare.index('"'), "a quotation mark inside a list entry", "words without quotation marks"
        )
    try:
        expression = parse_said(f'"{bare}"')
    except PhraseError as problem:
        raise PhraseError(max(0, problem.column - 1), problem.found, problem.expected) from None
    if not isinstance(expression, Phrase):
        raise PhraseError(0, f"{text!r} is more than one phrase", "one phrase for each entry")
    return Phrase(expression.row, bare)


def _plain_item(text: str) -> Phrase | None:
    """A list entry of nothing but words, without the parser: lists may be long."""
    if len(text) > 400 or not re.fullmatch(r"[\w' ,.-]+", text):
        return None
    items = _literals([text])
    return Phrase(ItemSequence(items), text) if 0 < len(items) <= limits.PHRASE_WORDS else None


def _check_size(text: str) -> None:
    if len(text) > limits.PHRASE_CHARACTERS:
        raise PhraseError(
            limits.PHRASE_CHARACTERS,
            f"a phrase of {len(text):,} characters",
            f"at most {limits.PHRASE_CHARACTERS:,}; put the words in a list",
        )
    if not text.strip():
        raise PhraseError(0, "nothing", 'words, such as "recorded line"')
    operators = len(re.findall(r"&|(?:NEAR|BEFORE|AFTER)/", text))
    if operators > limits.OPERATORS:
        raise PhraseError(
            0,
            f"{operators} of & and NEAR in one phrase",
            f"at most {limits.OPERATORS}; use any: with several said",
        )
    depth = 0
    for column, character in enumerate(text):
        depth += (character in "([") - (character in ")]")
        if depth > limits.PHRASE_DEPTH:
            raise PhraseError(column, f"{depth} brackets inside each other", f"at most {limits.PHRASE_DEPTH}")


def _literals(words: list[str]) -> tuple[Literal, ...]:
    texts = [text for word in words for part in word.split() for text in normal_tokens(part)]
    return tuple(Literal(text) for text in join_numbers(texts))


class _Build:
    """Builds the parts while the parser reads; one object for each text."""

    def __init__(self, text: str) -> None:
        self.text = text

    def expression(self) -> Expression:
        from lark.exceptions import UnexpectedInput, VisitError

        try:
            tree = _parser().parse(self.text)
        except UnexpectedInput as error:
            raise _explain(self.text, error) from None
        except VisitError as error:  # pragma: no cover - the builder raises PhraseError outside of visits
            raise PhraseError(0, str(error.orig_exc), "a phrase") from error
        return self.join(tree.children[0])

    def join(self, tree: Any) -> Expression:
        """An expression out of a parse tree: ``|``, ``&``, nearness, or one phrase."""
        kind, parts = str(tree.data), tree.children
        if kind == "either":
            joined = tuple(self.join(part) for part in parts)
            flat = tuple(p for part in joined for p in (part.parts if isinstance(part, Either) else (part,)))
            return flat[0] if len(flat) == 1 else Either(flat)
        if kind in ("same_turn", "same_turn_without"):
            return Together(self.join(parts[0]), self.join(parts[1]), kind == "same_turn_without")
        if kind == "proximity":
            return self.near(parts[0], parts[1], parts[2])
        if kind == "quoted":
            return self.quoted(parts)
        item = self.item(parts[0], None)
        token = _first_token(tree)
        return self.checked(ItemSequence(_flat(item)), self.source(tree), token.start_pos or 0)

    def near(self, left: Any, operator: LarkToken, right: Any) -> Near:
        column = operator.start_pos or 0
        name, _, size = str(operator).rpartition("/")
        seconds, distance = size.endswith("s"), int(size.rstrip("s"))
        most = limits.NEAR_SECONDS if seconds else limits.NEAR_WORDS
        unit = "s" if seconds else " words"
        if not (1 if seconds else 0) <= distance <= most:
            raise PhraseError(column, f"{operator}: a distance of {distance}{unit}", f"at most {most}{unit}")
        words = name.split()
        order = _ORDERS[words[-1]]
        return Near(self.join(left), self.join(right), order, distance, seconds, words[0] == "NOT")

    def quoted(self, parts: list[Any]) -> Phrase:
        fuzz = parts[3] if len(parts) > 3 else None
        opening, closing = parts[0], parts[2]
        column = opening.start_pos
        row = self.words(parts[1], None if fuzz is None else self.fuzz(fuzz))
        return self.checked(row, self.text[column + 1 : closing.start_pos] + (fuzz or ""), column)

    def checked(self, row: ItemSequence, source: str, column: int) -> Phrase:
        """The phrase, once it is known to be inside the bounds."""
        if not row.items or shortest(row) == 0:
            raise PhraseError(
                column,
                f"{source!r} can match nothing at all",
                "at least one word that is not optional or a filler",
            )
        if all(isinstance(item, AnyWord | Gap) for item in row.items):
            raise PhraseError(column, f"{source!r} matches any words", "at least one word of its own")
        if longest(row) > limits.PHRASE_WORDS:
            raise PhraseError(
                column, f"a phrase of up to {longest(row)} words", f"at most {limits.PHRASE_WORDS}"
            )
        if count_elements(row) > limits.PHRASE_ELEMENTS:
            raise PhraseError(
                column, f"a phrase of {count_elements(row)} elements",
                f"at most {limits.PHRASE_ELEMENTS}; put alternatives in a list",
            )  # fmt: skip
        return Phrase(row, source)

    def words(self, tree: Any, fuzz: str | None) -> ItemSequence:
        """A row of items; neighbouring plain words are normalised together, so that numbers join."""
        items: list[PatternItem] = []
        plain: list[str] = []
        for part in tree.children:
            if str(part.data) == "plain" and len(part.children) == 1 and fuzz is None:
                plain.append(str(part.children[0]))
                continue
            items.extend(_literals(plain))
            plain = []
            items.extend(_flat(self.item(part, fuzz)))
        items.extend(_literals(plain))
        return ItemSequence(tuple(items))

    def item(self, tree: Any, fuzz: str | None) -> PatternItem:
        kind, parts = str(tree.data), tree.children
        if kind == "one":
            return AnyWord()
        if kind == "gap":
            return self.gap(parts[0])
        if kind in ("choice", "optional"):
            options = tuple(self.words(part, fuzz) for part in parts)
            return Choose(
                tuple(option for option in options if option.items) or (ItemSequence(()),), kind == "optional"
            )
        if kind == "wildcard":
            return self.wildcard(parts[0])
        if kind == "slot":
            return self.slot(parts[0])
        word = str(parts[0])
        if len(parts) > 1:
            fuzz = self.fuzz(parts[1])
        literals = _literals([word])
        if fuzz == "sound":
            return Sounds(tuple(literal.text for literal in literals)) if literals else ItemSequence(())
        return ItemSequence(tuple(Fuzzy(literal.text) if fuzz else literal for literal in literals))

    def fuzz(self, token: LarkToken) -> str:
        if str(token) not in ("~1", "~sound"):
            raise PhraseError(
                token.start_pos or 0, f"{token}", "~1 (one letter off) or ~sound (sounds alike)"
            )
        return str(token)[1:]

    def gap(self, token: LarkToken) -> Gap:
        most = int(token[1:])
        if not 1 <= most <= limits.GAP_WORDS:
            raise PhraseError(token.start_pos or 0, f"a gap of {most} words", f"*1 to *{limits.GAP_WORDS}")
        return Gap(most)

    def wildcard(self, token: LarkToken) -> Wildcard:
        text = bare_letters(str(token).casefold()).replace("’", "'").replace("'", "")
        bare = re.sub(r"[^\w]", "", text.strip("*"))
        if len(bare) < 2:
            raise PhraseError(token.start_pos or 0, f"{token}", "at least two letters beside the *")
        return Wildcard(bare, "") if text.endswith("*") else Wildcard("", bare)

    def slot(self, token: LarkToken) -> Slot | ListRef:
        column = token.start_pos or 0
        found = _SLOT.fullmatch(str(token))
        if found is None:
            raise PhraseError(column, f"{token}", "{list-name}, or a slot such as {digits:13-19}")
        name, argument = found[1], found[2] or ""
        if name not in SLOTS:
            if argument:
                near = difflib.get_close_matches(name, SLOTS, n=1)
                raise PhraseError(
                    column, f"no slot {name!r}", f"did you mean {{{near[0]}}}?" if near else ", ".join(SLOTS)
                )
            return ListRef(name, column)
        if name == "name":
            if argument not in ("", "agent", "customer"):
                raise PhraseError(column, f"{token}", "{name}, {name:agent} or {name:customer}")
            return Slot("name", of=argument)
        if name == "redacted":
            kind = argument.replace("-", "_")
            if kind and kind not in MARKS:
                near = difflib.get_close_matches(kind, MARKS, n=1)
                raise PhraseError(
                    column,
                    f"nothing of the kind {argument!r} is ever taken out",
                    near[0] if near else ", ".join(MARKS),
                )
            return Slot("redacted", of=kind)
        if not argument:
            return Slot(name, 1, limits.DIGITS)
        return self.digits(token, name, argument)

    def digits(self, token: LarkToken, name: str, argument: str) -> Slot:
        column = token.start_pos or 0
        size = re.fullmatch(r"(\d{1,3})(?:-(\d{1,3}))?", argument)
        if name != "digits" or size is None:
            raise PhraseError(column, f"{token}", "{digits:4} or {digits:13-19}")
        low, high = int(size[1]), int(size[2] or size[1])
        if not 1 <= low <= high <= limits.DIGITS:
            raise PhraseError(column, f"{low} to {high} digits", f"1 to {limits.DIGITS}, the smaller first")
        return Slot("digits", low, high)

    def source(self, tree: Any) -> str:
        tokens = list(tree.scan_values(lambda _: True))
        return self.text[tokens[0].start_pos : tokens[-1].end_pos]


def _flat(item: PatternItem) -> tuple[PatternItem, ...]:
    return item.items if isinstance(item, ItemSequence) else (item,)


def _first_token(tree: Any) -> LarkToken:
    token: LarkToken = next(iter(tree.scan_values(lambda _: True)))
    return token


@lru_cache(maxsize=1)
def _parser() -> Lark:
    from lark import Lark

    text = resources.files("speechcx.rules").joinpath("phrases.lark").read_text(encoding="utf-8")
    return Lark(text, parser="lalr", lexer="contextual", maybe_placeholders=False, keep_all_tokens=False)


def _explain(text: str, error: Any) -> PhraseError:
    """What lark did not expect, in words a reader of rulebooks knows."""
    legal = getattr(error, "allowed", None) or getattr(error, "expected", None) or set()
    names = [meaning for name, meaning in _MEANING.items() if name in legal]
    for opening, closing in ("()", "[]"):
        if text.count(opening) <= text.count(closing) and closing in names:
            names.remove(closing)
    column = getattr(error, "pos_in_stream", None)
    token = getattr(error, "token", None)
    at_end = token is not None and token.type == "$END"
    if column is None or at_end:
        column = len(text)
    rest = text[column:].split()
    found = "the phrase ends" if at_end or not rest else f"{rest[0][:40]!r}"
    hint = _hint(text, rest[0] if rest else "", at_end=at_end)
    return PhraseError(column, found + hint, ", ".join(names) or "a phrase")


def _hint(text: str, found: str, *, at_end: bool) -> str:
    if text.count('"') % 2:
        return ' (a quotation mark " is missing)'
    if at_end and text.count("(") > text.count(")"):
        return " (a bracket is still open)"
    word = found.strip('()[]"').casefold()
    if word in ("or", "and"):
        return " (write | for or, & for and)"
    if re.match(r"(near|before|after)\b", word):
        return " (write the operator in capitals with its distance, such as NEAR/6 or NEAR/10s)"
    if found and (found[0].isalnum() or found[0] == '"') and not at_end:
        return " (put words that belong together in one pair of quotation marks)"
    return ""


def spelled_like(prefix: str) -> frozenset[str]:
    """American spellings of the British words that begin with `prefix`, for wildcards."""
    return frozenset(new for old, new in SPELLINGS.items() if old.startswith(prefix))
