"""Options that every question about calls has."""

import pytest

from tests.cli.conftest import Speechcx

pytestmark = pytest.mark.usefixtures("archive")


@pytest.mark.parametrize(
    ("options", "calls"),
    [
        ((), 16),
        (("--period", "2025-03"), 14),
        (("--period", "2025-02:"), 16),
        (("--since", "2025-03-01", "--until", "2025-03-02"), 6),
        (("--agent", "ann"), 8),
        (("--agent", "ANN HALL"), 8),
        (("--team", "blue", "--team", "red"), 16),
        (("--center", "porto"), 3),
        (("--queue", "sales"), 1),
        (("--direction", "inbound"), 16),
        (("--where", "queue=sales"), 1),
        (("--where", "campaign=none"), 0),
        (("--driver", "billing"), 0),
        (("--driver", "cancel-intent"), 16),
        (("--flagged",), 2),
        (("--not-flagged", "--team", "red"), 1),
    ],
)
def test_options_narrow_the_calls(speechcx: Speechcx, options: tuple[str, ...], calls: int) -> None:
    """Alone and together; names in any letters; a column of the source by its name."""
    assert calls == speechcx("calls", "--json", *options).json["total"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--period", "2025-03", "--since", "2025-03-01"), "--period beside"),
        (("--period", "sometime"), "a period such as"),
        (("--since", "2025-03-02", "--until", "2025-03-01"), "the first day first"),
        (("--where", "campaign"), "KEY=VALUE"),
        (("--where", "=spring"), "KEY=VALUE"),
        (("--json", "--csv"), "one of them"),
    ],
)
@pytest.mark.parametrize("command", ["agents", "drivers", "calls"])
def test_wrong_options_are_refused(
    speechcx: Speechcx, command: str, options: tuple[str, ...], message: str
) -> None:
    """With exit code 2 and what is right."""
    ran = speechcx(command, *options)
    assert (2, "") == (ran.code, ran.out)
    assert message in ran.err


def test_a_filter_nothing_fits_says_what_would(speechcx: Speechcx) -> None:
    """On stderr, and as hint of the document."""
    ran = speechcx("trends", "--agent", "Ann Hal")
    assert (0, "") == (ran.code, ran.out)
    assert "nearest is 'Ann Hall (ann)'" in ran.err
    assert "No driver 'biling'; the nearest is 'billing'" in speechcx("calls", "--driver", "biling").err
    assert "--driver" in speechcx("agents", "--driver", "nothing", "--json").json["hint"]
