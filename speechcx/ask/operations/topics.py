"""Discovered topics: words and phrases of customers that come in more calls than in the period before."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from importlib import resources

from speechcx.ask.ground.driver_lookup import list_drivers
from speechcx.ask.ground.empty_answer_hints import Hint, find_hint
from speechcx.ask.ground.opening import Where, reading
from speechcx.ask.ground.periods import find_newest_day, period_before
from speechcx.ask.ground.resolve_names import settle_names
from speechcx.store import CallFilter, Store

DAYS = 7
"""The newest days, where no period is given."""

LONGEST = 3
"""Words in a phrase."""

MIN_CALLS = 5
"""A phrase in fewer calls is no topic."""

MAX_CALLS = 4000
"""More calls in a period are sampled, evenly over it."""

PROBABILITY = 0.001
"""A phrase is this improbable without a change, before all the others that were looked at are counted in."""

_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")
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


@dataclass(slots=True)
class _Period:
    """Calls of a period, and in how many of them each phrase comes."""

    calls: int
    phrases: Counter[str]
    is_sampled: bool
    call_nos: dict[str, list[int]]


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
        now = _read(store, filters, keep=True)
        past = _read(store, replace(filters, since=before[0], until=before[1]), keep=False)
        rows, looked_at = compare(now.phrases, now.calls, past.phrases, past.calls)
        shown = tuple(_describe(store, phrase, z, now, past) for phrase, z in rows[:limit])
        return Topics(
            filters.since, filters.until, before, now.calls, past.calls, looked_at,
            now.is_sampled or past.is_sampled, shown, None if now.calls else find_hint(store, filters),
        )  # fmt: skip


def compare(
    now: Counter[str], calls: int, before: Counter[str], calls_before: int
) -> tuple[list[tuple[str, float]], int]:
    """Phrases that stand out, the surest first, with z; and how many were looked at.

    z is the signed root of the likelihood ratio of two shares against one (Dunning, Computational Linguistics
    19 (1993) 61), which also holds for phrases that never came before. The bar rises with the number of
    phrases (Bonferroni): with thousands of them, one in a thousand would be luck.
    """
    if not calls or not calls_before:
        return [], 0
    asked = {phrase: count for phrase, count in now.items() if count >= MIN_CALLS}
    if not asked:
        return [], 0
    bar = _normal_quantile(PROBABILITY / len(asked))
    found = []
    for phrase, count in asked.items():
        z = _z(count, calls, before[phrase], calls_before)
        if z >= bar:
            found.append((phrase, z))
    found.sort(key=lambda pair: (-pair[1], pair[0]))
    return _without_parts(found, now), len(asked)


def phrases_of(text: str, dull: frozenset[str]) -> set[str]:
    """Phrases of a text: up to three words in a row that neither begin nor end with a dull one."""
    words = _WORD.findall(text.lower().replace("’", "'"))
    found = set()
    for start, first in enumerate(words):
        if first in dull or len(first) < 3:
            continue
        for end in range(start + 1, min(start + LONGEST, len(words)) + 1):
            last = words[end - 1]
            if last not in dull and len(last) >= 3:
                found.add(" ".join(words[start:end]))
    return found


def read_dull_words() -> frozenset[str]:
    """Words that are no topic: of grammar, courtesy and hesitation."""
    text = (resources.files("speechcx.ask.operations") / "dull_words.txt").read_text(encoding="utf-8")
    lines = (line.partition("#")[0] for line in text.splitlines())
    return frozenset(word for line in lines for word in line.split())


def _with_days(store: Store, filters: CallFilter) -> CallFilter:
    if filters.since is not None:
        return filters
    newest = find_newest_day(store, filters)
    if newest is None:
        return filters
    last = filters.until or newest
    return replace(filters, since=last - timedelta(days=DAYS - 1), until=last)


def _read(store: Store, filters: CallFilter, *, keep: bool) -> _Period:
    condition, values = filters.to_sql()
    numbers = [
        number
        for (number,) in store.db.execute(
            f"SELECT c.call_no FROM calls c WHERE {condition} ORDER BY c.call_no", values
        )
    ]
    step = math.ceil(len(numbers) / MAX_CALLS) or 1
    dull = read_dull_words()
    found, places, calls = Counter[str](), dict[str, list[int]](), 0
    for number, text in _read_customers(store, numbers[::step]):
        phrases = phrases_of(text, dull)
        found.update(phrases)
        calls += 1
        if keep:
            for phrase in phrases:
                places.setdefault(phrase, []).append(number)
    return _Period(calls, found, step > 1, places)


def _read_customers(store: Store, numbers: Iterable[int]) -> Iterator[tuple[int, str]]:
    """Words of the customer of each call; calls without any are left out. Turns are parted by a full stop."""
    for number in numbers:
        rows = store.db.execute(
            "SELECT text FROM turns WHERE call_no = ? AND party = 'customer' AND text <> '' ORDER BY no",
            (number,),
        ).fetchall()
        if rows:
            yield number, " | ".join(text for (text,) in rows)


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


def _without_parts(found: list[tuple[str, float]], now: Counter[str]) -> list[tuple[str, float]]:
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


def _describe(store: Store, phrase: str, z: float, now: _Period, past: _Period) -> Topic:
    count, before = now.phrases[phrase], past.phrases[phrase]
    numbers = now.call_nos[phrase]
    driver, driver_share = _find_driver(store, numbers)
    ids = store.db.execute(
        f"SELECT call_id FROM calls WHERE call_no IN ({', '.join(map(str, numbers[-3:]))}) ORDER BY call_no DESC"
    )
    return Topic(
        phrase, count, before, count / now.calls, before / past.calls,
        round((count + 0.5) / (now.calls + 0.5) * (past.calls + 0.5) / (before + 0.5), 2), round(z, 2),
        driver, driver_share, tuple(call_id for (call_id,) in ids),
    )  # fmt: skip


def _find_driver(store: Store, numbers: list[int]) -> tuple[str | None, float | None]:
    """The driver that holds in most of these calls, and in how many of them, where it is half or more."""
    listed = ", ".join(map(str, numbers))
    best: tuple[str | None, float | None] = (None, None)
    for driver in list_drivers(store):
        rules = ", ".join(map(str, driver.numbers))
        (n,) = store.db.execute(
            f"SELECT count(DISTINCT call_no) FROM rule_results WHERE call_no IN ({listed}) AND rule_no IN ({rules})"
            " AND is_present"
        ).fetchone()
        if n / len(numbers) >= max(0.5, best[1] or 0.0):
            best = (driver.title, round(n / len(numbers), 3))
    return best
