"""Notices reach a server on this machine, are tried again where they did not, and hold counts only."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from speechcx.ask.operations import find_alerts
from speechcx.batch.notifications import TRIES, deliver, name_target, send_by_apprise
from speechcx.present.operations import write_notices
from speechcx.store import Store
from speechcx.store.deliveries import Notice, list_deliveries
from tests.ask.operations.test_alerts import plant

NOTICE = Notice("alerts 2025-04-28", "speechcx: 1 alert on 2025-04-28", "network: 12 calls")
URL = "json://secret:token@127.0.0.1/hidden"


@dataclass
class Sender:
    """Answers with these errors, then delivers; keeps what it was asked to send, and how long was waited."""

    errors: list[str] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)

    def __call__(self, url: str, title: str, body: str) -> str | None:
        """Keep it."""
        self.sent.append(body)
        return self.errors.pop(0) if self.errors else None


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty database."""
    with Store.open(tmp_path / "calls.db", create=True) as made:
        yield made


def test_a_notice_is_sent_once(store: Store) -> None:
    """The same again is not; another address, or other counts, are."""
    sender = Sender()
    for url in (URL, URL, "json://localhost/other"):
        deliver(store, [url], [NOTICE], send=sender, pause=sender.waits.append)
    assert len(sender.sent) == 2
    more = Notice(NOTICE.about, NOTICE.title, "network: 13 calls")
    (delivery,) = deliver(store, [URL], [more], send=sender, pause=sender.waits.append)
    assert (delivery.attempts, delivery.error, delivery.delivered_at is not None) == (1, None, True)
    assert sender.waits == []


def test_what_fails_is_tried_again_now_and_next_time(store: Store) -> None:
    """Three times with pauses, then by the next command, also where that has nothing new; meanwhile it is listed."""
    sender = Sender(["refused"] * (TRIES + 1))
    (failed,) = deliver(store, [URL], [NOTICE], send=sender, pause=sender.waits.append)
    assert (failed.attempts, failed.error, failed.delivered_at) == (1, "refused", None)
    assert (len(sender.sent), sender.waits) == (3, [1.0, 5.0])
    assert [one.about for one in list_deliveries(store, only_failed=True)] == [NOTICE.about]
    (again,) = deliver(store, [URL], [], send=sender, pause=sender.waits.append)
    assert (again.attempts, again.error, again.delivered_at is not None) == (2, None, True)
    assert list_deliveries(store, only_failed=True) == ()
    assert deliver(store, [URL], [], send=sender) == ()


def test_no_secret_of_an_address_is_kept(store: Store) -> None:
    """Neither user, password and path, nor a token that stands where a host would."""
    deliver(store, [URL], [NOTICE], send=Sender())
    assert "token" not in repr(store.db.execute("SELECT * FROM deliveries").fetchall())
    assert [
        name_target(url) for url in (URL, "slack://tokena/tokenb/#x", "mailto://me:pw@mail.example.com")
    ] == [
        "json://127.0.0.1",
        "slack://...",
        "mailto://mail.example.com",
    ]


def test_a_notice_holds_counts_and_no_words_or_customers(store: Store) -> None:
    """Titles of rules and numbers; of agents not even the names."""
    plant(store, today=12)
    for by in (None, "agent"):
        (notice,) = write_notices(find_alerts(store, by=by))  # type: ignore[arg-type]
        assert "network" in notice.body
        assert "12 calls" in notice.body
        assert "6 customers" in notice.body
        for secret in ("c0", "ann", "cancel my account"):
            assert secret not in notice.title + notice.body
    assert write_notices(find_alerts(store, day=find_alerts(store).day, probability=0.0)) == ()


def test_apprise_posts_to_a_server_and_says_what_it_answered() -> None:
    """json:// on this machine: an error of the server is its number; then the words arrive as they are."""
    answers, received = [500, 200], []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            """Keep what came."""
            received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(answers.pop(0))
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        url = f"json://127.0.0.1:{server.server_port}/"
        assert send_by_apprise(url, NOTICE.title, NOTICE.body) == "the service answered 500"
        assert send_by_apprise(url, NOTICE.title, NOTICE.body) is None
    finally:
        server.shutdown()
        server.server_close()
    refused = send_by_apprise(url, NOTICE.title, NOTICE.body)
    assert refused == "the service could not be reached: the connection was refused"
    assert [(one["title"], one["message"]) for one in received] == [(NOTICE.title, NOTICE.body)] * 2


def test_a_host_without_an_answer_and_one_that_is_not_there_are_told_apart(store: Store) -> None:
    """Each is kept with its reason, and none of the address."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        urls = (
            f"json://127.0.0.1:{silent.getsockname()[1]}/secret?cto=0.2&rto=0.2",
            "json://no-such-host.invalid/secret",
        )
        found = deliver(store, urls, [NOTICE], pause=lambda _: None)
    assert [(one.attempts, one.error, one.delivered_at) for one in found] == [
        (1, "the service could not be reached: no answer in time", None),
        (1, "the service could not be reached: no host has that name", None),
    ]
    assert len(list_deliveries(store, only_failed=True)) == 2
    assert "secret" not in repr(store.db.execute("SELECT * FROM deliveries").fetchall())


def test_one_wrong_address_does_not_keep_the_notice_from_the_others(store: Store) -> None:
    """It is listed with an example of a right one, without its secret; the others get theirs."""
    sent: list[str] = []

    def send(url: str, title: str, body: str) -> str | None:
        sent.append(url)
        return send_by_apprise(url, title, body) if url.startswith("nonsense") else None

    wrong, right = deliver(store, ["nonsense://secret", URL], [NOTICE], send=send)
    assert sent == ["nonsense://secret", URL]
    assert "no address that apprise knows" in (wrong.error or "")
    assert right.delivered_at is not None
    assert "secret" not in repr(wrong)
