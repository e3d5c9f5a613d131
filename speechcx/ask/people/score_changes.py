"""How the scores of agents, teams and centers move when their calls stand otherwise; the same means as `aggregate`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from speechcx.ask.ground.opening import Where, reading
from speechcx.score import CallStanding, CardStanding

MoveLevel = Literal["all", "center", "team", "agent"]
_GROUPS: tuple[MoveLevel, ...] = ("all", "center", "team", "agent")

StandingPair = tuple[CallStanding, CallStanding]


@dataclass(frozen=True, slots=True)
class Move:
    """One scorecard's means over the calls of one agent, team or center, before and after.

    Parameters
    ----------
    scorecard
        Its id.
    by, key
        Whose calls; `key` is None for those whose agent, team or center is not known, and for all.
    n
        Calls.
    n_before, n_after
        Those of them with a score.
    score_before, score_after, change
        Mean score, 0 to 100, and the difference; None where no call has one.
    critical_before, critical_after
        Critical accuracy: share of the calls with a score that have no critical error.
    flagged_before, flagged_after
        Calls with a flagged rule.
    """

    scorecard: str
    by: MoveLevel
    key: str | None
    n: int
    n_before: int
    n_after: int
    score_before: float | None
    score_after: float | None
    change: float | None
    critical_before: float | None
    critical_after: float | None
    flagged_before: int
    flagged_after: int

    @property
    def moves(self) -> bool:
        """Whether anything is not as it was."""
        return (self.score_before, self.critical_before, self.flagged_before, self.n_before) != (
            self.score_after, self.critical_after, self.flagged_after, self.n_after
        )  # fmt: skip


def move_scores(where: Where, standings: Mapping[str, StandingPair]) -> tuple[Move, ...]:
    """Means before and after, by scorecard for all calls, every center, team and agent; greatest change first.

    Parameters
    ----------
    where
        Store or database: it knows whose calls they are.
    standings
        By call, how it counts before and after.
    """
    groups: defaultdict[tuple[MoveLevel, str | None], list[StandingPair]] = defaultdict(list)
    with reading(where) as store:
        for call_id, agent, team, center in store.db.execute(
            "SELECT call_id, agent, team, center FROM calls"
        ):
            pair = standings.get(call_id)
            if pair is not None:
                for by, key in zip(_GROUPS, (None, center, team, agent), strict=True):
                    groups[by, key].append(pair)
    cards = list(dict.fromkeys(
        card.scorecard for pair in standings.values() for side in reversed(pair) for card in side.cards
    ))  # fmt: skip
    moves = [
        _move(card, by, key, pairs)
        for card in (cards or [""])
        for (by, key), pairs in groups.items()
    ]  # fmt: skip
    moves.sort(key=lambda move: (
        cards.index(move.scorecard) if cards else 0, _GROUPS.index(move.by), -abs(move.change or 0.0), -move.n,
        move.key or "",
    ))  # fmt: skip
    return tuple(moves)


def _move(scorecard: str, by: MoveLevel, key: str | None, pairs: Sequence[StandingPair]) -> Move:
    before, after = (_means(scorecard, [pair[side] for pair in pairs]) for side in (0, 1))
    change = None if before[1] is None or after[1] is None else after[1] - before[1]
    return Move(
        scorecard, by, key, len(pairs), before[0], after[0], before[1], after[1], change, before[2], after[2],
        sum(old.flagged for old, _ in pairs), sum(new.flagged for _, new in pairs),
    )  # fmt: skip


def _means(scorecard: str, standings: Sequence[CallStanding]) -> tuple[int, float | None, float | None]:
    """Calls with a score, its mean, and the share of them without a critical error."""
    cards = [card for one in standings for card in one.cards if card.scorecard == scorecard]
    scored: list[tuple[float, CardStanding]] = [
        (card.score, card) for card in cards if card.score is not None
    ]
    if not scored:
        return 0, None, None
    clean = sum(not card.has_critical_error for _, card in scored)
    return len(scored), sum(score for score, _ in scored) / len(scored), clean / len(scored)
