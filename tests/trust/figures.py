"""Figures of what the trust tests tried, for the table that ``scripts/bench trust`` prints.

A test calls :func:`record` once it knows its figures, before it asserts that they are good. Without the
environment variable that the benchmark sets, nothing is written.
"""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

VARIABLE = "TRUST_FIGURES_FOLDER"
"""Names the folder that figures are written to. A name that began with ``SPEECHCX_`` would count as a setting."""

SHARE, SEED = "TRUST_SHARE", "TRUST_FIRST_SEED"
"""Take this part of every nightly figure, 0 to 1, and begin with this seed: a night can be done in parts."""

_LARGEST = "largest_"


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table.

    Parameters
    ----------
    what
        What was tried.
    n
        How often.
    counts
        What was found, by name: numbers are added up over several records, those whose name
        begins with ``largest_`` keep the largest.
    bar
        What must hold.
    test
        The test file that left it.
    """

    what: str
    n: int
    counts: dict[str, float]
    bar: str
    test: str = ""


def nightly_count(whole: int) -> int:
    """How many of a nightly figure to try: all, or the part that the benchmark was asked for."""
    return max(1, round(whole * float(os.environ.get(SHARE, "1"))))


def nightly_seed(usual: int) -> int:
    """The first seed of the nightly tests: `usual`, and further on where the benchmark was asked to begin later."""
    return usual + int(os.environ.get(SEED, "0"))


def record(what: str, n: int, *, bar: str, **counts: float) -> None:
    """Write a figure down; several with the same `what` become one line.

    ``record("kills", 200, bar="all 0", lost=0, doubled=0, largest_wait_s=1.2)``
    """
    folder = os.environ.get(VARIABLE)
    if folder:
        # pytest names the test that runs in this variable.
        test = os.environ.get("PYTEST_CURRENT_TEST", "").partition("::")[0]
        text = json.dumps({"what": what, "n": n, "counts": counts, "bar": bar, "test": test})
        (Path(folder) / f"{uuid.uuid4().hex}.json").write_text(text, encoding="utf-8")


def read_figures(folder: Path) -> list[Figure]:
    """All figures in a folder, those of the same kind joined, by name."""
    records = [json.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*.json"))]
    return sorted(join_figures(Figure(**each) for each in records), key=lambda figure: figure.what)


def join_figures(figures: Iterable[Figure]) -> list[Figure]:
    """One figure for each `what`."""
    joined: dict[str, Figure] = {}
    for each in figures:
        so_far = joined.get(each.what)
        if so_far is None:
            joined[each.what] = each
            continue
        counts = dict(so_far.counts)
        for name, value in each.counts.items():
            before = counts.get(name, 0)
            counts[name] = max(before, value) if name.startswith(_LARGEST) else before + value
        joined[each.what] = Figure(each.what, so_far.n + each.n, counts, each.bar, each.test)
    return list(joined.values())


def describe_counts(counts: dict[str, float]) -> str:
    """``0 lost, 0 doubled, largest wait s 1.2``."""
    parts = [f"{value:,.4g} {name}" for name, value in counts.items() if not name.startswith(_LARGEST)]
    parts += [
        f"largest {name.removeprefix(_LARGEST)} {value:,.4g}"
        for name, value in counts.items()
        if name.startswith(_LARGEST)
    ]
    return ", ".join(parts).replace("_", " ")
