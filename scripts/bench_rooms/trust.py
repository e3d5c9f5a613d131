"""What is tried so that nothing leaves, nothing is lost and one bad thing costs one thing, with its figures.

Run by ``scripts/bench trust [--nightly [--share 0.1] [--first-seed N]] [--only NAME ...] [--workers N]``. A night
can be done in parts: with ``--share 0.1`` each figure is a tenth, and ``--first-seed`` says where to go on (5000 after
5,000 mutants). ``--round CASE:SEED`` does one round of kills again. The tests themselves leave the figures
(``tests/trust/figures.py``); a test file that is missing, skipped or failed has a line that says so.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT)]

from tests.trust.figures import SEED, SHARE, VARIABLE, Figure, describe_counts, read_figures  # noqa: E402

TESTS = {
    "isolation": "tests/trust/test_isolation.py",
    "kills": "tests/trust/test_kills.py",
    "disk": "tests/trust/test_failing_disk.py",
    "situations": "tests/trust/test_situations.py",
    "disk nights": "tests/trust/test_disk_nights.py",
    "power": "tests/trust/test_power_cuts.py",
    "poison": "tests/trust/test_poison_calls.py",
    "mutants": "tests/audio/test_mutants.py",
    "bombs": "tests/trust/test_bombs.py",
    "long calls": "tests/trust/test_long_calls.py",
    "soak": "tests/trust/test_soak.py",
    "rivals": "tests/trust/test_rivals.py",
    "tampering": "tests/store/decisions/test_chain.py",
    "torn log": "tests/store/test_crash.py",
    "backup": "tests/batch/test_backup.py",
}
"""Test files by the name that ``--only`` takes."""
WIDTH = 48


@dataclass(frozen=True)
class Outcome:
    """One test: ``passed``, ``skipped`` or ``failed``, with the reason or the message."""

    file: str
    test: str
    state: str
    reason: str


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the tests and print the table; 1 if one failed."""
    parser = argparse.ArgumentParser(prog="scripts/bench trust", description=__doc__)
    parser.add_argument("--nightly", action="store_true", help="also the tests that take minutes to hours")
    parser.add_argument(
        "--only", nargs="+", choices=TESTS, default=list(TESTS), metavar="NAME", help=", ".join(TESTS)
    )
    parser.add_argument(
        "--share", type=float, default=1.0, help="part of each nightly figure, 0 to 1 (default 1)"
    )
    parser.add_argument(
        "--first-seed", type=int, default=0, help="where nightly tests that draw begin (default 0)"
    )
    parser.add_argument("--workers", type=int, default=2, help="test processes (default 2)")
    parser.add_argument(
        "--round", metavar="CASE:SEED", help="do one round of kills again, as a message named it"
    )
    options = parser.parse_args(arguments)
    if options.round:
        return repeat_round(options.round)
    if not 0 < options.share <= 1 or options.first_seed < 0:
        parser.error("--share: expected more than 0 and at most 1; --first-seed: a whole number from 0 on")
    files = {name: TESTS[name] for name in options.only}
    there = [file for file in files.values() if (ROOT / file).exists()]
    began = time.monotonic()
    with TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        figures = Path(folder) / "figures"
        figures.mkdir()
        night = {SHARE: str(options.share), SEED: str(options.first_seed), VARIABLE: str(figures)}
        code = run_tests(there, report, night, nightly=options.nightly, workers=options.workers)
        outcomes = list(read_outcomes(report, there)) if report.exists() else []
        print_table(files, outcomes, read_figures(figures))
    print(f"\n{len(outcomes)} tests in {time.monotonic() - began:,.0f} s on {options.workers} processes.")
    return int(code != 0)


def run_tests(
    files: Sequence[str], report: Path, variables: dict[str, str], *, nightly: bool, workers: int
) -> int:
    """Run test files, each in one process; returns pytest's exit code."""
    # An empty -m takes the place of the one in pyproject.toml: every test.
    words = ["-q", "-m", "" if nightly else "not nightly", "-n", str(workers), "--dist", "loadfile"]
    return subprocess.run(
        [sys.executable, "-m", "pytest", *words, f"--junitxml={report}", *files],
        cwd=ROOT, env=os.environ | variables, stdout=sys.stderr, check=False,
    ).returncode  # fmt: skip


def read_outcomes(report: Path, files: Sequence[str]) -> Iterator[Outcome]:
    """Every test that a report of pytest names."""
    modules = {file.removesuffix(".py").replace("/", "."): file for file in files}
    for case in ElementTree.parse(report).iter("testcase"):
        # A test module that cannot be imported stands in the name.
        named = case.get("classname") or case.get("name", "")
        file = next((file for module, file in modules.items() if named.startswith(module)), named)
        state, reason = "passed", ""
        for tag, other in (("skipped", "skipped"), ("failure", "failed"), ("error", "failed")):
            for found in case.iter(tag):
                state, reason = other, found.get("message", "")
        yield Outcome(file, case.get("name", ""), state, " ".join(reason.split()))


def print_table(files: dict[str, str], outcomes: Sequence[Outcome], figures: Sequence[Figure]) -> None:
    """One line for each figure; for each test file a line where it left none, and what was skipped or failed."""
    print(f"{'what':{WIDTH}} {'n':>7}  result (bar)")
    for name, file in files.items():
        of_file = [outcome for outcome in outcomes if outcome.file == file]
        left = [figure for figure in figures if figure.test == file]
        for figure in left:
            print(
                f"{figure.what[:WIDTH]:{WIDTH}} {figure.n:7,}  {describe_counts(figure.counts)} ({figure.bar})"
            )
        states = [outcome.state for outcome in of_file]
        if not (ROOT / file).exists():
            print(f"{name:{WIDTH}} {'-':>7}  not tried: there is no {file}")
        elif not of_file:
            print(f"{name:{WIDTH}} {'-':>7}  not tried: no test of {file} ran")
        elif not left:
            counted = ", ".join(f"{states.count(state)} {state}" for state in dict.fromkeys(states))
            print(f"{name:{WIDTH}} {'-':>7}  no figure; tests: {counted}")
        for state in ("skipped", "failed"):
            for reason in dict.fromkeys(each.reason for each in of_file if each.state == state):
                tests = [each.test for each in of_file if (each.state, each.reason) == (state, reason)]
                shown = tests[0] if len(tests) == 1 else f"{len(tests)} tests, {tests[0]} first"
                print(f"  {state}: {shown}: {reason[:200]}")


def repeat_round(named: str) -> int:
    """Do one round of ``tests/trust/kills.py`` again, and print what it found."""
    from tests.batch.folders import call_name
    from tests.batch.zygote import open_zygote
    from tests.trust.nights import write_real_calls
    from tests.trust.test_kills import CASES, make_kills

    case, _, seed = named.partition(":")
    if case not in CASES or not seed.isdecimal():
        print(
            f"--round {named}: expected one of {', '.join(CASES)}, a colon and a whole number",
            file=sys.stderr,
        )
        return 2
    with TemporaryDirectory() as name:
        folder = Path(name)
        write_real_calls(folder / "warm", 1)
        with open_zygote(folder / "warm" / call_name(0)) as zygote:
            found = make_kills(case, zygote, folder).run_round(int(seed))
    print("\n".join(found.problems) or f"round {named}: {found.kills} kills, nothing amiss")
    return int(bool(found.problems))


if __name__ == "__main__":
    sys.exit(main())
