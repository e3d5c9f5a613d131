"""The made-up calls of samples/ against their truth: words, turn edges, rules, parties, for each and for all.

Usage: scripts/bench samples [--model NAME] [--db FILE]   FILE: a finished run over samples/; default: makes one
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.e2e.against_truth import Measured

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))


def main(argv: list[str]) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="scripts/bench samples", description=__doc__)
    parser.add_argument("--model", default="base")
    parser.add_argument("--db", type=Path)
    arguments = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        database = arguments.db or run_samples(Path(folder) / "samples.db", arguments.model)
        print_figures(database)
    return 0


def run_samples(database: Path, model: str) -> Path:
    """A fresh run over all samples."""
    command = [sys.executable, "-m", "speechcx", "run", "--db", str(database), "--model", model]
    environment = {**os.environ, "SPEECHCX_CONFIG": str(ROOT / "samples" / "speechcx.toml")}
    subprocess.run(command, check=True, cwd=ROOT, env=environment)
    return database


def print_figures(database: Path) -> None:
    """Measure every stored call and print the table and every wrong rule."""
    from speechcx.store import Store
    from tests.e2e.against_truth import Measured, measure, read_truth, table

    truth = read_truth()
    found = {name: Measured() for name in (*truth, "all")}
    with Store.open(database, read_only=True) as store:
        for call_id in store.iter_call_ids():
            call = store.load(call_id)
            name = Path(call.conversation.recording.path).name
            for into in (found[name], found["all"]):
                measure(call, truth[name], into)
    print("\n".join(table(found)))
    everything = found["all"]
    print("\nrules; what could not be told counts as not found:")
    for name, channels in (("two channels", 2), ("one channel", 1), ("all", None)):
        print("  " + rule_line(name, [
            one for file, one in found.items() if file != "all" and channels in (None, len(truth[file]["channels"]))
        ]))  # fmt: skip
    print("\n".join(everything.wrong_rules))
    print_starters(database)
    print(f"turns lost: {everything.lost_turns} of {everything.turns}")


def print_starters(database: Path) -> None:
    """The rulebooks that come with the program on the same words, where they have a rule the truth judges."""
    from speechcx.batch.what_if.survey import read_view
    from speechcx.rules import judge_view, parse_rulebook
    from speechcx.rules.starter import starter_rulebook, starter_rulebooks
    from speechcx.store import Store
    from tests.e2e.against_truth import Measured, read_truth

    truth = read_truth()
    print("\nrulebooks to begin with, on the recognised words:")
    with Store.open(database, read_only=True) as store:
        calls = [read_view(store, call_id) for call_id in store.iter_call_ids()]
    for name in starter_rulebooks():
        book, one = parse_rulebook(starter_rulebook(name)), Measured()
        for heard, facts in calls:
            wanted = truth[Path(heard.recording.path).name]["rules"]
            for result in judge_view(book, facts):
                if result.rule in wanted["must_hit"]:
                    one.rules["hit" if result.value == "present" else "missed"] += 1
                elif result.rule in wanted["must_not_hit"] and result.value == "present":
                    one.rules["false"] += 1
        if one.rules:
            print(f"  {name:16s} recall {one.rule_recall:.3f} (n = {one.rules['hit'] + one.rules['missed']}),"
                  f" precision {one.rule_precision:.3f}")  # fmt: skip


def rule_line(name: str, measured: Sequence[Measured]) -> str:
    """Recall and precision of rules over some calls, with how many there are."""
    hit, missed, untold, false = (
        sum(one.rules[what] for one in measured) for what in ("hit", "missed", "untold", "false")
    )
    there = hit + missed + untold
    return (
        f"{name:12s} recall {hit / max(1, there):.3f} (n = {there}, {untold} not told), precision"
        f" {hit / max(1, hit + false):.3f} (n = {hit + false}), {len(measured)} calls"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
