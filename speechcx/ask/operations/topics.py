"""Discovered topics: words and phrases of customers that come in more calls than in the period before."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, TypeVar

from speechcx.ask.ground.driver_lookup import list_drivers
from speechcx.ask.ground.empty_answer_hints import Hint, find_hint
from speechcx.ask.ground.opening import Where, reading
from speechcx.ask.ground.periods import find_newest_day, period_before
from speechcx.ask.ground.resolve_names import settle_names
from speechcx.store import CallFilter, Store
from speechcx.store.calls.customer_phrases import find_phrases, read_customer, read_phrases

if TYPE_CHECKING:
    import numpy as np

    from speechcx.ask.ground.driver_lookup import DriverRule

DAYS = 7
"""The newest days, where no period is given."""

MIN_CALLS = 5
"""A phrase in fewer calls is no topic."""

MAX_CALLS = 4000
"""More calls in a period are sampled, evenly over it."""

PROBABILITY = 0.001
"""A phrase is this improbable without a change, before all the others that were looked at are counted in."""

_SAME_SHARE = 0.8
"""A phrase inside a longer one that holds this part of its calls is that one."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A phrase that customers use more than before.

    Parameters
    ----------
    phrase
        One to three words.
    calls, calls_before
        Calls in which a customer says it, in the period and before it.
    share, share_before
        Of the calls looked at.
    times
        The one share over the other, half a call added to each.
    z
        How far the change stands out of chance, in standard errors (signed root of the likelihood ratio).
    driver, driver_share
        The driver that covers most of its calls, and how much of them; None where no driver holds in half
        of them: something nobody has a rule for.
    call_ids
        Up to three of its calls, the newest first.
    """

    phrase: str
    calls: int
    calls_before: int
    share: float
    share_before: float
    times: float
    z: float
    driver: str | None
    driver_share: float | None
    call_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Topics:
    """What customers talk about more than before.

    Parameters
    ----------
    since, until, before
        The period, and the one before it.
    calls, calls_before
        Calls with customers' words that were looked at.
    phrases
        Phrases compared; the bar for a row is set for so many.
    is_sampled
        Whether some calls were left out because there are very many.
    rows
        The surest first.
    hint
        Where there are no calls: what would widen the question.
    """

    since: date | None
    until: date | None
    before: tuple[date, date] | None
    calls: int
    calls_before: int
    phrases: int
    is_sampled: bool
    rows: tuple[Topic, ...]
    hint: Hint | None


PhraseKey = TypeVar("PhraseKey", bound=Hashable)


@dataclass(frozen=True, slots=True)
class _Period:
    """The calls of a period that were looked at, and the numbers of the phrases in each, one call after the other.

    `call_nos` has the call of each of `phrases`.
    """

    calls: int
    is_sampled: bool
    phrases: np.ndarray
    call_nos: np.ndarray

    def count(self) -> dict[int, int]:
        """In how many calls each phrase comes, where it comes in :data:`MIN_CALLS` or more."""
        import numpy as np

        numbers, counts = np.unique(self.phrases, return_counts=True)
        is_asked = counts >= MIN_CALLS
        return dict(zip(numbers[is_asked].tolist(), counts[is_asked].tolist(), strict=True))

    def count_of(self, numbers: list[int]) -> dict[int, int]:
        """In how many calls each of these phrases comes."""
        import numpy as np

        phrases, asked = np.sort(self.phrases), np.array(numbers, dtype=np.uint64)
        counts = np.searchsorted(phrases, asked, "right") - np.searchsorted(phrases, asked, "left")
        return dict(zip(numbers, counts.tolist(), strict=True))

    def calls_with(self, number: int) -> list[int]:
        """Numbers of the calls in which a phrase comes, in order."""
        found: list[int] = self.call_nos[self.phrases == number].tolist()
        return found


def find_topics(where: Where, filters: CallFilter | None = None, *, limit: int = 20) -> Topics:
    """Phrases of customers that come in more calls than in the period before.

    Parameters
    ----------
    where
        Store or database.
    filters
        Which calls; without a first day, the newest seven days.
    limit
        Most rows.
    """
    with reading(where) as store:
        filters = _with_days(store, settle_names(store, filters or CallFilter()))
        before = period_before(store, filters)
        if before is None:
            return Topics(None, None, None, 0, 0, 0, False, (), find_hint(store, filters))
        now = _read(store, filters)
        past = _read(store, replace(filters, since=before[0], until=before[1]))
        counts = now.count()
        risen = find_risen(counts, now.calls, past.count_of(list(counts)), past.calls)
        rows = _choose(store, risen, counts, now)[:limit]
        return Topics(
            filters.since, filters.until, before, now.calls, past.calls,
            len(counts) if now.calls and past.calls else 0, now.is_sampled or past.is_sampled,
            _describe(store, rows, now, past), None if now.calls else find_hint(store, filters),
        )  # fmt: skip


def find_risen(
    now: Mapping[PhraseKey, int], calls: int, before: Mapping[PhraseKey, int], calls_before: int
) -> list[tuple[PhraseKey, float]]:
    """Phrases that stand out, with z.

    z is the signed root of the likelihood ratio of two shares against one (Dunning, Computational Linguistics
    19 (1993) 61), which also holds for phrases that never came before. The bar rises with the number of
    phrases (Bonferroni): with thousands of them, one in a thousand would be luck.

    Parameters
    ----------
    now
        Calls of each phrase that is compared: those with :data:`MIN_CALLS` or more.
    calls, calls_before
        Calls looked at, in the period and before it.
    before
        Calls of a phrase before it; none where it is missing.
    """
    if not calls or not calls_before or not now:
        return []
    bar = _normal_quantile(PROBABILITY / len(now))
    found = []
    for phrase, count in now.items():
        was = before.get(phrase, 0)
        # Only a risen share stands out, and most did not rise.
        if count * calls_before > was * calls:
            z = _z(count, calls, was, calls_before)
            if z >= bar:
                found.append((phrase, z))
    return found


def _with_days(store: Store, filters: CallFilter) -> CallFilter:
    if filters.since is not None:
        return filters
    newest = find_newest_day(store, filters)
    if newest is None:
        return filters
    last = filters.until or newest
    return replace(filters, since=last - timedelta(days=DAYS - 1), until=last)


def _read(store: Store, filters: CallFilter) -> _Period:
    import numpy as np

    condition, values = filters.to_sql()
    numbers = [
        number
        for (number,) in store.db.execute(
            f"SELECT c.call_no FROM calls c WHERE {condition} ORDER BY c.call_no", values
        )
    ]
    step = math.ceil(len(numbers) / MAX_CALLS) or 1
    rows = read_phrases(store.db, numbers[::step])
    counts = [(len(packed) - 1) // 6 for packed in rows.values()]
    lows = np.frombuffer(
        b"".join(packed[1 : 1 + 4 * n] for packed, n in zip(rows.values(), counts, strict=True)), "<u4"
    )
    highs = np.frombuffer(
        b"".join(packed[1 + 4 * n :] for packed, n in zip(rows.values(), counts, strict=True)), "<u2"
    )
    phrases = highs.astype(np.uint64) << np.uint64(32) | lows
    return _Period(len(rows), step > 1, phrases, np.repeat(np.array(list(rows), dtype=np.int64), counts))


def _choose(
    store: Store, risen: list[tuple[int, float]], counts: Mapping[int, int], now: _Period
) -> list[tuple[str, float, int]]:
    """(words, z, number) of the phrases that stand for themselves, the surest first."""
    words = _find_words(store, [number for number, _ in risen], now)
    named = [(words[number], z) for number, z in risen]
    named.sort(key=lambda pair: (-pair[1], pair[0]))
    numbers = {phrase: number for number, phrase in words.items()}
    kept = _without_parts(named, {phrase: counts[number] for phrase, number in numbers.items()})
    return [(phrase, z, numbers[phrase]) for phrase, z in kept]


def _find_words(store: Store, numbers: list[int], now: _Period) -> dict[int, str]:
    """The words of phrases, read in a call that has each."""
    import numpy as np

    asked = np.isin(now.phrases, np.array(numbers, dtype=np.uint64))
    holders = dict(zip(now.phrases[asked].tolist(), now.call_nos[asked].tolist(), strict=True))
    words: dict[int, str] = {}
    for number in numbers:
        if number not in words:
            text = read_customer(store.db, holders[number]) or ""
            words |= {found: phrase for found, phrase in find_phrases(text).items() if found in holders}
    return words


def _z(count: int, calls: int, before: int, calls_before: int) -> float:
    share, share_before = count / calls, before / calls_before
    both = (count + before) / (calls + calls_before)
    gain = sum(
        _log_likelihood(n, of, own) - _log_likelihood(n, of, both)
        for n, of, own in ((count, calls, share), (before, calls_before, share_before))
    )
    return math.copysign(math.sqrt(max(0.0, 2 * gain)), share - share_before)


def _log_likelihood(n: int, of: int, share: float) -> float:
    """Of `n` among `of` calls, but for a constant; nothing times the logarithm of nothing is nothing."""
    yes = n * math.log(share) if n else 0.0
    return yes + ((of - n) * math.log1p(-share) if n < of else 0.0)


def _normal_quantile(tail: float) -> float:
    """The z above which `tail` of a normal distribution lies."""
    from statistics import NormalDist

    return -NormalDist().inv_cdf(tail)


def _without_parts(found: list[tuple[str, float]], now: Mapping[str, int]) -> list[tuple[str, float]]:
    """Leave out what is only a part of a longer phrase in the list, or a longer form of a surer one."""
    kept: list[tuple[str, float]] = []
    for phrase, z in found:
        is_part = any(
            _is_inside(phrase, other) and now[other] >= _SAME_SHARE * now[phrase] for other, _ in found
        )
        is_form = any(
            _is_inside(other, phrase) and now[phrase] < _SAME_SHARE * now[other] for other, _ in kept
        )
        if not is_part and not is_form:
            kept.append((phrase, z))
    return kept


def _is_inside(part: str, whole: str) -> bool:
    return part != whole and f" {part} " in f" {whole} "


def _describe(
    store: Store, rows: list[tuple[str, float, int]], now: _Period, past: _Period
) -> tuple[Topic, ...]:
    drivers = list_drivers(store)
    calls = {number: now.calls_with(number) for _, _, number in rows}
    before_of = past.count_of(list(calls))
    driven = _read_driven(store, drivers, sorted({call_no for found in calls.values() for call_no in found}))
    topics = []
    for phrase, z, number in rows:
        found, before = calls[number], before_of[number]
        count = len(found)
        driver, driver_share = _find_driver(drivers, driven, set(found))
        ids = store.db.execute(
            f"SELECT call_id FROM calls WHERE call_no IN ({', '.join(map(str, found[-3:]))}) ORDER BY call_no DESC"
        )
        topics.append(
            Topic(
                phrase, count, before, count / now.calls, before / past.calls,
                round((count + 0.5) / (now.calls + 0.5) * (past.calls + 0.5) / (before + 0.5), 2), round(z, 2),
                driver, driver_share, tuple(call_id for (call_id,) in ids),
            )
        )  # fmt: skip
    return tuple(topics)


def _read_driven(store: Store, drivers: tuple[DriverRule, ...], call_nos: list[int]) -> dict[int, set[int]]:
    """Of these calls, those in which each rule of a driver is present, by number of the rule."""
    rules = ", ".join(str(number) for driver in drivers for number in driver.numbers)
    driven: dict[int, set[int]] = {}
    if not call_nos or not rules:
        return driven
    rows = store.db.execute(
        f"SELECT rule_no, call_no FROM rule_results WHERE call_no IN ({', '.join(map(str, call_nos))})"
        f" AND rule_no IN ({rules}) AND is_present"
    )
    for rule_no, call_no in rows:
        driven.setdefault(rule_no, set()).add(call_no)
    return driven


def _find_driver(
    drivers: tuple[DriverRule, ...], driven: Mapping[int, set[int]], call_nos: set[int]
) -> tuple[str | None, float | None]:
    """The driver that holds in most of these calls, and in how many of them, where it is half or more."""
    best: tuple[str | None, float | None] = (None, None)
    for driver in drivers:
        with_it = set[int]().union(*(driven.get(number, ()) for number in driver.numbers))
        n = len(call_nos & with_it)
        if n / len(call_nos) >= max(0.5, best[1] or 0.0):
            best = (driver.title, round(n / len(call_nos), 3))
    return best
