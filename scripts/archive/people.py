"""A made-up organisation: centers, teams, agents with moves between teams, customers, queues."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

QUEUES = ("billing", "cards", "technical", "sales", "retention", "general")
CENTERS = (
    ("Leeds", "Europe/London"),
    ("Porto", "Europe/Lisbon"),
    ("Austin", "America/Chicago"),
    ("Lodz", "Europe/Warsaw"),
)


@dataclass(frozen=True)
class Entry:
    """A line of the roster."""

    agent: str
    name: str | None
    team: str | None
    center: str | None
    valid_from: date | None
    valid_to: date | None


@dataclass(frozen=True)
class Who:
    """Who spoke in a call, and when."""

    agent: str
    customer: str
    queue: str
    direction: str
    started_at: datetime
    zone: str


class Organisation:
    """Draws calls with busy and quiet hours, busy and idle agents, frequent callers."""

    def __init__(self, rng: random.Random, *, agents: int, first_day: date, days: int) -> None:
        self._rng = rng
        self._first_day, self._days = first_day, days
        self._agents = [f"a{number:04d}" for number in range(1, agents + 1)]
        self._busyness = [rng.lognormvariate(0, 0.5) for _ in self._agents]
        self._center = {agent: i % len(CENTERS) for i, agent in enumerate(self._agents)}

    def roster(self) -> list[Entry]:
        """One line for most agents, two for one in six who moved to another team."""
        lines = []
        for i, agent in enumerate(self._agents):
            center, _ = CENTERS[self._center[agent]]
            team, other = f"{center}-{i // 4 % 3 + 1}", f"{center}-{(i // 4 + 1) % 3 + 1}"
            if i % 6 == 0:
                moved = self._first_day + timedelta(days=self._days // 2)
                lines.append(Entry(agent, f"Agent {i}", team, center, None, moved - timedelta(days=1)))
                lines.append(Entry(agent, f"Agent {i}", other, center, moved, None))
            else:
                lines.append(Entry(agent, f"Agent {i}", team, center, None, None))
        return lines

    def draw(self) -> Who:
        """One call."""
        rng = self._rng
        agent = rng.choices(self._agents, self._busyness)[0]
        zone = CENTERS[self._center[agent]][1]
        day = self._first_day + timedelta(days=rng.randrange(self._days))
        if day.weekday() > 4 and rng.random() < 0.6:
            day -= timedelta(days=2)
        hour = min(20.99, max(7.0, rng.gauss(13, 3)))
        second = int(hour * 3600) + rng.randrange(60)
        started_at = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)) + timedelta(seconds=second)
        customer = f"c{int(rng.paretovariate(0.6)) % 60_000:05d}"
        direction = "inbound" if rng.random() < 0.85 else "outbound"
        return Who(agent, customer, rng.choices(QUEUES, (5, 3, 4, 2, 1, 6))[0], direction, started_at, zone)
