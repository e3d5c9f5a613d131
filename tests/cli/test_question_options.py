"""Options that every question about calls has."""

from collections.abc import Iterator

import pytest
from typer.main import get_command

from speechcx.cli import app
from speechcx.cli.question_options import FILTERS
from tests.cli.conftest import Speechcx

pytestmark = pytest.mark.usefixtures("archive")

FLAGS = {f"--{name.replace('_', '-')}" for name in FILTERS}
_NOT_OF_RECORDS = {"--driver", "--where", "--flagged", "--judged-by"}
EXCEPTIONS = {
    # command: (filters it does not take, why)
    "agent": ({"--agent"}, "the agent is its argument"),
    "alerts": ({"--period", "--since", "--until"}, "--day names the day"),
    "notify": ({"--period", "--since", "--until"}, "--day names the day"),
    "customer": ({"--customer"}, "the customer is its argument"),
    "erase": (FLAGS - {"--customer"}, "erasing by a filter would be a slip of the finger for good"),
    "hold set": (
        FLAGS - {"--customer", "--period", "--since"},
        "a hold names calls, a customer or a period, and nothing that may change later",
    ),
    "init": (FLAGS - {"--team"}, "it makes a project; --team is that of the agents in its roster"),
    "handling": (_NOT_OF_RECORDS, "call records know no rules"),
    "reconcile": (_NOT_OF_RECORDS, "call records know no rules"),
    "surveys": (_NOT_OF_RECORDS, "so do answers"),
    "qa agreement": (
        FLAGS - {"--since"},
        "it filters answers of people, and --since is when they were handed in",
    ),
    "review list": (FLAGS - {"--agent"}, "it filters reviews"),
    "users add": (FLAGS - {"--agent", "--team"}, "it says whose calls a person may see"),
}


def list_options() -> dict[str, set[str]]:
    """Every command as it is typed, with its options."""

    def walk(command: object, words: tuple[str, ...]) -> Iterator[tuple[str, set[str]]]:
        yield " ".join(words), {flag for option in command.params for flag in option.opts}
        for name, inner in getattr(command, "commands", {}).items():
            yield from walk(inner, (*words, name))

    return dict(walk(get_command(app), ()))


def test_every_command_that_filters_calls_has_the_same_filters() -> None:
    """All of them, or none; where one is missing, there is a reason."""
    missing = {name: FLAGS - options for name, options in list_options().items() if options & FLAGS}
    assert {name: lacks for name, (lacks, _) in EXCEPTIONS.items()} == {
        name: lacks for name, lacks in missing.items() if lacks
    }
    assert {"agents", "flags", "search", "qa scores", "review plan", "rules try", "rejudge"} <= set(missing)


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
        (("--driver", "Cancel-Intent"), 16),
        (("--flagged",), 2),
        (("--judged-by", "1"), 16),
        (("--judged-by", "7"), 0),
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


@pytest.mark.parametrize(
    ("command", "agent", "name"),
    [
        ("agents", "ann", "ANN HALL"),
        ("calls", "ann", "Ann Hall"),
        ("flags", "cid", "CID"),
        ("search cancel", "ann", "ann hall"),
        ("trends", "bea", "Bea Low"),
        ("qa scores", "ann", "ANN HALL"),
        ("causes flagged --by team", "cid", "CID"),
    ],
)
def test_names_are_understood_alike_everywhere(
    speechcx: Speechcx, command: str, agent: str, name: str
) -> None:
    """An agent by name, a team and a rule in capitals give what their ids give."""
    team = "red" if agent == "cid" else "blue"
    plain = speechcx(
        *command.split(), "--json", "--agent", agent, "--team", team, "--driver", "cancel-intent"
    )
    typed = ("--agent", name, "--team", team.upper(), "--driver", "CANCEL-INTENT")
    named = speechcx(*command.split(), "--json", *typed)
    assert (0, plain.json) == (named.code, named.json)
    assert plain.json["rows"]


def test_a_version_that_no_rulebook_has(speechcx: Speechcx) -> None:
    """Finds nothing, and the answer says what would."""
    assert "Without --judged-by there would be 16" in speechcx("calls", "--judged-by", "7").err
