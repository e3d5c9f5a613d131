"""Every address we serve, who may use it, and the page that answers. What is not here is Datasette's, for admins."""

from __future__ import annotations

from functools import lru_cache

from speechcx.web.access import ANYBODY, EVERYONE, LEADERS, OVERSEERS, REVIEWERS, Route
from speechcx.web.pages import (
    account,
    audio,
    call,
    calls,
    customers,
    flags,
    morning,
    oversight,
    people,
    reviews,
    rules,
    trail,
)

_FORMS = r"(?:\.(?P<format>json|csv))?"
_CALL = r"/call/(?P<call_id>[0-9a-f]{16})"

ROUTES: tuple[Route, ...] = (
    Route("sign in", r"/login", account.sign_in, ANYBODY, ANYBODY),
    Route("sign out", r"/logout", account.sign_out, EVERYONE, EVERYONE),
    Route("account", r"/account", account.show_account, EVERYONE, EVERYONE),
    Route("file", r"/static/(?P<file>[a-z]+\.(?:css|js|svg))", account.send_static, ANYBODY),
    Route("last night", r"/", morning.show_morning, EVERYONE, is_kept=True, shows_decisions=True),
    Route("calls", r"/calls" + _FORMS, calls.show_calls, EVERYONE),
    Route("search", r"/search" + _FORMS, calls.show_search, EVERYONE),
    Route("call", _CALL + _FORMS, call.show_call, EVERYONE, shows_open_reviews=True),
    Route("audio", _CALL + r"/audio", audio.send_audio, EVERYONE, shows_open_reviews=True),
    Route("agents", r"/agents" + _FORMS, people.show_agents, LEADERS, is_kept=True),
    Route("agent", r"/agent" + _FORMS, people.show_agent, EVERYONE, is_kept=True),
    Route("customer", r"/customer" + _FORMS, customers.show_customer, EVERYONE, is_kept=True),
    Route("why they call", r"/why" + _FORMS, customers.show_why, LEADERS, is_kept=True),
    Route("review desk", r"/flags" + _FORMS, flags.show_flags, LEADERS, LEADERS),
    Route("rules", r"/rules" + _FORMS, rules.show_rules, LEADERS, is_kept=True, shows_decisions=True),
    Route("rule", r"/rule" + _FORMS, rules.show_rule, LEADERS, LEADERS, is_kept=True, shows_decisions=True),
    Route(
        "reviews", r"/reviews" + _FORMS, reviews.show_reviews, REVIEWERS, REVIEWERS, shows_open_reviews=True
    ),
    Route(
        "review",
        r"/review/(?P<review_id>[0-9]{1,9})",
        reviews.show_review,
        REVIEWERS,
        REVIEWERS,
        shows_open_reviews=True,
    ),
    Route("audit trail", r"/trail" + _FORMS, trail.show_trail, OVERSEERS),
    Route("legal holds", r"/holds" + _FORMS, oversight.show_holds, OVERSEERS),
    Route("retention", r"/retention" + _FORMS, oversight.show_retention, OVERSEERS, is_kept=True),
    Route("certificates", r"/certificates" + _FORMS, oversight.show_certificates, OVERSEERS),
)


@lru_cache(maxsize=4096)
def find_route(path: str) -> Route | None:
    """The route of a path; None for one that is Datasette's own."""
    return next((route for route in ROUTES if route.matches(path) is not None), None)
