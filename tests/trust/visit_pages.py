"""Serves the pages of a project and opens every kind of page: ``python -m tests.trust.visit_pages``.

It runs in the folder of the project, is watched from outside (``isolation.py``), and prints what answered.
"""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from html import unescape
from http.cookiejar import CookieJar
from typing import TextIO
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode, urljoin, urlsplit
from urllib.request import HTTPCookieProcessor, OpenerDirector, ProxyHandler, Request, build_opener

EACH_KIND = 2
"""Addresses that differ only in what is shown are opened so often."""
_PATIENCE_S = 60.0
_LINK = re.compile(r'(?:href|src)="([^"#]+)')
_TOKEN = re.compile(r'name="csrftoken" value="([^"]*)"')


@dataclass
class Visitor:
    """A browser without scripts that stays within one site.

    Attributes
    ----------
    site
        Address of the site without a slash at its end.
    answered
        Paths that answered, as they were asked.
    """

    site: str
    browser: OpenerDirector = field(
        default_factory=lambda: build_opener(ProxyHandler({}), HTTPCookieProcessor(CookieJar()))
    )
    answered: list[str] = field(default_factory=list)

    def open(self, path: str) -> str:
        """The page of a path; empty for what is no page, and for what is not there."""
        try:
            answer = self.browser.open(self.site + path, timeout=_PATIENCE_S)
        except HTTPError as error:  # A recording that is gone is not there; a fault of ours is one.
            if error.code >= 500:
                raise AssertionError(f"{path}: {error}") from None
            return ""
        self.answered.append(path)
        body = answer.read()
        return body.decode() if answer.headers.get_content_type() == "text/html" else ""

    def send(self, path: str, page: str, **fields: str) -> str:
        """Fill in a form that stands on `page`; returns the address of the page that follows."""
        token = _TOKEN.search(page)
        assert token is not None, f"no form on {path}"
        body = urlencode({**fields, "csrftoken": unescape(token[1])}).encode()
        with self.browser.open(
            Request(self.site + path, body, {"Origin": self.site}), timeout=_PATIENCE_S
        ) as answer:
            return urlsplit(answer.url).path

    def look_around(self, page: str) -> None:
        """Follow links from a page until every kind of address was seen a few times."""
        wanted, asked, seen = self.links("/", page), set[str](), Counter[str]()
        while wanted:
            path = wanted.pop(0)
            kind = kind_of(path)
            if path in asked or seen[kind] >= EACH_KIND:
                continue
            asked.add(path)
            seen[kind] += 1
            wanted += self.links(path, self.open(path))

    def links(self, path: str, page: str) -> list[str]:
        """Paths within this site that a page links to or shows."""
        found = [urljoin(self.site + path, unescape(link)) for link in _LINK.findall(page)]
        return [one.removeprefix(self.site) for one in found if one.startswith(f"{self.site}/")]


def kind_of(path: str) -> str:
    """An address without what it is asked about; Datasette's own pages, of which there is no end, are one kind."""
    parts = urlsplit(path)
    if parts.path.startswith(("/database", "/-/")):
        return "/".join(parts.path.split("/")[:2])
    if parts.path.endswith((".csv", ".json")):
        return parts.path
    names = sorted({pair.partition("=")[0] for pair in parts.query.split("&")})
    return re.sub(r"(?<=/)([0-9a-f]{16}|\d+)(?=[/.]|$)", "ID", parts.path) + "?" + "&".join(names)


def main() -> None:
    """Visit the pages of the project in the working folder."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    with subprocess.Popen(
        [sys.executable, "-m", "speechcx", "serve", "--port", str(port)], stderr=subprocess.PIPE, text=True
    ) as server:
        try:
            assert server.stderr is not None
            password = read_password(server.stderr)
            visitor = Visitor(f"http://127.0.0.1:{port}")
            visitor.send("/login", wait_for(visitor), name="admin", password=password, next="/")
            page = visitor.open("/")
            calls = [path for path in visitor.links("/calls", visitor.open("/calls")) if "/call/" in path]
            visitor.open(visitor.send("/reviews", page, call=calls[0].rpartition("/")[2]))
            visitor.look_around(page)
            print("\n".join(visitor.answered))
        finally:
            server.send_signal(signal.SIGINT)


def read_password(lines: TextIO) -> str:
    """The password that the first start shows; what the server said instead where it shows none."""
    said = []
    for line in lines:
        said.append(line)
        if "password" in line:
            return line.rpartition(" ")[2].strip()
    raise AssertionError(f"the server ended: {''.join(said)}")


def wait_for(visitor: Visitor) -> str:
    """The sign-in page, once the server answers."""
    end = time.monotonic() + _PATIENCE_S
    while True:
        try:
            return visitor.open("/login")
        except URLError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


if __name__ == "__main__":
    main()
