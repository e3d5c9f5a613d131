"""Keyword rules on real telephone sentences: each keyword exact, one letter off, and by its sound.

The words are those the recogniser wrote. Truth is the hand transcript: a keyword is there where it is
written, in one word or two. Recall and precision over all clips and keywords, with n.
"""

from __future__ import annotations

from pathlib import Path

from scripts.bench_rooms.accuracy import read_settings, read_wuw2, run_ours
from speechcx.call import Utterance
from speechcx.rules import judge_view, parse_rulebook, view_test
from speechcx.rules.language.examples import Line, RuleTest

KEYWORDS = ("Operator", "ThinkEngine", "Onword", "Wildfire", "Voyager")
FORMS = ("", "~1", "~sound")


def show(data: Path, model: str, count: int) -> None:
    """Print recall and precision of each form."""
    clips = read_wuw2(data, count, seed=1)
    heard = run_ours(clips, read_settings(model, ["language=en"])).utterances
    rules = "".join(
        f"  - {{id: {word}{form}, kind: behaviour, said: {word.lower()}{form}, confidence_floor: 0}}\n"
        for word in KEYWORDS
        for form in FORMS
    )
    rulebook = parse_rulebook(f"rulebook: keywords\nversion: 1\nrules:\n{rules}")
    counts = {form: [0, 0, 0] for form in FORMS}
    for clip, utterances in zip(clips, heard, strict=True):
        values = {
            result.rule: result.value for result in judge_view(rulebook, view_test(as_test(utterances)))
        }
        said = (
            clip.text.lower()
            .replace("think engine", "thinkengine")
            .replace("wild fire", "wildfire")
            .replace("on word", "onword")
        )
        for word in KEYWORDS:
            there = word.lower() in said
            for form in FORMS:
                found = values[f"{word}{form}"] == "present"
                counts[form][0] += there and found
                counts[form][1] += found and not there
                counts[form][2] += there and not found
    print(f"wuw2, {len(clips)} clips, {len(KEYWORDS)} keywords, model {model}")
    for form, (hit, false, missed) in counts.items():
        name = form or "exact"
        print(f"  {name:7s} recall {hit / (hit + missed):.3f} (n = {hit + missed})", end="  ")
        print(f"precision {hit / max(1, hit + false):.3f} (n = {hit + false})")


def as_test(utterances: tuple[Utterance, ...]) -> RuleTest:
    """What was heard in a clip, as one turn."""
    text = " ".join(utterance.text for utterance in utterances)
    return RuleTest("", "present", (Line("customer", 0.0, None, text or "(nothing)"),))
