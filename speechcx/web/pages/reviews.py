"""Reviews: a blind form beside the player, and what came of it beside the machine's answers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from speechcx.ask.ground import show_call as find_shown
from speechcx.ask.qa import digest_questions, list_plans, list_reviews, read_form
from speechcx.ask.qa import show_review as find_view
from speechcx.errors import UsageError
from speechcx.present.reviews import present_form, present_plans, present_review, present_reviews
from speechcx.store import Store
from speechcx.store.decisions.review_disputes import add_note
from speechcx.store.decisions.review_record import ANSWERS, Given, is_same, read_review
from speechcx.store.decisions.reviews import ReviewDesk
from speechcx.web.pages.call import list_bubbles, show_player
from speechcx.web.visit import NotThere, Part, Refused, Reply, Visit

_TIME = re.compile(r"(?:(\d{1,2}):)?(\d{1,3}):(\d{1,2}(?:\.\d{1,3})?)")
ANSWER_WORDS = {"yes": "yes", "no": "no", "n-a": "does not apply", "cannot-tell": "cannot tell"}


def show_reviews(visit: Visit) -> Reply:
    """Reviews, newest first, and plans; a form that was sent takes up a call."""
    if visit.sent is not None:
        return _take(visit)
    listed = present_reviews(list_reviews(visit.store, limit=100))
    parts = [Part("Reviews", listed.blocks)]
    if visit.sees_all:
        parts.insert(0, Part("Plans", present_plans(list_plans(visit.store)).blocks))
    shown = {"title": "Reviews", "lead": "", "parts": parts, "data": True, "take": visit.sees_all}
    return Reply("page.html", shown, listed)


def _take(visit: Visit) -> Reply:
    call_id = (visit.sent or {}).get("call", "")
    if call_id:
        _expect_visible(visit, call_id)
    elif not visit.sees_all:
        raise Refused("Plans give out calls of every team: open a call of your team and review that.")
    with _desk(visit) as desk, _refusals():
        name = visit.person.name
        taken = desk.take_call(name, call_id) if call_id else desk.take_next(name)
    if taken is None:
        raise Refused("No call waits for you: all are reviewed, somebody is at them, or there is no plan.")
    return Reply(to=visit.link(f"/review/{taken.review_id}"))


def _expect_visible(visit: Visit, call_id: str) -> None:
    if not re.fullmatch("[0-9a-f]{16}", call_id) or not visit.store.has_call(call_id):
        raise NotThere


def show_review(visit: Visit) -> Reply:
    """The form of an open review for its reviewer; a submitted one beside the machine's answers for all who may."""
    number = int(visit.parts["review_id"] or 0)
    try:
        review = read_review(visit.store, number)
    except UsageError:
        raise NotThere from None
    is_own = is_same(review.reviewer, visit.person.name)
    if visit.sent is not None:
        return _keep(visit, number, visit.sent)
    if review.state == "open":
        if not is_own:
            raise NotThere
        return _show_form(visit, number)
    try:
        view = find_view(visit.store, number, visit.person.name)
    except UsageError:
        raise Refused(
            "This review cannot be shown: it was given back, or you are at the same call."
        ) from None
    answer = present_review(view, log=False)
    try:
        found = find_shown(visit.store, view.row.call_id)
    except UsageError:
        raise NotThere from None
    shown: dict[str, object] = {
        **show_player(visit, found), "title": f"Review {number}", "view": view, "is_own": is_own,
        "parts": [Part("", answer.blocks)], "bubbles": list_bubbles(found.call),
    }  # fmt: skip
    return Reply("reviewed.html", shown, answer)


def _show_form(visit: Visit, number: int) -> Reply:
    form = read_form(visit.store, number)
    try:
        found = find_shown(visit.store, form.call_id)
    except UsageError:
        raise NotThere from None
    visit.note("view", form.call_id, page="review")
    shown: dict[str, object] = {
        **show_player(visit, found, blind=True), "form": form, "answers": ANSWER_WORDS,
        "bubbles": list_bubbles(found.call, blind=True),
    }  # fmt: skip
    return Reply("review.html", shown, present_form(form))


def _keep(visit: Visit, number: int, sent: Mapping[str, str]) -> Reply:
    """Keep answers, hand the review in, give it back, or leave a note, as the form says."""
    what, name = sent.get("do", "keep"), visit.person.name
    try:
        if what == "note":
            with Store.open(visit.database) as store:
                add_note(store, number, name, sent.get("note", ""), _read_time(sent.get("at", "")))
            return Reply(to=visit.link(f"/review/{number}"))
        with _desk(visit) as desk:
            if what == "release":
                desk.release(number, name)
                return Reply(to=visit.link("/reviews"))
            desk.answer(number, name, _read_answers(sent))
            if what == "submit":
                desk.submit(number, name, blind=sent.get("not_blind") != "yes")
    except UsageError as error:
        raise Refused(f"{error.found}. Expected: {error.expected}.") from None
    return Reply(to=visit.link(f"/review/{number}"))


def _read_answers(sent: Mapping[str, str]) -> list[Given]:
    return [
        Given(
            name.removeprefix("answer."), value, sent.get(f"comment.{name.removeprefix('answer.')}", ""),
            _read_time(sent.get(f"at.{name.removeprefix('answer.')}", "")),
        )
        for name, value in sent.items()
        if name.startswith("answer.") and value in ANSWERS
    ]  # fmt: skip


def _read_time(text: str) -> float | None:
    if not text.strip():
        return None
    found = _TIME.fullmatch(text.strip())
    if found is None:
        raise Refused(f"{text[:40]!r} is not a time of the call. Write it as 1:23.")
    hours, minutes, seconds = found.groups()
    return int(hours or 0) * 3600 + int(minutes) * 60 + float(seconds)


@contextmanager
def _desk(visit: Visit) -> Iterator[ReviewDesk]:
    with Store.open(visit.database) as store:
        yield ReviewDesk(store, digest_questions)


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except UsageError as error:
        raise Refused(f"{error.found}. Expected: {error.expected}.") from None
