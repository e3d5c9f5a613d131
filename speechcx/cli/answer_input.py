"""Answers of a reviewer read from words, from a JSON file, or one by one from the keyboard."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from speechcx.cli.output import note
from speechcx.errors import UsageError
from speechcx.present.table import clean

if TYPE_CHECKING:
    from speechcx.ask.qa import FormQuestion
    from speechcx.store.decisions.review_record import Given

_SHORT = {
    "y": "yes", "n": "no", "-": "n-a", "na": "n-a", "n/a": "n-a", "?": "cannot-tell", "cannot_tell": "cannot-tell",
}  # fmt: skip
_FILE_FORM = '{"greeted": "yes", "closed": {"answer": "no", "comment": "no goodbye", "at": "3:12"}}'
_ASKED = "y yes, n no, - n-a, ? cannot tell; then a comment and @m:ss if you like; b back, q stop"


def read_time(text: str) -> float:
    """Seconds of ``83``, ``83.5``, ``1:23`` or ``1:02:03``.

    Raises
    ------
    UsageError
        It is none of these.
    """
    if not re.fullmatch(r"(\d+:)?(\d{1,4}:)?\d{1,6}(\.\d+)?", text.strip()):
        raise UsageError(f"time {text!r}", "minutes:seconds in the call, as in 1:23", "write m:ss")
    seconds = 0.0
    for part in text.strip().split(":"):
        seconds = 60 * seconds + float(part)
    return seconds


def read_answer(text: str) -> str:
    """An answer as it is kept, from what people type: ``y``, ``Yes``, ``n/a``, ``?``."""
    folded = text.strip().casefold()
    return _SHORT.get(folded, folded)


def read_words(words: Sequence[str], comments: Sequence[str], times: Sequence[str]) -> list[Given]:
    """Answers from ``question=yes`` words, with comments and times from ``question=...`` options.

    Raises
    ------
    UsageError
        A word is no pair, a question is answered twice, or a comment or time has no answer beside it.
    """
    from speechcx.store.decisions.review_record import Given

    answers = _pairs(words, "an answer", "greeted=yes")
    said = _pairs(comments, "--comment", "greeted='no name given'")
    at = _pairs(times, "--at", "greeted=1:23")
    for question in (*said, *at):
        if question not in answers:
            raise UsageError(
                f"a comment or time for {question}, without an answer", "both together", f"add {question}=yes"
            )
    return [
        Given(
            question, read_answer(answer), said.get(question, ""),
            read_time(at[question]) if question in at else None,
        )
        for question, answer in answers.items()
    ]  # fmt: skip


def _pairs(texts: Sequence[str], what: str, example: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign or not name.strip():
            raise UsageError(
                f"{what} {text!r}", f"QUESTION=VALUE, as in {example}", "write the question, = and the value"
            )
        if name.strip() in found:
            raise UsageError(f"{name.strip()} twice", "each question once", "remove one")
        found[name.strip()] = value
    return found


def read_file(path: str) -> list[Given]:
    """Answers from a JSON object, by question; ``-`` is standard input.

    Raises
    ------
    UsageError
        The file cannot be read, or is not of that form.
    """
    try:
        text = sys.stdin.read() if path == "-" else open(path, encoding="utf-8-sig").read()  # noqa: SIM115
        found = json.loads(text)
    except (OSError, ValueError, RecursionError) as error:
        raise UsageError(
            f"cannot read answers from {path}: {error}", f"JSON such as {_FILE_FORM}", "correct the file"
        ) from error
    if isinstance(found, dict) and isinstance(found.get("answers"), dict):
        found = found["answers"]
    if not isinstance(found, dict) or not found:
        raise UsageError(
            f"{path} holds no answers by question", f"JSON such as {_FILE_FORM}", "correct the file"
        )
    return [_from_json(question, value) for question, value in found.items()]


def _from_json(question: str, value: Any) -> Given:
    from speechcx.store.decisions.review_record import Given

    parts = value if isinstance(value, dict) else {"answer": value}
    wrong = sorted(set(parts) - {"answer", "comment", "at"})
    answer, comment, at = parts.get("answer"), parts.get("comment") or "", parts.get("at")
    if (
        wrong
        or not isinstance(answer, str)
        or not isinstance(comment, str)
        or isinstance(at, bool | list | dict)
    ):
        found = f"keys {', '.join(wrong)}" if wrong else json.dumps(value)[:80]
        raise UsageError(f"answer to {question}: {found}", f"as in {_FILE_FORM}", "correct the file")
    return Given(question, read_answer(answer), comment, None if at is None else read_time(str(at)))


def ask_answers(
    questions: Sequence[FormQuestion], keep: Callable[[Given], None], ask: Callable[[], str] | None = None
) -> bool:
    """Ask every question that waits, one by one; each answer is kept before the next is asked.

    Parameters
    ----------
    questions
        The form.
    keep
        Takes one answer; a UsageError of it is shown, and the question asked again.
    ask
        Gives the next line typed; None for the keyboard.

    Returns
    -------
    bool
        Whether all were answered; False where the person stopped.
    """
    place = next((at for at, one in enumerate(questions) if one.answer is None), len(questions))
    done = {at for at, one in enumerate(questions) if one.answer is not None}
    note(_ASKED)
    while place < len(questions):
        one = questions[place]
        mark = f" [{one.critical}]" if one.critical else ""
        note(f"{place + 1}/{len(questions)} {clean(one.section)}: {clean(one.text)}{mark} ({one.question})")
        try:
            line = (ask or _type)().strip()
        except EOFError:
            return False
        if line.casefold() in ("q", "quit"):
            return False
        if line.casefold() in ("b", "back"):
            place = max(0, place - 1)
            continue
        try:
            keep(_read_line(one.question, line))
        except UsageError as error:
            note(str(error))
            continue
        done.add(place)
        place = next((at for at in range(place + 1, len(questions)) if at not in done), len(questions))
    return True


def _type() -> str:
    # The prompt goes where people read; what `input` itself prints would stand in the JSON of a pipe.
    sys.stderr.write("> ")
    sys.stderr.flush()
    return input()


def _read_line(question: str, line: str) -> Given:
    from speechcx.store.decisions.review_record import Given

    word, _, rest = line.partition(" ")
    match = re.search(r"(?:^|\s)@(\S+)\s*$", rest)
    at_s = read_time(match.group(1)) if match else None
    comment = rest[: match.start()] if match else rest
    return Given(question, read_answer(word), comment.strip(), at_s)
