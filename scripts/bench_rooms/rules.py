"""Figures of the rules room: speed, slow phrases, the slow matcher, samples and keyword clips.

Run by ``scripts/bench rules [--only speed,slow,cases,samples,keywords,drivers] [--data DIR]``. Every figure is
printed with its n. Times are seconds of processor time of this thread, so that other work on the
machine disturbs them less.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from speechcx.rules import Rulebook, judge_view, lint, parse_rulebook, read_rulebook
from speechcx.rules.judging.call_view import CallView, view_test
from speechcx.rules.language.examples import Line, RuleTest
from speechcx.rules.language.grammar import PhraseError, parse_said
from speechcx.rules.matching.phrase_search import Search
from speechcx.rules.matching.search_plans import make_plans
from speechcx.rules.matching.stream import build_stream

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("speed", "slow", "cases", "samples", "keywords", "drivers")
CALLS = 60
PASSES = 6
WORDS_A_CALL = 900
COMMON = """
i you the to and a that it of is my in for have on me do not can we what so be this with your if just are know get
but will at would one there from was as or call account number bill card phone service please help thank today pay
name right let see going time new money
"""
MOODS = {"negative": -0.7, "neutral": 0.0, "positive": 0.7, "mixed": 0.0}


def main(argv: Sequence[str] | None = None) -> int:
    """Print the figures asked for."""
    parser = argparse.ArgumentParser(prog="bench rules", description=__doc__)
    parser.add_argument("--only", default=",".join(PARTS), help="parts to run, by comma")
    parser.add_argument("--cases", type=int, default=5000, help="random cases against the slow matcher")
    parser.add_argument(
        "--data", type=Path, default=Path(os.environ.get("SPEECHCX_DATA", ROOT.parent / "shared/data"))
    )
    parser.add_argument("--model", default="tiny.en", help="recogniser of the keyword clips")
    parser.add_argument("--clips", type=int, default=120, help="keyword clips, 0 for all 380")
    options = parser.parse_args(argv)
    for part in options.only.split(","):
        print(f"== {part}")
        {
            "speed": show_speed,
            "slow": show_slow,
            "cases": lambda: show_cases(options.cases),
            "samples": show_samples,
            "keywords": lambda: show_keywords(options.data, options.model, options.clips),
            "drivers": lambda: show_drivers(options.data),
        }[part]()
    return 0


def show_keywords(data: Path, model: str, count: int) -> None:
    """Keyword rules on real telephone sentences."""
    from scripts.bench_rooms.rules_keywords import show

    show(data, model, count)


def show_drivers(data: Path) -> None:
    """Banking drivers on written requests."""
    from scripts.bench_rooms.rules_drivers import show

    show(data)


# ---- speed -----------------------------------------------------------------------------------------


def show_speed() -> None:
    """Stored six-minute calls judged by 1,000 phrases in 100 rules, on one core."""
    from tests.factories import make_conversation, make_reading

    rng = random.Random(3)
    source = made_rulebook(rng)
    start = time.thread_time()
    rulebook = parse_rulebook(source)
    read_s = time.thread_time() - start
    calls = [made_call(rng) for _ in range(CALLS)]
    conversations = [make_conversation(said, duration_s=360.0) for said in calls]
    readings = [make_reading(conversation) for conversation in conversations]
    from speechcx.rules import apply_rules
    from speechcx.score import fill_scorecards

    passes, present = [], 0
    for _ in range(PASSES):
        start, present = time.thread_time(), 0
        for conversation, reading in zip(conversations, readings, strict=True):
            results = apply_rules(rulebook, conversation, reading)
            fill_scorecards(rulebook.scorecards, results, reading)
            present += sum(result.value == "present" for result in results)
        passes.append((time.thread_time() - start) / len(calls))
    each_s = min(passes)
    words = sum(len(text.split()) for said in calls for _, _, text in said) / len(calls)
    print(f"rulebook of {len(rulebook.rules)} rules read in {read_s:.2f} s; to compare machines,")
    print(f"a loop of 3,000,000 additions takes {loop_time():.2f} s here now (0.15 s on an idle 3 GHz core)")
    print(
        f"rules and scorecards: {1 / each_s:.0f} calls a second on one core ({1000 * each_s:.2f} ms each, best of"
        f" {PASSES} passes), n = {len(calls)} calls of"
    )
    print(f"{words:.0f} words; {present / len(calls):.1f} rules present a call. Bar: 150 on one core")
    show_stored(rulebook, calls)


def show_stored(rulebook: Rulebook, calls: Sequence[list[tuple[str, float, str]]]) -> None:
    """The same calls out of a database: each stage of judging one anew, without writing it."""
    from speechcx.pipeline import judge
    from speechcx.prosody import measure_flow
    from speechcx.sentiment import join_feeling
    from speechcx.store import Store
    from speechcx.turns import name_parties
    from tests.batch.stored import SETTINGS, store_talks

    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "calls.db"
        ids = store_talks(database, calls)
        with Store.open(database, read_only=True) as store:
            heard = [store.load_conversation(call_id) for call_id in ids]
            roles = [name_parties(one, SETTINGS.turns) for one in heard]
            stages = {
                "read from the database": lambda: [store.load_conversation(call_id) for call_id in ids],
                "who is who": lambda: [name_parties(one, SETTINGS.turns) for one in heard],
                "flow of talk": lambda: [
                    measure_flow(one, role, SETTINGS.prosody) for one, role in zip(heard, roles, strict=True)
                ],
                "feeling": lambda: [
                    join_feeling(one, role, SETTINGS.sentiment)
                    for one, role in zip(heard, roles, strict=True)
                ],
                "all of it": lambda: [
                    judge(store.load_conversation(call_id), rulebook, SETTINGS) for call_id in ids
                ],
            }
            print("judged anew from a database, milliseconds a call on one core:")
            for name, work in stages.items():
                each_s = min(timed(work) for _ in range(PASSES)) / len(ids)
                rate = f"  {1 / each_s:.0f} calls a second" if name == "all of it" else ""
                print(f"  {name:23s} {1000 * each_s:5.2f}{rate}")


def timed(work: Callable[[], object]) -> float:
    """Seconds of processor time that something takes."""
    start = time.thread_time()
    work()
    return time.thread_time() - start


def loop_time() -> float:
    """Seconds of 3,000,000 additions: how busy or slow this processor is."""
    start, total = time.thread_time(), 0
    for number in range(3_000_000):
        total += number
    return time.thread_time() - start


def made_rulebook(rng: random.Random) -> str:
    """100 rules of 10 phrases: plain, with alternatives and options, with wildcards and nearness."""
    words = vocabulary()
    rules = []
    for number in range(100):
        phrases = []
        for _ in range(10):
            form = rng.random()
            some = [rng.choice(words[30:]) for _ in range(6)]
            if form < 0.5:
                phrases.append(f'"{" ".join(some[: rng.randint(1, 4)])}"')
            elif form < 0.75:
                phrases.append(f'"{some[0]} ({some[1]} | {some[2]} {some[3]}) [{some[4]}] {some[5]}"')
            elif form < 0.9:
                phrases.append(
                    f"{some[0][:4]}* NEAR/6 ({some[1]} | {some[2]})"
                    if len(phrases) % 3 == 0
                    else f'"{some[0]} *2 {some[1]}"'
                )
            else:
                phrases.append(f'"{some[0][:4]}* {some[1]}"')
        who = ("agent", "customer", "any")[number % 3]
        expect = ("\n    expect: present", "")[number % 2]
        rules.append(
            f"  - id: r{number}\n    kind: behaviour\n    by: {who}{expect}\n    said: >-\n      "
            + " | ".join(phrases)
        )
    questions = ", ".join(f"{{id: q{n}, text: q{n}, rule: r{n}}}" for n in range(20))
    card = f"scorecards: [{{id: card, sections: [{{title: all, questions: [{questions}]}}]}}]"
    return "rulebook: bench\nversion: 1\nrules:\n" + "\n".join(rules) + f"\n{card}\n"


def vocabulary() -> list[str]:
    """1,500 made words, the commonest first, after 60 real ones."""
    common = COMMON.split()
    rng = random.Random(11)
    syllables = [c + v for c in "bcdfghjklmnprstvw" for v in "aeiou"]
    return common + ["".join(rng.choices(syllables, k=rng.randint(2, 4))) for _ in range(1500)]


def made_call(rng: random.Random) -> list[tuple[str, float, str]]:
    """Lines of a six-minute call: two people in turn, words as common as in real talk (Zipf)."""
    words = vocabulary()
    weights = [1 / (rank + 2) for rank in range(len(words))]
    said, now, spoken = [], 0.0, 0
    while spoken < WORDS_A_CALL:
        texts = rng.choices(words, weights=weights, k=rng.randint(1, 28))
        said.append((f"ch{len(said) % 2}", round(now, 2), " ".join(texts)))
        spoken += len(texts)
        now += 0.3 * len(texts) + 0.7
    return said


# ---- slow phrases ----------------------------------------------------------------------------------


def show_slow() -> None:
    """The slowest of 200 slow phrases on texts of 100 KB, and rulebooks over the limits."""
    from tests.rules.slow import slow_phrases, slow_texts, turns_of

    phrases = slow_phrases()
    parsed, refused = [], 0
    for text in phrases:
        try:
            parsed.append((text, parse_said(text)))
        except PhraseError:
            refused += 1
    print(f"{len(phrases)} phrases, {refused} of them refused; milliseconds of the slowest, bar 50")
    for name, text in slow_texts().items():
        stream = build_stream(turns_of(text))
        start = time.thread_time()
        Search(make_plans({}, {}), stream, lambda _: frozenset())
        index_s = time.thread_time() - start
        worst = max((search_time(expression, stream), text) for text, expression in parsed)
        print(f"  {name:16s} {1000 * worst[0]:6.1f}  (and {1000 * index_s:.1f} once a text)  {worst[1][:50]}")
    for name, source in over_the_limits().items():
        start = time.thread_time()
        problems = lint(source)
        shown = str(problems[0]) if problems else "accepted"
        print(f"  {name:22s} {time.thread_time() - start:6.2f} s  {shown[:100]}")


def search_time(expression: object, stream: object) -> float:
    """Seconds to find one expression once the text is indexed; the better of two."""
    best = 9.0
    for _ in range(2):
        plans = make_plans({0: expression}, {})  # type: ignore[dict-item]
        search = Search(plans, stream, lambda _: frozenset())  # type: ignore[arg-type]
        _ = search.layout
        start = time.thread_time()
        search.find(plans.nodes[0])
        best = min(best, time.thread_time() - start)
    return best


def over_the_limits() -> dict[str, str]:
    """Rulebooks that are too much, and one that is only big."""
    from tests.rules.slow import alias_bomb

    head = "rulebook: x\nversion: 1\n"
    rule = "rules:\n  - {id: a, kind: risk, said: '%s'}\n"
    phrases = " | ".join(f'"word{n} other{n % 97} third{n % 31}"' for n in range(400))
    many = "".join(
        f"  - {{id: r{n}, kind: risk, said: '{phrases.replace('word', f'w{n}x')}'}}\n" for n in range(25)
    )
    return {
        "10,000 phrases": head + "rules:\n" + many,
        "10,000 list entries": head
        + "lists:\n  l:\n"
        + "".join(f"    - word{n} and more\n" for n in range(10_000))
        + rule % "{l}",
        "a rule of 1 MB": head + rule % ("a | " * 250_000 + "a"),
        "1,000 round brackets": head + rule % ("(" * 1000 + "a" + ")" * 1000),
        "1,000 square brackets": head + "rules: " + "[" * 1000 + "]" * 1000,
        "alias bomb": head + alias_bomb(),
    }


# ---- the slow matcher ------------------------------------------------------------------------------


def show_cases(number: int) -> None:
    """Random phrases and talk: the quick matcher must find what the slow one does."""
    from hypothesis import HealthCheck, given, settings
    from tests.rules.matching.test_search import BY, compare

    from tests.rules import made

    counts = {"cases": 0, "refused": 0, "with matches": 0}

    @settings(max_examples=number, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(text=made.said, turns=made.talk(), parties=BY)
    def run(text: str, turns: list, parties: frozenset[str] | None) -> None:  # type: ignore[type-arg]
        counts["cases"] += 1
        try:
            parse_said(text)
        except PhraseError:
            counts["refused"] += 1
            return
        counts["with matches"] += compare(text, turns, parties)[1] > 0

    start = time.thread_time()
    run()
    print(f"equal on all: {counts}, {time.thread_time() - start:.0f} s")


# ---- samples ---------------------------------------------------------------------------------------


def show_samples() -> None:
    """The sample rulebook and the starters on the words of the samples' truth."""
    truth = json.loads((ROOT / "samples" / "truth.json").read_text(encoding="utf-8"))
    rulebook = read_rulebook(ROOT / "samples" / "rulebook.yaml")
    counts: dict[str, list[int]] = {}
    for call in truth["files"]:
        values = {result.rule: result.value for result in judge_view(rulebook, facts_of_truth(call))}
        for rule in call["rules"]["must_hit"]:
            counts.setdefault(rule, [0, 0, 0])[0 if values[rule] == "present" else 2] += 1
        for rule in call["rules"]["must_not_hit"]:
            counts.setdefault(rule, [0, 0, 0])[1] += values[rule] == "present"
    for rule, (hit, false, missed) in sorted(counts.items()):
        print(f"  {rule:22s} found {hit}, false {false}, missed {missed}")
    hit, false, missed = (sum(count[place] for count in counts.values()) for place in range(3))
    print(f"precision {hit / max(1, hit + false):.3f}, recall {hit / max(1, hit + missed):.3f},", end=" ")
    print(f"n = {hit + missed} to find in {len(truth['files'])} calls; words as written, feeling as planned")


def facts_of_truth(call: dict) -> CallView:  # type: ignore[type-arg]
    """A sample call as its truth describes it."""
    lines = tuple(
        Line(
            turn["party"], turn["start_s"], turn["end_s"], turn["text"], 1.0,
            (("sentiment", MOODS[turn["mood"]]), ("level_rel_db", turn["level_rel_db"])),
        )
        for turn in call["turns"]
    )  # fmt: skip
    moods = [MOODS[turn["mood"]] for turn in call["turns"] if turn["party"] == "customer"]
    score = 5 * sum(moods) / max(1, len(moods))
    came_in = sum(other.get("started_by") == "customer" for other in call["interruptions"])
    metrics = (("customer.sentiment_score", score), ("customer.interruptions", float(came_in)))
    return view_test(RuleTest("", "present", lines, call["duration_s"], metrics=metrics))


if __name__ == "__main__":
    raise SystemExit(main())
