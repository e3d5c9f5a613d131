"""Signing in and out, a new password, and the files that every page loads."""

from __future__ import annotations

import io
import math
from importlib import resources

from speechcx.errors import UsageError
from speechcx.web.accounts import MIN_PASSWORD, is_password
from speechcx.web.sessions import session_cookie
from speechcx.web.visit import NotThere, Reply, Visit

ENDED = (
    "Your session has ended, and what you sent was not kept."
    " Sign in again: answers of a review are still in this tab."
)
_KINDS = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml"}


def sign_in(visit: Visit) -> Reply:
    """The sign-in form; with a right password, a session."""
    wanted = _read_next(visit)
    if visit.sent is None:
        message = ENDED if visit.first("ended") == "yes" else ""
        return Reply("login.html", {"wanted": wanted, "message": message, "name": ""})
    name, password = visit.sent.get("name", ""), visit.sent.get("password", "")
    wait_s = visit.site.limit.take_try(name, visit.address)
    if wait_s > 0:
        seconds = math.ceil(wait_s)
        message = f"Too many wrong passwords. Try again in {seconds} s."
        shown = {"wanted": wanted, "message": message, "name": name}
        return Reply("login.html", shown, status=429, headers=(("retry-after", str(seconds)),))
    account = visit.site.accounts.find(name)
    if account is None or not is_password(account, password):
        if account is None:
            is_password(None, password)
        message = (
            "Name or password is wrong. An administrator can give you a new one: `speechcx users reset NAME`."
        )
        return Reply("login.html", {"wanted": wanted, "message": message, "name": name}, status=403)
    visit.site.limit.note_right(name, visit.address)
    visit.site.trail.note(account.name, "sign-in", None, {"address": visit.address})
    token = visit.site.sessions.begin(account.name, account.password)
    return Reply(to=visit.site.prefix + wanted, headers=(_cookie(visit, token),))


def sign_out(visit: Visit) -> Reply:
    """End the session."""
    if visit.sent is None:
        return Reply(to=visit.link("/account"))
    visit.site.sessions.end(visit.token)
    return Reply(to=visit.link("/login"), headers=(_cookie(visit, ""),))


def show_account(visit: Visit) -> Reply:
    """Who one is, whose calls one sees, and a form for a new password."""
    person = visit.person
    shown: dict[str, object] = {"person": person, "message": "", "is_done": False, "least": MIN_PASSWORD}
    if visit.sent is None:
        return Reply("account.html", shown)
    wait_s = visit.site.limit.take_try(person.name, visit.address)
    if wait_s > 0:
        return Reply("account.html", shown | {"message": f"Try again in {math.ceil(wait_s)} s."}, status=429)
    if not is_password(person, visit.sent.get("password", "")):
        return Reply("account.html", shown | {"message": "The present password is wrong."}, status=403)
    visit.site.limit.note_right(person.name, visit.address)
    try:
        changed = visit.site.accounts.change(person.name, password=visit.sent.get("new", ""))
    except UsageError as error:
        message = f"This is {error.found}. Choose one of {error.expected}."
        return Reply("account.html", shown | {"message": message}, status=400)
    visit.site.sessions.end(visit.token)
    token = visit.site.sessions.begin(changed.name, changed.password)
    message = "The new password holds from now on. All other sessions are signed out."
    return Reply(
        "account.html", shown | {"message": message, "is_done": True},
        headers=(_cookie(visit, token),),
    )  # fmt: skip


def send_static(visit: Visit) -> Reply:
    """A style sheet, script or picture of the package."""
    name = visit.parts["file"] or ""
    file = resources.files("speechcx.web") / "static" / name
    if not file.is_file():
        raise NotThere
    body = file.read_bytes()
    return Reply(file=io.BytesIO(body), length=len(body), content_type=_KINDS[name.rpartition(".")[2]])


def _cookie(visit: Visit, token: str) -> tuple[str, str]:
    return session_cookie(visit.site.prefix, token, is_secure=visit.is_secure)


def _read_next(visit: Visit) -> str:
    """Where somebody wanted to go: an address of this site, never another one."""
    wanted = (visit.sent or {}).get("next") or visit.first("next") or "/"
    is_ours = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and wanted.isprintable()
    return wanted if is_ours and "\\" not in wanted else "/"
