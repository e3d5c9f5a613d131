"""One call: the player, why it is flagged, its score question by question, every turn, and its numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from speechcx.ask.ground import ShownCall, read_names, read_numbers
from speechcx.ask.ground import show_call as find_shown
from speechcx.ask.qa import ReviewFilter, list_reviews
from speechcx.call import Call, RuleResult
from speechcx.call.quality_flags import tell_flags
from speechcx.errors import UsageError
from speechcx.present.one_call import make_parties, make_rules, present_call
from speechcx.present.story import FlaggedRule, list_flagged, list_rungs
from speechcx.present.table import Table
from speechcx.present.units import clock
from speechcx.store.calls.erasure import find_erasure
from speechcx.web.access import may_review
from speechcx.web.pages.hidden import find_open_review
from speechcx.web.timeline import draw_timeline
from speechcx.web.visit import NotThere, Reply, Visit

PART_TURNS = 400
"""Turns on a page; a longer call comes in parts."""
_ORDER = {"critical": 0, "major": 1, "minor": 2, "info": 3}


@dataclass(frozen=True, slots=True)
class Bubble:
    """A turn as it is shown.

    Parameters
    ----------
    no, start_s, end_s
        Which turn, and when.
    party
        Who speaks: agent, customer or unknown.
    text
        The words.
    marks
        (headline, whether it flags the call) of rules with evidence in it.
    label
        How it feels, in a word; empty where it is neutral or not known.
    """

    no: int
    start_s: float
    end_s: float
    party: str
    text: str
    marks: tuple[tuple[str, bool], ...]
    label: str


def show_call(visit: Visit) -> Reply:
    """A call with everything that was found out about it."""
    found = find_visible(visit)
    call = found.call
    call_id = call.conversation.recording.id
    waiting = find_open_review(visit, call_id)
    if waiting is not None:
        return Reply(to=visit.link(f"/review/{waiting.review_id}"))
    visit.note("view", call_id, page="call")
    flagged = sorted(list_flagged(call), key=lambda one: _ORDER.get(one.severity, 9))
    bubbles = list_bubbles(call)
    part = visit.number("part", 1, low=1, high=max(1, -(-len(bubbles) // PART_TURNS)))
    shown = {
        **show_player(visit, found),
        "found": found,
        "call": call,
        "number": read_numbers(visit.store, [call_id]).get(call_id),
        "names": _names(visit, call),
        "flagged": group_flagged(flagged),
        "scores": [(score, list_rungs(score)) for score in call.assessment.scores],
        "tables": _tables(call),
        "bubbles": bubbles[(part - 1) * PART_TURNS : part * PART_TURNS],
        "parts": _parts(bubbles, part),
        "may_review": may_review(visit.person),
        "reviews": list_reviews(visit.store, ReviewFilter(call_id=call_id))
        if may_review(visit.person)
        else (),
        "flags": list(tell_flags(call.conversation.flags).values()),
        "data": True,
    }
    # The same in paragraphs and tables is for programs, and takes as long again.
    answer = None if visit.format == "html" else present_call(call, why=True)
    return Reply("call.html", shown, answer)


def find_visible(visit: Visit) -> ShownCall:
    """The call of the address, where this person may see it."""
    try:
        return find_shown(visit.store, visit.parts["call_id"] or "")
    except UsageError:
        raise NotThere(_tell_erasure(visit)) from None


def _tell_erasure(visit: Visit) -> str:
    """That a call was erased, for those who see every call and find it in the audit trail; empty for others."""
    found = find_erasure(visit.store, visit.parts["call_id"] or "") if visit.sees_all else None
    if found is None:
        return ""
    return f"This call was erased on {found.erased_at[:10]} by {found.erased_by}."


def show_player(visit: Visit, found: ShownCall, *, blind: bool = False) -> dict[str, object]:
    """What the player of a call needs."""
    recording = found.call.conversation.recording
    return {
        "timeline": draw_timeline(found.call, blind=blind),
        "audio": visit.link(f"/call/{recording.id}/audio"),
        "trouble": visit.site.recordings.find_trouble(recording, found.paths),
        "channels": found.call.conversation.origin.channels,
        "spots": [] if blind else _spots(found.call),
    }


def _spots(call: Call) -> list[tuple[float, float, str, bool]]:
    """(second, share of the axis in a thousand, headline, whether it flags the call) of each piece of evidence."""
    end = max(call.conversation.origin.duration_s, 0.001)
    found = {
        (hit.start_s, result.headline, result.flagged)
        for result in call.assessment.results
        if result.kind != "hidden"
        for hit in result.hits
        if hit.start_s is not None and not hit.is_nearest
    }
    return [(at, round(1200 * at / end, 1), name, flagged) for at, name, flagged in sorted(found)]


def group_flagged(flagged: Sequence[FlaggedRule]) -> list[tuple[str, str, list[FlaggedRule]]]:
    """(result, heading, rules) for what was said, what was not, and what could not be told."""
    headings = (("present", "Said or found"), ("absent", "Not said"), ("cannot tell", "Could not be told"))
    grouped = [(key, heading, [one for one in flagged if one.result == key]) for key, heading in headings]
    return [group for group in grouped if group[2]]


def list_bubbles(call: Call, *, blind: bool = False) -> list[Bubble]:
    """Every turn; `blind` leaves out what the machine made of it."""
    heard, reading = call.conversation, call.assessment.reading
    marks = {} if blind else _marks(call.assessment.results)
    bubbles = []
    for turn in heard.speech.turns:
        felt = reading.feeling.turns[turn.no].label
        bubbles.append(
            Bubble(
                turn.no, turn.span.start_s, turn.span.end_s, reading.party_of(turn.speaker),
                heard.utterances[turn.no].text or "(no words)", tuple(marks.get(turn.no, ())),
                "" if blind or felt in (None, "neutral") else str(felt),
            )
        )  # fmt: skip
    return bubbles


def _marks(results: Sequence[RuleResult]) -> dict[int, list[tuple[str, bool]]]:
    found: dict[int, list[tuple[str, bool]]] = {}
    for result in results:
        for hit in result.hits:
            if hit.turn_no is not None and not hit.is_nearest and result.kind != "hidden":
                mark = (result.headline, result.flagged)
                if mark not in found.setdefault(hit.turn_no, []):
                    found[hit.turn_no].append(mark)
    return found


def _parts(bubbles: Sequence[Bubble], present: int) -> list[tuple[int, str, bool]]:
    """(number, times, whether it is this one) of each part; nothing for a call that fits on a page."""
    if len(bubbles) <= PART_TURNS:
        return []
    firsts = bubbles[::PART_TURNS]
    return [(no, f"from {clock(one.start_s)}", no == present) for no, one in enumerate(firsts, start=1)]


def _tables(call: Call) -> list[tuple[str, Table]]:
    return [("Who talked how", make_parties(call)), ("Every rule", make_rules(call))]


def _names(visit: Visit, call: Call) -> list[tuple[str, str, str, str]]:
    """(what, id, name, address) of the people of a call."""
    details = call.conversation.recording.details
    known = read_names(visit.store)
    named = (("agent", details.agent, "/agent"), ("customer", details.customer, "/customer"))
    return [
        (what, name, (known.get(name) if what == "agent" else None) or name, visit.link(path, {what: name}))
        for what, name, path in named
        if name is not None
    ]
