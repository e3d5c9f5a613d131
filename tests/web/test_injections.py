"""A hundred injections in every text that reaches a page: none becomes part of a page, none runs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from speechcx.ask.compliance import see_flag
from speechcx.store import FileStats, RunInfo, Store
from speechcx.store.decisions.flags import FlagChange, set_flags
from speechcx.web.accounts import Accounts
from speechcx.web.site import make_site
from tests.ask.archive import Line
from tests.factories import make_failure
from tests.web.browser import browsing, serving, sign_in
from tests.web.house import PASSWORD, Texts, make_marked_call

DO = "window.zqran=1"
_FORMS = (
    "<script>{do}</script>", "<img src=x onerror='{do}' data-zq>", "<svg onload='{do}' data-zq>", "<b data-zq>x</b>",
    "<body onload='{do}'>", "<iframe srcdoc='<script>parent.{do}</script>' data-zq></iframe>",
    "<a href='javascript:{do}' data-zq>x</a>", "<details open ontoggle='{do}' data-zq>", "<math><mtext data-zq>",
    "<style>@import '//evil.example/x';</style><i data-zq>", "<link rel=stylesheet href=//evil.example data-zq>",
    "<base href='//evil.example/'><i data-zq>", "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<form action=//evil.example data-zq><button>", "<input autofocus onfocus='{do}' data-zq>",
    "<object data='javascript:{do}' data-zq>", "<video><source onerror='{do}' data-zq>",
    "{{{{ 7*191 }}}}<i data-zq>", "{{% raw %}}<i data-zq>", "<template data-zq><script>{do}</script>",
)  # fmt: skip
_AROUND = ("{}", '">{}', "'>{}", "</td></p></title></textarea>{}", '" data-zq onmouseover="{do}" x="{}')


def list_injections() -> list[str]:
    """A hundred texts that would run, or leave an element with ``data-zq``, where one is not escaped."""
    return [
        around.replace("{do}", DO).replace("{}", form.format(do=DO)) for form in _FORMS for around in _AROUND
    ]


INJECTIONS = list_injections()
CALLS = 20
TEXTS = [" ".join(INJECTIONS[no::CALLS]) for no in range(CALLS)]
"""Five of them in each text of a call, so that twenty pages show them all."""


@pytest.fixture(scope="module")
def injected(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """A database with calls that have all injections in everything that somebody writes or says."""
    folder = tmp_path_factory.mktemp("injected")
    with Store.open(folder / "calls.db", create=True) as store:
        store.db.execute("PRAGMA synchronous = OFF")
        store.sync_roster(
            Line(f"a{no}{text}", f"team{no % 5}{text}", text, text) for no, text in enumerate(TEXTS)
        )
        run_id = store.ledger.begin_run(RunInfo())
        calls = []
        for no, text in enumerate(TEXTS):
            call = make_marked_call(folder, _write(no, text), no, sound=f"sound {no}".encode())
            recording = call.conversation.recording
            store.ledger.save_outcome(run_id, call, FileStats(recording.size_bytes, no))
            calls.append(recording.id)
        bad = make_failure(1)
        moved = replace(bad, path=f"/in/{INJECTIONS[0]}", message=INJECTIONS[1], cure=INJECTIONS[2])
        store.ledger.save_outcome(run_id, moved, FileStats(1, 1))
        store.save_rulebook(call.assessment.digest, name="northwind-bank", version="1", source=_rulebook())
        flags = [see_flag(store, f"{call_id}:legal-threat") for call_id in calls]
        for no, flag in enumerate(flags):
            change = FlagChange(owner=TEXTS[no], reason=TEXTS[no])
            set_flags(store, [flag], change, who=TEXTS[no])
    return folder, calls


def _write(no: int, text: str) -> Texts:
    said = (
        ("ch0", 0.5, f"{text} hello"), ("ch1", 4.0, f"my lawyer {text}"), ("ch0", 8.0, text), ("ch1", 11.0, text)
    )  # fmt: skip
    name = text.replace("/", "\N{DIVISION SLASH}")[:100]
    return Texts(
        f"a{no}{text}",
        f"c{text}",
        text,
        said,
        f"Legal threat {text}",
        text,
        f"{no}{name}.wav",
        ((text, text),),
    )


def _rulebook() -> str:
    text = "rulebook: northwind-bank\nversion: 1\nrules:\n"
    quoted = INJECTIONS[5].replace("'", "''")
    return f"{text}  - id: legal-threat\n    title: '{quoted}'\ntests:\n  - {{rule: legal-threat, says: '{quoted}'}}\n"


def test_no_injection_becomes_part_of_a_page_or_runs(injected: tuple[Path, list[str]]) -> None:
    """A browser opens every page with a hundred injections in each text: nothing comes of them."""
    folder, calls = injected
    assert 100 == len(set(INJECTIONS))
    site = make_site(folder / "calls.db", accounts=Accounts(folder / "users.json"))
    site.accounts.add("ada", "admin", PASSWORD)
    wrong: list[str] = []
    with browsing() as browser, serving(site) as address:
        context = browser.new_context()
        context.on("dialog", lambda shown: (wrong.append(f"dialog {shown.message}"), shown.dismiss()))
        context.on("request", lambda sent: None if sent.url.startswith(address) else wrong.append(sent.url))
        context.on("console", lambda said: _note_refusal(said, wrong))
        page = sign_in(context, address, "ada")
        for path in _list_pages(calls):
            page.goto(address + path, wait_until="domcontentloaded")
            seen = page.evaluate("[window.zqran === undefined, document.querySelectorAll('[data-zq]').length,"
                                 " document.querySelectorAll('body script, base, iframe, object').length,"
                                 " document.querySelector('h1') !== null]")  # fmt: skip
            if seen != [True, 0, 0, True]:
                wrong.append(f"{path}: {seen}")
    assert [] == wrong


def _list_pages(calls: list[str]) -> list[str]:
    from urllib.parse import quote

    agent = f"a3{TEXTS[3]}"
    lists = [
        "/", "/agents", "/agents?by=team", "/agents?mix=yes", "/why", "/flags?status=all", "/calls?limit=100", "/rules",
        "/reviews", "/trail", "/search?q=lawyer", "/search?q=hello&after=99999999999999999", "/rule?rule=legal-threat",
        f"/agent?agent={quote(agent)}", f"/customer?customer={quote('c' + TEXTS[3])}",
    ]  # fmt: skip
    typed = [
        f"{path}={quote(text)}" for path in ("/search?q", "/calls?agent", "/flags?owner", "/login?next")
        for text in INJECTIONS[:5]
    ]  # fmt: skip
    return [*lists, *typed, *(f"/flags?status=all&flag={one}:legal-threat" for one in calls[::5]),
            *(f"/call/{one}" for one in calls)]  # fmt: skip


def _note_refusal(said: Any, wrong: list[str]) -> None:
    if "Content Security Policy" in said.text or "zqran" in said.text:
        wrong.append(said.text[:200])
