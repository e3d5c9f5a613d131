"""The pages in a real browser: a server on this machine, Debian's Chromium, and somebody who signs in."""

from __future__ import annotations

import os
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from speechcx.web.site import Site, make_datasette
from tests.web.house import PASSWORD


def find_chromium() -> str:
    """The browser; skips the test where there is none."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        pytest.skip("needs Chromium (Debian: apt install chromium)")
    return found


@contextmanager
def serving(site: Site) -> Iterator[str]:
    """The address at which a site is served while the block runs."""
    import uvicorn

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    config = uvicorn.Config(make_datasette(site).app(), host="127.0.0.1", port=port, log_level="error")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started and thread.is_alive():
            time.sleep(0.02)
        yield f"http://127.0.0.1:{port}{site.prefix}"
    finally:
        server.should_exit = True
        thread.join(20)
        site.close()


@contextmanager
def browsing() -> Iterator[Any]:
    """A browser without a window."""
    sync_api = pytest.importorskip("playwright.sync_api")
    place = find_chromium()
    with sync_api.sync_playwright() as started:
        flags = ["--autoplay-policy=no-user-gesture-required"]
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            flags.append("--no-sandbox")  # Chromium refuses to start as root with it.
        browser = started.chromium.launch(executable_path=place, args=flags)
        yield browser
        browser.close()


def sign_in(context: Any, address: str, name: str, password: str = PASSWORD) -> Any:
    """A page of somebody who has just signed in."""
    page = context.new_page()
    page.goto(f"{address}/login")
    page.fill("input[name=name]", name)
    page.fill("input[name=password]", password)
    page.click("main button")
    page.wait_for_load_state()
    return page


def keep_picture(page: Any, name: str, folder: Path, *, whole: bool = False) -> None:
    """A screenshot in `folder`, and in ``SPEECHCX_SCREENSHOTS`` where that names one, for the manual."""
    for place in (folder, os.environ.get("SPEECHCX_SCREENSHOTS")):
        if place:
            Path(place).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=str(Path(place) / f"{name}.png"), full_page=whole)
