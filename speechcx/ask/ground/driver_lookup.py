"""Contact drivers of calls: rules of kind ``driver`` that are present, and the first of them as the main one."""

from __future__ import annotations

from dataclasses import dataclass

from speechcx.store import Store


@dataclass(frozen=True, slots=True)
class DriverRule:
    """A driver: its rule, the newest title, and the numbers of it in all rulebooks that judged a call."""

    rule: str
    title: str
    numbers: tuple[int, ...]


def list_drivers(store: Store) -> tuple[DriverRule, ...]:
    """All drivers of the rulebooks that calls stand judged under, in the order of the newest."""
    rows = store.db.execute(
        "SELECT r.rule, r.title, r.rule_no FROM rules r JOIN rulebooks b USING (rulebook_no)"
        " WHERE r.kind = 'driver' ORDER BY b.rulebook_no DESC, r.rule_no"
    )
    found: dict[str, tuple[str, list[int]]] = {}
    for rule, title, number in rows:
        found.setdefault(rule, (title, []))[1].append(number)
    return tuple(DriverRule(rule, title, tuple(numbers)) for rule, (title, numbers) in found.items())


def driver_of_call(store: Store) -> str:
    """An expression on a call ``c``: its main driver, the first in the rulebook that is present; null for none."""
    drivers = list_drivers(store)
    if not drivers:
        return "NULL"
    numbers = ", ".join(str(number) for driver in drivers for number in driver.numbers)
    return (
        f"(SELECT r.rule FROM rule_results d JOIN rules r ON r.rule_no = d.rule_no WHERE d.call_no = c.call_no"
        f" AND d.rule_no IN ({numbers}) AND d.is_present ORDER BY d.position LIMIT 1)"
    )


def read_drivers(store: Store, call_no: int) -> tuple[str, ...]:
    """Titles of the drivers of a call."""
    rows = store.db.execute(
        "SELECT title FROM results WHERE call_no = ? AND kind = 'driver' AND value = 'present' ORDER BY position",
        (call_no,),
    )
    return tuple(title for (title,) in rows)
