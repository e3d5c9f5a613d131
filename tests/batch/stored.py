"""Made-up talk in a database, judged under a rulebook: what questions to stored calls are asked of."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

from speechcx.batch import CallChoice
from speechcx.call import Call
from speechcx.pipeline import judge
from speechcx.rules import Rulebook, parse_rulebook
from speechcx.store import Store
from tests.batch.folders import make_settings
from tests.factories import Line, make_conversation, make_recording

SETTINGS = make_settings()
WORDS = tuple(
    "hello card account cancel refund please sorry not my the recorded line supervisor zebra".split()  # noqa: SIM905
)
TEAMS = {"ann": ("blue", "Leeds"), "bob": ("blue", "Leeds"), "cid": ("red", "Porto"), "dot": (None, None)}
BOOK = parse_rulebook(
    """
rulebook: stored
version: 1
lists: {product: [card, account]}
rules:
  - {id: greet, kind: behaviour, said: hello, by: agent, within: {first: 20s}, expect: present}
  - {id: notice, kind: compliance, severity: critical, said: '"recorded line"', by: agent, expect: present}
  - {id: leave, kind: driver, said: 'cancel NEAR/3 {product}', by: customer}
  - {id: anger, kind: risk, said: supervisor, by: customer}
scorecards:
  - id: quality
    sections:
      - title: All
        questions:
          - {id: greeted, text: Greeted?, rule: greet, weight: 2}
          - {id: calm, text: Calm?, rule: anger, yes_when: absent}
          - {id: notice, text: Notice?, rule: notice, critical: compliance}
"""
)


def talk(rng: random.Random) -> list[Line]:
    """Two people in turn, words at random."""
    said: list[Line] = []
    for place in range(rng.randint(2, 6)):
        words = " ".join(rng.choices(WORDS, k=rng.randint(1, 8)))
        said.append((f"ch{place % 2}", 8.0 * place + 0.5, words))
    return said


def store_talks(path: Path, talks: Sequence[Sequence[Line]], rulebook: Rulebook = BOOK) -> tuple[str, ...]:
    """Store talks, one call each a day apart, by four agents in turn; ids in the order of the days."""
    roster = [
        SimpleNamespace(agent=agent, name=None, team=team, center=center, valid_from=None, valid_to=None)
        for agent, (team, center) in TEAMS.items()
        if team
    ]
    ids = []
    with Store.open(path, create=True) as store, store.write():
        store.sync_roster(roster)
        store.save_rulebook(
            rulebook.digest, name=rulebook.name, version=rulebook.version, source=rulebook.source
        )
        for number, said in enumerate(talks):
            recording = make_recording(
                f"t{number}", agent=list(TEAMS)[number % 4], channels=("agent", "customer"),
                started_at=datetime(2025, 3, 1, 9, tzinfo=UTC) + timedelta(days=number),
            )  # fmt: skip
            heard = make_conversation(said, recording=recording)
            store.save_call(Call(heard, judge(heard, rulebook, SETTINGS)))
            ids.append(recording.id)
    return tuple(ids)


def choose(path: Path, ids: Sequence[str]) -> CallChoice:
    """These calls."""
    return CallChoice(path, tuple(ids), len(ids))


def content(path: Path) -> list[str]:
    """Everything in a database, as SQL."""
    with Store.open(path, read_only=True) as store:
        return list(store.db.iterdump())
