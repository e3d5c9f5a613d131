"""Planted surges in made days: how many are found, and how many false alarms quiet days bring."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np

from speechcx.ask.operations import MIN_EXCESS, PAST_WEEKS, PROBABILITY, choose_past_days, find_surge

START = date(2026, 3, 2)
WEEKDAYS = np.array([1.2, 1.05, 1.0, 1.0, 0.95, 0.5, 0.0])
HOURS = np.zeros(24)
HOURS[8:18] = [0.8, 1.2, 1.3, 1.2, 0.9, 0.9, 1.1, 1.0, 0.9, 0.7]
"""A service centre that opens six days a week, from 8 to 18."""

SPREADS = (0.0, 0.1, 0.17)
"""How much days of one weekday differ beyond chance: standard deviation over the mean."""

RATES = (30, 60, 120)
RULES = np.geomspace(1, 120, 30)
"""Calls a day of thirty watched rules."""

DAYS = 60
Rates = np.ndarray


def make_rates(rng: np.random.Generator, rate: float, spread: float) -> Rates:
    """Expected calls of each hour of sixty days, days × 24."""
    days = rng.gamma(1 / spread**2, spread**2, DAYS) if spread else np.ones(DAYS)
    return rate * (days * WEEKDAYS[np.arange(DAYS) % 7])[:, None] * (HOURS / HOURS.sum())


def find_alarms(counts: Rates, days: Sequence[int]) -> list[int]:
    """The days on which a rule of these counts is an alert."""
    hours = {START + timedelta(days=at): tuple(int(n) for n in row) for at, row in enumerate(counts)}
    opened = [day for day in hours if sum(hours[day])]
    found = []
    for at in days:
        day = START + timedelta(days=at)
        past = choose_past_days([one for one in opened if day - one <= timedelta(weeks=PAST_WEEKS)], day)
        if day not in opened or past.kind is None:
            continue
        surge = find_surge(hours, past, until_hour=23, least_excess=MIN_EXCESS)
        if surge is not None and surge.probability <= PROBABILITY:
            found.append(at)
    return found


def count_found(rate: float, spread: float, tries: int, *, seed: int = 9) -> tuple[int, int]:
    """Of three times as many calls for two hours, and half as many again for two days: how many are found."""
    rng = np.random.default_rng(seed)
    hours = days = 0
    for _ in range(tries):
        rates = make_rates(rng, rate, spread)
        rates[52, 10:12] *= 3
        hours += 52 in find_alarms(rng.poisson(rates), [52])
        rates = make_rates(rng, rate, spread)
        rates[52:54] *= 1.5
        days += bool(find_alarms(rng.poisson(rates), [52, 53]))
    return hours, days


def count_false(spread: float, months: int, *, seed: int = 5) -> float:
    """False alarms of thirty rules in a month of quiet days."""
    rng = np.random.default_rng(seed)
    alarms = sum(
        len(find_alarms(rng.poisson(make_rates(rng, rate, spread)), range(30, DAYS)))
        for _ in range(months)
        for rate in RULES
    )
    return alarms / months


def main(arguments: Sequence[str]) -> int:
    """Print the table of docs/operations.md."""
    parser = argparse.ArgumentParser(prog="scripts/bench alerts", description=__doc__)
    parser.add_argument("--tries", type=int, default=30)
    parser.add_argument("--months", type=int, default=6)
    given = parser.parse_args(arguments)
    for spread in SPREADS:
        print(f"days differ by {spread:.0%}: {count_false(spread, given.months):.2f} false alarms a month")
    for rate in RATES:
        for spread in SPREADS:
            hours, days = count_found(rate, spread, given.tries)
            print(f"{rate} a day, days differ by {spread:.0%}: 3x for two hours {hours}, 1.5x for two days {days}"
                  f" of {given.tries}")  # fmt: skip
    return 0
