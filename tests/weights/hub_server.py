"""A Hub on the loopback address: repositories with commits, and the faults of real networks on request."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

LARGE_BYTES = 1000
"""Files from this size on have a SHA-256, as with Git LFS; others the SHA-1 of git."""

Files = dict[str, bytes | Path]


@dataclass
class Hub:
    """What the server holds and how it misbehaves.

    Parameters
    ----------
    url
        To be set as ``HF_ENDPOINT``.
    commits
        Files by repository and full commit.
    heads
        The commit of ``main`` by repository.
    cut_after
        Bytes after which each answer that gives a file is cut, while any `cuts` are left.
    is_down, down_after_cuts
        Every answer is 503; so it is after the last cut.
    changed
        Bytes that are sent in place of a file's own, by path; what is stated about it stays.
    asked
        Every request, as ``METHOD path`` with the range asked for.
    """

    url: str = ""
    commits: dict[str, dict[str, Files]] = field(default_factory=dict)
    heads: dict[str, str] = field(default_factory=dict)
    licences: dict[str, str] = field(default_factory=dict)
    gated: set[str] = field(default_factory=set)
    cut_after: int = 0
    cuts: int = 0
    is_down: bool = False
    down_after_cuts: bool = False
    changed: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def commit(self, repo: str, files: Files) -> str:
        """Put a new commit on ``main``; gives its name."""
        history = self.commits.setdefault(repo, {})
        name = hashlib.sha1(f"{repo}{len(history)}".encode()).hexdigest()
        history[name] = files
        self.heads[repo] = name
        return name

    def find(self, repo: str, revision: str) -> str | None:
        """The full commit of a revision."""
        if revision == "main":
            return self.heads.get(repo)
        names = [name for name in self.commits.get(repo, {}) if name.startswith(revision)]
        return names[0] if len(names) == 1 else None


def read(content: bytes | Path) -> bytes:
    return content if isinstance(content, bytes) else content.read_bytes()


def _sibling(path: str, content: bytes | Path) -> dict[str, Any]:
    data = read(content)
    row: dict[str, Any] = {"rfilename": path, "size": len(data)}
    row["blobId"] = hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()
    if len(data) >= LARGE_BYTES:
        row["lfs"] = {"size": len(data), "sha256": hashlib.sha256(data).hexdigest(), "pointerSize": 134}
    return row


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    hub: Hub

    def log_message(self, format: str, *args: object) -> None:
        """Nothing on the terminal."""

    def do_GET(self) -> None:
        path = unquote(urlparse(self.path).path)
        self.hub.asked.append(f"GET {path} {self.headers.get('Range', '')}".strip())
        if self.hub.is_down:
            return self._send(503, b"down")
        if info := re.fullmatch(r"/api/models/([^/]+/[^/]+)(?:/revision/(.+))?", path):
            return self._give_info(info[1], info[2] or "main")
        if file := re.fullmatch(r"/([^/]+/[^/]+)/resolve/([^/]+)/(.+)", path):
            return self._give_file(*file.groups())
        return self._send(404, b"", "EntryNotFound")

    def _give_info(self, repo: str, revision: str) -> None:
        if repo in self.hub.gated:
            return self._send(403, b"", "GatedRepo")
        if repo not in self.hub.commits:
            return self._send(404, b"", "RepoNotFound")
        commit = self.hub.find(repo, revision)
        if commit is None:
            return self._send(404, b"", "RevisionNotFound")
        files = self.hub.commits[repo][commit]
        licence = self.hub.licences.get(repo)
        document = {
            "id": repo,
            "sha": commit,
            "siblings": [_sibling(path, content) for path, content in files.items()],
            "cardData": {"license": licence} if licence else None,
        }
        return self._send(200, json.dumps(document).encode())

    def _give_file(self, repo: str, revision: str, path: str) -> None:
        commit = self.hub.find(repo, revision)
        files = self.hub.commits.get(repo, {}).get(commit or "", {})
        if path not in files:
            return self._send(404, b"", "EntryNotFound")
        data = self.hub.changed.get(path, read(files[path]))
        start = 0
        if asked := re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", "")):
            start = int(asked[1])
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(data) - start))
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
        self.end_headers()
        if self.hub.cuts and len(data) - start > self.hub.cut_after:
            self.hub.cuts -= 1
            self.hub.is_down = self.hub.down_after_cuts and not self.hub.cuts
            self.wfile.write(data[start : start + self.hub.cut_after])
            self.wfile.flush()
            self.close_connection = True
            return None
        self.wfile.write(data[start:])
        return None

    def _send(self, status: int, body: bytes, code: str = "") -> None:
        self.send_response(status)
        if code:
            self.send_header("X-Error-Code", code)
            self.send_header("X-Error-Message", code)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def serve_hub() -> Iterator[Hub]:
    """A running server with nothing in it."""
    hub = Hub()
    handler = type("Handler", (_Handler,), {"hub": hub})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    hub.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
