"""What a reviewer may not see yet: the machine's opinion of a call that they review blind."""

from __future__ import annotations

from speechcx.ask.qa import ListedReview, ReviewFilter, list_reviews
from speechcx.store.decisions.review_record import is_same
from speechcx.web.access import may_review
from speechcx.web.visit import Visit


def find_open_review(visit: Visit, call_id: str) -> ListedReview | None:
    """The review of a call that this person has open; None where there is none."""
    if not may_review(visit.person):
        return None
    found = list_reviews(visit.store, ReviewFilter(state="open", call_id=call_id))
    return next((one for one in found if is_same(one.reviewer, visit.person.name)), None)


def is_at_blind_review(visit: Visit, call_id: str) -> bool:
    """Whether this person has a review of a call open."""
    return find_open_review(visit, call_id) is not None
