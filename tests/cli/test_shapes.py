"""Every command's ``--json`` follows its schema under ``docs/json/``; a command without one fails here.

A new command is a line in ``ENVELOPES`` of its module in ``speechcx/present/`` and a line in ``EXAMPLES``.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest
from typer.main import get_command

from speechcx.cli import app, main
from speechcx.present.schemas import CALL_DOCUMENT, file_name, find_schema, list_envelopes
from tests.cli.conftest import RULEBOOK, Speechcx, make_project

DOCS = Path(__file__).resolve().parents[2] / "docs"

EXAMPLES: dict[str, tuple[str, ...]] = {
    # command: commands to type, without --json; BOB is the file of a stored call
    "agent": ("agent ann", "agent bob --period 2026-03", "agent bob --queue nobody"),
    "agents": (
        "agents",
        "agents --since 2026-03-03",
        "agents --agent nobody",
        "agents --sort n --against 2026-02",
        "agents --case-mix",
        "agents --compare ann bob",
    ),
    "alerts": ("alerts", "alerts --day 2020-01-01", "alerts --agent nobody"),
    "calls": ("calls", "calls --flagged --where agent=bob", "calls --agent nobody"),
    "causes": ("causes", "causes flagged --by queue", "causes --agent nobody"),
    "centers": ("centers", "centers --case-mix"),
    "customer": ("customer c2", "customer c2 --period 2020"),
    "drivers": ("drivers --sort change", "drivers --since 2026-03-03", "drivers --agent nobody"),
    "doctor": ("doctor", "doctor --settings"),
    "failures": ("failures", "failures --all"),
    "failures list": ("failures list",),
    "layouts list": ("layouts list",),
    "layouts try": ("layouts try calls --layout plain",),
    "models list": ("models list",),
    "outcomes": ("outcomes", "outcomes --by agent --agent nobody"),
    "outreach": ("outreach negative-end", "outreach negative-end --agent nobody"),
    "questions": ("questions", "questions --scorecard quality --agent nobody"),
    "rejudge": ("rejudge --again",),
    "rules coverage": ("rules coverage", "rules coverage --agent nobody"),
    "rules diff": ("rules diff", "rules diff stored other.yaml", "rules diff --agent nobody"),
    "rules lint": ("rules lint",),
    "rules starters": ("rules starters",),
    "rules test": ("rules test", "rules test --labels labels.csv"),
    "rules try": ("rules try cancel", "rules try zebra", "rules try cancel --text cancel"),
    "run": ("run", "run --dry-run", "run --explain BOB"),
    "sentiment": ("sentiment words.txt",),
    "status": ("status",),
    "teams": ("teams",),
    "topics": ("topics", "topics --agent nobody"),
    "trends": (
        "trends",
        "trends --by hour",
        "trends --by month",
        "trends --by team",
        "trends --agent nobody",
    ),
}
REVIEWS: dict[str, tuple[str, ...]] = {
    # the same for reviews; number N is that of rN, brought so far by BEFORE
    "qa agreement": ("qa agreement",),
    "qa estimate": ("qa estimate first",),
    "qa scores": ("qa scores", "qa scores --by team --agent nobody"),
    "review acknowledge": ("review acknowledge 1 --as bob",),
    "review answer": ("review answer 7 greeted=no --as r7",),
    "review decide": ("review decide 3 --reason so --as lead",),
    "review dispute": ("review dispute 2 --reason no --as zoe",),
    "review list": ("review list", "review list --reviewer nobody"),
    "review next": ("review next --as r8", "review next --as bob"),
    "review note": ("review note 4 good --at 0:01 --as lead",),
    "review open": ("review open 7 --as r7",),
    "review plan": ("review plan march --second 1 --as lead",),
    "review plans": ("review plans", "review plans first"),
    "review release": ("review release 6 --as r6",),
    "review second": ("review second 4 --as r9",),
    "review show": ("review show 4",),
    "review submit": ("review submit 5 --as r5",),
}
COMPLIANCE: dict[str, tuple[str, ...]] = {
    # the same for search, flags and evidence
    "audit": ("audit", "audit --verify", "audit --action erase"),
    "callbacks": ("callbacks", "callbacks --agent nobody"),
    "compact": ("compact",),
    "export": ("export BOB --to evidence --with-audio --as lead",),
    "mark": ("mark callback:c1 --owner mia --as lead",),
    "notify": ("notify --list", "notify --dry-run"),
    "flags": ("flags", "flags --status dismissed", "flags --by rule", "flags --by agent --since 2026-03-03"),
    "flags set": ("flags set BOB:greeting --status confirmed --as lead",),
    "flags show": ("flags show BOB",),
    "redact": ("redact --stored --as lead", "redact BOB --to muted --unchecked"),
    "search": (
        "search cancel --save quits",
        "search nothingofthesort",
        "search --rule greeting --result absent",
    ),
    "searches": ("searches", "searches --delete quits"),
    "erase": ("erase calls/ann_c1_2026-03-02T09-15-00.wav --reason x --yes --as lead",),
}
FACTS: dict[str, tuple[str, ...]] = {
    # the same for what other systems know, in this order
    "import calls": ("import calls records.csv --as lead", "import calls records.csv --dry-run --as lead"),
    "import surveys": ("import surveys answers.csv --as lead",),
    "import accounts": ("import accounts accounts.csv --as lead",),
    "calibrate": ("calibrate", "calibrate --survey nps --agent nobody"),
    "repeats": ("repeats", "repeats --by driver --days 3", "repeats --by agent --agent nobody"),
    "accounts": ("accounts", "accounts --by driver", "accounts --by agent --agent nobody"),
    "handling": ("handling", "handling --by day --agent nobody"),
    "reconcile": ("reconcile",),
    "surveys": ("surveys", "surveys --by agent --agent nobody"),
}
KEEPING: dict[str, tuple[str, ...]] = {
    # the same for the database itself, in this order
    "check": ("check", "check --every-call", "check --repair", "check --recordings"),
    "backup": ("backup copy.db --as lead",),
    "bench": ("bench calls --seconds 1",),
    "merge": ("merge copy.db --into merged.db --as lead",),
    "restore": (
        "restore copy.db --db put_back.db --as lead",
        "restore copy.db --db put_back.db --lose-newer --as lead",
    ),
    "hold set": (
        "hold set case BOB --reason x --as lead",
        "hold set case --period 2026-03 --reason x --as lead",
    ),
    "hold list": ("hold list", "hold list --all"),
    "hold release": ("hold release case --reason x --as lead",),
    "retention plan": ("retention plan --set retention.words=100days",),
    "retention apply": ("retention apply --yes --as lead --set retention.index=99years",),
}
EXAMPLES |= REVIEWS | COMPLIANCE | FACTS | KEEPING
EXAMPLES["users list"] = ("users list",)
BEFORE = (
    *(f"review open BOB --as r{number}" for number in range(1, 8)),
    *(f"review answer {number} greeted=yes --as r{number}" for number in range(1, 6)),
    *(f"review submit {number} --as r{number}" for number in range(1, 5)),
    "review dispute 3 --reason no --as zoe",
    "review plan first --as lead",
    "users add kim --role qa",
)
WITH_CALL_DOCUMENT = {"analyze", "show"}
BOB = "calls/bob_c2_2026-03-03T10-00-00.wav"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two calls scored and one file that cannot be read; made once."""
    folder = make_project(tmp_path_factory.mktemp("shapes"))
    (folder / "calls" / "bad_c3_2026-03-04T10-00-00.wav").write_bytes(b"RIFF" + b"\0" * 5000)
    (folder / "words.txt").write_text("This is wonderful.\n")
    (folder / "labels.csv").write_text(f"call,rule,truth\n{BOB},cancel,yes\n")
    (folder / "other.yaml").write_text(
        RULEBOOK.replace("thank you for", "zebra").replace("id: cancel", "id: leave")
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr(sys, "argv", ["speechcx", "run"])
        with pytest.raises(SystemExit, match="3"):
            main()
        for typed in BEFORE:
            patch.setattr(sys, "argv", ["speechcx", *typed.replace("BOB", BOB).split()])
            with pytest.raises(SystemExit, match="0"):
                main()
    return folder


@pytest.fixture
def ran(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The archive as working directory."""
    monkeypatch.chdir(archive)


def test_every_command_with_json_has_a_shape_and_an_example() -> None:
    """What a person can type with --json is described, and tried below."""
    assert commands_with_json() == set(list_envelopes()) | WITH_CALL_DOCUMENT
    assert set(EXAMPLES) == set(list_envelopes())


def test_the_schemas_in_the_manual_are_fresh() -> None:
    """`scripts/docs` writes them; run it where this fails."""
    wanted = {file_name(command): find_schema(command, form) for command, form in list_envelopes().items()}
    stored = {path.name: json.loads(path.read_text("utf-8")) for path in (DOCS / "json").glob("*.json")}
    assert wanted == stored


@pytest.mark.usefixtures("ran")
@pytest.mark.parametrize("command", EXAMPLES)
def test_documents_follow_their_schema(command: str, speechcx: Speechcx) -> None:
    """Each example prints a document, or one a line, that its schema accepts."""
    schema = find_schema(command, list_envelopes()[command])
    for typed in EXAMPLES[command]:
        ran = speechcx(*typed.replace("BOB", BOB).split(), "--json")
        assert ran.out, ran.err
        for document in documents(ran.out):
            jsonschema.validate(document, schema)


@pytest.mark.usefixtures("ran")
@pytest.mark.parametrize("command", sorted(WITH_CALL_DOCUMENT))
def test_a_call_has_the_call_document(command: str, speechcx: Speechcx) -> None:
    """`analyze` and `show` print the document of one call."""
    ran = speechcx(command, BOB, "--json")
    jsonschema.validate(ran.json, json.loads((DOCS / CALL_DOCUMENT).read_text("utf-8")))


def commands_with_json() -> set[str]:
    """All commands of the command line that take --json, as they are typed."""

    def walk(command: object, words: tuple[str, ...]) -> Iterator[str]:
        if any("--json" in option.opts for option in command.params):
            yield " ".join(words)
        for name, inner in getattr(command, "commands", {}).items():
            yield from walk(inner, (*words, name))

    return set(walk(get_command(app), ()))


def documents(out: str) -> list[object]:
    """One document, or one on each line."""
    try:
        return [json.loads(out)]
    except json.JSONDecodeError:
        return [json.loads(line) for line in out.splitlines()]
