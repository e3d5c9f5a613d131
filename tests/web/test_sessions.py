"""Sessions end in time, and wrong passwords make the next one wait."""

from speechcx.web.sessions import (
    FREE_TRIES,
    IDLE_S,
    LONGEST_S,
    LONGEST_WAIT_S,
    Sessions,
    SignInLimit,
    session_cookie,
)


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        """The moment."""
        return self.now


def test_a_session_ends_when_nothing_is_asked() -> None:
    """A token holds while it is used, for a day at the longest, and not after signing out."""
    clock = Clock()
    sessions = Sessions(clock)
    token = sessions.begin("ann", "hash")
    for _ in range(2):
        clock.now += IDLE_S - 1
        assert ("ann", "hash") == sessions.find(token)
    clock.now += IDLE_S + 1
    assert sessions.find(token) is None
    other = sessions.begin("ann", "hash")
    sessions.end(other)
    assert sessions.find(other) is None
    assert sessions.find("") is None


def test_a_session_ends_after_a_day() -> None:
    """However busy somebody is, they sign in again after a day."""
    clock = Clock()
    sessions = Sessions(clock)
    token, hours = sessions.begin("ann", "hash"), 0
    while sessions.find(token) is not None:
        clock.now += 3600
        hours += 1
    assert LONGEST_S / 3600 < hours <= LONGEST_S / 3600 + 1


def test_guessing_is_slow_by_name_and_by_address() -> None:
    """A thousand guesses from a thousand addresses, or at a thousand names, take days, not minutes."""
    for kind in ("name", "address"):
        clock, tried = Clock(), 0
        limit = SignInLimit(clock)
        while tried < 1000:
            who = ("ann", f"10.0.{tried % 250}.1") if kind == "name" else (f"n{tried}", "10.0.0.1")
            wait = limit.take_try(*who)
            if wait == 0:
                tried += 1
            clock.now += wait
        assert clock.now > 2 * 86_400, kind


def test_the_first_tries_are_free_and_the_wait_is_bounded() -> None:
    """Mistyping a few times costs nothing; nobody is shut out for longer than five minutes."""
    clock = Clock()
    limit = SignInLimit(clock)
    assert [0.0] * FREE_TRIES == [limit.take_try("ann", "a") for _ in range(FREE_TRIES)]
    waits = []
    for _ in range(20):
        waits.append(limit.take_try("ann", "a"))
        clock.now += waits[-1]
        assert 0 == limit.take_try("ann", "a")
    assert waits[0] > 0
    assert max(waits) == LONGEST_WAIT_S


def test_a_right_password_frees_the_name_and_not_the_address() -> None:
    """Who knows one password cannot use it to go on guessing others from the same address."""
    clock = Clock()
    limit = SignInLimit(clock)
    for number in range(FREE_TRIES):
        assert 0 == limit.take_try(f"victim{number}", "evil")
    clock.now += limit.take_try("mine", "evil")
    assert 0 == limit.take_try("mine", "evil")
    limit.note_right("mine", "evil")
    assert limit.take_try("victim9", "evil") > 0


def test_the_cookie_is_for_the_server_only() -> None:
    """Scripts cannot read it, other sites cannot send it along, and by HTTPS it goes nowhere else."""
    name, text = session_cookie("/calls", "token", is_secure=True)
    assert "set-cookie" == name
    for part in ("HttpOnly", "SameSite=Lax", "Secure", "Path=/calls/"):
        assert part in text
    assert "Secure" not in session_cookie("", "token", is_secure=False)[1]
    assert "Max-Age=0" in session_cookie("", "", is_secure=False)[1]
