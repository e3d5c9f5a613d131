"""Phrases that bring down careless matchers, and texts to bring them down with."""

from __future__ import annotations

import random

from speechcx.call import Word
from speechcx.rules.matching.stream import SaidTurn

TEXT_BYTES = 100_000


def slow_phrases() -> list[str]:
    """200 phrases: nested, repeated, overlapping, all gaps, all optional, all wildcards."""
    found = []
    for size in range(2, 22):
        few = min(size, 8)
        found.append(f'"{" ".join(["a"] * (2 * size + 17))}"')
        found.append(f'"{" ".join(["[a]"] * size)} a"')
        found.append(f'"{" ".join(["(a | a b | ? a)"] * size)}"')
        found.append(f'"a {" ".join(["*2 a"] * min(size, 19))}"' + " | b" * max(0, size - 19))
        found.append(f'"{"[" * min(size, 18)}a{" b]" * min(size, 18)} a"' + " | c" * max(0, size - 18))
        found.append(f'"{"(a | " * min(size, 18)}b{")" * min(size, 18)} a"' + " | c" * max(0, size - 18))
        found.append(" NEAR/20 ".join(["a"] * (few + 1)) + " | c" * (size - few))
        found.append(" & ".join(["a", "b", "a"] * (few // 3 + 1)) + " | c" * (size - few))
        found.append(" BEFORE/600s ".join(["a", "(a | b)"] * (few // 2)) + " | c" * (size - few))
        found.append(
            f'("{" ".join(["a", "?"] * few)} c" | "a *20 a *{few} c") NOT NEAR/100 (aa* | *aa)'
            + " | c" * (size - few)
        )
    return found


def slow_texts() -> dict[str, str]:
    """Texts of 100 KB: one word over and over, two words at random, two in turn, digits, talk-like."""
    rng = random.Random(5)
    vocabulary = ["".join(rng.choices("abcdefghij", k=rng.randint(1, 8))) for _ in range(3000)]
    texts = {
        "aaaa": "a " * (TEXT_BYTES // 2),
        "abab": "a b " * (TEXT_BYTES // 4),
        "random a and b": " ".join(rng.choices("ab", k=TEXT_BYTES // 2)),
        "a, rarely c": " ".join("c" if rng.random() < 0.001 else "a" for _ in range(TEXT_BYTES // 2)),
        "numbers": "one and two hundred oh " * (TEXT_BYTES // 23),
        "talk": " ".join(
            rng.choices(vocabulary, weights=[1 / (n + 1) for n in range(3000)], k=TEXT_BYTES // 5)
        ),
    }
    return {name: text[:TEXT_BYTES] for name, text in texts.items()}


def turns_of(text: str, *, words_a_turn: int = 40) -> list[SaidTurn]:
    """A text as turns of two people in turn."""
    words = text.split()
    turns = []
    for no, start in enumerate(range(0, len(words), words_a_turn)):
        said = tuple(
            Word(word, (start + place) * 0.3, (start + place + 1) * 0.3, 0.9)
            for place, word in enumerate(words[start : start + words_a_turn])
        )
        turns.append(
            SaidTurn(no, f"ch{no % 2}", ("agent", "customer")[no % 2], said[0].start_s, said[-1].end_s, said)
        )
    return turns


def alias_bomb() -> str:
    """Ten lists, each nine times the one before."""
    lines = ['a0: &a0 ["x", "x"]']
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]
    return "lists:\n  " + "\n  ".join(lines) + "\nrules: *a9\n"
