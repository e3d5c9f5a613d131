"""A morning in a real browser: each role signs in, a flagged call is found, heard, decided and reviewed."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from speechcx.store import Store
from speechcx.web.accounts import Accounts
from speechcx.web.site import make_site
from tests.web.browser import browsing, keep_picture, serving, sign_in
from tests.web.busy_house import fill_busy
from tests.web.house import PASSWORD

PEOPLE = {
    "james": ("agent", ("james.carter",), ()), "sue": ("supervisor", (), ("bank-accounts",)), "quinn": ("qa", (), ()),
    "cora": ("compliance", (), ()), "ada": ("admin", (), ()),
}  # fmt: skip
PAGES = ("/", "/agents", "/agents?mix=yes", "/why", "/flags", "/calls", "/search?q=lawyer", "/rules",
         "/rule?rule=legal-threat", "/reviews", "/trail", "/holds", "/retention",
         "/certificates", "/account", "/agent?agent=james.carter",
         "/customer?customer=C1042")  # fmt: skip
SERIOUS = ("serious", "critical")


def wait_until(page: Any, condition: str, limit_s: float = 60.0) -> None:
    """Wait until a condition holds; Playwright's own way is refused by the pages' rules against made-up scripts."""
    end = time.monotonic() + limit_s
    while not page.evaluate(condition):
        assert time.monotonic() < end, condition
        time.sleep(0.05)


@dataclass
class Day:
    """A centre that is served, and a browser."""

    address: str
    browser: Any
    call_id: str
    database: Path
    folder: Path

    def enter(self, name: str, **form: Any) -> Any:
        """A page of somebody who signed in; scripts that fail and requests to elsewhere fail the test."""
        context = self.browser.new_context(**({"viewport": {"width": 1280, "height": 860}} | form))
        self.wrong: list[str] = []
        context.on("weberror", lambda error: self.wrong.append(str(error.error)))
        context.on("request", lambda sent: self.note_request(sent.url))
        context.on("console", lambda said: self.wrong.append(said.text) if said.type == "error" else None)
        return sign_in(context, self.address, name)

    def note_request(self, url: str) -> None:
        """Nothing is asked of another place."""
        if not url.startswith((self.address, "blob:", "data:")):
            self.wrong.append(f"asked {url}")


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    """A working day."""
    folder = tmp_path_factory.mktemp("day")
    database = folder / "calls.db"
    with Store.open(database, create=True) as store:
        store.db.execute("PRAGMA synchronous = OFF")
        call_id = fill_busy(store, folder)
    accounts = Accounts(folder / "users.json")
    for name, (role, agents, teams) in PEOPLE.items():
        accounts.add(name, role, PASSWORD, agents=agents, teams=teams)
    site = make_site(database, accounts=accounts)
    with browsing() as browser, serving(site) as address:
        yield Day(address, browser, call_id, database, folder / "pictures")


@pytest.mark.parametrize("name", PEOPLE)
def test_each_role_signs_in_and_finds_its_pages(day: Day, name: str) -> None:
    """Everybody gets a first page of their own, and each page of the menu opens."""
    page = day.enter(name)
    assert page.locator("h1").inner_text() == ("James Carter" if name == "james" else "Last night")
    for place in [link.get_attribute("href") for link in page.locator("nav[aria-label=Pages] a").all()]:
        answered = page.goto(day.address + place)
        assert answered.status == 200, place
        assert page.locator("h1").count() == 1, place
        if (name, place) in (("quinn", "/agents"), ("quinn", "/why")):
            keep_picture(page, f"{place[1:]}-page", day.folder)
    assert [] == day.wrong
    page.context.close()


def test_a_supervisor_finds_hears_and_decides_a_flagged_call(day: Day) -> None:
    """From the first page to the gravest flag, its evidence played at its second, and decided: one flag fewer waits."""
    page = day.enter("sue")
    keep_picture(page, "last-night", day.folder)
    first = page.locator("section:has(h2:text('Open these first')) tbody tr >> nth=0")
    assert "Customer threatens with a lawyer; Recording notice: not said" in first.inner_text()
    first.locator("a >> nth=0").click()
    assert day.call_id in page.url
    page.goto(f"{day.address}/flags")
    before = int(re.findall(r"(\d+) open", page.locator("p.lead").inner_text())[0])
    page.goto(f"{day.address}/flags?flag={day.call_id}:legal-threat")
    keep_picture(page, "flags", day.folder)
    page.click(".evidence a:has-text('Call ')")
    page.wait_for_load_state()
    wait_until(page, "document.querySelector('audio').readyState >= 1")

    page.click(".why button.seek >> nth=0")
    wait_until(
        page, "!document.querySelector('audio').paused && document.querySelector('audio').currentTime > 63.8"
    )
    at = page.evaluate("document.querySelector('audio').currentTime")
    assert 63.6 <= at < 67, "the evidence is played from its own second"
    assert "lawyer" in page.locator(".turn.playing").inner_text()
    page.evaluate("document.querySelector('audio').pause()")
    keep_picture(page, "call", day.folder)

    # However long the machine took to pause it.
    page.evaluate("document.querySelector('audio').currentTime = 64")
    page.keyboard.press("p")
    wait_until(page, "Math.abs(document.querySelector('audio').currentTime - 50.4) < 2")
    page.evaluate("document.querySelector('audio').pause()")
    box = page.locator(".axis svg").bounding_box()
    page.mouse.click(box["x"] + box["width"] * (72 + 600) / 1272, box["y"] + box["height"] - 30)
    middle = page.evaluate(
        "document.querySelector('audio').currentTime / document.querySelector('audio').duration"
    )
    assert 0.48 < middle < 0.52, "a click on the axis seeks"

    page.goto(f"{day.address}/flags?flag={day.call_id}:legal-threat")
    page.keyboard.press("c")
    page.wait_for_url(re.compile(r"/flags"))
    assert before - 1 == int(re.findall(r"(\d+) open", page.locator("p.lead").inner_text())[0])
    assert [] == day.wrong
    page.context.close()


def test_a_reviewer_answers_blind_and_the_score_is_theirs(day: Day) -> None:
    """A review hides what the machine found, takes answers, and then shows both scores."""
    page = day.enter("quinn")
    page.goto(f"{day.address}/call/{day.call_id}")
    page.click("button:has-text('Review this call')")
    assert "Review" in page.locator("h1").inner_text()
    shown = page.locator("main").inner_text()
    assert "Customer threatens with a lawyer" not in shown
    assert "25.0" not in shown
    page.goto(f"{day.address}/call/{day.call_id}")
    assert "/review/" in page.url, "the call page leads back to the blind form"
    for question in ("greeted", "notice", "promises", "solved"):
        page.check(f"input[name='answer.{question}'][value=yes]")
    page.fill("input[name='comment.solved']", "Ordered with express delivery.")
    keep_picture(page, "review", day.folder)
    page.click("button[value=submit]")
    assert page.locator(".person-score").inner_text() == "100.0"
    assert "of the machine: 25.0" in page.locator("p.lead").inner_text()
    page.wait_for_load_state()  # The script that plays is there only then.
    page.click(".turn button.seek >> nth=5")
    wait_until(page, "document.querySelector('audio').currentTime > 29.7")
    page.evaluate("document.querySelector('audio').pause()")
    page.click("button.now")
    assert re.fullmatch(r"0:(29|[345]\d)\.\d|1:\d\d\.\d", page.input_value("input[name=at]")), (
        "the time of the player"
    )
    page.fill("textarea[name=note]", "Take the blame off the customer first.")
    page.click("form.card button:has-text('Save note')")
    assert "Take the blame off the customer first." in page.locator("main").inner_text()
    page.goto(f"{day.address}/reviews")
    assert "submitted" in page.locator("main").inner_text()
    assert [] == day.wrong
    page.context.close()


def test_a_draft_of_a_rule_is_tried_before_it_is_saved(day: Day) -> None:
    """Somebody writes another wording into the form, and sees which call would be flagged no more."""
    page = day.enter("quinn")
    page.goto(f"{day.address}/rule?rule=legal-threat")
    draft = page.input_value("textarea[name=draft]")
    page.fill("textarea[name=draft]", draft.replace('"my lawyer"', '"my solicitor"'))
    page.click("button:has-text('Try it')")
    assert "0 calls more would be flagged, 1 fewer" in page.locator("[role=status]").inner_text()
    assert "A test of the rulebook fails" in page.locator("section:has(#draft)").inner_text()
    page.locator("#draft").scroll_into_view_if_needed()
    keep_picture(page, "rule-draft", day.folder)
    assert day.call_id in page.locator("section:has(#draft) table a").first.get_attribute("href")
    assert [] == day.wrong
    page.context.close()


def test_every_page_reads_without_serious_faults_for_assistive_technology(day: Day) -> None:
    """axe-core finds nothing serious, in light and in dark, on a desk and on a phone; nothing is wider than a phone."""
    axe_type = pytest.importorskip("axe_playwright_python.sync_playwright").Axe
    found = []
    for scheme, size in (("light", {"width": 1280, "height": 860}), ("dark", {"width": 390, "height": 800})):
        page = day.enter("ada", color_scheme=scheme, viewport=size, bypass_csp=True)
        for path in (*PAGES, f"/call/{day.call_id}"):
            page.goto(day.address + path)
            for one in axe_type().run(page).response["violations"]:
                if one["impact"] in SERIOUS:
                    where = [node["html"][:150] for node in one["nodes"][:3]]
                    found.append(f"{scheme} {path}: {one['id']} {where}")
            width = page.evaluate("document.documentElement.scrollWidth")
            if width > size["width"]:
                found.append(f"{scheme} {path} is {width} wide")
        if scheme == "dark":
            keep_picture(page, "call-phone", day.folder)
        page.context.close()
    assert [] == found


def test_pages_read_without_javascript_and_print(day: Day) -> None:
    """Without scripts every word is there; on paper neither menus nor buttons are."""
    page = day.enter("ada", java_script_enabled=False)
    page.goto(f"{day.address}/call/{day.call_id}")
    shown = page.locator("main").inner_text()
    for words in (
        "you are going to hear from my lawyer",
        "Recording notice: not said",
        "Was the matter solved?",
    ):
        assert words in shown
    page.emulate_media(media="print")
    assert not page.locator("nav[aria-label=Pages]").is_visible()
    assert not page.locator("button:has-text('Review this call')").is_visible()
    assert page.locator("button.seek >> nth=0").is_visible(), "times stay"
    printed = page.pdf(format="A4")
    assert printed.startswith(b"%PDF")
    (day.folder / "call.pdf").write_bytes(printed)
    page.context.close()
