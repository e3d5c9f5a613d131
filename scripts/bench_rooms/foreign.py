"""Calls in other languages through the whole pipeline: which language is found, and whether anybody is blamed.

Run by ``scripts/bench foreign [--calls 20] [--model base] [--languages es,de,fr]``. The calls are spoken by
espeak-ng over a telephone band, one channel a party, so that nobody says an English word; they are judged by all
English starter rulebooks, and by one of their own language beside them.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from speechcx.batch import analyse_files
from speechcx.call import Call
from speechcx.config import Settings
from speechcx.pipeline import judge
from speechcx.rules import LanguageRulebooks, Rulebook, apply_rules, parse_rulebook
from speechcx.rules.starter import starter_rulebook, starter_rulebooks
from tests.e2e.foreign_talk import HAS_SPEAKER, make_call, write_call

GREETINGS = {"es": '"gracias por llamar"', "de": '"danke f\u00fcr ihren anruf"', "fr": "merci | bonjour"}
OWN = """
rulebook: own
version: 1
language: {language}
rules: [{{id: greeting, kind: behaviour, said: '{said}', by: agent, expect: present}}]
"""


def main(argv: Sequence[str]) -> int:
    """Print the figures; the exit code is 1 where a call is blamed or read as English."""
    parser = argparse.ArgumentParser(prog="bench foreign", description=__doc__)
    parser.add_argument("--calls", type=int, default=20, help="calls of each language")
    parser.add_argument("--model", default="base")
    parser.add_argument("--languages", default="es,de,fr")
    asked = parser.parse_args(argv)
    if not HAS_SPEAKER:
        print("espeak-ng is not installed")
        return 2
    books = tuple(parse_rulebook(starter_rulebook(name), name) for name in starter_rulebooks())
    wrong = 0
    for language in asked.languages.split(","):
        with tempfile.TemporaryDirectory() as folder:
            files = [
                write_call(Path(folder) / f"{language}{no}.wav", make_call(language, language, no))
                for no in range(asked.calls)
            ]
            wrong += _show(language, files, books, asked.model)
    return 1 if wrong else 0


def _show(language: str, files: Sequence[Path], books: Sequence[Rulebook], model: str) -> int:
    settings = Settings()
    settings = replace(settings, transcribe=replace(settings.transcribe, model=model))
    counts: Counter[str] = Counter()
    for call in analyse_files(files, settings, books[0]):
        if not isinstance(call, Call):
            counts["failed"] += 1
            continue
        found = _count(call, language, books, settings)
        if not found["found"]:
            print(f"  {call.recording.path}: taken for {call.assessment.reading.language.code}", flush=True)
        counts.update(found)
        wrong = {name: found[name] for name in ("absent", "flagged", "felt", "present") if found[name]}
        print(f"  call {counts['calls']}: {found['cannot_tell']} cannot tell {wrong or ''}", flush=True)
    n = counts["calls"]
    print(f"{language}: {n} calls of {len(files)}, model {model}")
    print(f"  language of the call found       {counts['found']} of {n}")
    print(f"  turns with words in it           {counts['turns right']} of {counts['turns']}")
    print(
        f"  results of English word rules    {counts['cannot_tell']} cannot tell, {counts['absent']} absent,"
    )
    print(f"                                   {counts['present']} present, {counts['flagged']} flagged")
    print(f"  turns with an English sentiment  {counts['felt']} of {counts['turns']}")
    print(
        f"  by a rulebook of its own: greeting present {counts['greeted']}, absent {counts['not greeted']}",
        flush=True,
    )
    return counts["failed"] + counts["absent"] + counts["flagged"] + counts["felt"] + n - counts["found"]


def _count(call: Call, language: str, books: Sequence[Rulebook], settings: Settings) -> Counter[str]:
    """What is to be counted of one call."""
    counts: Counter[str] = Counter({"calls": 1})
    heard = call.conversation
    counts["found"] += call.assessment.reading.language.code == language
    spoken = [said.language for said in heard.utterances if said.words]
    counts["turns"] += len(spoken)
    counts["turns right"] += spoken.count(language)
    counts["felt"] += sum(read.value is not None for read in heard.sentiments)
    for book in books:
        for result in apply_rules(book, heard, call.assessment.reading):
            if book.rule(result.rule).kind != "hidden" and "the rulebook does not read" in result.why:
                counts["cannot_tell"] += result.value == "cannot_tell"
            elif result.kind != "hidden" and result.rule != "hostile-customer":
                counts[result.value] += 1
            counts["flagged"] += result.flagged
    own = parse_rulebook(OWN.format(language=language, said=GREETINGS[language]))
    pair = LanguageRulebooks((("en", books[0]), (language, own)))
    said = [result.value for result in judge(heard, pair, settings).results if result.rule == "greeting"]
    counts["greeted" if said == ["present"] else "not greeted"] += 1
    return counts


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
